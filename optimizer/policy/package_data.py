"""The dated, regional, sourced figures that come with the package, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

from optimizer.errors import PolicyError

STATUSES: Final = {"law", "src", "check", "assume"}
"""How far a figure may be trusted, see `optimizer.policy`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a figure comes from.

    Parameters
    ----------
    region
        `cn`, or a part of it as `cn-53` (GB/T 2260 province code).
    status
        law | src | check | assume.
    """

    region: str
    valid_from: date
    source: str
    status: str


@cache
def load(name: str, region: str = "cn") -> Mapping[str, Any]:
    """Parse `data/<name>_<region>.toml`; a region without a file uses the one it lies in (`cn-53` → `cn`).

    Floats come as `Decimal`, so that no figure is rounded on the way.

    Raises
    ------
    PolicyError
        No file for the region or any region around it.
    """
    folder = files("optimizer.policy") / "data"
    for candidate in _regions(region):
        path = folder / f"{name}_{candidate.replace('-', '_')}.toml"
        if path.is_file():
            return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    message = f"没有地区 {region!r} 的 {name} 数据；请使用 'cn' 或补充该地区的数据文件"
    raise PolicyError(message)


def origin(table: Mapping[str, Any], region: str) -> Origin:
    """Read the origin that every table of figures carries.

    Raises
    ------
    PolicyError
        A tag is missing or the status is unknown.
    """
    try:
        found = Origin(
            region=str(table.get("region", region)),
            valid_from=table["valid_from"],
            source=str(table["source"]),
            status=str(table["status"]),
        )
    except KeyError as missing:
        message = f"数据表缺少 {missing.args[0]!r}：每个数值都要有 valid_from、source、status"
        raise PolicyError(message) from None
    if found.status not in STATUSES:
        message = f"数据表的 status 是 {found.status!r}，只能是 {'、'.join(sorted(STATUSES))}"
        raise PolicyError(message)
    return found


def _regions(region: str) -> list[str]:
    parts = region.split("-")
    return ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]
