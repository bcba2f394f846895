"""Finish what a search found: exact times, nothing broken, and nothing left out that still fits somewhere."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gis.matrix import TravelError
from optimizer.feasible import drivable_route, feasible_route, loads_fit
from optimizer.model import Request, Route, TimeWindow, Vehicle, VehicleType
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
    asked = _Asked(table, vehicles)
    for request in sorted(requests, key=lambda r: (r.priority, -r.unserved_penalty_fen, r.id)):
        if request.group_id is None and all(stop.options for stop in request.stops):
            best = _cheapest(asked, routes, request)
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


def _cheapest(asked: "_Asked", routes: Mapping[str, Route], request: Request) -> Route | None:
    """Find the route with this request inserted that adds least cost."""
    best: tuple[int, str] | None = None
    best_route: Route | None = None
    for vehicle in asked.able(routes, request):
        now = routes.get(vehicle.id)
        before_fen = _cost_fen(asked.table, vehicle, now) if now else 0
        for calls in _insertions(asked.table, vehicle, calls_of(now) if now else [], request):
            route = _driven(asked.table, vehicle, calls)
            if route is None:
                continue
            added = _cost_fen(asked.table, vehicle, route) - before_fen
            if best is None or (added, vehicle.id) < best:
                best, best_route = (added, vehicle.id), route
    return best_route


class _Asked:
    """Vehicles in order of their ids, and which of them are alike: rules are asked once for each likeness."""

    def __init__(self, table: Timetable, vehicles: Sequence[Vehicle]) -> None:
        self.table = table
        self.vehicles = sorted(vehicles, key=lambda v: v.id)
        numbers: dict[Vehicle, int] = {}
        self.alike = [numbers.setdefault(signature(v), len(numbers)) for v in self.vehicles]

    def able(self, routes: Mapping[str, Route], request: Request) -> Iterator[Vehicle]:
        """Give the vehicles that may serve the request and know the way; of idle ones that are alike, one."""
        named = {*request.vehicle_ids, *request.forbidden_vehicle_ids}
        first = request.stops[0].options[0].place_id
        may: dict[int, bool] = {}
        idle: set[int] = set()
        for vehicle, alike in zip(self.vehicles, self.alike, strict=True):
            special = vehicle.id in named
            if special or alike not in may:
                able = self._knows_way(vehicle, first) and self._allowed(vehicle, request)
                if not special:
                    may[alike] = able
            else:
                able = may[alike]
            if not able or (not special and alike in idle and vehicle.id not in routes):
                continue
            if not special and vehicle.id not in routes:
                idle.add(alike)
            yield vehicle

    def _knows_way(self, vehicle: Vehicle, first: str) -> bool:
        place_id = vehicle.start_place_id
        return place_id == first or self.table.problem.travel.holds(place_id, first)

    def _allowed(self, vehicle: Vehicle, request: Request) -> bool:
        return may_serve(self.table.problem, vehicle, request, self.table.types[vehicle.type_id]) is None


def _driven(table: Timetable, vehicle: Vehicle, calls: Sequence[Call]) -> Route | None:
    try:
        return drivable_route(table, vehicle, calls)
    except TravelError:
        return None


def _insertions(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], request: Request
) -> Iterator[list[Call]]:
    """Every order with the request inserted that has seats and may keep the windows: options tried each."""
    kind = table.types[vehicle.type_id]
    hours = _Hours(table, calls)
    for options in itertools.product(*(range(len(stop.options)) for stop in request.stops)):
        mine = [Call(request_id=request.id, stop=i, option=k) for i, k in enumerate(options)]
        places = [hours.positions(call) for call in mine]
        if request.sole_use:
            first, last = max(p.start for p in places), min(p.stop for p in places)
            yield from ([*calls[:at], *mine, *calls[at:]] for at in range(first, last))
        else:
            yield from _woven(table, kind, list(calls), mine, places, 0)


class _Hours:
    """Between which calls of an order another one can stand, by the windows alone."""

    def __init__(self, table: Timetable, calls: Sequence[Call]) -> None:
        self.table = table
        windows = [self.window(call) for call in calls]
        self.earliest = list(itertools.accumulate((w.start_s for w in windows), max))
        self.latest = list(itertools.accumulate((w.end_s for w in reversed(windows)), min))[::-1]

    def window(self, call: Call) -> TimeWindow:
        """Look the window of a call up."""
        return self.table.requests[call.request_id].stops[call.stop].options[call.option].window

    def positions(self, call: Call) -> range:
        """Give the positions after no call that starts too late and before none that ends too early."""
        window = self.window(call)
        return range(bisect_left(self.latest, window.start_s), bisect_right(self.earliest, window.end_s) + 1)


def _woven(
    table: Timetable,
    kind: VehicleType,
    calls: list[Call],
    mine: list[Call],
    places: Sequence[range],
    done: int,
) -> Iterator[list[Call]]:
    """Insert the calls from `done` on, each after the one before; `places` are positions without them."""
    if done == len(mine):
        yield calls
        return
    before = calls.index(mine[done - 1]) + 1 if done else 0
    for at in range(max(before, places[done].start + done), places[done].stop + done):
        so_far = [*calls[:at], mine[done]]
        if loads_fit(table, kind, so_far):
            yield from _woven(table, kind, [*so_far, *calls[at:]], mine, places, done + 1)
        elif not loads_fit(table, kind, calls[:at]):
            return  # what boards earlier does not fit any more from here on


def _cost_fen(table: Timetable, vehicle: Vehicle, route: Route) -> int:
    lines = route_lines(route, table.types[vehicle.type_id].rates)
    return sum(line.amount_fen for line in lines if line.decision)
