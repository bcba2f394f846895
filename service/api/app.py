"""The FastAPI application over one database."""

from importlib.metadata import version

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.middleware.gzip import GZipMiddleware

from service.api import day, problems
from service.api.head import AnswerHead


def create_app(engine: Engine) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    engine
        A database with the present tables (`service.database.prepare`).
    """
    # The usual pages under /docs load their scripts from elsewhere and stay blank offline.
    app = problems.Application(
        title="Paiche 派车",
        version=version("paiche"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.engine = engine
    app.include_router(day.router)
    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=2_000)  # a day on a map is megabytes of digits
    app.add_middleware(AnswerHead)
    return app
