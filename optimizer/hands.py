"""Who can still take something on: a vehicle with the hours of a driver, and what it has begun that day.

A vehicle without named drivers is one hand; one with named drivers is a hand with each of them, of which a
plan uses one. What has begun (a locked beginning of its route) stands, and the hand goes on from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gis.matrix import TravelError
from optimizer.crews import asks_licence, with_hours
from optimizer.feasible import alone_where_asked, feasible_route, loads_fit, obstacle
from optimizer.model import Problem, Route, TimeWindow, Vehicle, Visit
from optimizer.policy.rules import may_drive, may_serve
from optimizer.timing import Call, Timetable, as_route, end_of, latest_departure, onward, stays_after

__all__ = ["Hand", "calls_for", "driven", "hands_of", "whereabouts"]

NOTHING_BEGUN: Final[Mapping[str, Route]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A vehicle as it may be used.

    Parameters
    ----------
    vehicle
        With the shift and absences of its driver in its own.
    driver_id
        The named driver, where it needs one.
    begun
        What it has begun and must end as begun; None where it has not left yet.
    """

    vehicle: Vehicle
    driver_id: str | None = None
    begun: Route | None = None


def hands_of(problem: Problem, begun: Mapping[str, Route] = NOTHING_BEGUN) -> tuple[Hand, ...]:
    """List the vehicles with every driver that each may have, by id.

    Parameters
    ----------
    begun
        Vehicle id → what it has begun; its driver stays.
    """
    types = {kind.id: kind for kind in problem.vehicle_types}
    drivers = {driver.id: driver for driver in problem.drivers}
    licensed = asks_licence(problem)
    found: list[Hand] = []
    for vehicle in sorted(problem.vehicles, key=lambda v: v.id):
        route = begun.get(vehicle.id)
        if not vehicle.driver_ids and (route is None or route.driver_id is None):
            found.append(Hand(vehicle=vehicle, begun=route))
            continue
        named = (route.driver_id,) if route is not None else vehicle.driver_ids
        kind = types[vehicle.type_id]
        found.extend(
            Hand(vehicle=with_hours(vehicle, drivers[i], licensed=licensed), driver_id=i, begun=route)
            for i in sorted(i for i in named if i is not None and i in drivers)
            if may_drive(problem, drivers[i], vehicle, kind) is None
        )
    return tuple(found)


def calls_for(table: Timetable, request_ids: Sequence[str]) -> list[Call]:
    """Give all stops of these requests, one request after the other, each at its first option."""
    return [Call(request_id=i, stop=k) for i in request_ids for k in range(len(table.requests[i].stops))]


def driven(table: Timetable, hand: Hand, calls: Sequence[Call]) -> Route | None:
    """Time the hand's day with these calls after what it has begun; None if any rule of it would be broken.

    Reserves, groups and other users of the same driver concern several hands and are not looked at.
    """
    try:
        if hand.begun is None:
            return feasible_route(table, hand.vehicle, calls, driver_id=hand.driver_id) if calls else None
        return _gone_on(table, hand, hand.begun, calls)
    except TravelError:
        return None


def _gone_on(table: Timetable, hand: Hand, begun: Route, calls: Sequence[Call]) -> Route | None:
    kind = table.types[hand.vehicle.type_id]
    asked = {call.request_id for call in calls}
    if any(may_serve(table.problem, hand.vehicle, table.requests[i], kind) is not None for i in asked):
        return None
    if not loads_fit(table, kind, calls) or not alone_where_asked(table, calls):
        return None
    visits = _after(table, hand, begun, calls)
    if visits is None:
        return None
    end_s = end_of(table, hand.vehicle, visits)
    if end_s is None or not _keeps_hours(hand.vehicle, begun, end_s):
        return None
    route = as_route(table, hand.vehicle, hand.driver_id, begun.start_s, visits)
    return route if obstacle(table, kind, route) is None else None


def _after(table: Timetable, hand: Hand, begun: Route, calls: Sequence[Call]) -> list[Visit] | None:
    """Visits of the whole day: what has begun, a new start where it is back home, then the calls."""
    if not calls:
        return list(begun.visits)
    last, before = begun.visits[-1], None
    if stays_after(table, last.request_id):
        return None
    if _is_home(table, begun):
        last = _at_home(table, hand, begun, calls[0])
    elif last.request_id is not None:
        before = Call(request_id=last.request_id, stop=last.stop, option=last.option)
    rest = onward(table, hand.vehicle, calls, last, before)
    if rest is None:
        return None
    return [*begun.visits, last, *rest] if last is not begun.visits[-1] else [*begun.visits, *rest]


def _is_home(table: Timetable, begun: Route) -> bool:
    """Whether it has left its last stop before the frozen time ends, so that it goes on from home."""
    return begun.visits[-1].depart_s < table.problem.frozen_until_s


def _at_home(table: Timetable, hand: Hand, begun: Route, first: Call) -> Visit:
    """Stand at home until it must leave for the first call."""
    option = table.requests[first.request_id].stops[first.stop].options[first.option]
    ready_s = max(begun.end_s, table.problem.frozen_until_s)
    from_home = Vehicle(id="", type_id=hand.vehicle.type_id, start_place_id=begun.end_place_id)
    free = TimeWindow(start_s=ready_s, end_s=max(ready_s, hand.vehicle.shift.end_s))
    leave_s = latest_departure(table, from_home, option.place_id, option.window.start_s, free)
    return Visit(
        request_id=None,
        place_id=begun.end_place_id,
        arrival_s=begun.end_s,
        start_s=ready_s,
        depart_s=max(leave_s, ready_s),
    )


def _keeps_hours(vehicle: Vehicle, begun: Route, end_s: int) -> bool:
    """Whether it is back within the shift (or no later than it would be anyway), and is free meanwhile."""
    free = not any(b.start_s < end_s and begun.end_s < b.end_s for b in vehicle.busy)
    return free and end_s <= max(vehicle.shift.end_s, begun.end_s)


def whereabouts(table: Timetable, hand: Hand) -> tuple[str, int]:
    """Place and second from which the hand can take on more: its base, its last stop begun, or home again."""
    if hand.begun is None:
        return hand.vehicle.start_place_id, hand.vehicle.shift.start_s
    last = hand.begun.visits[-1]
    if _is_home(table, hand.begun):
        return hand.begun.end_place_id, max(hand.begun.end_s, table.problem.frozen_until_s)
    return last.place_id, last.depart_s
