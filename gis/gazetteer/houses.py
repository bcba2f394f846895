"""House numbers, where a map or list has them: the house, between its neighbours, or beside one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gis.coordinates import metres_between
from gis.gazetteer.territory import Territory
from gis.gazetteer.text import normalised
from gis.gazetteer.values import NamedPlace

NEIGHBOURS_M: Final = 600.0
"""Two houses further apart than this say nothing about a number between theirs."""

_TEXT: Final = re.compile(r"^(?P<street>.*?[路街道巷弄里段a-z])(?P<number>\d{1,5})(?!\d)号?")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A house, or the best that can be said about it.

    Parameters
    ----------
    place
        The house, or a point made between two neighbours.
    score
        0.97 the house itself, 0.80 between two neighbours, 0.62 beside the only one.
    reason
        One Chinese sentence.
    """

    place: NamedPlace
    score: float
    reason: str


def streets(places: Iterable[NamedPlace], territory: Territory) -> Mapping[str, tuple[NamedPlace, ...]]:
    """Houses of each street, by normalised street name, ascending by number."""
    found: dict[str, list[NamedPlace]] = {}
    for place in places:
        if place.street and place.number:
            found.setdefault(territory.spoken(normalised(place.street)).rest, []).append(place)
    return {
        street: tuple(sorted(houses, key=lambda h: (h.number, h.county, h.id)))
        for street, houses in found.items()
    }


def houses(rest: str, of_street: Mapping[str, Sequence[NamedPlace]]) -> tuple[House, ...]:
    """Houses that a normalised text without divisions may mean, one for each county with such a street."""
    found = _TEXT.match(rest)
    if not found or found["street"] not in of_street:
        return ()
    number, street = int(found["number"]), found["street"]
    counties: dict[str, list[NamedPlace]] = {}
    for house in of_street[street]:
        counties.setdefault(house.county, []).append(house)
    return tuple(_nearest(number, street, known) for known in counties.values())


def _nearest(number: int, street: str, known: Sequence[NamedPlace]) -> House:
    exact = [house for house in known if house.number == number]
    if exact:
        return House(place=exact[0], score=0.97, reason=f"门牌 {exact[0].street}{number}号 有记录")
    same_side = [house for house in known if house.number % 2 == number % 2]
    below = [house for house in same_side if house.number < number]
    above = [house for house in same_side if house.number > number]
    if below and above and _apart_m(below[-1], above[0]) <= NEIGHBOURS_M:
        return _between(number, street, below[-1], above[0])
    nearest = min(
        known, key=lambda house: (abs(house.number - number), house.number % 2 != number % 2, house.id)
    )
    reason = f"没有 {number} 号的记录，同一条路上最近的是 {nearest.number} 号，请核对"
    return House(place=nearest, score=0.62, reason=reason)


def _between(number: int, street: str, low: NamedPlace, high: NamedPlace) -> House:
    share = (number - low.number) / (high.number - low.number)
    place = NamedPlace(
        id=f"house:{low.id}:{high.id}:{number}",
        name=f"{low.street or street}{number}号",
        lon=low.lon + share * (high.lon - low.lon),
        lat=low.lat + share * (high.lat - low.lat),
        kind="address",
        county=low.county,
        city=low.city,
        source=low.source,
        street=low.street,
        number=number,
    )
    reason = f"没有 {number} 号的记录，按同侧 {low.number} 号与 {high.number} 号之间推算"
    return House(place=place, score=0.80, reason=reason)


def _apart_m(a: NamedPlace, b: NamedPlace) -> float:
    return float(metres_between(a.lon, a.lat, b.lon, b.lat))
