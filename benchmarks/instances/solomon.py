"""VRPTW of Solomon (1987) and Gehring & Homberger (1999): real distances, vehicles first, then distance.

Routes are in the file's customer numbers. Best-known values come from `BKS.json` in the folder above the file
(or two above): key `R101` or `C1_2_1`, with `_distance` for Solomon by distance alone.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances.values import BestKnown, FleetGroup, InstanceError, RoutingInstance


def read_solomon(path: Path, *, objective: str = "vehicles") -> RoutingInstance:
    """Read a Solomon or Homberger `.txt` file.

    Parameters
    ----------
    objective
        `"vehicles"` (fewest vehicles, then distance) or `"distance"`: chooses the best-known value.

    Raises
    ------
    InstanceError
        Where the file does not have the customer table.
    """
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    numbers = [[float(word) for word in words] for words in lines if _numeric(words)]
    if len(numbers) < 2 or len(numbers[0]) != 2 or len(numbers[1]) != 7:
        message = f"{path.name}: expected 'NUMBER CAPACITY' and seven columns per customer"
        raise InstanceError(message)
    table = np.array(numbers[1:])
    count, capacity = (int(value) for value in numbers[0])
    return RoutingInstance(
        name=lines[0][0],
        family="vrptw",
        distance=euclidean(table[:, 1], table[:, 2]),
        demand=table[:, 3].astype(np.int64),
        ready=table[:, 4],
        due=table[:, 5],
        service=table[:, 6],
        fleet=(FleetGroup(capacity=capacity, count=count),),
        vehicles_first=objective == "vehicles",
        best=best_known(path, objective),
    )


def euclidean(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Real distances between all points, float64[n, n]."""
    distance: NDArray[np.float64] = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    return distance


def best_known(path: Path, objective: str) -> BestKnown | None:
    """Look the file's name up in the nearest `BKS.json`; None where it is not listed."""
    for folder in (path.parent, path.parent.parent):
        source = folder / "BKS.json"
        if source.is_file():
            table = {key.lower(): row for key, row in json.loads(source.read_text()).items()}
            return _row(table, path.stem.lower(), objective)
    return None


def _row(table: dict[str, dict[str, float]], name: str, objective: str) -> BestKnown | None:
    row = table.get(f"{name}_distance") if objective == "distance" else table.get(name)
    if row is None:
        return None
    vehicles = int(row["solved_with_vehicles"]) if objective == "vehicles" else None
    return BestKnown(cost=float(row["best_known_cost"]), vehicles=vehicles, source="BKS.json")


def _numeric(words: list[str]) -> bool:
    return all(word.lstrip("-").replace(".", "", 1).isdigit() for word in words)
