"""Lines on the map, packed: int32 pairs of 1e-6 degrees, first differences, deflated (about 1 KB a trip)."""

import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gis.paths import Path

_SCALE = 1_000_000


def pack(lines: Iterable[Path]) -> bytes:
    """Pack the geometry of consecutive paths (WGS-84 degrees, longitude first) into one line."""
    points = [np.column_stack((path.lon, path.lat)) for path in lines if path.lon]
    joined = np.concatenate(points) if points else np.empty((0, 2))
    whole = np.rint(joined * _SCALE).astype("<i4")
    return zlib.compress(np.diff(whole, axis=0, prepend=np.zeros((1, 2), "<i4")).astype("<i4").tobytes(), 6)


def unpack(packed: bytes) -> NDArray[np.float64]:
    """float64[n, 2] WGS-84 degrees, longitude first, exact to half of 1e-6 degrees (0.06 m)."""
    steps = np.frombuffer(zlib.decompress(packed), "<i4").reshape(-1, 2)
    return np.cumsum(steps, axis=0, dtype=np.int64) / _SCALE
