"""Coordinates: WGS-84 inside; GCJ-02 and BD-09 converted at the border, both ways; checks of what was typed.

WGS-84 and CGCS2000 are the same for this purpose. Everything works on arrays and on single numbers; longitude
comes first, in degrees. The two Chinese systems are the published transformations of the Krasovsky ellipsoid;
their inverses have no formula and are found by fixed-point iteration.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.errors import CoordinateError

Crs = Literal["wgs84", "gcj02", "bd09"]
SYSTEMS: Final[tuple[Crs, ...]] = ("wgs84", "gcj02", "bd09")
EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of WGS-84 (IUGG)."""

_Array = NDArray[np.float64]
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_KRASOVSKY_M, _ECCENTRICITY_2 = 6_378_245.0, 0.006_693_421_622_965_943
_BD_TURN = np.pi * 3000.0 / 180.0
_ROUNDS = 8  # the maps contract by 50 or more a round, so 8 rounds end below a micrometre


@overload
def to_wgs84(lon: float, lat: float, crs: str) -> tuple[float, float]: ...
@overload
def to_wgs84(lon: _Array, lat: _Array, crs: str) -> tuple[_Array, _Array]: ...
def to_wgs84(lon: float | _Array, lat: float | _Array, crs: str) -> tuple[float | _Array, float | _Array]:
    """Longitudes and latitudes in WGS-84 of points given in `crs`.

    Exact to well below 1 cm inside China (the customary box 72.004-137.8347 E, 0.8293-55.8271 N); outside
    that box all three systems are the same and points come back unchanged.

    Parameters
    ----------
    lon, lat
        Degrees; numbers or float64 arrays of one shape.
    crs
        `"wgs84"`, `"gcj02"` (高德, 腾讯) or `"bd09"` (百度).

    Raises
    ------
    CoordinateError
        For any other `crs`.
    """
    forward = _FORWARD[_known(crs)]
    x0, y0 = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    x, y = x0, y0
    for _ in range(_ROUNDS if crs != "wgs84" else 0):
        fx, fy = forward(x, y)
        x, y = x + (x0 - fx), y + (y0 - fy)
    inside = _in_china(x, y)
    return _like(lon, np.where(inside, x, x0), np.where(inside, y, y0))


@overload
def from_wgs84(lon: float, lat: float, crs: str) -> tuple[float, float]: ...
@overload
def from_wgs84(lon: _Array, lat: _Array, crs: str) -> tuple[_Array, _Array]: ...
def from_wgs84(lon: float | _Array, lat: float | _Array, crs: str) -> tuple[float | _Array, float | _Array]:
    """Longitudes and latitudes in `crs` of points given in WGS-84; outside China unchanged.

    Parameters
    ----------
    lon, lat
        Degrees; numbers or float64 arrays of one shape.
    crs
        `"wgs84"`, `"gcj02"` or `"bd09"`.

    Raises
    ------
    CoordinateError
        For any other `crs`.
    """
    forward = _FORWARD[_known(crs)]
    x0, y0 = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    x, y = forward(x0, y0)
    inside = _in_china(x0, y0)
    return _like(lon, np.where(inside, x, x0), np.where(inside, y, y0))


def metres_between(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> _Array:
    """Great-circle distances in metres (haversine on the mean sphere, within 0.6 % of the ellipsoid).

    Parameters
    ----------
    lon1, lat1, lon2, lat2
        WGS-84 degrees; numbers or arrays that broadcast together.
    """
    x1, y1, x2, y2 = (np.radians(np.asarray(v, np.float64)) for v in (lon1, lat1, lon2, lat2))
    h = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))), np.float64)


def to_plane(lon: ArrayLike, lat: ArrayLike, *, lat0: float) -> tuple[_Array, _Array]:
    """Local metres east and north (equirectangular about the parallel `lat0`).

    Good to 0.1 % of a distance within a few tens of kilometres of `lat0`.

    Parameters
    ----------
    lon, lat
        WGS-84 degrees.
    lat0
        The parallel on which lengths east are true.
    """
    degree_m = np.radians(EARTH_RADIUS_M)
    east = np.asarray(lon, np.float64) * (degree_m * np.cos(np.radians(lat0)))
    return np.asarray(east, np.float64), np.asarray(lat, np.float64) * degree_m


def looks_swapped(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Where longitude and latitude seem exchanged: a point of China read the wrong way round.

    Longitudes 15 to 55 with latitudes 73 to 135: beyond the pole, or in the Arctic sea.
    """
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    return np.asarray((x >= 15) & (x <= 55) & (y >= 73) & (y <= 135), np.bool_)


def check_lonlat(lon: ArrayLike, lat: ArrayLike, labels: Sequence[str] | str = ()) -> None:
    """Raise for the first point that cannot be a place in WGS-84 degrees.

    Parameters
    ----------
    lon, lat
        Degrees; numbers or arrays of one shape.
    labels
        What to call each point (or the one point) in the error.

    Raises
    ------
    CoordinateError
        Naming the point and its values: not a number, seemingly swapped, or out of range.
    """
    x = np.atleast_1d(np.asarray(lon, np.float64)).ravel()
    y = np.atleast_1d(np.asarray(lat, np.float64)).ravel()
    faults = (
        (~(np.isfinite(x) & np.isfinite(y)), "不是有效数字，请填写十进制度数 (not a finite number)"),
        (looks_swapped(x, y), "经纬度疑似颠倒，请先经度后纬度 (longitude and latitude look swapped)"),
        (
            (np.abs(x) > 180) | (np.abs(y) > 90),
            "超出范围：经度应在 -180 到 180，纬度应在 -90 到 90 (out of range)",
        ),
    )
    for fault, sentence in faults:
        if fault.any():
            i = int(np.argmax(fault))
            name = labels if isinstance(labels, str) else (labels[i] if i < len(labels) else "")
            message = f"坐标{f' {name!r}' if name else ''} (lon={x[i]:g}, lat={y[i]:g}) {sentence}"
            raise CoordinateError(message)


def looks_shifted(
    lon: _Array, lat: _Array, snap_distance_m: Callable[[_Array, _Array], _Array], *, sample: int = 500
) -> str | None:
    """Warn when points given as WGS-84 look like GCJ-02 or BD-09: shifted back, they lie nearer to roads.

    The shift is 408 m on average, so a shifted point lies at a chance distance from the roads, a true one
    beside one. The points count as shifted when unshifting more than halves the median distance to the
    nearest road, by at least 15 m, and brings at least two thirds of the points nearer.

    Parameters
    ----------
    lon, lat
        Degrees, as given.
    snap_distance_m
        Metres from each point to the nearest road (infinite or NaN where there is none).
    sample
        At most so many points, evenly taken, are looked at.

    Returns
    -------
    str or None
        One sentence that says what to do, or None where nothing looks wrong.
    """
    step = max(1, -(-len(lon) // sample))
    x, y = np.asarray(lon, np.float64)[::step], np.asarray(lat, np.float64)[::step]
    if not len(x) or not bool(_in_china(x, y).all()):
        return None
    given = _distances(snap_distance_m, x, y)
    tries = {crs: _distances(snap_distance_m, *to_wgs84(x, y, crs)) for crs in SYSTEMS[1:]}
    best = min(tries, key=lambda crs: float(np.median(tries[crs])))
    before, after = float(np.median(given)), float(np.median(tries[best]))
    nearer = float(np.mean(tries[best] < given))
    if not (after < before / 2 and before - after >= 15 and nearer >= 2 / 3):
        return None
    before_text = f"{before:.0f} 米" if np.isfinite(before) else "很远"
    return (
        f"这 {len(lon)} 个坐标像是 {best} 而不是 wgs84：离最近道路的中位距离为 {before_text}，"
        f"按 {best} 换算后为 {after:.0f} 米；如确是，请注明 crs={best} (points look shifted, give crs={best})"
    )


def _known(crs: str) -> Crs:
    for system in SYSTEMS:
        if crs == system:
            return system
    message = f"不认识坐标系 {crs!r}，可用的有 wgs84、gcj02、bd09 (unknown crs; use wgs84, gcj02 or bd09)"
    raise CoordinateError(message)


def _like(
    given: float | _Array, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[float | _Array, float | _Array]:
    return (x, y) if isinstance(given, np.ndarray) else (float(x), float(y))


def _distances(snap: Callable[[_Array, _Array], _Array], x: _Array, y: _Array) -> _Array:
    return np.nan_to_num(np.asarray(snap(x, y), np.float64), nan=np.inf, posinf=np.inf)


def _in_china(lon: _Array, lat: _Array) -> NDArray[np.bool_]:
    return np.asarray((lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH), np.bool_)


def _same(lon: _Array, lat: _Array) -> tuple[_Array, _Array]:
    return lon, lat


def _to_gcj(lon: _Array, lat: _Array) -> tuple[_Array, _Array]:
    x, y, pi = lon - 105.0, lat - 35.0, np.pi
    ripple = 20 * np.sin(6 * pi * x) + 20 * np.sin(2 * pi * x)
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north_m += (ripple + 20 * np.sin(pi * y) + 40 * np.sin(pi * y / 3)) * 2 / 3
    north_m += (160 * np.sin(pi * y / 12) + 320 * np.sin(pi * y / 30)) * 2 / 3
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east_m += (ripple + 20 * np.sin(pi * x) + 40 * np.sin(pi * x / 3)) * 2 / 3
    east_m += (150 * np.sin(pi * x / 12) + 300 * np.sin(pi * x / 30)) * 2 / 3
    w = 1 - _ECCENTRICITY_2 * np.sin(np.radians(lat)) ** 2
    meridian_m = _KRASOVSKY_M * (1 - _ECCENTRICITY_2) / (w * np.sqrt(w))
    parallel_m = _KRASOVSKY_M / np.sqrt(w) * np.cos(np.radians(lat))
    return lon + np.degrees(east_m / parallel_m), lat + np.degrees(north_m / meridian_m)


def _gcj_to_bd(lon: _Array, lat: _Array) -> tuple[_Array, _Array]:
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _to_bd(lon: _Array, lat: _Array) -> tuple[_Array, _Array]:
    return _gcj_to_bd(*_to_gcj(lon, lat))


_FORWARD: Final[dict[Crs, Callable[[_Array, _Array], tuple[_Array, _Array]]]] = {
    "wgs84": _same, "gcj02": _to_gcj, "bd09": _to_bd
}  # fmt: skip
