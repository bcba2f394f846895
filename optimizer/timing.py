"""What timing a route consists of: legs, visits one after the other, free times, departures, ends.

One definition of travel time for all. `optimizer.timed` makes whole routes of it.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer import legs
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

__all__ = [
    "Call",
    "Timetable",
    "as_route",
    "end_of",
    "free_times",
    "latest_departure",
    "leaving",
    "leg",
    "onward",
    "option_of",
    "slack_s",
    "stays_after",
    "timetable",
    "visit_of",
]

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


def timetable(problem: Problem) -> Timetable:
    """Index a problem once for many routes."""
    return Timetable(
        problem=problem,
        requests={r.id: r for r in problem.requests},
        types={t.id: t for t in problem.vehicle_types},
        depots={d.place_id: d for d in problem.depots},
    )


def free_times(table: Timetable, vehicle: Vehicle) -> tuple[TimeWindow, ...]:
    """Cut the shift to what is open and not frozen, take out the times it is busy; ascending."""
    opens_s = _opening(table, vehicle.start_place_id).start_s
    start_s = max(vehicle.shift.start_s, opens_s, table.problem.frozen_until_s)
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
    return legs.leg(table.problem.travel, profile, origin_id, destination_id, depart_s)


def _opening(table: Timetable, place_id: str) -> TimeWindow:
    depot = table.depots.get(place_id)
    return depot.window if depot else TimeWindow(start_s=-LONGEST_LEG_S, end_s=10 * LONGEST_LEG_S)


def latest_departure(table: Timetable, vehicle: Vehicle, place_id: str, by_s: int, free: TimeWindow) -> int:
    """Look bucket by bucket, from the last: inside one, a leg takes the same time whenever it leaves."""
    profile, origin_id = _profile(table, vehicle), vehicle.start_place_id
    high = min(by_s, free.end_s)
    starts_s = table.problem.travel.bucket_starts_s
    for b in range(table.problem.travel.bucket_at(high), -1, -1):
        opens_s = max(starts_s[b], free.start_s) if b else free.start_s
        seconds, _ = leg(table, profile, origin_id, place_id, starts_s[b])
        latest_s = min(by_s - seconds, high)
        if latest_s >= opens_s:
            return latest_s
        high = starts_s[b] - 1
        if high < free.start_s:
            break
    return free.start_s


def leaving(vehicle: Vehicle, start_s: int) -> Visit:
    """Give the moment of leaving the base as a visit there."""
    return visit_of(None, vehicle.start_place_id, start_s, start_s, start_s)


def end_of(table: Timetable, vehicle: Vehicle, visits: Sequence[Visit]) -> int | None:
    """Give the second at which the vehicle is where its day ends; None without a road there."""
    last = visits[-1]
    end_place_id = _end_place(table, vehicle, visits)
    seconds, _ = leg(table, _profile(table, vehicle), last.place_id, end_place_id, last.depart_s)
    return None if seconds == UNREACHABLE else last.depart_s + seconds


def _end_place(table: Timetable, vehicle: Vehicle, visits: Sequence[Visit]) -> str:
    """Home, or where the last visit leaves a vehicle without one, or one that stays away over night."""
    last = visits[-1]
    return last.place_id if stays_after(table, last.request_id) else vehicle.end_place_id or last.place_id


def stays_after(table: Timetable, request_id: str | None) -> bool:
    """Whether a request is one of several days, after which its vehicle does nothing more that day."""
    request = table.requests.get(request_id or "")
    return request is not None and request.back is not None


def _profile(table: Timetable, vehicle: Vehicle) -> str:
    return table.types[vehicle.type_id].profile


def as_route(
    table: Timetable, vehicle: Vehicle, driver_id: str | None, start_s: int, visits: Sequence[Visit]
) -> Route:
    """Complete timed visits to a route: where it ends and when, its metres and seconds of driving."""
    profile, end_place_id = _profile(table, vehicle), _end_place(table, vehicle, visits)
    nodes = [leaving(vehicle, start_s), *visits]
    places = [*(v.place_id for v in nodes), end_place_id]
    driven = [
        leg(table, profile, origin, destination, node.depart_s)
        for node, (origin, destination) in zip(nodes, itertools.pairwise(places), strict=True)
    ]
    return Route(
        vehicle_id=vehicle.id,
        driver_id=driver_id,
        start_place_id=vehicle.start_place_id,
        end_place_id=end_place_id,
        start_s=start_s,
        end_s=visits[-1].depart_s + driven[-1][0],
        visits=tuple(visits),
        distance_m=sum(metres for _, metres in driven),
        drive_s=sum(seconds for seconds, _ in driven),
    )


def onward(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], at: Visit, before: Call | None
) -> list[Visit] | None:
    """Visits of the calls after `at`; None where a road or a window is missing, or a car stays away."""
    profile = _profile(table, vehicle)
    visits: list[Visit] = []
    for call in calls:
        if before is not None and call.stop == 0 and stays_after(table, before.request_id):
            return None
        option = option_of(table, call)
        seconds, _ = leg(table, profile, at.place_id, option.place_id, at.depart_s)
        if seconds == UNREACHABLE:
            return None
        arrival_s = at.depart_s + seconds
        begin_s = max(arrival_s + slack_s(table, before, call), option.window.start_s)
        if begin_s > option.window.end_s:
            return None
        at = visit_of(call, option.place_id, arrival_s, begin_s, begin_s + option.service_s)
        visits.append(at)
        before = call
    return visits


def slack_s(table: Timetable, before: Call | None, call: Call) -> int:
    """Give the slack that is kept where one request has ended and another begins."""
    if before is None or call.stop or before.request_id == call.request_id:
        return 0
    ended = before.stop + 1 == len(table.requests[before.request_id].stops)
    return table.problem.buffer_s if ended else 0


def visit_of(call: Call | None, place_id: str, arrival_s: int, begin_s: int, depart_s: int) -> Visit:
    """Make a visit of a call; None is a stay at a depot."""
    return Visit(
        request_id=None if call is None else call.request_id,
        stop=0 if call is None else call.stop,
        option=0 if call is None else call.option,
        place_id=place_id,
        arrival_s=arrival_s,
        start_s=begin_s,
        depart_s=depart_s,
    )


def option_of(table: Timetable, call: Call) -> StopOption:
    """Look up the option that a call names."""
    return table.requests[call.request_id].stops[call.stop].options[call.option]
