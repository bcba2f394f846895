"""Turn restrictions become bans: sequences of edges that some profiles may not drive in one go.

Node-via and way-via, `no_*` and `only_*`, several `from` of a `no_entry` and several `to` of a `no_exit`,
`restriction:bus` and `except=psv;emergency` (https://wiki.openstreetmap.org/wiki/Relation:restriction).
`only_*` becomes a ban of every other way on. Conditional restrictions are counted, not applied.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.network import PROFILE_BIT
from gis.read.access import DRIVE_BITS, Tags
from gis.read.edges import Edges
from gis.read.report import Tally
from gis.read.roads import DrawnRoads, Restriction

_MODE_BITS: Final = {
    "": DRIVE_BITS,
    "vehicle": DRIVE_BITS,
    "motor_vehicle": DRIVE_BITS,
    "motorcar": PROFILE_BIT["car"],
    "bus": PROFILE_BIT["bus"],
    "psv": PROFILE_BIT["bus"],
    "coach": PROFILE_BIT["bus"],
    "tourist_bus": PROFILE_BIT["bus"],
    "hgv": PROFILE_BIT["truck"],
    "goods": PROFILE_BIT["truck"],
    "emergency": PROFILE_BIT["emergency"],
}
_TIMED_KEYS: Final = ("day_on", "day_off", "hour_on", "hour_off")
_VALUE: Final = re.compile(
    r"(no|only)_(left_turn|right_turn|straight_on|u_turn|entry|exit|left|right|turn)\w*$"
)

Sequence = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bans:
    """Forbidden sequences in the layout of `RoadNetwork.ban_*`."""

    start: NDArray[np.int32]
    edges: NDArray[np.int32]
    profiles: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The ways and nodes that a restriction speaks about."""

    origins: tuple[int, ...]
    via_node: int | None
    via_ways: tuple[int, ...]
    targets: tuple[int, ...]


class _NotApplied(Exception):
    """Why a restriction has no effect, in a few words for the report."""


@dataclass(slots=True, eq=False)
class _Streets:
    """Edges by way and by node, for the ways and nodes that restrictions name."""

    edges: Edges
    of_way: dict[int, list[int]]
    known: frozenset[int]
    unused: frozenset[int]
    leaving: NDArray[np.int64]
    leaving_start: NDArray[np.int64]

    def into(self, way: int, node: int) -> list[int]:
        """Edges of a way that end at a node (OSM id)."""
        return [e for e in self.of_way.get(way, ()) if self.edges.node_id[self.edges.end[e]] == node]

    def out_of(self, node: int, way: int) -> list[int]:
        """Edges of a way that start at a node (OSM id)."""
        return [e for e in self.of_way.get(way, ()) if self.edges.node_id[self.edges.start[e]] == node]

    def nodes_of(self, way: int) -> set[int]:
        """OSM ids of the junctions of a way."""
        ends = [self.edges.node_id[self.edges.end[e]] for e in self.of_way.get(way, ())]
        return {int(node) for node in ends} | {
            int(self.edges.node_id[self.edges.start[e]]) for e in self.of_way.get(way, ())
        }

    def after(self, edge: int) -> list[int]:
        """Every edge that starts where an edge ends."""
        node = self.edges.end[edge]
        return [int(e) for e in self.leaving[self.leaving_start[node] : self.leaving_start[node + 1]]]


def via_nodes(restrictions: Iterable[Restriction]) -> list[int]:
    """Return ids of the nodes at which ways must be cut so that restrictions can be told."""
    return [ref for r in restrictions for kind, ref, role in r.members if kind == "n" and role == "via"]


def turn_bans(roads: DrawnRoads, edges: Edges, tally: Tally) -> Bans:
    """Turn restrictions into forbidden sequences.

    Parameters
    ----------
    roads
        Their restrictions are read.
    edges
        The edges that bans are made of.
    tally
        Grows by what was applied, and by what was not and why.
    """
    streets = _streets(roads, edges)
    found: dict[Sequence, int] = defaultdict(int)
    for restriction in roads.restrictions:
        _apply(restriction, streets, found, tally)
    return _frozen(found, edges)


def _frozen(found: dict[Sequence, int], edges: Edges) -> Bans:
    """Lay bans out in order, without those that concern nobody who may use all their edges."""
    kept = []
    for sequence in sorted(found):
        bits = found[sequence] & int(np.bitwise_and.reduce(edges.access[list(sequence)]))
        if bits:
            kept.append((sequence, bits))
    return Bans(
        start=np.cumsum([0, *(len(sequence) for sequence, _ in kept)]).astype(np.int32),
        edges=np.array([edge for sequence, _ in kept for edge in sequence], dtype=np.int32),
        profiles=np.array([bits for _, bits in kept], dtype=np.uint8),
    )


def _streets(roads: DrawnRoads, edges: Edges) -> _Streets:
    named = {ref for r in roads.restrictions for kind, ref, _ in r.members if kind == "w"}
    of_way: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(np.isin(edges.way, np.fromiter(named, dtype=np.int64))).tolist():
        of_way[int(edges.way[edge])].append(edge)
    leaving = np.argsort(edges.start, kind="stable")
    counts = np.bincount(edges.start, minlength=len(edges.node_id))
    return _Streets(
        edges=edges,
        of_way=of_way,
        known=frozenset(of_way),
        unused=frozenset(named & set(roads.unused_ways[np.isin(roads.unused_ways, list(named))].tolist())),
        leaving=leaving,
        leaving_start=np.concatenate([[0], np.cumsum(counts)]),
    )


# --- one restriction -------------------------------------------------------------------------------------


def _apply(restriction: Restriction, streets: _Streets, found: dict[Sequence, int], tally: Tally) -> None:
    applied = False
    for value, bits, reason in _orders(restriction.tags):
        try:
            if reason:
                raise _NotApplied(reason)
            members = _members(restriction, value)
            for sequence in _sequences(members, value, streets):
                found[sequence] |= bits
            applied = True
        except _NotApplied as why:
            tally.dropped[f"turn restriction: {why}"] += 1
            if restriction.label:
                tally.warnings.append(f"更正未生效 / the correction {restriction.label} has no effect: {why}")
    tally.read["turn restrictions"] += applied


def _orders(tags: Tags) -> list[tuple[str, int, str]]:
    """Read what is ordered: value, profile bits, and why it is not applied or ""."""
    orders = []
    exempt = 0
    for mode in re.split(r"[;,]", tags.get("except", "")):
        exempt |= _MODE_BITS.get(mode.strip(), 0) if mode.strip() else 0
    for key, text in tags.items():
        if key != "restriction" and not key.startswith("restriction:"):
            continue
        mode = key.removeprefix("restriction").removeprefix(":")
        for value in text.split(";") if not mode.endswith("conditional") else [text]:
            bits = _MODE_BITS.get(mode, 0) & ~exempt
            orders.append((value.strip(), bits, _why_not(mode, value.strip(), bits, tags)))
    return orders or [("", 0, "it orders nothing")]


def _why_not(mode: str, value: str, bits: int, tags: Tags) -> str:
    if mode.endswith("conditional") or any(key in tags for key in _TIMED_KEYS):
        return "conditional, not applied"
    if not _VALUE.match(value):
        return f"value {value!r} not understood"
    return "" if bits else "for other vehicles only"


def _members(restriction: Restriction, value: str) -> Members:
    by_role: dict[tuple[str, str], list[int]] = defaultdict(list)
    for kind, ref, role in restriction.members:
        by_role[role, kind].append(ref)
    origins, targets = by_role["from", "w"], by_role["to", "w"]
    nodes, ways = by_role["via", "n"], by_role["via", "w"]
    if not origins or not targets or not (nodes or ways):
        reason = "from, via or to is missing"
        raise _NotApplied(reason)
    several = {"no_entry": (True, False), "no_exit": (False, True)}.get(value, (False, False))
    if len(nodes) > 1 or (nodes and ways) or len(origins) > 1 > several[0] or len(targets) > 1 > several[1]:
        reason = "several from, via or to"
        raise _NotApplied(reason)
    return Members(
        origins=tuple(origins),
        via_node=nodes[0] if nodes else None,
        via_ways=tuple(ways),
        targets=tuple(targets),
    )


def _sequences(members: Members, value: str, streets: _Streets) -> list[Sequence]:
    for way in (*members.origins, *members.via_ways, *members.targets):
        if way not in streets.known:
            reason = "on roads that are not driven" if way in streets.unused else "a way is not in the file"
            raise _NotApplied(reason)
    pairs = [(origin, target) for origin in members.origins for target in members.targets]
    allowed: list[Sequence] = []
    for origin, target in pairs:
        if members.via_node is not None:
            allowed += _at_node(origin, members.via_node, target, value, streets)
        else:
            allowed += _along_ways(origin, members.via_ways, target, value, streets)
    if not allowed:
        reason = (
            "one-way streets forbid it anyway" if value.startswith("no_") else "its way on does not exist"
        )
        raise _NotApplied(reason)
    return allowed if value.startswith("no_") else _everything_else(allowed, streets)


def _at_node(origin: int, node: int, target: int, value: str, streets: _Streets) -> list[Sequence]:
    if node not in streets.nodes_of(origin) or node not in streets.nodes_of(target):
        reason = "its members do not meet"
        raise _NotApplied(reason)
    arriving, leaving = streets.into(origin, node), streets.out_of(node, target)
    turns: list[Sequence] = [(e, x) for e in arriving for x in leaving]
    return _meant(turns, value, streets) if len(arriving) > 1 or len(leaving) > 1 else turns


def _meant(turns: list[Sequence], value: str, streets: _Streets) -> list[Sequence]:
    """Where a member runs on beyond the node, keep the turns that look like the sign."""
    piece = streets.edges.piece
    if value.endswith("u_turn"):
        back = [turn for turn in turns if piece[turn[0]] == piece[turn[-1]]]
        if back:
            return back
    kept = [
        turn
        for turn in turns
        if piece[turn[0]] != piece[turn[-1]] and _looks_like(turn, value, streets.edges)
    ]
    if turns and not kept:
        reason = "its members do not end at the node"
        raise _NotApplied(reason)
    return kept


def _looks_like(turn: Sequence, value: str, edges: Edges) -> bool:
    angle = (edges.bearing_out(turn[-1]) - edges.bearing_in(turn[0]) + 540.0) % 360.0 - 180.0
    if "left" in value:
        return -170.0 < angle < -15.0
    if "right" in value:
        return 15.0 < angle < 170.0
    if "straight" in value:
        return abs(angle) < 60.0
    return abs(angle) > 120.0 if "u_turn" in value else True


def _along_ways(
    origin: int, ways: tuple[int, ...], target: int, value: str, streets: _Streets
) -> list[Sequence]:
    """Find the shortest drive along the via ways from the end of one road to the start of another."""
    via = {edge for way in ways for edge in streets.of_way[way]}
    via_nodes_ = {node for way in ways for node in streets.nodes_of(way)}
    if not via_nodes_ & streets.nodes_of(origin) or not via_nodes_ & streets.nodes_of(target):
        reason = "its members do not meet"
        raise _NotApplied(reason)
    own = set(streets.of_way[origin])
    goals = set(streets.of_way[target])
    best: list[Sequence] = []
    for edge in sorted(own):
        best += _shortest(edge, via, goals, streets)
    if not best:
        return []
    fewest = min(len(sequence) for sequence in best)
    drives = [sequence for sequence in best if len(sequence) == fewest]
    return _meant(drives, value, streets) if len(drives) > 1 else drives


def _shortest(edge: int, via: set[int], goals: set[int], streets: _Streets) -> list[Sequence]:
    """Return the drives with the fewest edges from an edge along `via` into `goals`, never straight back."""
    piece = streets.edges.piece
    frontier: list[Sequence] = [(edge,)]
    seen = {edge}
    while frontier:
        further: list[Sequence] = []
        done: list[Sequence] = []
        for drive in frontier:
            for x in streets.after(drive[-1]):
                if len(drive) > 1 and x in goals and piece[x] != piece[drive[-1]]:
                    done.append((*drive, x))
                elif x in via and x not in seen and piece[x] != piece[drive[-1]]:
                    seen.add(x)
                    further.append((*drive, x))
        if done:
            return done
        frontier = further
    return []


def _everything_else(allowed: list[Sequence], streets: _Streets) -> list[Sequence]:
    """Turn `only_*` around: at every step of the only way, all other ways on are forbidden."""
    followers: dict[Sequence, set[int]] = defaultdict(set)
    for sequence in allowed:
        for i in range(1, len(sequence)):
            followers[sequence[:i]].add(sequence[i])
    return [
        (*start, other)
        for start, only in followers.items()
        for other in streets.after(start[-1])
        if other not in only
    ]
