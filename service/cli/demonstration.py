"""`paiche demo`: one whole workday, in a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import DatabaseOption, OutOption, PortOption, SeedOption, SizeName, database_url

if TYPE_CHECKING:
    from service.settings import Settings


def demo(  # noqa: PLR0917 - one parameter for each option
    size: Annotated[
        SizeName, typer.Option("--size", help="规模：s 50 辆、m 722 辆、l 6,000 辆 / how large")
    ] = SizeName.S,
    osm: Annotated[
        Path | None, typer.Option("--osm", metavar="FILE", help="用真实地图代替合成地图 / a real OSM file")
    ] = None,
    seed: SeedOption = 1,
    out: OutOption = None,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="算完即结束，不启动服务 / do not serve afterwards")
    ] = False,
    port: PortOption = None,
    database: DatabaseOption = None,
) -> None:
    """规划并驶完一个工作日（时钟固定在 09:40），核对、结算，然后提供网页接口 / one whole workday.

    Plan and drive one workday in a database of its own; the clock stands at 09:40.
    """
    from service.api.listening import listen
    from service.cli.serving import serve_on
    from service.database import open_database
    from service.settings import load_settings

    settings = load_settings()
    if no_serve:
        _plan_day(settings, database, SizeName(size), osm, seed, out)
        return
    where = (settings.host, port or settings.port)
    with listen(*where) as taken:
        url = _plan_day(settings, database, SizeName(size), osm, seed, out)
        serve_on(taken, open_database(url), *where)


def _plan_day(
    settings: "Settings", database: str | None, size: SizeName, osm: Path | None, seed: int, out: Path | None
) -> str:
    """Run the demonstration, show what came of it, and return the URL of its database."""
    from service.cli.demo_tables import show_demo
    from service.cli.reporting import Bars
    from service.database import open_database, prepare
    from service.use_cases.demo import DemoOrder, run_demo
    from service.use_cases.steps import Steps

    order = DemoOrder(size=size.value, seed=seed, osm=osm, out=out)
    with _fresh(settings, database) as url:
        engine = open_database(url)
        try:
            prepare(engine)
            with Bars() as bars:
                done = run_demo(order, engine, settings, Steps(bars))
        finally:
            engine.dispose()
    kept = database_url(settings, database or "demo")
    show_demo(done, database=kept, named=database or "demo", out=out)
    return kept


@contextmanager
def _fresh(settings: "Settings", database: str | None) -> Iterator[str]:
    """URL to work in: the database that was named, or a new file that replaces the last demo's when done.

    Until then the last demo stays as it is, whatever happens.

    Raises
    ------
    Conflict
        Another demo is at work on the same file.
    """
    if database not in {None, "demo"}:
        yield database_url(settings, database)
        return
    kept = settings.data_folder / "demo.sqlite3"
    new = kept.with_name("demo.new.sqlite3")
    with _alone(kept):
        _remove(new)
        try:
            yield f"sqlite:///{new}"
            _remove(kept)
            new.replace(kept)
        finally:
            _remove(new)


@contextmanager
def _alone(kept: Path) -> Iterator[None]:
    """Keep a second demo of the same user out."""
    from filelock import FileLock, Timeout

    from service.errors import Conflict, OutputError
    from service.words import why

    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"无法建立 {kept.parent}（{why(error)}）；请用 PAICHE_DATA_FOLDER 指定可写的文件夹"
        raise OutputError(message) from None
    lock = FileLock(kept.with_name("demo.lock"), timeout=0)
    try:
        with lock:
            yield
    except Timeout:
        message = f"另一个演示正在写 {kept}；请等它结束，或用 --database 指定另一个数据库"
        raise Conflict(message) from None


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
