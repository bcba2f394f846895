"""Which group serves which task, chosen whole: a mixed-integer flow over the few arcs that can matter.

Any plan at most `difference` above the bound uses only arcs on duties whose reduced cost is within it; the
others are fixed to nothing. Once each task has its group, what remains is one flow per group and whole by
itself, so only that choice is binary: far fewer decisions than arcs.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from optimizer.engines.vehicle_scheduling.pricing import Ways
from optimizer.engines.vehicle_scheduling.relaxation import Relaxed
from optimizer.engines.vehicle_scheduling.values import Network

__all__ = ["Arcs", "Chosen", "choose", "difference_for", "within"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HEURISTICS: Final = 0.02
"""Share of HiGHS's effort for heuristics: the proof is the longer part."""
WHOLE: Final = 0.99
"""Costs are whole numbers: a difference below one is none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arcs:
    """Arcs of all groups (−1: the base), the most that a plan with each is proven to lose on the bound."""

    group: Ints
    tail: Ints
    head: Ints
    loss: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """Group of every task (−1: left out), None where nothing was found; bound on plans of these arcs."""

    owner: Ints | None
    bound: float
    finished: bool
    nodes: int


def within(network: Network, relaxed: Relaxed, difference: float) -> Arcs:
    """List the arcs that plans so near the bound can use."""
    parts = []
    for g, found in enumerate(relaxed.ways):
        for tail, head, loss in _losses(network, g, found, relaxed, difference):
            near = loss <= difference
            parts.append((np.full(int(near.sum()), g), tail[near], head[near], loss[near]))
    group, tail, head, loss = (np.concatenate([part[c] for part in parts]) for c in range(4))
    return Arcs(group=group, tail=tail, head=head, loss=loss)


def _losses(
    network: Network, g: int, found: Ways, relaxed: Relaxed, difference: float
) -> list[tuple[Ints, Ints, Floats]]:
    vehicle = relaxed.duals.group[g]
    tasks = np.flatnonzero(found.through - vehicle <= difference)
    base = np.full(len(tasks), -1)
    out = network.out[g, tasks] + found.on[tasks] - vehicle
    home = found.come[tasks] + network.home[g, tasks] - vehicle
    link = network.link[network.table[g]][np.ix_(tasks, tasks)]
    i, j = np.nonzero(link >= 0)
    between = found.come[tasks[i]] + link[i, j] + found.on[tasks[j]] - vehicle
    return [(base, tasks, out), (tasks, base, home), (tasks[i], tasks[j], between)]


def difference_for(network: Network, relaxed: Relaxed, most: float, arcs: int) -> float:
    """Largest difference, up to a most, that leaves so many arcs."""
    loss = np.sort(within(network, relaxed, most).loss)
    return most if len(loss) <= arcs else max(1.0, float(loss[arcs]))


def choose(
    network: Network, relaxed: Relaxed, difference: float, *, until: float = float("inf"), nodes: int
) -> Chosen:
    """Solve the choice by HiGHS.

    Parameters
    ----------
    until
        Moment of `time.monotonic` at which the best so far is taken.
    nodes
        Branch-and-bound nodes at most.
    """
    arcs = within(network, relaxed, difference)
    model, owns = _model(network, relaxed, arcs, difference)
    parameters = mathopt.SolveParameters(
        relative_gap_tolerance=0.0, absolute_gap_tolerance=WHOLE, node_limit=nodes
    )
    if until < float("inf"):
        parameters.time_limit = timedelta(seconds=max(0.1, until - time.monotonic()))
    parameters.highs.double_options["mip_heuristic_effort"] = HEURISTICS
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
    reason = result.termination.reason
    infeasible = reason is mathopt.TerminationReason.INFEASIBLE
    finished = infeasible or reason is mathopt.TerminationReason.OPTIMAL
    bound = float("inf") if infeasible else result.best_objective_bound()
    owner = None
    if result.has_primal_feasible_solution():
        owner = np.full(network.tasks, -1)
        for (group, task), variable in owns.items():
            if result.variable_values(variable) > 0.5:
                owner[task] = group
    done = result.solve_stats.node_count
    return Chosen(owner=owner, bound=bound, finished=finished, nodes=max(0, done))


def _model(
    network: Network, relaxed: Relaxed, arcs: Arcs, difference: float
) -> tuple[mathopt.Model, dict[tuple[int, int], mathopt.Variable]]:
    model = mathopt.Model()
    costs: list[mathopt.LinearTerm] = []
    used: list[list[mathopt.Variable]] = [[] for _ in network.counts]
    ins: dict[tuple[int, int], list[mathopt.Variable]] = {}
    outs: dict[tuple[int, int], list[mathopt.Variable]] = {}
    for g, i, j in zip(arcs.group.tolist(), arcs.tail.tolist(), arcs.head.tolist(), strict=True):
        x = model.add_variable(lb=0.0, ub=1.0)
        if i < 0:
            used[g].append(x)
            costs.append(float(network.out[g, j]) * x)
        else:
            outs.setdefault((g, i), []).append(x)
            cost = network.home[g, i] if j < 0 else network.link[network.table[g], i, j]
            costs.append(float(cost) * x)
        if j >= 0:
            ins.setdefault((g, j), []).append(x)
    served: list[list[mathopt.Variable]] = [[] for _ in range(network.tasks)]
    owns = {key: model.add_binary_variable() for key in sorted(ins)}
    for (g, i), own in owns.items():
        served[i].append(own)
        model.add_linear_constraint(mathopt.fast_sum(ins[g, i]) == own)
        model.add_linear_constraint(mathopt.fast_sum(outs.get((g, i), ())) == own)
    for i in np.flatnonzero(network.penalty - relaxed.duals.task <= difference):
        left = model.add_binary_variable()
        served[i].append(left)
        costs.append(float(network.penalty[i]) * left)
    for row in served:
        model.add_linear_constraint(mathopt.fast_sum(row) == 1.0)
    for row, count in zip(used, network.counts, strict=True):
        model.add_linear_constraint(mathopt.fast_sum(row) <= float(count))
    model.minimize(mathopt.fast_sum(costs))
    return model, owns
