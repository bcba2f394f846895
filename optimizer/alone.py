"""What keeps one vehicle from one request even with nothing else to do."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from gis.matrix import TravelError
from optimizer.feasible import loads_fit, rested_route
from optimizer.model import UNREACHABLE, Reason, Request, TimeWindow, Vehicle
from optimizer.policy.rules import may_serve
from optimizer.reason_words import NEAREST_FIRST
from optimizer.timed import timed_route
from optimizer.timing import Call, Timetable

__all__ = ["alone", "never"]


def never(table: Timetable, vehicle: Vehicle, request: Request) -> Reason | None:
    """Say what keeps this vehicle from this request in any plan."""
    reason = may_serve(table.problem, vehicle, request, table.types[vehicle.type_id])
    return reason or alone(table, vehicle, request)


def alone(table: Timetable, vehicle: Vehicle, request: Request) -> Reason | None:
    """Say what keeps the vehicle from it even with nothing else to do; None if nothing does.

    Where a stop has several options, that of the choice that comes nearest to being driven.
    """
    choices = itertools.product(*(range(len(stop.options)) for stop in request.stops))
    reasons = []
    for options in choices:
        calls = [Call(request_id=request.id, stop=i, option=k) for i, k in enumerate(options)]
        reason = _with_options(table, vehicle, request, calls)
        if reason is None:
            return None
        reasons.append(reason)
    return min(reasons, key=NEAREST_FIRST.index)


def _with_options(
    table: Timetable, vehicle: Vehicle, request: Request, calls: Sequence[Call]
) -> Reason | None:
    kind = table.types[vehicle.type_id]
    if not loads_fit(table, kind, calls):
        return Reason.NO_SEATS
    try:
        route, broken = rested_route(table, vehicle, calls)
    except TravelError:
        return Reason.UNREACHABLE
    if route is None:
        return _why_not_alone(table, vehicle, request, calls)
    too_far = vehicle.range_m is not None and route.distance_m > vehicle.range_m
    return Reason.RANGE if broken is Reason.LIMIT and too_far else broken


def _why_not_alone(table: Timetable, vehicle: Vehicle, request: Request, calls: Sequence[Call]) -> Reason:
    """Which of shift, other bookings, window and road it is: lift one after the other and see."""
    always = TimeWindow(start_s=-86_400, end_s=864_000)
    free = replace(vehicle, busy=())
    if vehicle.busy and timed_route(table, free, calls) is not None:
        return Reason.BUSY
    if timed_route(table, replace(free, shift=always), calls) is not None:
        return Reason.OUTSIDE_SHIFT
    return Reason.OUTSIDE_WINDOW if _connected(table, vehicle, request, calls) else Reason.UNREACHABLE


def _connected(table: Timetable, vehicle: Vehicle, request: Request, calls: Sequence[Call]) -> bool:
    """Whether roads lead from the vehicle through all stops and home at the asked time."""
    chosen = [request.stops[call.stop].options[call.option] for call in calls]
    profile, depart_s = table.types[vehicle.type_id].profile, chosen[0].window.start_s
    places = [vehicle.start_place_id, *(option.place_id for option in chosen)]
    if vehicle.end_place_id is not None:
        places.append(vehicle.end_place_id)
    legs = itertools.pairwise(places)
    return all(
        a == b or table.problem.travel.travel(profile, a, b, depart_s)[0] != UNREACHABLE for a, b in legs
    )
