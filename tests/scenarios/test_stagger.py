"""Moving hours by a quarter: one bus instead of two, to the fen.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s a kilometre.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer.check import violations_together
from optimizer.line_days import plan_day
from optimizer.line_plans import Planned
from optimizer.lines import Direction, LineDraft, line_draft
from optimizer.model import CostRates, VehicleType
from optimizer.riders import Compound, RiderGroup
from scenarios.stagger import shifted, stagger
from tests.optimizer.line_town import car, places, travel

EIGHT, FIVE = 28_800, 61_200
PLACE = {p.id: p for p in places()}
BUS = VehicleType(id="bus", capacity=(10,), rates=CostRates(vehicle_used_fen=10_000, per_km_fen=100))


def draft(direction: Direction, buses: int = 2) -> LineDraft:
    """Ten riders at A for each of two compounds, C and E, which both begin at eight; ten seats a bus."""
    compounds = [
        Compound(id=letter, place=PLACE[letter], work_start_s=EIGHT, work_end_s=FIVE) for letter in "CE"
    ]
    groups = [RiderGroup(id=f"to {c.id}", home=PLACE["A"], count=10, compound_id=c.id) for c in compounds]
    return line_draft(
        groups, compounds, [PLACE["A"]], np.zeros((2, 1), np.int32), [BUS],
        [car(f"b{i}", type_id="bus") for i in range(buses)], [], travel(), date="2026-11-10",
        direction=direction, places=places(), prefix=f"{direction}/",
    )  # fmt: skip


def test_where_one_bus_does_both_already_a_quarter_of_an_hour_saves_nothing() -> None:
    # One bus brings both anyway: from C at 07:40 by A it is in E after 200 + 55 + 300 s, before 07:50.
    study = stagger({"morning": draft("morning")}, compound_ids=["E"], work_limit=200)
    assert [(c.compound_id, c.minutes) for c in study.after] == [("E", -15), ("E", 15)]
    assert study.before.buses["morning"] == 1
    assert all(study.saving_fen(c) <= study.unsure_fen for c in study.after)


def test_a_saving_is_the_bus_that_is_not_sent() -> None:
    # Evening: both leave between 17:05 and 17:20 from opposite ends; ten seats, so a bus each. With E an hour
    # later, the bus that brought C's riders home is back in time for E's.
    base = {"evening": tight(draft("evening"))}
    study = stagger(base, compound_ids=["E"], minutes=(60,), work_limit=200)  # type: ignore[arg-type]
    (later,) = study.after
    assert study.before.buses == {"evening": 2}
    assert later.buses == {"evening": 1}
    assert study.unsure_fen == 0
    # D–C–A–D and D–E–A–D by two buses are 6 + 8 km; one bus drives D–C–A–E–A–D, 2 km less.
    assert study.saving_fen(later) == 10_000 + 200
    assert study.text().splitlines() == [
        "现行上下班时间：每天 214.00 元，晚班 2 辆",
        "E地 晚 60 分钟上下班：每天节省 102.00 元，晚班 1 辆",
    ]


def tight(made: LineDraft) -> LineDraft:
    """Leave within three minutes of the earliest moment."""
    assert made.source is not None
    settings = replace(made.source.settings, leave_after_max_s=480)
    return shifted(replace(made, source=replace(made.source, settings=settings)), "C", 0)


def test_only_the_named_compound_moves() -> None:
    moved = shifted(draft("morning"), "E", 900)
    starts = {p.compound.id: p.compound.work_start_s for p in moved.parties}
    assert starts == {"C": EIGHT, "E": EIGHT + 900}
    windows = {r.id: r.stops[1].options[0].window.end_s for r in moved.problem.requests}
    assert windows == {"morning/A>C#1": EIGHT - 600, "morning/A>E#1": EIGHT + 300}
    with pytest.raises(LookupError, match="'X'"):
        stagger({"morning": draft("morning")}, compound_ids=["X"], work_limit=20)


def test_a_study_may_be_ended_with_what_it_has() -> None:
    study = stagger({"morning": draft("morning")}, work_limit=20, progress=lambda done: done < 0.6)
    assert len(study.after) == 2


def test_the_evening_takes_buses_that_the_morning_has_paid_for() -> None:
    day = plan_day({d: draft(d, buses=3) for d in ("morning", "evening")}, work_limit=200)
    used = [{r.vehicle_id for r in day[d].schedule.routes} for d in day]
    assert used[1] <= used[0]
    assert violations_together((p.draft.problem, p.schedule) for p in day.values()) == ()
    assert day["evening"].schedule.objective_fen < 10_000  # no bus is paid for again


def test_all_plans_of_a_study_share_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []

    def planned(day: Mapping[Direction, LineDraft], **limits: Any) -> Mapping[Direction, Planned]:
        given.append(limits["seconds"])
        return plan_day(day, seed=limits["seed"], work_limit=20)

    monkeypatch.setattr("scenarios.stagger.plan_day", planned)
    stagger({d: draft(d) for d in ("morning", "evening")}, compound_ids=["E"], seconds=80.0)
    assert given == [10.0] * 4  # the present hours twice, E earlier and later; two directions each
