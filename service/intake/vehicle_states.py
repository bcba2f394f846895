"""A sheet of vehicles as they are this morning: where they stand, how far they can go, what keeps them.

What cannot be is named and set aside: a vehicle in two places at one time stays out of the plan, since nobody
knows where it is; an odometer that runs backwards is not believed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from gis.coordinates import metres_between
from gis.places import Place
from optimizer.model import ALL_DAY, TimeWindow, Vehicle
from scenarios.prefecture.values import Prefecture
from service.clock import clock_text
from service.intake.car_columns import YES_NO, vehicle_of
from service.intake.car_rows import OFF_ROAD
from service.intake.columns import CRS, Check, place_columns
from service.intake.places import Placer, cell_of, said_of
from service.intake.words import Words
from service.sheets import CellFault, Column, Parser, Row, SheetReport, SheetSpec, read_sheet
from service.sheets.moments import day as date_cell
from service.sheets.moments import time_of_day_s
from service.sheets.parsers import number, yes_no
from service.use_cases.roads import Roads

APART_M: Final = 500
"""Two places so near are one: a yard has several gates."""

Complaint = tuple[int, str, str, str]
"""Position of the row, field, what is wrong, what to do."""
Together = Callable[[Sequence[Mapping[str, Any]]], Iterable[Complaint]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleSheet:
    """What a sheet of vehicles came to.

    Parameters
    ----------
    day
        With the vehicles as they are.
    kept_out
        Plates of vehicles that are in two places at once: they stay out of the plan.
    """

    report: SheetReport
    day: Prefecture
    hint: str | None = None
    kept_out: tuple[str, ...] = ()


def vehicle_states(
    vehicle: Parser, check: Check | None = None, together: Together | None = None
) -> SheetSpec:
    """Describe the sheet (车辆状态).

    Parameters
    ----------
    vehicle
        Makes a vehicle id of a plate.
    """
    columns = (*_whereabouts(vehicle), *_reach(), *_kept())
    return SheetSpec(name="车辆状态", columns=columns, check=check, together=together)


def _whereabouts(vehicle: Parser) -> tuple[Column, ...]:
    plate = Column(
        field="vehicle", headings=("车牌", "车牌号"), parse=vehicle, required=True, examples=("云D12345",)
    )
    time = Column(
        field="at_s", headings=("时刻", "时间"), parse=time_of_day_s(), default=0, examples=("08:00",)
    )
    return (
        plate,
        time,
        *place_columns("at", "位置", ("停放地点", "地点"), "103.801,25.492", alone=True),
        CRS,
    )


def _reach() -> tuple[Column, ...]:
    km = ("公里", "km")
    return (
        Column(
            field="km",
            headings=("里程表", "里程表读数", "里程"),
            parse=number(least=0, most=3_000_000, units=km),
            note="公里；同一辆车后面的读数不能比前面小",
        ),
        Column(
            field="charge",
            headings=("电量", "剩余电量"),
            parse=number(least=0, most=100, units=("%",)),
            note="百分数；与续航相乘是当天能跑的里程",
        ),
        Column(
            field="range_km",
            headings=("续航", "续航里程", "满电续航"),
            parse=number(least=0, most=2_000, units=km),
            note="充满时的公里数",
        ),
    )


def _kept() -> tuple[Column, ...]:
    time = time_of_day_s()
    return (
        Column(field="off_s", headings=("停用开始", "维修开始"), parse=time, note="维修、年检等"),
        Column(field="on_s", headings=("停用结束", "维修结束"), parse=time, note="不填为全天"),
        Column(field="inspected", headings=("年检有效期", "年检到期"), parse=date_cell(), note="过期不派"),
        _flag("off_road", "越野"),
        _flag("self_drive", "自驾"),
    )


def read_vehicle_states(
    file: Path, day: Prefecture, roads: Roads, *, crs: str = "wgs84", words: Words | None = None
) -> VehicleSheet:
    """Read a sheet of vehicles; of several rows about one vehicle the last one by time says where it is.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    placer = Placer(day, roads, crs=crs, words=words, origin=file.name)
    plates = {car.id: car.plate or car.id for car in day.cars}
    doubtful: set[str] = set()

    def together(rows: Sequence[Mapping[str, Any]]) -> Iterator[Complaint]:
        yield from _two_places(rows, placer, doubtful)
        yield from _backwards(rows)

    vehicle = vehicle_of({plate: id_ for id_, plate in plates.items()})
    spec = vehicle_states(vehicle, lambda values: tuple(_faults(values, placer)), together)
    report = read_sheet(file, spec)
    return VehicleSheet(
        report=report,
        day=_changed(day, report.rows, placer, doubtful),
        hint=placer.shift_hint,
        kept_out=tuple(sorted(plates[i] for i in doubtful)),
    )


def _changed(day: Prefecture, rows: Iterable[Row], placer: Placer, doubtful: set[str]) -> Prefecture:
    """Put every vehicle where its rows say it is, in the order of time."""
    places, fleet = {place.id: place for place in day.places}, {car.id: car for car in day.cars}
    for row in sorted(rows, key=lambda row: (row["at_s"], row.number)):
        place = _place(row.values, placer)
        places |= {place.id: place} if place is not None else {}
        fleet[row["vehicle"]] = _as_said(fleet[row["vehicle"]], row, place)
    cars = tuple(_kept_out(car) if car.id in doubtful else car for car in fleet.values())
    return replace(day, cars=cars, places=tuple(places.values()))


def _flag(field: str, heading: str) -> Column:
    return Column(field=field, headings=(heading,), parse=yes_no(), choices=YES_NO)


def _faults(values: Mapping[str, Any], placer: Placer) -> Iterator[tuple[str, str, str]]:
    if values["off_s"] is not None and values["on_s"] is not None and values["on_s"] <= values["off_s"]:
        yield "on_s", f"停用结束 {clock_text(values['on_s'])} 不晚于开始", "请核对两个时间"
    if values["charge"] is not None and values["range_km"] is None:
        yield "range_km", "填了电量，没有填续航", "请填写充满电时的公里数"
    try:
        _place(values, placer)
    except CellFault as fault:
        yield cell_of(said_of(values.get, "at"), "at"), fault.reason, fault.way_out


def _place(values: Mapping[str, Any], placer: Placer) -> Place | None:
    said = said_of(values.get, "at")
    return None if not said.words and said.lon is None and said.lat is None else placer.place(said)


def _by_vehicle(rows: Sequence[Mapping[str, Any]]) -> Iterable[list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for position in sorted(range(len(rows)), key=lambda i: (rows[i]["at_s"], i)):
        found[rows[position]["vehicle"]].append(position)
    return found.values()


def _two_places(rows: Sequence[Mapping[str, Any]], placer: Placer, doubtful: set[str]) -> Iterator[Complaint]:
    """Name rows that put one vehicle in two places at one time, and the vehicle as doubtful."""
    for mine in _by_vehicle(rows):
        for position in mine:
            here = _place(rows[position], placer)
            same = [i for i in mine if i != position and rows[i]["at_s"] == rows[position]["at_s"]]
            others = [there for i in same if (there := _place(rows[i], placer)) is not None]
            far = [there for there in others if here is not None and _apart_m(here, there) > APART_M]
            if here is not None and far:
                doubtful.add(rows[position]["vehicle"])
                reason = f"{clock_text(rows[position]['at_s'])} 同时在 {here.label} 和 {far[0].label}"
                yield position, "at_words", reason, "请核实；位置不清的车当天不派"


def _apart_m(here: Place, there: Place) -> float:
    return float(metres_between(here.lon, here.lat, there.lon, there.lat))


def _backwards(rows: Sequence[Mapping[str, Any]]) -> Iterator[Complaint]:
    """Name readings of an odometer below an earlier one."""
    for mine in _by_vehicle(rows):
        highest: float | None = None
        for position in mine:
            km = rows[position]["km"]
            if km is None:
                continue
            if highest is not None and km < highest:
                reason = f"里程表倒退：之前是 {highest:,.0f} 公里，这里是 {km:,.0f} 公里"
                yield position, "km", reason, "请核对读数；本行未采用"
                continue
            highest = km


def _as_said(car: Vehicle, row: Row, place: Place | None) -> Vehicle:
    here = car if place is None else replace(car, start_place_id=place.id)
    if place is not None and row["at_s"] > car.shift.start_s:
        here = replace(here, shift=TimeWindow(start_s=row["at_s"], end_s=max(row["at_s"], car.shift.end_s)))
    if row["off_s"] is not None:
        end_s = ALL_DAY.end_s if row["on_s"] is None else row["on_s"]
        here = replace(here, busy=(*here.busy, TimeWindow(start_s=row["off_s"], end_s=end_s)))
    if row["range_km"] is not None:
        charge = 100 if row["charge"] is None else row["charge"]
        here = replace(here, range_m=int(row["range_km"] * charge * 10))
    if row["inspected"] is not None:
        here = replace(here, inspected_until=row["inspected"].isoformat())
    if row["off_road"]:
        here = replace(here, skills=here.skills | {OFF_ROAD})
    return here if row["self_drive"] is None else replace(here, self_drive=row["self_drive"])


def _kept_out(car: Vehicle) -> Vehicle:
    return replace(car, busy=(*car.busy, TimeWindow(start_s=0, end_s=10 * ALL_DAY.end_s)))
