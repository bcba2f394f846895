"""Lines that know nothing of each other become roads that meet: by nearness alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

_M_PER_DEGREE: Final = 111_195.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """Lines in WGS-84 degrees, of two points or more.

    Parameters
    ----------
    row
        int64[n] feature that each line comes from.
    start
        int64[n + 1]: points of line `i` are `start[i]:start[i + 1]`.
    lon, lat
        float64, points of all lines.
    """

    row: NDArray[np.int64]
    start: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def chosen(self, kept: NDArray[np.bool_]) -> "Lines":
        """Return some of the lines (bool[n])."""
        sizes = np.diff(self.start)
        points = np.repeat(kept, sizes)
        start = np.concatenate([[0], np.cumsum(sizes[kept])])
        return Lines(row=self.row[kept], start=start, lon=self.lon[points], lat=self.lat[points])

    @property
    def ends(self) -> NDArray[np.int64]:
        """int64[2 n] positions of the first points, then of the last points."""
        return np.concatenate([self.start[:-1], self.start[1:] - 1])

    @property
    def metric(self) -> NDArray[np.float64]:
        """float64[p, 2] points in metres, true enough for distances of a few metres."""
        squeeze = np.cos(np.radians(self.lat.mean() if len(self.lat) else 0.0))
        points: NDArray[np.float64] = np.column_stack([self.lon * squeeze, self.lat]) * _M_PER_DEGREE
        return points


def joined(lines: Lines, join_m: float) -> Lines:
    """Give a line a point wherever an end of another touches it between its points.

    Parameters
    ----------
    lines
        Any number.
    join_m
        How near counts as touching.
    """
    if not len(lines.row):
        return lines
    xy, ends = lines.metric, lines.ends
    line, touching = _touches(lines, xy, join_m)
    before, along = _feet(lines, xy, line, xy[ends[touching]])
    step = np.hypot(*(xy[before + 1] - xy[before]).T)
    between = (along * step > join_m) & ((1.0 - along) * step > join_m)
    before, along, touching = before[between], along[between], touching[between]
    order = np.lexsort((along, before))
    return _with_points(lines, before[order] + 1, ends[touching[order]])


def _touches(
    lines: Lines, xy: NDArray[np.float64], join_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair lines with the ends (positions in `Lines.ends`) of other lines that touch them."""
    count = len(lines.row)
    of_point = np.repeat(np.arange(count), np.diff(lines.start))
    drawn = np.asarray(shapely.linestrings(xy, indices=of_point))
    points = np.asarray(shapely.points(xy[lines.ends]))
    touching, line = shapely.STRtree(list(drawn)).query(points, predicate="dwithin", distance=join_m)
    other = touching % count != line
    return line[other], touching[other]


def _feet(
    lines: Lines, xy: NDArray[np.float64], line: NDArray[np.int64], points: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the segment (position of its first point) nearest to each point, and the foot on it (0 to 1)."""
    before = np.empty(len(line), dtype=np.int64)
    along = np.empty(len(line))
    for i, (j, point) in enumerate(zip(line.tolist(), points, strict=True)):
        piece = xy[lines.start[j] : lines.start[j + 1]]
        step = np.diff(piece, axis=0)
        square = np.maximum((step**2).sum(axis=1), 1e-12)
        foot = np.clip(((point - piece[:-1]) * step).sum(axis=1) / square, 0.0, 1.0)
        nearest = int(np.argmin(np.hypot(*(piece[:-1] + foot[:, None] * step - point).T)))
        before[i], along[i] = lines.start[j] + nearest, foot[nearest]
    return before, along


def _with_points(lines: Lines, position: NDArray[np.int64], source: NDArray[np.int64]) -> Lines:
    """Insert copies of points before given ascending positions, none of which begins a line."""
    return Lines(
        row=lines.row,
        start=lines.start + np.searchsorted(position, lines.start),
        lon=np.insert(lines.lon, position, lines.lon[source]),
        lat=np.insert(lines.lat, position, lines.lat[source]),
    )


def node_ids(lines: Lines, join_m: float) -> NDArray[np.int64]:
    """Give points a number: ends that lie together, and points that an end lies on, share it.

    Points between the ends of two lines never share one, so lines that cross on a bridge stay apart.

    Returns
    -------
    int64, negative.
    """
    count = len(lines.lon)
    if not count:
        return np.empty(0, dtype=np.int64)
    xy, ends = lines.metric, lines.ends
    near = cKDTree(xy[ends]).sparse_distance_matrix(cKDTree(xy), join_m, output_type="coo_matrix")
    links = coo_array((np.ones(len(near.row), dtype=bool), (ends[near.row], near.col)), shape=(count, count))
    _, cluster = connected_components(links, directed=False)
    return -1 - cluster.astype(np.int64)
