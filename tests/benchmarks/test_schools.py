"""The table of school buses: gaps and goals by size, runs put together, and the best published."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.instances.values import InstanceError
from benchmarks.schools import page, published


def run_of(name: str, vehicles: int, seed: int, **more: Any) -> dict[str, Any]:
    row = {
        "set": name, "max_ride_s": 2_700, "limit": ["seconds", 60.0], "seed": seed, "vehicles": vehicles,
        "feasible": True, "bound": 90, "searched_s": 60.0, "setup_seconds": 2.0, "iterations": 1_000,
        "cpu_s": 62.0, "peak_mb": 240, "published": 100, "published_by": "combined",
        "machine": "a machine", "python": "3.11", "date": "2026-11-22", "commit": "abc",
    }  # fmt: skip
    return row | more


def cells_of(*rows: dict[str, Any]) -> list[str]:
    (line,) = [line for line in page(list(rows)).splitlines() if line.startswith(f"| {rows[0]['set']} ")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_runs_of_one_set_are_one_line() -> None:
    cells = cells_of(run_of("RSRB05", 101, 1), run_of("RSRB05", 103, 2))
    assert cells[:11] == [
        "RSRB05", "2700", "60 seconds", "100", "combined", "102", "101", "103", "90", "+2.0", "2",
    ]  # fmt: skip
    assert cells[-2:] == ["≤ +2 %", "yes"]


@pytest.mark.parametrize(
    ("row", "reached"),
    [
        (run_of("RSRB05", 103, 1), "**no**"),
        (run_of("RSRB03", 101, 1), "**no**"),
        (run_of("RSRB03", 100, 1), "yes"),
        (run_of("RSRB03", 90, 1, feasible=False), "**no** (1 infeasible)"),
    ],
)
def test_the_goal_is_harder_for_the_small_sets(row: dict[str, Any], reached: str) -> None:
    assert cells_of(row)[-1] == reached


def test_the_best_published_is_the_least_of_all_methods_at_that_ride_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAICHE_SHARED_DATA", str(tmp_path))
    folder = tmp_path / "benchmarks" / "sbrp_park"
    (folder / "RSRB01").mkdir(parents=True)
    (folder / "pnas-tableS1.csv").write_text(
        "exp_id,benchmark,exp_name,max_riding_time,buses,iter\n1,RSRB01,one,2700.0,31,1\n"
        "2,RSRB01,many,2700.0,31,1\n3,RSRB01,LBH,2700.0,38,1\n4,RSRB01,one,5400.0,30,1\n"
        "5,RSRB02,one,2700.0,29,1\n"
    )
    assert published("RSRB01", 2_700.0) == (31, "many, one")
    with pytest.raises(InstanceError, match="PAICHE_SHARED_DATA"):
        published("RSRB02", 2_700.0)
