"""Common car rides timed stop by stop, in compiled code: the inner loop of `engines.pools`.

A ride is a row: origin, destination, home (−1: one way), wished start, boarding, stay, arrival alone, end
alone, shift, detour, later stay, standing time at home, people. What a tour is, and whether everybody puts up
with it, is `optimizer.tours.Tour`, which makes the stops of those that are chosen.
"""

import numpy as np
from numpy.typing import NDArray

from gis.compiled import jit

__all__ = ["ALIGHT_S", "best_groups", "orders", "triangles"]

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Seconds = NDArray[np.int32]

compiled = jit(__file__)

ALIGHT_S = 60
"""Standing time where some get off or on again on the way."""
ORIGIN, DESTINATION, HOME, START, BOARDING, STAY, ARRIVE, END, SHIFT, DETOUR, LATER, AT_HOME, PEOPLE = range(
    13
)
NO_WAY = 2**31 - 1
FAILED = -(2**60)
ORDERS = np.array(
    [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]], np.int64
)  # of up to three: the first 1, 2 or 6 rows of those that begin with the numbers in use
PAIRS = np.array([[0, 1, -1], [1, 0, -1]], np.int64)
HOW_MANY = np.array([1, 1, 2, 6], np.int64)


def orders(size: int) -> Ints:
    """Orders of so many, numbered as in the tours found."""
    return ORDERS[:, :3] if size == 3 else PAIRS[: HOW_MANY[size], :size]


@compiled
def _order(size: int, number: int, place: int) -> int:
    return int(ORDERS[number, place] if size == 3 else PAIRS[number, place])


@compiled
def _arrival(seconds: Seconds, buckets: Ints, origin: int, destination: int, now: int) -> int:
    """When a leg that leaves now is done, even if waiting for the next bucket is sooner; −1: no way."""
    if origin == destination:
        return now
    b = 0
    while b + 1 < len(buckets) and buckets[b + 1] <= now:
        b += 1
    drive = np.int64(seconds[b, origin, destination])
    if b + 1 < len(buckets):
        later = np.int64(seconds[b + 1, origin, destination])
        if later < NO_WAY and buckets[b + 1] - now + later < drive:
            drive = buckets[b + 1] - now + later
    return -1 if drive >= NO_WAY else int(now + drive)


@compiled
def _boarded(  # noqa: PLR0917
    rides: Ints, seconds: Seconds, buckets: Ints, group: Ints, size: int, order: int, now: int
) -> int:
    """When the last one is on board; −1 where somebody does not put up with it."""
    at = rides[group[_order(size, order, 0)], ORIGIN]
    for k in range(size):
        ride = rides[group[_order(size, order, k)]]
        now = _arrival(seconds, buckets, at, ride[ORIGIN], now)
        if now < 0:
            return -1
        now = max(now, ride[START] - ride[SHIFT])
        if now > ride[START] + ride[SHIFT]:
            return -1
        at, now = ride[ORIGIN], now + ride[BOARDING]
    return now


@compiled
def _different(rides: Ints, group: Ints, size: int, column: int, found: Ints) -> int:
    """Places of a column, each once, in the order of the group."""
    count = 0
    for k in range(size):
        place, known = rides[group[k], column], False
        for q in range(count):
            known |= found[q] == place
        if place >= 0 and not known:
            found[count] = place
            count += 1
    return count


@compiled
def _longest_stay(rides: Ints, group: Ints, size: int, place: int) -> int:
    stay = 0
    for k in range(size):
        if rides[group[k], DESTINATION] == place:
            stay = max(stay, rides[group[k], STAY])
    return int(stay)


@compiled
def _gone_out(  # noqa: PLR0917
    rides: Ints,
    seconds: Seconds,
    buckets: Ints,
    group: Ints,
    size: int,
    start: Ints,
    places: Ints,
    arrived: Ints,
) -> int:
    """When the stay at the last place is over; −1 where somebody is too late. `start` is place and second."""
    at, now = start
    count = len(places)
    for q in range(count):
        now = _arrival(seconds, buckets, at, places[q], now)
        if now < 0:
            return -1
        one_way = False
        for k in range(size):
            ride = rides[group[k]]
            if ride[DESTINATION] == places[q]:
                one_way = ride[HOME] < 0
                if now > ride[ARRIVE] + ride[DETOUR]:
                    return -1
        arrived[q] = now
        stays = one_way or q == count - 1
        at, now = places[q], now + (_longest_stay(rides, group, size, places[q]) if stays else ALIGHT_S)
    return int(now)


@compiled
def _collected(  # noqa: PLR0917
    rides: Ints,
    seconds: Seconds,
    buckets: Ints,
    group: Ints,
    size: int,
    now: int,
    places: Ints,
    arrived: Ints,
) -> int:
    """When all are on board again, the first place last, and nobody's stay is cut short; −1 without a way."""
    short = 0
    for leg in range(2):
        then = now + short
        at = places[-1]
        for q in range(len(places) - 2, -1, -1):
            then = _arrival(seconds, buckets, at, places[q], then)
            if then < 0:
                return -1
            if leg == 0:
                short = max(short, arrived[q] + _longest_stay(rides, group, size, places[q]) - then)
            at, then = places[q], then + ALIGHT_S
    return then


@compiled
def _brought_home(  # noqa: PLR0917
    rides: Ints, seconds: Seconds, buckets: Ints, group: Ints, size: int, at: int, now: int, homes: Ints
) -> int:
    for home in homes:
        now = _arrival(seconds, buckets, at, home, now)
        if now < 0:
            return -1
        standing = -1
        for k in range(size):
            ride = rides[group[k]]
            if ride[HOME] == home:
                if now > ride[END] + ride[DETOUR] + ride[LATER]:
                    return -1
                if standing < 0:
                    standing = ride[AT_HOME]
        at, now = home, now + max(0, standing)
    return now


@compiled
def _best(  # noqa: C901, PLR0912, PLR0915
    rides: Ints, seconds: Seconds, buckets: Ints, group: Ints, size: int, tour: Ints
) -> int:
    """Find the tour that saves most; `FAILED` where a pair has none, 0 where three save nothing."""
    best, alone = FAILED if size == 2 else 0, 0
    found, arrived = np.empty(3, np.int64), np.empty(3, np.int64)
    places, homes = np.empty(3, np.int64), np.empty(3, np.int64)
    origin, tried = np.empty(2, np.int64), np.empty(3, np.int64)
    nobody_waits, as_wished = np.int64(-(2**40)), np.int64(2**40)
    for k in range(size):
        ride = rides[group[k]]
        alone += ride[END] - ride[START]
        nobody_waits = max(nobody_waits, ride[START] - ride[SHIFT])
        as_wished = min(as_wished, ride[START])
    n_places = _different(rides, group, size, DESTINATION, found)
    first_places = found[:n_places].copy()
    n_homes = _different(rides, group, size, HOME, found)
    first_homes = found[:n_homes].copy()
    for order in range(HOW_MANY[size]):
        first = rides[group[_order(size, order, 0)]]
        last = rides[group[_order(size, order, size - 1)]]
        for wish in range(3):
            wanted = (first[START], nobody_waits, as_wished)[wish]
            start = min(max(wanted, first[START] - first[SHIFT]), first[START] + first[SHIFT])
            if start in tried[:wish]:
                tried[wish] = start
                continue
            tried[wish] = start
            origin[0] = last[ORIGIN]
            origin[1] = _boarded(rides, seconds, buckets, group, size, order, start)
            if origin[1] < 0 or alone - (origin[1] - start) <= best:
                continue
            for out in range(HOW_MANY[n_places]):
                for q in range(n_places):
                    places[q] = first_places[_order(n_places, out, q)] if n_places > 1 else first_places[q]
                there = _gone_out(rides, seconds, buckets, group, size, origin, places[:n_places], arrived)
                if there < 0 or alone - (there - start) <= best:
                    continue
                at = places[n_places - 1]
                if n_homes > 0:
                    there = _collected(
                        rides, seconds, buckets, group, size, there, places[:n_places], arrived
                    )
                    at = places[0]
                    if there < 0 or alone - (there - start) <= best:
                        continue
                for back in range(HOW_MANY[n_homes]):
                    for q in range(n_homes):
                        homes[q] = first_homes[_order(n_homes, back, q)] if n_homes > 1 else first_homes[q]
                    end = _brought_home(rides, seconds, buckets, group, size, at, there, homes[:n_homes])
                    if end >= 0 and alone - (end - start) > best:
                        best = alone - (end - start)
                        tour[0], tour[1], tour[2], tour[3] = order, out, back, start
    return best


@compiled
def best_groups(
    groups: Ints, rides: Ints, seconds: Seconds, buckets: Ints, seats: int
) -> tuple[Ints, Ints, Flags]:
    """Of each group of two or three the seconds saved by its best tour, that tour, and whether one is."""
    saved = np.zeros(len(groups), np.int64)
    tour = np.zeros((len(groups), 4), np.int64)
    can = np.zeros(len(groups), np.bool_)
    for g in range(len(groups)):
        size = 2 if groups[g, 2] < 0 else 3
        people, first, last = 0, np.int64(2**40), np.int64(-(2**40))
        for k in range(size):
            ride = rides[groups[g, k]]
            people += ride[PEOPLE]
            first, last = min(first, ride[START] + ride[SHIFT]), max(last, ride[START] - ride[SHIFT])
        if people > seats or last > first:
            continue
        found = _best(rides, seconds, buckets, groups[g], size, tour[g])
        if found > FAILED:
            saved[g], can[g] = found, True
    return saved, tour, can


@compiled
def triangles(joined: Flags, most: int) -> tuple[Ints, bool]:
    """Threes of which all pairs are joined, `[t, 3]` ascending, at most so many; whether that is all."""
    n = len(joined)
    count = 0
    for turn in range(2):
        if turn == 1:
            found = np.empty((min(count, most), 3), np.int64)
            count = 0
        for i in range(n):
            for j in range(i + 1, n):
                if not joined[i, j]:
                    continue
                for k in range(j + 1, n):
                    if joined[i, k] and joined[j, k]:
                        if turn == 1:
                            if count == most:
                                return found, False
                            found[count, 0], found[count, 1], found[count, 2] = i, j, k
                        count += 1
    return found, True
