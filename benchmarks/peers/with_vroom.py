"""VROOM through its own JSON, one thread, deepest exploration, stopped at the time limit."""

import json
import time
from datetime import timedelta
from typing import Any

import numpy as np
import vroom

from benchmarks.answers import Answer, CannotSolve
from benchmarks.instances.values import RoutingInstance
from benchmarks.scaling import scale_of, travel_ints, window_ints

DEEPEST = 5
VEHICLES_FIRST_COST = 1_000_000
COARSER = 100
"""VROOM's durations are 32-bit and scaled by 100 inside; real distances go in at 1/100 of a unit."""


def solve_with_vroom(instance: RoutingInstance, seconds: float, seed: int) -> Answer:
    """Search until VROOM is done or the time is over; it has no seed, so every seed gives the same.

    Raises
    ------
    CannotSolve
        For ride time limits, which it does not have.
    """
    del seed
    if instance.max_ride is not None:
        message = "VROOM has no ride time limit"
        raise CannotSolve(message)
    start = time.perf_counter()
    problem = vroom.Input()
    problem._from_json(json.dumps(_document(instance)), False)  # noqa: SLF001
    ready = time.perf_counter()
    limit = timedelta(milliseconds=round(seconds * 1_000))
    solution = problem.solve(exploration_level=DEEPEST, nb_threads=1, timeout=limit)
    found = time.perf_counter()
    routes, types = _routes(instance, solution.to_dict())
    return Answer(routes=routes, vehicle_types=types, seconds=found - ready, setup_seconds=ready - start)


def _document(instance: RoutingInstance) -> dict[str, Any]:
    divide = COARSER if scale_of(instance) > 1 else 1
    travel = -(-travel_ints(instance) // divide)
    ready, due, service = (column.tolist() for column in window_ints(instance))
    windows = [[-(-a // divide), b // divide] for a, b in zip(ready, due, strict=True)]
    timed = bool(np.isfinite(instance.due).any())
    stop = {
        i: {
            "location_index": i,
            "service": -(-service[i] // divide),
            **({"time_windows": [windows[i]]} if timed else {}),
        }
        for i in range(1, instance.size)
    }
    document: dict[str, Any] = {
        "vehicles": _vehicles(instance, windows[0] if timed else None),
        "matrices": {"car": {"durations": travel.tolist()}},
    }
    if instance.pairs:
        document["shipments"] = [
            {
                "amount": [int(instance.demand[p])],
                "pickup": {"id": p, **stop[p]},
                "delivery": {"id": d, **stop[d]},
            }
            for p, d in instance.pairs
        ]
    else:
        document["jobs"] = [
            {"id": i, "delivery": [int(instance.demand[i])], **stop[i]} for i in range(1, instance.size)
        ]
    return document


def _vehicles(instance: RoutingInstance, window: list[int] | None) -> list[dict[str, Any]]:
    vehicles: list[dict[str, Any]] = []
    for kind, group in enumerate(instance.fleet):
        fixed = round(group.fixed) + (VEHICLES_FIRST_COST if instance.vehicles_first else 0)
        costs = {"fixed": fixed, "per_hour": round(3_600 * group.per_distance)}
        for _ in range(min(group.count, instance.size - 1)):
            vehicle: dict[str, Any] = {
                "id": len(vehicles) + 1,
                "description": str(kind),
                "start_index": 0,
                "end_index": 0,
                "capacity": [group.capacity],
                "costs": costs,
            }
            vehicles.append(vehicle | ({"time_window": window} if window else {}))
    return vehicles


def _routes(
    instance: RoutingInstance, found: dict[str, Any]
) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    kind_of: dict[int, int] = {}
    for kind, group in enumerate(instance.fleet):
        for _ in range(min(group.count, instance.size - 1)):
            kind_of[len(kind_of) + 1] = kind
    routes = tuple(
        tuple(step["id"] for step in route["steps"] if step["type"] in {"job", "pickup", "delivery"})
        for route in found["routes"]
    )
    return routes, tuple(kind_of[route["vehicle"]] for route in found["routes"])
