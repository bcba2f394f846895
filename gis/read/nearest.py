"""How far drawn ways are from a point; true enough for distances of a few kilometres."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.read.corrections import Point
from gis.read.roads import DrawnRoads

_M_PER_DEGREE: Final = 111_195.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Near:
    """Segments of ways seen from a point: distance, foot (0 to 1), position of the first reference."""

    at: NDArray[np.int64]
    distance_m: NDArray[np.float64]
    along: NDArray[np.float64]
    length_m: NDArray[np.float64]

    @property
    def position(self) -> NDArray[np.float64]:
        """Where the foot is, counted in references."""
        return self.at + self.along


def segments_near(roads: DrawnRoads, point: Point, way: int | None = None) -> Near:
    """Measure every segment whose ends are known, of all ways or of one."""
    span = slice(None) if way is None else slice(roads.way_start[way], roads.way_start[way + 1])
    offset = 0 if way is None else int(roads.way_start[way])
    of_way = roads.way_of_ref[span]
    x = (roads.lon[span] - point[0]) * _M_PER_DEGREE * np.cos(np.radians(point[1]))
    y = (roads.lat[span] - point[1]) * _M_PER_DEGREE
    at = np.flatnonzero((of_way[1:] == of_way[:-1]) & ~np.isnan(x[1:]) & ~np.isnan(x[:-1]))
    dx, dy = x[at + 1] - x[at], y[at + 1] - y[at]
    length = np.hypot(dx, dy)
    along = np.clip(-(x[at] * dx + y[at] * dy) / np.maximum(length, 1e-9) ** 2, 0.0, 1.0)
    distance = np.hypot(x[at] + along * dx, y[at] + along * dy)
    return Near(at=at + offset, distance_m=distance, along=along, length_m=length)


def way_distances_m(roads: DrawnRoads, point: Point) -> NDArray[np.float64]:
    """Distance of a point from each way."""
    near = segments_near(roads, point)
    distances = np.full(len(roads.way_id), np.inf)
    np.minimum.at(distances, roads.way_of_ref[near.at], near.distance_m)
    return distances


def node_distances_m(roads: DrawnRoads, point: Point) -> NDArray[np.float64]:
    """Distance of a point from each node reference; infinite where the map lacks the node."""
    east = (roads.lon - point[0]) * np.cos(np.radians(point[1]))
    distances: NDArray[np.float64] = np.hypot(east, roads.lat - point[1]) * _M_PER_DEGREE
    distances[np.isnan(distances)] = np.inf
    return distances
