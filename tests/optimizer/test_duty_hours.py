"""Hours of drivers: overtime after a full day or week, its price by the day, a limit, over all plans.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s and 1 yuan a kilometre, 50 yuan a car.
"""

from dataclasses import replace
from datetime import date

from optimizer import cars
from optimizer.check import violations, violations_together
from optimizer.duty_hours import long_weeks, with_driver_hours
from optimizer.model import (
    CostRates,
    Driver,
    Problem,
    Reason,
    Request,
    Schedule,
    TimeWindow,
    Vehicle,
    VehicleType,
)
from optimizer.one_calendar import held
from optimizer.policy.driver_hours import driver_hours
from tests.optimizer.line_town import car, day, trip

TUESDAY, SATURDAY, NATIONAL_DAY = date(2026, 11, 10), date(2026, 11, 14), date(2026, 10, 1)
HOUR = 3_600
PAID = VehicleType(id="car", rates=CostRates(per_km_fen=100, overtime_per_hour_fen=6_000))
C1 = frozenset({"C1"})


def town(driver: Driver, *requests: Request, when: date = TUESDAY, vehicle: Vehicle | None = None) -> Problem:
    fleet = [vehicle or car("v", driver_ids=(driver.id,))]
    problem = day(fleet, requests, vehicle_types=(PAID,), drivers=(driver,), date=when.isoformat())
    return with_driver_hours(problem, driver_hours(when))


def meeting(hours: int, start_s: int = 30_000) -> Request:
    """D→A, stay, A→D: with 200 s on the road, on duty for so many hours to the second."""
    return trip("r", "DAD", start_s, stay_s=hours * HOUR - 200, sole_use=True)


def test_what_a_day_holds_and_pays() -> None:
    found = [driver_hours(d) for d in (TUESDAY, SATURDAY, NATIONAL_DAY)]
    assert [(h.day_s, h.overtime_percent) for h in found] == [(8 * HOUR, 150), (0, 200), (0, 300)]
    assert {h.most_s for h in found} == {11 * HOUR}
    tuesday = found[0]
    assert [tuesday.regular_s(h * HOUR) for h in (0, 32, 35, 40, 50)] == [
        8 * HOUR, 8 * HOUR, 5 * HOUR, 0, 0,
    ]  # fmt: skip


def test_overtime_is_paid_after_the_day_and_after_the_week() -> None:
    for week, overtime_fen in ((0, 6_000), (32, 6_000), (35, 4 * 6_000), (40, 9 * 6_000)):
        problem = town(Driver(id="p", licences=C1, week_s=week * HOUR), meeting(9))
        plan = cars.plan(problem)
        assert violations(problem, plan) == ()
        assert plan.objective_fen == 200 + overtime_fen


def test_on_days_off_all_hours_are_overtime_at_double_or_treble_pay() -> None:
    for when, rate in ((SATURDAY, 8_000), (NATIONAL_DAY, 12_000)):
        problem = town(Driver(id="p", licences=C1), meeting(2), when=when)
        plan = cars.plan(problem)
        assert violations(problem, plan) == ()
        assert plan.objective_fen == 200 + 2 * rate


def test_nobody_is_kept_beyond_the_longest_duty_of_a_day() -> None:
    driver = Driver(id="p", licences=C1)
    assert cars.plan(town(driver, meeting(11))).unserved == ()
    longer = town(driver, meeting(12))
    (left,) = cars.plan(longer).unserved
    assert left.reason is Reason.LIMIT
    # The judge says so of a plan that keeps him, by the second.
    loose = replace(longer, drivers=(driver,), vehicle_types=(PAID,), vehicles=(car("v", driver_ids=("p",)),))
    (broken,) = violations(replace(loose, drivers=longer.drivers), cars.plan(loose))
    assert (broken.rule, broken.excess) == ("driver_hours", HOUR)


def test_hours_in_other_plans_count_for_overtime_and_limit() -> None:
    bus = day([car("bus")], [trip("line", "DAD", 10_000, stay_s=5 * HOUR - 200, sole_use=True)])
    by_bus = cars.plan(bus)
    driven = replace(by_bus, routes=tuple(replace(r, driver_id="p") for r in by_bus.routes))
    driver = Driver(id="p", licences=C1)
    fleet = day([car("v", driver_ids=("p",))], [meeting(6)], vehicle_types=(PAID,), drivers=(driver,))
    problem = with_driver_hours(held(fleet, [driven]), driver_hours(TUESDAY))
    assert problem.drivers[0].today_s == 5 * HOUR
    plan = cars.plan(problem)
    # Five hours on the bus, six in the car: three beyond eight.
    assert plan.objective_fen == 200 + 3 * 6_000
    manned = replace(bus, drivers=(driver,))
    assert violations_together([(manned, driven), (problem, plan)]) == ()
    longer = replace(problem, requests=(meeting(7),))
    assert [u.reason for u in cars.plan(longer).unserved] == [Reason.LIMIT]


def test_rest_is_kept_between_plans() -> None:
    route = cars.plan(day([car("bus")], [trip("line", "DAD", 20_000, sole_use=True)])).routes[0]
    fleet = day([car("v", driver_ids=("p",))], [], drivers=(Driver(id="p", licences=C1),))
    other = Schedule(routes=(replace(route, driver_id="p"),))
    (driver,) = held(fleet, [other], rest_s=1_200).drivers
    assert driver.busy == (TimeWindow(start_s=route.start_s - 1_200, end_s=route.end_s + 1_200),)


def test_a_long_week_is_warned_of_not_refused() -> None:
    hours = driver_hours(TUESDAY)
    problem = town(Driver(id="p", licences=C1, week_s=36 * HOUR), meeting(4))
    assert long_weeks(problem, [cars.plan(problem)], hours) == ()
    problem = town(Driver(id="p", licences=C1, week_s=36 * HOUR), meeting(5))
    plan = cars.plan(problem)
    assert plan.unserved == ()
    (warning,) = long_weeks(problem, [plan], hours)
    assert "驾驶员 p 本周出车将达 41.0 小时，超过 40 小时" in warning.message


def test_a_car_that_several_may_drive_is_limited_by_who_has_least_left() -> None:
    tired = Driver(id="p", licences=C1, today_s=9 * HOUR)
    fleet = day(
        [car("v", driver_ids=("p", "q"))],
        [meeting(3)],
        vehicle_types=(PAID,),
        drivers=(tired, Driver(id="q", licences=C1)),
    )
    (left,) = cars.plan(with_driver_hours(fleet, driver_hours(TUESDAY))).unserved
    assert left.reason is Reason.LIMIT
