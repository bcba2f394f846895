"""Places in words: the queue of texts that wait for a pin, the pins, and past destinations."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gis.gazetteer import NamedPlace, Pin, Unresolved, past_places
from gis.gazetteer.text import normalised
from service.rows import PastPlaceRow, PinRow, WaitingTextRow

SUGGESTED = 3
"""So many names are kept with a text that waits."""
SAME_SPOT_DIGITS = 4
"""Decimals of degrees within which two destinations of one name are one: about ten metres."""
MOST_USES = 1_000
"""Beyond it a destination is simply well known."""

Visit = tuple[str, float, float]
"""What was written, longitude and latitude in WGS-84 degrees."""


def queue_texts(session: Session, texts: Iterable[Unresolved]) -> int:
    """Put texts into the queue; one that waits already is asked for by more people. Returns how many."""
    count = 0
    for one in texts:
        key = normalised(one.text)
        if not key:
            continue
        row = session.get(WaitingTextRow, key)
        if row is None:
            row = WaitingTextRow(key=key, text=one.text.strip(), origins=[], asked_at=datetime.now(UTC))
            session.add(row)
        row.reason = one.reason
        row.suggestions = list(dict.fromkeys(m.place.name for m in one.suggestions))[:SUGGESTED]
        row.origins = list(dict.fromkeys([*row.origins, *one.origins]))
        count += 1
    return count


def waiting_texts(session: Session) -> tuple[WaitingTextRow, ...]:
    """List the queue, the oldest first."""
    rows = select(WaitingTextRow).order_by(WaitingTextRow.asked_at, WaitingTextRow.key)
    return tuple(session.scalars(rows))


def save_pin(session: Session, pin: Pin) -> tuple[str, ...]:
    """Keep a pin in place of an older one for the same words; return who waited for it."""
    key = normalised(pin.text)
    values = {
        "text": pin.text, "name": pin.name, "lon": pin.lon, "lat": pin.lat,
        "pinned_by": pin.by, "pinned_at": datetime.now(UTC),
    }  # fmt: skip
    session.merge(PinRow(key=key, **values))
    waited = session.get(WaitingTextRow, key)
    origins = tuple(str(origin) for origin in waited.origins) if waited else ()
    session.execute(delete(WaitingTextRow).where(WaitingTextRow.key == key))
    return origins


def load_pins(session: Session) -> tuple[Pin, ...]:
    """All pins by their words."""
    return tuple(
        Pin(text=row.text, lon=row.lon, lat=row.lat, name=row.name, by=row.pinned_by)
        for row in session.scalars(select(PinRow).order_by(PinRow.key))
    )


def remember_visits(session: Session, visits: Iterable[Visit]) -> None:
    """Count destinations under the names that people wrote."""
    for text, lon, lat in visits:
        at = normalised(text), round(lon, SAME_SPOT_DIGITS), round(lat, SAME_SPOT_DIGITS)
        if not at[0]:
            continue
        row = session.get(PastPlaceRow, at)
        if row is None:
            session.add(PastPlaceRow(key=at[0], lon=at[1], lat=at[2], text=text.strip(), uses=1))
            session.flush()
        else:
            row.uses = min(MOST_USES, row.uses + 1)


def load_past_places(session: Session) -> tuple[NamedPlace, ...]:
    """Past destinations, each at its median point with how often it was used."""
    rows = session.scalars(select(PastPlaceRow).order_by(PastPlaceRow.key, PastPlaceRow.lon)).all()
    return past_places((row.text, row.lon, row.lat) for row in rows for _ in range(row.uses))
