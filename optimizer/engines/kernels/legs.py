"""Travel by the hour of departure, forwards and backwards; the same reading as `TravelMatrix.travel`."""

# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import kernel
from optimizer.engines.kernels.layout import (
    HALF_WAY,
    I32,
    I64,
    NO_WAY,
)


@kernel
def row_at(buckets: I64, first: int, depart_s: int, seconds: I32, a: int, b: int) -> int:
    """Row of the matrices that a departure at `depart_s` reads: its own bucket's or the next one's."""
    count = buckets.shape[0]
    k = count - 1
    while k > 0 and buckets[k] > depart_s:
        k -= 1
    if k + 1 < count:
        later = seconds[first + k + 1, a, b]
        if later < HALF_WAY and buckets[k + 1] - depart_s + later < seconds[first + k, a, b]:
            return first + k + 1
    return first + k


@kernel
def arrival(buckets: I64, first: int, seconds: I32, a: int, b: int, depart_s: int) -> int:
    """When the leg that leaves at `depart_s` arrives; `NO_WAY` or later if never.

    Parameters
    ----------
    first
        First row of the vehicle's profile in `seconds`.
    """
    if buckets.shape[0] == 1:
        return depart_s + seconds[first, a, b]
    row = row_at(buckets, first, depart_s, seconds, a, b)
    leave_s = depart_s
    if row > first and buckets[row - first] > leave_s:
        leave_s = buckets[row - first]
    return leave_s + seconds[row, a, b]


@kernel
def departure(buckets: I64, first: int, seconds: I32, a: int, b: int, arrive_s: int) -> int:
    """Latest departure that arrives by `arrive_s`; far below zero if none does."""
    count = buckets.shape[0]
    if count == 1:
        return arrive_s - seconds[first, a, b]
    for k in range(count - 1, 0, -1):
        leave_s = arrive_s - seconds[first + k, a, b]
        if leave_s >= buckets[k]:
            if k + 1 < count and leave_s >= buckets[k + 1]:
                leave_s = buckets[k + 1] - 1
            return leave_s
    leave_s = arrive_s - seconds[first, a, b]
    if leave_s >= buckets[1]:
        leave_s = buckets[1] - 1
    return leave_s if leave_s > -HALF_WAY else -NO_WAY
