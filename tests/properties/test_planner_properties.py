"""Whatever the day: the judge finds nothing and every request is accounted for once."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer import cars, shuttle
from optimizer.check import violations
from optimizer.model import CostRates, Priority, Problem, Request, Schedule, TimeWindow, VehicleType
from optimizer.riders import Compound, RiderGroup
from optimizer.validate import faults
from tests.optimizer.line_town import CAR, LETTERS, car, day, places, travel, trip

LARGE = VehicleType(id="large", rates=CostRates(vehicle_used_fen=7_000, per_km_fen=150), capacity=(9,))
REQUESTS = st.tuples(
    st.text(alphabet=LETTERS, min_size=1, max_size=3), st.integers(0, 60), st.integers(1, 10), st.booleans()
)
VEHICLES = st.tuples(st.sampled_from(LETTERS), st.booleans(), st.integers(0, 40), st.integers(1, 80))


def accounted(problem: Problem, schedule: Schedule) -> None:
    assert faults(problem) == ()
    assert violations(problem, schedule) == ()
    served = {v.request_id or "" for r in schedule.routes for v in r.visits}
    times = Counter([*served, *(u.request_id for u in schedule.unserved)])
    assert times == Counter(r.id for r in problem.requests)
    assert all(u.detail for u in schedule.unserved)


def asked(number: int, way: str, hundred_s: int, people: int, urgent: bool) -> Request:
    priority = Priority.P2 if urgent else Priority.P4
    return trip(f"r{number}", way, 1_000 + 100 * hundred_s, people=people, stay_s=200, priority=priority)


@settings(max_examples=40)
@given(st.lists(REQUESTS, max_size=9), st.lists(VEHICLES, max_size=4), st.sampled_from([0, 120]))
def test_a_day_of_cars_is_sound(
    wishes: list[tuple[str, int, int, bool]], fleet: list[tuple[str, bool, int, int]], buffer_s: int
) -> None:
    vehicles = [
        car(
            f"v{i}",
            at,
            type_id="large" if large else "car",
            shift=TimeWindow(start_s=100 * opens, end_s=100 * (opens + length)),
        )
        for i, (at, large, opens, length) in enumerate(fleet)
    ]
    requests = [asked(i, *wish) for i, wish in enumerate(wishes) if len(wish[0]) > 1]
    problem = day(vehicles, requests, vehicle_types=(CAR, LARGE), buffer_s=buffer_s)
    accounted(problem, cars.plan(problem))


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1)), min_size=1, max_size=6),
    st.integers(1, 3),
    st.sampled_from(["morning", "evening"]),
)
def test_shuttle_lines_are_sound_and_lose_no_rider(
    sizes: list[tuple[int, int]], buses: int, direction: shuttle.Direction
) -> None:
    by_letter = {p.id: p for p in places()}
    compounds = [
        Compound(id=f"k{i}", place=by_letter[at], work_start_s=28_800, work_end_s=61_200)
        for i, at in enumerate("CE")
    ]
    groups = [
        RiderGroup(id=f"g{i}", home=by_letter["A"], count=count, compound_id=f"k{k}")
        for i, (count, k) in enumerate(sizes)
    ]
    stops = [by_letter["A"], by_letter["B"]]
    walks_m = np.array([[300 * (i % 4), 1_000 - 300 * (i % 3)] for i in range(len(groups))], np.int32)
    draft = shuttle.line_draft(
        groups, compounds, stops, walks_m, [CAR, LARGE],
        [car(f"b{i}", type_id="large") for i in range(buses)], [], travel(),
        date="2026-11-10", direction=direction, places=places(),
    )  # fmt: skip
    schedule = shuttle.plan(draft.problem, work_limit=20)
    accounted(draft.problem, schedule)
    riders = Counter[str]()
    for members in draft.members.values():
        riders.update(dict(members))
    assert riders == Counter({g.id: g.count for g in groups})
