"""How real distances become the integers that solvers want: once, for every solver in a comparison."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances.values import RoutingInstance

REAL_SCALE: Final = 10_000
HORIZON: Final = 1_000_000_000


def scale_of(instance: RoutingInstance) -> int:
    """Integers per unit: 1 where the file's distances are whole numbers already."""
    whole = np.equal(np.mod(instance.distance, 1), 0).all() and np.equal(np.mod(instance.service, 1), 0).all()
    return 1 if whole else REAL_SCALE


def travel_ints(instance: RoutingInstance) -> NDArray[np.int64]:
    """Distances in integers, rounded up, so that a plan that is on time here is on time in the file."""
    return np.ceil(instance.distance * scale_of(instance) - 1e-6).astype(np.int64)


def window_ints(instance: RoutingInstance) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Ready, due and service in the same integers; an open end becomes `HORIZON`."""
    scale = scale_of(instance)
    ready = np.ceil(instance.ready * scale).astype(np.int64)
    due = np.where(np.isfinite(instance.due), np.floor(instance.due * scale), HORIZON).astype(np.int64)
    return ready, due, np.ceil(instance.service * scale).astype(np.int64)
