"""The three coordinate systems of Chinese maps, and what people type wrong."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from gis.coordinates import (
    check_lonlat,
    from_wgs84,
    looks_shifted,
    looks_swapped,
    metres_between,
    to_plane,
    to_wgs84,
)
from gis.errors import CoordinateError, GisError

Array = NDArray[np.float64]
QUJING = (103.7965, 25.4898)


def test_wgs84_becomes_gcj02_as_published() -> None:
    assert from_wgs84(116.404, 39.915, "gcj02") == pytest.approx((116.41024449916938, 39.91640428150164))


def test_bd09_adds_its_own_shift_to_gcj02() -> None:
    lon, lat = to_wgs84(116.404, 39.915, "gcj02")
    assert from_wgs84(lon, lat, "bd09") == pytest.approx((116.41036949371029, 39.92133699351021))


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_there_and_back_is_exact_below_a_centimetre_on_a_grid_over_china(crs: str) -> None:
    lon, lat = (a.ravel() for a in np.meshgrid(np.linspace(73, 135, 211), np.linspace(3, 54, 173)))
    back = to_wgs84(*from_wgs84(lon, lat, crs), crs)
    assert metres_between(lon, lat, *back).max() < 0.01


def test_the_shift_is_408_metres_on_average_over_china() -> None:
    lon, lat = (a.ravel() for a in np.meshgrid(np.linspace(75, 130, 300), np.linspace(20, 50, 300)))
    shift_m = metres_between(lon, lat, *from_wgs84(lon, lat, "gcj02"))
    assert 350 < shift_m.mean() < 480
    assert shift_m.max() < 800


@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("point", [(-8.61, 41.15), (139.7, 35.7), (151.2, -33.9)])
def test_outside_china_nothing_moves(crs: str, point: tuple[float, float]) -> None:
    assert from_wgs84(*point, crs) == point
    assert to_wgs84(*point, crs) == point


def test_numbers_give_numbers_and_arrays_give_arrays() -> None:
    lon, lat = to_wgs84(*QUJING, "gcj02")
    lons, lats = to_wgs84(np.array([QUJING[0]]), np.array([QUJING[1]]), "gcj02")
    assert isinstance(lon, float)
    assert isinstance(lons, np.ndarray)
    assert (lons[0], lats[0]) == (lon, lat)


@pytest.mark.parametrize("convert", [to_wgs84, from_wgs84])
def test_an_unknown_system_is_named_with_the_three_that_are_known(convert: object) -> None:
    with pytest.raises(CoordinateError, match=r"'epsg:4326'.*wgs84.*gcj02.*bd09") as caught:
        convert(103.8, 25.5, "epsg:4326")  # type: ignore[operator]
    assert isinstance(caught.value, GisError)
    assert isinstance(caught.value, ValueError)


def test_a_degree_of_a_meridian_is_111_km() -> None:
    assert float(metres_between(103, 25, 103, 26)) == pytest.approx(111_195, abs=1)


def test_a_degree_east_shrinks_with_the_latitude() -> None:
    distances = metres_between(0, np.array([0.0, 60.0]), 1, np.array([0.0, 60.0]))
    assert distances[1] / distances[0] == pytest.approx(0.5, rel=1e-4)


def test_the_plane_agrees_with_the_sphere_nearby() -> None:
    x, y = to_plane(np.array([103.80, 103.85]), np.array([25.48, 25.50]), lat0=25.49)
    distance_m = math.hypot(x[1] - x[0], y[1] - y[0])
    assert distance_m == pytest.approx(float(metres_between(103.80, 25.48, 103.85, 25.50)), rel=1e-4)


def test_swapped_china_is_recognised_and_straight_china_is_not() -> None:
    assert looks_swapped(np.array([25.49, 103.79, -8.6]), np.array([103.79, 25.49, 41.1])).tolist() == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("lon", "lat", "word"),
    [
        (math.nan, 25.0, "有效数字"),
        (103.0, math.inf, "有效数字"),
        (25.4898, 103.7965, "颠倒"),
        (190.0, 25.0, "超出范围"),
        (103.0, -91.0, "超出范围"),
    ],
)
def test_a_point_that_cannot_be_is_named_with_its_values(lon: float, lat: float, word: str) -> None:
    with pytest.raises(CoordinateError, match=word) as caught:
        check_lonlat(lon, lat, "市政府")
    assert "市政府" in str(caught.value)
    assert f"lon={lon:g}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_of_many_points_the_bad_one_is_named() -> None:
    with pytest.raises(CoordinateError, match="乙"):
        check_lonlat(np.array([103.0, 400.0]), np.array([25.0, 25.0]), ("甲", "乙"))


def test_good_points_pass() -> None:
    check_lonlat(np.array([103.0, -180.0]), np.array([25.0, 90.0]))


def test_gcj02_given_as_wgs84_is_noticed_and_the_way_out_named() -> None:
    lon, lat = _beside_streets()
    sentence = looks_shifted(*from_wgs84(lon, lat, "gcj02"), _distance_to_streets)
    assert sentence is not None
    assert "crs=gcj02" in sentence


def test_bd09_given_as_wgs84_is_told_apart() -> None:
    lon, lat = _beside_streets()
    sentence = looks_shifted(*from_wgs84(lon, lat, "bd09"), _distance_to_streets)
    assert sentence is not None
    assert "crs=bd09" in sentence


def test_true_wgs84_raises_no_suspicion() -> None:
    assert looks_shifted(*_beside_streets(), _distance_to_streets) is None


def test_points_far_from_every_road_raise_no_suspicion() -> None:
    lon, lat = _beside_streets()
    assert looks_shifted(lon, lat, lambda x, _y: np.full(len(x), np.nan)) is None


def test_outside_china_there_is_nothing_to_suspect() -> None:
    assert looks_shifted(np.array([-8.6]), np.array([41.1]), lambda x, _y: np.full(len(x), 900.0)) is None


def _beside_streets() -> tuple[Array, Array]:
    rng = np.random.default_rng(7)
    lon = QUJING[0] + rng.integers(-8, 9, 60) * 0.005 + rng.normal(0, 0.00005, 60)
    lat = QUJING[1] + rng.uniform(-0.04, 0.04, 60)
    return lon, lat


def _distance_to_streets(lon: Array, lat: Array) -> Array:
    """Streets run north-south every 0.005 degrees (500 m)."""
    off = (lon - QUJING[0] + 0.0025) % 0.005 - 0.0025
    return metres_between(lon, lat, lon - off, lat)
