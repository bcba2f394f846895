"""Roads that are shut at the moment of the demo: a flooded stretch, a landslide, a slow area."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.closures import Closure, closure_edges
from gis.network import CLASS_INDEX
from scenarios.prefecture.ground import (
    Edges,
    Ground,
    pick,
    routable_edges,
    strong_part,
    to_lonlat,
    to_metres,
)
from scenarios.prefecture.regions import Region

Polygon = tuple[tuple[float, float], ...]
"""Corners as (longitude, latitude), WGS-84."""

_FLOODED_S: Final = (9 * 3_600, 13 * 3_600)
_BURIED_S: Final = (8 * 3_600 + 1_800, 18 * 3_600)
_SLOW_S: Final = (9 * 3_600, 12 * 3_600)
_FLOOD_HALF_M: Final = 420.0
_LOST_SHARE: Final = 0.005
"""Of the edges, at most so many may be cut off by a closure beyond those it shuts."""


def shut_roads(
    ground: Ground, rng: np.random.Generator, city: Region, river: NDArray[np.float64] | None, keep: Edges
) -> tuple[tuple[Closure, ...], NDArray[np.bool_]]:
    """Shut a flooded stretch and a landslide that cut hardly anyone off, and slow the middle of the city.

    Parameters
    ----------
    river
        float64[k, 2] longitude and latitude of the river, where there is one; the flood is on its bank then.
    keep
        Edges that must stay within reach.

    Returns
    -------
    tuple
        The closures (flood, landslide, slow; on a sparse network the first two may be missing), and bool[m]
        the edges that are still routable.
    """
    shut: Edges = np.empty(0, np.int64)
    routable = ground.routable
    closures = []
    for closure_id, name, areas, (start_s, end_s) in (
        ("flood", "沿岸积水封闭", _flood_areas(ground, rng, city, river), _FLOODED_S),
        ("landslide", "边坡塌方封闭", _slide_areas(ground, rng, city), _BURIED_S),
    ):
        for polygon in areas:
            closure = Closure(id=closure_id, name=name, polygon=polygon, start_s=start_s, end_s=end_s)
            more = np.union1d(shut, closure_edges(ground.network, closure)).astype(np.int64)
            left = _still_routable(ground, more, keep) if len(more) > len(shut) else None
            if left is not None:
                closures.append(closure)
                shut, routable = more, left
                break
    return (*closures, _slow_area(ground, city)), routable


def _slow_area(ground: Ground, city: Region) -> Closure:
    return Closure(
        id="slow",
        name="暴雨慢行区",
        polygon=_box(ground, city.at, 0.35 * city.town_m),
        start_s=_SLOW_S[0],
        end_s=_SLOW_S[1],
        factor=0.6,
        profiles=("car", "bus", "truck"),
    )


def _flood_areas(
    ground: Ground, rng: np.random.Generator, city: Region, river: NDArray[np.float64] | None
) -> Iterator[Polygon]:
    """Areas that may be under water: stretches of the river bank near the city, else spots in the city."""
    if river is None:
        spots = pick(rng, ground, city.town, min(60, len(city.town)), by_people=False)
        for size_m in (0.12 * city.town_m, 0.07 * city.town_m, 40.0):
            for edge in spots:
                yield _box(ground, (float(ground.x[edge]), float(ground.y[edge])), min(size_m, 250.0))
        return
    x, y = to_metres(ground.origin, river[:, 0], river[:, 1])
    near = np.flatnonzero(np.hypot(x - city.at[0], y - city.at[1]) < 0.8 * city.town_m)
    for at in rng.permutation(near).tolist():
        part = [i for i in near.tolist() if np.hypot(x[i] - x[at], y[i] - y[at]) < _FLOOD_HALF_M]
        if len(part) > 2:
            ring = shapely.buffer(shapely.LineString(np.column_stack([x[part], y[part]])), 130.0, quad_segs=3)
            corners = shapely.get_coordinates(ring)[:-1]
            yield tuple(_lonlat(ground, float(cx), float(cy)) for cx, cy in corners)


def _slide_areas(ground: Ground, rng: np.random.Generator, city: Region) -> Iterator[Polygon]:
    """Short stretches of through roads outside the middle."""
    classes = [
        CLASS_INDEX[name] for name in ("primary", "secondary", "tertiary", "unclassified", "residential")
    ]
    usable = ground.usable[np.isin(ground.network.edge_class[ground.usable], classes)]
    away = np.hypot(ground.x[usable] - city.at[0], ground.y[usable] - city.at[1])
    outside = usable[away > 0.6 * city.town_m]
    outside = outside if len(outside) else usable
    long = outside[
        np.argsort(-ground.network.edge_length_m[outside], kind="stable")[: max(10, len(outside) // 6)]
    ]
    for edge in rng.permutation(long)[:80].tolist():
        yield _box(ground, (float(ground.x[edge]), float(ground.y[edge])), 25.0)


def _still_routable(ground: Ground, shut: Edges, keep: Edges) -> NDArray[np.bool_] | None:
    """Find the edges that stay routable; None if too many are cut off or one of those to keep is."""
    open_edges = ground.routable.copy()
    open_edges[shut] = False
    after = strong_part(ground.network, open_edges)
    lost = int(open_edges.sum() - after.sum())
    if lost > max(20, _LOST_SHARE * len(open_edges)) or not after[keep].all():
        return None
    routable = after & routable_edges(ground.network, shut, ("car", "bus"))
    return routable if routable[keep].all() else None


def _box(ground: Ground, at: tuple[float, float], half_m: float) -> Polygon:
    x, y = at
    corners = (
        (x - half_m, y - half_m),
        (x + half_m, y - half_m),
        (x + half_m, y + half_m),
        (x - half_m, y + half_m),
    )
    return tuple(_lonlat(ground, cx, cy) for cx, cy in corners)


def _lonlat(ground: Ground, x: float, y: float) -> tuple[float, float]:
    lon, lat = to_lonlat(ground.origin, x, y)
    return round(lon, 6), round(lat, 6)
