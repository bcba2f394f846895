"""`paiche serve`: migrate an empty database, then serve it."""

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import DatabaseOption, PortOption, opened

if TYPE_CHECKING:
    from sqlalchemy import Engine


def serve(
    port: PortOption = None,
    host: Annotated[str | None, typer.Option("--host", help="监听的地址 / address to listen on")] = None,
    database: DatabaseOption = None,
) -> None:
    """建好或更新数据库，然后提供网页接口 / prepare the database, then serve it over HTTP."""
    from service.api.listening import listen
    from service.settings import load_settings

    settings = load_settings()
    where = (host or settings.host, port or settings.port)
    with listen(*where) as taken, opened(database, make=True) as at:
        serve_on(taken, at.engine, *where)


def serve_on(taken: socket.socket, engine: "Engine", host: str, port: int) -> None:
    """Serve on an open socket until interrupted."""
    import uvicorn

    from service.api.app import create_app

    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"服务地址 http://{shown}:{port} ，按 Ctrl-C 停止 / serving, Ctrl-C stops")
    config = uvicorn.Config(create_app(engine), log_level="warning", access_log=False)
    try:
        uvicorn.Server(config).run(sockets=[taken])
    except KeyboardInterrupt:
        typer.echo("服务已停止 / stopped")
