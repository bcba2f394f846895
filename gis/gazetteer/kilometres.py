"""Places given as road and kilometre: "G320 K1234+500" found along the road between its posts."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis.coordinates import metres_between, to_plane
from gis.gazetteer.text import normalised
from gis.gazetteer.values import KmPost, RoadLine

POST_TO_ROAD_M: Final = 60.0
"""A post further than this from the drawn road does not calibrate it."""
LENGTH_TOLERANCE: Final = 0.25
"""Between two posts the drawn road may differ so much from the difference of what they say."""

_CODE: Final = re.compile(r"^([gsxyz])0*(\d{1,4})(?:线|高速|公路)?$")
_NUMBERED: Final = re.compile(r"^(国|省|县|乡)道[gsxy]?0*(\d{1,4})线?$|^[gsxy]?0*(\d{1,4})(国|省|县|乡)道$")
_ENDING: Final = re.compile(r"(?<=..)(?:线|公路)$")
_RANK: Final = {"国": "g", "省": "s", "县": "x", "乡": "y"}
_ROAD: Final = (
    r"(?P<road>[gsxyz]\s*\d{1,4}|[国省县乡]道\s*[gsxy]?\d{1,4}|[gsxy]?\d{1,4}\s*[国省县乡]道|[^\d\s]{2,14}?)?"
)
_TEXT: Final = re.compile(
    r"^\s*" + _ROAD + r"\s*(?:线|公路)?\s*(?:(?P<mark>k|桩号\s*k?)\s*)?(?P<km>\d{1,4}(?:\.\d+)?)\s*"
    r"(?:(?P<plus>\+|公里|千米|km)\s*(?P<metres>\d{1,3})?\s*(?:米|m)?)?\s*(?:处|附近|路段)?\s*$"
)  # fmt: skip

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kilometre:
    """What such a text says.

    Parameters
    ----------
    road
        Key of the road (see `road_key`), "" where the text names none.
    km
        Kilometres, with fraction.
    """

    road: str
    km: float

    @property
    def label(self) -> str:
        """Return e.g. `G320 K1234+500`."""
        whole, metres = divmod(round(self.km * 1000), 1000)
        return f"{self.road.upper()} K{whole}+{metres:03d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A point of a road, or the reason why there is none.

    Parameters
    ----------
    point
        (lon, lat) in WGS-84 degrees, or None.
    reason
        One Chinese sentence.
    """

    point: tuple[float, float] | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axis:
    """One road as a small graph, with its posts as nodes of it.

    Parameters
    ----------
    lon, lat
        float64[n] of its nodes.
    graph
        Lengths in metres, both directions.
    posts
        (km, node) ascending by km.
    strays
        How many posts lie too far from the drawn road.
    """

    lon: _Array
    lat: _Array
    graph: csr_array
    posts: tuple[tuple[float, int], ...]
    strays: int


def road_key(name: str) -> str:
    """Return one spelling of a road's number or name: 国道320线, 320国道 and G320 are all `g320`."""
    text = normalised(name)
    code = _CODE.match(text)
    if code:
        return code.group(1) + code.group(2)
    numbered = _NUMBERED.match(text)
    if numbered:
        rank, number, number2, rank2 = numbered.groups()
        return _RANK[rank or rank2] + (number or number2)
    return _ENDING.sub("", text)


def read_kilometre(text: str) -> Kilometre | None:
    """Read a road and a kilometre from a text; None where it is no such text."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    found = _TEXT.match(plain)
    if not found or not (found["plus"] or (found["mark"] and found["road"])):
        return None
    if found["plus"] == "+" and not (found["mark"] or found["road"]):
        return None
    km = float(found["km"]) + float(found["metres"] or 0) / 1000
    return Kilometre(road=road_key(found["road"] or ""), km=km)


def axes(lines: Iterable[RoadLine], posts: Iterable[KmPost]) -> Mapping[str, Axis | None]:
    """Calibrate every road: key → axis, or None where a road is drawn but has no post."""
    drawn: dict[str, list[RoadLine]] = {}
    for line in lines:
        for key in dict.fromkeys(road_key(road) for road in line.roads):
            drawn.setdefault(key, []).append(line)
    said: dict[str, list[KmPost]] = {}
    for post in posts:
        said.setdefault(road_key(post.road), []).append(post)
    return {key: _axis(pieces, said[key]) if key in said else None for key, pieces in drawn.items()}


def located(asked: Kilometre, roads: Mapping[str, Axis | None]) -> Located:
    """Find the point of a road at a kilometre, between the two posts around it."""
    if not asked.road:
        return Located(point=None, reason="只写了公里桩号，没有写哪条路；请写明道路编号，如 G320 K1234+500")
    name = asked.road.upper()
    if asked.road not in roads:
        return Located(point=None, reason=f"地图上没有道路 {name}；请核对编号，或在地图上钉点")
    axis = roads[asked.road]
    if axis is None or not axis.posts:
        strays = "" if axis is None else f"（{axis.strays} 个里程桩离道路太远）"
        return Located(
            point=None,
            reason=f"道路 {name} 没有可用的里程桩{strays}，"
            f"无法换算 {asked.label}；请导入里程桩表，或在地图上钉点",
        )
    return _between_posts(asked, axis)


def _between_posts(asked: Kilometre, axis: Axis) -> Located:
    for km, node in axis.posts:
        if abs(km - asked.km) < 5e-4:
            return Located(point=_at(axis, node), reason=f"{asked.label} 正是里程桩所在")
    around = [(a, b) for a, b in pairwise(axis.posts) if a[0] < asked.km < b[0]]
    if not around:
        first, last = axis.posts[0][0], axis.posts[-1][0]
        reason = f"里程桩只有 K{first:g} 到 K{last:g}，{asked.label} 不在其中；请在地图上钉点"
        return Located(point=None, reason=reason)
    (before, start), (after, end) = around[0]
    nodes, along = _way(axis, start, end)
    said_m = (after - before) * 1000
    if not len(nodes) or abs(along[-1] / said_m - 1) > LENGTH_TOLERANCE:
        drawn = f"{along[-1] / 1000:.1f} 公里" if len(nodes) else "不连通"
        reason = f"K{before:g} 与 K{after:g} 两桩之间地图上的路{drawn}，与里程不符，"
        reason += f"无法换算 {asked.label}；请在地图上钉点"
        return Located(point=None, reason=reason)
    at = (asked.km - before) / (after - before) * along[-1]
    point = float(np.interp(at, along, axis.lon[nodes])), float(np.interp(at, along, axis.lat[nodes]))
    return Located(point=point, reason=f"{asked.label} 按 K{before:g} 与 K{after:g} 两个里程桩之间的道路量得")


def _at(axis: Axis, node: int) -> tuple[float, float]:
    return float(axis.lon[node]), float(axis.lat[node])


def _way(axis: Axis, start: int, end: int) -> tuple[NDArray[np.intp], _Array]:
    """Nodes of the shortest way along the road, and metres from its start to each of them."""
    rows, ways = dijkstra(axis.graph, indices=np.array([start]), return_predecessors=True)
    distance, before = rows[0], ways[0]
    if not np.isfinite(distance[end]):
        return np.zeros(0, np.intp), np.zeros(0)
    nodes = [end]
    while nodes[-1] != start:
        nodes.append(int(before[nodes[-1]]))
    way = np.array(nodes[::-1], np.intp)
    return way, np.asarray(distance[way], np.float64)


# --- calibration -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Growing:
    """Nodes and links of an axis while it is made."""

    lon: list[float]
    lat: list[float]
    links: dict[tuple[int, int], float]

    def node(self, lon: float, lat: float) -> int:
        self.lon.append(lon)
        self.lat.append(lat)
        return len(self.lon) - 1

    def link(self, a: int, b: int, metres: float) -> None:
        # A sparse graph takes 0.0 for "no link".
        self.links[(min(a, b), max(a, b))] = max(metres, 1e-6)


def _axis(pieces: Sequence[RoadLine], posts: Sequence[KmPost]) -> Axis:
    growing = _Growing([], [], {})
    number: dict[tuple[float, float], int] = {}
    lines = [[number.setdefault(p, len(number)) for p in piece.points] for piece in pieces]
    for lon, lat in number:
        growing.node(lon, lat)
    usable = [line for line in lines if len(line) > 1]
    cuts, kept, strays = _snapped(usable, posts, growing)
    for position, line in enumerate(usable):
        _link_line(line, sorted(cuts.get(position, ())), growing)
    return Axis(
        lon=np.array(growing.lon), lat=np.array(growing.lat), graph=_graph(growing), posts=kept, strays=strays
    )


def _snapped(
    lines: Sequence[Sequence[int]], posts: Sequence[KmPost], growing: _Growing
) -> tuple[dict[int, list[tuple[float, int]]], tuple[tuple[float, int], ...], int]:
    """Where posts cut the lines: line → (share of its length, node); the posts that do; how many do not.

    A post stands beside one carriageway and counts for both.
    """
    lat0 = float(np.mean(growing.lat)) if growing.lat else 0.0
    x, y = to_plane(np.array(growing.lon), np.array(growing.lat), lat0=lat0)
    shapes = [shapely.LineString(np.column_stack((x[line], y[line]))) for line in lines]
    tree = shapely.STRtree(shapes)
    cuts: dict[int, list[tuple[float, int]]] = {}
    kept: dict[float, int] = {}
    strays = 0
    for post in posts:
        px, py = to_plane(post.lon, post.lat, lat0=lat0)
        point = shapely.Point(float(px), float(py))
        near = tree.query(point, predicate="dwithin", distance=POST_TO_ROAD_M).tolist()
        if not near or post.km in kept:
            strays += not near
            continue
        kept[post.km] = post_node = growing.node(post.lon, post.lat)
        for position in sorted(near):
            share = float(shapes[position].project(point, normalized=True))
            lon, lat = _along(lines[position], share, shapes[position], growing)
            cut = growing.node(lon, lat)
            growing.link(post_node, cut, 0.0)
            cuts.setdefault(position, []).append((share, cut))
    return cuts, tuple(sorted(kept.items())), strays


def _along(
    line: Sequence[int], share: float, shape: shapely.LineString, growing: _Growing
) -> tuple[float, float]:
    shares = _vertex_shares(shape)
    lon = np.interp(share, shares, [growing.lon[i] for i in line])
    lat = np.interp(share, shares, [growing.lat[i] for i in line])
    return float(lon), float(lat)


def _vertex_shares(shape: shapely.LineString) -> _Array:
    points = shapely.get_coordinates(shape)
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    return np.asarray(along / max(float(along[-1]), 1e-9), np.float64)


def _link_line(line: Sequence[int], cuts: Sequence[tuple[float, int]], growing: _Growing) -> None:
    lon, lat = np.array(growing.lon), np.array(growing.lat)
    step = metres_between(lon[line[:-1]], lat[line[:-1]], lon[line[1:]], lat[line[1:]])
    along = np.concatenate(([0.0], np.cumsum(step)))
    stations = [
        *zip(along.tolist(), line, strict=True),
        *((share * float(along[-1]), cut) for share, cut in cuts),
    ]
    for (metres_a, a), (metres_b, b) in pairwise(sorted(stations, key=lambda station: station[0])):
        if a != b:
            growing.link(a, b, metres_b - metres_a)


def _graph(growing: _Growing) -> csr_array:
    n = len(growing.lon)
    ends = np.array(list(growing.links), np.int64).reshape(-1, 2)
    metres = np.array(list(growing.links.values()), np.float64)
    both = np.concatenate((ends, ends[:, ::-1]))
    return csr_array((np.concatenate((metres, metres)), (both[:, 0], both[:, 1])), shape=(n, n))
