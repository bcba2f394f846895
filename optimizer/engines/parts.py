"""A large day part by part: some vehicles and what they do are planned anew, each part to the proof."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.engines import columns
from optimizer.engines.rematch import Duties
from optimizer.model import VehicleType
from optimizer.tasks import Grid, part

__all__ = ["improve"]

TASKS: Final = 32
"""Tasks of a part: so many are solved in a fraction of a second."""
LOOSE: Final = 8
"""Tasks without a vehicle that are offered to a part."""


def improve(
    grid: Grid,
    types: Sequence[VehicleType],
    weights: NDArray[np.float64],
    duties: Duties,
    *,
    passes: int = 1,
    keep_going: Callable[[], bool] | None = None,
) -> bool:
    """Plan every part anew, in each pass with other neighbours; `duties` never gets worse.

    Returns
    -------
    bool
        False if stopped.
    """
    for number in range(passes):
        for vehicles in _parts(grid, duties, number):
            if keep_going is not None and not keep_going():
                return False
            _planned_anew(grid, types, weights, duties, vehicles)
    return True


def _parts(grid: Grid, duties: Duties, number: int) -> Iterator[list[int]]:
    """Vehicles base by base, until they have enough to do; every second pass begins half a part later."""
    order = sorted(range(len(grid.vehicles)), key=lambda v: (int(grid.out_base[v]), v))
    chosen: list[int] = []
    load = (number % 2) * TASKS // 2
    for v in order:
        if chosen and load + len(duties.routes[v]) > TASKS:
            yield sorted(chosen)
            chosen, load = [], 0
        chosen.append(v)
        load += len(duties.routes[v])
    if chosen:
        yield sorted(chosen)


def _planned_anew(
    grid: Grid,
    types: Sequence[VehicleType],
    weights: NDArray[np.float64],
    duties: Duties,
    vehicles: Sequence[int],
) -> None:
    able = set(np.flatnonzero(grid.may[list(vehicles)].any(axis=0)).tolist())
    loose = sorted(duties.left & able)[:LOOSE]
    tasks = sorted([i for v in vehicles for i in duties.routes[v]] + loose)
    if not tasks:
        return
    number = {i: k for k, i in enumerate(tasks)}
    routes = [[number[i] for i in duties.routes[v]] for v in vehicles]
    start = Duties(routes, {number[i] for i in loose})
    best = columns.solve(part(grid, tasks, vehicles), [types[v] for v in vehicles], weights[tasks], start)
    duties.left = (duties.left - set(loose)) | {tasks[k] for k in best.duties.left}
    for v, route in zip(vehicles, best.duties.routes, strict=True):
        duties.routes[v] = [tasks[k] for k in route]
    duties.steps += best.work
