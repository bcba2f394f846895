"""From drawn ways to a `RoadNetwork`: cut at junctions, close barriers, direct, forbid."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.errors import MapFileError
from gis.network import CLASS_INDEX, ReadReport, RoadNetwork
from gis.read.access import DRIVE_BITS, FOOT_BIT
from gis.read.barriers import Barrier
from gis.read.edges import Edges, directed_edges
from gis.read.report import Tally
from gis.read.restrictions import Bans, turn_bans, via_nodes
from gis.read.roads import DrawnRoads
from gis.read.split import Pieces, split


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where roads come from, for `RoadNetwork.source`, `version` and `synthetic`."""

    source: str
    version: str = ""
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Limits:
    """float32 per piece."""

    height_m: NDArray[np.float32]
    weight_t: NDArray[np.float32]
    width_m: NDArray[np.float32]


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
    cuts = np.array([*(b.node for b in roads.barriers), *via_nodes(roads.restrictions)], dtype=np.int64)
    pieces = split(roads, cuts, tally)
    if not len(pieces.way):
        raise _no_roads(roads, origin, tally)
    limits = _way_limits(roads, pieces)
    pieces, gates = _close_barriers(roads, pieces, limits, tally)
    edges = directed_edges(roads, pieces)
    bans = turn_bans(roads, edges, _gate_positions(gates, edges), tally)
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
        f"地图中没有{wanted} / no roads for {roads.kind!r} in {origin.source!r} (left out: {left_out}); "
        "choose a larger area"
    )
    return MapFileError(message)


def _way_limits(roads: DrawnRoads, pieces: Pieces) -> _Limits:
    rule = roads.way_rule[pieces.way]
    return _Limits(
        height_m=np.array([r.max_height_m for r in roads.rules], dtype=np.float32)[rule],
        weight_t=np.array([r.max_weight_t for r in roads.rules], dtype=np.float32)[rule],
        width_m=np.array([r.max_width_m for r in roads.rules], dtype=np.float32)[rule],
    )


# --- barriers --------------------------------------------------------------------------------------------


def _close_barriers(
    roads: DrawnRoads, pieces: Pieces, limits: _Limits, tally: Tally
) -> tuple[Pieces, list[tuple[int, int]]]:
    """Part the roads at barriers that stop everybody; list those that stop some.

    A barrier counts where exactly two arms meet. Where more do, nobody can tell which of them it closes.
    Limits of a barrier pass to both of its arms, in place.

    Returns
    -------
    The pieces, and (OSM node id, blocked bits) of barriers that some may pass.
    """
    everyone = DRIVE_BITS if roads.kind == "drive" else FOOT_BIT
    first, last = pieces.first.copy(), pieces.last.copy()
    gates: list[tuple[int, int]] = []
    extra: list[int] = []
    for barrier, node, arms in _standing(roads.barriers, pieces):
        blocked = barrier.blocked & everyone
        if not barrier.known:
            tally.dropped[f"not understood: barrier={barrier.kind}"] += 1
        if len(arms) != 2:
            tally.dropped["barrier where several roads meet"] += bool(
                len(arms) > 2 and (blocked or barrier.limits)
            )
            continue
        _limit_arms(barrier, arms >> 1, limits)
        if blocked == everyone:
            (last if arms[1] & 1 else first)[arms[1] >> 1] = len(pieces.node_id) + len(extra)
            extra.append(node)
        elif blocked:
            gates.append((barrier.node, blocked))
        tally.read["barriers"] += bool(blocked or barrier.limits)
    return _with_copies(pieces, first, last, np.array(extra, dtype=np.int64)), gates


def _standing(barriers: tuple[Barrier, ...], pieces: Pieces) -> list[tuple[Barrier, int, NDArray[np.int64]]]:
    """Pair barriers that stand on these roads with their node position and arms (2 · piece + which end)."""
    if not barriers:
        return []
    ids = np.array([barrier.node for barrier in barriers], dtype=np.int64)
    position = np.minimum(np.searchsorted(pieces.node_id, ids), len(pieces.node_id) - 1)
    ends = np.column_stack([pieces.first, pieces.last]).ravel()
    order = np.argsort(ends, kind="stable")
    begin = np.searchsorted(ends[order], position, side="left")
    stop = np.searchsorted(ends[order], position, side="right")
    here = np.flatnonzero(pieces.node_id[position] == ids).tolist()
    return [(barriers[i], int(position[i]), order[begin[i] : stop[i]]) for i in here]


def _limit_arms(barrier: Barrier, arms: NDArray[np.int64], limits: _Limits) -> None:
    limits.height_m[arms] = np.minimum(limits.height_m[arms], barrier.max_height_m)
    limits.weight_t[arms] = np.minimum(limits.weight_t[arms], barrier.max_weight_t)
    limits.width_m[arms] = np.minimum(limits.width_m[arms], barrier.max_width_m)


def _with_copies(
    pieces: Pieces, first: NDArray[np.int32], last: NDArray[np.int32], extra: NDArray[np.int64]
) -> Pieces:
    return replace(
        pieces,
        first=first,
        last=last,
        node_id=np.concatenate([pieces.node_id, pieces.node_id[extra]]),
        node_lon=np.concatenate([pieces.node_lon, pieces.node_lon[extra]]),
        node_lat=np.concatenate([pieces.node_lat, pieces.node_lat[extra]]),
    )


def _gate_positions(gates: list[tuple[int, int]], edges: Edges) -> list[tuple[int, int]]:
    bits_at = dict(gates)
    at = np.flatnonzero(np.isin(edges.node_id, np.array(list(bits_at), dtype=np.int64)))
    return [(node, bits_at[int(edges.node_id[node])]) for node in at.tolist()]


# --- the value -------------------------------------------------------------------------------------------


def _network(
    roads: DrawnRoads, edges: Edges, limits: _Limits, bans: Bans, origin: Origin, report: ReadReport
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
