"""A day of tasks at fixed times, as arrays: what a duty costs may depend on its whole length and hours."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.engines.vehicle_scheduling.values import Network

__all__ = ["UNITS_PER_FEN", "Day", "Rates", "billed", "linear", "unrounded"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNITS_PER_FEN: Final = 18_000
"""Least common multiple of 1,000 m and 3,600 s: costs of legs and hours are whole numbers of units."""
LARGEST: Final = 2**61


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rates:
    """Rates and limits of `k` groups of vehicles `[k]`, in fen; as `optimizer.model.CostRates` has them."""

    fixed: Ints
    per_km: Ints
    toll_per_km: Ints
    per_hour: Ints
    overtime_per_hour: Ints
    included_m: Ints
    included_s: Ints
    regular_s: Ints
    longest_m: Ints
    longest_s: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Day:
    """`n` tasks in an order in which nothing leads back, `k` groups of like vehicles, `p` tables of ways.

    Parameters
    ----------
    start_s, end_s
        `[n]`, `[p, n]` when a task starts, and when it is done.
    task_m
        `[p, n]` metres driven in it.
    possible, link_m
        `[p, n, n]` whether a task can be done right after another, and the metres from one to the other.
    table
        `[k]` which table holds for a group.
    may
        `[k, n]` whether a vehicle of the group may do the task, and can do it alone.
    out_m, leave_s, home_m, back_s
        `[k, n]` metres to a task from the base and latest departure; metres home from it, and arrival.
    open_s, close_s
        `[k, i]` free intervals: a duty lies in one of them; missing ones open never.
    base
        `[k]` where the vehicles of a group stand, as a number: groups of one base are planned together first.
    counts
        `[k]` vehicles.
    penalty
        `[n]` cost of leaving a task out, in fen.
    together
        `[n]` tasks of one number ≥ 0 are done all or not at all; −1: alone.
    """

    start_s: Ints
    end_s: Ints
    task_m: Ints
    possible: Flags
    link_m: Ints
    table: Ints
    may: Flags
    out_m: Ints
    leave_s: Ints
    home_m: Ints
    back_s: Ints
    open_s: Ints
    close_s: Ints
    rates: Rates
    base: Ints
    counts: Ints
    penalty: Floats
    together: Ints

    @property
    def tasks(self) -> int:
        """Number of tasks."""
        return len(self.penalty)

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.counts)

    def length(self, group: int, chain: tuple[int, ...]) -> tuple[int, int]:
        """Metres and seconds of one duty."""
        p, tasks = self.table[group], list(chain)
        metres = self.out_m[group, chain[0]] + self.task_m[p, tasks].sum() + self.home_m[group, chain[-1]]
        metres += self.link_m[p, tasks[:-1], tasks[1:]].sum()
        return int(metres), int(self.back_s[group, chain[-1]] - self.leave_s[group, chain[0]])

    def part(self, tasks: Ints, groups: Ints) -> "Day":
        """Cut some tasks (ascending) and groups out."""
        t, g = tasks, groups
        of_task = {name: getattr(self, name)[t] for name in ("start_s", "penalty", "together")}
        of_table = {name: getattr(self, name)[:, t] for name in ("end_s", "task_m")}
        of_links = {name: getattr(self, name)[:, t[:, None], t] for name in ("possible", "link_m")}
        of_group = {name: getattr(self, name)[g] for name in ("table", "open_s", "close_s", "base", "counts")}
        of_both = {
            name: getattr(self, name)[g[:, None], t]
            for name in ("may", "out_m", "leave_s", "home_m", "back_s")
        }
        rates = Rates(**{field.name: getattr(self.rates, field.name)[g] for field in fields(Rates)})
        return Day(**of_task, **of_table, **of_links, **of_group, **of_both, rates=rates)


def billed(rates: Rates, group: Ints, metres: Ints, seconds: Ints) -> Ints:
    """Bills of duties, each line rounded half-even to whole fen; −1 beyond the limits of the group."""
    beyond_m = np.maximum(0, metres - rates.included_m[group])
    beyond_s = np.maximum(0, seconds - rates.included_s[group])
    overtime_s = np.maximum(0, seconds - rates.regular_s[group])
    fen = rates.fixed[group].copy()
    for quantity, rate, per in (
        (beyond_m, rates.per_km, 1_000),
        (metres, rates.toll_per_km, 1_000),
        (beyond_s, rates.per_hour, 3_600),
        (overtime_s, rates.overtime_per_hour, 3_600),
    ):
        fen += _half_even(quantity * rate[group], per)
    fits = (metres <= rates.longest_m[group]) & (seconds <= rates.longest_s[group])
    return np.where(fits, fen, -1)


def unrounded(rates: Rates, group: Ints, metres: Ints, seconds: Ints) -> Floats:
    """Costs of duties before any line is rounded."""
    lines = (
        np.maximum(0, metres - rates.included_m[group]) * rates.per_km[group] / 1_000,
        metres * rates.toll_per_km[group] / 1_000,
        np.maximum(0, seconds - rates.included_s[group]) * rates.per_hour[group] / 3_600,
        np.maximum(0, seconds - rates.regular_s[group]) * rates.overtime_per_hour[group] / 3_600,
    )
    return np.asarray(rates.fixed[group] + sum(lines))


def _half_even(numerator: Ints, denominator: int) -> Ints:
    quotient, rest = np.divmod(numerator, denominator)
    up = (2 * rest > denominator) | ((2 * rest == denominator) & (quotient % 2 == 1))
    return np.asarray(quotient + up)


def linear(day: Day) -> Network:
    """Cost leg by leg, in `UNITS_PER_FEN`, without what depends on a whole duty: never above the bill."""
    r, p = day.rates, day.table
    per_m = (r.toll_per_km + np.where(r.included_m, 0, r.per_km)) * (UNITS_PER_FEN // 1_000)
    per_s = np.where(r.included_s, 0, r.per_hour) * (UNITS_PER_FEN // 3_600)
    work = day.task_m[p] * per_m[:, None] + (day.end_s[p] - day.start_s[None, :]) * per_s[:, None]
    out = day.out_m * per_m[:, None] + (day.start_s[None, :] - day.leave_s) * per_s[:, None] + work
    home = day.home_m * per_m[:, None] + (day.back_s - day.end_s[p]) * per_s[:, None]
    kinds, table = np.unique(np.stack([p, per_m, per_s]), axis=1, return_inverse=True)
    link = np.stack([_links(day, *(int(x) for x in kind)) for kind in kinds.T])
    return Network(
        out=np.where(day.may, out + (r.fixed * UNITS_PER_FEN)[:, None], -1),
        home=np.where(day.may, home, -1),
        link=link,
        table=table.reshape(-1),
        counts=day.counts,
        penalty=np.minimum(day.penalty * UNITS_PER_FEN, LARGEST // (4 * (day.tasks + 1))).astype(np.int64),
    )


def _links(day: Day, p: int, per_m: int, per_s: int) -> Ints:
    waiting_s = day.start_s[None, :] - day.end_s[p][:, None]
    work = day.task_m[p] * per_m + (day.end_s[p] - day.start_s) * per_s
    cost = day.link_m[p] * per_m + waiting_s * per_s + work[None, :]
    return np.where(day.possible[p], cost, -1)
