"""One calendar: held here is busy there, hours add up, a driver who is out is out of every plan."""

from dataclasses import replace

from optimizer import cars
from optimizer.check import violations, violations_together
from optimizer.happenings import DriverOut
from optimizer.model import Driver, Schedule, TimeWindow, VehicleType
from optimizer.one_calendar import Relief, held, long_hours, replan_day
from tests.optimizer.line_town import car, day, trip

C1, A1 = frozenset({"C1"}), frozenset({"A1"})
BUS = VehicleType(id="bus", capacity=(40,))


def test_what_one_plan_holds_is_busy_in_the_other() -> None:
    morning = day([car("v")], [trip("line", "AF", 25_000)], drivers=(Driver(id="p", licences=C1),))
    line = cars.plan(morning)
    asked = day([car("v"), car("w")], [trip("r", "AB", 25_100), trip("s", "AB", 40_000)])
    free = held(asked, [line])
    plan = cars.plan(free)
    assert {r.vehicle_id for r in plan.routes if r.start_s < 30_000} == {"w"}
    assert violations_together([(morning, line), (free, plan)]) == ()
    (route,) = line.routes
    manned = held(morning, [Schedule(routes=(replace(route, driver_id="p"),))])
    assert manned.drivers[0].busy == (TimeWindow(start_s=route.start_s, end_s=route.end_s),)


def test_hours_on_duty_add_up_over_all_plans() -> None:
    problem = day([car("v"), car("w")], [trip("r", "AB", 20_000), trip("s", "AB", 20_000)])
    routes = [replace(r, driver_id="p") for r in cars.plan(problem).routes]
    each = routes[0].end_s - routes[0].start_s
    both = [Schedule(routes=(route,)) for route in routes]
    assert long_hours(both, limit_s=2 * each) == ()
    (warning,) = long_hours(both, limit_s=2 * each - 1)
    assert warning.rule == "long_hours"
    assert "驾驶员 p 当天各项任务合计" in warning.message


def test_a_driver_sick_at_twenty_to_seven_is_replaced_in_bus_and_car_by_one_action() -> None:
    people = tuple(
        Driver(id=i, licences=licence)
        for i, licence in (("sick", A1), ("spare1", A1), ("spare2", C1), ("spare3", C1))
    )
    lines = day(
        [car("bus", type_id="bus")],
        [trip("line", "AF", 27_000, people=30)],
        vehicle_types=(BUS,),
        drivers=people,
    )
    fleet = day([car("v", driver_ids=("sick",))], [trip("r", "AB", 27_100)], drivers=people)
    by_bus, by_car = cars.plan(lines), cars.plan(fleet)
    event = DriverOut(driver_id="sick", vehicle_ids=("v",), spare_ids=("spare1", "spare2"))
    done, reliefs = replan_day(
        {"morning": (lines, by_bus), "cars": (fleet, by_car)}, [event], 24_000, crews={"bus": "sick"}
    )
    assert reliefs == (Relief(kind="morning", vehicle_id="bus", spare_id="spare1"),)
    # Only spare1 may drive the bus; so the car, at the same hour, is spare2's.
    assert [r.driver_id for r in done.schedule.routes] == ["spare2"]
    assert violations(done.problem, done.schedule) == ()
    alone = replace(event, spare_ids=("spare2",))
    _, reliefs = replan_day(
        {"morning": (lines, by_bus), "cars": (fleet, by_car)}, [alone], 24_000, crews={"bus": "sick"}
    )
    assert [r.spare_id for r in reliefs] == [None]


def test_a_bus_that_has_left_is_driven_to_its_end() -> None:
    people = (Driver(id="sick", licences=A1), Driver(id="spare", licences=A1))
    lines = day(
        [car("bus", type_id="bus")], [trip("line", "AF", 20_000)], vehicle_types=(BUS,), drivers=people
    )
    fleet = day([car("v")], [], drivers=people)
    event = DriverOut(driver_id="sick", spare_ids=("spare",))
    plans = {"morning": (lines, cars.plan(lines)), "cars": (fleet, Schedule(routes=()))}
    assert replan_day(plans, [event], 24_000, crews={"bus": "sick"})[1] == ()
