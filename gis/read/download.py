"""Fetch the roads of a place or a box from OpenStreetMap, for machines with a connection.

osmnx finds the place, divides large areas, keeps the Overpass service's pace and caches what has arrived; but
its graphs hold neither turn restrictions nor barriers. So the raw elements are fetched through it and written
as an `.osm.pbf` file, and `gis.read.read_network` makes the same network as from any other extract.
"""

import re
import shutil
import tempfile
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

import osmium
import osmnx
import requests
import shapely
from osmium.osm.mutable import Node, Relation, Way
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError
from osmnx._overpass import (
    _make_overpass_polygon_coord_strs,
    _make_overpass_settings,
    _overpass_request,
)

from gis.coordinates import check_lonlat
from gis.errors import CoordinateError, DownloadError
from gis.read.report import Progress

Box = tuple[float, float, float, float]
"""West, south, east, north in WGS-84 degrees."""

_QUERY: Final = (
    '{settings};(way["highway"](poly:"{area}");way["route"="ferry"](poly:"{area}");)->.roads;'
    '(.roads;node(w.roads);relation(bw.roads)["type"="restriction"];);out body;'
)
_ORDER: Final = ("node", "way", "relation")
_LETTER: Final = {"node": "n", "way": "w", "relation": "r"}

Element = Mapping[str, Any]


def download(
    *,
    place: str | None = None,
    box: Box | None = None,
    folder: str | Path,
    progress: Progress | None = None,
) -> Path:
    """Fetch roads, barriers and turn restrictions, and write them as an OSM file.

    The services are those of `osmnx.settings` (`nominatim_url`, `overpass_url`).

    Parameters
    ----------
    place
        A name that Nominatim knows, e.g. "曲靖市, 云南".
    box
        Or west, south, east, north.
    folder
        Where the file goes; it is named after the place or the box and replaced if it exists.
    progress
        Called with the finished part and what is being done.

    Returns
    -------
    Path of an `.osm.pbf` file that `gis.read.read_network` reads.

    Raises
    ------
    DownloadError
        If the place is unknown or has no area, the service cannot be reached or refuses, there are no roads,
        or the file cannot be written.
    CoordinateError
        If the box is no box.
    """
    if (place is None) == (box is None):
        message = "请给出地名或范围之一 / give either a place or a box"
        raise DownloadError(message)
    what = place if place is not None else _box_text(_checked(box))
    say = progress or _silent
    target = Path(folder) / f"{_file_name(what)}.osm.pbf"
    with _services(Path(folder), what):
        say(0.0, f"查找 {what} / looking up")
        area = _place_area(what) if place is not None else shapely.box(*_checked(box))
        elements = _fetch(area, what, say)
        _write(elements, target)
    say(1.0, "完成 / done")
    return target


def _silent(_part: float, _what: str) -> None:
    """Tell nobody."""


# --- what is asked ---------------------------------------------------------------------------------------


def _checked(box: Box | None) -> Box:
    west, south, east, north = box or (0.0, 0.0, 0.0, 0.0)
    check_lonlat([west, east], [south, north], ["box", "box"])
    if not (west < east and south < north):
        message = (
            f"范围无效，应为 西,南,东,北 / the box {west:g},{south:g},{east:g},{north:g} is empty; "
            "expected west,south,east,north with west < east and south < north"
        )
        raise CoordinateError(message)
    return west, south, east, north


def _box_text(box: Box) -> str:
    return ",".join(f"{value:g}" for value in box)


def _file_name(what: str) -> str:
    return re.sub(r"[^\w.-]+", "_", what).strip("._")[:80] or "map"


@contextmanager
def _services(folder: Path, what: str) -> Iterator[None]:
    """Let osmnx keep finished parts beside the map while it is fetched, and turn its errors into ours."""
    parts = folder / ".download"
    before = osmnx.settings.cache_folder, osmnx.settings.use_cache, osmnx.settings.http_accept_language
    try:
        folder.mkdir(parents=True, exist_ok=True)
        osmnx.settings.cache_folder, osmnx.settings.use_cache = parts, True
        osmnx.settings.http_accept_language = "zh,en"
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="This area is", category=UserWarning)
            yield
        shutil.rmtree(parts, ignore_errors=True)
    except requests.exceptions.RequestException as error:
        reason = type(error).__name__
        message = f"无法连接地图服务 / cannot reach the map service for {what!r} ({reason}); {_WAY_OUT}"
        raise DownloadError(message) from error
    except (InsufficientResponseError, ResponseStatusCodeError) as error:
        message = (
            f"地图服务未给出数据 / the map service has nothing for {what!r} ({_one_line(error)}); {_WAY_OUT}"
        )
        raise DownloadError(message) from error
    except OSError as error:
        message = (
            "无法写入，请换一个可写的文件夹 / "
            f"cannot write the map of {what!r} to {str(folder)!r}: {error.strerror}"
        )
        raise DownloadError(message) from error
    finally:
        osmnx.settings.cache_folder, osmnx.settings.use_cache, osmnx.settings.http_accept_language = before


_WAY_OUT: Final = "check the name and the connection, or copy an .osm.pbf extract to this machine"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _place_area(place: str) -> shapely.Polygon | shapely.MultiPolygon:
    try:
        area = osmnx.geocode_to_gdf(place).geometry.iloc[0]
    except TypeError as error:
        message = (
            "该地点没有边界，请改用 --box 西,南,东,北 / "
            f"{place!r} is a point; give a box west,south,east,north instead"
        )
        raise DownloadError(message) from error
    return cast("shapely.Polygon | shapely.MultiPolygon", area)


# --- fetching --------------------------------------------------------------------------------------------


def _fetch(
    area: shapely.Polygon | shapely.MultiPolygon, what: str, say: Progress
) -> dict[tuple[str, int], Element]:
    """Fetch every part of an area; an element that several parts hold is kept once."""
    parts = _make_overpass_polygon_coord_strs(area)
    elements: dict[tuple[str, int], Element] = {}
    for number, part in enumerate(parts):
        say(0.1 + 0.8 * number / len(parts), f"下载 {number + 1}/{len(parts)} / fetching")
        answer = _overpass_request(
            OrderedDict(data=_QUERY.format(settings=_make_overpass_settings(), area=part))
        )
        if "remark" in answer:
            message = (
                "地图服务拒绝，请缩小范围 / "
                f"the map service gave up on {what!r} ({answer['remark']}); try a smaller area"
            )
            raise DownloadError(message)
        elements |= {(element["type"], element["id"]): element for element in answer.get("elements", ())}
    if not any(kind == "way" for kind, _ in elements):
        message = f"此范围内没有道路，请扩大范围 / no roads in {what!r}; choose a larger area"
        raise DownloadError(message)
    return elements


# --- writing ---------------------------------------------------------------------------------------------


def _write(elements: Mapping[tuple[str, int], Element], target: Path) -> None:
    """Write elements in the usual order (nodes, ways, relations, by id), whole or not at all."""
    header = osmium.io.Header()
    header.set("generator", "paiche download")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".writing-") as folder:
        partial = Path(folder) / target.name
        with osmium.SimpleWriter(str(partial), header=header) as writer:
            for kind in _ORDER:
                for key in sorted(key for key in elements if key[0] == kind):
                    writer.add(_osm_object(elements[key]))
        partial.replace(target)


def _osm_object(element: Element) -> Node | Way | Relation:
    number, tags = int(element["id"]), dict(element.get("tags", {}))
    if element["type"] == "node":
        return Node(id=number, version=1, location=(element["lon"], element["lat"]), tags=tags)
    if element["type"] == "way":
        return Way(id=number, version=1, nodes=element.get("nodes", ()), tags=tags)
    members = [(_LETTER[m["type"]], m["ref"], m.get("role", "")) for m in element.get("members", ())]
    return Relation(id=number, version=1, members=members, tags=tags)
