"""The cost of driving an edge: milliseconds, and decimetres to break ties, in one int64.

`cost = milliseconds * 2**32 + decimetres` adds up and compares as the pair (time, length) does, so the
fastest way is found together with its length, and of equally fast ways the shortest wins in every engine.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.matrix import UNREACHABLE
from gis.network import RoadNetwork
from gis.speeds import SpeedTable, edge_speed_kmh

SHUT: Final = 1 << 61
"""Cost of an edge that may not be driven. Two of them still fit an int64."""
NO_WAY: Final = 1 << 60
"""A sum of costs from here on contains a shut edge: there is no way."""

_LENGTH_BITS: Final = 32
_LENGTH_MASK: Final = (1 << _LENGTH_BITS) - 1

Costs = NDArray[np.int64]


def packed(milliseconds: Costs, decimetres: Costs) -> Costs:
    """One cost from a time and a length; both may be negative in a difference."""
    return milliseconds * (1 << _LENGTH_BITS) + decimetres


def milliseconds(cost: Costs) -> Costs:
    """Return the time in a cost that is not negative."""
    return cost >> _LENGTH_BITS


def decimetres(cost: Costs) -> Costs:
    """Return the length in a cost that is not negative."""
    return cost & _LENGTH_MASK


def whole_seconds(cost: Costs) -> NDArray[np.int32]:
    """Seconds, halves up; `UNREACHABLE` where there is no way."""
    seconds = (milliseconds(cost) + 500) // 1000
    return np.where(cost < NO_WAY, seconds, UNREACHABLE).astype(np.int32)


def whole_metres(cost: Costs) -> NDArray[np.int32]:
    """Metres, halves up; `UNREACHABLE` where there is no way."""
    metres = (decimetres(cost) + 5) // 10
    return np.where(cost < NO_WAY, metres, UNREACHABLE).astype(np.int32)


def edge_costs(network: RoadNetwork, profile: str, speeds: SpeedTable, bucket: int) -> Costs:
    """int64[m]: what each edge costs from end to end in a bucket, at least one millisecond."""
    kmh = edge_speed_kmh(network, speeds.profile(profile), speeds, bucket)
    time_ms = np.rint(network.edge_length_m * 3600.0 / kmh).astype(np.int64)
    return packed(np.maximum(time_ms, 1), np.rint(network.edge_length_m * 10.0).astype(np.int64))


def slowed(cost: Costs, factor: NDArray[np.float64]) -> Costs:
    """Costs at a part of the usual speed; `SHUT` where nothing is left of it."""
    time_ms = np.rint(milliseconds(cost) / np.maximum(factor, 1e-6)).astype(np.int64)
    return np.where(factor > 0.0, packed(time_ms, decimetres(cost)), SHUT)


def part_costs(cost: Costs, offset_m: NDArray[np.float64], length_m: NDArray[np.float64]) -> Costs:
    """Costs from the beginning of edges to an offset on them; `SHUT` on a shut edge.

    Never decreases along the edge and is the whole cost at its end, so two parts may be subtracted.
    """
    share = np.clip(offset_m / np.maximum(length_m, 1e-9), 0.0, 1.0)
    time_ms = np.floor(milliseconds(cost) * share).astype(np.int64)
    length_dm = np.minimum(np.rint(offset_m * 10.0).astype(np.int64), decimetres(cost))
    return np.where(cost < NO_WAY, packed(time_ms, length_dm), SHUT)
