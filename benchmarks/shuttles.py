"""`python -m benchmarks shuttles`: stops and lines chosen together, beside the same in two separate steps.

The two steps: a stop for each group by set cover, then OR-Tools routing of what boards at each stop, for as
much processor time as the town's limit, once with requests as large as half of the buses can carry and once
with small ones; the better of the two counts. Both plans are judged by `optimizer.check` and priced alike.
Rows are appended to `results/shuttles.jsonl`; the latest of each become a table of `README.md`.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.pages import Record, line, measured_where, put, table
from benchmarks.shuttle_towns import TOWNS, Commute, commute
from optimizer import joint, shuttle
from optimizer.check import violations
from optimizer.engines.warm import warm
from optimizer.line_plans import Planned, riders_served
from optimizer.lines import ShuttleSettings
from optimizer.price import decision_cost_fen, soft_cost_fen
from optimizer.regrouping import finer

RESULTS = Path(__file__).parent / "results" / "shuttles.jsonl"
README = Path(__file__).parent / "README.md"
SMALL = 12
"""Riders of a small request."""
LEAST_SAVING = 3.0
"""Per cent that choosing together must save at least."""
GOALS = ("1700", "5000")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `shuttles`."""
    parser.add_argument("--only", nargs="+", choices=tuple(TOWNS), default=list(TOWNS), metavar="TOWN")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2], help="of the town and of the search")
    parser.add_argument("--folder", type=Path, default=None, help="keeps roads and caches between runs")
    parser.add_argument("--shared", action="store_true", help="the core is not idle: rows are indications")
    parser.add_argument("--dry", action="store_true", help="print the figures, keep nothing")


def run(options: argparse.Namespace) -> int:
    """Plan each town both ways, keep the rows, render the table; 1 where a plan has a fault."""
    warm()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="paiche-shuttles-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in options.only:
            for seed in options.seeds:
                figures = measured(name, seed, folder)
                failed += bool(figures["violations"] or figures["steps_violations"])
                print(f"{name:18} {json.dumps(figures)}", flush=True)
                if not options.dry:
                    where = machine() | {"indication": options.shared}
                    keep({"town": name, "seed": seed, **figures, **where})
    if not options.dry:
        put(README, "shuttles", page(kept()))
    return 1 if failed else 0


def measured(name: str, seed: int, folder: Path) -> Record:
    """Figures of both ways on one town."""
    town = commute(name, seed, folder)
    begun, cpu = time.perf_counter(), time.process_time()
    together = joint.plan_lines(town.draft(ShuttleSettings()), seed=seed)
    spent = {
        "wall_s": round(time.perf_counter() - begun, 1),
        "cpu_s": round(time.process_time() - cpu, 1),
    }
    steps = min(
        (two_steps(town, size, seed, TOWNS[name].limit_s) for size in (None, SMALL)),
        key=lambda p: (-riders_served(p), decision_cost_fen(p.draft.problem, p.schedule)),
    )
    ours, theirs = figures_of(together), {f"steps_{k}": v for k, v in figures_of(steps).items()}
    return {**spent, **ours, **theirs, "saving": round(100 * (1 - ours["yuan"] / theirs["steps_yuan"]), 2)}


def two_steps(town: Commute, largest: int | None, seed: int, seconds: float) -> Planned:
    """Choose stops by set cover, one for each group; then route, for so much processor time."""
    draft = town.draft(ShuttleSettings(options_max=1))
    if largest is not None:
        draft = finer(draft, largest)
    until = time.process_time() + seconds
    schedule = shuttle.routed(draft.problem, seed=seed, progress=lambda _: time.process_time() < until)
    return Planned(draft, schedule)


def figures_of(planned: Planned) -> Record:
    """Riders, yuan, lines and faults of a plan."""
    draft, schedule = planned.draft, planned.schedule
    places = {v.place_id for route in schedule.routes for v in route.visits}
    return {
        "riders": sum(n for members in draft.members.values() for _, n in members),
        "served": riders_served(planned),
        "yuan": decision_cost_fen(draft.problem, schedule) / 100,
        "walks_yuan": soft_cost_fen(draft.problem, schedule) / 100,
        "buses": len(schedule.routes),
        "stops": len(places & {p.id for p in _stops(planned)}),
        "km": round(sum(route.distance_m for route in schedule.routes) / 1_000, 1),
        "violations": len(violations(draft.problem, schedule)),
    }


def _stops(planned: Planned) -> tuple[Any, ...]:
    return () if planned.draft.source is None else planned.draft.source.stops


def keep(record: Record) -> None:
    """Append one row to the results."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def kept() -> list[Record]:
    """Return the latest row of each town and seed; one from an idle core goes before indications."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []
    latest: dict[tuple[str, int], Record] = {}
    for record in map(json.loads, lines):
        old = latest.get((record["town"], record["seed"]))
        if old is None or old["indication"] or not record["indication"]:
            latest[record["town"], record["seed"]] = record
    return [latest[key] for key in sorted(latest, key=lambda k: (list(TOWNS).index(k[0]), k[1]))]


def page(records: list[Record]) -> str:
    """Markdown: one row for each town and seed, and where it was measured."""
    head = ("town", "seed", "served", "two steps", "yuan", "two steps", "saving %", "buses", "two steps")
    more = ("stops", "two steps", "violations", "wall s", "CPU s", "goal", "reached")
    shared = ["Rows marked * were measured beside other work: their costs stand, their seconds are too many."]
    parts = (
        "## Shuttles: stops and lines together, beside two separate steps",
        *measured_where("shuttles", records),
        *(shared if any(r["indication"] for r in records) else ()),
        table((*head, *more), [_row(r) for r in records]),
    )
    return "\n\n".join(parts)


def _row(r: Record) -> str:
    served = (f"{r['served']:,} of {r['riders']:,}", f"{r['steps_served']:,}")
    cost = (r["yuan"], r["steps_yuan"], f"{r['saving']:.1f}")
    size = (r["buses"], r["steps_buses"], r["stops"], r["steps_stops"])
    faults = r["violations"] + r["steps_violations"]
    town = f"{r['town']}{' *' if r['indication'] else ''}"
    return line((town, str(r["seed"]), *served, *cost, *size, faults, r["wall_s"], r["cpu_s"], *_goal(r)))


def _goal(r: Record) -> tuple[str, str]:
    if r["town"] not in GOALS:
        return "0 violations", "no" if r["violations"] else "yes"
    limit_s = TOWNS[r["town"]].limit_s
    seconds = r["cpu_s"] if r["indication"] else r["wall_s"]
    good = r["saving"] >= LEAST_SAVING and r["served"] >= r["steps_served"] and not r["violations"]
    words = f"≤ {limit_s:g} s, saving ≥ {LEAST_SAVING:g} %"
    return words, "yes" if good and seconds <= limit_s else "**no**"
