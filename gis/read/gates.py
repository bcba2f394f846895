"""Barriers part the roads that they stand on.

A barrier that stops everybody separates its two arms. One that stops some, or limits the size of those it
lets pass, becomes a piece of road of its own, about a metre long, that only they may use: so for everyone
else the road ends there, and a vehicle may turn back.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gis.read.access import DRIVE_BITS, FOOT_BIT
from gis.read.barriers import Barrier
from gis.read.report import Tally
from gis.read.roads import DrawnRoads
from gis.read.split import Pieces, lengths_m

_GATE_M = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """Size limits per piece, float32[k], infinite where there are none."""

    height_m: NDArray[np.float32]
    weight_t: NDArray[np.float32]
    width_m: NDArray[np.float32]


def way_limits(roads: DrawnRoads, pieces: Pieces) -> Limits:
    """Give every piece the limits of its way."""
    rule = roads.way_rule[pieces.way]
    return Limits(
        height_m=np.array([r.max_height_m for r in roads.rules], dtype=np.float32)[rule],
        weight_t=np.array([r.max_weight_t for r in roads.rules], dtype=np.float32)[rule],
        width_m=np.array([r.max_width_m for r in roads.rules], dtype=np.float32)[rule],
    )


def gate_nodes(roads: DrawnRoads) -> list[int]:
    """Return ids of the nodes with a barrier that stops or limits somebody: ways must be cut there."""
    everyone = _everyone(roads)
    return [barrier.node for barrier in roads.barriers if barrier.blocked & everyone or barrier.limits]


def _everyone(roads: DrawnRoads) -> int:
    return DRIVE_BITS if roads.kind == "drive" else FOOT_BIT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    """A barrier between two arms: `arm` is 2 · piece, plus 1 if the piece's last end leads to it."""

    barrier: Barrier
    node: int
    copy: int
    arm: int
    blocked: int


def close_barriers(roads: DrawnRoads, pieces: Pieces, tally: Tally) -> tuple[Pieces, Limits]:
    """Part the roads at their barriers.

    A barrier counts where exactly two arms meet. Where more do, nobody can tell which of them it closes.

    Parameters
    ----------
    roads
        Their barriers are read.
    pieces
        Already cut at the barriers.
    tally
        Grows by the barriers that have an effect, and by those that nobody can place.

    Returns
    -------
    The pieces with gates added at the end, and the limits of all of them.
    """
    everyone = _everyone(roads)
    limits = way_limits(roads, pieces)
    walls: list[_Gate] = []
    gates: list[_Gate] = []
    copies = len(pieces.node_id)
    for barrier, node, arms in _standing(roads.barriers, pieces):
        if not barrier.known:
            tally.dropped[f"not understood: barrier={barrier.kind}"] += 1
        blocked = barrier.blocked & everyone
        if len(arms) < 2 or not (blocked or barrier.limits):
            continue
        if len(arms) > 2:
            tally.dropped["barrier where several roads meet"] += 1
            continue
        gate = _Gate(barrier=barrier, node=node, copy=copies, arm=int(arms[1]), blocked=blocked)
        (walls if blocked == everyone else gates).append(gate)
        copies += 1
        tally.read["barriers"] += 1
    if copies == len(pieces.node_id):
        return pieces, limits
    parted = _parted(pieces, [*walls, *gates])
    return _with_gates(parted, gates), _gate_limits(limits, gates)


def _standing(barriers: tuple[Barrier, ...], pieces: Pieces) -> list[tuple[Barrier, int, NDArray[np.int64]]]:
    """Pair the barriers that stand on these roads with their node position and arms."""
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


def _parted(pieces: Pieces, gates: list[_Gate]) -> Pieces:
    """Hang the second arm of every barrier on a copy of its node."""
    ends = np.column_stack([pieces.first, pieces.last])
    node_of_copy = np.zeros(len(gates), dtype=np.int64)
    for gate in gates:
        ends[gate.arm >> 1, gate.arm & 1] = gate.copy
        node_of_copy[gate.copy - len(pieces.node_id)] = gate.node
    return replace(
        pieces,
        first=np.ascontiguousarray(ends[:, 0]),
        last=np.ascontiguousarray(ends[:, 1]),
        node_id=np.concatenate([pieces.node_id, pieces.node_id[node_of_copy]]),
        node_lon=np.concatenate([pieces.node_lon, pieces.node_lon[node_of_copy]]),
        node_lat=np.concatenate([pieces.node_lat, pieces.node_lat[node_of_copy]]),
    )


def _with_gates(pieces: Pieces, gates: list[_Gate]) -> Pieces:
    """Give the first metre of the second arm to the gate."""
    lon, lat = pieces.lon.copy(), pieces.lat.copy()
    node_lon, node_lat = pieces.node_lon.copy(), pieces.node_lat.copy()
    gate_lon, gate_lat, first, last = [], [], [], []
    for gate in gates:
        at, beyond = _end_points(pieces, gate.arm)
        share = min(0.5, _GATE_M / max(_span_m(lon[[at, beyond]], lat[[at, beyond]]), 1e-9))
        here = (float(lon[at]), float(lat[at]))
        there = (here[0] + share * (lon[beyond] - here[0]), here[1] + share * (lat[beyond] - here[1]))
        lon[at], lat[at] = node_lon[gate.copy], node_lat[gate.copy] = there
        drawn = (there, here) if gate.arm & 1 else (here, there)
        gate_lon += [point[0] for point in drawn]
        gate_lat += [point[1] for point in drawn]
        first.append(gate.copy if gate.arm & 1 else gate.node)
        last.append(gate.node if gate.arm & 1 else gate.copy)
    start = np.concatenate([pieces.start, pieces.start[-1] + 2 * np.arange(1, len(gates) + 1)]).astype(
        np.int32
    )
    lon, lat = np.append(lon, gate_lon), np.append(lat, gate_lat)
    return replace(
        pieces,
        way=np.append(pieces.way, pieces.way[[gate.arm >> 1 for gate in gates]]).astype(np.int32),
        first=np.append(pieces.first, first).astype(np.int32),
        last=np.append(pieces.last, last).astype(np.int32),
        start=start,
        lon=lon,
        lat=lat,
        length_m=lengths_m(lon, lat, start),
        blocked=np.append(pieces.blocked, [gate.blocked for gate in gates]).astype(np.uint8),
        node_lon=node_lon,
        node_lat=node_lat,
    )


def _end_points(pieces: Pieces, arm: int) -> tuple[int, int]:
    """Positions of the point at the end of an arm and of the one before it."""
    if arm & 1:
        end = int(pieces.start[(arm >> 1) + 1]) - 1
        return end, end - 1
    begin = int(pieces.start[arm >> 1])
    return begin, begin + 1


def _span_m(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> float:
    return float(lengths_m(lon, lat, np.array([0, 2], dtype=np.int32))[0])


def _gate_limits(limits: Limits, gates: list[_Gate]) -> Limits:
    arms = [gate.arm >> 1 for gate in gates]

    def both(of_way: NDArray[np.float32], of_gates: list[float]) -> NDArray[np.float32]:
        return np.append(of_way, np.minimum(of_way[arms], np.array(of_gates, dtype=np.float32)))

    return Limits(
        height_m=both(limits.height_m, [gate.barrier.max_height_m for gate in gates]),
        weight_t=both(limits.weight_t, [gate.barrier.max_weight_t for gate in gates]),
        width_m=both(limits.width_m, [gate.barrier.max_width_m for gate in gates]),
    )
