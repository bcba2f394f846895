"""Soft rules, one by one: shown, and never counted as violations. Town: D – A – B, 1 km and 60 s apart."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gis.matrix import Block, TravelMatrix
from gis.places import Place
from optimizer import cars
from optimizer.check import SoftLimits, Zone, violations, warnings
from optimizer.model import (
    Problem,
    Request,
    Reserve,
    Route,
    Schedule,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
    Visit,
)
from tests.optimizer.line_town import car, day, trip

EIGHT = 28_800
APART = np.abs(np.subtract.outer(np.arange(3), np.arange(3))).astype(np.int32)[None, None]
AT = {"D": 0, "A": 1, "B": 2}
CAR = Vehicle(id="v1", type_id="t", start_place_id="D", end_place_id="D", plate="云D0001")
RIDE = Request(
    id="r1",
    stops=(
        Stop(options=(StopOption(place_id="A", walk_m=400),), load=(2,)),
        Stop(options=(StopOption(place_id="B"),), load=(-2,)),
    ),
    max_ride_s=9_000,
)
TOWN = Problem(
    date="2026-03-02",
    # 0.01 degrees of latitude are 1,112 m.
    places=tuple(Place(id=name, lon=103.8, lat=25.5 + i / 100, name=name) for name, i in AT.items()),
    vehicle_types=(VehicleType(id="t"),),
    vehicles=(CAR,),
    requests=(RIDE,),
    travel=TravelMatrix(
        profiles=("car",),
        bucket_starts_s=(0,),
        blocks=(Block(origins=AT, destinations=AT, seconds=APART * 60, metres=APART * 1_000),),
    ),
)


def _plan(wait_s: int = 0, stay_s: int = 0) -> Schedule:
    """Reach A at eight, wait, ride to B, stay there, drive home."""
    picked = EIGHT + wait_s
    dropped = picked + 60
    visits = (
        Visit(request_id="r1", stop=0, place_id="A", arrival_s=EIGHT, start_s=picked, depart_s=picked),
        Visit(
            request_id="r1",
            stop=1,
            place_id="B",
            arrival_s=dropped,
            start_s=dropped,
            depart_s=dropped + stay_s,
        ),
    )
    route = Route(
        vehicle_id="v1",
        start_place_id="D",
        end_place_id="D",
        start_s=EIGHT - 60,
        end_s=dropped + stay_s + 120,
        visits=visits,
        distance_m=4_000,
        drive_s=240,
    )
    return Schedule(routes=(route,))


def _said(problem: Problem = TOWN, plan: Schedule | None = None, **limits: Any) -> list[str]:
    plan = plan or _plan()
    assert violations(problem, plan) == ()
    return [warning.rule for warning in warnings(problem, plan, SoftLimits(**limits))]


def test_an_ordinary_trip_is_worth_no_word() -> None:
    assert _said() == []
    assert warnings(TOWN, _plan()) == ()


def test_an_exempt_unmarked_car_is_shown() -> None:
    car = replace(CAR, marked=False, exempt=frozenset({"marking"}))
    assert _said(replace(TOWN, vehicles=(car,))) == ["unmarked_exempt"]


def test_a_car_that_moves_in_a_freeze_is_shown() -> None:
    car = replace(CAR, exempt=frozenset({"freeze"}))
    assert _said(replace(TOWN, vehicles=(car,), fleet_frozen=True)) == ["freeze_exempt"]
    assert _said(replace(TOWN, vehicles=(car,))) == []


def test_a_borrowed_car_is_shown() -> None:
    borrowed = replace(TOWN, vehicles=(replace(CAR, unit_id="u1"),), requests=(replace(RIDE, unit_id="u2"),))
    assert _said(borrowed) == ["borrowed"]
    own = replace(borrowed, requests=(replace(RIDE, unit_id="u1"),))
    assert _said(own) == []


def test_a_stop_outside_office_hours_is_shown_with_its_time() -> None:
    assert _said(office_hours=TimeWindow(start_s=EIGHT, end_s=64_800)) == []
    late = SoftLimits(office_hours=TimeWindow(start_s=EIGHT + 30, end_s=64_800))
    (warning,) = warnings(TOWN, _plan(), late)
    assert warning.message == "车辆 云D0001：申请 r1 在非工作时间 08:00:00 用车"
    assert (warning.vehicle_id, warning.request_id) == ("v1", "r1")


def test_a_long_wait_is_shown() -> None:
    assert _said(plan=_plan(wait_s=1_800)) == []
    assert _said(plan=_plan(wait_s=1_801)) == ["long_wait"]


def test_a_long_walk_is_shown() -> None:
    assert _said(walk_m=400) == []
    assert _said(walk_m=399) == ["long_walk"]


def test_a_long_ride_is_shown() -> None:
    assert _said(ride_s=60) == []
    assert _said(ride_s=59) == ["long_ride"]


def test_a_long_day_is_shown() -> None:
    # 60 s out, 60 s with riders, 120 s home, the rest at B.
    assert _said(plan=_plan(stay_s=28_800 - 240)) == []
    assert _said(plan=_plan(stay_s=28_800 - 239)) == ["long_day"]


def test_a_trip_inside_the_allowance_zone_is_shown() -> None:
    # A and B are 1,112 m and 2,224 m from D.
    assert _said(allowance_zones=(Zone(place_id="D", radius_m=2_230),)) == ["allowance_zone"]
    assert _said(allowance_zones=(Zone(place_id="D", radius_m=2_220),)) == []
    assert _said(allowance_zones=(Zone(place_id="D", radius_m=9_000, unit_id="u9"),)) == []


def test_a_trip_out_of_area_is_shown() -> None:
    assert _said(service_areas=(Zone(place_id="D", radius_m=2_220),)) == ["out_of_area"]
    assert _said(service_areas=(Zone(place_id="D", radius_m=1_200), Zone(place_id="B", radius_m=10))) == []
    assert _said(service_areas=(Zone(place_id="D", radius_m=10, unit_id="u9"),)) == []


def test_a_reserve_that_the_fleet_cannot_fill_is_shown() -> None:
    short = replace(TOWN, reserves=(Reserve(count=1, skill="pump"),))
    assert _said(short) == ["reserve_short"]


def test_a_car_that_stays_away_in_a_holiday_is_shown() -> None:
    car = replace(CAR, exempt=frozenset({"freeze"}), end_place_id=None)
    plan = _plan()
    (route,) = plan.routes
    away = replace(route, end_place_id="B", end_s=EIGHT + 60, distance_m=2_000, drive_s=120)
    frozen = replace(TOWN, vehicles=(car,), fleet_frozen=True)
    assert _said(frozen, replace(plan, routes=(away,))) == ["freeze_exempt", "holiday_return"]
    assert _said(replace(frozen, fleet_frozen=False), replace(plan, routes=(away,))) == []


@pytest.mark.parametrize(
    ("leaves", "rules"), [("", []), ("city", ["leaves_city"]), ("province", ["leaves_province"])]
)
def test_leaving_the_city_or_the_province_is_worth_a_word(leaves: str, rules: list[str]) -> None:
    problem = day([car("v")], [trip("r", "AB", 30_000, leaves=leaves)])
    assert [w.rule for w in warnings(problem, cars.plan(problem))] == rules
