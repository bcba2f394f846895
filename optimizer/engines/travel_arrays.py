"""Travel times of a problem as dense arrays over the places that its stops, bases and ends use."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.engines.kernels.layout import NO_WAY
from optimizer.errors import ProblemError
from optimizer.model import UNREACHABLE, Problem

__all__ = ["Roads", "roads_of"]

LARGEST_LEG: Final = 400_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """Places by number and all legs between them.

    Parameters
    ----------
    index
        Place id → number.
    nowhere
        Number of a place that every leg to takes nothing: the end of an open day.
    profiles
        Profile → number.
    metres, seconds
        int32 `[profile × buckets + bucket, from, to]`, `NO_WAY` where no road leads.
    """

    index: dict[str, int]
    nowhere: int
    profiles: dict[str, int]
    bucket_starts_s: tuple[int, ...]
    metres: NDArray[np.int32]
    seconds: NDArray[np.int32]

    @property
    def fixed_metres(self) -> bool:
        """Whether the length of a leg does not depend on the hour."""
        b = len(self.bucket_starts_s)
        shape = (len(self.profiles), b, *self.metres.shape[1:])
        lengths = self.metres.reshape(shape)
        return bool((lengths == lengths[:, :1]).all())

    @property
    def longest_leg(self) -> tuple[int, int]:
        """Metres and seconds of the longest legs that exist."""
        return _largest(self.metres), _largest(self.seconds)


def roads_of(problem: Problem, place_ids: Iterable[str]) -> Roads:
    """Copy the legs between these places out of the travel matrix.

    Raises
    ------
    ProblemError
        A leg longer than the kernels can add up.
    gis.matrix.TravelError
        A vehicle type drives by a profile that the matrix does not hold.
    """
    ids = tuple(dict.fromkeys(place_ids))
    names = tuple(dict.fromkeys(kind.profile for kind in problem.vehicle_types))
    travel = problem.travel
    if len(travel.bucket_starts_s) > 1 and _same_all_day(problem, names, ids):
        starts: tuple[int, ...] = (0,)
    else:
        starts = travel.bucket_starts_s
    n, b = len(ids), len(starts)
    metres = np.zeros((len(names) * b, n + 1, n + 1), np.int32)
    seconds = np.zeros_like(metres)
    for p, name in enumerate(names):
        s, m = travel.dense(name, ids)
        closed = (s == UNREACHABLE) | (m == UNREACHABLE)
        if np.any(s[~closed] > LARGEST_LEG) or np.any(m[~closed] > LARGEST_LEG):
            message = f"出行矩阵里有超过 {LARGEST_LEG} 秒或米的路段，无法累加；请检查单位（秒、米）"
            raise ProblemError((message,))
        rows = slice(p * b, (p + 1) * b)
        seconds[rows, :n, :n] = np.where(closed, NO_WAY, s)[:b]
        metres[rows, :n, :n] = np.where(closed, NO_WAY, m)[:b]
        _stay_where_it_is(problem, ids, seconds[rows], metres[rows])
    return Roads(
        index={place_id: i for i, place_id in enumerate(ids)},
        nowhere=n,
        profiles={name: p for p, name in enumerate(names)},
        bucket_starts_s=starts,
        metres=metres,
        seconds=seconds,
    )


def _same_all_day(problem: Problem, names: tuple[str, ...], ids: tuple[str, ...]) -> bool:
    """Whether all departure buckets hold the same values: then one is enough."""
    for name in names:
        s, m = problem.travel.dense(name, ids)
        if not ((s == s[:1]).all() and (m == m[:1]).all()):
            return False
    return True


def _stay_where_it_is(
    problem: Problem, ids: tuple[str, ...], seconds: NDArray[np.int32], metres: NDArray[np.int32]
) -> None:
    """Let a leg from a place to itself take nothing where the matrix does not hold the pair."""
    for i, place_id in enumerate(ids):
        if seconds[0, i, i] == NO_WAY and not problem.travel.holds(place_id, place_id):
            seconds[:, i, i] = 0
            metres[:, i, i] = 0


def _largest(legs: NDArray[np.int32]) -> int:
    real = legs[legs < NO_WAY]
    return int(real.max()) if real.size else 0
