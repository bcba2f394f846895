"""`python -m benchmarks roads`: the roads measured, each row in a fresh process, beside what it must reach.

Rows are appended to `results/roads.jsonl`; the latest of each become the tables of `README.md`. The large
networks are the synthetic prefectures of `scenarios.prefecture`, drawn for the run in a temporary folder.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.road_tables import write_tables

RESULTS = Path(__file__).parent / "results" / "roads.jsonl"
README = Path(__file__).parent / "README.md"
SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement to make: which map, which measure, how much of it."""

    map: str
    measure: str
    count: int = 0


ROWS = (
    Row(map="porto", measure="read"),
    Row(map="porto", measure="fill"),
    Row(map="porto", measure="cached"),
    Row(map="porto", measure="matrix", count=1000),
    Row(map="porto", measure="closures", count=3000),
    Row(map="porto", measure="ways", count=1000),
    Row(map="porto", measure="walks", count=1700),
    Row(map="porto", measure="block", count=1000),
    Row(map="porto", measure="block", count=3000),
    Row(map="porto", measure="block", count=14_000),
    *(
        Row(map=name, measure=measure)
        for name in ("synthetic-s", "synthetic-m", "porto", "synthetic-l")
        for measure in (("read", "fill", "build") if name != "porto" else ("build",))
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `roads`."""
    parser.add_argument("--only", nargs="+", default=None, metavar="MEASURE", help="e.g. read matrix block")
    parser.add_argument("--maps", nargs="+", default=None, metavar="MAP", help="e.g. porto synthetic-l")
    parser.add_argument("--dry", action="store_true", help="print the figures, keep nothing")


def run(options: argparse.Namespace) -> int:
    """Measure, keep the rows, render the tables; 1 where something could not be measured."""
    failed, where = 0, machine()
    with tempfile.TemporaryDirectory(prefix="paiche-bench-") as folder:
        for row in chosen(options):
            figures = measured(row, Path(folder))
            failed += "error" in figures
            print(f"{row.map:12} {row.measure:9} {row.count or '':>6} {json.dumps(figures)}", flush=True)
            if not options.dry and row.measure != "fill" and "error" not in figures:
                keep(row, {**figures, **where})
    if not options.dry:
        write_tables(README, kept())
    return 1 if failed else 0


def chosen(options: argparse.Namespace) -> Iterator[Row]:
    """Rows of the run; what fills the caches is always among them where something else is."""
    for row in ROWS:
        wanted = not options.only or row.measure in options.only or row.measure == "fill"
        if wanted and (not options.maps or row.map in options.maps):
            yield row


def measured(row: Row, folder: Path) -> dict[str, Any]:
    """Measure in a fresh process; figures, or an error in one line."""
    file = map_file(row.map, folder)
    if file is None:
        return {"error": "no such map: set PAICHE_SHARED_DATA to the folder of shared data"}
    task = {"measure": row.measure, "map": str(file), "cache": str(folder / "cache"), "count": row.count}
    begun = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks", "road", json.dumps(task)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        return {"error": (ended.stderr.strip().splitlines() or ["killed"])[-1]}
    figures: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return {**figures, "process_s": round(time.perf_counter() - begun, 1)}


def map_file(name: str, folder: Path) -> Path | None:
    """Return the file of a map; synthetic ones are drawn when first asked for."""
    if name == "porto":
        root = Path(__file__).resolve().parent.parent
        data = Path(os.environ.get("PAICHE_SHARED_DATA", root.parent / "shared" / "data"))
        file = data / "osm" / "porto_portugal.osm.pbf"
        return file if file.is_file() else None
    from scenarios.prefecture.roads import write_roads

    file = folder / f"{name}.osm.pbf"
    size: Any = name.removeprefix("synthetic-")
    return file if file.is_file() else write_roads(file, size=size, seed=SEED)


def keep(row: Row, figures: dict[str, Any]) -> None:
    """Append one row to the results."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    record = {"map": row.map, "measure": row.measure, "count": row.count, **figures}
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def kept() -> list[dict[str, Any]]:
    """Return the latest row of each kind, in the order of `ROWS`."""
    latest: dict[tuple[str, str, int], dict[str, Any]] = {}
    for line in RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []:
        record = json.loads(line)
        latest[record["map"], record["measure"], record["count"]] = record
    keys = [(row.map, row.measure, row.count) for row in ROWS]
    return [latest[key] for key in keys if key in latest]
