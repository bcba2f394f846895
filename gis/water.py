"""Lakes and rivers as areas: whether a place lies in one, or beyond one."""

from collections.abc import Sequence
from typing import Any, Final

import shapely

from gis.coordinates import metres_between

__all__ = ["Water"]

BANK_M: Final = 20.0
"""Banks are drawn no more exactly than this."""


class Water:
    """Areas of water in WGS-84 degrees.

    Parameters
    ----------
    shapes
        Polygons of `shapely`, islands left out.
    names
        Of each, "" where it has none.
    """

    def __init__(self, shapes: Sequence[Any] = (), names: Sequence[str] = ()) -> None:
        self._names, self._shapes = tuple(names), tuple(shapes)
        self._tree = shapely.STRtree(self._shapes)

    def at(self, lon: float, lat: float) -> str | None:
        """Name the water that a point lies in: "" where it has no name, None where the point is dry."""
        found = self._tree.query(shapely.Point(lon, lat), predicate="within")
        return self._names[int(min(found))] if len(found) else None

    def between(self, lon: float, lat: float, to_lon: float, to_lat: float) -> str | None:
        """Name the first water on the straight way between two points; None where there is next to none."""
        way = shapely.LineString([(lon, lat), (to_lon, to_lat)])
        if not way.length:
            return None
        whole_m = float(metres_between(lon, lat, to_lon, to_lat))
        for i in sorted(self._tree.query(way, predicate="intersects").tolist()):
            wet = float(shapely.intersection(way, self._shapes[i]).length) / way.length
            if wet * whole_m > BANK_M:
                return self._names[int(i)]
        return None
