"""Finish what a search found: exact times, nothing broken, and nothing left out that still fits somewhere."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gis.matrix import TravelError
from optimizer.feasible import drivable_route, feasible_route, loads_fit
from optimizer.likeness import signature
from optimizer.model import (
    ALL_DAY,
    UNREACHABLE,
    Request,
    Route,
    StopOption,
    Vehicle,
    VehicleType,
)
from optimizer.policy.rules import may_serve
from optimizer.price import route_lines
from optimizer.timing import Call, Timetable, leg

__all__ = ["calls_of", "fits", "insert", "timed"]

Orders = Mapping[str, Sequence[Call]]
"""Vehicle id → its calls in order."""


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
    """Put each request, the weightiest first, where it adds least cost, until none fits anywhere any more.

    `routes` is changed in place. The requests of a group go in together or stay out; a group of which
    `requests` holds a part stays out.
    """
    asked = _Asked(table, vehicles)
    waiting = _units(table, requests)
    inserted = True
    while inserted:
        left = [unit for unit in waiting if not _all_inserted(asked, routes, unit)]
        # Almost never does one more stop make room for another, but a stop can be the rest that was missing.
        inserted, waiting = len(left) < len(waiting), left


def fits(table: Timetable, vehicle: Vehicle, route: Route | None, request: Request) -> bool:
    """Whether a vehicle that may serve the request can take it in besides what it does."""
    hours = _Hours(table, vehicle, calls_of(route) if route else [])
    return any(_driven(table, vehicle, calls) for calls in _insertions(table, vehicle, hours, request))


def _units(table: Timetable, requests: Iterable[Request]) -> list[list[Request]]:
    """Put requests together that go together, the weightiest first."""
    whole: dict[str, int] = {}
    for request in table.problem.requests:
        if request.group_id is not None:
            whole[request.group_id] = whole.get(request.group_id, 0) + 1
    units: dict[str | tuple[str], list[Request]] = {}
    for request in sorted(requests, key=lambda r: (r.priority, -r.unserved_penalty_fen, r.id)):
        units.setdefault(request.group_id or (request.id,), []).append(request)
    return [
        unit
        for unit in units.values()
        if len(unit) == whole.get(unit[0].group_id or "", 1) and all(s.options for r in unit for s in r.stops)
    ]


def _all_inserted(asked: "_Asked", routes: dict[str, Route], unit: Sequence[Request]) -> bool:
    trial = dict(routes)
    for request in unit:
        best = _cheapest(asked, trial, request)
        if best is None:
            return False
        trial[best.vehicle_id] = best
    routes.update(trial)
    return True


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
        for calls in _insertions(asked.table, vehicle, asked.hours(vehicle, now), request):
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
        self._hours: dict[str, tuple[Route | None, _Hours]] = {}

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

    def hours(self, vehicle: Vehicle, route: Route | None) -> "_Hours":
        """Reckon the hours of a route once, until it changes."""
        known = self._hours.get(vehicle.id)
        if known is None or known[0] is not route:
            known = route, _Hours(self.table, vehicle, calls_of(route) if route else [])
            self._hours[vehicle.id] = known
        return known[1]

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
    table: Timetable, vehicle: Vehicle, hours: "_Hours", request: Request
) -> Iterator[list[Call]]:
    """Every order with the request inserted that has seats and may keep the windows: options tried each."""
    kind, calls = table.types[vehicle.type_id], hours.calls
    for options in itertools.product(*(range(len(stop.options)) for stop in request.stops)):
        mine = [Call(request_id=request.id, stop=i, option=k) for i, k in enumerate(options)]
        places = [hours.reached(mine[0]), *(hours.open(call) for call in mine[1:])]
        if request.sole_use:
            together = set.intersection(*(set(positions) for positions in places))
            yield from ([*calls[:at], *mine, *calls[at:]] for at in sorted(together))
        else:
            yield from _woven(table, kind, calls, mine, places)


class _Hours:
    """Between which calls of an order another one may stand; timing looks at the rest."""

    def __init__(self, table: Timetable, vehicle: Vehicle, calls: list[Call]) -> None:
        self.table, self.profile, self.calls = table, table.types[vehicle.type_id].profile, calls
        options = [self._option(call) for call in calls]
        self.places = [option.place_id for option in options]
        self.earliest = list(itertools.accumulate((o.window.start_s for o in options), max))
        self.latest = list(itertools.accumulate((o.window.end_s for o in reversed(options)), min))[::-1]
        self.leave: list[int] = []
        for at, option in enumerate(options):
            arrival_s = self._arrival(option.place_id, at)
            self.leave.append(max(option.window.start_s, arrival_s) + option.service_s)

    def open(self, call: Call) -> range:
        """Give the positions after no call that starts too late and before none that ends too early."""
        window = self._option(call).window
        return range(bisect_left(self.latest, window.start_s), bisect_right(self.earliest, window.end_s) + 1)

    def reached(self, call: Call) -> list[int]:
        """Give of those the positions that can be reached in time from the call before."""
        option = self._option(call)
        return [at for at in self.open(call) if self._arrival(option.place_id, at) <= option.window.end_s]

    def _option(self, call: Call) -> StopOption:
        return self.table.requests[call.request_id].stops[call.stop].options[call.option]

    def _arrival(self, place_id: str, at: int) -> int:
        """Earliest arrival from the call before `at`; the way from the base is left to timing."""
        if at == 0:
            return -ALL_DAY.end_s
        depart_s = self.leave[at - 1]
        try:
            return depart_s + leg(self.table, self.profile, self.places[at - 1], place_id, depart_s)[0]
        except TravelError:
            return UNREACHABLE


def _woven(
    table: Timetable,
    kind: VehicleType,
    calls: list[Call],
    mine: Sequence[Call],
    places: Sequence[Sequence[int]],
    inserted: int = 0,
) -> Iterator[list[Call]]:
    """Insert the calls not yet `inserted`, each after the one before, where all find seats."""
    if inserted == len(mine):
        yield calls
        return
    after = calls.index(mine[inserted - 1]) + 1 if inserted else 0
    for at in (place + inserted for place in places[inserted]):
        so_far = [*calls[:at], mine[inserted]]
        if at >= after and loads_fit(table, kind, so_far):
            yield from _woven(table, kind, [*so_far, *calls[at:]], mine, places, inserted + 1)


def _cost_fen(table: Timetable, vehicle: Vehicle, route: Route) -> int:
    lines = route_lines(route, table.types[vehicle.type_id].rates)
    return sum(line.amount_fen for line in lines if line.decision)
