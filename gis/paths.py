"""Paths and their judge: what a vehicle drives, edge by edge with the time it enters each.

The judge shares no code with the router: it lays a path out over the arrays of the network and asks the
rules of `gis.path_rules` one by one. From the speed table it takes only what a vehicle is and how fast it can
ever be.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.closures import Closure
from gis.errors import ClosureError
from gis.network import PROFILE_BIT, RoadNetwork
from gis.path_rules import RULES, Drive, Ground, PathFault, PathViolation
from gis.speeds import SpeedTable, default_speeds, edge_speed_kmh

__all__ = ["Path", "PathFault", "PathViolation", "violations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One drive over a `gis.network.RoadNetwork`.

    Parameters
    ----------
    profile
        Who drives: a name of `gis.network.PROFILES`.
    edges
        Positions of directed edges, in driving order, at least one.
    entry_s
        When each edge is entered, one per edge, seconds since the start of the service day; the first is the
        moment of leaving, not before `depart_s`.
    depart_s, arrive_s
        Asked departure, and arrival at the end.
    distance_m
        Length driven: from `start_offset_m` on the first edge to `end_offset_m` on the last.
    lon, lat
        WGS-84 degrees of the line driven, start and end points included; empty where no geometry was asked
        for.
    start_offset_m, end_offset_m
        Metres from the beginning of the first and of the last edge, in driving direction.
    """

    profile: str
    edges: tuple[int, ...]
    entry_s: tuple[float, ...]
    depart_s: float
    arrive_s: float
    distance_m: float
    start_offset_m: float
    end_offset_m: float
    lon: tuple[float, ...] = ()
    lat: tuple[float, ...] = ()


def violations(
    network: RoadNetwork,
    closures: Iterable[Closure],
    paths: Sequence[Path],
    *,
    speeds: SpeedTable | None = None,
) -> tuple[PathViolation, ...]:
    """Every broken rule of every path; empty where all may be driven as written.

    Edges must exist, join, be open to the profile in this direction and wide, high and strong enough; no
    forbidden sequence of edges is driven in one go, and nobody turns back except at a dead end (a node with
    no other way on for the profile). No edge is occupied during any second of a closure of it (spans are
    half-open: `start_s <= t < end_s`; a polygon closes every edge whose shape it touches). Times never run
    backwards, nobody is faster than 1.05 × the speed table and the slow-downs in force (times may be rounded
    to seconds), and lengths, offsets and the drawn line agree with the edges.

    Parameters
    ----------
    closures
        All closures and slow-downs of the day; those of other profiles are passed over.
    paths
        Judged one by one; `PathViolation.path` is the position here.
    speeds
        Table that says what vehicles are and how fast they can ever be; by default the one the router uses.

    Raises
    ------
    ClosureError
        If a closure's polygon has fewer than three corners.
    """
    table = speeds or default_speeds()
    closed = tuple(closures)
    grounds: dict[str, Ground] = {}
    found: list[PathViolation] = []
    for index, path in enumerate(paths):
        unreadable = _unreadable(network, index, path)
        if unreadable is not None:
            found.append(unreadable)
            continue
        if path.profile not in grounds:
            grounds[path.profile] = _ground(network, closed, table, path.profile)
        drive = _laid_out(network, grounds[path.profile], index, path)
        found.extend(violation for rule in RULES for violation in rule(drive))
    return tuple(found)


def _unreadable(network: RoadNetwork, index: int, path: Path) -> PathViolation | None:
    """Say what makes it impossible to lay the path out at all."""
    code, why, edge = PathFault.MALFORMED, "", None
    unknown = [e for e in path.edges if not 0 <= e < network.edge_count]
    numbers = (*path.entry_s, *path.lon, *path.lat, path.depart_s, path.arrive_s, path.distance_m)
    if path.profile not in PROFILE_BIT:
        code, why = PathFault.UNKNOWN_PROFILE, f"不认识车型 {path.profile!r}，只有 {', '.join(PROFILE_BIT)}"
    elif not path.edges:
        code, why = PathFault.EMPTY, "没有任何路段"
    elif unknown:
        code, edge = PathFault.UNKNOWN_EDGE, unknown[0]
        why = f"路段 {edge} 不在路网中（共 {network.edge_count} 条）"
    elif len(path.entry_s) != len(path.edges) or len(path.lon) != len(path.lat):
        counts = f"{len(path.edges)} 条路段，{len(path.entry_s)} 个驶入时刻"
        why = f"{counts}，{len(path.lon)} 个经度，{len(path.lat)} 个纬度，互不相符"
    elif not np.isfinite((*numbers, path.start_offset_m, path.end_offset_m)).all():
        why = "时刻、里程或坐标不是有效数字"
    if not why:
        return None
    return PathViolation(path=index, code=code, message=f"路径 {index}：{why}", edge=edge)


def _laid_out(network: RoadNetwork, ground: Ground, index: int, path: Path) -> Drive:
    edges = np.array(path.edges, np.int64)
    entry_s = np.array(path.entry_s, np.float64)
    driven_m = network.edge_length_m[edges].copy()
    driven_m[-1] = path.end_offset_m
    driven_m[0] -= path.start_offset_m
    return Drive(
        index=index,
        network=network,
        ground=ground,
        edges=edges,
        entry_s=entry_s,
        exit_s=np.append(entry_s[1:], path.arrive_s),
        driven_m=driven_m,
        depart_s=path.depart_s,
        distance_m=path.distance_m,
        start_offset_m=path.start_offset_m,
        end_offset_m=path.end_offset_m,
        lon=np.array(path.lon, np.float64),
        lat=np.array(path.lat, np.float64),
    )


def _ground(network: RoadNetwork, closures: Sequence[Closure], table: SpeedTable, profile: str) -> Ground:
    vehicle = table.profile(profile)
    binds = {"height", "weight", "width"} - set(vehicle.exempt)
    height_m = vehicle.height_m if "height" in binds else 0.0
    weight_t = vehicle.weight_t if "weight" in binds else 0.0
    width_m = vehicle.width_m if "width" in binds else 0.0
    allowed = (network.edge_access & PROFILE_BIT[profile]) > 0
    fits = (network.edge_max_height_m >= height_m) & (network.edge_max_weight_t >= weight_t)
    return Ground(
        profile=profile,
        allowed=allowed,
        passable=allowed & fits & (network.edge_max_width_m >= width_m),
        height_m=height_m,
        weight_t=weight_t,
        width_m=width_m,
        top_mps=_top_mps(network, table, profile),
        bans=_bans(network, PROFILE_BIT[profile]),
        closures=_closures_by_edge(network, [c for c in closures if not c.profiles or profile in c.profiles]),
    )


def _top_mps(network: RoadNetwork, table: SpeedTable, profile: str) -> NDArray[np.float64]:
    buckets = range(len(table.bucket_starts_s))
    top_kmh = np.max([edge_speed_kmh(network, profile, table, b) for b in buckets], axis=0)
    return np.where(top_kmh > 0, top_kmh, np.inf) / 3.6  # where it may not drive, that is the fault to name


def _bans(network: RoadNetwork, bit: int) -> Mapping[int, tuple[tuple[int, ...], ...]]:
    by_first: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
    for r in np.flatnonzero(network.ban_profiles & bit).tolist():
        sequence = network.ban_edges[network.ban_start[r] : network.ban_start[r + 1]].tolist()
        by_first[sequence[0]].append(tuple(sequence))
    return {first: tuple(sequences) for first, sequences in by_first.items()}


def _closures_by_edge(network: RoadNetwork, closures: Sequence[Closure]) -> Mapping[int, tuple[Closure, ...]]:
    by_edge: defaultdict[int, list[Closure]] = defaultdict(list)
    for closure in closures:
        touched = _touched(network, closure) if closure.polygon else ()
        for edge in {*closure.edges, *touched}:
            by_edge[edge].append(closure)
    return {edge: tuple(here) for edge, here in by_edge.items()}


def _touched(network: RoadNetwork, closure: Closure) -> tuple[int, ...]:
    """Edges whose shape meets the polygon, looked for among those whose box does."""
    if len(closure.polygon) < 3:
        message = f"管制 {closure.name or closure.id} 的区域只有 {len(closure.polygon)} 个角，至少要 3 个"
        raise ClosureError(message)
    area = shapely.make_valid(shapely.Polygon(closure.polygon))
    west, south, east, north = area.bounds
    first = network.shape_start[:-1]
    near = np.flatnonzero(
        (np.maximum.reduceat(network.shape_lon, first) >= west)
        & (np.minimum.reduceat(network.shape_lon, first) <= east)
        & (np.maximum.reduceat(network.shape_lat, first) >= south)
        & (np.minimum.reduceat(network.shape_lat, first) <= north)
    )
    hit = np.zeros(len(first), np.bool_)
    for s in near.tolist():
        points = slice(network.shape_start[s], network.shape_start[s + 1])
        line = shapely.LineString(np.column_stack((network.shape_lon[points], network.shape_lat[points])))
        hit[s] = line.intersects(area)
    return tuple(np.flatnonzero(hit[network.edge_shape]).tolist())
