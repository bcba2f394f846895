"""Snapping: where on the road network a place is, as an edge and the metres along it.

Distances are measured in a spherical Mercator plane. It is conformal, so around any one place all directions
are enlarged alike: the nearest road on the plane is the nearest on the ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.coordinates import EARTH_RADIUS_M, check_lonlat, looks_shifted
from gis.errors import SnapError
from gis.network import RoadNetwork
from gis.places import Place

MAX_SNAP_M: Final = 500.0
_NAMED_IN_ERRORS: Final = 5
_FURTHEST_LAT: Final = 89.0

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snap:
    """A place on the road.

    Parameters
    ----------
    place
        What was snapped.
    edges
        The edges of one road that the place lies on: one of a one-way road, two of a two-way road. A trip may
        begin or end on any of them; leave one out to fix the kerb.
    offsets_m
        Metres from the beginning of each edge, in driving direction, to 0.1 m.
    distance_m
        From the place to the road.
    lon, lat
        The point on the road, WGS-84.
    """

    place: Place
    edges: tuple[int, ...]
    offsets_m: tuple[float, ...]
    distance_m: float
    lon: float
    lat: float

    @property
    def edge(self) -> int:
        """The first of `edges`."""
        return self.edges[0]

    @property
    def offset_m(self) -> float:
        """Metres along `edge`."""
        return self.offsets_m[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapFailure:
    """A place with no road near enough: how far the nearest one is (infinite if there is none at all)."""

    place: Place
    distance_m: float


class EdgeIndex:
    """A spatial index over the roads that some edges use."""

    def __init__(self, network: RoadNetwork, usable: NDArray[np.bool_]) -> None:
        self._network = network
        self._edges_of = _edges_by_shape(network, usable)
        self._shapes = np.flatnonzero(np.diff(self._edges_of[0]) > 0)
        count = np.diff(network.shape_start)[self._shapes]
        owner = np.repeat(np.arange(len(self._shapes)), count)
        before = np.repeat(network.shape_start[self._shapes] - (np.cumsum(count) - count), count)
        points = np.arange(count.sum()) + before
        plane = _mercator(network.shape_lon[points], network.shape_lat[points])
        self._lines = np.asarray(shapely.linestrings(np.column_stack(plane), indices=owner))
        self._tree = shapely.STRtree(self._lines)

    def snap(
        self, places: Sequence[Place], *, max_distance_m: float = MAX_SNAP_M
    ) -> tuple[tuple[Snap, ...], tuple[SnapFailure, ...]]:
        """Nearest points on the roads, and the places that are further than `max_distance_m` from any.

        Of equally near roads the one that was read first wins.

        Raises
        ------
        CoordinateError
            For coordinates that are not numbers, out of range or swapped.
        """
        if not places:
            return (), ()
        lon, lat = np.array([p.lon for p in places]), np.array([p.lat for p in places])
        check_lonlat(lon, lat, [p.label for p in places])
        line, along, distance_m = self._nearest(lon, lat)
        x, y = shapely.get_coordinates(shapely.line_interpolate_point(self._lines[line], along)).T
        share = along / np.maximum(shapely.length(self._lines[line]), 1e-9)
        near = distance_m <= max_distance_m
        on_road = zip(places, near, self._shapes[line], share, distance_m, *_degrees(x, y), strict=True)
        snaps = tuple(
            self._snap(place, int(shape), float(part), float(d), float(lon), float(lat))
            for place, is_near, shape, part, d, lon, lat in on_road
            if is_near
        )
        far = tuple(
            SnapFailure(place=place, distance_m=float(d))
            for place, is_near, d in zip(places, near, distance_m, strict=True)
            if not is_near
        )
        return snaps, far

    def shift_hint(self, places: Sequence[Place]) -> str | None:
        """Return a sentence when the places look like GCJ-02 or BD-09 given as WGS-84, else None."""
        lon, lat = np.array([p.lon for p in places]), np.array([p.lat for p in places])
        return looks_shifted(lon, lat, lambda x, y: self._nearest(x, y)[2])

    def _nearest(self, lon: _Array, lat: _Array) -> tuple[NDArray[np.intp], _Array, _Array]:
        """Line, distance along it on the plane, and metres away from it."""
        points = np.asarray(shapely.points(*_mercator(lon, lat)))
        (point, line), away = self._tree.query_nearest(points, all_matches=True, return_distance=True)
        order = np.lexsort((line, point))
        first = order[np.searchsorted(point[order], np.arange(len(points)))]
        line, away = line[first], away[first]
        along = np.asarray(shapely.line_locate_point(self._lines[line], points))
        return line, along, away * np.cos(np.radians(np.clip(lat, -_FURTHEST_LAT, _FURTHEST_LAT)))

    def _snap(
        self, place: Place, shape: int, share: float, distance_m: float, lon: float, lat: float
    ) -> Snap:
        first, by_shape = self._edges_of
        edges = by_shape[first[shape] : first[shape + 1]]
        length_m = self._network.edge_length_m[edges]
        along = np.where(self._network.edge_reversed[edges], 1.0 - share, share) * length_m
        return Snap(
            place=place,
            edges=tuple(edges.tolist()),
            offsets_m=tuple(np.minimum(np.round(along, 1), length_m).tolist()),
            distance_m=distance_m,
            lon=lon,
            lat=lat,
        )


def require_none(
    failures: Sequence[SnapFailure], profile: str, max_distance_m: float, hint: str | None = None
) -> None:
    """Raise if there are places that are too far from any road, adding a hint why if one is known.

    Raises
    ------
    SnapError
        Naming the places, how far each is and how far is allowed.
    """
    if not failures:
        return
    worst = sorted(failures, key=lambda f: (-f.distance_m, f.place.id))
    named = "、".join(f"{f.place.label} {_far(f.distance_m)}" for f in worst[:_NAMED_IN_ERRORS])
    more = f" 等 {len(worst)} 处" if len(worst) > _NAMED_IN_ERRORS else ""
    message = (
        f"{named}{more} 离最近的 {profile} 可行道路太远（限 {max_distance_m:.0f} 米）："
        f"{hint or '请核对坐标是否在地图范围内，或放宽限制'} (too far from any road)"
    )
    raise SnapError(message)


def _edges_by_shape(
    network: RoadNetwork, usable: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Usable edges grouped by their shape: where each group begins, and the edges."""
    edges = np.flatnonzero(usable)
    edges = edges[np.argsort(network.edge_shape[edges], kind="stable")]
    return np.searchsorted(network.edge_shape[edges], np.arange(len(network.shape_start))), edges


def _mercator(lon: _Array, lat: _Array) -> tuple[_Array, _Array]:
    polewards = np.radians(np.clip(lat, -_FURTHEST_LAT, _FURTHEST_LAT))
    return EARTH_RADIUS_M * np.radians(lon), EARTH_RADIUS_M * np.arctanh(np.sin(polewards))


def _degrees(x: _Array, y: _Array) -> tuple[_Array, _Array]:
    return np.degrees(x / EARTH_RADIUS_M), np.degrees(np.arcsin(np.tanh(y / EARTH_RADIUS_M)))


def _far(distance_m: float) -> str:
    return f"{distance_m / 1000:.1f} 公里" if distance_m >= 10_000 else f"{distance_m:.0f} 米"
