"""Published optima of the small instances with several depots, and the days that are drawn."""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.instances import read
from benchmarks.instances.values import ScheduleInstance
from benchmarks.schedules import solve_schedule
from benchmarks.trips import drawn
from benchmarks.vehicles import page
from benchmarks.verify import verify


@pytest.fixture
def small() -> Path:
    root = Path(__file__).resolve().parents[2]
    data = Path(os.environ.get("PAICHE_SHARED_DATA", root.parent / "shared" / "data"))
    folder = data / "benchmarks" / "mdvsp_small"
    if not folder.is_dir():
        pytest.skip("no benchmarks/mdvsp_small below PAICHE_SHARED_DATA")
    return folder


@pytest.mark.parametrize("name", ["n50m2s0", "n50m3s2", "n50m4s1", "n100m4s0", "n150m2s0"])
def test_the_published_optimum_is_found_and_proven(small: Path, name: str) -> None:
    instance = read(small / f"{name}.zip")
    assert isinstance(instance, ScheduleInstance)
    assert instance.best is not None
    answer = solve_schedule(instance, seconds=None, iterations=500)
    verdict = verify(instance, answer.routes, depots=answer.depots)
    assert verdict.feasible, verdict.faults
    assert verdict.cost == instance.best.cost == answer.bound


def test_a_drawn_day_repeats_and_can_be_driven() -> None:
    day, again = drawn(60, 3, 7), drawn(60, 3, 7)
    assert np.array_equal(day.link, again.link)
    assert day.vehicles == again.vehicles
    answer = solve_schedule(day, seconds=None, iterations=500)
    verdict = verify(day, answer.routes, depots=answer.depots)
    assert verdict.feasible, verdict.faults
    assert answer.bound == verdict.cost


def test_a_gap_above_its_goal_is_told() -> None:
    size = {"case": "Pepin m8n500s0", "trips": 500, "depots": 8, "vehicles": 124, "best": 1_292_411}
    found = {"cost": 1_293_000.0, "bound": 1_292_119.0, "gap": 0.0682, "faults": 0, "nodes": 3}
    used = {"wall_s": 150.0, "cpu_s": 140.0, "peak_mb": 700, "indication": False}
    row = size | found | used | {"date": "2026-01-05", "machine": "one", "python": "3.11", "commit": "c"}
    assert "| gap ≤ 0.05 % in 150 s | **no** |" in page([row])
    assert "| gap ≤ 0.05 % in 150 s | yes |" in page([row | {"gap": 0.04}])
