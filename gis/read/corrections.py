"""Local corrections of the map: rows that are applied again to every new extract.

A row names its way by OSM id, or by points on it for maps whose ids change. What no longer matches anything
becomes a warning of the network's report. See `gis.read.amend` for how rows are applied.

Columns of the CSV file (and keys of `[[correction]]` in TOML)::

    kind         add_road | set_oneway | set_limit | set_speed | close_way | remove_barrier | ban_turn
    way          OSM way id; empty or 0: the way nearest to the points
    points       "102.001 25.002; 102.003 25.004", WGS-84 degrees, longitude first
    tolerance_m  how far points may be from the road they mean (default 30)
    name, class  of a new road (class: default unclassified)
    oneway       yes (along the way, or along the points), -1 (against), no
    height_m, weight_t, width_m, speed_kmh
    from_way, via_node, to_way   of a banned turn; or three points: on the one road, the junction, the other;
                 via_node or one point: a barrier that is not there, or stands open
    profiles     "bus truck": for whom a turn is banned (default everyone)
    note         free text: who, when, why
"""

import csv
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gis.errors import CorrectionError
from gis.network import PROFILES, ROAD_CLASSES

KINDS: Final = (
    "add_road", "set_oneway", "set_limit", "set_speed", "close_way", "remove_barrier", "ban_turn",
)  # fmt: skip

_CLASSES: Final = ", ".join(ROAD_CLASSES)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One row.

    Parameters
    ----------
    kind
        One of `KINDS`.
    way
        OSM way id, or 0 to find the way by `points`.
    points
        (longitude, latitude) in WGS-84 degrees.
    tolerance_m
        How far a point may be from the road it means.
    name, road_class
        Of a new road.
    oneway
        `"yes"`, `"-1"` or `"no"`.
    max_height_m, max_weight_t, max_width_m, speed_kmh
        New values; 0 leaves what the map says.
    from_way, via_node, to_way
        OSM ids of a banned turn, or of a barrier (`via_node`); 0 to find them by points.
    profiles
        For whom a turn is banned; empty for everyone.
    note
        Free text.

    Raises
    ------
    CorrectionError
        If the row lacks what its kind needs or holds an impossible value.
    """

    kind: str
    way: int = 0
    points: tuple[Point, ...] = ()
    tolerance_m: float = 30.0
    name: str = ""
    road_class: str = "unclassified"
    oneway: str = "no"
    max_height_m: float = 0.0
    max_weight_t: float = 0.0
    max_width_m: float = 0.0
    speed_kmh: float = 0.0
    from_way: int = 0
    via_node: int = 0
    to_way: int = 0
    profiles: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse rows that cannot be applied to any map."""
        fault = _fault(self)
        if fault:
            message = f"更正无效 / correction {self.kind!r} {fault}"
            raise CorrectionError(message)

    @property
    def label(self) -> str:
        """What people call this row in a warning."""
        what = f"way {self.way}" if self.way else "; ".join(f"{lon:g} {lat:g}" for lon, lat in self.points)
        if self.kind == "ban_turn" and self.from_way:
            what = f"way {self.from_way} → node {self.via_node} → way {self.to_way}"
        return " ".join(part for part in (self.kind, what, self.name, self.note) if part)


def _fault(row: Correction) -> str:
    """Say what is wrong with a row, or ""."""
    if row.kind not in KINDS:
        return f"is no known kind; expected one of {', '.join(KINDS)}"
    checks: tuple[tuple[bool, str], ...] = (
        (not all(_on_earth(point) for point in row.points), f"has points outside the world: {row.points}"),
        (row.oneway not in {"yes", "no", "-1"}, f"has oneway {row.oneway!r}; expected yes, no or -1"),
        (row.tolerance_m <= 0, f"has tolerance_m {row.tolerance_m}; expected more than 0"),
        (min(_amounts(row)) < 0, "has a negative limit or speed"),
        (
            not set(row.profiles) <= set(PROFILES),
            f"has profiles {row.profiles}; expected {', '.join(PROFILES)}",
        ),
    )
    return next((text for wrong, text in checks if wrong), "") or _lacks(row)


def _on_earth(point: Point) -> bool:
    return -180.0 <= point[0] <= 180.0 and -90.0 <= point[1] <= 90.0


def _amounts(row: Correction) -> tuple[float, ...]:
    return (row.max_height_m, row.max_weight_t, row.max_width_m, row.speed_kmh)


def _lacks(row: Correction) -> str:
    """Say what a row of this kind lacks, or ""."""
    somewhere = bool(row.way or row.points)
    a_turn = bool(row.from_way and row.via_node and row.to_way) or len(row.points) == 3
    needs: Mapping[str, tuple[tuple[bool, str], ...]] = {
        "add_road": (
            (row.road_class in ROAD_CLASSES, f"has class {row.road_class!r}; expected one of {_CLASSES}"),
            (len(row.points) >= 2, f"needs two points or more, got {len(row.points)}"),
        ),
        "set_limit": ((any(_amounts(row)[:3]), "needs height_m, weight_t or width_m"),),
        "set_speed": ((row.speed_kmh > 0, "needs speed_kmh"),),
        "remove_barrier": ((bool(row.via_node or row.points), "needs via_node or a point"),),
        "ban_turn": ((a_turn, "needs from_way, via_node and to_way, or three points"),),
    }
    anywhere = row.kind in {"add_road", "remove_barrier", "ban_turn"}
    checks = (*needs.get(row.kind, ()), (somewhere or anywhere, "needs a way id or a point on the way"))
    return next((text for met, text in checks if not met), "")


# --- files -----------------------------------------------------------------------------------------------


def load_corrections(path: str | Path) -> tuple[Correction, ...]:
    """Read rows from a `.csv` file (UTF-8, with or without BOM) or a `.toml` file of `[[correction]]` tables.

    Raises
    ------
    CorrectionError
        Naming the row and the column that cannot be understood.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
        rows = tomllib.loads(text).get("correction", []) if file.suffix == ".toml" else _csv_rows(text)
    except (OSError, ValueError, csv.Error) as error:
        message = f"无法读取更正文件 / cannot read the corrections {str(path)!r}: {error}"
        raise CorrectionError(message) from error
    return tuple(_numbered(number, row, file.name) for number, row in rows_with_numbers(rows))


def rows_with_numbers(rows: Iterable[Mapping[str, Any]]) -> list[tuple[int, Mapping[str, Any]]]:
    """Count rows as a spreadsheet does (the header is row 1) and leave out empty ones."""
    return [(number, row) for number, row in enumerate(rows, start=2) if any(row.values())]


def _csv_rows(text: str) -> list[dict[str, Any]]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def _numbered(number: int, row: Mapping[str, Any], where: str) -> Correction:
    try:
        return correction_from_row(row)
    except CorrectionError as error:
        message = f"{where} 第 {number} 行 / row {number}: {error}"
        raise CorrectionError(message) from error


def correction_from_row(row: Mapping[str, Any]) -> Correction:
    """Read one row of text or TOML values.

    Raises
    ------
    CorrectionError
        If a column is unknown or cannot be understood.
    """
    values: dict[str, Any] = {}
    for column, text in row.items():
        if column not in _COLUMNS:
            message = f"未知的列 / unknown column {column!r}; known: {', '.join(_COLUMNS)}"
            raise CorrectionError(message)
        if text is None or str(text).strip() == "":
            continue
        field, parse = _COLUMNS[column]
        try:
            values[field] = parse(text)
        except (ValueError, TypeError) as error:
            message = f"列 {column} 无效 / column {column} is {text!r}, which cannot be understood"
            raise CorrectionError(message) from error
    if "kind" not in values:
        message = f"缺少 kind 列 / kind is missing; expected one of {', '.join(KINDS)}"
        raise CorrectionError(message)
    return Correction(**values)


def _points(text: Any) -> tuple[Point, ...]:
    if isinstance(text, str):
        pairs = [part.replace(",", " ").split() for part in text.split(";") if part.strip()]
    else:
        pairs = [list(pair) for pair in text]
    return tuple((float(lon), float(lat)) for lon, lat in pairs)


def _words(text: Any) -> tuple[str, ...]:
    return tuple(str(text).replace(",", " ").split()) if isinstance(text, str) else tuple(text)


def _text(text: Any) -> str:
    return str(text).strip()


def _one_way(text: Any) -> str:
    return {"true": "yes", "1": "yes", "false": "no", "0": "no"}.get(_text(text).lower(), _text(text).lower())


_COLUMNS: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "kind": ("kind", _text),
    "way": ("way", int),
    "points": ("points", _points),
    "tolerance_m": ("tolerance_m", float),
    "name": ("name", _text),
    "class": ("road_class", _text),
    "oneway": ("oneway", _one_way),
    "height_m": ("max_height_m", float),
    "weight_t": ("max_weight_t", float),
    "width_m": ("max_width_m", float),
    "speed_kmh": ("speed_kmh", float),
    "from_way": ("from_way", int),
    "via_node": ("via_node", int),
    "to_way": ("to_way", int),
    "profiles": ("profiles", _words),
    "note": ("note", _text),
}
