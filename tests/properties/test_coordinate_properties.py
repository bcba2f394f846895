"""Round trips between the coordinate systems hold everywhere in China."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from gis.coordinates import from_wgs84, metres_between, to_wgs84

LONGITUDES = st.floats(73.0, 135.5)
LATITUDES = st.floats(3.0, 54.0)
SHIFTED = st.sampled_from(["gcj02", "bd09"])


@given(LONGITUDES, LATITUDES, SHIFTED)
@example(105.0, 35.0, "gcj02")  # the formula has a square root of |lon - 105|
@example(105.0 + 1e-12, 35.0, "bd09")
def test_from_wgs84_and_back_is_the_same_point(lon: float, lat: float, crs: str) -> None:
    back = to_wgs84(*from_wgs84(lon, lat, crs), crs)
    assert float(metres_between(lon, lat, *back)) < 0.01


@given(LONGITUDES, LATITUDES, SHIFTED)
def test_to_wgs84_and_back_is_the_same_point(lon: float, lat: float, crs: str) -> None:
    back = from_wgs84(*to_wgs84(lon, lat, crs), crs)
    assert float(metres_between(lon, lat, *back)) < 0.01


@given(LONGITUDES, LATITUDES)
def test_the_shift_moves_every_point_but_never_a_kilometre(lon: float, lat: float) -> None:
    moved_m = float(metres_between(lon, lat, *from_wgs84(lon, lat, "gcj02")))
    assert 1 < moved_m < 1000


@given(LONGITUDES, LATITUDES)
def test_wgs84_is_itself(lon: float, lat: float) -> None:
    assert to_wgs84(lon, lat, "wgs84") == (lon, lat)
    assert from_wgs84(lon, lat, "wgs84") == (lon, lat)


@given(st.lists(st.tuples(LONGITUDES, LATITUDES), min_size=1, max_size=20), SHIFTED)
def test_an_array_is_converted_as_its_points_are(points: list[tuple[float, float]], crs: str) -> None:
    lon, lat = np.array(points).T
    together = np.array(to_wgs84(lon, lat, crs)).T
    singly = np.array([to_wgs84(x, y, crs) for x, y in points])
    assert np.abs(together - singly).max() < 1e-12
