"""Why a request is left out: each reason alone and true; "the search ended" where nothing is provable only.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s a kilometre.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from optimizer import cars, explain, reason_words
from optimizer.model import (
    UNREACHABLE,
    Driver,
    Problem,
    Reason,
    Request,
    Route,
    Stop,
    StopOption,
    TimeWindow,
    Unserved,
    Vehicle,
    VehicleClass,
    VehicleType,
)
from optimizer.timed import timed_route
from optimizer.timing import Call, timetable
from tests.optimizer.line_town import CAR, car, day, travel, trip

TEN = 36_000


def told(problem: Problem, routes: Sequence[Route] = (), **known: Iterable[str]) -> dict[str, Unserved]:
    """What is said of every request that the routes leave out."""
    served = {visit.request_id for route in routes for visit in route.visits}
    left = [request for request in problem.requests if request.id not in served]
    return {u.request_id: u for u in explain.unserved(problem, routes, left, **known)}


def reason(vehicle: Vehicle, request: Request, **fields: Any) -> Reason:
    return told(day([vehicle], [request], **fields))["r"].reason


def limit(name: str, amount: int) -> dict[str, Any]:
    return {name: amount}


def driving(problem: Problem, vehicle_id: str, *request_ids: str) -> Route:
    table = timetable(problem)
    calls = [Call(request_id=i, stop=k) for i in request_ids for k in range(len(table.requests[i].stops))]
    vehicle = next(v for v in problem.vehicles if v.id == vehicle_id)
    route = timed_route(table, vehicle, calls)
    assert route is not None
    return route


AB = trip("r", "AB", TEN)
C1 = frozenset({"C1"})
SHORT = TimeWindow(start_s=0, end_s=TEN - 1)
HOUR = TimeWindow(start_s=TEN - 1_800, end_s=TEN + 1_800)

ALONE = {
    Reason.NO_SEATS: (car("v"), trip("r", "AB", TEN, people=5)),
    Reason.NO_CLASS: (car("v"), replace(AB, vehicle_classes=frozenset({VehicleClass.ENFORCEMENT}))),
    Reason.NO_SKILL: (car("v"), replace(AB, skills=frozenset({"lift"}))),
    Reason.NOT_ALLOWED: (car("v"), replace(AB, forbidden_vehicle_ids=frozenset({"v"}))),
    Reason.OUTSIDE_SHIFT: (car("v", shift=SHORT), AB),
    Reason.BUSY: (car("v", busy=(HOUR,)), AB),
    Reason.RIDE_TOO_LONG: (car("v"), trip("r", "AF", TEN, max_ride_s=399)),
    Reason.OUTSIDE_WINDOW: (
        car("v"),
        replace(
            AB,
            stops=(
                AB.stops[0],
                Stop(
                    options=(StopOption(place_id="B", window=TimeWindow(start_s=0, end_s=TEN + 99)),),
                    load=(-1,),
                ),
            ),
        ),
    ),
}


@pytest.mark.parametrize("expected", ALONE)
def test_what_keeps_the_only_car_from_it_is_the_reason(expected: Reason) -> None:
    vehicle, request = ALONE[expected]
    assert reason(vehicle, request) is expected
    assert told(day([vehicle], [request]))["r"].detail


def test_without_cars_there_is_no_vehicle() -> None:
    assert told(day([], [AB]))["r"].reason is Reason.NO_VEHICLE


@pytest.mark.parametrize(("name", "amount"), [("max_route_m", 3_999), ("max_route_s", 399), ("max_stops", 1)])
def test_a_limit_of_the_cars_day_is_named(name: str, amount: int) -> None:
    kind = replace(CAR, **limit(name, amount))  # D–A–B–D is 4 km, 400 s and two stops
    assert reason(car("v"), AB, vehicle_types=(kind,)) is Reason.LIMIT
    enough = replace(CAR, **limit(name, amount + 1))
    assert reason(car("v"), AB, vehicle_types=(enough,)) is Reason.SEARCH_ENDED


def test_more_than_four_hours_without_rest_is_named_and_a_stay_gives_the_rest() -> None:
    slow = travel(seconds_per_km=(3_000,))
    # D–A–B–C–D are 6 km: five hours on end, in a shift of five hours, or of as much as a stay takes longer.
    full, longer = (TimeWindow(start_s=TEN - 3_000, end_s=TEN + 15_000 + more) for more in (0, 1_200))
    assert reason(car("v", shift=full), trip("r", "ABC", TEN), travel=slow) is Reason.REST
    stay = trip("r", "ABC", TEN, stay_s=1_200)
    assert reason(car("v", shift=longer), stay, travel=slow) is Reason.SEARCH_ENDED


def test_a_way_that_is_closed_for_hours_is_named_with_the_hour_it_opens() -> None:
    closed = travel(seconds_per_km=(100, 100_000, 100), buckets=(0, 30_000, 60_000))
    (left,) = told(day([car("v")], [AB], travel=closed)).values()
    assert "A地→B地 因封路或缓行要到 16:41 才能到达（畅通时 1 分钟）" in left.detail
    (left,) = told(day([car("v")], [AB], travel=travel(seconds_per_km=(50_000,)))).values()
    assert "因封路" not in left.detail  # as slow at any hour


def test_a_place_without_a_way_is_unreachable() -> None:
    cut = travel()
    block = cut.blocks[0]
    at = {"D": 0, "A": 1, "B": 2, "C": 3, "E": 4, "F": 5}
    seconds = block.seconds.copy()
    seconds[:, :, :, at["B"]] = UNREACHABLE
    island = replace(cut, blocks=(replace(block, seconds=seconds),))
    assert reason(car("v"), AB, travel=island) is Reason.UNREACHABLE


def test_every_option_of_a_stop_is_tried_before_anything_is_said() -> None:
    far_or_near = Stop(options=(StopOption(place_id="F"), StopOption(place_id="B")), load=(-1,))
    request = replace(AB, stops=(AB.stops[0], far_or_near), max_ride_s=100)
    assert reason(car("v"), request) is Reason.SEARCH_ENDED
    assert reason(car("v"), replace(request, max_ride_s=99)) is Reason.RIDE_TOO_LONG


def test_a_car_with_a_gap_was_not_busy_and_one_without_is() -> None:
    asked = [trip("a", "AB", TEN), trip("r", "BC", TEN + 100), trip("s", "BC", TEN + 50)]
    problem = day([car("v")], asked)
    said = told(problem, [driving(problem, "v", "a")])
    assert said["r"].reason is Reason.SEARCH_ENDED
    assert said["s"].reason is Reason.BUSY  # it reaches B at 36,100 and should have been there at 36,050
    assert told(problem, [driving(problem, "v", "a")], tried=["v"])["r"].reason is Reason.BUSY


def test_cars_held_back_or_without_a_driver_say_so() -> None:
    problem = day([car("v"), car("w")], [AB])
    assert told(problem, held_back=["v"], without_driver=["w"])["r"].reason is Reason.RESERVE
    assert told(problem, without_driver=["v", "w"])["r"].reason is Reason.NO_DRIVER


def test_a_driver_who_is_off_or_drives_another_car_is_no_driver() -> None:
    off = Driver(id="d", licences=C1, shift=TimeWindow(start_s=TEN + 1, end_s=2 * TEN))
    problem = day([car("v", driver_ids=("d",))], [AB], drivers=(off,))
    assert told(problem)["r"].reason is Reason.NO_DRIVER
    on = replace(problem, drivers=(Driver(id="d", licences=C1),))
    assert told(on)["r"].reason is Reason.SEARCH_ENDED
    both = day(
        [car("v", driver_ids=("d",)), car("w", driver_ids=("d",))],
        [AB, trip("a", "AB", TEN)],
        drivers=(Driver(id="d", licences=C1),),
    )
    route = replace(driving(both, "w", "a"), driver_id="d")
    assert told(both, [route])["r"].detail.count("没有可用驾驶员") == 1


def test_a_driver_without_the_licence_and_a_holiday_freeze_are_named_apart() -> None:
    learner = day([car("v", driver_ids=("d",))], [AB], drivers=(Driver(id="d"),))
    assert told(learner)["r"].primary_code == "no_licence"
    sealed = day([car("v"), car("w", exempt=frozenset({"freeze"}))], [AB], fleet_frozen=True)
    (left,) = told(sealed).values()
    assert {c.reason: (c.vehicles, c.vehicle_id) for c in left.counts} == {
        Reason.SEARCH_ENDED: (1, "w"),
        Reason.FROZEN: (1, "v"),
    }
    assert "sealed for the holiday (such as v)" in left.detail_en


def test_walks_beyond_the_limit_are_told_in_metres() -> None:
    far = Stop(options=(StopOption(place_id="A", walk_m=1_234),), load=(1,))
    request = replace(AB, stops=(far, AB.stops[1]), forbidden_vehicle_ids=frozenset({"v"}))
    said = told(day([car("v")], [request]))["r"]
    assert said.reason is Reason.TOO_FAR_TO_WALK
    assert "1234" in said.detail


def test_the_reason_is_that_of_the_car_that_came_nearest_and_all_are_counted() -> None:
    small = VehicleType(id="small", capacity=(1,))
    fleet = [car("v1", type_id="small"), car("v2", shift=SHORT), car("v3", shift=SHORT)]
    problem = day(fleet, [trip("r", "AB", TEN, people=2)], vehicle_types=(CAR, small))
    said = told(problem)["r"]
    assert said.reason is Reason.OUTSIDE_SHIFT
    assert "3 辆车中" in said.detail
    assert "2 辆不在班次时间内" in said.detail
    assert "1 辆座位不足" in said.detail


def test_a_group_is_left_out_for_the_member_that_cannot_go() -> None:
    asked = [
        replace(AB, group_id="g"),
        trip("crowd", "AB", TEN, people=9, group_id="g", name="大队"),
    ]
    problem = day([car("v"), car("w")], asked)
    said = {u.request_id: u for u in cars.plan(problem).unserved}
    assert said["crowd"].reason is Reason.NO_SEATS
    assert said["r"].reason is Reason.GROUP
    assert "大队" in said["r"].detail


def test_every_reason_that_can_be_given_has_words_and_a_rank() -> None:
    assert set(reason_words.NEAREST_FIRST) == reason_words.CHINESE.keys()
    assert set(Reason) - reason_words.CHINESE.keys() == {
        Reason.NO_VEHICLE, Reason.TOO_FAR_TO_WALK, Reason.GROUP,
    }  # fmt: skip
