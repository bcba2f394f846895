"""A day of cars: worked examples, the optimum by trying everything, and what is said of the rest."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from gis.matrix import Block, TravelMatrix
from optimizer import cars
from optimizer.check import violations
from optimizer.engines.vehicle_scheduling import by_duties
from optimizer.errors import Unsupported
from optimizer.feasible import feasible_route
from optimizer.model import (
    CostRates,
    Driver,
    Priority,
    Problem,
    Reason,
    Request,
    Reserve,
    Route,
    Schedule,
    Status,
    TimeWindow,
    VehicleClass,
    VehicleType,
)
from optimizer.price import decision_cost_fen
from optimizer.timing import Call, timetable
from tests.optimizer.line_town import CAR, LETTERS, RATES, car, day, places, travel, trip


def served_by(schedule: Schedule) -> dict[str, set[str]]:
    return {r.vehicle_id: {v.request_id or "" for v in r.visits} for r in schedule.routes}


def sound(problem: Problem, schedule: Schedule) -> Schedule:
    assert violations(problem, schedule) == ()
    return schedule


# -- worked examples -----------------------------------------------------------------------------------


def test_one_car_takes_what_it_can_reach_in_time() -> None:
    problem = day([car("v1"), car("v2")], [trip("r", "AB", 1_000), trip("s", "BC", 1_100)])
    schedule = sound(problem, cars.plan(problem))
    assert served_by(schedule) == {"v1": {"r", "s"}}
    # D→A→B→C→D is 6 km at 100 fen and one car at 5,000 fen.
    assert (schedule.objective_fen, schedule.bound_fen, schedule.gap) == (5_600, 5_600, 0.0)
    assert schedule.status is Status.OPTIMAL
    assert schedule.engine == "min-cost flow"


def test_a_second_too_late_needs_a_second_car() -> None:
    problem = day([car("v1"), car("v2")], [trip("r", "AB", 1_000), trip("s", "BC", 1_099)])
    schedule = sound(problem, cars.plan(problem))
    assert sorted(map(sorted, served_by(schedule).values())) == [["r"], ["s"]]
    assert schedule.objective_fen == 2 * 5_000 + 400 + 600


def test_serving_goes_before_cost_and_class_before_number() -> None:
    long = trip("long", "AF", 1_000, priority=Priority.P3)
    short = [trip("s1", "AB", 1_000), trip("s2", "BC", 1_150)]
    problem = day([car("v1")], [long, *short])
    schedule = sound(problem, cars.plan(problem))
    assert served_by(schedule) == {"v1": {"long"}}
    alike = day([car("v1")], [replace(long, priority=Priority.P4), *short])
    assert served_by(sound(alike, cars.plan(alike))) == {"v1": {"s1", "s2"}}


def test_inside_a_class_the_penalty_decides() -> None:
    problem = day(
        [car("v1")],
        [trip("r", "AB", 1_000, unserved_penalty_fen=50_000), trip("s", "CB", 1_000)],
    )
    schedule = sound(problem, cars.plan(problem))
    assert served_by(schedule) == {"v1": {"s"}}
    (left,) = schedule.unserved
    assert (left.request_id, left.reason) == ("r", Reason.BUSY)
    assert "1 辆当时另有任务（如 v1，忙到 00:18）" in left.detail  # C→B→… from 1,000 s


def test_a_cheaper_kind_from_another_base_is_preferred_and_proven() -> None:
    cheap = VehicleType(id="cheap", rates=CostRates(vehicle_used_fen=1_000, per_km_fen=100))
    problem = day(
        [car("v1"), car("v2", "F", type_id="cheap")],
        [trip("r", "AB", 1_000)],
        vehicle_types=(CAR, cheap),
    )
    schedule = sound(problem, cars.plan(problem))
    assert served_by(schedule) == {"v2": {"r"}}
    assert (schedule.objective_fen, schedule.status) == (1_000 + 800, Status.OPTIMAL)


def test_overtime_is_weighed_against_a_second_car() -> None:
    rates = replace(RATES, regular_hours_s=3_600, overtime_per_hour_fen=36_000)
    problem = day(
        [car("v1"), car("v2")],
        [trip("r", "AB", 1_000), trip("s", "BC", 5_600)],
        vehicle_types=(replace(CAR, rates=rates),),
    )
    schedule = sound(problem, cars.plan(problem))
    # One car would be out from 900 to 6,000 s, 1,500 s over: 15,000 fen, more than the second car's 5,000.
    assert len(schedule.routes) == 2
    assert schedule.objective_fen == 2 * 5_000 + 400 + 600
    assert schedule.status is Status.OPTIMAL


def test_class_seats_units_and_shift_are_obeyed_and_named() -> None:
    fleet = [
        car("v1", vehicle_class=VehicleClass.ENFORCEMENT),
        car("v2", unit_id="u2", lendable=False),
        car("v3", shift=TimeWindow(start_s=5_000, end_s=9_000)),
    ]
    requests = [
        trip("class", "AB", 1_000, vehicle_classes=frozenset({VehicleClass.CONFIDENTIAL})),
        trip("seats", "AB", 6_000, people=9),
        trip("shift", "AB", 1_000, vehicle_classes=frozenset({VehicleClass.OTHER}), unit_id="u1"),
    ]
    problem = day(fleet, requests)
    schedule = sound(problem, cars.plan(problem))
    reasons = {u.request_id: u.reason for u in schedule.unserved}
    assert reasons == {
        "class": Reason.NO_CLASS,
        "seats": Reason.NO_SEATS,
        "shift": Reason.OUTSIDE_SHIFT,
    }


def test_drivers_are_named_where_vehicles_need_one_and_lacking_ones_are_said() -> None:
    fleet = [car("v1", driver_ids=("a", "b")), car("v2", driver_ids=("a",)), car("v3", driver_ids=("c",))]
    drivers = (
        Driver(id="a", licences=frozenset({"C1"})),
        Driver(id="b", licences=frozenset({"C1"})),
        Driver(id="c", licences=frozenset({"C1"}), shift=TimeWindow(start_s=0, end_s=10)),
    )
    requests = [trip(f"r{i}", "AB", 1_000) for i in range(3)]
    problem = day(fleet, requests, drivers=drivers)
    schedule = sound(problem, cars.plan(problem))
    assert {r.vehicle_id: r.driver_id for r in schedule.routes} == {"v1": "b", "v2": "a"}
    assert len(schedule.unserved) == 1


def test_a_reserve_stays_at_home() -> None:
    fleet = [car("v1", skills=frozenset({"pump"})), car("v2", skills=frozenset({"pump"}))]
    problem = day(
        fleet, [trip("r", "AB", 1_000), trip("s", "AB", 1_000)], reserves=(Reserve(count=1, skill="pump"),)
    )
    schedule = sound(problem, cars.plan(problem))
    assert len(schedule.routes) == 1
    assert [u.reason for u in schedule.unserved] == [Reason.RESERVE]


def test_a_group_is_served_whole_or_not_at_all() -> None:
    requests = [trip("r", "AB", 1_000, group_id="g"), trip("s", "AB", 1_000, group_id="g")]
    one = day([car("v1")], requests)
    assert sound(one, cars.plan(one)).routes == ()
    two = day([car("v1"), car("v2")], requests)
    assert len(sound(two, cars.plan(two)).routes) == 2


def test_a_window_that_opens_lets_a_second_request_come_later() -> None:
    first = trip("r", "AB", 1_000)
    option = replace(
        trip("s", "AB", 1_000).stops[0].options[0], window=TimeWindow(start_s=1_000, end_s=2_000)
    )
    second = trip("s", "AB", 1_000)
    second = replace(second, stops=(replace(second.stops[0], options=(option,)), second.stops[1]))
    problem = day([car("v1")], [first, second])
    schedule = sound(problem, cars.plan(problem))
    assert schedule.unserved == ()
    assert schedule.bound_fen is None  # only fixed times are bounded


def test_nobody_drives_four_hours_without_rest() -> None:
    slow = travel(seconds_per_km=(3_000,))
    # D–A–F–D are ten kilometres, 30,000 s on end: there is no time to rest in a shift of just as much.
    hours = TimeWindow(start_s=17_000, end_s=47_000)
    problem = day([car("v1", shift=hours)], [trip("r", "AF", 20_000)], travel=slow)
    schedule = sound(problem, cars.plan(problem))
    assert schedule.routes == ()


def test_locked_routes_are_refused_by_name() -> None:
    problem = day([car("v1")], [trip("r", "AB", 1_000)])
    locked = cars.plan(problem).routes
    with pytest.raises(Unsupported, match=r"Problem\.locked"):
        cars.plan(replace(problem, locked=locked))


def test_stopping_returns_the_best_so_far() -> None:
    problem = random_day(3, vehicles=4, requests=12)
    schedule = sound(problem, cars.plan(problem, progress=lambda _: False))
    assert schedule.status is Status.STOPPED
    assert schedule.routes


def test_an_empty_day_is_a_plan() -> None:
    assert sound(day([], []), cars.plan(day([], []))).routes == ()
    nobody = day([], [trip("r", "AB", 1_000)])
    (left,) = sound(nobody, cars.plan(nobody)).unserved
    assert left.reason is Reason.NO_VEHICLE


# -- the optimum by trying everything --------------------------------------------------------------------


def random_day(seed: int, *, vehicles: int = 3, requests: int = 6, alike: bool = False) -> Problem:
    rng = np.random.default_rng(seed)
    dear = VehicleType(
        id="dear", rates=CostRates(vehicle_used_fen=9_000, per_km_fen=50, per_hour_fen=3_600), capacity=(8,)
    )
    fleet = [
        car(
            f"v{i}",
            "D" if alike else str(rng.choice(list("DCF"))),
            type_id="car" if alike else str(rng.choice(["car", "dear"])),
        )
        for i in range(vehicles)
    ]
    asked = []
    for i in range(requests):
        way = "".join(rng.choice(list(LETTERS), size=int(rng.integers(2, 4))))
        asked.append(
            trip(
                f"r{i}",
                way,
                int(rng.integers(10, 30)) * 100,
                people=1 if alike else int(rng.choice([1, 2, 6])),
                stay_s=int(rng.integers(0, 3)) * 100,
                priority=Priority.P3 if rng.random() < 0.3 else Priority.P4,
            )
        )
    return day(fleet, asked, vehicle_types=(CAR, dear))


def best_by_trying(problem: Problem) -> tuple[tuple[int, ...], int]:
    """Left out by class, then cost, over every way to give each request to a vehicle or to nobody."""
    table = timetable(problem)
    known: dict[tuple[str, tuple[str, ...]], Route | None] = {}

    def route(vehicle_id: str, mine: Sequence[Request]) -> Route | None:
        key = vehicle_id, tuple(r.id for r in mine)
        if key not in known:
            calls = [Call(request_id=r.id, stop=k) for r in mine for k in range(len(r.stops))]
            vehicle = next(v for v in problem.vehicles if v.id == vehicle_id)
            known[key] = feasible_route(table, vehicle, calls)
        return known[key]

    ordered = sorted(problem.requests, key=lambda r: r.stops[0].options[0].window.start_s)
    best: tuple[tuple[int, ...], int] | None = None
    for choice in itertools.product([None, *(v.id for v in problem.vehicles)], repeat=len(ordered)):
        routes = []
        for vehicle in problem.vehicles:
            mine = [r for r, v in zip(ordered, choice, strict=True) if v == vehicle.id]
            if mine:
                routes.append(route(vehicle.id, mine))
        if any(r is None for r in routes):
            continue
        left = [r for r, v in zip(ordered, choice, strict=True) if v is None]
        by_class = tuple(sum(r.priority is p for r in left) for p in Priority)
        cost = decision_cost_fen(problem, Schedule(routes=tuple(r for r in routes if r is not None)))
        if best is None or (by_class, cost) < best:
            best = by_class, cost
    assert best is not None
    return best


def outcome(problem: Problem, schedule: Schedule) -> tuple[tuple[int, ...], int]:
    left = {u.request_id for u in schedule.unserved}
    by_class = tuple(sum(r.priority is p and r.id in left for r in problem.requests) for p in Priority)
    return by_class, schedule.objective_fen


@pytest.mark.parametrize("seed", range(8))
def test_the_flow_is_the_optimum_where_cars_are_alike(seed: int) -> None:
    problem = random_day(seed, vehicles=2, alike=True)
    schedule = sound(problem, cars.plan(problem))
    assert schedule.engine == "min-cost flow"
    assert outcome(problem, schedule) == best_by_trying(problem)


@pytest.mark.parametrize("seed", range(12))
def test_columns_are_the_optimum_for_any_small_fleet(seed: int) -> None:
    problem = random_day(seed)
    schedule = sound(problem, cars.plan(problem))
    assert outcome(problem, schedule) == best_by_trying(problem)
    assert schedule.status is Status.OPTIMAL


FEATURES = {
    "overtime": {"rates": replace(RATES, overtime_per_hour_fen=36_000, regular_hours_s=600)},
    "included kilometres": {"rates": replace(RATES, included_m=6_000, per_km_fen=900)},
    "included hours": {"rates": replace(RATES, included_s=700, per_hour_fen=36_000)},
    "range": {"max_route_m": 12_000},
    "longest day": {"max_route_s": 1_500},
    "stops": {"max_stops": 4},
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("feature", FEATURES)
def test_each_limit_and_tariff_alone_gives_the_optimum_of_all_plans(feature: str, seed: int) -> None:
    problem = random_day(seed, requests=5)
    types = tuple(replace(kind, **FEATURES[feature]) for kind in problem.vehicle_types)  # type: ignore[arg-type]
    problem = replace(problem, vehicle_types=types)
    schedule = sound(problem, cars.plan(problem))
    left, cost = best_by_trying(problem)
    assert outcome(problem, schedule) == (left, cost)
    assert schedule.bound_fen is None or schedule.bound_fen <= cost


@pytest.mark.parametrize("seed", range(6))
def test_a_day_too_large_is_planned_base_by_base_under_the_bound_of_all(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_duties, "WHOLE_UP_TO", 2)
    problem = random_day(seed)
    schedule = sound(problem, cars.plan(problem))
    left, cost = best_by_trying(problem)
    assert outcome(problem, schedule) >= (left, cost)
    if outcome(problem, schedule)[0] == left and schedule.bound_fen is not None:
        assert schedule.bound_fen <= cost


@pytest.mark.parametrize("seed", [1, 2])
def test_other_ids_and_another_order_change_neither_served_nor_cost(seed: int) -> None:
    problem = random_day(seed, vehicles=5, requests=14)
    other = replace(
        problem,
        vehicles=tuple(replace(v, id=f"x{9 - i}") for i, v in enumerate(problem.vehicles))[::-1],
        requests=tuple(replace(r, id=f"y{99 - i}") for i, r in enumerate(problem.requests))[::-1],
    )
    first, second = cars.plan(problem), cars.plan(other)
    assert first.status is second.status is Status.OPTIMAL
    assert (len(first.unserved), first.objective_fen) == (len(second.unserved), second.objective_fen)


def test_the_same_day_gives_the_same_plan() -> None:
    problem = random_day(7, vehicles=8, requests=40)
    assert cars.plan(problem) == cars.plan(problem)


def test_no_idle_car_could_serve_what_is_left() -> None:
    problem = random_day(11, vehicles=6, requests=70)
    schedule = sound(problem, cars.plan(problem))
    used = {r.vehicle_id for r in schedule.routes}
    table = timetable(problem)
    requests = {r.id: r for r in problem.requests}
    assert schedule.unserved
    for left in schedule.unserved:
        calls = [
            Call(request_id=left.request_id, stop=k) for k in range(len(requests[left.request_id].stops))
        ]
        idle = [v for v in problem.vehicles if v.id not in used]
        assert all(feasible_route(table, vehicle, calls) is None for vehicle in idle)
        assert left.detail


# -- travel in blocks ------------------------------------------------------------------------------------


def test_blocks_hold_all_that_a_plan_asks_for_and_nothing_over_county_borders() -> None:
    fleet = [car("v1", "D", county_id="west", unit_id="u1"), car("v2", "F", county_id="east", unit_id="u2")]
    requests = [trip("r", "AB", 1_000, unit_id="u1"), trip("s", "EC", 1_000), trip("t", "BA", 3_000)]
    blocks = cars.car_blocks(requests, fleet, places())
    assert [(sorted(p.id for p in a), sorted(p.id for p in b)) for a, b in blocks] == [
        (["C", "E", "F"], ["C", "E", "F"]),
        (["A", "B", "D"], ["A", "B", "D"]),
    ]
    full = travel()
    at = full.blocks[0].origins
    parts = tuple(
        Block(
            origins={p.id: i for i, p in enumerate(a)},
            destinations={p.id: i for i, p in enumerate(b)},
            seconds=full.blocks[0].seconds[:, :, [at[p.id] for p in a]][:, :, :, [at[p.id] for p in b]],
            metres=full.blocks[0].metres[:, :, [at[p.id] for p in a]][:, :, :, [at[p.id] for p in b]],
        )
        for a, b in blocks
    )
    matrix = TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=parts)
    problem = day(fleet, requests, travel=matrix)
    schedule = sound(problem, cars.plan(problem))
    assert served_by(schedule) == {"v1": {"r", "t"}, "v2": {"s"}}
    assert schedule.status is Status.OPTIMAL


def test_a_county_without_free_cars_borrows_where_the_matrix_has_the_way() -> None:
    fleet = [car("v1", "D", county_id="west", unit_id="u1"), car("v2", "F", county_id="east", unit_id="u2")]
    requests = [trip("r", "AB", 1_000, unit_id="u1"), trip("s", "AB", 1_000, unit_id="u1")]
    problem = day(fleet, requests)
    assert sound(problem, cars.plan(problem)).unserved == ()
    kept = day([fleet[0], replace(fleet[1], lendable=False)], requests)
    (left,) = sound(kept, cars.plan(kept)).unserved
    assert left.reason is Reason.BUSY
    assert "1 辆规定不允许使用（如 v2）" in left.detail
