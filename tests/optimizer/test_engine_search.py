"""What the route engine promises apart from good plans: limits, repeatability, bad input, locks, drivers."""

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from optimizer.check import violations
from optimizer.engines.arrays import compile_problem
from optimizer.engines.search import _fewest_vehicles, solve
from optimizer.errors import ProblemError, Unsupported
from optimizer.model import (
    UNREACHABLE,
    Block,
    CostRates,
    Depot,
    Driver,
    Place,
    Priority,
    Problem,
    Reason,
    Request,
    Route,
    Schedule,
    Status,
    Stop,
    StopOption,
    TimeWindow,
    TravelMatrix,
    Vehicle,
    VehicleType,
    Visit,
)
from optimizer.validate import faults

ROOT = Path(__file__).resolve().parents[2]


def line(n: int, *, seconds: int = 60, cars: int = 1, seats: int = 10) -> Problem:
    """Lay places 0 … n − 1 along a road, a kilometre and so many seconds apart; riders wait at 1 … n − 1."""
    steps = np.abs(np.subtract.outer(np.arange(n), np.arange(n))).astype(np.int32)
    index = {str(i): i for i in range(n)}
    block = Block(
        origins=index,
        destinations=index,
        seconds=seconds * steps[None, None],
        metres=1_000 * steps[None, None],
    )
    return Problem(
        date="2026-03-02",
        places=tuple(Place(id=str(i), lon=i / 100, lat=0.0) for i in range(n)),
        vehicle_types=(VehicleType(id="car", capacity=(seats,), rates=CostRates(per_km_fen=100)),),
        vehicles=tuple(
            Vehicle(id=f"v{i}", type_id="car", start_place_id="0", end_place_id="0") for i in range(cars)
        ),
        requests=tuple(fetch(str(i)) for i in range(1, n)),
        travel=TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=(block,)),
    )


def fetch(place_id: str, **window: int) -> Request:
    option = (
        StopOption(place_id=place_id, window=TimeWindow(**window))
        if window
        else StopOption(place_id=place_id)
    )
    return Request(id=f"r{place_id}", stops=(Stop(options=(option,), load=(1,)),))


def sound(problem: Problem, schedule: Schedule) -> Schedule:
    assert violations(problem, schedule) == ()
    return schedule


def test_a_straight_road_is_driven_there_and_back() -> None:
    problem = line(6)
    schedule = sound(problem, solve(problem, iterations=200))
    assert schedule.objective_fen == 1_000
    assert schedule.work == 200
    assert (schedule.status, schedule.engine, schedule.seed) == (Status.FEASIBLE, "sisr", 0)


def test_without_requests_nobody_drives() -> None:
    problem = replace(line(3), requests=())
    schedule = sound(problem, solve(problem, iterations=10))
    assert (schedule.routes, schedule.unserved, schedule.objective_fen) == ((), (), 0)


def test_without_vehicles_everybody_is_left_with_a_reason() -> None:
    problem = replace(line(3), vehicles=())
    schedule = sound(problem, solve(problem, iterations=10))
    assert [u.reason for u in schedule.unserved] == [Reason.NO_VEHICLE] * 2


def test_a_single_stop_is_served() -> None:
    problem = line(2)
    assert sound(problem, solve(problem, iterations=10)).objective_fen == 200


def test_legs_of_no_length_are_driven_for_nothing() -> None:
    problem = line(4)
    block = problem.travel.blocks[0]
    zero = replace(block, seconds=0 * block.seconds, metres=0 * block.metres)
    problem = replace(problem, travel=replace(problem.travel, blocks=(zero,)))
    schedule = sound(problem, solve(problem, iterations=50))
    assert (len(schedule.unserved), schedule.objective_fen) == (0, 0)


def test_an_unreachable_stop_is_left_out_and_says_so() -> None:
    problem = line(4)
    block = problem.travel.blocks[0]
    for legs in (block.seconds, block.metres):
        legs[:, :, :, 2] = UNREACHABLE
    schedule = sound(problem, solve(problem, iterations=50))
    assert [(u.request_id, u.reason) for u in schedule.unserved] == [("r2", Reason.UNREACHABLE)]
    assert len(schedule.routes[0].visits) == 2


def test_a_request_larger_than_every_vehicle_is_left_out_and_says_so() -> None:
    problem = line(3)
    first, second = problem.requests
    big = replace(first, stops=(replace(first.stops[0], load=(11,)),))
    problem = replace(problem, requests=(big, second))
    schedule = sound(problem, solve(problem, iterations=50))
    assert [(u.request_id, u.reason) for u in schedule.unserved] == [("r1", Reason.NO_SEATS)]


def test_a_window_that_closes_too_early_is_left_out_and_says_so() -> None:
    problem = replace(line(3), requests=(fetch("1", start_s=0, end_s=59), fetch("2", start_s=0, end_s=500)))
    problem = replace(
        problem, vehicles=(replace(problem.vehicles[0], shift=TimeWindow(start_s=0, end_s=600)),)
    )
    schedule = sound(problem, solve(problem, iterations=50))
    assert [(u.request_id, u.reason) for u in schedule.unserved] == [("r1", Reason.OUTSIDE_WINDOW)]


def test_a_window_that_closes_before_it_opens_is_a_fault_and_nobody_comes() -> None:
    problem = replace(line(3), requests=(fetch("1", start_s=600, end_s=500), fetch("2")))
    assert ["'r1'" in fault and "先关后开" in fault for fault in faults(problem)] == [True]
    schedule = solve(problem, iterations=10)
    assert [(u.request_id, u.reason) for u in schedule.unserved] == [("r1", Reason.OUTSIDE_WINDOW)]
    assert [v.request_id for r in schedule.routes for v in r.visits] == ["r2"]


def test_costs_beyond_64_bits_are_refused() -> None:
    problem = line(4)
    kind = replace(problem.vehicle_types[0], rates=CostRates(per_km_fen=10**15))
    with pytest.raises(ProblemError, match="64 位"):
        solve(replace(problem, vehicle_types=(kind,)), iterations=10)


def test_legs_beyond_the_kernels_are_refused() -> None:
    with pytest.raises(ProblemError, match="单位"):
        solve(line(3, seconds=300_000_000), iterations=10)


def test_a_depot_that_may_overflow_is_not_supported() -> None:
    problem = line(3)
    away = replace(problem.vehicles[0], end_place_id="1")
    problem = replace(problem, vehicles=(away,), depots=(Depot(place_id="1", spaces=1),))
    with pytest.raises(Unsupported) as caught:
        solve(problem, iterations=10)
    assert caught.value.field == "Depot.spaces"


def test_priorities_come_before_penalties_and_penalties_before_cost() -> None:
    problem = line(5, seats=1)
    a, b, c, d = problem.requests
    d = replace(d, priority=Priority.P0, unserved_penalty_fen=1)
    a = replace(a, unserved_penalty_fen=10**9)
    one = replace(problem, requests=(a, b, c, d))
    assert {v.request_id for v in solve(one, iterations=200).routes[0].visits} == {"r4"}
    two = replace(problem, requests=(a, b, c))
    assert {v.request_id for v in solve(two, iterations=200).routes[0].visits} == {"r1"}


def test_the_same_seed_and_limit_give_the_same_routes_in_another_process() -> None:
    code = (
        "from tests.optimizer.test_engine_search import line\n"
        "from optimizer.engines.search import solve\n"
        "problem = line(12, cars=4, seats=3)\n"
        "routes = solve(problem, seed=5, iterations=700).routes\n"
        "import sys; sys.stdout.write(repr(routes))\n"
    )
    once, twice = (
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    )
    assert once == twice
    assert once == repr(solve(line(12, cars=4, seats=3), seed=5, iterations=700).routes)


def test_slices_do_not_change_the_answer() -> None:
    problem = line(12, cars=4, seats=3)
    told: list[int] = []

    def look(best: Schedule) -> bool:
        told.append(best.objective_fen)
        return True

    with_eyes = solve(problem, seed=3, iterations=900, progress=look)
    assert with_eyes.routes == solve(problem, seed=3, iterations=900).routes
    assert told == sorted(told, reverse=True)
    assert told[-1] == with_eyes.objective_fen


def test_progress_can_stop_a_search_and_gets_the_best_so_far() -> None:
    problem = line(12, cars=4, seats=3)
    schedule = sound(problem, solve(problem, iterations=10**9, progress=lambda _best: False))
    assert schedule.status is Status.STOPPED
    assert 0 < schedule.work < 10**6
    assert schedule.unserved == ()


@pytest.mark.parametrize(
    "limit", [{"iterations": 0}, {"iterations": -3}, {"seconds": 0.0}, {"seconds": -1.0}]
)
def test_a_limit_of_nothing_still_gives_a_plan(limit: dict[str, int]) -> None:
    problem = line(6)
    schedule = sound(problem, solve(problem, **limit))  # type: ignore[arg-type]
    assert (schedule.work, schedule.unserved) == (0, ())


def test_a_warm_start_is_never_made_worse() -> None:
    problem = line(20, cars=8, seats=3)
    good = solve(problem, seed=1, iterations=5_000)
    again = sound(problem, solve(problem, seed=2, iterations=1, warm_start=good))
    assert again.objective_fen <= good.objective_fen


def test_a_warm_start_with_strangers_is_used_as_far_as_it_goes() -> None:
    problem = line(6)
    stranger = Visit(request_id="nobody", place_id="9", arrival_s=0, start_s=0, depart_s=0)
    route = solve(problem, iterations=50).routes[0]
    odd = Schedule(routes=(replace(route, visits=(stranger, *route.visits)), replace(route, vehicle_id="x")))
    assert sound(problem, solve(problem, iterations=1, warm_start=odd)).objective_fen == 1_000


def test_a_stop_without_which_the_next_is_late_is_not_taken_out_alone() -> None:
    """By way of 1 it takes 20 s to 2, straight 21, as rounding may have it; 1 goes with 3, too far away."""
    problem = line(4, seconds=10)
    block = problem.travel.blocks[0]
    block.seconds[0, 0, 0, 2] = 21
    requests = (
        replace(fetch("1"), group_id="g"),
        fetch("2", start_s=0, end_s=20),
        replace(fetch("3", start_s=0, end_s=20), group_id="g"),
    )
    vehicle = replace(problem.vehicles[0], shift=TimeWindow(start_s=0, end_s=600))
    problem = replace(problem, requests=requests, vehicles=(vehicle,))
    schedule = sound(problem, solve(problem, iterations=50))
    assert {u.request_id for u in schedule.unserved} == {"r1", "r2", "r3"}


def _begun(problem: Problem, *places: int) -> Route:
    """Let car v0 have left at second 100 for some places, in their order."""
    visits = []
    now, at = 100, 0
    for place in places:
        now += 60 * abs(place - at)
        at = place
        visits.append(
            Visit(request_id=f"r{place}", place_id=str(place), arrival_s=now, start_s=now, depart_s=now)
        )
    steps = sum(abs(a - b) for a, b in pairwise((0, *places, 0)))
    return Route(
        vehicle_id="v0",
        start_place_id="0",
        end_place_id="0",
        start_s=100,
        end_s=now + 60 * at,
        visits=tuple(visits),
        distance_m=1_000 * steps,
        drive_s=60 * steps,
    )


def test_a_locked_prefix_stands_and_is_continued_after_the_frozen_time() -> None:
    problem = line(6)
    problem = replace(problem, locked=(_begun(problem, 3, 1),), frozen_until_s=250)
    schedule = sound(problem, solve(problem, iterations=300))
    order = [str(v.request_id) for v in schedule.routes[0].visits]
    assert order[:2] == ["r3", "r1"]
    assert sorted(order) == ["r1", "r2", "r3", "r4", "r5"]


def test_the_rest_of_a_group_that_has_begun_is_served_before_anybody_else() -> None:
    problem = line(6, seats=2)
    grouped = tuple(replace(r, group_id="g") if r.id in {"r3", "r5"} else r for r in problem.requests)
    problem = replace(problem, requests=grouped, locked=(_begun(problem, 3),), frozen_until_s=250)
    schedule = sound(problem, solve(problem, iterations=300))
    assert [v.request_id for v in schedule.routes[0].visits] == ["r3", "r5"]


def test_a_locked_request_stays_where_the_rest_of_its_group_cannot_come() -> None:
    problem = line(6)
    grouped = tuple(replace(r, group_id="g") if r.id in {"r3", "r5"} else r for r in problem.requests)
    late = tuple(replace(r, vehicle_ids=frozenset({"another"})) if r.id == "r5" else r for r in grouped)
    problem = replace(problem, requests=late, locked=(_begun(problem, 3),), frozen_until_s=250)
    schedule = solve(problem, iterations=300)
    assert [u.request_id for u in schedule.unserved] == ["r5"]
    assert schedule.routes[0].visits[0].request_id == "r3"
    assert [v.rule for v in violations(problem, schedule)] == ["group"]


def test_a_locked_route_that_is_complete_stands_alone() -> None:
    problem = line(3)
    problem = replace(problem, locked=(_begun(problem, 2, 1),))
    schedule = sound(problem, solve(problem, iterations=50))
    assert schedule.routes == problem.locked


def test_a_rider_on_board_of_a_locked_route_is_taken_to_the_end() -> None:
    problem = line(6)
    rider = Request(
        id="r3",
        stops=(
            Stop(options=(StopOption(place_id="3"),), load=(1,)),
            Stop(options=(StopOption(place_id="5"),), load=(-1,)),
        ),
    )
    problem = replace(problem, requests=(rider, fetch("4"), fetch("1")), locked=(_begun(problem, 3),))
    schedule = sound(problem, solve(problem, iterations=300))
    assert schedule.unserved == ()
    assert schedule.routes[0].visits[0].place_id == "3"
    assert schedule.objective_fen == 1_000


def test_a_locked_route_that_cannot_be_driven_is_an_error() -> None:
    problem = line(3)
    early = replace(_begun(problem, 2), start_s=170)
    with pytest.raises(ProblemError, match="锁定"):
        solve(replace(problem, locked=(early,)), iterations=10)


def test_each_vehicle_gets_a_driver_of_its_own_within_his_hours() -> None:
    problem = line(5, cars=2, seats=3)
    cars = tuple(replace(v, driver_ids=("ann", "bob")[: 2 - i]) for i, v in enumerate(problem.vehicles))
    drivers = (
        Driver(id="ann", licences=frozenset({"C1"})),
        Driver(id="bob", licences=frozenset({"C1"}), shift=TimeWindow(start_s=400, end_s=2_000)),
    )
    problem = replace(problem, vehicles=cars, drivers=drivers)
    schedule = sound(problem, solve(problem, iterations=200))
    assert {(r.vehicle_id, r.driver_id) for r in schedule.routes} == {("v0", "bob"), ("v1", "ann")}


def test_a_vehicle_that_nobody_may_drive_stays() -> None:
    problem = line(3)
    problem = replace(problem, vehicles=(replace(problem.vehicles[0], driver_ids=("eve",)),))
    problem = replace(problem, drivers=(Driver(id="eve"),))
    schedule = sound(problem, solve(problem, iterations=50))
    assert schedule.routes == ()
    assert len(schedule.unserved) == 2


def test_a_long_day_takes_its_rest() -> None:
    problem = line(8, seconds=1_600)
    schedule = sound(problem, solve(problem, iterations=200))
    assert schedule.unserved == ()
    assert schedule.routes[0].drive_s == 2 * 7 * 1_600
    without = solve(problem, iterations=200, rest=False)
    assert without.routes[0].end_s - without.routes[0].start_s == without.routes[0].drive_s


def test_vehicles_first_takes_fewer_vehicles_even_where_they_cost_more() -> None:
    problem = line(9, cars=8, seats=4)
    problem = replace(
        problem, requests=tuple(fetch(str(i), start_s=60 * i, end_s=60 * i + 30) for i in range(1, 9))
    )
    schedule = sound(problem, solve(problem, iterations=500, objective="vehicles"))
    assert (len(schedule.routes), schedule.unserved) == (2, ())


@pytest.mark.parametrize(("riders", "fewest"), [(5, 1), (6, 2), (7, 2), (8, 3), (11, 4)])
def test_fewer_vehicles_than_the_largest_ones_full_are_never_enough(riders: int, fewest: int) -> None:
    problem = line(riders + 1, cars=1, seats=5)
    van = VehicleType(id="van", capacity=(2,), rates=CostRates(per_km_fen=100))
    vans = tuple(replace(problem.vehicles[0], id=f"van{i}", type_id="van") for i in range(3))
    problem = replace(
        problem, vehicle_types=(van, *problem.vehicle_types), vehicles=(*vans, *problem.vehicles)
    )
    assert _fewest_vehicles(compile_problem(problem)) == fewest


def test_the_dear_vehicle_goes_the_shorter_way() -> None:
    def town(first_fen: int, second_fen: int) -> Problem:
        """Let 30 riders wait at kilometres 1 … 30 and 30 at 50 … 79, for two vehicles of 30 seats."""
        problem = line(80, seconds=1)
        types = tuple(
            VehicleType(id=name, capacity=(30,), rates=CostRates(per_km_fen=rate))
            for name, rate in (("first", first_fen), ("second", second_fen))
        )
        vehicles = tuple(replace(problem.vehicles[0], id=kind.id, type_id=kind.id) for kind in types)
        riders = tuple(fetch(str(i)) for i in (*range(1, 31), *range(50, 80)))
        return replace(problem, vehicle_types=types, vehicles=vehicles, requests=riders)

    wrong = sound(town(300, 100), solve(town(300, 100), iterations=500))
    assert {r.vehicle_id: r.distance_m for r in wrong.routes} == {"first": 60_000, "second": 158_000}
    right = sound(town(100, 300), solve(town(100, 300), iterations=500, warm_start=wrong))
    assert {r.vehicle_id: r.distance_m for r in right.routes} == {"first": 158_000, "second": 60_000}
    assert right.objective_fen == 158 * 100 + 60 * 300


def test_compiling_leaves_the_problem_alone() -> None:
    problem = line(5)
    before = problem.travel.blocks[0].metres.copy()
    compile_problem(problem)
    assert np.array_equal(problem.travel.blocks[0].metres, before)
