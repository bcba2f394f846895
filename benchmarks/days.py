"""`python -m benchmarks days`: whole days, from the start of `paiche demo` to its summary, one process each.

Rows are appended to `results/days.jsonl`; the latest of each day become a table of `README.md`. A row gives
the wall time of the whole process and that up to the published plans, CPU time, peak memory and what both
judges found. The kernels are compiled by the first day that finds none (`first compile`).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.pages import Record, line, measured_where, put, table

RESULTS = Path(__file__).parent / "results" / "days.jsonl"
README = Path(__file__).parent / "README.md"
DAYS = {
    "s": ("--size", "s"),
    "m": ("--size", "m"),
    "l": ("--size", "l"),
    "Guixi": ("--osm", "cn_guixi_jiangxi.osm"),
    "Haidian": ("--osm", "cn_beijing_haidian_tsinghua.osm"),
    "Porto": ("--osm", "porto_portugal.osm.pbf"),
    "Columbus": ("--osm", "columbus_oh.sorted.osm.pbf"),
}
GOALS: dict[str, tuple[tuple[str, float], ...]] = {
    "s": (("published_s", 60), ("wall_s", 180)),
    "l": (("published_s", 600), ("peak_mb", 8_000)),
}
"""Figures that must not be larger; `published_s` leaves out the comparison of scenarios and the files."""
AFTERWARDS = ("scenarios", "outputs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `days`."""
    parser.add_argument("--only", nargs="+", choices=tuple(DAYS), default=list(DAYS), metavar="DAY")
    parser.add_argument("--seed", type=int, default=1, help="1 is what `paiche demo` takes")
    parser.add_argument("--dry", action="store_true", help="print the figures, keep nothing")


def run(options: argparse.Namespace) -> int:
    """Run the days one after the other, keep the rows, render the table; 1 where one failed."""
    failed, where = 0, machine()
    for name in options.only:
        figures = driven(name, options.seed)
        failed += "error" in figures
        print(f"{name:10} {json.dumps(figures, ensure_ascii=False)}", flush=True)
        if not options.dry and "error" not in figures:
            keep({"day": name, "seed": options.seed, **figures, **where})
    if not options.dry:
        put(README, "days", page(kept()))
    return 1 if failed else 0


def driven(name: str, seed: int) -> Record:
    """Run one whole day and read its summary; an error in one line where it cannot be run."""
    option, value = DAYS[name]
    if option == "--osm":
        root = Path(__file__).resolve().parent.parent
        data = Path(os.environ.get("PAICHE_SHARED_DATA", root.parent / "shared" / "data"))
        value = str(data / "osm" / value)
        if not Path(value).is_file():
            return {"error": f"no map {value}: set PAICHE_SHARED_DATA to the folder of shared data"}
    with tempfile.TemporaryDirectory(prefix="paiche-days-") as folder:
        paiche = "from service.cli import main; main()"
        order = ["demo", option, value, "--seed", str(seed), "--no-serve", "--out", f"{folder}/out"]
        return measured([sys.executable, "-c", paiche, *order], folder)


def measured(command: list[str], folder: str) -> Record:
    """Wait for the process and take its wall time, its CPU time and its largest memory."""
    data = {"PAICHE_DATA_FOLDER": f"{folder}/data", "PAICHE_CACHE_FOLDER": f"{folder}/cache"}
    begun = time.perf_counter()
    with Path(folder, "words").open("w+", encoding="utf-8") as words:
        child = subprocess.Popen(command, stdout=words, stderr=subprocess.STDOUT, env=os.environ | data)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - begun
        words.seek(0)
        said = words.read().strip().splitlines()
    if child.returncode:
        return {"error": (said or ["killed"])[-1]}
    summary = json.loads(Path(folder, "out", "summary.json").read_text(encoding="utf-8"))
    return {
        "wall_s": round(wall_s, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1_024),
        **figures_of(summary),
    }


def figures_of(summary: dict[str, Any]) -> Record:
    """Take from a summary what the table shows."""
    seconds, shuttles, cars = summary["seconds"], summary["shuttles"], summary["cars"]
    return {
        "edges": summary["map"]["edges"],
        "compile_s": round(seconds.get("engine", 0.0), 1),
        "published_s": round(seconds["total"] - sum(seconds[step] for step in AFTERWARDS), 1),
        "riders": shuttles["riders"],
        "riders_served": shuttles["served"],
        "requests": cars["requests"],
        "requests_served": cars["served"],
        "violations": sum(summary[kind]["violations"] for kind in ("shuttles", "cars", "emergency")),
    }


def keep(record: Record) -> None:
    """Append one row to the results."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def kept() -> list[Record]:
    """Return the latest row of each day, in the order of `DAYS`."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []
    latest = {record["day"]: record for record in map(json.loads, lines)}
    return [latest[name] for name in DAYS if name in latest]


def page(records: list[Record]) -> str:
    """Markdown: one row a day, and where it was measured."""
    head = ("day", "commit", "directed edges", "riders served", "requests served", "violations")
    more = ("first compile s", "published after s", "whole s", "CPU s", "peak MB", "goal", "reached")
    parts = (
        "## Whole days",
        *measured_where("days", records),
        table((*head, *more), [_row(r) for r in records]),
    )
    return "\n\n".join(parts)


def _row(r: Record) -> str:
    served = (f"{r['riders_served']:,} of {r['riders']:,}", f"{r['requests_served']:,} of {r['requests']:,}")
    used = (r["violations"], r["compile_s"], r["published_s"], r["wall_s"], r["cpu_s"], r["peak_mb"])
    return line((r["day"], r["commit"], r["edges"], *served, *used, *_goal(r)))


def _goal(r: Record) -> tuple[str, str]:
    """Return the goals of a day and whether it reached them; faultless plans are one of each."""
    words = {"published_s": "published ≤ {} s", "wall_s": "whole ≤ {} s", "peak_mb": "≤ {:,} MB"}
    goals = (("violations", 0), *GOALS.get(r["day"], ()))
    told = ", ".join(words[key].format(most) for key, most in goals[1:])
    reached = all(r[key] <= most for key, most in goals)
    return ", ".join(filter(None, ("0 violations", told))), "yes" if reached else "**no**"
