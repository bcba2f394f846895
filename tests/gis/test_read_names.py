"""Names of a map drawn by hand: offices, 小区, villages, stops, roads, houses, posts and a border."""

from pathlib import Path

import pytest

from gis.errors import MapFileError
from gis.gazetteer import KmPost, build_gazetteer
from gis.read.names import MapNames, read_names

MAP = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
{nodes}
<node id="20" lon="102.021" lat="25.02"><tag k="name" v="鹿泽县财政局"/><tag k="office" v="government"/>
  <tag k="short_name" v="县财政局;财政局"/></node>
<node id="21" lon="102.03" lat="25.03"><tag k="name" v="上树坪村"/><tag k="place" v="village"/></node>
<node id="22" lon="102.04" lat="25.04"><tag k="name" v="财政局站"/><tag k="highway" v="bus_stop"/></node>
<node id="23" lon="102.05" lat="25.05">
  <tag k="addr:street" v="金桂路"/><tag k="addr:housenumber" v="12号"/></node>
<node id="24" lon="102.5" lat="25.5"><tag k="name" v="县外小店"/><tag k="shop" v="kiosk"/></node>
<node id="25" lon="102.0" lat="25.0">
  <tag k="highway" v="milestone"/><tag k="distance" v="100"/><tag k="ref" v="G320"/></node>
<node id="26" lon="102.0001" lat="25.09"><tag k="highway" v="milestone"/><tag k="pk" v="K110+000"/></node>
<node id="27" lon="102.3" lat="25.3"><tag k="highway" v="milestone"/><tag k="distance" v="7"/></node>
<node id="28" lon="102.3" lat="25.3"><tag k="natural" v="tree"/><tag k="name" v="老树"/></node>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
  <tag k="boundary" v="administrative"/><tag k="admin_level" v="6"/><tag k="name" v="鹿泽县"/></way>
<way id="2"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/>
  <tag k="landuse" v="residential"/><tag k="name" v="锦绣花园"/></way>
<way id="3"><nd ref="9"/><nd ref="10"/>
  <tag k="highway" v="primary"/><tag k="ref" v="G320"/><tag k="name" v="迎宾路"/></way>
</osm>
"""
POINTS = {
    1: (101.99, 24.99), 2: (102.2, 24.99), 3: (102.2, 25.2), 4: (101.99, 25.2),
    5: (102.10, 25.10), 6: (102.12, 25.10), 7: (102.12, 25.12), 8: (102.10, 25.12),
    9: (102.0, 25.0), 10: (102.0, 25.1),
}  # fmt: skip


@pytest.fixture(name="names", scope="module")
def fixture_names(tmp_path_factory: pytest.TempPathFactory) -> MapNames:
    nodes = "\n".join(f'<node id="{i}" lon="{lon}" lat="{lat}"/>' for i, (lon, lat) in POINTS.items())
    path = tmp_path_factory.mktemp("map") / "county.osm"
    path.write_text(MAP.format(nodes=nodes), encoding="utf-8")
    return read_names(path)


def test_everything_named_is_read_with_its_kind_and_county(names: MapNames) -> None:
    read = {place.name: (place.kind, place.county) for place in names.places}
    assert read == {
        "鹿泽县财政局": ("office", "鹿泽县"),
        "上树坪村": ("village", "鹿泽县"),
        "财政局站": ("stop", "鹿泽县"),
        "金桂路12号": ("address", "鹿泽县"),
        "县外小店": ("poi", ""),
        "锦绣花园": ("residential", "鹿泽县"),
        "G320": ("road", "鹿泽县"),
        "迎宾路": ("road", "鹿泽县"),
    }


def test_short_names_are_aliases_and_areas_have_a_point_inside(names: MapNames) -> None:
    by_name = {place.name: place for place in names.places}
    assert by_name["鹿泽县财政局"].aliases == ("县财政局", "财政局")
    compound = by_name["锦绣花园"]
    assert 102.10 < compound.lon < 102.12
    assert 25.10 < compound.lat < 25.12


def test_posts_take_the_road_they_stand_at(names: MapNames) -> None:
    assert sorted(names.posts, key=lambda post: post.km) == [
        KmPost(road="G320", km=100.0, lon=102.0, lat=25.0),
        KmPost(road="G320", km=110.0, lon=102.0001, lat=25.09),
    ]
    assert dict(names.counts)["posts without a road"] == 1


def test_what_was_read_answers(names: MapNames) -> None:
    known = build_gazetteer(names.places, lines=names.lines, posts=names.posts)
    assert known.find("县财政局").sure
    assert known.find("G320 K105+000").matches[0].place.lat == pytest.approx(25.045, abs=1e-4)
    assert known.find("金桂路12号").sure


@pytest.mark.parametrize(
    ("name", "text"), [("no.osm", None), ("names.txt", "x"), ("broken.osm", "<osm><node"), ("x.osm.pbf", "x")]
)
def test_a_file_that_is_no_map_is_named_in_one_line(tmp_path: Path, name: str, text: str | None) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(MapFileError, match=name) as caught:
        read_names(path)
    assert "\n" not in str(caught.value)
