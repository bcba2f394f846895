"""Ways of more than four hours: rest at the far end or on the way, by hand and through the judge.

The town of `line_town`: D A B C E F at kilometres 0 to 5; here a kilometre takes an hour, or as told.
"""

from dataclasses import replace

import pytest

from optimizer import cars
from optimizer.check import violations
from optimizer.model import CostRates, Problem, Request, Route, TimeWindow, Vehicle, VehicleType
from optimizer.rests import rests_on_the_way
from tests.optimizer.line_town import car, day, travel, trip

HOUR, REST = 3_600, 1_200


def far(*requests: Request, pace: int = HOUR, vehicle: Vehicle | None = None, **fields: object) -> Problem:
    return day([vehicle or car("v")], requests, travel=travel(seconds_per_km=(pace,)), **fields)


def driven(problem: Problem) -> Route:
    plan = cars.plan(problem)
    assert plan.unserved == ()
    assert violations(problem, plan) == ()
    return plan.routes[0]


@pytest.mark.parametrize(
    ("driven_s", "seconds", "rests"),
    [(0, 14_400, 0), (0, 14_401, 1), (0, 28_800, 1), (0, 28_801, 2), (14_400, 14_400, 1), (1, 14_400, 1)],
)
def test_a_rest_is_due_before_four_hours_are_passed(driven_s: int, seconds: int, rests: int) -> None:
    assert rests_on_the_way(driven_s, seconds) == rests


def test_who_drives_three_hours_out_rests_at_the_far_end_before_three_hours_home() -> None:
    route = driven(far(trip("r", "DC", 50_000)))
    (_, there) = route.visits
    assert there.arrival_s == 50_000 + 3 * HOUR
    assert there.depart_s - there.arrival_s == REST
    assert (route.rest_s, route.drive_s) == (0, 6 * HOUR)
    assert route.end_s == 50_000 + 6 * HOUR + REST


def test_a_way_of_five_hours_is_broken_by_a_rest_each_way() -> None:
    route = driven(far(trip("r", "DF", 50_000)))
    (_, there) = route.visits
    assert (there.rest_s, there.arrival_s) == (REST, 50_000 + 5 * HOUR + REST)
    # One hour since the rest, and five home: once more.
    stood = there.depart_s - there.arrival_s + route.rest_s
    assert stood == REST
    assert route.end_s == 50_000 + 10 * HOUR + 2 * REST


def test_the_way_to_the_first_stop_counts() -> None:
    # An hour to A, four from A to F: rested before boarding, so that nobody waits on the road.
    route = driven(far(trip("r", "AF", 50_000)))
    assert route.start_s == 50_000 - HOUR - REST
    assert [v.rest_s for v in route.visits] == [0, 0]
    assert route.visits[1].arrival_s == 50_000 + 4 * HOUR


def test_a_meeting_is_rest_enough() -> None:
    route = driven(far(trip("r", "DCD", 50_000, stay_s=REST)))
    assert route.end_s == 50_000 + 6 * HOUR + REST
    assert route.rest_s == 0


def test_who_must_be_there_without_time_for_rest_is_left_out() -> None:
    def by(second: int) -> Problem:
        asked = trip("r", "DF", 50_000)
        last = asked.stops[1]
        option = replace(last.options[0], window=TimeWindow(start_s=0, end_s=second))
        return far(replace(asked, stops=(asked.stops[0], replace(last, options=(option,)))))

    assert driven(by(50_000 + 5 * HOUR + REST)).visits[1].rest_s == REST
    assert len(cars.plan(by(50_000 + 5 * HOUR + REST - 1)).unserved) == 1


def test_rest_must_end_within_the_shift_and_is_paid_by_the_hour() -> None:
    paid = VehicleType(id="car", rates=CostRates(per_hour_fen=1_000))
    end_s = 50_000 + 6 * HOUR + REST
    shift = TimeWindow(start_s=0, end_s=end_s)
    problem = far(trip("r", "DC", 50_000), vehicle=car("v", shift=shift), vehicle_types=(paid,))
    plan = cars.plan(problem)
    assert violations(problem, plan) == ()
    assert plan.objective_fen == 6_333  # 6⅓ hours
    assert plan.bound_fen is None or plan.bound_fen <= plan.objective_fen
    short = replace(problem, vehicles=(car("v", shift=TimeWindow(start_s=0, end_s=end_s - 1)),))
    assert len(cars.plan(short).unserved) == 1


def test_the_judge_counts_rests_on_the_way_and_their_seconds() -> None:
    problem = far(trip("r", "DF", 50_000))
    plan = cars.plan(problem)
    (route,) = plan.routes
    board, there = route.visits
    hasty = replace(there, rest_s=0, arrival_s=there.arrival_s - REST, start_s=there.start_s - REST)
    faults = violations(problem, replace(plan, routes=(replace(route, visits=(board, hasty)),)))
    assert [f.rule for f in faults] == ["rest"]
    vague = replace(there, rest_s=0)
    faults = violations(problem, replace(plan, routes=(replace(route, visits=(board, vague)),)))
    assert {f.rule for f in faults} == {"arrival", "rest"}
    brief = replace(there, rest_s=REST - 1, arrival_s=there.arrival_s - 1, start_s=there.start_s - 1)
    faults = violations(problem, replace(plan, routes=(replace(route, visits=(board, brief)),)))
    assert [f.rule for f in faults] == ["rest"]
