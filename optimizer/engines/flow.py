"""Vehicle scheduling as a flow: each unit of flow is a vehicle's day through tasks at fixed times.

With vehicles that are all alike the minimum-cost flow *is* the best plan (Bertossi, Carraresi & Gallo 1987);
with several kinds and bases it is a relaxation: who serves a task may change on the way, so its cost bounds
every plan from below. Costs that are not linear (overtime, included kilometres) are bounded from below too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from optimizer.model import CostRates, VehicleType
from optimizer.tasks import Grid

__all__ = ["Flow", "solve"]

Ints = NDArray[np.int64]

UNITS_PER_FEN: Final = 18_000
"""Least common multiple of 1,000 m and 3,600 s: every cost is a whole number of units."""
LARGEST: Final = 2**61


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A cheapest flow.

    Parameters
    ----------
    chains
        Tasks in a row, one chain per used unit of flow, with the number of the group it starts from.
    left
        Tasks without flow.
    fen
        Cost of the flow without the weights of what is left, in fen.
    lexicographic
        Whether the weights of what is left are large enough to put classes strictly before cost.
    """

    chains: tuple[tuple[int, tuple[int, ...]], ...]
    left: tuple[int, ...]
    fen: float
    lexicographic: bool


@dataclass(frozen=True, slots=True)
class _Arcs:
    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints


def solve(grid: Grid, types: Sequence[VehicleType], must: Sequence[int] | None = None) -> Flow | None:
    """Find the cheapest flow through the tasks; None where tasks that must be served cannot all be.

    Parameters
    ----------
    types
        Of each vehicle of the grid.
    must
        Tasks to be served, no others; None serves what can be, by class, penalty and then cost.
    """
    tasks = np.arange(len(grid.tasks)) if must is None else np.array(sorted(must), np.int64)
    if not len(tasks) or not len(grid.vehicles):
        return Flow(chains=(), left=tuple(int(t) for t in tasks), fen=0.0, lexicographic=True)
    leaders, counts, kinds = _groups(grid, types)
    costs = _Costs(grid, leaders, kinds, tasks)
    weights, strict = costs.weights(grid) if must is None else (None, True)
    network = _network(costs, counts, weights)
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.capacity, network.cost)
    nodes = _Nodes(len(leaders), len(tasks))
    supplies = np.zeros(nodes.count, np.int64)
    supplies[nodes.source], supplies[nodes.sink] = int(counts.sum()), -int(counts.sum())
    supplies[nodes.entries], supplies[nodes.exits] = -1, 1
    solver.set_nodes_supplies(np.arange(nodes.count), supplies)
    if solver.solve() != solver.OPTIMAL:
        return None
    flows = solver.flows(np.arange(len(network.tail)))
    return _read(nodes, network, flows, tasks, weights, strict)


class _Nodes:
    """Numbers of nodes: source, sink, groups, then a point where a task is taken up and one where it is done.

    Serving is forced by supply: every task takes one unit in and sends one out, so only links carry choice.
    """

    def __init__(self, groups: int, tasks: int) -> None:
        self.source, self.sink = 0, 1
        self.groups = 2 + np.arange(groups)
        self.entries = 2 + groups + np.arange(tasks)
        self.exits = 2 + groups + tasks + np.arange(tasks)
        self.count = 2 + groups + 2 * tasks


def _groups(grid: Grid, types: Sequence[VehicleType]) -> tuple[Ints, Ints, list[VehicleType]]:
    _, leaders, counts = np.unique(grid.group, return_index=True, return_counts=True)
    return leaders, counts.astype(np.int64), [types[v] for v in leaders]


class _Costs:
    """Linear costs in units that never exceed the true ones; -1 where a pair cannot be."""

    def __init__(self, grid: Grid, leaders: Ints, kinds: Sequence[VehicleType], tasks: Ints) -> None:
        rates = [k.rates for k in kinds]
        self.tasks = tasks
        self.may = grid.may[leaders][:, tasks]
        p = grid.profile[leaders]
        km = np.array([_per_m(r) for r in rates])
        hour = np.array([_per_s(r) for r in rates])
        fixed = np.array([(r.vehicle_used_fen + r.per_trip_fen) * UNITS_PER_FEN for r in rates])
        start_s = grid.start_s[tasks]
        out, home = grid.out_base[leaders], grid.home_base[leaders]
        leave_s = np.where(self.may, grid.out.at_s[out][:, tasks], 0)
        back_s = np.where(self.may, grid.home.at_s[home][:, tasks], 0)
        end_s = np.where(self.may, grid.end_s[p][:, tasks], 0)
        work = grid.task_m[p][:, tasks] * km[:, None] + (end_s - start_s[None, :]) * hour[:, None]
        out_cost = grid.out.metres[out][:, tasks] * km[:, None] + (start_s[None, :] - leave_s) * hour[:, None]
        home_cost = grid.home.metres[home][:, tasks] * km[:, None] + (back_s - end_s) * hour[:, None]
        single = len(leaders) == 1
        self.work = work[0] if single else np.where(self.may, work, LARGEST).min(axis=0)
        self.out = np.where(self.may, out_cost + fixed[:, None], -1)
        self.home = np.where(self.may, home_cost, LARGEST).min(axis=0)
        self.link = self._links(grid, p, km, hour)

    def _links(self, grid: Grid, profile: Ints, km: Ints, hour: Ints) -> Ints:
        """Cheapest over the kinds of vehicle that may serve both ends; -1 where none can."""
        n = len(self.tasks)
        best = np.full((n, n), LARGEST, np.int64)
        kinds: dict[tuple[int, int, int], list[int]] = {}
        for g in range(len(profile)):
            kinds.setdefault((int(profile[g]), int(km[g]), int(hour[g])), []).append(g)
        for (p, per_m, per_s), members in kinds.items():
            may = self.may[members]
            both = (may.T.astype(np.float32) @ may.astype(np.float32)) > 0
            metres = grid.link.metres[p][np.ix_(self.tasks, self.tasks)]
            gap_s = grid.start_s[self.tasks][None, :] - grid.end_s[p][self.tasks][:, None]
            possible = both & grid.link.possible[p][np.ix_(self.tasks, self.tasks)]
            best = np.where(possible, np.minimum(best, metres * per_m + gap_s * per_s), best)
        return np.where(best == LARGEST, -1, best)

    def weights(self, grid: Grid) -> tuple[Ints, bool]:
        """Weights of leaving out, classes strictly before cost where the numbers are large enough for it."""
        dearest = int(self.out.max(initial=0)) + int(self.link.max(initial=0))
        dearest += int(np.where(self.home < LARGEST, self.home, 0).max(initial=0))
        dearest += int(np.where(self.work < LARGEST, self.work, 0).max(initial=0))
        unit, strict = (dearest + 1) * (len(self.tasks) + 1), True
        limit = LARGEST // (8 * (2 * len(self.tasks) + 2 + len(self.may)))
        weights = np.zeros(len(self.tasks), np.int64)
        chosen = [grid.tasks[t] for t in self.tasks]
        for priority in sorted({t.priority for t in chosen}, reverse=True):
            members = [i for i, t in enumerate(chosen) if t.priority is priority]
            least = max(1, min(chosen[i].unserved_penalty_fen for i in members))
            for i in members:
                weight = unit * max(least, chosen[i].unserved_penalty_fen) // least
                strict &= weight <= limit
                weights[i] = min(weight, limit)
            unit += int(weights[members].sum())
        return weights, strict


def _per_m(rates: CostRates) -> int:
    per_km = rates.toll_per_km_fen + (0 if rates.included_m else rates.per_km_fen)
    return per_km * UNITS_PER_FEN // 1_000


def _per_s(rates: CostRates) -> int:
    return 0 if rates.included_s else rates.per_hour_fen * UNITS_PER_FEN // 3_600


def _network(costs: _Costs, counts: Ints, weights: Ints | None) -> _Arcs:
    """Arcs in a fixed order: depot to groups, groups to tasks, task to task, home, idle, left out."""
    groups, n = len(counts), len(costs.tasks)
    nodes = _Nodes(groups, n)
    can = (costs.may.any(axis=0)) & (costs.home < LARGEST)
    g, j = np.nonzero((costs.out >= 0) & can[None, :])
    a, b = np.nonzero((costs.link >= 0) & can[:, None] & can[None, :])
    at_home = np.flatnonzero(can)
    work = np.where(can, costs.work, 0)
    parts = [
        (np.full(groups, nodes.source), nodes.groups, counts, np.zeros(groups, np.int64)),
        (nodes.groups[g], nodes.entries[j], np.ones(len(g), np.int64), costs.out[g, j] + work[j]),
        (nodes.exits[a], nodes.entries[b], np.ones(len(a), np.int64), costs.link[a, b] + work[b]),
        (
            nodes.exits[at_home],
            np.full(len(at_home), nodes.sink),
            np.ones(len(at_home), np.int64),
            costs.home[at_home],
        ),
        (np.array([nodes.source]), np.array([nodes.sink]), np.array([counts.sum()]), np.zeros(1, np.int64)),
    ]
    if weights is not None:
        parts.append((nodes.exits, nodes.entries, np.ones(n, np.int64), weights))
    return _Arcs(*(np.concatenate([part[k] for part in parts]).astype(np.int64) for k in range(4)))


def _read(
    nodes: _Nodes, network: _Arcs, flows: Ints, tasks: Ints, weights: Ints | None, strict: bool
) -> Flow:
    """Follow the flow from each group through its tasks."""
    used = np.flatnonzero(flows > 0)
    offset = {int(e): i for i, e in enumerate(nodes.entries)}
    exits = {int(e): i for i, e in enumerate(nodes.exits)}
    left: list[int] = []
    following: dict[int, int] = {}
    starts: list[tuple[int, int]] = []
    for arc in used:
        tail, head = int(network.tail[arc]), int(network.head[arc])
        if head not in offset:
            continue
        to = offset[head]
        if tail in exits and exits[tail] == to:
            left.append(to)
        elif tail in exits:
            following[exits[tail]] = to
        else:
            starts.append((tail - int(nodes.groups[0]), to))
    chains = []
    for group, first in sorted(starts):
        chain = [first]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        chains.append((group, tuple(int(tasks[i]) for i in chain)))
    units = int((flows[used] * network.cost[used]).sum())
    if weights is not None:
        units -= int(weights[left].sum())
    return Flow(
        chains=tuple(chains),
        left=tuple(int(tasks[i]) for i in left),
        fen=units / UNITS_PER_FEN,
        lexicographic=strict,
    )
