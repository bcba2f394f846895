"""Roads from GeoPackage and Shapefile: columns, coordinate systems, and where lines meet."""

from collections.abc import Sequence
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from gis.errors import MapFileError
from gis.network import ROAD_CLASSES, RoadNetwork
from gis.read import Correction, read_network
from gis.read.vector import FieldMap, read_roads
from tests.gis.osm_towns import at, osm_xml, written

#  A - B - C - D
#      |   |
#      F - G
WORDS = ("AB", "BC", "CD", "BF", "CG", "FG")


def line(word: str) -> shapely.LineString:
    return shapely.LineString([at(letter) for letter in word])


def file(
    folder: Path,
    words: Sequence[str] = WORDS,
    *,
    crs: int = 4326,
    name: str = "roads.gpkg",
    **columns: Sequence[object],
) -> Path:
    """Write lines with columns; without columns every line is residential."""
    table = geopandas.GeoDataFrame(
        columns or {"highway": ["residential"] * len(words)}, geometry=[line(w) for w in words], crs=4326
    )
    path = folder / name
    table.to_crs(crs).to_file(path)
    return path


def read(path: Path, **more: object) -> RoadNetwork:
    return read_roads(path, **{"field_map": {"highway": "highway"}, **more})  # type: ignore[arg-type]


def degrees(network: RoadNetwork) -> set[tuple[float, float]]:
    return {
        (round(float(x), 6), round(float(y), 6))
        for x, y in zip(network.node_lon, network.node_lat, strict=True)
    }


def letters(word: str) -> set[tuple[float, float]]:
    return {(round(at(x)[0], 6), round(at(x)[1], 6)) for x in word}


@pytest.mark.parametrize("name", ["roads.gpkg", "roads.shp", "roads.geojson"])
def test_lines_that_end_together_meet(tmp_path: Path, name: str) -> None:
    network = read(file(tmp_path, name=name))
    assert degrees(network) == letters("ABCDFG")
    assert network.edge_count == 12
    assert network.source == name
    assert (network.node_id < 0).all()
    assert set(network.edge_way.tolist()) == {-1, -2, -3, -4, -5, -6}


@pytest.mark.parametrize("crs", [4490, 4545, 3857, 4326])
def test_any_coordinate_system_gives_the_same_roads(tmp_path: Path, crs: int) -> None:
    network = read(file(tmp_path, crs=crs))
    assert degrees(network) == letters("ABCDFG")


def test_the_network_is_the_one_of_the_same_roads_as_an_osm_file(tmp_path: Path) -> None:
    ways = [(word, {"highway": "residential", "oneway": "yes"}) for word in WORDS]
    osm = read_network(written(tmp_path, osm_xml(ways)))
    network = read(
        file(tmp_path, highway=["residential"] * 6, oneway=["yes"] * 6),
        field_map={"highway": "highway", "oneway": "oneway"},
    )
    assert np.sort(network.edge_length_m) == pytest.approx(np.sort(osm.edge_length_m), rel=1e-6)
    assert (network.node_count, network.edge_count) == (osm.node_count, osm.edge_count)


def test_columns_and_values_become_tags(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        ["AB", "BC", "CD"],
        DJ=["高速", "省道", None],
        DIR=[1, 0, 2],
        MC=["沪昆高速", None, "村路"],
        SD=[120.0, None, 40.0],
    )
    meaning = FieldMap(
        columns={"highway": "DJ", "oneway": "DIR", "name": "MC", "maxspeed": "SD"},
        values={
            "highway": {"高速": "motorway", "省道": "primary"},
            "oneway": {"1": "yes", "0": "no", "2": "-1"},
        },
        default_class="unclassified",
    )
    network = read(path, field_map=meaning)
    found = {
        (int(way), ROAD_CLASSES[c], network.names[n], float(np.nan_to_num(s)), bool(r))
        for way, c, n, s, r in zip(
            network.edge_way,
            network.edge_class,
            network.edge_name,
            network.edge_maxspeed_kmh,
            network.edge_reversed,
            strict=True,
        )
    }
    assert found == {
        (-1, "motorway", "沪昆高速", 120.0, False),
        (-2, "primary", "", 0.0, False),
        (-2, "primary", "", 0.0, True),
        (-3, "unclassified", "村路", 40.0, True),
    }


def test_features_without_a_known_class_are_dropped_and_counted(tmp_path: Path) -> None:
    network = read(file(tmp_path, ["AB", "BC", "CD"], highway=["residential", "小路", None]))
    assert network.edge_count == 2
    assert dict(network.report.dropped) == {"highway=小路": 1, "route=": 1}


def test_an_end_that_touches_the_middle_of_a_line_joins_it_there(tmp_path: Path) -> None:
    network = read(file(tmp_path, ["ACE", "CG"]))
    assert degrees(network) == letters("ACEG")
    straight = read(file(tmp_path, ["AE", "CG"], name="straight.gpkg"))
    assert degrees(straight) == letters("ACEG")
    assert straight.edge_length_m.sum() == pytest.approx(network.edge_length_m.sum())


def test_several_ends_join_one_line_in_order(tmp_path: Path) -> None:
    network = read(file(tmp_path, ["EA", "DH", "BF", "CG"]))
    assert degrees(network) == letters("ABCDEFGH")
    assert network.edge_count == 14


def test_lines_that_only_cross_do_not_meet(tmp_path: Path) -> None:
    over = file(tmp_path, ["BCD", "GC"], name="meet.gpkg")
    assert read(over).node_count == 4
    table = geopandas.GeoDataFrame(
        {"highway": ["primary", "residential"]},
        geometry=[line("BCD"), shapely.LineString([at("G"), at("C"), (at("C")[0], at("C")[1] + 0.001)])],
        crs=4326,
    )
    table.to_file(tmp_path / "bridge.gpkg")
    assert read(tmp_path / "bridge.gpkg").node_count == 4
    assert read(tmp_path / "bridge.gpkg").edge_count == 4


def test_ends_meet_within_the_tolerance_only(tmp_path: Path) -> None:
    near = shapely.LineString([(at("B")[0] + 0.000005, at("B")[1]), at("F")])  # 0.5 m off
    table = geopandas.GeoDataFrame({"highway": ["service"] * 2}, geometry=[line("AB"), near], crs=4326)
    table.to_file(tmp_path / "near.gpkg")
    assert read(tmp_path / "near.gpkg", join_m=0.2).node_count == 4
    assert read(tmp_path / "near.gpkg", join_m=1.0).node_count == 3


def test_multilines_are_taken_apart_and_other_shapes_counted(tmp_path: Path) -> None:
    several = shapely.MultiLineString([line("AB"), line("CD")])
    table = geopandas.GeoDataFrame(
        {"highway": ["service"] * 3}, geometry=[several, shapely.Point(at("A")), line("BC")], crs=4326
    )
    table.to_file(tmp_path / "mixed.geojson")
    network = read(tmp_path / "mixed.geojson")
    assert network.edge_count == 6
    assert dict(network.report.dropped)["features that are no lines"] == 1


def test_heights_above_the_sea_are_ignored(tmp_path: Path) -> None:
    deep = shapely.LineString([(*at("A"), 1800.0), (*at("B"), 1900.0)])
    geopandas.GeoDataFrame({"highway": ["service"]}, geometry=[deep], crs=4326).to_file(tmp_path / "z.gpkg")
    assert read(tmp_path / "z.gpkg").edge_count == 2


def test_corrections_and_walking_work_as_for_osm_files(tmp_path: Path) -> None:
    path = file(tmp_path)
    assert read(path, corrections=(Correction(kind="close_way", way=-6),)).edge_count == 10
    assert read(path, kind="walk").kind == "walk"


def test_the_version_follows_content_and_settings(tmp_path: Path) -> None:
    path = file(tmp_path, name="roads.shp")
    first = read(path).version
    assert read(path).version == first
    assert read(path, join_m=1.0).version != first
    (tmp_path / "roads.dbf").write_bytes(
        (tmp_path / "roads.dbf").read_bytes().replace(b"residential", b"tertiary   ")
    )
    changed = read(path)
    assert changed.version != first
    assert {ROAD_CLASSES[c] for c in changed.edge_class} == {"tertiary"}


# --- bad input -------------------------------------------------------------------------------------------


def one_line(path: Path, **more: object) -> str:
    with pytest.raises(MapFileError) as caught:
        read(path, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "nowhere.gpkg" in one_line(tmp_path / "nowhere.gpkg")


@pytest.mark.parametrize("name", ["broken.gpkg", "broken.shp", "broken.geojson"])
def test_a_broken_file_is_named(tmp_path: Path, name: str) -> None:
    assert name in one_line(written(tmp_path, "no map", name))


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    path = file(tmp_path)
    path.write_bytes(path.read_bytes()[:5000])
    assert "roads.gpkg" in one_line(path)


def test_a_missing_layer_is_named(tmp_path: Path) -> None:
    assert "'rivers'" in one_line(file(tmp_path), layer="rivers")


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    message = one_line(file(tmp_path), field_map={"highway": "CLASS"})
    assert "lacks the columns CLASS" in message
    assert "it has highway" in message


def test_an_unknown_coordinate_system_is_named(tmp_path: Path) -> None:
    assert "EPSG:999999" in one_line(file(tmp_path), crs="EPSG:999999")


def test_a_file_without_a_coordinate_system_needs_one(tmp_path: Path) -> None:
    path = file(tmp_path, name="roads.shp")
    (tmp_path / "roads.prj").unlink()
    assert "give crs" in one_line(path)
    assert degrees(read(path, crs=4490)) == letters("ABCDFG")


def test_metres_taken_for_degrees_are_out_of_range(tmp_path: Path) -> None:
    assert "give the right crs" in one_line(file(tmp_path, crs=4545), crs=4490)


def test_a_file_without_roads_says_so(tmp_path: Path) -> None:
    assert "no roads" in one_line(file(tmp_path, ["AB"], highway=["footway"]))
