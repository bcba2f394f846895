"""Whatever the day: judges find nothing, everybody is accounted for, and plans change as the day changes.

Days of cars are small enough for a proof, so what holds for the optimum is asked of every plan: another
vehicle loses nobody, a dearer tariff saves nothing, and names and their order do not matter.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from optimizer import cars, emergency, shuttle
from optimizer.check import violations
from optimizer.feasible import feasible_route
from optimizer.model import (
    CostRates,
    Incident,
    Need,
    Priority,
    Problem,
    Reason,
    Request,
    Route,
    Schedule,
    Status,
    TimeWindow,
    Unserved,
    Vehicle,
    VehicleType,
    Visit,
)
from optimizer.price import decision_cost_fen
from optimizer.riders import Compound, RiderGroup
from optimizer.timing import Call, timetable
from optimizer.validate import faults
from tests.optimizer.line_town import CAR, LETTERS, car, day, places, travel, trip

LARGE = VehicleType(id="large", rates=CostRates(vehicle_used_fen=7_000, per_km_fen=150), capacity=(9,))
REQUESTS = st.tuples(
    st.text(alphabet=LETTERS, min_size=2, max_size=3), st.integers(0, 60), st.integers(1, 10), st.booleans()
)
VEHICLES = st.tuples(st.sampled_from(LETTERS), st.booleans(), st.integers(0, 40), st.integers(1, 80))
WORK: Final = 60
"""Iterations of a tiny shuttle plan."""

Wish = tuple[str, int, int, bool]
Car = tuple[str, bool, int, int]


def accounted(problem: Problem, schedule: Schedule) -> None:
    assert faults(problem) == ()
    assert violations(problem, schedule) == ()
    served = {v.request_id or "" for r in schedule.routes for v in r.visits}
    times = Counter([*served, *(u.request_id for u in schedule.unserved)])
    assert times == Counter(r.id for r in problem.requests)
    assert all(u.detail for u in schedule.unserved)


def asked(number: int, wish: Wish) -> Request:
    way, hundred_s, people, urgent = wish
    priority = Priority.P2 if urgent else Priority.P4
    return trip(f"r{number}", way, 1_000 + 100 * hundred_s, people=people, stay_s=200, priority=priority)


def car_day(wishes: Sequence[Wish], fleet: Sequence[Car], buffer_s: int = 0) -> Problem:
    vehicles = [
        car(
            f"v{i}",
            at,
            type_id="large" if large else "car",
            shift=TimeWindow(start_s=100 * opens, end_s=100 * (opens + length)),
        )
        for i, (at, large, opens, length) in enumerate(fleet)
    ]
    requests = [asked(i, wish) for i, wish in enumerate(wishes)]
    return day(vehicles, requests, vehicle_types=(CAR, LARGE), buffer_s=buffer_s)


def lost(problem: Problem, schedule: Schedule) -> tuple[int, ...]:
    """How many are left out of each class, the highest first: what comes before any cost."""
    left = {u.request_id for u in schedule.unserved}
    classes = sorted({r.priority for r in problem.requests})
    return tuple(sum(r.id in left and r.priority is p for r in problem.requests) for p in classes)


CAR_DAYS = st.builds(
    car_day, st.lists(REQUESTS, max_size=9), st.lists(VEHICLES, max_size=4), st.sampled_from([0, 120])
)
SMALL_DAYS = st.builds(
    car_day, st.lists(REQUESTS, min_size=1, max_size=6), st.lists(VEHICLES, min_size=1, max_size=3)
)


# -- cars ------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(CAR_DAYS)
def test_a_day_of_cars_is_sound(problem: Problem) -> None:
    accounted(problem, cars.plan(problem))


@settings(max_examples=40)
@given(CAR_DAYS)
def test_nobody_stays_out_whom_a_car_could_take_besides_what_it_does(problem: Problem) -> None:
    schedule = cars.plan(problem)
    table = timetable(problem)
    routes = {route.vehicle_id: route for route in schedule.routes}
    by_id = {request.id: request for request in problem.requests}
    for left, vehicle in itertools.product(schedule.unserved, problem.vehicles):
        for calls in all_insertions(by_id, routes.get(vehicle.id), by_id[left.request_id]):
            assert feasible_route(table, vehicle, calls) is None
    assert all(u.reason is not Reason.SEARCH_ENDED for u in schedule.unserved)


def all_insertions(by_id: Mapping[str, Request], route: Route | None, request: Request) -> list[list[Call]]:
    """The route with the request before, between or behind its requests."""
    mine = [Call(request_id=request.id, stop=k) for k in range(len(request.stops))]
    order = list(dict.fromkeys(v.request_id or "" for v in route.visits)) if route else []
    calls = [[Call(request_id=i, stop=k) for k in range(len(by_id[i].stops))] for i in order]
    return [list(itertools.chain(*calls[:at], mine, *calls[at:])) for at in range(len(calls) + 1)]


@settings(max_examples=30)
@given(SMALL_DAYS, VEHICLES)
def test_one_more_car_never_costs_a_request(problem: Problem, further: Car) -> None:
    before = cars.plan(problem)
    extra = car_day([], [further]).vehicles[0]
    larger = replace(problem, vehicles=(*problem.vehicles, replace(extra, id="extra")))
    after = cars.plan(larger)
    assert lost(larger, after) <= lost(problem, before)
    if lost(larger, after) == lost(problem, before):
        assert after.objective_fen <= before.objective_fen


@settings(max_examples=30)
@given(SMALL_DAYS, st.integers(0, 5_000), st.integers(0, 200))
def test_a_dearer_tariff_never_lowers_the_cost(problem: Problem, by_day: int, by_km: int) -> None:
    kinds = tuple(
        replace(
            kind,
            rates=replace(
                kind.rates,
                vehicle_used_fen=kind.rates.vehicle_used_fen + by_day,
                per_km_fen=kind.rates.per_km_fen + by_km,
            ),
        )
        for kind in problem.vehicle_types
    )
    before, after = cars.plan(problem), cars.plan(replace(problem, vehicle_types=kinds))
    assert lost(problem, after) == lost(problem, before)
    assert after.objective_fen >= before.objective_fen


@settings(max_examples=30)
@given(SMALL_DAYS, st.randoms(use_true_random=False))
def test_names_and_their_order_change_neither_cost_nor_proof(problem: Problem, draw: Random) -> None:
    other = renamed(problem, draw)
    before, after = cars.plan(problem), cars.plan(other)
    assert before.status is after.status is Status.OPTIMAL
    assert lost(other, after) == lost(problem, before)
    assert (len(after.unserved), after.objective_fen) == (len(before.unserved), before.objective_fen)


def renamed(problem: Problem, draw: Random) -> Problem:
    """Give requests and vehicles each other's ids and another order."""

    def order(count: int) -> list[int]:
        numbers = list(range(count))
        draw.shuffle(numbers)
        return numbers

    requests = [
        replace(r, id=f"q{k}") for r, k in zip(problem.requests, order(len(problem.requests)), strict=True)
    ]
    vehicles = [
        replace(v, id=f"w{k}") for v, k in zip(problem.vehicles, order(len(problem.vehicles)), strict=True)
    ]
    return replace(
        problem,
        requests=tuple(sorted(requests, key=lambda r: r.id)),
        vehicles=tuple(sorted(vehicles, key=lambda v: v.id, reverse=True)),
    )


# -- shuttles --------------------------------------------------------------------------------------------


def shuttle_draft(
    sizes: Sequence[tuple[int, int]], buses: int, direction: shuttle.Direction
) -> shuttle.LineDraft:
    by_letter = {p.id: p for p in places()}
    compounds = [
        Compound(id=f"k{i}", place=by_letter[at], work_start_s=28_800, work_end_s=61_200)
        for i, at in enumerate("CE")
    ]
    groups = [
        RiderGroup(id=f"g{i}", home=by_letter["A"], count=count, compound_id=f"k{k}")
        for i, (count, k) in enumerate(sizes)
    ]
    walks_m = np.array([[300 * (i % 4), 1_000 - 300 * (i % 3)] for i in range(len(groups))], np.int32)
    return shuttle.line_draft(
        groups, compounds, [by_letter["A"], by_letter["B"]], walks_m, [CAR, LARGE],
        [car(f"b{i}", type_id="large") for i in range(buses)], [], travel(),
        date="2026-11-10", direction=direction, places=places(),
    )  # fmt: skip


SIZES = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1)), min_size=1, max_size=6)
DRAFTS = st.builds(shuttle_draft, SIZES, st.integers(1, 3), st.sampled_from(["morning", "evening"]))


@settings(max_examples=20)
@given(DRAFTS)
def test_shuttle_lines_are_sound_and_lose_no_rider(draft: shuttle.LineDraft) -> None:
    accounted(draft.problem, shuttle.plan(draft.problem, work_limit=WORK))
    waiting = Counter[str]()
    for members in draft.members.values():
        waiting.update(dict(members))
    boarding = Counter[str]()
    for request in draft.problem.requests:
        boarding.update({request.id: max(max(stop.load) for stop in request.stops)})
    assert waiting.total() == boarding.total()


@settings(max_examples=15)
@given(DRAFTS, st.integers(1, 5_000))
def test_more_buses_lose_no_rider_and_a_dearer_day_is_no_cheaper(
    draft: shuttle.LineDraft, dearer: int
) -> None:
    problem = draft.problem
    before = shuttle.plan(problem, work_limit=4 * WORK)
    larger = replace(problem, vehicles=(*problem.vehicles, car("extra", type_id="large")))
    # What riders cannot walk to stays out whoever comes.
    nobody = frozenset(v.id for v in larger.vehicles)
    closed = tuple(
        replace(r, forbidden_vehicle_ids=nobody) if r.forbidden_vehicle_ids else r for r in larger.requests
    )
    larger = replace(larger, requests=closed)
    assert len(shuttle.plan(larger, work_limit=4 * WORK).unserved) <= len(before.unserved)
    rates = replace(LARGE.rates, vehicle_used_fen=LARGE.rates.vehicle_used_fen + dearer)
    costly = replace(problem, vehicle_types=(CAR, replace(LARGE, rates=rates)))
    after = shuttle.plan(costly, work_limit=4 * WORK)
    assert len(after.unserved) == len(before.unserved)
    assert after.objective_fen >= before.objective_fen


# -- dispatch --------------------------------------------------------------------------------------------


SKILLS: Final = ("救护", "泵")
CALLS = st.lists(
    st.tuples(
        st.sampled_from(LETTERS),
        st.lists(st.sampled_from(SKILLS), min_size=1, max_size=2),
        st.booleans(),
        st.sampled_from([Priority.P0, Priority.P2]),
    ),
    min_size=1,
    max_size=3,
)
CREWS = st.lists(st.tuples(st.sampled_from(LETTERS), st.sampled_from(SKILLS)), max_size=4)


def dispatch(
    calls: Sequence[tuple[str, list[str], bool, Priority]], crews: Sequence[tuple[str, str]]
) -> Problem:
    incidents = [
        Incident(
            id=f"i{i}",
            kind="事故",
            priority=priority,
            place_id=at,
            reported_s=1_000,
            needs=tuple(Need(skill=skill, count=n) for skill, n in sorted(Counter(skills).items())),
            all_or_nothing=whole,
        )
        for i, (at, skills, whole, priority) in enumerate(calls)
    ]
    fleet: list[Vehicle] = [
        car(f"v{i}", at, skills=frozenset({skill}), siren=True) for i, (at, skill) in enumerate(crews)
    ]
    roads = travel(profiles=("car", "emergency"))
    return emergency.dispatch_problem(incidents, [], fleet, (CAR,), places(), roads, date="2026-11-10")


@settings(max_examples=30)
@given(st.builds(dispatch, CALLS, CREWS))
def test_a_dispatch_is_sound_and_no_idle_vehicle_could_go(problem: Problem) -> None:
    schedule = emergency.plan(problem)
    accounted(problem, schedule)
    table, used = timetable(problem), {route.vehicle_id for route in schedule.routes}
    for left in schedule.unserved:
        request = table.requests[left.request_id]
        if request.group_id is not None:
            continue  # all or nothing: it may be the others that are missing
        calls = [Call(request_id=request.id, stop=k) for k in range(len(request.stops))]
        idle = [v for v in problem.vehicles if v.id not in used]
        assert all(feasible_route(table, vehicle, calls) is None for vehicle in idle)


# -- corrupted plans of all three ------------------------------------------------------------------------


def without_a_visit(schedule: Schedule) -> Schedule:
    route = max(schedule.routes, key=lambda r: len(r.visits))
    return with_route(schedule, replace(route, visits=route.visits[:-1]))


def visited_too_early(schedule: Schedule) -> Schedule:
    return with_visit(schedule, lambda v: replace(v, start_s=v.arrival_s - 1))


def faster_than_the_road(schedule: Schedule) -> Schedule:
    return with_visit(schedule, lambda v: replace(v, arrival_s=v.arrival_s - 10))


def driven_twice(schedule: Schedule) -> Schedule:
    return replace(schedule, routes=(*schedule.routes, schedule.routes[0]))


def both_served_and_left_out(schedule: Schedule) -> Schedule:
    request_id = schedule.routes[0].visits[0].request_id or ""
    twice = Unserved(request_id=request_id, reason=Reason.BUSY)
    return replace(schedule, unserved=(*schedule.unserved, twice))


def fewer_metres(schedule: Schedule) -> Schedule:
    route = schedule.routes[0]
    return with_route(schedule, replace(route, distance_m=route.distance_m - 1))


def a_cheaper_bill(schedule: Schedule) -> Schedule:
    return replace(schedule, objective_fen=schedule.objective_fen - 1)


def an_unknown_vehicle(schedule: Schedule) -> Schedule:
    return replace(schedule, routes=(replace(schedule.routes[0], vehicle_id="ghost"), *schedule.routes[1:]))


def with_route(schedule: Schedule, route: Route) -> Schedule:
    routes = tuple(route if r.vehicle_id == route.vehicle_id else r for r in schedule.routes)
    return replace(schedule, routes=routes)


def with_visit(schedule: Schedule, change: Callable[[Visit], Visit]) -> Schedule:
    route = schedule.routes[0]
    return with_route(schedule, replace(route, visits=(change(route.visits[0]), *route.visits[1:])))


CORRUPTIONS: Final[tuple[Callable[[Schedule], Schedule], ...]] = (
    without_a_visit, visited_too_early, faster_than_the_road, driven_twice, both_served_and_left_out,
    fewer_metres, a_cheaper_bill, an_unknown_vehicle,
)  # fmt: skip


@pytest.mark.parametrize("corrupt", CORRUPTIONS, ids=lambda f: f.__name__)
@settings(max_examples=12)
@given(
    problem=st.one_of(SMALL_DAYS, DRAFTS.map(lambda draft: draft.problem), st.builds(dispatch, CALLS, CREWS))
)
def test_a_corrupted_plan_of_any_planner_is_faulted(
    problem: Problem, corrupt: Callable[[Schedule], Schedule]
) -> None:
    schedule = planned(problem)
    assume(schedule.routes)
    assert violations(problem, schedule) == ()
    broken = corrupt(schedule)
    found = violations(problem, broken)
    assert found
    assert all(fault.message for fault in found)


def planned(problem: Problem) -> Schedule:
    if any(request.category == "shuttle" for request in problem.requests):
        return shuttle.plan(problem, work_limit=WORK)
    if any(vehicle.siren for vehicle in problem.vehicles):
        return emergency.plan(problem)
    return cars.plan(problem)


@settings(max_examples=15)
@given(st.one_of(SMALL_DAYS, st.builds(dispatch, CALLS, CREWS)))
def test_the_stated_cost_is_the_bill(problem: Problem) -> None:
    schedule = planned(problem)
    assert schedule.objective_fen == decision_cost_fen(problem, schedule)
