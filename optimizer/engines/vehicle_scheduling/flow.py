"""The cheapest flow through the tasks: the optimum of one group, a relaxation of several.

Every task takes one unit in and sends one out; a unit that goes from its entry to its exit leaves it out
(Bertossi, Carraresi & Gallo 1987). With several groups each arc has the cost of the cheapest of them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from optimizer.engines.vehicle_scheduling.values import Network

__all__ = ["Flow", "cheapest_flow", "reduced_costs"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SOURCE, SINK, FIRST = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Arcs:
    tail: Ints
    head: Ints
    cost: Ints
    capacity: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flow:
    """Rows of tasks, one per unit of flow, tasks left out, and the cost with those."""

    chains: tuple[tuple[int, ...], ...]
    left: tuple[int, ...]
    cost: int
    arcs: _Arcs
    flows: Ints


def cheapest_flow(network: Network) -> Flow:
    """Find the cheapest flow of as many units as there are vehicles.

    Raises
    ------
    ArithmeticError
        Where costs are too large for whole numbers of 64 bits.
    """
    arcs = _arcs(network)
    n = network.tasks
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, arcs.capacity, arcs.cost)
    supplies = np.zeros(FIRST + 2 * n, np.int64)
    supplies[SOURCE], supplies[SINK] = network.counts.sum(), -network.counts.sum()
    supplies[FIRST : FIRST + n], supplies[FIRST + n :] = -1, 1
    solver.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        message = f"the flow through {n} tasks ended with {status}; expected costs below 2^61 altogether"
        raise ArithmeticError(message)
    flows = solver.flows(np.arange(len(arcs.tail)))
    chains, left = _read(n, arcs, flows)
    return Flow(chains=chains, left=left, cost=solver.optimal_cost(), arcs=arcs, flows=flows)


def _arcs(network: Network) -> _Arcs:
    n = network.tasks
    entries, exits = FIRST + np.arange(n), FIRST + n + np.arange(n)
    out, home = _least(network.out, network.may), _least(network.home, network.may)
    i, j, link = _links(network)
    first, last = np.flatnonzero(out >= 0), np.flatnonzero(home >= 0)
    tail = [np.full(len(first), SOURCE), exits[i], exits[last], exits, [SOURCE]]
    head = [entries[first], entries[j], np.full(len(last), SINK), entries, [SINK]]
    cost = [out[first], link, home[last], network.penalty, [0]]
    whole = [np.concatenate([np.asarray(part, np.int64) for part in parts]) for parts in (tail, head, cost)]
    capacity = np.ones(len(whole[0]), np.int64)
    capacity[-1] = network.counts.sum()
    return _Arcs(tail=whole[0], head=whole[1], cost=whole[2], capacity=capacity)


def _least(costs: Ints, may: NDArray[np.bool_]) -> Ints:
    """Cheapest over the groups; −1 where none may."""
    never = np.iinfo(np.int64).max
    least = np.where(may, costs, never).min(axis=0)
    return np.where(least == never, -1, least)


def _links(network: Network) -> tuple[Ints, Ints, Ints]:
    """Pairs that some group may serve one after the other, and the least cost of that."""
    never = np.iinfo(np.int64).max
    best = np.full((network.tasks, network.tasks), never) if len(network.link) > 1 else None
    for p, link in enumerate(network.link):
        may = network.may[network.table == p].astype(np.float32)
        possible = (link >= 0) & ((may.T @ may) > 0)
        if best is None:
            i, j = np.nonzero(possible)
            return i, j, link[i, j]
        best = np.where(possible, np.minimum(best, link), best)
    if best is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    i, j = np.nonzero(best < never)
    return i, j, best[i, j]


def _read(n: int, arcs: _Arcs, flows: Ints) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    used = flows > 0
    begins = arcs.head[used & (arcs.tail == SOURCE) & (arcs.head != SINK)] - FIRST
    linked = used & (arcs.tail >= FIRST + n) & (arcs.head != SINK)
    after = dict(zip(arcs.tail[linked] - FIRST - n, arcs.head[linked] - FIRST, strict=True))
    chains = []
    for task in sorted(int(t) for t in begins):
        chain = [task]
        while chain[-1] in after:
            chain.append(int(after[chain[-1]]))
        chains.append(tuple(chain))
    return tuple(chains), tuple(sorted(int(i) for i, j in after.items() if i == j))


def reduced_costs(network: Network, flow: Flow) -> tuple[Floats, Ints, Ints]:
    """Reduced costs of the arcs of the flow, with the task before and after each (−1: the base).

    The potentials are shortest distances in the residual network, by Bellman and Ford.
    """
    n, arcs = network.tasks, flow.arcs
    open_, used = flow.flows < arcs.capacity, flow.flows > 0
    tail = np.concatenate([arcs.tail[open_], arcs.head[used]])
    head = np.concatenate([arcs.head[open_], arcs.tail[used]])
    cost = np.concatenate([arcs.cost[open_], -arcs.cost[used]])
    order = np.argsort(head, kind="stable")
    tail, cost = tail[order], cost[order]
    heads, firsts = np.unique(head[order], return_index=True)
    potential = np.zeros(FIRST + 2 * n, np.int64)
    while True:
        nearer = potential.copy()
        nearer[heads] = np.minimum(nearer[heads], np.minimum.reduceat(potential[tail] + cost, firsts))
        if np.array_equal(nearer, potential):
            break
        potential = nearer
    between = (arcs.tail != SOURCE) | (arcs.head != SINK)
    between &= arcs.tail - n != arcs.head
    tail, head, cost = arcs.tail[between], arcs.head[between], arcs.cost[between]
    reduced = (cost + potential[tail] - potential[head]).astype(np.float64)
    return reduced, np.where(tail == SOURCE, -1, tail - FIRST - n), np.where(head == SINK, -1, head - FIRST)
