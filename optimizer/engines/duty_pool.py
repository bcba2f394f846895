"""Whole duties of kinds of like vehicles, priced as they are billed: the columns of `engines.columns`."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.model import Route, VehicleType
from optimizer.price import route_lines
from optimizer.tasks import Grid

__all__ = ["ROUNDING", "Column", "Kinds", "Pool", "kinds_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


ROUNDING: Final = 5.0
"""Fen by which a bill may be below its unrounded sum: half a fen for each line of a few duties."""


@dataclass(frozen=True, slots=True)
class Column:
    """A duty: the group of the vehicle, its tasks in order, its bill in fen."""

    group: int
    tasks: tuple[int, ...]
    fen: int


@dataclass(frozen=True, slots=True)
class Kinds:
    """What pricing needs of every group of like vehicles: first axis the group, then tasks.

    Parameters
    ----------
    free
        `(group, opens, closes)` of every free interval: a duty lies in one of them.
    duty
        `[group, 4]`: free seconds, fen per second beyond, regular seconds, further fen per second beyond.
    metres
        Of links, tasks, ways out and home, for the bill.
    """

    counts: Ints
    types: tuple[VehicleType, ...]
    free: tuple[tuple[int, int, int], ...]
    link: Floats
    out: Floats
    home: Floats
    leave_s: Ints
    back_s: Ints
    duty: Floats
    metres: tuple[Ints, Ints, Ints, Ints]


def kinds_of(grid: Grid, types: Sequence[VehicleType]) -> Kinds:
    """Costs of all legs by group; impossible ones are infinite. Duty costs come on top of them."""
    _, v, counts = np.unique(grid.group, return_index=True, return_counts=True)
    kinds = tuple(types[i] for i in v)
    p, out, home = grid.profile[v], grid.out_base[v], grid.home_base[v]
    km = np.array([_fen_per_m(k) for k in kinds])
    fixed = np.array([k.rates.vehicle_used_fen + k.rates.per_trip_fen for k in kinds], float)
    may = grid.may[v]
    link = grid.link.metres[p] * km[:, None, None] + (grid.task_m[p] * km[:, None])[:, None, :]
    possible = grid.link.possible[p] & may[:, :, None] & may[:, None, :]
    first = (grid.out.metres[out] + grid.task_m[p]) * km[:, None] + fixed[:, None]
    n = len(grid.tasks)
    free = [
        (g, int(grid.open_s[i, j]), int(grid.close_s[i, j]))
        for g, i in enumerate(v)
        for j in range(grid.open_s.shape[1])
        if grid.open_s[i, j] < grid.close_s[i, j]
    ]
    return Kinds(
        counts=counts.astype(np.int64),
        types=kinds,
        free=tuple(free),
        link=np.where(possible & np.triu(np.ones((n, n), np.bool_), 1), link, np.inf),
        out=np.where(may, first, np.inf),
        home=np.where(may, grid.home.metres[home] * km[:, None], np.inf),
        leave_s=np.where(may, grid.out.at_s[out], 0),
        back_s=np.where(may, grid.home.at_s[home], 0),
        duty=np.array([_duty_rates(k) for k in kinds]),
        metres=(grid.link.metres[p], grid.task_m[p], grid.out.metres[out], grid.home.metres[home]),
    )


def _fen_per_m(kind: VehicleType) -> float:
    """Cost of a metre, without what a tariff may include: never more than the bill."""
    rates = kind.rates
    return (rates.toll_per_km_fen + (0 if rates.included_m else rates.per_km_fen)) / 1_000


def _duty_rates(kind: VehicleType) -> tuple[float, float, float, float]:
    rates = kind.rates
    by_hour, overtime = rates.per_hour_fen / 3_600, rates.overtime_per_hour_fen / 3_600
    return float(rates.included_s), by_hour, float(rates.regular_hours_s), overtime


class Pool:
    """Duties found so far, without repetition."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.columns: list[Column] = []
        self.known: set[tuple[int, tuple[int, ...]]] = set()

    def add(self, found: Sequence[tuple[int, tuple[int, ...]]]) -> list[Column]:
        """Price new duties as they are billed and keep those within their vehicle's limits."""
        new = []
        for group, tasks in found:
            if (group, tasks) in self.known:
                continue
            self.known.add((group, tasks))
            fen = _billed(self.kinds, group, tasks)
            if fen is not None:
                new.append(Column(group, tasks, fen))
        self.columns += new
        return new

    def nearest(self, duals: tuple[Floats, Floats], count: int) -> list[Column]:
        """So many duties of least reduced cost."""
        return sorted(self.columns, key=lambda c: (_reduced(c, duals), c.group, c.tasks))[:count]

    def near(self, duals: tuple[Floats, Floats], difference: float) -> list[Column]:
        """Duties that a plan can hold that is no more than `difference` above the bound."""
        return [c for c in self.columns if _reduced(c, duals) <= difference + ROUNDING]


def _reduced(column: Column, duals: tuple[Floats, Floats]) -> float:
    of_task, of_group = duals
    return float(column.fen - of_task[list(column.tasks)].sum() - of_group[column.group])


def _billed(kinds: Kinds, group: int, tasks: Sequence[int]) -> int | None:
    """Decision lines of the duty; None beyond the limits of its kind."""
    kind = kinds.types[group]
    link, work, out, home = (table[group] for table in kinds.metres)
    metres = int(out[tasks[0]] + home[tasks[-1]] + sum(work[i] for i in tasks))
    metres += sum(int(link[i, j]) for i, j in itertools.pairwise(tasks))
    start_s, end_s = int(kinds.leave_s[group, tasks[0]]), int(kinds.back_s[group, tasks[-1]])
    if kind.max_route_m is not None and metres > kind.max_route_m:
        return None
    if kind.max_route_s is not None and end_s - start_s > kind.max_route_s:
        return None
    route = Route(
        vehicle_id="",
        start_place_id="",
        end_place_id="",
        start_s=start_s,
        end_s=end_s,
        visits=(),
        distance_m=metres,
        drive_s=0,
    )
    fen = sum(line.amount_fen for line in route_lines(route, kind.rates) if line.decision)
    standing_still = metres == 0  # a bill without metres and visits would leave out the fixed part
    fixed = kind.rates.vehicle_used_fen + kind.rates.per_trip_fen
    return fen + fixed if standing_still else fen
