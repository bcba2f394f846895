"""From places on roads to answers: anchors in the turn graph, and trips within one road done right.

In the turn graph a trip that begins and ends on the same edge looks like standing still. It is one of two
things: straight on, when the end lies ahead, or out of the edge and around to it again. Both are weighed
here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gis.costs import NO_WAY, SHUT, Costs, part_costs
from gis.network import RoadNetwork
from gis.search import Anchors, Metric, Search
from gis.snapping import Snap
from gis.turns import TurnGraph

_Ints = NDArray[np.int32]
_Places = NDArray[np.intp]
_ZERO = np.zeros(1, np.intp)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spots:
    """Snapped points in arrays.

    Point `i` lies on edges `edge[first[i]:first[i + 1]]`, at the same positions
    of `offset_m` along them, all of road (shape) `road[i]`.
    """

    first: _Ints
    edge: _Ints
    offset_m: NDArray[np.float64]
    road: _Ints

    def __len__(self) -> int:
        return len(self.road)

    def take(self, point: int) -> Self:
        """Return one of the points alone."""
        own = slice(self.first[point], self.first[point + 1])
        return type(self)(
            first=np.array([0, own.stop - own.start], np.int32),
            edge=self.edge[own],
            offset_m=self.offset_m[own],
            road=self.road[point : point + 1],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trips:
    """Asks an engine for trips between snapped points."""

    network: RoadNetwork
    graph: TurnGraph
    search: Search

    def costs(self, metric: Metric, origins: Spots, destinations: Spots) -> Costs:
        """int64[origins, destinations]: cheapest costs, at least `NO_WAY` where there is no way."""
        starts, ends = self._starts(metric, origins), self._ends(metric, destinations)
        cost = self.search.block(metric, starts, ends)
        row, column = _same_road(origins, destinations)
        if len(row):
            cost[row, column] = self._within_roads(metric, origins, destinations, row, column)
        return cost

    def route(self, metric: Metric, origin: Spots, destination: Spots) -> tuple[int, tuple[int, ...]]:
        """Cost and edges of the cheapest trip between two single points; `()` if there is none."""
        ends = self._ends(metric, destination)
        if origin.road[0] != destination.road[0]:
            cost, states = self.search.route(metric, self._starts(metric, origin), ends)
            return cost, tuple(self.graph.state_edge[list(states)].tolist())
        _, a, b = _options(origin, destination, _ZERO, _ZERO)
        straight = self._straight(metric, origin, destination, a, b)
        at = int(np.argmin(straight))
        best, edges = int(straight[at]), (int(origin.edge[a[at]]),)
        for edge, rest in zip(origin.edge.tolist(), self._rest(metric, origin).tolist(), strict=True):
            for state in self._onward(edge) if rest < best else ():
                cost, states = self.search.route(metric, _single(state, rest), ends)
                if cost < best:
                    best, edges = cost, (edge, *self.graph.state_edge[list(states)].tolist())
        return best, edges if best < NO_WAY else ()

    def reach(self, metric: Metric, origin: Spots) -> Costs:
        """int64[m]: cheapest cost from one point to the beginning of every edge.

        The value of an edge on which the point itself lies is that of coming back to its beginning.
        """
        state, cost = [], []
        for edge, rest in zip(origin.edge.tolist(), self._rest(metric, origin).tolist(), strict=True):
            onward = self._onward(edge)
            state.append(onward)
            cost.append(np.full(len(onward), rest, np.int64))
        by_state = self.search.sweep(metric, np.concatenate(state), np.concatenate(cost))
        by_edge = np.full(self.network.edge_count, SHUT, np.int64)
        np.minimum.at(by_edge, self.graph.state_edge, by_state)
        return by_edge

    def _starts(self, metric: Metric, spots: Spots) -> Anchors:
        state = self.graph.edge_start[spots.edge]
        part = self._part(metric, spots)
        return Anchors(first=spots.first, state=state, cost=np.where(part < NO_WAY, -part, SHUT))

    def _ends(self, metric: Metric, spots: Spots) -> Anchors:
        begin = self.graph.edge_first[spots.edge]
        count = self.graph.edge_first[spots.edge + 1] - begin
        total = np.append(0, np.cumsum(count))
        at = np.arange(total[-1]) + np.repeat(begin - total[:-1], count)
        return Anchors(
            first=total[spots.first].astype(np.int32),
            state=self.graph.edge_states[at],
            cost=np.repeat(self._part(metric, spots), count),
        )

    def _part(self, metric: Metric, spots: Spots) -> Costs:
        length_m = self.network.edge_length_m[spots.edge]
        return part_costs(metric.edge_cost[spots.edge], spots.offset_m, length_m)

    def _rest(self, metric: Metric, spots: Spots) -> Costs:
        """Return what driving out of each edge costs; `SHUT` where it is shut."""
        whole = metric.edge_cost[spots.edge]
        return np.where(whole < NO_WAY, whole - self._part(metric, spots), SHUT)

    def _onward(self, edge: int) -> _Ints:
        """States that may follow when a trip begins on the edge."""
        start = self.graph.edge_start[edge]
        return self.graph.arc_head[self.graph.arc_first[start] : self.graph.arc_first[start + 1]]

    def _straight(self, metric: Metric, origins: Spots, destinations: Spots, a: _Places, b: _Places) -> Costs:
        """Cost of driving straight on from option `a` to option `b`; `SHUT` where that is not possible."""
        before, after = self._part(metric, origins)[a], self._part(metric, destinations)[b]
        ahead = (origins.edge[a] == destinations.edge[b]) & (origins.offset_m[a] <= destinations.offset_m[b])
        return np.where(ahead & (before < NO_WAY), after - before, SHUT)

    def _within_roads(
        self, metric: Metric, origins: Spots, destinations: Spots, row: _Places, column: _Places
    ) -> Costs:
        """Cheapest costs of pairs that share a road: straight on, or out and around."""
        pair, a, b = _options(origins, destinations, row, column)
        best = np.full(len(row), SHUT, np.int64)
        np.minimum.at(best, pair, self._straight(metric, origins, destinations, a, b))
        rest, part = self._rest(metric, origins)[a], self._part(metric, destinations)[b]
        worth = rest + part < best[pair]
        pair, rest, part = pair[worth], rest[worth], part[worth]
        if len(pair):
            around = self._around(metric, origins.edge[a[worth]], destinations.edge[b[worth]])
            np.minimum.at(best, pair, rest + around + part)
        return best

    def _around(self, metric: Metric, leaving: _Ints, entering: _Ints) -> Costs:
        """Cost from the end of one edge to the beginning of another through at least one turn."""
        key = leaving.astype(np.int64) * self.network.edge_count + entering
        distinct, inverse = np.unique(key, return_inverse=True)
        out, into = np.divmod(distinct, self.network.edge_count)
        onward = [self._onward(edge) for edge in out.tolist()]
        count = np.array([len(states) for states in onward])
        begin = np.cumsum(count) - count
        zero = np.zeros(len(distinct))
        starts = _singles(np.concatenate(onward), np.zeros(count.sum(), np.int64))
        spots = Spots(
            first=np.arange(len(distinct) + 1, dtype=np.int32),
            edge=into.astype(np.int32),
            offset_m=zero,
            road=self.network.edge_shape[into],
        )
        ends = self._ends(metric, spots).take(np.repeat(np.arange(len(distinct)), count))
        return np.minimum.reduceat(self.search.pairs(metric, starts, ends), begin)[inverse]


def spots_of(network: RoadNetwork, snaps: Sequence[Snap]) -> Spots:
    """Lay snapped places out in arrays."""
    count = [len(snap.edges) for snap in snaps]
    edge = np.array([e for snap in snaps for e in snap.edges], np.int32)
    first = np.append(0, np.cumsum(count)).astype(np.int32)
    return Spots(
        first=first,
        edge=edge,
        offset_m=np.array([offset for snap in snaps for offset in snap.offsets_m], np.float64),
        road=network.edge_shape[edge[first[:-1]]],
    )


def _same_road(origins: Spots, destinations: Spots) -> tuple[_Places, _Places]:
    """Every pair of an origin and a destination on one road."""
    by_road = np.argsort(destinations.road, kind="stable")
    begin = np.searchsorted(destinations.road[by_road], origins.road, side="left")
    count = np.searchsorted(destinations.road[by_road], origins.road, side="right") - begin
    row, within = _repeated(count)
    return row, by_road[begin[row] + within]


def _options(
    origins: Spots, destinations: Spots, row: _Places, column: _Places
) -> tuple[_Places, _Places, _Places]:
    """Every combination of an edge to begin on and one to end on: the pair and both options' positions."""
    from_first, to_first = origins.first[row], destinations.first[column]
    from_count, to_count = origins.first[row + 1] - from_first, destinations.first[column + 1] - to_first
    pair, within = _repeated(from_count * to_count)
    i, j = np.divmod(within, to_count[pair])
    return pair, (from_first[pair] + i).astype(np.intp), (to_first[pair] + j).astype(np.intp)


def _repeated(count: _Places) -> tuple[_Places, _Places]:
    """Position `i` as often as `count[i]` says, and the running number within each."""
    position = np.repeat(np.arange(len(count)), count)
    return position, np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)


def _singles(state: _Ints, cost: Costs) -> Anchors:
    return Anchors(first=np.arange(len(state) + 1, dtype=np.int32), state=state, cost=cost)


def _single(state: int, cost: int) -> Anchors:
    return _singles(np.array([state], np.int32), np.array([cost], np.int64))
