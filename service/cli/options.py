"""What several commands share: their options, the settings, and which database they mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from service.settings import Settings

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL|FILE|demo",
        help="数据库：地址、SQLite 文件，或 demo（演示数据库）；默认 PAICHE_DATABASE_URL / which database",
    ),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="把结果写入这个文件夹 / write the results there")
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="随机种子 / seed")]
PortOption = Annotated[
    int | None, typer.Option("--port", min=1, max=65_535, help="端口，默认 8000 / port to listen on")
]
DateOption = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="哪一天，默认库中最近一天 / service day"),
]


class CrsName(StrEnum):
    """Coordinate systems that people give points in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


CrsOption = Annotated[
    CrsName,
    typer.Option(
        "--crs",
        help="所填坐标的坐标系：wgs84（GPS、国家 2000）、gcj02（高德、腾讯）、bd09（百度） / of your points",
    ),
]


class SizeName(StrEnum):
    """Sizes of the synthetic prefecture."""

    S = "s"
    M = "m"
    L = "l"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a command works.

    Parameters
    ----------
    settings
        From the environment.
    engine
        Its database.
    """

    settings: "Settings"
    engine: "Engine"


def database_url(settings: "Settings", named: str | None) -> str:
    """URL of the database that was named: nothing, `demo`, a URL or a file."""
    if not named:
        return settings.database
    if named == "demo":
        return settings.demo_database
    return named if "://" in named else f"sqlite:///{Path(named).expanduser().absolute()}"


def has_own_database() -> bool:
    """Whether the usual database is there, to know places by their names."""
    from sqlalchemy import make_url

    from service.database import sqlite_path
    from service.settings import load_settings

    path = sqlite_path(make_url(load_settings().database))
    return path is None or path.exists()


@contextmanager
def opened(named: str | None, *, make: bool = False) -> Iterator[Place]:
    """Open a database for one command.

    Parameters
    ----------
    make
        Whether to make or update its tables; otherwise they must be there.
    """
    from service.database import open_database, prepare, require_present
    from service.settings import load_settings

    settings = load_settings()
    engine = open_database(database_url(settings, named))
    try:
        if make:
            prepare(engine)
        else:
            require_present(engine)
        yield Place(settings=settings, engine=engine)
    finally:
        engine.dispose()


def day_of(when: datetime | None) -> date | None:
    """Take the day of a `--date` option."""
    return when.date() if when else None
