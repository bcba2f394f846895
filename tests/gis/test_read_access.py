"""Who may drive where, and in which direction: access tags, one-ways, barriers."""

from pathlib import Path

import pytest

from gis.network import RoadNetwork
from gis.read import read_network
from gis.speeds import allowed_edges
from tests.gis.osm_towns import Tags, drives, edge_word, osm_xml, written

ROAD = {"highway": "residential"}
BOTH, ALONG, AGAINST, NOBODY = {"BC", "CB"}, {"BC"}, {"CB"}, set[str]()


def street(folder: Path, tags: Tags, kind: str = "drive") -> RoadNetwork:
    """A street from A to B to D whose middle part B—C carries the tags."""
    ways = [("AB", ROAD), ("BC", tags), ("CD", ROAD)]
    return read_network(written(folder, osm_xml(ways)), kind=kind)  # type: ignore[arg-type]


def middle(network: RoadNetwork, profile: str = "car") -> set[str]:
    return drives(network, profile) & BOTH


def left_out(network: RoadNetwork) -> dict[str, int]:
    return dict(network.report.dropped)


# --- one-ways --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"oneway": "yes"}, ALONG),
        ({"oneway": "true"}, ALONG),
        ({"oneway": "1"}, ALONG),
        ({"oneway": "-1"}, AGAINST),
        ({"oneway": "reverse"}, AGAINST),
        ({"oneway": "no"}, BOTH),
        ({"oneway": "false"}, BOTH),
        ({"oneway": "alternating"}, BOTH),
        ({"oneway": "reversible"}, NOBODY),
        ({"oneway": "YES"}, ALONG),
        ({"junction": "roundabout"}, ALONG),
        ({"junction": "circular"}, ALONG),
        ({"junction": "roundabout", "oneway": "-1"}, AGAINST),
        ({"junction": "roundabout", "oneway": "no"}, BOTH),
        ({"junction": "jughandle"}, BOTH),
        ({"highway": "motorway"}, ALONG),
        ({"highway": "motorway_link"}, ALONG),
        ({"highway": "motorway", "oneway": "no"}, BOTH),
        ({"highway": "trunk"}, BOTH),
        ({"busway": "opposite_lane", "oneway": "yes"}, ALONG),
        ({"cycleway": "opposite", "oneway": "yes", "oneway:bicycle": "no"}, ALONG),
        ({"oneway:motorcar": "yes"}, ALONG),
        ({"oneway:motor_vehicle": "-1"}, AGAINST),
    ],
)
def test_one_way_in_all_its_spellings(tmp_path: Path, tags: Tags, expected: set[str]) -> None:
    assert middle(street(tmp_path, {**ROAD, **tags})) == expected


def test_reversible_lanes_are_counted(tmp_path: Path) -> None:
    assert left_out(street(tmp_path, {**ROAD, "oneway": "reversible"})) == {"oneway=reversible": 1}


def test_an_unknown_one_way_value_is_counted_and_read_as_two_way(tmp_path: Path) -> None:
    network = street(tmp_path, {**ROAD, "oneway": "sometimes"})
    assert middle(network) == BOTH
    assert left_out(network) == {"not understood: oneway=sometimes": 1}


@pytest.mark.parametrize(
    ("key", "profiles"),
    [
        ("oneway:bus", {"bus"}),
        ("oneway:psv", {"bus"}),
        ("oneway:emergency", {"emergency"}),
        ("oneway:hgv", {"truck"}),
    ],
)
def test_a_one_way_street_may_be_open_both_ways_for_some(
    tmp_path: Path, key: str, profiles: set[str]
) -> None:
    network = street(tmp_path, {**ROAD, "oneway": "yes", key: "no"})
    for profile in ("car", "bus", "truck", "emergency"):
        assert middle(network, profile) == (BOTH if profile in profiles else ALONG)


# --- access ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({}, "car bus truck emergency"),
        ({"access": "yes"}, "car bus truck emergency"),
        ({"access": "permissive"}, "car bus truck emergency"),
        ({"access": "destination"}, "car bus truck emergency"),
        ({"access": "customers"}, "car bus truck emergency"),
        ({"access": "private"}, "emergency"),
        ({"access": "private;delivery"}, "emergency"),
        ({"access": "agricultural"}, "emergency"),
        ({"access": "forestry"}, "emergency"),
        ({"access": "permit"}, "emergency"),
        ({"access": "delivery"}, "truck emergency"),
        ({"access": "no"}, ""),
        ({"access": "no", "emergency": "yes"}, "emergency"),
        ({"access": "no", "bus": "yes"}, "bus"),
        ({"access": "no", "psv": "designated"}, "bus"),
        ({"access": "no", "motor_vehicle": "yes"}, "car bus truck emergency"),
        ({"access": "no", "vehicle": "yes", "motor_vehicle": "no"}, ""),
        ({"access": "yes", "motorcar": "no"}, "bus truck emergency"),
        ({"motor_vehicle": "no", "motorcar": "yes"}, "car"),
        ({"vehicle": "no"}, ""),
        ({"hgv": "no"}, "car bus emergency"),
        ({"hgv": "destination"}, "car bus truck emergency"),
        ({"hgv": "delivery"}, "car bus truck emergency"),
        ({"goods": "no"}, "car bus emergency"),
        ({"goods": "no", "hgv": "yes"}, "car bus truck emergency"),
        ({"bus": "no"}, "car truck emergency"),
        ({"psv": "no", "bus": "yes"}, "car bus truck emergency"),
        ({"bus": "yes", "coach": "no"}, "car truck emergency"),
        ({"tourist_bus": "no"}, "car truck emergency"),
        ({"access": "no", "coach": "yes"}, "bus"),
        ({"emergency": "no"}, "car bus truck"),
        ({"emergency": "designated", "motor_vehicle": "no"}, "emergency"),
        ({"emergency": "fire_lane"}, "car bus truck emergency"),
        ({"motor_vehicle": "private"}, "emergency"),
        ({"foot": "no"}, "car bus truck emergency"),
        ({"highway": "busway"}, "bus emergency"),
        ({"highway": "busway", "emergency": "no"}, "bus"),
        ({"highway": "pedestrian", "access": "yes"}, ""),
        ({"highway": "pedestrian", "motor_vehicle": "destination"}, "car bus truck emergency"),
        ({"highway": "pedestrian", "emergency": "yes"}, "emergency"),
        ({"highway": "pedestrian", "bus": "yes"}, "bus"),
        ({"highway": "service", "service": "driveway"}, "car bus truck emergency"),
        ({"highway": "service", "service": "parking_aisle"}, "car bus truck emergency"),
        ({"highway": "service", "service": "emergency_access"}, "emergency"),
        ({"highway": "track", "tracktype": "grade2"}, "car bus truck emergency"),
        ({"highway": "track", "tracktype": "grade5"}, "emergency"),
        ({"highway": "track", "tracktype": "grade5", "motor_vehicle": "yes"}, "car bus truck emergency"),
    ],
)
def test_access_tags_of_narrower_groups_win(tmp_path: Path, tags: Tags, who: str) -> None:
    network = street(tmp_path, {**ROAD, **tags})
    found = [p for p in ("car", "bus", "truck", "emergency") if middle(network, p) == BOTH]
    assert found == who.split()
    assert middle(network, "foot") == NOBODY


def test_roads_that_only_some_may_use_are_counted_with_the_tag_that_says_so(tmp_path: Path) -> None:
    assert left_out(street(tmp_path, {**ROAD, "access": "private"})) == {"access=private: emergency only": 1}
    assert left_out(street(tmp_path, {**ROAD, "access": "no", "bus": "yes"})) == {"access=no: bus only": 1}
    assert left_out(street(tmp_path, {**ROAD, "motor_vehicle": "no"})) == {"motor_vehicle=no": 1}


def test_access_may_differ_by_direction(tmp_path: Path) -> None:
    network = street(tmp_path, {**ROAD, "motor_vehicle:backward": "no", "bus:backward": "yes"})
    assert middle(network, "car") == ALONG
    assert middle(network, "bus") == BOTH


def test_an_unknown_access_value_is_counted_and_does_not_close_the_road(tmp_path: Path) -> None:
    network = street(tmp_path, {**ROAD, "motor_vehicle": "perhaps"})
    assert middle(network) == BOTH
    assert left_out(network) == {"not understood: motor_vehicle=perhaps": 1}


def test_conditional_tags_are_counted_and_not_applied(tmp_path: Path) -> None:
    tags = {"motor_vehicle:conditional": "no @ (07:00-09:00)", "maxspeed:conditional": "30 @ night"}
    network = street(tmp_path, {**ROAD, **tags})
    assert middle(network) == BOTH
    assert left_out(network) == {f"conditional, not applied: {key}": 1 for key in tags}


# --- on foot ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "walkable"),
    [
        ({"highway": "footway"}, True),
        ({"highway": "path"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "cycleway"}, True),
        ({"highway": "pedestrian", "area": "yes"}, True),
        ({"highway": "residential", "oneway": "yes"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "trunk", "motorroad": "yes", "foot": "yes"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "busway"}, False),
        ({"highway": "residential", "foot": "no"}, False),
        ({"highway": "residential", "foot": "use_sidepath"}, False),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "residential", "access": "private", "foot": "permissive"}, True),
        ({"highway": "residential", "access": "no"}, False),
        ({"highway": "residential", "motor_vehicle": "no"}, True),
        ({"highway": "construction"}, False),
    ],
)
def test_people_walk_both_ways_where_they_may(tmp_path: Path, tags: Tags, walkable: bool) -> None:
    network = street(tmp_path, tags, kind="walk")
    assert network.kind == "walk"
    assert middle(network, "foot") == (BOTH if walkable else NOBODY)
    assert middle(network, "car") == NOBODY


def test_a_footway_may_be_one_way_for_people(tmp_path: Path) -> None:
    assert (
        middle(street(tmp_path, {"highway": "footway", "oneway:foot": "yes"}, kind="walk"), "foot") == ALONG
    )


# --- barriers --------------------------------------------------------------------------------------------


def gated(folder: Path, tags: Tags, kind: str = "drive") -> RoadNetwork:
    """A street from A over B to C with a barrier on B."""
    path = written(folder, osm_xml([("ABC", ROAD)], nodes={"B": tags}))
    return read_network(path, kind=kind)  # type: ignore[arg-type]


def passes(network: RoadNetwork, profile: str) -> bool:
    """Whether edges that the profile may use lead from A to C."""
    allowed = allowed_edges(network, profile)
    reached = {int(n) for n, i in enumerate(network.node_id.tolist()) if chr(i) == "A"}
    for _ in range(network.node_count):
        ends = network.edge_to[allowed & [int(s) in reached for s in network.edge_from]]
        reached |= set(ends.tolist())
    return "C" in {chr(network.node_id[n]) for n in reached}


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({"barrier": "gate"}, "car bus truck emergency"),
        ({"barrier": "lift_gate"}, "car bus truck emergency"),
        ({"barrier": "toll_booth"}, "car bus truck emergency"),
        ({"barrier": "gate", "access": "private"}, "emergency"),
        ({"barrier": "gate", "locked": "yes"}, "emergency"),
        ({"barrier": "gate", "access": "no"}, ""),
        ({"barrier": "gate", "motor_vehicle": "no", "bus": "yes"}, "bus"),
        ({"barrier": "lift_gate", "motorcar": "no"}, "bus truck emergency"),
        ({"barrier": "bollard"}, ""),
        ({"barrier": "bollard", "bollard": "removable"}, "emergency"),
        ({"barrier": "bollard", "bus": "yes"}, "bus"),
        ({"barrier": "block"}, ""),
        ({"barrier": "cycle_barrier"}, ""),
        ({"barrier": "jersey_barrier"}, ""),
        ({"barrier": "chain"}, ""),
        ({"barrier": "bus_trap"}, "bus truck emergency"),
        ({"barrier": "wall"}, ""),
        ({"barrier": "no"}, "car bus truck emergency"),
        ({"barrier": "height_restrictor", "maxheight": "2.1"}, "car"),
        ({"barrier": "height_restrictor", "maxheight": "3.0"}, "car emergency"),
        ({"barrier": "entrance", "maxwidth": "2.4 m"}, "car emergency"),
        ({"barrier": "gate", "maxweight": "10 t"}, "car emergency"),
    ],
)
def test_a_barrier_stops_those_it_is_for(tmp_path: Path, tags: Tags, who: str) -> None:
    network = gated(tmp_path, tags)
    assert [p for p in ("car", "bus", "truck", "emergency") if passes(network, p)] == who.split()


def test_a_wall_of_bollards_parts_the_road_and_both_sides_stay(tmp_path: Path) -> None:
    network = gated(tmp_path, {"barrier": "bollard"})
    assert drives(network) == {"AB", "BA", "BC", "CB"}
    assert network.node_count == 4  # B twice
    assert dict(network.report.read)["barriers"] == 1


def test_a_gate_for_some_is_a_metre_of_road_of_its_own(tmp_path: Path) -> None:
    network = gated(tmp_path, {"barrier": "gate", "access": "private"})
    whole = gated(tmp_path, {"barrier": "gate"})
    gate = [e for e in range(network.edge_count) if edge_word(network, e) == "BB"]
    assert len(gate) == 2
    assert network.edge_length_m[gate] == pytest.approx(1.0, abs=1e-3)
    assert network.edge_length_m.sum() == pytest.approx(whole.edge_length_m.sum(), abs=1e-6)
    assert {int(bits) for bits in network.edge_access[gate]} == {8}
    # Shapes still begin and end at the nodes.
    for e in range(network.edge_count):
        lon, _ = network.edge_points(e)
        ends = network.node_lon[network.edge_from[e]], network.node_lon[network.edge_to[e]]
        assert (lon[0], lon[-1]) == pytest.approx(ends)


def test_a_gate_at_the_end_of_one_way_keeps_the_direction_of_the_other(tmp_path: Path) -> None:
    ways = [("AB", ROAD), ("BC", {**ROAD, "oneway": "yes"})]
    network = read_network(
        written(tmp_path, osm_xml(ways, nodes={"B": {"barrier": "gate", "motorcar": "no"}}))
    )
    assert drives(network, "bus") == {"AB", "BA", "BB", "BC"}
    assert drives(network, "car") == {"AB", "BA", "BC"}
    assert passes(network, "bus")
    assert not passes(network, "car")


def test_a_gate_on_a_way_drawn_towards_it_is_passed_both_ways(tmp_path: Path) -> None:
    ways = [("BA", ROAD), ("CB", {**ROAD, "oneway": "-1"})]
    network = read_network(
        written(tmp_path, osm_xml(ways, nodes={"B": {"barrier": "gate", "motorcar": "no"}}))
    )
    assert passes(network, "bus")
    assert not passes(network, "car")


def test_two_barriers_on_one_short_street_both_count(tmp_path: Path) -> None:
    gates = {"B": {"barrier": "gate", "hgv": "no"}, "C": {"barrier": "gate", "bus": "no"}}
    network = read_network(written(tmp_path, osm_xml([("ABC", ROAD), ("CD", ROAD)], nodes=gates)))
    assert drives(network, "car") == {"AB", "BA", "BB", "BC", "CB", "CC", "CD", "DC"}
    assert drives(network, "truck") == drives(network, "car") - {"BB"}
    assert drives(network, "bus") == drives(network, "car") - {"CC"}


def test_a_barrier_where_several_roads_meet_is_counted_and_stops_nobody(tmp_path: Path) -> None:
    ways = [("ABC", ROAD), ("BF", ROAD)]
    network = read_network(written(tmp_path, osm_xml(ways, nodes={"B": {"barrier": "bollard"}})))
    assert passes(network, "car")
    assert left_out(network) == {"barrier where several roads meet": 1}


def test_an_unknown_barrier_lets_pass_and_is_counted(tmp_path: Path) -> None:
    network = gated(tmp_path, {"barrier": "dragon"})
    assert passes(network, "car")
    assert left_out(network) == {"not understood: barrier=dragon": 1}


@pytest.mark.parametrize(
    ("tags", "walks"),
    [
        ({"barrier": "bollard"}, True),
        ({"barrier": "gate", "access": "private"}, False),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, True),
        ({"barrier": "fence"}, False),
        ({"barrier": "kissing_gate"}, True),
    ],
)
def test_people_walk_past_bollards_and_not_through_fences(tmp_path: Path, tags: Tags, walks: bool) -> None:
    assert passes(gated(tmp_path, tags, kind="walk"), "foot") is walks
