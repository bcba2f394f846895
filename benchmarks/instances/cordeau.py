"""Dial-a-ride of Cordeau & Laporte (2003, R1a…R10b) and Cordeau (2006, a and b sets).

Total real distance with the file's limits on route duration, ride time and load; all requests served. Request
i is picked up at node i and set down at node n + i. A ride lasts from the end of service at the pickup to the
start of service at the delivery. Best-known values: `darp_best_known.toml`, from the literature named there.
"""

import tomllib
from pathlib import Path

import numpy as np

from benchmarks.instances.solomon import euclidean
from benchmarks.instances.values import BestKnown, FleetGroup, InstanceError, RoutingInstance


def read_darp(path: Path) -> RoutingInstance:
    """Read a dial-a-ride file; the second depot that the a and b sets repeat at the end is left out.

    Raises
    ------
    InstanceError
        Where the header or the node table is not of this form.
    """
    rows = [[float(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]
    if len(rows) < 2 or len(rows[0]) != 5 or any(len(row) != 7 for row in rows[1:]):
        message = f"{path.name}: expected 'VEHICLES NODES DURATION CAPACITY RIDE' and seven columns per node"
        raise InstanceError(message)
    vehicles, nodes, duration, capacity, ride = rows[0]
    table = np.array(rows[1:])
    if len(table) - 1 not in {nodes, nodes + 1}:
        message = f"{path.name}: {len(table) - 1} nodes, its header says {nodes:.0f}; is the file cut off?"
        raise InstanceError(message)
    requests = (len(table) - 1) // 2
    table = table[: 2 * requests + 1]
    return RoutingInstance(
        name=path.stem,
        family="darp",
        distance=euclidean(table[:, 1], table[:, 2]),
        demand=table[:, 4].astype(np.int64),
        ready=table[:, 5],
        due=table[:, 6],
        service=table[:, 3],
        fleet=(FleetGroup(capacity=int(capacity), count=int(vehicles)),),
        pairs=tuple((i, requests + i) for i in range(1, requests + 1)),
        max_route=duration,
        max_ride=ride,
        best=_best_known(path.stem),
    )


def _best_known(name: str) -> BestKnown | None:
    table = tomllib.loads((Path(__file__).parent / "darp_best_known.toml").read_text())
    cost = table["cost"].get(name)
    return None if cost is None else BestKnown(cost=float(cost), source=str(table["source"]))
