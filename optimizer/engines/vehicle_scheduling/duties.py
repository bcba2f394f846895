"""The linear relaxation over whole duties: for costs that depend on hours, included metres or limits.

A duty is a column (Ribeiro & Soumis 1994): GLOP solves the relaxation over the duties known, `layers` finds
better ones at its dual values, and any dual values give a Lagrangian bound. Prices are asked halfway between
the best so far and GLOP's own, which calms them (Wentges 1997). What stands at one base is relaxed first:
its duties and dual values begin the whole.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from optimizer.engines.vehicle_scheduling.day import Day, billed, unrounded
from optimizer.engines.vehicle_scheduling.layers import Span, Tables, spans_of, sweep, tables_of

__all__ = ["Duty", "KeepGoing", "Pool", "Relaxed", "Worth", "parts_of", "proven_worth", "relax"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Duty = tuple[int, tuple[int, ...]]
"""Group, and tasks in order."""
KeepGoing = Callable[[], bool]

ROUNDS: Final = 400
"""Rounds of pricing at most."""
LAYERS: Final = 600
"""Times of leaving told apart at most; more are bounded from below."""
LAYERED: Final = 600_000_000
"""Tasks × tasks × layers of one sweep at most: on large days fewer times of leaving are told apart."""
FEWEST_LAYERS: Final = 16
STALLED: Final = 10
STILL: Final = 0.5
"""Where so many rounds together gain less than this share of the tolerance, there is nothing left to gain."""
PER_SPAN: Final = 40
"""New duties of a group in one free interval and round at most."""
NEGATIVE: Final = 1e-3
"""Reduced cost in fen below which a duty is new."""
CALM: Final = 0.5
"""Share of the best dual values so far in those that are asked."""
SOFT: Final = 2.0
"""What leaving a task out costs at first, in bills of doing it alone: the true penalty only where it must."""
FIRST_GROUPS: Final = 4
"""Groups, the cheapest, that a task's first duties are of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worth:
    """Worth of doing each task `[n]`, at least 0, and of a vehicle of each group `[k]`, at most 0, in fen.

    No duty costs less than its tasks and its vehicle are worth, so on any tasks the worths add up to a bound.
    """

    task: Floats
    group: Floats

    def bound(self, day: Day) -> float:
        """Bound on cost and penalties of every plan."""
        return float(self.task.sum() + (day.counts * self.group).sum())

    def reduced(self, duty: Duty, cost: float) -> float:
        """Say what a duty costs more than it is worth."""
        return float(cost - self.task[list(duty[1])].sum() - self.group[duty[0]])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxed:
    """Best worths, the parts of duties in the last solution, rounds, and whether it came to its end."""

    worth: Worth
    share: dict[Duty, float]
    rounds: int
    finished: bool


class Pool:
    """Duties found so far: their bills in whole fen, −1 beyond a limit, and their costs before rounding."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.fen: dict[Duty, int] = {}
        self.cost: dict[Duty, float] = {}

    def add(self, found: Iterable[Duty]) -> list[Duty]:
        """Bill what is new and return it, without what is beyond a limit."""
        new = [duty for duty in dict.fromkeys(found) if duty not in self.fen]
        if not new:
            return []
        lengths = np.array([self.day.length(*duty) for duty in new])
        groups = np.array([group for group, _ in new])
        fen = billed(self.day.rates, groups, lengths[:, 0], lengths[:, 1])
        cost = unrounded(self.day.rates, groups, lengths[:, 0], lengths[:, 1])
        self.fen |= dict(zip(new, fen.tolist(), strict=True))
        self.cost |= dict(zip(new, cost.tolist(), strict=True))
        return [duty for duty in new if self.fen[duty] >= 0]


def relax(day: Day, pool: Pool, *, tolerance: float, keep_going: KeepGoing | None = None) -> Relaxed:
    """Solve the relaxation, base by base and then as a whole.

    Parameters
    ----------
    tolerance
        Share of the cost of all duties that the value may be above the bound.
    keep_going
        Asked every round; False ends with the best so far.
    """
    single = _singles(day, pool)
    worth = None
    if len(np.unique(day.base)) > 1:
        worth = _by_base(day, pool, tolerance, keep_going)
    first = [duty for duties in single.values() for duty in duties[:FIRST_GROUPS]]
    first += [duty for duty, fen in pool.fen.items() if fen >= 0 and len(duty[1]) > 1]
    return _relaxed(day, pool, first, worth, tolerance, keep_going)


def _singles(day: Day, pool: Pool) -> dict[int, list[Duty]]:
    """List the duties of one task alone by task, the cheapest first."""
    pool.add(_alone(spans_of(day)))
    single: dict[int, list[Duty]] = {}
    for duty in sorted((d for d, fen in pool.fen.items() if fen >= 0), key=lambda d: (pool.cost[d], d)):
        if len(duty[1]) == 1:
            single.setdefault(duty[1][0], []).append(duty)
    return single


def parts_of(day: Day) -> list[tuple[Ints, Ints]]:
    """Tasks and groups of each base: a task belongs where it is done cheapest alone."""
    single = _singles(day, Pool(day))
    nearest = np.array([day.base[single[i][0][0]] if i in single else -1 for i in range(day.tasks)])
    parts = [
        (np.flatnonzero(nearest == base), np.flatnonzero(day.base == base)) for base in np.unique(day.base)
    ]
    return [part for part in parts if len(part[0])]


def proven_worth(day: Day, worth: Worth) -> Worth:
    """Lower the worth of vehicles until no duty costs less than it is worth."""
    tables, least = tables_of(day), np.zeros(day.groups)
    for span in spans_of(day):
        total = sweep(tables[span.table], span, worth.task, _layers_for(day)).total
        least[span.group] = min(least[span.group], float(total.min()) - worth.group[span.group])
    return Worth(task=worth.task, group=worth.group + least)


def _layers_for(day: Day) -> int:
    return max(FEWEST_LAYERS, min(LAYERS, LAYERED // day.tasks**2))


def _alone(spans: Iterable[Span]) -> Iterator[Duty]:
    """Every task alone, on every group that can do it."""
    for span in spans:
        for i in np.flatnonzero(np.isfinite(span.first) & np.isfinite(span.home)):
            yield span.group, (int(i),)


def _by_base(day: Day, pool: Pool, tolerance: float, keep_going: KeepGoing | None) -> Worth:
    """Relax what each base does cheapest by itself; its duties go into the pool."""
    worth = Worth(task=np.zeros(day.tasks), group=np.zeros(day.groups))
    for tasks, groups in parts_of(day):
        part = day.part(tasks, groups)
        own = Pool(part)
        first = list(own.add(_alone(spans_of(part))))
        found = _relaxed(part, own, first, None, tolerance, keep_going)
        worth.task[tasks], worth.group[groups] = found.worth.task, found.worth.group
        pool.add((int(groups[g]), tuple(int(tasks[i]) for i in chain)) for g, chain in own.fen)
    return worth


def _relaxed(
    day: Day,
    pool: Pool,
    first: Sequence[Duty],
    centre: Worth | None,
    tolerance: float,
    keep_going: KeepGoing | None,
) -> Relaxed:
    """Generate columns from some first duties on; prices begin near the centre."""
    tables, spans = tables_of(day), spans_of(day)
    master = _Master(day, pool, first)
    best, bound, rounds, finished = centre, -np.inf, 0, True
    values = [np.inf]
    while rounds < ROUNDS:
        rounds += 1
        value, own = master.solve()
        found, new = best, list[Duty]()
        for calm in (CALM, 0.0) if best is not None else (0.0,):
            asked = own if best is None else _between(best, own, calm)
            found, new = _priced(pool, tables, spans, asked, own, master)
            if found.bound(day) > bound:
                best, bound = found, found.bound(day)
            if new:
                break
        if keep_going is not None and not keep_going():
            finished = False
            break
        duties_fen = value - master.charged()
        values.append(value)
        moving = values[max(0, len(values) - STALLED)] - value > STILL * tolerance * duties_fen
        wide = bool(new) and moving and value - bound > tolerance * duties_fen
        if not wide:
            if not master.harden():
                break
            values = [np.inf]
        master.extend(new)
    assert best is not None  # noqa: S101 - a first round was done, or there was a centre
    return Relaxed(worth=best, share=master.share(), rounds=rounds, finished=finished)


def _between(best: Worth, own: Worth, calm: float) -> Worth:
    return Worth(
        task=calm * best.task + (1 - calm) * own.task, group=calm * best.group + (1 - calm) * own.group
    )


def _priced(
    pool: Pool,
    tables: Sequence[Tables],
    spans: Sequence[Span],
    asked: Worth,
    own: Worth,
    master: "_Master",
) -> tuple[Worth, list[Duty]]:
    """Lower the worth of vehicles to what is proven; duties that cost less than the master's own worths."""
    day, layers, least = pool.day, _layers_for(pool.day), np.zeros(pool.day.groups)
    found: list[Duty] = []
    for span in spans:
        swept = sweep(tables[span.table], span, asked.task, layers)
        total = swept.total - asked.group[span.group]
        least[span.group] = min(least[span.group], float(total.min()))
        seen, number = np.zeros(day.tasks, np.bool_), 0
        for last in np.argsort(total, kind="stable"):
            if total[last] > -NEGATIVE or number == PER_SPAN:
                break
            if not seen[last]:
                chain = swept.chain(int(last))
                seen[list(chain)] = True
                found.append((span.group, chain))
                number += 1
    pool.add(found)
    new = [
        duty
        for duty in dict.fromkeys(found)
        if duty not in master.columns
        and pool.fen[duty] >= 0
        and own.reduced(duty, pool.cost[duty]) < -NEGATIVE
    ]
    return Worth(task=asked.task, group=asked.group + least), new


class _Master:
    """The relaxation over the duties known so far, kept warm between rounds."""

    def __init__(self, day: Day, pool: Pool, first: Sequence[Duty]) -> None:
        self.penalty, self.pool = day.penalty, pool
        self.lp: Any = pywraplp.Solver.CreateSolver("GLOP")
        # Without this GLOP begins each round anew.
        self.lp.SetSolverSpecificParametersAsString("use_preprocessing:false")
        infinity = self.lp.infinity()
        self.done = [self.lp.Constraint(1.0, infinity) for _ in day.penalty]
        self.used = [self.lp.Constraint(-infinity, float(count)) for count in day.counts]
        self.goal = self.lp.Objective()
        self.goal.SetMinimization()
        self.columns: dict[Duty, Any] = {}
        self.left = [self.lp.NumVar(0.0, infinity, "") for _ in day.penalty]
        for row, left in zip(self.done, self.left, strict=True):
            row.SetCoefficient(left, 1.0)
        cheapest = np.full(day.tasks, np.inf)
        for duty in first:
            tasks = list(duty[1])
            cheapest[tasks] = np.minimum(cheapest[tasks], pool.cost[duty])
        self.soft = np.minimum(self.penalty, SOFT * np.where(np.isfinite(cheapest), cheapest, self.penalty))
        self._charge(np.arange(day.tasks))
        self.extend(first)

    def _charge(self, tasks: Ints) -> None:
        for i in tasks:
            self.goal.SetCoefficient(self.left[i], float(self.soft[i]))

    def extend(self, duties: Iterable[Duty]) -> None:
        """Add duties."""
        for duty in duties:
            group, tasks = duty
            x = self.lp.NumVar(0.0, self.lp.infinity(), "")
            self.columns[duty] = x
            self.goal.SetCoefficient(x, self.pool.cost[duty])
            self.used[group].SetCoefficient(x, 1.0)
            for i in tasks:
                self.done[i].SetCoefficient(x, 1.0)

    def solve(self) -> tuple[float, Worth]:
        """Value and worths."""
        status = self.lp.Solve()
        if status != pywraplp.Solver.OPTIMAL:
            message = f"the relaxation over duties ended with status {status}; expected an optimum"
            raise ArithmeticError(message)
        task = np.array([max(0.0, row.dual_value()) for row in self.done])
        group = np.array([min(0.0, row.dual_value()) for row in self.used])
        return self.goal.Value(), Worth(task=np.minimum(task, self.penalty), group=group)

    def charged(self) -> float:
        """Penalties in the value of the last solution."""
        left_out: float = sum(
            x.solution_value() * fen for x, fen in zip(self.left, self.soft.tolist(), strict=True)
        )
        return left_out

    def harden(self) -> bool:
        """Charge the true penalty for what is left out in the last solution; False where it is already."""
        left = np.array([x.solution_value() for x in self.left])
        soft = np.flatnonzero((left > NEGATIVE) & (self.soft < self.penalty))
        self.soft[soft] = self.penalty[soft]
        self._charge(soft)
        return bool(len(soft))

    def share(self) -> dict[Duty, float]:
        """Give the part of each duty in the last solution."""
        values = {duty: x.solution_value() for duty, x in self.columns.items()}
        return {duty: value for duty, value in values.items() if value > NEGATIVE}
