"""Lines that arrive at fixed times, chained on as few buses as possible: buses first, then riding time.

A bus brings riders to one target (a school, an office with its start of work), is free there at a fixed time
and goes on to the first stop of its next trip. So what a trip costs depends on what it can follow: a long
full trip saves a trip, a short one that starts near a target just served saves a bus. Both are searched
together: stops move between trips (slack induction by string removals, Christiaens & Vanden Berghe 2020) and
after every move the trips are matched with the targets they can follow, exactly, so that the true number of
buses decides. A lower bound comes from a flow that splits riders freely.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.engines.chaining.anneal import fill, improve
from optimizer.engines.chaining.layout import YARD, Prices, Scratch, State, World

__all__ = ["Chains", "Lines", "Trip", "solve"]

Ints = NDArray[np.int64]
Progress = Callable[[int], bool]

HOT: Final = 0.15
"""First temperature, as a share of what a stop adds to the rides on average."""
COLD: Final = 0.005
"""Last temperature, likewise."""
BUS: Final = 6.0
"""What a bus weighs, in rides of average length from a stop straight to its target, stop included."""
TRIP: Final = 0.25
"""What a trip weighs, likewise."""
SLICE: Final = 500
"""Iterations between two looks at the clock."""
UNLIMITED: Final = 50_000
"""Iterations where the caller sets no limit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """n stops whose riders go to m targets; times in any one whole unit (seconds, milliseconds).

    Parameters
    ----------
    target, load, dwell
        int64[n]: position of a stop's target, its riders, and how long a bus stands there.
    leg
        int64[n, n]: drive from stop to stop (used within one target only).
    to_target, from_target
        int64[n], int64[m, n]: drive from a stop to its own target, and from any target to any stop.
    arrive, free
        int64[m]: when trips must arrive, and when their buses are free to go on.
    seats
        Riders on a bus at most.
    longest_ride
        From the start of the first boarding to the arrival, at most.
    """

    target: Ints
    load: Ints
    dwell: Ints
    leg: Ints
    to_target: Ints
    from_target: Ints
    arrive: Ints
    free: Ints
    seats: int
    longest_ride: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """Stops in visiting order, all of one target."""

    target: int
    stops: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """What each bus does, and how that was found.

    Parameters
    ----------
    buses
        Trips in the order of the day, per bus.
    impossible
        Stops that no bus can serve: more riders than seats, or too long a ride even alone.
    bound
        Buses that any plan needs, proven; without the impossible stops.
    """

    buses: tuple[tuple[Trip, ...], ...]
    impossible: tuple[int, ...]
    bound: int
    iterations: int


def solve(
    lines: Lines,
    *,
    seed: int = 0,
    iterations: int | None = None,
    seconds: float | None = None,
    progress: Progress | None = None,
    with_bound: bool = True,
) -> Chains:
    """Search for few buses; the same seed and number of iterations give the same answer.

    Parameters
    ----------
    iterations, seconds
        Limits of the search; without either it does 50,000 iterations.
    progress
        Called with the fewest buses so far, several times a second; False ends the search with those.
    with_bound
        Whether to prove a bound as well; without it the bound is one trip's, 1.
    """
    from optimizer.engines.chain_bound import fewest_buses

    alone = lines.dwell + lines.to_target
    possible = np.flatnonzero((lines.load <= lines.seats) & (alone <= lines.longest_ride))
    impossible = tuple(int(s) for s in np.setdiff1d(np.arange(len(lines.load)), possible))
    if not len(possible):
        return Chains(buses=(), impossible=impossible, bound=0, iterations=0)
    world = _world(lines, possible)
    limit = UNLIMITED if iterations is None and seconds is None else iterations
    best, done = _search(world, seed=seed, iterations=limit, seconds=seconds, progress=progress)
    return Chains(
        buses=_buses(world, best, possible),
        impossible=impossible,
        bound=fewest_buses(world) if with_bound else 1,
        iterations=done,
    )


def _search(
    world: World, *, seed: int, iterations: int | None, seconds: float | None, progress: Progress | None
) -> tuple[State, int]:
    state, best, scratch = _state(world), _state(world), _scratch(world)
    random = np.array([0x9E3779B97F4A7C15 ^ (seed * 0xD1342543DE82EF95 + 1) % 2**64], dtype=np.uint64)
    alone = float((world.dwell + world.onward).mean())
    heat = float(alone)
    prices = Prices(BUS * alone, TRIP * alone, HOT * heat)
    buses = fill(world, state, scratch, prices, random)
    found = np.array([np.inf, np.inf, buses + 1.0])
    began, done, share = time.perf_counter(), 0, 0.0
    while share < 1.0:
        size = SLICE if iterations is None else min(SLICE, iterations - done)
        prices = prices._replace(heat=heat * HOT * (COLD / HOT) ** share)
        improve(world, state, best, scratch, prices, random, found, size)
        done += size
        share = max(
            done / iterations if iterations else 0.0,
            (time.perf_counter() - began) / seconds if seconds else 0.0,
        )
        if progress is not None and not progress(int(found[2])):
            break
    return best, done


def _world(lines: Lines, keep: Ints) -> World:
    target = lines.target[keep]
    leg = lines.leg[np.ix_(keep, keep)]
    targets = len(lines.arrive)
    sizes = np.bincount(target, minlength=targets)
    near = np.full((len(keep), int(sizes.max())), -1, dtype=np.int64)
    for b in range(targets):
        own = np.flatnonzero(target == b)
        near[own, : len(own)] = own[np.argsort(leg[np.ix_(own, own)], axis=1, kind="stable")]
    later = lines.arrive[None, :] > lines.arrive[:, None]
    return World(
        target=target,
        load=lines.load[keep],
        dwell=lines.dwell[keep],
        onward=lines.to_target[keep],
        leg=np.ascontiguousarray(leg),
        back=np.ascontiguousarray(lines.from_target[:, keep]),
        gap=np.where(later, lines.arrive[None, :] - lines.free[:, None], -1),
        near=near,
        first_slot=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        limits=np.array([lines.seats, lines.longest_ride], dtype=np.int64),
    )


def _state(world: World) -> State:
    n, m = len(world.load), len(world.gap)
    return State(
        stops=np.zeros((n, _most_stops(world)), dtype=np.int64),
        size=np.zeros(n, dtype=np.int64),
        load=np.zeros(n, dtype=np.int64),
        ride=np.zeros(n, dtype=np.int64),
        owner=np.repeat(np.arange(m), np.diff(world.first_slot)),
        follows=np.full(n, YARD, dtype=np.int64),
        fits=np.zeros((n, m), dtype=np.uint8),
        trips=np.zeros(m, dtype=np.int64),
        taken=np.zeros(m, dtype=np.int64),
        used=np.arange(n, dtype=np.int64),
        trip_of=np.full(n, -1, dtype=np.int64),
        total=np.zeros(2, dtype=np.int64),
    )


def _scratch(world: World) -> Scratch:
    n, m = len(world.load), len(world.gap)
    like = _state(world)
    return Scratch(
        stops=like.stops, size=like.size, load=like.load, ride=like.ride, fits=like.fits,
        follows=like.follows, trips=like.trips, taken=like.taken, used=like.used, total=like.total,
        changed=np.zeros(n, dtype=np.int64),
        touched=np.zeros(1, dtype=np.int64),
        head=np.zeros(m, dtype=np.int64),
        next=np.zeros(n, dtype=np.int64),
        parent=np.zeros(m, dtype=np.int64),
        seen=np.zeros(m, dtype=np.uint8),
        queue=np.zeros(n, dtype=np.int64),
        out=np.zeros(n, dtype=np.int64),
        key=np.zeros(n, dtype=np.float64),
    )  # fmt: skip


def _most_stops(world: World) -> int:
    """Most stops that fit on a trip of any target."""
    most = 1
    for b in range(len(world.gap)):
        loads = np.sort(world.load[world.target == b])
        most = max(most, int((np.cumsum(loads) <= world.limits[0]).sum()))
    return most


def _buses(world: World, best: State, names: Ints) -> tuple[tuple[Trip, ...], ...]:
    """Follow each chain from the yard; trips of one target are handed out in order of their slots."""
    used = [
        int(t)
        for b in range(len(world.gap))
        for t in sorted(best.used[world.first_slot[b] : world.first_slot[b] + best.trips[b]])
    ]
    waiting: list[list[int]] = [[t for t in used if best.follows[t] == a] for a in range(len(world.gap))]
    buses = []
    for t in used:
        if best.follows[t] != YARD:
            continue
        chain = [t]
        while waiting[best.owner[chain[-1]]]:
            chain.append(waiting[best.owner[chain[-1]]].pop(0))
        buses.append(tuple(_trip(best, t, names) for t in chain))
    return tuple(buses)


def _trip(best: State, t: int, names: Ints) -> Trip:
    stops = tuple(int(names[s]) for s in best.stops[t, : best.size[t]])
    return Trip(target=int(best.owner[t]), stops=stops)
