"""Who and what is on board when: the one reading of loads that rules, prices and judges share.

A request whose loads sum below zero in some dimension (a delivery) is on board from the start of its trip;
one whose loads sum above zero (a collection) stays on board to the end of it. A trip runs from leaving a
depot to the next reload (a visit without a request) or to the end of the route.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from optimizer.model import Request, Visit


def loads(request: Request, dimensions: int) -> tuple[tuple[int, ...], ...]:
    """Load on board of this request alone: when its trip starts, then after each of its stops.

    Returns one tuple per moment, one amount per dimension; a stop with an empty load changes nothing.
    """
    return _moments(tuple(stop.load for stop in request.stops), dimensions)


def peak(request: Request, dimensions: int) -> tuple[int, ...]:
    """Largest load of this request alone, per dimension."""
    return _peak(tuple(stop.load for stop in request.stops), dimensions)


# Millions of pairs of vehicle and request are asked, but there are few different sequences of loads.
@lru_cache(maxsize=4096)
def _moments(changes: tuple[tuple[int, ...], ...], dimensions: int) -> tuple[tuple[int, ...], ...]:
    nothing = (0,) * dimensions
    filled = [change or nothing for change in changes]
    onboard = [tuple(max(0, -sum(change[d] for change in filled)) for d in range(dimensions))]
    for change in filled:
        onboard.append(tuple(before + by for before, by in zip(onboard[-1], change, strict=True)))
    return tuple(onboard)


@lru_cache(maxsize=4096)
def _peak(changes: tuple[tuple[int, ...], ...], dimensions: int) -> tuple[int, ...]:
    return tuple(map(max, zip(*_moments(changes, dimensions), strict=True)))


def trips(visits: Sequence[Visit]) -> Iterator[tuple[int, int]]:
    """First position and one past the last position of each trip's visits, reloads left out."""
    start = 0
    for i, visit in enumerate(visits):
        if visit.request_id is None:
            yield start, i
            start = i + 1
    yield start, len(visits)


def spans(
    visits: Sequence[Visit], requests: Mapping[str, Request], dimensions: int
) -> dict[str, tuple[int, int]]:
    """Legs on which each request is under way, as first leg and one past the last.

    Leg `i` leads to visit `i`; leg `len(visits)` leads to the end of the route. A request is under way from
    its first to its last visit, from the start of its trip if it is a delivery, to the end of it if a
    collection. Visits of unknown requests are left out.
    """
    found: dict[str, tuple[int, int]] = {}
    for start, stop in trips(visits):
        for i in range(start, stop):
            request = requests.get(visits[i].request_id or "")
            if request is None:
                continue
            onboard = loads(request, dimensions)
            first = start if any(onboard[0]) else i + 1
            last = stop + 1 if any(onboard[-1]) else i + 1
            before = found.get(request.id, (first, last))
            found[request.id] = (min(first, before[0]), max(last, before[1]))
    return found


def occupied_legs(
    visits: Sequence[Visit], requests: Mapping[str, Request], dimensions: int
) -> tuple[bool, ...]:
    """For each leg (visits and the way home) whether any request is under way on it."""
    occupied = [False] * (len(visits) + 1)
    for first, end in spans(visits, requests, dimensions).values():
        occupied[first:end] = [True] * (end - first)
    return tuple(occupied)
