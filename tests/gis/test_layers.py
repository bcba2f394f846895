"""Layers are valid GeoJSON, in degrees, with units in their names and their source beside them."""

import json
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
import shapely

from gis.closures import Closure
from gis.layers import (
    OSM_ATTRIBUTION,
    SYNTHETIC_ATTRIBUTION,
    Feature,
    area_features,
    attribution,
    closure_features,
    feature_collection,
    frame,
    path_features,
    place_features,
    road_features,
    write_geojson,
)
from gis.paths import Path
from gis.places import Place
from tests.gis.towns import Road, lonlat, town

PLAN = {"A": (0, 0), "B": (200, 0), "C": (400, 0)}
TOWN = town(
    PLAN,
    [
        Road(ends="AB", name="人民路", maxspeed_kmh=40, max_height_m=3.5),
        Road(ends="BC", oneway=True, access=("bus",)),
    ],
)
PATH = Path(
    profile="car",
    edges=(0,),
    entry_s=(36_000.4,),
    depart_s=36_000.4,
    arrive_s=36_030.6,
    distance_m=200.2,
    start_offset_m=0,
    end_offset_m=200.2,
    lon=(103.80000001, 103.8, 103.802),
    lat=(25.5, 25.5, 25.5),
)


def checked(features: Iterator[Feature]) -> list[Feature]:
    """Pass through JSON and shapely: what is not valid GeoJSON falls here."""
    found = json.loads(json.dumps(list(features), allow_nan=False))
    for feature in found:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        if feature["geometry"]:
            assert shapely.is_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
    assert len({feature["id"] for feature in found}) == len(found)
    return list(found)


def test_a_two_way_road_is_one_line_and_says_who_may_drive_which_way() -> None:
    both, oneway = checked(road_features(TOWN))
    assert both["properties"]["name"] == "人民路"
    assert both["properties"]["forward_profiles"] == both["properties"]["backward_profiles"] != []
    assert oneway["properties"]["forward_profiles"] == ["bus"]
    assert oneway["properties"]["backward_profiles"] == []


def test_units_are_in_the_names_and_no_limit_is_null() -> None:
    both, oneway = checked(road_features(TOWN))
    assert both["properties"]["length_m"] == 200.0
    assert both["properties"]["maxspeed_kmh"] == 40.0
    assert both["properties"]["max_height_m"] == 3.5
    assert oneway["properties"]["maxspeed_kmh"] is None
    assert oneway["properties"]["max_weight_t"] is None


def test_some_roads_may_be_chosen_in_their_order() -> None:
    assert [f["id"] for f in road_features(TOWN, [1, 0])] == ["road-1", "road-0"]


def test_longitude_comes_first_to_six_decimals() -> None:
    (stop,) = checked(place_features([Place(id="s1", lon=103.12345678, lat=25.5, name="东门")], "stop"))
    assert stop["geometry"] == {"type": "Point", "coordinates": [103.123457, 25.5]}
    assert stop["id"] == "stop-s1"
    assert stop["properties"] == {"layer": "stop", "name": "东门"}


def test_places_carry_what_is_known_about_them() -> None:
    places = [Place(id="v1", lon=103.8, lat=25.5), Place(id="v2", lon=103.8, lat=25.5)]
    first, second = checked(place_features(places, "vehicle", {"v2": {"speed_kmh": 31}}))
    assert first["properties"] == {"layer": "vehicle", "name": "v1"}
    assert second["properties"] == {"layer": "vehicle", "name": "v2", "speed_kmh": 31}


def test_a_route_has_whole_seconds_and_metres_and_no_repeated_points() -> None:
    (route,) = checked(path_features([PATH], ids=["L1"], properties=[{"line": "1 号线"}]))
    assert route["id"] == "route-L1"
    assert route["geometry"] == {"type": "LineString", "coordinates": [[103.8, 25.5], [103.802, 25.5]]}
    assert route["properties"] == {
        "layer": "route",
        "profile": "car",
        "depart_s": 36_000,
        "arrive_s": 36_031,
        "distance_m": 200,
        "line": "1 号线",
    }


def test_a_drive_of_no_length_is_a_point() -> None:
    still = Path(
        profile="car", edges=(0,), entry_s=(0,), depart_s=0, arrive_s=0, distance_m=0,
        start_offset_m=0, end_offset_m=0, lon=(103.8, 103.8), lat=(25.5, 25.5),
    )  # fmt: skip
    (route,) = checked(path_features([still]))
    assert route["geometry"] == {"type": "Point", "coordinates": [103.8, 25.5]}


def test_a_route_without_a_line_has_no_geometry() -> None:
    bare = Path(
        profile="car", edges=(0,), entry_s=(0,), depart_s=0, arrive_s=9, distance_m=9,
        start_offset_m=0, end_offset_m=9,
    )  # fmt: skip
    assert checked(path_features([bare]))[0]["geometry"] is None


def test_a_closed_road_is_drawn_as_roads_and_a_flood_as_its_area() -> None:
    slide = Closure(id="x", name="塌方", edges=(0, 1), start_s=0, end_s=3600, profiles=("truck",))
    corners = tuple(lonlat(x, y) for x, y in ((100, 50), (300, 50), (200, -50)))  # clockwise
    flood = Closure(id="y", polygon=corners, start_s=0, end_s=9, factor=0.5)
    roads, area = checked(closure_features(TOWN, [slide, flood]))
    assert roads["geometry"] is not None
    assert roads["geometry"]["type"] == "MultiLineString"
    assert len(roads["geometry"]["coordinates"]) == 1
    assert roads["properties"]["profiles"] == ["truck"]
    assert roads["properties"]["speed_factor"] == 0
    assert area["properties"]["roads"] == 2
    assert area["geometry"] is not None
    assert area["geometry"]["type"] == "Polygon"
    ring = area["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert shapely.is_ccw(shapely.LinearRing(ring))


def test_areas_keep_their_properties_and_a_bow_tie_becomes_valid() -> None:
    bow_tie = shapely.Polygon([(103.8, 25.5), (103.9, 25.6), (103.9, 25.5), (103.8, 25.6)])
    (area,) = checked(area_features([("15min", bow_tie, {"limit_s": 900})], "isochrone"))
    assert area["id"] == "isochrone-15min"
    assert area["properties"] == {"layer": "isochrone", "limit_s": 900}
    assert area["geometry"] is not None
    assert area["geometry"]["type"] == "MultiPolygon"


def test_an_area_too_small_to_see_has_no_geometry() -> None:
    speck = shapely.box(103.8, 25.5, 103.8 + 1e-9, 25.5 + 1e-9)
    assert checked(area_features([("speck", speck, {})]))[0]["geometry"] is None


def test_whom_to_name_depends_on_where_the_roads_come_from() -> None:
    real = town(PLAN, [Road(ends="AB")], synthetic=False)
    assert attribution(real) == OSM_ATTRIBUTION
    assert attribution(TOWN) == SYNTHETIC_ATTRIBUTION
    assert OSM_ATTRIBUTION in attribution(real, synthetic=True)
    assert SYNTHETIC_ATTRIBUTION in attribution(real, synthetic=True)


def test_a_collection_names_its_source() -> None:
    whole = feature_collection(road_features(TOWN), attribution="甲", synthetic=True, name="道路")
    assert {k: v for k, v in whole.items() if k != "features"} == {
        "type": "FeatureCollection",
        "name": "道路",
        "attribution": "甲",
        "synthetic": True,
    }
    assert len(whole["features"]) == 2


def test_a_file_holds_the_same_collection(tmp_path: FilePath) -> None:
    file = tmp_path / "map.geojson"
    count = write_geojson(file, road_features(TOWN), attribution="甲", synthetic=False)
    assert count == 2
    assert json.loads(file.read_text(encoding="utf-8")) == feature_collection(
        road_features(TOWN), attribution="甲", synthetic=False
    )


def test_an_empty_collection_is_a_collection(tmp_path: FilePath) -> None:
    file = tmp_path / "map.geojson"
    assert write_geojson(file, [], attribution="甲", synthetic=False) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["features"] == []


def test_a_file_is_written_whole_or_not_at_all(tmp_path: FilePath) -> None:
    def broken() -> Iterator[Feature]:
        yield next(road_features(TOWN))
        message = "道路中断"
        raise LookupError(message)

    file = tmp_path / "map.geojson"
    file.write_text("old", encoding="utf-8")
    with pytest.raises(LookupError, match="道路中断"):
        write_geojson(file, broken(), attribution="甲", synthetic=False)
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: FilePath) -> None:
    with pytest.raises(OSError, match="none"):
        write_geojson(tmp_path / "none" / "map.geojson", [], attribution="甲", synthetic=False)


def test_a_frame_is_in_wgs84_and_indexed_by_id() -> None:
    table = frame([*road_features(TOWN), *path_features([PATH])])
    assert table.crs == "EPSG:4326"
    assert table.index.tolist() == ["road-0", "road-1", "route-0"]
    assert table.loc["road-0", "name"] == "人民路"
    assert table.geometry.iloc[0].geom_type == "LineString"


def test_the_same_roads_give_the_same_bytes(tmp_path: FilePath) -> None:
    texts: list[Any] = []
    for name in ("a", "b"):
        write_geojson(tmp_path / name, road_features(TOWN), attribution="甲", synthetic=False)
        texts.append((tmp_path / name).read_bytes())
    assert texts[0] == texts[1]
