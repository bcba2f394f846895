"""Lines counted by hand on a straight road: D A B C E F, 1 km and 100 s apart, work at C and E."""

from dataclasses import replace

import pytest

from optimizer.line_figures import LeftOut, LineFigures, Spread, figures_of, left_out_of, lines_of, spread
from optimizer.lines import LineDraft
from optimizer.model import (
    Reason,
    Request,
    Route,
    Schedule,
    Stop,
    StopOption,
    TimeWindow,
    Unserved,
    Visit,
)
from tests.optimizer.line_town import CAR, RATES, car, day, places

BUS = replace(CAR, id="bus", name="19座客车", capacity=(18,), rates=RATES)
BY_NINE = TimeWindow(start_s=0, end_s=1_000)


def _to_work(request_id: str, way: str, people: int, walk_m: int = 0) -> Request:
    home, work = way[0], way[1]
    return Request(
        id=request_id,
        stops=(
            Stop(options=(StopOption(place_id=home, service_s=30, walk_m=walk_m),), load=(people,)),
            Stop(options=(StopOption(place_id=work, window=BY_NINE),), load=(-people,)),
        ),
    )


def _visit(
    request_id: str | None, stop: int, place: str, arrival_s: int, depart_s: int | None = None
) -> Visit:
    return Visit(
        request_id=request_id, stop=stop, place_id=place, arrival_s=arrival_s, start_s=arrival_s,
        depart_s=arrival_s + 30 * (stop == 0) if depart_s is None else depart_s,
    )  # fmt: skip


def _route(*visits: Visit, vehicle_id: str = "v1", distance_m: int = 8_000) -> Route:
    return Route(
        vehicle_id=vehicle_id, start_place_id="D", end_place_id="D", start_s=0, end_s=2_000, visits=visits,
        distance_m=distance_m, drive_s=800,
    )  # fmt: skip


ONE_RUN = _route(
    _visit("a", 0, "A", 100),
    _visit("b", 0, "B", 230),
    _visit("a2", 0, "B", 260),
    _visit("a", 1, "C", 390, 390),
    _visit("b", 1, "E", 490, 490),
    _visit("a2", 1, "E", 490, 490),
)
ASKED = (_to_work("a", "AC", 4, walk_m=500), _to_work("b", "BE", 2, walk_m=300), _to_work("a2", "BE", 3))


def _draft(*requests: Request, members: dict[str, tuple[tuple[str, int], ...]] | None = None) -> LineDraft:
    buses = [car(v, type_id="bus", plate=f"云D0000{v[-1]}") for v in ("v1", "v2")]
    return LineDraft(problem=day(buses, requests, vehicle_types=(BUS,)), members=members or {})


def test_visits_in_a_row_at_one_place_are_one_stop_with_all_who_board_there() -> None:
    (line,) = lines_of(_draft(*ASKED), Schedule(routes=(ONE_RUN,)), "morning")
    told = [
        (s.place.id, s.arrival_s, s.depart_s, s.boarding, s.alighting, s.aboard, s.metres) for s in line.stops
    ]
    assert told == [
        ("A", 100, 130, 4, 0, 4, 0),
        ("B", 230, 290, 5, 0, 9, 1_000),
        ("C", 390, 390, 0, 4, 5, 2_000),
        ("E", 490, 490, 0, 5, 0, 3_000),
    ]
    assert (line.name, line.plate, line.type_name, line.seats) == ("早1线", "云D00001", "19座客车", 18)
    assert (line.riders, line.peak, line.metres, line.margin_s) == (9, 9, 3_000, 510)
    assert line.load_factor == 0.5
    assert line.rider_m == 4 * 1_000 + 9 * 1_000 + 5 * 1_000
    assert [place.id for place in line.workplaces] == ["C", "E"]


def test_a_rider_is_told_when_the_bus_leaves_the_stop_and_when_it_reaches_work() -> None:
    draft = _draft(*ASKED, members={"a": (("g1", 3), ("g2", 1))})
    (line,) = lines_of(draft, Schedule(routes=(ONE_RUN,)), "morning", walks_m={("g1", "A"): 120})
    told = [
        (r.group_id, r.riders, r.board.id, r.board_s, r.alight.id, r.alight_s, r.walk_m) for r in line.rides
    ]
    assert told == [
        ("g1", 3, "A", 130, "C", 390, 120),
        ("g2", 1, "A", 130, "C", 390, 500),
        ("b", 2, "B", 290, "E", 490, 300),
        ("a2", 3, "B", 290, "E", 490, 0),
    ]
    assert [ride.ride_s for ride in line.rides] == [260, 260, 230, 200]


def test_a_bus_that_comes_back_empty_for_a_second_load_drives_two_lines() -> None:
    route = _route(
        _visit("a", 0, "A", 100), _visit("a", 1, "C", 330, 330), _visit("b", 0, "B", 430),
        _visit("b", 1, "E", 660, 660),
    )  # fmt: skip
    first, second = lines_of(_draft(*ASKED[:2]), Schedule(routes=(route,)), "morning")
    assert [line.legs for line in (first, second)] == [(0, 2), (2, 4)]
    assert [line.id for line in (first, second)] == ["morning-1", "morning-2"]
    assert [line.metres for line in (first, second)] == [2_000, 2_000]


def test_a_reload_at_a_depot_is_no_stop() -> None:
    route = _route(
        _visit("a", 0, "A", 100), _visit("a", 1, "C", 330, 330), _visit(None, 0, "D", 630),
        _visit("b", 0, "B", 900), _visit("b", 1, "E", 1_130, 1_130),
    )  # fmt: skip
    first, second = lines_of(_draft(*ASKED[:2]), Schedule(routes=(route,)), "morning")
    assert [stop.place.id for stop in first.stops] == ["A", "C"]
    assert [stop.place.id for stop in second.stops] == ["B", "E"]
    assert second.margin_s == -130  # a plan that is late is shown as it is


def test_names_follow_places_not_minutes() -> None:
    early = _route(_visit("b", 0, "B", 100), _visit("b", 1, "E", 330, 330), vehicle_id="v1")
    late = _route(_visit("a", 0, "A", 200), _visit("a", 1, "C", 430, 430), vehicle_id="v2")
    lines = lines_of(_draft(*ASKED[:2]), Schedule(routes=(early, late)), "morning")
    assert [(line.name, line.vehicle_id) for line in lines] == [("早1线", "v2"), ("早2线", "v1")]
    again = lines_of(_draft(*ASKED[:2]), Schedule(routes=(late, early)), "morning")
    assert again == lines


def test_in_the_evening_the_walk_is_from_the_stop_where_they_get_off() -> None:
    home = Request(
        id="h",
        stops=(
            Stop(options=(StopOption(place_id="C", window=BY_NINE),), load=(2,)),
            Stop(options=(StopOption(place_id="A", service_s=30, walk_m=450),), load=(-2,)),
        ),
    )
    route = _route(_visit("h", 0, "C", 300, 300), _visit("h", 1, "A", 500, 530))
    draft = _draft(home, members={"h": (("g1", 2),)})
    (line,) = lines_of(draft, Schedule(routes=(route,)), "evening", walks_m={("g1", "A"): 90, ("g1", "C"): 5})
    assert line.name == "晚1线"
    assert [place.id for place in line.workplaces] == ["C"]
    assert [ride.walk_m for ride in line.rides] == [90]


def test_a_line_may_run_past_midnight() -> None:
    route = _route(_visit("a", 0, "A", 86_300), _visit("a", 1, "C", 86_530, 86_530))
    (line,) = lines_of(_draft(ASKED[0]), Schedule(routes=(route,)), "morning")
    assert (line.start_s, line.end_s) == (86_330, 86_530)


def test_the_figures_add_up() -> None:
    draft = _draft(*ASKED, _to_work("x", "AC", 7))
    schedule = Schedule(
        routes=(ONE_RUN,), unserved=(Unserved(request_id="x", reason=Reason.NO_SEATS, detail="x：座位不足"),)
    )
    lines = lines_of(draft, schedule, "morning")
    # Out 1 km empty, 3 km with riders, 4 km home; 50 yuan for the day and 8 km at 1 yuan for 9 riders.
    assert figures_of(draft, schedule, lines) == LineFigures(
        lines=1, buses=1, stops=4, riders=16, served=9, walk_m=Spread(p50=300, p90=500, most=500),
        ride_s=Spread(p50=230, p90=260, most=260), loaded_m=3_000, empty_m=5_000, seat_m=54_000,
        rider_m=18_000,
        load_factor=0.5, cost_fen=5_800, margin_s=(510, 610),
    )  # fmt: skip
    assert figures_of(draft, schedule, lines).cost_per_ride_fen == 644
    assert figures_of(draft, schedule, lines).seat_use == pytest.approx(1 / 3)
    assert left_out_of(draft, schedule) == (
        LeftOut(request_id="x", group_id="x", riders=7, reason="座位不足"),
    )


def test_no_lines_have_no_averages() -> None:
    draft = _draft()
    assert lines_of(draft, Schedule(routes=()), "morning") == ()
    figures = figures_of(draft, Schedule(routes=()), ())
    assert (figures.served, figures.walk_m, figures.load_factor, figures.margin_s) == (0, None, None, None)
    assert (figures.cost_per_ride_fen, figures.seat_use) == (None, None)


def test_percentiles_are_by_nearest_rank_and_count_every_rider() -> None:
    assert spread([(10, 5), (20, 4), (30, 1)]) == Spread(p50=10, p90=20, most=30)
    assert spread([(10, 1), (30, 1)]) == Spread(p50=10, p90=30, most=30)
    assert spread([(7, 1)]) == Spread(p50=7, p90=7, most=7)
    assert spread([(7, 0)]) is None


def test_every_stop_is_named_as_people_call_it() -> None:
    (line,) = lines_of(_draft(*ASKED), Schedule(routes=(ONE_RUN,)), "morning")
    assert [stop.place for stop in line.stops] == [p for p in places() if p.id in "ABCE"][:4]
