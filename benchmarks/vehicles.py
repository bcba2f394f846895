"""`python -m benchmarks vehicles`: vehicles for trips at fixed times, proven or with a bound.

Each case runs in a process of its own; rows are appended to `results/vehicles.jsonl`, and the latest of each
case become a table of `README.md`. A case that has a row is not run again without `--again`. The gap is
(cost − bound) / bound; plans are judged by `benchmarks.verify`.
"""

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.instances import read
from benchmarks.instances.values import InstanceError, ScheduleInstance
from benchmarks.machine import machine
from benchmarks.one import locate
from benchmarks.pages import Record, line, measured_where, put, table
from benchmarks.schedules import solve_schedule
from benchmarks.trips import drawn
from benchmarks.verify import verify

RESULTS = Path(__file__).parent / "results" / "vehicles.jsonl"
README = Path(__file__).parent / "README.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is measured: `most_gap` in % and `most_s` are the goal, 0 % meaning proven; none without them."""

    make: Callable[[], ScheduleInstance]
    seconds: float
    most_s: float | None = None
    most_gap: float | None = None


def _file(name: str) -> Callable[[], ScheduleInstance]:
    def reads() -> ScheduleInstance:
        instance = read(locate(name))
        if not isinstance(instance, ScheduleInstance):
            message = f"{name} is no vehicle schedule"
            raise InstanceError(message)
        return instance

    return reads


_SMALL_FILES = tuple(
    f"n{trips}m{depots}s{number}"
    for trips, depots, numbers in (
        (50, 2, (0, 2, 3)), (50, 3, (0, 2, 3)), (50, 4, (0, 1)), (100, 3, (0, 1)), (100, 4, (0, 1, 2, 3)),
        (150, 2, (0,)), (150, 3, (2, 3)), (150, 4, (2,)),
    )
    for number in numbers
)  # fmt: skip

CASES: Final = {
    "one base, 2,000 trips": Case(make=lambda: drawn(2_000, 1, 1), seconds=60, most_s=1, most_gap=0),
    "one base, 6,000 trips": Case(make=lambda: drawn(6_000, 1, 1), seconds=60, most_s=10, most_gap=0),
    "Pepin m4n500s0": Case(make=_file("m4n500s0"), seconds=150, most_s=90, most_gap=0),
    "Pepin m8n500s0": Case(make=_file("m8n500s0"), seconds=150, most_s=150, most_gap=0.05),
    "4 bases, 1,000 trips, seed 1": Case(
        make=lambda: drawn(1_000, 4, 1), seconds=150, most_s=150, most_gap=0.1
    ),
    "4 bases, 1,000 trips, seed 2": Case(
        make=lambda: drawn(1_000, 4, 2), seconds=150, most_s=150, most_gap=0.1
    ),
    "located GD-4-1000-0": Case(make=_file("GD-4-1000-0"), seconds=150),
    **{name: Case(make=_file(name), seconds=60, most_s=60, most_gap=0) for name in _SMALL_FILES},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `vehicles`."""
    parser.add_argument("--only", nargs="+", choices=tuple(CASES), default=list(CASES), metavar="CASE")
    parser.add_argument("--again", action="store_true", help="measure cases that have a row, too")
    parser.add_argument(
        "--shared",
        action="store_true",
        help="the core is not idle: three times the wall time, judged by CPU time",
    )
    parser.add_argument("--dry", action="store_true", help="print the figures, keep nothing")
    parser.add_argument("--one", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Run the cases one after the other, keep the rows, render the table; 1 where one failed."""
    if options.one:
        print(json.dumps(measured(options.one, 3.0 if options.shared else 1.0)))
        return 0
    known, failed, where = {r["case"] for r in kept()}, 0, machine()
    for name in options.only:
        if name in known and not options.again:
            continue
        figures = _apart(name, shared=options.shared)
        failed += "error" in figures
        print(f"{name:30} {json.dumps(figures)}", flush=True)
        if not options.dry and "error" not in figures:
            _keep({"case": name, **figures, "indication": options.shared, **where})
    if not options.dry:
        put(README, "vehicles", page(kept()))
    return 1 if failed else 0


def _apart(name: str, *, shared: bool) -> Record:
    command = [sys.executable, "-m", "benchmarks", "vehicles", "--one", name]
    command += ["--shared"] if shared else []
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    said = ended.stdout.splitlines()
    if ended.returncode or not said:
        return {"error": (ended.stderr.strip().splitlines() or ["killed"])[-1]}
    figures: Record = json.loads(said[-1])
    return figures


def measured(name: str, patience: float) -> Record:
    """Solve one case, in so many times its seconds, and judge it."""
    case = CASES[name]
    instance = case.make()
    answer = solve_schedule(instance, seconds=patience * case.seconds, iterations=None)
    verdict = verify(instance, answer.routes, depots=answer.depots)
    bound = answer.bound or 0.0
    return {
        "trips": instance.trips,
        "depots": len(instance.vehicles),
        "cost": verdict.cost,
        "bound": bound,
        "gap": round(100 * (verdict.cost / bound - 1), 5) if bound else None,
        "vehicles": verdict.vehicles,
        "faults": len(verdict.faults),
        "best": instance.best.cost if instance.best else None,
        "nodes": answer.iterations,
        "wall_s": round(answer.seconds, 2),
        "cpu_s": round(answer.cpu_seconds, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024),
    }


def _keep(record: Record) -> None:
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(json.dumps(record) + "\n")


def kept() -> list[Record]:
    """Return the latest row of each case, in the order of `CASES`."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []
    latest = {record["case"]: record for record in map(json.loads, lines)}
    return [latest[name] for name in CASES if name in latest]


def page(records: list[Record]) -> str:
    """Markdown: one row a case, and where it was measured."""
    head = ("case", "trips", "depots", "vehicles", "cost", "bound", "gap %", "published", "nodes")
    more = ("s", "CPU s", "peak MB", "goal", "reached")
    shared = ["Rows marked * were measured beside other work and are judged by CPU time."]
    parts = (
        "## Vehicle scheduling: trips at fixed times",
        *measured_where("vehicles", records),
        *(shared if any(r["indication"] for r in records) else ()),
        table((*head, *more), [_row(r) for r in records]),
    )
    return "\n\n".join(parts)


def _row(r: Record) -> str:
    size = (r["trips"], r["depots"], r["vehicles"], r["cost"], r["bound"])
    published = f"{r['best']:,}" if r["best"] else "none"
    gap = "proven" if r["gap"] == 0 else f"{r['gap']:.4f}"
    used = (r["nodes"], r["wall_s"], r["cpu_s"], r["peak_mb"])
    name = f"{r['case']}{' *' if r['indication'] else ''}"
    return line((name, *size, gap, published, *used, *_goal(r)))


def _goal(r: Record) -> tuple[str, str]:
    case = CASES[r["case"]]
    if case.most_gap is None or case.most_s is None:
        return "none", "—"
    words = "proven" if case.most_gap == 0 else f"gap ≤ {case.most_gap} %"
    seconds = r["cpu_s"] if r["indication"] else r["wall_s"]
    good = r["gap"] is not None and r["gap"] <= case.most_gap and not r["faults"]
    return f"{words} in {case.most_s:g} s", "yes" if good and seconds <= case.most_s else "**no**"
