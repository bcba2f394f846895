"""A day of cars by column generation: a column is a whole duty of a kind of vehicle, priced as billed.

The linear relaxation over all duties is solved by GLOP, new duties are found by labels over the tasks in
the order of the day (Ribeiro & Soumis 1994); each round gives a Lagrangian lower bound. HiGHS then
chooses whole duties, and where bound and choice still differ, every duty whose reduced cost lies within that
difference is added: the choice among those is proven (Baldacci et al. 2008).
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from ortools.math_opt.python import mathopt

from optimizer.engines.duty_labels import cheapest_ends, onward_costs
from optimizer.engines.rematch import Duties
from optimizer.model import Route, VehicleType
from optimizer.price import route_lines
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
ROUNDING: Final = 5.0
"""Fen by which a bill may be below its unrounded sum: half a fen for each line of a few duties."""
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


@dataclass(frozen=True, slots=True)
class _Column:
    group: int
    tasks: tuple[int, ...]
    fen: int


@dataclass(frozen=True, slots=True)
class _Kinds:
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
    kinds = _kinds(grid, types)
    pool = _Pool(kinds)
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


def _kinds(grid: Grid, types: Sequence[VehicleType]) -> _Kinds:
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
    return _Kinds(
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


class _Pool:
    """Duties found so far, without repetition."""

    def __init__(self, kinds: _Kinds) -> None:
        self.kinds = kinds
        self.columns: list[_Column] = []
        self.known: set[tuple[int, tuple[int, ...]]] = set()

    def add(self, found: Sequence[tuple[int, tuple[int, ...]]]) -> list[_Column]:
        """Price new duties as they are billed and keep those within their vehicle's limits."""
        new = []
        for group, tasks in found:
            if (group, tasks) in self.known:
                continue
            self.known.add((group, tasks))
            fen = _billed(self.kinds, group, tasks)
            if fen is not None:
                new.append(_Column(group, tasks, fen))
        self.columns += new
        return new

    def nearest(self, duals: tuple[Floats, Floats], count: int) -> list[_Column]:
        """So many duties of least reduced cost."""
        return sorted(self.columns, key=lambda c: (_reduced(c, duals), c.group, c.tasks))[:count]

    def near(self, duals: tuple[Floats, Floats], difference: float) -> list[_Column]:
        """Duties that a plan can hold that is no more than `difference` above the bound."""
        return [c for c in self.columns if _reduced(c, duals) <= difference + ROUNDING]


def _reduced(column: _Column, duals: tuple[Floats, Floats]) -> float:
    of_task, of_group = duals
    return float(column.fen - of_task[list(column.tasks)].sum() - of_group[column.group])


def _billed(kinds: _Kinds, group: int, tasks: Sequence[int]) -> int | None:
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


def _duties_of(grid: Grid, duties: Duties) -> list[tuple[int, tuple[int, ...]]]:
    numbers = {int(g): i for i, g in enumerate(np.unique(grid.group))}
    return [(numbers[int(grid.group[v])], tuple(route)) for v, route in enumerate(duties.routes) if route]


def _single(kinds: _Kinds) -> list[tuple[int, tuple[int, ...]]]:
    """Every task alone on every group that can do it."""
    found = set()
    for g, opens_s, closes_s in kinds.free:
        alone = np.isfinite(kinds.out[g]) & (kinds.leave_s[g] >= opens_s) & (kinds.back_s[g] <= closes_s)
        found |= {(g, (int(i),)) for i in np.flatnonzero(alone)}
    return sorted(found)


def _relaxed(pool: _Pool, kinds: _Kinds, weights: Floats) -> tuple[tuple[Floats, Floats], float, int]:
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

    def __init__(self, kinds: _Kinds, weights: Floats) -> None:
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

    def extend(self, columns: Sequence[_Column]) -> None:
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
    kinds: _Kinds, task_duals: Floats, group_duals: Floats
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


def _within_hours(kinds: _Kinds, free: tuple[int, int, int]) -> tuple[Floats, Floats]:
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
    columns: Sequence[_Column], kinds: _Kinds, weights: Floats, known: list[_Column]
) -> tuple[list[_Column], bool]:
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


def _total(chosen: Sequence[_Column], weights: Floats) -> float:
    left = sorted(set(range(len(weights))) - {i for column in chosen for i in column.tasks})
    return sum(column.fen for column in chosen) + float(weights[left].sum())


def _add_within(pool: _Pool, kinds: _Kinds, duals: tuple[Floats, Floats], difference: float) -> bool:
    """Add every duty whose reduced cost is within the difference; False where they are too many."""
    for added, found in enumerate(_within(kinds, *duals, difference)):
        if added >= MOST_ADDED:
            return False
        pool.add([found])
    return True


def _within(
    kinds: _Kinds, task_duals: Floats, group_duals: Floats, difference: float
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


def _duties(grid: Grid, chosen: Sequence[_Column]) -> Duties:
    routes: list[list[int]] = [[] for _ in grid.vehicles]
    free = [[int(v) for v in np.flatnonzero(grid.group == g)] for g in np.unique(grid.group)]
    for column in sorted(chosen, key=lambda c: (c.group, c.tasks)):
        routes[free[column.group].pop(0)] = list(column.tasks)
    left = set(range(len(grid.tasks))) - {i for route in routes for i in route}
    return Duties(routes, left, steps=1)
