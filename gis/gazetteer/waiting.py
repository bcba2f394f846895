"""Text that has no place yet: it waits as text, a pin settles it once, and the pin is used ever after."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gis.coordinates import check_lonlat
from gis.gazetteer.gazetteer import Gazetteer
from gis.gazetteer.text import normalised
from gis.gazetteer.values import Pin, Resolved, Unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Texts that wait for a pin, each once, with everyone who waits for it; and the pins set so far."""

    texts: tuple[Unresolved, ...] = ()
    pins: tuple[Pin, ...] = ()


def resolve(gazetteer: Gazetteer, text: str, *, county: str = "", origin: str = "") -> Resolved | Unresolved:
    """Place a text where it is sure, else return it with suggestions to wait for a pin.

    Parameters
    ----------
    county
        Where the asker works.
    origin
        Who asks: id of a row, request or trip.
    """
    answer = gazetteer.find(text, county=county)
    if answer.sure and answer.best:
        return Resolved(text=text, place=answer.best.place, reason=answer.reason)
    origins = (origin,) if origin else ()
    return Unresolved(text=text, reason=answer.reason, suggestions=answer.matches, origins=origins)


def queued(waiting: Waiting, unresolved: Iterable[Unresolved]) -> Waiting:
    """Return the queue with more texts; the same words written differently wait once, with all origins."""
    texts = {normalised(one.text): one for one in waiting.texts}
    for one in unresolved:
        key = normalised(one.text)
        held = texts.get(key)
        merged = (*held.origins, *one.origins) if held else one.origins
        texts[key] = replace(held or one, origins=tuple(dict.fromkeys(merged)))
    return replace(waiting, texts=tuple(texts.values()))


def pinned(waiting: Waiting, pin: Pin) -> tuple[Waiting, tuple[str, ...]]:
    """Return the queue without the text that a pin settles, with the pin; and the origins that waited.

    Raises
    ------
    CoordinateError
        If the pin is no place in WGS-84 degrees.
    """
    check_lonlat(pin.lon, pin.lat, pin.text)
    key = normalised(pin.text)
    settled = [one for one in waiting.texts if normalised(one.text) == key]
    kept = Waiting(
        texts=tuple(one for one in waiting.texts if normalised(one.text) != key),
        pins=(*(held for held in waiting.pins if normalised(held.text) != key), pin),
    )
    return kept, tuple(origin for one in settled for origin in one.origins)
