"""Named things of an OpenStreetMap file: offices, 小区, villages, stops, roads, houses, kilometre posts.

What a map calls something is in `name`, `name:zh`, `alt_name`, `short_name`, `official_name`, `old_name`,
`loc_name`; see the OpenStreetMap wiki, "Names". In China `admin_level` 5 is a prefecture and 6 a county.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import osmium
import shapely

from gis.errors import MapFileError
from gis.gazetteer.values import KmPost, NamedPlace, RoadLine
from gis.read.osm import SUFFIXES

ALIAS_KEYS: Final = (
    "name:zh", "name:zh-Hans", "official_name", "short_name", "alt_name", "old_name", "loc_name", "name:en",
)  # fmt: skip
_INTERESTING: Final = ("name", "highway", "addr:housenumber", "boundary")
_PLACE_KINDS: Final = {
    "city": "city", "county": "county", "district": "county", "town": "town", "township": "town",
    "village": "village", "hamlet": "village", "isolated_dwelling": "village", "suburb": "quarter",
    "quarter": "quarter", "neighbourhood": "residential", "city_block": "residential",
}  # fmt: skip
_POI_KEYS: Final = (
    "amenity", "office", "shop", "tourism", "leisure", "healthcare", "emergency", "historic", "man_made",
    "railway", "aeroway", "craft", "building", "public_transport", "landuse", "industrial", "power",
)  # fmt: skip
_OFFICE_AMENITIES: Final = {
    "townhall",
    "police",
    "courthouse",
    "fire_station",
    "post_office",
    "public_building",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNames:
    """What a map file calls things.

    Parameters
    ----------
    places
        Ids are `node/1`, `way/2`, `area/3`, and `road/name/…` for a named road; counties and cities filled in
        where the file holds their borders or an address says so.
    lines
        Drawn roads with their numbers and names.
    posts
        Kilometre posts with a number that can be read.
    counts
        What was read and left out, for people.
    """

    places: tuple[NamedPlace, ...]
    lines: tuple[RoadLine, ...]
    posts: tuple[KmPost, ...]
    counts: tuple[tuple[str, int], ...]


def read_names(path: Path, *, city_level: int = 5, county_level: int = 6) -> MapNames:
    """Read everything named in an OSM file.

    Parameters
    ----------
    path
        `.osm.pbf`, `.osm`, `.osm.gz` or `.osm.bz2`.
    city_level, county_level
        `admin_level` of prefectures and counties.

    Raises
    ------
    MapFileError
        If the file is missing, damaged or no OSM file.
    """
    if not path.is_file() or not str(path).endswith(SUFFIXES):
        message = f"没有地图文件 {path}，或不是 OSM 文件；请给出 .osm.pbf 或 .osm (no such OSM file)"
        raise MapFileError(message)
    gathered = _Gathered(city_level=city_level, county_level=county_level)
    try:
        _gather(path, gathered)
    except (RuntimeError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        message = (
            "地图文件损坏或不是 OSM 数据，请重新下载或另选文件 / "
            f"{path} is damaged or no OSM file ({reason}); download it again"
        )
        raise MapFileError(message) from error
    return _finished(gathered)


@dataclass(slots=True)
class _Gathered:
    """What has been read so far."""

    city_level: int
    county_level: int
    places: dict[str, NamedPlace] = field(default_factory=dict)
    lines: list[RoadLine] = field(default_factory=list)
    posts: list[tuple[str, float, float, float]] = field(default_factory=list)
    borders: list[tuple[int, str, shapely.Geometry]] = field(default_factory=list)
    unread: int = 0


def _gather(path: Path, gathered: _Gathered) -> None:
    # Areas are put together from their ways; ways also come on their own, as roads.
    wanted = osmium.filter.KeyFilter(*_INTERESTING)
    geometry = osmium.geom.WKBFactory()
    things: Iterable[Any] = osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted)
    for thing in things:
        tags = {tag.k: tag.v for tag in thing.tags}
        try:
            if thing.is_node():
                _gather_point(f"node/{thing.id}", tags, thing.lon, thing.lat, gathered)
            elif thing.is_way():
                _gather_way(thing, tags, gathered)
            elif thing.is_area():
                shape = shapely.from_wkb(bytes.fromhex(geometry.create_multipolygon(thing)))
                _gather_area(
                    f"{'way' if thing.from_way() else 'relation'}/{thing.orig_id()}", tags, shape, gathered
                )
        except (osmium.InvalidLocationError, RuntimeError):
            gathered.unread += 1


def _gather_point(
    thing_id: str, tags: Mapping[str, str], lon: float, lat: float, gathered: _Gathered
) -> None:
    if tags.get("highway") == "milestone":
        km = _kilometre(tags)
        if km is not None:
            gathered.posts.append((tags.get("ref") or tags.get("name") or "", km, lon, lat))
        return
    gathered.places.update((place.id, place) for place in _places(thing_id, tags, lon, lat))


def _gather_way(way: Any, tags: Mapping[str, str], gathered: _Gathered) -> None:
    points = tuple((node.lon, node.lat) for node in way.nodes if node.location.valid())
    if len(points) < 2:
        gathered.unread += 1
        return
    if "highway" in tags and tags.get("area") != "yes":
        roads = _road_names(tags)
        if roads:
            gathered.lines.append(RoadLine(roads=roads, points=points))
    elif not way.is_closed():
        lon, lat = points[len(points) // 2]
        _gather_point(f"way/{way.id}", tags, lon, lat, gathered)


def _gather_area(
    thing_id: str, tags: Mapping[str, str], shape: shapely.Geometry, gathered: _Gathered
) -> None:
    level = tags.get("admin_level", "")
    if tags.get("boundary") == "administrative" and tags.get("name"):
        if level in {str(gathered.city_level), str(gathered.county_level)}:
            gathered.borders.append((int(level), tags.get("name:zh") or tags["name"], shape))
        return
    if "highway" in tags:
        return
    inside = shapely.point_on_surface(shape)
    _gather_point(thing_id, tags, float(inside.x), float(inside.y), gathered)


def _places(thing_id: str, tags: Mapping[str, str], lon: float, lat: float) -> Iterator[NamedPlace]:
    """Return what a thing is called, and its address where it has one."""
    county = tags.get("addr:district") or tags.get("addr:county") or ""
    city = tags.get("addr:city") or ""
    street, number = tags.get("addr:street", ""), _leading_number(tags.get("addr:housenumber", ""))
    name, kind = tags.get("name:zh") or tags.get("name") or "", _kind(tags)
    if name and kind:
        yield NamedPlace(
            id=thing_id, name=name, lon=lon, lat=lat, kind=kind, aliases=_aliases(tags, name), county=county,
            city=city, street=street, number=number,
        )  # fmt: skip
    elif street and number:
        yield NamedPlace(
            id=f"{thing_id}#address", name=_house_name(street, tags["addr:housenumber"]),
            lon=lon, lat=lat, kind="address", county=county, city=city, street=street, number=number,
        )  # fmt: skip


def _house_name(street: str, number: str) -> str:
    return f"{street} {number}" if street[0].isascii() else f"{street}{number.removesuffix('号')}号"


def _kind(tags: Mapping[str, str]) -> str:
    if "place" in tags:
        return _PLACE_KINDS.get(tags["place"], "place")
    if (
        tags.get("highway") in {"bus_stop", "services", "rest_area"}
        or tags.get("public_transport") == "platform"
    ):
        return "stop"
    if tags.get("landuse") == "residential" or tags.get("building") in {"residential", "apartments"}:
        return "residential"
    if "office" in tags or tags.get("amenity") in _OFFICE_AMENITIES or tags.get("building") == "government":
        return "office"
    return "poi" if any(key in tags for key in _POI_KEYS) else ""


def _aliases(tags: Mapping[str, str], name: str) -> tuple[str, ...]:
    said = [part.strip() for key in ("name", *ALIAS_KEYS) for part in tags.get(key, "").split(";")]
    return tuple(dict.fromkeys(alias for alias in said if alias and alias != name))


def _road_names(tags: Mapping[str, str]) -> tuple[str, ...]:
    said = [
        part.strip()
        for key in ("ref", "name", "name:zh", "alt_name")
        for part in tags.get(key, "").split(";")
    ]
    return tuple(dict.fromkeys(name for name in said if name))


def _kilometre(tags: Mapping[str, str]) -> float | None:
    """Read what a post says: `1234`, `1234.5`, `K1234+500`."""
    for key in ("distance", "pk", "milestone", "railway:position", "ref:km"):
        text = tags.get(key, "").casefold().removesuffix("km").strip().lstrip("k")
        whole, _, metres = text.partition("+")
        try:
            km = float(whole.replace(",", ".")) + (float(metres) / 1000 if metres else 0.0)
        except ValueError:
            continue
        if 0 <= km < 10_000:
            return km
    return None


def _leading_number(text: str) -> int:
    found = re.match(r"\s*(\d{1,5})(?!\d)", text, re.ASCII)
    return int(found.group(1)) if found else 0


# --- afterwards ------------------------------------------------------------------------------------------


def _finished(gathered: _Gathered) -> MapNames:
    lines = tuple(gathered.lines)
    divisions = _Divisions.of(gathered)
    placed = tuple(divisions.filled(place) for place in (*gathered.places.values(), *_roads(lines)))
    posts = tuple(_posts(gathered.posts, lines))
    counts = {
        "places": len(placed), "road lines": len(lines), "kilometre posts": len(posts),
        "posts without a road": len(gathered.posts) - len(posts), "borders": len(gathered.borders),
        "incomplete": gathered.unread,
    }  # fmt: skip
    return MapNames(places=placed, lines=lines, posts=posts, counts=tuple(counts.items()))


def _roads(lines: Iterable[RoadLine]) -> Iterator[NamedPlace]:
    """One place for each named road: the middle of its middle piece."""
    pieces: dict[str, list[RoadLine]] = {}
    for line in lines:
        for name in line.roads:
            pieces.setdefault(name, []).append(line)
    for name, drawn in pieces.items():
        points = drawn[len(drawn) // 2].points
        lon, lat = points[len(points) // 2]
        yield NamedPlace(id=f"road/name/{name}", name=name, lon=lon, lat=lat, kind="road")


def _posts(found: Iterable[tuple[str, float, float, float]], lines: tuple[RoadLine, ...]) -> Iterator[KmPost]:
    """Return posts with the road they stand at: their own `ref`, else the nearest numbered road (60 m)."""
    numbered = [line for line in lines if any(name[0].isascii() for name in line.roads)]
    tree = shapely.STRtree([shapely.LineString(line.points) for line in numbered])
    for road, km, lon, lat in found:
        if road:
            yield KmPost(road=road, km=km, lon=lon, lat=lat)
            continue
        near = tree.query_nearest(shapely.Point(lon, lat), max_distance=6e-4)
        if len(near):
            name = next(name for name in numbered[int(near[0])].roads if name[0].isascii())
            yield KmPost(road=name, km=km, lon=lon, lat=lat)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Divisions:
    """Borders by level, to say where a place lies."""

    counties: tuple[str, ...]
    county_tree: shapely.STRtree
    cities: tuple[str, ...]
    city_tree: shapely.STRtree

    @classmethod
    def of(cls, gathered: _Gathered) -> "_Divisions":
        county = [(name, shape) for level, name, shape in gathered.borders if level == gathered.county_level]
        city = [(name, shape) for level, name, shape in gathered.borders if level == gathered.city_level]
        return cls(
            counties=tuple(name for name, _ in county),
            county_tree=shapely.STRtree([shape for _, shape in county]),
            cities=tuple(name for name, _ in city),
            city_tree=shapely.STRtree([shape for _, shape in city]),
        )

    def filled(self, place: NamedPlace) -> NamedPlace:
        """Return the place with the divisions it lies in; what its address says stays."""
        point = shapely.Point(place.lon, place.lat)
        county = place.county or _inside(point, self.counties, self.county_tree)
        return replace(place, county=county, city=place.city or _inside(point, self.cities, self.city_tree))


def _inside(point: shapely.Point, names: tuple[str, ...], tree: shapely.STRtree) -> str:
    found = sorted(tree.query(point, predicate="within").tolist())
    return names[found[0]] if found else ""
