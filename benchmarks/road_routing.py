"""Road measurements with the router: building it, matrices, single ways, closures."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np

from benchmarks.road_task import Figures, Task, peak, places, timed
from gis.closures import Closure
from gis.costs import Costs, edge_costs, milliseconds, part_costs, whole_metres, whole_seconds
from gis.network import RoadNetwork
from gis.paths import violations
from gis.read import read_network
from gis.router import Router
from gis.snapping import Snap
from gis.trips import Spots, spots_of

_BUCKET = 2  # by day, between the peaks
_ROWS = 1024


def fill(task: Task) -> Figures:
    """Fill the caches of this map for the measures that follow: network, elimination order, kernels."""
    network = read_network(task.map, cache_folder=task.cache)
    router = Router(network, cache_folder=task.cache)
    _warm(router)
    return {"edges": network.edge_count}


def build(task: Task) -> Figures:
    """Build the router from nothing, and again with the elimination order kept, and ask for ways."""
    network, router = _ready(task)
    with timed() as first:
        Router(network, cache_folder=None)
    with timed() as again:
        Router(network, cache_folder=task.cache)
    snaps = _snaps(router, 200)
    with timed() as metric:
        router.close([Closure(id="all", edges=tuple(range(network.edge_count)), factor=0.5)])
        _one_bucket(router, spots_of(network, snaps[:1]))
    router.reopen(["all"])
    return {
        "edges": network.edge_count,
        "turns": len(router.graph.arc_tail),
        "build_cpu_s": first["cpu_s"],
        "build_again_cpu_s": again["cpu_s"],
        "reweigh_all_ms": round(metric["wall_s"] * 1000, 1),
        "path_ms": _path_ms(router, snaps),
        **peak(),
    }


def matrix(task: Task) -> Figures:
    """All pairs of some places in one bucket, with turn bans; networkx on the same turns in the same run.

    networkx runs Dijkstra from five of the places to everywhere; its time for all is extrapolated. All its
    answers must equal the router's to the millisecond.
    """
    network, router = _ready(task)
    snaps = _snaps(router, task.count)
    spots = spots_of(network, snaps)
    with timed() as ours:
        costs = _one_bucket(router, spots)
    sample = 5
    graph = _turns_as_networkx(router, spots, sample)
    with timed() as theirs:
        found = [nx.single_source_dijkstra_path_length(graph, ("from", i)) for i in range(sample)]
    wrong = sum(_differences(router, spots, i, costs[i], found[i]) for i in range(sample))
    theirs_s = theirs["cpu_s"] * task.count / sample
    return {
        **ours,
        "networkx_sample": sample,
        "networkx_cpu_s": round(theirs_s, 1),
        "times_networkx": round(theirs_s / ours["cpu_s"], 1),
        "different_answers": wrong,
    }


def block(task: Task) -> Figures:
    """Seconds and metres of all pairs in one bucket, as a `TravelMatrix` keeps them."""
    network, router = _ready(task)
    snaps = _snaps(router, task.count)
    spots = spots_of(network, snaps)
    shape = (task.count, task.count)
    with timed() as spent:
        seconds, metres = np.empty(shape, np.int32), np.empty(shape, np.int32)
        for r in range(0, task.count, _ROWS):
            costs = router.bucket_costs(spots_of(network, snaps[r : r + _ROWS]), spots, _BUCKET)
            seconds[r : r + _ROWS], metres[r : r + _ROWS] = whole_seconds(costs), whole_metres(costs)
    return {**spent, **peak(), "arrays_mb": round((seconds.nbytes + metres.nbytes) / 1e6)}


def ways(task: Task) -> Figures:
    """Point to point, with the line drawn; every path judged."""
    network, router = _ready(task)
    snaps = _snaps(router, task.count + 1)
    _path_ms(router, snaps[:50])
    with timed() as spent:
        paths = [router.path(a, b, 36_000.0) for a, b in pairwise(snaps)]
    return {
        "path_ms": round(spent["wall_s"] * 1000 / len(paths), 3),
        "path_cpu_ms": round(spent["cpu_s"] * 1000 / len(paths), 3),
        "violations": len(violations(network, (), paths)),
    }


def closures(task: Task) -> Figures:
    """Close many edges, ask for a way again, reopen: the middle and the longest of 15 rounds."""
    network, router = _ready(task)
    rng = np.random.default_rng(5)
    a, b = _snaps(router, 2)
    before = router.path(a, b, 36_000.0)
    rounds = []
    for i in range(15):
        edges = tuple(np.setdiff1d(rng.choice(network.edge_count, task.count), (*a.edges, *b.edges)).tolist())
        with timed() as spent:
            router.close([Closure(id=str(i), edges=edges, start_s=0, end_s=86_400)])
            router.path(a, b, 36_000.0)
        router.reopen([str(i)])
        rounds.append((spent["wall_s"] * 1000, spent["cpu_s"] * 1000))
    wall_ms, cpu_ms = np.array(rounds).T
    return {
        "median_ms": round(float(np.median(wall_ms)), 1),
        "longest_ms": round(float(wall_ms.max()), 1),
        "median_cpu_ms": round(float(np.median(cpu_ms)), 1),
        "undone_exactly": int(router.path(a, b, 36_000.0) == before),
    }


def _ready(task: Task) -> tuple[RoadNetwork, Router]:
    """Network and router from their caches, kernels and metric warm."""
    network = read_network(task.map, cache_folder=task.cache)
    router = Router(network, cache_folder=task.cache)
    _warm(router)
    return network, router


def _warm(router: Router) -> None:
    """Compile or load every kernel, and make the metric of the bucket that is measured."""
    snaps = _snaps(router, 20)
    _one_bucket(router, spots_of(router.network, snaps))
    _path_ms(router, snaps)


def _one_bucket(router: Router, spots: Spots) -> Costs:
    return router.bucket_costs(spots, spots, _BUCKET)


def _snaps(router: Router, count: int) -> tuple[Snap, ...]:
    snaps, _ = router.try_snap(places(router.network, count + count // 5 + 20), max_distance_m=1000.0)
    return snaps[:count]


def _path_ms(router: Router, snaps: tuple[Snap, ...]) -> float:
    with timed() as spent:
        for a, b in pairwise(snaps):
            router.path(a, b, 36_000.0)
    return round(float(spent["wall_s"]) * 1000 / (len(snaps) - 1), 3)


def _turns_as_networkx(router: Router, spots: Spots, sources: int) -> Any:
    """Return the router's turns as a graph in milliseconds, with a node for each of the first few spots.

    A turn costs the edge that it leaves, so a distance is one to the beginning of an edge.
    """
    graph, whole = router.graph, _edge_costs(router)
    cost = milliseconds(whole)
    made: Any = nx.DiGraph()
    weight = cost[graph.state_edge[graph.arc_tail]]
    arcs = zip(graph.arc_tail.tolist(), graph.arc_head.tolist(), weight.tolist(), strict=True)
    made.add_weighted_edges_from(arcs)
    for i in range(sources):
        for edge, part in _parts(router, spots, whole, i):
            state = graph.edge_start[edge]
            for head in graph.arc_head[graph.arc_first[state] : graph.arc_first[state + 1]].tolist():
                made.add_edge(("from", i), head, weight=int(cost[edge]) - part)
    return made


def _differences(router: Router, spots: Spots, i: int, costs: Costs, found: Mapping[Any, float]) -> int:
    """Count the spots, on other roads than spot `i`, that networkx reaches at another time."""
    graph, whole, wrong = router.graph, _edge_costs(router), 0
    for j in np.flatnonzero(spots.road != spots.road[i]).tolist():
        best = min(
            found[int(state)] + part
            for edge, part in _parts(router, spots, whole, j)
            for state in graph.edge_states[graph.edge_first[edge] : graph.edge_first[edge + 1]]
        )
        wrong += int(best != int(milliseconds(costs[j])))
    return wrong


def _edge_costs(router: Router) -> Costs:
    return edge_costs(router.network, router.profile, router.speeds, _BUCKET)


def _parts(router: Router, spots: Spots, whole: Costs, i: int) -> Iterator[tuple[int, int]]:
    """Each edge that a spot lies on, and the milliseconds from its beginning to the spot."""
    own = slice(spots.first[i], spots.first[i + 1])
    edges = spots.edge[own]
    parts = milliseconds(part_costs(whole[edges], spots.offset_m[own], router.network.edge_length_m[edges]))
    yield from zip(edges.tolist(), parts.tolist(), strict=True)
