"""`python -m benchmarks cars`: whole days of official cars, planned with all rules, beside dispatch by hand.

A synthetic prefecture's requests are planned from its places on: travel times, plan, price and bound. By hand
each request takes the nearest free car in the order of departures (`optimizer.first_come`). Rows are appended
to `results/cars.jsonl`, the latest of each size become a table of `README.md`. The gap is that of
`optimizer.price.gap`: what no plan avoids, the loaded kilometres, is left out of it.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.living import made
from benchmarks.machine import machine
from benchmarks.pages import Record, line, measured_where, put, table
from optimizer import cars
from optimizer.first_come import first_come, margin
from service.use_cases.cars import car_problem
from service.use_cases.steps import Silent, Step

RESULTS = Path(__file__).parent / "results" / "cars.jsonl"
README = Path(__file__).parent / "README.md"
GOALS: Final = {"m": (15.0, 1.0), "l": (90.0, 2.0)}
"""Size → seconds and gap in %."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `cars`."""
    parser.add_argument("--only", nargs="+", choices=("s", "m", "l"), default=["s", "m", "l"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared", action="store_true", help="the core is not idle: judged by CPU time")
    parser.add_argument("--dry", action="store_true", help="print the figures, keep nothing")


def run(options: argparse.Namespace) -> int:
    """Plan each size, keep the rows, render the table."""
    where = machine() | {"indication": options.shared}
    for size in options.only:
        row = {"size": size, "seed": options.seed, **measured(size, options.seed), **where}
        print(json.dumps(row), flush=True)
        if not options.dry:
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            with RESULTS.open("a", encoding="utf-8") as out:
                out.write(json.dumps(row) + "\n")
    if not options.dry:
        put(README, "cars", page(kept()))
    return 0


def measured(size: str, seed: int) -> Record:
    """Plan one day by the planner and by hand."""
    with tempfile.TemporaryDirectory(prefix="paiche-cars-") as folder:
        roads, day = made(Path(folder), size, seed)
        begun, used = time.perf_counter(), time.process_time()
        problem = car_problem(day, roads, Step(Silent()))
        travel_s = time.process_time() - used
        plan = cars.plan(problem, seed=seed)
        wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - used
    beside = margin(problem, plan, first_come(problem))
    return {
        "vehicles": len(problem.vehicles),
        "requests": len(problem.requests),
        "pairs": sum(len(b.origins) * len(b.destinations) for b in problem.travel.blocks),
        "served": beside.served,
        "cars": beside.cars,
        "empty_m": beside.empty_m,
        "decision_fen": beside.decision_fen,
        "bound_fen": plan.bound_fen,
        "gap": None if plan.gap is None else round(100 * plan.gap, 4),
        "travel_cpu_s": round(travel_s, 1),
        "wall_s": round(wall_s, 1),
        "cpu_s": round(cpu_s, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024),
    }


def kept() -> list[Record]:
    """Return the latest row of each size."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []
    latest = {record["size"]: record for record in map(json.loads, lines)}
    return [latest[size] for size in ("s", "m", "l") if size in latest]


def page(records: list[Record]) -> str:
    """Markdown: one row a day, and where it was measured."""
    head = ("day", "vehicles", "requests", "pairs", "served, by hand", "cars, by hand", "empty km, by hand")
    more = ("yuan, by hand", "gap %", "of it travel CPU s", "s", "CPU s", "peak MB", "goal", "reached")
    shared = ["Rows marked * were measured beside other work and are judged by CPU time."]
    parts = (
        "## Official cars: a day with all rules",
        *measured_where("cars", records),
        *(shared if any(r["indication"] for r in records) else ()),
        table((*head, *more), [_row(r) for r in records]),
    )
    return "\n\n".join(parts)


def _row(r: Record) -> str:
    name = f"{r['size']}{' *' if r['indication'] else ''}"
    both = (
        _beside(r["served"]),
        _beside(r["cars"]),
        _beside([metres / 1_000 for metres in r["empty_m"]]),
        _beside([fen / 100 for fen in r["decision_fen"]]),
    )
    gap = "none" if r["gap"] is None else f"{r['gap']:.4f}"
    used = (r["travel_cpu_s"], r["wall_s"], r["cpu_s"], r["peak_mb"])
    return line((name, r["vehicles"], r["requests"], r["pairs"], *both, gap, *used, *_goal(r)))


def _beside(pair: list[float]) -> str:
    return f"{pair[0]:,.0f}, {pair[1]:,.0f}"


def _goal(r: Record) -> tuple[str, str]:
    if r["size"] not in GOALS:
        return "none", "—"
    most_s, most_gap = GOALS[r["size"]]
    seconds = r["cpu_s"] if r["indication"] else r["wall_s"]
    good = r["gap"] is not None and r["gap"] <= most_gap and seconds <= most_s
    return f"gap ≤ {most_gap:g} % in {most_s:g} s", "yes" if good else "**no**"
