"""Turn an order of stops into a timed route by the one definition of travel time.

The vehicle drives on as soon as a stop is done and waits where it comes too early. Its departure is the
latest one that does not delay the end of the route: nobody is paid for waiting at the depot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.model import (
    UNREACHABLE,
    Depot,
    Problem,
    Request,
    Route,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
    Visit,
)

__all__ = ["Call", "Timetable", "free_times", "leg", "timed_route", "timetable"]

LONGEST_LEG_S = 86_400
"""How far back a departure is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One stop of a request, in the order of a route."""

    request_id: str
    stop: int
    option: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """What timing looks up again and again: a problem by id.

    Parameters
    ----------
    depots
        Place id → opening times; a place that is not listed is always open.
    """

    problem: Problem
    requests: Mapping[str, Request]
    types: Mapping[str, VehicleType]
    depots: Mapping[str, Depot]


@dataclass(frozen=True, slots=True)
class _Run:
    visits: tuple[Visit, ...]
    end_s: int
    distance_m: int
    drive_s: int


def timetable(problem: Problem) -> Timetable:
    """Index a problem once for many routes."""
    return Timetable(
        problem=problem,
        requests={r.id: r for r in problem.requests},
        types={t.id: t for t in problem.vehicle_types},
        depots={d.place_id: d for d in problem.depots},
    )


def timed_route(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], *, driver_id: str | None = None
) -> Route | None:
    """Earliest end, then latest departure; None where a window, the shift or a missing road forbids it.

    Only times are looked at here: seats, classes and ride limits are the planner's and the judge's.
    Routes stay inside one free interval of the vehicle (shift without `busy`).
    """
    for free in free_times(table, vehicle):
        run = _run(table, vehicle, calls, _first_departure(table, vehicle, calls, free))
        if run is None or run.end_s > free.end_s:
            continue
        start_s, run = _leave_late(table, vehicle, calls, free, run)
        return Route(
            vehicle_id=vehicle.id,
            driver_id=driver_id,
            start_place_id=vehicle.start_place_id,
            end_place_id=vehicle.end_place_id or run.visits[-1].place_id,
            start_s=start_s,
            end_s=run.end_s,
            visits=run.visits,
            distance_m=run.distance_m,
            drive_s=run.drive_s,
        )
    return None


def free_times(table: Timetable, vehicle: Vehicle) -> tuple[TimeWindow, ...]:
    """Cut the shift to the opening of its depots and take out the times it is busy; ascending."""
    start_s = max(vehicle.shift.start_s, _opening(table, vehicle.start_place_id).start_s)
    end_s = vehicle.shift.end_s
    if vehicle.end_place_id is not None:
        end_s = min(end_s, _opening(table, vehicle.end_place_id).end_s)
    free: list[TimeWindow] = []
    for busy in sorted(vehicle.busy, key=lambda w: (w.start_s, w.end_s)):
        if busy.start_s > start_s:
            free.append(TimeWindow(start_s=start_s, end_s=min(busy.start_s, end_s)))
        start_s = max(start_s, busy.end_s)
    free.append(TimeWindow(start_s=start_s, end_s=end_s))
    return tuple(w for w in free if w.start_s < w.end_s)


def leg(
    table: Timetable, profile: str, origin_id: str, destination_id: str, depart_s: int
) -> tuple[int, int]:
    """Seconds and metres of one leg; staying where one is takes neither, whatever the matrix says."""
    if origin_id == destination_id:
        return 0, 0
    return table.problem.travel.travel(profile, origin_id, destination_id, depart_s)


def _opening(table: Timetable, place_id: str) -> TimeWindow:
    depot = table.depots.get(place_id)
    return depot.window if depot else TimeWindow(start_s=-LONGEST_LEG_S, end_s=10 * LONGEST_LEG_S)


def _first_departure(table: Timetable, vehicle: Vehicle, calls: Sequence[Call], free: TimeWindow) -> int:
    """Latest departure that reaches the first stop by the opening of its window: it delays nothing."""
    option = _option(table, calls[0])
    return _latest_departure(table, vehicle, option.place_id, option.window.start_s, free)


def _latest_departure(table: Timetable, vehicle: Vehicle, place_id: str, by_s: int, free: TimeWindow) -> int:
    profile = table.types[vehicle.type_id].profile

    def in_time(depart_s: int) -> bool:
        seconds, _ = leg(table, profile, vehicle.start_place_id, place_id, depart_s)
        return seconds != UNREACHABLE and depart_s + seconds <= by_s

    low, high = free.start_s, min(by_s, free.end_s)
    if low >= high or not in_time(low):
        return low
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if in_time(middle) else (low, middle - 1)
    return low


def _leave_late(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], free: TimeWindow, run: _Run
) -> tuple[int, _Run]:
    """Find the latest departure with the same end; waiting on the way bounds how much later it can be."""
    low = _first_departure(table, vehicle, calls, free)
    high = min(low + sum(v.start_s - v.arrival_s for v in run.visits), free.end_s)
    while low < high:
        middle = (low + high + 1) // 2
        later = _run(table, vehicle, calls, middle)
        if later is not None and later.end_s <= run.end_s:
            low, run = middle, later
        else:
            high = middle - 1
    return low, run


def _run(table: Timetable, vehicle: Vehicle, calls: Sequence[Call], start_s: int) -> _Run | None:
    """Drive the calls in order from `start_s`."""
    profile = table.types[vehicle.type_id].profile
    at, now, distance_m, drive_s = vehicle.start_place_id, start_s, 0, 0
    visits: list[Visit] = []
    before: Call | None = None
    for call in calls:
        option = _option(table, call)
        seconds, metres = leg(table, profile, at, option.place_id, now)
        if seconds == UNREACHABLE:
            return None
        arrival_s = now + seconds
        begin_s = max(arrival_s + _buffer_s(table, before, call), option.window.start_s)
        if begin_s > option.window.end_s:
            return None
        at, now = option.place_id, begin_s + option.service_s
        distance_m, drive_s = distance_m + metres, drive_s + seconds
        visits.append(_visit(call, at, arrival_s, begin_s, now))
        before = call
    if vehicle.end_place_id is None:
        return _Run(tuple(visits), now, distance_m, drive_s)
    seconds, metres = leg(table, profile, at, vehicle.end_place_id, now)
    if seconds == UNREACHABLE:
        return None
    return _Run(tuple(visits), now + seconds, distance_m + metres, drive_s + seconds)


def _buffer_s(table: Timetable, before: Call | None, call: Call) -> int:
    """Slack where one request has ended and another begins."""
    if before is None or call.stop or before.request_id == call.request_id:
        return 0
    ended = before.stop + 1 == len(table.requests[before.request_id].stops)
    return table.problem.buffer_s if ended else 0


def _visit(call: Call, place_id: str, arrival_s: int, begin_s: int, depart_s: int) -> Visit:
    return Visit(
        request_id=call.request_id,
        stop=call.stop,
        option=call.option,
        place_id=place_id,
        arrival_s=arrival_s,
        start_s=begin_s,
        depart_s=depart_s,
    )


def _option(table: Timetable, call: Call) -> StopOption:
    return table.requests[call.request_id].stops[call.stop].options[call.option]
