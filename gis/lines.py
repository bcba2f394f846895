"""The line on the ground that a path follows."""

import numpy as np
from numpy.typing import NDArray

from gis.coordinates import metres_between
from gis.network import RoadNetwork

_Array = NDArray[np.float64]


def line_of(
    network: RoadNetwork, edges: NDArray[np.int32], start_offset_m: float, end_offset_m: float
) -> tuple[_Array, _Array]:
    """Longitudes and latitudes (WGS-84) from an offset on the first edge to an offset on the last.

    Offsets count by share of the edge's length, as snapping gives them. Points of junctions appear once.
    """
    lon, lat, position = _points(network, edges)
    step = metres_between(lon[:-1], lat[:-1], lon[1:], lat[1:])
    along = np.concatenate(([0.0], np.cumsum(step)))
    begin = _at(network, edges, along, position, 0, start_offset_m)
    end = max(begin, _at(network, edges, along, position, len(edges) - 1, end_offset_m))
    inside = (along > begin) & (along < end)
    inside[1:] &= (step > 0.0) | (position[1:] == position[:-1])
    cut = np.array([begin, end])
    lon_cut, lat_cut = np.interp(cut, along, lon), np.interp(cut, along, lat)
    return (
        np.concatenate((lon_cut[:1], lon[inside], lon_cut[1:])),
        np.concatenate((lat_cut[:1], lat[inside], lat_cut[1:])),
    )


def _points(network: RoadNetwork, edges: NDArray[np.int32]) -> tuple[_Array, _Array, NDArray[np.intp]]:
    """Points of all edges in driving order, and the position of the edge each belongs to."""
    shape = network.edge_shape[edges]
    first, beyond = network.shape_start[shape], network.shape_start[shape + 1]
    count = beyond - first
    position = np.repeat(np.arange(len(edges)), count)
    within = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
    backwards = network.edge_reversed[edges]
    begin = np.where(backwards, beyond - 1, first)
    at = begin[position] + np.where(backwards[position], -within, within)
    return network.shape_lon[at], network.shape_lat[at], position


def _at(
    network: RoadNetwork,
    edges: NDArray[np.int32],
    along: _Array,
    position: NDArray[np.intp],
    of_edge: int,
    offset_m: float,
) -> float:
    """Distance along the whole line of an offset on one of its edges."""
    own = np.flatnonzero(position == of_edge)
    share = offset_m / max(float(network.edge_length_m[edges[of_edge]]), 1e-9)
    begin, end = float(along[own[0]]), float(along[own[-1]])
    return begin + min(max(share, 0.0), 1.0) * (end - begin)
