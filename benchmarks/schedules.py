"""The engine for vehicle scheduling on an instance of that family."""

import time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers import Answer, CannotSolve
from benchmarks.instances.values import ScheduleInstance
from optimizer.engines.vehicle_scheduling import Network, network, schedule

__all__ = ["solve_schedule"]

WITHOUT_LIMIT: Final = 20_000
"""Branch-and-bound nodes where only seconds are limited."""


def solve_schedule(instance: ScheduleInstance, *, seconds: float | None, iterations: int | None) -> Answer:
    """Solve vehicle scheduling; an iteration is a branch-and-bound node.

    Raises
    ------
    CannotSolve
        Where no plan that serves every trip was found, or trips follow each other in a circle.
    """
    begun = time.perf_counter()
    compiled()
    try:
        net, order = _network(instance)
    except ValueError as error:
        message = f"{instance.name}: {error}"
        raise CannotSolve(message) from error
    ready, used = time.perf_counter(), time.process_time()
    plan = schedule(net, seconds=seconds, nodes=WITHOUT_LIMIT if iterations is None else iterations)
    found, spent = time.perf_counter(), time.process_time()
    if plan.left:
        message = (
            f"{instance.name}: no plan found serves all {instance.trips} trips; {len(plan.left)} are left"
        )
        raise CannotSolve(message)
    return Answer(
        routes=tuple(tuple(int(order[i]) for i in tasks) for _, tasks in plan.duties),
        vehicle_types=(),
        depots=tuple(group for group, _ in plan.duties),
        bound=float(plan.bound),
        seconds=found - ready,
        cpu_seconds=spent - used,
        setup_seconds=ready - begun,
        iterations=plan.nodes,
    )


def _network(instance: ScheduleInstance) -> tuple[Network, NDArray[np.int64]]:
    """Leaving a trip out costs more than a vehicle of its own and any detour for it."""
    dearest = instance.pull_out.max() + instance.pull_in.max() + instance.link.max(initial=0)
    return network(
        out=instance.pull_out,
        home=instance.pull_in,
        link=instance.link,
        counts=np.array(instance.vehicles),
        penalty=np.full(instance.trips, 4 * int(dearest) + 1),
    )


def compiled() -> None:
    """Let the kernels be compiled before the clock runs."""
    cross = np.array([[1], [2]])  # each group is cheaper at one end, so that flow and plan differ
    one = np.ones(1, np.int64)
    counts = np.ones(2, np.int64)
    made, _ = network(out=cross, home=cross[::-1], link=-one[:, None], counts=counts, penalty=9 * one)
    schedule(made)
