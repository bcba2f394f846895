"""A sheet of commuters becomes what the shuttle planner is asked, on the stops and buses of a stored day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from optimizer.riders import RiderGroup
from scenarios.prefecture.values import Prefecture
from service.intake import columns
from service.intake.places import Placer, cell_of, said_of
from service.sheets import CellFault, Parser, Row, SheetReport, read_sheet
from service.sheets.parsers import choice
from service.use_cases.roads import Roads

HOME_LIMIT_M: Final = 3_000.0
"""A home farther than this from any road is a typing error; nearer ones may still be too far to walk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiderSheet:
    """What a sheet of riders came to; see `service.intake.requests.CarSheet`."""

    report: SheetReport
    day: Prefecture
    hint: str | None


def read_riders(file: Path, day: Prefecture, roads: Roads, *, crs: str = "wgs84") -> RiderSheet:
    """Read a sheet of commuters; rows whose homes cannot be become faults of the report.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    placer = Placer(day, roads, crs=crs, limit_m=HOME_LIMIT_M)
    names = compound_names(day)
    spec = columns.riders(compound_of(day), tuple(names), lambda values: tuple(_faults(values, placer)))
    report = read_sheet(file, spec)
    several = len({row.sheet for row in report.rows}) > 1
    groups = tuple(_group(row, placer, several=several) for row in report.rows)
    return RiderSheet(report=report, day=replace(day, rider_groups=groups), hint=placer.shift_hint)


def compound_names(day: Prefecture) -> dict[str, str]:
    """Name of each compound, without what stands in brackets, and its id."""
    return {compound.place.label.split("（")[0]: compound.id for compound in day.compounds}


def compound_of(day: Prefecture) -> Parser:
    """Return a parser of compound names, short or whole, as compound ids."""
    return choice({**compound_names(day), **{c.place.label: c.id for c in day.compounds}})


def _faults(values: Mapping[str, Any], placer: Placer) -> Iterator[tuple[str, str, str]]:
    said = said_of(values.get, "home")
    try:
        placer.place(said)
    except CellFault as fault:
        yield cell_of(said, "home"), fault.reason, fault.way_out


def _group(row: Row, placer: Placer, *, several: bool) -> RiderGroup:
    """Make a group whose id says where it stands in the sheet, and nothing of who it is."""
    where = f"{row.sheet} 第 {row.number} 行" if several else f"第 {row.number} 行"
    return RiderGroup(
        id=row["id"] or where,
        home=placer.place(said_of(row.values.get, "home")),
        count=row["people"],
        compound_id=row["compound"],
    )
