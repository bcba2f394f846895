"""Find the edges that a turn restriction speaks about: its members as sequences of consecutive edges."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.read.edges import Edges
from gis.read.roads import DrawnRoads

Sequence = tuple[int, ...]
"""Consecutive edges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The ways and nodes that a restriction speaks about.

    Parameters
    ----------
    origins, via_node, via_ways, targets
        OSM ids; either a node or ways in between.
    bearings
        Directions of arriving and of leaving, degrees clockwise from north, where they are known.
    """

    origins: tuple[int, ...]
    via_node: int | None
    via_ways: tuple[int, ...]
    targets: tuple[int, ...]
    bearings: tuple[float, float] | None = None


class NotApplied(Exception):
    """Why a restriction has no effect, in a few words for the report."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Streets:
    """Edges by way and by node.

    Parameters
    ----------
    edges
        All edges.
    of_way
        Edges of each way that some restriction names.
    unused
        Named ways that the file holds but nobody drives.
    leaving, leaving_start
        Edges sorted by the node they start at, and where each node's begin.
    """

    edges: Edges
    of_way: dict[int, list[int]]
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
        edges = self.of_way.get(way, [])
        ends = np.concatenate([self.edges.start[edges], self.edges.end[edges]])
        return set(self.edges.node_id[ends].tolist())

    def after(self, edge: int) -> list[int]:
        """Every edge that starts where an edge ends."""
        node = self.edges.end[edge]
        return [int(e) for e in self.leaving[self.leaving_start[node] : self.leaving_start[node + 1]]]


def sequences(members: Members, value: str, bits: int, streets: Streets) -> dict[Sequence, int]:
    """Return every sequence of edges that a restriction forbids, and for which profiles.

    Parameters
    ----------
    members
        Of the restriction.
    value
        `no_…` forbids the way from `from` over `via` to `to`; `only_…` forbids every other way on, to those
        who may drive the only way.
    bits
        Profiles that the restriction is for.
    streets
        Made by `streets_named`.

    Raises
    ------
    NotApplied
        If the members cannot be matched, or the ban would change nothing.
    """
    for way in (*members.origins, *members.via_ways, *members.targets):
        if way not in streets.of_way:
            reason = "on roads that are not driven" if way in streets.unused else "a way is not in the file"
            raise NotApplied(reason)
    pairs = [(origin, target) for origin in members.origins for target in members.targets]
    allowed: list[Sequence] = []
    for origin, target in pairs:
        if members.via_node is not None:
            turns = _at_node(origin, members.via_node, target, streets)
            allowed += (
                _drawn(turns, members.bearings, streets.edges)
                if members.bearings
                else _meant(turns, value, streets)
            )
        else:
            allowed += _along_ways(origin, members.via_ways, target, value, streets)
    if not allowed:
        reason = (
            "one-way streets forbid it anyway" if value.startswith("no_") else "its way on does not exist"
        )
        raise NotApplied(reason)
    if value.startswith("no_"):
        return dict.fromkeys(allowed, bits)
    access = streets.edges.access
    may_drive = [int(np.bitwise_and.reduce(access[list(sequence)])) for sequence in allowed]
    obliged = bits & int(np.bitwise_or.reduce(may_drive))
    return dict.fromkeys(_everything_else(allowed, streets), obliged)


def _at_node(origin: int, node: int, target: int, streets: Streets) -> list[Sequence]:
    if node not in streets.nodes_of(origin) or node not in streets.nodes_of(target):
        reason = "its members do not meet"
        raise NotApplied(reason)
    arriving, leaving = streets.into(origin, node), streets.out_of(node, target)
    return [(e, x) for e in arriving for x in leaving if streets.edges.end[e] == streets.edges.start[x]]


def _drawn(turns: list[Sequence], bearings: tuple[float, float], edges: Edges) -> list[Sequence]:
    """Return the turn that runs nearest to two directions."""

    def off(turn: Sequence) -> float:
        return abs(_turn(edges.bearing_in(turn[0]), bearings[0])) + abs(
            _turn(edges.bearing_out(turn[-1]), bearings[1])
        )

    return [min(turns, key=off)] if turns else []


def _turn(before: float, after: float) -> float:
    """Angle between two bearings, -180 (left) to 180 (right)."""
    return (after - before + 540.0) % 360.0 - 180.0


def _meant(turns: list[Sequence], value: str, streets: Streets) -> list[Sequence]:
    """Where a member runs on beyond the node, keep the turns that look like the sign."""
    if len(turns) < 2:
        return turns
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
        raise NotApplied(reason)
    return kept


def _looks_like(turn: Sequence, value: str, edges: Edges) -> bool:
    angle = _turn(edges.bearing_in(turn[0]), edges.bearing_out(turn[-1]))
    if "left" in value:
        return -170.0 < angle < -15.0
    if "right" in value:
        return 15.0 < angle < 170.0
    if "straight" in value:
        return abs(angle) < 60.0
    return abs(angle) > 120.0 if "u_turn" in value else True


def _along_ways(
    origin: int, ways: tuple[int, ...], target: int, value: str, streets: Streets
) -> list[Sequence]:
    """Find the shortest drive along the via ways from the end of one road to the start of another."""
    via = {edge for way in ways for edge in streets.of_way[way]}
    via_nodes_ = {node for way in ways for node in streets.nodes_of(way)}
    if not via_nodes_ & streets.nodes_of(origin) or not via_nodes_ & streets.nodes_of(target):
        reason = "its members do not meet"
        raise NotApplied(reason)
    own = set(streets.of_way[origin])
    goals = set(streets.of_way[target])
    best: list[Sequence] = []
    for edge in sorted(own):
        best += _shortest(edge, via, goals, streets)
    if not best:
        return []
    fewest = min(len(sequence) for sequence in best)
    drives = [sequence for sequence in best if len(sequence) == fewest]
    return _meant(drives, value, streets)


def _shortest(edge: int, via: set[int], goals: set[int], streets: Streets) -> list[Sequence]:
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


def _everything_else(allowed: list[Sequence], streets: Streets) -> list[Sequence]:
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


def streets_named(roads: DrawnRoads, edges: Edges) -> Streets:
    """Look up the ways that the restrictions of a map name."""
    named = {ref for r in roads.restrictions for kind, ref, _ in r.members if kind == "w"}
    of_way: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(np.isin(edges.way, np.fromiter(named, dtype=np.int64))).tolist():
        of_way[int(edges.way[edge])].append(edge)
    leaving = np.argsort(edges.start, kind="stable")
    counts = np.bincount(edges.start, minlength=len(edges.node_id))
    return Streets(
        edges=edges,
        of_way=of_way,
        unused=frozenset(named & set(roads.unused_ways[np.isin(roads.unused_ways, list(named))].tolist())),
        leaving=leaving,
        leaving_start=np.concatenate([[0], np.cumsum(counts)]),
    )
