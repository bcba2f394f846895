"""Places in the water and behind it: a lake with an island, read as areas from a map."""

from pathlib import Path

import pytest
import shapely

from gis.errors import MapFileError
from gis.read.water import read_water
from gis.water import Water

# About 1.1 km square with an island of 220 m in the middle.
LAKE = shapely.box(103.0, 25.0, 103.011, 25.01).difference(shapely.box(103.0045, 25.004, 103.0067, 25.006))


def test_a_point_in_the_lake_is_wet_and_one_on_its_island_is_dry() -> None:
    water = Water([LAKE], ["大湖"])
    assert water.at(103.002, 25.002) == "大湖"
    assert water.at(103.0055, 25.005) is None
    assert water.at(103.02, 25.002) is None


def test_the_way_from_the_island_crosses_water_and_one_along_the_bank_does_not() -> None:
    water = Water([LAKE], ["大湖"])
    assert water.between(103.0055, 25.005, 103.0055, 24.999) == "大湖"
    assert water.between(103.012, 25.0, 103.012, 25.01) is None
    assert water.between(103.0109, 25.005, 103.012, 25.005) is None  # 10 m beyond where the bank is drawn
    assert water.between(103.0, 25.0, 103.0, 25.0) is None


def test_no_water_is_known_without_a_map() -> None:
    assert Water().at(103.0, 25.0) is None
    assert Water().between(103.0, 25.0, 103.1, 25.0) is None


def test_water_is_read_with_its_islands_and_its_name(tmp_path: Path) -> None:
    squares = {1: (0.0, 0.01), 5: (0.004, 0.006)}
    lines = ["<osm version='0.6' generator='a test'>"]
    for first, (low, high) in squares.items():
        corners = ((low, low), (high, low), (high, high), (low, high))
        for i, (x, y) in enumerate(corners):
            lines.append(f"<node id='{first + i}' version='1' lon='{103 + x}' lat='{25 + y}'/>")
    for first in squares:
        refs = "".join(f"<nd ref='{first + i % 4}'/>" for i in range(5))
        lines.append(f"<way id='{first}' version='1'>{refs}</way>")
    members = "<member type='way' ref='1' role='outer'/><member type='way' ref='5' role='inner'/>"
    tags = "".join(
        f"<tag k='{k}' v='{v}'/>"
        for k, v in (("type", "multipolygon"), ("natural", "water"), ("name", "大湖"))
    )
    lines += [f"<relation id='1' version='1'>{members}{tags}</relation>", "</osm>"]
    file = tmp_path / "lake.osm"
    file.write_text("\n".join(lines), encoding="utf-8")
    water = read_water(file)
    assert water.at(103.002, 25.002) == "大湖"
    assert water.at(103.005, 25.005) is None


def test_a_file_that_is_no_map_is_named(tmp_path: Path) -> None:
    with pytest.raises(MapFileError, match=r"none\.osm"):
        read_water(tmp_path / "none.osm")
