"""`python -m benchmarks schools`: the school buses of Park against the best published plans.

Each set at each ride limit: a process per (set, ride limit, seed), one after the other on one core; rows are
appended to `results/schools.jsonl` and those that are there already are not run again. The best published
value is the least over all methods of `pnas-tableS1.csv` (Bertsimas, Delarue & Martin 2019) for that set and
ride limit.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Final

from benchmarks.compare import pin
from benchmarks.instances.values import InstanceError
from benchmarks.machine import machine
from benchmarks.pages import Record, line, measured_where, put, table

RESULTS: Final = Path(__file__).parent / "results" / "schools.jsonl"
README: Final = Path(__file__).parent / "README.md"
SETS: Final = tuple(f"{kind}{size}" for kind in ("RSRB", "CSCB") for size in ("01", "03", "05", "07"))
RIDES: Final = (2_700, 5_400)
ALLOWED: Final = {"01": 0.0, "03": 0.0, "05": 2.0, "07": 2.0}
"""Per cent above the best published that the goal allows, by size."""

WORDS: Final = (
    "Buses on the sets of Park, single load (a trip serves one school); conventions in `instances/park.py`. "
    "“Best published” is the least over all methods of table S1 of Bertsimas, Delarue & Martin (PNAS 2019) "
    "at the same ride limit. “Ours” is the mean over the seeds; the bound is proven for any plan, so where "
    "they are equal no plan has fewer buses. `verify.py` found every answer feasible unless said otherwise."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `schools`."""
    parser.add_argument("--only", nargs="+", choices=SETS, default=list(SETS), metavar="SET")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument(
        "--iterations",
        type=int,
        default=None,
        help="instead of seconds: the same on a busy machine",
    )
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--core", type=int, default=None, help="core to pin to; the last one by default")


def run(options: argparse.Namespace) -> int:
    """Run what is missing, keep the rows, render the table."""
    pin(options.core)
    where, done = machine(), {_key(row) for row in kept()}
    limit = ["iterations", options.iterations] if options.iterations else ["seconds", options.seconds]
    for seed in range(1, options.seeds + 1):
        for name in options.only:
            for ride_s in RIDES:
                task = {"set": name, "max_ride_s": ride_s, "limit": limit, "seed": seed}
                if _key(task) not in done:
                    row = task | measured(task) | where
                    keep(row)
                    print(json.dumps(row), flush=True)
    put(README, "schools", page(kept()))
    return 0


def folder_of(name: str) -> Path:
    """Where a set lies.

    Raises
    ------
    InstanceError
        Where the shared data are not there.
    """
    folder = Path(os.environ.get("PAICHE_SHARED_DATA", "../shared/data")) / "benchmarks" / "sbrp_park" / name
    if not folder.is_dir():
        message = f"no folder {folder}; set PAICHE_SHARED_DATA to the folder that holds benchmarks/"
        raise InstanceError(message)
    return folder


def published(name: str, ride_s: float) -> tuple[int, str]:
    """Return fewest buses published for a set and ride limit, and by which methods."""
    with (folder_of(name).parent / "pnas-tableS1.csv").open(newline="") as file:
        buses = {
            row["exp_name"]: int(row["buses"])
            for row in csv.DictReader(file)
            if row["benchmark"] == name and float(row["max_riding_time"]) == ride_s
        }
    least = min(buses.values())
    return least, ", ".join(sorted(method for method, count in buses.items() if count == least))


def measured(task: Record) -> Record:
    """Solve in a process of its own."""
    ride, seed, (limit, most) = str(task["max_ride_s"]), str(task["seed"]), task["limit"]
    command = [sys.executable, "-m", "benchmarks", "solve", str(folder_of(task["set"]))]
    command += ["--max-ride", ride, f"--{limit}", str(most), "--seed", seed, "--json"]
    with tempfile.TemporaryFile("w+") as words:
        child = subprocess.Popen(command, stdout=words)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        words.seek(0)
        said = words.read()
    if not said:
        message = f"{task}: ended with {child.returncode} and no answer"
        raise InstanceError(message)
    row = json.loads(said)
    keys = ("vehicles", "feasible", "bound", "seconds", "setup_seconds", "iterations")
    best, methods = published(task["set"], float(task["max_ride_s"]))
    figures = {"searched_s" if key == "seconds" else key: row[key] for key in keys}
    return figures | {
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1_024),
        "published": best,
        "published_by": methods,
    }


def keep(record: Record) -> None:
    """Append one row to the results."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(json.dumps(record) + "\n")


def kept() -> list[Record]:
    """All rows recorded so far."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []
    return [json.loads(words) for words in lines]


def page(records: list[Record]) -> str:
    """Markdown: one row per set, ride limit and search, and where it was measured."""
    head = ("set", "ride limit s", "search", "best published", "by", "ours", "least", "most", "bound")
    more = ("gap %", "runs", "s", "CPU s", "iterations", "peak MB", "goal", "reached")
    groups: dict[tuple[str, int, str], list[Record]] = defaultdict(list)
    for row in records:
        groups[row["set"], row["max_ride_s"], f"{row['limit'][1]:,g} {row['limit'][0]}"].append(row)
    order = sorted(groups, key=lambda key: (SETS.index(key[0]), *key[1:]))
    parts = (
        "## School buses",
        WORDS,
        *measured_where("schools", records),
        table((*head, *more), [_row(key, groups[key]) for key in order]),
    )
    return "\n\n".join(parts)


def _row(key: tuple[str, int, str], rows: list[Record]) -> str:
    name, ride_s, limit = key
    buses = [row["vehicles"] for row in rows]
    best = rows[0]["published"]
    allowed = ALLOWED[name[-2:]]
    gap = (mean(buses) / best - 1) * 100
    wrong = sum(not row["feasible"] for row in rows)
    reached = "yes" if round(gap, 6) <= allowed and not wrong else "**no**"
    reached += f" ({wrong} infeasible)" if wrong else ""
    known = (name, str(ride_s), limit, best, rows[0]["published_by"])
    cells = (*known, f"{mean(buses):g}", min(buses), max(buses))
    used = [mean(row[column] for row in rows) for column in ("searched_s", "cpu_s", "iterations", "peak_mb")]
    goal = f"≤ +{allowed:g} %" if allowed else "≤ best"
    return line((*cells, max(r["bound"] for r in rows), f"{gap:+.1f}", len(rows), *used, goal, reached))


def _key(row: Record) -> tuple[str, int, str, float, int]:
    return row["set"], int(row["max_ride_s"]), row["limit"][0], float(row["limit"][1]), int(row["seed"])
