"""Whatever the problem, the judge finds nothing wrong with what the route engine plans."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from optimizer.check import violations
from optimizer.engines.arrays import compile_problem
from optimizer.engines.by_address import by_address
from optimizer.engines.kernels import anneal
from optimizer.engines.search import solve
from optimizer.engines.state import new_search
from optimizer.model import (
    ALL_DAY,
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
    Reserve,
    Route,
    Schedule,
    Stop,
    StopOption,
    TimeWindow,
    TravelMatrix,
    Unserved,
    Vehicle,
    VehicleType,
)

PLACES = 8
STARTS = (0, 1_500, 4_000)
GUARD = 200
LUNCH = TimeWindow(start_s=5_000, end_s=6_000)
Draw = Any


def _window(draw: Draw, latest_s: int = 6_000) -> TimeWindow:
    if draw(st.booleans()):
        return ALL_DAY
    start_s = draw(st.integers(0, latest_s))
    return TimeWindow(start_s=start_s, end_s=start_s + draw(st.integers(0, 3_000)))


@st.composite
def roads(draw: Draw) -> TravelMatrix:
    """Any legs at all, triangle inequality or not, made first in first out."""
    buckets = draw(st.integers(1, len(STARTS)))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = (2, buckets, PLACES, PLACES)
    slowest_s = draw(st.sampled_from((1_500, 1_500, 12_000)))  # long legs ask for rests
    seconds = random.integers(0, slowest_s, shape).astype(np.int64)
    for b in range(buckets - 2, -1, -1):
        seconds[:, b] = np.minimum(seconds[:, b], seconds[:, b + 1] + STARTS[b + 1] - STARTS[b])
    metres = random.integers(0, 20_000, shape)
    closed = random.random((2, 1, PLACES, PLACES)) < draw(st.sampled_from((0.0, 0.1)))
    for legs in (seconds, metres):
        legs[np.broadcast_to(closed, shape)] = UNREACHABLE
        np.einsum("pbii->pbi", legs)[...] = 0
    index = {str(i): i for i in range(PLACES)}
    block = Block(
        origins=index, destinations=index, seconds=seconds.astype(np.int32), metres=metres.astype(np.int32)
    )
    return TravelMatrix(profiles=("car", "truck"), bucket_starts_s=STARTS[:buckets], blocks=(block,))


@st.composite
def requests(draw: Draw, number: int, dimensions: int) -> Request:
    kind = draw(st.sampled_from(("fetch", "bring", "carry", "round")))
    load = tuple(draw(st.integers(0, 4)) for _ in range(dimensions))
    away = tuple(-amount for amount in load)
    none = (0,) * dimensions
    loads = {"fetch": (load,), "bring": (away,), "carry": (load, away), "round": (load, none, away)}[kind]
    return Request(
        id=f"r{number}",
        stops=tuple(draw(stops(load)) for load in loads),
        priority=draw(st.sampled_from(Priority)),
        unserved_penalty_fen=draw(st.integers(0, 1_000)),
        max_ride_s=draw(st.none() | st.integers(0, 4_000)) if len(loads) > 1 else None,
        sole_use=draw(st.sampled_from((False, False, True))),
        skills=frozenset(draw(st.sampled_from(((), (), ("lift",))))),
        vehicle_ids=frozenset(draw(st.sampled_from(((), (), (), ("v0", "v1"))))),
        forbidden_vehicle_ids=frozenset(draw(st.sampled_from(((), (), ("v0",))))),
        group_id=draw(st.sampled_from((None, None, None, "g"))),
    )


@st.composite
def stops(draw: Draw, load: tuple[int, ...]) -> Stop:
    options = tuple(
        StopOption(
            place_id=str(draw(st.integers(0, PLACES - 1))),
            window=_window(draw),
            service_s=draw(st.integers(0, 300)),
            cost_fen=draw(st.integers(0, 50)),
        )
        for _ in range(draw(st.sampled_from((1, 1, 2))))
    )
    return Stop(options=options, load=load)


@st.composite
def kinds(draw: Draw, number: int, dimensions: int) -> VehicleType:
    return VehicleType(
        id=f"k{number}",
        capacity=tuple(draw(st.integers(1, 8)) for _ in range(dimensions)),
        profile=draw(st.sampled_from(("car", "car", "truck"))),
        rates=CostRates(
            vehicle_used_fen=draw(st.integers(0, 500)),
            per_trip_fen=draw(st.integers(0, 50)),
            per_km_fen=draw(st.integers(0, 300)),
            toll_per_km_fen=draw(st.integers(0, 30)),
            per_hour_fen=draw(st.sampled_from((0, 0, 5_000))),
            overtime_per_hour_fen=draw(st.sampled_from((0, 3_000))),
            regular_hours_s=draw(st.sampled_from((2_000, 28_800))),
            included_m=draw(st.sampled_from((0, 10_000))),
            included_s=draw(st.sampled_from((0, 1_000))),
        ),
        max_route_m=draw(st.none() | st.integers(5_000, 90_000)),
        max_route_s=draw(st.none() | st.integers(1_000, 20_000)),
        max_stops=draw(st.none() | st.integers(1, 6)),
    )


@st.composite
def vehicles(draw: Draw, number: int, kind_ids: tuple[str, ...]) -> Vehicle:
    base = str(draw(st.integers(0, 1)))
    start_s = draw(st.integers(0, 3_000))
    shift = TimeWindow(start_s=start_s, end_s=start_s + draw(st.integers(1_000, 40_000)))
    busy_s = draw(st.integers(0, 8_000))
    held = (TimeWindow(start_s=busy_s, end_s=busy_s + draw(st.integers(1, 3_000))),)
    return Vehicle(
        id=f"v{number}",
        type_id=draw(st.sampled_from(kind_ids)),
        start_place_id=base,
        end_place_id=draw(st.sampled_from((base, base, None, "1"))),
        shift=draw(st.sampled_from((ALL_DAY, shift))),
        busy=draw(st.sampled_from(((), (), held))),
        skills=frozenset(draw(st.sampled_from(((), ("lift",))))),
        trips=draw(st.sampled_from((1, 1, 2, 3))),
    )


@st.composite
def manned(draw: Draw, fleet: tuple[Vehicle, ...]) -> tuple[tuple[Vehicle, ...], tuple[Driver, ...]]:
    """Leave drivers out, or name two whose hours differ; some vehicles have their own."""
    if draw(st.booleans()):
        return fleet, ()
    shift = TimeWindow(start_s=draw(st.integers(0, 3_000)), end_s=draw(st.integers(9_000, 60_000)))
    drivers = (
        Driver(id="ann", licences=frozenset({"B", "C1"}), busy=draw(st.sampled_from(((), (LUNCH,))))),
        Driver(id="bob", licences=frozenset({"B", "C1"}), shift=shift),
    )
    names = st.sampled_from(((), ("ann",), ("bob",), ("ann", "bob")))
    return tuple(replace(vehicle, driver_ids=draw(names)) for vehicle in fleet), drivers


@st.composite
def problems(draw: Draw) -> Problem:
    """Small problems of every kind mixed."""
    dimensions = draw(st.integers(1, 2))
    fleet = tuple(draw(kinds(i, dimensions)) for i in range(draw(st.integers(1, 3))))
    ids = tuple(kind.id for kind in fleet)
    cars, drivers = draw(manned(tuple(draw(vehicles(i, ids)) for i in range(draw(st.integers(2, 4))))))
    return Problem(
        date="2026-03-02",
        dimensions=("seats", "kg")[:dimensions],
        places=tuple(Place(id=str(i), lon=i / 100, lat=0.0) for i in range(PLACES)),
        vehicle_types=fleet,
        vehicles=cars,
        drivers=drivers,
        depots=draw(
            st.sampled_from(((), (Depot(place_id="0", window=TimeWindow(start_s=300, end_s=30_000)),)))
        ),
        requests=tuple(draw(requests(i, dimensions)) for i in range(draw(st.integers(0, 9)))),
        travel=draw(roads()),
        reserves=draw(st.sampled_from(((), (), (Reserve(count=1),), (Reserve(count=1, skill="lift"),)))),
        buffer_s=draw(st.sampled_from((0, 0, 200))),
        frozen_until_s=draw(st.sampled_from((0, 0, 1_000))),
    )


@settings(max_examples=250)
@given(problem=problems(), seed=st.integers(0, 9))
def test_the_judge_finds_nothing_in_a_plan_of_any_problem(problem: Problem, seed: int) -> None:
    schedule = solve(problem, seed=seed, iterations=60)
    assert violations(problem, schedule) == ()


@settings(max_examples=60)
@given(problem=problems())
def test_a_plan_half_driven_is_locked_and_continued(problem: Problem) -> None:
    first = solve(problem, iterations=40)
    whole = [route for route in first.routes if all(visit.request_id for visit in route.visits)]
    locked = tuple(replace(route, visits=route.visits[: 1 + len(route.visits) // 2]) for route in whole[:1])
    if not locked or any(u.request_id for u in first.unserved if _grouped(problem, u.request_id)):
        return
    if problem.buffer_s and any(_delivered(problem, route) for route in whole[:1]):
        return  # without what is delivered behind the lock the car would be empty before, and owe the buffer
    if any(_grouped(problem, visit.request_id) for route in locked for visit in route.visits):
        return  # the others of a group that has begun may be out of reach by then
    until_s = max(locked[0].visits[-1].start_s, problem.frozen_until_s)
    later = replace(problem, locked=locked, frozen_until_s=until_s)
    found = violations(later, solve(later, iterations=40))
    assert found == ()


def _delivered(problem: Problem, route: Route) -> bool:
    """Whether a request of the route is on board from the start of its trip."""
    ids = {visit.request_id for visit in route.visits}
    return any(min(sum(stop.load) for stop in r.stops) < 0 for r in problem.requests if r.id in ids)


def _grouped(problem: Problem, request_id: str | None) -> bool:
    return any(r.group_id for r in problem.requests if r.id == request_id)


@settings(max_examples=100)
@given(problem=problems(), data=st.data())
def test_a_corrupted_plan_is_always_faulted(problem: Problem, data: st.DataObject) -> None:
    schedule = solve(problem, iterations=30)
    if not schedule.routes:
        return
    corrupt = data.draw(st.sampled_from(CORRUPTIONS))
    assert violations(problem, corrupt(schedule)) != ()


def _first(schedule: Schedule, **changes: object) -> Schedule:
    first, *rest = schedule.routes
    return replace(schedule, routes=(replace(first, **changes), *rest))  # type: ignore[arg-type]


def _without_a_visit(schedule: Schedule) -> Schedule:
    return _first(schedule, visits=schedule.routes[0].visits[1:])


def _visited_twice(schedule: Schedule) -> Schedule:
    visits = schedule.routes[0].visits
    return _first(schedule, visits=(visits[0], *visits))


def _without_a_route(schedule: Schedule) -> Schedule:
    return replace(schedule, routes=schedule.routes[1:])


def _driven_twice(schedule: Schedule) -> Schedule:
    return replace(schedule, routes=(*schedule.routes, schedule.routes[0]))


def _of_a_stranger(schedule: Schedule) -> Schedule:
    return _first(schedule, vehicle_id="stranger")


def _back_later(schedule: Schedule) -> Schedule:
    return _first(schedule, end_s=schedule.routes[0].end_s + 1)


def _arriving_before_it_can(schedule: Schedule) -> Schedule:
    first, *rest = schedule.routes[0].visits
    return _first(schedule, visits=(replace(first, arrival_s=first.arrival_s - 1), *rest))


def _elsewhere(schedule: Schedule) -> Schedule:
    first, *rest = schedule.routes[0].visits
    place_id = str((int(first.place_id) + 1) % PLACES)
    return _first(schedule, visits=(replace(first, place_id=place_id), *rest))


def _a_metre_less(schedule: Schedule) -> Schedule:
    return _first(schedule, distance_m=schedule.routes[0].distance_m - 1)


def _a_fen_less(schedule: Schedule) -> Schedule:
    return replace(schedule, objective_fen=schedule.objective_fen - 1)


def _served_and_left(schedule: Schedule) -> Schedule:
    request_id = next(visit.request_id for visit in schedule.routes[0].visits if visit.request_id)
    again = Unserved(request_id=request_id, reason=Reason.SEARCH_ENDED)
    return replace(schedule, unserved=(*schedule.unserved, again))


CORRUPTIONS = (
    _without_a_visit, _visited_twice, _without_a_route, _driven_twice, _of_a_stranger, _back_later,
    _arriving_before_it_can, _elsewhere, _a_metre_less, _a_fen_less, _served_and_left,
)  # fmt: skip


@settings(max_examples=100)
@given(problem=problems(), seed=st.integers(0, 9))
def test_kernels_write_nowhere_but_into_the_search(problem: Problem, seed: int) -> None:
    """Bounds are not checked in machine code, so every array stands between guards here."""
    compiled = compile_problem(problem)
    if not compiled.groups:
        return
    task, task_buffers = _between_guards(compiled.task)
    search, search_buffers = _between_guards(new_search(compiled, seed))
    before = [buffer.copy() for buffer in task_buffers]
    for begin in (anneal.restart, anneal.prepare):
        begin(task, search)
    anneal.improve(task, search, 1, False, True)
    anneal.improve(task, search, 40, True, False)
    anneal.drop_route(task, search)
    anneal.improve(task, search, 40, False, False)
    assert all(np.array_equal(a, b) for a, b in zip(before, task_buffers, strict=True))
    for buffer in search_buffers:
        assert (buffer[:GUARD] == 99).all()
        assert (buffer[-GUARD:] == 99).all()


def _between_guards(wrapped: Any) -> tuple[Any, list[NDArray[Any]]]:
    """Copy arrays into the middle of longer ones that hold 99 before and behind."""
    buffers, middles = [], []
    for array in wrapped.fields:
        buffer = np.full(array.size + 2 * GUARD, 99, array.dtype)
        middle = buffer[GUARD : GUARD + array.size].reshape(array.shape)
        middle[...] = array
        buffers.append(buffer)
        middles.append(middle)
    return by_address(type(wrapped.fields)(*middles)), buffers


@pytest.mark.parametrize("seed", range(3))
def test_relabelled_ids_keep_the_cost(seed: int) -> None:
    problem = _sample()
    names = {v.id: f"x{i}" for i, v in enumerate(problem.vehicles)}
    other = replace(problem, vehicles=tuple(replace(v, id=names[v.id]) for v in problem.vehicles))
    once, again = solve(problem, seed=seed, iterations=300), solve(other, seed=seed, iterations=300)
    assert once.objective_fen == again.objective_fen


def _sample() -> Problem:
    index = {str(i): i for i in range(PLACES)}
    legs = np.abs(np.subtract.outer(np.arange(PLACES) ** 2, np.arange(PLACES) ** 2)).astype(np.int32)
    block = Block(
        origins=index, destinations=index, seconds=60 * legs[None, None], metres=500 * legs[None, None]
    )
    return Problem(
        date="2026-03-02",
        places=tuple(Place(id=str(i), lon=i / 100, lat=0.0) for i in range(PLACES)),
        vehicle_types=(VehicleType(id="car", capacity=(3,), rates=CostRates(per_km_fen=100)),),
        vehicles=tuple(
            Vehicle(id=f"v{i}", type_id="car", start_place_id="0", end_place_id="0") for i in range(4)
        ),
        requests=tuple(
            Request(id=f"r{i}", stops=(Stop(options=(StopOption(place_id=str(i)),), load=(1,)),))
            for i in range(1, PLACES)
        ),
        travel=TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=(block,)),
    )
