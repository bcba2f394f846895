"""Compiled kernels: what a new process runs is what the files say now."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from gis.compiled import cache_folder
from optimizer.engines import compiled
from optimizer.engines.by_address import by_address
from optimizer.engines.compiled import FILES, kernel
from optimizer.engines.warm import all_kernels, counted, warm
from optimizer.engines.weights import weights
from optimizer.model import Priority, Request, Stop, StopOption

ENGINES = Path(compiled.__file__).parent
ROOT = ENGINES.parent.parent


class Pair(NamedTuple):
    """Two arrays for a kernel."""

    numbers: NDArray[np.int64]
    table: NDArray[np.float64]


@kernel
def double_and_sum(pair: Pair, n: int) -> float:
    total = 0.0
    for i in range(n):
        pair.numbers[i] *= 2
        total += pair.table[i, 1] + pair.numbers[i]
    return total


def test_a_kernel_reads_and_writes_the_arrays_of_a_tuple_by_address() -> None:
    pair = Pair(np.array([1, 2, 3]), np.array([[0.0, 0.5], [0.0, 0.25], [0.0, 9.0]]))
    wrapped = by_address(pair)
    assert double_and_sum(wrapped, 2) == 6.75
    assert pair.numbers.tolist() == [2, 4, 3]
    assert wrapped.numbers is pair.numbers


def test_arrays_that_are_not_contiguous_are_refused() -> None:
    with pytest.raises(ValueError, match="numbers"):
        by_address(Pair(np.arange(6)[::2], np.zeros((2, 2))))


def test_an_edited_callee_in_another_file_is_seen_by_a_new_process(tmp_path: Path) -> None:
    folder = tmp_path / "optimizer" / "engines"
    (folder / "kernels").mkdir(parents=True)
    (tmp_path / "gis").mkdir()
    for name in ("gis/compiled.py", "optimizer/engines/compiled.py", "optimizer/engines/by_address.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for package in (tmp_path / "gis", tmp_path / "optimizer", folder, folder / "kernels"):
        (package / "__init__.py").write_text('"""Copy."""\n')
    start = "from optimizer.engines.compiled import kernel\n"
    caller = (
        "from optimizer.engines.kernels.callee import five\n@kernel\ndef twice():\n    return 2 * five()\n"
    )
    (folder / "kernels" / "caller.py").write_text(start + caller)
    callee = folder / "kernels" / "callee.py"

    def answer(number: int) -> str:
        callee.write_text(start + f"@kernel\ndef five():\n    return {number}\n")
        code = (
            "import sys; from optimizer.engines.kernels.caller import twice; sys.stdout.write(str(twice()))"
        )
        environment = {
            **os.environ,
            "PAICHE_KERNEL_CACHE": str(tmp_path / "cache"),
            "PYTHONPATH": str(tmp_path),
        }
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert answer(5) == "10"
    assert answer(7) == "14"
    assert len(list((tmp_path / "cache").iterdir())) == 2
    assert answer(5) == "10"
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_every_kernel_lives_where_the_hash_looks() -> None:
    outside = [
        path.name
        for path in ENGINES.glob("*.py")
        if path.name != "compiled.py" and "@kernel" in path.read_text()
    ]
    assert outside == []
    assert {Path(file).parent.name for file in FILES} == {"engines", "kernels"}


def test_compiling_tells_how_far_it_is() -> None:
    """Three functions of which one calls another, compiled by two calls."""

    njit: Any = numba.njit
    one = njit(lambda x: x + 1)
    two = njit(lambda x: one(one(x)))
    other = njit(lambda x: x)
    told: list[tuple[int, int]] = []
    with counted((one, two, other), lambda done, total: told.append((done, total))):
        assert two(1) == 3
        assert two(5) == 7
        assert other(1) == 1
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_warming_leaves_every_kernel_kept_and_costs_nothing_the_second_time() -> None:
    warm()
    folder = cache_folder(*FILES)
    assert folder is not None
    kept = {path.name.split("-")[0] for path in folder.rglob("*.nbi")}
    kernels = {f"{k.py_func.__module__.rsplit('.', 1)[1]}.{k.py_func.__qualname__}" for k in all_kernels()}
    assert kernels <= kept
    told: list[tuple[int, int]] = []
    warm(lambda done, total: told.append((done, total)))
    assert told == []


def test_one_version_of_each_kernel_serves_every_problem() -> None:
    warm()
    folder = cache_folder(*FILES)
    assert folder is not None
    built = list(folder.rglob("kernels_*/*.nbc"))
    versions = Counter((path.parent, path.name.split("-")[0]) for path in built)
    assert {name for name, count in versions.items() if count > 1} == set()


def _request(number: int, priority: Priority, penalty_fen: int) -> Request:
    stop = Stop(options=(StopOption(place_id="a"),))
    return Request(id=str(number), stops=(stop,), priority=priority, unserved_penalty_fen=penalty_fen)


def test_one_request_of_a_class_outweighs_all_of_the_classes_below() -> None:
    requests = [_request(i, list(Priority)[i % 5], 100 * (1 + i % 7)) for i in range(40)]
    found = dict(zip(requests, weights(requests), strict=True))
    for priority in Priority:
        below = sum(w for r, w in found.items() if r.priority > priority)
        assert min(w for r, w in found.items() if r.priority is priority) > below


def test_inside_a_class_weights_go_by_penalty() -> None:
    requests = [_request(i, Priority.P4, penalty) for i, penalty in enumerate((300, 100, 200, 0))]
    assert weights(requests) == (3, 1, 2, 1)


def test_weights_stay_within_64_bits_however_large_the_penalties() -> None:
    requests = [_request(i, list(Priority)[i % 5], 10**15 + i) for i in range(500)]
    found = weights(requests)
    assert 0 < min(found) < sum(found) < 2**60


def test_a_request_under_way_outweighs_everything() -> None:
    requests = [_request(0, Priority.P0, 10**6), _request(1, Priority.P4, 1)]
    first, second = weights(requests, frozenset({"1"}))
    assert second > first
