"""Coordinates of a whole sheet at once: every row's own system in, WGS-84 out."""

import re
from collections.abc import Sequence

import numpy as np

from gis.coordinates import check_lonlat, to_wgs84
from gis.errors import CoordinateError
from service.sheets.lines import Line
from service.sheets.values import Point, SheetSpec


def convert_points(lines: Sequence[Line], spec: SheetSpec, crs: str | None) -> None:
    """Turn the points of all rows into WGS-84 in place; a bad one becomes a fault of its row.

    Parameters
    ----------
    crs
        Of rows that name none.
    """
    # Read before anything is converted: two points of a row may share one column of systems.
    systems = [[_system(line, point, crs) for line in lines] for point in spec.points]
    for point, of_lines in zip(spec.points, systems, strict=True):
        of_system: dict[str, list[Line]] = {}
        for line, system in zip(lines, of_lines, strict=True):
            if system:
                of_system.setdefault(system, []).append(line)
        for system, members in of_system.items():
            _convert([line for line in members if _is_on_earth(line, point)], point, system)


def _system(line: Line, point: Point, crs: str | None) -> str | None:
    """Return the coordinate system of a row that has a point, None where there is nothing to convert."""
    if line.faulty & {point.lon, point.lat, point.crs}:
        return None
    lon, lat = line.values[point.lon], line.values[point.lat]
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        line.complain(point.lon if lon is None else point.lat, "经纬度只填了一个", "请两个都填，或都不填")
        return None
    system: str | None = (line.values[point.crs] if point.crs else None) or crs
    if system is None:
        field = point.crs or point.lon
        line.complain(field, "没有说明坐标系", "请注明 wgs84、gcj02（高德）或 bd09（百度）")
    return system


def _is_on_earth(line: Line, point: Point) -> bool:
    try:
        check_lonlat(line.values[point.lon], line.values[point.lat])
    except CoordinateError as error:
        line.complain(point.lon, re.sub(r" \([a-z ]+\)$", "", str(error)), "请核对坐标")
        return False
    return True


def _convert(lines: Sequence[Line], point: Point, system: str) -> None:
    lon = np.array([line.values[point.lon] for line in lines], np.float64)
    lat = np.array([line.values[point.lat] for line in lines], np.float64)
    x, y = to_wgs84(lon, lat, system)
    for line, east, north in zip(lines, x.tolist(), y.tolist(), strict=True):
        line.values[point.lon], line.values[point.lat] = east, north
        if point.crs:
            line.values[point.crs] = "wgs84"
