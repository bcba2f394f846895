"""`python -m benchmarks growth`: what one iteration of the route engine costs as the problem grows.

Random towns of one density (routes of about ten stops), with and without time windows, each in a
process of its own; lists of neighbours end at a fixed length, so beyond it the cost should rise no more.
"""

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.as_problem import as_problem
from benchmarks.instances.values import FleetGroup, RoutingInstance
from benchmarks.machine import machine
from benchmarks.pages import Record, line, measured_where, put, table
from optimizer.engines import search
from optimizer.engines.nearness import NEAR

RESULTS = Path(__file__).parent / "results" / "growth.jsonl"
README = Path(__file__).parent / "README.md"
SIZES = (100, 300, 1_000)
MOST_MB = 1_000
STOPS_A_ROUTE = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `growth`."""
    parser.add_argument("--iterations", type=int, default=400_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="print the figures, keep nothing")
    parser.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Measure every size, keep the rows, render the table."""
    if options.one:
        print(json.dumps(measured(**options.one)))
        return 0
    where = machine()
    rows = []
    for windows in (False, True):
        for stops in SIZES:
            for seed in range(1, options.seeds + 1):
                task = {"stops": stops, "windows": windows, "seed": seed, "iterations": options.iterations}
                rows.append(task | _apart(task) | where)
                print(json.dumps(rows[-1]), flush=True)
    if not options.dry:
        RESULTS.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        put(README, "growth", page(rows))
    return 0


def _apart(task: Record) -> Record:
    command = [sys.executable, "-m", "benchmarks", "growth", "--one", json.dumps(task)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: Record = json.loads(ended.stdout.splitlines()[-1])
    return figures


def measured(*, stops: int, windows: bool, seed: int, iterations: int) -> Record:
    """Search with the kernels compiled; microseconds an iteration, all before the first apart, and memory."""
    problem = as_problem(town(stops, windows=windows, seed=seed))
    search.solve(problem, seed=seed, iterations=1, rest=False)  # compiles
    begun = search.solve(problem, seed=seed, iterations=1, rest=False)
    found = search.solve(problem, seed=seed, iterations=iterations, rest=False)
    return {
        "us": round((found.seconds - begun.seconds) / (found.work - begun.work) * 1e6, 2),
        "setup_s": round(begun.seconds, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024),
        "routes": len(found.routes),
        "served": sum(len(route.visits) for route in found.routes),
    }


def town(stops: int, *, windows: bool, seed: int) -> RoutingInstance:
    """Draw a town whose side grows with the root of its stops, the depot in its middle."""
    random = np.random.default_rng(seed)
    side = 100.0 * stops**0.5
    points = random.uniform(0.0, side, (stops + 1, 2))
    points[0] = side / 2
    apart = points[:, None] - points[None]
    demand = np.r_[0, random.integers(1, 20, stops)].astype(np.int64)
    day = 20 * side
    ready = np.where(windows, random.uniform(0.0, day / 2, stops + 1), 0.0)
    due = np.where(windows, ready + day / 8, day)
    ready[0], due[0] = 0.0, day
    return RoutingInstance(
        name=f"town-{stops}",
        family="vrptw" if windows else "cvrp",
        distance=np.rint(np.hypot(apart[..., 0], apart[..., 1])),
        demand=demand,
        ready=ready,
        due=due,
        service=np.zeros(stops + 1),
        fleet=(FleetGroup(count=stops, capacity=STOPS_A_ROUTE * 10),),
    )


def page(rows: list[Record]) -> str:
    """Markdown: per size microseconds an iteration (mean, least, most), neighbours and memory."""
    head = (
        "stops",
        "time windows",
        "neighbours in a list",
        "µs an iteration",
        "least",
        "most",
        "before the first, s",
        "peak MB",
    )
    lines = []
    for windows in (False, True):
        for stops in SIZES:
            these = [r for r in rows if r["stops"] == stops and r["windows"] == windows]
            us = [r["us"] for r in these]
            before_s = max(r["setup_s"] for r in these)
            cells = (sum(us) / len(us), min(us), max(us), before_s, max(r["peak_mb"] for r in these))
            lines.append(line((stops, "yes" if windows else "no", min(stops - 1, NEAR), *cells)))
    goal = (
        f"{rows[0]['iterations']:,} iterations, {len(rows) // len(SIZES) // 2} seeds; goal: at most "
        f"{MOST_MB:,} MB at 1,000 stops, and a cost that grows no faster than the lists of neighbours."
    )
    return "\n\n".join(
        (
            "## Growth of the route engine",
            *measured_where("growth", rows),
            goal,
            table(head, lines),
        )
    )
