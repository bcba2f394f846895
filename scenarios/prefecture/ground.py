"""What a road network offers to people: usable edges, where many live, points beside roads."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gis.network import CLASS_INDEX, RoadNetwork
from gis.places import Place
from gis.snapping import EdgeIndex
from gis.speeds import allowed_edges
from gis.turns import turn_graph

_METRES_PER_DEGREE: Final = 111_195.0
_PEOPLE: Final = {
    "residential": 1.0, "living_street": 1.3, "tertiary": 0.7, "secondary": 0.5, "primary": 0.3,
    "unclassified": 0.35, "service": 0.15, "road": 0.3,
}  # fmt: skip
"""How many people live along a metre of road of a class, relative to a residential street."""

_HOMES: Final = ("residential", "living_street", "tertiary", "unclassified")
_PROFILES: Final = ("car", "bus", "truck")

Metres = NDArray[np.float64]
Edges = NDArray[np.int64]


class GroundError(ValueError):
    """The network is too small or too broken to hold a day's demand."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """A surveyed network. `x`, `y`: metres east and north of the middle of the map, of edge midpoints.

    Parameters
    ----------
    routable
        bool[m] edges on which cars, buses and lorries reach all others and come back.
    usable
        int64 edges of them along which vehicles may stop.
    homes
        int64 edges of `usable` along which people live.
    people
        float64[m] weight of each edge in people; 0 outside `homes`.
    near_usable, near_home
        Nearest-neighbour trees over the midpoints of `usable` and `homes`.
    named, near_named
        Edges that have a name, and their tree.
    """

    network: RoadNetwork
    origin: tuple[float, float]
    x: Metres
    y: Metres
    routable: NDArray[np.bool_]
    usable: Edges
    homes: Edges
    people: NDArray[np.float64]
    near_usable: cKDTree
    near_home: cKDTree
    named: Edges
    near_named: cKDTree


def survey(network: RoadNetwork, routable: NDArray[np.bool_] | None = None) -> Ground:
    """Find where on a network places may lie.

    Parameters
    ----------
    network
        Of kind `drive`.
    routable
        bool[m] edges that a router can use; None: those on which cars, buses and lorries all reach each
        other, turn bans heeded, are found here.

    Raises
    ------
    GroundError
        If fewer than 40 edges can be used.
    """
    routable = routable_edges(network) if routable is None else routable
    people = _people_per_metre()[network.edge_class] * network.edge_length_m * routable
    usable = np.flatnonzero(people > 0)
    if len(usable) < 40:
        message = (
            f"路网只有 {len(usable)} 条可用路段，放不下一天的用车需求，请换大一点的地图（map too small）"
        )
        raise GroundError(message)
    home_classes = [CLASS_INDEX[name] for name in _HOMES]
    homes = usable[np.isin(network.edge_class[usable], home_classes)]
    homes = homes if len(homes) >= 20 else usable
    origin = _middle(network)
    lon, lat = _midpoints(network)
    x, y = to_metres(origin, lon, lat)
    named = np.flatnonzero(network.edge_name > 0)
    return Ground(
        network=network, origin=origin, x=x, y=y, routable=routable, usable=usable, homes=homes,
        people=np.where(np.isin(np.arange(len(people)), homes), people, 0.0),
        near_usable=_tree(x, y, usable), near_home=_tree(x, y, homes),
        named=named, near_named=_tree(x, y, named if len(named) else usable),
    )  # fmt: skip


def routable_edges(
    network: RoadNetwork, shut: Edges | None = None, profiles: tuple[str, ...] = _PROFILES
) -> NDArray[np.bool_]:
    """bool[m]: edges from which every one of the profiles reaches all the others and comes back.

    Parameters
    ----------
    shut
        Edges that nobody may use.
    """
    routable = np.ones(network.edge_count, np.bool_)
    for profile in profiles:
        allowed = allowed_edges(network, profile)
        if shut is not None:
            allowed[shut] = False
        routable &= turn_graph(network, profile, allowed).edge_start >= 0
    return routable


def strong_part(network: RoadNetwork, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """bool[m]: the allowed edges inside the largest strongly connected part (turn bans are not looked at)."""
    start, end = network.edge_from[allowed], network.edge_to[allowed]
    n = network.node_count
    web = coo_array((np.ones(len(start), np.int8), (start, end)), shape=(n, n))
    label = connected_components(web, directed=True, connection="strong")[1]
    inner: NDArray[np.bool_] = allowed & (label[network.edge_from] == label[network.edge_to])
    if not inner.any():
        return inner
    largest = np.bincount(label[network.edge_from[inner]]).argmax()
    largest_part: NDArray[np.bool_] = inner & (label[network.edge_from] == largest)
    return largest_part


def to_metres(
    origin: tuple[float, float], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[Metres, Metres]:
    """Metres east and north of an origin (longitude, latitude); good to 1 % over 200 km."""
    shrink = np.cos(np.radians(origin[1]))
    return (lon - origin[0]) * _METRES_PER_DEGREE * shrink, (lat - origin[1]) * _METRES_PER_DEGREE


def to_lonlat(origin: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude (WGS-84) of metres: the inverse of `to_metres`."""
    shrink = float(np.cos(np.radians(origin[1])))
    return origin[0] + x / (_METRES_PER_DEGREE * shrink), origin[1] + y / _METRES_PER_DEGREE


def place_beside(ground: Ground, rng: np.random.Generator, edge: int, place_id: str, name: str) -> Place:
    """Put a place 4 to 12 m beside a road, somewhere in the middle half of the edge."""
    lon, lat = ground.network.edge_points(edge)
    x, y = to_metres(ground.origin, lon, lat)
    step = np.hypot(np.diff(x), np.diff(y))
    along = float(rng.uniform(0.25, 0.75)) * float(step.sum())
    k = min(int(np.searchsorted(np.cumsum(step), along)), len(step) - 1)
    share = (along - float(step[:k].sum())) / max(float(step[k]), 1e-9)
    dx, dy = float(x[k + 1] - x[k]), float(y[k + 1] - y[k])
    side = float(rng.uniform(4, 12)) / max(float(step[k]), 1e-9)
    at = to_lonlat(ground.origin, float(x[k]) + share * dx + side * dy, float(y[k]) + share * dy - side * dx)
    return Place(id=place_id, lon=round(at[0], 6), lat=round(at[1], 6), name=name)


def edges_beside(ground: Ground, places: Collection[Place]) -> Edges:
    """Routable edges that places lie on, in both directions."""
    snaps, _ = EdgeIndex(ground.network, ground.routable).snap(tuple(places))
    return np.unique(np.array([edge for snap in snaps for edge in snap.edges], np.int64))


def road_near(ground: Ground, edge: int) -> str:
    """Name of the road, or of the nearest road that has one, or ""."""
    network = ground.network
    name = network.names[int(network.edge_name[edge])]
    if name or not len(ground.named):
        return name
    at = int(ground.near_named.query((ground.x[edge], ground.y[edge]))[1])
    return network.names[int(network.edge_name[ground.named[at]])]


def pick(
    rng: np.random.Generator, ground: Ground, edges: Edges, count: int, *, by_people: bool = True
) -> list[int]:
    """Draw edges, by default where more people live more often; without repetition while they last."""
    weight = ground.people[edges] if by_people else ground.network.edge_length_m[edges]
    weight = weight + 1e-9
    found: list[int] = []
    while len(found) < count:
        some = min(count - len(found), len(edges))
        found += rng.choice(edges, size=some, replace=False, p=weight / weight.sum()).tolist()
    return found


def within(tree: cKDTree, edges: Edges, at: tuple[float, float], metres: float) -> Edges:
    """Edges of a tree within a distance of a point, ascending."""
    return edges[np.sort(np.array(tree.query_ball_point(at, metres), np.int64))]


def apart(ground: Ground, candidates: list[int], count: int, gap_m: float) -> list[int]:
    """First edges of a list that keep a distance from each other; it shrinks until there are enough."""
    while True:
        chosen: list[int] = []
        for edge in candidates:
            if len(chosen) == count:
                return chosen
            if all(_far(ground, edge, other, gap_m) for other in chosen):
                chosen.append(edge)
        if len(chosen) == count or gap_m < 1.0:
            return chosen
        gap_m *= 0.7


def distance_m(ground: Ground, edge: int, at: tuple[float, float]) -> float:
    """Metres as the crow flies from the middle of an edge to a point."""
    return float(np.hypot(ground.x[edge] - at[0], ground.y[edge] - at[1]))


Label = Callable[[int], str]
"""What people call the surroundings of an edge."""


def _far(ground: Ground, edge: int, other: int, gap_m: float) -> bool:
    return distance_m(ground, edge, (float(ground.x[other]), float(ground.y[other]))) >= gap_m


def _people_per_metre() -> NDArray[np.float64]:
    weight = np.zeros(len(CLASS_INDEX))
    for name, people in _PEOPLE.items():
        weight[CLASS_INDEX[name]] = people
    return weight


def _middle(network: RoadNetwork) -> tuple[float, float]:
    west, south, east, north = network.bounds
    return (west + east) / 2, (south + north) / 2


def _midpoints(network: RoadNetwork) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middle point of each edge's shape (by count of points; between two where there are two)."""
    first = network.shape_start[:-1][network.edge_shape].astype(np.int64)
    count = np.diff(network.shape_start)[network.edge_shape]
    low, high = first + (count - 1) // 2, first + count // 2
    lon = (network.shape_lon[low] + network.shape_lon[high]) / 2
    return lon, (network.shape_lat[low] + network.shape_lat[high]) / 2


def _tree(x: Metres, y: Metres, edges: Edges) -> cKDTree:
    return cKDTree(np.column_stack([x[edges], y[edges]]))
