"""`python -m benchmarks compare SET`: this engine and its peers, one after the other on one pinned core.

Each (file, solver, seconds, seed) is one row of a JSON-lines file; rows that are there already are not run
again, so a long comparison may be stopped and go on later. Tables of mean, least and most per set, solver
and time are rendered into `README.md` from all rows.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.compared import page
from benchmarks.machine import machine
from benchmarks.pages import Record, put

SETS: dict[str, tuple[str, ...]] = {
    "cvrp": ("X-n157-k13", "X-n214-k11", "X-n242-k48", "X-n344-k43"),
    "cvrp-large": ("X-n502-k39", "X-n701-k44", "X-n1001-k43"),
    "vrptw": ("r1_2_9", "rc2_2_4", "r2_4_9", "rc1_4_7"),
    "hfvrp": ("X115-HVRP", "X157-HD", "X162-FSMD", "X344-FSMD"),
    "pdptw": ("lr103", "lrc207", "LC1_2_4", "LR2_2_6"),
    "darp": ("a4-48", "a8-96", "R3a", "R5a"),
}
SOLVERS = ("paiche", "ortools", "pyvrp", "vroom")
README = Path(__file__).parent / "README.md"
RESULTS = Path(__file__).parent / "results" / "routing.jsonl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `compare`."""
    parser.add_argument("set", choices=(*SETS, "all"))
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0, 30.0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--solvers", nargs="+", choices=SOLVERS, default=list(SOLVERS))
    parser.add_argument("--files", nargs="+", default=None, help="other instances than the default four")
    parser.add_argument("--core", type=int, default=None, help="core to pin to; the last one by default")


def run(options: argparse.Namespace) -> int:
    """Run what is missing, then print the table."""
    pin(options.core)
    done = {task_key(row) for row in rows()}
    for names in [options.set] if options.set != "all" else list(SETS):
        for task in tasks(names, options):
            if task_key(task) not in done:
                record(task)
    put(README, "compare", page(rows(), SETS, SOLVERS))
    return 0


def pin(core: int | None) -> None:
    """Keep this process, and so each solver it starts, on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0)) if core is None else core})


def tasks(set_name: str, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Every (file, seconds, seed, solver) of a set; solvers without a seed run once."""
    for name in options.files or SETS[set_name]:
        for seconds in options.seconds:
            for solver in options.solvers:
                seeds = options.seeds if solver in {"paiche", "pyvrp"} else 1
                for seed in range(1, seeds + 1):
                    yield {
                        "set": set_name,
                        "file": name,
                        "solver": solver,
                        "seconds": seconds,
                        "seed": seed,
                    }


def task_key(task: dict[str, Any]) -> tuple[Any, ...]:
    """Return what makes a row unique."""
    return task["set"], task["file"], task["solver"], float(task["seconds"]), task["seed"]


def record(task: dict[str, Any]) -> None:
    """Run one solver in a process of its own and append its row."""
    command = [sys.executable, "-m", "benchmarks", "one", json.dumps(task)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        print(f"{task}: {ended.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return
    row = task | json.loads(ended.stdout.splitlines()[-1]) | machine()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a") as file:
        file.write(json.dumps(row) + "\n")
    print(_line(row), flush=True)


def rows() -> list[Record]:
    """All rows recorded so far."""
    if not RESULTS.is_file():
        return []
    return [json.loads(line) for line in RESULTS.read_text().splitlines() if line.strip()]


def _line(row: dict[str, Any]) -> str:
    gap = "—" if row["gap"] is None else f"{row['gap']:+.2f} %"
    what = f"{row['file']:>12} {row['solver']:>8} {row['seconds']:>4g} s seed {row['seed']}"
    return f"{what}: {gap} {row['vehicles']}"
