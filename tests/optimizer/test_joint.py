"""Stops and lines chosen together, in a town that a reader can compute by hand.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s a kilometre. Work begins at 08:00 in E.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gis.matrix import UNREACHABLE
from optimizer.check import violations
from optimizer.consolidation import consolidated
from optimizer.joint import Planned, plan_lines, usual_work
from optimizer.line_plans import full_cost_fen, lines_of, riders_served
from optimizer.lines import LineDraft, ShuttleSettings, line_draft
from optimizer.model import CostRates, Reason, Vehicle, VehicleType
from optimizer.regrouping import finer, merged, split
from optimizer.riders import Compound, RiderGroup
from optimizer.shuttle import plan
from tests.optimizer.line_town import car, places, travel

EIGHT = 28_800
PLACE = {p.id: p for p in places()}
OFFICE = Compound(id="office", place=PLACE["E"], work_start_s=EIGHT, work_end_s=61_200)
BUS = VehicleType(id="bus", capacity=(20,), rates=CostRates(vehicle_used_fen=3_000, per_km_fen=200))
FAR = UNREACHABLE


def group(group_id: str, count: int, compound_id: str = "office") -> RiderGroup:
    return RiderGroup(id=group_id, home=PLACE["A"], count=count, compound_id=compound_id)


def draft(
    groups: Sequence[RiderGroup],
    walks_m: list[list[int]],
    *,
    buses: int = 2,
    stops: str = "ABC",
    **fields: Any,
) -> LineDraft:
    fleet: list[Vehicle] = [car(f"b{i}", type_id="bus") for i in range(1, buses + 1)]
    given: dict[str, Any] = {"date": "2026-11-10", "places": places()} | fields
    return line_draft(
        groups, [OFFICE], [PLACE[s] for s in stops], np.array(walks_m, np.int32), [BUS], fleet, [],
        travel(), **given,
    )  # fmt: skip


def aboard(planned: Planned) -> Counter[str]:
    left = {u.request_id for u in planned.schedule.unserved}
    found = Counter[str]()
    for request_id, members in planned.draft.members.items():
        if request_id not in left:
            for group_id, riders in members:
                found[group_id] += riders
    return found


def halts(planned: Planned) -> dict[str, str]:
    return {r.vehicle_id: "".join(v.place_id for v in r.visits) for r in planned.schedule.routes}


def sound(planned: Planned) -> Planned:
    assert violations(planned.draft.problem, planned.schedule) == ()
    return planned


def test_three_groups_of_one_street_walk_to_one_stop() -> None:
    # Every group can reach B; a stop of its own for each would be nearer but costs 15 yuan and a halt.
    made = draft(
        [group("g", 3), group("h", 3), group("i", 3)], [[100, 300, FAR], [FAR, 100, FAR], [FAR, 300, 100]]
    )
    planned = sound(plan_lines(made, work_limit=200))
    assert halts(planned) == {"b1": "BE"}
    assert aboard(planned) == {"g": 3, "h": 3, "i": 3}
    (request,) = planned.draft.problem.requests
    assert request.stops[0].options[0].service_s == 30 + 22  # one standing for nine who board


def test_full_cost_is_bill_walks_and_stops() -> None:
    planned = plan_lines(draft([group("g", 4)], [[250, FAR, FAR]]), work_limit=100)
    # D to A to E and back to D: 8 km at 2 yuan, 30 yuan for the bus; 4 riders walk 1 km together; one stop.
    assert planned.schedule.objective_fen == 3_000 + 8 * 200
    assert full_cost_fen(planned) == 3_000 + 1_600 + 100 + 1_500


def test_riders_of_one_stop_fill_two_buses_without_a_third() -> None:
    # 13 + 13 + 13 as three requests would need three buses of 20, or a second run.
    groups = [group(name, 13) for name in "ghi"]
    made = draft(groups, [[100, FAR, FAR]] * 3, buses=2)
    planned = sound(plan_lines(made, work_limit=400))
    assert riders_served(planned) == 39
    assert aboard(planned) == {"g": 13, "h": 13, "i": 13}


def test_riders_beyond_every_stop_keep_their_reason() -> None:
    made = draft([group("g", 3), group("far", 2)], [[100, FAR, FAR], [FAR, 900, FAR]])
    planned = sound(plan_lines(made, work_limit=100))
    assert aboard(planned) == {"g": 3}
    (left,) = planned.schedule.unserved
    assert left.reason is Reason.TOO_FAR_TO_WALK
    assert planned.draft.members[left.request_id] == (("far", 2),)


def test_the_same_seed_and_work_give_the_same_plan() -> None:
    groups = [group(f"g{i}", 2 + i % 4) for i in range(9)]
    walks = [[100 * (i % 5), 100 * (i % 7), 100 * (i % 9)] for i in range(9)]
    one, two = (plan_lines(draft(groups, walks), seed=3, work_limit=300) for _ in range(2))
    assert (one.draft.problem, one.schedule) == (two.draft.problem, two.schedule)


def test_everybody_is_in_one_request_in_the_evening_too() -> None:
    groups = [group(f"g{i}", 2 + i % 4) for i in range(9)]
    walks = [[100 * (i % 5), 100 * (i % 7), 100 * (i % 9)] for i in range(9)]
    planned = sound(plan_lines(draft(groups, walks, direction="evening", prefix="evening/"), work_limit=300))
    assert aboard(planned) == {g.id: g.count for g in groups}
    assert all(r.id.startswith("evening/") for r in planned.draft.problem.requests)


def test_small_parties_keep_groups_whole_and_lose_nobody() -> None:
    made = finer(draft([group("g", 5), group("h", 4), group("i", 12)], [[100, 200, FAR]] * 3), 6)
    assert sorted(p.riders for p in made.parties) == [4, 5, 6, 6]
    assert sum((Counter(dict(p.members)) for p in made.parties), Counter[str]()) == {"g": 5, "h": 4, "i": 12}


def test_those_who_ride_together_become_one_party_and_can_be_parted_again() -> None:
    small = finer(draft([group("g", 5), group("h", 4)], [[100, FAR, FAR]] * 2), 5)
    before = Planned(small, plan(small.problem, work_limit=50))
    together = sound(merged(before))
    assert [p.members for p in together.draft.parties] == [(("g", 5), ("h", 4))]
    apart = sound(split(together, 5))
    assert sorted(p.riders for p in apart.draft.parties) == [4, 5]
    assert halts(apart) == halts(before)


def test_a_stop_whose_riders_can_walk_to_the_next_is_left_out() -> None:
    made = draft(
        [group("g", 3), group("h", 3)],
        [[100, 500, FAR], [FAR, 100, FAR]],
        settings=ShuttleSettings(options_max=1, stop_cost_fen=0),
    )
    before = Planned(made, plan(made.problem, work_limit=50))
    assert halts(before) == {"b1": "ABEE"}
    dear = line_with_price(before, 1_500)
    after = sound(consolidated(dear))
    assert halts(after) == {"b1": "BE"}
    assert len(lines_of(after.draft, after.schedule)[0].rides) == 1
    assert full_cost_fen(after) < full_cost_fen(dear)
    in_a_hurry = consolidated(dear, over=lambda: True)
    assert halts(in_a_hurry) == {"b1": "ABEE"}


def line_with_price(planned: Planned, stop_cost_fen: int) -> Planned:
    source = planned.draft.source
    assert source is not None
    priced = replace(source, settings=replace(source.settings, stop_cost_fen=stop_cost_fen))
    return Planned(replace(planned.draft, source=priced), planned.schedule)


def test_more_work_is_asked_for_more_riders() -> None:
    few, many = (draft([group("g", count)], [[100, FAR, FAR]]) for count in (10, 1_000))
    assert usual_work(few) < usual_work(many)
