"""Several car requests of one direction in one car: who can ride with whom, and who should.

Groups of at most three are enumerated (shareability, after Alonso-Mora et al. 2017) and a best set of
disjoint groups is chosen by CP-SAT. How far people move their departure and how far round they go depends on
what they are about: papers can wait an hour, a meeting cannot.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from ortools.sat.python import cp_model

from optimizer.model import Problem, Request, Stop
from optimizer.tours import Ride, Tolerance, Tour, ride_of, seconds_between

__all__ = ["BY_CATEGORY", "SEPARATOR", "PoolingSettings", "Tolerance", "members", "pooled"]

SEPARATOR: Final = "＋"
"""Between the ids of requests that ride together."""
NEAREST: Final = 6
"""Others that a ride is tried with, those closest in time and place."""
MANY: Final = 2_000
"""Rides from which on only pairs are formed, of half as many others: minutes beyond that."""
USUAL: Final = Tolerance()
MOST_SHIFT_S: Final = 3_600
"""Rides whose wished times are farther apart than twice this are never tried together."""
BY_CATEGORY: Final[Mapping[str, Tolerance | None]] = MappingProxyType(
    {
        "会议": Tolerance(shift_s=600, detour_s=600, stay_s=1_800),
        "培训": Tolerance(shift_s=900, detour_s=900, stay_s=3_600),
        "调研": Tolerance(shift_s=1_800, detour_s=1_800, stay_s=3_600),
        "督查检查": Tolerance(shift_s=1_800, detour_s=1_800, stay_s=3_600),
        "项目现场": Tolerance(shift_s=1_800, detour_s=1_800, stay_s=3_600),
        "下乡": Tolerance(shift_s=3_600, detour_s=2_700, stay_s=7_200),
        "送件": Tolerance(shift_s=3_600, detour_s=3_600, stay_s=7_200),
        "机要通信": None,
    }
)
"""Kinds of trips that can share a car, and what is put up with (None: never): assumptions to edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolingSettings:
    """Who shares, and what they put up with.

    Parameters
    ----------
    usual
        What requests of other categories than those listed put up with; they share only if they are willing.
    by_category
        Category → tolerance; None never shares.
    willing_only
        Whether a wish for sole use is respected; otherwise all share whose category is listed, as if that
        were the rule.
    largest
        Requests in one car.
    seats
        People in one car; None takes the most usual capacity of the fleet.
    """

    usual: Tolerance = USUAL
    by_category: Mapping[str, Tolerance | None] = field(default_factory=lambda: BY_CATEGORY)
    willing_only: bool = True
    largest: int = 3
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class _Pool:
    rides: tuple[Ride, ...]
    saved_s: int
    request: Request


def pooled(problem: Problem, settings: PoolingSettings | None = None) -> Problem:
    """Merge shareable requests that go the same way at about the same time.

    A merged request is for sole use, its id is the members' ids joined by `SEPARATOR`; it boards everyone in
    turn, goes to their places, waits at the last one and, for round trips, brings everyone back. It leaves at
    a fixed second, which suits all of them. Requests that must not share (`own_unit_only`, named vehicles,
    groups, a ride limit, by category, and for sole use where wishes are respected) and shapes that are
    neither a one-way nor a round trip with one place to stay are left as they are.
    """
    settings = settings or PoolingSettings()
    if settings.seats is None:
        settings = replace(settings, seats=_usual_seats(problem))
    profile = _usual_profile(problem)
    rides = [ride for r in problem.requests if (ride := _ride(problem, profile, r, settings)) is not None]
    pools = list(_pools(problem, profile, rides, settings))
    chosen = _best_disjoint(pools)
    merged = {ride.request.id for pool in chosen for ride in pool.rides}
    kept = tuple(r for r in problem.requests if r.id not in merged)
    return replace(problem, requests=(*kept, *(pool.request for pool in chosen)))


def members(request_id: str) -> tuple[str, ...]:
    """Ids of the requests behind a request of a pooled problem."""
    return tuple(request_id.split(SEPARATOR))


def _usual_profile(problem: Problem) -> str:
    types = {t.id: t for t in problem.vehicle_types}
    profiles = [types[v.type_id].profile for v in problem.vehicles] or [problem.travel.profiles[0]]
    return max(sorted(set(profiles)), key=profiles.count)


def _usual_seats(problem: Problem) -> int:
    types = {t.id: t for t in problem.vehicle_types}
    seats = [types[v.type_id].capacity[0] for v in problem.vehicles] or [0]
    return max(sorted(set(seats)), key=seats.count)


def _ride(problem: Problem, profile: str, request: Request, settings: PoolingSettings) -> Ride | None:
    """Take a request apart; None where it may not share or has another shape."""
    tolerance = settings.by_category.get(request.category, settings.usual)
    by_rule = not settings.willing_only and request.category in settings.by_category
    if tolerance is None or (request.sole_use and not by_rule):
        return None
    if request.own_unit_only or request.vehicle_ids or request.group_id or request.max_ride_s is not None:
        return None
    return ride_of(problem, profile, request, tolerance)


def _pools(
    problem: Problem, profile: str, rides: Sequence[Ride], settings: PoolingSettings
) -> Iterator[_Pool]:
    """Pools of rides of the same kind; a larger one only where all its pairs are pools."""
    few = len(rides) <= MANY
    alike: dict[object, list[Ride]] = defaultdict(list)
    for ride in rides:
        r, county = ride.request, _block(problem, ride.origin)
        alike[county, ride.home is None, r.vehicle_classes, r.skills, r.forbidden_vehicle_ids].append(ride)
    for same in alike.values():
        same.sort(key=lambda ride: (ride.start_s, ride.request.id))
        together: dict[int, set[int]] = {}
        for i, j in _near(problem, profile, same, NEAREST if few else NEAREST // 2):
            pool = _pool(problem, profile, (same[i], same[j]), settings)
            if pool is not None:
                together.setdefault(i, set()).add(j)
                yield pool
        for size in range(2, settings.largest if few else 2):
            for i, partners in together.items():
                for others in itertools.combinations(sorted(partners), size):
                    if all(b in together.get(a, ()) for a, b in itertools.combinations(others, 2)):
                        pool = _pool(problem, profile, (same[i], *(same[k] for k in others)), settings)
                        if pool is not None:
                            yield pool


def _block(problem: Problem, place_id: str) -> int:
    """Give the first block of the matrix that leads to a place: rides of one county share it."""
    blocks = enumerate(problem.travel.blocks)
    return next((i for i, block in blocks if place_id in block.destinations), -1)


def _near(problem: Problem, profile: str, same: Sequence[Ride], nearest: int) -> Iterator[tuple[int, int]]:
    """Pairs of rides that are close, the later one among the `nearest` of the earlier."""
    for i, ride in enumerate(same):
        found = []
        for j in range(i + 1, len(same)):
            if same[j].start_s - ride.start_s > 2 * MOST_SHIFT_S:
                break
            apart_s = _apart(problem, profile, ride, same[j])
            if apart_s is not None:
                found.append((apart_s, j))
        yield from ((i, j) for _, j in sorted(found)[:nearest])


def _apart(problem: Problem, profile: str, a: Ride, b: Ride) -> int | None:
    """Seconds between their starts, origins and destinations together; None where they cannot go together."""
    shift_s, later_s = a.tolerance.shift_s + b.tolerance.shift_s, b.start_s - a.start_s
    if later_s > shift_s:
        return None
    first_s = seconds_between(problem, profile, a.origin, b.origin, a.start_s)
    if first_s is None or first_s > shift_s:
        return None
    last_s = seconds_between(problem, profile, a.destination, b.destination, a.arrive_s)
    if last_s is None or last_s > max(a.tolerance.detour_s, b.tolerance.detour_s):
        return None
    return later_s + first_s + last_s


def _pool(problem: Problem, profile: str, group: tuple[Ride, ...], settings: PoolingSettings) -> _Pool | None:
    """Find the order of boarding, of places and of homes that saves most; None where nothing is saved."""
    people = sum(ride.people[0] for ride in group if ride.people)
    if settings.seats is not None and people > settings.seats:
        return None
    places = tuple(dict.fromkeys(ride.destination for ride in group))
    homes = tuple(dict.fromkeys(ride.home for ride in group if ride.home is not None))
    best: _Pool | None = None
    for boarding in itertools.permutations(group):
        for tour in _tours(problem, profile, boarding, places, homes):
            saved_s = sum(r.end_s - r.start_s for r in group) - (tour.now - tour.start_s)
            if saved_s > 0 and (best is None or saved_s > best.saved_s):
                best = _Pool(boarding, saved_s, _merged(boarding, tour.stops))
    return best


def _tours(
    problem: Problem, profile: str, boarding: Sequence[Ride], places: Sequence[str], homes: Sequence[str]
) -> Iterator[Tour]:
    """Every tour that all put up with, for one order of boarding."""
    for start_s in _starts(boarding):
        boarded = Tour(problem, profile, boarding, start_s)
        if not boarded.board():
            continue
        for out in itertools.permutations(places):
            there = boarded.copy()
            if there.go_out(out):
                backs = ((there.copy(), back) for back in itertools.permutations(homes))
                yield from (tour for tour, back in backs if tour.come_back(out, back))


def _starts(boarding: Sequence[Ride]) -> list[int]:
    """List the departures worth trying: the wished one first, then those that make nobody wait."""
    first = boarding[0]
    early_s, late_s = first.start_s - first.tolerance.shift_s, first.start_s + first.tolerance.shift_s
    nobody_waits_s = max(r.start_s - r.tolerance.shift_s for r in boarding)
    as_the_first_wishes_s = min(r.start_s for r in boarding)
    wanted = (first.start_s, nobody_waits_s, as_the_first_wishes_s)
    return list(dict.fromkeys(min(max(s, early_s), late_s) for s in wanted))


def _merged(boarding: Sequence[Ride], stops: Sequence[Stop]) -> Request:
    asked = sorted((ride.request for ride in boarding), key=lambda r: r.id)
    return replace(
        boarding[0].request,
        id=SEPARATOR.join(r.id for r in asked),
        name="拼车：" + "、".join(r.name or r.id for r in asked),
        stops=tuple(stops),
        category="pooled",
        priority=min(r.priority for r in asked),
        unserved_penalty_fen=sum(r.unserved_penalty_fen for r in asked),
        max_ride_s=None,
        sole_use=True,
    )


def _best_disjoint(pools: Sequence[_Pool]) -> list[_Pool]:
    """Disjoint groups that save most seconds together."""
    if not pools:
        return []
    model = cp_model.CpModel()
    take = [model.new_bool_var(pool.request.id) for pool in pools]
    of_request: dict[str, list[cp_model.IntVar]] = defaultdict(list)
    for pool, x in zip(pools, take, strict=True):
        for ride in pool.rides:
            of_request[ride.request.id].append(x)
    for xs in of_request.values():
        model.add_at_most_one(xs)
    model.maximize(sum(pool.saved_s * x for pool, x in zip(pools, take, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # it would not give the signal back
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 3.0
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return []
    return [pool for pool, x in zip(pools, take, strict=True) if solver.boolean_value(x)]
