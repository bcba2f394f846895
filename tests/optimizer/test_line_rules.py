"""What a line may be: own and hired buses, several depots, two compounds, two starts of work, limits.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s a kilometre.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from optimizer.check import violations
from optimizer.joint import Planned, plan_lines
from optimizer.line_plans import riders_served
from optimizer.lines import LineDraft, ShuttleSettings, line_draft
from optimizer.model import CostRates, Depot, Reason, TimeWindow, Vehicle, VehicleType
from optimizer.price import price
from optimizer.riders import Compound, RiderGroup
from tests.optimizer.line_town import car, places, travel

EIGHT, FIVE = 28_800, 61_200
PLACE = {p.id: p for p in places()}
OWN = VehicleType(id="own", capacity=(10,), rates=CostRates(vehicle_used_fen=2_000, per_km_fen=300))
HIRED = VehicleType(id="hired", capacity=(40,), rates=CostRates(per_trip_fen=20_000))
Riders = Sequence[tuple[str, int, str]]
"""Stop, count and compound of each group."""


def compound(compound_id: str, at: str, starts_s: int = EIGHT) -> Compound:
    return Compound(id=compound_id, place=PLACE[at], work_start_s=starts_s, work_end_s=starts_s + 32_400)


def draft(
    riders: Riders, compounds: Sequence[Compound], fleet: Sequence[Vehicle], **fields: Any
) -> LineDraft:
    stops = [PLACE[s] for s in sorted({stop for stop, _, _ in riders})]
    groups = [
        RiderGroup(id=f"{stop}{i}", home=PLACE[stop], count=count, compound_id=to)
        for i, (stop, count, to) in enumerate(riders)
    ]
    walks_m = np.array([[0 if s.id == stop else 2_000 for s in stops] for stop, _, _ in riders], np.int32)
    depots = [Depot(place_id=p) for p in sorted({v.start_place_id for v in fleet})]
    return line_draft(
        groups, compounds, stops, walks_m, [OWN, HIRED], fleet, depots, travel(),
        **({"date": "2026-11-10", "places": places()} | fields),
    )  # fmt: skip


def planned(
    riders: Riders, compounds: Sequence[Compound], fleet: Sequence[Vehicle], **fields: Any
) -> Planned:
    found = plan_lines(draft(riders, compounds, fleet, **fields), work_limit=300)
    assert violations(found.draft.problem, found.schedule) == ()
    return found


def halts(found: Planned) -> dict[str, str]:
    """Where each bus stands, in order."""
    way = {r.vehicle_id: ["", *(v.place_id for v in r.visits)] for r in found.schedule.routes}
    return {bus: "".join(b for a, b in pairwise(places) if a != b) for bus, places in way.items()}


def own(bus_id: str, at: str = "D", **fields: Any) -> Vehicle:
    return car(bus_id, at, type_id="own", **fields)


def test_own_buses_drive_and_a_hired_one_comes_only_where_they_are_too_small() -> None:
    fleet = [own("o1"), car("h1", type_id="hired")]
    few = planned([("A", 8, "e")], [compound("e", "E")], fleet)
    assert halts(few) == {"o1": "AE"}
    # One bus of ten cannot bring 35 in ten minutes; the hired one takes them all, own seats need not move.
    many = planned([("A", 35, "e")], [compound("e", "E")], fleet)
    assert set(halts(many)) == {"h1"}
    assert [
        (line.kind, line.amount_fen) for line in price(many.draft.problem, many.schedule, idle=False).lines
    ] == [("trip", 20_000)]


def test_one_bus_serves_two_compounds_on_its_way() -> None:
    found = planned(
        [("A", 3, "c"), ("B", 3, "e")], [compound("c", "C"), compound("e", "E")], [own("o1"), own("o2")]
    )
    assert halts(found) == {"o1": "ABCE"}
    arrivals = {v.place_id: v.start_s for r in found.schedule.routes for v in r.visits if v.stop == 1}
    assert all(EIGHT - 1_200 <= at <= EIGHT - 600 for at in arrivals.values())


def test_one_bus_serves_two_starts_of_work_one_after_the_other() -> None:
    starts = [compound("yi@08:00", "E"), compound("yi@08:30", "E", EIGHT + 1_800)]
    found = planned([("A", 10, "yi@08:00"), ("A", 10, "yi@08:30")], starts, [own("o1"), own("o2")])
    assert halts(found) == {"o1": "AEAE"}
    early, late = (v.start_s for r in found.schedule.routes for v in r.visits if v.stop == 1)
    assert EIGHT - 1_200 <= early <= EIGHT - 600
    assert EIGHT + 600 <= late <= EIGHT + 1_200


def test_each_bus_leaves_from_its_own_depot_and_the_nearer_one_is_taken() -> None:
    found = planned([("F", 9, "e")], [compound("e", "E")], [own("from D"), own("from F", "F")])
    assert halts(found) == {"from F": "FE"}
    assert found.schedule.objective_fen == 2_000 + 2 * 300


def test_the_evening_has_its_own_order_of_stops() -> None:
    # To work all are fetched before E; home, the bus leaves F's riders first or last, whichever is shorter
    # from E by both ends to D: E F A D, while the morning is D A F E or D F A E.
    riders = [("A", 3, "e"), ("F", 3, "e")]
    there = planned(riders, [compound("e", "E")], [own("o1")])
    back = planned(riders, [compound("e", "E")], [own("o1")], direction="evening")
    assert halts(back) == {"o1": "EFA"}
    assert there.schedule.routes[0].distance_m == back.schedule.routes[0].distance_m == 10_000
    boards = [v.start_s for v in back.schedule.routes[0].visits if v.stop == 0]
    assert all(FIVE + 300 <= at <= FIVE + 1_200 for at in boards)


def test_a_line_stops_no_more_often_than_it_may() -> None:
    riders = [("A", 2, "e"), ("B", 2, "e"), ("C", 2, "e")]
    free = planned(riders, [compound("e", "E")], [own("o1"), own("o2")])
    assert halts(free) == {"o1": "ABCE"}
    held = planned(
        riders, [compound("e", "E")], [own("o1"), own("o2")], settings=ShuttleSettings(stops_max=3)
    )
    assert riders_served(held) == 6
    assert sorted(len(way) for way in halts(held).values()) == [2, 3]


def test_a_detour_beyond_the_limit_takes_a_second_bus() -> None:
    # F's riders may ride 150 s, so a bus that has them on board fetches nobody on the way to E.
    riders = [("A", 3, "e"), ("F", 3, "e")]
    strict = ShuttleSettings(detour_max=1.5, detour_from_s=0)
    found = planned(riders, [compound("e", "E")], [own("o1"), own("o2")], settings=strict)
    for route in found.schedule.routes:
        asked = {r.id: r.max_ride_s for r in found.draft.problem.requests}
        board = {v.request_id: v.depart_s for v in route.visits if v.stop == 0}
        for visit in route.visits:
            if visit.stop == 1 and visit.request_id is not None:
                assert visit.start_s - board[visit.request_id] <= (asked[visit.request_id] or 0)
    assert {r.max_ride_s for r in found.draft.problem.requests} == {450, 150}


def test_a_driver_whose_shift_begins_too_late_leaves_riders_out_with_a_reason() -> None:
    late = own("o1", shift=TimeWindow(start_s=EIGHT - 700, end_s=EIGHT + 3_600))
    found = planned([("A", 4, "e")], [compound("e", "E")], [late])
    assert riders_served(found) == 0
    (left,) = found.schedule.unserved
    assert left.reason is Reason.OUTSIDE_SHIFT


def test_more_riders_than_seats_leave_the_fewest_out() -> None:
    one_run = own("o1", shift=TimeWindow(start_s=EIGHT - 1_300, end_s=EIGHT))
    found = planned([("A", 6, "e"), ("B", 3, "e"), ("B", 4, "e")], [compound("e", "E")], [one_run])
    assert riders_served(found) == 10  # no seat of ten is empty; three riders stay
    assert {u.reason for u in found.schedule.unserved} == {Reason.BUSY}


@pytest.mark.parametrize("rides", [1, 2])
def test_nobody_stands_at_any_moment(rides: int) -> None:
    found = planned([("A", 10, "e"), ("B", 9, "e")][:rides], [compound("e", "E")], [own("o1"), own("o2")])
    load = {r.id: r.stops[0].load[0] for r in found.draft.problem.requests}
    for route in found.schedule.routes:
        aboard = 0
        for visit in route.visits:
            aboard += load[visit.request_id or ""] * (1 if visit.stop == 0 else -1)
            assert 0 <= aboard <= 10
    crowded = replace(OWN, capacity=(max(load.values()) - 1,))
    problem = replace(found.draft.problem, vehicle_types=(crowded, HIRED))
    assert "capacity" in {v.rule for v in violations(problem, found.schedule)}
