"""How few buses lines need, on the straight town of `line_town`: 100 s from letter to letter."""

from dataclasses import replace

import pytest

from optimizer.bus_count import BusCount, count_buses
from optimizer.errors import Unsupported
from optimizer.model import ALL_DAY, Problem, Request, Stop, StopOption, TimeWindow, VehicleType
from tests.optimizer.line_town import car, day

EIGHT = 28_800
BUS = VehicleType(id="car", capacity=(20,))


def ride(name: str, home: str, work: str, at_s: int, riders: int = 15, *, morning: bool = True) -> Request:
    """A minute at the stop; the bus is at work by `at_s`, or leaves from there not before it."""
    window = (
        TimeWindow(start_s=at_s - 600, end_s=at_s) if morning else TimeWindow(start_s=at_s, end_s=at_s + 600)
    )
    at_home = Stop(options=(StopOption(place_id=home, service_s=60),), load=(riders if morning else -riders,))
    at_work = Stop(
        options=(StopOption(place_id=work, window=window),), load=(-riders if morning else riders,)
    )
    return Request(id=name, stops=(at_home, at_work) if morning else (at_work, at_home), max_ride_s=1_000)


def town(*requests: Request) -> Problem:
    return day((car("bus"),), requests, vehicle_types=(BUS,))


def test_a_bus_serves_a_second_start_time_where_it_can_be_back_in_time() -> None:
    # Free in E at 08:00; 300 s to A, a minute there, 300 s back: 08:11.
    first, second = ride("1", "A", "E", EIGHT), ride("2", "A", "E", EIGHT + 660)
    assert count_buses(town(first, second)) == BusCount(buses=1, trips=2, at_least=1, impossible=())
    soon = ride("2", "A", "E", EIGHT + 659)
    assert count_buses(town(first, soon)) == BusCount(buses=2, trips=2, at_least=2, impossible=())


def test_the_evening_is_the_morning_backwards() -> None:
    # Leaves E at 17:00, 300 s to A, a minute there, 300 s back: 17:11.
    five = 61_200
    first = ride("1", "A", "E", five, morning=False)
    assert count_buses(town(first, ride("2", "A", "E", five + 660, morning=False))).buses == 1
    assert count_buses(town(first, ride("2", "A", "E", five + 659, morning=False))).buses == 2


def test_moving_the_work_of_one_compound_saves_a_bus() -> None:
    problem = town(ride("1", "A", "E", EIGHT), ride("2", "C", "F", EIGHT))
    assert count_buses(problem).buses == 2
    # E to C 100 s, a minute, C to F 200 s.
    assert count_buses(problem, later_s={"F": 360}).buses == 1
    assert count_buses(problem, later_s={"F": 359}).buses == 2


def test_small_buses_go_more_often_and_large_requests_are_named() -> None:
    problem = town(*(ride(str(n), "A", "E", EIGHT, 6) for n in range(4)), ride("5", "C", "E", EIGHT, 21))
    assert count_buses(problem) == BusCount(buses=2, trips=2, at_least=2, impossible=("5",))
    assert count_buses(problem, seats=6) == BusCount(buses=4, trips=4, at_least=4, impossible=("5",))


def test_nobody_needs_no_bus() -> None:
    assert count_buses(town()) == BusCount(buses=0, trips=0, at_least=0, impossible=())


def test_what_is_no_line_is_refused() -> None:
    morning, evening = ride("1", "A", "E", EIGHT), ride("2", "A", "E", 61_200, morning=False)
    with pytest.raises(Unsupported, match="同一方向"):
        count_buses(town(morning, evening))
    alone = replace(morning, stops=morning.stops[:1])
    with pytest.raises(Unsupported, match="1 站"):
        count_buses(town(alone))
    assert morning.stops[0].options[0].window == ALL_DAY
