"""Side by side: what a day costs, what it loses, and that lines add up."""

import pytest

from optimizer import cars
from scenarios.changes import Change, fewer_cars, pooled
from scenarios.study import Part, compare, table
from tests.optimizer.line_town import car, day, trip


def base() -> list[Part]:
    asked = [trip("r", "ABA", 1_000, stay_s=3_600), trip("s", "ABA", 1_300, stay_s=3_600)]
    problem = day([car("v1"), car("v2"), car("v3")], asked)
    return [Part(name="cars", problem=problem, solve=cars.plan)]


CHANGES = (
    Change(name="少两辆", part="cars", apply=lambda problem, plan: fewer_cars(problem, plan, 2)),
    Change(name="拼车", part="cars", apply=lambda problem, _plan: pooled(problem)),
)


def test_each_change_is_held_against_the_base() -> None:
    first, fewer, shared = compare(base(), CHANGES)
    # Each car of the base: 50 yuan and D–A–B–A–D, 4 km at 1 yuan.
    assert (first.cost_fen, first.saving_fen, first.vehicles_used, first.unserved) == (10_800, 0, 2, 0)
    assert (fewer.saving_fen, fewer.vehicles, fewer.unserved) == (5_400, 1, 1)
    assert (shared.saving_fen, shared.vehicles_used, shared.requests, shared.unserved) == (5_400, 1, 2, 0)
    for outcome in (first, fewer, shared):
        assert sum(fen for _, _, fen in outcome.lines) == outcome.cost_fen


def test_the_table_shows_yuan_and_aligned_rows() -> None:
    rows = table(compare(base(), CHANGES)).splitlines()
    assert len(rows) == 4
    assert "108.00" in rows[1]
    assert rows[2].startswith("少两辆")


def test_an_unknown_part_is_refused_and_stopping_keeps_what_there_is() -> None:
    with pytest.raises(LookupError, match="buses"):
        compare(base(), [Change(name="x", part="buses", apply=lambda problem, _plan: problem)])
    assert [o.name for o in compare(base(), CHANGES, progress=lambda _: False)] == ["基准"]
