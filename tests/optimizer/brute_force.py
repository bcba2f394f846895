"""The optimum of a tiny problem by trying everything: every subset, vehicle, order, option and reload.

Shares no code with the engines. Times are the least fixed point of all lower bounds, in plain Python.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimizer.aboard import loads, occupied_legs
from optimizer.check import violations
from optimizer.legs import leg
from optimizer.model import (
    UNREACHABLE,
    Priority,
    Problem,
    Reason,
    Request,
    Route,
    Schedule,
    TimeWindow,
    Unserved,
    Vehicle,
    Visit,
)
from optimizer.policy.rules import broken_rules
from optimizer.price import decision_cost_fen, soft_cost_fen

Call = tuple[str, int, int] | None  # request, stop, option; None reloads
Key = tuple[tuple[int, ...], int]


def value(problem: Problem, schedule: Schedule) -> Key:
    """What is left out by priority, then cost (soft prices of options included)."""
    left = {unserved.request_id for unserved in schedule.unserved}
    unserved = tuple(
        sum(r.unserved_penalty_fen for r in problem.requests if r.id in left and r.priority is priority)
        for priority in Priority
    )
    return unserved, decision_cost_fen(problem, schedule) + soft_cost_fen(problem, schedule)


def optimum(problem: Problem) -> tuple[Key, Schedule]:
    """Best value and a schedule that has it; the judge has seen nothing wrong with it."""
    best: tuple[Key, Schedule] | None = None
    per_vehicle = [list(_days(problem, vehicle)) for vehicle in problem.vehicles]
    for choice in itertools.product(*per_vehicle):
        served = [request_id for ids, _ in choice for request_id in ids]
        if len(served) != len(set(served)):
            continue
        routes = tuple(route for _, route in choice if route is not None)
        schedule = _schedule(problem, routes, set(served))
        key = value(problem, schedule)
        if (best is None or key < best[0]) and _may_stand(problem, schedule):
            best = key, schedule
    assert best is not None, "not even the empty plan is allowed"
    return best


def _may_stand(problem: Problem, schedule: Schedule) -> bool:
    return not violations(problem, schedule)


def _may_drive(problem: Problem, route: Route) -> bool:
    """Whether the judge finds nothing wrong with the route itself."""
    found = violations(problem, _schedule(problem, (route,), {v.request_id or "" for v in route.visits}))
    return not any(violation.vehicle_id == route.vehicle_id for violation in found)


def _schedule(problem: Problem, routes: tuple[Route, ...], served: set[str]) -> Schedule:
    left = [r for r in problem.requests if r.id not in served]
    unserved = tuple(Unserved(request_id=r.id, reason=Reason.SEARCH_ENDED) for r in left)
    schedule = Schedule(routes=routes, unserved=unserved)
    return replace(schedule, objective_fen=decision_cost_fen(problem, schedule))


def _days(problem: Problem, vehicle: Vehicle) -> Iterator[tuple[frozenset[str], Route | None]]:
    """Cheapest day of the vehicle for every set of requests that it can serve."""
    locked = next((route for route in problem.locked if route.vehicle_id == vehicle.id), None)
    kind = next(k for k in problem.vehicle_types if k.id == vehicle.type_id)
    begun = {visit.request_id for visit in locked.visits} if locked else set()
    elsewhere = {v.request_id for r in problem.locked if r is not locked for v in r.visits}
    able = [
        r
        for r in problem.requests
        if r.id not in elsewhere and (r.id in begun or not broken_rules(problem, vehicle, r, kind))
    ]
    for size in range(len(able) + 1):
        for chosen in itertools.combinations(able, size):
            if not begun <= {r.id for r in chosen}:
                continue
            if not chosen and locked is None:
                yield frozenset(), None
                continue
            best: tuple[int, Route] | None = None
            for calls in _orders(problem, vehicle, chosen, locked):
                route = _timed(problem, vehicle, calls, locked)
                if route is None:
                    continue
                one = Schedule(routes=(route,))
                cost = decision_cost_fen(problem, one) + soft_cost_fen(problem, one)
                if (best is None or cost < best[0]) and _may_drive(problem, route):
                    best = cost, route
            if best is not None:
                yield frozenset(r.id for r in chosen), best[1]


def _orders(
    problem: Problem, vehicle: Vehicle, chosen: Sequence[Request], locked: Route | None
) -> Iterator[tuple[Call, ...]]:
    """Orders of all stops, with every option and reloads between; a locked beginning stands."""
    done: dict[str, int] = {}
    for visit in locked.visits if locked else ():
        if visit.request_id is not None:
            done[visit.request_id] = visit.stop + 1
    stops = [(r, s) for r in chosen for s in range(done.get(r.id, 0), len(r.stops))]
    for order in itertools.permutations(stops):
        if any(a[0] is b[0] and a[1] > b[1] for a, b in itertools.combinations(order, 2)):
            continue
        for options in itertools.product(*(range(len(r.stops[s].options)) for r, s in order)):
            calls: list[Call] = [(r.id, s, o) for (r, s), o in zip(order, options, strict=True)]
            for cuts in range(vehicle.trips):
                for places in itertools.combinations(range(1, len(calls)), cuts):
                    row = list(calls)
                    for place in reversed(places):
                        row.insert(place, None)
                    yield tuple(row)


def _timed(problem: Problem, vehicle: Vehicle, calls: Sequence[Call], locked: Route | None) -> Route | None:
    """Earliest end, then the latest departure; None if the seats or the clock forbid it."""
    if locked is not None and not calls:
        return locked
    if not _fits(problem, vehicle, calls, locked):
        return None
    windows = _starts(problem, vehicle, locked)
    for window in windows:
        first = _run(problem, vehicle, calls, window.start_s, locked)
        if first is None or first.start_s > window.end_s:
            continue
        best = first
        slack = sum(v.depart_s - v.arrival_s for v in first.visits)
        for start_s in range(first.start_s + 1, min(window.end_s, first.start_s + slack) + 1):
            later = _run(problem, vehicle, calls, start_s, locked)
            if later is None or later.end_s > first.end_s:
                break
            best = later
        return best
    return None


def _starts(problem: Problem, vehicle: Vehicle, locked: Route | None) -> list[TimeWindow]:
    if locked is not None:
        return [TimeWindow(start_s=locked.start_s, end_s=locked.start_s)]
    depots = {d.place_id: d.window for d in problem.depots}
    opening = depots.get(vehicle.start_place_id, vehicle.shift)
    low = max(vehicle.shift.start_s, opening.start_s, problem.frozen_until_s)
    high = min(vehicle.shift.end_s, opening.end_s)
    starts = [low, *(max(low, b.end_s) for b in sorted(vehicle.busy, key=lambda b: b.end_s))]
    return [TimeWindow(start_s=s, end_s=high) for s in starts if s <= high]


def _fits(problem: Problem, vehicle: Vehicle, calls: Sequence[Call], locked: Route | None) -> bool:
    kind = next(k for k in problem.vehicle_types if k.id == vehicle.type_id)
    requests = {r.id: r for r in problem.requests}
    before: list[Call] = [
        None if v.request_id is None else (v.request_id, v.stop, v.option)
        for v in (locked.visits if locked else ())
    ]
    n = len(problem.dimensions)
    trip: list[tuple[str, int, int]] = []
    for call in [*before, *calls, None]:
        if call is not None:
            trip.append(call)
            continue
        aboard = {request_id for request_id, _, _ in trip}
        if any(sum(c[0] == i for c in trip) != len(requests[i].stops) for i in aboard):
            return False
        load = [sum(loads(requests[i], n)[0][d] for i in aboard) for d in range(n)]
        for request_id, stop, _ in [("", 0, 0), *trip]:
            change = requests[request_id].stops[stop].load if request_id else ()
            load = [a + b for a, b in zip(load, change or (0,) * n, strict=True)]
            if any(a > b or a < 0 for a, b in zip(load, kind.capacity, strict=True)):
                return False
        trip = []
    return True


def _run(
    problem: Problem, vehicle: Vehicle, calls: Sequence[Call], start_s: int, locked: Route | None
) -> Route | None:
    """Drive on from `start_s`, raising starts of service until every ride, busy time and buffer is kept."""
    raised = [0] * len(calls)
    for _ in range(400):
        route = _drive(problem, vehicle, calls, start_s, raised, locked)
        if route is None:
            return None
        wrong = _too_early(problem, vehicle, route, len(locked.visits) if locked else 0)
        if wrong is None:
            return route
        if wrong < 0:
            start_s += 1
        else:
            raised[wrong] = 1 + max(raised[wrong], _moment(route, calls, wrong))
    return None


def _moment(route: Route, calls: Sequence[Call], i: int) -> int:
    visit = route.visits[len(route.visits) - len(calls) + i]
    return visit.start_s if visit.request_id is not None else visit.depart_s


def _too_early(problem: Problem, vehicle: Vehicle, route: Route, fixed: int) -> int | None:
    """Position among the calls of a stop to begin later (−1: the departure); None if all is well."""
    requests = {r.id: r for r in problem.requests}
    first: dict[str, int] = {}
    trip_from, trip_start_s = -1, route.start_s
    for i, visit in enumerate([*route.visits, None]):
        if visit is None or visit.request_id is None:
            until_s = route.end_s if visit is None else visit.arrival_s
            for busy in vehicle.busy:
                if trip_start_s < busy.end_s and busy.start_s < until_s:
                    return trip_from
            if visit is not None:
                trip_from, trip_start_s = i - fixed, visit.depart_s
            continue
        request = requests[visit.request_id]
        begin = first.setdefault(visit.request_id, i)
        if request.max_ride_s is not None and i > begin:
            ride_s = visit.start_s - route.visits[begin].depart_s
            if visit.stop == len(request.stops) - 1 and ride_s > request.max_ride_s:
                return begin - fixed if begin >= fixed else len(route.visits) + 1
    return None


def _drive(
    problem: Problem,
    vehicle: Vehicle,
    calls: Sequence[Call],
    start_s: int,
    raised: Sequence[int],
    locked: Route | None,
) -> Route | None:
    requests = {r.id: r for r in problem.requests}
    profile = next(k for k in problem.vehicle_types if k.id == vehicle.type_id).profile
    depots = {d.place_id: d.window for d in problem.depots}
    at, now = vehicle.start_place_id, start_s
    metres, drive_s = 0, 0
    visits: list[Visit] = []
    occupied = occupied_legs(_skeleton(calls, locked), requests, len(problem.dimensions))
    for visit in locked.visits if locked else ():
        seconds, length = leg(problem.travel, profile, at, visit.place_id, now)
        metres, drive_s, at, now = metres + length, drive_s + seconds, visit.place_id, visit.depart_s
        visits.append(visit)
    slack_s: int | None = 0 if visits and visits[-1].request_id is not None else None
    for call, low_s in zip(calls, raised, strict=True):
        option = None if call is None else requests[call[0]].stops[call[1]].options[call[2]]
        place_id = vehicle.start_place_id if option is None else option.place_id
        seconds, length = leg(problem.travel, profile, at, place_id, now)
        if seconds == UNREACHABLE:
            return None
        arrival_s = now + seconds
        if option is None:
            begin_s = max(arrival_s, depots[place_id].start_s if place_id in depots else arrival_s)
            depart_s = max(begin_s, low_s)
            if place_id in depots and depart_s > depots[place_id].end_s:
                return None
            slack_s = None if slack_s is None else slack_s + depart_s - arrival_s
        else:
            begin_s = max(arrival_s, option.window.start_s, problem.frozen_until_s, low_s)
            if slack_s is not None and not occupied[len(visits)]:
                begin_s = max(begin_s, arrival_s + problem.buffer_s - slack_s)
            if begin_s > option.window.end_s:
                return None
            depart_s = begin_s + option.service_s
            slack_s = 0
        visits.append(_visit(call, place_id, arrival_s, begin_s, depart_s))
        at, now, metres, drive_s = place_id, depart_s, metres + length, drive_s + seconds
    end = vehicle.end_place_id or at
    seconds, length = leg(problem.travel, profile, at, end, now)
    if seconds == UNREACHABLE:
        return None
    closes = min(vehicle.shift.end_s, depots[end].end_s if end in depots else vehicle.shift.end_s)
    if now + seconds > closes:
        return None
    return Route(
        vehicle_id=vehicle.id,
        driver_id=vehicle.driver_ids[0] if vehicle.driver_ids else None,
        start_place_id=vehicle.start_place_id,
        end_place_id=end,
        start_s=start_s,
        end_s=now + seconds,
        visits=tuple(visits),
        distance_m=metres + length,
        drive_s=drive_s + seconds,
    )


def _skeleton(calls: Sequence[Call], locked: Route | None) -> tuple[Visit, ...]:
    """Visits without times: who comes after whom."""
    before = locked.visits if locked else ()
    return (*before, *(_visit(call, "", 0, 0, 0) for call in calls))


def _visit(call: Call, place_id: str, arrival_s: int, start_s: int, depart_s: int) -> Visit:
    request_id, stop, option = call or (None, 0, 0)
    return Visit(
        request_id=request_id,
        stop=stop,
        option=option,
        place_id=place_id,
        arrival_s=arrival_s,
        start_s=start_s,
        depart_s=depart_s,
    )
