"""A sheet of commuters becomes what the shuttle planner is asked: groups of riders, and their hours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from optimizer.riders import Compound, RiderGroup
from scenarios.prefecture.values import Prefecture
from service.clock import clock_text
from service.intake import commute_columns
from service.intake.places import Placer, cell_of, said_of
from service.sheets import CellFault, Parser, Row, SheetReport, read_sheet
from service.sheets.parsers import choice

HOME_LIMIT_M: Final = 800.0
"""Nobody walks farther: a home with no road or path so near lies in a lake, on a hill or off the map."""
NO_ROAD: Final = "附近没有道路（水面、山地，或坐标有误）"


@dataclass(frozen=True, slots=True, kw_only=True)
class RiderSheet:
    """What a sheet of riders came to; see `service.intake.requests.CarSheet`.

    Parameters
    ----------
    rows
        Group id → where it stands in the sheet.
    """

    report: SheetReport
    day: Prefecture
    hint: str | None
    rows: Mapping[str, str]


def read_riders(file: Path, day: Prefecture, placer: Placer) -> RiderSheet:
    """Read a sheet of commuters; rows whose home, compound or hours cannot be become faults of the report.

    Riders with hours of their own get a compound of their own at the same gate, e.g. `yi@08:30`.

    Parameters
    ----------
    placer
        With `HOME_LIMIT_M` and `NO_ROAD`.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    hours = {gate: tuple(same) for gate, same in _by_gate(day.compounds)}
    spec = commute_columns.riders(
        compound_of(day),
        tuple(compound_names(day)),
        lambda values: tuple(_faults(values, placer, hours)),
    )
    report = read_sheet(file, spec)
    several = len({row.sheet for row in report.rows}) > 1
    compounds = {compound.id: compound for compound in day.compounds}
    groups, rows = [], {}
    for row in report.rows:
        compound = _compound(row.values, hours)
        compounds.setdefault(compound.id, compound)
        group = _group(row, placer, compound, several=several)
        groups.append(group)
        rows[group.id] = f"{file.name} 第 {row.number} 行"
    asked = replace(day, rider_groups=tuple(groups), compounds=tuple(compounds.values()))
    return RiderSheet(report=report, day=asked, hint=placer.shift_hint, rows=rows)


def compound_names(day: Prefecture) -> dict[str, str]:
    """Name of each compound, without what stands in brackets, and the id of its gate."""
    return {compound.place.label.split("（")[0]: compound.place.id for compound in day.compounds}


def compound_of(day: Prefecture) -> Parser:
    """Return a parser of compound names, short or whole, as ids of their gates."""
    return choice({**compound_names(day), **{c.place.label: c.place.id for c in day.compounds}})


def _by_gate(compounds: Sequence[Compound]) -> Iterator[tuple[str, Iterator[Compound]]]:
    ordered = sorted(compounds, key=lambda c: (c.place.id, c.work_start_s, c.id))
    yield from groupby(ordered, key=lambda c: c.place.id)


def _faults(
    values: Mapping[str, Any], placer: Placer, hours: Mapping[str, tuple[Compound, ...]]
) -> Iterator[tuple[str, str, str]]:
    """Find homes that cannot be, and hours that are missing or out of order."""
    said = said_of(values.get, "home")
    try:
        placer.place(said)
    except CellFault as fault:
        yield cell_of(said, "home"), fault.reason, fault.way_out
    known = hours[values["compound"]]
    if values["start_s"] is None and len(known) > 1:
        times = "、".join(clock_text(compound.work_start_s) for compound in known)
        yield "start_s", f"该办公区有 {times} 几个上班时间", "请填写这位乘客的上班时间"
        return
    compound = _compound(values, hours)
    if compound.work_end_s <= compound.work_start_s:
        start, end = clock_text(compound.work_start_s), clock_text(compound.work_end_s)
        yield "end_s", f"下班时间 {end} 不晚于上班时间 {start}", "请核对两个时间"


def _compound(values: Mapping[str, Any], hours: Mapping[str, tuple[Compound, ...]]) -> Compound:
    """Take the compound of these hours, or make one: who starts half an hour later ends as much later."""
    known = hours[values["compound"]]
    start_s, end_s = values["start_s"], values["end_s"]
    usual = next((c for c in known if c.work_start_s == start_s), known[0])
    start_s = usual.work_start_s if start_s is None else start_s
    end_s = usual.work_end_s + start_s - usual.work_start_s if end_s is None else end_s
    same = (c for c in known if (c.work_start_s, c.work_end_s) == (start_s, end_s))
    base = known[0].id.split("@")[0]
    name = f"{base}@{clock_text(start_s)}"
    if any(c.id == name for c in known) or end_s != usual.work_end_s + start_s - usual.work_start_s:
        name += f"-{clock_text(end_s)}"
    return next(same, replace(usual, id=name, work_start_s=start_s, work_end_s=end_s))


def _group(row: Row, placer: Placer, compound: Compound, *, several: bool) -> RiderGroup:
    """Make a group whose id says where it stands in the sheet, and nothing of who it is."""
    where = f"{row.sheet} 第 {row.number} 行" if several else f"第 {row.number} 行"
    return RiderGroup(
        id=row["id"] or where,
        home=placer.place(said_of(row.values.get, "home")),
        count=row["people"],
        compound_id=compound.id,
        weekdays=row["weekdays"],
    )
