"""Plans as tables that people print and open in a spreadsheet: car orders, and the timetable of the buses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from optimizer.line_figures import Line, lines_of
from optimizer.lines import LineDraft
from optimizer.model import Request, Route
from scenarios.prefecture.values import Prefecture
from service.clock import clock_text
from service.kinds import CARS, NAMES, SHUTTLES
from service.sheets import csv_table
from service.store.plans import Judged
from service.store.trips import Trip
from service.use_cases.figures import runs
from service.use_cases.shuttles import DIRECTIONS, Lines

ORDER_HEADINGS: Final = (
    "上车时间", "完成时间", "车牌", "驾驶员", "申请编号", "申请", "人数", "本趟公里", "未安排原因",
)  # fmt: skip
LENT_HEADINGS: Final = ("申请编号", "用车单位", "车属单位", "车牌", "上车时间", "完成时间")
"""A car that serves another unit is a platform dispatch, and recorded as one."""
RIDERS: Final = "riders.csv"
RIDER_HEADINGS: Final = ("方向", "线路", "乘客编号", "人数", "上车站", "下车站", "编排号")
TIMETABLE_HEADINGS: Final = ("方向", "线路", "车牌", "站序", "站点", "到站", "发车", "上车人数", "下车人数")


def handouts(day: Prefecture, judged: Mapping[str, Judged]) -> dict[str, bytes]:
    """Make the tables of what was planned, by file name: CSV in UTF-8 that Excel and WPS open."""
    found: dict[str, bytes] = {}
    if CARS in judged:
        rows = [*_orders(day, judged[CARS]), *_relieved(day, judged)]
        found["orders.csv"] = csv_table(ORDER_HEADINGS, rows)
        lent = list(_lent(day, judged[CARS]))
        if lent:
            found["borrowed.csv"] = csv_table(LENT_HEADINGS, lent)
    buses = {kind: _lines(kind, judged[kind]) for kind in SHUTTLES if kind in judged}
    if buses:
        found["timetable.csv"] = timetable(buses)
    return found


def timetable(lines: Mapping[str, Sequence[Line]]) -> bytes:
    """List the stops of every line in driving order, as CSV."""
    return csv_table(TIMETABLE_HEADINGS, _timetable(lines))


def rider_list(lines: Mapping[str, Lines]) -> bytes:
    """List who rides on which line, a group and a line a row: what bookings are counted by."""
    return csv_table(RIDER_HEADINGS, _riders(lines))


def driver_of(trip: Trip, day: Prefecture) -> str:
    """Name the driver of a trip: its own, or that of the vehicle; "" where nobody is named."""
    driver_id = trip.driver_id or dict(day.fixed_drivers).get(trip.vehicle_id, "")
    return dict(day.driver_names).get(driver_id, driver_id)


def _who_drives(trip: Trip, request: Request, day: Prefecture) -> str:
    if not request.self_driver_id:
        return driver_of(trip, day)
    name = dict(day.driver_names).get(request.self_driver_id, request.self_driver_id)
    return f"{name}（自驾，{clock_text(trip.start_s)} 领钥匙，{clock_text(trip.end_s)} 还）"


def people_of(request: Request) -> int:
    """Count who boards."""
    return sum(stop.load[0] for stop in request.stops if stop.load and stop.load[0] > 0)


def _orders(day: Prefecture, plan: Judged) -> Iterator[Sequence[object]]:
    """List the requests by pick-up; those that are left out come last, with their reason."""
    requests = {request.id: request for request in plan.problem.requests}
    plates = _plates(plan)
    for trip, visits in sorted(runs(plan), key=lambda run: (run[1][0].start_s, run[0].vehicle_id)):
        for request_id in trip.request_ids:
            mine = [visit for visit in visits if visit.request_id == request_id]
            request = requests[request_id]
            yield (
                clock_text(mine[0].start_s), clock_text(mine[-1].depart_s), plates[trip.vehicle_id],
                _who_drives(trip, request, day), request.id, request.name, people_of(request),
                round(trip.distance_m / 1000, 1), "",
            )  # fmt: skip
    for unserved in plan.schedule.unserved:
        request = requests[unserved.request_id]
        why = unserved.detail.removeprefix(f"{request.name or request.id}：")
        yield "", "", "", "", request.id, request.name, people_of(request), "", why


def _lent(day: Prefecture, plan: Judged) -> Iterator[Sequence[object]]:
    """List what cars do for units other than their own (平台调度登记)."""
    names = {unit.id: unit.name for unit in day.units}
    requests = {request.id: request for request in plan.problem.requests}
    vehicles = {vehicle.id: vehicle for vehicle in plan.problem.vehicles}
    for trip, visits in sorted(runs(plan), key=lambda run: (run[1][0].start_s, run[0].vehicle_id)):
        for request in (requests[i] for i in trip.request_ids):
            owner = vehicles[trip.vehicle_id]
            if request.unit_id and owner.unit_id and request.unit_id != owner.unit_id:
                mine = [visit for visit in visits if visit.request_id == request.id]
                yield (
                    request.id, names.get(request.unit_id, request.unit_id),
                    names.get(owner.unit_id, owner.unit_id), owner.plate or owner.id,
                    clock_text(mine[0].start_s), clock_text(mine[-1].depart_s),
                )  # fmt: skip


def _relieved(day: Prefecture, judged: Mapping[str, Judged]) -> Iterator[Sequence[object]]:
    """List the buses that a driver is named for: somebody else drives them today."""
    names = dict(day.driver_names)
    for kind, plan in judged.items():
        plates = _plates(plan)
        for route in plan.schedule.routes if kind in SHUTTLES else ():
            if route.driver_id is not None:
                people = sum(people_of(r) for r in plan.problem.requests if r.id in _served(route))
                yield (
                    clock_text(route.start_s), clock_text(route.end_s), plates[route.vehicle_id],
                    names.get(route.driver_id, route.driver_id), NAMES.get(kind, kind), "班车代驾", people,
                    round(route.distance_m / 1000, 1), "",
                )  # fmt: skip


def _served(route: Route) -> set[str | None]:
    return {visit.request_id for visit in route.visits}


def _lines(kind: str, plan: Judged) -> Sequence[Line]:
    """List lines by the numbers that all documents give them."""
    return lines_of(LineDraft(problem=plan.problem, members={}), plan.schedule, DIRECTIONS[kind])


def _timetable(lines: Mapping[str, Sequence[Line]]) -> Iterator[Sequence[object]]:
    for kind, found in lines.items():
        for line in found:
            for position, stop in enumerate(line.stops, 1):
                yield (
                    NAMES.get(kind, kind), line.name, line.plate, position, stop.place.label,
                    clock_text(stop.arrival_s), clock_text(stop.depart_s), stop.boarding, stop.alighting,
                )  # fmt: skip


def _riders(plans: Mapping[str, Lines]) -> Iterator[Sequence[object]]:
    for kind, plan in plans.items():
        for line in lines_of(plan.draft, plan.schedule, DIRECTIONS[kind]):
            for ride in line.rides:
                yield (
                    NAMES.get(kind, kind), line.name, ride.group_id, ride.riders, ride.board.label,
                    ride.alight.label, ride.request_id,
                )  # fmt: skip


def _plates(plan: Judged) -> dict[str, str]:
    return {vehicle.id: vehicle.plate or vehicle.id for vehicle in plan.problem.vehicles}
