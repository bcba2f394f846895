"""Tiny towns to compute by hand: junctions on a plan in metres, roads between them, forbidden turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gis.coordinates import EARTH_RADIUS_M, metres_between
from gis.network import CLASS_INDEX, PROFILE_BIT, ReadReport, RoadNetwork

LON_0, LAT_0 = 103.80, 25.50
ALL = ("car", "bus", "truck", "emergency", "foot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """A road between two junctions, e.g. "AB"; `bends` are points in between, in metres."""

    ends: str
    oneway: bool = False
    road_class: str = "residential"
    name: str = ""
    access: tuple[str, ...] = ALL
    maxspeed_kmh: float = np.nan
    max_height_m: float = np.inf
    max_weight_t: float = np.inf
    max_width_m: float = np.inf
    bends: tuple[tuple[float, float], ...] = ()


def lonlat(x_m: float, y_m: float) -> tuple[float, float]:
    """Degrees of a point on the plan."""
    degree_m = np.radians(EARTH_RADIUS_M)
    return LON_0 + x_m / (degree_m * np.cos(np.radians(LAT_0))), LAT_0 + y_m / degree_m


def town(
    junctions: Mapping[str, tuple[float, float]],
    roads: Sequence[Road],
    bans: Sequence[tuple[str, tuple[str, ...]]] = (),
    *,
    synthetic: bool = True,
) -> RoadNetwork:
    """A network; a ban is the junctions driven through, e.g. ("ABC", ("car",))."""
    names = sorted(junctions)
    node = {name: i for i, name in enumerate(names)}
    places = np.array([lonlat(*junctions[name]) for name in names])
    directed = [
        (s, road, back) for s, road in enumerate(roads) for back in ((False, True)[: 2 - road.oneway])
    ]
    shapes = [
        np.array([lonlat(*p) for p in (junctions[r.ends[0]], *r.bends, junctions[r.ends[1]])]) for r in roads
    ]
    lengths = [
        float(metres_between(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1]).sum()) for line in shapes
    ]
    points = np.concatenate(shapes)
    road_names = ("", *sorted({r.name for r in roads} - {""}))
    starts = [node[r.ends[1] if back else r.ends[0]] for _, r, back in directed]
    ends = [node[r.ends[0] if back else r.ends[1]] for _, r, back in directed]
    edge_at = {(names[a], names[b]): e for e, (a, b) in enumerate(zip(starts, ends, strict=True))}
    sequences = [[edge_at[a, b] for a, b in pairwise(way)] for way, _ in bans]
    return RoadNetwork(
        source="town",
        version="0",
        kind="drive",
        synthetic=synthetic,
        node_id=np.arange(1, len(names) + 1, dtype=np.int64),
        node_lon=places[:, 0].copy(),
        node_lat=places[:, 1].copy(),
        edge_from=np.array(starts, np.int32),
        edge_to=np.array(ends, np.int32),
        edge_way=np.array([100 + s for s, _, _ in directed], np.int64),
        edge_class=np.array([CLASS_INDEX[r.road_class] for _, r, _ in directed], np.uint8),
        edge_name=np.array([road_names.index(r.name) for _, r, _ in directed], np.int32),
        edge_length_m=np.array([lengths[s] for s, _, _ in directed], np.float64),
        edge_maxspeed_kmh=np.array([r.maxspeed_kmh for _, r, _ in directed], np.float32),
        edge_access=np.array([sum(PROFILE_BIT[p] for p in r.access) for _, r, _ in directed], np.uint8),
        edge_max_height_m=np.array([r.max_height_m for _, r, _ in directed], np.float32),
        edge_max_weight_t=np.array([r.max_weight_t for _, r, _ in directed], np.float32),
        edge_max_width_m=np.array([r.max_width_m for _, r, _ in directed], np.float32),
        edge_shape=np.array([s for s, _, _ in directed], np.int32),
        edge_reversed=np.array([back for _, _, back in directed], np.bool_),
        shape_start=np.concatenate(([0], np.cumsum([len(line) for line in shapes]))).astype(np.int32),
        shape_lon=points[:, 0].copy(),
        shape_lat=points[:, 1].copy(),
        ban_start=np.concatenate(([0], np.cumsum([len(s) for s in sequences]))).astype(np.int32),
        ban_edges=np.array([e for s in sequences for e in s], np.int32),
        ban_profiles=np.array([sum(PROFILE_BIT[p] for p in who) for _, who in bans], np.uint8),
        names=road_names,
        report=ReadReport(),
    )


def edge(network: RoadNetwork, ends: str, junctions: Mapping[str, tuple[float, float]]) -> int:
    """Position of the edge that leads from the first to the second junction."""
    names = sorted(junctions)
    a, b = names.index(ends[0]), names.index(ends[1])
    return int(np.flatnonzero((network.edge_from == a) & (network.edge_to == b))[0])
