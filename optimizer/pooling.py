"""Several car requests of one direction in one car: who can ride with whom, and who should.

Groups of at most three are enumerated (shareability, after Alonso-Mora et al. 2017) and a best set of
disjoint groups is chosen, with a bound, in `engines.pools`. How far people move their departure and how far
round they go depends on what they are about: papers can wait an hour, a meeting cannot.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from optimizer.engines.pool_tours import orders
from optimizer.engines.pools import Town, best_disjoint, groups_of
from optimizer.model import Problem, Request, Stop
from optimizer.tours import Ride, Tolerance, Tour, ride_of

__all__ = ["BY_CATEGORY", "SEPARATOR", "Pooled", "PoolingSettings", "Tolerance", "members", "pool", "pooled"]

SEPARATOR: Final = "＋"
"""Between the ids of requests that ride together."""
WORK: Final = 30.0
"""Deterministic seconds of CP-SAT for the choice among the pools of one kind."""
MANY_SEATS: Final = 10**6
"""Seats of a car where no vehicle says how many there are."""
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
        Requests in one car: 1 to 3.
    seats
        People in one car; None takes the most usual capacity of the fleet.
    """

    usual: Tolerance = USUAL
    by_category: Mapping[str, Tolerance | None] = field(default_factory=lambda: BY_CATEGORY)
    willing_only: bool = True
    largest: int = 3
    seats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A problem with merged requests.

    Parameters
    ----------
    saved_s, bound_s
        Vehicle seconds that the merged requests save, and a proven bound on what any pools save.
    """

    problem: Problem
    saved_s: int
    bound_s: int

    @property
    def proven(self) -> bool:
        """Whether no other pools save more."""
        return self.saved_s >= self.bound_s


def pooled(problem: Problem, settings: PoolingSettings | None = None) -> Problem:
    """Merge shareable requests as `pool` does."""
    return pool(problem, settings).problem


def pool(problem: Problem, settings: PoolingSettings | None = None) -> Pooled:
    """Merge shareable requests that go the same way at about the same time.

    A merged request is for sole use, its id is the members' ids joined by `SEPARATOR`; it boards everyone in
    turn, goes to their places, waits at the last one and, for round trips, brings everyone back. It leaves at
    a fixed second, which suits all of them. Requests that must not share (`own_unit_only`, named vehicles,
    groups, a ride limit, by category, and for sole use where wishes are respected) and shapes that are
    neither a one-way nor a round trip with one place to stay are left as they are.

    The bound holds for pools of two, and of three of which all pairs can share; where there are too many of
    them to look at, it is as if every ride cost nothing.
    """
    settings = settings or PoolingSettings()
    if settings.seats is None:
        settings = replace(settings, seats=_usual_seats(problem))
    profile = _usual_profile(problem)
    rides = [ride for r in problem.requests if (ride := _ride(problem, profile, r, settings)) is not None]
    parts = [_chosen(problem, profile, same, settings) for same in _alike(problem, rides)]
    requests = [request for part in parts for request in part[0]]
    merged = {one for request in requests for one in members(request.id)}
    kept = tuple(r for r in problem.requests if r.id not in merged)
    return Pooled(
        problem=replace(problem, requests=(*kept, *requests)),
        saved_s=sum(part[1] for part in parts),
        bound_s=sum(part[2] for part in parts),
    )


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
    if request.back is not None or any(amount for stop in request.stops for amount in stop.load[1:]):
        return None
    return ride_of(problem, profile, request, tolerance)


def _alike(problem: Problem, rides: Sequence[Ride]) -> list[list[Ride]]:
    """Rides of the same kind, each kind by time."""
    alike: dict[object, list[Ride]] = defaultdict(list)
    for ride in rides:
        r, county = ride.request, _block(problem, ride.origin)
        needs = r.vehicle_classes, r.skills, r.energies, r.licences, r.forbidden_vehicle_ids
        alike[county, ride.home is None, needs].append(ride)
    return [sorted(same, key=lambda ride: (ride.start_s, ride.request.id)) for same in alike.values()]


def _block(problem: Problem, place_id: str) -> int:
    """Give the first block of the matrix that leads to a place: rides of one county share it."""
    blocks = enumerate(problem.travel.blocks)
    return next((i for i, block in blocks if place_id in block.destinations), -1)


def _chosen(
    problem: Problem, profile: str, rides: Sequence[Ride], settings: PoolingSettings
) -> tuple[list[Request], int, int]:
    """Give the merged requests of rides of one kind, the seconds they save, and the bound on that."""
    if len(rides) < 2 or settings.largest < 2:
        return [], 0, 0
    seats = settings.seats if settings.seats is not None else MANY_SEATS
    town = _town(problem, profile, rides)
    found = groups_of(town, seats=seats, apart_s=2 * MOST_SHIFT_S, largest=min(3, settings.largest))
    groups = [tuple(int(i) for i in row if i >= 0) for row in found.members]
    best = best_disjoint(groups, found.saved_s.tolist(), WORK)
    merged = [
        _driven(problem, profile, [rides[i] for i in groups[g]], found.tour[g].tolist()) for g in best.groups
    ]
    bound_s = best.bound_s if found.complete else sum(ride.end_s - ride.start_s for ride in rides)
    return merged, best.saved_s, bound_s


def _town(problem: Problem, profile: str, rides: Sequence[Ride]) -> Town:
    """Lay out rides and the seconds between their places."""
    named = (place for ride in rides for place in (ride.origin, ride.destination, ride.home))
    ids = {place: i for i, place in enumerate(dict.fromkeys(place for place in named if place is not None))}
    seconds, _ = problem.travel.dense(profile, list(ids))
    rows = [
        (
            ids[r.origin],
            ids[r.destination],
            -1 if r.home is None else ids[r.home],
            *(r.start_s, r.boarding_s, r.stay_s, r.arrive_s, r.end_s),
            *(r.tolerance.shift_s, r.tolerance.detour_s, r.tolerance.stay_s),
            0 if r.home is None else r.request.stops[-1].options[0].service_s,
            r.people[0] if r.people else 0,
        )
        for r in rides
    ]
    starts = np.array(problem.travel.bucket_starts_s, np.int64)
    return Town(rides=np.array(rows, np.int64), seconds=seconds, bucket_starts_s=starts)


def _driven(problem: Problem, profile: str, rides: Sequence[Ride], tour: Sequence[int]) -> Request:
    """Drive the tour found stop by stop, and merge."""
    places = list(dict.fromkeys(ride.destination for ride in rides))
    homes = list(dict.fromkeys(ride.home for ride in rides if ride.home is not None))
    boarding = [rides[k] for k in orders(len(rides))[tour[0]]]
    out = [places[k] for k in orders(len(places))[tour[1]]]
    back = [homes[k] for k in orders(len(homes))[tour[2]]] if homes else []
    driven = Tour(problem, profile, boarding, tour[3])
    if not (driven.board() and driven.go_out(out) and driven.come_back(out, back)):
        ids = "、".join(ride.request.id for ride in rides)
        message = f"{ids} were found to share a car and cannot: the two ways of timing a tour differ"
        raise AssertionError(message)
    return _merged(boarding, driven.stops)


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
