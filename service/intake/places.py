"""Put what people write on the day's roads: coordinates of three systems, or words of the gazetteer."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gis.coordinates import check_lonlat, to_wgs84
from gis.errors import CoordinateError, MapFileError
from gis.gazetteer import Gazetteer, NamedPlace, Unresolved, build_gazetteer, resolve
from gis.places import Place
from gis.read.names import MapNames, read_names
from scenarios.prefecture.values import Prefecture
from service.intake.words import Words
from service.sheets import CellFault
from service.use_cases.roads import MAX_SNAP_M, Roads

SUGGESTED: Final = 3
"""So many names are offered for words that are not sure."""
ENOUGH_POINTS: Final = 5
"""Fewer points may lie off roads by chance: they are suspected only where one lies far off."""
OFF_ROAD_M: Final = 120.0
"""A point farther than this from any road is worth a second look."""
DRY_M: Final = 30.0
"""Whoever lives so near to a way does not live in a lake, wherever its bank is drawn."""
_PAIR: Final = re.compile(
    r"^[(（\[]?\s*(?P<lon>[-+−]?\d+(?:\.\d+)?)\s*(?:[,，、;；]|\s)\s*(?P<lat>[-+−]?\d+(?:\.\d+)?)\s*[)）\]]?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a row, or an option, says of one place.

    Parameters
    ----------
    words
        A name, or `"lon,lat"`; may be empty where degrees are given.
    lon, lat
        Degrees in `crs`, or None.
    crs
        `"wgs84"`, `"gcj02"`, `"bd09"`, or "" for that of the whole sheet.
    """

    words: str = ""
    lon: float | None = None
    lat: float | None = None
    crs: str = ""


class Placer:
    """Finds the places of one day on its roads.

    Parameters
    ----------
    day
        Whose places may be named.
    crs
        Coordinate system of points that name none.
    profiles
        Vehicles of all of these must be able to come.
    limit_m
        How far from a road a place may lie.
    words
        Pins and past destinations, besides the names of the day and of the map; words that are not sure are
        kept there for the queue.
    destinations
        Whether points that are given with words are learnt as the words' meaning; not for homes.
    origin
        Who asks, for the queue: the name of the sheet.
    off_road
        Said first of a place that lies too far from any road; where it is given, a place in the water or
        behind it is none either.
    """

    def __init__(  # noqa: PLR0913
        self,
        day: Prefecture,
        roads: Roads,
        *,
        crs: str = "wgs84",
        profiles: Sequence[str] = ("car",),
        limit_m: float = MAX_SNAP_M,
        words: Words | None = None,
        off_road: str = "",
        destinations: bool = False,
        origin: str = "",
    ) -> None:
        self._roads, self._crs, self._profiles, self._limit_m = roads, crs, profiles, limit_m
        self._known = {place.id: place for place in day.places}
        self._day, self._words = day, words or Words()
        self._off_road, self._destinations, self._origin = off_road, destinations, origin
        self._placed: dict[Said, Place] = {}
        self._typed: dict[str, Place] = {}

    def place(self, said: Said) -> Place:
        """Return the place that is meant; the same words mean the same place.

        Raises
        ------
        CellFault
            Neither coordinates nor known words, impossible or swapped coordinates, or too far from any road.
        """
        if said not in self._placed:
            found = self._found(said)
            self._require_near_roads(found)
            self._placed[said] = found
            if self._destinations and said.lon is not None and said.words:
                self._words.visits.append((said.words, found.lon, found.lat))
        return self._placed[said]

    @property
    def shift_hint(self) -> str | None:
        """A sentence when the points given as WGS-84 look like GCJ-02 or BD-09, else None."""
        points = tuple(self._typed.values())
        index = self._roads.router(self._profiles[0]).index
        if len(points) < ENOUGH_POINTS:
            _, off = index.snap(points, max_distance_m=OFF_ROAD_M)
            points = points if off else ()
        return index.shift_hint(points) if points else None

    def _found(self, said: Said) -> Place:
        if said.lon is not None and said.lat is not None:
            return self._at(said.lon, said.lat, said)
        if said.lon is not None or said.lat is not None:
            reason = "经纬度只填了一个"
            raise CellFault(reason, "请两个都填，或都不填")
        pair = _PAIR.match(said.words.strip())
        if pair:
            lon, lat = (float(pair[name].replace("−", "-")) for name in ("lon", "lat"))
            return self._at(lon, lat, said)
        if not said.words.strip():
            reason = "没有填写地点"
            raise CellFault(reason, "请填写地名，或“经度,纬度”")
        return self._by_words(said.words)

    def _at(self, lon: float, lat: float, said: Said) -> Place:
        crs = said.crs or self._crs
        try:
            check_lonlat(lon, lat)
        except CoordinateError as error:
            raise CellFault(_without_english(str(error)), "请核对坐标") from None
        x, y = to_wgs84(lon, lat, crs)
        place = Place(id=f"point:{x:.6f},{y:.6f}", lon=x, lat=y, name=said.words or f"{lon:g},{lat:g}")
        if crs == "wgs84":
            self._typed[place.id] = place
        return place

    def _by_words(self, words: str) -> Place:
        if self._words.gazetteer is None:
            self._words.gazetteer = day_gazetteer(self._day, self._roads, self._words)
        found = resolve(self._words.gazetteer, words)
        if isinstance(found, Unresolved):
            self._words.wait(found, self._origin)
            names = list(dict.fromkeys(match.place.name for match in found.suggestions))
            reason = "不能确定是哪个地点" if names else "没有找到这个地点"
            offered = f"可改写为：{'、'.join(names[:SUGGESTED])}；" if names else "请改写地名，"
            raise CellFault(reason, f"{offered}填“经度,纬度”，或用 paiche places pin 定位一次")
        return self._known.get(found.place.id, found.place.place)

    def _require_near_roads(self, place: Place) -> None:
        for profile in self._profiles:
            _, far = self._roads.router(profile).try_snap([place], max_distance_m=self._limit_m)
            for failure in far:
                away = f"离最近的可行道路{_far(failure.distance_m)}（限 {self._limit_m:.0f} 米）"
                reason = f"{self._off_road}：{away}" if self._off_road else away
                raise CellFault(reason, f"请核对坐标和坐标系；{_extent(self._roads)}")
        if self._off_road:
            self._require_dry(place)

    def _require_dry(self, place: Place) -> None:
        """Nobody lives in a lake, and nobody walks across one: looked at where no way is near."""
        way = self._roads.walking.nearest(place, self._limit_m)
        if way is None or way.distance_m <= DRY_M:
            return
        name = self._roads.water.at(place.lon, place.lat)
        if name is not None:
            reason = f"落在水面上{_called(name)}"
            raise CellFault(reason, "请核对坐标和坐标系")
        name = self._roads.water.between(place.lon, place.lat, way.lon, way.lat)
        if name is not None:
            reason = f"与最近的道路{_far(way.distance_m)}，中间隔着水面{_called(name)}"
            raise CellFault(reason, "请核对坐标和坐标系；确实住在对岸或岛上的，请填上岸的地点")


def day_gazetteer(day: Prefecture, roads: Roads, words: Words) -> Gazetteer:
    """Index the names of the day's places, without homes, of its map, and what is known besides."""
    homes = {group.home.id for group in day.rider_groups}
    own = [_named(place) for place in day.places if place.id not in homes and place.name]
    names = _map_names(roads)
    return build_gazetteer(
        (*own, *names.places, *words.past), pins=words.pins, lines=names.lines, posts=names.posts
    )


def _named(place: Place) -> NamedPlace:
    """Name a place of the day; what stands in brackets may be left out."""
    short = place.name.split("（")[0]
    aliases = (short,) if short and short != place.name else ()
    return NamedPlace(
        id=place.id, name=place.name, lon=place.lon, lat=place.lat, aliases=aliases, source="list"
    )


def _map_names(roads: Roads) -> MapNames:
    """Names of the map; none where it is no OSM file."""
    try:
        return read_names(roads.path)
    except MapFileError:
        return MapNames(places=(), lines=(), posts=(), counts=())


def said_of(values: Callable[[str], object], field: str) -> Said:
    """Collect what a row says of one of its places: `<field>_words`, `_lon`, `_lat`, and `crs`."""
    words, lon, lat, crs = (values(name) for name in _names(field))
    return Said(
        words=str(words or ""),
        lon=lon if isinstance(lon, float) else None,
        lat=lat if isinstance(lat, float) else None,
        crs=str(crs or ""),
    )


def cell_of(said: Said, field: str) -> str:
    """Name the field whose cell is to blame for a place."""
    return f"{field}_words" if said.lon is None and said.lat is None else f"{field}_lon"


def _names(field: str) -> Iterator[str]:
    yield from (f"{field}_words", f"{field}_lon", f"{field}_lat", "crs")


def _without_english(sentence: str) -> str:
    return re.sub(r" \([a-z ]+\)$", "", sentence)


def _called(name: str) -> str:
    return f"（{name}）" if name else ""


def _far(distance_m: float) -> str:
    if distance_m == float("inf"):
        return "不知多远"
    return f" {distance_m / 1000:,.1f} 公里" if distance_m >= 10_000 else f" {distance_m:.0f} 米"


def _extent(roads: Roads) -> str:
    west, south, east, north = roads.network.bounds
    return f"地图范围为经度 {west:.3f}–{east:.3f}、纬度 {south:.3f}–{north:.3f}"
