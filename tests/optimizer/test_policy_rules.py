"""Every rule of who may serve what, alone."""

from dataclasses import replace
from typing import Any

import pytest

from gis.matrix import TravelMatrix
from optimizer.errors import PolicyError
from optimizer.model import (
    Driver,
    Problem,
    Reason,
    Request,
    Stop,
    StopOption,
    Vehicle,
    VehicleClass,
    VehicleType,
)
from optimizer.policy.licences import licence_for_seats, may_drive_seats
from optimizer.policy.rules import RULES, broken_rules, licence_fits, may_drive, may_serve, type_of

SEDAN = VehicleType(id="sedan", capacity=(4,))
CAR = Vehicle(id="v1", type_id="sedan", start_place_id="D", unit_id="u1")
PROBLEM = Problem(
    date="2026-03-02",
    places=(),
    vehicle_types=(SEDAN,),
    vehicles=(CAR,),
    requests=(),
    travel=TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=()),
)


def _request(*loads: int, **fields: Any) -> Request:
    stops = tuple(Stop(options=(StopOption(place_id="D"),), load=(load,)) for load in loads or (2, -2))
    return Request(id="r1", stops=stops, **{"unit_id": "u1", **fields})


def _broken(car: Vehicle = CAR, request: Request | None = None, problem: Problem = PROBLEM) -> list[str]:
    return [code for code, _ in broken_rules(problem, car, request or _request())]


def test_an_ordinary_car_may_serve_an_ordinary_request_of_its_unit() -> None:
    assert may_serve(PROBLEM, CAR, _request()) is None


@pytest.mark.parametrize(
    ("ids", "broken"), [(frozenset(), []), (frozenset({"v1", "v2"}), []), (frozenset({"v2"}), ["not_listed"])]
)
def test_a_request_may_ask_for_vehicles(ids: frozenset[str], broken: list[str]) -> None:
    assert _broken(request=_request(vehicle_ids=ids)) == broken


def test_a_request_may_forbid_vehicles_even_one_it_asks_for() -> None:
    both = _request(vehicle_ids=frozenset({"v1"}), forbidden_vehicle_ids=frozenset({"v1"}))
    assert _broken(request=both) == ["not_listed"]


def test_classes_are_a_choice() -> None:
    wanted = frozenset({VehicleClass.OTHER, VehicleClass.EMERGENCY})
    assert _broken(request=_request(vehicle_classes=wanted)) == []
    assert _broken(
        replace(CAR, vehicle_class=VehicleClass.ENFORCEMENT), _request(vehicle_classes=wanted)
    ) == ["class"]


def test_all_skills_are_needed() -> None:
    wanted = _request(skills=frozenset({"cold", "pump"}))
    assert _broken(replace(CAR, skills=frozenset({"cold"})), wanted) == ["skill"]
    assert _broken(replace(CAR, skills=frozenset({"cold", "pump", "winch"})), wanted) == []


@pytest.mark.parametrize(
    ("loads", "fits"),
    [
        ((4, -4), True),
        ((5, -5), False),
        ((3, 2, -5), False),
        ((3, -1, 2, -4), True),
        ((-5,), False),
        ((-4,), True),
    ],
)
def test_the_largest_load_of_a_request_must_fit(loads: tuple[int, ...], fits: bool) -> None:
    assert _broken(request=_request(*loads)) == ([] if fits else ["seats"])


@pytest.mark.parametrize(
    ("car_unit", "lendable", "unit", "own_only", "allowed"),
    [
        ("u1", False, "u1", True, True),
        ("u2", True, "u1", False, True),
        ("u2", True, "u1", True, False),
        ("u2", False, "u1", False, False),
        ("", False, "", True, True),
        ("", True, "u1", True, False),
    ],
)
def test_units_lend_and_borrow_as_both_allow(
    car_unit: str, lendable: bool, unit: str, own_only: bool, allowed: bool
) -> None:
    car = replace(CAR, unit_id=car_unit, lendable=lendable)
    assert _broken(car, _request(unit_id=unit, own_unit_only=own_only)) == ([] if allowed else ["unit"])


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({}, False),
        ({"vehicle_classes": frozenset({VehicleClass.CONFIDENTIAL})}, True),
        ({"vehicle_ids": frozenset({"v1"})}, True),
        ({"vehicle_classes": frozenset({VehicleClass.CONFIDENTIAL}), "unit_id": "u2"}, False),
    ],
)
def test_a_confidential_car_is_never_pooled(fields: dict[str, Any], allowed: bool) -> None:
    car = replace(CAR, vehicle_class=VehicleClass.CONFIDENTIAL)
    assert _broken(car, _request(**fields)) == ([] if allowed else ["confidential"])


def test_an_unmarked_car_stays_unless_exempt() -> None:
    unmarked = replace(CAR, marked=False)
    assert _broken(unmarked) == ["unmarked"]
    assert _broken(replace(unmarked, exempt=frozenset({"freeze"}))) == ["unmarked"]
    assert _broken(replace(unmarked, exempt=frozenset({"marking"}))) == []


def test_in_a_holiday_freeze_only_exempt_cars_move() -> None:
    frozen = replace(PROBLEM, fleet_frozen=True)
    assert _broken(problem=frozen) == ["freeze"]
    assert _broken(replace(CAR, exempt=frozenset({"marking"})), problem=frozen) == ["freeze"]
    assert _broken(replace(CAR, exempt=frozenset({"freeze"})), problem=frozen) == []


def test_the_emergency_profile_needs_a_siren() -> None:
    fast = replace(PROBLEM, vehicle_types=(replace(SEDAN, profile="emergency"),))
    assert _broken(problem=fast) == ["siren"]
    assert _broken(replace(CAR, siren=True), problem=fast) == []


def test_the_first_reason_in_the_order_of_the_rules_is_given() -> None:
    hopeless = _request(
        9, -9, skills=frozenset({"cold"}), vehicle_classes=frozenset({VehicleClass.EMERGENCY})
    )
    assert _broken(request=hopeless) == ["class", "skill", "seats"]
    assert may_serve(PROBLEM, CAR, hopeless) is Reason.NO_CLASS
    assert may_serve(PROBLEM, CAR, _request(9, -9)) is Reason.NO_SEATS
    assert [code for code, _, _ in RULES][:4] == ["not_listed", "class", "skill", "energy"]


def test_the_type_may_be_given_instead_of_looked_up() -> None:
    coach = replace(SEDAN, capacity=(48,))
    assert may_serve(PROBLEM, CAR, _request(9, -9), coach) is None


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(LookupError, match="车型 'bus' 不在问题的车型表中"):
        type_of(PROBLEM, replace(CAR, type_id="bus"))


# -- drivers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seats", "licence"), [(1, "C1"), (5, "C1"), (9, "C1"), (10, "B1"), (19, "B1"), (20, "A1"), (53, "A1")]
)
def test_seats_need_a_licence(seats: int, licence: str) -> None:
    assert licence_for_seats(seats) == licence


def test_a_vehicle_without_a_seat_has_no_licence() -> None:
    with pytest.raises(PolicyError, match="座位数 0"):
        licence_for_seats(0)


@pytest.mark.parametrize(
    ("held", "seats", "may"),
    [
        ({"A1"}, 5, True),
        ({"A1"}, 19, True),
        ({"B1"}, 9, True),
        ({"B1"}, 20, False),
        ({"B2"}, 9, True),
        ({"B2"}, 19, False),
        ({"C1"}, 10, False),
        ({"C1", "B1"}, 12, True),
        (set(), 5, False),
    ],
)
def test_higher_licences_include_lower_ones(held: set[str], seats: int, may: bool) -> None:
    assert may_drive_seats(held, seats) is may


def test_a_driver_is_asked_for_his_licence_and_his_car() -> None:
    driver = Driver(id="p1", licences=frozenset({"C1"}))
    coach = replace(SEDAN, capacity=(18,))
    assert may_drive(PROBLEM, driver, CAR, SEDAN) is None
    assert may_drive(PROBLEM, driver, CAR, coach) is Reason.NO_LICENCE
    assert may_drive(PROBLEM, driver, replace(CAR, driver_ids=("p2",)), SEDAN) is Reason.NOT_ALLOWED


def test_where_seats_are_not_counted_no_licence_is_asked() -> None:
    weight = replace(PROBLEM, dimensions=("kg",))
    assert licence_fits(weight, Driver(id="p1"), replace(SEDAN, capacity=(900,)))
