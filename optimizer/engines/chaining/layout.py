"""What the kernels see: the lines to be made and the trips made so far, as tuples of arrays.

A *target* is a place to arrive at by a fixed time. A *trip* serves one target; target b owns the trip slots
`first_slot[b]` up to `first_slot[b + 1]`, one for each of its stops, and those in use are listed in
`State.used` from `first_slot[b]` on. A trip *follows* a target: its bus has just ended a trip there. −1 is
the yard: that trip needs a bus of its own, and their number is what the search makes small.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

YARD = -1


class World(NamedTuple):
    """The lines to be made: n stops, m targets; times in the caller's whole unit.

    `target`, `load`, `dwell`, `onward` [n]: where a stop's riders go, how many, how long it stands, and how
    long it drives to the target. `leg` [n, n]. `back` [m, n]: from a target to a stop. `gap` [m, m]: from the
    moment a bus is free at the first target to the fixed arrival at the second, below 0 where that is none.
    `near` [n, most stops of a target]: the stops of the same target, nearest first, −1 where there are no
    more. `first_slot` [m + 1]. `limits`: seats, longest ride.
    """

    target: I64
    load: I64
    dwell: I64
    onward: I64
    leg: I64
    back: I64
    gap: I64
    near: I64
    first_slot: I64
    limits: I64


class State(NamedTuple):
    """The trips made so far; a slot is a row.

    `stops` [slots, most stops of a trip], `size`, `load`, `ride` (first boarding to arrival), `owner` (its
    target), `follows`, `fits` [slots, m] (which targets it can follow). Per target: `trips` made and `taken`,
    how many of them another trip follows. `used`: slots in use, see above; `trip_of` [n], −1 while out.
    `total`: sum of rides, number of trips.
    """

    stops: I64
    size: I64
    load: I64
    ride: I64
    owner: I64
    follows: I64
    fits: U8
    trips: I64
    taken: I64
    used: I64
    trip_of: I64
    total: I64


class Scratch(NamedTuple):
    """Room to work in: a copy of what an iteration may change, and the lists of the matching."""

    stops: I64
    size: I64
    load: I64
    ride: I64
    fits: U8
    follows: I64
    trips: I64
    taken: I64
    used: I64
    total: I64
    changed: I64
    touched: I64
    head: I64
    next: I64
    parent: I64
    seen: U8
    queue: I64
    out: I64
    key: F64


class Prices(NamedTuple):
    """What the search weighs, in units of time: a bus, a trip; and how hot it is."""

    bus: float
    trip: float
    heat: float
