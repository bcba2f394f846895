"""Roads between settlements and the streets of villages: a planar web that follows the valleys."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay

from scenarios.prefecture.settlements import Settlement
from scenarios.prefecture.sketch import Metres, Road, Sketch, add_point, add_points, add_road

Web = csr_array[np.float64, tuple[int, int]]
"""Length of each edge of the triangulation (metres) by its two ends."""

_CLASSES: Final = ("trunk", "primary", "secondary", "tertiary", "unclassified")
_POINT_EVERY_M: Final = 110.0
_WIND: Final = (0.35, 0.45, 0.75, 1.0, 1.4)
"""How much roads of each class wind in the mountains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A road between two settlements: positions in the settlements, and the rank of `_CLASSES`."""

    start: int
    end: int
    rank: int


def plan_links(places: tuple[Settlement, ...], rng: np.random.Generator) -> tuple[Link, ...]:
    """Choose which settlements are joined, and by what class of road.

    All links are edges of one Delaunay triangulation, so they do not cross. National roads lead from the city
    to the county towns, provincial roads between neighbouring county towns, county roads to the townships,
    the rest joins the villages by a spanning tree with a few loops.
    """
    points = np.array([(p.x_m, p.y_m) for p in places])
    ends, length = _triangulation(points)
    count = len(points)
    cost = csr_array((length, (ends[:, 0], ends[:, 1])), shape=(count, count))
    rank = np.full(len(ends), 9)
    index = {(a, b): i for i, (a, b) in enumerate(map(tuple, ends.tolist()))}
    towns = [i for i, p in enumerate(places) if p.level in {"city", "county"}]
    for pairs, best in (
        ([(0, t) for t in towns[1:]], 1),
        (_neighbours(points, towns), 2),
        (_to_their_county(places), 3),
    ):
        for edge in _on_shortest_paths(cost, pairs, index):
            rank[edge] = min(rank[edge], best)
    tree = minimum_spanning_tree(cost).tocoo()
    for a, b in zip(tree.row.tolist(), tree.col.tolist(), strict=True):
        rank[index[min(a, b), max(a, b)]] = min(rank[index[min(a, b), max(a, b)]], 4)
    loops = (rank == 9) & (length < np.quantile(length, 0.5)) & (rng.random(len(ends)) < 0.22)
    rank[loops] = 4
    nearby = np.isin(ends, [i for i, p in enumerate(places) if p.level == "city"]).any(axis=1)
    rank[nearby & (rank == 9) & (rng.random(len(ends)) < 0.6)] = 3
    return tuple(
        Link(start=a, end=b, rank=r) for (a, b), r in zip(ends.tolist(), rank.tolist(), strict=True) if r < 9
    )


def _triangulation(points: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    corners = Delaunay(points).simplices.astype(np.int64)
    ends = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    ends = np.unique(np.sort(ends, axis=1), axis=0)
    return ends, np.hypot(*(points[ends[:, 0]] - points[ends[:, 1]]).T)


def _neighbours(points: NDArray[np.float64], towns: list[int]) -> list[tuple[int, int]]:
    """Pairs of towns that border on each other: nobody lies nearer to both than they to each other."""
    pairs = []
    for at, a in enumerate(towns):
        for b in towns[at + 1 :]:
            d = np.hypot(*(points[a] - points[b]))
            others = points[[t for t in towns if t not in {a, b}]]
            nearer = np.maximum(np.hypot(*(others - points[a]).T), np.hypot(*(others - points[b]).T))
            if not (nearer < d).any():
                pairs.append((a, b))
    return pairs


def _to_their_county(places: tuple[Settlement, ...]) -> list[tuple[int, int]]:
    return [(p.county, i) for i, p in enumerate(places) if p.level == "township"]


def _on_shortest_paths(
    cost: Web,
    pairs: list[tuple[int, int]],
    index: dict[tuple[int, int], int],
) -> set[int]:
    found: set[int] = set()
    for source in sorted({a for a, _ in pairs}):
        _, steps = dijkstra(cost, directed=False, indices=[source], return_predecessors=True)
        before = steps[0]
        for at in (b for a, b in pairs if a == source):
            step = at
            while before[step] >= 0:
                previous = int(before[step])
                found.add(index[min(step, previous), max(step, previous)])
                step = previous
    return found


def draw_link(sketch: Sketch, ends: tuple[int, int], rank: int, tags: dict[str, str], wind: "Wind") -> Road:
    """Draw one road between two points of the sketch, winding where the land is steep."""
    a, b = ends
    length = float(np.hypot(sketch.x[b] - sketch.x[a], sketch.y[b] - sketch.y[a]))
    count = max(2, int(length / _POINT_EVERY_M))
    t = np.arange(1, count) / count
    x = sketch.x[a] + t * (sketch.x[b] - sketch.x[a])
    y = sketch.y[a] + t * (sketch.y[b] - sketch.y[a])
    fade = np.minimum(1.0, np.minimum(t, 1 - t) * length / 900.0) * _WIND[rank]
    dx, dy = wind.shift(x, y)
    points = add_points(sketch, x + fade * dx, y + fade * dy)
    return add_road(sketch, [a, *points, b], highway=_CLASSES[rank], **tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wind:
    """A smooth random displacement of the plane that bends roads without letting them cross.

    Parameters
    ----------
    waves
        float64[k, 5]: wave numbers along x and y (rad/m), phase, amplitude east and north (m).
    """

    waves: NDArray[np.float64]

    def shift(self, x: Metres, y: Metres) -> tuple[Metres, Metres]:
        """Displacement east and north at each position; larger in the mountains."""
        steep = 0.55 + 0.45 * np.sin(x / 13_000.0 + 0.7) * np.sin(y / 11_000.0 - 0.4)
        phase = np.outer(x, self.waves[:, 0]) + np.outer(y, self.waves[:, 1]) + self.waves[:, 2]
        swing = np.sin(phase) * steep[:, None]
        return swing @ self.waves[:, 3], swing @ self.waves[:, 4]


def make_wind(rng: np.random.Generator) -> Wind:
    """Draw waves of 0.6 to 9 km length; short ones have small amplitudes."""
    rows = []
    for length_m, amplitude_m in ((9_000, 430), (4_000, 260), (2_000, 170), (1_050, 105), (640, 72)):
        for _ in range(4):
            angle, phase, side = rng.uniform(0, 2 * np.pi, 3)
            k = 2 * np.pi / length_m
            rows.append(
                (
                    k * np.cos(angle),
                    k * np.sin(angle),
                    phase,
                    amplitude_m * np.cos(side),
                    amplitude_m * np.sin(side),
                )
            )
    return Wind(waves=np.array(rows))


def draw_village(sketch: Sketch, rng: np.random.Generator, place: Settlement) -> int:
    """Draw the lanes of a village around its middle point and return that point."""
    columns, rows = int(rng.integers(3, 7)), int(rng.integers(3, 6))
    step = 2.0 * place.radius_m / max(columns, rows)
    u = (np.arange(columns) - columns // 2)[:, None] * step + rng.uniform(-0.22, 0.22, (columns, rows)) * step
    v = (np.arange(rows) - rows // 2)[None, :] * step + rng.uniform(-0.22, 0.22, (columns, rows)) * step
    turn = float(rng.uniform(0, np.pi))
    c, s = np.cos(turn), np.sin(turn)
    x, y = place.x_m + u * c - v * s, place.y_m + u * s + v * c
    middle = (columns // 2, rows // 2)
    keep = rng.random((2, columns, rows)) < 0.76
    points = np.array(add_points(sketch, x.ravel(), y.ravel())).reshape(columns, rows)
    lanes = [(points[:, j].tolist(), keep[0][: columns - 1, j], j == middle[1]) for j in range(rows)]
    lanes += [(points[i].tolist(), keep[1][i, : rows - 1], i == middle[0]) for i in range(columns)]
    for ids, there, main in lanes:
        _draw_lane(sketch, rng, ids, there, main=main)
    sketch.point_tags[add_point(sketch, place.x_m, place.y_m)] = {"place": "village", "name": place.name}
    return int(points[middle])


def _draw_lane(
    sketch: Sketch, rng: np.random.Generator, ids: list[int], there: NDArray[np.bool_], *, main: bool
) -> None:
    """Roads of one row of a village; the main ones run through without gaps."""
    if main:
        add_road(sketch, ids, highway="residential", name="")
        return
    highway = ("residential", "service", "unclassified")[int(rng.integers(3))]
    piece = [ids[0]]
    for point, keep in zip(ids[1:], there.tolist(), strict=True):
        if keep:
            piece.append(point)
            continue
        if len(piece) > 1:
            add_road(sketch, piece, highway=highway)
        piece = [point]
    if len(piece) > 1:
        add_road(sketch, piece, highway=highway)
