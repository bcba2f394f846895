"""How much work a search may do, by iterations or by wall time, cut into slices."""

import time
from dataclasses import dataclass
from typing import Final

SLICE_S: Final = 0.2
"""How long a search runs before it asks whether to go on."""
FIRST_SLICE: Final = 5
"""Iterations of the first slice, before the speed is known: long routes take many milliseconds for each."""


@dataclass(slots=True, kw_only=True)
class Effort:
    """How much work there is and how much of it is done."""

    iterations: int | None
    seconds: float | None
    began: float
    done: int = 0
    stopped: bool = False
    speed: float = 0.0

    def share(self) -> float:
        """Part of the work that is done; 1 when it is over."""
        if self.stopped:
            return 1.0
        by_count = _part(self.done, self.iterations)
        by_time = _part(time.perf_counter() - self.began, self.seconds)
        return max(by_count, by_time)

    def next_slice(self, until: float) -> int:
        """Give the iterations to run before the next question, no more than leads to the share `until`."""
        size = max(1, int(self.speed * SLICE_S)) if self.speed else FIRST_SLICE
        if self.iterations:
            size = min(size, max(1, round(until * self.iterations) - self.done))
        if self.seconds and self.speed:
            left_s = until * self.seconds - (time.perf_counter() - self.began)
            size = min(size, max(1, int(left_s * self.speed)))
        return size


def _part(done: float, limit: float | None) -> float:
    """How much of a limit is used up; a limit of nothing or less is, before anything is done."""
    if limit is None:
        return 0.0
    return done / limit if limit > 0 else 1.0
