"""Time a whole route: earliest end, then latest departure, and waiting before riders board.

The vehicle drives on as soon as a stop is done and waits where it comes too early. Its departure is the
latest one that does not delay the end of the route: nobody is paid for waiting at the depot.
"""

from collections.abc import Iterator, Sequence

from optimizer.model import Route, TimeWindow, Vehicle, Visit
from optimizer.timing import (
    LONGEST_LEG_S,
    Call,
    Timetable,
    as_route,
    end_of,
    free_times,
    latest_departure,
    leaving,
    onward,
    option_of,
    visit_of,
)

__all__ = ["timed_route"]


def timed_route(
    table: Timetable,
    vehicle: Vehicle,
    calls: Sequence[Call],
    *,
    driver_id: str | None = None,
    sooner_s: int = 0,
) -> Route | None:
    """Earliest end, then latest departure; None where a window, the shift or a missing road forbids it.

    Only times are looked at here: seats, classes and ride limits are the planner's and the judge's.
    Routes stay inside one free interval of the vehicle (shift without `busy`).

    Parameters
    ----------
    sooner_s
        Leave so much before the latest departure, for a rest before the first stop.
    """
    for free in free_times(table, vehicle):
        visits = _visits(table, vehicle, calls, free)
        if visits is None:
            continue
        start_s, visits = _leave_late(table, vehicle, calls, free, visits)
        if sooner_s:
            start_s = max(free.start_s, start_s - sooner_s)
            visits = _visits(table, vehicle, calls, free, start_s) or visits
        visits = _hold_when_empty(table, vehicle, calls, visits)
        return as_route(table, vehicle, driver_id, start_s, visits)
    return None


def _first_departure(table: Timetable, vehicle: Vehicle, calls: Sequence[Call], free: TimeWindow) -> int:
    """Latest departure that reaches the first stop by the opening of its window: it delays nothing."""
    option = option_of(table, calls[0])
    return latest_departure(table, vehicle, option.place_id, option.window.start_s, free)


def _visits(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], free: TimeWindow, start_s: int | None = None
) -> list[Visit] | None:
    """Drive the calls inside a free time, never waiting longer than windows ask; None if it cannot be."""
    if start_s is None:
        start_s = _first_departure(table, vehicle, calls, free)
    visits = onward(table, vehicle, calls, leaving(vehicle, start_s), None)
    if visits is None:
        return None
    end_s = end_of(table, vehicle, visits)
    return visits if end_s is not None and end_s <= free.end_s else None


def _leave_late(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], free: TimeWindow, visits: list[Visit]
) -> tuple[int, list[Visit]]:
    """Find the latest departure with the same end: arrivals never fall when departures rise."""
    low, end_s = _first_departure(table, vehicle, calls, free), end_of(table, vehicle, visits)
    high = min(_last_wait_s(visits), option_of(table, calls[0]).window.end_s, free.end_s)
    while low < high:
        middle = (low + high + 1) // 2
        later = _visits(table, vehicle, calls, free, middle)
        if later is not None and end_of(table, vehicle, later) == end_s:
            low, visits = middle, later
        else:
            high = middle - 1
    return low, visits


def _last_wait_s(visits: Sequence[Visit]) -> int:
    """End of the last wait: leaving after it delays the end. Before all times where nothing waits."""
    return max((v.start_s for v in visits if v.start_s > v.arrival_s), default=-LONGEST_LEG_S)


def _hold_when_empty(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], visits: Sequence[Visit]
) -> list[Visit]:
    """Wait before riders board, not with them on board: start a loaded stretch as late as its end allows."""
    held = list(visits)
    for first, last in _stretches(table, calls):
        low = held[first].start_s
        high = held[last].start_s
        while low < high:
            middle = (low + high + 1) // 2
            later = _from(table, vehicle, calls[first : last + 1], held[first].arrival_s, middle)
            if later is not None and later[-1].start_s <= held[last].start_s:
                low, held[first : last + 1] = middle, later
            else:
                high = middle - 1
    return held


def _stretches(table: Timetable, calls: Sequence[Call]) -> Iterator[tuple[int, int]]:
    """First and last position of each run of calls between two moments with nobody on board."""
    first, under_way = 0, 0
    for i, call in enumerate(calls):
        stops = len(table.requests[call.request_id].stops)
        under_way += (call.stop == 0) - (call.stop == stops - 1)
        if under_way == 0:
            if i > first:
                yield first, i
            first = i + 1


def _from(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], arrival_s: int, begin_s: int
) -> list[Visit] | None:
    """Visits of one stretch whose first service starts at `begin_s`."""
    option = option_of(table, calls[0])
    if not option.window.start_s <= begin_s <= option.window.end_s:
        return None
    visits = [visit_of(calls[0], option.place_id, arrival_s, begin_s, begin_s + option.service_s)]
    rest = onward(table, vehicle, calls[1:], visits[0], calls[0])
    return None if rest is None else visits + rest
