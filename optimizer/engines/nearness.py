"""Which requests lie near each other, and in which orders they may be inserted."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.engines.kernels import layout as at
from optimizer.engines.node_arrays import Work
from optimizer.engines.travel_arrays import Roads

__all__ = ["keys_of", "near_of"]

NEAR: Final = 256
"""How many neighbours a request knows."""
CHUNK: Final = 512


def near_of(work: Work, roads: Roads) -> NDArray[np.int32]:
    """Nearest other requests of each, `[request, rank]`, by the shorter way between any of their stops.

    −1 where there are no more. Ties go to the lower number.
    """
    n = work.insertable
    width = max(0, min(n - 1, NEAR))
    near = np.full((n, width), -1, np.int32)
    if width == 0:
        return near
    legs = np.minimum(roads.metres[0], roads.metres[0].T)
    if not legs[legs < at.NO_WAY].any():
        legs = np.minimum(roads.seconds[0], roads.seconds[0].T)
    first = work.stop[work.request[:n, at.STOP_FROM]]
    place = work.node[: work.stop[-1], at.PLACE]
    ends = np.append(first[1:], work.stop[-1])
    for start in range(0, n, CHUNK):
        stop = min(n, start + CHUNK)
        rows = legs[np.ix_(place[first[start] : ends[stop - 1]], place)]
        rows = np.minimum.reduceat(rows, first[start:stop] - first[start], axis=0)
        rows = np.minimum.reduceat(rows, first, axis=1).astype(np.int64)
        rows[np.arange(stop - start), np.arange(start, stop)] = 2 * at.NO_WAY
        near[start:stop] = np.argsort(rows, axis=1, kind="stable")[:, :width]
    return near


def keys_of(
    work: Work, roads: Roads, capacity: NDArray[np.int64], bases: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Sort keys, smallest first: large demand, far, near, short window, early window, late end."""
    n = work.insertable
    keys = np.zeros((n, 6))
    limits = capacity.max(axis=0, initial=1).clip(1)
    for q in range(n):
        rows = slice(work.stop[work.request[q, at.STOP_FROM]], work.stop[work.request[q, at.STOP_TO]])
        nodes = work.node[rows]
        keys[q, 0] = -float((np.abs(nodes[:, at.CHANGE :]) / limits).max(axis=1).sum())
        away = float(roads.metres[0][np.ix_(np.unique(bases), nodes[:, at.PLACE])].min(initial=at.NO_WAY))
        keys[q, 1], keys[q, 2] = -away, away
        keys[q, 3] = float((nodes[:, at.LATE] - nodes[:, at.EARLY]).min(initial=at.NO_WAY))
        keys[q, 4] = float(nodes[:, at.EARLY].min(initial=at.NO_WAY))
        keys[q, 5] = -float(nodes[:, at.LATE].max(initial=0))
    return keys
