"""Cut drawn ways at junctions and lay the pieces out as a `RoadNetwork`'s arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.read.report import Tally
from gis.read.roads import DrawnRoads

_A_M, _E2 = 6_378_137.0, 6.694_379_990_14e-3
"""WGS-84 ellipsoid: equatorial radius and squared eccentricity."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """Pieces of road between junctions, undirected.

    `k` pieces, `q` points, `u` nodes.

    Parameters
    ----------
    way
        int32[k] position of the way in the `DrawnRoads`.
    first, last
        int32[k] node positions at the ends, in drawing order.
    start, lon, lat
        int32[k + 1], float64[q]: points of piece `i` are `start[i]:start[i + 1]`.
    length_m
        float64[k].
    blocked
        uint8[k] bits of `PROFILE_BIT` that a barrier stops here; 0 on plain road.
    node_id, node_lon, node_lat
        int64[u], float64[u] every distinct node of the ways, junction or not.
    """

    way: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    start: NDArray[np.int32]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    length_m: NDArray[np.float64]
    blocked: NDArray[np.uint8]
    node_id: NDArray[np.int64]
    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]


def split(roads: DrawnRoads, cut_at: NDArray[np.int64], tally: Tally) -> Pieces:
    """Cut ways where they meet, where they end, and at given nodes.

    A way is broken where the file lacks its nodes. A piece never starts and ends at the same node: loops
    are cut once more, halfway.

    Parameters
    ----------
    roads
        Ways to cut.
    cut_at
        Ids of nodes to cut at in any case: barriers, middles of restrictions.
    tally
        Grows by the nodes that are missing.
    """
    run, position = _runs(roads, tally)
    ids, first_seen, node, uses = np.unique(
        roads.ref[position], return_index=True, return_inverse=True, return_counts=True
    )
    end = np.concatenate([[True], run[1:] != run[:-1], [True]])
    meeting = (uses >= 2) | np.isin(ids, cut_at)
    cut = meeting[node] | end[:-1] | end[1:]
    start, stop = _spans(cut, run)
    loops = node[start] == node[stop]
    if loops.any():
        cut[(start[loops] + stop[loops]) // 2] = True
        start, stop = _spans(cut, run)
    points, offsets = _points(start, stop)
    lon, lat = roads.lon[position][points], roads.lat[position][points]
    return Pieces(
        way=roads.way_of_ref[position[start]],
        first=node[start].astype(np.int32),
        last=node[stop].astype(np.int32),
        start=offsets,
        lon=lon,
        lat=lat,
        length_m=lengths_m(lon, lat, offsets),
        blocked=np.zeros(len(start), dtype=np.uint8),
        node_id=ids,
        node_lon=roads.lon[position][first_seen],
        node_lat=roads.lat[position][first_seen],
    )


def _runs(roads: DrawnRoads, tally: Tally) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the unbroken runs of located nodes; leave out missing nodes, doubled nodes and lone nodes."""
    way = roads.way_of_ref
    located = ~np.isnan(roads.lon)
    same_way = _follows(way)
    begins = located & ~(same_way & np.concatenate([[False], located])[:-1])
    run = np.cumsum(begins) - 1
    keep = located & ~(same_way & _follows(roads.ref))
    size = np.bincount(run[keep], minlength=int(begins.sum()))
    keep[keep] = size[run[keep]] >= 2
    tally.dropped["way nodes that the file does not hold"] += int((~located).sum())
    tally.dropped["ways cut at missing nodes"] += len(np.unique(way[~located]))
    tally.read["way nodes"] += int(keep.sum())
    return run[keep], np.flatnonzero(keep)


def _follows(values: NDArray[np.int32] | NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each value equals the one before it."""
    same = np.zeros(len(values), dtype=np.bool_)
    same[1:] = values[1:] == values[:-1]
    return same


def _spans(cut: NDArray[np.bool_], run: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    at = np.flatnonzero(cut)
    inside = run[at[1:]] == run[at[:-1]]
    return at[:-1][inside], at[1:][inside]


def _points(start: NDArray[np.int64], stop: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Lay out the points of every span, both ends included: neighbours repeat the node that they share."""
    sizes = stop - start + 1
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    points = np.arange(offsets[-1]) - np.repeat(offsets[:-1] - start, sizes)
    return points, offsets.astype(np.int32)


def lengths_m(
    lon: NDArray[np.float64], lat: NDArray[np.float64], start: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Measure polylines on the WGS-84 ellipsoid, segment by segment with the radii at its middle.

    Within 1e-6 of the geodesic for segments below 10 km.

    Parameters
    ----------
    lon, lat
        Points of all polylines, one after the other, in degrees.
    start
        Polyline `i` is `start[i]:start[i + 1]`, two points or more.

    Returns
    -------
    float64, metres per polyline.
    """
    middle = np.radians((lat[1:] + lat[:-1]) / 2.0)
    curvature = 1.0 - _E2 * np.sin(middle) ** 2
    north = np.radians(np.diff(lat)) * _A_M * (1.0 - _E2) / curvature**1.5
    east = np.radians(np.diff(lon)) * _A_M * np.cos(middle) / np.sqrt(curvature)
    total = np.concatenate([[0.0], np.cumsum(np.hypot(north, east))])
    lengths: NDArray[np.float64] = total[start[1:] - 1] - total[start[:-1]]
    return lengths
