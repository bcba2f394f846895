"""From a row of a sheet of car requests to a request: its faults, its stops, its needs."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from pyproj import Geod

from gis.places import Place
from optimizer.cargo import with_goods
from optimizer.model import ALL_DAY, Priority, Request, Return, Stop, StopOption, TimeWindow, VehicleClass
from optimizer.policy.stays import StayTable
from service.clock import clock_text
from service.intake.places import Placer, cell_of, said_of
from service.sheets import CellFault, Row

BOARDING_S: Final = 120
"""Getting in, and getting out again."""
EARTH: Final = Geod(ellps="WGS84")
PENALTY_FEN: Final = {Priority.P3: 100_000, Priority.P4: 50_000}
OFF_ROAD: Final = "offroad"
NEW_ENERGY: Final = frozenset({"battery"})
MOST_NIGHTS: Final = 60

Fault = tuple[str, str, str]
"""Field, what is wrong, what to do."""


def faults(values: Mapping[str, Any], placer: Placer, day: date) -> Iterator[Fault]:
    """Find times and dates out of order, and places that are unknown or off the roads."""
    yield from _times(values, day)
    yield from _dates(values, day)
    if values["vehicles"] > max(1, values["people"]):
        reason = f"{values['vehicles']} 辆车只有 {values['people']} 人"
        yield "vehicles", reason, "每辆至少 1 人，请核对"
    if values["vehicles"] > 1 and values["vehicle"] is not None:
        yield "vehicle", f"{values['vehicles']} 辆车的车队只指定了一辆车", "车队请不要指定车辆，或分行填写"
    yield from _places(values, placer)


def request_of(
    row: Row, placer: Placer, day: date, stays: StayTable, *, several: bool
) -> tuple[Request, tuple[Place, Place]]:
    """Make a request of a good row, with the places that it names.

    Parameters
    ----------
    stays
        How long errands without a known end keep the car.
    several
        Whether the workbook has several sheets of rows, so that a row without an id is named by its sheet.
    """
    origin, goal = (placer.place(said_of(row.values.get, field)) for field in ("from", "to"))
    priority = Priority(row["urgency"])
    where = f"{row.sheet} 第 {row.number} 行" if several else f"第 {row.number} 行"
    back = _back(row, origin, day)
    secret = row["class"] == VehicleClass.CONFIDENTIAL  # never shared, whatever the row says
    request = Request(
        id=row["id"] or where,
        name=f"{row['purpose'] or '用车'}：{origin.label}→{goal.label}",
        stops=_way(row, origin, goal) if back is not None else _stops(row, origin, goal, stays),
        unit_id=row["unit"] or "",
        category=row["purpose"],
        priority=priority,
        unserved_penalty_fen=PENALTY_FEN[priority],
        sole_use=not row["shared"] or back is not None or secret,
        leaves=row["leaves"],
        vehicle_classes=frozenset({VehicleClass(row["class"])} if row["class"] else ()),
        skills=frozenset({OFF_ROAD} if row["off_road"] else ()),
        energies=NEW_ENERGY if row["new_energy"] else frozenset(),
        licences=frozenset({row["licence"]} if row["licence"] else ()),
        self_driver_id=row["self_driver"] or "",
        vehicle_ids=frozenset({row["vehicle"]} if row["vehicle"] else ()),
        back=back,
    )
    has_goods = row["kg"] or row["litres"]
    return with_goods(request, row["kg"], row["litres"]) if has_goods else request, (origin, goal)


def _times(values: Mapping[str, Any], day: date) -> Iterator[Fault]:
    start_s, return_s = values["start_s"], values["return_s"]
    same_day = values["return_day"] in {None, day}
    if return_s is not None and return_s <= start_s and same_day:
        reason = f"返回时间 {clock_text(return_s)} 不晚于出发时间 {clock_text(start_s)}"
        yield "return_s", reason, "请核对两个时间；第二天写“次日1:30”，几天后另填返回日期"
    if values["arrive_s"] is not None and values["arrive_s"] <= start_s:
        reason = f"最迟到达 {clock_text(values['arrive_s'])} 不晚于出发时间 {clock_text(start_s)}"
        yield "arrive_s", reason, "请核对两个时间"


def _dates(values: Mapping[str, Any], day: date) -> Iterator[Fault]:
    if values["last"] is not None and values["first"] is not None and values["last"] < values["first"]:
        yield "last", f"截止日期 {values['last']} 早于开始日期 {values['first']}", "请核对两个日期"
    back = values["return_day"]
    if back is None or back == day:
        return
    if back < day:
        yield "return_day", f"返回日期 {back} 早于用车日 {day}", "请核对日期"
    elif (back - day).days > MOST_NIGHTS:
        yield "return_day", f"在外 {(back - day).days} 夜，超过 {MOST_NIGHTS} 夜", "请核对日期"
    if values["return_s"] is None:
        yield "return_s", f"{back} 返回，没有填返回时间", "请填写返回那天的时间"
    if values["repeat"] is not None:
        yield "repeat", "重复的申请不能在外过夜", "请分行填写"


def _places(values: Mapping[str, Any], placer: Placer) -> Iterator[Fault]:
    ends = []
    for field in ("from", "to"):
        said = said_of(values.get, field)
        try:
            ends.append(placer.place(said))
        except CellFault as fault:
            yield cell_of(said, field), fault.reason, fault.way_out
    if len(ends) == 2 and ends[0].id == ends[1].id:
        yield "to_words", "目的地与出发地是同一地点", "请核对地点"


def _stops(row: Row, origin: Place, goal: Place, stays: StayTable) -> tuple[Stop, ...]:
    """There, or there and back: the car is held until the hour of return, or as long as such errands last."""
    if row["return_s"] is None and not row["waits"]:
        return _way(row, origin, goal)
    board, there = _way(row, origin, goal)
    option, home = there.options[0], StopOption(place_id=origin.id, service_s=BOARDING_S)
    if row["return_s"] is None:
        option = StopOption(
            place_id=goal.id, window=option.window, service_s=_stay_s(row, origin, goal, stays)
        )
    else:
        back = TimeWindow(start_s=row["return_s"], end_s=ALL_DAY.end_s)
        home = StopOption(place_id=origin.id, window=back, service_s=BOARDING_S)
    return board, Stop(options=(option,)), Stop(options=(home,), load=there.load)


def _way(row: Row, origin: Place, goal: Place) -> tuple[Stop, Stop]:
    """One way: board from the hour asked on, be there in time where that is asked."""
    start_s, people = row["start_s"], max(row["people"] + row["goods_seats"], row["seats"] - 1)
    start = TimeWindow(start_s=start_s, end_s=start_s + 60 * row["late_minutes"])
    by = ALL_DAY if row["arrive_s"] is None else TimeWindow(start_s=0, end_s=row["arrive_s"])
    board = StopOption(place_id=origin.id, window=start, service_s=BOARDING_S)
    leave = StopOption(place_id=goal.id, window=by, service_s=BOARDING_S)
    return Stop(options=(board,), load=(people,)), Stop(options=(leave,), load=(-people,))


def _stay_s(row: Row, origin: Place, goal: Place, stays: StayTable) -> int:
    """Stay as long as three of four errands of this kind last."""
    category = stays.category_of(row["purpose"])
    away_m = round(float(EARTH.inv(origin.lon, origin.lat, goal.lon, goal.lat)[2]))
    return max(BOARDING_S, stays.planned(category, row["unit"] or "", away_m).seconds)


def _back(row: Row, origin: Place, day: date) -> Return | None:
    """Say when a car that stays over night comes home."""
    if row["return_day"] is None or row["return_day"] == day:
        return None
    at = TimeWindow(start_s=row["return_s"], end_s=row["return_s"])
    return Return(nights=(row["return_day"] - day).days, window=at, place_id=origin.id)
