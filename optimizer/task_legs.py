"""Legs between tasks, and between bases and tasks, for whole arrays at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.model import UNREACHABLE, Request, Vehicle
from optimizer.timing import Timetable

__all__ = ["NEVER", "Legs", "Rows", "stacked"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER = 10**9
"""A second that never comes."""


@dataclass(frozen=True, slots=True)
class Legs:
    """Between tasks, or bases and tasks: metres, the moment at the far end, and whether it can be.

    `at_s` is the departure for legs to a task, the arrival for legs from one.
    """

    metres: Ints
    at_s: Ints
    possible: Flags


class Rows:
    """Legs of one profile, by the matrix's buckets."""

    def __init__(
        self,
        table: Timetable,
        profile: str,
        tasks: Sequence[Request],
        fleet: Sequence[Vehicle],
        start_s: Ints,
        end_s: Ints,
    ) -> None:
        self.profile, self.start_s, self.end_s = profile, start_s, end_s
        self.buffer_s = table.problem.buffer_s
        first = [t.stops[0].options[0].place_id for t in tasks]
        last = [t.stops[-1].options[0].place_id for t in tasks]
        mine = [v for v in fleet if table.types[v.type_id].profile == profile]
        ends = [place for v in mine for place in (v.start_place_id, v.end_place_id) if place is not None]
        self.ids = {place_id: i for i, place_id in enumerate(dict.fromkeys([*first, *last, *ends]))}
        self.seconds, self.metres = table.problem.travel.dense(profile, list(self.ids))
        for b in range(len(self.seconds)):
            np.fill_diagonal(self.seconds[b], 0)
            np.fill_diagonal(self.metres[b], 0)
        self.buckets = np.array(table.problem.travel.bucket_starts_s, np.int64)
        self.stays = np.array([t.back is not None for t in tasks], np.bool_)
        self.first = np.array([self.ids[i] for i in first], np.int64)
        self.last = np.array([self.ids[i] for i in last], np.int64)

    def link(self) -> Legs:
        """From the end of each task to the start of each other; nothing follows one that stays away."""
        metres, at_s = self._onward(self.last[:, None], self.first[None, :], self.end_s[:, None])
        possible = (at_s + self.buffer_s <= self.start_s[None, :]) & ~self.stays[:, None]
        np.fill_diagonal(possible, False)
        return Legs(metres, at_s, possible)

    def home(self, place_id: str | None) -> Legs:
        """From the end of each task to a base; an open end is reached at once, as where it stays away."""
        if place_id is None:
            return Legs(np.zeros_like(self.end_s), self.end_s, np.ones(len(self.end_s), np.bool_))
        base = np.full(len(self.last), self.ids[place_id])
        metres, at_s = self._onward(self.last, np.where(self.stays, self.last, base), self.end_s)
        return Legs(metres, at_s, at_s < NEVER)

    def out(self, place_id: str) -> Legs:
        """Latest departure from a base that reaches each task's start in time."""
        base = self.ids[place_id]
        metres = np.zeros(len(self.first), np.int64)
        at_s = np.full(len(self.first), -NEVER)
        for b in range(len(self.buckets)):
            seconds = self.seconds[b, base, self.first].astype(np.int64)
            opens = self.buckets[b] if b else -NEVER // 2
            closes = self.buckets[b + 1] if b + 1 < len(self.buckets) else NEVER
            leave = np.minimum(self.start_s - seconds, closes - 1)
            taken = (leave >= opens) & (seconds < UNREACHABLE)
            at_s[taken] = leave[taken]
            metres[taken] = self.metres[b, base, self.first][taken]
        return Legs(metres, at_s, at_s > -NEVER)

    def _onward(self, origin: Ints, destination: Ints, depart_s: Ints) -> tuple[Ints, Ints]:
        """Metres and arrival of legs that leave at `depart_s`: `TravelMatrix.travel`, for whole arrays."""
        origin, destination, depart_s = np.broadcast_arrays(origin, destination, depart_s)
        bucket = np.maximum(0, np.searchsorted(self.buckets, depart_s, side="right") - 1)
        seconds = self.seconds[bucket, origin, destination].astype(np.int64)
        metres = self.metres[bucket, origin, destination].astype(np.int64)
        following = np.minimum(bucket + 1, len(self.buckets) - 1)
        later = self.seconds[following, origin, destination].astype(np.int64)
        waited = self.buckets[following] - depart_s + later
        better = (bucket < following) & (later < UNREACHABLE) & (waited < seconds)
        seconds = np.where(better, waited, seconds)
        metres = np.where(better, self.metres[following, origin, destination], metres)
        lost = (seconds >= UNREACHABLE) | (depart_s >= NEVER)
        return np.where(lost, 0, metres), np.where(lost, NEVER, depart_s + seconds)


def stacked(legs: Sequence[Legs]) -> Legs:
    """Put the legs of several profiles or bases on one another."""
    return Legs(
        np.stack([part.metres for part in legs]),
        np.stack([part.at_s for part in legs]),
        np.stack([part.possible for part in legs]),
    )
