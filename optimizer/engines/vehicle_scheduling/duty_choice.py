"""Whole duties chosen among those near the bound: a set partitioning by HiGHS, with its proof.

A plan at most `difference` above the bound uses only duties that cost at most so much more than they are
worth (Baldacci et al. 2008). So the best choice among all of those is the best of all, once the difference is
that of plan and bound; until then it is widened. A large day chooses among the most likely, without a proof.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from optimizer.engines.vehicle_scheduling.day import Day
from optimizer.engines.vehicle_scheduling.duties import Duty, Pool, Relaxed, Worth
from optimizer.engines.vehicle_scheduling.layers import duties_within, spans_of, tables_of

__all__ = ["EXACT_UP_TO", "Choice", "choose"]

Floats = NDArray[np.float64]
Possible = Callable[[Duty], bool]

ROUNDING: Final = 5.0
"""Fen by which a few bills may be below their unrounded sums: half a fen for each line."""
FIRST: Final = 1e-4
"""First difference, as a share of the bound."""
WIDER: Final = 3.0
"""Factor from one difference to the next."""
MOST: Final = 40_000
"""Duties among which a proof is worth its time."""
FEW: Final = 4
"""Duties per task among which the choice is made where there are too many for a proof."""
NODES: Final = 500
"""Branch-and-bound nodes of HiGHS; a tenth of them on a large day."""
EXACT_UP_TO: Final = 64
"""Tasks up to which the choice is made to the last fen."""
NEARLY: Final = 1e-3
"""Share of the cost of the duties that a choice among more tasks may be from the best; on a large day 5 x."""
LARGE: Final = 150
"""Tasks of a large day."""
HEURISTICS: Final = 0.02
"""Share of HiGHS's effort for heuristics: the relaxation is nearly whole."""
WHOLE: Final = 0.4
"""Bills are whole fen: less than half of one is no difference."""
REFUSALS: Final = 20
"""Choices made anew at most because a duty in them cannot be driven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Duties, their bills with the penalties of what is left out, and whether nothing is better."""

    duties: tuple[Duty, ...]
    fen: float
    proven: bool
    nodes: int = 0


def choose(day: Day, pool: Pool, relaxed: Relaxed, possible: Possible, *, whole: bool = True) -> Choice:
    """Choose whole duties.

    Parameters
    ----------
    possible
        Whether a duty can truly be driven; asked only of those chosen.
    whole
        False takes the next best of the relaxation, without a search.
    """
    bound = relaxed.worth.bound(day)
    best = _rounded(day, pool, relaxed, possible)
    cost = sum(part * pool.cost[duty] for duty, part in relaxed.share.items())
    if not whole:
        return best
    if day.tasks > EXACT_UP_TO:
        few = [duty for duty in _few(day, pool, relaxed) if possible(duty)]
        return _better(best, _chosen(day, pool, few, possible, cost))
    difference = max(FIRST * abs(bound), ROUNDING)
    while not best.proven:
        near = _near(day, pool, relaxed.worth, difference)
        if near is None:
            return _better(best, _chosen(day, pool, _few(day, pool, relaxed), possible, cost))
        found = _chosen(day, pool, near, possible, cost)
        proven, best = found.proven, _better(best, found)
        most = _cost(day, pool, best.duties) - bound + ROUNDING
        best = replace(best, proven=proven and difference >= most)
        if not proven or difference >= most:
            break
        difference = min(WIDER * difference, most)
    return best


def _better(a: Choice, b: Choice) -> Choice:
    return replace(b if b.fen <= a.fen else a, nodes=a.nodes + b.nodes, proven=False)


def _rounded(day: Day, pool: Pool, relaxed: Relaxed, possible: Possible) -> Choice:
    """Take duties in the order of their parts in the relaxation, and of what they cost, while they fit."""
    free, used, chosen = np.ones(day.tasks, np.bool_), day.counts.copy(), list[Duty]()
    for duty in sorted(relaxed.share, key=lambda d: (-relaxed.share[d], pool.fen[d], d)):
        group, tasks = duty
        if used[group] and free[list(tasks)].all() and possible(duty):
            free[list(tasks)] = False
            used[group] -= 1
            chosen.append(duty)
    return Choice(duties=tuple(chosen), fen=_total(day, pool, chosen), proven=False)


def _total(day: Day, pool: Pool, chosen: Sequence[Duty]) -> float:
    return sum(pool.fen[duty] for duty in chosen) + _left_out(day, chosen)


def _cost(day: Day, pool: Pool, chosen: Sequence[Duty]) -> float:
    return sum(pool.cost[duty] for duty in chosen) + _left_out(day, chosen)


def _left_out(day: Day, chosen: Sequence[Duty]) -> float:
    left = np.ones(day.tasks, np.bool_)
    for _, tasks in chosen:
        left[list(tasks)] = False
    return float(day.penalty[left].sum())


def _near(day: Day, pool: Pool, worth: Worth, difference: float) -> list[Duty] | None:
    """List every duty within the difference; None where they are too many."""
    tables = tables_of(day)
    found: list[Duty] = []
    for span in spans_of(day):
        limit = difference + float(worth.group[span.group])
        chains = duties_within(tables[span.table], span, worth.task, limit, MOST - len(found))
        if chains is None:
            return None
        found += [(span.group, chain) for chain in chains]
    pool.add(found)
    return [duty for duty in dict.fromkeys(found) if pool.fen[duty] >= 0]


def _few(day: Day, pool: Pool, relaxed: Relaxed) -> list[Duty]:
    """Of the duties known, those of the relaxation and so many that cost least beyond their worth."""
    known = (duty for duty, fen in pool.fen.items() if fen >= 0)
    beyond = {duty: relaxed.worth.reduced(duty, pool.cost[duty]) for duty in known}
    near = sorted(beyond, key=lambda duty: (beyond[duty], duty))[: FEW * day.tasks]
    return list(dict.fromkeys([*relaxed.share, *near]))


def _chosen(day: Day, pool: Pool, duties: Sequence[Duty], possible: Possible, cost: float) -> Choice:
    """Choose the best of these, anew without those that cannot be driven; `cost` is about what they cost."""
    model, take = _model(day, pool, duties)
    exact, large = day.tasks <= EXACT_UP_TO, day.tasks > LARGE
    parameters = mathopt.SolveParameters(
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=WHOLE if exact else max(WHOLE, NEARLY * (5 if large else 1) * cost),
        node_limit=NODES // 10 if large else NODES,
    )
    parameters.highs.double_options["mip_heuristic_effort"] = HEURISTICS
    nodes = 0
    for _ in range(REFUSALS):
        result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
        nodes += max(0, result.solve_stats.node_count)
        if not result.has_primal_feasible_solution():
            break
        values = result.variable_values(list(take.values()))
        chosen = [duty for duty, value in zip(take, values, strict=True) if value > 0.5]
        refused = [duty for duty in chosen if not possible(duty)]
        if not refused:
            proven = exact and result.termination.reason is mathopt.TerminationReason.OPTIMAL
            return Choice(duties=tuple(chosen), fen=_total(day, pool, chosen), proven=proven, nodes=nodes)
        tasks = {i for _, chain in refused for i in chain}
        for duty, x in take.items():
            if not tasks.isdisjoint(duty[1]) and not possible(duty):
                pool.fen[duty] = -1
                x.upper_bound = 0.0
    return Choice(duties=(), fen=math.inf, proven=False, nodes=nodes)


def _model(
    day: Day, pool: Pool, duties: Sequence[Duty]
) -> tuple[mathopt.Model, dict[Duty, mathopt.Variable]]:
    model = mathopt.Model()
    take = {duty: model.add_binary_variable() for duty in duties}
    left = [model.add_binary_variable() for _ in range(day.tasks)]
    done: list[list[mathopt.Variable]] = [[out] for out in left]
    used: list[list[mathopt.Variable]] = [[] for _ in range(day.groups)]
    for (group, tasks), x in take.items():
        used[group].append(x)
        for i in tasks:
            done[i].append(x)
    for xs in done:
        model.add_linear_constraint(mathopt.fast_sum(xs) == 1.0)
    for xs, count in zip(used, day.counts, strict=True):
        model.add_linear_constraint(mathopt.fast_sum(xs) <= float(count))
    for number in np.unique(day.together[day.together >= 0]):
        first, *others = np.flatnonzero(day.together == number)
        for other in others:
            model.add_linear_constraint(left[first] == left[other])
    costs = [pool.fen[duty] * x for duty, x in take.items()]
    costs += [float(penalty) * out for penalty, out in zip(day.penalty, left, strict=True)]
    model.minimize(mathopt.fast_sum(costs))
    return model, take
