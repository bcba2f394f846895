"""From roads to turns: a graph whose nodes are edges being driven, so that every forbidden sequence is
obeyed.

A state is one directed edge plus what must be remembered of the way there. Most edges have one state. Where
the beginning of a longer forbidden sequence has just been driven, the edge has a *shadow* state that knows
it: the states are those of the Aho-Corasick automaton (1975) over the forbidden sequences, so any length
works. Turning back onto the same road is possible only at dead ends: nodes that this profile can leave by no
other road. Of the result only the largest strongly connected component is kept, so that every routable edge
reaches every other.
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from gis.errors import RouteError
from gis.network import PROFILE_BIT, RoadNetwork

_Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TurnGraph:
    """Permitted turns between edge states, for one profile.

    `n` states, `a` arcs (turns), `m` edges of the network.

    Parameters
    ----------
    state_edge
        int32[n] the edge that is being driven.
    edge_start
        int32[m] the state in which a trip that begins on the edge begins; -1 where the edge is not routable.
    edge_states, edge_first
        int32[n], int32[m + 1]: all states of edge `e` are `edge_states[edge_first[e]:edge_first[e + 1]]`.
    arc_first, arc_tail, arc_head
        int32[n + 1], int32[a], int32[a]: arcs sorted by tail, then head; those that leave state `s` are
        `arc_first[s]:arc_first[s + 1]`.
    """

    state_edge: _Ints
    edge_start: _Ints
    edge_states: _Ints
    edge_first: _Ints
    arc_first: _Ints
    arc_tail: _Ints
    arc_head: _Ints

    @property
    def state_count(self) -> int:
        """Number of states."""
        return len(self.state_edge)

    @property
    def routable(self) -> NDArray[np.bool_]:
        """bool[m]: edges on which a trip may begin and end."""
        return self.edge_start >= 0


def turn_graph(network: RoadNetwork, profile: str, allowed: NDArray[np.bool_]) -> TurnGraph:
    """Expand the network into permitted turns and keep the largest strongly connected part.

    Parameters
    ----------
    network
        The roads.
    profile
        Whose forbidden sequences count.
    allowed
        bool[m]: the edges this profile may drive.

    Raises
    ------
    RouteError
        When no two edges connect for this profile.
    """
    before, after = meeting_edges(network, allowed)
    short, long = _forbidden(network, profile, allowed)
    keep = _no_needless_return(network, before, after)
    keep &= ~np.isin(before.astype(np.int64) * network.edge_count + after, short)
    tail, head, state_edge = _with_shadows(before[keep], after[keep], long, network.edge_count)
    kept = _largest_component(tail, head, state_edge, network.edge_count)
    if not kept.any():
        message = f"{network.source}: 没有可供 {profile} 行驶的连通道路 (no connected roads for this profile)"
        raise RouteError(message)
    return _compressed(tail, head, state_edge, kept, network.edge_count)


def meeting_edges(network: RoadNetwork, allowed: NDArray[np.bool_]) -> tuple[_Ints, _Ints]:
    """Every pair of allowed edges that meet end to beginning, sorted by the first.

    Parameters
    ----------
    network
        The roads.
    allowed
        bool[m]: the edges to look at.
    """
    edges = np.flatnonzero(allowed).astype(np.int32)
    leaving = edges[np.argsort(network.edge_from[edges], kind="stable")]
    first = np.searchsorted(network.edge_from[leaving], np.arange(network.node_count + 1))
    node = network.edge_to[edges]
    count = first[node + 1] - first[node]
    before = np.repeat(edges, count)
    within = np.arange(len(before)) - np.repeat(np.cumsum(count) - count, count)
    return before, leaving[np.repeat(first[node], count) + within]


def _forbidden(
    network: RoadNetwork, profile: str, allowed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], list[tuple[int, ...]]]:
    """Forbidden pairs as keys `first * m + second`, and longer forbidden sequences as tuples."""
    start, length = network.ban_start[:-1], np.diff(network.ban_start)
    ours = (network.ban_profiles & PROFILE_BIT[profile]) > 0
    pairs = start[ours & (length == 2)]
    first, second = network.ban_edges[pairs].astype(np.int64), network.ban_edges[pairs + 1]
    long = (
        tuple(network.ban_edges[start[i] : start[i] + length[i]].tolist())
        for i in np.flatnonzero(ours & (length > 2))
    )
    return first * network.edge_count + second, sorted({s for s in long if all(allowed[e] for e in s)})


def _no_needless_return(network: RoadNetwork, before: _Ints, after: _Ints) -> NDArray[np.bool_]:
    """Which turns to keep: turning back onto the road just driven only where no other road leads on."""
    same_road = network.edge_shape[before] == network.edge_shape[after]
    back = same_road & (network.edge_reversed[before] != network.edge_reversed[after])
    ways_on = np.bincount(before[~same_road], minlength=network.edge_count)
    return np.asarray(~back | (ways_on[before] == 0))


def _with_shadows(
    before: _Ints, after: _Ints, long: Sequence[tuple[int, ...]], edge_count: int
) -> tuple[_Ints, _Ints, _Ints]:
    """Arc tails, arc heads and the edge of each state; states below `edge_count` are the edges themselves."""
    edge_itself = np.arange(edge_count, dtype=np.int32)
    if not long:
        return before, after, edge_itself
    automaton = _automaton(long)
    special = np.isin(before, [automaton.edge[q] for q in automaton.nodes])
    ways_on: Mapping[int, list[int]] = defaultdict(list)
    for e, f in zip(before[special].tolist(), after[special].tolist(), strict=True):
        ways_on[e].append(f)
    deep = [q for q in automaton.nodes if automaton.depth[q] >= 2]
    shadow = {q: edge_count + i for i, q in enumerate(deep)}
    arcs = _automaton_arcs(automaton, ways_on, shadow)
    begins = np.isin(before, [automaton.edge[q] for q in automaton.nodes if automaton.depth[q] == 1])
    tail = np.concatenate([before[~begins], np.array([t for t, _ in arcs], np.int32)])
    head = np.concatenate([after[~begins], np.array([h for _, h in arcs], np.int32)])
    return tail, head, np.append(edge_itself, np.array([automaton.edge[q] for q in deep], np.int32))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Automaton:
    """Prefixes of the forbidden sequences; node 0 has read nothing. `nodes`: those one can be in."""

    child: Mapping[tuple[int, int], int]
    fail: Sequence[int]
    edge: Sequence[int]
    depth: Sequence[int]
    final: Sequence[bool]

    @property
    def nodes(self) -> list[int]:
        return [q for q in range(1, len(self.fail)) if not self.final[q]]

    def step(self, q: int, edge: int) -> int:
        while q and (q, edge) not in self.child:
            q = self.fail[q]
        return self.child.get((q, edge), 0)


def _automaton(sequences: Sequence[tuple[int, ...]]) -> _Automaton:
    child: dict[tuple[int, int], int] = {}
    edge, depth, final = [-1], [0], [False]
    for sequence in sequences:
        q = 0
        for e in sequence:
            if (q, e) not in child:
                child[q, e] = len(edge)
                edge.append(e)
                depth.append(depth[q] + 1)
                final.append(False)
            q = child[q, e]
        final[q] = True
    fail = [0] * len(edge)
    automaton = _Automaton(child=child, fail=fail, edge=edge, depth=depth, final=final)
    by_parent: Mapping[int, list[int]] = defaultdict(list)
    for (q, _), r in child.items():
        by_parent[q].append(r)
    queue = deque(by_parent[0])
    while queue:
        q = queue.popleft()
        for r in by_parent[q]:
            fail[r] = automaton.step(fail[q], edge[r])
            final[r] = final[r] or final[fail[r]]
            queue.append(r)
    return automaton


def _automaton_arcs(
    automaton: _Automaton, ways_on: Mapping[int, list[int]], shadow: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Arcs that leave the states which remember something."""
    arcs = []
    for q in automaton.nodes:
        tail = shadow.get(q, automaton.edge[q])
        for f in ways_on[automaton.edge[q]]:
            r = automaton.step(q, f)
            if not automaton.final[r]:
                arcs.append((tail, shadow.get(r, f)))
    return arcs


def _largest_component(tail: _Ints, head: _Ints, state_edge: _Ints, edge_count: int) -> NDArray[np.bool_]:
    """States of the edges that the largest component drives on.

    A trip may begin on any of these edges: its beginning remembers nothing, so it may turn wherever any state
    of the edge may, and one of them is in the component.
    """
    n = len(state_edge)
    turns = csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(n, n))
    _, label = connected_components(turns, directed=True, connection="strong")
    size = np.bincount(label)
    routable = np.zeros(edge_count, np.bool_)
    if size.max() > 1:
        routable[state_edge[label == np.argmax(size)]] = True
    return routable[state_edge]


def _compressed(
    tail: _Ints, head: _Ints, state_edge: _Ints, kept: NDArray[np.bool_], edge_count: int
) -> TurnGraph:
    """Return the kept states, numbered from 0, with their arcs sorted."""
    number = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    inside = kept[tail] & kept[head]
    tail, head = number[tail[inside]], number[head[inside]]
    order = np.lexsort((head, tail))
    tail, head = tail[order], head[order]
    edges = state_edge[kept]
    return TurnGraph(
        state_edge=edges,
        edge_start=number[:edge_count],
        edge_states=np.argsort(edges, kind="stable").astype(np.int32),
        edge_first=np.searchsorted(np.sort(edges), np.arange(edge_count + 1)).astype(np.int32),
        arc_first=np.searchsorted(tail, np.arange(len(edges) + 1)).astype(np.int32),
        arc_tail=tail,
        arc_head=head,
    )
