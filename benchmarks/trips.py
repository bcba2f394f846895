"""Days of trips drawn as in the literature on vehicle scheduling with several depots.

After Carpaneto, Dell'Amico, Fischetti & Toth (1989), the manner of Pepin's instances too: relief points in a
square of 60 minutes, two fifths short trips at peak hours, three fifths long ones that end where they began;
10 a minute driven empty, 2 a minute waited, 5,000 for each way out of a depot and each way back.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances.values import ScheduleInstance

__all__ = ["drawn"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIDE = 60.0
SHORT = 0.4
PULL = 5_000
EMPTY, WAITED = 10, 2
PEAKS = ((420, 480), (480, 1_020), (1_020, 1_080))
SHARES = (0.15, 0.7, 0.15)


@dataclass(frozen=True, slots=True)
class _Trips:
    first: Floats
    last: Floats
    start: Ints
    end: Ints


def drawn(trips: int, depots: int, seed: int) -> ScheduleInstance:
    """Draw an instance; with one depot it has as many vehicles as trips."""
    random = np.random.default_rng(seed)
    reliefs = random.uniform(0.0, SIDE, (int(random.integers(trips // 3, trips // 2 + 1)), 2))
    bases = random.uniform(0.0, SIDE, (depots, 2))
    day = _trips(random, reliefs, trips)
    drive = _apart(day.last, day.first)
    slack = day.start[None, :] - day.end[:, None] - drive
    link = np.where(slack >= 0, np.floor(EMPTY * drive + WAITED * slack), -1).astype(np.int64)
    least, most = 3 + trips // (3 * depots), 3 + trips // (2 * depots)
    counts = (trips,) if depots == 1 else tuple(int(c) for c in random.integers(least, most + 1, depots))
    return ScheduleInstance(
        name=f"drawn-m{depots}n{trips}s{seed}",
        pull_out=np.floor(EMPTY * _apart(bases, day.first)).astype(np.int64) + PULL,
        pull_in=np.floor(EMPTY * _apart(bases, day.last)).astype(np.int64) + PULL,
        link=link,
        vehicles=counts,
    )


def _apart(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1]))


def _trips(random: np.random.Generator, reliefs: Floats, trips: int) -> _Trips:
    short = random.random(trips) < SHORT
    first = random.integers(0, len(reliefs), trips)
    last = np.where(short, random.integers(0, len(reliefs), trips), first)
    peak = np.array(PEAKS)[random.choice(3, trips, p=SHARES)]
    start = np.where(short, random.integers(peak[:, 0], peak[:, 1]), random.integers(300, 1_200, trips))
    apart = reliefs[first] - reliefs[last]
    driven = np.ceil(np.hypot(apart[:, 0], apart[:, 1])).astype(np.int64)
    length = np.where(short, driven + random.integers(5, 41, trips), random.integers(180, 301, trips))
    return _Trips(reliefs[first], reliefs[last], start, start + length)
