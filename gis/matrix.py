"""Travel times and lengths between places, by profile and time of day: the one definition that
planners, judges, prices and timetables share.

A `TravelMatrix` is a tuple of rectangular `Block`s over *distinct snapped* places; nobody builds all pairs
above about 3,000 places, so a planner asks for the blocks it needs. The travel time of a leg is the value of
the bucket at departure, made first-in-first-out: who leaves later never arrives earlier.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

UNREACHABLE: Final = 2_147_483_647
"""Seconds and metres of a pair that no permitted road connects (int32 maximum)."""


class TravelError(LookupError):
    """A matrix was asked for a place, profile or pair that it does not hold."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """All pairs from some places to some places.

    Parameters
    ----------
    origins, destinations
        Place id → row, place id → column. Several places may share a row (they snap to one point).
    seconds, metres
        int32 arrays `[profile, bucket, row, column]`, `UNREACHABLE` where no path exists. `seconds` already
        satisfies `t[b] <= bucket length + t[b + 1]` (see `made_fifo`).
    """

    origins: Mapping[str, int]
    destinations: Mapping[str, int]
    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class TravelMatrix:
    """Seconds and metres by profile, departure bucket, origin and destination.

    Parameters
    ----------
    profiles
        Names of the first axis, e.g. `("car", "bus")`.
    bucket_starts_s
        Start of each departure bucket, ascending, the first 0; the last bucket never ends.
    blocks
        Looked through in order; the first one that holds the pair answers.
    path
        Folder the arrays are memory-mapped from; a matrix with a path travels to workers as that path.
    """

    profiles: tuple[str, ...]
    bucket_starts_s: tuple[int, ...]
    blocks: tuple[Block, ...]
    path: Path | None = None

    @cached_property
    def profile_index(self) -> Mapping[str, int]:
        """Profile name → position on the first axis."""
        return {name: i for i, name in enumerate(self.profiles)}

    @cached_property
    def _leaving(self) -> Mapping[str, tuple[Block, ...]]:
        """Place id → the blocks that have it as an origin: a large day has hundreds of blocks."""
        found: dict[str, list[Block]] = {}
        for block in self.blocks:
            for place_id in block.origins:
                found.setdefault(place_id, []).append(block)
        return {place_id: tuple(blocks) for place_id, blocks in found.items()}

    def bucket_at(self, depart_s: int) -> int:
        """Bucket of a departure time; times before 0 fall into the first bucket."""
        return max(0, bisect_right(self.bucket_starts_s, depart_s) - 1)

    def travel(self, profile: str, origin_id: str, destination_id: str, depart_s: int) -> tuple[int, int]:
        """Seconds and metres of the leg that leaves at `depart_s`; `UNREACHABLE` twice if there is no way.

        Where the next bucket is so much faster that waiting for it would arrive earlier, the leg takes that
        arrival (its seconds include the wait): first in, first out.
        """
        block, row, column = self._find(origin_id, destination_id)
        p = self._profile(profile)
        b = self.bucket_at(depart_s)
        seconds, metres = int(block.seconds[p, b, row, column]), int(block.metres[p, b, row, column])
        if seconds == UNREACHABLE and b + 1 == len(self.bucket_starts_s):
            return UNREACHABLE, UNREACHABLE
        if b + 1 < len(self.bucket_starts_s):
            later = int(block.seconds[p, b + 1, row, column])
            waited = self.bucket_starts_s[b + 1] - depart_s + later
            if later != UNREACHABLE and waited < seconds:
                return waited, int(block.metres[p, b + 1, row, column])
        return seconds, metres

    def dense(self, profile: str, place_ids: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Square arrays `[bucket, n, n]` of seconds and metres over the places in the order given.

        Pairs that no block holds are `UNREACHABLE`: a planner that needs them asks for another block.
        """
        ids = tuple(place_ids)
        p = self._profile(profile)
        shape = (len(self.bucket_starts_s), len(ids), len(ids))
        seconds = np.full(shape, UNREACHABLE, np.int32)
        metres = np.full(shape, UNREACHABLE, np.int32)
        for block in reversed(self.blocks):
            rows = [i for i, place_id in enumerate(ids) if place_id in block.origins]
            columns = [i for i, place_id in enumerate(ids) if place_id in block.destinations]
            if not rows or not columns:
                continue
            source = np.ix_(
                [block.origins[ids[i]] for i in rows], [block.destinations[ids[i]] for i in columns]
            )
            target = np.ix_(rows, columns)
            for b in range(shape[0]):
                seconds[b][target] = block.seconds[p, b][source]
                metres[b][target] = block.metres[p, b][source]
        return seconds, metres

    def holds(self, origin_id: str, destination_id: str) -> bool:
        """Whether some block has this pair (reachable or not)."""
        return any(destination_id in b.destinations for b in self._leaving.get(origin_id, ()))

    def save(self, folder: Path) -> Self:
        """Write the arrays below `folder` and return the same matrix, memory-mapped from there."""
        folder.mkdir(parents=True, exist_ok=True)
        names = np.array(self.profiles)
        np.savez(folder / "axes.npz", profiles=names, bucket_starts_s=np.array(self.bucket_starts_s))
        for i, block in enumerate(self.blocks):
            np.save(folder / f"{i}_seconds.npy", block.seconds)
            np.save(folder / f"{i}_metres.npy", block.metres)
            np.savez(
                folder / f"{i}_places.npz",
                origin_ids=np.array(list(block.origins)),
                origin_at=np.array(list(block.origins.values()), np.int32),
                destination_ids=np.array(list(block.destinations)),
                destination_at=np.array(list(block.destinations.values()), np.int32),
            )
        return self.load(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Memory-map, read-only, what `save` wrote."""
        with np.load(folder / "axes.npz") as axes:
            profiles = tuple(str(name) for name in axes["profiles"])
            bucket_starts_s = tuple(int(s) for s in axes["bucket_starts_s"])
        count = len(list(folder.glob("*_seconds.npy")))
        blocks = tuple(_load_block(folder, i) for i in range(count))
        return cls(profiles=profiles, bucket_starts_s=bucket_starts_s, blocks=blocks, path=folder)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as a path where there is one, so that workers map the same pages."""
        if self.path is not None:
            return (type(self).load, (self.path,))
        return (_rebuild, (self.profiles, self.bucket_starts_s, self.blocks))

    def _profile(self, profile: str) -> int:
        try:
            return self.profile_index[profile]
        except KeyError:
            message = f"出行矩阵没有车型 {profile!r}，只有 {', '.join(self.profiles)}"
            raise TravelError(message) from None

    def _find(self, origin_id: str, destination_id: str) -> tuple[Block, int, int]:
        for block in self._leaving.get(origin_id, ()):
            column = block.destinations.get(destination_id)
            if column is not None:
                return block, block.origins[origin_id], column
        message = f"出行矩阵没有 {origin_id!r} → {destination_id!r} 这一对地点；请先为它们计算出行时间"
        raise TravelError(message)


def made_fifo(
    seconds: NDArray[np.int32], metres: NDArray[np.int32], bucket_starts_s: tuple[int, ...]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Lower each bucket's value to what waiting for a later, faster bucket would give at its start.

    With `t[b] <= length of b + t[b + 1]` everywhere, looking one bucket ahead at the moment of departure
    (`TravelMatrix.travel`) is enough to make arrival a non-decreasing function of departure. Metres follow
    the bucket whose seconds were taken.

    Parameters
    ----------
    seconds, metres
        int32 `[profile, bucket, row, column]`; not changed.
    """
    time, length = seconds.astype(np.int64), metres.copy()
    for b in range(len(bucket_starts_s) - 2, -1, -1):
        waited = time[:, b + 1] + (bucket_starts_s[b + 1] - bucket_starts_s[b])
        better = waited < time[:, b]
        time[:, b][better] = waited[better]
        length[:, b][better] = length[:, b + 1][better]
    return np.minimum(time, UNREACHABLE).astype(np.int32), length


def _load_block(folder: Path, i: int) -> Block:
    with np.load(folder / f"{i}_places.npz") as places:
        origins = dict(zip(places["origin_ids"].tolist(), places["origin_at"].tolist(), strict=True))
        ends = dict(zip(places["destination_ids"].tolist(), places["destination_at"].tolist(), strict=True))
    return Block(
        origins=origins,
        destinations=ends,
        seconds=np.load(folder / f"{i}_seconds.npy", mmap_mode="r"),
        metres=np.load(folder / f"{i}_metres.npy", mmap_mode="r"),
    )


def _rebuild(
    profiles: tuple[str, ...], bucket_starts_s: tuple[int, ...], blocks: tuple[Block, ...]
) -> TravelMatrix:
    return TravelMatrix(profiles=profiles, bucket_starts_s=bucket_starts_s, blocks=blocks)
