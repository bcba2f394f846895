"""`python -m benchmarks one TASK`: one solver on one instance, in a process of its own, for `compare`."""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.answers import Answer, CannotSolve
from benchmarks.instances import read
from benchmarks.instances.values import InstanceError, RoutingInstance
from benchmarks.solve import gap_to_best_known, judge, solve

Solver = Callable[[RoutingInstance, float, int], Answer]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `one`."""
    parser.add_argument("task", type=json.loads)


def run(options: argparse.Namespace) -> int:
    """Solve the task and print its figures as JSON."""
    task = options.task
    instance = read(locate(task["file"]))
    if not isinstance(instance, RoutingInstance):
        message = f"{task['file']}: not a routing instance"
        raise InstanceError(message)
    try:
        answer = solver(task["solver"])(instance, task["seconds"], task["seed"])
    except CannotSolve as reason:
        print(json.dumps(_no_words(str(reason))))
        return 0
    print(json.dumps(_figures(instance, answer)))
    return 0


def locate(name: str) -> Path:
    """Find an instance by its file's stem below the shared benchmark folder.

    Raises
    ------
    InstanceError
        Where the folder or the file is not there.
    """
    root = Path(os.environ.get("PAICHE_SHARED_DATA", "../shared/data")) / "benchmarks"
    for suffix in (".vrp", ".txt", ".inp", ".zip"):
        for path in sorted(root.rglob(f"{name}{suffix}")):
            return path
    message = f"no instance {name} below {root}; set PAICHE_SHARED_DATA to the folder that holds benchmarks/"
    raise InstanceError(message)


def solver(name: str) -> Solver:
    """Return the solver of that name; peers are imported only when asked for."""
    if name == "pyvrp":
        from benchmarks.peers.with_pyvrp import solve_with_pyvrp

        return solve_with_pyvrp
    if name == "vroom":
        from benchmarks.peers.with_vroom import solve_with_vroom

        return solve_with_vroom
    if name == "ortools":
        from benchmarks.peers.with_ortools import solve_with_ortools

        return solve_with_ortools
    return lambda instance, seconds, seed: solve(instance, seconds=seconds, iterations=None, seed=seed)


def _figures(instance: RoutingInstance, answer: Answer) -> dict[str, Any]:
    verdict = judge(instance, answer)
    best = instance.best
    fleet_reached = None
    if instance.vehicles_first and best is not None and best.vehicles is not None:
        fleet_reached = verdict.feasible and verdict.vehicles <= best.vehicles
    return {
        "cost": round(verdict.cost, 6),
        "vehicles": verdict.vehicles,
        "feasible": verdict.feasible,
        "gap": gap_to_best_known(instance, verdict),
        "fleet_reached": fleet_reached,
        "ran_s": round(answer.seconds, 3),
        "setup_s": round(answer.setup_seconds, 3),
        "iterations": answer.iterations,
    }


def _no_words(reason: str) -> dict[str, Any]:
    return {
        "cost": None,
        "vehicles": None,
        "feasible": False,
        "gap": None,
        "fleet_reached": None,
        "why": reason,
    }
