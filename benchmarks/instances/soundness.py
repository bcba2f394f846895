"""What a routing instance of any family must be, so that a damaged file is named before it is solved."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.instances.values import InstanceError, RoutingInstance, SchoolInstance

FARTHEST_FT: Final = 1e9
LATEST_S: Final = 86_400.0


def require_sound(path: Path, instance: RoutingInstance | SchoolInstance) -> None:
    """Let an instance pass that has customers, vehicles, finite numbers and whole pairs.

    Raises
    ------
    InstanceError
        With the first thing that is wrong.
    """
    faults = _school_faults(instance) if isinstance(instance, SchoolInstance) else _faults(instance)
    for fault in faults:
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


def _school_faults(instance: SchoolInstance) -> Iterator[str]:
    ids = [stop.id for stop in instance.stops] + [school.id for school in instance.schools]
    if len(set(ids)) < len(ids):
        yield "an id stands twice: in a bus's day stops and schools are told apart by it"
    schools = {school.id for school in instance.schools}
    for stop in instance.stops:
        if stop.school_id not in schools:
            yield f"stop {stop.id} belongs to school {stop.school_id}, which is not there"
        if stop.students < 1:
            yield f"{stop.students} students at stop {stop.id}; expected some"
    points = [(stop.x, stop.y) for stop in instance.stops]
    points += [(school.x, school.y) for school in instance.schools]
    if not np.isfinite(points).all() or np.abs(points).max() > FARTHEST_FT:
        yield f"positions that are not numbers of feet up to {FARTHEST_FT:.0e}"
    if any(not 0 <= school.early_s <= LATEST_S for school in instance.schools):
        yield "a bell that is no time of day"
