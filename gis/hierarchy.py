"""The fast engine: a customizable contraction hierarchy over turns (Dibbelt, Strasser, Wagner 2016).

The elimination order comes from `routingkit_cch` (inertial flow on the roads, so that all states of one road
stay together) and is kept on disk. Over it our own kernels work with one int64 per arc, milliseconds and
decimetres together, because the library's 31-bit weights carry no length, and every answer here needs both.

All states of one road are made neighbours. Then they lie on one way to the root of the elimination tree, and
a place needs one label, whichever direction it sets out in: the cheapest costs to every ancestor. A trip is
the least sum of two labels over their common ancestors, which makes a block of all pairs a run over
contiguous memory.
"""

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gis import compiled, kernels
from gis.costs import NO_WAY, SHUT, Costs
from gis.elimination import Arcs, elimination
from gis.network import RoadNetwork
from gis.search import Anchors, Metric
from gis.turns import TurnGraph

_Ints = NDArray[np.int32]
_MOST_LABELS: Final = 16_384
_ROWS: Final = 1024
_WORTH_A_SWEEP: Final = 500
_COLUMNS: Final = 128
"""Labels of so many ends stay in the processor's cache while all starts of a tile run over them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class _Customised:
    """Costs of edges, of states by rank, and of the arcs that lead up and down."""

    edge_cost: Costs
    cost: Costs
    up: Costs
    down: Costs


class Hierarchy:
    """Searches a turn graph by a customizable contraction hierarchy."""

    name = "cch"

    def __init__(
        self,
        graph: TurnGraph,
        network: RoadNetwork,
        *,
        cache_folder: Path | None = None,
        progress: Callable[[str], None],
    ) -> None:
        with compiled.compiling(*kernels.FILES) as new:
            if new:
                progress("首次使用，正在编译路径算法（约十秒，仅一次）")
            self._prepare(graph, network, cache_folder, progress)
            if new:
                self._compile()

    def _prepare(
        self,
        graph: TurnGraph,
        network: RoadNetwork,
        cache_folder: Path | None,
        progress: Callable[[str], None],
    ) -> None:
        self._graph = graph
        self._spare: list[tuple[Costs, ...]] = []
        self._made = e = elimination(graph, network, cache_folder, progress)
        self._state_of = np.argsort(e.rank).astype(np.int32)
        self._edge_of = graph.state_edge[self._state_of]
        self._arcs = (
            e.up.first, e.up.head, e.up.turn, e.down.first, e.down.head, e.down.turn,
            e.from_above.first, e.from_above.low, e.from_above.slot, e.from_above.beyond, e.from_above.end,
            e.into_above.first, e.into_above.low, e.into_above.slot, e.into_above.beyond, e.into_above.end,
        )  # fmt: skip

    def _compile(self) -> None:
        """Use every kernel once, so that no question asked later waits for the compiler."""
        edges = self._graph.state_edge[:1]
        metric = self.metric(np.ones(len(self._graph.edge_start), np.int64))
        point = Anchors(
            first=np.array([0, 1], np.int32), state=np.array([0], np.int32), cost=np.array([0], np.int64)
        )
        self.block(metric, point, point)
        self.pairs(metric, point, point)
        self.route(metric, point, point)
        self.sweep(metric, point.state, point.cost)
        self.changed(metric, edges, np.array([2], np.int64))

    @property
    def size(self) -> tuple[int, int, int]:
        """Number of states, of arcs, and the depth of the elimination tree."""
        e = self._made
        return len(e.rank), len(e.up.head) + len(e.down.head), int(e.depth.max()) + 1

    def metric(self, edge_cost: Costs) -> Metric:
        """See `gis.search.Search`."""
        cost = edge_cost[self._edge_of]
        up, down = np.empty(len(self._made.up.head), np.int64), np.empty(len(self._made.down.head), np.int64)
        kernels.customise(*self._arcs, cost, up, down, np.ones(len(cost), np.bool_))
        return _Customised(edge_cost=edge_cost, cost=cost, up=up, down=down)

    def changed(self, metric: Metric, edges: _Ints, cost: Costs) -> Metric:
        """See `gis.search.Search`."""
        made = self._copy(_own(metric))
        made.edge_cost[edges] = cost
        first, beyond = self._graph.edge_first[edges], self._graph.edge_first[edges + 1]
        ranks = self._made.rank[self._graph.edge_states[_ranges(first, beyond)]]
        made.cost[ranks] = made.edge_cost[self._edge_of[ranks]]
        kernels.customise(*self._arcs, made.cost, made.up, made.down, self._stale(ranks))
        return made

    def _copy(self, metric: _Customised) -> _Customised:
        """Copy into the memory of a copy that nobody holds any more, if there is one.

        New memory costs many times the copying: the system hands it out page by page.
        """
        from_arrays = metric.edge_cost, metric.cost, metric.up, metric.down
        arrays = self._spare.pop() if self._spare else tuple(np.empty_like(a) for a in from_arrays)
        for to, array in zip(arrays, from_arrays, strict=True):
            np.copyto(to, array)
        edge_cost, cost, up, down = arrays
        made = _Customised(edge_cost=edge_cost, cost=cost, up=up, down=down)
        weakref.finalize(made, self._spare.append, arrays)
        return made

    def _stale(self, ranks: _Ints) -> NDArray[np.bool_]:
        """States at the lower ends of the turns that leave some states."""
        stale = np.zeros(len(self._made.rank), np.bool_)
        stale[ranks] = True
        above = self._made.from_above
        stale[above.low[_ranges(above.first[ranks], above.first[ranks + 1])]] = True
        return stale

    def block(self, metric: Metric, starts: Anchors, ends: Anchors) -> Costs:
        """See `gis.search.Search`."""
        made, e = _own(metric), self._made
        if len(ends) == 1 and len(starts) > _WORTH_A_SWEEP:
            return self._to_one(made, starts, ends)
        costs = np.empty((len(starts), len(ends)), np.int64)
        for column in _tiles(len(ends), _MOST_LABELS):
            end_label, end_low = self._labels(e.down, made.down, ends.take(column))
            order = np.argsort(end_low, kind="stable")
            end_label, end_low = end_label[order], end_low[order]
            for row in _tiles(len(starts), _ROWS):
                label, low = self._labels(e.up, made.up, starts.take(row))
                for some in _tiles(len(column), _COLUMNS):
                    near = slice(some[0], some[-1] + 1)
                    tile = np.empty((len(row), len(some)), np.int64)
                    kernels.block(e.parent, e.depth, label, low, end_label[near], end_low[near], tile)
                    costs[row[0] : row[-1] + 1, column[order[near]]] = tile
        return costs

    def pairs(self, metric: Metric, starts: Anchors, ends: Anchors) -> Costs:
        """See `gis.search.Search`."""
        made, e = _own(metric), self._made
        out = np.empty(len(starts), np.int64)
        for some in _tiles(len(starts), _MOST_LABELS):
            label, low = self._labels(e.up, made.up, starts.take(some))
            end_label, end_low = self._labels(e.down, made.down, ends.take(some))
            out[some] = kernels.paired(e.parent, e.depth, label, low, end_label, end_low)
        return out

    def route(self, metric: Metric, starts: Anchors, ends: Anchors) -> tuple[int, tuple[int, ...]]:
        """See `gis.search.Search`."""
        made, e = _own(metric), self._made
        ahead, ahead_from, low = self._climbed(e.up, made.up, starts)
        back, back_from, end_low = self._climbed(e.down, made.down, ends)
        count = kernels.shared_depth(e.parent, e.depth, low, end_low)
        total = ahead[:count] + back[:count]
        meet = int(total.argmin())
        if total[meet] >= NO_WAY:
            return SHUT, ()
        there = kernels.chain(ahead_from, meet, low, e.parent, e.depth)
        onward = kernels.chain(back_from, meet, end_low, e.parent, e.depth)
        packed = np.concatenate((there, onward[-2::-1]))
        ranks, count = kernels.unpacked(*self._arcs, made.cost, made.up, made.down, packed)
        return int(total[meet]), tuple(self._state_of[ranks[:count]].tolist())

    def sweep(self, metric: Metric, states: _Ints, costs: Costs) -> Costs:
        """See `gis.search.Search`."""
        made, e = _own(metric), self._made
        cost = np.full(len(e.rank), SHUT, np.int64)
        np.minimum.at(cost, e.rank[states], costs)
        kernels.sweep(e.up.first, e.up.head, made.up, e.down.first, e.down.head, made.down, cost)
        return np.asarray(cost[e.rank])

    def _to_one(self, made: _Customised, starts: Anchors, end: Anchors) -> Costs:
        """Costs from many starts to one end, by spreading over all states from the end backwards."""
        e = self._made
        cost = np.full(len(e.rank), SHUT, np.int64)
        np.minimum.at(cost, e.rank[end.state], end.cost)
        kernels.sweep(e.down.first, e.down.head, made.down, e.up.first, e.up.head, made.up, cost)
        by_state = cost[e.rank[starts.state]] + starts.cost
        return np.asarray(np.minimum.reduceat(by_state, starts.first[:-1])[:, None])

    def _labels(self, arcs: Arcs, weight: Costs, points: Anchors) -> tuple[Costs, _Ints]:
        e = self._made
        state = e.rank[points.state]
        label = np.empty((len(points), int(e.depth[state].max()) + 1), np.int64)
        low = np.empty(len(points), np.int32)
        kernels.labels(
            arcs.first,
            arcs.head_depth,
            weight,
            e.parent,
            e.depth,
            points.first,
            state,
            points.cost,
            label,
            low,
        )
        return label, low

    def _climbed(self, arcs: Arcs, weight: Costs, point: Anchors) -> tuple[Costs, _Ints, int]:
        """Label of one point, where its values came from, and the lowest state of the point."""
        e = self._made
        state = e.rank[point.state]
        low = int(state.min())
        label = np.full(e.depth[low] + 1, SHUT, np.int64)
        came_from = np.full(len(label), -1, np.int32)
        np.minimum.at(label, e.depth[state], point.cost)
        kernels.climb(arcs.first, arcs.head_depth, weight, e.parent, e.depth, low, label, came_from)
        return label, came_from, low


def _own(metric: Metric) -> _Customised:
    if not isinstance(metric, _Customised):
        message = f"expected a metric made by this engine, got {type(metric).__name__}"
        raise TypeError(message)
    return metric


def _tiles(count: int, size: int) -> list[NDArray[np.intp]]:
    """Cut the numbers below `count` into runs of at most `size`."""
    return [np.arange(i, min(i + size, count)) for i in range(0, count, size)]


def _ranges(first: NDArray[Any], beyond: NDArray[Any]) -> NDArray[np.intp]:
    """All numbers of several ranges, one after the other."""
    first, count = first.astype(np.intp), beyond.astype(np.intp) - first
    at = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum())
    return np.asarray(at, np.intp)
