"""Finish what a search found: exact times, nothing broken, and nothing left out that still fits somewhere."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gis.matrix import TravelError
from optimizer.feasible import drivable_route, feasible_route, loads_fit
from optimizer.model import Request, Route, Vehicle, VehicleType
from optimizer.policy.rules import may_serve
from optimizer.price import route_lines
from optimizer.tasks import signature
from optimizer.timing import Call, Timetable

__all__ = ["calls_of", "completed", "insert", "timed"]

Orders = Mapping[str, Sequence[Call]]
"""Vehicle id → its calls in order."""


def completed(table: Timetable, orders: Orders) -> tuple[Route, ...]:
    """Time every order, drop what breaks a rule, then insert what is left out where it costs least."""
    routes = timed(table, orders)
    served = {visit.request_id for route in routes.values() for visit in route.visits}
    left = [r for r in table.problem.requests if r.id not in served]
    insert(table, table.problem.vehicles, routes, left)
    return tuple(routes[vehicle_id] for vehicle_id in sorted(routes))


def timed(table: Timetable, orders: Orders) -> dict[str, Route]:
    """Time every order; where a rule is broken, leave out requests until it is kept."""
    vehicles = {v.id: v for v in table.problem.vehicles}
    routes: dict[str, Route] = {}
    for vehicle_id in sorted(orders):
        route = _largest_part(table, vehicles[vehicle_id], list(orders[vehicle_id]))
        if route is not None:
            routes[vehicle_id] = route
    return routes


def insert(
    table: Timetable, vehicles: Sequence[Vehicle], routes: dict[str, Route], requests: Iterable[Request]
) -> None:
    """Put each request, the weightiest first, where it adds least cost; `routes` is changed in place.

    Requests of a group stay out: one alone would break it.
    """
    by_id = sorted(vehicles, key=lambda v: v.id)
    for request in sorted(requests, key=lambda r: (r.priority, -r.unserved_penalty_fen, r.id)):
        if request.group_id is None and all(stop.options for stop in request.stops):
            best = _cheapest(table, by_id, routes, request)
            if best is not None:
                routes[best.vehicle_id] = best


def calls_of(route: Route) -> list[Call]:
    """Read the order of a route back."""
    return [
        Call(request_id=v.request_id, stop=v.stop, option=v.option)
        for v in route.visits
        if v.request_id is not None
    ]


def _largest_part(table: Timetable, vehicle: Vehicle, calls: list[Call]) -> Route | None:
    """Leave out requests until the order can be driven; each time the one whose absence helps first."""
    while calls:
        route = feasible_route(table, vehicle, calls)
        if route is not None:
            return route
        inside = list(dict.fromkeys(c.request_id for c in calls))
        for request_id in inside:
            rest = [c for c in calls if c.request_id != request_id]
            route = feasible_route(table, vehicle, rest) if rest else None
            if route is not None:
                return route
        calls = [c for c in calls if c.request_id != inside[-1]]
    return None


def _cheapest(
    table: Timetable, vehicles: Sequence[Vehicle], routes: Mapping[str, Route], request: Request
) -> Route | None:
    """Find the route with this request inserted that adds least cost."""
    best: tuple[int, str] | None = None
    best_route: Route | None = None
    tried: set[Vehicle] = set()
    first = request.stops[0].options[0].place_id
    holds: dict[str, bool] = {}
    for vehicle in vehicles:
        now = routes.get(vehicle.id)
        place_id = vehicle.start_place_id
        if now is None and signature(vehicle) in tried and vehicle.id not in request.vehicle_ids:
            continue  # an idle vehicle that is like one already asked
        if place_id not in holds:
            holds[place_id] = place_id == first or table.problem.travel.holds(place_id, first)
        if not holds[place_id] or may_serve(table.problem, vehicle, request, table.types[vehicle.type_id]):
            continue
        if now is None and vehicle.id not in request.vehicle_ids:
            tried.add(signature(vehicle))
        before_fen = _cost_fen(table, vehicle, now) if now else 0
        for calls in _insertions(table, vehicle, calls_of(now) if now else [], request):
            route = _driven(table, vehicle, calls)
            if route is None:
                continue
            added = _cost_fen(table, vehicle, route) - before_fen
            if best is None or (added, vehicle.id) < best:
                best, best_route = (added, vehicle.id), route
    return best_route


def _driven(table: Timetable, vehicle: Vehicle, calls: Sequence[Call]) -> Route | None:
    try:
        return drivable_route(table, vehicle, calls)
    except TravelError:
        return None


def _insertions(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], request: Request
) -> Iterator[list[Call]]:
    """Every order with the request inserted that has seats: its stops in order, its options tried each."""
    kind = table.types[vehicle.type_id]
    for options in itertools.product(*(range(len(stop.options)) for stop in request.stops)):
        mine = [Call(request_id=request.id, stop=i, option=k) for i, k in enumerate(options)]
        if request.sole_use:
            yield from ([*calls[:at], *mine, *calls[at:]] for at in range(len(calls) + 1))
        else:
            yield from _woven(table, kind, list(calls), mine, 0)


def _woven(
    table: Timetable, kind: VehicleType, calls: list[Call], mine: list[Call], start: int
) -> Iterator[list[Call]]:
    if not mine:
        yield calls
        return
    for at in range(start, len(calls) + 1):
        so_far = [*calls[:at], mine[0]]
        if loads_fit(table, kind, so_far):
            yield from _woven(table, kind, [*so_far, *calls[at:]], mine[1:], at + 1)
        elif not loads_fit(table, kind, calls[:at]):
            return  # what boards earlier does not fit any more from here on


def _cost_fen(table: Timetable, vehicle: Vehicle, route: Route) -> int:
    lines = route_lines(route, table.types[vehicle.type_id].rates)
    return sum(line.amount_fen for line in lines if line.decision)
