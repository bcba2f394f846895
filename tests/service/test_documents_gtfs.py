"""The feed is accepted by an outside validator and says what the book says."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import gtfs_guru
import pytest

from service.documents.book import LineBook
from service.documents.gtfs import Agency, Track, gtfs_feed, gtfs_time
from tests.service.line_book import NAMES, TITLE, book

MONDAY = date(2026, 11, 9)
WEEKS = [MONDAY + timedelta(days=n) for n in range(28) if n % 7 < 5]
AGENCY = Agency(name=TITLE)


def _tables(content: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {
            name: list(csv.DictReader(io.StringIO(opened.read(name).decode(), newline="")))
            for name in opened.namelist()
        }


def _errors(content: bytes, folder: Path) -> list[str]:
    file = folder / "gtfs.zip"
    file.write_bytes(content)
    return [f"{found.code} {found.file} {found.row}" for found in gtfs_guru.validate(str(file)).errors()]


def _straight(found: LineBook) -> dict[str, Track]:
    """Tracks from stop to stop as the crow flies."""
    return {
        line.id: Track(
            points=tuple((stop.place.lon, stop.place.lat, 1_000.0 * i) for i, stop in enumerate(line.stops)),
            stops_m=tuple(1_000.0 * i for i in range(len(line.stops))),
        )
        for line in found.lines
    }


def test_an_outside_validator_finds_no_error(tmp_path: Path) -> None:
    found = book()
    assert _errors(gtfs_feed(found, WEEKS, AGENCY, _straight(found)), tmp_path) == []
    assert _errors(gtfs_feed(found, WEEKS[:1], AGENCY), tmp_path) == []


def test_the_validator_would_find_a_bus_that_arrives_before_it_leaves(tmp_path: Path) -> None:
    found = book()
    line = found.lines[0]
    early = replace(line.stops[1], arrival_s=0, depart_s=0)
    wrong = replace(line, stops=(line.stops[0], early, *line.stops[2:]))
    side = replace(found.sides[0], lines=(wrong,))
    assert _errors(gtfs_feed(replace(found, sides=(side,)), WEEKS, AGENCY), tmp_path) != []


def test_stops_keep_their_names_whatever_they_are() -> None:
    tables = _tables(gtfs_feed(book(), WEEKS, AGENCY))
    assert {row["stop_id"]: row["stop_name"] for row in tables["stops.txt"]} == NAMES
    assert tables["agency.txt"][0]["agency_name"] == TITLE
    assert tables["agency.txt"][0]["agency_timezone"] == "Asia/Shanghai"


def test_times_past_midnight_go_on_counting_hours() -> None:
    tables = _tables(gtfs_feed(book(), WEEKS, AGENCY))
    late = [row for row in tables["stop_times.txt"] if row["trip_id"] == "morning-2"]
    assert [row["departure_time"] for row in late] == ["23:58:20", "25:00:00", "25:10:00"]
    assert gtfs_time(90_600) == "25:10:00"


def test_a_feed_says_where_one_may_board_and_get_off_and_that_nobody_pays() -> None:
    tables = _tables(gtfs_feed(book(), WEEKS, AGENCY))
    first, _, last = [row for row in tables["stop_times.txt"] if row["trip_id"] == "morning-1"]
    assert (first["pickup_type"], first["drop_off_type"]) == ("0", "1")
    assert (last["pickup_type"], last["drop_off_type"]) == ("1", "0")
    assert tables["fare_attributes.txt"][0]["price"] == "0.00"
    assert "8" not in [value for row in tables["stop_times.txt"] for value in row.values()]


def test_the_calendar_has_the_usual_weekdays_and_the_exceptions() -> None:
    sunday, wednesday = date(2026, 11, 15), date(2026, 11, 18)
    tables = _tables(gtfs_feed(book(), [d for d in WEEKS if d != wednesday] + [sunday], AGENCY))
    calendar = tables["calendar.txt"][0]
    assert [calendar[day] for day in ("monday", "wednesday", "friday", "saturday", "sunday")] == [*"11100"]
    assert (calendar["start_date"], calendar["end_date"]) == ("20261109", "20261204")
    assert [(row["date"], row["exception_type"]) for row in tables["calendar_dates.txt"]] == [
        ("20261115", "1"),
        ("20261118", "2"),
    ]


def test_a_single_date_needs_no_exception() -> None:
    tables = _tables(gtfs_feed(book(), [MONDAY], AGENCY))
    assert tables["calendar.txt"][0]["start_date"] == tables["calendar.txt"][0]["end_date"] == "20261109"
    assert "calendar_dates.txt" not in tables


def test_shapes_are_there_for_the_lines_that_have_a_track() -> None:
    found = book()
    one = {"morning-1": _straight(found)["morning-1"]}
    tables = _tables(gtfs_feed(found, WEEKS, AGENCY, one))
    assert [row["shape_dist_traveled"] for row in tables["shapes.txt"]] == ["0.0", "1000.0", "2000.0"]
    shapes = {row["trip_id"]: row["shape_id"] for row in tables["trips.txt"]}
    assert shapes == {"morning-1": "morning-1", "morning-2": "", "evening-1": ""}


def test_without_a_date_there_is_no_feed() -> None:
    with pytest.raises(ValueError, match="至少一个运行日期"):
        gtfs_feed(book(), [], AGENCY)


def test_equal_books_give_equal_bytes() -> None:
    assert gtfs_feed(book(), WEEKS, AGENCY) == gtfs_feed(book(), reversed(WEEKS), AGENCY)
