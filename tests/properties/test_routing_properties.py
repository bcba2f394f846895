"""Every engine finds what an exhaustive search over histories finds, whatever the roads and banned turns."""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import routingkit_cch
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from gis.closures import Closure
from gis.costs import NO_WAY, Costs, edge_costs, milliseconds
from gis.errors import RouteError
from gis.network import PROFILE_BIT, RoadNetwork
from gis.paths import violations
from gis.places import Place
from gis.router import Router
from gis.snapping import Snap
from gis.trips import Spots, spots_of
from tests.gis.towns import Road, town

NOBODY: frozenset[int] = frozenset()


@st.composite
def networks(draw: st.DrawFn) -> RoadNetwork:
    """Up to 7 junctions, 10 roads (parallel ones and loops too) and 5 forbidden sequences."""
    n = draw(st.integers(2, 7))
    names = "ABCDEFG"[:n]
    junctions = {name: (700.0 * (i % 3), 500.0 * (i // 3)) for i, name in enumerate(names)}
    count = draw(st.integers(2, 10))
    roads = [
        Road(
            ends=draw(st.sampled_from(names)) + draw(st.sampled_from(names)),
            oneway=draw(st.booleans()),
            road_class=draw(st.sampled_from(("primary", "residential", "service"))),
            bends=((10 * draw(st.integers(-30, 150)) + 3, 10 * draw(st.integers(-30, 90)) + 7),),
        )
        for _ in range(count)
    ]
    network = town(junctions, roads)
    bans = [ban for _ in range(draw(st.integers(0, 5))) if (ban := draw(walks(network)))]
    return replace(
        network,
        ban_start=np.cumsum([0, *(len(b) for b in bans)]).astype(np.int32),
        ban_edges=np.array([e for b in bans for e in b], np.int32),
        ban_profiles=np.full(len(bans), PROFILE_BIT["car"], np.uint8),
    )


@st.composite
def walks(draw: st.DrawFn, network: RoadNetwork) -> tuple[int, ...]:
    """Two to four edges that can be driven one after the other; empty if the draw ran into a dead end."""
    walk = [draw(st.integers(0, network.edge_count - 1))]
    for _ in range(draw(st.integers(1, 3))):
        onward = np.flatnonzero(network.edge_from == network.edge_to[walk[-1]]).tolist()
        if not onward:
            return ()
        walk.append(draw(st.sampled_from(onward)))
    return tuple(walk)


def exhaustive_costs(
    network: RoadNetwork, usable: Sequence[int], cost: Sequence[int], start: int
) -> list[int]:
    """Cheapest costs from the end of one edge to the beginning of each usable edge.

    Searches over histories: as many of the last edges as the longest forbidden sequence needs.
    """
    bans = {tuple(network.ban_edges[a:b].tolist()) for a, b in pairwise(network.ban_start)}
    memory = max([len(ban) for ban in bans], default=2) - 1
    onward = {last: [e for e in usable if may_follow(network, last, e)] for last in usable}
    found: dict[int, int] = {}
    queue: list[tuple[int, tuple[int, ...]]] = [(0, (start,))]
    seen: set[tuple[int, ...]] = set()
    while queue and len(found) < len(usable):
        so_far, history = heapq.heappop(queue)
        if history in seen:
            continue
        if so_far:  # the beginning is not an arrival: coming back to it is
            seen.add(history)
            found.setdefault(history[-1], so_far)
        for edge in onward[history[-1]]:
            longer = (*history, edge)
            if not any(longer[-len(ban) :] == ban for ban in bans):
                heapq.heappush(queue, (so_far + cost[history[-1]], longer[-memory:]))
    return [found[edge] - cost[start] for edge in usable]


def may_follow(network: RoadNetwork, last: int, edge: int) -> bool:
    """Whether the edges meet, and turning back happens only where there is no other road."""
    if network.edge_from[edge] != network.edge_to[last]:
        return False
    if network.edge_shape[last] != network.edge_shape[edge] or last == edge:
        return True
    leaving = np.flatnonzero(network.edge_from == network.edge_to[last])
    return not (network.edge_shape[leaving] != network.edge_shape[last]).any()


def routers(network: RoadNetwork) -> tuple[Router, Router]:
    """The same roads on both engines; the draw is thrown away where no roads connect."""
    try:
        return Router(network, engine="cch"), Router(network, engine="scipy")
    except RouteError:
        reject()


def snap_on(network: RoadNetwork, edge: int, share: float) -> Snap:
    """A point on one directed edge, at a share of its length."""
    return Snap(
        place=Place(id=str(edge), lon=0.0, lat=0.0),
        edges=(edge,),
        offsets_m=(float(network.edge_length_m[edge]) * share,),
        distance_m=0.0,
        lon=0.0,
        lat=0.0,
    )


def ends(network: RoadNetwork, edges: Sequence[int], share: float) -> Spots:
    """Points on single directed edges, at a share of their length."""
    return spots_of(network, [snap_on(network, edge, share) for edge in edges])


def all_pairs(router: Router, bucket: int, edges: Sequence[int]) -> Costs:
    """Costs from the end of each edge to the beginning of each."""
    metric = router._metrics.under(bucket, router._roadworks, NOBODY)
    network = router.network
    return router._trips.costs(metric, ends(network, edges, 1.0), ends(network, edges, 0.0))


@given(networks())
@settings(max_examples=100)
def test_all_engines_agree_with_an_exhaustive_search_on_every_pair(network: RoadNetwork) -> None:
    fast, slow = routers(network)
    edges = np.flatnonzero(fast.graph.routable).tolist()
    found = all_pairs(fast, 1, edges)
    assert np.array_equal(found, all_pairs(slow, 1, edges))
    cost = edge_costs(network, "car", fast.speeds, 1).tolist()
    for i, start in enumerate(edges):
        assert found[i].tolist() == exhaustive_costs(network, edges, cost, start)


@given(networks())
@settings(max_examples=50)
def test_the_library_finds_the_same_times(network: RoadNetwork) -> None:
    fast, _ = routers(network)
    graph = fast.graph
    edges = np.flatnonzero(graph.routable).tolist()
    found = milliseconds(all_pairs(fast, 0, edges))
    time_ms = milliseconds(edge_costs(network, "car", fast.speeds, 0))
    tail, head = graph.arc_tail.tolist(), graph.arc_head.tolist()
    order = routingkit_cch.compute_order_degree(graph.state_count, tail, head)
    library = routingkit_cch.CCH(order, tail, head, False)
    query = routingkit_cch.CCHQuery(
        routingkit_cch.CCHMetric(library, time_ms[graph.state_edge[graph.arc_tail]].tolist())
    )
    for i, start in enumerate(edges):
        for j, end in enumerate(edges):
            states = graph.edge_states[graph.edge_first[end] : graph.edge_first[end + 1]].tolist()
            if start != end:
                result = query.run_multi([(int(graph.edge_start[start]), 0)], [(s, 0) for s in states])
                assert result.distance == found[i, j] + time_ms[start]
                del result  # the library panics if a result outlives the next query


def closures_of(network: RoadNetwork) -> st.SearchStrategy[list[Closure]]:
    """Up to four closures and slow-downs on some edges each, with overlapping spans."""
    edge = st.integers(0, network.edge_count - 1)
    one = st.builds(
        lambda edges, start, length, factor: Closure(
            id="", edges=tuple(edges), start_s=start, end_s=start + length, factor=factor
        ),
        st.sets(edge, min_size=1, max_size=3),
        st.sampled_from((0, 28_700, 30_000, 32_000)),
        st.sampled_from((200, 3_000, 90_000)),
        st.sampled_from((0.0, 0.25, 0.8)),
    )
    return st.lists(one, min_size=1, max_size=4).map(
        lambda found: [replace(closure, id=str(i)) for i, closure in enumerate(found)]
    )


@given(st.data())
@settings(max_examples=60)
def test_closures_in_any_order_leave_no_trace_and_engines_agree_under_them(data: st.DataObject) -> None:
    network = data.draw(networks())
    fast, slow = routers(network)
    edges = np.flatnonzero(fast.graph.routable).tolist()
    spots = ends(network, edges, 0.5)
    before = [fast.bucket_costs(spots, spots, b) for b in range(3)]
    closures = data.draw(closures_of(network))
    for router in (fast, slow):
        router.close(closures)
    for bucket in range(3):
        ours, theirs = (np.minimum(r.bucket_costs(spots, spots, bucket), NO_WAY) for r in (fast, slow))
        assert np.array_equal(ours, theirs)
    version = fast.road_version
    for closure in data.draw(st.permutations(closures)):
        fast.reopen([closure.id])
    assert fast.road_version > version
    assert all(np.array_equal(fast.bucket_costs(spots, spots, b), before[b]) for b in range(3))


@given(st.data())
@settings(max_examples=60)
def test_paths_are_judged_faultless_and_no_later_departure_arrives_earlier(data: st.DataObject) -> None:
    network = data.draw(networks())
    fast, slow = routers(network)
    edges = np.flatnonzero(fast.graph.routable).tolist()
    closures = data.draw(closures_of(network))
    fast.close(closures)
    slow.close(closures)
    start, end = (
        snap_on(network, data.draw(st.sampled_from(edges)), data.draw(st.sampled_from((0.0, 0.3, 0.5, 1.0))))
        for _ in range(2)
    )
    arrive_s = 0.0
    for depart_s in sorted(data.draw(st.lists(st.integers(25_000, 40_000), min_size=2, max_size=6))):
        try:
            path = fast.path(start, end, depart_s)
        except RouteError:
            continue
        assert path.arrive_s >= arrive_s
        assert slow.path(start, end, depart_s).arrive_s == path.arrive_s
        assert violations(network, closures, [path]) == ()
        arrive_s = path.arrive_s
