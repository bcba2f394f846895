"""Dear buses given up one price after the other, as long as everybody keeps a seat.

The town of `line_town`: D A B C E F at kilometres 0 to 5. Work begins at 08:00 in E; every bus has ten seats.
"""

from dataclasses import replace

import numpy as np

from optimizer.check import violations
from optimizer.fewer_buses import with_fewer_buses
from optimizer.joint import plan_lines
from optimizer.line_plans import Planned, plan_value, riders_served
from optimizer.lines import line_draft
from optimizer.model import CostRates, Problem, Reason, Reserve, Vehicle, VehicleType
from optimizer.riders import Compound, RiderGroup
from optimizer.shuttle import plan
from tests.optimizer.line_town import car, places, travel

PLACE = {p.id: p for p in places()}
OFFICE = Compound(id="office", place=PLACE["E"], work_start_s=28_800, work_end_s=61_200)
KINDS = tuple(
    VehicleType(id=name, capacity=(10,), rates=CostRates(vehicle_used_fen=fen, per_km_fen=100))
    for name, fen in (("own", 1_000), ("hired", 50_000), ("coach", 90_000))
)
Ids = frozenset[str]


def fleet(**count: int) -> list[Vehicle]:
    return [car(f"{kind}{i}", type_id=kind) for kind, n in count.items() for i in range(1, n + 1)]


def planned(groups: int, drive: str, vehicles: list[Vehicle], *, far: bool = False) -> Planned:
    """Ten riders for each of so many buses, of which only some kinds drive; the last may live too far off."""
    people = [RiderGroup(id=f"g{i}", home=PLACE["A"], count=10, compound_id="office") for i in range(groups)]
    walks_m = np.full((groups, 1), 100, np.int32)
    walks_m[-1] = 5_000 if far else 100
    draft = line_draft(
        people, [OFFICE], [PLACE["A"]], walks_m, KINDS, vehicles, [], travel(),
        date="2026-11-10", places=places(),
    )  # fmt: skip
    idle = Ids(v.id for v in vehicles if v.type_id not in drive.split())
    return Planned(draft, plan(without(draft.problem, idle), work_limit=50))


def without(problem: Problem, parked: Ids) -> Problem:
    return replace(problem, vehicles=tuple(v for v in problem.vehicles if v.id not in parked))


def searched(before: Planned, parked: Ids) -> Planned:
    problem = without(before.draft.problem, parked)
    return Planned(before.draft, plan(problem, work_limit=50, warm_start=before.schedule))


def driving(plan_of: Planned) -> set[str]:
    return {route.vehicle_id for route in plan_of.schedule.routes}


def test_the_dearest_buses_stay_in_the_yard_where_others_have_seats() -> None:
    before = planned(3, "hired coach", fleet(own=2, hired=2, coach=1))
    assert driving(before) == {"hired1", "hired2", "coach1"}
    asked: list[Ids] = []

    def search(plan_of: Planned, parked: Ids) -> Planned:
        asked.append(parked)
        return searched(plan_of, parked)

    best, parked = with_fewer_buses(before, search)
    assert riders_served(best) == 30
    assert {bus.rstrip("12") for bus in driving(best)} == {"own", "hired"}
    assert len(driving(best) & {"hired1", "hired2"}) == 1
    assert "coach1" in parked
    assert not parked & driving(best)
    assert asked[0] == {"coach1"}  # no own bus is ever forbidden
    assert all(bus.startswith(("hired", "coach")) for ids in asked for bus in ids)


def test_nobody_is_left_behind_to_save_a_bus() -> None:
    before = planned(3, "own hired", fleet(own=1, hired=2, coach=1))
    best, parked = with_fewer_buses(before, searched)
    assert best == before
    assert parked == {"coach1"}


def test_as_many_more_are_asked_for_as_those_left_behind_would_fill() -> None:
    before = planned(6, "own hired", fleet(own=1, hired=6))
    asked: list[int] = []

    def search(plan_of: Planned, parked: Ids) -> Planned:
        asked.append(6 - len(parked))
        return searched(plan_of, parked)

    best, _ = with_fewer_buses(before, search)
    # Five hired buses carry fifty; with none, fifty are left behind: five more, one fewer than drive is four.
    assert asked == [0, 4]
    assert plan_value(best) == plan_value(before)


def test_one_bus_is_forbidden_at_a_time_where_no_more_is_asked() -> None:
    before = planned(3, "hired", fleet(own=1, hired=3))
    asked: list[Ids] = []

    def search(plan_of: Planned, parked: Ids) -> Planned:
        asked.append(parked)
        return searched(plan_of, parked)

    best, parked = with_fewer_buses(before, search, most=1)
    assert "own1" in driving(best)
    assert [len(ids) for ids in asked] == [1]
    assert parked == asked[0]


def test_where_no_work_is_left_the_plan_stays() -> None:
    before = planned(2, "hired", fleet(own=2, hired=2))
    assert with_fewer_buses(before, lambda _plan, _parked: None) == (before, Ids())


def test_buses_that_others_count_on_are_not_forbidden() -> None:
    before = planned(2, "hired", fleet(own=2, hired=2))
    problem = replace(before.draft.problem, reserves=(Reserve(count=1),))
    kept = Planned(replace(before.draft, problem=problem), before.schedule)
    assert with_fewer_buses(kept, searched) == (kept, Ids())


def test_a_plan_of_lines_leaves_dear_buses_in_the_yard() -> None:
    before = planned(3, "own hired coach", fleet(own=3, hired=3, coach=2))
    best = plan_lines(before.draft, work_limit=400)
    assert riders_served(best) == 30
    assert driving(best) == {"own1", "own2", "own3"}


def test_who_has_no_seat_is_told_why_by_the_whole_fleet() -> None:
    before = planned(3, "own hired", fleet(own=2, hired=3), far=True)
    best = plan_lines(before.draft, work_limit=400)
    assert driving(best) == {"own1", "own2"}
    (left,) = best.schedule.unserved
    assert left.reason is Reason.TOO_FAR_TO_WALK
    assert violations(best.draft.problem, best.schedule) == ()
