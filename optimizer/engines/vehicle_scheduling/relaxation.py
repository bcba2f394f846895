"""The linear relaxation: flows of all groups side by side, over the arcs that cheap duties need.

A restricted network is solved by GLOP; the cheapest duties at its dual values bring the arcs that it lacks
(Löbel 1998; column generation for extended formulations, Sadykov & Vanderbeck 2013), so that the duties found
recombine freely. Any dual values give a Lagrangian bound; at the end it meets the value of the relaxation.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from optimizer.engines.vehicle_scheduling.flow import Flow, reduced_costs
from optimizer.engines.vehicle_scheduling.pricing import Duals, Links, Ways, links_of, paths, ways
from optimizer.engines.vehicle_scheduling.values import Network

__all__ = ["Relaxed", "relax"]

Floats = NDArray[np.float64]

FIRST_ARCS: Final = 3
"""Arcs per task to begin with, those of least reduced cost in the flow."""
ROUNDS: Final = 200
"""Rounds of pricing at most."""
NEGATIVE: Final = 1e-6
"""Reduced cost, as a share of the dearest way out, below which a duty is worth its arcs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxed:
    """Best dual values with bound and ways of every group; the part of each task a group has `[k, n]`."""

    bound: float
    duals: Duals
    ways: tuple[Ways, ...]
    share: Floats
    rounds: int


def relax(network: Network, flow: Flow, *, until: float = float("inf")) -> Relaxed:
    """Solve the linear relaxation over all duties.

    Parameters
    ----------
    until
        Moment of `time.monotonic` after which no round begins.
    """
    tables, master = links_of(network), _Master(network)
    _first_arcs(network, flow, master)
    best: Relaxed | None = None
    rounds = 0
    while rounds < ROUNDS:
        rounds += 1
        value, duals = master.solve()
        share = master.share()
        found = _priced(network, tables, duals)
        if best is None or found.bound > best.bound:
            best = found
        limit = -NEGATIVE * float(network.out.max())
        added = sum(
            master.add(g, chain)
            for g, w in enumerate(found.ways)
            for chain in paths(w, float(duals.group[g]) + limit)
        )
        if not added or value - best.bound < 0.01:
            break
        if time.monotonic() > until:
            break
    assert best is not None  # noqa: S101 - at least one round was done
    return replace(best, share=share, rounds=rounds)


def _priced(network: Network, tables: tuple[Links, ...], duals: Duals) -> Relaxed:
    """Sweep every group, lower the worth of its vehicles to what is proven, and add up the bound."""
    swept = tuple(ways(network, tables[network.table[g]], g, duals.task) for g in range(network.groups))
    least = np.array([w.through.min(initial=0.0) for w in swept])
    proven = Duals(task=duals.task, group=np.minimum(np.minimum(0.0, duals.group), least))
    bound = float(proven.task.sum() + (network.counts * proven.group).sum())
    return Relaxed(bound=bound, duals=proven, ways=swept, share=np.zeros(network.may.shape), rounds=0)


def _first_arcs(network: Network, flow: Flow, master: "_Master") -> None:
    """Arcs of the cheapest flow and those nearly as good, for every group."""
    reduced, tail, head = reduced_costs(network, flow)
    few = min(len(reduced), FIRST_ARCS * network.tasks) - 1
    near = reduced <= np.partition(reduced, few)[few] if few >= 0 else reduced < 0
    for group in range(network.groups):
        for i, j in zip(tail[near], head[near], strict=True):
            master.add_arc(group, int(i), int(j))
        for chain in flow.chains:
            master.add(group, chain)


class _Master:
    """Flows of the groups over the arcs so far; what is left out costs its penalty."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        # Without this GLOP begins each round anew: 2 to 4 times slower.
        self.solver.SetSolverSpecificParametersAsString("use_preprocessing:false")
        self.most = self.solver.infinity()
        self.objective = self.solver.Objective()
        self.objective.SetMinimization()
        self.served = [self.solver.Constraint(1.0, 1.0) for _ in range(network.tasks)]
        self.used = [self.solver.Constraint(-self.most, float(count)) for count in network.counts]
        # What comes to a task on a vehicle of a group goes on from it.
        self.kept = [[self.solver.Constraint(0.0, 0.0) for _ in row] for row in network.may]
        self.arcs: dict[tuple[int, int, int], Any] = {}
        for row, penalty in zip(self.served, network.penalty, strict=True):
            row.SetCoefficient(self._variable(int(penalty)), 1.0)

    def _variable(self, cost: int) -> Any:
        variable = self.solver.NumVar(0.0, self.most, "")
        self.objective.SetCoefficient(variable, float(cost))
        return variable

    def add(self, group: int, chain: Iterable[int]) -> int:
        """Add the arcs of a duty; how many are new."""
        return sum(self.add_arc(group, i, j) for i, j in pairwise((-1, *chain, -1)))

    def add_arc(self, group: int, i: int, j: int) -> bool:
        """Add the way from one task to another (−1: the base), where the group has it."""
        cost = self._cost(group, i, j)
        if cost < 0 or (group, i, j) in self.arcs:
            return False
        self.arcs[group, i, j] = variable = self._variable(cost)
        if i < 0:
            self.used[group].SetCoefficient(variable, 1.0)
        else:
            self.kept[group][i].SetCoefficient(variable, -1.0)
        if j >= 0:
            self.kept[group][j].SetCoefficient(variable, 1.0)
            self.served[j].SetCoefficient(variable, 1.0)
        return True

    def _cost(self, group: int, i: int, j: int) -> int:
        net = self.network
        if (i >= 0 and not net.may[group, i]) or (j >= 0 and not net.may[group, j]):
            return -1
        if i < 0:
            return int(net.out[group, j])
        return int(net.home[group, i] if j < 0 else net.link[net.table[group], i, j])

    def share(self) -> Floats:
        """Give the part of each task that each group serves in the last solution."""
        share = np.zeros(self.network.may.shape)
        for (group, _, j), variable in self.arcs.items():
            if j >= 0:
                share[group, j] += variable.solution_value()
        return share

    def solve(self) -> tuple[float, Duals]:
        """Value and dual values; a task is never worth more than its penalty."""
        status = self.solver.Solve()
        if status != pywraplp.Solver.OPTIMAL:
            message = f"the linear relaxation ended with status {status}; expected an optimum"
            raise ArithmeticError(message)
        worth = np.array([row.dual_value() for row in self.served])
        group = np.array([row.dual_value() for row in self.used])
        return self.objective.Value(), Duals(task=np.minimum(worth, self.network.penalty), group=group)
