"""Dijkstra's algorithm by scipy: slow, simple, always there. The fallback, and the oracle of the tests."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis.costs import NO_WAY, SHUT, Costs, decimetres, milliseconds, packed
from gis.search import Anchors, Metric
from gis.turns import TurnGraph

_Ints = NDArray[np.int32]
_LENGTH_UNITS: Final = 1 << 24
"""float64 holds 2**53: with 24 bits of decimetres (1,677 km), 29 bits of milliseconds (149 h) stay exact."""
_ROWS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Matrix:
    edge_cost: Costs
    turns: Any


class Dijkstra:
    """Searches a turn graph by `scipy.sparse.csgraph.dijkstra`."""

    name = "scipy"

    def __init__(self, graph: TurnGraph) -> None:
        self._graph = graph

    def metric(self, edge_cost: Costs) -> Metric:
        """See `gis.search.Search`."""
        graph = self._graph
        cost = edge_cost[graph.state_edge[graph.arc_tail]]
        exact = (milliseconds(cost) * _LENGTH_UNITS + decimetres(cost)).astype(np.float64)
        weight = np.where(cost < NO_WAY, exact, np.inf)
        shape = (graph.state_count, graph.state_count)
        turns = csr_array((weight, graph.arc_head, graph.arc_first), shape=shape)
        return _Matrix(edge_cost=edge_cost, turns=turns)

    def changed(self, metric: Metric, edges: _Ints, cost: Costs) -> Metric:
        """See `gis.search.Search`."""
        edge_cost = metric.edge_cost.copy()
        edge_cost[edges] = cost
        return self.metric(edge_cost)

    def block(self, metric: Metric, starts: Anchors, ends: Anchors) -> Costs:
        """See `gis.search.Search`."""
        states, column = np.unique(ends.state, return_inverse=True)
        rows = self._from_states(metric, starts.state, states)[:, column]
        by_start = np.minimum.reduceat(rows + starts.cost[:, None], starts.first[:-1], axis=0)
        return np.asarray(np.minimum.reduceat(by_start + ends.cost, ends.first[:-1], axis=1))

    def pairs(self, metric: Metric, starts: Anchors, ends: Anchors) -> Costs:
        """See `gis.search.Search`."""
        one_by_one = (np.array([i]) for i in range(len(starts)))
        costs = [self.block(metric, starts.take(i), ends.take(i))[0, 0] for i in one_by_one]
        return np.array(costs, np.int64)

    def route(self, metric: Metric, starts: Anchors, ends: Anchors) -> tuple[int, tuple[int, ...]]:
        """See `gis.search.Search`."""
        turns = _turns(metric)
        far, before = dijkstra(turns, indices=starts.state, return_predecessors=True)
        total = _costs(far[:, ends.state]) + starts.cost[:, None] + ends.cost
        row, column = np.unravel_index(int(np.argmin(total)), total.shape)
        best = int(total[row, column])
        if best >= NO_WAY:
            return best, ()
        states = [int(ends.state[column])]
        while states[-1] != starts.state[row]:
            states.append(int(before[row, states[-1]]))
        return best, tuple(reversed(states))

    def sweep(self, metric: Metric, states: _Ints, costs: Costs) -> Costs:
        """See `gis.search.Search`."""
        far = dijkstra(_turns(metric), indices=states)
        return np.asarray((_costs(far) + costs[:, None]).min(axis=0))

    def _from_states(self, metric: Metric, sources: _Ints, targets: _Ints) -> Costs:
        distinct, row = np.unique(sources, return_inverse=True)
        turns = _turns(metric)
        parts = (distinct[i : i + _ROWS] for i in range(0, len(distinct), _ROWS))
        return np.concatenate([_costs(dijkstra(turns, indices=part)[:, targets]) for part in parts])[row]


def _turns(metric: Metric) -> Any:
    if not isinstance(metric, _Matrix):
        message = f"expected a metric made by this engine, got {type(metric).__name__}"
        raise TypeError(message)
    return metric.turns


def _costs(far: NDArray[np.float64]) -> Costs:
    finite = np.isfinite(far)
    whole = np.where(finite, far, 0.0).astype(np.int64)
    return np.where(finite, packed(whole // _LENGTH_UNITS, whole % _LENGTH_UNITS), SHUT)
