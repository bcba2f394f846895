"""Lines of shuttles: the optimum by trying everything, both engines beside each other, and what is left out.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s a kilometre. Work begins at 08:00 in E; buses
arrive 20 to 10 minutes before.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gis.matrix import UNREACHABLE
from optimizer import shuttle
from optimizer.check import violations
from optimizer.engines import search
from optimizer.errors import ProblemError, Unsupported
from optimizer.feasible import feasible_route
from optimizer.lines import LineDraft, ShuttleSettings, line_draft
from optimizer.model import (
    CostRates,
    Depot,
    Problem,
    Reason,
    Request,
    Route,
    Schedule,
    Status,
    Stop,
    StopOption,
    TimeWindow,
    Unserved,
    Vehicle,
    VehicleType,
)
from optimizer.parties import largest_load, parties
from optimizer.riders import Compound, RiderGroup
from optimizer.timing import Call, Timetable, timetable
from tests.optimizer.brute_force import value
from tests.optimizer.line_town import car, day, places, travel

EIGHT = 28_800
BUS = VehicleType(id="bus", capacity=(9,), rates=CostRates(vehicle_used_fen=3_000, per_km_fen=200))
LONG_BUS = VehicleType(id="long", capacity=(20,), rates=CostRates(vehicle_used_fen=5_000, per_km_fen=300))
ARRIVE = TimeWindow(start_s=EIGHT - 1_200, end_s=EIGHT - 600)
PLACE = {p.id: p for p in places()}


def to_work(request_id: str, stops: str, riders: int, *, walks: Sequence[int] = (), **fields: Any) -> Request:
    """Riders who can board at any of the letters, one minute each, and must be in E in time."""
    boards = tuple(
        StopOption(place_id=letter, service_s=60, cost_fen=walks[i] if walks else 0)
        for i, letter in enumerate(stops)
    )
    return Request(
        id=request_id,
        stops=(
            Stop(options=boards, load=(riders,)),
            Stop(options=(StopOption(place_id="E", window=ARRIVE),), load=(-riders,)),
        ),
        **fields,
    )


def bus(vehicle_id: str, at: str = "D", **fields: Any) -> Vehicle:
    return car(vehicle_id, at, **({"type_id": "bus"} | fields))


def morning(buses: Sequence[Vehicle], requests: Sequence[Request], **fields: Any) -> Problem:
    return day(buses, requests, **({"vehicle_types": (BUS, LONG_BUS)} | fields))


def sound(problem: Problem, schedule: Schedule) -> Schedule:
    assert violations(problem, schedule) == ()
    return schedule


def stops_of(schedule: Schedule) -> dict[str, str]:
    return {r.vehicle_id: "".join(v.place_id for v in r.visits) for r in schedule.routes}


# -- least cost ------------------------------------------------------------------------------------------


SMALL = {
    "one bus for three stops": morning(
        [bus("b1"), bus("b2")], [to_work("a", "A", 3), to_work("b", "B", 3), to_work("c", "C", 3)]
    ),
    "two buses where one is full": morning(
        [bus("b1"), bus("b2")], [to_work("a", "A", 5), to_work("b", "B", 5), to_work("c", "C", 4)]
    ),
    "one large bus for two small ones": morning(
        [bus("b1"), bus("b2"), bus("l", type_id="long")], [to_work("a", "A", 9), to_work("b", "B", 9)]
    ),
    "another stop on the way": morning([bus("b1")], [to_work("a", "DC", 3), to_work("b", "BC", 3)]),
    "a ride too long to fetch the second first": morning(
        [bus("b1", "F"), bus("b2")],
        [to_work("a", "A", 3, max_ride_s=700), to_work("f", "F", 3, max_ride_s=200)],
    ),
    "two runs of one bus": morning([bus("b1", trips=2)], [to_work("b", "B", 9), to_work("c", "C", 9)]),
    "too few seats for all": morning(
        [bus("b1", shift=TimeWindow(start_s=EIGHT - 1_500, end_s=EIGHT))],
        [to_work("a", "A", 6), to_work("b", "B", 6, unserved_penalty_fen=200_000)],
    ),
}


def least_value(problem: Problem) -> tuple[tuple[int, ...], int]:
    """Best value over every way to give the requests to the buses, and every order of every bus."""
    best = None
    table = timetable(problem)
    days = [dict(all_days(table, vehicle)) for vehicle in problem.vehicles]
    for who in itertools.product(range(-1, len(days)), repeat=len(problem.requests)):
        shares = [
            frozenset(r.id for r, w in zip(problem.requests, who, strict=True) if w == i)
            for i in range(len(days))
        ]
        if all(not share or share in known for share, known in zip(shares, days, strict=True)):
            routes = tuple(known[share] for share, known in zip(shares, days, strict=True) if share)
            left = tuple(
                Unserved(request_id=r.id, reason=Reason.BUSY)
                for r, w in zip(problem.requests, who, strict=True)
                if w < 0
            )
            found = value(problem, Schedule(routes=routes, unserved=left))
            best = found if best is None else min(best, found)
    assert best is not None
    return best


def all_days(table: Timetable, vehicle: Vehicle) -> Iterator[tuple[frozenset[str], Route]]:
    """Cheapest route of a bus for every set of requests that it can serve."""
    requests = table.problem.requests
    for size in range(1, len(requests) + 1):
        for some in itertools.combinations(requests, size):
            routes = [
                route
                for options in itertools.product(*(range(len(r.stops[0].options)) for r in some))
                for order in itertools.permutations(
                    [c for r, k in zip(some, options, strict=True) for c in calls(r, k)]
                )
                if all(order.index(a) < order.index(b) for a, b in (calls_pair(order, r.id) for r in some))
                and (route := feasible_route(table, vehicle, order)) is not None
            ]
            if routes:
                yield (
                    frozenset(r.id for r in some),
                    min(routes, key=lambda x: value(table.problem, Schedule(routes=(x,)))),
                )


def calls(request: Request, option: int) -> tuple[Call, Call]:
    return (
        Call(request_id=request.id, stop=0, option=option),
        Call(request_id=request.id, stop=1, option=0),
    )


def calls_pair(order: Sequence[Call], request_id: str) -> tuple[Call, Call]:
    first, second = sorted((c for c in order if c.request_id == request_id), key=lambda c: c.stop)
    return first, second


@pytest.mark.parametrize("name", SMALL)
def test_small_mornings_are_planned_at_the_least_cost_there_is(name: str) -> None:
    problem = SMALL[name]
    schedule = sound(problem, shuttle.plan(problem, work_limit=300))
    assert value(problem, schedule) == least_value(problem)


@pytest.mark.parametrize("name", [name for name in SMALL if "runs" not in name])
def test_or_tools_finds_nothing_better_and_keeps_every_rule(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = SMALL[name]
    own = shuttle.plan(problem, work_limit=300)
    monkeypatch.setattr(search, "solve", _refuses)
    other = sound(problem, shuttle.plan(problem, work_limit=2_000))
    assert other.engine == "ortools routing"
    assert value(problem, own) <= value(problem, other)


def _refuses(*_: object, **__: object) -> Schedule:
    field = "Request.stops"
    raise Unsupported(field, "")


def test_riders_walk_to_the_stop_that_makes_the_line_short_unless_the_walk_weighs_more() -> None:
    near = morning([bus("b1", "C")], [to_work("a", "AC", 3, walks=(0, 500))])
    assert stops_of(sound(near, shuttle.plan(near, work_limit=100))) == {"b1": "CE"}
    far = morning([bus("b1", "C")], [to_work("a", "AC", 3, walks=(0, 900))])
    # C–A–E–C is 6 km, C–E–C 2 km: 4 km are 800 fen.
    assert stops_of(sound(far, shuttle.plan(far, work_limit=100))) == {"b1": "AE"}


# -- depots, fallback --------------------------------------------------------------------------------------


def test_buses_that_end_elsewhere_with_room_for_all_of_them_are_planned_by_or_tools() -> None:
    asked = [to_work("a", "A", 3), to_work("b", "B", 3)]
    buses = [bus("b1", end_place_id="F"), bus("b2", end_place_id="F")]
    roomy = morning(buses, asked, depots=(Depot(place_id="F", spaces=2),))
    schedule = sound(roomy, shuttle.plan(roomy, work_limit=2_000))
    assert (schedule.engine, stops_of(schedule)) == ("ortools routing", {"b1": "ABEE"})
    narrow = replace(roomy, depots=(Depot(place_id="F", spaces=1),))
    with pytest.raises(Unsupported, match=r"Depot\.spaces"):
        shuttle.plan(narrow)


# -- work, progress, determinism ---------------------------------------------------------------------------


def many(count: int) -> Problem:
    asked = [to_work(f"r{i:02}", "ABC"[i % 3], 1 + i % 4) for i in range(count)]
    return morning([bus(f"b{i}") for i in range(5)], asked)


def test_without_a_limit_the_work_grows_with_the_requests() -> None:
    few, more = many(3), replace(many(3), requests=tuple(many(60).requests))
    assert shuttle.usual_work(few) == 1_500
    assert shuttle.usual_work(more) == 60 * shuttle.WORK_PER_REQUEST
    assert shuttle.plan(few).work == 1_500


def test_the_same_seed_and_work_give_the_same_plan_and_order_does_not_matter_to_its_cost() -> None:
    problem = many(12)
    first = shuttle.plan(problem, seed=3, work_limit=200)
    assert first == shuttle.plan(problem, seed=3, work_limit=200)
    turned = replace(problem, requests=problem.requests[::-1], vehicles=problem.vehicles[::-1])
    assert sound(turned, shuttle.plan(turned, seed=3, work_limit=200)).objective_fen == first.objective_fen


def test_progress_rises_to_the_end_and_can_stop_with_the_best_so_far() -> None:
    problem = many(12)
    told: list[float] = []

    def listen(done: Schedule | float) -> bool:
        told.append(done if isinstance(done, float) else -1.0)
        return True

    shuttle.plan(problem, work_limit=600, progress=listen)
    assert told == sorted(told)
    assert 0 < told[0] <= told[-1] == 1.0
    stopped = sound(problem, shuttle.plan(problem, work_limit=100_000, progress=lambda _: False))
    assert stopped.status is Status.STOPPED
    assert stopped.work < 1_000
    assert stopped.unserved == ()


def test_a_time_limit_ends_the_search() -> None:
    shuttle.plan(many(3), work_limit=10)
    began = time.perf_counter()
    assert shuttle.plan(many(12), seconds=0.3).work > 0
    assert time.perf_counter() - began < 10


# -- left out, with reasons --------------------------------------------------------------------------------


def reasons(problem: Problem) -> dict[str, Reason]:
    schedule = sound(problem, shuttle.plan(problem, work_limit=200))
    assert all(u.detail for u in schedule.unserved)
    return {u.request_id: u.reason for u in schedule.unserved}


def test_more_riders_than_the_buses_can_bring_are_told_that_every_bus_is_out() -> None:
    short = TimeWindow(start_s=EIGHT - 1_000, end_s=EIGHT - 300)
    asked = [to_work("a", "C", 9), to_work("b", "C", 9, unserved_penalty_fen=90_000)]
    # From C at 07:43:20 on, 160 s to E: the second run, 260 s more, would be 20 s late.
    assert reasons(morning([bus("b1", "C", shift=short, end_place_id=None)], asked)) == {"b": Reason.BUSY}


def test_each_request_that_no_bus_can_take_says_why() -> None:
    late = TimeWindow(start_s=EIGHT, end_s=2 * EIGHT)
    asked = [
        to_work("crowd", "A", 21),
        to_work("slow", "A", 2, max_ride_s=200),
        to_work("no way", "A", 2, forbidden_vehicle_ids=frozenset({"b1", "b2"})),
    ]
    found = reasons(morning([bus("b1"), bus("b2", type_id="long")], asked))
    assert found == {
        "crowd": Reason.NO_SEATS, "slow": Reason.RIDE_TOO_LONG, "no way": Reason.NOT_ALLOWED,
    }  # fmt: skip
    assert reasons(morning([bus("b1", shift=late)], [to_work("a", "A", 2)])) == {"a": Reason.OUTSIDE_SHIFT}


def test_a_morning_without_buses_or_without_riders_is_a_plan() -> None:
    assert reasons(morning([], [to_work("a", "A", 2)])) == {"a": Reason.NO_VEHICLE}
    nobody = shuttle.plan(morning([bus("b1")], []))
    assert (nobody.routes, nobody.unserved, nobody.objective_fen) == ((), (), 0)


# -- from riders to requests -------------------------------------------------------------------------------


OFFICE = Compound(id="office", place=PLACE["E"], work_start_s=EIGHT, work_end_s=61_200)


def group(group_id: str, count: int, compound_id: str = "office") -> RiderGroup:
    return RiderGroup(id=group_id, home=PLACE["A"], count=count, compound_id=compound_id)


def draft(groups: Sequence[RiderGroup], walks_m: list[list[int]], **fields: Any) -> LineDraft:
    return line_draft(
        groups, [OFFICE], [PLACE["A"], PLACE["B"]], np.array(walks_m, np.int32), [BUS],
        [bus("b1"), bus("b2")], [], travel(), **({"date": "2026-11-10", "places": places()} | fields),
    )  # fmt: skip


def test_a_crowd_at_one_stop_is_split_by_busloads_and_nobody_is_lost() -> None:
    made = draft([group("g", 13), group("h", 7)], [[100, 900], [200, 900]])
    assert [sum(n for _, n in members) for members in made.members.values()] == [9, 9, 2]
    riders: dict[str, int] = {}
    for members in made.members.values():
        for group_id, count in members:
            riders[group_id] = riders.get(group_id, 0) + count
    assert riders == {"g": 13, "h": 7}


def test_the_chosen_stop_comes_first_and_others_only_within_the_walking_limit() -> None:
    (request,) = draft([group("g", 3)], [[300, 700]]).problem.requests
    assert [(o.place_id, o.walk_m) for o in request.stops[0].options] == [("A", 300), ("B", 700)]
    # 3 riders: 300 m at 1 yuan a km; 700 m count as 700 + 2 × 200.
    assert [o.cost_fen for o in request.stops[0].options] == [90, 330]
    (nearer,) = draft([group("g", 3)], [[300, 801]]).problem.requests
    assert [o.place_id for o in nearer.stops[0].options] == ["A"]


def test_standing_time_grows_with_the_riders_and_arrival_is_before_work() -> None:
    (request,) = draft([group("g", 8)], [[300, 900]]).problem.requests
    board, alight = (stop.options[0] for stop in request.stops)
    assert board.service_s == 30 + 20
    assert alight.window == TimeWindow(start_s=EIGHT - 1_200, end_s=EIGHT - 600)


def test_in_the_evening_riders_board_together_after_work() -> None:
    (request,) = draft([group("g", 8)], [[300, 900]], direction="evening").problem.requests
    board, alight = request.stops
    assert (board.load, alight.load) == ((8,), (-8,))
    assert board.options[0].window == TimeWindow(start_s=61_500, end_s=62_400)
    assert (board.options[0].service_s, alight.options[0].service_s) == (20, 50)


def test_a_detour_limit_shortens_the_ride_but_never_below_its_floor() -> None:
    settings = ShuttleSettings(detour_max=2.0, detour_from_s=100)
    (request,) = draft([group("g", 3)], [[300, 900]], settings=settings).problem.requests
    assert request.max_ride_s == 600  # A–E takes 300 s
    floor = replace(settings, detour_from_s=1_200)
    (kept,) = draft([group("g", 3)], [[300, 900]], settings=floor).problem.requests
    assert kept.max_ride_s == 1_200


def test_riders_beyond_every_stop_have_a_request_that_says_how_far_they_would_walk() -> None:
    made = draft([group("g", 3), group("far", 2)], [[300, 900], [1_500, UNREACHABLE]])
    schedule = sound(made.problem, shuttle.plan(made.problem, work_limit=50))
    (left,) = schedule.unserved
    assert left.reason is Reason.TOO_FAR_TO_WALK
    assert "1500" in left.detail
    assert made.members[left.request_id] == (("far", 2),)


def test_unknown_compounds_empty_groups_and_wrong_tables_are_all_named_at_once() -> None:
    with pytest.raises(ProblemError) as caught:
        draft([group("g", 0), group("h", 2, "nowhere")], [[1, 2, 3]])
    text = str(caught.value)
    assert all(part in text for part in ("'g'", "'nowhere'", "(1, 3)"))


def test_parties_of_one_stop_are_numbered() -> None:
    together = parties([group("g", 5)], [OFFICE], np.array([[100]], np.int32), ShuttleSettings(), 2)
    assert [(p.number, p.riders) for p in together] == [(1, 2), (2, 2), (3, 1)]


def test_a_request_holds_no_more_riders_than_half_of_the_buses_carry() -> None:
    kinds = [VehicleType(id=f"{seats}", capacity=(seats,)) for seats in (18, 44, 52)]
    fleet = [
        Vehicle(id=f"b{i}", type_id=kind, start_place_id="D")
        for i, kind in enumerate(("52", "44", "44", "18"))
    ]
    assert largest_load(kinds, fleet, ShuttleSettings()) == 44
    assert largest_load(kinds, fleet[:1], ShuttleSettings()) == 52
    assert largest_load(kinds, fleet, ShuttleSettings(largest_request=30)) == 30
