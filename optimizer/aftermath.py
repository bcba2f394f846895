"""What each happening does to a day: who is loose, who must stop, what is asked anew."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from optimizer.happenings import (
    Added,
    Breakdown,
    Cancelled,
    Delay,
    DriverOut,
    Event,
    Left,
    locked,
)
from optimizer.model import (
    ALL_DAY,
    Priority,
    Problem,
    Request,
    Route,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    Visit,
)
from optimizer.timing import Call, as_route, onward, timetable

__all__ = ["after"]

RESCUE_WITHIN_S: Final = 3_600
"""How long people whose car broke down may have to wait for another one."""


def after(left: Left, event: Event, now_s: int) -> Left:
    """Let something happen to the day.

    Raises
    ------
    LookupError
        The day has no such vehicle, request or driver.
    """
    match event:
        case Breakdown():
            changed = _broken(left, event, now_s)
        case Delay():
            changed = _delayed(left, event, now_s)
        case Cancelled():
            changed = _cancelled(left, event, now_s)
        case Added():
            changed = _added(left, event)
        case DriverOut():
            changed = _driver_out(left, event, now_s)
    return locked(changed)


def _vehicle(left: Left, vehicle_id: str) -> Vehicle:
    found = next((v for v in left.problem.vehicles if v.id == vehicle_id), None)
    if found is None:
        message = f"当天没有车辆 {vehicle_id!r}；请用方案中的车辆编号"
        raise LookupError(message)
    return found


def _with_vehicle(problem: Problem, vehicle: Vehicle) -> Problem:
    return replace(problem, vehicles=tuple(vehicle if v.id == vehicle.id else v for v in problem.vehicles))


def _broken(left: Left, event: Breakdown, now_s: int) -> Left:
    """End its day where it stands; who is on board waits for another car."""
    vehicle = _vehicle(left, event.vehicle_id)
    route = left.begun.get(vehicle.id)
    done = [v for v in route.visits if _is_over(route, v, now_s)] if route else []
    loose = [*left.loose, *left.ahead.get(vehicle.id, ())]
    problem, notes = left.problem, list(left.notes)
    if route is not None:
        under_way = dict.fromkeys(v.request_id for v in route.visits if v not in done and v.request_id)
        for request_id in under_way:
            problem, note = _stranded(problem, route, request_id, event.place_id, now_s)
            loose.insert(0, request_id)
            notes += [note] if note else []
    end_s = max([now_s, *(v.depart_s for v in done)])
    rest = TimeWindow(start_s=end_s, end_s=max(end_s, vehicle.shift.end_s) + ALL_DAY.end_s)
    earlier = tuple(b for b in vehicle.busy if b.end_s <= end_s)
    stopped = replace(vehicle, end_place_id=None, busy=(*earlier, rest))
    problem = _with_vehicle(problem, stopped)
    begun = {v: r for v, r in left.begun.items() if v != vehicle.id}
    if done and route is not None:
        begun[vehicle.id] = as_route(timetable(problem), stopped, route.driver_id, route.start_s, done)
    ahead = {v: ids for v, ids in left.ahead.items() if v != vehicle.id}
    return replace(left, problem=problem, begun=begun, ahead=ahead, loose=tuple(loose), notes=tuple(notes))


def _is_over(route: Route, visit: Visit, now_s: int) -> bool:
    """Whether the visit belongs to a request whose last stop was reached by then, or is a stay at home."""
    if visit.request_id is None:
        return visit.depart_s <= now_s
    return max(v.start_s for v in route.visits if v.request_id == visit.request_id) <= now_s


def _stranded(
    problem: Problem, route: Route, request_id: str, place_id: str | None, now_s: int
) -> tuple[Problem, str]:
    """Ask for the rest of a request anew, from where its people stand; untouched if nobody has boarded."""
    request = next(r for r in problem.requests if r.id == request_id)
    visits = [v for v in route.visits if v.request_id == request_id]
    made = [v for v in visits if v.start_s <= now_s]
    if not made:
        return problem, ""
    here = place_id or made[-1].place_id
    aboard = tuple(
        sum(request.stops[v.stop].load[d] if request.stops[v.stop].load else 0 for v in made)
        for d in range(len(problem.dimensions))
    )
    stays = made[-1].depart_s > now_s  # the stop where it broke down still has to be stood out
    window = TimeWindow(start_s=now_s, end_s=now_s + RESCUE_WITHIN_S)
    wait_s = made[-1].depart_s - now_s if stays and place_id is None else 0
    first = Stop(options=(StopOption(place_id=here, window=window, service_s=wait_s),), load=aboard)
    rest = replace(
        request,
        stops=(first, *request.stops[made[-1].stop + 1 :]),
        priority=max(Priority.P1, _more_urgent(request.priority)),
        max_ride_s=None,
    )
    requests = tuple(rest if r.id == request_id else r for r in problem.requests)
    note = f"申请 {request.name or request_id} 的乘客在途中换车，之前的行程已随故障车结束"
    return replace(problem, requests=requests), note


def _more_urgent(priority: Priority) -> Priority:
    order = list(Priority)
    return order[max(0, order.index(priority) - 1)]


def _delayed(left: Left, event: Delay, now_s: int) -> Left:
    """Lengthen the stop that it serves or drives to; what has begun follows, however late."""
    vehicle = _vehicle(left, event.vehicle_id)
    route = left.begun.get(vehicle.id)
    at = (
        next((k for k, v in enumerate(route.visits) if v.depart_s > now_s and v.request_id), None)
        if route
        else None
    )
    if route is None or at is None:
        from_s = now_s if route is None else max(now_s, route.end_s)
        held = TimeWindow(start_s=from_s, end_s=from_s + event.seconds)
        return replace(
            left, problem=_with_vehicle(left.problem, replace(vehicle, busy=(*vehicle.busy, held)))
        )
    visit = route.visits[at]
    stands = {v.request_id: v for v in route.visits[at:]}
    problem = left.problem
    for request_id in stands:
        longer = event.seconds if request_id == visit.request_id else 0
        problem = _with_request(problem, request_id, partial(_belated, visit=visit, seconds=longer))
    late = replace(visit, depart_s=visit.depart_s + event.seconds)
    calls = [
        Call(request_id=v.request_id, stop=v.stop, option=v.option)
        for v in route.visits[at + 1 :]
        if v.request_id is not None
    ]
    before = Call(request_id=visit.request_id or "", stop=visit.stop, option=visit.option)
    table = timetable(problem)
    rest = onward(table, vehicle, calls, late, before) or []
    day = as_route(table, vehicle, route.driver_id, route.start_s, [*route.visits[:at], late, *rest])
    begun = dict(left.begun) | {vehicle.id: day}
    note = f"{vehicle.plate or vehicle.id} 延误 {event.seconds // 60} 分钟，已开始的任务顺延"
    return replace(left, problem=problem, begun=begun, notes=(*left.notes, note))


def _belated(request: Request, visit: Visit, seconds: int) -> Request:
    """Let one stop take longer, and every later stop be as late as it must."""
    first = visit.stop if request.id == visit.request_id else 0
    stops = []
    for k, stop in enumerate(request.stops):
        options = []
        for j, option in enumerate(stop.options):
            more = seconds if (k, j) == (visit.stop, visit.option) else 0
            end_s = option.window.end_s if k <= first else max(option.window.end_s, ALL_DAY.end_s)
            window = TimeWindow(start_s=option.window.start_s, end_s=end_s)
            options.append(replace(option, service_s=option.service_s + more, window=window))
        stops.append(replace(stop, options=tuple(options)))
    return replace(request, stops=tuple(stops), max_ride_s=None)


def _cancelled(left: Left, event: Cancelled, now_s: int) -> Left:
    """Drop it; a car that is on its way to it has come in vain, and people who ride are driven on."""
    request = next((r for r in left.problem.requests if r.id == event.request_id), None)
    if request is None:
        message = f"当天没有申请 {event.request_id!r}；请用方案中的申请编号"
        raise LookupError(message)
    name = request.name or request.id
    for vehicle_id, route in left.begun.items():
        mine = [v for v in route.visits if v.request_id == request.id]
        if mine and mine[0].start_s <= now_s:
            return replace(left, notes=(*left.notes, f"申请 {name} 的乘客已上车，不能取消，按原计划送到"))
        if mine:
            return _in_vain(left, vehicle_id, request)
    ahead = {v: tuple(i for i in ids if i != request.id) for v, ids in left.ahead.items()}
    requests = tuple(r for r in left.problem.requests if r.id != request.id)
    loose = tuple(i for i in left.loose if i != request.id)
    return replace(left, problem=replace(left.problem, requests=requests), ahead=ahead, loose=loose)


def _in_vain(left: Left, vehicle_id: str, request: Request) -> Left:
    """Keep the way to its first stop, and nothing after it."""
    route = left.begun[vehicle_id]
    vehicle = _vehicle(left, vehicle_id)
    at = next(k for k, v in enumerate(route.visits) if v.request_id == request.id)
    first = request.stops[0].options[route.visits[at].option]
    come = replace(first, window=ALL_DAY, service_s=0)
    empty = replace(request, name=f"（已取消）{request.name or request.id}", stops=(Stop(options=(come,)),))
    problem = _with_request(left.problem, request.id, lambda _r: replace(empty, group_id=None))
    there = replace(route.visits[at], option=0, start_s=route.visits[at].arrival_s)
    there = replace(there, depart_s=max(there.arrival_s, problem.frozen_until_s))
    visits = (*route.visits[:at], there)
    begun = as_route(timetable(problem), vehicle, route.driver_id, route.start_s, visits)
    note = f"{vehicle.plate or vehicle.id} 已在去接 {request.name or request.id} 的路上，到达后才能另作安排"
    return replace(
        left, problem=problem, begun=dict(left.begun) | {vehicle_id: begun}, notes=(*left.notes, note)
    )


def _added(left: Left, event: Added) -> Left:
    """Take a request in that must still find its place."""
    if any(r.id == event.request.id for r in left.problem.requests):
        message = f"申请 {event.request.id!r} 当天已有；新申请要用另一个编号"
        raise ValueError(message)
    problem = replace(left.problem, requests=(*left.problem.requests, event.request))
    return replace(left, problem=problem, loose=(*left.loose, event.request.id))


def _driver_out(left: Left, event: DriverOut, now_s: int) -> Left:
    """Let him drive no more: what he has begun is taken to its end, the rest needs somebody else."""
    known = {d.id for d in left.problem.drivers}
    if event.driver_id not in known:
        message = f"当天没有驾驶员 {event.driver_id!r}；请用方案中的驾驶员编号"
        raise LookupError(message)
    his = {v for v, d in left.drivers.items() if d == event.driver_id} | set(event.vehicle_ids)
    under_way = [left.begun[v].end_s for v in his if v in left.begun]
    away = TimeWindow(start_s=max([now_s, *under_way]), end_s=10 * ALL_DAY.end_s)
    drivers = tuple(
        replace(d, busy=(*d.busy, away)) if d.id == event.driver_id else d for d in left.problem.drivers
    )
    vehicles = tuple(_without_him(left, v, event) for v in left.problem.vehicles)
    problem = replace(left.problem, drivers=drivers, vehicles=vehicles)
    loose = [i for v in sorted(his) for i in left.ahead.get(v, ())]
    ahead = {v: ids for v, ids in left.ahead.items() if v not in his}
    return replace(left, problem=problem, ahead=ahead, loose=(*left.loose, *loose))


def _without_him(left: Left, vehicle: Vehicle, event: DriverOut) -> Vehicle:
    """Give a car that only he drives to others; one that is out comes home with him and stays there."""
    if vehicle.id not in event.vehicle_ids:
        return vehicle
    if vehicle.id in left.begun:
        shift = TimeWindow(start_s=vehicle.shift.start_s, end_s=left.begun[vehicle.id].end_s)
        return replace(vehicle, shift=shift)
    return replace(vehicle, driver_ids=event.spare_ids or (event.driver_id,))


def _with_request(problem: Problem, request_id: str | None, change: Callable[[Request], Request]) -> Problem:
    requests = tuple(change(r) if r.id == request_id else r for r in problem.requests)
    return replace(problem, requests=requests)
