"""Places where buses may stop: the right kerb, the right roads, near homes and apart."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gis.candidates import CandidateRules, candidate_stops, right_hand
from gis.coordinates import metres_between
from gis.errors import MapFileError
from gis.network import CLASS_INDEX, ROAD_CLASSES, RoadNetwork
from gis.places import Place
from gis.read import read_network
from gis.read.bus_stops import read_bus_stops, read_tunnels
from gis.router import Router
from gis.travel import travel_matrix
from gis.walking import Walking
from tests.gis.osm_towns import osm_xml, written
from tests.gis.towns import Road, lonlat, town

#   W ———————————— E     a street of 1 km from west to east
PLAN = {"W": (0, 0), "E": (1_000, 0), "N": (0, 600), "M": (1_000, 600)}


def at(x_m: float, y_m: float, name: str = "") -> Place:
    lon, lat = lonlat(x_m, y_m)
    return Place(id=f"{x_m},{y_m}", lon=lon, lat=lat, name=name)


def metres(place: Place) -> tuple[float, float]:
    """East and north of W."""
    lon, lat = lonlat(0, 0)
    east = float(metres_between(lon, lat, place.lon, lat)) * (1 if place.lon >= lon else -1)
    north = float(metres_between(place.lon, lat, place.lon, place.lat)) * (1 if place.lat >= lat else -1)
    return east, north


def street(**fields: object) -> RoadNetwork:
    return town(PLAN, (Road(ends="WE", **({"road_class": "tertiary"} | fields)),))  # type: ignore[arg-type]


def test_of_two_kerbs_the_one_towards_work_is_taken_and_lies_on_the_right() -> None:
    for work, side in ((at(9_000, 0), -1), (at(-9_000, 0), 1)):
        (stop,) = candidate_stops(
            street(name="东街"), [at(500, 40)], towards=[work], rules=CandidateRules(most=1)
        )
        east, north = metres(stop)
        assert 300 < east < 700
        # Going east the kerb lies south of the middle line, going west north of it.
        assert north == pytest.approx(4 * side, abs=0.3)
        assert stop.name == "东街 1 号点"


@pytest.mark.parametrize("road_class", ["motorway", "motorway_link", "trunk_link", "service", "footway"])
def test_no_bus_stops_on_motorways_ramps_and_footways(road_class: str) -> None:
    assert candidate_stops(street(road_class=road_class), [at(500, 40)]) == ()


def test_no_bus_stops_in_a_tunnel_or_where_none_may_drive() -> None:
    assert candidate_stops(street(), [at(500, 40)], tunnels=[100]) == ()
    assert candidate_stops(street(access=("car",)), [at(500, 40)]) == ()
    assert candidate_stops(street(), [at(500, 40)], routable=np.zeros(2, np.bool_)) == ()
    assert candidate_stops(street(), []) == ()


def test_candidates_keep_apart_and_stay_near_homes() -> None:
    homes = [at(x, 40) for x in range(0, 1_001, 50)]
    stops = candidate_stops(street(), homes, rules=CandidateRules(spacing_m=300, reach_m=300))
    where = np.array([metres(s) for s in stops])
    gaps = np.hypot(*(where[:, None] - where[None, :]).transpose(2, 0, 1))
    assert len(stops) >= 2
    assert np.abs(where[:, 0, None] - np.arange(0, 1_001, 50)).min(axis=0).max() <= 300
    assert gaps[~np.eye(len(stops), dtype=bool)].min() >= 299
    assert candidate_stops(street(), [at(500, 700)], rules=CandidateRules(reach_m=300)) == ()


def test_a_stop_of_the_map_is_preferred_and_keeps_its_name_and_side() -> None:
    known = at(730, 9, "老街口")  # drawn north of the street: for buses going west
    (stop,) = candidate_stops(
        street(), [at(500, 40)], towards=[at(9_000, 0)], bus_stops=[known, at(500, 400, "远处")],
        rules=CandidateRules(most=1),
    )  # fmt: skip
    assert stop.name == "老街口"
    assert metres(stop) == pytest.approx((730, 4), abs=1)


def test_a_bus_comes_along_the_kerb_of_the_stop() -> None:
    # A ring and a way across it: from W the far side of the street is reached by M and E, 1166 + 600 + 500 m.
    ring = town(PLAN, tuple(Road(ends=e, road_class="tertiary") for e in ("WE", "EM", "MN", "NW", "WM")))
    router = Router(ring, profile="bus", engine="scipy")
    near, far = at(500, -4, "南侧"), at(500, 4, "北侧")
    (snap,) = router.snap([near])
    assert len(snap.edges) == 2
    assert len(right_hand(ring, snap).edges) == 1
    west = at(0, 0, "西口")
    free = travel_matrix({"bus": router}, [west, near, far])
    kept = [replace(stop, kerb=True) for stop in (near, far)]
    bound = travel_matrix({"bus": router}, [west, *kept])
    assert free.travel("bus", west.id, far.id, 0)[1] == 500
    assert bound.travel("bus", west.id, near.id, 0)[1] == 500
    assert bound.travel("bus", west.id, far.id, 0)[1] == pytest.approx(1_166 + 600 + 500, abs=2)


def test_bus_stops_and_tunnels_are_read_from_the_map(tmp_path: Path) -> None:
    nodes = {
        "B": {"highway": "bus_stop", "name": "B站"},
        "C": {"public_transport": "platform", "bus": "yes"},
        "D": {"public_transport": "platform", "tram": "yes"},
        "G": {"highway": "crossing"},
    }
    ways = [
        ("ABCDE", {"highway": "tertiary"}),
        ("FGH", {"highway": "tertiary", "tunnel": "yes"}),
        ("GJ", {"highway": "service", "tunnel": "no"}),
    ]
    path = written(tmp_path, osm_xml(ways, nodes=nodes))
    assert [(p.id, p.name) for p in read_bus_stops(path)] == [("osm-stop-66", "B站"), ("osm-stop-67", "")]
    assert read_tunnels(path) == {2}
    with pytest.raises(MapFileError, match=r"none\.osm"):
        read_bus_stops(tmp_path / "none.osm")


def homes_on(network: RoadNetwork, usable: np.ndarray, count: int) -> Sequence[Place]:
    """Homes beside residential streets that buses can get to, always the same."""
    streets = np.flatnonzero(usable & (network.edge_class == CLASS_INDEX["residential"]))
    picked = np.random.default_rng(7).choice(streets, count)
    lon, lat = network.node_lon[network.edge_from[picked]], network.node_lat[network.edge_from[picked]]
    return [
        Place(id=f"h{i}", lon=x, lat=y)
        for i, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
    ]


@pytest.mark.parametrize("name", ["cn_guixi_jiangxi.osm", "cn_beijing_haidian_tsinghua.osm"])
def test_on_real_maps_candidates_are_on_fit_roads_and_within_a_walk(shared_data: Path, name: str) -> None:
    path = shared_data / "osm" / name
    if not path.is_file():
        pytest.skip(f"no extract {name} in {shared_data / 'osm'}")
    network = read_network(path)
    router = Router(network, profile="bus", engine="scipy")
    homes = homes_on(network, router.graph.routable, 40)
    tunnels = read_tunnels(path)
    stops = candidate_stops(
        network, homes, bus_stops=read_bus_stops(path), tunnels=tunnels, routable=router.graph.routable
    )
    sided = [right_hand(network, snap) for snap in router.snap(stops)]
    assert all(1 < snap.distance_m < 4.5 for snap in sided)  # nearer than 4 m inside a bend
    assert {ROAD_CLASSES[network.edge_class[snap.edge]] for snap in sided} <= set(CandidateRules().classes)
    assert not {int(network.edge_way[snap.edge]) for snap in sided} & tunnels
    assert all(len(snap.edges) == 1 for snap in sided)
    walks_m = Walking(read_network(path, kind="walk")).distances(homes, stops, 800)
    assert (walks_m.min(axis=1) <= 800).mean() > 0.9
