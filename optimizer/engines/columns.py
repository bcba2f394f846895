"""A day of cars by column generation: a column is a whole duty of a kind of vehicle, priced as billed.

The linear relaxation over all duties is solved by GLOP, new duties are found by labels over the tasks in
the order of the day (Ribeiro & Soumis 1994); each round gives a Lagrangian lower bound. HiGHS then
chooses whole duties, and where bound and choice still differ, every duty whose reduced cost lies within that
difference is added: the choice among those is proven (Baldacci et al. 2008).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from ortools.math_opt.python import mathopt

from optimizer.engines.duty_labels import cheapest_ends, onward_costs
from optimizer.engines.duty_pool import ROUNDING, Column, Kinds, Pool, kinds_of
from optimizer.engines.rematch import Duties
from optimizer.model import VehicleType
from optimizer.tasks import Grid

__all__ = ["Best", "solve"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS: Final = 400
"""Rounds of pricing at most."""
STALLED: Final = 0.02
"""Fen that a round may leave between master and bound to be the last."""
PER_GROUP: Final = 8
"""New duties of one group per round at most."""
NODES: Final = 3_000
"""Branch-and-bound nodes of HiGHS."""
FIRST: Final = 8
"""Duties per task among which the first choice is made."""
MOST_ADDED: Final = 30_000
"""Duties within the difference that are worth adding for a proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """A plan and how good it is proven to be.

    Parameters
    ----------
    bound
        Lower bound on cost in fen plus the weights of what is left out.
    proven
        Nothing is better, up to the rounding of cost lines to fen.
    work
        Rounds of pricing.
    """

    duties: Duties
    bound: float
    proven: bool
    work: int


def solve(grid: Grid, types: Sequence[VehicleType], weights: Floats, start: Duties) -> Best:
    """Improve a plan and bound it.

    Parameters
    ----------
    types
        Of each vehicle of the grid.
    weights
        Of leaving a task out, in fen (`rematch.task_weights`).
    start
        A plan to begin with; the result is never worse.
    """
    kinds = kinds_of(grid, types)
    pool = Pool(kinds)
    known = pool.add(_duties_of(grid, start))
    pool.add(_single(kinds))
    duals, bound, rounds = _relaxed(pool, kinds, weights)
    best, proven = _chosen(pool.nearest(duals, FIRST * len(weights)), kinds, weights, known)
    difference = _total(best, weights) - bound
    if difference > STALLED:
        proven = _add_within(pool, kinds, duals, difference + ROUNDING)
        if proven:
            near = pool.near(duals, difference + ROUNDING)
            best, proven = _chosen(near, kinds, weights, best)
    total = _total(best, weights)
    return Best(
        duties=_duties(grid, best),
        bound=total if proven else min(bound, total),
        proven=proven,
        work=rounds,
    )


def _duties_of(grid: Grid, duties: Duties) -> list[tuple[int, tuple[int, ...]]]:
    numbers = {int(g): i for i, g in enumerate(np.unique(grid.group))}
    return [(numbers[int(grid.group[v])], tuple(route)) for v, route in enumerate(duties.routes) if route]


def _single(kinds: Kinds) -> list[tuple[int, tuple[int, ...]]]:
    """Every task alone on every group that can do it."""
    found = set()
    for g, opens_s, closes_s in kinds.free:
        alone = np.isfinite(kinds.out[g]) & (kinds.leave_s[g] >= opens_s) & (kinds.back_s[g] <= closes_s)
        found |= {(g, (int(i),)) for i in np.flatnonzero(alone)}
    return sorted(found)


def _relaxed(pool: Pool, kinds: Kinds, weights: Floats) -> tuple[tuple[Floats, Floats], float, int]:
    """Solve the linear relaxation; dual values of tasks and groups, the best bound, and the rounds."""
    master = _Master(kinds, weights)
    master.extend(pool.columns)
    bound, duals = -np.inf, (np.zeros(len(weights)), np.zeros(len(kinds.counts)))
    for number in range(1, ROUNDS + 1):
        value, task_duals, group_duals = master.solve()
        found, least = _priced(kinds, task_duals, group_duals)
        lower = float(task_duals.sum() + (kinds.counts * (group_duals + np.minimum(0.0, least))).sum())
        if lower > bound:
            bound, duals = lower, (task_duals, group_duals + np.minimum(0.0, least))
        new = pool.add(found)
        if not new or value - bound <= STALLED:
            return duals, bound, number
        master.extend(new)
    return duals, bound, ROUNDS


class _Master:
    """The relaxation over the duties known so far, kept warm between rounds."""

    def __init__(self, kinds: Kinds, weights: Floats) -> None:
        self.lp = pywraplp.Solver.CreateSolver("GLOP")
        infinity = self.lp.infinity()
        self.cover = [self.lp.Constraint(1.0, infinity) for _ in weights]
        self.most = [self.lp.Constraint(-infinity, float(count)) for count in kinds.counts]
        self.goal = self.lp.Objective()
        for row, weight in zip(self.cover, weights, strict=True):
            left_out = self.lp.NumVar(0.0, infinity, "")
            row.SetCoefficient(left_out, 1.0)
            self.goal.SetCoefficient(left_out, float(weight))
        self.goal.SetMinimization()

    def extend(self, columns: Sequence[Column]) -> None:
        """Add duties."""
        for column in columns:
            x = self.lp.NumVar(0.0, self.lp.infinity(), "")
            self.goal.SetCoefficient(x, float(column.fen))
            self.most[column.group].SetCoefficient(x, 1.0)
            for i in column.tasks:
                self.cover[i].SetCoefficient(x, 1.0)

    def solve(self) -> tuple[float, Floats, Floats]:
        """Value, dual values of tasks (none negative) and of groups (none positive)."""
        self.lp.Solve()
        tasks = np.array([max(0.0, row.dual_value()) for row in self.cover])
        groups = np.array([min(0.0, row.dual_value()) for row in self.most])
        return self.goal.Value(), tasks, groups


def _priced(
    kinds: Kinds, task_duals: Floats, group_duals: Floats
) -> tuple[list[tuple[int, tuple[int, ...]]], Floats]:
    """Duties of negative reduced cost, the best of each group by last task, and each group's least."""
    found: list[tuple[int, tuple[int, ...]]] = []
    least = np.full(len(kinds.counts), np.inf)
    for free in kinds.free:
        g = free[0]
        out, home = _within_hours(kinds, free)
        total, label, came_from, came_label = cheapest_ends(
            kinds.link[g], out, home, kinds.leave_s[g], kinds.back_s[g], task_duals, kinds.duty[g]
        )
        total = total - group_duals[g]
        least[g] = min(least[g], total.min(initial=np.inf))
        ends = np.argsort(total, kind="stable")[:PER_GROUP]
        found += [(g, _chain(came_from, came_label, e, label[e])) for e in ends if total[e] < -1e-6]
    return found, least


def _within_hours(kinds: Kinds, free: tuple[int, int, int]) -> tuple[Floats, Floats]:
    """Costs of starts and ends of duties inside one free interval."""
    g, opens_s, closes_s = free
    out = np.where(kinds.leave_s[g] >= opens_s, kinds.out[g], np.inf)
    home = np.where(kinds.back_s[g] <= closes_s, kinds.home[g], np.inf)
    return out, home


def _chain(came_from: Ints, came_label: Ints, task: int, label: int) -> tuple[int, ...]:
    """Follow the labels back."""
    chain: list[int] = []
    while task >= 0:
        chain.append(int(task))
        task, label = came_from[task, label], came_label[task, label]
    return tuple(reversed(chain))


def _chosen(
    columns: Sequence[Column], kinds: Kinds, weights: Floats, known: list[Column]
) -> tuple[list[Column], bool]:
    """Choose the best whole duties, `known` where the search ends before; and whether that is proven."""
    model = mathopt.Model()
    take = [model.add_binary_variable() for _ in columns]
    left = [model.add_binary_variable() for _ in weights]
    covering: list[list[mathopt.Variable]] = [[out] for out in left]
    of_group: list[list[mathopt.Variable]] = [[] for _ in kinds.counts]
    for column, x in zip(columns, take, strict=True):
        of_group[column.group].append(x)
        for i in column.tasks:
            covering[i].append(x)
    for xs in covering:
        model.add_linear_constraint(mathopt.fast_sum(xs) == 1)
    for xs, count in zip(of_group, kinds.counts, strict=True):
        model.add_linear_constraint(mathopt.fast_sum(xs) <= int(count))
    costs = [c.fen * x for c, x in zip(columns, take, strict=True)]
    costs += [float(w) * x for w, x in zip(weights, left, strict=True)]
    model.minimize(mathopt.fast_sum(costs))
    parameters = mathopt.SolveParameters(
        relative_gap_tolerance=0.0, absolute_gap_tolerance=0.4, node_limit=NODES
    )
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
    proven = result.termination.reason is mathopt.TerminationReason.OPTIMAL
    if not result.has_primal_feasible_solution():
        return known, False
    values = result.variable_values(take)
    found = [column for column, value in zip(columns, values, strict=True) if value > 0.5]
    return (found if _total(found, weights) <= _total(known, weights) else known), proven


def _total(chosen: Sequence[Column], weights: Floats) -> float:
    left = sorted(set(range(len(weights))) - {i for column in chosen for i in column.tasks})
    return sum(column.fen for column in chosen) + float(weights[left].sum())


def _add_within(pool: Pool, kinds: Kinds, duals: tuple[Floats, Floats], difference: float) -> bool:
    """Add every duty whose reduced cost is within the difference; False where they are too many."""
    for added, found in enumerate(_within(kinds, *duals, difference)):
        if added >= MOST_ADDED:
            return False
        pool.add([found])
    return True


def _within(
    kinds: Kinds, task_duals: Floats, group_duals: Floats, difference: float
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Depth first, cut off where even the cheapest way on is too dear: every branch ends in a duty."""
    for free in kinds.free:
        g = free[0]
        out, home = _within_hours(kinds, free)
        reduced = kinds.link[g] - task_duals[None, :]
        starts = out - task_duals
        limit = difference + group_duals[g]
        for f in np.flatnonzero(np.isfinite(starts)):
            ends = home + _duty_fen(kinds.duty[g], kinds.back_s[g] - kinds.leave_s[g, f])
            onward = onward_costs(reduced, ends, int(f))
            if starts[f] + onward[f] > limit:
                continue
            stack: list[tuple[tuple[int, ...], float]] = [((int(f),), float(starts[f]))]
            while stack:
                chain, cost = stack.pop()
                if cost + ends[chain[-1]] <= limit:
                    yield g, chain
                further = cost + reduced[chain[-1]]
                on = np.flatnonzero(further + onward <= limit)
                stack += [((*chain, int(k)), float(further[k])) for k in on]


def _duty_fen(rates: Floats, duty_s: Ints) -> Floats:
    hours = np.maximum(0.0, duty_s - rates[0]) * rates[1]
    return np.asarray(hours + np.maximum(0.0, duty_s - rates[2]) * rates[3])


def _duties(grid: Grid, chosen: Sequence[Column]) -> Duties:
    routes: list[list[int]] = [[] for _ in grid.vehicles]
    free = [[int(v) for v in np.flatnonzero(grid.group == g)] for g in np.unique(grid.group)]
    for column in sorted(chosen, key=lambda c: (c.group, c.tasks)):
        routes[free[column.group].pop(0)] = list(column.tasks)
    left = set(range(len(grid.tasks))) - {i for route in routes for i in route}
    return Duties(routes, left, steps=1)
