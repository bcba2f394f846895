"""From OSM files to a network: splitting, geometry, names, classes, missing nodes, order, bad files."""

import bz2
import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from gis.errors import MapFileError
from gis.network import ROAD_CLASSES, RoadNetwork
from gis.read import describe, read_network
from tests.gis.osm_towns import Tags, at, drives, edge_word, of_edge, osm_xml, written

ROAD = {"highway": "residential"}
SQUEEZED: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}


def read(folder: Path, ways: Sequence[tuple[str, Tags]], **more: object) -> RoadNetwork:
    return read_network(written(folder, osm_xml(ways, **more)))  # type: ignore[arg-type]


def counts(network: RoadNetwork) -> dict[str, int]:
    return dict(network.report.read)


def left_out(network: RoadNetwork) -> dict[str, int]:
    return dict(network.report.dropped)


def test_ways_are_cut_where_they_meet_and_keep_the_points_in_between(tmp_path: Path) -> None:
    network = read(tmp_path, [("ABCD", ROAD), ("CG", ROAD)])
    assert drives(network) == {"AC", "CA", "CD", "DC", "CG", "GC"}
    assert [chr(i) for i in network.node_id] == ["A", "C", "D", "G"]
    lon, lat = network.edge_points(of_edge(network, "AC"))
    assert [tuple(p) for p in zip(lon, lat, strict=True)] == [pytest.approx(at(x)) for x in "ABC"]
    lon, lat = network.edge_points(of_edge(network, "CA"))
    assert [tuple(p) for p in zip(lon, lat, strict=True)] == [pytest.approx(at(x)) for x in "CBA"]


def test_both_directions_of_a_road_share_one_shape(tmp_path: Path) -> None:
    network = read(tmp_path, [("AB", ROAD)])
    assert network.edge_shape.tolist() == [0, 0]
    assert network.edge_reversed.tolist() == [False, True]
    assert network.edge_way.tolist() == [1, 1]


def test_lengths_are_geodesic(tmp_path: Path) -> None:
    network = read(tmp_path, [("ABGJ", ROAD)])
    lon, lat = zip(*(at(x) for x in "ABGJ"), strict=True)
    assert network.edge_length_m[0] == pytest.approx(Geod(ellps="WGS84").line_length(lon, lat), rel=1e-6)


def test_a_way_that_meets_itself_is_cut_there(tmp_path: Path) -> None:
    network = read(tmp_path, [("ABCGFBA", ROAD)])
    # AB is drawn twice, so every letter in between is a junction of its own pieces.
    assert "BC" not in drives(network)
    assert {"AB", "BA"} <= drives(network)


def test_a_loop_with_one_entrance_is_cut_halfway_so_that_no_edge_ends_where_it_begins(tmp_path: Path) -> None:
    network = read(tmp_path, [("AB", ROAD), ("BCGFB", ROAD)])
    assert drives(network) == {"AB", "BA", "BG", "GB"}
    assert (network.edge_from != network.edge_to).all()
    assert len(set(network.edge_shape.tolist())) == 3


def test_crossing_lines_without_a_common_node_do_not_meet(tmp_path: Path) -> None:
    bridge = {"highway": "primary", "bridge": "yes", "layer": "1"}
    network = read(tmp_path, [("AC", bridge), ("FB", ROAD)])
    assert drives(network) == {"AC", "CA", "FB", "BF"}


def test_the_name_is_name_then_chinese_name_then_number(tmp_path: Path) -> None:
    ways = [
        ("AB", {**ROAD, "name": "人民路, 南=段@2%", "ref": "G1"}),
        ("BC", {**ROAD, "name:zh": "解放路", "ref": "G2"}),
        ("CD", {**ROAD, "ref": "G320"}),
        ("DE", ROAD),
    ]
    network = read(tmp_path, ways)
    names = [network.names[network.edge_name[of_edge(network, w)]] for w in ("AB", "BC", "CD", "DE")]
    assert names == ["人民路, 南=段@2%", "解放路", "G320", ""]
    assert network.names[0] == ""
    assert network.edge_label(of_edge(network, "DE")) == "residential way/4"


def test_every_road_class_is_kept_as_it_is(tmp_path: Path) -> None:
    classes = [
        "motorway",
        "trunk_link",
        "primary",
        "unclassified",
        "living_street",
        "service",
        "track",
        "road",
    ]
    ways = [
        (word, {"highway": c})
        for word, c in zip(["AB", "BC", "CD", "DE", "FG", "GH", "HI", "GJ"], classes, strict=True)
    ]
    network = read(tmp_path, ways)
    found = [ROAD_CLASSES[network.edge_class[of_edge(network, word)]] for word, _ in ways]
    assert found == classes


@pytest.mark.parametrize(
    "highway",
    [
        "footway",
        "cycleway",
        "path",
        "steps",
        "construction",
        "proposed",
        "abandoned",
        "raceway",
        "bus_stop",
        "pedestrian",
    ],
)
def test_what_is_no_road_for_vehicles_is_dropped_and_counted(tmp_path: Path, highway: str) -> None:
    network = read(tmp_path, [("AB", ROAD), ("BC", {"highway": highway})])
    assert drives(network) == {"AB", "BA"}
    assert left_out(network)[f"highway={highway}"] == 1


@pytest.mark.parametrize("tag", ["area=yes", "disused=yes", "abandoned=yes", "smoothness=impassable"])
def test_roads_that_cannot_be_driven_are_dropped_and_counted(tmp_path: Path, tag: str) -> None:
    key, value = tag.split("=")
    network = read(tmp_path, [("AB", ROAD), ("BC", {**ROAD, key: value})])
    assert drives(network) == {"AB", "BA"}
    assert left_out(network)[tag] == 1


def test_ferries_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, osm_xml([("AB", ROAD), ("BC", {"route": "ferry", "duration": "00:06"})]))
    assert drives(read_network(path)) == {"AB", "BA"}
    assert left_out(read_network(path))["ferry"] == 1
    network = read_network(path, ferries=True)
    edge = of_edge(network, "BC")
    assert ROAD_CLASSES[network.edge_class[edge]] == "ferry"
    assert network.edge_maxspeed_kmh[edge] == pytest.approx(network.edge_length_m[edge] / 100, rel=1e-5)


def test_routes_that_are_no_ferries_are_not_roads(tmp_path: Path) -> None:
    network = read(tmp_path, [("AB", ROAD), ("BC", {"route": "railway"})])
    assert left_out(network) == {"route=railway": 1}


def test_a_missing_node_breaks_a_way_in_two_and_is_counted(tmp_path: Path) -> None:
    network = read(tmp_path, [("ABCDE", ROAD)], leave_out="C")
    assert drives(network) == {"AB", "BA", "DE", "ED"}
    assert left_out(network) == {"way nodes that the file does not hold": 1, "ways cut at missing nodes": 1}


def test_a_way_with_one_located_node_is_no_road(tmp_path: Path) -> None:
    network = read(tmp_path, [("AB", ROAD), ("BC", ROAD)], leave_out="C")
    assert drives(network) == {"AB", "BA"}


def test_doubled_nodes_are_read_once(tmp_path: Path) -> None:
    network = read(tmp_path, [("AABBC", ROAD)])
    assert drives(network) == {"AC", "CA"}
    assert len(network.shape_lon) == 3


def test_ways_may_come_before_their_nodes(tmp_path: Path) -> None:
    ways = [("ABCD", ROAD), ("CG", ROAD)]
    usual, first = read(tmp_path, ways), read(tmp_path, ways, ways_first=True)
    assert drives(first) == drives(usual)
    assert np.array_equal(first.shape_lon, usual.shape_lon)


def test_negative_ids_of_an_editor_are_read(tmp_path: Path) -> None:
    text = osm_xml([("AB", ROAD)]).replace('id="', 'id="-').replace('ref="', 'ref="-')
    network = read_network(written(tmp_path, text))
    assert sorted(network.node_id.tolist()) == [-66, -65]
    assert network.edge_way.tolist() == [-1, -1]


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2"])
def test_compressed_files_give_the_same_network(tmp_path: Path, suffix: str) -> None:
    text = osm_xml([("ABCD", ROAD), ("CG", ROAD)]).encode()
    path = tmp_path / f"town{suffix}"
    path.write_bytes(SQUEEZED[suffix.removeprefix(".osm")](text))
    assert drives(read_network(path)) == {"AC", "CA", "CD", "DC", "CG", "GC"}


def test_the_network_cannot_be_written_to(tmp_path: Path) -> None:
    network = read(tmp_path, [("AB", ROAD)])
    with pytest.raises(ValueError, match="read-only"):
        network.edge_length_m[0] = 1.0


def test_a_generator_that_says_synthetic_marks_the_network(tmp_path: Path) -> None:
    assert not read(tmp_path, [("AB", ROAD)]).synthetic
    assert read(tmp_path, [("AB", ROAD)], generator="paiche synthetic 1").synthetic


def test_progress_rises_to_one(tmp_path: Path) -> None:
    parts: list[float] = []
    path = written(tmp_path, osm_xml([("AB", ROAD)]))
    read_network(path, progress=lambda part, _: parts.append(part))
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, 1.0)


def test_the_description_says_what_was_read_and_left_out(tmp_path: Path) -> None:
    text = describe(read(tmp_path, [("AB", ROAD), ("BC", {"highway": "footway"})], generator="synthetic"))
    assert "town.osm: 行车路网 / roads for vehicles" in text
    assert "这些道路是虚构的" in text
    assert "edges: 2" in text
    assert "highway=footway: 1" in text


def test_node_ids_name_every_junction_once(tmp_path: Path) -> None:
    network = read(tmp_path, [("ABCD", ROAD), ("CG", ROAD)])
    assert len(set(network.node_id.tolist())) == network.node_count
    assert {edge_word(network, e)[0] for e in range(network.edge_count)} == set("ACDG")


# --- bad input -------------------------------------------------------------------------------------------


def one_line(path: Path) -> str:
    with pytest.raises(MapFileError) as caught:
        read_network(path)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    return message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "no map file" in one_line(tmp_path / "nowhere.osm.pbf")


def test_a_folder_is_no_map_file(tmp_path: Path) -> None:
    assert "no map file" in one_line(tmp_path)


def test_an_unknown_suffix_is_named_with_those_that_are_read(tmp_path: Path) -> None:
    message = one_line(written(tmp_path, "x", "town.kml"))
    assert ".osm.pbf" in message


@pytest.mark.parametrize("name", ["town.osm", "town.osm.pbf", "town.osm.gz", "town.osm.bz2"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, name: str) -> None:
    assert "is empty" in one_line(written(tmp_path, "", name))


@pytest.mark.parametrize("text", ["hello", "<html></html>", "<osm", "\x00\x01\x02", '{"a": 1}'])
@pytest.mark.parametrize("name", ["town.osm", "town.osm.pbf"])
def test_what_is_no_osm_file_is_said_to_be_damaged(tmp_path: Path, text: str, name: str) -> None:
    assert "download it again" in one_line(written(tmp_path, text, name))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", ["cut.osm", "cut.osm.gz", "cut.osm.bz2"])
def test_a_truncated_file_is_said_to_be_damaged(tmp_path: Path, name: str, share: float) -> None:
    ways = [("ABCDE", ROAD), ("FGHI", ROAD), ("CGJ", ROAD)] * 300
    content = osm_xml(ways).encode()
    content = SQUEEZED[name.removeprefix("cut.osm")](content)
    path = tmp_path / name
    path.write_bytes(content[: int(len(content) * share)])
    assert "download it again" in one_line(path)


def test_a_truncated_pbf_is_said_to_be_damaged(tmp_path: Path, helsinki_pbf: Path) -> None:
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(helsinki_pbf.read_bytes()[:-1000])
    assert "download it again" in one_line(path)


def test_without_a_temporary_folder_the_way_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    assert "set TMPDIR" in one_line(written(tmp_path, osm_xml([("AB", ROAD)])))


def test_a_map_without_roads_says_what_was_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, osm_xml([("AB", {"highway": "footway"})]))
    message = one_line(path)
    assert "highway=footway 1" in message
    assert "larger area" in message


def test_an_osm_file_without_anything_holds_no_roads(tmp_path: Path) -> None:
    assert "no roads" in one_line(written(tmp_path, osm_xml([])))
