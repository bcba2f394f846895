"""`python -m benchmarks road TASK`: one measurement, alone in its process, as JSON.

A measure is a function from a `Task` to figures. CPU seconds are those of all threads of the process, without
imports; memory is the peak resident size of the process, with them.
"""

import argparse
import json
from importlib import import_module
from pathlib import Path

from benchmarks.road_task import Task

MEASURES = {
    "read": "road_reading",
    "cached": "road_reading",
    "walks": "road_reading",
    "fill": "road_routing",
    "build": "road_routing",
    "matrix": "road_routing",
    "block": "road_routing",
    "ways": "road_routing",
    "closures": "road_routing",
}
"""Measure → module; only that is imported, so that reading is not charged for the router's libraries."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the one argument of `road`."""
    parser.add_argument("task", help="measure, map, cache and count as JSON")


def run(options: argparse.Namespace) -> int:
    """Measure and print the figures."""
    given = json.loads(options.task)
    task = Task(
        measure=given["measure"],
        map=Path(given["map"]),
        cache=Path(given["cache"]),
        count=int(given.get("count", 0)),
    )
    measure = getattr(import_module(f"benchmarks.{MEASURES[task.measure]}"), task.measure)
    print(json.dumps(measure(task)))
    return 0
