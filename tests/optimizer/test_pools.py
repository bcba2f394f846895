"""The compiled timing of common rides against `Tour`, stop by stop, and the choice against all choices."""

from collections.abc import Sequence
from itertools import combinations, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.model import Problem, Request
from optimizer.pooling import SEPARATOR, PoolingSettings, members, pool
from optimizer.tours import Ride, Tolerance, Tour, ride_of
from tests.optimizer.line_town import LETTERS, car, day, travel, trip

NINE = 32_400
USUAL = Tolerance(shift_s=400, detour_s=300, stay_s=600)
ALL = PoolingSettings(usual=USUAL, by_category={}, seats=4)


@st.composite
def days(draw: st.DrawFn) -> Problem:
    letter = st.sampled_from(LETTERS)
    asked: list[Request] = []
    for i in range(draw(st.integers(2, 5))):
        way = draw(letter) + draw(letter) + (draw(letter) if draw(st.booleans()) else "")
        start_s, stay_s = NINE + 100 * draw(st.integers(0, 9)), 100 * draw(st.integers(0, 5))
        asked.append(trip(f"r{i}", way, start_s, stay_s=stay_s, people=draw(st.integers(1, 2))))
    roads = travel(seconds_per_km=(100, 40), buckets=(0, NINE + draw(st.integers(0, 900))))
    return day([car("v")], asked, travel=roads)


def saved_s(problem: Problem, group: Sequence[Ride]) -> int | None:
    """Try every order of everything by `Tour`."""
    if len({ride.home is None for ride in group}) > 1 or sum(r.people[0] for r in group) > 4:
        return None
    low = max(r.start_s - r.tolerance.shift_s for r in group)
    if low > min(r.start_s + r.tolerance.shift_s for r in group):
        return None
    places = dict.fromkeys(r.destination for r in group)
    homes = dict.fromkeys(r.home for r in group if r.home is not None)
    alone = sum(r.end_s - r.start_s for r in group)
    saved = []
    for boarding in permutations(group):
        first, shift_s = boarding[0].start_s, boarding[0].tolerance.shift_s
        for wish in (first, low, min(r.start_s for r in group)):
            start = min(max(wish, first - shift_s), first + shift_s)
            boarded = Tour(problem, "car", boarding, start)
            if not boarded.board():
                continue
            for out in permutations(places):
                for back in permutations(homes):
                    tour = boarded.copy()
                    if tour.go_out(out) and tour.come_back(out, back):
                        saved.append(alone - (tour.now - start))
    return max(saved, default=None)


def most_saved_s(problem: Problem) -> int:
    """Try every set of disjoint groups of which all pairs can share."""
    rides = [r for q in problem.requests if (r := ride_of(problem, "car", q, USUAL)) is not None]
    rides.sort(key=lambda ride: (ride.start_s, ride.request.id))
    pairs = {pair: saved_s(problem, pair) for pair in combinations(rides, 2)}
    worth: list[tuple[set[str], int]] = []
    for size in (2, 3):
        for group in combinations(rides, size):
            if all(pairs[pair] is not None for pair in combinations(group, 2)):
                saved = saved_s(problem, group)
                if saved is not None and saved > 0:
                    worth.append(({r.request.id for r in group}, saved))
    best = 0
    for count in range(1, 3):
        for chosen in combinations(worth, count):
            if sum(len(group) for group, _ in chosen) == len(set[str]().union(*(g for g, _ in chosen))):
                best = max(best, sum(saved for _, saved in chosen))
    return best


@settings(deadline=None, max_examples=150, derandomize=True)
@given(days())
def test_no_other_pools_save_more_and_that_is_proven(problem: Problem) -> None:
    found = pool(problem, ALL)
    assert found.saved_s == found.bound_s == most_saved_s(problem)
    assert found.proven
    ids = sorted(one for r in found.problem.requests for one in members(r.id))
    assert ids == sorted(r.id for r in problem.requests)
    assert all(len(members(r.id)) <= 3 for r in found.problem.requests)


def test_pools_are_named_by_their_members() -> None:
    asked = [trip("s", "AB", NINE), trip("r", "AB", NINE)]
    found = pool(day([car("v")], asked), ALL)
    assert [r.id for r in found.problem.requests] == [f"r{SEPARATOR}s"]
    assert (found.saved_s, found.bound_s) == (100, 100)
