"""The invented roads, read back by the real reader."""

from collections import Counter
from pathlib import Path

import numpy as np
import osmium
import pytest

from gis.network import PROFILE_BIT, ROAD_CLASSES, RoadNetwork
from gis.read import read_network
from gis.speeds import allowed_edges
from scenarios.prefecture import SizeError, write_roads
from scenarios.prefecture.ground import strong_part
from scenarios.prefecture.names import PREFECTURE, RIVER
from scenarios.prefecture.roads import draw_prefecture
from scenarios.prefecture.settlements import settlements

SEED = 1


@pytest.fixture(scope="module")
def roads_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_roads(tmp_path_factory.mktemp("roads") / "prefecture.osm.pbf", size="s", seed=SEED)


@pytest.fixture(scope="module")
def network(roads_file: Path) -> RoadNetwork:
    return read_network(roads_file)


def share_connected(network: RoadNetwork) -> float:
    allowed = allowed_edges(network, "car")
    return float(strong_part(network, allowed).sum() / allowed.sum())


def tags_of(path: Path, kind: str) -> list[dict[str, str]]:
    wanted = {"node": osmium.osm.NODE, "way": osmium.osm.WAY, "relation": osmium.osm.RELATION}[kind]
    return [dict(o.tags) for o in osmium.FileProcessor(path, wanted) if len(o.tags)]


def test_the_reader_sees_that_the_roads_are_synthetic(network: RoadNetwork) -> None:
    assert network.synthetic


def test_the_city_says_in_the_file_that_it_is_synthetic(roads_file: Path) -> None:
    (city,) = [tags for tags in tags_of(roads_file, "node") if tags.get("place") == "city"]
    assert city["name"] == PREFECTURE
    assert city["note"] == "synthetic"


def test_the_same_size_and_seed_draw_the_same_roads() -> None:
    one, two, other = draw_prefecture("s", 5), draw_prefecture("s", 5), draw_prefecture("s", 6)
    assert one == two
    assert one.x != other.x


def test_objects_are_sorted_by_type_and_id(roads_file: Path) -> None:
    order = {"n": 0, "w": 1, "r": 2}
    keys = [(order[o.type_str()], o.id) for o in osmium.FileProcessor(roads_file)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_everything_lies_in_yunnan(network: RoadNetwork) -> None:
    west, south, east, north = network.bounds
    assert west > 102.5
    assert east < 104.5
    assert south > 24.5
    assert north < 26.5


def test_an_unknown_size_is_named(tmp_path: Path) -> None:
    with pytest.raises(SizeError, match="'xl'"):
        write_roads(tmp_path / "x.osm.pbf", size="xl", seed=1)  # type: ignore[arg-type]


def test_the_small_prefecture_has_its_size(network: RoadNetwork) -> None:
    assert 5_000 < network.edge_count < 12_000


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4])
def test_nearly_all_roads_are_connected_both_ways(seed: int, tmp_path: Path) -> None:
    path = write_roads(tmp_path / "roads.osm.pbf", size="s", seed=seed)
    assert share_connected(read_network(path)) > 0.98


def test_all_classes_of_road_are_there(network: RoadNetwork) -> None:
    found = {ROAD_CLASSES[c] for c in np.unique(network.edge_class)}
    assert found >= {
        "motorway", "motorway_link", "trunk", "primary", "secondary", "tertiary", "unclassified",
        "residential", "living_street", "service", "track",
    }  # fmt: skip


def test_there_are_one_way_streets_in_both_spellings(roads_file: Path) -> None:
    streets = [tags for tags in tags_of(roads_file, "way") if tags.get("highway") == "residential"]
    assert {tags.get("oneway") for tags in streets} >= {"yes", "-1"}


def test_one_way_streets_have_no_edge_back(network: RoadNetwork) -> None:
    back = set(zip(network.edge_to.tolist(), network.edge_from.tolist(), strict=True))
    there = zip(network.edge_from.tolist(), network.edge_to.tolist(), strict=True)
    one_way = np.array([pair not in back for pair in there])
    motorway = network.edge_class == ROAD_CLASSES.index("motorway")
    assert one_way[motorway].mean() > 0.9
    assert one_way[network.edge_class == ROAD_CLASSES.index("residential")].any()


def test_the_ring_road_runs_around_in_both_directions(network: RoadNetwork) -> None:
    trunk = np.flatnonzero(network.edge_class == ROAD_CLASSES.index("trunk"))
    mid_lon = (network.node_lon[network.edge_from[trunk]] + network.node_lon[network.edge_to[trunk]]) / 2
    mid_lat = (network.node_lat[network.edge_from[trunk]] + network.node_lat[network.edge_to[trunk]]) / 2
    dx = network.node_lon[network.edge_to[trunk]] - network.node_lon[network.edge_from[trunk]]
    dy = network.node_lat[network.edge_to[trunk]] - network.node_lat[network.edge_from[trunk]]
    turning = (mid_lon - 103.5) * dy - (mid_lat - 25.5) * dx
    assert (turning > 0).sum() == (turning < 0).sum() > 8
    names = {network.names[n] for n in network.edge_name[trunk]}
    assert names == {"环城东路", "环城南路", "环城西路", "环城北路"}


def test_turn_bans_reach_the_network_also_by_way_of_a_third_road(network: RoadNetwork) -> None:
    lengths = Counter(np.diff(network.ban_start).tolist())
    assert lengths[2] >= 10
    assert sum(count for length, count in lengths.items() if length >= 3) >= 8


def test_all_kinds_of_restriction_are_mapped(roads_file: Path) -> None:
    bans = tags_of(roads_file, "relation")
    kinds = {tags.get("restriction", "") for tags in bans}
    assert kinds >= {"no_left_turn", "no_right_turn", "no_u_turn", "only_straight_on", "only_right_turn"}
    assert {tags["except"] for tags in bans if "except" in tags} >= {"bus"}
    assert any("restriction:conditional" in tags for tags in bans)


def test_buses_may_where_only_buses_may(network: RoadNetwork) -> None:
    car, bus = PROFILE_BIT["car"], PROFILE_BIT["bus"]
    only_bus = ((network.edge_access & bus) > 0) & ((network.edge_access & car) == 0)
    assert {network.names[n] for n in network.edge_name[only_bus]} >= {"公交专用街", "公交专用路"}


def test_a_low_bridge_and_a_weak_bridge_are_limited(network: RoadNetwork) -> None:
    assert 2.0 < float(network.edge_max_height_m.min()) < 3.0
    assert float(network.edge_max_weight_t.min()) == 10.0
    weak = network.edge_max_weight_t == 10.0
    assert {network.names[n] for n in network.edge_name[weak]} == {"老石桥"}


def test_only_emergency_vehicles_enter_gated_estates(network: RoadNetwork) -> None:
    car, emergency = PROFILE_BIT["car"], PROFILE_BIT["emergency"]
    private = ((network.edge_access & emergency) > 0) & ((network.edge_access & car) == 0)
    assert private.sum() > 50


def test_the_river_is_crossed_by_bridges_only(roads_file: Path) -> None:
    ways = tags_of(roads_file, "way")
    assert any(tags.get("waterway") == "river" and tags["name"] == RIVER for tags in ways)
    named = {tags.get("name", "") for tags in ways if tags.get("bridge") == "yes"}
    assert len([name for name in named if name.endswith("大桥")]) >= 3


def test_roundabouts_are_closed_rings(roads_file: Path) -> None:
    rings = [
        (way.nodes[0].ref, way.nodes[-1].ref)
        for way in osmium.FileProcessor(roads_file, osmium.osm.WAY)
        if isinstance(way, osmium.osm.Way) and way.tags.get("junction") == "roundabout"
    ]
    assert len(rings) == 2
    assert all(first == last for first, last in rings)


def test_people_find_footways_and_bus_stops(roads_file: Path) -> None:
    walk = read_network(roads_file, kind="walk")
    footways = walk.edge_class == ROAD_CLASSES.index("footway")
    assert footways.sum() >= 10
    stops = [tags for tags in tags_of(roads_file, "node") if tags.get("highway") == "bus_stop"]
    assert len(stops) > 20
    assert all(tags["name"].endswith("站") for tags in stops)


def test_the_small_prefecture_has_two_counties_with_villages() -> None:
    places = settlements("s", SEED)
    levels = Counter(place.level for place in places)
    assert levels == {"city": 1, "county": 2, "township": 9, "village": 64}
    assert len({place.name for place in places}) == len(places)


def test_the_middle_prefecture_has_eighteen_counties(tmp_path: Path) -> None:
    network = read_network(write_roads(tmp_path / "roads.osm.pbf", size="m", seed=SEED))
    assert 40_000 < network.edge_count < 90_000
    assert share_connected(network) > 0.98
    assert Counter(place.level for place in settlements("m", SEED))["county"] == 18
