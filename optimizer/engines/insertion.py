"""Finish what a search found: exact times, nothing broken, and nothing left out that still fits somewhere."""

from collections.abc import Iterable, Mapping, Sequence

from optimizer.feasible import feasible_route
from optimizer.model import Request, Route, Vehicle
from optimizer.policy.rules import may_serve
from optimizer.price import route_lines
from optimizer.timing import Call, Timetable

__all__ = ["completed"]

Orders = Mapping[str, Sequence[Call]]
"""Vehicle id → its calls in order."""


def completed(table: Timetable, orders: Orders, *, idle: Iterable[str] | None = None) -> tuple[Route, ...]:
    """Time every order, drop what breaks a rule, then insert what is left out where it costs least.

    Parameters
    ----------
    idle
        Vehicles that may be sent out although the search did not use them; None allows all.
    """
    vehicles = {v.id: v for v in table.problem.vehicles}
    routes: dict[str, Route] = {}
    for vehicle_id in sorted(orders):
        route = _largest_part(table, vehicles[vehicle_id], list(orders[vehicle_id]))
        if route is not None:
            routes[vehicle_id] = route
    spare = set(vehicles if idle is None else idle)
    _insert_left_out(table, [v for v in vehicles.values() if v.id in spare or v.id in routes], routes)
    return tuple(routes[vehicle_id] for vehicle_id in sorted(routes))


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
            route = feasible_route(table, vehicle, [c for c in calls if c.request_id != request_id])
            if route is not None:
                return route
        calls = [c for c in calls if c.request_id != inside[-1]]
    return None


def _insert_left_out(table: Timetable, vehicles: Sequence[Vehicle], routes: dict[str, Route]) -> None:
    served = {visit.request_id for route in routes.values() for visit in route.visits}
    left = [r for r in table.problem.requests if r.id not in served and r.group_id is None]
    for request in sorted(left, key=lambda r: (r.priority, -r.unserved_penalty_fen, r.id)):
        best = _cheapest(table, vehicles, routes, request)
        if best is not None:
            routes[best.vehicle_id] = best


def _cheapest(
    table: Timetable, vehicles: Sequence[Vehicle], routes: Mapping[str, Route], request: Request
) -> Route | None:
    """Find the route with this request inserted that adds least cost."""
    best: tuple[int, str] | None = None
    best_route: Route | None = None
    for vehicle in sorted(vehicles, key=lambda v: v.id):
        if may_serve(table.problem, vehicle, request, table.types[vehicle.type_id]) is not None:
            continue
        now = routes.get(vehicle.id)
        for calls in _insertions(calls_of(now) if now else [], request):
            route = feasible_route(table, vehicle, calls)
            if route is None:
                continue
            added = _cost_fen(table, vehicle, route) - (_cost_fen(table, vehicle, now) if now else 0)
            if best is None or (added, vehicle.id) < best:
                best, best_route = (added, vehicle.id), route
    return best_route


def _insertions(calls: Sequence[Call], request: Request) -> Iterable[list[Call]]:
    """Every order with the request inserted: its stops in order, its first stop's options tried each."""
    for option in range(len(request.stops[0].options)):
        for last_option in range(len(request.stops[-1].options)) if len(request.stops) > 1 else [0]:
            mine = [
                Call(
                    request_id=request.id,
                    stop=i,
                    option=option if i == 0 else last_option if i == len(request.stops) - 1 else 0,
                )
                for i in range(len(request.stops))
            ]
            yield from _woven(list(calls), mine, 0)


def _woven(calls: list[Call], mine: list[Call], start: int) -> Iterable[list[Call]]:
    if not mine:
        yield calls
        return
    for at in range(start, len(calls) + 1):
        yield from _woven([*calls[:at], mine[0], *calls[at:]], mine[1:], at + 1)


def _cost_fen(table: Timetable, vehicle: Vehicle, route: Route) -> int:
    lines = route_lines(route, table.types[vehicle.type_id].rates)
    return sum(line.amount_fen for line in lines if line.decision)
