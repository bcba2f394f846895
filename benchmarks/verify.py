"""The instance checker: recomputes cost and rules from the instance alone; no code shared with a solver.

Routes are in the instance's own numbering (`benchmarks.instances`), depots left out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchmarks.instances.park import BOARDING_S, DROP_OFF_S, SEATS, SPEED_FT_S, STOP_S
from benchmarks.instances.values import (
    RoutingInstance,
    ScheduleInstance,
    School,
    SchoolInstance,
    SchoolStop,
)

TOLERANCE = 1e-6

Routes = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a set of routes costs and which rules it breaks (none: it is feasible)."""

    cost: float
    vehicles: int
    faults: tuple[str, ...]

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.faults


def verify(
    instance: RoutingInstance | SchoolInstance | ScheduleInstance,
    routes: Routes,
    *,
    vehicle_types: Sequence[int] | None = None,
    depots: Sequence[int] | None = None,
) -> Verdict:
    """Judge routes of any family.

    Parameters
    ----------
    vehicle_types
        Position in `RoutingInstance.fleet` per route; all 0 where there is one group.
    depots
        Depot per route, for multi-depot scheduling.
    """
    if isinstance(instance, SchoolInstance):
        return _verify_school(instance, routes)
    if isinstance(instance, ScheduleInstance):
        return _verify_schedule(instance, routes, depots or ())
    return _verify_routing(instance, routes, vehicle_types or [0] * len(routes))


def _verify_routing(instance: RoutingInstance, routes: Routes, types: Sequence[int]) -> Verdict:
    faults = _each_once(range(1, instance.size), routes)
    faults += _named(types, len(routes), len(instance.fleet), "type")
    if len(types) != len(routes) or any(not 0 <= kind < len(instance.fleet) for kind in types):
        return Verdict(cost=np.inf, vehicles=sum(map(bool, routes)), faults=tuple(faults))
    used = Counter(kind for kind, route in zip(types, routes, strict=True) if route)
    for kind, count in used.items():
        if count > instance.fleet[kind].count:
            faults.append(f"{count} vehicles of type {kind}, the fleet has {instance.fleet[kind].count}")
    if any(not 0 < node < instance.size for route in routes for node in route):
        return Verdict(cost=np.inf, vehicles=sum(used.values()), faults=tuple(faults))
    cost = 0.0
    for number, (kind, route) in enumerate(zip(types, routes, strict=True)):
        if not route:
            continue
        group = instance.fleet[kind]
        cost += group.fixed + group.per_distance * _length(instance, route)
        faults += [f"route {number}: {fault}" for fault in _route_faults(instance, route, group.capacity)]
    return Verdict(cost=cost, vehicles=sum(used.values()), faults=tuple(faults))


def _each_once(expected: range, routes: Routes) -> list[str]:
    seen = Counter(node for route in routes for node in route)
    faults = [f"{node} is not served" for node in expected if seen[node] == 0]
    faults += [f"{node} is served {count} times" for node, count in seen.items() if count > 1]
    return faults + [f"{node} does not exist" for node in seen if node not in expected]


def _named(numbers: Sequence[int], routes: int, known: int, what: str) -> list[str]:
    """Name types or depots that are not one per route, or none of the instance's."""
    faults = [f"{what} {number} does not exist" for number in sorted(set(numbers)) if not 0 <= number < known]
    return faults + ([f"{len(numbers)} {what}s for {routes} routes"] if len(numbers) != routes else [])


def _length(instance: RoutingInstance, route: Sequence[int]) -> float:
    stops = [0, *route, 0]
    return float(instance.distance[stops[:-1], stops[1:]].sum())


def _route_faults(instance: RoutingInstance, route: Sequence[int], capacity: int) -> list[str]:
    faults = _load_faults(instance, route, capacity) + _pair_faults(instance, route)
    if not _can_be_timed(instance, route):
        faults.append("no times obey its windows and limits")
    return faults


def _load_faults(instance: RoutingInstance, route: Sequence[int], capacity: int) -> list[str]:
    loads = np.cumsum([instance.demand[node] for node in route])
    worst = int(loads.max())
    return [f"load {worst} over {capacity}"] if worst > capacity else []


def _pair_faults(instance: RoutingInstance, route: Sequence[int]) -> list[str]:
    place = {node: i for i, node in enumerate(route)}
    faults = []
    for pickup, delivery in instance.pairs:
        if (pickup in place) != (delivery in place):
            faults.append(f"pair {pickup}–{delivery} is split")
        elif pickup in place and place[pickup] > place[delivery]:
            faults.append(f"{delivery} is served before its pickup {pickup}")
    return faults


def _can_be_timed(instance: RoutingInstance, route: Sequence[int]) -> bool:
    """Whether the difference constraints of the route have a solution (Bellman–Ford, no negative cycle).

    Variables are the starts of service along `0, route…, 0`; `limit[i, j]` bounds start j − start i from
    above.
    """
    stops = [0, *route, 0]
    n = len(stops)
    limits: list[tuple[int, int, float]] = []
    for i in range(n - 1):
        a, b = stops[i], stops[i + 1]
        limits.append((i + 1, i, -(instance.service[a] + instance.distance[a, b])))
    for i, node in enumerate(stops):
        limits.append((i, n, -float(instance.ready[node])))
        if np.isfinite(instance.due[node]):
            limits.append((n, i, float(instance.due[node])))
    if instance.max_route is not None:
        limits.append((0, n - 1, instance.max_route))
    if instance.max_ride is not None:
        at = {node: i for i, node in enumerate(route, start=1)}
        for pickup, delivery in instance.pairs:
            if pickup in at and delivery in at:
                ride = instance.max_ride + float(instance.service[pickup])
                limits.append((at[pickup], at[delivery], ride))
    return _no_negative_cycle(n + 1, limits)


def _no_negative_cycle(n: int, limits: list[tuple[int, int, float]]) -> bool:
    tails, heads, bounds = (np.array(column) for column in zip(*limits, strict=True))
    value = np.zeros(n)
    for _ in range(n + 1):
        reached = value.copy()
        np.minimum.at(reached, heads, value[tails] + bounds)
        if np.all(value - reached <= TOLERANCE):
            return True
        value = reached
    return False


def _verify_schedule(instance: ScheduleInstance, routes: Routes, depots: Sequence[int]) -> Verdict:
    faults = _each_once(range(instance.trips), routes)
    faults += _named(depots, len(routes), len(instance.vehicles), "depot")
    known = all(0 <= depot < len(instance.vehicles) for depot in depots) and len(depots) == len(routes)
    if not known or any(not 0 <= trip < instance.trips for route in routes for trip in route):
        return Verdict(cost=np.inf, vehicles=len(routes), faults=tuple(faults))
    used = Counter(depot for depot, route in zip(depots, routes, strict=True) if route)
    faults += [
        f"{count} vehicles from depot {depot}, it has {instance.vehicles[depot]}"
        for depot, count in used.items()
        if count > instance.vehicles[depot]
    ]
    cost = 0
    for route, depot in zip(routes, depots, strict=True):
        if not route:
            continue
        cost += int(instance.pull_out[depot, route[0]] + instance.pull_in[depot, route[-1]])
        for a, b in pairwise(route):
            if instance.link[a, b] < 0:
                faults.append(f"trip {b} cannot follow trip {a}")
            cost += int(instance.link[a, b])
    return Verdict(cost=float(cost), vehicles=sum(used.values()), faults=tuple(faults))


def _verify_school(instance: SchoolInstance, routes: Routes) -> Verdict:
    """Walk each bus's day: stops, then their school, then the next trip.

    A bus is free at the bell (AMEARLY) of the school it just served, when its drop-off ends.
    """
    stops = {stop.id: stop for stop in instance.stops}
    schools = {school.id: school for school in instance.schools}
    seen = Counter(number for route in routes for number in route if number in stops)
    faults = [f"stop {number} is not served" for number in stops if seen[number] == 0]
    faults += [f"stop {number} is served {count} times" for number, count in seen.items() if count > 1]
    for bus, route in enumerate(routes):
        free_s, at = None, None
        for trip, school_id in _trips(route, set(schools)):
            if school_id is None or any(number not in stops for number in trip):
                faults.append(f"bus {bus}: {trip} does not end at a school")
                break
            school = schools[school_id]
            faults += [f"bus {bus}: {fault}" for fault in _trip_faults(instance, trip, school_id)]
            first = stops[trip[0]] if trip else school
            if free_s is not None and at is not None:
                leaves_s = school.early_s - DROP_OFF_S - _trip_seconds(instance, trip, school_id)
                if free_s + _manhattan_s(at, first) > leaves_s + TOLERANCE:
                    faults.append(f"bus {bus}: reaches the first stop of school {school_id} too late")
            free_s, at = school.early_s, school
    used = sum(1 for route in routes if route)
    return Verdict(cost=float(used), vehicles=used, faults=tuple(faults))


def _trips(route: Sequence[int], schools: set[int]) -> list[tuple[list[int], int | None]]:
    trips: list[tuple[list[int], int | None]] = []
    stops: list[int] = []
    for number in route:
        if number in schools:
            trips.append((stops, number))
            stops = []
        else:
            stops.append(number)
    return [*trips, (stops, None)] if stops else trips


def _trip_faults(instance: SchoolInstance, trip: list[int], school_id: int) -> list[str]:
    stops = {stop.id: stop for stop in instance.stops}
    faults = [
        f"stop {n} belongs to school {stops[n].school_id}" for n in trip if stops[n].school_id != school_id
    ]
    students = sum(stops[number].students for number in trip)
    if students > SEATS:
        faults.append(f"{students} students on {SEATS} seats")
    ride_s = _trip_seconds(instance, trip, school_id)
    if ride_s > instance.max_ride_s + TOLERANCE:
        faults.append(f"ride of {ride_s:.1f} s to school {school_id} over {instance.max_ride_s:.0f} s")
    return faults


def _trip_seconds(instance: SchoolInstance, trip: list[int], school_id: int) -> float:
    """From the first boarding to the arrival at school: standing times and legs."""
    stops = {stop.id: stop for stop in instance.stops}
    school = next(school for school in instance.schools if school.id == school_id)
    points: list[SchoolStop | School] = [*(stops[number] for number in trip), school]
    standing_s = sum(STOP_S + BOARDING_S * stops[number].students for number in trip)
    return standing_s + sum(_manhattan_s(a, b) for a, b in pairwise(points))


def _manhattan_s(a: SchoolStop | School, b: SchoolStop | School) -> float:
    return (abs(a.x - b.x) + abs(a.y - b.y)) / SPEED_FT_S
