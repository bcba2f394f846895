"""The gazetteer itself: text in, ranked places with reasons out, offline."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log1p
from typing import Final

from gis.coordinates import metres_between
from gis.gazetteer.forms import wordings
from gis.gazetteer.houses import House, houses, streets
from gis.gazetteer.kilometres import Axis, Kilometre, axes, located, read_kilometre
from gis.gazetteer.names import Hit, Names, names_of
from gis.gazetteer.reasons import decision, warned, where, why_alike
from gis.gazetteer.territory import Spoken, Territory, division_stem, territory
from gis.gazetteer.text import Shortener, default_shortener, normalised
from gis.gazetteer.values import Answer, How, KmPost, Match, NamedPlace, Pin, RoadLine, ServiceArea

SURE: Final = 0.91
"""From this score on, a match without a rival is taken without asking."""
MARGIN: Final = 0.05
"""A match this close behind the first is a rival, if it lies elsewhere."""
LONGEST: Final = 200
"""What follows after so many characters says nothing about the place."""
SAME_SPOT_M: Final = 300.0
"""Two matches this near to each other are the same place for the purpose of going there."""

_EQUAL: Final = 0.005
_MOST: Final = 50
_OTHER_COUNTY, _UNKNOWN_COUNTY, _FOREIGN, _OUTSIDE, _LESS_LIKELY_KIND = 0.12, 0.03, 0.12, 0.15, 0.01
_TAIL_SHARE, _WITHOUT_DIVISION_SHARE, _WITHOUT_FOREIGN_SHARE = 0.97, 0.94, 0.82
_LEVEL: Final = re.compile(r"^[省市县区州镇乡](?=..)")
_BUILDING: Final = re.compile(
    r"(?:[a-z]?\d+|[一二三四五六七八九十]+|[a-z])(?:栋|幢|座|号楼|单元|室|层|楼).*$"
)
_BESIDE: Final = re.compile(
    r"(?:正|斜)?(?:大?门口|旁边|旁|附近|对面|路口|[东南西北后正][大侧]?门|[东南西北]侧|停车场|地下车库|院内|里面)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A place with what speaks for it, before county and area are looked at."""

    place: NamedPlace
    how: How
    score: float
    hit: Hit | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gazetteer:
    """Everything that is known about places in words. Made by `build_gazetteer`, never changed.

    Parameters
    ----------
    names
        Of the map, imported lists and past destinations.
    pinned
        Of the pins.
    pins
        Those pins.
    """

    names: Names
    pinned: Names
    pins: tuple[Pin, ...]
    territory: Territory
    shortener: Shortener
    roads: Mapping[str, Axis | None]
    houses_of: Mapping[str, Sequence[NamedPlace]]

    def find(self, text: str, *, limit: int = 5, county: str = "") -> Answer:
        """Return what a text may mean, best first.

        Parameters
        ----------
        text
            As people write it: name, alias, short form, pinyin, initials, road and kilometre, address.
        limit
            How many matches to show; all that are as good as the first are shown, up to 50.
        county
            Where the asker works; settles ties, never hides another county.
        """
        asked = normalised(text[:LONGEST])
        if not asked:
            return Answer(text=text, matches=(), sure=False, reason="没有填写地点")
        kilometre = read_kilometre(text[:LONGEST])
        if kilometre:
            return self._at_kilometre(text, kilometre)
        spoken = self.territory.spoken(asked)
        readings = _readings(asked, spoken, self.territory.name)
        found = [*self._pinned(asked, readings), *self._named(readings), *self._houses(spoken)]
        matches = self._ranked(asked, found, spoken, county)
        return _answer(text, matches, limit)

    def with_pins(self, pins: Iterable[Pin]) -> "Gazetteer":
        """Return this gazetteer with other pins in place of its own; the large index is shared."""
        kept = tuple({normalised(pin.text): pin for pin in pins}.values())
        places = [_pinned_place(pin) for pin in kept]
        return replace(self, pins=kept, pinned=names_of(places, self.territory, self.shortener))

    def _at_kilometre(self, text: str, kilometre: Kilometre) -> Answer:
        found = located(kilometre, self.roads)
        if found.point is None:
            return Answer(text=text, matches=(), sure=False, reason=found.reason)
        lon, lat = found.point
        place = NamedPlace(id=f"km:{kilometre.label}", name=kilometre.label, lon=lon, lat=lat, kind="km")
        outside_m = self.territory.outside_m(place)
        warning = warned(place, named="", outside_m=outside_m, area=self.territory.name)
        reason = "；".join(filter(None, (found.reason, warning)))
        match = Match(place=place, score=0.97, how="km", reason=reason, outside=outside_m > 0)
        return Answer(text=text, matches=(match,), sure=not match.outside, reason=reason)

    def _pinned(self, asked: str, readings: Mapping[str, float]) -> Iterator[_Found]:
        for place, hit in _hits(self.pinned, readings, self.shortener):
            if asked == normalised(hit.form.said):
                yield _Found(place=place, how="pin", score=1.05, hit=replace(hit, how="pin"))
            else:
                yield _Found(place=place, how=hit.how, score=hit.score, hit=hit)

    def _named(self, readings: Mapping[str, float]) -> Iterator[_Found]:
        for place, hit in _hits(self.names, readings, self.shortener):
            yield _Found(place=place, how=hit.how, score=hit.score, hit=hit)

    def _houses(self, spoken: Spoken) -> Iterator[_Found]:
        for house in houses(spoken.rest, self.houses_of):
            yield _of_house(house)

    def _ranked(self, asked: str, found: Iterable[_Found], spoken: Spoken, county: str) -> list[Match]:
        best: dict[str, _Found] = {}
        for one in found:
            held = best.get(one.place.id)
            if held is None or one.score > held.score:
                best[one.place.id] = one
        likely = sorted(best.values(), key=lambda one: -one.score)[: 2 * _MOST]
        matches = [self._judged(asked, one, spoken, county) for one in likely]
        return sorted(matches, key=_rank)

    def _judged(self, asked: str, one: _Found, spoken: Spoken, county: str) -> Match:
        """Weigh where a place lies against what the text says and where the fleet works."""
        place, score = one.place, one.score + _prior(one.place)
        named = self._other_division(place, spoken)
        if named:
            score -= _OTHER_COUNTY if named == spoken.county else _FOREIGN
        elif spoken.county and not place.county:
            score -= _UNKNOWN_COUNTY
        elif not spoken.county and county and place.county != county:
            score -= MARGIN / 2
        outside_m = self._outside_m(place)
        score -= _OUTSIDE if outside_m > 0 else 0.0
        warning = warned(place, named=named, outside_m=outside_m, area=self.territory.name)
        reason = why_alike(asked, one.hit) if one.hit else one.reason
        return Match(
            place=place,
            score=round(max(0.0, min(score, 1.0)), 3),
            how=one.how,
            reason="；".join(filter(None, (reason, where(place), warning))),
            outside=outside_m > 0,
            elsewhere=bool(named),
        )

    def _other_division(self, place: NamedPlace, spoken: Spoken) -> str:
        """Return the division that the text names if the place does not lie there, else ""."""
        if spoken.county and place.county and place.county != spoken.county:
            # A road or a hotel may be called after another county.
            return "" if spoken.county in place.name else spoken.county
        if spoken.foreign:
            stem = division_stem(spoken.foreign)
            known = (place.name, *place.aliases, place.county, place.city)
            return "" if any(stem in normalised(name) for name in known) else spoken.foreign
        return ""

    def _outside_m(self, place: NamedPlace) -> float:
        away = self.territory.outside_m(place)
        city = normalised(place.city)
        unknown_border = self.territory.polygon is None
        if unknown_border and city and self.territory.name and city not in self.territory.own:
            county_is_area = any(name == place.county for _, name in self.territory.county_of)
            return away if county_is_area and not self.territory.own else 1e9
        return away


def build_gazetteer(
    places: Iterable[NamedPlace],
    *,
    area: ServiceArea | None = None,
    pins: Iterable[Pin] = (),
    lines: Iterable[RoadLine] = (),
    posts: Iterable[KmPost] = (),
    shortener: Shortener | None = None,
) -> Gazetteer:
    """Index named places for search; about 20 microseconds a character, once.

    Parameters
    ----------
    places
        Of the map (`gis.read.names.read_names`), address lists and past destinations, ids unique.
    area
        Where the fleet works.
    pins
        What dispatchers have said before.
    lines, posts
        Drawn roads with their names, and the kilometre posts that calibrate them.
    shortener
        Short forms of offices; `gis/data/abbreviations_cn.toml` where None.

    Raises
    ------
    GazetteerError
        If two places have one id.
    """
    from gis.gazetteer.errors import require_distinct

    kept = tuple(places)
    require_distinct(kept)
    ours = territory(area, kept)
    short = shortener or default_shortener()
    empty = Gazetteer(
        names=names_of(kept, ours, short),
        pinned=names_of((), ours, short),
        pins=(),
        territory=ours,
        shortener=short,
        roads=axes(lines, posts),
        houses_of=streets(kept, ours),
    )
    return empty.with_pins(pins)


def _hits(
    names: Names, readings: Mapping[str, float], shortener: Shortener
) -> Iterator[tuple[NamedPlace, Hit]]:
    """Hits of every wording of every reading of a query."""
    best = 0.0
    for text, share in sorted(readings.items(), key=lambda reading: -reading[1]):
        if not names.places or share < best - MARGIN:
            return  # nothing that follows could even be a rival
        for wording in wordings(text, shortener):
            for hit in names.hits(wording):
                best = max(best, hit.score * share)
                yield names.places[hit.form.place], replace(hit, score=hit.score * share)


def _readings(asked: str, spoken: Spoken, area: str) -> Mapping[str, float]:
    """Texts that a query may stand for, each with its worth: whole, less its divisions, less its tail."""
    whole = [asked]
    if spoken.county:
        whole.append(division_stem(normalised(spoken.county)) + spoken.rest)
    elif spoken.rest != asked and not spoken.foreign:
        whole.append(normalised(area) + spoken.rest)
    readings = dict.fromkeys(whole, 1.0)
    # A misspelt county of ours looks foreign: then the whole text must say more than the rest of it.
    readings.setdefault(spoken.rest, _WITHOUT_FOREIGN_SHARE if spoken.foreign else _WITHOUT_DIVISION_SHARE)
    for text, share in tuple(readings.items()):
        readings.setdefault(_LEVEL.sub("", text), share * _TAIL_SHARE)
        readings.setdefault(_without_tail(text), share * _TAIL_SHARE)
    return readings


def _without_tail(text: str) -> str:
    bare = _BESIDE.sub("", _BUILDING.sub("", text))
    return bare if len(bare) > 1 else text


def _answer(text: str, ranked: Sequence[Match], limit: int) -> Answer:
    kept = [m for m in ranked if m.score >= 0.40]
    equal = sum(1 for m in kept if m.score >= kept[0].score - _EQUAL) if kept else 0
    matches = tuple(kept[: max(limit, min(equal, _MOST))])
    rivals = _rivals(matches)
    sure = bool(matches) and matches[0].score >= SURE and not rivals
    sure = sure and not (matches[0].outside or matches[0].elsewhere)
    return Answer(
        text=text, matches=matches, sure=sure, reason=decision(matches, rivals, sure=sure, text=text)
    )


def _rivals(matches: Sequence[Match]) -> list[Match]:
    if not matches or (matches[0].score >= 1.0 and matches[0].how == "pin"):
        return []
    best = matches[0]
    return [m for m in matches[1:] if m.score >= best.score - MARGIN and _apart_m(best, m) > SAME_SPOT_M]


def _apart_m(a: Match, b: Match) -> float:
    return float(metres_between(a.place.lon, a.place.lat, b.place.lon, b.place.lat))


def _rank(match: Match) -> tuple[float, bool, int, str, str, str]:
    place = match.place
    return (-match.score, match.outside or match.elsewhere, -place.uses, place.county, place.name, place.id)


def _prior(place: NamedPlace) -> float:
    """Return a trifle for places people go to, and against stops and streets that are named after a place."""
    used = min(0.02, 0.004 * log1p(place.uses))
    return used - _LESS_LIKELY_KIND * (place.kind in {"stop", "road"})


def _of_house(house: House) -> _Found:
    return _Found(place=house.place, how="house", score=house.score, reason=house.reason)


def _pinned_place(pin: Pin) -> NamedPlace:
    aliases = (pin.text,) if pin.name and pin.name != pin.text else ()
    return NamedPlace(
        id=f"pin:{normalised(pin.text)}",
        name=pin.name or pin.text,
        lon=pin.lon,
        lat=pin.lat,
        kind="pin",
        aliases=aliases,
        county=pin.county,
        city=pin.city,
        source="pin",
    )
