"""The lines of one day with those who booked: closed lines and empty stops left out, larger and second buses.

Lines keep their bus and the order of their stops, so that nobody who booked has to look for another line;
only riders of a closed line and those who find no seat are put where they add least cost.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.check import violations
from optimizer.engines import insertion
from optimizer.line_figures import Line
from optimizer.model import (
    Problem,
    Reason,
    Request,
    Route,
    Schedule,
    Status,
    Stop,
    Unserved,
    Vehicle,
    Violation,
)
from optimizer.price import decision_cost_fen
from optimizer.timing import Call, Timetable, timetable

__all__ = ["BookedDay", "booked_day", "spread_over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedDay:
    """The lines of the day.

    Parameters
    ----------
    problem
        With the riders who booked; a crowd that no bus holds is several requests.
    moved
        Riders of closed or overfull lines who ride on another one.
    """

    problem: Problem
    schedule: Schedule
    violations: tuple[Violation, ...]
    moved: int


def booked_day(
    problem: Problem,
    schedule: Schedule,
    lines: Sequence[Line],
    booked: Mapping[str, int],
    *,
    closed: Collection[str] = (),
    boarding_s: float = 2.5,
) -> BookedDay:
    """Drive the lines of a plan for those who booked.

    Parameters
    ----------
    lines
        Of the plan (`optimizer.line_figures.lines_of`).
    booked
        Request id → riders who booked; requests that are missing are not driven for.
    closed
        Ids of lines that do not run; their riders ride on others as far as these have room.
    boarding_s
        Standing time for each rider who boards or alights near home, and who boards at work.
    """
    largest = max((kind.capacity[0] for kind in problem.vehicle_types), default=0)
    parts = {r.id: tuple(_sized(r, booked.get(r.id, 0), largest, boarding_s)) for r in problem.requests}
    asked = replace(problem, requests=tuple(part for r in problem.requests for part in parts[r.id]))
    table = timetable(asked)
    shut = {
        part.id
        for line in lines
        for ride in (line.rides if line.id in closed else ())
        for part in parts[ride.request_id]
    }
    orders = {
        route.vehicle_id: [call for call in _calls(route, parts) if call.request_id not in shut]
        for route in schedule.routes
    }
    drivers = {route.vehicle_id: route.driver_id for route in schedule.routes}
    buses, taken = _buses(table, orders), dict[str, Route]()
    for old, bus in buses.items():
        for route in insertion.timed(table, {bus: orders[old]}).values():
            taken[bus] = replace(route, driver_id=drivers[old])
    kept = {v.request_id for route in taken.values() for v in route.visits}
    _seat(table, taken, [r for r in asked.requests if r.id not in kept], shut)
    served = {v.request_id for route in taken.values() for v in route.visits}
    made = Schedule(
        routes=tuple(taken[i] for i in sorted(taken)),
        unserved=tuple(_left_out(asked, served, shut)),
        status=Status.FEASIBLE,
        engine="bookings",
    )
    made = replace(made, objective_fen=decision_cost_fen(asked, made))
    moved = sum(_riders(r) for r in asked.requests if r.id in served - kept)
    return BookedDay(problem=asked, schedule=made, violations=violations(asked, made), moved=moved)


def spread_over(line: Line, riders: int) -> dict[str, int]:
    """Spread riders of whom only the line is known over its requests, as many as were planned at each."""
    planned: dict[str, int] = {}
    for ride in line.rides:
        planned[ride.request_id] = planned.get(ride.request_id, 0) + ride.riders
    total = sum(planned.values())
    if not total:
        return {}
    found = {request_id: riders * n // total for request_id, n in planned.items()}
    rest = riders - sum(found.values())
    for request_id in sorted(planned, key=lambda i: (-(riders * planned[i] % total), i))[:rest]:
        found[request_id] += 1
    return found


def _sized(request: Request, riders: int, largest: int, boarding_s: float) -> Iterator[Request]:
    """Make a request for so many riders; more than a bus holds are several."""
    number = 0
    while riders > 0 and largest > 0:
        here = min(riders, largest)
        yield replace(
            request,
            id=request.id if number == 0 else f"{request.id}+{number + 1}",
            name=f"{request.name.rsplit('（', 1)[0]}（{here} 人）" if request.name else "",
            stops=tuple(_stop(stop, here, boarding_s) for stop in request.stops),
            unserved_penalty_fen=request.unserved_penalty_fen * here // max(1, _riders(request)),
        )
        riders, number = riders - here, number + 1


def _stop(stop: Stop, riders: int, boarding_s: float) -> Stop:
    planned = abs(stop.load[0]) if stop.load else 0
    sign = 1 if stop.load and stop.load[0] > 0 else -1
    change_s = round(boarding_s * riders) - round(boarding_s * planned)
    options = tuple(
        replace(o, service_s=max(0, o.service_s + change_s)) if o.service_s else o for o in stop.options
    )
    return replace(stop, load=(sign * riders,), options=options)


def _riders(request: Request) -> int:
    return sum(stop.load[0] for stop in request.stops if stop.load and stop.load[0] > 0)


def _calls(route: Route, parts: Mapping[str, tuple[Request, ...]]) -> Iterator[Call]:
    """Take over the order of a route for those who are left of it; what no bus holds waits."""
    for visit in route.visits:
        for request in parts.get(visit.request_id or "", ())[:1]:
            yield Call(request_id=request.id, stop=visit.stop, option=visit.option)


def _buses(table: Timetable, orders: Mapping[str, Sequence[Call]]) -> dict[str, str]:
    """Give each order its own bus; one that cannot hold its riders gets the smallest idle bus that can."""
    problem = table.problem
    vehicles = {v.id: v for v in problem.vehicles}
    idle = {v.id for v in problem.vehicles if v.id not in orders}
    found: dict[str, str] = {}
    for vehicle_id in sorted(orders, key=lambda i: (-_peak(table, orders[i]), i)):
        calls, own = orders[vehicle_id], vehicles[vehicle_id]
        if not calls:
            continue
        found[vehicle_id] = vehicle_id
        if _peak(table, calls) > table.types[own.type_id].capacity[0]:
            larger = _larger(table, [vehicles[i] for i in sorted(idle)], calls)
            if larger is not None:
                idle.discard(larger.id)
                idle.add(vehicle_id)
                found[vehicle_id] = larger.id
    return found


def _larger(table: Timetable, idle: Sequence[Vehicle], calls: Sequence[Call]) -> Vehicle | None:
    fit = [v for v in idle if table.types[v.type_id].capacity[0] >= _peak(table, calls)]
    fit.sort(key=lambda v: (table.types[v.type_id].capacity[0], v.id))
    return next((v for v in fit if len(_timed(table, v.id, calls)) == len(calls)), None)


def _timed(table: Timetable, vehicle_id: str, calls: Sequence[Call]) -> tuple[object, ...]:
    return tuple(v for route in insertion.timed(table, {vehicle_id: calls}).values() for v in route.visits)


def _peak(table: Timetable, calls: Sequence[Call]) -> int:
    load = peak = 0
    for call in calls:
        stop = table.requests[call.request_id].stops[call.stop]
        load += stop.load[0] if stop.load else 0
        peak = max(peak, load)
    return peak


def _seat(
    table: Timetable, taken: dict[str, Route], waiting: Sequence[Request], shut: Collection[str]
) -> None:
    """Put who is left into buses that drive; those of lines that run may also have an idle one."""
    vehicles = table.problem.vehicles
    driving = [v for v in vehicles if v.id in taken]
    insertion.insert(table, driving, taken, waiting)
    served = {v.request_id for route in taken.values() for v in route.visits}
    again = [r for r in waiting if r.id not in served and r.id not in shut]
    insertion.insert(table, vehicles, taken, again)


def _left_out(problem: Problem, served: Collection[str | None], shut: Collection[str]) -> Iterator[Unserved]:
    for request in sorted(problem.requests, key=lambda r: r.id):
        if request.id not in served:
            closed = request.id in shut
            why = "线路停开，其他线路坐不下或不顺路" if closed else "没有空座，也没有可加开的车"
            detail = f"{request.name or request.id}：{why}"
            yield Unserved(request_id=request.id, reason=Reason.NO_VEHICLE, detail=detail)
