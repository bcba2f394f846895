"""What a road measurement is given and what it counts: a task, CPU and wall seconds, peak memory, places."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gis.network import RoadNetwork
from gis.places import Place

Figures = dict[str, Any]
"""Name → value, units in the names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to measure: on which map, how much of it, with which folder for caches between processes."""

    measure: str
    map: Path
    cache: Path
    count: int = 0


@contextmanager
def timed() -> Iterator[Figures]:
    """Fill in CPU and wall seconds when the block ends."""
    spent: Figures = {}
    wall, cpu = time.perf_counter(), time.process_time()
    yield spent
    spent["cpu_s"] = round(time.process_time() - cpu, 4)
    spent["wall_s"] = round(time.perf_counter() - wall, 4)


def peak() -> Figures:
    """Peak resident memory of this process so far, imports included."""
    return {"peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


def places(network: RoadNetwork, count: int) -> list[Place]:
    """Pick junctions at random, always the same, and move each by up to 30 m."""
    rng = np.random.default_rng(42)
    nodes = rng.integers(0, network.node_count, count)
    lon = network.node_lon[nodes] + rng.uniform(-3e-4, 3e-4, count)
    lat = network.node_lat[nodes] + rng.uniform(-3e-4, 3e-4, count)
    points = zip(lon.tolist(), lat.tolist(), strict=True)
    return [Place(id=str(i), lon=x, lat=y) for i, (x, y) in enumerate(points)]
