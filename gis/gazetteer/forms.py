"""The forms in which a place may be written: its full name, without its city, shortened, with its county."""

from collections.abc import Sequence
from dataclasses import dataclass

from gis.gazetteer.territory import Territory
from gis.gazetteer.text import Shortener, distinct, normalised, with_chinese_numerals
from gis.gazetteer.values import NamedPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One spelling of one place.

    Parameters
    ----------
    text
        Normalised.
    place
        Position of the place.
    said
        The name or alias it was made from, as written.
    own
        Whether that is the place's own name (else an alias).
    short
        Whether an official name was shortened.
    """

    text: str
    place: int
    said: str
    own: bool
    short: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One reading of a query.

    Parameters
    ----------
    text
        Normalised.
    short
        Whether an official name was shortened.
    """

    text: str
    short: bool = False


def forms_of(places: Sequence[NamedPlace], territory: Territory, shortener: Shortener) -> tuple[Form, ...]:
    """Every form of every place, each once a place."""
    return tuple(form for i, place in enumerate(places) for form in _of_one(i, place, territory, shortener))


def wordings(text: str, shortener: Shortener) -> tuple[Wording, ...]:
    """Return the readings of a normalised text: shortened, and as written where that differs."""
    short, written = _shortened(text, shortener), Wording(text=with_chinese_numerals(text))
    return (short,) if short.text == written.text else (short, written)


def _shortened(text: str, shortener: Shortener) -> Wording:
    short = shortener.shortened(text)
    return Wording(text=with_chinese_numerals(short), short=short != text)


def _of_one(i: int, place: NamedPlace, territory: Territory, shortener: Shortener) -> list[Form]:
    kept: dict[str, Form] = {}
    for said in distinct((place.name, *place.aliases)):
        whole = normalised(said)
        rest = territory.spoken(whole).rest
        short = _shortened(rest, shortener)
        texts = [
            (with_chinese_numerals(whole), False),
            (with_chinese_numerals(rest), False),
            (short.text, short.short),
        ]
        if place.county:
            texts += [(territory.stem(place.county) + short.text, short.short)]
        for text, is_short in texts:
            if text and text not in kept:
                kept[text] = Form(text=text, place=i, said=said, own=said == place.name, short=is_short)
    return list(kept.values())
