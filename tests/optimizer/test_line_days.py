"""Two directions of a day: the day of a bus and of its driver is billed once, over both."""

from dataclasses import replace

from optimizer.line_days import with_paid_days
from optimizer.model import CostRates, Place, Problem, Route, Schedule, VehicleType
from optimizer.price import price, route_lines
from tests.optimizer.line_town import car, places, travel

HOUR = 3_600
RATES = CostRates(
    vehicle_used_fen=80_000, standing_per_day_fen=500, per_km_fen=400, included_m=100_000,
    per_hour_fen=6_000, included_s=8 * HOUR, overtime_per_hour_fen=3_000,
)  # fmt: skip
TOWN: tuple[Place, ...] = tuple(places())


def problem(rates: CostRates) -> Problem:
    kinds = (VehicleType(id="bus", name="大巴", capacity=(20,), rates=rates),)
    return Problem(
        name="班车", date="2026-11-10", places=TOWN, vehicle_types=kinds,
        vehicles=tuple(car(f"b{i}", type_id="bus") for i in (1, 2, 3)), depots=(), requests=(),
        travel=travel(),
    )  # fmt: skip


def route(vehicle_id: str, *, km: int, hours: int, start_s: int = 5 * HOUR) -> Route:
    return Route(
        vehicle_id=vehicle_id, start_place_id="D", end_place_id="D", start_s=start_s,
        end_s=start_s + hours * HOUR, visits=(), distance_m=km * 1_000, drive_s=hours * HOUR,
    )  # fmt: skip


def test_included_kilometres_and_hours_and_the_regular_hours_are_those_of_the_day() -> None:
    evening = with_paid_days(problem(RATES), [route("b1", km=60, hours=5)])
    kinds = {kind.id: kind for kind in evening.vehicle_types}
    rates = {vehicle.id: kinds[vehicle.type_id].rates for vehicle in evening.vehicles}
    assert rates["b2"] == RATES
    bill = {line.kind: line.amount_fen for line in route_lines(route("b1", km=60, hours=4), rates["b1"])}
    # 120 km with 100 included; nine hours with eight included, and eight regular.
    assert bill == {"km": 20 * 400, "hour": 6_000, "overtime": 3_000}
    morning = {line.kind: line.amount_fen for line in route_lines(route("b1", km=60, hours=5), RATES)}
    assert morning == {"vehicle_used": 80_000, "standing": 500}


def test_a_day_by_two_plans_costs_what_it_costs_by_one() -> None:
    first, second = route("b1", km=70, hours=6), route("b1", km=50, hours=5, start_s=15 * HOUR)
    whole = replace(first, distance_m=120_000, end_s=first.start_s + 11 * HOUR)
    at_once = price(problem(RATES), Schedule(routes=(whole,)), idle=False).total_fen
    evening = with_paid_days(problem(RATES), [first])
    apart = [
        price(problem(RATES), Schedule(routes=(first,)), idle=False).total_fen,
        price(evening, Schedule(routes=(second,)), idle=False).total_fen,
    ]
    assert sum(apart) == at_once


def test_buses_with_the_same_left_share_a_type() -> None:
    plain = replace(RATES, included_m=0, included_s=0, overtime_per_hour_fen=0)
    evening = with_paid_days(problem(plain), [route("b1", km=6, hours=1), route("b2", km=9, hours=2)])
    assert [vehicle.type_id for vehicle in evening.vehicles] == ["bus+paid", "bus+paid", "bus"]
