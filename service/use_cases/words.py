"""Places in words across imports: load what is known, keep what waits, pin it once."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine

from gis.coordinates import check_lonlat, to_wgs84
from gis.gazetteer import Answer, Pin
from service.database import reading, writing
from service.errors import IntakeError
from service.intake.places import day_gazetteer
from service.intake.words import Words
from service.rows import WaitingTextRow
from service.settings import Settings
from service.store import words as store
from service.use_cases.steps import Steps
from service.use_cases.stored import open_day


def load_words(engine: Engine) -> Words:
    """Pins and past destinations of a database."""
    with reading(engine) as session:
        return Words(pins=store.load_pins(session), past=store.load_past_places(session))


def keep_words(engine: Engine, words: Words) -> None:
    """Queue what nobody could place, and learn where people go under which name."""
    if words.waiting or words.visits:
        with writing(engine) as session:
            store.queue_texts(session, words.waiting.values())
            store.remember_visits(session, words.visits)


def waiting(engine: Engine) -> Sequence[WaitingTextRow]:
    """List the texts that wait for a pin, the oldest first."""
    with reading(engine) as session:
        rows = store.waiting_texts(session)
        session.expunge_all()
        return rows


def pins(engine: Engine) -> Sequence[Pin]:
    """List the pins by their words."""
    with reading(engine) as session:
        return store.load_pins(session)


def pin_place(
    engine: Engine, text: str, lon: float, lat: float, *, crs: str = "wgs84", name: str = ""
) -> tuple[Pin, tuple[str, ...]]:
    """Say once and for all what a text means; return the pin and who waited for it.

    Raises
    ------
    CoordinateError
        The point is none, or longitude and latitude are swapped.
    IntakeError
        The text is empty.
    """
    if not text.strip():
        message = "没有给出要定位的文字；请写成 paiche places pin 锦绣园小区 103.801 25.492"
        raise IntakeError(message)
    check_lonlat(lon, lat, text)
    x, y = to_wgs84(lon, lat, crs)
    pin = Pin(text=text.strip(), lon=float(x), lat=float(y), name=name)
    with writing(engine) as session:
        return pin, store.save_pin(session, pin)


def find_place(engine: Engine, settings: Settings, text: str, when: date | None, steps: Steps) -> Answer:
    """Say what a text may mean on the roads of a stored day, best first, each with its reason."""
    day, roads = open_day(engine, settings, when, steps)
    with steps.step("names", "读取地名"):
        gazetteer = day_gazetteer(day, roads, load_words(engine))
    return gazetteer.find(text)
