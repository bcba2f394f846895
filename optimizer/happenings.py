"""What can happen to a published day, and what it leaves of the plan: done, begun, still ahead, loose.

From a moment on, what has begun stands: every stop that a vehicle has served or is on its way to, and all the
rest of a request of which one stop has begun. The rest may still change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from optimizer.model import Problem, Request, Route, Schedule, Vehicle
from optimizer.timing import Timetable, as_route, timetable

__all__ = ["Added", "Breakdown", "Cancelled", "Delay", "DriverOut", "Event", "Left", "cut", "locked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A vehicle moves no more today.

    Parameters
    ----------
    place_id
        Where it stands, a place of the problem; None: at its last stop, or where it serves just now.
    """

    vehicle_id: str
    place_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """What a vehicle does now takes so much longer: booked where it stands, or at the stop it drives to."""

    vehicle_id: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """A request is not wanted any more; one whose people ride already is driven to its end."""

    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A new request."""

    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverOut:
    """A driver is away for the rest of the day.

    Parameters
    ----------
    vehicle_ids
        Vehicles that he alone drives although the problem names no driver for them.
    spare_ids
        Who may drive those instead.
    """

    driver_id: str
    vehicle_ids: tuple[str, ...] = ()
    spare_ids: tuple[str, ...] = ()


Event = Breakdown | Delay | Cancelled | Added | DriverOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A day from a moment on.

    Parameters
    ----------
    problem
        With what has begun as `locked` and the moment as `frozen_until_s`.
    begun
        Vehicle id → what it has begun.
    ahead
        Vehicle id → requests it is to serve after that, in order.
    drivers
        Vehicle id → driver, for vehicles whose route has one.
    loose
        Requests that need a place.
    notes
        What people must know, one sentence each.
    """

    problem: Problem
    begun: Mapping[str, Route]
    ahead: Mapping[str, tuple[str, ...]]
    drivers: Mapping[str, str]
    loose: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def cut(problem: Problem, schedule: Schedule, now_s: int) -> Left:
    """Cut a plan at a moment into what has begun and what is still ahead."""
    table = timetable(problem)
    vehicles = {v.id: v for v in problem.vehicles}
    begun: dict[str, Route] = {}
    ahead: dict[str, tuple[str, ...]] = {}
    for route in schedule.routes:
        stands = _begun_stops(route, now_s)
        rest = dict.fromkeys(v.request_id for v in route.visits[stands:] if v.request_id is not None)
        ahead[route.vehicle_id] = tuple(rest)
        if stands:
            begun[route.vehicle_id] = _beginning(table, vehicles[route.vehicle_id], route, stands)
    left = Left(
        problem=replace(problem, frozen_until_s=max(now_s, problem.frozen_until_s)),
        begun=begun,
        ahead=ahead,
        drivers={r.vehicle_id: r.driver_id for r in schedule.routes if r.driver_id is not None},
    )
    return locked(left)


def locked(left: Left) -> Left:
    """Write what has begun into the problem; who is back home may leave once more."""
    again = {
        v: 2 + sum(visit.request_id is None for visit in route.visits)
        for v, route in left.begun.items()
        if route.visits[-1].depart_s < left.problem.frozen_until_s
    }
    vehicles = tuple(
        replace(v, trips=max(v.trips, again[v.id])) if v.id in again else v for v in left.problem.vehicles
    )
    locked = tuple(left.begun[v] for v in sorted(left.begun))
    return replace(left, problem=replace(left.problem, vehicles=vehicles, locked=locked))


def _begun_stops(route: Route, now_s: int) -> int:
    """How many visits stand: those it has left for, and the rest of their requests."""
    departures = [route.start_s, *(visit.depart_s for visit in route.visits)]
    asked = {v.request_id for v, leave_s in zip(route.visits, departures, strict=False) if leave_s < now_s}
    stand = [k for k, v in enumerate(route.visits) if departures[k] < now_s or v.request_id in asked - {None}]
    return max(stand, default=-1) + 1


def _beginning(table: Timetable, vehicle: Vehicle, route: Route, stands: int) -> Route:
    if stands == len(route.visits):
        return route
    return as_route(table, vehicle, route.driver_id, route.start_s, route.visits[:stands])
