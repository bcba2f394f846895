"""Turn restrictions by hand: no and only, at a node and along ways, for some and except some."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gis.network import RoadNetwork
from gis.read import read_network
from tests.gis.osm_towns import Member, Tags, bans, osm_xml, written

ROAD = {"highway": "residential"}
EVERYONE = ("car", "bus", "truck", "emergency")

#  A - B - C       ways 1 AB, 2 BC, 3 BF, 4 FG
#      |
#      F - G
TEE = [("AB", ROAD), ("BC", ROAD), ("BF", ROAD), ("FG", ROAD)]
RIGHT = (("from", 1, "way"), ("via", "B", "node"), ("to", 3, "way"))


def read(
    folder: Path,
    restrictions: Sequence[tuple[Tags, Sequence[Member]]],
    ways: Sequence[tuple[str, Tags]] = TEE,
) -> RoadNetwork:
    return read_network(written(folder, osm_xml(ways, restrictions=restrictions)))


def left_out(network: RoadNetwork) -> dict[str, int]:
    return dict(network.report.dropped)


def applied(network: RoadNetwork) -> int:
    return dict(network.report.read)["turn restrictions"]


def test_a_no_restriction_bans_one_turn_for_every_vehicle(tmp_path: Path) -> None:
    network = read(tmp_path, [({"restriction": "no_right_turn"}, RIGHT)])
    assert bans(network) == {"ABF": EVERYONE}
    assert applied(network) == 1


def test_an_only_restriction_bans_every_other_way_on(tmp_path: Path) -> None:
    network = read(tmp_path, [({"restriction": "only_right_turn"}, RIGHT)])
    assert bans(network) == {"ABC": EVERYONE, "ABA": EVERYONE}


def test_people_on_foot_turn_as_they_like(tmp_path: Path) -> None:
    path = written(tmp_path, osm_xml(TEE, restrictions=[({"restriction": "no_right_turn"}, RIGHT)]))
    assert bans(read_network(path, kind="walk")) == {}


@pytest.mark.parametrize(
    ("exempt", "banned"),
    [
        ("psv", ("car", "truck", "emergency")),
        ("bus", ("car", "truck", "emergency")),
        ("emergency", ("car", "bus", "truck")),
        ("psv;emergency", ("car", "truck")),
        ("bus, hgv", ("car", "emergency")),
        ("motorcar", ("bus", "truck", "emergency")),
        ("bicycle", EVERYONE),
        ("", EVERYONE),
    ],
)
def test_except_lets_some_turn(tmp_path: Path, exempt: str, banned: tuple[str, ...]) -> None:
    network = read(tmp_path, [({"restriction": "no_right_turn", "except": exempt}, RIGHT)])
    assert bans(network) == {"ABF": banned}


@pytest.mark.parametrize(
    ("mode", "banned"),
    [
        ("bus", ("bus",)),
        ("hgv", ("truck",)),
        ("goods", ("truck",)),
        ("motorcar", ("car",)),
        ("emergency", ("emergency",)),
        ("motor_vehicle", EVERYONE),
    ],
)
def test_a_restriction_may_be_for_some_only(tmp_path: Path, mode: str, banned: tuple[str, ...]) -> None:
    assert bans(read(tmp_path, [({f"restriction:{mode}": "no_right_turn"}, RIGHT)])) == {"ABF": banned}


def test_two_restrictions_on_one_turn_add_up(tmp_path: Path) -> None:
    rows = [({"restriction:bus": "no_right_turn"}, RIGHT), ({"restriction:hgv": "no_right_turn"}, RIGHT)]
    assert bans(read(tmp_path, rows)) == {"ABF": ("bus", "truck")}


@pytest.mark.parametrize(
    "tags",
    [
        {"restriction:conditional": "no_right_turn @ (07:00-09:00)"},
        {"restriction:hgv:conditional": "no_right_turn @ (07:00-09:00)"},
        {"restriction": "no_right_turn", "hour_on": "07:00", "hour_off": "09:00"},
    ],
)
def test_conditional_restrictions_are_counted_and_not_applied(tmp_path: Path, tags: Tags) -> None:
    network = read(tmp_path, [(tags, RIGHT)])
    assert bans(network) == {}
    assert left_out(network) == {"turn restriction: conditional, not applied": 1}


@pytest.mark.parametrize(
    ("tags", "members", "reason"),
    [
        ({"restriction": "no_right_turn"}, RIGHT[:2], "from, via or to is missing"),
        ({"restriction": "no_right_turn"}, (RIGHT[0], RIGHT[2]), "from, via or to is missing"),
        ({"restriction": "no_right_turn"}, (*RIGHT[:2], ("to", 99, "way")), "a way is not in the file"),
        ({"restriction": "no_right_turn"}, (*RIGHT[:2], ("to", 4, "way")), "its members do not meet"),
        ({"restriction": "no_right_turn"}, (*RIGHT, ("to", 2, "way")), "several from, via or to"),
        ({"restriction": "no_right_turn"}, (*RIGHT, ("via", "F", "node")), "several from, via or to"),
        ({"restriction": "no_entry"}, (RIGHT[0], ("via", "Z", "node"), RIGHT[2]), "its members do not meet"),
        ({"restriction": "maybe_right"}, RIGHT, "value 'maybe_right' not understood"),
        ({"restriction:bicycle": "no_right_turn"}, RIGHT, "for other vehicles only"),
        ({"restriction": "no_right_turn", "except": "motor_vehicle"}, RIGHT, "for other vehicles only"),
        ({}, RIGHT, "it orders nothing"),
    ],
)  # fmt: skip
def test_broken_restrictions_are_counted_with_their_reason(
    tmp_path: Path, tags: Tags, members: Sequence[Member], reason: str
) -> None:
    network = read(tmp_path, [(tags, members)])
    assert bans(network) == {}
    assert left_out(network) == {f"turn restriction: {reason}": 1}
    assert "turn restrictions" not in dict(network.report.read) or applied(network) == 0


def test_a_restriction_onto_a_way_that_nobody_drives_is_not_broken(tmp_path: Path) -> None:
    ways = [*TEE[:2], ("BF", {"highway": "footway"})]
    network = read(tmp_path, [({"restriction": "no_right_turn"}, RIGHT)], ways)
    assert left_out(network)["turn restriction: on roads that are not driven"] == 1


def test_a_ban_that_one_way_streets_imply_is_not_needed(tmp_path: Path) -> None:
    ways = [*TEE[:2], ("FB", {**ROAD, "oneway": "yes"})]
    network = read(tmp_path, [({"restriction": "no_right_turn"}, RIGHT)], ways)
    assert left_out(network) == {"turn restriction: one-way streets forbid it anyway": 1}


def test_an_only_turn_against_a_one_way_street_is_not_applied(tmp_path: Path) -> None:
    ways = [*TEE[:2], ("FB", {**ROAD, "oneway": "yes"})]
    network = read(tmp_path, [({"restriction": "only_right_turn"}, RIGHT)], ways)
    assert bans(network) == {}
    assert left_out(network) == {"turn restriction: its way on does not exist": 1}


def test_an_only_turn_into_a_bus_street_binds_buses_alone(tmp_path: Path) -> None:
    ways = [*TEE[:2], ("BF", {**ROAD, "motor_vehicle": "no", "bus": "yes"})]
    network = read(tmp_path, [({"restriction": "only_right_turn"}, RIGHT)], ways)
    assert bans(network) == {"ABC": ("bus",), "ABA": ("bus",)}


def test_a_ban_concerns_only_those_who_may_drive_all_of_it(tmp_path: Path) -> None:
    ways = [*TEE[:2], ("BF", {**ROAD, "motor_vehicle": "no", "bus": "yes"})]
    assert bans(read(tmp_path, [({"restriction": "no_right_turn"}, RIGHT)], ways)) == {"ABF": ("bus",)}


# --- members that are cut at junctions -------------------------------------------------------------------


def test_the_right_pieces_of_long_ways_are_banned(tmp_path: Path) -> None:
    # A-B-C-D-E is one way that F and H streets cut; the turn is at D, from the piece CD.
    ways = [("ABCD", ROAD), ("DE", ROAD), ("BF", ROAD), ("CG", ROAD), ("DHI", ROAD)]
    members = (("from", 1, "way"), ("via", "D", "node"), ("to", 5, "way"))
    assert bans(read(tmp_path, [({"restriction": "no_right_turn"}, members)], ways)) == {"CDI": EVERYONE}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("no_right_turn", {"BCG"}),
        ("no_left_turn", {"DCG"}),
        ("only_right_turn", {"BCD", "BCB"}),
    ],
)
def test_where_a_member_runs_on_the_turn_must_look_like_its_sign(
    tmp_path: Path, value: str, expected: set[str]
) -> None:
    # From way 1, which passes C on both sides, down to G: right when coming from B, left when coming from D.
    ways = [("BCD", ROAD), ("CG", ROAD)]
    members = (("from", 1, "way"), ("via", "C", "node"), ("to", 2, "way"))
    assert set(bans(read(tmp_path, [({"restriction": value}, members)], ways))) == expected


def test_a_member_that_runs_on_without_a_turn_like_the_sign_is_broken(tmp_path: Path) -> None:
    ways = [("BCD", ROAD), ("CG", ROAD)]
    members = (("from", 1, "way"), ("via", "C", "node"), ("to", 2, "way"))
    network = read(tmp_path, [({"restriction": "no_straight_on"}, members)], ways)
    assert left_out(network) == {"turn restriction: its members do not end at the node": 1}


def test_a_u_turn_is_banned_on_one_way_at_its_end(tmp_path: Path) -> None:
    members = (("from", 1, "way"), ("via", "B", "node"), ("to", 1, "way"))
    assert bans(read(tmp_path, [({"restriction": "no_u_turn"}, members)])) == {"ABA": EVERYONE}


def test_a_u_turn_in_the_middle_of_a_way_cuts_it_there(tmp_path: Path) -> None:
    members = (("from", 1, "way"), ("via", "B", "node"), ("to", 1, "way"))
    network = read(tmp_path, [({"restriction": "no_u_turn"}, members)], [("ABC", ROAD)])
    assert bans(network) == {"ABA": EVERYONE, "CBC": EVERYONE}


def test_several_origins_of_no_entry_and_targets_of_no_exit(tmp_path: Path) -> None:
    entry = (("from", 1, "way"), ("from", 2, "way"), ("via", "B", "node"), ("to", 3, "way"))
    assert set(bans(read(tmp_path, [({"restriction": "no_entry"}, entry)]))) == {"ABF", "CBF"}
    leave = (("from", 3, "way"), ("via", "B", "node"), ("to", 1, "way"), ("to", 2, "way"))
    assert set(bans(read(tmp_path, [({"restriction": "no_exit"}, leave)]))) == {"FBA", "FBC"}


# --- along ways ------------------------------------------------------------------------------------------

#  B - C - D - E     two carriageways, 1 eastwards (B to E), 2 westwards (I to F)
#      |   |
#  F - G - H - I     joined by ways 3 CG and 4 DH
DUAL = [
    ("BC", {**ROAD, "oneway": "yes"}),
    ("CDE", {**ROAD, "oneway": "yes"}),
    ("CG", ROAD),
    ("DH", ROAD),
    ("IHG", {**ROAD, "oneway": "yes"}),
    ("GF", {**ROAD, "oneway": "yes"}),
]


def test_a_u_turn_over_a_connecting_way_is_banned_as_a_sequence(tmp_path: Path) -> None:
    members = (("from", 1, "way"), ("via", 3, "way"), ("to", 6, "way"))
    network = read(tmp_path, [({"restriction": "no_u_turn"}, members)], DUAL)
    assert bans(network) == {"BCGF": EVERYONE}
    assert applied(network) == 1


def test_a_ban_along_several_ways_in_any_order(tmp_path: Path) -> None:
    # From BC along CD and DH to HG: the via ways are cut at D and H, and listed backwards.
    ways = [("BC", ROAD), ("CD", ROAD), ("DH", ROAD), ("HG", ROAD), ("CG", ROAD), ("DE", ROAD), ("HI", ROAD)]
    members = (("from", 1, "way"), ("via", 3, "way"), ("via", 2, "way"), ("to", 4, "way"))
    assert bans(read(tmp_path, [({"restriction": "no_right_turn"}, members)], ways)) == {"BCDHG": EVERYONE}


def test_a_via_way_that_is_cut_at_junctions_is_followed_piece_by_piece(tmp_path: Path) -> None:
    ways = [("AB", ROAD), ("BCD", ROAD), ("DE", ROAD), ("CG", ROAD), ("BF", ROAD), ("DH", ROAD)]
    members = (("from", 1, "way"), ("via", 2, "way"), ("to", 3, "way"))
    assert bans(read(tmp_path, [({"restriction": "no_straight_on"}, members)], ways)) == {"ABCDE": EVERYONE}


def test_only_along_ways_bans_every_other_way_on_at_each_step(tmp_path: Path) -> None:
    ways = [("AB", ROAD), ("BC", ROAD), ("CD", ROAD), ("BF", ROAD), ("CG", ROAD)]
    members = (("from", 1, "way"), ("via", 2, "way"), ("to", 3, "way"))
    network = read(tmp_path, [({"restriction": "only_straight_on"}, members)], ways)
    assert set(bans(network)) == {"ABF", "ABA", "ABCG", "ABCB"}


def test_via_ways_that_do_not_meet_are_broken(tmp_path: Path) -> None:
    members = (("from", 1, "way"), ("via", 4, "way"), ("to", 6, "way"))
    network = read(tmp_path, [({"restriction": "no_u_turn"}, members)], DUAL)
    assert left_out(network) == {"turn restriction: its members do not meet": 1}


def test_a_via_way_that_is_missing_is_counted(tmp_path: Path) -> None:
    members = (("from", 1, "way"), ("via", 77, "way"), ("to", 6, "way"))
    network = read(tmp_path, [({"restriction": "no_u_turn"}, members)], DUAL)
    assert left_out(network) == {"turn restriction: a way is not in the file": 1}
