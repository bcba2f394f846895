"""The three planners in a town of five places on one straight road, judged, and held to trying everything.

D – A – B – C – E lie 1 km apart; every vehicle takes 60 s for each kilometre.
"""

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from gis.matrix import UNREACHABLE, Block, TravelMatrix
from gis.places import Place
from optimizer import cars, emergency, shuttle
from optimizer.check import violations
from optimizer.model import (
    CostRates,
    FleetState,
    Incident,
    Need,
    Priority,
    Problem,
    Reason,
    Request,
    Schedule,
    Status,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
)
from optimizer.price import decision_cost_fen
from optimizer.riders import Compound, RiderGroup
from scenarios.changes import fewer_cars, shuttle_tariff

NAMES = "DABCE"
EIGHT = 28_800
PLACES = tuple(Place(id=name, lon=103.0 + i / 100, lat=25.0) for i, name in enumerate(NAMES))


def road(*profiles: str) -> TravelMatrix:
    apart = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    metres = np.broadcast_to((apart * 1_000).astype(np.int32), (len(profiles), 1, 5, 5))
    at = {name: i for i, name in enumerate(NAMES)}
    block = Block(origins=at, destinations=at, seconds=metres // 1_000 * 60, metres=metres)
    return TravelMatrix(profiles=profiles, bucket_starts_s=(0,), blocks=(block,))


def ride(request_id: str, origin: str, end: str, at_s: int, riders: int = 1) -> Request:
    """A car at `origin` exactly at `at_s`, used alone until `end`."""
    exactly = TimeWindow(start_s=at_s, end_s=at_s)
    stops = (
        Stop(options=(StopOption(place_id=origin, window=exactly),), load=(riders,)),
        Stop(options=(StopOption(place_id=end),), load=(-riders,)),
    )
    return Request(id=request_id, stops=stops, sole_use=True)


def car_day(requests: Sequence[Request], kinds: Sequence[VehicleType], fleet: Sequence[str]) -> Problem:
    vehicles = tuple(
        Vehicle(id=f"car-{i}", type_id=kind, start_place_id="D", end_place_id="D")
        for i, kind in enumerate(fleet)
    )
    return Problem(
        date="2026-09-15",
        places=PLACES,
        vehicle_types=tuple(kinds),
        vehicles=vehicles,
        requests=tuple(requests),
        travel=road("car"),
    )


def best_by_trying(problem: Problem) -> tuple[int, int]:
    """Fewest requests left out, then least cost, over every way to hand the requests to the cars."""
    types = {kind.id: kind for kind in problem.vehicle_types}
    best = (len(problem.requests), 0)
    for who in itertools.product([None, *problem.vehicles], repeat=len(problem.requests)):
        cost = 0
        for vehicle in problem.vehicles:
            mine = [r for r, v in zip(problem.requests, who, strict=True) if v is vehicle]
            duty = duty_cost(types[vehicle.type_id], mine)
            if duty is None:
                break
            cost += duty
        else:
            best = min(best, (who.count(None), cost))
    return best


def duty_cost(kind: VehicleType, requests: Sequence[Request]) -> int | None:
    """Fen of serving these in order of time; None where it cannot be done."""
    if not requests:
        return 0
    at, free_s, metres = "D", 0, 0
    for request in sorted(requests, key=lambda r: r.stops[0].options[0].window.start_s):
        start, end = (stop.options[0] for stop in request.stops)
        if request.stops[0].load[0] > kind.capacity[0]:
            return None
        away_m = 1_000 * abs(NAMES.index(at) - NAMES.index(start.place_id))
        ride_m = 1_000 * abs(NAMES.index(start.place_id) - NAMES.index(end.place_id))
        if free_s + away_m * 60 // 1_000 > start.window.start_s:
            return None
        at, free_s = end.place_id, start.window.start_s + ride_m * 60 // 1_000
        metres += away_m + ride_m
    metres += 1_000 * NAMES.index(at)
    return kind.rates.vehicle_used_fen + kind.rates.per_km_fen * metres // 1_000


def random_rides(seed: int, count: int) -> list[Request]:
    draw = random.Random(seed)
    rides = []
    for i in range(count):
        origin, end = draw.sample("ABCE", 2)
        at_s = EIGHT + 60 * draw.randrange(14)
        rides.append(ride(f"r{i}", origin, end, at_s, riders=draw.choice((1, 1, 6))))
    return rides


def outcome(schedule: Schedule) -> tuple[int, int]:
    return len(schedule.unserved), schedule.objective_fen


SEDAN = VehicleType(id="sedan", capacity=(6,), rates=CostRates(vehicle_used_fen=700, per_km_fen=100))
SMALL = VehicleType(id="small", capacity=(4,), rates=CostRates(vehicle_used_fen=300, per_km_fen=60))


@pytest.mark.parametrize("seed", range(12))
def test_a_day_of_like_cars_is_the_proven_optimum(seed: int) -> None:
    problem = car_day(random_rides(seed, 5), [SEDAN], ["sedan"] * 3)
    schedule = cars.plan(problem)
    assert violations(problem, schedule) == ()
    assert outcome(schedule) == best_by_trying(problem)
    assert schedule.status is Status.OPTIMAL
    assert schedule.bound_fen == schedule.objective_fen == decision_cost_fen(problem, schedule)


@pytest.mark.parametrize("seed", range(12))
def test_a_small_day_of_unlike_cars_is_optimal_and_its_bound_is_true(seed: int) -> None:
    problem = car_day(random_rides(seed, 5), [SEDAN, SMALL], ["sedan", "small", "small"])
    schedule = cars.plan(problem)
    best = best_by_trying(problem)
    assert violations(problem, schedule) == ()
    assert outcome(schedule) == best
    assert schedule.bound_fen is not None
    assert schedule.bound_fen <= best[1]


def test_what_cannot_be_served_has_the_true_reason() -> None:
    crowd = ride("crowd", "A", "B", EIGHT, riders=40)
    problem = car_day([crowd, ride("small", "A", "B", EIGHT)], [SEDAN], ["sedan"])
    (left,) = cars.plan(problem).unserved
    assert (left.request_id, left.reason) == ("crowd", Reason.NO_SEATS)
    assert left.detail


def test_relabelling_ids_keeps_the_optimum() -> None:
    rides = random_rides(3, 5)
    renamed = [replace(r, id=f"z{9 - i}") for i, r in enumerate(rides)]
    fleet = ["sedan", "small"]
    first = cars.plan(car_day(rides, [SEDAN, SMALL], fleet))
    second = cars.plan(car_day(renamed, [SEDAN, SMALL], fleet))
    assert outcome(first) == outcome(second)


def shuttle_day(homes: dict[str, int], walks_m: list[list[int]], seats: int = 30) -> Problem:
    """Groups of riders who work in compound E from 08:30; stops at A and B; two buses at D."""
    groups = [
        RiderGroup(
            id=name, home=Place(id=f"home-{name}", lon=103.0, lat=25.0), count=count, compound_id="office"
        )
        for name, count in homes.items()
    ]
    office = Compound(id="office", place=PLACES[4], work_start_s=30_600, work_end_s=63_000)
    bus = VehicleType(
        id="bus", capacity=(seats,), profile="bus", rates=CostRates(vehicle_used_fen=10_000, per_km_fen=500)
    )
    buses = [Vehicle(id=f"bus-{i}", type_id="bus", start_place_id="D", end_place_id="D") for i in range(2)]
    return shuttle.line_draft(
        groups,
        [office],
        [PLACES[1], PLACES[2]],
        np.array(walks_m, np.int32),
        [bus],
        buses,
        [],
        road("bus"),
        date="2026-09-15",
        places=PLACES,
    ).problem


def test_one_bus_brings_everyone_in_time() -> None:
    problem = shuttle_day({"near A": 10, "near B": 12}, [[100, 900], [900, 100]])
    schedule = shuttle.plan(problem, work_limit=30)
    assert violations(problem, schedule) == ()
    assert not schedule.unserved
    (route,) = schedule.routes
    assert [visit.place_id for visit in route.visits][:2] == ["A", "B"]
    assert all(29_400 <= v.start_s <= 30_000 for v in route.visits if v.place_id == "E")  # 20 to 10 min early
    assert route.distance_m == 8_000
    assert schedule.objective_fen == 10_000 + 8 * 500


def test_more_riders_than_seats_take_a_second_run_and_nobody_stands() -> None:
    problem = shuttle_day({"near A": 25, "near B": 25}, [[100, 900], [900, 100]])
    schedule = shuttle.plan(problem, work_limit=30)
    assert violations(problem, schedule) == ()
    assert not schedule.unserved
    (route,) = schedule.routes  # the second run still arrives in time, so a second bus would be waste
    assert [visit.place_id for visit in route.visits] == ["A", "E", "B", "E"]


def test_a_bus_does_not_stand_at_its_first_stop_for_hours() -> None:
    problem = shuttle_day({"near A": 10, "near B": 12}, [[100, 900], [900, 100]])
    (route,) = shuttle.plan(problem, work_limit=30).routes
    assert route.start_s == route.visits[0].arrival_s - 60
    assert route.visits[0].arrival_s == route.visits[0].start_s


def test_riders_beyond_every_walk_are_named() -> None:
    problem = shuttle_day({"near A": 10, "far off": 3}, [[100, 900], [UNREACHABLE, UNREACHABLE]])
    schedule = shuttle.plan(problem, work_limit=30)
    (left,) = schedule.unserved
    assert left.reason is Reason.TOO_FAR_TO_WALK
    assert "far off" in left.request_id


def test_the_same_seed_and_work_give_the_same_lines() -> None:
    problem = shuttle_day({"near A": 25, "near B": 25}, [[100, 900], [900, 100]])
    assert shuttle.plan(problem, seed=4, work_limit=20) == shuttle.plan(problem, seed=4, work_limit=20)


def dispatch(
    *states: FleetState, needs: tuple[Need, ...] = (Need(skill="ambulance"),)
) -> tuple[Problem, Schedule]:
    """An incident at C at 09:40; ambulances stand at D and E unless a state says otherwise."""
    kind = VehicleType(id="ambulance", capacity=(2,), profile="emergency")
    fleet = [
        Vehicle(
            id=f"amb-{place}",
            type_id="ambulance",
            start_place_id=place,
            siren=True,
            skills=frozenset({"ambulance"}),
        )
        for place in "DE"
    ]
    incident = Incident(
        id="i", kind="traffic", priority=Priority.P0, place_id="C", reported_s=34_800, needs=needs
    )
    problem = emergency.dispatch_problem(
        [incident], states, fleet, [kind], PLACES, road("car", "emergency"), date="2026-09-15"
    )
    return problem, emergency.plan(problem)


def test_the_nearest_ambulance_goes() -> None:
    problem, schedule = dispatch()
    assert violations(problem, schedule) == ()
    (route,) = schedule.routes
    assert (route.vehicle_id, route.visits[0].arrival_s) == ("amb-E", 34_800 + 60)


def test_an_ambulance_on_a_task_is_never_sent() -> None:
    problem, schedule = dispatch(FleetState(vehicle_id="amb-E", place_id="E", at_s=34_800, status="on_task"))
    assert violations(problem, schedule) == ()
    (route,) = schedule.routes
    assert (route.vehicle_id, route.visits[0].arrival_s) == ("amb-D", 34_800 + 180)


def test_a_skill_that_nobody_has_is_said_and_the_rest_is_sent() -> None:
    problem, schedule = dispatch(needs=(Need(skill="ambulance"), Need(skill="pump")))
    assert violations(problem, schedule) == ()
    assert len(schedule.routes) == 1
    (left,) = schedule.unserved
    assert left.reason is Reason.NO_SKILL


def test_fewer_cars_takes_the_idle_ones_first() -> None:
    problem = car_day([ride("r", "A", "B", EIGHT)], [SEDAN], ["sedan"] * 3)
    base = cars.plan(problem)
    (busy,) = {route.vehicle_id for route in base.routes}
    assert [v.id for v in fewer_cars(problem, base, 2).vehicles] == [busy]
    assert len(fewer_cars(problem, base, 9).vehicles) == 1


def test_another_tariff_for_an_unknown_type_is_refused_by_name() -> None:
    problem = car_day([ride("r", "A", "B", EIGHT)], [SEDAN], ["sedan"])
    changed = shuttle_tariff(problem, {"sedan": CostRates(per_km_fen=900)})
    assert cars.plan(changed).objective_fen == 4 * 900
    with pytest.raises(LookupError, match="tram"):
        shuttle_tariff(problem, {"tram": CostRates()})
