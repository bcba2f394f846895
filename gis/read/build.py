"""From drawn ways to a `RoadNetwork`: cut at junctions, close barriers, direct, forbid."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.errors import MapFileError
from gis.network import CLASS_INDEX, ReadReport, RoadNetwork
from gis.read.edges import Edges, directed_edges
from gis.read.gates import Limits, close_barriers, gate_nodes
from gis.read.report import Tally
from gis.read.restrictions import Bans, turn_bans, via_nodes
from gis.read.roads import DrawnRoads
from gis.read.split import split


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where roads come from, for `RoadNetwork.source`, `version` and `synthetic`."""

    source: str
    version: str = ""
    synthetic: bool = False


def build(roads: DrawnRoads, origin: Origin, tally: Tally) -> RoadNetwork:
    """Make the network of drawn ways.

    Parameters
    ----------
    roads
        Ways, barriers and turn restrictions.
    origin
        Where they come from.
    tally
        Grows; it becomes the network's report.

    Raises
    ------
    MapFileError
        If no road is left.
    """
    cuts = [*gate_nodes(roads), *via_nodes(roads.restrictions)]
    pieces = split(roads, np.array(cuts, dtype=np.int64), tally)
    if not len(pieces.way):
        raise _no_roads(roads, origin, tally)
    pieces, limits = close_barriers(roads, pieces, tally)
    edges = directed_edges(roads, pieces)
    bans = turn_bans(roads, edges, tally)
    tally.read.update(
        {"nodes": len(edges.node_id), "edges": len(edges.start), "turn bans": len(bans.profiles)}
    )
    return _network(roads, edges, limits, bans, origin, tally.report())


def _no_roads(roads: DrawnRoads, origin: Origin, tally: Tally) -> MapFileError:
    wanted = "机动车道路" if roads.kind == "drive" else "步行道路"
    left_out = (
        ", ".join(f"{reason} {count}" for reason, count in tally.report().dropped[:5]) or "nothing at all"
    )
    message = (
        f"地图中没有{wanted}，请选用范围更大的地图 / "
        f"no roads for {roads.kind!r} in {origin.source!r} (left out: {left_out}); "
        "choose a larger area"
    )
    return MapFileError(message)


# --- the value -------------------------------------------------------------------------------------------


def _network(
    roads: DrawnRoads, edges: Edges, limits: Limits, bans: Bans, origin: Origin, report: ReadReport
) -> RoadNetwork:
    pieces, piece = edges.pieces, edges.piece
    rule = roads.way_rule[pieces.way][piece]
    network = RoadNetwork(
        source=origin.source,
        version=origin.version,
        kind=roads.kind,
        synthetic=origin.synthetic,
        node_id=edges.node_id,
        node_lon=edges.node_lon,
        node_lat=edges.node_lat,
        edge_from=edges.start,
        edge_to=edges.end,
        edge_way=edges.way,
        edge_class=np.array([r.road_class for r in roads.rules], dtype=np.uint8)[rule],
        edge_name=roads.way_name[pieces.way][piece],
        edge_length_m=pieces.length_m[piece],
        edge_maxspeed_kmh=_speeds(roads, edges, rule),
        edge_access=edges.access,
        edge_max_height_m=limits.height_m[piece],
        edge_max_weight_t=limits.weight_t[piece],
        edge_max_width_m=limits.width_m[piece],
        edge_shape=piece,
        edge_reversed=edges.against,
        shape_start=pieces.start,
        shape_lon=pieces.lon,
        shape_lat=pieces.lat,
        ban_start=bans.start,
        ban_edges=bans.edges,
        ban_profiles=bans.profiles,
        names=roads.names,
        report=report,
    )
    return read_only(network)


def _speeds(roads: DrawnRoads, edges: Edges, rule: NDArray[np.int32]) -> NDArray[np.float32]:
    forward = np.array([r.speed_forward_kmh for r in roads.rules], dtype=np.float32)[rule]
    backward = np.array([r.speed_backward_kmh for r in roads.rules], dtype=np.float32)[rule]
    tagged = np.where(edges.against, backward, forward)
    ferry = np.array([r.road_class for r in roads.rules])[rule] == CLASS_INDEX["ferry"]
    return (
        np.where(ferry, _ferry_speeds(roads, edges, rule), tagged).astype(np.float32)
        if ferry.any()
        else tagged
    )


def _ferry_speeds(roads: DrawnRoads, edges: Edges, rule: NDArray[np.int32]) -> NDArray[np.float64]:
    """Speed that keeps the timetable of the whole crossing; NaN where there is none."""
    way_length_m = np.bincount(edges.pieces.way, weights=edges.pieces.length_m, minlength=len(roads.way_id))
    seconds = np.array([r.duration_s for r in roads.rules])[rule]
    speeds: NDArray[np.float64] = way_length_m[edges.pieces.way[edges.piece]] / seconds * 3.6
    return speeds


def read_only(network: RoadNetwork) -> RoadNetwork:
    """Forbid writing to the arrays of a network; it is a value."""
    for name in RoadNetwork.__dataclass_fields__:
        value: Any = getattr(network, name)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return network
