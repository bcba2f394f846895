"""Words wait once for everybody, a pin settles them, and destinations become known by use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gis.errors import CoordinateError
from gis.gazetteer import Unresolved, build_gazetteer
from service.database import open_database, prepare
from service.errors import IntakeError
from service.intake.words import Words
from service.use_cases.words import keep_words, load_words, pin_place, pins, waiting


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A new database in a file."""
    made = open_database(f"sqlite:///{tmp_path / 'words.sqlite3'}")
    prepare(made)
    yield made
    made.dispose()


def _asked(text: str, origin: str) -> Words:
    words = Words()
    words.wait(Unresolved(text=text, reason="没有找到"), origin)
    return words


def test_the_same_words_written_differently_wait_once_with_all_who_ask(engine: Engine) -> None:
    keep_words(engine, _asked("锦绣 花园", "甲.xlsx"))
    keep_words(engine, _asked("锦绣花园", "乙.xlsx"))
    (row,) = waiting(engine)
    assert (row.text, row.origins) == ("锦绣 花园", ["甲.xlsx", "乙.xlsx"])


def test_a_pin_empties_the_queue_and_takes_the_place_of_an_older_one(engine: Engine) -> None:
    keep_words(engine, _asked("锦绣花园", "甲.xlsx"))
    assert pin_place(engine, "锦绣花园", 103.8, 25.5)[1] == ("甲.xlsx",)
    assert waiting(engine) == ()
    pin_place(engine, "锦绣 花园", 103.9, 25.6, name="锦绣花园东门")
    assert [(pin.lon, pin.lat, pin.name) for pin in pins(engine)] == [(103.9, 25.6, "锦绣花园东门")]
    found = build_gazetteer((), pins=load_words(engine).pins).find("锦绣花园")
    assert found.sure
    assert found.best is not None
    assert found.best.place.lon == 103.9


def test_a_pin_in_gcj02_is_kept_in_wgs84(engine: Engine) -> None:
    pin, _ = pin_place(engine, "东门", 103.8, 25.5, crs="gcj02")
    assert 0.0005 < 103.8 - pin.lon < 0.005


def test_pins_that_cannot_be_are_refused(engine: Engine) -> None:
    with pytest.raises(CoordinateError):
        pin_place(engine, "东门", 25.5, 103.8)
    with pytest.raises(IntakeError, match="没有给出要定位的文字"):
        pin_place(engine, " ", 103.8, 25.5)
    assert list(pins(engine)) == []


def test_destinations_that_were_given_with_a_point_are_known_afterwards(engine: Engine) -> None:
    for _ in range(3):
        keep_words(engine, Words(visits=[("老火车站", 103.80001, 25.50001)]))
    keep_words(engine, Words(visits=[("老火车站", 103.9, 25.6)]))
    past = load_words(engine).past
    assert [(place.name, place.uses, place.lon, place.lat) for place in past] == [
        ("老火车站", 4, 103.8, 25.5)
    ]
    answer = build_gazetteer(past).find("lhcz")
    assert answer.best is not None
    assert answer.best.place.name == "老火车站"
