"""Whether a problem makes sense, before anybody plans on it: every fault in one sentence with its value."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, pairwise
from typing import Final

from optimizer.aboard import loads
from optimizer.errors import ProblemError
from optimizer.model import CostRates, Problem, Request, Return, Route, Stop, TimeWindow, Vehicle, VehicleType
from optimizer.policy.calendar import parse_date

MOST_FAULTS: Final = 50
"""More are counted, not listed: a wrong column makes thousands."""


def require_valid(problem: Problem) -> None:
    """Let a sound problem pass.

    Raises
    ------
    ProblemError
        With all faults (the first `MOST_FAULTS`, and how many more).
    """
    found = faults(problem)
    if found:
        more = (f"另有 {len(found) - MOST_FAULTS} 处错误",) if len(found) > MOST_FAULTS else ()
        raise ProblemError((*found[:MOST_FAULTS], *more))


def faults(problem: Problem) -> tuple[str, ...]:
    """Name everything that contradicts itself in a problem; nothing means it is sound.

    Duplicate ids, unknown places, types, drivers and vehicles, windows that close before they open, negative
    amounts, loads that do not match the dimensions, requests without stops or options, places that the
    travel matrix does not hold.
    """
    return tuple(chain.from_iterable(look(problem) for look in _LOOKS))


def _date_and_dimensions(problem: Problem) -> Iterator[str]:
    try:
        parse_date(problem.date)
    except ValueError as error:
        yield str(error)
    if not problem.dimensions:
        yield "问题没有容量维度；至少要有一个，例如 seats"
    if repeated := _repeated(problem.dimensions):
        yield f"容量维度重复：{'、'.join(repeated)}"
    if problem.buffer_s < 0:
        yield f"任务间余量 buffer_s 是 {problem.buffer_s}，不能为负"
    for reserve in problem.reserves:
        if reserve.count < 0:
            yield f"备勤数量是 {reserve.count}，不能为负"


def _unique_ids(problem: Problem) -> Iterator[str]:
    for what, ids in (
        ("地点", [place.id for place in problem.places]),
        ("车型", [kind.id for kind in problem.vehicle_types]),
        ("车辆", [vehicle.id for vehicle in problem.vehicles]),
        ("驾驶员", [driver.id for driver in problem.drivers]),
        ("场站", [depot.place_id for depot in problem.depots]),
        ("申请", [request.id for request in problem.requests]),
        ("锁定路线的车辆", [route.vehicle_id for route in problem.locked]),
    ):
        for repeated in _repeated(ids):
            yield f"{what} {repeated!r} 重复出现；编号必须唯一"
        if "" in ids:
            yield f"有{what}的编号是空的"


def _places(problem: Problem) -> Iterator[str]:
    for place in problem.places:
        # Written so that NaN, which compares with nothing, is a fault too.
        if not (-180 <= place.lon <= 180 and -90 <= place.lat <= 90):
            yield f"地点 {place.label!r} 的坐标（{place.lon}, {place.lat}）不是经度在前的 WGS-84 度数"


def _types(problem: Problem) -> Iterator[str]:
    for kind in problem.vehicle_types:
        if len(kind.capacity) != len(problem.dimensions):
            yield (
                f"车型 {kind.id!r} 的容量有 {len(kind.capacity)} 项，问题有 {len(problem.dimensions)} 个维度"
                f"（{'、'.join(problem.dimensions)}）"
            )
        yield from (f"车型 {kind.id!r} 的容量是 {seats}，不能为负" for seats in kind.capacity if seats < 0)
        if kind.profile not in problem.travel.profiles:
            known = "、".join(problem.travel.profiles)
            yield f"车型 {kind.id!r} 的通行方式 {kind.profile!r} 不在出行矩阵中，只有 {known}"
        yield from _limits(kind)
        yield from _rates(kind.id, kind.rates)


def _limits(kind: VehicleType) -> Iterator[str]:
    for name in ("max_route_m", "max_route_s", "max_stops"):
        value = getattr(kind, name)
        if value is not None and value < 0:
            yield f"车型 {kind.id!r} 的 {name} 是 {value}，不能为负"


def _rates(type_id: str, rates: CostRates) -> Iterator[str]:
    for name in CostRates.__dataclass_fields__:
        if (value := getattr(rates, name)) < 0:
            yield f"车型 {type_id!r} 的费率 {name} 是 {value}，不能为负"


def _vehicles(problem: Problem) -> Iterator[str]:
    places, types = {p.id for p in problem.places}, {t.id for t in problem.vehicle_types}
    drivers = {driver.id for driver in problem.drivers}
    for vehicle in problem.vehicles:
        who = _car(vehicle)
        if vehicle.type_id not in types:
            yield f"{who} 的车型 {vehicle.type_id!r} 不在车型表中"
        for place_id in (vehicle.start_place_id, vehicle.end_place_id):
            if place_id is not None and place_id not in places:
                yield f"{who} 的起讫地点 {place_id!r} 不在地点表中"
        yield from (
            f"{who} 的驾驶员 {driver_id!r} 不在驾驶员表中"
            for driver_id in vehicle.driver_ids
            if driver_id not in drivers
        )
        yield from _windows(who, (vehicle.shift, *vehicle.busy))
        if vehicle.trips < 1:
            yield f"{who} 的趟数是 {vehicle.trips}，至少为 1"


def _drivers_and_depots(problem: Problem) -> Iterator[str]:
    places = {place.id for place in problem.places}
    for driver in problem.drivers:
        yield from _windows(f"驾驶员 {driver.id!r}", (driver.shift, *driver.busy))
    starts = Counter(vehicle.start_place_id for vehicle in problem.vehicles)
    for depot in problem.depots:
        who = f"场站 {depot.place_id!r}"
        if depot.place_id not in places:
            yield f"{who} 不在地点表中"
        yield from _windows(who, (depot.window,))
        if depot.spaces is not None and depot.spaces < 0:
            yield f"{who} 的车位是 {depot.spaces}，不能为负"
        elif depot.spaces is not None and starts[depot.place_id] > depot.spaces:
            yield f"{who} 有 {depot.spaces} 个车位，清晨却停着 {starts[depot.place_id]} 辆车"


def _requests(problem: Problem) -> Iterator[str]:
    places, vehicles = {p.id for p in problem.places}, {v.id for v in problem.vehicles}
    for request in problem.requests:
        who = f"申请 {_label(request.id, request.name)}"
        if not request.stops:
            yield f"{who} 没有停靠站；至少要有一站"
        for number, stop in enumerate(request.stops):
            yield from _stop(problem, f"{who} 第 {number} 站", stop, places)
        yield from _request_loads(problem, who, request)
        if request.unserved_penalty_fen < 0:
            yield f"{who} 的未安排代价是 {request.unserved_penalty_fen} 分，不能为负"
        if request.max_ride_s is not None and request.max_ride_s < 0:
            yield f"{who} 的乘车上限是 {request.max_ride_s} 秒，不能为负"
        for vehicle_id in sorted((request.vehicle_ids | request.forbidden_vehicle_ids) - vehicles):
            yield f"{who} 指名的车辆 {vehicle_id!r} 不在车辆表中"
        if request.back is not None:
            yield from _way_back(who, request.back, places)


def _way_back(who: str, back: Return, places: set[str]) -> Iterator[str]:
    if back.nights < 1:
        yield f"{who} 在外 {back.nights} 夜，至少 1 夜；当天往返的不填返回日期"
    if back.place_id not in places:
        yield f"{who} 返程的地点 {back.place_id!r} 不在地点表中"
    yield from _windows(f"{who} 返程", (back.window,))


def _stop(problem: Problem, where: str, stop: Stop, places: set[str]) -> Iterator[str]:
    if not stop.options:
        yield f"{where} 没有备选地点；至少要有一个"
    if stop.load and len(stop.load) != len(problem.dimensions):
        yield f"{where} 的载量有 {len(stop.load)} 项，问题有 {len(problem.dimensions)} 个维度"
    for option in stop.options:
        if option.place_id not in places:
            yield f"{where} 的地点 {option.place_id!r} 不在地点表中"
        yield from _windows(where, (option.window,))
        for name, value in (("service_s", option.service_s), ("walk_m", option.walk_m)):
            if value < 0:
                yield f"{where} 的 {name} 是 {value}，不能为负"


def _request_loads(problem: Problem, who: str, request: Request) -> Iterator[str]:
    n = len(problem.dimensions)
    if any(stop.load and len(stop.load) != n for stop in request.stops):
        return
    lowest = min((amount for moment in loads(request, n) for amount in moment), default=0)
    if lowest < 0:
        yield f"{who} 的载量顺序不对：有一站下车（卸货）比车上多 {-lowest}；人数不能为负"


def _locked(problem: Problem) -> Iterator[str]:
    places, requests = {p.id for p in problem.places}, {r.id for r in problem.requests}
    vehicles = {vehicle.id for vehicle in problem.vehicles}
    for route in problem.locked:
        who = f"锁定路线（车辆 {route.vehicle_id!r}）"
        if route.vehicle_id not in vehicles:
            yield f"{who} 的车辆不在车辆表中"
        for visit in route.visits:
            if visit.place_id not in places:
                yield f"{who} 的地点 {visit.place_id!r} 不在地点表中"
            if visit.request_id is not None and visit.request_id not in requests:
                yield f"{who} 的申请 {visit.request_id!r} 不在申请表中"
        yield from _forward(who, route)


def _forward(who: str, route: Route) -> Iterator[str]:
    moments = [
        route.start_s,
        *(t for v in route.visits for t in (v.arrival_s, v.start_s, v.depart_s)),
        route.end_s,
    ]
    for before, after in pairwise(moments):
        if after < before:
            yield f"{who} 的时间倒退：{before} 秒之后是 {after} 秒"
            return


def _travel_holds(problem: Problem) -> Iterator[str]:
    """Name stops that the matrix does not know at all; pairs and idle vehicles are the planner's matter."""
    if not problem.requests:
        return
    origins = {place_id for block in problem.travel.blocks for place_id in block.origins}
    ends = {place_id for block in problem.travel.blocks for place_id in block.destinations}
    known = {place.id for place in problem.places}
    stops = {o.place_id for r in problem.requests for s in r.stops for o in s.options}
    for place_id in sorted((stops & known) - origins - ends):
        yield f"出行矩阵没有地点 {place_id!r}；请先为它计算出行时间"
    starts = {vehicle.start_place_id for vehicle in problem.vehicles} & known
    if starts and not starts & origins:
        yield f"出行矩阵没有从任何一辆车的起点（如 {min(starts)!r}）出发的出行时间"


_LOOKS: Final[tuple[Callable[[Problem], Iterator[str]], ...]] = (
    _date_and_dimensions,
    _unique_ids,
    _places,
    _types,
    _vehicles,
    _drivers_and_depots,
    _requests,
    _locked,
    _travel_holds,
)


def _windows(who: str, windows: Iterable[TimeWindow]) -> Iterator[str]:
    for window in windows:
        if window.end_s < window.start_s:
            yield f"{who} 的时间窗先关后开：{window.start_s} 秒开、{window.end_s} 秒关"


def _repeated(values: Iterable[str]) -> list[str]:
    return sorted(value for value, count in Counter(values).items() if count > 1)


def _car(vehicle: Vehicle) -> str:
    return f"车辆 {_label(vehicle.id, vehicle.plate)}"


def _label(item_id: str, name: str) -> str:
    """Show the id, which finds the row, and what people call it."""
    return f"{item_id!r}（{name}）" if name else repr(item_id)
