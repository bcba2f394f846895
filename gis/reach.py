"""Isochrones: how far one gets from a place within a time, as roads and as an area."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.coordinates import EARTH_RADIUS_M
from gis.costs import NO_WAY, Costs, milliseconds
from gis.lines import line_of
from gis.network import RoadNetwork
from gis.places import Place
from gis.router import Router
from gis.snapping import Snap

CELL_M: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Isochrone:
    """What is reached within a limit.

    Parameters
    ----------
    limit_s
        Seconds on the road.
    edges, from_m, to_m
        int32, float64, float64: stretches of directed edges that are driven within the limit. An edge may
        appear twice: the origin's own edge ahead of it, and again from its beginning.
    roads
        The same stretches as lines, WGS-84 degrees.
    area
        Polygons around them, WGS-84 degrees.
    """

    limit_s: float
    edges: NDArray[np.int32]
    from_m: NDArray[np.float64]
    to_m: NDArray[np.float64]
    roads: shapely.MultiLineString
    area: shapely.Polygon | shapely.MultiPolygon


def isochrone(
    router: Router, place: Place | Snap, limits_s: Sequence[float], depart_s: float, *, cell_m: float = CELL_M
) -> tuple[Isochrone, ...]:
    """Return what is reached from a place within each limit, in the order of the limits.

    Parameters
    ----------
    router
        Whose profile, speeds and closures count. A closure binds if it holds at any moment until the limit.
    place
        Where to set out.
    limits_s
        Seconds on the road, positive.
    depart_s
        When to set out, seconds since the start of the service day.
    cell_m
        The area is made of squares of about this size that a reached road touches, with narrower gaps closed.

    Raises
    ------
    ValueError
        For a limit that is not positive.
    SnapError, CoordinateError
        As `Router.snap`.
    """
    if not limits_s or min(limits_s) <= 0:
        message = f"等时圈时限必须为正数，收到 {list(limits_s)} (limits must be positive)"
        raise ValueError(message)
    snap = place if isinstance(place, Snap) else router.snap([place])[0]
    made = []
    for limit_s in limits_s:
        cost, begin = router.reach(snap, depart_s, limit_s)
        edges, from_m, to_m = _stretches(router.network, cost, begin, snap, limit_s)
        lines = _lines(router.network, edges, from_m, to_m)
        made.append(
            Isochrone(
                limit_s=limit_s,
                edges=edges,
                from_m=from_m,
                to_m=to_m,
                roads=shapely.MultiLineString(list(lines)),
                area=_area(lines, snap.lat, cell_m),
            )
        )
    return tuple(made)


def _stretches(
    network: RoadNetwork, cost: Costs, begin: Costs, snap: Snap, limit_s: float
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Edges driven within the limit, each from where to where."""
    begin_s, time_s = milliseconds(begin) / 1000.0, milliseconds(cost) / 1000.0
    entered = np.flatnonzero((begin_s < limit_s) & (cost < NO_WAY))
    share = np.minimum((limit_s - begin_s[entered]) / time_s[entered], 1.0)
    own = [(e, at) for e, at in zip(snap.edges, snap.offsets_m, strict=True) if cost[e] < NO_WAY]
    edges = np.append([e for e, _ in own], entered).astype(np.int32)
    from_m = np.append([at for _, at in own], np.zeros(len(entered)))
    length_m = network.edge_length_m[edges]
    ahead = [at + limit_s / time_s[e] * network.edge_length_m[e] for e, at in own]
    to_m = np.minimum(np.append(ahead, share * network.edge_length_m[entered]), length_m)
    return edges, from_m, to_m


def _lines(
    network: RoadNetwork, edges: NDArray[np.int32], from_m: NDArray[np.float64], to_m: NDArray[np.float64]
) -> NDArray[np.object_]:
    """One line for each stretch; a road driven whole in both directions appears once."""
    whole = (from_m <= 0.0) & (to_m >= network.edge_length_m[edges])
    shapes = np.unique(network.edge_shape[edges[whole]])
    count = np.diff(network.shape_start)[shapes]
    at = np.repeat(network.shape_start[shapes] - (np.cumsum(count) - count), count) + np.arange(count.sum())
    points = np.column_stack((network.shape_lon[at], network.shape_lat[at]))
    owner = np.repeat(np.arange(len(shapes)), count)
    of_whole = (
        np.asarray(shapely.linestrings(points, indices=owner)) if len(shapes) else np.empty(0, np.object_)
    )
    cut = [
        shapely.LineString(
            np.column_stack(line_of(network, edges[i : i + 1], float(from_m[i]), float(to_m[i])))
        )
        for i in np.flatnonzero(~whole)
    ]
    lines = np.append(of_whole, np.array(cut, np.object_))
    return lines[shapely.length(lines) > 0.0]


def _area(lines: NDArray[np.object_], lat: float, cell_m: float) -> shapely.Polygon | shapely.MultiPolygon:
    """Squares that the lines touch, in one, with gaps narrower than two squares closed."""
    cell_lat = float(np.degrees(cell_m / EARTH_RADIUS_M))
    cell = np.array([cell_lat / np.cos(np.radians(lat)), cell_lat])
    scaled = shapely.transform(lines, lambda points: points / cell)
    points = shapely.get_coordinates(shapely.segmentize(scaled, 0.25))
    squares = np.unique(np.floor(points), axis=0)
    joined = shapely.union_all(shapely.box(*squares.T, *(squares + 1).T))
    closed = shapely.simplify(shapely.buffer(shapely.buffer(joined, 1.0), -0.75), 0.1)
    return shapely.transform(closed, lambda corners: corners * cell)
