"""The lines of one day with those who booked, in a town on one straight road that a reader can compute.

D A B C E F at kilometres 0 to 5, 100 s a kilometre, work in E at eight. Two buses of 20 seats and one of 40.
"""

from collections.abc import Mapping
from dataclasses import replace

from optimizer import shuttle
from optimizer.booked_day import BookedDay, booked_day, spread_over
from optimizer.line_figures import Line, lines_of
from optimizer.lines import LineDraft
from optimizer.model import CostRates, Problem, Request, Schedule, Stop, StopOption, TimeWindow, VehicleType
from optimizer.price import price
from tests.optimizer.line_town import car, places, travel

EIGHT = 28_800
WINDOW = TimeWindow(start_s=EIGHT - 660, end_s=EIGHT - 600)
KINDS = tuple(
    VehicleType(id=f"s{seats}", capacity=(seats,), rates=CostRates(vehicle_used_fen=fen, per_km_fen=200))
    for seats, fen in ((20, 3_000), (40, 9_000))
)


def ride(name: str, at: str, riders: int) -> Request:
    home = Stop(options=(StopOption(place_id=at, service_s=30 + round(2.5 * riders)),), load=(riders,))
    work = Stop(options=(StopOption(place_id="E", window=WINDOW),), load=(-riders,))
    return Request(
        id=name, name=f"{at}→E（{riders} 人）", stops=(home, work), unserved_penalty_fen=10_000 * riders
    )


def plan() -> tuple[Problem, Schedule, tuple[Line, ...]]:
    """One bus for A (8) and B (9), the other for C (18); the large one stands."""
    buses = (car("b1", type_id="s20"), car("b2", type_id="s20"), car("b3", type_id="s40"))
    problem = Problem(
        name="早班车", date="2026-11-10", places=places(), vehicle_types=KINDS, vehicles=buses, depots=(),
        requests=(ride("a", "A", 8), ride("b", "B", 9), ride("c", "C", 18)), travel=travel(),
    )  # fmt: skip
    schedule = shuttle.plan(problem, work_limit=300)
    assert len(schedule.routes) == 2
    return problem, schedule, lines_of(LineDraft(problem=problem, members={}), schedule, "morning")


def day(booked: Mapping[str, int], closed: str = "") -> BookedDay:
    problem, schedule, lines = plan()
    shut = [line.id for line in lines if closed and any(r.request_id == closed for r in line.rides)]
    return booked_day(problem, schedule, lines, booked, closed=shut)


def order(found: BookedDay) -> list[str]:
    return sorted("".join(v.place_id for v in route.visits) for route in found.schedule.routes)


def test_a_stop_that_nobody_booked_is_not_driven_to() -> None:
    found = day({"a": 8, "c": 10})
    assert (order(found), found.violations, found.schedule.unserved) == (["AE", "CE"], (), ())
    # The boarding of ten takes 25 s, of eighteen 45 s.
    (visit,) = [v for route in found.schedule.routes for v in route.visits if v.place_id == "C"]
    assert visit.depart_s - visit.start_s == 30 + 25
    assert {r.name for r in found.problem.requests} == {"A→E（8 人）", "C→E（10 人）"}


def test_riders_of_a_closed_line_take_another_that_passes_with_seats() -> None:
    found = day({"a": 4, "b": 5, "c": 3}, closed="c")
    assert (order(found), found.moved, found.schedule.unserved) == (["ABCEEE"], 3, ())
    problem, schedule, _ = plan()
    before, after = (
        price(p, s, idle=False).total_fen for p, s in ((problem, schedule), (found.problem, found.schedule))
    )
    # One bus and its 8 km are saved, 30 yuan and 16.
    assert before - after == 3_000 + 1_600


def test_riders_of_a_closed_line_are_named_where_no_other_has_room() -> None:
    found = day({"a": 8, "b": 9, "c": 5}, closed="c")
    assert [(u.request_id, u.detail) for u in found.schedule.unserved] == [
        ("c", "C→E（5 人）：线路停开，其他线路坐不下或不顺路")
    ]
    assert len(found.schedule.routes) == 2 - 1


def test_a_line_with_more_riders_than_seats_gets_the_larger_bus() -> None:
    found = day({"a": 12, "b": 14, "c": 18})
    assert (found.violations, found.schedule.unserved) == ((), ())
    assert {route.vehicle_id for route in found.schedule.routes} >= {"b3"}
    assert len(found.schedule.routes) == 2


def test_more_than_any_bus_holds_is_split_over_a_second_one() -> None:
    found = day({"a": 8, "b": 9, "c": 55})
    assert {r.id for r in found.problem.requests} == {"a", "b", "c", "c+2"}
    assert (found.violations, found.schedule.unserved) == ((), ())
    assert len(found.schedule.routes) == 3


def test_riders_of_whom_only_the_line_is_known_are_spread_as_planned() -> None:
    _, _, lines = plan()
    line = next(line for line in lines if len(line.rides) == 2)
    assert spread_over(line, 17) == {"a": 8, "b": 9}
    assert sum(spread_over(line, 5).values()) == 5
    assert spread_over(replace(line, rides=()), 5) == {}
