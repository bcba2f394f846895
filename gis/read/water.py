"""What an OpenStreetMap file knows of water: lakes, ponds and wide rivers as areas, islands left out."""

from pathlib import Path
from typing import Any

import osmium
import shapely

from gis.errors import MapFileError
from gis.water import Water

__all__ = ["read_water"]

_TAGS = (("natural", "water"), ("landuse", "reservoir"), ("waterway", "riverbank"))


def read_water(path: Path) -> Water:
    """Water that is drawn as an area; the sea is drawn as a coast and is not among it.

    Raises
    ------
    MapFileError
        If the file is missing, damaged or no OSM file.
    """
    wet, shapes, names = osmium.filter.TagFilter(*_TAGS), [], []
    factory = osmium.geom.WKBFactory()
    try:
        found: Any = osmium.FileProcessor(str(path)).with_areas(wet).with_filter(wet)
        for area in found:
            if area.is_area():
                shapes.append(shapely.from_wkb(bytes.fromhex(factory.create_multipolygon(area))))
                names.append(str(area.tags.get("name:zh") or area.tags.get("name") or ""))
    except (RuntimeError, OSError) as error:
        message = f"地图文件读不出水面，请核对文件 / cannot read water of {path.name}: {error}"
        raise MapFileError(message) from error
    return Water(shapes, names)
