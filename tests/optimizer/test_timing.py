"""Exact times on a straight road: 1 km and 100 s from one letter to the next."""

from optimizer.model import Depot, Request, Stop, StopOption, TimeWindow
from optimizer.timed import timed_route
from optimizer.timing import Call, free_times, timetable
from tests.optimizer.line_town import car, day, travel, trip


def calls(request_id: str, stops: int = 2) -> list[Call]:
    return [Call(request_id=request_id, stop=i) for i in range(stops)]


def test_a_vehicle_leaves_so_late_that_it_is_just_in_time() -> None:
    problem = day([car("v")], [trip("r", "BC", 1_000)])
    route = timed_route(timetable(problem), problem.vehicles[0], calls("r"))
    assert route is not None
    assert (route.start_s, route.end_s) == (800, 1_400)  # D to B is 200 s, B to C 100 s, C to D 300 s
    assert [(v.arrival_s, v.start_s, v.depart_s) for v in route.visits] == [
        (1_000, 1_000, 1_000),
        (1_100, 1_100, 1_100),
    ]
    assert (route.distance_m, route.drive_s) == (6_000, 600)


def test_the_bucket_at_departure_decides_and_the_last_departure_is_found_in_it() -> None:
    slow_then_fast = travel(seconds_per_km=(100, 50), buckets=(0, 900))
    problem = day([car("v")], [trip("r", "BC", 1_010)], travel=slow_then_fast)
    route = timed_route(timetable(problem), problem.vehicles[0], calls("r"))
    assert route is not None
    assert route.start_s == 910  # 100 s in the fast hour; leaving at 899 would take no longer than to 1,000
    assert route.visits[0].arrival_s == 1_010


def test_an_open_end_is_at_the_last_stop() -> None:
    problem = day([car("v", end_place_id=None)], [trip("r", "BC", 1_000)])
    route = timed_route(timetable(problem), problem.vehicles[0], calls("r"))
    assert route is not None
    assert (route.end_place_id, route.end_s, route.distance_m) == ("C", 1_100, 3_000)


def test_no_route_outside_shift_opening_or_window() -> None:
    problem = day([car("v", shift=TimeWindow(start_s=801, end_s=9_000))], [trip("r", "BC", 1_000)])
    assert timed_route(timetable(problem), problem.vehicles[0], calls("r")) is None
    shut = day(
        [car("v")],
        [trip("r", "BC", 1_000)],
        depots=(Depot(place_id="D", window=TimeWindow(start_s=0, end_s=1_399)),),
    )
    assert timed_route(timetable(shut), shut.vehicles[0], calls("r")) is None


def test_busy_times_cut_the_shift_and_the_whole_route_lies_in_one_piece() -> None:
    vehicle = car(
        "v",
        shift=TimeWindow(start_s=0, end_s=5_000),
        busy=(TimeWindow(start_s=2_000, end_s=3_000), TimeWindow(start_s=2_500, end_s=3_500)),
    )
    problem = day([vehicle], [trip("r", "BC", 1_700), trip("s", "BC", 3_700)])
    table = timetable(problem)
    assert free_times(table, vehicle) == (
        TimeWindow(start_s=0, end_s=2_000),
        TimeWindow(start_s=3_500, end_s=5_000),
    )
    assert timed_route(table, vehicle, calls("r")) is None  # back at 2,100
    late = timed_route(table, vehicle, calls("s"))
    assert late is not None
    assert late.start_s == 3_500


def test_slack_is_kept_between_requests_and_not_inside_one() -> None:
    problem = day([car("v")], [trip("r", "AB", 1_000), trip("s", "BC", 1_400)], buffer_s=300)
    route = timed_route(timetable(problem), problem.vehicles[0], calls("r") + calls("s"))
    assert route is not None
    assert [v.start_s for v in route.visits] == [1_000, 1_100, 1_400, 1_500]
    tight = day([car("v")], [trip("r", "AB", 1_000), trip("s", "BC", 1_399)], buffer_s=300)
    assert timed_route(timetable(tight), tight.vehicles[0], calls("r") + calls("s")) is None


def test_waiting_is_done_before_riders_board() -> None:
    arrival = StopOption(place_id="C", window=TimeWindow(start_s=2_000, end_s=2_200))
    request = Request(
        id="s",
        stops=(Stop(options=(StopOption(place_id="B"),), load=(1,)), Stop(options=(arrival,), load=(-1,))),
    )
    problem = day([car("v")], [trip("r", "AB", 1_000), request])
    route = timed_route(timetable(problem), problem.vehicles[0], calls("r") + calls("s"))
    assert route is not None
    boarding, alighting = route.visits[2:]
    assert (boarding.arrival_s, boarding.start_s) == (1_100, 1_900)
    assert (alighting.arrival_s, alighting.start_s) == (2_000, 2_000)


def test_a_first_stop_without_window_is_reached_as_late_as_the_arrival_allows() -> None:
    arrival = StopOption(place_id="C", window=TimeWindow(start_s=2_000, end_s=2_200))
    request = Request(id="s", stops=(Stop(options=(StopOption(place_id="B"),)), Stop(options=(arrival,))))
    problem = day([car("v")], [request])
    route = timed_route(timetable(problem), problem.vehicles[0], calls("s"))
    assert route is not None
    assert (route.start_s, route.visits[0].start_s, route.visits[1].arrival_s) == (1_700, 1_900, 2_000)
