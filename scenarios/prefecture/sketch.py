"""A map being drawn: points in local metres, roads and turn bans over them, before they become a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

CENTRE_LON: Final = 103.5
CENTRE_LAT: Final = 25.5
_METRES_PER_DEGREE_LAT: Final = 110_780.0
_METRES_PER_DEGREE_LON: Final = 100_560.0

Metres = NDArray[np.float64]
"""Coordinates or lengths in metres east or north of the centre of the invented prefecture."""


@dataclass(slots=True, kw_only=True)
class Road:
    """A way: positions of its points in the sketch, in order, and its OSM tags."""

    points: list[int]
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnBan:
    """A turn restriction between roads of the sketch.

    Parameters
    ----------
    kind
        Value of the tag `restriction`, e.g. `no_left_turn`.
    via_point, via_road
        Exactly one of them is set.
    tags
        Further tags (`except`, ...). With `key` the restriction is written under another key.
    """

    kind: str
    from_road: int
    to_road: int
    via_point: int | None = None
    via_road: int | None = None
    key: str = "restriction"
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, kw_only=True)
class Sketch:
    """Points (metres), roads and bans; functions of this package draw into it."""

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    point_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    roads: list[Road] = field(default_factory=list)
    bans: list[TurnBan] = field(default_factory=list)


def add_points(sketch: Sketch, x: Metres, y: Metres) -> list[int]:
    """Append points and return their positions."""
    first = len(sketch.x)
    sketch.x.extend(x.tolist())
    sketch.y.extend(y.tolist())
    return list(range(first, len(sketch.x)))


def add_point(sketch: Sketch, x: float, y: float, tags: dict[str, str] | None = None) -> int:
    """Append one point and return its position."""
    sketch.x.append(x)
    sketch.y.append(y)
    if tags:
        sketch.point_tags[len(sketch.x) - 1] = tags
    return len(sketch.x) - 1


def add_road(sketch: Sketch, points: Sequence[int], **tags: str) -> Road:
    """Append a road; an empty tag value leaves the tag out."""
    road = Road(points=list(points), tags={key: value for key, value in tags.items() if value})
    sketch.roads.append(road)
    return road


def split_roads(sketch: Sketch, points: Iterable[int]) -> None:
    """Cut every road at the given points, so that restrictions and roundabouts find road ends there."""
    cuts = set(points)
    roads: list[Road] = []
    for road in sketch.roads:
        if cuts.isdisjoint(road.points[1:-1]):
            roads.append(road)
            continue
        piece = [road.points[0]]
        for point in road.points[1:-1]:
            piece.append(point)
            if point in cuts:
                roads.append(Road(points=piece, tags=dict(road.tags)))
                piece = [point]
        roads.append(Road(points=[*piece, road.points[-1]], tags=dict(road.tags)))
    sketch.roads = roads


def cut_out(sketch: Sketch, road: Road, segment: int, tags: dict[str, str]) -> None:
    """Make one segment of a road a way of its own, with further tags; the rest stays as it was."""
    pieces = (road.points[: segment + 1], road.points[segment : segment + 2], road.points[segment + 1 :])
    whole = dict(road.tags)
    road.points, road.tags = pieces[1], {**whole, **tags}
    sketch.roads += [Road(points=piece, tags=dict(whole)) for piece in pieces[::2] if len(piece) > 1]


def roads_at(sketch: Sketch, points: Iterable[int]) -> dict[int, list[int]]:
    """Positions of the drivable roads that begin or end at each of the given points."""
    found: dict[int, list[int]] = {point: [] for point in points}
    for i, road in enumerate(sketch.roads):
        if road.tags.get("highway", "footway") == "footway":
            continue
        for end in {road.points[0], road.points[-1]}:
            if end in found:
                found[end].append(i)
    return found


def degrees(x: Metres, y: Metres) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude (WGS-84) of local metres."""
    return CENTRE_LON + x / _METRES_PER_DEGREE_LON, CENTRE_LAT + y / _METRES_PER_DEGREE_LAT


def metres(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[Metres, Metres]:
    """Local metres of longitude and latitude: the inverse of `degrees`."""
    return (lon - CENTRE_LON) * _METRES_PER_DEGREE_LON, (lat - CENTRE_LAT) * _METRES_PER_DEGREE_LAT
