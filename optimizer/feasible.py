"""One route that keeps every rule of its vehicle, or none: timing, seats, rides, limits, rest."""

import itertools
from collections.abc import Iterator, Sequence

from optimizer.model import Reason, Request, Route, Vehicle, VehicleType
from optimizer.policy.rules import may_serve
from optimizer.rests import LONGEST_DRIVE_S, SHORTEST_REST_S, resting_route
from optimizer.timed import timed_route
from optimizer.timing import Call, Timetable

__all__ = [
    "LONGEST_DRIVE_S",
    "SHORTEST_REST_S",
    "alone_where_asked",
    "drivable_route",
    "feasible_route",
    "loads_fit",
    "obstacle",
    "rested_route",
]


def feasible_route(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], *, driver_id: str | None = None
) -> Route | None:
    """Time the calls and return the route only if no rule of the vehicle or its requests is broken.

    Reserves, groups and drivers concern several routes and are not looked at.
    """
    kind = table.types[vehicle.type_id]
    if any(may_serve(table.problem, vehicle, r, kind) is not None for r in _asked(table, calls)):
        return None
    return drivable_route(table, vehicle, calls, driver_id=driver_id)


def drivable_route(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], *, driver_id: str | None = None
) -> Route | None:
    """Make the route as `feasible_route` does, for requests that the vehicle is known to be allowed."""
    kind = table.types[vehicle.type_id]
    if not loads_fit(table, kind, calls) or not alone_where_asked(table, calls):
        return None
    route, broken = rested_route(table, vehicle, calls, driver_id=driver_id)
    return None if broken is not None else route


def rested_route(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], *, driver_id: str | None = None
) -> tuple[Route | None, Reason | None]:
    """Time the calls; where a rest is missing, leave sooner, or rest on the way; name the fault."""
    kind = table.types[vehicle.type_id]
    route = timed_route(table, vehicle, calls, driver_id=driver_id)
    broken = None if route is None else obstacle(table, kind, route)
    if broken is Reason.REST:
        sooner = timed_route(table, vehicle, calls, driver_id=driver_id, sooner_s=SHORTEST_REST_S)
        if sooner is not None and obstacle(table, kind, sooner) is None:
            return sooner, None
        slower = resting_route(table, vehicle, calls, driver_id=driver_id)
        if slower is not None and obstacle(table, kind, slower) is None:
            return slower, None
    return route, broken


def obstacle(table: Timetable, kind: VehicleType, route: Route) -> Reason | None:
    """Say which limit a timed route breaks: of a ride, of the vehicle's day, or of driving without rest."""
    asked = dict.fromkeys(v.request_id for v in route.visits if v.request_id is not None)
    if not all(_ride_is_short(route, table.requests[request_id]) for request_id in asked):
        return Reason.RIDE_TOO_LONG
    if not _within_limits(route, kind):
        return Reason.LIMIT
    return None if _rested(route) else Reason.REST


def loads_fit(table: Timetable, kind: VehicleType, calls: Sequence[Call]) -> bool:
    """Whether nobody stands and nothing is unloaded that was not on board."""
    asked = _asked(table, calls)
    load = [sum(max(0, -_total(r, d)) for r in asked) for d in range(len(table.problem.dimensions))]
    if not _between(load, kind):
        return False
    for call in calls:
        change = table.requests[call.request_id].stops[call.stop].load
        load = [a + b for a, b in zip(load, change, strict=True)] if change else load
        if not _between(load, kind):
            return False
    return True


def _asked(table: Timetable, calls: Sequence[Call]) -> list[Request]:
    return [table.requests[request_id] for request_id in dict.fromkeys(c.request_id for c in calls)]


def _between(load: Sequence[int], kind: VehicleType) -> bool:
    return all(0 <= amount <= limit for amount, limit in zip(load, kind.capacity, strict=True))


def _total(request: Request, dimension: int) -> int:
    return sum(stop.load[dimension] for stop in request.stops if stop.load)


def alone_where_asked(table: Timetable, calls: Sequence[Call]) -> bool:
    """Whether the stops of every request for sole use follow each other, with nobody else on board."""
    under_way: set[str] = set()
    for call in calls:
        request = table.requests[call.request_id]
        under_way.add(call.request_id)
        if len(under_way) > 1 and any(table.requests[other].sole_use for other in under_way):
            return False
        if call.stop == len(request.stops) - 1:
            under_way.discard(call.request_id)
    return True


def _within_limits(route: Route, kind: VehicleType) -> bool:
    places = [visit.place_id for visit in route.visits]
    stops = sum(before != place for before, place in itertools.pairwise(["", *places]))
    amounts = (
        (route.distance_m, kind.max_route_m),
        (route.end_s - route.start_s, kind.max_route_s),
        (stops, kind.max_stops),
    )
    return all(limit is None or amount <= limit for amount, limit in amounts)


def _ride_is_short(route: Route, request: Request) -> bool:
    if request.max_ride_s is None:
        return True
    mine = [visit for visit in route.visits if visit.request_id == request.id]
    return len(mine) < 2 or mine[-1].start_s - mine[0].depart_s <= request.max_ride_s


def _rested(route: Route) -> bool:
    """Whether 20 minutes of standing come before more than 4 hours of driving (实施条例第六十二条)."""
    driven_s, stood_since_s = 0, 0
    for depart_s, arrive_s, rest_s in _legs(route):
        if depart_s - stood_since_s >= SHORTEST_REST_S:
            driven_s = 0
        driven_s, stood_since_s = driven_s + arrive_s - depart_s - rest_s, arrive_s
        driven_s = max(0, driven_s - LONGEST_DRIVE_S * (rest_s // SHORTEST_REST_S))
        if driven_s > LONGEST_DRIVE_S:
            return False
    return True


def _legs(route: Route) -> Iterator[tuple[int, int, int]]:
    departures = [route.start_s, *(visit.depart_s for visit in route.visits)]
    arrivals = [*(visit.arrival_s for visit in route.visits), route.end_s]
    rests = [*(visit.rest_s for visit in route.visits), route.rest_s]
    return zip(departures, arrivals, rests, strict=True)
