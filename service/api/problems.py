"""Errors over HTTP: one table maps our error trees to RFC 9457 problem details."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from gis.errors import GisError
from optimizer.errors import OptimizerError
from service.errors import (
    Conflict,
    DatabaseError,
    DocumentError,
    IntakeError,
    NotFound,
    PlanRefused,
    ServiceError,
)

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[tuple[tuple[type[Exception], HTTPStatus], ...]] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (PlanRefused, HTTPStatus.CONFLICT),
    (DocumentError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (IntakeError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (DatabaseError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ServiceError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (GisError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (OptimizerError, HTTPStatus.UNPROCESSABLE_ENTITY),
)
"""The first class that fits gives the status."""


class Fault(BaseModel):
    """One fault of a request."""

    pointer: str
    """JSON pointer, or name of the parameter."""
    detail: str


class ProblemDetails(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    errors: list[Fault] = Field(default_factory=list)


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Responses for the OpenAPI document of an endpoint."""
    return {
        status.value: {
            "description": status.phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
            "model": ProblemDetails,
        }
        for status in statuses
    }


class Application(FastAPI):
    """FastAPI whose OpenAPI document gives errors the one media type that they have."""

    def openapi(self) -> dict[str, Any]:
        """Make the document, and take out the second form of every error."""
        document = super().openapi()
        for path in document["paths"].values():
            for operation in path.values():
                for answer in operation["responses"].values():
                    if MEDIA_TYPE in answer.get("content", {}):
                        answer["content"].pop("application/json", None)
        return document


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""
    for kind, status in STATUS:
        app.add_exception_handler(kind, _answer_with(status))
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


def _answer_with(status: HTTPStatus) -> Any:
    def answer(request: Request, error: Exception) -> JSONResponse:
        return _problem(request, status, str(error))

    return answer


def _answer_invalid(request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    faults = [
        Fault(pointer="/" + "/".join(str(part) for part in fault["loc"]), detail=str(fault["msg"]))
        for fault in found
    ]
    return _problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "请求的参数不符合要求", faults=faults)


def _answer_http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    detail = {404: "没有这个地址", 405: "这个地址不接受该方法"}.get(status.value, str(error.detail))
    return _problem(request, status, detail, headers=error.headers)


def _problem(
    request: Request,
    status: HTTPStatus,
    detail: str,
    *,
    faults: list[Fault] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body = ProblemDetails(
        title=status.phrase,
        status=status.value,
        detail=detail,
        instance=request.url.path,
        errors=faults or [],
    )
    return JSONResponse(body.model_dump(), status.value, headers=headers, media_type=MEDIA_TYPE)
