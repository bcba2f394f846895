"""The divisions that a text names: its own province, city and county, or somebody else's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shapely

from gis.coordinates import metres_between
from gis.gazetteer.text import normalised, prefectures
from gis.gazetteer.values import NamedPlace, ServiceArea

_SUFFIX: Final = re.compile(
    r"(?:(?:回族|彝族|壮族|藏族|苗族|白族|傣族|哈尼族|土家族|维吾尔)*自治[区州县旗]|特别行政区|地区|省|市|县|区|州|盟|旗)$"
)
_UNKNOWN_DIVISION: Final = re.compile(r"^([\u4e00-\u9fff]{2,4}?[市县旗州]|[\u4e00-\u9fff]{2,3}?区)(?=.{2})")
_NO_DIVISION: Final = re.compile(
    r"(小|社|园|景|校|院|库|厂|片|新|城|郊|开发|高新|经开|保税|管理|行政|工业|服务|安置|住宅|生活|家属)区$|[超菜夜门都城]市$"
)
_ROAD_NEXT: Final = re.compile(r"^[东西南北中一二三]?(?:大?[路街道巷里弄]|大道)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A text taken apart.

    Parameters
    ----------
    rest
        What is left after the divisions; never empty.
    county
        Full name of the county of ours that it names, or "".
    foreign
        The division that it names and that is none of ours, as written, or "".
    """

    rest: str
    county: str = ""
    foreign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Territory:
    """Our divisions.

    Parameters
    ----------
    own
        Spellings of our province and city, longest first.
    county_of
        Spelling → full name of each county, longest first.
    polygon
        The service area in WGS-84 degrees, or None where no border is known.
    name
        Of the service area.
    """

    own: tuple[str, ...]
    county_of: tuple[tuple[str, str], ...]
    polygon: shapely.Geometry | None
    name: str

    def spoken(self, text: str) -> Spoken:
        """Take a normalised text apart: province and city of ours, a county of ours, or foreign ones."""
        rest = _without_prefixes(text, self.own)
        for spelling, county in self.county_of:
            if rest.startswith(spelling) and _stands_alone(rest, spelling):
                return Spoken(rest=rest[len(spelling) :], county=county)
        foreign = "" if rest != text else self._foreign(rest)
        if foreign:
            after = rest[len(foreign) :]
            return Spoken(rest=self.spoken(after).rest if len(after) > 1 else after, foreign=foreign)
        return Spoken(rest=rest)

    def stem(self, county: str) -> str:
        """Return the county without its ending: 鹿泽 of 鹿泽县."""
        return division_stem(normalised(county))

    def outside_m(self, place: NamedPlace) -> float:
        """Metres from the service area (0.0 inside, or where no border is known)."""
        if self.polygon is None or shapely.intersects_xy(self.polygon, place.lon, place.lat):
            return 0.0
        line = shapely.shortest_line(self.polygon, shapely.Point(place.lon, place.lat))
        (x, y), _ = shapely.get_coordinates(line)
        return float(metres_between(x, y, place.lon, place.lat))

    def _foreign(self, text: str) -> str:
        for length in range(min(5, len(text) - 2), 1, -1):
            stem = text[:length]
            if stem in prefectures() and stem not in self.own and not _ROAD_NEXT.match(text[length:]):
                suffix = re.match(r"自治[区州]|地区|[省市州盟]", text[length:])
                return stem + (suffix.group() if suffix and len(text) > length + len(suffix.group()) else "")
        unknown = _UNKNOWN_DIVISION.match(text)
        if unknown and not _NO_DIVISION.search(unknown.group(1)):
            return unknown.group(1)
        return ""


def territory(area: ServiceArea | None, places: Sequence[NamedPlace]) -> Territory:
    """Make the territory of a service area; counties are also learnt from the places."""
    given = area or ServiceArea(name="")
    found = {place.county for place in places if place.county}
    # Without a service area every city that the places name is ours.
    cities = {given.name, given.province} if area else {place.city for place in places}
    own = {s for name in cities if name for s in _spellings(normalised(name))}
    counties = sorted((found | set(given.counties)) - cities)
    spelled = {s: county for county in counties for s in _spellings(normalised(county)) if s not in own}
    polygons = [shapely.Polygon(ring) for ring in given.rings]
    polygon = shapely.union_all(polygons) if polygons else None
    if polygon is not None:
        shapely.prepare(polygon)
    return Territory(
        own=tuple(sorted(own, key=lambda s: (-len(s), s))),
        county_of=tuple(sorted(spelled.items(), key=lambda item: (-len(item[0]), item[0]))),
        polygon=polygon,
        name=given.name,
    )


def division_stem(name: str) -> str:
    """Return a normalised division name without its ending, if at least two characters are left."""
    stem = _SUFFIX.sub("", name)
    return stem if len(stem) > 1 else name


def _spellings(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((name, division_stem(name))))


def _without_prefixes(text: str, prefixes: tuple[str, ...]) -> str:
    for _ in range(3):  # province, city, and the city's own district
        for prefix in prefixes:
            if text.startswith(prefix) and _stands_alone(text, prefix):
                text = text[len(prefix) :]
                break
        else:
            return text
    return text


def _stands_alone(text: str, division: str) -> bool:
    """Whether a division at the start is one, and not the first word of a street or of a longer name."""
    after = text[len(division) :]
    return len(after) > 1 and not _ROAD_NEXT.match(after)
