"""Closures and slow-downs: which edges, when, for whom, and how they combine.

A closure binds a leg when its span overlaps the leg's time on the road, and then for the whole leg: a vehicle
never sets out over a road that shuts before it arrives. Spans are half-open: a road closed until 08:00 is
open at 08:00.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.coordinates import check_lonlat
from gis.errors import ClosureError
from gis.network import PROFILES, RoadNetwork

FOREVER_S: Final = 2_147_483_647
"""End of a closure that nobody has lifted yet."""

_Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Roads that are shut or slow for some time.

    Parameters
    ----------
    id, name
        Unique id; what people call it.
    edges
        Positions of directed edges.
    polygon
        Corners (longitude, latitude) in WGS-84: every edge that touches the area, in both directions.
    start_s, end_s
        Half-open span in seconds since the start of the service day.
    factor
        0 shut; between 0 and 1 the part of the usual speed that is left.
    profiles
        Who is bound; empty means everyone.
    """

    id: str
    name: str = ""
    edges: tuple[int, ...] = ()
    polygon: tuple[tuple[float, float], ...] = ()
    start_s: int = 0
    end_s: int = FOREVER_S
    factor: float = 0.0
    profiles: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name people know, or the id where there is none."""
        return self.name or self.id

    def binds(self, profile: str) -> bool:
        """Whether this profile must heed it."""
        return not self.profiles or profile in self.profiles

    def overlaps(self, start_s: float, end_s: float) -> bool:
        """Whether it holds at any moment from `start_s` to `end_s`, both included."""
        return self.start_s <= end_s and self.end_s > start_s


def closure_edges(network: RoadNetwork, closure: Closure) -> _Ints:
    """Positions of the edges a closure covers, ascending.

    Raises
    ------
    ClosureError
        If the closure contradicts itself or names edges that the network does not have.
    CoordinateError
        If a corner of its polygon is not a number, out of range, or has longitude and latitude swapped.
    """
    _check(network, closure)
    listed = np.array(closure.edges, np.int32)
    if not closure.polygon:
        return np.unique(listed)
    return np.union1d(listed, _edges_touching(network, closure)).astype(np.int32)


def closed_edges(network: RoadNetwork, closures: Iterable[Closure], profile: str) -> Mapping[str, _Ints]:
    """Closure id → edges it covers, for those closures that bind the profile.

    Raises
    ------
    ClosureError
        As `closure_edges`.
    """
    return {c.id: closure_edges(network, c) for c in closures if c.binds(profile)}


def edge_factors(
    edge_count: int, covered: Sequence[tuple[_Ints, float]]
) -> tuple[_Ints, NDArray[np.float64]]:
    """Edges under any of several closures at once, and the part of the usual speed left on each.

    Where closures overlap the most severe one counts, so shut wins over slow and the order does not matter.

    Parameters
    ----------
    edge_count
        Number of edges of the network.
    covered
        For each closure its edges and its factor.
    """
    factor = np.ones(edge_count)
    for edges, left in covered:
        factor[edges] = np.minimum(factor[edges], left)
    touched = np.flatnonzero(factor < 1.0).astype(np.int32)
    return touched, factor[touched]


def _check(network: RoadNetwork, closure: Closure) -> None:
    message = ""
    if not closure.edges and not closure.polygon:
        message = "没有路段也没有区域，请给出 edges 或 polygon (covers nothing)"
    elif closure.polygon and len(closure.polygon) < 3:
        message = f"区域只有 {len(closure.polygon)} 个角，至少要 3 个 (too few corners)"
    elif closure.end_s <= closure.start_s:
        message = f"结束 {closure.end_s} 秒不晚于开始 {closure.start_s} 秒 (ends before it starts)"
    elif not 0.0 <= closure.factor < 1.0:
        message = f"系数 {closure.factor:g} 应在 0（封闭）到 1（不含）之间 (factor out of range)"
    elif unknown := set(closure.profiles) - set(PROFILES):
        message = f"未知车型 {', '.join(sorted(unknown))}，应为 {', '.join(PROFILES)} 之一 (unknown profile)"
    elif outside := [e for e in closure.edges if not 0 <= e < network.edge_count]:
        message = f"路网没有路段 {outside[0]}，编号应在 0 到 {network.edge_count - 1} (unknown edge)"
    if message:
        message = f"管制 {closure.label}：{message}"
        raise ClosureError(message)


def _edges_touching(network: RoadNetwork, closure: Closure) -> NDArray[np.intp]:
    corners = np.array(closure.polygon, np.float64)
    check_lonlat(corners[:, 0], corners[:, 1], [f"管制 {closure.label}"] * len(corners))
    area = shapely.make_valid(shapely.Polygon(corners))
    shapes = _shapes_near(network, shapely.bounds(area))
    shapely.prepare(area)
    count = np.diff(network.shape_start)[shapes]
    owner = np.repeat(np.arange(len(shapes)), count)
    point = np.arange(count.sum()) + np.repeat(
        network.shape_start[shapes] - (np.cumsum(count) - count), count
    )
    lonlat = np.column_stack((network.shape_lon[point], network.shape_lat[point]))
    lines = shapely.linestrings(lonlat, indices=owner)
    touched = np.zeros(len(network.shape_start) - 1, np.bool_)
    touched[shapes[shapely.intersects(area, lines)]] = True
    return np.flatnonzero(touched[network.edge_shape])


def _shapes_near(network: RoadNetwork, box: NDArray[np.float64]) -> NDArray[np.intp]:
    """Shapes whose own box meets a box (west, south, east, north)."""
    west, south, east, north = box
    first = network.shape_start[:-1]
    lon, lat = network.shape_lon, network.shape_lat
    near = (np.minimum.reduceat(lon, first) <= east) & (np.maximum.reduceat(lon, first) >= west)
    near &= (np.minimum.reduceat(lat, first) <= north) & (np.maximum.reduceat(lat, first) >= south)
    return np.flatnonzero(near)
