"""What a routing instance of any family must be, so that a damaged file is named before it is solved."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.instances.values import InstanceError, RoutingInstance


def require_sound(path: Path, instance: RoutingInstance) -> None:
    """Let an instance pass that has customers, vehicles, finite numbers and whole pairs.

    Raises
    ------
    InstanceError
        With the first thing that is wrong.
    """
    for fault in _faults(instance):
        message = f"{path.name}: {fault}"
        raise InstanceError(message)


def _faults(instance: RoutingInstance) -> Iterator[str]:
    n = instance.size
    if n < 2:
        yield "no customers"
        return
    columns = (instance.demand, instance.ready, instance.due, instance.service)
    if instance.distance.shape != (n, n) or any(len(column) != n for column in columns):
        yield f"{instance.distance.shape[0]} positions and {n} demands; expected as many"
    numbers = (instance.distance, instance.ready, instance.service)
    if not all(np.isfinite(column).all() for column in numbers) or np.isnan(instance.due).any():
        yield "numbers that are not finite"
    if (instance.service < 0).any() or (instance.due < 0).any():
        yield "negative times"
    if not instance.fleet or any(group.count < 1 or group.capacity < 0 for group in instance.fleet):
        yield "no vehicles, or such with negative capacity"
    ends = sorted(node for pair in instance.pairs for node in pair)
    if instance.pairs and ends != list(range(1, n)):
        yield "pickups and deliveries do not pair every node once"
    if any(instance.demand[a] != -instance.demand[b] for a, b in instance.pairs):
        yield "a pickup and its delivery differ in load"
