"""What is alike in all that matters: rules and searches ask once for each likeness, not for each vehicle."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from optimizer.model import ALL_DAY, Request, Vehicle
from optimizer.policy.rules import may_serve
from optimizer.timing import Timetable

__all__ = ["alike_groups", "allowed", "signature"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


Alike = TypeVar("Alike", Vehicle, Request)


def signature(vehicle: Vehicle, *, by_driver: bool = False) -> Vehicle:
    """Reduce a vehicle to what it has in common with those that are alike.

    Parameters
    ----------
    by_driver
        Whether it matters who may drive it: a licence is asked for, and the drivers are not chosen yet.
    """
    mine = vehicle.driver_ids if by_driver else ()
    return replace(vehicle, id="", plate="", driver_ids=mine, own_driver_id="")


def alike_groups(fleet: Sequence[Vehicle], tasks: Sequence[Request]) -> Ints:
    """Give each vehicle a number `[m]`: those with one number are alike in all that matters to the tasks."""
    named = {i for t in tasks for i in (*t.vehicle_ids, *t.forbidden_vehicle_ids)}
    keys = [(signature(v), v.id if v.id in named else "") for v in fleet]
    at = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    return np.array([at[key] for key in keys], np.int64)


def allowed(table: Timetable, fleet: Sequence[Vehicle], tasks: Sequence[Request]) -> Flags:
    """Who may serve what by the rules; asked once for vehicles that are alike and requests that are.

    Rules compare units only for being the same, so each pair of kinds is asked twice, and not once per unit.
    """
    named = {i for t in tasks for i in (*t.vehicle_ids, *t.forbidden_vehicle_ids)}
    vehicles, row = _kinds([_vehicle_for_rules(v, keep_id=v.id in named) for v in fleet])
    requests, column = _kinds([_request_for_rules(t) for t in tasks])
    kinds = [table.types[v.type_id] for v in vehicles]
    fits = np.zeros((2, len(vehicles), len(requests)), np.bool_)
    for j, request in enumerate(requests):
        strange = replace(request, unit_id="another")
        for i, vehicle in enumerate(vehicles):
            fits[0, i, j] = may_serve(table.problem, vehicle, strange, kinds[i]) is None
            fits[1, i, j] = may_serve(table.problem, vehicle, request, kinds[i]) is None
    units: dict[str, int] = {}
    of_vehicle = np.array([units.setdefault(v.unit_id, len(units)) for v in fleet], np.int64)
    of_task = np.array([units.setdefault(t.unit_id, len(units)) for t in tasks], np.int64)
    own = of_vehicle[:, None] == of_task[None, :]
    at = np.ix_(row, column)
    allowed: Flags = np.where(own, fits[1][at], fits[0][at])
    return allowed


def _kinds(values: Sequence[Alike]) -> tuple[list[Alike], Ints]:
    """Distinct values, and which of them each one is."""
    at = {value: i for i, value in enumerate(dict.fromkeys(values))}
    return list(at), np.array([at[value] for value in values], np.int64)


def _vehicle_for_rules(vehicle: Vehicle, *, keep_id: bool) -> Vehicle:
    """Drop what rules do not look at: places, times, drivers, the plate, and the id where nobody names it."""
    return replace(
        vehicle,
        id=vehicle.id if keep_id else "",
        plate="",
        driver_ids=(),
        unit_id="",
        county_id="",
        start_place_id="",
        end_place_id=None,
        shift=ALL_DAY,
        busy=(),
    )


def _request_for_rules(request: Request) -> Request:
    """Drop the request's name, unit, category, places and times: rules look at none of them."""
    stops = tuple(replace(stop, options=()) for stop in request.stops)
    plain = replace(request, id="", name="", unit_id="", category="", leaves="", group_id=None, back=None)
    return replace(plain, stops=stops, unserved_penalty_fen=0, max_ride_s=None)
