"""Pickup and delivery with windows after Li & Lim (2001): real distances, vehicles first, then distance.

Routes are in the file's node numbers; a task's pickup and delivery point at each other in the last columns.
"""

from pathlib import Path

import numpy as np

from benchmarks.instances.solomon import best_known, euclidean
from benchmarks.instances.values import FleetGroup, InstanceError, RoutingInstance


def read_li_lim(path: Path, *, objective: str = "vehicles") -> RoutingInstance:
    """Read a Li & Lim `.txt` file.

    Raises
    ------
    InstanceError
        Where the file does not have nine columns per task.
    """
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    if len(lines[0]) != 3 or any(len(words) != 9 for words in lines[1:]):
        message = f"{path.name}: expected 'VEHICLES CAPACITY SPEED' and nine columns per task"
        raise InstanceError(message)
    table = np.array([[float(word) for word in words] for words in lines[1:]])
    deliveries = table[:, 8].astype(int)
    return RoutingInstance(
        name=path.stem,
        family="pdptw",
        distance=euclidean(table[:, 1], table[:, 2]),
        demand=table[:, 3].astype(np.int64),
        ready=table[:, 4],
        due=table[:, 5],
        service=table[:, 6],
        fleet=(FleetGroup(capacity=int(lines[0][1]), count=int(lines[0][0])),),
        pairs=tuple((int(i), int(d)) for i, d in enumerate(deliveries) if d > 0),
        vehicles_first=objective == "vehicles",
        best=best_known(path, objective),
    )
