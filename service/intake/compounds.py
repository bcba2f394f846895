"""Sheets of compounds and of stops: where people work and from when to when, and where buses may stop."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gis.places import Place
from optimizer.riders import Compound
from service.clock import clock_text
from service.intake import commute_columns
from service.intake.places import Placer, Said, cell_of, said_of
from service.sheets import CellFault, SheetReport, read_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundSheet:
    """What a sheet of compounds came to: one compound for each start time."""

    report: SheetReport
    compounds: tuple[Compound, ...]
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSheet:
    """What a sheet of stops came to."""

    report: SheetReport
    stops: tuple[Place, ...]
    hint: str | None


def read_compounds(file: Path, placer: Placer) -> CompoundSheet:
    """Read a sheet of compounds; a compound with two start times is two compounds at one gate.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    spec = commute_columns.compounds(lambda values: tuple(_compound_faults(values, placer)))
    report = read_sheet(file, spec)
    several = {row["name"] for row in report.rows if len(row["starts_s"]) > 1}
    names = [row["name"] for row in report.rows]
    several |= {name for name in names if names.count(name) > 1}
    found: dict[str, Compound] = {}
    for row in report.rows:
        gate = replace(placer.place(_gate(row.values)), id=f"gate:{row['name']}", name=row["name"])
        for compound in _compounds(row.values, gate, named=row["name"] in several):
            found[compound.id] = compound
    return CompoundSheet(report=report, compounds=tuple(found.values()), hint=placer.shift_hint)


def read_stops(file: Path, placer: Placer) -> StopSheet:
    """Read a sheet of places where buses may stop; errors as `read_compounds`."""
    spec = commute_columns.stops(lambda values: tuple(_place_faults(_stop(values), "stop", placer)))
    report = read_sheet(file, spec)
    stops = [
        replace(placer.place(_stop(row.values)), id=f"stop-{number:03}", name=row["name"])
        for number, row in enumerate(report.rows, 1)
    ]
    return StopSheet(report=report, stops=tuple(stops), hint=placer.shift_hint)


def _compounds(values: Mapping[str, Any], gate: Place, *, named: bool) -> Iterator[Compound]:
    starts, ends = values["starts_s"], values["ends_s"]
    for start_s, end_s in zip(starts, ends * len(starts) if len(ends) == 1 else ends, strict=True):
        id_ = f"{values['name']}@{clock_text(start_s)}" if named else values["name"]
        yield Compound(id=id_, place=gate, work_start_s=start_s, work_end_s=end_s)


def _compound_faults(values: Mapping[str, Any], placer: Placer) -> Iterator[tuple[str, str, str]]:
    yield from _place_faults(_gate(values), "gate", placer)
    starts, ends = values["starts_s"], values["ends_s"]
    if len(ends) not in {1, len(starts)}:
        reason = f"有 {len(starts)} 个上班时间、{len(ends)} 个下班时间"
        yield "ends_s", reason, "请写一个下班时间，或与上班时间一一对应"
    elif ends[0] <= starts[0] or ends[-1] <= starts[-1]:
        yield "ends_s", "下班时间不晚于上班时间", "请核对两个时间"


def _gate(values: Mapping[str, Any]) -> Said:
    """Where no other place is given, the name of the compound says where it is."""
    said = said_of(values.get, "gate")
    return said if said.words or said.lon is not None else replace(said, words=values["name"])


def _stop(values: Mapping[str, Any]) -> Said:
    said = said_of(values.get, "stop")
    return said if said.words or said.lon is not None else replace(said, words=values["name"])


def _place_faults(said: Said, field: str, placer: Placer) -> Iterator[tuple[str, str, str]]:
    try:
        placer.place(said)
    except CellFault as fault:
        yield cell_of(said, field), fault.reason, fault.way_out
