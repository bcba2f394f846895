"""The options that every command has which plans a day, declared once."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

from service.cli.options import CrsName, CrsOption, DatabaseOption, DateOption, OutOption, SeedOption


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for besides the command's own options.

    Parameters
    ----------
    crs
        Coordinate system of points that name none.
    date
        Which day; None: the stored one.
    out
        Folder for the results.
    """

    crs: str = "wgs84"
    date: datetime | None = None
    seed: int = 1
    out: Path | None = None
    database: str | None = None


def _shared(
    crs: CrsOption = CrsName.WGS84,
    date: DateOption = None,
    seed: SeedOption = 1,
    out: OutOption = None,
    database: DatabaseOption = None,
) -> Asked:
    return Asked(crs=crs.value, date=date, seed=seed, out=out, database=database)


def asking(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the shared options after its own; it receives them together as `asked`."""
    shared = inspect.signature(_shared).parameters
    own = [p for name, p in inspect.signature(command).parameters.items() if name != "asked"]

    @wraps(command)
    def run(**given: Any) -> None:
        common = {name: given.pop(name) for name in shared}
        command(**given, asked=_shared(**common))

    keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*own, *shared.values())]
    run.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in keyword}
    del run.__wrapped__
    return run
