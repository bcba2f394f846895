"""What an OpenStreetMap file knows of bus stops, and which of its ways run under ground."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium

from gis.errors import MapFileError
from gis.places import Place

__all__ = ["read_bus_stops", "read_tunnels"]


def read_bus_stops(path: Path) -> tuple[Place, ...]:
    """Bus stops drawn as points: `highway=bus_stop`, or a platform for buses beside the road.

    Returns
    -------
    tuple of Place
        WGS-84, as drawn (so on the side of the road where people wait), ids `osm-stop-<node id>`, in the
        order of the file.

    Raises
    ------
    MapFileError
        If the file is missing, damaged or no OSM file.
    """
    keys = osmium.filter.KeyFilter("highway", "public_transport")
    return tuple(
        Place(id=f"osm-stop-{node.id}", lon=node.location.lon, lat=node.location.lat, name=_name(node.tags))
        for node in _objects(path, osmium.osm.NODE, keys)
        if _is_stop(node.tags)
    )


def read_tunnels(path: Path) -> frozenset[int]:
    """Ids of ways in tunnels, underpasses of buildings (`building_passage`) included.

    Raises
    ------
    MapFileError
        If the file is missing, damaged or no OSM file.
    """
    keys = osmium.filter.KeyFilter("tunnel")
    ways = _objects(path, osmium.osm.WAY, keys)
    return frozenset(way.id for way in ways if way.tags.get("tunnel", "no") != "no")


def _objects(path: Path, kind: Any, keys: Any) -> Iterator[Any]:
    try:
        yield from osmium.FileProcessor(str(path), kind).with_filter(keys)
    except (RuntimeError, OSError) as error:
        message = f"地图文件读不出公交站和隧道，请核对文件 / cannot read bus stops of {path.name}: {error}"
        raise MapFileError(message) from error


def _is_stop(tags: Any) -> bool:
    platform = tags.get("public_transport") == "platform" and tags.get("bus") == "yes"
    return bool(tags.get("highway") == "bus_stop" or platform)


def _name(tags: Any) -> str:
    return str(tags.get("name:zh") or tags.get("name") or "")
