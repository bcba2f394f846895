"""A sheet of today's lines becomes printed lines: bus, stops and gates in order, times, who boards where."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from gis.places import Place
from optimizer.line_requests import Direction
from optimizer.printed import ExistingGate
from scenarios.prefecture.values import Prefecture
from service.clock import clock_text
from service.intake.places import Placer, Said, cell_of, said_of
from service.intake.printed_columns import printed_lines
from service.intake.riders import compound_of
from service.sheets import CellFault, Row, SheetReport, Value, read_sheet
from service.sheets.parsers import tidy

NOON_S: Final = 43_200
OWN: Final = "today:"
"""Before the ids of stops that only today's lines have."""
_SEATS: Final = re.compile(r"^(\d{1,2})\s*座?$")

Values = Mapping[str, Any]
Fault = tuple[int, str, str, str]
"""Position of the row, field, reason, way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedHalt:
    """A stop near homes.

    Parameters
    ----------
    people
        Who get on or off there; None where the sheet does not say.
    group_ids
        Riders whom the sheet names.
    gate_id
        Place where they work; "" where the sheet does not say.
    order
        Place in the route among halts and gates.
    where
        Where it stands in the sheet.
    """

    place: Place
    time_s: int | None
    people: int | None
    group_ids: tuple[str, ...]
    gate_id: str
    order: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLine:
    """A line of the sheet; `halts` and `gates` in the order of the route."""

    name: str
    direction: Direction
    bus_id: str
    halts: tuple[PrintedHalt, ...]
    gates: tuple[ExistingGate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSheet:
    """What the sheet came to; `stops` are those near homes, each once."""

    report: SheetReport
    lines: tuple[PrintedLine, ...]
    stops: tuple[Place, ...]
    hint: str | None


def read_printed_lines(file: Path, day: Prefecture, placer: Placer) -> PrintedSheet:
    """Read today's lines; rows that cannot be placed and lines that make no sense become faults.

    Parameters
    ----------
    day
        With its compounds, buses and stops; where it has no riders the sheet must say how many board.
    placer
        For buses.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    known = _Known(day, placer)
    spec = printed_lines(
        known.bus,
        compound_of(day),
        lambda row: tuple(known.faults(row)),
        lambda rows: list(known.amiss(rows)),
    )
    report = read_sheet(file, spec)
    return PrintedSheet(
        report=report,
        lines=tuple(known.lines(report.rows, file.name)),
        stops=tuple(known.stops.values()),
        hint=placer.shift_hint,
    )


class _Known:
    """What rows may name: gates, buses and stops of the day."""

    def __init__(self, day: Prefecture, placer: Placer) -> None:
        self._placer, self._riders_known = placer, bool(day.rider_groups)
        self._gate = compound_of(day)
        seats = {kind.id: kind.capacity[0] + 1 for kind in day.vehicle_types}
        self._named = {_plate(said): bus.id for bus in day.buses for said in (bus.id, bus.plate) if said}
        self._of_seats: dict[str, list[str]] = {}
        for bus in day.buses:
            self._of_seats.setdefault(f"{seats[bus.type_id]} 座", []).append(bus.id)
        self._listed = {stop.label: stop for stop in day.shuttle_stops}
        self.stops: dict[tuple[str, float, float], Place] = {}

    def bus(self, value: Value) -> str:
        """Make an id, or `"49 座"` for any bus with so many seats, of what a cell says."""
        said = tidy(value)
        if found := self._named.get(_plate(said)):
            return found
        seats = _SEATS.match(said)
        kind = f"{int(seats[1])} 座" if seats else ""
        if kind not in self._of_seats:
            reason = "不在车辆表中"
            raise CellFault(reason, f"请写车辆表中的车牌，或核定载客：{'、'.join(self._of_seats)}")
        return kind

    def faults(self, row: Values) -> Iterator[tuple[str, str, str]]:
        """Find what a row by itself cannot be: a stop nowhere, nobody at it."""
        if self._gate_of(row) is not None:
            return
        try:
            self._placed(row)
        except CellFault as fault:
            said = said_of(row.get, "at")
            yield cell_of(said, "at") if said.words or said.lon is not None else "stop", *_told(fault)
        if not self._riders_known and row["people"] is None:
            yield "people", "没有填写，也没有乘客表", "请填写在这一站上（下）车的人数"

    def amiss(self, rows: Sequence[Values]) -> Iterator[Fault]:
        """Find what is wrong with whole lines: each of their rows is named."""
        for positions in _by_line(rows):
            ordered = _in_order(rows, positions)
            reason, way_out, field = self._wrong([rows[i] for i in ordered])
            for i in ordered if reason else ():
                yield i, field, reason, way_out

    def _wrong(self, line: Sequence[Values]) -> tuple[str, str, str]:
        """Reason, way out and field of what is wrong with a line first; "" where nothing is."""
        at_gate = [self._gate_of(row) is not None for row in line]
        times = [row["time_s"] for row in line if row["time_s"] is not None]
        buses = {row["bus"] for row in line if row["bus"]}
        if not any(at_gate) or all(at_gate):
            lacking = "住处附近的站点" if any(at_gate) else "到办公区的一行"
            return f"线路“{line[0]['line']}”没有{lacking}", "请补上，站点写办公区表中的名称", "stop"
        morning = _direction(line, self._gate_of) == "morning"
        if not at_gate[-1 if morning else 0]:
            way_out = "早班的最后一行、晚班的第一行应是办公区；早班和晚班请用不同的线路名，或填写方向"
            return f"线路“{line[0]['line']}”的办公区不在一端", way_out, "stop"
        if line[0]["time_s"] is None or times != sorted(times):
            return (
                f"线路“{line[0]['line']}”的时刻没有从早到晚，或第一站没有时刻",
                f"现为 {'、'.join(clock_text(t) for t in times)}，请核对时刻和站序",
                "time_s",
            )
        if len(buses) != 1:
            said = "没有写车辆" if not buses else f"写了几辆车：{'、'.join(sorted(buses))}"
            return f"线路“{line[0]['line']}”{said}", "一条线路写一辆车", "bus"
        unsaid = [] if self._riders_known else self._unsaid(line, morning=morning)
        if unsaid:
            said = f"线路“{line[0]['line']}”在“{'、'.join(unsaid)}”之{'后' if morning else '前'}到几个办公区"
            return f"{said}，没有写这些人在哪里上班", "请在这些站填写工作地点，或给出乘客表", "compound"
        return "", "", ""

    def _unsaid(self, line: Sequence[Values], *, morning: bool) -> list[str]:
        """List the stops whose riders may work at several gates of the line."""
        gates = [self._gate_of(row) for row in line]
        found = []
        for i, row in enumerate(line):
            ahead = {gate for gate in (gates[i:] if morning else gates[:i]) if gate is not None}
            if gates[i] is None and not row["compound"] and len(ahead) > 1:
                found.append(row["stop"])
        return found

    def lines(self, rows: Sequence[Row], source: str) -> Iterator[PrintedLine]:
        """Make the lines of good rows; buses by their seats are dealt out among those that no line names."""
        values = [row.values for row in rows]
        lines = [_in_order(values, positions) for positions in _by_line(values)]
        named = {row["bus"] for row in values if row["bus"]}
        dealt: dict[tuple[str, Direction], int] = {}
        for ordered in lines:
            line = [values[i] for i in ordered]
            direction = _direction(line, self._gate_of)
            bus = next(row["bus"] for row in line if row["bus"])
            if bus in self._of_seats:
                free = [i for i in self._of_seats[bus] if i not in named] or self._of_seats[bus]
                turn = dealt.get((bus, direction), 0)
                dealt[bus, direction] = turn + 1
                bus = free[turn % len(free)]
            yield self._line([rows[i] for i in ordered], direction, bus, source)

    def _line(self, line: Sequence[Row], direction: Direction, bus_id: str, source: str) -> PrintedLine:
        halts, gates = [], []
        for order, row in enumerate(line):
            gate_id = self._gate_of(row.values)
            if gate_id is not None:
                gates.append(ExistingGate(place_id=gate_id, time_s=row["time_s"], order=order))
                continue
            halts.append(
                PrintedHalt(
                    place=self._stop(row.values), time_s=row["time_s"], people=row["people"],
                    group_ids=row["riders"], gate_id=row["compound"] or "", order=order,
                    where=f"{source} 第 {row.number} 行",
                )
            )  # fmt: skip
        name = line[0]["line"]
        return PrintedLine(
            name=name, direction=direction, bus_id=bus_id, halts=tuple(halts), gates=tuple(gates)
        )

    def _stop(self, row: Values) -> Place:
        """Make a stop; the same name at the same place is one."""
        place = self._placed(row)
        key = row["stop"], round(place.lon, 5), round(place.lat, 5)
        if key not in self.stops:
            listed = place.id in {stop.id for stop in self._listed.values()}
            alike = sum(name == row["stop"] for name, *_ in self.stops)
            id_ = place.id if listed else f"{OWN}{row['stop']}" + (f"#{alike + 1}" if alike else "")
            self.stops[key] = replace(place, id=id_, name=row["stop"])
        return self.stops[key]

    def _placed(self, row: Values) -> Place:
        """Place a stop: where nothing else is given its name says where, that of a listed stop first."""
        said = said_of(row.get, "at")
        if said.words or said.lon is not None:
            return self._placer.place(said)
        listed = self._listed.get(row["stop"])
        return listed if listed is not None else self._placer.place(Said(words=row["stop"]))

    def _gate_of(self, row: Values) -> str | None:
        """Place of the compound that a row stops at; None near homes."""
        try:
            return str(self._gate(row["stop"]))
        except CellFault:
            return None


def _told(fault: CellFault) -> tuple[str, str]:
    return fault.reason, fault.way_out


def _plate(said: str) -> str:
    return re.sub(r"[\s·•.-]", "", said).upper()


def _by_line(rows: Sequence[Values]) -> list[list[int]]:
    """Positions of the rows of each line."""
    found: dict[tuple[str, str | None], list[int]] = {}
    for i, row in enumerate(rows):
        found.setdefault((row["line"], row["direction"]), []).append(i)
    return list(found.values())


def _in_order(rows: Sequence[Values], positions: Sequence[int]) -> list[int]:
    """By the numbers of the stops where all have one, else as they stand."""
    if all(rows[i]["order"] is not None for i in positions):
        return sorted(positions, key=lambda i: rows[i]["order"])
    return list(positions)


def _direction(line: Sequence[Values], gate_of: Any) -> Direction:
    """Take what the sheet says, else the name, else whether the compound is reached before noon."""
    said: str | None = line[0]["direction"]
    if said is None and line[0]["line"][:1] in {"早", "晚"}:
        said = "morning" if line[0]["line"].startswith("早") else "evening"
    if said is None:
        times = [row["time_s"] for row in line if gate_of(row) is not None and row["time_s"] is not None]
        said = "morning" if not times or times[0] < NOON_S else "evening"
    return "evening" if said == "evening" else "morning"
