"""The table of shuttle results: latest rows, goals, and rows from a core that was not idle."""

import json
from pathlib import Path

import pytest

from benchmarks import shuttles
from benchmarks.shuttle_towns import TOWNS

ROW = {
    "town": "1700", "seed": 1, "wall_s": 50.0, "cpu_s": 49.0, "riders": 1_700, "served": 1_673,
    "yuan": 6_000.0, "walks_yuan": 600.0, "buses": 19, "stops": 40, "km": 650.0, "violations": 0,
    "steps_served": 1_673, "steps_yuan": 7_500.0, "steps_buses": 21, "steps_stops": 40,
    "steps_violations": 0, "saving": 20.0,
    "machine": "abacus", "python": "3.11", "date": "2026-03-12", "commit": "abc", "indication": False,
}  # fmt: skip


def test_a_town_reaches_its_goal_only_in_time_cheaper_and_with_everybody() -> None:
    assert "| ≤ 60 s, saving ≥ 3 % | yes |" in shuttles.page([ROW])
    for worse in ({"wall_s": 61.0}, {"saving": 2.9}, {"served": 1_672}, {"violations": 1}):
        assert "**no**" in shuttles.page([ROW | worse])


def test_rows_beside_other_work_are_marked_and_give_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shuttles, "RESULTS", tmp_path / "rows.jsonl")
    shuttles.keep(ROW | {"indication": True, "yuan": 6_100.0})
    assert "1700 *" in shuttles.page(shuttles.kept())
    shuttles.keep(ROW)
    shuttles.keep(ROW | {"indication": True, "yuan": 6_200.0})
    assert [r["yuan"] for r in shuttles.kept()] == [6_000.0]
    assert len((tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()) == 3
    assert json.loads((tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()[1]) == ROW


def test_towns_have_the_sizes_that_are_asked_for() -> None:
    sizes = {name: (t.riders, t.stops, t.buses) for name, t in TOWNS.items()}
    assert sizes["300"] == (300, 8, 6)
    assert sizes["1700"] == (1_700, 40, 25)
    assert sizes["5000"] == (5_000, 120, 80)
