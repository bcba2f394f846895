"""The sheets of an event become lots and cars; places and distances are filled in where roads are known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gis.places import Place
from optimizer.event.values import EventCar, Kind, Lot, Way
from optimizer.model import ALL_DAY, TimeWindow
from service.clock import clock_text
from service.intake import event_columns
from service.intake.places import Placer, cell_of, said_of
from service.sheets import CellFault, Row, SheetReport, read_sheet

SLOW_M_PER_S: Final = 20 / 3.6
"""Where a sheet says how far a lot is and not how long the drive takes."""
MOST_IN_CAR, MOST_IN_MINIBUS = 8, 18

Faults = Iterator[tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSheet:
    """What the sheet of lots came to.

    Parameters
    ----------
    places
        Lot id → where it is; lots whose distances the sheet gives need none.
    walks, drives
        Ids of lots whose walk and drive the sheet gives.
    """

    report: SheetReport
    lots: tuple[Lot, ...]
    places: Mapping[str, Place]
    walks: frozenset[str]
    drives: frozenset[str]
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalSheet:
    """What the sheet of arrivals came to.

    Parameters
    ----------
    origins
        Car id → where it starts.
    rows
        Car id → row of the sheet.
    """

    report: SheetReport
    cars: tuple[EventCar, ...]
    origins: Mapping[str, Place]
    rows: Mapping[str, int]
    hint: str | None = None


def read_lots(file: Path, placer: Placer | None) -> LotSheet:
    """Read the sheet of lots.

    Parameters
    ----------
    placer
        None without roads: then every row must give its distances.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    report = read_sheet(file, event_columns.lots(lambda values: tuple(_lot_faults(values, placer))))
    places = {row["id"]: found for row in report.rows if (found := _place(row.values, "lot", placer))}
    return LotSheet(
        report=report,
        lots=tuple(_lot(row) for row in report.rows),
        places=places,
        walks=frozenset(row["id"] for row in report.rows if row["walk_m"] is not None),
        drives=frozenset(row["id"] for row in report.rows if row["drive_m"] is not None),
        hint=placer.shift_hint if placer else None,
    )


def read_arrivals(file: Path, placer: Placer | None, lots: frozenset[str]) -> ArrivalSheet:
    """Read the sheet of arrivals; a row of several cars becomes as many cars. Errors as `read_lots`.

    Parameters
    ----------
    lots
        Names that rows may ask for.
    """
    spec = event_columns.arrivals(
        lambda values: tuple(_arrival_faults(values, placer, lots)), _contradictions
    )
    report = read_sheet(file, spec)
    cars: list[EventCar] = []
    origins: dict[str, Place] = {}
    rows: dict[str, int] = {}
    for row in report.rows:
        start = _place(row.values, "from", placer)
        for car in _cars(row):
            cars.append(car)
            rows[car.id] = row.number
            if start is not None:
                origins[car.id] = start
    hint = placer.shift_hint if placer else None
    return ArrivalSheet(report=report, cars=tuple(cars), origins=origins, rows=rows, hint=hint)


def _lot(row: Row) -> Lot:
    metres = row["drive_m"] or 0
    seconds = round(metres / SLOW_M_PER_S) if row["drive_min"] is None else 60 * row["drive_min"]
    from_s, to_s = row["from_s"], row["to_s"]
    return Lot(
        id=row["id"],
        cars=row["cars"],
        minibuses=row["minibuses"],
        coaches=row["coaches"],
        way=Way(there_m=metres, there_s=seconds, back_m=metres, back_s=seconds),
        walk_m=row["walk_m"] or 0,
        open=TimeWindow(
            start_s=ALL_DAY.start_s if from_s is None else from_s,
            end_s=ALL_DAY.end_s if to_s is None else to_s,
        ),
        gate=row["gate"],
        units=frozenset(row["units"]),
    )


def _cars(row: Row) -> Iterator[EventCar]:
    name, count = row["id"] or f"第{row.number}行", row["count"]
    whole, rest = divmod(row["people"], count)
    kind = Kind(row["kind"]) if row["kind"] else _usual_kind(-(-row["people"] // count))
    for k in range(count):
        yield EventCar(
            id=name if count == 1 else f"{name}-{k + 1}",
            unit=row["unit"],
            plate=row["plate"],
            kind=kind,
            people=whole + (k < rest),
            arrive_s=row["arrive_s"],
            leave_s=row["leave_s"],
            drops_off=row["drops_off"],
            rank=int(row["rank"]),
            convoy=row["convoy"],
            lots=frozenset(row["lots"]),
            standby=row["standby"],
        )


def _usual_kind(people: int) -> Kind:
    if people <= MOST_IN_CAR:
        return Kind.CAR
    return Kind.MINIBUS if people <= MOST_IN_MINIBUS else Kind.COACH


def _place(values: Mapping[str, Any], field: str, placer: Placer | None) -> Place | None:
    said = said_of(values.get, field)
    if placer is None or not (said.words or said.lon is not None):
        return None
    return placer.place(said)


def _lot_faults(values: Mapping[str, Any], placer: Placer | None) -> Faults:
    if not (values["cars"] or values["minibuses"] or values["coaches"]):
        yield "cars", "没有任何车位", "请填写小型、中型或大型车位数"
    if values["from_s"] is not None and values["to_s"] is not None and values["to_s"] <= values["from_s"]:
        yield "to_s", "关闭时间不晚于开放时间", "请核对两个时间"
    said = said_of(values.get, "lot")
    known = placer is not None and bool(said.words or said.lon is not None)
    for field, what in (("walk_m", "步行距离"), ("drive_m", "行车距离")):
        if values[field] is None and not known:
            yield field, f"没有{what}，也没有地图上的地点", f"请填写{what}，或用 --map 给出地图并填写地点"
    yield from _place_faults(values, "lot", placer)


def _arrival_faults(values: Mapping[str, Any], placer: Placer | None, lots: frozenset[str]) -> Faults:
    if values["leave_s"] <= values["arrive_s"]:
        yield "leave_s", f"离开时间不晚于到达时间 {clock_text(values['arrive_s'])}", "请核对两个时间"
    if values["plate"] and values["count"] > 1:
        yield "count", f"一个车牌写了 {values['count']} 辆", "有车牌的车请一辆一行"
    if values["people"] < values["count"]:
        yield "people", f"{values['people']} 人坐不满 {values['count']} 辆车", "每辆车至少 1 人，请核对"
    unknown = [name for name in values["lots"] if name not in lots]
    if unknown:
        yield "lots", f"停车场表中没有{'、'.join(unknown)}", f"可填：{'、'.join(sorted(lots))}"
    if values["standby"] and values["convoy"]:
        yield "standby", "车队中的车不能备勤", "请去掉其中一项"
    yield from _place_faults(values, "from", placer)


def _contradictions(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str, str, str]]:
    """Find cars that would be there twice at once, and convoys that cannot start together."""
    plates: dict[str, list[Mapping[str, Any]]] = {}
    convoys: dict[str, tuple[Any, ...]] = {}
    for position, values in enumerate(rows):
        for other in plates.get(values["plate"], ()):
            if values["arrive_s"] < other["leave_s"] and other["arrive_s"] < values["leave_s"]:
                times = f"{clock_text(other['arrive_s'])}–{clock_text(other['leave_s'])}"
                yield position, "plate", f"此车 {times} 已在场", "一辆车不能同时来两次，请核对车牌和时间"
        if values["plate"]:
            plates.setdefault(values["plate"], []).append(values)
        if values["convoy"]:
            facts = ("arrive_s", "leave_s", "drops_off", "from_words", "from_lon", "from_lat")
            said = tuple(values[name] for name in facts)
            if convoys.setdefault(values["convoy"], said) != said:
                reason = f"与车队“{values['convoy']}”前面的车出发地或时间不同"
                yield position, "convoy", reason, "同一车队的出发地、到达和离开时间应相同"


def _place_faults(values: Mapping[str, Any], field: str, placer: Placer | None) -> Faults:
    try:
        _place(values, field, placer)
    except CellFault as fault:
        yield cell_of(said_of(values.get, field), field), fault.reason, fault.way_out
