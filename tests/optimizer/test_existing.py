"""Today's lines, judged and changed, in a town that a reader can compute by hand.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s a kilometre. Work begins at 08:00 in E.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from optimizer.check import violations
from optimizer.errors import ProblemError
from optimizer.existing import ExistingGate, ExistingHalt, ExistingLine, Today, today
from optimizer.line_changes import changed, changes, rider_moves
from optimizer.line_plans import full_cost_fen, riders_served
from optimizer.lines import LineDraft, ShuttleSettings, line_draft
from optimizer.model import CostRates, Reason, VehicleType
from optimizer.riders import Compound, RiderGroup
from tests.optimizer.line_town import car, places, travel

EIGHT = 28_800
PLACE = {p.id: p for p in places()}
OFFICE = Compound(id="office", place=PLACE["E"], work_start_s=EIGHT, work_end_s=61_200)
BUS = VehicleType(id="bus", capacity=(20,), rates=CostRates(vehicle_used_fen=3_000, per_km_fen=200))
QUARTER_TO = EIGHT - 900


def draft(
    direction: str = "morning", walks_m: Sequence[Sequence[int]] = ((100, 600), (600, 100))
) -> LineDraft:
    """Nine riders near A and eight near B; each may walk to the other's stop."""
    groups = [
        RiderGroup(id=name, home=PLACE["A"], count=count, compound_id="office")
        for name, count in (("g", 9), ("h", 8))
    ]
    return line_draft(
        groups, [OFFICE], [PLACE["A"], PLACE["B"]], np.array(walks_m, np.int32), [BUS],
        [car(f"b{i}", type_id="bus") for i in (1, 2)], [], travel(), date="2026-11-10",
        direction="morning" if direction == "morning" else "evening", places=places(),
        settings=ShuttleSettings(stop_cost_fen=100),
    )  # fmt: skip


def line(bus_id: str, compound_s: int, *halts: tuple[str, int, str, int]) -> ExistingLine:
    """Halts as (place, time, group, riders)."""
    return ExistingLine(
        id=f"line {bus_id}", bus_id=bus_id, gates=(ExistingGate(place_id="E", time_s=compound_s),),
        halts=tuple(ExistingHalt(place_id=p, time_s=t, riders=((g, n),)) for p, t, g, n in halts),
    )  # fmt: skip


def two_lines() -> list[ExistingLine]:
    """One bus from A and one from B, both at E at a quarter to eight."""
    return [
        line("b1", QUARTER_TO, ("A", QUARTER_TO - 300, "g", 9)),
        line("b2", QUARTER_TO, ("B", QUARTER_TO - 200, "h", 8)),
    ]


def judged(lines: Sequence[ExistingLine], direction: str = "morning") -> Today:
    return today(draft(direction), lines)


def test_lines_that_keep_their_times_are_without_fault_and_cost_what_they_drive() -> None:
    now = judged(two_lines())
    assert (now.violations, now.late, now.far) == ((), (), ())
    # D–A–E–D and D–B–E–D are 8 km each at 2 yuan, 30 yuan a bus.
    assert now.cost_fen == 2 * 3_000 + 16 * 200
    first = now.planned.schedule.routes[0]
    board, alight = first.visits
    assert (board.depart_s, alight.arrival_s) == (QUARTER_TO - 300, QUARTER_TO)
    assert first.start_s == QUARTER_TO - 300 - 52 - 100  # 30 s and 9 × 2.5 s (52 rounded) at A, 100 s from D
    assert riders_served(now.planned) == 17


def test_a_bus_waits_for_its_printed_time_and_never_leaves_early() -> None:
    slow = [line("b1", QUARTER_TO, ("A", QUARTER_TO - 900, "g", 9), ("B", QUARTER_TO - 200, "h", 8))]
    (route,) = judged(slow).planned.schedule.routes
    assert [v.depart_s for v in route.visits[:2]] == [QUARTER_TO - 900, QUARTER_TO - 200]


def test_what_the_roads_do_not_allow_is_late_and_too_late_is_a_fault() -> None:
    # A to E takes 300 s, but the sheet gives 100 s and arrives at the last allowed moment.
    (late,) = judged([line("b1", EIGHT - 600, ("A", EIGHT - 700, "g", 9))]).late
    assert (late.place_id, late.printed_s, late.true_s) == ("E", EIGHT - 600, EIGHT - 400)
    rules = {v.rule for v in judged([line("b1", EIGHT - 600, ("A", EIGHT - 700, "g", 9))]).violations}
    assert rules == {"window"}


def test_a_bus_that_carries_more_than_its_licence_is_a_fault() -> None:
    crowded = draft()
    small = replace(crowded.problem, vehicle_types=(replace(BUS, capacity=(10,)),))
    now = today(
        replace(crowded, problem=small),
        [line("b1", QUARTER_TO, ("A", QUARTER_TO - 400, "g", 9), ("B", QUARTER_TO - 200, "h", 8))],
    )
    assert [(v.rule, v.excess) for v in now.violations] == [("capacity", 7)]


def test_riders_on_no_line_are_named_and_walks_beyond_the_limit_too() -> None:
    now = today(
        draft(walks_m=((100, 900), (600, 100))), [line("b1", QUARTER_TO, ("B", QUARTER_TO - 200, "g", 5))]
    )
    assert now.far == (("g", 900),)
    left = {now.planned.draft.members[u.request_id]: u.reason for u in now.planned.schedule.unserved}
    assert left == {(("g", 4),): Reason.NO_VEHICLE, (("h", 8),): Reason.NO_VEHICLE}


def test_evening_lines_leave_the_compound_and_reach_the_stops() -> None:
    leave = 61_200 + 600
    printed = [line("b1", leave, ("B", leave + 200, "h", 8), ("A", leave + 345, "g", 9))]
    now = judged(printed, direction="evening")
    assert (now.violations, now.late) == ((), ())
    (route,) = now.planned.schedule.routes
    assert "".join(v.place_id for v in route.visits) == "EEBA"
    assert route.visits[1].depart_s == leave


def test_one_bus_may_drive_two_lines_one_after_the_other() -> None:
    lines = [
        line("b1", EIGHT - 1_200, ("A", EIGHT - 1_500, "g", 9)),
        line("b1", EIGHT - 700, ("B", EIGHT - 900, "h", 8)),
    ]
    now = judged(lines)
    assert now.violations == ()
    (route,) = now.planned.schedule.routes
    assert "".join(v.place_id for v in route.visits) == "AEBE"


def test_wrong_lines_are_all_named_at_once() -> None:
    wrong = [line("b9", QUARTER_TO, ("X", QUARTER_TO, "g", 10), ("A", QUARTER_TO, "nobody", 1))]
    with pytest.raises(ProblemError) as caught:
        judged(wrong)
    assert all(word in str(caught.value) for word in ("'b9'", "'X'", "'nobody'", "9 人，线路上却有 10 人"))


def test_a_new_plan_saves_a_bus_and_moves_nobody_where_moving_is_dear() -> None:
    now = judged(two_lines())
    planned, told = changed(now, moved_rider_fen=100_000, work_limit=300)
    assert violations(planned.draft.problem, planned.schedule) == ()
    assert (told.buses_before, told.buses_after, told.riders_moved) == (2, 1, 0)
    assert (told.stops_kept, told.stops_new, told.stops_gone) == (("A", "B"), (), ())
    assert told.saved_fen == 3_000 + 8 * 200
    assert "2 辆 → 1 辆；每天节省 46.00 元" in told.text()


def test_where_moving_is_cheap_riders_walk_to_one_stop() -> None:
    priced = draft()
    assert priced.source is not None
    stops = replace(priced.source, settings=replace(priced.source.settings, stop_cost_fen=5_000))
    now = today(replace(priced, source=stops), two_lines())
    _, told = changed(now, moved_rider_fen=0, work_limit=300)
    assert (len(told.stops_kept), len(told.stops_gone)) == (1, 1)
    assert told.riders_moved in {8, 9}


def test_a_plan_from_today_is_never_worse_than_today() -> None:
    now = judged([line("b1", QUARTER_TO, ("A", QUARTER_TO - 350, "g", 9), ("B", QUARTER_TO - 200, "h", 8))])
    assert now.violations == ()
    planned, told = changed(now, work_limit=20)
    assert told.saved_fen >= 0
    assert full_cost_fen(planned) <= full_cost_fen(now.planned)
    assert changes(now.planned, now.planned).riders_moved == 0


def test_a_line_may_reach_two_gates_and_only_some_of_its_times_be_printed() -> None:
    two = draft()
    assert two.source is not None
    branch = Compound(id="branch", place=PLACE["F"], work_start_s=EIGHT, work_end_s=61_200)
    groups = (replace(two.source.groups[0], compound_id="branch"), two.source.groups[1])
    both = line_draft(
        groups, [OFFICE, branch], two.source.stops, two.source.walks_m, [BUS], two.problem.vehicles, [],
        travel(), date="2026-11-10", places=places(),
    )  # fmt: skip
    printed = ExistingLine(
        id="x", bus_id="b1",
        halts=(
            ExistingHalt(place_id="A", time_s=QUARTER_TO - 400, riders=(("g", 9),)),
            ExistingHalt(place_id="B", time_s=None, riders=(("h", 8),)),
        ),
        gates=(ExistingGate(place_id="E", time_s=QUARTER_TO), ExistingGate(place_id="F", time_s=None)),
    )  # fmt: skip
    now = today(both, [printed])
    assert (now.violations, now.late, now.early) == ((), (), ())
    (route,) = now.planned.schedule.routes
    assert "".join(v.place_id for v in route.visits) == "ABEF"
    assert set(now.line_of.values()) == {"x"}


def test_a_gate_that_is_reached_too_soon_is_told() -> None:
    (early,) = judged([line("b1", EIGHT - 1_800, ("A", EIGHT - 2_100, "g", 9))]).early
    # Ten minutes before the twenty that people may come ahead.
    assert (early.place_id, early.opens_s - early.arrival_s) == ("E", 600)


def test_who_is_moved_retimed_or_has_a_seat_more_is_listed() -> None:
    before = judged([line("b1", QUARTER_TO, ("A", QUARTER_TO - 300, "g", 9))]).planned
    after = judged([line("b1", QUARTER_TO, ("B", QUARTER_TO - 200, "g", 9), ("B", QUARTER_TO - 200, "h", 8))])
    found = {
        (m.group_id, m.old_place_id, m.new_place_id, m.riders) for m in rider_moves(before, after.planned)
    }
    assert found == {("g", "A", "B", 9), ("h", None, "B", 8)}
    later = judged([line("b1", QUARTER_TO + 300, ("A", QUARTER_TO, "g", 9))]).planned
    (retimed,) = rider_moves(before, later)
    assert (retimed.old_s, retimed.new_s) == (QUARTER_TO - 300, QUARTER_TO)
    assert rider_moves(before, before) == ()


def test_a_line_may_pass_a_gate_before_others_board_and_come_by_it_again() -> None:
    late = Compound(id="late", place=PLACE["E"], work_start_s=EIGHT + 1_800, work_end_s=61_200)
    two = draft()
    assert two.source is not None
    groups = (two.source.groups[0], replace(two.source.groups[1], compound_id="late"))
    both = line_draft(
        groups, [OFFICE, late], two.source.stops, two.source.walks_m, [BUS], two.problem.vehicles, [],
        travel(), date="2026-11-10", places=places(),
    )  # fmt: skip
    printed = ExistingLine(
        id="x", bus_id="b1",
        halts=(
            ExistingHalt(place_id="A", time_s=QUARTER_TO - 300, riders=(("g", 9),), order=0),
            ExistingHalt(place_id="B", time_s=QUARTER_TO + 400, riders=(("h", 8),), order=2),
        ),
        gates=(
            ExistingGate(place_id="E", time_s=QUARTER_TO, order=1),
            ExistingGate(place_id="E", time_s=QUARTER_TO + 1_800, order=3),
        ),
    )  # fmt: skip
    now = today(both, [printed])
    (route,) = now.planned.schedule.routes
    assert "".join(v.place_id for v in route.visits) == "AEBE"
    assert (now.violations, now.late) == ((), ())
    # From B it is 200 s: the bus stands at the gate until twenty minutes before half past eight.
    (early,) = now.early
    assert (early.arrival_s, early.opens_s) == (QUARTER_TO + 600, EIGHT + 600)


def test_a_bus_does_not_wait_at_a_gate_on_its_way_but_the_judge_tells_who_is_too_soon() -> None:
    one = draft()
    assert one.source is not None
    branch = Compound(id="branch", place=PLACE["F"], work_start_s=EIGHT, work_end_s=61_200)
    groups = (one.source.groups[0], replace(one.source.groups[1], compound_id="branch"))
    both = line_draft(
        groups, [OFFICE, branch], one.source.stops, one.source.walks_m, [BUS], one.problem.vehicles, [],
        travel(), date="2026-11-10", places=places(),
    )  # fmt: skip
    leaves_s = EIGHT - 1_800
    printed = ExistingLine(
        id="x", bus_id="b1",
        halts=(
            ExistingHalt(place_id="A", time_s=leaves_s, riders=(("g", 9),)),
            ExistingHalt(place_id="B", time_s=None, riders=(("h", 8),)),
        ),
        gates=(ExistingGate(place_id="E", time_s=None), ExistingGate(place_id="F", time_s=None)),
    )  # fmt: skip
    now = today(both, [replace(printed, halts=printed.halts[:1])])
    # A to E takes 300 s: five minutes too soon, which the bus waits out where its line ends.
    (route,) = now.planned.schedule.routes
    assert now.violations == ()
    assert route.visits[-1].start_s == EIGHT - 1_200
    now = today(both, [printed])
    (route,) = now.planned.schedule.routes
    assert "".join(v.place_id for v in route.visits) == "ABEF"
    at_office = route.visits[2]
    assert at_office.start_s == at_office.arrival_s < EIGHT - 1_200
    assert {v.rule for v in now.violations} == {"window"}
    assert [early.place_id for early in now.early] == ["E", "F"]
