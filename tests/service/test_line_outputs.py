"""From planned lines to what is drawn and fed: tracks along the paths, dates of the feed, one numbering."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path as FilePath
from types import MappingProxyType

import pytest

from gis.paths import Path
from optimizer.line_figures import Line
from optimizer.lines import LineDraft
from optimizer.model import Route, Schedule
from optimizer.price import price
from service.kinds import EVENING, MORNING
from service.store.plans import Judged
from service.use_cases.handouts import TIMETABLE_HEADINGS, handouts
from service.use_cases.line_outputs import service_dates, write_line_outputs
from service.use_cases.line_tracks import driven, map_line, track
from service.use_cases.roads import Roads
from service.use_cases.shuttles import Lines
from tests.optimizer.line_town import car, day
from tests.service import own_town
from tests.service.line_book import BUS, book, named_places, request, route, side, visit

DEGREE_M = 111_195  # of latitude on the mean sphere


def _path(*lat: float) -> Path:
    return Path(
        profile="bus", edges=(0,), entry_s=(0.0,), depart_s=0, arrive_s=1, distance_m=1, start_offset_m=0,
        end_offset_m=1, lon=(103.0,) * len(lat), lat=lat,
    )  # fmt: skip


@pytest.fixture
def line() -> Line:
    """A line of three stops."""
    return book().lines[0]


def test_a_track_joins_the_paths_and_knows_where_its_stops_are(line: Line) -> None:
    found = track(line, [_path(25.0, 25.005, 25.01), _path(25.01, 25.02)])
    assert found is not None
    assert [point[:2] for point in found.points] == [(103, 25), (103, 25.005), (103, 25.01), (103, 25.02)]
    assert found.stops_m == pytest.approx((0, 0.01 * DEGREE_M, 0.02 * DEGREE_M), rel=1e-4)
    assert [point[2] for point in found.points] == sorted(point[2] for point in found.points)


def test_a_line_with_a_path_missing_has_no_track(line: Line) -> None:
    assert track(line, [_path(25.0, 25.01), None]) is None
    assert track(line, [_path(25.0, 25.01)]) is None


def test_points_that_repeat_are_left_out(line: Line) -> None:
    found = track(line, [_path(25.0, 25.000001, 25.01), _path(25.01, 25.0100001, 25.02)])
    assert found is not None
    assert [point[1] for point in found.points] == [25.0, 25.01, 25.02]


def test_the_feed_runs_on_workdays_make_up_days_included() -> None:
    found = service_dates("2026-09-15")
    assert date(2026, 9, 15) == found[0]
    assert date(2026, 9, 20) in found  # a Sunday that is worked
    assert date(2026, 9, 19) not in found
    assert date(2026, 10, 1) not in found
    assert found == tuple(sorted(set(found)))


def test_the_feed_ends_where_no_calendar_is_published_and_always_has_its_day() -> None:
    assert max(service_dates("2026-12-20")).year == 2026
    assert service_dates("2099-03-02") == (date(2099, 3, 2),)


def _judged(kind: str, *routes: Route, work: str = "一号院（北路）") -> Judged:
    requests = [request("a", "AC", 8), request("b", "BC", 2), request("f", "FC", 3)]
    buses = [car(v, type_id="bus") for v in ("v1", "v2")]
    places = tuple(replace(place, name=work) if place.id == "C" else place for place in named_places())
    problem = day(buses, requests, places=places, vehicle_types=(BUS,))
    schedule = Schedule(routes=routes)
    paths: Mapping[str, tuple[Path | None, ...]] = {
        r.vehicle_id: (*(_path(25.0, 25.0 + i) for i in range(len(r.visits))), None) for r in routes
    }
    return Judged(
        kind=kind, problem=problem, problem_hash="", schedule=schedule,
        bill=price(problem, schedule, idle=False), paths=MappingProxyType(paths),
    )  # fmt: skip


TWO_RUNS = route(
    "v1", visit("a", 0, "A", 100), visit("b", 0, "A", 100), visit("a", 1, "C", 300), visit("b", 1, "C", 300),
    visit("f", 0, "F", 600), visit("f", 1, "C", 900),
)  # fmt: skip


def test_the_paths_of_a_line_are_those_between_its_stops() -> None:
    plan = _judged(MORNING, TWO_RUNS)
    draft = LineDraft(problem=plan.problem, members={})
    assert draft.problem.requests
    first, second = side("morning", list(plan.problem.requests), TWO_RUNS).lines
    # The bus stays at A between the first two visits, and at C between the next two.
    assert [path and path.lat for path in driven(first, plan)] == [(25.0, 27.0)]
    assert [path and path.lat for path in driven(second, plan)] == [(25.0, 30.0)]


def test_a_map_draws_stops_where_riders_live_and_names_where_they_work(line: Line) -> None:
    drawn = map_line(line, [_path(25.0, 25.1)])
    assert drawn.name == "早1线 → 一号院"
    assert [stop.id for stop in drawn.stops] == ["A", "B"]
    assert map_line(book().lines[2], []).name == "晚1线 ← 一号院"


def test_the_table_of_a_timetable_names_lines_as_the_documents_do() -> None:
    judged = {kind: _judged(kind, TWO_RUNS) for kind in (MORNING, EVENING)}
    text = handouts(None, judged)["timetable.csv"].decode("utf-8-sig")  # type: ignore[arg-type]
    headings, *rows = [line.split(",") for line in text.splitlines()]
    assert tuple(headings) == TIMETABLE_HEADINGS
    assert [row[1] for row in rows] == [
        "早1线",
        "早1线",
        "早2线",
        "早2线",
        "晚1线",
        "晚1线",
        "晚2线",
        "晚2线",
    ]


def test_every_document_is_written_even_where_no_font_has_a_sign_of_a_name(tmp_path: FilePath) -> None:
    map_file = tmp_path / "town.osm"
    map_file.write_text(own_town._osm(), encoding="utf-8")
    roads = Roads(map_file, cache_folder=tmp_path / "cache")
    plan = _judged(MORNING, TWO_RUNS, work="一号院🚌")
    lines = {MORNING: Lines(draft=LineDraft(problem=plan.problem, members={}), schedule=plan.schedule)}
    told: list[float] = []
    out = tmp_path / "out"
    names = write_line_outputs(out, lines, {MORNING: plan}, roads, title="某市🚌", progress=told.append)
    assert names == (
        "timetables.pdf", "notices.pdf", "timetables.xlsx", "lines.geojson", "gtfs.zip", "lines_morning.png",
        "lines.html",
    )  # fmt: skip
    assert sorted(names) == sorted(file.name for file in out.iterdir())
    assert all((out / name).stat().st_size > 1_000 for name in names)
    assert told == sorted(told)
    layers = json.loads((out / "lines.geojson").read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["layer"] for f in layers] == ["line", "line", "stop", "compound", "stop"]
    assert layers[0]["properties"]["riders"] == "10"
    assert layers[0]["geometry"]["coordinates"] == [[103.0, 25.0], [103.0, 27.0]]


def test_a_plan_without_lines_writes_what_there_is_to_say(tmp_path: FilePath) -> None:
    map_file = tmp_path / "town.osm"
    map_file.write_text(own_town._osm(), encoding="utf-8")
    plan = _judged(EVENING)
    lines = {EVENING: Lines(draft=LineDraft(problem=plan.problem, members={}), schedule=plan.schedule)}
    roads = Roads(map_file, cache_folder=tmp_path / "cache")
    names = write_line_outputs(tmp_path / "out", lines, {EVENING: plan}, roads, title="某市")
    assert names == ("timetables.pdf", "notices.pdf", "timetables.xlsx", "lines.geojson", "lines.html")
