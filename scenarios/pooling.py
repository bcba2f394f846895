"""Several car requests of one direction in one car: who can ride with whom, and who should.

Groups of at most three are enumerated (shareability, after Alonso-Mora et al. 2017) and a best set of
disjoint groups is chosen by CP-SAT.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ortools.sat.python import cp_model

from gis.matrix import TravelError
from optimizer.legs import leg
from optimizer.model import ALL_DAY, UNREACHABLE, Problem, Request, Stop, StopOption, TimeWindow

__all__ = ["SEPARATOR", "PoolingSettings", "members", "pooled"]

SEPARATOR: Final = "＋"
"""Between the ids of requests that ride together."""
ALIGHT_S: Final = 60
"""Standing time where some get off or on again on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolingSettings:
    """What people put up with.

    Parameters
    ----------
    shift_s
        Nobody is picked up more than this before or after the wished time.
    detour_s
        Nobody arrives, or is back, more than this later than alone.
    stay_s
        How much later still one may be back because the others stay longer.
    largest
        Requests in one car.
    seats
        People in one car; None takes the most usual capacity of the fleet.
    """

    shift_s: int = 900
    detour_s: int = 900
    stay_s: int = 1_800
    largest: int = 3
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class _Ride:
    """A request taken apart: from where to where, when, how long there, and back or not."""

    request: Request
    origin: str
    destination: str
    start_s: int
    boarding_s: int
    stay_s: int
    home: str | None
    people: tuple[int, ...]
    arrive_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class _Pool:
    rides: tuple[_Ride, ...]
    saved_s: int
    request: Request


def pooled(problem: Problem, settings: PoolingSettings | None = None) -> Problem:
    """Merge shareable requests that go the same way at about the same time.

    A merged request is for sole use, its id is the members' ids joined by `SEPARATOR`; it boards everyone in
    turn, goes to their places, waits at the last one and, for round trips, brings everyone back. Requests
    that must not share (`sole_use`, `own_unit_only`, named vehicles, groups) and shapes that are neither a
    one-way nor a round trip with one place to stay are left as they are.
    """
    settings = settings or PoolingSettings()
    profile = _usual_profile(problem)
    rides = [ride for r in problem.requests if (ride := _ride(problem, profile, r)) is not None]
    pools = [
        pool
        for group in _groups(problem, profile, rides, settings)
        if (pool := _pool(problem, profile, group, settings))
    ]
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


def _ride(problem: Problem, profile: str, request: Request) -> _Ride | None:
    """Take a request apart; None where it may not share or has another shape."""
    if request.sole_use or request.own_unit_only or request.vehicle_ids or request.group_id is not None:
        return None
    if any(len(stop.options) != 1 for stop in request.stops) or not 2 <= len(request.stops) <= 3:
        return None
    options = [stop.options[0] for stop in request.stops]
    first, place = options[0], options[1]
    if any(o.window != ALL_DAY for o in options[1:]):
        return None
    leave_s = first.window.start_s + first.service_s
    out_s = _seconds(problem, profile, first.place_id, place.place_id, leave_s)
    if out_s is None:
        return None
    arrive_s = leave_s + out_s
    end_s, home = arrive_s, None
    if len(options) == 3:
        home = options[2].place_id
        back_s = _seconds(problem, profile, place.place_id, home, arrive_s + place.service_s)
        if back_s is None:
            return None
        end_s = arrive_s + place.service_s + back_s
    return _Ride(
        request,
        first.place_id,
        place.place_id,
        first.window.start_s,
        first.service_s,
        place.service_s,
        home,
        tuple(request.stops[0].load),
        arrive_s,
        end_s,
    )


def _seconds(problem: Problem, profile: str, origin: str, destination: str, depart_s: int) -> int | None:
    try:
        seconds, _ = leg(problem.travel, profile, origin, destination, depart_s)
    except TravelError:
        return None
    return None if seconds == UNREACHABLE else seconds


def _groups(
    problem: Problem, profile: str, rides: Iterable[_Ride], settings: PoolingSettings
) -> Iterator[tuple[_Ride, ...]]:
    """Rides close in time and place, of the same kind; a larger group only where all its pairs are close."""
    alike: dict[object, list[_Ride]] = defaultdict(list)
    for ride in rides:
        r = ride.request
        alike[ride.home is None, r.vehicle_classes, r.skills, r.forbidden_vehicle_ids].append(ride)
    for same in alike.values():
        same.sort(key=lambda ride: (ride.start_s, ride.request.id))
        after = {
            i: [j for j in range(i + 1, len(same)) if _close(problem, profile, same[i], same[j], settings)]
            for i in range(len(same))
        }
        for i, near in after.items():
            for size in range(1, settings.largest):
                for others in itertools.combinations(near, size):
                    if all(b in after[a] for a, b in itertools.combinations(others, 2)):
                        yield (same[i], *(same[k] for k in others))


def _close(problem: Problem, profile: str, a: _Ride, b: _Ride, settings: PoolingSettings) -> bool:
    """Whether two rides can go together at all, judged by their starts and the ways between their ends."""
    if b.start_s - a.start_s > 2 * settings.shift_s:
        return False
    if a.destination != b.destination:
        apart_s = _seconds(problem, profile, a.destination, b.destination, a.arrive_s)
        if apart_s is None or apart_s > settings.detour_s:
            return False
    apart_s = _seconds(problem, profile, a.origin, b.origin, a.start_s)
    return a.origin == b.origin or (apart_s is not None and apart_s <= 2 * settings.shift_s)


def _pool(
    problem: Problem, profile: str, group: tuple[_Ride, ...], settings: PoolingSettings
) -> _Pool | None:
    """Find the order of boarding, of places and of homes that saves most; None where nothing is saved."""
    people = sum(ride.people[0] for ride in group if ride.people)
    if people > (settings.seats or _usual_seats(problem)):
        return None
    places = tuple(dict.fromkeys(ride.destination for ride in group))
    homes = tuple(dict.fromkeys(ride.home for ride in group if ride.home is not None))
    best: _Pool | None = None
    orders = itertools.product(
        itertools.permutations(group), itertools.permutations(places), itertools.permutations(homes)
    )
    for boarding, out, back in orders:
        tour = _Tour(problem, profile, boarding, settings)
        if tour.board() and tour.go_out(out) and tour.come_back(out, back):
            saved_s = sum(r.end_s - r.start_s for r in group) - (tour.now - boarding[0].start_s)
            if saved_s > 0 and (best is None or saved_s > best.saved_s):
                best = _Pool(boarding, saved_s, _merged(boarding, tour.stops))
    return best


class _Tour:
    """One order of a common ride, driven stop by stop; each step says whether everybody puts up with it."""

    def __init__(
        self, problem: Problem, profile: str, boarding: Sequence[_Ride], settings: PoolingSettings
    ) -> None:
        self.problem, self.profile, self.settings = problem, profile, settings
        self.riders = boarding
        self.at, self.now = boarding[0].origin, boarding[0].start_s
        self.arrived: dict[str, int] = {}
        self.stops: list[Stop] = []

    def board(self) -> bool:
        """Pick everyone up, within the shift that each accepts."""
        shift_s = self.settings.shift_s
        for i, ride in enumerate(self.riders):
            if not self._drive(ride.origin):
                return False
            self.now = max(self.now, ride.start_s - shift_s)
            if self.now > ride.start_s + shift_s:
                return False
            window = TimeWindow(start_s=ride.start_s - shift_s, end_s=ride.start_s + shift_s)
            self._stand(ride.boarding_s, _at(ride.start_s) if i == 0 else window, ride.people)
        return True

    def go_out(self, places: Sequence[str]) -> bool:
        """Bring everyone to their place, not much later than alone; stay at the last one."""
        for place in places:
            going = [ride for ride in self.riders if ride.destination == place]
            if not self._drive(place):
                return False
            if any(self.now > ride.arrive_s + self.settings.detour_s for ride in going):
                return False
            self.arrived[place] = self.now
            one_way = going[0].home is None
            stay_s = max(ride.stay_s for ride in going) if one_way or place == places[-1] else ALIGHT_S
            self._stand(stay_s, None, _minus(going) if one_way else ())
        return True

    def come_back(self, places: Sequence[str], homes: Sequence[str]) -> bool:
        """Collect everyone in the opposite order once their stay is over, and bring them home."""
        if not homes:
            return True
        self._wait_for_the_others(places)
        for place in reversed(places[:-1]):
            if not self._drive(place):
                return False
            self._stand(ALIGHT_S, None, ())
        over_s = self.settings.detour_s + self.settings.stay_s
        for home in homes:
            going = [ride for ride in self.riders if ride.home == home]
            if not self._drive(home) or any(self.now > ride.end_s + over_s for ride in going):
                return False
            self._stand(going[0].request.stops[-1].options[0].service_s, None, _minus(going))
        return True

    def _wait_for_the_others(self, places: Sequence[str]) -> None:
        """Lengthen the stay at the last place until those who were dropped before are ready."""
        now, at, short_s = self.now, self.at, 0
        for place in reversed(places[:-1]):
            seconds = _seconds(self.problem, self.profile, at, place, now)
            if seconds is None:
                return
            now, at = now + seconds, place
            ready_s = self.arrived[place] + max(r.stay_s for r in self.riders if r.destination == place)
            short_s = max(short_s, ready_s - now)
            now += ALIGHT_S
        option = self.stops[-1].options[0]
        longer = replace(option, service_s=option.service_s + short_s)
        self.stops[-1] = replace(self.stops[-1], options=(longer,))
        self.now += short_s

    def _drive(self, place: str) -> bool:
        seconds = _seconds(self.problem, self.profile, self.at, place, self.now)
        if seconds is None:
            return False
        self.at, self.now = place, self.now + seconds
        return True

    def _stand(self, service_s: int, window: TimeWindow | None, load: tuple[int, ...]) -> None:
        option = StopOption(place_id=self.at, window=window or ALL_DAY, service_s=service_s)
        self.stops.append(Stop(options=(option,), load=load))
        self.now += service_s


def _minus(riders: Sequence[_Ride]) -> tuple[int, ...]:
    """Everybody gets off."""
    return tuple(-sum(column) for column in zip(*(ride.people for ride in riders), strict=True))


def _merged(boarding: Sequence[_Ride], stops: Sequence[Stop]) -> Request:
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


def _at(second: int) -> TimeWindow:
    return TimeWindow(start_s=second, end_s=second)


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
    solver.parameters.max_deterministic_time = 10.0
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return []
    return [pool for pool, x in zip(pools, take, strict=True) if solver.boolean_value(x)]
