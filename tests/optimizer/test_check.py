"""The judge, rule by rule, in a town of five places on one straight road.

D – A – B – C – E lie 1 km apart; a car takes 60 s for each kilometre, 120 s from 10:00 on. A plan without
fault is broken in one way at a time, and exactly that is found, with its amount.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gis.matrix import UNREACHABLE, Block, TravelMatrix
from gis.places import Place
from optimizer.check import violations, violations_together
from optimizer.model import (
    CostRates,
    Depot,
    Driver,
    Problem,
    Reason,
    Request,
    Reserve,
    Route,
    Schedule,
    Stop,
    StopOption,
    TimeWindow,
    Unserved,
    Vehicle,
    VehicleClass,
    VehicleType,
    Visit,
)
from optimizer.price import decision_cost_fen, gap

PLACES = "DABCE"
EIGHT, TEN = 28_800, 36_000


def _travel(cut: Iterable[tuple[str, str]] = (), places: str = PLACES) -> TravelMatrix:
    """One kilometre from each place to the next; the pairs in `cut` have no way."""
    n = len(PLACES)
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    metres = np.stack([apart * 1_000, apart * 1_000])[None].astype(np.int32)
    seconds = np.stack([apart * 60, apart * 120])[None].astype(np.int32)
    for origin, destination in cut:
        at = (0, slice(None), PLACES.index(origin), PLACES.index(destination))
        seconds[at] = metres[at] = UNREACHABLE
    at_row = {name: PLACES.index(name) for name in places}
    block = Block(origins=at_row, destinations=at_row, seconds=seconds, metres=metres)
    return TravelMatrix(profiles=("car",), bucket_starts_s=(0, TEN), blocks=(block,))


def _request(request_id: str, way: str, riders: int = 2, at_s: int = EIGHT, **fields: Any) -> Request:
    """Riders from the first place of `way` to its last; 30 s of service start within 10 minutes of `at_s`."""
    loads = [riders, *[0] * (len(way) - 2), -riders]
    window = TimeWindow(start_s=at_s, end_s=at_s + 600)
    stops = tuple(
        Stop(
            options=(StopOption(place_id=place, window=window, service_s=30),)
            if i == 0
            else (StopOption(place_id=place, service_s=30),),
            load=(load,),
        )
        for i, (place, load) in enumerate(zip(way, loads, strict=True))
    )
    return Request(id=request_id, stops=stops, **fields)


SEDAN = VehicleType(id="sedan", capacity=(4,), rates=CostRates(vehicle_used_fen=8_000, per_km_fen=93))
CAR = Vehicle(id="v1", type_id="sedan", start_place_id="D", end_place_id="D", plate="云D0001")
OTHER = replace(CAR, id="v2", plate="云D0002")
TOWN = Problem(
    date="2026-03-02",
    places=tuple(Place(id=name, lon=103.8 + i / 100, lat=25.5, name=name) for i, name in enumerate(PLACES)),
    vehicle_types=(SEDAN,),
    vehicles=(CAR, OTHER),
    requests=(_request("r1", "AB"), _request("r2", "BC", at_s=EIGHT + 600)),
    travel=_travel(),
)
BOTH = (("r1", 0), ("r1", 1), ("r2", 0), ("r2", 1))


def _route(
    problem: Problem,
    calls: Iterable[tuple[str | None, int]],
    vehicle_id: str = "v1",
    start_s: int = EIGHT - 60,
    reload_place: str = "D",
) -> Route:
    """Drive the calls in order as early as may be; a call of None is a reload."""
    vehicle = next(v for v in problem.vehicles if v.id == vehicle_id)
    requests = {r.id: r for r in problem.requests}
    at, now, metres, seconds = vehicle.start_place_id, start_s, 0, 0
    visits = []
    for request_id, stop in calls:
        option = (
            requests[request_id].stops[stop].options[0] if request_id else StopOption(place_id=reload_place)
        )
        leg = problem.travel.travel("car", at, option.place_id, now)
        arrival = now + leg[0]
        start = max(arrival, option.window.start_s)
        at, now, metres, seconds = (
            option.place_id,
            start + option.service_s,
            metres + leg[1],
            seconds + leg[0],
        )
        visits.append(
            Visit(
                request_id=request_id, stop=stop, place_id=at, arrival_s=arrival, start_s=start, depart_s=now
            )
        )
    end = vehicle.end_place_id or at
    leg = problem.travel.travel("car", at, end, now)
    return Route(
        vehicle_id=vehicle_id,
        start_place_id=vehicle.start_place_id,
        end_place_id=end,
        start_s=start_s,
        end_s=now + leg[0],
        visits=tuple(visits),
        distance_m=metres + leg[1],
        drive_s=seconds + leg[0],
    )


def _plan(problem: Problem, *routes: Route, unserved: Iterable[str] = ()) -> Schedule:
    """A schedule of these routes that states its true price, where it has one."""
    left = tuple(Unserved(request_id=r, reason=Reason.NO_VEHICLE) for r in unserved)
    schedule = Schedule(routes=routes, unserved=left)
    try:
        return replace(schedule, objective_fen=decision_cost_fen(problem, schedule))
    except LookupError:
        return schedule


def _found(problem: Problem, *schedules: Schedule) -> list[tuple[str, int | None]]:
    return [(v.rule, v.excess) for v in violations(problem, *schedules)]


def _of(
    problem: Problem, calls: Iterable[tuple[str | None, int]], **how: Any
) -> list[tuple[str, int | None]]:
    return _found(problem, _plan(problem, _route(problem, calls, **how)))


def _with_visit(route: Route, i: int, **changes: Any) -> Route:
    visits = list(route.visits)
    visits[i] = replace(visits[i], **changes)
    return replace(route, visits=tuple(visits))


GOOD = _route(TOWN, BOTH)


def test_a_plan_that_keeps_every_rule_has_no_violation() -> None:
    assert violations(TOWN, _plan(TOWN, GOOD)) == ()


def test_an_empty_plan_that_names_what_it_leaves_out_has_no_violation() -> None:
    assert violations(TOWN, _plan(TOWN, unserved=["r1", "r2"])) == ()


def test_waiting_after_service_is_allowed() -> None:
    route = _route(TOWN, [("r1", 0), ("r1", 1)])
    late = _with_visit(route, 1, depart_s=route.visits[1].depart_s + 300)
    late = replace(late, end_s=late.end_s + 300)
    assert violations(TOWN, _plan(TOWN, late, unserved=["r2"])) == ()


def test_every_message_is_one_chinese_sentence_that_names_the_vehicle_by_plate() -> None:
    (fault,) = violations(TOWN, _plan(TOWN, replace(GOOD, distance_m=GOOD.distance_m - 7)))
    assert fault.message == "车辆 云D0001：各段里程合计 6000 米，路线写的是 5993 米"
    assert fault.vehicle_id == "v1"


# -- what is served --------------------------------------------------------------------------------------


def test_a_request_in_no_list_is_missing() -> None:
    assert _of(TOWN, BOTH[:2]) == [("missing", None)]


def test_a_request_on_two_routes_is_served_twice() -> None:
    other = _route(TOWN, BOTH[:2], "v2")
    assert _found(TOWN, _plan(TOWN, GOOD, other)) == [("served_twice", None)]


def test_a_request_both_served_and_left_out_is_found() -> None:
    assert _found(TOWN, _plan(TOWN, GOOD, unserved=["r1"])) == [("served_and_unserved", None)]


def test_a_request_left_out_twice_is_found() -> None:
    assert _found(TOWN, _plan(TOWN, unserved=["r1", "r1", "r2"])) == [("unserved_twice", None)]


def test_stops_out_of_order_are_found() -> None:
    free = replace(TOWN, requests=(_request("r1", "AB", riders=0, at_s=EIGHT),))
    assert _of(free, [("r1", 1), ("r1", 0)]) == [("stop_order", None)]


def test_a_stop_left_out_is_found() -> None:
    assert _of(TOWN, [("r1", 0), ("r2", 0), ("r2", 1)]) == [("stop_order", None)]


def test_a_request_split_by_a_reload_is_found() -> None:
    twice = replace(TOWN, vehicles=(replace(CAR, trips=2),), requests=TOWN.requests[:1])
    assert _of(twice, [("r1", 0), (None, 0), ("r1", 1)]) == [("trip_split", None), ("negative_load", 2)]


def test_half_a_group_is_found() -> None:
    grouped = replace(TOWN, requests=tuple(replace(r, group_id="g") for r in TOWN.requests))
    assert _found(grouped, _plan(grouped, _route(grouped, BOTH[:2]), unserved=["r2"])) == [("group", 1)]
    assert _found(grouped, _plan(grouped, unserved=["r1", "r2"])) == []


# -- unknown ids -----------------------------------------------------------------------------------------


def test_an_unknown_vehicle_is_found() -> None:
    ghost = replace(GOOD, vehicle_id="v9")
    assert _found(TOWN, _plan(TOWN, ghost, unserved=["r1", "r2"])) == [("unknown_vehicle", None)]


def test_an_unknown_driver_is_found() -> None:
    assert _found(TOWN, _plan(TOWN, replace(GOOD, driver_id="p9"))) == [("unknown_driver", None)]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"request_id": "r9"}, {"unknown_request", "stop_order", "negative_load"}),
        ({"stop": 7}, {"unknown_stop", "stop_order", "negative_load"}),
        ({"option": 3}, {"unknown_option"}),
        ({"option": -1}, {"unknown_option"}),
        ({"place_id": "X"}, {"unknown_place", "wrong_place", "no_travel_time"}),
        ({"place_id": "C"}, {"wrong_place", "arrival"}),
    ],
)
def test_a_visit_that_the_problem_does_not_know_is_found(changes: dict[str, Any], rules: set[str]) -> None:
    broken = _with_visit(GOOD, 0, **changes)
    assert rules <= {rule for rule, _ in _found(TOWN, _plan(TOWN, broken))}


def test_an_unknown_request_in_the_unserved_list_is_found() -> None:
    assert _found(TOWN, _plan(TOWN, GOOD, unserved=["r9"])) == [("unknown_request", None)]


# -- time ------------------------------------------------------------------------------------------------


def test_an_arrival_is_departure_plus_travel_to_the_second() -> None:
    visit = GOOD.visits[1]
    early = _with_visit(GOOD, 1, arrival_s=visit.arrival_s - 1)
    assert _found(TOWN, _plan(TOWN, early)) == [("arrival", 1)]


def test_travel_takes_what_it_takes_at_the_hour_of_departure() -> None:
    late = replace(TOWN, requests=(_request("r1", "AB", at_s=TEN),))
    route = _route(late, BOTH[:2], start_s=TEN)
    assert route.visits[0].arrival_s == TEN + 120
    assert _found(late, _plan(late, route)) == []
    as_before = _with_visit(route, 0, arrival_s=TEN + 60)
    assert _found(late, _plan(late, as_before)) == [("arrival", 60)]


def test_a_wrong_return_time_is_found() -> None:
    assert _found(TOWN, _plan(TOWN, replace(GOOD, end_s=GOOD.end_s + 5))) == [("end_time", 5)]


def test_service_before_the_window_is_found() -> None:
    visit = GOOD.visits[2]
    assert visit.start_s == EIGHT + 600
    rules = _found(TOWN, _plan(TOWN, _with_visit(GOOD, 2, start_s=visit.start_s - 20)))
    assert rules == [("window", 20)]


def test_service_after_the_window_is_found() -> None:
    route = _route(TOWN, BOTH[:2], start_s=EIGHT - 60 + 615)
    assert _found(TOWN, _plan(TOWN, route, unserved=["r2"])) == [("window", 15)]


def test_service_that_starts_before_arrival_is_found() -> None:
    visit = GOOD.visits[1]
    rules = _found(TOWN, _plan(TOWN, _with_visit(GOOD, 1, start_s=visit.arrival_s - 3)))
    assert rules == [("times", 3)]


def test_service_cut_short_is_found() -> None:
    route = _route(TOWN, BOTH[:2])
    short = replace(_with_visit(route, 1, depart_s=route.visits[1].depart_s - 10), end_s=route.end_s - 10)
    assert _found(TOWN, _plan(TOWN, short, unserved=["r2"])) == [("service", 10)]


def test_wrong_sums_are_found() -> None:
    assert _found(TOWN, _plan(TOWN, replace(GOOD, distance_m=GOOD.distance_m + 1_000))) == [
        ("distance", 1_000)
    ]
    assert _found(TOWN, _plan(TOWN, replace(GOOD, drive_s=GOOD.drive_s - 60))) == [("drive_time", 60)]


def test_a_leg_without_a_way_is_found() -> None:
    cut = replace(TOWN, travel=_travel(cut=[("A", "B")]))
    assert _found(cut, _plan(TOWN, GOOD)) == [("unreachable", None)]


def test_a_leg_that_the_matrix_does_not_hold_is_found() -> None:
    unknown = replace(TOWN, travel=_travel(places="DAB"))
    assert _found(unknown, _plan(TOWN, GOOD)) == [("no_travel_time", None), ("no_travel_time", None)]


# -- ends ------------------------------------------------------------------------------------------------


def test_a_route_must_start_where_the_vehicle_stands() -> None:
    elsewhere = replace(TOWN, vehicles=(replace(CAR, start_place_id="E"), OTHER))
    assert _found(elsewhere, _plan(TOWN, GOOD)) == [("start_place", None)]


def test_a_route_must_end_where_the_vehicle_must_end() -> None:
    elsewhere = replace(TOWN, vehicles=(replace(CAR, end_place_id="E"), OTHER))
    assert _found(elsewhere, _plan(TOWN, GOOD)) == [("end_place", None)]


def test_an_open_route_ends_at_its_last_visit() -> None:
    free = replace(TOWN, vehicles=(replace(CAR, end_place_id=None), OTHER))
    assert _of(free, BOTH) == []
    assert _found(free, _plan(TOWN, GOOD)) == [("end_place", None)]


# -- loads -----------------------------------------------------------------------------------------------


def _shared(riders: int) -> Problem:
    """r1 rides A → C, r2 boards in B while r1 is on board."""
    return replace(TOWN, requests=(_request("r1", "AC", 2), _request("r2", "BC", riders)))


OVERLAP = (("r1", 0), ("r2", 0), ("r1", 1), ("r2", 1))


def test_more_riders_than_licensed_seats_are_found() -> None:
    assert _of(_shared(2), OVERLAP) == []
    assert _of(_shared(3), OVERLAP) == [("capacity", 1)]


def test_a_delivery_is_on_board_from_the_depot() -> None:
    parcel = Request(id="r1", stops=(Stop(options=(StopOption(place_id="C"),), load=(-3,)),))
    riders = _request("r2", "AB", 2)
    town = replace(TOWN, requests=(parcel, riders))
    assert _of(town, [("r1", 0), ("r2", 0), ("r2", 1)]) == []
    assert _of(town, [("r2", 0), ("r2", 1), ("r1", 0)]) == [("capacity", 1)]


def test_a_collection_stays_on_board_to_the_end_of_the_trip() -> None:
    waste = Request(id="r1", stops=(Stop(options=(StopOption(place_id="C"),), load=(3,)),))
    riders = _request("r2", "AB", 2)
    town = replace(TOWN, vehicles=(replace(CAR, trips=2), OTHER), requests=(waste, riders))
    assert _of(town, [("r2", 0), ("r2", 1), ("r1", 0)]) == []
    assert _of(town, [("r1", 0), ("r2", 0), ("r2", 1)]) == [("capacity", 1)]
    assert _of(town, [("r1", 0), (None, 0), ("r2", 0), ("r2", 1)]) == []


def test_loads_are_counted_in_every_dimension() -> None:
    kilos = VehicleType(id="sedan", capacity=(1_000, 6))
    crate = (StopOption(place_id="B"),)
    town = replace(
        TOWN,
        dimensions=("kg", "m3"),
        vehicle_types=(kilos,),
        requests=tuple(Request(id=r, stops=(Stop(options=crate, load=(-100, -4)),)) for r in ("r1", "r2")),
    )
    assert _of(town, [("r1", 0), ("r2", 0)]) == [("capacity", 2)]


def test_a_ride_longer_than_allowed_is_found() -> None:
    # A → B 60 s, 30 s at B, B → C 60 s.
    for limit, expected in ((150, []), (149, [("max_ride", 1)])):
        town = _shared(2)
        town = replace(town, requests=(replace(town.requests[0], max_ride_s=limit), town.requests[1]))
        assert _of(town, OVERLAP) == expected


def test_waiting_on_board_before_the_last_stop_is_riding() -> None:
    noon = StopOption(place_id="B", window=TimeWindow(start_s=EIGHT + 300, end_s=EIGHT + 900))
    request = replace(
        _request("r1", "AB"), stops=(_request("r1", "AB").stops[0], Stop(options=(noon,), load=(-2,)))
    )
    # Leaves A at 08:00:30, reaches B at 08:01:30 and waits there until 08:05.
    for limit, expected in ((270, []), (269, [("max_ride", 1)])):
        town = replace(TOWN, requests=(replace(request, max_ride_s=limit),))
        assert _of(town, BOTH[:2]) == expected


def test_sole_use_allows_nobody_on_the_way() -> None:
    town = _shared(2)
    alone = replace(town, requests=(replace(town.requests[0], sole_use=True), town.requests[1]))
    assert _of(alone, OVERLAP) == [("sole_use", 1)]
    assert _of(alone, [("r1", 0), ("r1", 1), ("r2", 0), ("r2", 1)]) == []


def test_sole_use_sees_a_delivery_that_rides_along() -> None:
    parcel = Request(id="r2", stops=(Stop(options=(StopOption(place_id="C"),), load=(-1,)),))
    town = replace(TOWN, requests=(_request("r1", "AB", sole_use=True), parcel))
    assert _of(town, [("r1", 0), ("r1", 1), ("r2", 0)]) == [("sole_use", 1)]
    assert _of(town, [("r2", 0), ("r1", 0), ("r1", 1)]) == []


def test_slack_between_two_requests_is_all_waiting_between_them() -> None:
    # r1 is done in B at 08:02; r2 starts in B at 08:10: 480 s.
    assert _of(replace(TOWN, buffer_s=480), BOTH) == []
    assert _of(replace(TOWN, buffer_s=500), BOTH) == [("buffer", 20)]


def test_no_slack_is_asked_while_somebody_is_on_board() -> None:
    assert _of(replace(_shared(2), buffer_s=500), OVERLAP) == []


# -- a day of a vehicle ----------------------------------------------------------------------------------


def _with_car(**fields: Any) -> Problem:
    return replace(TOWN, vehicles=(replace(CAR, **fields), OTHER))


def test_leaving_before_the_shift_is_found() -> None:
    assert _of(_with_car(shift=TimeWindow(start_s=EIGHT, end_s=TEN)), BOTH) == [("shift", 60)]


def test_returning_after_the_shift_is_found() -> None:
    assert _of(_with_car(shift=TimeWindow(start_s=0, end_s=GOOD.end_s - 9)), BOTH) == [("shift", 9)]


def test_driving_while_the_vehicle_is_held_is_found() -> None:
    assert _of(_with_car(busy=(TimeWindow(start_s=0, end_s=EIGHT - 50),)), BOTH) == [("busy", 10)]
    assert _of(_with_car(busy=(TimeWindow(start_s=0, end_s=EIGHT - 60),)), BOTH) == []


def test_a_vehicle_that_stands_at_its_base_may_be_held_meanwhile() -> None:
    town = replace(TOWN, requests=(TOWN.requests[0], _request("r2", "BC", at_s=EIGHT + 3_600)))
    held = (TimeWindow(start_s=EIGHT + 600, end_s=EIGHT + 1_200),)
    town = replace(town, vehicles=(replace(CAR, trips=2, busy=held), OTHER))
    route = _route(town, [("r1", 0), ("r1", 1), (None, 0), ("r2", 0), ("r2", 1)])
    assert [rule for rule, _ in _found(town, _plan(town, route))] == ["busy"]
    stay = _with_visit(route, 2, depart_s=EIGHT + 3_000)
    stay = _with_visit(stay, 3, arrival_s=EIGHT + 3_120)
    assert _found(town, _plan(town, stay)) == []


@pytest.mark.parametrize(
    ("limit", "amount", "rule"),
    [
        ("max_route_m", 6_000, "route_m"),
        ("max_route_s", GOOD.end_s - GOOD.start_s, "route_s"),
        ("max_stops", 3, "stops"),
    ],
)
def test_limits_of_the_type_hold(limit: str, amount: int, rule: str) -> None:
    for most, expected in ((amount, []), (amount - 1, [(rule, 1)])):
        kind = replace(SEDAN, **{limit: most})  # type: ignore[arg-type]
        assert _of(replace(TOWN, vehicle_types=(kind,)), BOTH) == expected


def test_one_trip_too_many_is_found() -> None:
    calls = [("r1", 0), ("r1", 1), (None, 0), ("r2", 0), ("r2", 1)]
    assert _of(_with_car(trips=2), calls) == []
    assert _of(_with_car(trips=1), calls) == [("trips", 1)]


def test_reloading_on_the_road_is_found() -> None:
    calls = [("r1", 0), ("r1", 1), (None, 0), ("r2", 0), ("r2", 1)]
    assert _of(_with_car(trips=2), calls, reload_place="E") == [("reload_place", None)]
    depot = replace(_with_car(trips=2), depots=(Depot(place_id="E"),))
    assert _of(depot, calls, reload_place="E") == []


# -- depots ----------------------------------------------------------------------------------------------


def test_a_closed_depot_is_found() -> None:
    opening = TimeWindow(start_s=EIGHT, end_s=GOOD.end_s - 7)
    town = replace(TOWN, depots=(Depot(place_id="D", window=opening),))
    assert _of(town, BOTH) == [("depot_closed", 60), ("depot_closed", 7)]


def test_more_vehicles_than_spaces_are_found() -> None:
    calls = BOTH
    ends_at_e = replace(CAR, end_place_id="E")
    town = replace(
        TOWN,
        vehicles=(ends_at_e, replace(OTHER, start_place_id="E", end_place_id="E")),
        depots=(Depot(place_id="E", spaces=1),),
    )
    assert _of(town, calls) == [("depot_full", 1)]
    assert _of(replace(town, depots=(Depot(place_id="E", spaces=2),)), calls) == []


def test_a_space_left_at_the_same_second_is_free() -> None:
    first = _request("r1", "AC", at_s=EIGHT)
    town = replace(
        TOWN,
        vehicles=(replace(CAR, end_place_id="E"), replace(OTHER, start_place_id="E", end_place_id="D")),
        requests=(first, _request("r2", "CB", at_s=EIGHT)),
        depots=(Depot(place_id="E", spaces=1),),
    )
    one = _route(town, BOTH[:2])
    two = _route(town, BOTH[2:], "v2", start_s=one.end_s)
    assert _found(town, _plan(town, one, two)) == []
    later = _route(town, BOTH[2:], "v2", start_s=one.end_s + 1)
    assert _found(town, _plan(town, one, later)) == [("depot_full", 1)]


# -- drivers ---------------------------------------------------------------------------------------------

ANN = Driver(id="p1", licences=frozenset({"C1"}))


def _driven(driver: Driver = ANN, **fields: Any) -> tuple[Problem, Schedule]:
    town = replace(
        _with_car(driver_ids=("p1",)), drivers=(driver, Driver(id="p2", licences=frozenset({"A1"})))
    )
    town = replace(town, **fields)
    return town, _plan(town, replace(_route(town, BOTH), driver_id="p1"))


def test_a_vehicle_with_named_drivers_needs_one_of_them() -> None:
    town, plan = _driven()
    assert _found(town, plan) == []
    assert _found(town, _plan(town, GOOD)) == [("driver_missing", None)]
    assert _found(town, _plan(town, replace(GOOD, driver_id="p2"))) == [("driver_not_allowed", None)]


def test_a_coach_needs_another_licence() -> None:
    coach = replace(SEDAN, capacity=(18,))
    assert _found(*_driven(vehicle_types=(coach,))) == [("licence", None)]


def test_a_driver_off_duty_is_found() -> None:
    assert _found(*_driven(replace(ANN, shift=TimeWindow(start_s=EIGHT, end_s=TEN)))) == [
        ("driver_shift", 60)
    ]


def test_a_driver_held_by_something_else_is_found() -> None:
    busy = (TimeWindow(start_s=EIGHT, end_s=EIGHT + 30),)
    assert _found(*_driven(replace(ANN, busy=busy))) == [("driver_busy", 30)]


def _far(leg_s: int) -> TravelMatrix:
    """D – A – B – C – E, `leg_s` seconds from each to the next."""
    travel = _travel()
    seconds = (travel.blocks[0].metres // 1_000 * leg_s).astype(np.int32)
    return replace(travel, blocks=(replace(travel.blocks[0], seconds=seconds),))


@pytest.mark.parametrize(("stay_s", "expected"), [(1_200, []), (1_199, [("rest", 1_600)])])
def test_more_than_four_hours_at_the_wheel_need_a_rest_of_twenty_minutes(
    stay_s: int, expected: list[tuple[str, int]]
) -> None:
    stop = Stop(options=(StopOption(place_id="B", service_s=stay_s),))
    town = replace(TOWN, travel=_far(4_000), requests=(Request(id="r1", stops=(stop,)),))
    assert _of(town, [("r1", 0)], start_s=0) == expected


def test_exactly_four_hours_need_no_rest() -> None:
    stop = Stop(options=(StopOption(place_id="B"),))
    town = replace(TOWN, travel=_far(3_600), requests=(Request(id="r1", stops=(stop,)),))
    assert _of(town, [("r1", 0)], start_s=0) == []


# -- permission, reserves, locks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("car", "request_fields", "rule"),
    [
        ({}, {"vehicle_ids": frozenset({"v2"})}, "not_listed"),
        ({}, {"forbidden_vehicle_ids": frozenset({"v1"})}, "not_listed"),
        ({}, {"vehicle_classes": frozenset({VehicleClass.EMERGENCY})}, "class"),
        ({}, {"skills": frozenset({"cold"})}, "skill"),
        ({"lendable": False, "unit_id": "u1"}, {"unit_id": "u2"}, "unit"),
        ({"unit_id": "u1"}, {"unit_id": "u2", "own_unit_only": True}, "unit"),
        ({"vehicle_class": VehicleClass.CONFIDENTIAL}, {}, "confidential"),
        ({"marked": False}, {}, "unmarked"),
    ],
)
def test_a_vehicle_that_may_not_serve_a_request_is_found(
    car: dict[str, Any], request_fields: dict[str, Any], rule: str
) -> None:
    town = replace(_with_car(**car), requests=(replace(TOWN.requests[0], **request_fields),))
    assert _of(town, BOTH[:2]) == [(rule, None)]


def test_a_request_too_large_for_the_vehicle_is_found_as_such_and_as_a_load() -> None:
    town = replace(TOWN, requests=(_request("r1", "AB", riders=5),))
    assert _of(town, BOTH[:2]) == [("capacity", 1), ("seats", None)]


def test_a_frozen_fleet_stays() -> None:
    frozen = replace(TOWN, fleet_frozen=True)
    assert _of(frozen, BOTH) == [("freeze", None), ("freeze", None)]
    exempt = replace(_with_car(exempt=frozenset({"freeze"})), fleet_frozen=True)
    assert _of(exempt, BOTH) == []


def test_driving_by_emergency_times_needs_a_siren() -> None:
    travel = replace(TOWN.travel, profiles=("emergency",))
    town = replace(TOWN, travel=travel, vehicle_types=(replace(SEDAN, profile="emergency"),))
    plan = _plan(TOWN, GOOD)
    assert _found(town, plan) == [("siren", None), ("siren", None)]
    assert _found(replace(town, vehicles=(replace(CAR, siren=True), OTHER)), plan) == []


def test_reserves_stay_at_home() -> None:
    for count, expected in ((1, []), (2, [("reserve", 1)])):
        assert _of(replace(TOWN, reserves=(Reserve(count=count),)), BOTH) == expected


def test_a_reserve_is_of_its_skill_and_county() -> None:
    vehicles = (
        replace(CAR, skills=frozenset({"pump"}), county_id="c1"),
        replace(OTHER, skills=frozenset({"pump"}), county_id="c2"),
    )
    town = replace(TOWN, vehicles=vehicles)
    assert _of(replace(town, reserves=(Reserve(count=1, skill="pump", county_id="c2"),)), BOTH) == []
    assert _of(replace(town, reserves=(Reserve(count=1, skill="pump", county_id="c1"),)), BOTH) == [
        ("reserve", 1)
    ]


def test_a_vehicle_that_is_held_is_no_reserve_and_a_short_fleet_does_not_move() -> None:
    held = replace(OTHER, busy=(TimeWindow(start_s=0, end_s=60),))
    town = replace(TOWN, vehicles=(CAR, held), reserves=(Reserve(count=2),))
    assert _of(town, BOTH) == [("reserve", 1)]
    assert _found(town, _plan(town, unserved=["r1", "r2"])) == []


def test_a_locked_route_stands_as_the_beginning() -> None:
    first = _route(TOWN, BOTH[:2])
    town = replace(TOWN, locked=(first,))
    assert _found(town, _plan(town, GOOD)) == []
    assert _found(town, _plan(town, unserved=["r1", "r2"])) == [("locked", None)]
    later = _route(town, BOTH, start_s=GOOD.start_s + 10)
    assert _found(town, _plan(town, later)) == [("locked", None)]


def test_nothing_new_starts_before_the_frozen_time() -> None:
    town = replace(TOWN, frozen_until_s=GOOD.start_s)
    assert _of(town, BOTH) == []
    # Leaving, and both stops of r1, are within the frozen time.
    town = replace(TOWN, frozen_until_s=EIGHT + 500)
    assert _of(town, BOTH) == [("frozen", 560), ("frozen", 500), ("frozen", 410)]
    locked = replace(town, locked=(_route(TOWN, BOTH[:2]),))
    assert _of(locked, BOTH) == []


# -- several routes, several plans -----------------------------------------------------------------------


def test_two_routes_of_a_vehicle_in_one_schedule_are_found() -> None:
    one, two = _route(TOWN, BOTH[:2]), _route(TOWN, BOTH[2:], start_s=EIGHT + 480)
    assert one.end_s <= two.start_s
    assert _found(TOWN, _plan(TOWN, one, two)) == [("duplicate_vehicle", 1)]


def test_a_vehicle_in_two_schedules_at_once_is_found() -> None:
    one, two = _route(TOWN, BOTH[:2]), _route(TOWN, BOTH[2:], start_s=EIGHT + 200)
    assert one.end_s == EIGHT + 240
    assert _found(TOWN, _plan(TOWN, one), _plan(TOWN, two)) == [("two_places_at_once", 40)]
    apart = _route(TOWN, BOTH[2:], start_s=EIGHT + 240)
    assert _found(TOWN, _plan(TOWN, one), _plan(TOWN, apart)) == []


def test_a_vehicle_that_jumps_between_two_plans_is_found() -> None:
    open_end = replace(TOWN, vehicles=(replace(CAR, end_place_id=None), OTHER))
    one, two = _route(open_end, BOTH[:2]), _route(open_end, BOTH[2:], start_s=EIGHT + 480)
    assert _found(open_end, _plan(open_end, one), _plan(open_end, two)) == [("two_places_at_once", None)]


def test_a_driver_on_two_vehicles_at_once_is_found() -> None:
    town, _ = _driven()
    one = replace(_route(town, BOTH[:2]), driver_id="p1")
    two = replace(_route(town, BOTH[2:], "v2", start_s=EIGHT + 200), driver_id="p1")
    assert _found(town, _plan(town, one, two)) == [("two_places_at_once", 40)]


def test_plans_of_two_problems_share_their_vehicles() -> None:
    morning = replace(TOWN, requests=TOWN.requests[:1])
    visit = replace(TOWN, requests=TOWN.requests[1:])
    one = _plan(morning, _route(morning, BOTH[:2]))
    apart = _plan(visit, _route(visit, BOTH[2:], start_s=EIGHT + 240))
    assert violations_together([(morning, one), (visit, apart)]) == ()
    two = _plan(visit, _route(visit, BOTH[2:], start_s=EIGHT + 200))
    assert [v.rule for v in violations_together([(morning, one), (visit, two)])] == ["two_places_at_once"]


def test_hours_at_the_wheel_add_up_over_two_plans() -> None:
    there = Stop(options=(StopOption(place_id="A"),))
    first = replace(TOWN, travel=_far(4_000), requests=(Request(id="r1", stops=(there,)),))
    second = replace(first, requests=(Request(id="r2", stops=(there,)),))
    one = _plan(first, _route(first, [("r1", 0)], start_s=0))
    for pause, expected in ((1_200, []), (1_199, ["rest"])):
        two = _plan(second, _route(second, [("r2", 0)], start_s=8_000 + pause))
        assert [v.rule for v in violations_together([(first, one), (second, two)])] == expected


def test_violations_of_each_plan_are_named_once_when_held_together() -> None:
    broken = _plan(TOWN, replace(GOOD, drive_s=0))
    found = violations_together([(TOWN, broken), (replace(TOWN, requests=()), Schedule(routes=()))])
    assert [v.rule for v in found] == ["drive_time"]


# -- money -----------------------------------------------------------------------------------------------


def test_the_objective_is_the_price() -> None:
    plan = _plan(TOWN, GOOD)
    assert plan.objective_fen == 8_000 + 6 * 93
    assert _found(TOWN, replace(plan, objective_fen=plan.objective_fen - 3)) == [("objective", 3)]


def test_a_bound_above_the_objective_is_found() -> None:
    plan = _plan(TOWN, GOOD)
    bound = plan.objective_fen + 4
    bounded = replace(plan, bound_fen=bound, gap=gap(TOWN, plan, bound))
    assert _found(TOWN, bounded) == [("bound", 4)]


def test_a_gap_that_is_not_of_the_bound_is_found() -> None:
    plan = replace(_plan(TOWN, GOOD), bound_fen=8_000)
    assert _found(TOWN, replace(plan, gap=gap(TOWN, plan, 8_000))) == []
    assert _found(TOWN, replace(plan, gap=0.0)) == [("gap", None)]
    assert _found(TOWN, replace(plan, bound_fen=None, gap=0.0)) == [("gap", None)]
