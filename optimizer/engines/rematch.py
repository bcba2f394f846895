"""A day of cars by repeated matching: cut all routes at a moment and join the halves anew, at least cost.

Each step is one assignment problem solved to optimality (`scipy.optimize.linear_sum_assignment`; Crouse
2016), over vehicles of any kind, so that a step weighs exponentially many exchanges at once. Two kinds of
steps alternate: *rejoin* matches what vehicles did before a moment with what is done after it; *relay* takes
one task out of each route around a moment and puts all of them back in.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from optimizer.engines.duty_parts import (
    NEVER_CUT,
    Halves,
    Tails,
    halves_of,
    inside,
    prices_of,
    tails_of,
)
from optimizer.model import VehicleType
from optimizer.tasks import Grid

__all__ = ["Duties", "improve", "start_plan", "task_weights"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FORBIDDEN = np.inf
"""Cost of a pair that cannot be."""
HOPELESS = 1e15
"""Cost of a first half that cannot stand alone: it needs a second one."""
LIGHTEST = 1e7
"""Weight in fen of leaving out a request of the lowest class: more than any car costs a day."""
HEAVIEST = 1e14
"""Weights stay below it, so that a fen still counts beside them."""


@dataclass(slots=True)
class Duties:
    """What each vehicle does: task numbers in order, and tasks that nobody does."""

    routes: list[list[int]]
    left: set[int]
    steps: int = 0


class Rematch:
    """The steps, on one grid."""

    def __init__(self, grid: Grid, types: Sequence[VehicleType], weights: Floats) -> None:
        self.grid, self.weights = grid, weights
        self.prices = prices_of(types)

    def cost(self, duties: Duties) -> float:
        """Decision cost in fen (before rounding) plus the weights of what is left out."""
        halves = halves_of(self.grid, duties.routes, NEVER_CUT)
        used = halves.last >= 0
        total = float(self.weights[sorted(duties.left)].sum())
        if not used.any():
            return total
        v = np.flatnonzero(used)
        home = self.grid.home_base[v]
        metres = halves.metres[v] + self.grid.home.metres[home, halves.last[v]]
        duty_s = self.grid.home.at_s[home, halves.last[v]] - halves.leave_s[v]
        return total + float(self._fen(v, metres, duty_s).sum())

    def rejoin(self, duties: Duties, cut_s: int) -> bool:
        """Match what was done before `cut_s` with what is done from then on; True if that is cheaper."""
        grid = self.grid
        heads = [[i for i in route if grid.start_s[i] < cut_s] for route in duties.routes]
        tails = [tuple(route[len(head) :]) for route, head in zip(duties.routes, heads, strict=True)]
        loose = [(i,) for i in sorted(duties.left) if grid.start_s[i] >= cut_s]
        parts = [tail for tail in tails if tail] + loose
        if not parts:
            return False
        halves = halves_of(grid, heads, NEVER_CUT)
        ends = tails_of(grid, parts)
        alone = self._closing(halves)
        cost = self._joined(halves, ends) - alone[None, :]
        owner = [v for v, tail in enumerate(tails) if tail] + [-1] * len(loose)
        taken = _matched(cost, np.array([self.weights[list(p)].sum() for p in parts]), owner)
        if taken is None:
            return False
        routes = heads
        duties.left -= {i for part in parts for i in part}
        for part, v in zip(parts, taken, strict=True):
            if v < 0:
                duties.left.update(part)
            else:
                routes[v] = [*heads[v], *part]
        duties.routes = routes
        return True

    def relay(self, duties: Duties, from_s: int, to_s: int) -> bool:
        """Take one task that starts in [from_s, to_s) out of each route and put all back; True if cheaper."""
        grid = self.grid
        heads, tails, parts, owner = [], [], [], []
        for v, route in enumerate(duties.routes):
            at = next((k for k, i in enumerate(route) if from_s <= grid.start_s[i] < to_s), None)
            if at is None or not self._can_skip(v, route, at):
                at_end = sum(grid.start_s[i] < from_s for i in route)
                heads.append(route[:at_end])
                tails.append(tuple(route[at_end:]))
                continue
            heads.append(route[:at])
            tails.append(tuple(route[at + 1 :]))
            parts.append((route[at],))
            owner.append(v)
        loose = [(i,) for i in sorted(duties.left) if from_s <= grid.start_s[i] < to_s]
        parts += loose
        owner += [-1] * len(loose)
        if not parts:
            return False
        cost = self._inserted(halves_of(grid, heads, NEVER_CUT), tails_of(grid, parts), tails)
        taken = _matched(cost, self.weights[[p[0] for p in parts]], owner)
        if taken is None:
            return False
        duties.left -= {i for part in parts for i in part}
        middles: list[list[int]] = [[] for _ in heads]
        for part, v in zip(parts, taken, strict=True):
            if v < 0:
                duties.left.update(part)
            else:
                middles[v] = list(part)
        duties.routes = [[*h, *m, *t] for h, m, t in zip(heads, middles, tails, strict=True)]
        return True

    def _can_skip(self, v: int, route: Sequence[int], at: int) -> bool:
        if at == 0 or at + 1 == len(route):
            return True
        return bool(self.grid.link.possible[self.grid.profile[v], route[at - 1], route[at + 1]])

    def _fen(self, v: Ints, metres: NDArray[np.int64], duty_s: NDArray[np.int64]) -> Floats:
        """Cost of duties of vehicles `v` (last axis); forbidden beyond their limits."""
        p = self.prices
        fen = (
            p.fixed[v]
            + np.maximum(0, metres - p.included_m[v]) * p.km[v]
            + metres * p.toll[v]
            + np.maximum(0, duty_s - p.included_s[v]) * p.hour[v]
            + np.maximum(0, duty_s - p.regular_s[v]) * p.overtime[v]
        )
        beyond = (metres > p.longest_m[v]) | (duty_s > p.longest_s[v])
        return np.where(beyond, FORBIDDEN, fen)

    def _closing(self, halves: Halves) -> Floats:
        """Cost of going home after the first half; nothing for a vehicle that has not left."""
        v = np.arange(len(halves.last))
        last = np.maximum(halves.last, 0)
        home = self.grid.home_base[v]
        metres = halves.metres + self.grid.home.metres[home, last]
        duty_s = self.grid.home.at_s[home, last] - halves.leave_s
        closing = np.minimum(self._fen(v, metres, duty_s), HOPELESS)
        return np.where(halves.last < 0, 0.0, closing)

    def _joined(self, halves: Halves, tails: Tails) -> Floats:
        """Cost `[s, m]` of each first half with each tail behind it."""
        g = self.grid
        v = np.arange(len(halves.last))
        metres, leave_s, possible = self._reached(halves, tails.first)
        metres = metres + tails.metres[:, g.profile].astype(np.int64)
        metres += g.home.metres[g.home_base][:, tails.last].T
        back_s = g.home.at_s[g.home_base][:, tails.last].T
        possible &= tails.possible[:, g.profile] & tails.may.T & g.home.possible[g.home_base][:, tails.last].T
        possible &= self._on_duty(leave_s, back_s)
        return np.where(possible, self._fen(v, metres, back_s - leave_s), FORBIDDEN)

    def _inserted(self, halves: Halves, middles: Tails, tails: Sequence[tuple[int, ...]]) -> Floats:
        """Cost `[s, m]` added by each task between a first half and the tail that stays with it."""
        g = self.grid
        cost = self._joined(halves, middles) - self._closing(halves)[None, :]
        going_on = np.array([v for v, t in enumerate(tails) if t], np.int64)
        if not len(going_on):
            return cost
        ends = tails_of(g, [t for t in tails if t])
        kept = np.arange(len(going_on))
        p = g.profile[going_on]
        metres, leave_s, possible = self._reached(halves, middles.first)
        metres, leave_s, possible = metres[:, going_on], leave_s[:, going_on], possible[:, going_on]
        x = middles.first
        onward = p[None, :], x[:, None], ends.first[None, :]
        rest_m = ends.metres[kept, p] + g.home.metres[g.home_base[going_on], ends.last]
        back_s = g.home.at_s[g.home_base[going_on], ends.last]
        metres = metres + middles.metres[:, p] + g.link.metres[onward] + rest_m[None, :]
        possible &= middles.may[going_on].T & g.link.possible[onward] & middles.possible[:, p]
        back_all = np.broadcast_to(back_s, leave_s.shape)
        possible &= inside(leave_s, back_all, g.open_s[going_on], g.close_s[going_on])
        filled = np.where(possible, self._fen(going_on, metres, back_all - leave_s), FORBIDDEN)
        cost[:, going_on] = filled - self._without(halves, ends, going_on)[None, :]
        return cost

    def _without(self, halves: Halves, ends: Tails, v: Ints) -> Floats:
        """Cost of the routes of `v` with nothing between the halves."""
        metres, leave_s, _ = self._reached(
            Halves(halves.last[v], halves.metres[v], halves.leave_s[v]), ends.first, v
        )
        g, k = self.grid, np.arange(len(v))
        metres = metres[k, k] + ends.metres[k, g.profile[v]] + g.home.metres[g.home_base[v], ends.last]
        duty_s = g.home.at_s[g.home_base[v], ends.last] - leave_s[k, k]
        return np.minimum(self._fen(v, metres, duty_s), HOPELESS)

    def _reached(
        self, halves: Halves, first: Ints, v: Ints | None = None
    ) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Metres to the start of each task `[s, m]`, departure from the base, and whether it can be."""
        g = self.grid
        v = np.arange(len(halves.last)) if v is None else v
        started = (halves.last >= 0)[None, :]
        last = np.maximum(halves.last, 0)
        link = g.profile[v][None, :], last[None, :], first[:, None]
        out = g.out_base[v][None, :], first[:, None]
        metres = np.where(started, halves.metres[None, :] + g.link.metres[link], g.out.metres[out])
        leave_s = np.where(started, halves.leave_s[None, :], g.out.at_s[out])
        possible = np.where(started, g.link.possible[link], g.out.possible[out])
        return metres, leave_s, possible

    def _on_duty(self, leave_s: Ints, back_s: Ints) -> NDArray[np.bool_]:
        return inside(leave_s, back_s, self.grid.open_s, self.grid.close_s)


def task_weights(grid: Grid) -> Floats:
    """Weight of leaving out each task: within a class by its penalty, above all lower classes together."""
    weights = np.zeros(len(grid.tasks))
    unit = LIGHTEST
    for priority in sorted({t.priority for t in grid.tasks}, reverse=True):
        members = [i for i, t in enumerate(grid.tasks) if t.priority is priority]
        penalties = np.array([max(1, grid.tasks[i].unserved_penalty_fen) for i in members], float)
        weights[members] = np.minimum(np.round(unit * penalties / penalties.min()), HEAVIEST)
        unit += float(weights[members].sum())
    return weights


def start_plan(steps: Rematch, *, minutes: int = 15) -> Duties:
    """Let tasks be taken in the order of the day, a quarter of an hour at a time."""
    grid = steps.grid
    duties = Duties([[] for _ in grid.vehicles], set(range(len(grid.tasks))))
    if not grid.tasks or not grid.vehicles:
        return duties
    waiting = duties.left
    duties.left = set()
    for cut_s in range(int(grid.start_s[0]), int(grid.start_s[-1]) + 1, minutes * 60):
        batch = {i for i in waiting if grid.start_s[i] < cut_s + minutes * 60}
        waiting -= batch
        kept, duties.left = duties.left, batch
        steps.rejoin(duties, cut_s)
        duties.left |= kept
    return duties


def improve(
    steps: Rematch,
    duties: Duties,
    *,
    cuts: int = 48,
    rounds: int = 12,
    keep_going: Callable[[], bool] | None = None,
) -> bool:
    """Rejoin and relay through the day, until a whole round helps no more; False if stopped."""
    grid = steps.grid
    if not grid.tasks or not grid.vehicles:
        return True
    for number in range(rounds):
        better = False
        moments = _moments(grid.start_s, cuts, number)
        for earlier, later in _spans(moments):
            if keep_going is not None and not keep_going():
                return False
            better |= steps.rejoin(duties, later)
            better |= steps.relay(duties, earlier, later)
            duties.steps += 2
        better |= steps.rejoin(duties, -NEVER_CUT)
        if not better:
            return True
    return True


def _moments(start_s: Ints, cuts: int, number: int) -> list[int]:
    """Cut times spread over the starts of tasks; each round other ones, every second one backwards."""
    distinct = np.unique(start_s)
    stride = max(1, len(distinct) // cuts)
    chosen = [int(s) for s in distinct[number % stride :: stride]]
    return chosen if number % 2 == 0 else chosen[::-1]


def _spans(moments: Sequence[int]) -> Iterable[tuple[int, int]]:
    for a, b in zip(moments, [*moments[1:], moments[-1] + 1], strict=True):
        yield min(a, b), max(a, b)


def _matched(cost: Floats, weights: Floats, owner: Sequence[int]) -> list[int] | None:
    """Vehicle of each part, -1 for none; None if that is no cheaper than the owners' present parts."""
    parts, vehicles = cost.shape
    full = np.full((parts, vehicles + parts), FORBIDDEN)
    full[:, :vehicles] = cost
    full[np.arange(parts), vehicles + np.arange(parts)] = weights
    columns = np.array([vehicles + i if v < 0 else v for i, v in enumerate(owner)])
    now = float(full[np.arange(parts), columns].sum())
    rows, chosen = linear_sum_assignment(full)
    found = float(full[rows, chosen].sum())
    if found >= now - max(1e-3, 1e-12 * abs(now)):
        return None
    return [int(c) if c < vehicles else -1 for c in chosen]
