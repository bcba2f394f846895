"""Requests of several days: planned on the first, held on the next ones, brought home on the last.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s and 1 yuan a kilometre, 50 yuan a car.
"""

from dataclasses import replace

from optimizer import cars
from optimizer.check import violations
from optimizer.happenings import Added
from optimizer.model import (
    CostRates,
    Driver,
    Problem,
    Reason,
    Request,
    Return,
    Schedule,
    TimeWindow,
    VehicleType,
)
from optimizer.one_calendar import held
from optimizer.price import price
from optimizer.replan import replan
from optimizer.several_days import aways, continued, way_back_id
from optimizer.validate import faults
from tests.optimizer.line_town import car, day, trip

FOUR = TimeWindow(start_s=57_600, end_s=57_600)
LODGED = VehicleType(id="car", rates=CostRates(vehicle_used_fen=5_000, per_km_fen=100, per_night_fen=18_000))


def away(request_id: str, way: str, start_s: int, nights: int, **fields: object) -> Request:
    back = Return(nights=nights, window=FOUR, place_id=way[0])
    return replace(trip(request_id, way, start_s, people=2), sole_use=True, back=back, **fields)  # type: ignore[arg-type]


def next_day(problem: Problem, schedule: Schedule, days: int, asked: tuple[Request, ...] = ()) -> Problem:
    left = continued(problem.vehicles, problem.drivers, [(days, a) for a in schedule.away])
    return replace(problem, vehicles=left.vehicles, drivers=left.drivers, requests=(*asked, *left.requests))


def test_the_first_day_ends_where_they_stay_and_nights_are_priced_but_not_planned_by() -> None:
    problem = day([car("v")], [away("r", "AF", 32_400, 2)], vehicle_types=(LODGED,))
    plan = cars.plan(problem)
    assert violations(problem, plan) == ()
    (route,) = plan.routes
    # D→A 1 km, A→F 4 km, and no way home that day.
    assert (route.end_place_id, route.distance_m, route.end_s) == ("F", 5_000, 32_800)
    assert plan.objective_fen == 5_000 + 500
    assert price(problem, plan).total_fen == 5_000 + 500 + 2 * 18_000
    (left,) = plan.away
    assert (left.vehicle_id, left.place.id, left.home.id, left.nights) == ("v", "F", "A", 2)
    assert left.load == (2,)


def test_nothing_follows_on_the_first_day() -> None:
    problem = day([car("v")], [away("r", "AF", 32_400, 1), trip("s", "FE", 40_000)])
    plan = cars.plan(problem)
    assert violations(problem, plan) == ()
    assert [u.request_id for u in plan.unserved] in (["s"], ["r"])
    two = replace(problem, vehicles=(car("v"), car("w")))
    plan = cars.plan(two)
    assert plan.unserved == ()
    assert violations(two, plan) == ()
    late = trip("t", "FE", 50_000)
    done = replan(problem, replace(cars.plan(day([car("v")], [away("r", "AF", 32_400, 1)]))),
                  [Added(request=late)], 45_000)  # fmt: skip
    assert [u.request_id for u in done.schedule.unserved] == ["s", "t"]
    assert violations(done.problem, done.schedule) == ()


def test_on_the_days_between_car_and_driver_are_held() -> None:
    people = (Driver(id="p", licences=frozenset({"C1"})), Driver(id="q", licences=frozenset({"C1"})))
    problem = day([car("v", driver_ids=("p",))], [away("r", "AF", 32_400, 2)], drivers=people)
    plan = cars.plan(problem)
    asked = (trip("s", "AB", 32_400),)
    second = next_day(problem, plan, 1, asked)
    (left,) = cars.plan(second).unserved
    assert left.reason in {Reason.BUSY, Reason.NO_DRIVER}
    # A second car that either may drive is driven by the one who is at home.
    more = replace(problem, vehicles=(*problem.vehicles, car("w", driver_ids=("p", "q"))))
    (route,) = cars.plan(next_day(more, plan, 1, asked)).routes
    assert (route.vehicle_id, route.driver_id) == ("w", "q")


def test_on_the_last_day_they_come_home_and_the_car_may_go_on() -> None:
    people = (Driver(id="p", licences=frozenset({"C1"})),)
    problem = day([car("v", driver_ids=("p",))], [away("r", "AF", 32_400, 2)], drivers=people)
    plan = cars.plan(problem)
    last = next_day(problem, plan, 2, (trip("early", "AB", 32_400), trip("s", "AB", 60_000)))
    assert faults(last) == ()
    back = cars.plan(last)
    assert violations(last, back) == ()
    (route,) = back.routes
    assert route.driver_id == "p"
    assert (route.start_place_id, route.start_s, route.end_place_id) == ("F", 57_600, "D")
    assert [v.request_id for v in route.visits] == [way_back_id("r")] * 2 + ["s"] * 2
    assert [u.request_id for u in back.unserved] == ["early"]
    third = next_day(problem, plan, 3, (trip("s", "AB", 32_400),))
    assert cars.plan(third).unserved == ()


def test_a_car_away_is_held_in_the_other_plans_of_the_first_day_too() -> None:
    problem = day([car("v")], [away("r", "AF", 32_400, 1)])
    plan = cars.plan(problem)
    evening = held(day([car("v")], [trip("line", "AB", 64_800)]), [plan])
    assert [u.reason for u in cars.plan(evening).unserved] == [Reason.BUSY]


def test_the_judge_names_what_follows_a_night_away_and_what_the_plan_hides() -> None:
    problem = day([car("v")], [away("r", "AF", 32_400, 1)])
    plan = cars.plan(problem)
    assert [v.rule for v in violations(problem, replace(plan, away=()))] == ["away"]
    home = replace(problem, requests=(trip("r", "AF", 32_400, people=2, sole_use=True),))
    (told,) = {v.rule for v in violations(problem, cars.plan(home))} - {"away", "objective"}
    assert told == "end_place"
    both = replace(problem, requests=(*problem.requests, trip("s", "FE", 40_000)))
    plain = replace(both, requests=(trip("r", "AF", 32_400, people=2, sole_use=True), both.requests[1]))
    assert "away" in {v.rule for v in violations(both, cars.plan(plain))}


def test_nonsense_is_named_before_anybody_plans() -> None:
    wrong = away("r", "AF", 32_400, 0)
    back = Return(nights=1, window=FOUR, place_id="nowhere")
    problem = day([car("v")], [wrong, replace(away("s", "AF", 32_400, 1), back=back)])
    found = "\n".join(faults(problem))
    assert "在外 0 夜" in found
    assert "返程的地点 'nowhere'" in found


def test_routes_without_nights_leave_nobody_away() -> None:
    problem = day([car("v")], [trip("r", "AF", 32_400)])
    assert aways(problem, cars.plan(problem).routes) == ()
