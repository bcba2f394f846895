"""Both engines on real roads: equal to the last unit, and the judge finds nothing in what they drive."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gis.closures import Closure
from gis.costs import NO_WAY, Costs, milliseconds, whole_seconds
from gis.errors import RouteError
from gis.network import RoadNetwork
from gis.paths import violations
from gis.places import Place
from gis.read import read_network
from gis.router import Router
from gis.snapping import Snap
from gis.trips import spots_of
from gis.turns import turn_graph

MORNING_S = 8 * 3600


def all_edges(router: Router) -> list[Snap]:
    """A point in the middle of every routable edge, on that edge alone."""
    network = router.network
    where = Place(id="x", lon=0.0, lat=0.0)
    return [
        Snap(
            place=where,
            edges=(e,),
            offsets_m=(float(network.edge_length_m[e]) / 2,),
            distance_m=0.0,
            lon=0.0,
            lat=0.0,
        )
        for e in np.flatnonzero(router.graph.routable).tolist()
    ]


def points(router: Router, count: int, seed: int = 7) -> tuple[Snap, ...]:
    """Places on roads drawn with a seed; every third one on the road of the one before."""
    network = router.network
    random = np.random.default_rng(seed)
    edges = random.choice(np.flatnonzero(router.graph.routable), count)
    edges[2::3] = edges[1::3][: len(edges[2::3])]
    places = []
    for i, e in enumerate(edges.tolist()):
        lon, lat = network.edge_points(e)
        k = random.integers(len(lon) - 1)
        share = random.random()
        places.append(
            Place(
                id=str(i),
                lon=float(lon[k] + share * (lon[k + 1] - lon[k])),
                lat=float(lat[k] + share * (lat[k + 1] - lat[k])),
            )
        )
    return router.snap(places, max_distance_m=100)


def costs(router: Router, origins: Sequence[Snap], destinations: Sequence[Snap], bucket: int) -> Costs:
    starts, ends = spots_of(router.network, origins), spots_of(router.network, destinations)
    return np.minimum(router.bucket_costs(starts, ends, bucket), NO_WAY)


def flood(router: Router) -> list[Closure]:
    """A twentieth of all edges shut, another slowed, some both."""
    edges = np.random.default_rng(3).choice(
        np.flatnonzero(router.graph.routable), router.network.edge_count // 10
    )
    half, third = len(edges) // 2, len(edges) // 3
    return [
        Closure(
            id="shut", edges=tuple(edges[:half].tolist()), start_s=MORNING_S - 600, end_s=MORNING_S + 600
        ),
        Closure(id="slow", edges=tuple(edges[third:].tolist()), factor=0.4),
    ]


def assert_paths_are_faultless(router: Router, snaps: Sequence[Snap], depart_s: int) -> None:
    paths = []
    for start, end in pairwise(snaps):
        try:
            paths.append(router.path(start, end, depart_s))
        except RouteError:
            continue
    assert len(paths) > len(snaps) // 2
    assert violations(router.network, router.closures, paths) == ()


@pytest.mark.parametrize("name", ["cn_guixi_jiangxi.osm", "cn_beijing_haidian_tsinghua.osm"])
def test_small_chinese_extracts_agree_on_every_pair_of_edges(shared_data: Path, name: str) -> None:
    network = read_network(shared_data / "osm" / name)
    for profile in ("car", "truck"):
        fast = Router(network, profile=profile, engine="cch")
        slow = Router(network, profile=profile, engine="scipy")
        snaps = all_edges(fast)
        assert np.array_equal(costs(fast, snaps, snaps, 1), costs(slow, snaps, snaps, 1))


@pytest.mark.parametrize("name", ["columbus_oh.sorted.osm.pbf", "porto_portugal.osm.pbf"])
def test_large_extracts_agree_on_pairs_drawn_with_a_seed(shared_data: Path, name: str) -> None:
    network = read_network(shared_data / "osm" / name)
    fast, slow = Router(network, engine="cch"), Router(network, engine="scipy")
    snaps = points(fast, 60)
    for router in (fast, slow):
        router.close(flood(router))
    assert np.array_equal(costs(fast, snaps[:20], snaps, 1), costs(slow, snaps[:20], snaps, 1))
    for router in (fast, slow):
        router.reopen(["shut", "slow"])
    free = costs(fast, snaps[:20], snaps, 2)
    assert (free < NO_WAY).all()
    assert np.array_equal(free, costs(slow, snaps[:20], snaps, 2))


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return read_network(helsinki_pbf)


@pytest.mark.parametrize("profile", ["car", "bus", "truck", "emergency"])
def test_helsinki_agrees_and_is_driven_faultlessly(helsinki: RoadNetwork, profile: str) -> None:
    fast = Router(helsinki, profile=profile, engine="cch")
    slow = Router(helsinki, profile=profile, engine="scipy")
    snaps = points(fast, 60)
    for closures in ([], flood(fast)):
        for router in (fast, slow):
            router.close(closures)
        block = costs(fast, snaps, snaps, 1)
        assert np.array_equal(block, costs(slow, snaps, snaps, 1))
        assert_paths_are_faultless(fast, snaps, MORNING_S)
    fast.reopen(["shut", "slow"])
    for i in range(len(snaps) - 1):
        path = fast.path(snaps[i], snaps[i + 1], MORNING_S, geometry=False)
        expected = int(milliseconds(costs(fast, snaps[i : i + 1], snaps[i + 1 : i + 2], 1))[0, 0])
        assert round((path.arrive_s - MORNING_S) * 1000) == expected


def test_the_last_edge_is_reached_from_every_first_one(helsinki: RoadNetwork) -> None:
    router = Router(helsinki, engine="cch")
    graph = turn_graph(helsinki, "car", np.asarray(router.graph.routable))
    assert np.array_equal(
        graph.routable, router.graph.routable
    )  # connected after turns: nothing more falls off
    snaps = all_edges(router)
    assert (costs(router, snaps, snaps[:200], 0) < NO_WAY).all()


def test_people_walk_over_the_network_for_walking(helsinki_pbf: Path) -> None:
    network = read_network(helsinki_pbf, kind="walk")
    fast = Router(network, profile="foot", engine="cch")
    slow = Router(network, profile="foot", engine="scipy")
    snaps = points(fast, 20)
    assert np.array_equal(costs(fast, snaps, snaps, 0), costs(slow, snaps, snaps, 0))
    assert_paths_are_faultless(fast, snaps, MORNING_S)


def test_many_to_one_is_the_same_by_sweep_and_by_labels(helsinki: RoadNetwork) -> None:
    router = Router(helsinki, engine="cch")
    snaps = points(router, 700)
    by_sweep = costs(router, snaps, snaps[:1], 1)
    by_labels = costs(router, snaps, snaps[:2], 1)
    assert np.array_equal(by_sweep[:, 0], by_labels[:, 0])
    nearest = router.nearest(snaps, snaps[0], 5, MORNING_S)
    assert [seconds for _, seconds, _ in nearest] == sorted(whole_seconds(by_sweep[:, 0]).tolist())[:5]
