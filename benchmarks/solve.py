"""`python -m benchmarks solve FILE`: this project's engine on one public instance, judged, as JSON."""

import argparse
import json
import time
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any

from benchmarks.answers import Answer, CannotSolve
from benchmarks.as_problem import as_answer, as_problem
from benchmarks.instances import Instance, read
from benchmarks.instances.values import ScheduleInstance, SchoolInstance
from benchmarks.verify import Verdict, verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `solve`."""
    parser.add_argument("file", type=Path, help="instance file, or the folder of a school bus instance")
    limit = parser.add_mutually_exclusive_group(required=True)
    limit.add_argument("--seconds", type=_positive(float), help="wall time of the search")
    limit.add_argument("--iterations", type=_positive(int), help="iterations of the search: repeats exactly")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--objective", choices=("distance", "vehicles"), default=None)
    parser.add_argument(
        "--max-ride", type=_positive(float), default=None, help="ride limit in seconds (school buses)"
    )
    parser.add_argument("--json", action="store_true", help="print the whole result as one JSON object")


def _positive(number: type[int] | type[float]) -> Callable[[str], float]:
    """Return a reader of numbers above zero; its name is what an error calls them."""

    def positive(text: str) -> float:
        value = number(text)
        if not 0 < value < float("inf"):
            message = f"{text} is not above zero"
            raise argparse.ArgumentTypeError(message)
        return value

    positive.__name__ = f"positive {number.__name__}"
    return positive


def run(options: argparse.Namespace) -> int:
    """Solve, judge and print; 0 where the routes are feasible, 1 where a rule is broken."""
    instance = read(options.file, objective=options.objective, max_ride_s=options.max_ride)
    answer = solve(instance, seconds=options.seconds, iterations=options.iterations, seed=options.seed)
    verdict = judge(instance, answer)
    row = result_row(instance, answer, verdict)
    print(json.dumps(row) if options.json else _sentence(row))
    return 0 if verdict.feasible else 1


def solve(instance: Instance, *, seconds: float | None, iterations: int | None, seed: int) -> Answer:
    """Run this project's engine; its set-up (reading, compiling) is timed apart.

    Raises
    ------
    CannotSolve
        Where no plan can be found, or numbers are too large to add up.
    """
    from optimizer.engines.search import Objective
    from optimizer.engines.search import solve as search
    from optimizer.errors import ProblemError, Unsupported

    if isinstance(instance, SchoolInstance):
        from benchmarks.sbrp import solve_school

        return solve_school(instance, seconds=seconds, iterations=iterations, seed=seed)
    if isinstance(instance, ScheduleInstance):
        from benchmarks.schedules import solve_schedule

        return solve_schedule(instance, seconds=seconds, iterations=iterations)
    start = time.perf_counter()
    problem = as_problem(instance)
    objective: Objective = "vehicles" if instance.vehicles_first else "cost"
    try:
        search(problem, seed=seed, iterations=1, objective=objective, rest=False)  # compiles
    except (ProblemError, Unsupported) as error:
        message = f"{instance.name}: {error}"
        raise CannotSolve(message) from error
    ready = time.perf_counter()
    schedule = search(
        problem, seed=seed, seconds=seconds, iterations=iterations, objective=objective, rest=False
    )
    found = time.perf_counter()
    return as_answer(schedule, seconds=found - ready, setup_seconds=ready - start)


def judge(instance: Instance, answer: Answer) -> Verdict:
    """Check an answer with the instance checker."""
    return verify(instance, answer.routes, vehicle_types=answer.vehicle_types, depots=answer.depots)


def result_row(instance: Instance, answer: Answer, verdict: Verdict) -> dict[str, Any]:
    """Return what `--json` prints."""
    return {
        "instance": instance.name,
        "family": instance.family,
        "objective": "vehicles" if getattr(instance, "vehicles_first", False) else "distance",
        "cost": round(verdict.cost, 6) if isfinite(verdict.cost) else None,
        "vehicles": verdict.vehicles,
        "feasible": verdict.feasible,
        "bound": answer.bound,
        "gap_to_best_known": gap_to_best_known(instance, verdict),
        "seconds": round(answer.seconds, 3),
        "setup_seconds": round(answer.setup_seconds, 3),
        "iterations": answer.iterations,
        "routes": [list(route) for route in answer.routes],
        "vehicle_types": list(answer.vehicle_types),
        "depots": list(answer.depots),
        "faults": list(verdict.faults[:5]),
    }


def gap_to_best_known(instance: Instance, verdict: Verdict) -> float | None:
    """Per cent above the best-known cost; None without one, or where rules are broken or fleets differ."""
    best = instance.best
    if best is None or not verdict.feasible:
        return None
    if best.vehicles not in {None, verdict.vehicles} and not isinstance(instance, SchoolInstance):
        return None
    return round((verdict.cost / best.cost - 1) * 100, 4)


def _sentence(row: dict[str, Any]) -> str:
    gap = "no best-known value" if row["gap_to_best_known"] is None else f"{row['gap_to_best_known']:+.2f} %"
    cost = "unknown" if row["cost"] is None else f"{row['cost']:,.2f}"
    state = "feasible" if row["feasible"] else f"INFEASIBLE: {'; '.join(row['faults'])}"
    return (
        f"{row['instance']}: cost {cost}, {row['vehicles']} vehicles, {gap}, {state}, "
        f"{row['seconds']:.1f} s (+ {row['setup_seconds']:.1f} s set-up), {row['iterations']:,} iterations"
    )
