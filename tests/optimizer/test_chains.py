"""Lines with fixed arrivals chained on buses: by hand, against brute force, and what must always hold."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest

from optimizer.engines.chains import Chains, Lines, Trip, solve


def on_a_line(
    stops: list[tuple[int, int, int]],
    targets: list[tuple[int, int]],
    *,
    seats: int = 10,
    longest: int = 1_000,
) -> Lines:
    """Stops as (metres, target, riders) and targets as (metres, arrival) on a road driven at 1 m/s.

    A bus stands 5 s at a stop, and is free 10 s after it arrived.
    """
    at = np.array([metres for metres, _, _ in stops], dtype=np.int64)
    goal = np.array([metres for metres, _ in targets], dtype=np.int64)
    target = np.array([number for _, number, _ in stops], dtype=np.int64)
    arrive = np.array([second for _, second in targets], dtype=np.int64)
    return Lines(
        target=target,
        load=np.array([riders for _, _, riders in stops], dtype=np.int64),
        dwell=np.full(len(stops), 5, dtype=np.int64),
        leg=np.abs(at[:, None] - at[None]),
        to_target=np.abs(at - goal[target]),
        from_target=np.abs(goal[:, None] - at[None]),
        arrive=arrive,
        free=arrive + 10,
        seats=seats,
        longest_ride=longest,
    )


def ride(lines: Lines, stops: tuple[int, ...]) -> int:
    legs = sum(int(lines.leg[a, b]) for a, b in pairwise(stops))
    return legs + int(lines.dwell[list(stops)].sum() + lines.to_target[stops[-1]])


def faults(lines: Lines, found: Chains) -> list[str]:
    """What an answer breaks, told from the lines alone."""
    broken = []
    served = sorted(s for bus in found.buses for trip in bus for s in trip.stops)
    if served != sorted(set(range(len(lines.load))) - set(found.impossible)):
        broken.append(f"served {served}")
    for bus in found.buses:
        for trip in bus:
            stops = list(trip.stops)
            if set(lines.target[stops]) != {trip.target}:
                broken.append(f"{trip} mixes targets")
            if lines.load[stops].sum() > lines.seats:
                broken.append(f"{trip} is over its seats")
            if ride(lines, trip.stops) > lines.longest_ride:
                broken.append(f"{trip} rides too long")
        for first, second in pairwise(bus):
            there = int(lines.free[first.target] + lines.from_target[first.target, second.stops[0]])
            if there + ride(lines, second.stops) > lines.arrive[second.target]:
                broken.append(f"{second} cannot follow {first}")
    return broken


def partitions(items: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every way to put items into ordered trips."""
    if not items:
        yield ()
        return
    for size in range(len(items)):
        for others in _subsets(items[1:], size):
            rest = tuple(i for i in items[1:] if i not in others)
            for order in permutations((items[0], *others)):
                for more in partitions(rest):
                    yield (order, *more)


def _subsets(items: tuple[int, ...], size: int) -> Iterator[tuple[int, ...]]:
    if size == 0:
        yield ()
    for i, item in enumerate(items):
        for more in _subsets(items[i + 1 :], size - 1) if size else ():
            yield (item, *more)


def fewest_by_brute_force(lines: Lines) -> int:
    best = len(lines.load)
    for trips in partitions(tuple(range(len(lines.load)))):
        made = [Trip(target=int(lines.target[stops[0]]), stops=stops) for stops in trips]
        if not faults(lines, Chains(buses=tuple((t,) for t in made), impossible=(), bound=0, iterations=0)):
            best = min(best, _cover(lines, made))
    return best


def _cover(lines: Lines, trips: list[Trip]) -> int:
    """Fewest buses for these trips: as many of them as possible follow another (augmenting paths)."""
    after: dict[int, int] = {}

    def found(i: int, seen: set[int]) -> bool:
        for j, second in enumerate(trips):
            chained = Chains(buses=((trips[i], second),), impossible=(), bound=0, iterations=0)
            if j == i or j in seen or any("follow" in fault for fault in faults(lines, chained)):
                continue
            seen.add(j)
            if j not in after or found(after[j], seen):
                after[j] = i
                return True
        return False

    return len(trips) - sum(found(i, set()) for i in range(len(trips)))


def test_one_bus_serves_two_targets_that_are_far_enough_apart_in_time() -> None:
    # Free at 110 at metre 0; 100 m to the farther stop, there 5 s, 50 m, 5 s, 50 m: at the second by 320.
    lines = on_a_line([(100, 0, 3), (100, 1, 3), (50, 1, 3)], [(0, 100), (0, 320)])
    assert solve(lines, iterations=200).buses == ((Trip(target=0, stops=(0,)), Trip(target=1, stops=(1, 2))),)
    assert len(solve(replace(lines, arrive=np.array([100, 319])), iterations=200).buses) == 2


def test_full_buses_are_not_filled_further() -> None:
    lines = on_a_line([(10, 0, 6), (10, 0, 6), (10, 0, 4)], [(0, 500)])
    found = solve(lines, iterations=200)
    assert sorted(sorted(trip.stops) for (trip,) in found.buses) in ([[0], [1, 2]], [[0, 2], [1]])
    assert found.bound == 2


def test_a_further_trip_is_made_where_that_saves_a_bus() -> None:
    # Alone, each stop of the second target can follow the first; together they are too long by 10 s.
    stops = [(0, 0, 9), (0, 0, 9), (-40, 1, 1), (40, 1, 1)]
    lines = on_a_line(stops, [(0, 100), (0, 200)])
    found = solve(lines, iterations=500)
    assert len(found.buses) == 2
    assert found.bound == 2
    assert all(len(bus) == 2 for bus in found.buses)


def test_stops_that_are_too_far_apart_for_one_ride_count_in_the_bound() -> None:
    lines = on_a_line([(-50, 0, 1), (50, 0, 1), (60, 0, 1)], [(0, 500)], longest=100)
    found = solve(lines, iterations=200)
    assert (len(found.buses), found.bound) == (2, 2)
    assert solve(replace(lines, longest_ride=170), iterations=200).bound == 1


def test_stops_that_no_bus_can_serve_are_named() -> None:
    lines = on_a_line([(10, 0, 11), (2_000, 0, 1), (10, 0, 10)], [(0, 5_000)])
    found = solve(lines, iterations=10)
    assert found.impossible == (0, 1)
    assert found.buses == ((Trip(target=0, stops=(2,)),),)
    nobody = solve(replace(lines, seats=5), iterations=10)
    assert (nobody.buses, nobody.impossible, nobody.bound) == ((), (0, 1, 2), 0)


def test_the_same_seed_and_iterations_give_the_same_buses() -> None:
    lines = drawn(np.random.default_rng(5), stops=30, targets=4)
    assert solve(lines, seed=3, iterations=1_500) == solve(lines, seed=3, iterations=1_500)


def test_the_caller_may_end_the_search_and_keeps_the_best() -> None:
    lines = drawn(np.random.default_rng(6), stops=30, targets=4)
    asked = []

    def enough(buses: int) -> bool:
        asked.append(buses)
        return len(asked) < 3

    found = solve(lines, iterations=100_000, progress=enough)
    assert len(asked) == 3
    assert found.iterations == 1_500
    assert len(found.buses) == asked[-1]
    assert faults(lines, found) == []


def drawn(random: np.random.Generator, *, stops: int, targets: int) -> Lines:
    return on_a_line(
        [
            (int(random.integers(-60, 60)), int(random.integers(targets)), int(random.integers(1, 8)))
            for _ in range(stops)
        ],
        [(int(random.integers(-60, 60)), int(random.integers(100, 600))) for _ in range(targets)],
        longest=int(random.integers(70, 200)),
    )


@pytest.mark.parametrize("seed", range(12))
def test_few_stops_need_what_brute_force_needs_and_the_bound_never_claims_more(seed: int) -> None:
    random = np.random.default_rng(seed)
    lines = drawn(random, stops=5, targets=int(random.integers(1, 4)))
    lines = replace(
        lines, longest_ride=max(int(lines.longest_ride), int((lines.dwell + lines.to_target).max()))
    )
    found = solve(lines, seed=seed, iterations=2_000)
    fewest = fewest_by_brute_force(lines)
    assert faults(lines, found) == []
    assert len(found.buses) == fewest
    assert found.bound <= fewest


@pytest.mark.parametrize("seed", range(5))
def test_a_larger_answer_keeps_every_limit_and_its_bound(seed: int) -> None:
    lines = drawn(np.random.default_rng(100 + seed), stops=60, targets=6)
    found = solve(lines, seed=seed, iterations=1_000)
    assert faults(lines, found) == []
    assert found.bound <= len(found.buses)
