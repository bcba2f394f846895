"""X instances: CVRP (Uchoa et al. 2017) and heterogeneous fleets (Pessoa, Sadykov & Uchoa 2018).

Distances are Euclidean, rounded to the nearest integer. Node 0 is the depot and customer i is file node
i + 1, the numbering of the `.sol` files. In the heterogeneous files vehicle costs stand × 100 and the `.sol`
costs were taken over unrounded distances (and stand × 100,000 in some), so the best-known value here
is the cost of the `.sol` file's own routes under the rounded metric: up to 0.1 % below the printed one × 100.
"""

from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances.values import BestKnown, FleetGroup, InstanceError, RoutingInstance

HETEROGENEOUS_SCALE = 100.0


def read_vrp(path: Path) -> RoutingInstance:
    """Read a `.vrp` file and, beside it, its `.sol` for the best-known value.

    Raises
    ------
    InstanceError
        Where the file lacks a section this family needs.
    """
    header, sections = _split(path)
    points = np.array([row[1:3] for row in _section(sections, "NODE_COORD_SECTION", path)])
    demand = np.array([int(row[1]) for row in _section(sections, "DEMAND_SECTION", path)], np.int64)
    mixed = "CAPACITY_SECTION" in sections
    n = len(points)
    if n != int(header["DIMENSION"]):
        message = f"{path.name}: {n} nodes, its DIMENSION is {header['DIMENSION']}; is the file cut off?"
        raise InstanceError(message)
    distance = _rounded_distances(points)
    fleet = _mixed_fleet(sections) if mixed else (FleetGroup(capacity=int(header["CAPACITY"]), count=n - 1),)
    return RoutingInstance(
        name=header["NAME"],
        family="hfvrp" if mixed else "cvrp",
        distance=distance,
        demand=demand,
        ready=np.zeros(n),
        due=np.full(n, np.inf),
        service=np.zeros(n),
        fleet=fleet,
        best=_best_known(path.with_suffix(".sol"), distance, fleet if mixed else None),
    )


def read_solution(path: Path) -> tuple[tuple[tuple[int, ...], ...], float]:
    """Read routes (one per line, empty ones kept) and the cost from a `.sol` file."""
    routes, cost = [], 0.0
    for line in path.read_text().splitlines():
        if line.startswith("Route"):
            routes.append(tuple(int(word) for word in line.split(":", 1)[1].split()))
        elif line.lower().startswith("cost"):
            cost = float(line.replace(":", " ").split()[1])
    return tuple(routes), cost


def _split(path: Path) -> tuple[dict[str, str], dict[str, list[list[float]]]]:
    header: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    rows: list[list[float]] = []
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or words[0] == "EOF":
            continue
        if ":" in line:
            key, value = line.split(":", 1)
            header[key.strip()] = value.strip()
        elif words[0].endswith("_SECTION"):
            rows = sections.setdefault(words[0], [])
        else:
            rows.append([float(word) for word in words])
    return header, sections


def _section(sections: dict[str, list[list[float]]], name: str, path: Path) -> list[list[float]]:
    if name not in sections:
        message = f"{path.name}: no {name}; expected a CVRPLIB .vrp file"
        raise InstanceError(message)
    return sections[name]


def _rounded_distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    difference = points[:, None, :] - points[None, :, :]
    return np.floor(np.hypot(difference[..., 0], difference[..., 1]) + 0.5)


def _mixed_fleet(sections: dict[str, list[list[float]]]) -> tuple[FleetGroup, ...]:
    capacities = [int(row[1]) for row in sections["CAPACITY_SECTION"]]
    free = [[0.0, 0.0]] * len(capacities)
    fixed = [row[1] for row in sections.get("VEHICLES_FIXED_COST_SECTION", free)]
    plain = [[0.0, HETEROGENEOUS_SCALE]] * len(capacities)
    rates = [row[1] for row in sections.get("VEHICLES_UNIT_DISTANCE_COST_SECTION", plain)]
    return tuple(
        FleetGroup(capacity=capacity, count=len(tuple(run)), fixed=cost, per_distance=rate)
        for (capacity, cost, rate), run in groupby(zip(capacities, fixed, rates, strict=True))
    )


def _best_known(
    path: Path, distance: NDArray[np.float64], mixed_fleet: tuple[FleetGroup, ...] | None
) -> BestKnown | None:
    if not path.is_file():
        return None
    routes, cost = read_solution(path)
    if mixed_fleet is not None:
        cost = _route_costs(routes, distance, mixed_fleet)
    return BestKnown(cost=cost, source=path.name)


def _route_costs(
    routes: tuple[tuple[int, ...], ...], distance: NDArray[np.float64], fleet: tuple[FleetGroup, ...]
) -> float:
    """Cost of routes that stand in the order of the file's vehicles, empty ones included."""
    vehicles = [group for group in fleet for _ in range(group.count)]
    return sum(
        group.fixed + group.per_distance * float(distance[[0, *route], [*route, 0]].sum())
        for group, route in zip(vehicles, routes, strict=False)
        if route
    )
