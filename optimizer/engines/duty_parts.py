"""Duties cut in two: first halves, tails, and rates as arrays, for the matchings of `engines.rematch`."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.model import CostRates, VehicleType
from optimizer.tasks import Grid

__all__ = ["NEVER_CUT", "Halves", "Prices", "Tails", "halves_of", "inside", "prices_of", "tails_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Prices:
    """Rates and limits of every vehicle, as arrays `[m]`."""

    fixed: Floats
    km: Floats
    toll: Floats
    hour: Floats
    overtime: Floats
    included_m: Floats
    included_s: Floats
    regular_s: Floats
    longest_m: Floats
    longest_s: Floats


@dataclass(frozen=True, slots=True)
class Halves:
    """Routes cut at a moment: last task before it (-1: none), metres and departure so far."""

    last: Ints
    metres: Ints
    leave_s: Ints


@dataclass(frozen=True, slots=True)
class Tails:
    """Rows of tasks to be done by one vehicle: ends, metres and possibility by profile, who may `[m, s]`."""

    tasks: tuple[tuple[int, ...], ...]
    first: Ints
    last: Ints
    metres: Ints
    possible: NDArray[np.bool_]
    may: NDArray[np.bool_]


NEVER_CUT = 10**9


def halves_of(grid: Grid, routes: Sequence[Sequence[int]], cut_s: int) -> Halves:
    """Cut each route of task numbers at a moment and keep what starts before it."""
    last = np.full(len(routes), -1)
    metres = np.zeros(len(routes), np.int64)
    leave_s = np.zeros(len(routes), np.int64)
    for v, route in enumerate(routes):
        done = [i for i in route if grid.start_s[i] < cut_s]
        if not done:
            continue
        p, base = grid.profile[v], grid.out_base[v]
        last[v], leave_s[v] = done[-1], grid.out.at_s[base, done[0]]
        metres[v] = grid.out.metres[base, done[0]] + _inner_m(grid, p, done)
    return Halves(last, metres, leave_s)


def _inner_m(grid: Grid, profile: int, tasks: Sequence[int]) -> int:
    chained = sum(int(grid.link.metres[profile, i, j]) for i, j in itertools.pairwise(tasks))
    return chained + sum(int(grid.task_m[profile, i]) for i in tasks)


def tails_of(grid: Grid, parts: Sequence[Sequence[int]]) -> Tails:
    """Lay out rows of tasks as second halves."""
    profiles = range(len(grid.end_s))
    metres = np.array([[_inner_m(grid, p, part) for p in profiles] for part in parts], np.int64)
    possible = np.array(
        [
            [all(grid.link.possible[p, i, j] for i, j in itertools.pairwise(part)) for p in profiles]
            for part in parts
        ]
    )
    may = np.stack([grid.may[:, list(part)].all(axis=1) for part in parts], axis=1)
    return Tails(
        tuple(tuple(p) for p in parts),
        np.array([p[0] for p in parts]),
        np.array([p[-1] for p in parts]),
        metres,
        possible,
        may,
    )


def prices_of(types: Sequence[VehicleType]) -> Prices:
    """Lay out the rates and limits of each vehicle's type, per metre and per second."""
    rates: list[CostRates] = [t.rates for t in types]
    unlimited = float(NEVER_CUT)
    return Prices(
        fixed=np.array([r.vehicle_used_fen + r.per_trip_fen for r in rates], float),
        km=np.array([r.per_km_fen / 1_000 for r in rates], float),
        toll=np.array([r.toll_per_km_fen / 1_000 for r in rates], float),
        hour=np.array([r.per_hour_fen / 3_600 for r in rates], float),
        overtime=np.array([r.overtime_per_hour_fen / 3_600 for r in rates], float),
        included_m=np.array([r.included_m for r in rates], float),
        included_s=np.array([r.included_s for r in rates], float),
        regular_s=np.array([r.regular_hours_s for r in rates], float),
        longest_m=np.array([unlimited if t.max_route_m is None else t.max_route_m for t in types], float),
        longest_s=np.array([unlimited if t.max_route_s is None else t.max_route_s for t in types], float),
    )


def inside(leave_s: Ints, back_s: Ints, open_s: Ints, close_s: Ints) -> NDArray[np.bool_]:
    """Whether duties `[s, m]` lie in one free interval of their vehicle."""
    fits = np.zeros(leave_s.shape, np.bool_)
    for j in range(open_s.shape[1]):
        fits |= (leave_s >= open_s[None, :, j]) & (back_s <= close_s[None, :, j])
    return fits
