"""Where a commuter bus may stop: places at the kerb of bus-suitable roads near homes, spaced along them.

A stop lies on the right-hand kerb of its direction of travel (traffic keeps right), never on a motorway, a
ramp or in a tunnel, and only where buses come and go. Bus stops of the map are preferred where they are near.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gis.coordinates import EARTH_RADIUS_M
from gis.network import CLASS_INDEX, PROFILE_BIT, RoadNetwork
from gis.places import Place
from gis.snapping import EdgeIndex, Snap

__all__ = ["CandidateRules", "candidate_stops", "right_hand"]

_Array = NDArray[np.float64]
_Edges = NDArray[np.int64]

_KERB_M: Final = 4.0
_FROM_CROSSING_M: Final = 15.0
_MAPPED_STOP_M: Final = 40.0
_CLEAR_M: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRules:
    """What makes a place fit for a stop.

    Parameters
    ----------
    classes
        Road classes where a bus may stop, the best first.
    spacing_m
        Straight between any two candidates, at least.
    reach_m
        Straight from a home, at most: walks are longer, so this is no promise.
    step_m
        How densely roads are looked at.
    most
        No more candidates than so many; None is no limit.
    """

    classes: tuple[str, ...] = (
        "tertiary", "secondary", "primary", "busway", "unclassified", "residential", "road",
    )  # fmt: skip
    spacing_m: float = 300.0
    reach_m: float = 500.0
    step_m: float = 75.0
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Points:
    """`p` points of directed edges where a bus may stand."""

    edge: _Edges
    x: _Array
    y: _Array
    heading: _Array
    mapped: NDArray[np.int64]

    def taken(self, keep: NDArray[np.intp]) -> "_Points":
        """Return some of the points."""
        return _Points(
            edge=self.edge[keep],
            x=self.x[keep],
            y=self.y[keep],
            heading=self.heading[keep],
            mapped=self.mapped[keep],
        )


def candidate_stops(
    network: RoadNetwork,
    homes: Sequence[Place],
    *,
    towards: Sequence[Place] = (),
    bus_stops: Sequence[Place] = (),
    tunnels: Collection[int] = (),
    routable: NDArray[np.bool_] | None = None,
    rules: CandidateRules | None = None,
) -> tuple[Place, ...]:
    """Find places where riders from these homes may board, on the right-hand kerb.

    Parameters
    ----------
    network
        Of kind `drive`.
    homes
        WGS-84; a place that is given more than once counts as often.
    towards
        Where people work: of two kerbs, that in this direction is preferred.
    bus_stops
        Stops that the map knows (`gis.read.bus_stops.read_bus_stops`), anywhere.
    tunnels
        Way ids (`read_tunnels`) where nobody waits.
    routable
        bool[m]: edges that buses reach and leave (`Router.graph.routable`); None: all they may drive.

    Returns
    -------
    tuple of Place
        WGS-84, at the kerb 4 m to the right of the middle line, the fittest first; ids `stop-001` …, names
        from the map or the road. Empty where no suitable road is near any home.
    """
    rules = rules or CandidateRules()
    if not homes:
        return ()
    usable = _suitable(network, rules, tunnels, routable)
    plane = _Plane(network)
    crowd = cKDTree(np.column_stack(plane.metres(homes)))
    near = _near(network, usable, plane, crowd, rules)
    points = _points(network, near, plane, rules)
    points = _with_mapped(network, usable, plane, points, bus_stops)
    points = _on_own_road(network, plane, points, routable)
    points, people = _with_people(points, crowd, rules.reach_m)
    order = _ranked(network, points, people, plane, towards, rules)
    chosen = _spaced(points, order, rules)
    return tuple(_place(network, plane, points, int(i), n, bus_stops) for n, i in enumerate(chosen, start=1))


def right_hand(network: RoadNetwork, snap: Snap) -> Snap:
    """Keep of a two-way road only the direction on whose right the place lies.

    Use it on snaps of stops, so that a bus comes along their kerb. A place on the middle line (within a
    metre) keeps both directions.
    """
    sides = [
        _side_m(network, edge, offset, snap) for edge, offset in zip(snap.edges, snap.offsets_m, strict=True)
    ]
    keep = [i for i, side_m in enumerate(sides) if side_m > -_CLEAR_M]
    if len(snap.edges) < 2 or not keep or len(keep) == len(snap.edges):
        return snap
    return replace(
        snap,
        edges=tuple(snap.edges[i] for i in keep),
        offsets_m=tuple(snap.offsets_m[i] for i in keep),
    )


class _Plane:
    """Metres east and north of the middle of a network: true to scale over a prefecture."""

    def __init__(self, network: RoadNetwork) -> None:
        west, south, east, north = network.bounds
        self._lon, self._lat = (west + east) / 2, (south + north) / 2
        self._per_degree = np.radians(1.0) * EARTH_RADIUS_M
        self._squeeze = float(np.cos(np.radians(self._lat)))

    def of(self, lon: _Array, lat: _Array) -> tuple[_Array, _Array]:
        """Metres from degrees."""
        x = (lon - self._lon) * self._per_degree * self._squeeze
        return x, (lat - self._lat) * self._per_degree

    def metres(self, places: Sequence[Place]) -> tuple[_Array, _Array]:
        """Metres of places."""
        return self.of(np.array([p.lon for p in places]), np.array([p.lat for p in places]))

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Degrees from metres."""
        lon = self._lon + x / (self._per_degree * self._squeeze)
        return lon, self._lat + y / self._per_degree


def _suitable(
    network: RoadNetwork,
    rules: CandidateRules,
    tunnels: Collection[int],
    routable: NDArray[np.bool_] | None,
) -> NDArray[np.bool_]:
    classes = [CLASS_INDEX[name] for name in rules.classes]
    usable = np.isin(network.edge_class, classes) & (network.edge_access & PROFILE_BIT["bus"] != 0)
    usable &= ~np.isin(network.edge_way, list(tunnels))
    return np.asarray(usable if routable is None else usable & routable)


def _near(
    network: RoadNetwork, usable: NDArray[np.bool_], plane: _Plane, crowd: cKDTree, rules: CandidateRules
) -> _Edges:
    """Usable edges that may come near a home."""
    edges = np.flatnonzero(usable)
    x, y = plane.of(network.node_lon, network.node_lat)
    ends = [np.column_stack((x, y))[node[edges]] for node in (network.edge_from, network.edge_to)]
    away = np.minimum(crowd.query(ends[0])[0], crowd.query(ends[1])[0]) if len(edges) else np.empty(0)
    return np.asarray(edges[away <= rules.reach_m + network.edge_length_m[edges]], np.int64)


def _points(network: RoadNetwork, edges: _Edges, plane: _Plane, rules: CandidateRules) -> _Points:
    """Points along the kerbs of edges, clear of the crossings at their ends."""
    parts = [_along(network, int(edge), plane, rules.step_m) for edge in edges.tolist()]
    empty = np.empty((0, 3))
    rows = np.concatenate(parts) if parts else empty
    counts = [len(part) for part in parts]
    edge = np.repeat(edges, counts) if parts else np.empty(0, np.int64)
    mapped = np.full(len(rows), -1, np.int64)
    return _Points(edge=edge, x=rows[:, 0], y=rows[:, 1], heading=rows[:, 2], mapped=mapped)


def _along(network: RoadNetwork, edge: int, plane: _Plane, step_m: float) -> _Array:
    """Rows of x, y and heading along one edge, at its right kerb."""
    x, y = plane.of(*network.edge_points(edge))
    length = np.hypot(np.diff(x), np.diff(y))
    total = float(length.sum())
    if total <= 2 * _FROM_CROSSING_M:
        return np.empty((0, 3))
    count = max(1, round((total - 2 * _FROM_CROSSING_M) / step_m))
    at = _FROM_CROSSING_M + (np.arange(count) + 0.5) * (total - 2 * _FROM_CROSSING_M) / count
    ends = np.cumsum(length)
    k = np.minimum(np.searchsorted(ends, at), len(length) - 1)
    share = (at - (ends[k] - length[k])) / np.maximum(length[k], 1e-9)
    heading = np.arctan2(np.diff(y)[k], np.diff(x)[k])
    return np.column_stack(
        (
            x[k] + share * np.diff(x)[k] + _KERB_M * np.sin(heading),
            y[k] + share * np.diff(y)[k] - _KERB_M * np.cos(heading),
            heading,
        )
    )


def _with_mapped(
    network: RoadNetwork,
    usable: NDArray[np.bool_],
    plane: _Plane,
    points: _Points,
    bus_stops: Sequence[Place],
) -> _Points:
    """Add the stops of the map at the road beside them, on the side where they are drawn."""
    if not bus_stops or not usable.any():
        return points
    number = {place.id: i for i, place in enumerate(bus_stops)}
    snaps, _ = EdgeIndex(network, usable).snap(bus_stops, max_distance_m=_MAPPED_STOP_M)
    sided = [right_hand(network, snap) for snap in snaps]
    if not sided:
        return points
    edge = np.array([snap.edge for snap in sided], np.int64)
    heading = np.array([_heading(network, plane, snap) for snap in sided])
    x, y = plane.of(np.array([s.lon for s in sided]), np.array([s.lat for s in sided]))
    return _Points(
        edge=np.concatenate((points.edge, edge)),
        x=np.concatenate((points.x, x + _KERB_M * np.sin(heading))),
        y=np.concatenate((points.y, y - _KERB_M * np.cos(heading))),
        heading=np.concatenate((points.heading, heading)),
        mapped=np.concatenate((points.mapped, [number[s.place.id] for s in sided])),
    )


def _on_own_road(
    network: RoadNetwork, plane: _Plane, points: _Points, routable: NDArray[np.bool_] | None
) -> _Points:
    """Leave out points that lie nearer to another road: a bus would be sent there."""
    drivable = network.edge_access & PROFILE_BIT["bus"] != 0
    drivable = np.asarray(drivable if routable is None else drivable & routable)
    if not len(points.edge):
        return points
    x, y = plane.of(network.node_lon[network.edge_from], network.node_lat[network.edge_from])
    west, east = points.x.min(), points.x.max()
    south, north = points.y.min(), points.y.max()
    room = network.edge_length_m + 100.0
    drivable &= (x > west - room) & (x < east + room) & (y > south - room) & (y < north + room)
    degrees = [plane.degrees(a, b) for a, b in zip(points.x.tolist(), points.y.tolist(), strict=True)]
    places = [Place(id=str(i), lon=lon, lat=lat) for i, (lon, lat) in enumerate(degrees)]
    snaps, _ = EdgeIndex(network, drivable).snap(places, max_distance_m=2 * _KERB_M)
    clear = (s for s in snaps if s.distance_m > _KERB_M / 2)  # else inside a hairpin, between its two ways
    own = [int(s.place.id) for s in clear if points.edge[int(s.place.id)] in s.edges]
    return points.taken(np.array(own, np.intp))


def _with_people(points: _Points, crowd: cKDTree, reach_m: float) -> tuple[_Points, _Array]:
    """Points with a home in reach, and how many homes are, near ones for more."""
    if not len(points.x):
        return points, np.empty(0)
    at = np.column_stack((points.x, points.y))
    rings = [crowd.query_ball_point(at, reach_m * part, return_length=True) for part in (1.0, 0.5, 0.25)]
    people = np.sum(rings, axis=0).astype(np.float64)
    inside = np.flatnonzero(people > 0)
    return points.taken(inside), people[inside]


def _ranked(
    network: RoadNetwork,
    points: _Points,
    people: _Array,
    plane: _Plane,
    towards: Sequence[Place],
    rules: CandidateRules,
) -> NDArray[np.int64]:
    """Order the points: stops of the map, then where many live, on the better road, on the right way."""
    rank = {CLASS_INDEX[name]: i for i, name in enumerate(rules.classes)}
    road = np.array([rank[c] for c in network.edge_class[points.edge].tolist()], np.int64)
    score = people / (1.0 + 0.1 * road)
    if towards and len(people):
        x, y = plane.metres(towards)
        bearing = np.arctan2(y.mean() - points.y, x.mean() - points.x)
        score = score * (1.0 + 0.2 * np.cos(bearing - points.heading))
    return np.lexsort((np.arange(len(score)), points.edge, -score, points.mapped < 0))


def _spaced(points: _Points, order: NDArray[np.int64], rules: CandidateRules) -> list[int]:
    """Take points in their order, none too near to one taken before."""
    if not len(order):
        return []
    at = np.column_stack((points.x, points.y))
    tree, barred, chosen = cKDTree(at), np.zeros(len(at), bool), []
    for i in order.tolist():
        if barred[i]:
            continue
        chosen.append(i)
        barred[tree.query_ball_point(at[i], rules.spacing_m)] = True
        if rules.most is not None and len(chosen) == rules.most:
            break
    return chosen


def _place(
    network: RoadNetwork,
    plane: _Plane,
    points: _Points,
    i: int,
    number: int,
    bus_stops: Sequence[Place],
) -> Place:
    lon, lat = plane.degrees(float(points.x[i]), float(points.y[i]))
    mapped, edge = int(points.mapped[i]), int(points.edge[i])
    road = network.names[network.edge_name[edge]]
    name = bus_stops[mapped].name if mapped >= 0 else ""
    name = name or f"{road or '无名路'} {number} 号点"
    return Place(
        id=f"stop-{number:03}", lon=round(float(lon), 7), lat=round(float(lat), 7), name=name, kerb=True
    )


def _side_m(network: RoadNetwork, edge: int, offset_m: float, snap: Snap) -> float:
    """Metres by which the place lies to the right of an edge, negative to the left."""
    plane = _Plane(network)
    heading = _heading_at(network, plane, edge, offset_m)
    x, y = plane.of(np.array([snap.place.lon, snap.lon]), np.array([snap.place.lat, snap.lat]))
    return float((x[0] - x[1]) * np.sin(heading) - (y[0] - y[1]) * np.cos(heading))


def _heading(network: RoadNetwork, plane: _Plane, snap: Snap) -> float:
    return _heading_at(network, plane, snap.edge, snap.offset_m)


def _heading_at(network: RoadNetwork, plane: _Plane, edge: int, offset_m: float) -> float:
    x, y = plane.of(*network.edge_points(edge))
    length = np.hypot(np.diff(x), np.diff(y))
    along = offset_m / max(float(network.edge_length_m[edge]), 1e-9) * float(length.sum())
    k = min(int(np.searchsorted(np.cumsum(length), along)), len(length) - 1)
    return float(np.arctan2(y[k + 1] - y[k], x[k + 1] - x[k]))
