"""`python -m benchmarks pooling`: who rides with whom, three requests a car at most, and its proof.

Days of requests of one county: offices within 20 km (county) or 6 km (town) of each other, places to go to
within 40 km, ten metres a second along the axes, three fifths of the trips there and back; limits of waiting
and detour by category as the product has them, and everybody is willing. Time counts from the requests to the
merged ones; rows are appended to `results/pooling.jsonl`, the latest of each case become a table of
`README.md`. The gap is (bound − saved) / bound of the vehicle hours that sharing saves.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.machine import machine
from benchmarks.pages import Record, line, measured_where, put, table
from gis.matrix import Block, TravelMatrix
from optimizer.model import (
    ALL_DAY,
    Place,
    Problem,
    Request,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
)
from optimizer.pooling import pool

RESULTS = Path(__file__).parent / "results" / "pooling.jsonl"
README = Path(__file__).parent / "README.md"
GOALS: Final = {("county", 500): (2.0, 0.0), ("county", 1_000): (30.0, 0.5)}
"""Where and how many requests → seconds and gap in %, 0 meaning proven; the dense town has no goal."""
CASES: Final = (*GOALS, ("town", 500))
HALF_M: Final = {"county": 10_000, "town": 3_000}
"""Half of the side of the square of the offices."""
OFFICES, DESTINATIONS = 40, 80
CATEGORIES: Final = ("会议", "培训", "调研", "督查检查", "下乡", "送件", "其他")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `pooling`."""
    parser.add_argument("--only", nargs="+", choices=tuple(HALF_M), default=list(HALF_M), metavar="WHERE")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--shared", action="store_true", help="the core is not idle: rows are indications")
    parser.add_argument("--dry", action="store_true", help="print the figures, keep nothing")


def run(options: argparse.Namespace) -> int:
    """Pool each day, keep the rows, render the table."""
    pool(drawn("town", 20, 0))  # compiles
    where = machine() | {"indication": options.shared}
    for place, requests in (case for case in CASES if case[0] in options.only):
        for seed in options.seeds:
            figures = measured(place, requests, seed)
            row = {"place": place, "requests": requests, "seed": seed, **figures, **where}
            print(json.dumps(row), flush=True)
            if not options.dry:
                RESULTS.parent.mkdir(parents=True, exist_ok=True)
                with RESULTS.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(row) + "\n")
    if not options.dry:
        put(README, "pooling", page(kept()))
    return 0


def measured(place: str, requests: int, seed: int) -> Record:
    """Pool one drawn day."""
    problem = drawn(place, requests, seed)
    begun, used = time.perf_counter(), time.process_time()
    found = pool(problem)
    wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - used
    return {
        "cars": len(found.problem.requests),
        "saved_h": round(found.saved_s / 3_600, 3),
        "bound_h": round(found.bound_s / 3_600, 3),
        "gap": round(100 * (1 - found.saved_s / found.bound_s), 4) if found.bound_s else 0.0,
        "wall_s": round(wall_s, 2),
        "cpu_s": round(cpu_s, 2),
    }


def drawn(place: str, requests: int, seed: int) -> Problem:
    """Draw a day of requests that would all share."""
    random = np.random.default_rng(seed)
    half_m = HALF_M[place]
    offices = random.uniform(-half_m, half_m, (OFFICES, 2))
    points = np.concatenate([offices, random.uniform(-20_000, 20_000, (DESTINATIONS, 2))])
    metres = np.rint(np.abs(points[:, None] - points[None]).sum(axis=2)).astype(np.int32)
    index = {f"p{i}": i for i in range(len(points))}
    block = Block(
        origins=index, destinations=index, seconds=metres[None, None] // 10, metres=metres[None, None]
    )
    return Problem(
        date="2026-01-05",
        synthetic=True,
        places=tuple(Place(id=name, lon=0.0, lat=0.0) for name in index),
        vehicle_types=(VehicleType(id="car", capacity=(4,)),),
        vehicles=(Vehicle(id="v", type_id="car", start_place_id="p0", end_place_id="p0"),),
        requests=tuple(_request(f"r{i:04}", random) for i in range(requests)),
        travel=TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=(block,)),
    )


def _request(name: str, random: np.random.Generator) -> Request:
    origin = f"p{random.integers(OFFICES)}"
    destination = f"p{OFFICES + random.integers(DESTINATIONS)}"
    start_s = int(300 * random.integers(96, 204))
    people, back = int(random.integers(1, 3)), random.random() < 0.6
    stay_s = int(900 * random.integers(2, 9)) if back else 0
    window = TimeWindow(start_s=start_s, end_s=start_s)
    stops = [
        Stop(options=(StopOption(place_id=origin, window=window),), load=(people,)),
        Stop(options=(StopOption(place_id=destination, window=ALL_DAY, service_s=stay_s),)),
    ]
    if back:
        stops.append(Stop(options=(StopOption(place_id=origin, window=ALL_DAY),), load=(-people,)))
    else:
        stops[1] = Stop(options=stops[1].options, load=(-people,))
    return Request(id=name, stops=tuple(stops), category=CATEGORIES[random.integers(len(CATEGORIES))])


def kept() -> list[Record]:
    """Return the latest row of each case."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []
    latest = {(r["place"], r["requests"], r["seed"]): r for r in map(json.loads, lines)}
    return [latest[key] for key in sorted(latest)]


def page(records: list[Record]) -> str:
    """Markdown: one row a day, and where it was measured."""
    head = (
        "where",
        "requests",
        "seed",
        "cars' trips",
        "hours saved",
        "bound",
        "gap %",
        "s",
        "CPU s",
        "goal",
        "reached",
    )
    shared = ["Rows marked * were measured beside other work: their seconds are too many."]
    parts = (
        "## Pooling: at most three requests a car",
        *measured_where("pooling", records),
        *(shared if any(r["indication"] for r in records) else ()),
        table(head, [_row(r) for r in records]),
    )
    return "\n\n".join(parts)


def _row(r: Record) -> str:
    gap = "proven" if r["gap"] == 0 else f"{r['gap']:.4f}"
    name = f"{r['place']}{' *' if r['indication'] else ''}"
    figures = (f"{r['saved_h']:.3f}", f"{r['bound_h']:.3f}", gap, r["wall_s"], r["cpu_s"])
    return line((name, r["requests"], str(r["seed"]), r["cars"], *figures, *_goal(r)))


def _goal(r: Record) -> tuple[str, str]:
    if (r["place"], r["requests"]) not in GOALS:
        return "none", "—"
    most_s, most_gap = GOALS[r["place"], r["requests"]]
    words = "proven" if most_gap == 0 else f"gap ≤ {most_gap} %"
    seconds = r["cpu_s"] if r["indication"] else r["wall_s"]
    good = r["gap"] <= most_gap and seconds <= most_s
    return f"{words} in {most_s:g} s", "yes" if good else "**no**"
