"""Worked bills, to the fen. Town: D – A – B – C, 1 km and 60 s from each to the next."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gis.matrix import Block, TravelMatrix
from gis.places import Place
from optimizer.model import (
    CostRates,
    Problem,
    Request,
    Route,
    Schedule,
    Stop,
    StopOption,
    Vehicle,
    VehicleType,
    Visit,
)
from optimizer.policy.vehicles import default_vehicle_types
from optimizer.price import (
    decision_cost_fen,
    empty_m,
    gap,
    half_even,
    least_cost_fen,
    loaded_m,
    price,
    route_lines,
    soft_cost_fen,
)

PLACES = "DABC"


def _town(rates: CostRates, requests: tuple[Request, ...] = (), vehicles: int = 1) -> Problem:
    apart = np.abs(np.subtract.outer(np.arange(4), np.arange(4))).astype(np.int32)[None, None]
    at = {name: i for i, name in enumerate(PLACES)}
    block = Block(origins=at, destinations=at, seconds=apart * 60, metres=apart * 1_000)
    fleet = tuple(
        Vehicle(id=f"v{i}", type_id="t", start_place_id="D", end_place_id="D") for i in range(1, vehicles + 1)
    )
    return Problem(
        date="2026-03-02",
        places=tuple(Place(id=name, lon=103.0, lat=25.0) for name in PLACES),
        vehicle_types=(VehicleType(id="t", rates=rates),),
        vehicles=fleet,
        requests=requests,
        travel=TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=(block,)),
    )


def _route(distance_m: int = 0, duty_s: int = 0, calls: str = "", vehicle_id: str = "v1") -> Route:
    """Stand at each place of `calls` for no time; a dot is a reload, a digit the request that follows it."""
    visits = tuple(
        Visit(
            request_id=None if request == "." else f"r{request}",
            stop=int(stop),
            place_id=place,
            arrival_s=0,
            start_s=0,
            depart_s=0,
        )
        for place, request, stop in zip(calls[::3], calls[1::3], calls[2::3], strict=True)
    )
    return Route(
        vehicle_id=vehicle_id,
        start_place_id="D",
        end_place_id="D",
        start_s=1_000,
        end_s=1_000 + duty_s,
        visits=visits,
        distance_m=distance_m,
        drive_s=0,
    )


def _lines(route: Route, **rates: Any) -> list[tuple[str, int, int, int]]:
    return [
        (line.kind, line.quantity, line.rate_fen, line.amount_fen)
        for line in route_lines(route, CostRates(**rates))
    ]


def test_a_petrol_sedan_drives_52_3_km_in_nine_hours() -> None:
    (sedan,) = (t for t in default_vehicle_types() if t.id == "sedan_petrol")
    lines = _lines(
        _route(52_345, 32_400, "A10B11"),
        **{name: getattr(sedan.rates, name) for name in CostRates.__dataclass_fields__},
    )
    assert lines == [
        ("vehicle_used", 1, 8_000, 8_000),
        ("km", 52_345, 93, 4_868),  # 52.345 × 93 = 4868.085
        ("toll", 52_345, 9, 471),  # 471.105
        ("overtime", 3_600, 6_466, 6_466),
        ("standing", 1, 45_645, 45_645),
    ]


def test_a_lease_day_includes_100_km_and_8_hours() -> None:
    rates = {"vehicle_used_fen": 50_000, "per_km_fen": 270, "per_hour_fen": 3_500}
    included = {"included_m": 100_000, "included_s": 28_800}
    assert _lines(_route(100_000, 28_800), **rates, **included) == [("vehicle_used", 1, 50_000, 50_000)]
    assert _lines(_route(123_456, 30_000), **rates, **included) == [
        ("vehicle_used", 1, 50_000, 50_000),
        ("km", 23_456, 270, 6_333),  # 6333.12
        ("hour", 1_200, 3_500, 1_167),  # 1166.67
    ]


def test_toll_is_paid_on_included_kilometres_too() -> None:
    assert _lines(_route(10_000), per_km_fen=100, toll_per_km_fen=43, included_m=10_000) == [
        ("toll", 10_000, 43, 430)
    ]


def test_every_departure_from_a_depot_is_a_trip() -> None:
    assert _lines(_route(0, 0, "A10D.0A20"), per_trip_fen=30_000) == [("trip", 2, 30_000, 60_000)]


def test_a_vehicle_that_does_not_drive_is_not_used() -> None:
    assert _lines(_route(), vehicle_used_fen=8_000, per_trip_fen=5, standing_per_day_fen=7) == [
        ("standing", 1, 7, 7)
    ]


def test_a_visit_at_its_own_place_uses_the_vehicle() -> None:
    assert _lines(_route(0, 0, "D10"), vehicle_used_fen=8_000) == [("vehicle_used", 1, 8_000, 8_000)]


@pytest.mark.parametrize(
    ("metres", "amount"), [(500, 0), (501, 1), (1_500, 2), (2_500, 2), (2_501, 3), (3_500, 4)]
)
def test_halves_are_rounded_to_the_even_fen(metres: int, amount: int) -> None:
    town = _town(CostRates(per_km_fen=1))
    assert decision_cost_fen(town, Schedule(routes=(_route(metres),))) == amount


def test_each_line_is_rounded_once_per_route_not_once_per_day() -> None:
    # Twice 0.5 km at 1 fen: 0 + 0, not 1.
    town = _town(CostRates(per_km_fen=1), vehicles=2)
    plan = Schedule(routes=(_route(500), _route(500, vehicle_id="v2")))
    assert decision_cost_fen(town, plan) == 0


def test_large_amounts_stay_exact() -> None:
    # A float has 53 bits; this product has 60.
    assert half_even(999_999_999_999 * 1_000_001, 1_000) == 1_000_001_000_000_000 - 1_000
    assert half_even(9_007_199_254_740_993, 1) == 9_007_199_254_740_993


@pytest.mark.parametrize(
    ("numerator", "expected"), [(-3, -2), (-1, 0), (0, 0), (1, 0), (3, 2), (5, 2), (7, 4)]
)
def test_half_even_of_halves(numerator: int, expected: int) -> None:
    assert half_even(numerator, 2) == expected


def test_a_vehicle_that_stays_costs_its_day_but_decides_nothing() -> None:
    town = _town(CostRates(vehicle_used_fen=100, standing_per_day_fen=45_645), vehicles=3)
    plan = Schedule(routes=(_route(1_000, vehicle_id="v2"),))
    bill = price(town, plan)
    assert [(line.kind, line.vehicle_id) for line in bill.lines] == [
        ("vehicle_used", "v2"),
        ("standing", "v2"),
        ("standing", "v1"),
        ("standing", "v3"),
    ]
    assert (bill.total_fen, bill.decision_fen) == (100 + 3 * 45_645, 100)
    assert price(town, plan, idle=False).total_fen == 100 + 45_645
    assert decision_cost_fen(town, plan) == 100


def test_an_unknown_vehicle_cannot_be_billed() -> None:
    with pytest.raises(LookupError, match="'v9' 不在问题的车辆表中"):
        price(_town(CostRates()), Schedule(routes=(_route(vehicle_id="v9"),)))


def test_an_unknown_type_cannot_be_billed() -> None:
    town = replace(_town(CostRates()), vehicle_types=())
    with pytest.raises(LookupError, match="车型 't' 不在"):
        price(town, Schedule(routes=()))


# -- loaded and empty metres, least cost, gap --------------------------------------------------------


def _ride(request_id: str, origin: str, destination: str, riders: int = 1, cost_fen: int = 0) -> Request:
    return Request(
        id=request_id,
        stops=(
            Stop(options=(StopOption(place_id=origin, cost_fen=cost_fen),), load=(riders,)),
            Stop(options=(StopOption(place_id=destination),), load=(-riders,)),
        ),
    )


RATES = CostRates(vehicle_used_fen=1_000, per_km_fen=100, toll_per_km_fen=10)


def test_metres_are_empty_when_nothing_is_under_way() -> None:
    # D → A empty, A → B r1, B → C empty, C → B r2, B → D empty: 1 + 1 + 1 + 1 + 2 km.
    town = _town(RATES, (_ride("r1", "A", "B"), _ride("r2", "C", "B")))
    plan = Schedule(routes=(_route(6_000, 360, "A10B11C20B21"),))
    assert (loaded_m(town, plan), empty_m(town, plan)) == (2_000, 4_000)
    assert decision_cost_fen(town, plan) == 1_000 + 660
    assert least_cost_fen(town, plan) == 220


def test_a_shared_metre_is_loaded_once() -> None:
    town = _town(RATES, (_ride("r1", "A", "C"), _ride("r2", "B", "C")))
    plan = Schedule(routes=(_route(6_000, 360, "A10B20C11C21"),))
    assert (loaded_m(town, plan), empty_m(town, plan)) == (2_000, 4_000)


def test_a_delivery_loads_the_way_out_and_a_collection_the_way_home() -> None:
    parcel = Request(id="r1", stops=(Stop(options=(StopOption(place_id="B"),), load=(-1,)),))
    waste = Request(id="r1", stops=(Stop(options=(StopOption(place_id="A"),), load=(1,)),))
    out = Schedule(routes=(_route(4_000, 240, "B10"),))
    home = Schedule(routes=(_route(2_000, 120, "A10"),))
    assert (loaded_m(_town(RATES, (parcel,)), out), empty_m(_town(RATES, (parcel,)), out)) == (2_000, 2_000)
    assert (loaded_m(_town(RATES, (waste,)), home), empty_m(_town(RATES, (waste,)), home)) == (1_000, 1_000)


def test_a_trip_without_riders_counted_is_under_way_all_the_same() -> None:
    town = _town(RATES, (_ride("r1", "A", "B", riders=0),))
    assert loaded_m(town, Schedule(routes=(_route(4_000, 240, "A10B11"),))) == 1_000


def test_the_gap_leaves_out_what_every_plan_must_drive() -> None:
    town = _town(RATES, (_ride("r1", "A", "B"), _ride("r2", "C", "B")))
    plan = Schedule(routes=(_route(6_000, 360, "A10B11C20B21"),))
    # Cost 1660, least 220, bound 1300: 360 / 1440.
    assert gap(town, plan, 1_300) == 0.25
    assert gap(town, plan, 1_660) == 0.0


def test_without_anything_avoidable_there_is_no_gap() -> None:
    town = _town(CostRates(per_km_fen=100), (_ride("r1", "D", "D"),))
    assert gap(town, Schedule(routes=()), 0) == 0.0
    assert gap(town, Schedule(routes=()), -5) is None


def test_soft_costs_are_reported_apart() -> None:
    town = _town(RATES, (_ride("r1", "A", "B", cost_fen=700),))
    plan = Schedule(routes=(_route(4_000, 240, "A10B11"),))
    assert soft_cost_fen(town, plan) == 700
    assert price(town, plan).total_fen == 1_440
