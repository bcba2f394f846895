"""The tables of road results: latest figures, goals reached or not, the rest of the page untouched."""

import argparse
from pathlib import Path

import pytest

from benchmarks import roads
from benchmarks.__main__ import main
from benchmarks.machine import machine
from benchmarks.road_reading import read
from benchmarks.road_tables import BEGIN, END, tables, write_tables
from benchmarks.road_task import Task

WHERE = {"machine": "abacus, 1 cores, 1 GB", "python": "3.11", "date": "2026-03-12", "commit": "abc"}
READ = {"map": "porto", "measure": "read", "count": 0, "cpu_s": 1.234567, "peak_mb": 250, "edges": 9, **WHERE}
BLOCK = {
    "map": "porto", "measure": "block", "count": 14_000, "cpu_s": 34.2, "wall_s": 40.0, "arrays_mb": 1568,
    "peak_mb": 2138, **WHERE,
}  # fmt: skip


def test_a_goal_is_reached_or_missed_in_bold() -> None:
    text = tables([READ])
    assert "| Porto from .osm.pbf to a routable network, CPU s | 1.23 | ≤ 2.5 | yes |" in text
    assert "| … peak memory of the process, MB | 250 | ≤ 200 | **no** |" in text


def test_machine_date_and_command_stand_above_the_figures() -> None:
    where = "Measured 2026-03-12 on abacus, 1 cores, 1 GB, Python 3.11, commit abc"
    assert f"{where}, by `python -m benchmarks roads`." in tables([READ])


def test_blocks_have_a_table_of_their_own() -> None:
    assert "| 14,000 | 34.2 | 40 | 1,568 | 2,138 |" in tables([READ, BLOCK])
    assert "places, all pairs" not in tables([READ])


def test_only_the_part_between_the_marks_is_written(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"# Benchmarks\n\nmine\n\n{BEGIN}\nold\n{END}\n\nalso mine\n", encoding="utf-8")
    write_tables(page, [READ])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Benchmarks\n\nmine\n")
    assert text.endswith("\n\nalso mine\n")
    assert "old" not in text
    write_tables(page, [READ])
    assert page.read_text(encoding="utf-8") == text


def test_a_page_without_marks_gets_them_at_its_end(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("# Benchmarks\n", encoding="utf-8")
    write_tables(page, [READ])
    assert page.read_text(encoding="utf-8").startswith(f"# Benchmarks\n\n{BEGIN}\n")


def test_the_latest_of_two_equal_rows_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roads, "RESULTS", tmp_path / "results" / "roads.jsonl")
    row = roads.Row(map="porto", measure="read")
    roads.keep(row, {"cpu_s": 9.0, **WHERE})
    roads.keep(row, {"cpu_s": 1.0, **WHERE})
    (latest,) = roads.kept()
    assert latest["cpu_s"] == 1.0
    assert set(machine()) == set(WHERE)


def test_a_map_that_is_missing_is_an_error_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAICHE_SHARED_DATA", str(tmp_path))
    figures = roads.measured(roads.Row(map="porto", measure="read"), tmp_path)
    assert "PAICHE_SHARED_DATA" in figures["error"]


def test_caches_are_filled_before_anything_that_needs_them() -> None:
    some = argparse.Namespace(only=["matrix"], maps=["porto"])
    assert [row.measure for row in roads.chosen(some)] == ["fill", "matrix"]


def test_reading_counts_what_it_read(helsinki_pbf: Path, tmp_path: Path) -> None:
    figures = read(Task(measure="read", map=helsinki_pbf, cache=tmp_path))
    assert figures["edges"] > figures["nodes"] > 1000
    assert 0 < figures["cpu_s"] < 60
    assert figures["peak_mb"] > 10


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["fly"])
    assert "fly" in capsys.readouterr().err
