"""Directed edges between junctions, and what restrictions and corrections ask about them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.read.roads import DrawnRoads
from gis.read.split import Pieces


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edges:
    """Directed edges of a network in the making.

    `m` edges, `n` nodes.

    Parameters
    ----------
    pieces
        The pieces that edges follow.
    piece, against
        int32[m], bool[m]: the piece of each edge, and whether against its drawing order.
    start, end
        int32[m] node positions.
    way
        int64[m] way ids.
    access
        uint8[m] bits of `PROFILE_BIT`.
    node_id, node_lon, node_lat
        int64[n], float64[n].
    """

    pieces: Pieces
    piece: NDArray[np.int32]
    against: NDArray[np.bool_]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    way: NDArray[np.int64]
    access: NDArray[np.uint8]
    node_id: NDArray[np.int64]
    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]

    def bearing_in(self, edge: int) -> float:
        """Direction in which one arrives at the end of an edge, degrees clockwise from north."""
        lon, lat = self._points(edge)
        return _bearing(lon[-2:], lat[-2:])

    def bearing_out(self, edge: int) -> float:
        """Direction in which one leaves the start of an edge, degrees clockwise from north."""
        lon, lat = self._points(edge)
        return _bearing(lon[:2], lat[:2])

    def _points(self, edge: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        piece = self.piece[edge]
        span = slice(self.pieces.start[piece], self.pieces.start[piece + 1])
        lon, lat = self.pieces.lon[span], self.pieces.lat[span]
        return (lon[::-1], lat[::-1]) if self.against[edge] else (lon, lat)


def directed_edges(roads: DrawnRoads, pieces: Pieces) -> Edges:
    """Make one edge per piece and permitted direction; the two directions of a piece are neighbours."""
    rule = roads.way_rule[pieces.way]
    forward = np.array([rule.forward for rule in roads.rules], dtype=np.uint8)[rule]
    backward = np.array([rule.backward for rule in roads.rules], dtype=np.uint8)[rule]
    access = (np.column_stack([forward, backward]) & ~pieces.blocked[:, None]).ravel()
    chosen = np.flatnonzero(access)
    piece, against = (chosen >> 1).astype(np.int32), (chosen & 1).astype(np.bool_)
    first, last = pieces.first[piece], pieces.last[piece]
    used, renumbered = np.unique(
        np.concatenate([np.where(against, last, first), np.where(against, first, last)]), return_inverse=True
    )
    return Edges(
        pieces=pieces,
        piece=piece,
        against=against,
        start=renumbered[: len(chosen)].astype(np.int32),
        end=renumbered[len(chosen) :].astype(np.int32),
        way=roads.way_id[pieces.way[piece]],
        access=access[chosen],
        node_id=pieces.node_id[used],
        node_lon=pieces.node_lon[used],
        node_lat=pieces.node_lat[used],
    )


def _bearing(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> float:
    east = (lon[1] - lon[0]) * np.cos(np.radians(lat[0]))
    return float(np.degrees(np.arctan2(east, lat[1] - lat[0])) % 360.0)
