"""`python -m benchmarks events`: parking of made-up events and duty rosters, with their proofs.

Events are those of `scenarios.receptions`: delegations of a dozen cars that come within an hour and leave at
noon or in the evening, 20 lots; with spaces enough, with too few, with ten bays at the door. Rosters are
those of `scenarios.duties`: a day post of three and a night post of two, days off, past duties to be evened
out. Rows are appended to `results/events.jsonl`, the latest of each case become a table of `README.md`.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.machine import machine
from benchmarks.pages import Record, line, measured_where, put, table
from optimizer.check.events import event_violations
from optimizer.check.rosters import roster_violations
from optimizer.event import plan as plan_event
from optimizer.event import stand_in
from optimizer.model import Status
from optimizer.roster import plan as plan_roster
from scenarios.duties import synthetic_roster
from scenarios.receptions import synthetic_event

RESULTS = Path(__file__).parent / "results" / "events.jsonl"
README = Path(__file__).parent / "README.md"
LOTS: Final = 20
EVENTS: Final = {
    "spaces enough": (1.2, None, 10.0),
    "spaces scarce": (1.05, None, 10.0),
    "30 % too few": (0.7, None, None),
    "ten bays": (1.2, 10, 20.0),
}
"""Name → spaces a car, bays at the door, seconds within which it is to be proven."""
ROSTERS: Final = {(100, 60): 30.0, (365, 120): None}
"""Days and drivers → seconds within which it is to be proven, or its gap told."""
WORDS: Final = (
    "Cost of events in fen (driving, walking, response); of rosters the weighted excess over the most even "
    "shares that there can be: 0 is proven. More spaces: the fewest that would place everybody."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `events`."""
    parser.add_argument("--only", nargs="+", choices=("events", "rosters"), default=["events", "rosters"])
    parser.add_argument("--cars", type=int, default=800)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--shared", action="store_true", help="the core is not idle: rows are indications")
    parser.add_argument("--dry", action="store_true", help="print the figures, keep nothing")


def run(options: argparse.Namespace) -> int:
    """Measure each case, keep the rows, render the table."""
    plan_event(synthetic_event(20, 3))  # loads the solver
    where = machine() | {"indication": options.shared}
    cases: list[tuple[str, Callable[[int], Record]]] = []
    if "events" in options.only:
        cases += [(f"event, {name}", _event(name, options.cars)) for name in EVENTS]
    if "rosters" in options.only:
        cases += [(f"roster, {n} days, {d} drivers", _roster(n, d)) for n, d in ROSTERS]
    for name, measure in cases:
        for seed in options.seeds:
            row = {"case": name, "seed": seed, **measure(seed), **where}
            print(json.dumps(row, ensure_ascii=False), flush=True)
            if not options.dry:
                RESULTS.parent.mkdir(parents=True, exist_ok=True)
                with RESULTS.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(row) + "\n")
    if not options.dry:
        put(README, "events", page(kept()))
    return 0


def _event(name: str, cars: int) -> Callable[[int], Record]:
    def measure(seed: int) -> Record:
        spare, bays, most_s = EVENTS[name]
        event = synthetic_event(cars, LOTS, seed=seed, spare=spare)
        event = replace(event, settings=replace(event.settings, bays=bays))
        begun, used = time.perf_counter(), time.process_time()
        found = plan_event(event)
        wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - used
        guest = next(p for p in found.passes if not p.standby)
        swapped = time.process_time()
        swap = stand_in(event, found, guest.car_id, 0)
        swap_ms = 1_000 * (time.process_time() - swapped)
        return {
            "size": f"{len(event.cars)} cars, {LOTS} lots",
            "placed": f"{sum(not p.standby for p in found.passes)} of {cars}",
            "cost": found.cost_fen,
            "bound": found.bound_fen,
            "proven": found.status is Status.OPTIMAL and all(more.least for more in found.more),
            "more": sum(more.spaces for more in found.more),
            "swap_ms": round(swap_ms, 1),
            "violations": len(event_violations(event, found)) + len(event_violations(event, swap.plan)),
            "wall_s": round(wall_s, 2),
            "cpu_s": round(cpu_s, 2),
            "goal_s": most_s,
        }

    return measure


def _roster(days: int, drivers: int) -> Callable[[int], Record]:
    def measure(seed: int) -> Record:
        problem = synthetic_roster(drivers, days, seed=seed)
        begun, used = time.perf_counter(), time.process_time()
        found = plan_roster(problem)
        wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - used
        return {
            "size": f"{days} days, {drivers} drivers",
            "placed": f"{len(found.duties)} of {len(found.duties) + sum(u.number for u in found.unmanned)}",
            "cost": found.cost,
            "bound": found.bound,
            "proven": found.status is Status.OPTIMAL,
            "more": None,
            "swap_ms": None,
            "violations": len(roster_violations(problem, found)),
            "wall_s": round(wall_s, 2),
            "cpu_s": round(cpu_s, 2),
            "goal_s": ROSTERS[days, drivers],
        }

    return measure


def kept() -> list[Record]:
    """Return the latest row of each case."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []
    latest = {(r["case"], r["size"], r["seed"]): r for r in map(json.loads, lines)}
    return list(latest.values())


def page(records: list[Record]) -> str:
    """Markdown: one row a case, and where it was measured."""
    head = (
        "case", "size", "seed", "placed", "cost", "bound", "more spaces", "swap, ms", "violations", "s",
        "CPU s", "goal", "reached",
    )  # fmt: skip
    shared = ["Rows marked * were measured beside other work and are judged by CPU time."]
    parts = (
        "## Events and duty rosters",
        *measured_where("events", records),
        *(shared if any(r["indication"] for r in records) else ()),
        WORDS,
        table(head, [_row(r) for r in records]),
    )
    return "\n\n".join(parts)


def _row(r: Record) -> str:
    proof = "proven" if r["proven"] else f"{r['bound']:,}"
    swap = "" if r["swap_ms"] is None else f"{r['swap_ms']:g}"
    more = "" if r["more"] is None else str(r["more"])
    name = f"{r['case']}{' *' if r['indication'] else ''}"
    figures = (f"{r['cost']:,}", proof, more, swap, str(r["violations"]), r["wall_s"], r["cpu_s"])
    return line((name, r["size"], str(r["seed"]), r["placed"], *figures, *_goal(r)))


def _goal(r: Record) -> tuple[str, str]:
    if r["goal_s"] is None:
        return "none", "—"
    seconds = r["cpu_s"] if r["indication"] else r["wall_s"]
    good = r["proven"] and not r["violations"] and seconds <= r["goal_s"]
    return f"proven in {r['goal_s']:g} s", "yes" if good else "**no**"
