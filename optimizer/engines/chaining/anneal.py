"""Simulated annealing over all trips of all targets together."""

# ruff: noqa: PLR0917
# mypy: disable-error-code="no-any-return"

from math import log

import numpy as np

from optimizer.engines.chaining.chance import below, uniform
from optimizer.engines.chaining.compiled import machine_code
from optimizer.engines.chaining.layout import F64, U64, Prices, Scratch, State, World
from optimizer.engines.chaining.matching import augment
from optimizer.engines.chaining.moves import recreate, ruin

WAYS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3])
"""Orders of putting stops back, as often as they are drawn."""


@machine_code
def fill(world: World, state: State, scratch: Scratch, prices: Prices, random: U64) -> int:
    """Make first trips, far stops first; return how many buses they need."""
    n = len(world.load)
    scratch.touched[0] = 0
    for s in range(n):
        scratch.out[s] = s
    recreate(world, state, scratch, prices, random, n, 2)
    return augment(world, state, scratch)


@machine_code
def improve(
    world: World, state: State, best: State, scratch: Scratch, prices: Prices, random: U64, found: F64,
    iterations: int,
) -> None:  # fmt: skip
    """Search on for so many iterations.

    `found` holds the cost now, and the cost and buses of the best: fewest buses, then least cost.
    """
    for _ in range(iterations):
        _keep(state, scratch)
        out = ruin(world, state, scratch, random)
        recreate(world, state, scratch, prices, random, out, WAYS[below(random, len(WAYS))])
        buses = augment(world, state, scratch)
        cost = cost_of(state, prices, buses)
        if cost >= found[0] - prices.heat * log(uniform(random) + 1e-300):
            _undo(state, scratch)
            continue
        found[0] = cost
        if buses < found[2] or (buses == found[2] and cost < found[1]):
            found[1], found[2] = cost, buses
            copy(state, best)


@machine_code
def cost_of(state: State, prices: Prices, buses: int) -> float:
    """Weigh buses, trips and rides."""
    return buses * prices.bus + state.total[1] * prices.trip + state.total[0]


@machine_code
def copy(state: State, other: State) -> None:
    """Copy what an answer is read from."""
    for t in range(len(state.size)):
        other.size[t] = state.size[t]
        other.follows[t] = state.follows[t]
        other.used[t] = state.used[t]
        for i in range(state.size[t]):
            other.stops[t, i] = state.stops[t, i]
    for b in range(len(state.trips)):
        other.trips[b] = state.trips[b]


@machine_code
def _keep(state: State, scratch: Scratch) -> None:
    scratch.touched[0] = 0
    for t in range(len(state.size)):
        scratch.follows[t] = state.follows[t]
        scratch.used[t] = state.used[t]
    for b in range(len(state.trips)):
        scratch.trips[b] = state.trips[b]
        scratch.taken[b] = state.taken[b]
    scratch.total[0], scratch.total[1] = state.total[0], state.total[1]


@machine_code
def _undo(state: State, scratch: Scratch) -> None:
    for i in range(scratch.touched[0]):
        t = scratch.changed[i]
        state.size[t] = scratch.size[i]
        state.load[t] = scratch.load[i]
        state.ride[t] = scratch.ride[i]
        for j in range(scratch.size[i]):
            state.stops[t, j] = scratch.stops[i, j]
            state.trip_of[scratch.stops[i, j]] = t
        for a in range(len(state.trips)):
            state.fits[t, a] = scratch.fits[i, a]
    for t in range(len(state.size)):
        state.follows[t] = scratch.follows[t]
        state.used[t] = scratch.used[t]
    for b in range(len(state.trips)):
        state.trips[b] = scratch.trips[b]
        state.taken[b] = scratch.taken[b]
    state.total[0], state.total[1] = scratch.total[0], scratch.total[1]
