"""What holds for all lines: nobody is lost, walks too far or stands, all are in time, faults are seen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.check import violations
from optimizer.joint import Planned, plan_lines
from optimizer.line_plans import home_stop, source_of
from optimizer.lines import Direction, LineDraft, ShuttleSettings, line_draft
from optimizer.model import CostRates, Reason, Route, Schedule, VehicleType, Visit
from optimizer.riders import Compound, RiderGroup
from tests.optimizer.line_town import car, places, travel

EIGHT = 28_800
PLACE = {p.id: p for p in places()}
STOPS = "ABF"
SMALL = VehicleType(id="small", capacity=(6,), rates=CostRates(vehicle_used_fen=2_000, per_km_fen=200))
LARGE = VehicleType(id="large", capacity=(14,), rates=CostRates(vehicle_used_fen=6_000, per_km_fen=300))
WALK = st.sampled_from([0, 200, 450, 700, 801, 3_000])
GROUP = st.tuples(st.integers(1, 9), st.integers(0, 1), st.tuples(WALK, WALK, WALK))


def draft_of(
    riders: Sequence[tuple[int, int, tuple[int, int, int]]], buses: tuple[int, int], direction: Direction
) -> LineDraft:
    compounds = [
        Compound(id=f"k{i}", place=PLACE[at], work_start_s=EIGHT + 1_800 * i, work_end_s=61_200)
        for i, at in enumerate("CE")
    ]
    groups = [
        RiderGroup(id=f"g{i}", home=PLACE["A"], count=count, compound_id=f"k{to}")
        for i, (count, to, _) in enumerate(riders)
    ]
    fleet = [car(f"s{i}", type_id="small") for i in range(buses[0])]
    fleet += [car(f"l{i}", type_id="large") for i in range(buses[1])]
    return line_draft(
        groups, compounds, [PLACE[s] for s in STOPS], np.array([walk for _, _, walk in riders], np.int32),
        [SMALL, LARGE], fleet, [], travel(), date="2026-11-10", direction=direction, places=places(),
        settings=ShuttleSettings(stop_cost_fen=500),
    )  # fmt: skip


DRAFTS = st.builds(
    draft_of,
    st.lists(GROUP, min_size=1, max_size=6),
    st.tuples(st.integers(0, 2), st.integers(1, 2)),
    st.sampled_from(["morning", "evening"]),
)


@settings(max_examples=15, deadline=None)
@given(DRAFTS)
def test_lines_lose_nobody_and_keep_every_rule(draft: LineDraft) -> None:
    planned = plan_lines(draft, work_limit=60)
    assert violations(planned.draft.problem, planned.schedule) == ()
    everybody_is_served_or_named(planned)
    nobody_walks_too_far(planned)
    nobody_stands(planned)
    all_are_in_time(planned)


def everybody_is_served_or_named(planned: Planned) -> None:
    count = Counter[str]()
    for members in planned.draft.members.values():
        count.update(dict(members))
    assert count == {g.id: g.count for g in source_of(planned.draft).groups}
    served = {v.request_id for r in planned.schedule.routes for v in r.visits}
    named = {u.request_id for u in planned.schedule.unserved}
    assert served | named == set(planned.draft.members)
    assert not served & named
    assert all(u.detail for u in planned.schedule.unserved)


def nobody_walks_too_far(planned: Planned) -> None:
    source = source_of(planned.draft)
    number = {place.id: s for s, place in enumerate(source.stops)}
    for route in planned.schedule.routes:
        for visit in route.visits:
            if visit.request_id is not None and visit.stop == home_stop(source):
                for group_id, _ in planned.draft.members[visit.request_id]:
                    walk_m = source.walks_m[source.row[group_id], number[visit.place_id]]
                    assert walk_m <= source.settings.walk_max_m
    for left in planned.schedule.unserved:
        if left.reason is Reason.TOO_FAR_TO_WALK:
            for group_id, _ in planned.draft.members[left.request_id]:
                assert source.walks_m[source.row[group_id]].min() > source.settings.walk_max_m


def nobody_stands(planned: Planned) -> None:
    asked = {r.id: r for r in planned.draft.problem.requests}
    seats = {v.id: {"small": 6, "large": 14}[v.type_id] for v in planned.draft.problem.vehicles}
    for route in planned.schedule.routes:
        aboard = 0
        for visit in route.visits:
            aboard += asked[visit.request_id or ""].stops[visit.stop].load[0]
            assert 0 <= aboard <= seats[route.vehicle_id]
        assert aboard == 0


def all_are_in_time(planned: Planned) -> None:
    source = source_of(planned.draft)
    compound = {
        r.id: p.compound for r, p in zip(planned.draft.problem.requests, planned.draft.parties, strict=True)
    }
    for route in planned.schedule.routes:
        for visit in route.visits:
            if visit.stop != home_stop(source):
                work = compound[visit.request_id or ""]
                early_s, late_s = (
                    (work.work_start_s - 1_200, work.work_start_s - 600)
                    if source.direction == "morning"
                    else (work.work_end_s + 300, work.work_end_s + 1_200)
                )
                assert early_s <= visit.start_s <= late_s


def corrupted(schedule: Schedule, kind: str) -> Schedule:
    """A timetable with one thing wrong."""
    first, *others = schedule.routes
    board, alight = first.visits[0], first.visits[-1]
    changed: dict[str, tuple[Route, ...]] = {
        "arrives too soon": (_with(first, -1, replace(alight, arrival_s=alight.arrival_s - 60)),),
        "leaves before all are on": (_with(first, 0, replace(board, depart_s=board.start_s - 1)),),
        "comes from nowhere": (replace(first, start_s=first.start_s + 30),),
        "says fewer metres": (replace(first, distance_m=first.distance_m - 1),),
        "leaves riders on board": (replace(first, visits=first.visits[:-1]),),
        "is gone": (),
    }
    return replace(schedule, routes=(*changed[kind], *others))


def _with(route: Route, at: int, visit: Visit) -> Route:
    visits = list(route.visits)
    visits[at] = visit
    return replace(route, visits=tuple(visits))


KINDS = (
    "arrives too soon", "leaves before all are on", "comes from nowhere", "says fewer metres",
    "leaves riders on board", "is gone",
)  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(DRAFTS, st.sampled_from(KINDS))
def test_a_corrupted_timetable_is_always_faulted(draft: LineDraft, kind: str) -> None:
    planned = plan_lines(draft, work_limit=20)
    if planned.schedule.routes:
        assert violations(planned.draft.problem, corrupted(planned.schedule, kind)) != ()
