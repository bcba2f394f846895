"""Walking: metres on foot from homes to stops, up to a limit, over a network read with `kind="walk"`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from gis.matrix import UNREACHABLE
from gis.network import RoadNetwork
from gis.places import Place
from gis.snapping import EdgeIndex, Snap
from gis.speeds import allowed_edges

_ROWS: Final = 128
_NOTHING_M: Final = 1e-6  # sparse graphs drop arcs of length zero
_ISLAND_SHARE: Final = 0.01

_Array = NDArray[np.float64]
_Ints = NDArray[np.int64]


class Walking:
    """Distances on foot over one network.

    Parameters
    ----------
    network
        Read with `kind="walk"`. Pieces with less than 1 % of its nodes (a path in a courtyard that joins
        nothing) are left out, so that nobody starts from an island.
    """

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        usable = _connected(network, allowed_edges(network, "foot"))
        self._index = EdgeIndex(network, usable)
        self._arcs = _shortest_arcs(network, np.flatnonzero(usable))

    def distances(self, homes: Sequence[Place], stops: Sequence[Place], limit_m: float) -> NDArray[np.int32]:
        """Metres on foot from each home to each stop; `UNREACHABLE` beyond the limit.

        Straight from the home to the nearest footway, along footways, and straight from there to the stop:
        all three count. Rounded to whole metres after the limit was applied.

        Parameters
        ----------
        homes, stops
            WGS-84.
        limit_m
            Longest walk looked for; places further than this from any footway are reached by nobody.

        Returns
        -------
        int32[h, s].

        Raises
        ------
        CoordinateError
            For coordinates that are not numbers, out of range or swapped.
        """
        starts, ends = self._anchors(homes, limit_m), self._anchors(stops, limit_m)
        metres = np.full((len(homes), len(stops)), np.inf)
        if len(starts.place) and len(ends.place):
            near = self._between(starts, ends, limit_m)
            np.minimum(near, _along_one_edge(starts, ends, near.shape), out=near)
            near += starts.away_m[:, None] + ends.away_m
            metres[np.ix_(starts.row, ends.row)] = near
        return np.where(metres <= limit_m, np.rint(metres), UNREACHABLE).astype(np.int32)

    def nearest(self, place: Place, limit_m: float) -> Snap | None:
        """Find where a place is nearest to a way that people walk; None where none is within the limit."""
        snaps, _ = self._index.snap([place], max_distance_m=limit_m)
        return snaps[0] if snaps else None

    def _anchors(self, places: Sequence[Place], limit_m: float) -> "_Anchors":
        snaps, _ = self._index.snap(places, max_distance_m=limit_m)
        return _anchors(self.network, snaps, _rows(places, snaps))

    def _between(self, starts: "_Anchors", ends: "_Anchors", limit_m: float) -> _Array:
        """Along the footways from start to end, by searches from whichever side has fewer places."""
        tail, head, length = self._arcs
        out = (self.network.edge_to[starts.edge], starts.length_m - starts.offset_m)
        into = (self.network.edge_from[ends.edge], ends.offset_m)
        n = self.network.node_count
        if len(starts.row) <= len(ends.row):
            return _searched((tail, head, length), (starts, *out), (ends, *into), n, limit_m)
        return _searched((head, tail, length), (ends, *into), (starts, *out), n, limit_m).T


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Anchors:
    """`p` places on the network, and their points on directed edges: those of place `i` have `place == i`.

    `row` says which place of the caller it is.
    """

    row: list[int]
    away_m: _Array
    place: _Ints
    edge: _Ints
    offset_m: _Array
    length_m: _Array


def _rows(places: Sequence[Place], snaps: Sequence[Snap]) -> list[int]:
    """Which place each snap belongs to: they come in the same order, without those that were too far."""
    rows: list[int] = []
    for row, place in enumerate(places):
        if len(rows) < len(snaps) and snaps[len(rows)].place is place:
            rows.append(row)
    return rows


def _anchors(network: RoadNetwork, snaps: Sequence[Snap], rows: list[int]) -> _Anchors:
    edge = np.array([e for snap in snaps for e in snap.edges], np.int64)
    return _Anchors(
        row=rows,
        away_m=np.array([snap.distance_m for snap in snaps], np.float64),
        place=np.repeat(np.arange(len(snaps)), [len(snap.edges) for snap in snaps]),
        edge=edge,
        offset_m=np.array([offset for snap in snaps for offset in snap.offsets_m], np.float64),
        length_m=network.edge_length_m[edge],
    )


def _searched(
    arcs: tuple[_Ints, _Ints, _Array],
    sources: tuple[_Anchors, NDArray[np.int32], _Array],
    targets: tuple[_Anchors, NDArray[np.int32], _Array],
    node_count: int,
    limit_m: float,
) -> _Array:
    """Dijkstra from an extra node for each source, joined to the nodes where its edges begin or end."""
    tail, head, length = arcs
    source, source_node, source_m = sources
    target, target_node, target_m = targets
    size = node_count + len(source.row)
    graph = csr_array(
        (
            np.concatenate((length, np.maximum(source_m, _NOTHING_M))),
            (np.concatenate((tail, node_count + source.place)), np.concatenate((head, source_node))),
        ),
        shape=(size, size),
    )
    found = np.empty((len(source.row), len(target.row)))
    first = np.searchsorted(target.place, np.arange(len(target.row)))
    for begin in range(0, len(found), _ROWS):
        chosen = np.arange(begin, min(begin + _ROWS, len(found)))
        reached = dijkstra(graph, indices=node_count + chosen, limit=limit_m)[:, target_node]
        found[chosen] = np.minimum.reduceat(reached + target_m, first, axis=1)
    return found


def _along_one_edge(starts: _Anchors, ends: _Anchors, shape: tuple[int, ...]) -> _Array:
    """Straight along the edge where the end lies ahead of the start on it."""
    direct = np.full(shape, np.inf)
    order = np.argsort(ends.edge, kind="stable")
    first = np.searchsorted(ends.edge[order], starts.edge, side="left")
    last = np.searchsorted(ends.edge[order], starts.edge, side="right")
    for a in np.flatnonzero(last > first).tolist():
        for b in order[first[a] : last[a]].tolist():
            ahead_m = ends.offset_m[b] - starts.offset_m[a]
            pair = starts.place[a], ends.place[b]
            if 0 <= ahead_m < direct[pair]:
                direct[pair] = ahead_m
    return direct


def _connected(network: RoadNetwork, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Usable edges outside the small islands."""
    n = network.node_count
    tail, head = network.edge_from[usable], network.edge_to[usable]
    graph = csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    mainland = np.bincount(label) >= _ISLAND_SHARE * n
    return np.asarray(usable & mainland[label[network.edge_from]])


def _shortest_arcs(network: RoadNetwork, edges: _Ints) -> tuple[_Ints, _Ints, _Array]:
    """Tail, head and length of the shortest edge between each two nodes (sparse graphs add parallels up)."""
    order = edges[
        np.lexsort((network.edge_length_m[edges], network.edge_to[edges], network.edge_from[edges]))
    ]
    tail = network.edge_from[order].astype(np.int64)
    head = network.edge_to[order].astype(np.int64)
    best = np.append(True, (np.diff(tail) != 0) | (np.diff(head) != 0)) if len(order) else np.empty(0, bool)
    length = np.maximum(network.edge_length_m[order][best], _NOTHING_M)
    return tail[best], head[best], np.asarray(length, np.float64)
