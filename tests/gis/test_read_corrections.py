"""Local corrections: applied to each new extract, and never lost in silence."""

from pathlib import Path
from typing import Any

import pytest

from gis.errors import CorrectionError, MapFileError
from gis.network import ROAD_CLASSES, RoadNetwork
from gis.read import Correction, load_corrections, read_network
from tests.gis.osm_towns import Tags, at, bans, drives, of_edge, osm_xml, written

ROAD = {"highway": "residential"}
#  A - B - C - D     way 1 AB, 2 BCD, 3 CG, 4 FG
#          |
#      F - G
WAYS: list[tuple[str, Tags]] = [("AB", ROAD), ("BCD", ROAD), ("CG", ROAD), ("FG", ROAD)]


def read(folder: Path, *rows: Correction, kind: str = "drive", **more: object) -> RoadNetwork:
    path = written(folder, osm_xml(WAYS, **more))  # type: ignore[arg-type]
    return read_network(path, corrections=rows, kind=kind)  # type: ignore[arg-type]


def between(a: str, b: str, share: float = 0.5) -> tuple[float, float]:
    """A point on the way from one letter to another."""
    (x, y), (u, v) = at(a), at(b)
    return x + share * (u - x), y + share * (v - y)


def beside(point: tuple[float, float]) -> tuple[float, float]:
    """Ten metres to the north."""
    return point[0], point[1] + 0.00009


def warnings(network: RoadNetwork) -> tuple[str, ...]:
    return network.report.warnings


# --- one way ---------------------------------------------------------------------------------------------


def test_one_way_by_id(tmp_path: Path) -> None:
    assert {"AB", "BA"} & drives(read(tmp_path, Correction(kind="set_oneway", way=1, oneway="yes"))) == {"AB"}
    assert {"AB", "BA"} & drives(read(tmp_path, Correction(kind="set_oneway", way=1, oneway="-1"))) == {"BA"}


def test_one_way_by_points_runs_from_the_first_to_the_last(tmp_path: Path) -> None:
    points = (beside(between("A", "B", 0.8)), beside(between("A", "B", 0.2)))
    network = read(tmp_path, Correction(kind="set_oneway", points=points, oneway="yes"))
    assert {"AB", "BA"} & drives(network) == {"BA"}
    assert warnings(network) == ()
    assert dict(network.report.read)["corrections"] == 1


def test_one_way_streets_can_be_opened_both_ways(tmp_path: Path) -> None:
    path = written(tmp_path, osm_xml([("AB", {**ROAD, "oneway": "yes"})]))
    row = Correction(kind="set_oneway", way=1, oneway="no")
    assert drives(read_network(path, corrections=(row,))) == {"AB", "BA"}


# --- limits and speeds -----------------------------------------------------------------------------------


def test_a_height_limit_holds_on_the_whole_way_and_nowhere_else(tmp_path: Path) -> None:
    network = read(tmp_path, Correction(kind="set_limit", way=2, max_height_m=2.8))
    limited = {w for w in drives(network) if network.edge_max_height_m[of_edge(network, w)] < 3}
    assert limited == {"BC", "CB", "CD", "DC"}
    assert network.edge_max_height_m[of_edge(network, "CD")] == pytest.approx(2.8)


def test_all_limits_at_a_point(tmp_path: Path) -> None:
    row = Correction(
        kind="set_limit", points=(between("C", "G"),), max_height_m=3.0, max_weight_t=5.0, max_width_m=2.2
    )
    network = read(tmp_path, row)
    edge = of_edge(network, "CG")
    limits = network.edge_max_height_m[edge], network.edge_max_weight_t[edge], network.edge_max_width_m[edge]
    assert limits == pytest.approx((3.0, 5.0, 2.2))


def test_a_speed(tmp_path: Path) -> None:
    network = read(tmp_path, Correction(kind="set_speed", way=3, speed_kmh=15))
    assert network.edge_maxspeed_kmh[of_edge(network, "CG")] == 15
    assert network.edge_maxspeed_kmh[of_edge(network, "GC")] == 15


# --- closing and adding ----------------------------------------------------------------------------------


def test_a_closed_way_is_gone(tmp_path: Path) -> None:
    assert drives(read(tmp_path, Correction(kind="close_way", way=3))) == {"AB", "BA", "BD", "DB", "FG", "GF"}


def test_a_road_between_two_junctions(tmp_path: Path) -> None:
    row = Correction(
        kind="add_road", points=(at("B"), at("F")), road_class="tertiary", name="新路", oneway="yes"
    )
    network = read(tmp_path, row)
    edge = of_edge(network, "BF")
    assert ROAD_CLASSES[network.edge_class[edge]] == "tertiary"
    assert network.edge_label(edge) == "新路"
    assert network.edge_way[edge] < 0
    assert "FB" not in drives(network)
    assert warnings(network) == ()


def test_a_road_that_joins_in_the_middle_cuts_the_other(tmp_path: Path) -> None:
    row = Correction(kind="add_road", points=(beside(between("A", "B")), at("F")), road_class="service")
    network = read(tmp_path, row)
    joint = int(network.node_id.min())
    assert joint < 0
    node = network.node_id.tolist().index(joint)
    assert (network.node_lon[node], network.node_lat[node]) == pytest.approx(between("A", "B"), abs=1e-6)
    assert (network.edge_from == node).sum() == 3
    assert not {"AB", "BA"} & drives(network)


def test_middle_points_of_a_new_road_bend_it_and_join_only_what_they_touch(tmp_path: Path) -> None:
    bend = (between("B", "F")[0], between("B", "F")[1])
    network = read(tmp_path, Correction(kind="add_road", points=(at("B"), bend, at("F"))))
    lon, _ = network.edge_points(of_edge(network, "BF"))
    assert len(lon) == 3
    crossing = read(tmp_path, Correction(kind="add_road", points=(at("F"), between("C", "G"), at("D"))))
    assert not {"CG", "GC"} & drives(crossing)


def test_a_new_road_may_continue_another_new_road(tmp_path: Path) -> None:
    far, farther = (at("A")[0], at("A")[1] + 0.002), (at("A")[0] + 0.001, at("A")[1] + 0.003)
    rows = (
        Correction(kind="add_road", points=(at("A"), far), name="一"),
        Correction(kind="add_road", points=(far, farther), name="二"),
    )
    network = read(tmp_path, *rows)
    assert warnings(network) == ()
    assert {network.names[i] for i in network.edge_name} == {"", "一", "二"}
    assert network.node_count == len(read(tmp_path).node_id) + 2


def test_an_end_beyond_the_tolerance_is_a_dead_end(tmp_path: Path) -> None:
    away = (at("F")[0], at("F")[1] - 0.0005)  # 55 m
    assert read(tmp_path, Correction(kind="add_road", points=(at("B"), away))).node_id.min() < 0
    joined = read(tmp_path, Correction(kind="add_road", points=(at("B"), away), tolerance_m=60))
    assert {"BF", "FB"} <= drives(joined)


@pytest.mark.parametrize("where", [{"via_node": ord("C")}, {"points": (beside(at("C")),)}])
def test_a_barrier_that_stands_open_is_removed(tmp_path: Path, where: dict[str, Any]) -> None:
    path = written(tmp_path, osm_xml([("BCD", ROAD)], nodes={"C": {"barrier": "gate", "access": "no"}}))
    assert read_network(path).node_count == 4
    network = read_network(path, corrections=(Correction(kind="remove_barrier", **where),))
    assert network.node_count == 2
    assert warnings(network) == ()


# --- banned turns ----------------------------------------------------------------------------------------


def test_a_banned_turn_by_ids(tmp_path: Path) -> None:
    row = Correction(kind="ban_turn", from_way=3, via_node=ord("G"), to_way=4, profiles=("bus", "truck"))
    network = read(tmp_path, row)
    assert bans(network) == {"CGF": ("bus", "truck")}
    assert warnings(network) == ()


def test_a_banned_turn_by_points_finds_the_side_of_a_way_that_runs_on(tmp_path: Path) -> None:
    points = (between("B", "C", 0.7), at("C"), between("C", "G", 0.3))
    network = read(tmp_path, Correction(kind="ban_turn", points=points))
    assert bans(network) == {"BCG": ("car", "bus", "truck", "emergency")}
    back = read(tmp_path, Correction(kind="ban_turn", points=points[::-1]))
    assert set(bans(back)) == {"GCB"}
    on = read(tmp_path, Correction(kind="ban_turn", points=(at("B"), at("C"), at("D"))))
    assert set(bans(on)) == {"BCD"}


# --- rows that no longer match ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (Correction(kind="set_oneway", way=99, oneway="yes", note="2026-03 王"), "way 99 is not in the map"),
        (Correction(kind="close_way", points=((103.9, 25.6),)), "no road within 30 m"),
        (Correction(kind="add_road", points=((110.0, 30.0), (110.1, 30.1)), name="远"), "either end"),
        (
            Correction(kind="ban_turn", points=((103.9, 25.6), (103.9, 25.6), (103.9, 25.6))),
            "no junction within",
        ),
        (Correction(kind="add_road", points=(at("B"), at("F")), road_class="footway"), "no road for 'drive'"),
        (Correction(kind="remove_barrier", via_node=66), "no barrier on node 66"),
        (Correction(kind="remove_barrier", points=(at("B"),)), "no barrier within 30 m"),
    ],
)
def test_what_matches_nothing_is_a_warning_and_the_rest_is_applied(
    tmp_path: Path, row: Correction, why: str
) -> None:
    network = read(tmp_path, row, Correction(kind="close_way", way=3))
    (warning,) = warnings(network)
    assert why in warning
    assert "correction 1" in warning
    assert row.note in warning
    assert row.name in warning
    assert "CG" not in drives(network)


def test_a_banned_turn_whose_members_do_not_meet_is_a_warning(tmp_path: Path) -> None:
    network = read(tmp_path, Correction(kind="ban_turn", from_way=1, via_node=ord("G"), to_way=4))
    assert ["its members do not meet" in warning for warning in warnings(network)] == [True]


def test_a_way_that_has_a_new_id_is_found_by_its_points(tmp_path: Path) -> None:
    row = Correction(kind="close_way", way=99, points=(between("C", "G"),))
    network = read(tmp_path, row)
    assert warnings(network) == ()
    assert "CG" not in drives(network)


def test_corrections_without_a_match_leave_the_map_as_it_is(tmp_path: Path) -> None:
    assert drives(read(tmp_path, Correction(kind="close_way", way=99))) == drives(read(tmp_path))


def test_a_map_without_roads_stays_one_whatever_the_corrections(tmp_path: Path) -> None:
    path = written(tmp_path, osm_xml([("AB", {"highway": "footway"})], nodes={"A": {"barrier": "bollard"}}))
    rows = (
        Correction(kind="remove_barrier", points=(at("A"),)),
        Correction(kind="ban_turn", points=(at("A"), at("B"), at("C"))),
        Correction(kind="add_road", points=(at("A"), at("B"))),
    )
    with pytest.raises(MapFileError, match="no roads"):
        read_network(path, corrections=rows)


# --- files -----------------------------------------------------------------------------------------------


def test_rows_come_from_csv(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(
        "kind,way,points,class,name,oneway,height_m,profiles,note\n"
        "# 2026-03: 新开通\n"
        'add_road,,"103.801 25.502; 103.801 25.501",tertiary,新路,yes,,,开通\n'
        "set_limit,12,,,,,2.8,,\n"
        ",,,,,,,,\n",
        encoding="utf-8-sig",
    )
    assert load_corrections(path) == (
        Correction(
            kind="add_road",
            points=((103.801, 25.502), (103.801, 25.501)),
            road_class="tertiary",
            name="新路",
            oneway="yes",
            note="开通",
        ),
        Correction(kind="set_limit", way=12, max_height_m=2.8),
    )


def test_rows_come_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(
        '[[correction]]\nkind = "ban_turn"\nfrom_way = 1\nvia_node = 66\nto_way = 2\nprofiles = ["bus"]\n'
        '[[correction]]\nkind = "set_oneway"\npoints = [[103.8, 25.5], [103.9, 25.5]]\noneway = true\n'
    )
    assert load_corrections(path) == (
        Correction(kind="ban_turn", from_way=1, via_node=66, to_way=2, profiles=("bus",)),
        Correction(kind="set_oneway", points=((103.8, 25.5), (103.9, 25.5)), oneway="yes"),
    )


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("paint,1,,,", "is no known kind"),
        (",1,,,", "kind is missing"),
        ("set_oneway,one,,,", "column way is 'one'"),
        ("set_oneway,,,,", "needs a way id or a point"),
        ("set_oneway,1,,,sideways", "oneway 'sideways'"),
        ("set_limit,1,,,", "needs height_m"),
        ("set_speed,1,,,", "needs speed_kmh"),
        ("add_road,,103.8 25.5,,", "needs two points"),
        ("add_road,,103.8 25.5; 103.8,,", "column points"),
        ("add_road,,25.5 103.8; 25.6 103.8,,", "outside the world"),
        ("add_road,,103.8 25.5; 103.9 25.5,avenue,", "has class 'avenue'"),
        ("ban_turn,1,,,", "needs from_way, via_node and to_way"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(tmp_path: Path, row: str, why: str) -> None:
    path = written(tmp_path, f"kind,way,points,class,oneway\nclose_way,1,,,\n{row}\n", "corrections.csv")
    with pytest.raises(CorrectionError) as caught:
        load_corrections(path)
    assert "row 3" in str(caught.value)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.csv", "kind,colour\nclose_way,red\n", "unknown column 'colour'"),
        ("a.toml", "[[correction]\n", "cannot read"),
        ("a.csv", None, "cannot read"),
        ("a.csv", "kind,speed_kmh,way\nset_speed,-5,1\n", "negative"),
        ("a.csv", "kind,tolerance_m,way\nclose_way,0,1\n", "tolerance_m 0"),
        ("a.csv", "kind,profiles,from_way,via_node,to_way\nban_turn,tank,1,2,3\n", "tank"),
    ],
)
def test_a_file_of_corrections_that_cannot_be_read(
    tmp_path: Path, name: str, text: str | None, why: str
) -> None:
    path = tmp_path / name if text is None else written(tmp_path, text, name)
    with pytest.raises(CorrectionError, match=why):
        load_corrections(path)
