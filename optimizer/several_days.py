"""Requests of several days: planned on the first, held on the next ones, brought home on the last.

The way out is a request like any other, after which its car's day ends where it is (`Request.back`). What a
plan leaves away is in `Schedule.away`; the plans of later days start from that: until the way back the car
and its driver are held, and the way back is theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from optimizer.model import (
    ALL_DAY,
    Away,
    Driver,
    Place,
    Priority,
    Problem,
    Request,
    Route,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
)
from optimizer.policy.rules import FREEZE

__all__ = ["Continued", "aways", "continued", "way_back_id"]

BOARDING_S: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """What a day has to begin with.

    Parameters
    ----------
    vehicles, drivers
        As earlier plans leave them: held all day, or at the far place until the way back.
    requests
        Ways back of that day.
    places
        That those name.
    """

    vehicles: tuple[Vehicle, ...]
    drivers: tuple[Driver, ...]
    requests: tuple[Request, ...] = ()
    places: tuple[Place, ...] = ()


def aways(problem: Problem, routes: Sequence[Route]) -> tuple[Away, ...]:
    """List the vehicles that these routes leave away over night, by vehicle."""
    places, asked = {p.id: p for p in problem.places}, {r.id: r for r in problem.requests}
    found = []
    for route in sorted(routes, key=lambda r: r.vehicle_id):
        request = asked.get(route.visits[-1].request_id or "") if route.visits else None
        if request is None or request.back is None:
            continue
        found.append(
            Away(
                request_id=request.id,
                name=request.name,
                unit_id=request.unit_id,
                vehicle_id=route.vehicle_id,
                driver_id=route.driver_id,
                place=places[route.end_place_id],
                home=places[request.back.place_id],
                load=tuple(-amount for amount in request.stops[-1].load),
                nights=request.back.nights,
                window=request.back.window,
            )
        )
    return tuple(found)


def way_back_id(request_id: str) -> str:
    """Name the way back of a request."""
    return f"{request_id}（返程）"


def continued(
    vehicles: Iterable[Vehicle], drivers: Iterable[Driver], earlier: Iterable[tuple[int, Away]]
) -> Continued:
    """Let a day begin as earlier plans left it.

    Parameters
    ----------
    earlier
        How many days ago each vehicle went away, and what it went for; who is back already is passed over.
    """
    held = {away.vehicle_id: (days, away) for days, away in earlier if 0 < days <= away.nights}
    busy = {away.driver_id: _until_back(days, away) for days, away in held.values() if away.driver_id}
    fleet = tuple(_as_left(v, *held[v.id]) if v.id in held else _without(v, busy) for v in vehicles)
    known = {v.id for v in fleet}
    today = [away for days, away in held.values() if days == away.nights and away.vehicle_id in known]
    return Continued(
        vehicles=fleet,
        drivers=tuple(replace(d, busy=(*d.busy, busy[d.id])) if d.id in busy else d for d in drivers),
        requests=tuple(_way_back(away) for away in today),
        places=tuple(place for away in today for place in (away.place, away.home)),
    )


def _until_back(days: int, away: Away) -> TimeWindow:
    """All day; on the last day until the way back begins."""
    end_s = away.window.start_s if days == away.nights else 10 * ALL_DAY.end_s
    return TimeWindow(start_s=min(0, end_s), end_s=end_s)


def _as_left(vehicle: Vehicle, days: int, away: Away) -> Vehicle:
    held = replace(vehicle, busy=(*vehicle.busy, _until_back(days, away)))
    if days < away.nights:
        return held
    mine = (away.driver_id,) if away.driver_id else vehicle.driver_ids
    # It must come home even if a holiday has begun meanwhile.
    return replace(held, start_place_id=away.place.id, driver_ids=mine, exempt=vehicle.exempt | {FREEZE})


def _without(vehicle: Vehicle, away: Iterable[str]) -> Vehicle:
    """Do not count on drivers who are away, unless nobody else is named."""
    gone = frozenset(away)
    here = tuple(i for i in vehicle.driver_ids if i not in gone)
    return replace(vehicle, driver_ids=here) if here else vehicle


def _way_back(away: Away) -> Request:
    """Ask for the way back of the vehicle that stayed, before anything else it could do."""
    board = StopOption(place_id=away.place.id, window=away.window, service_s=BOARDING_S)
    leave = StopOption(place_id=away.home.id, service_s=BOARDING_S)
    return Request(
        id=way_back_id(away.request_id),
        name=f"返程：{away.name or away.request_id}",
        stops=(
            Stop(options=(board,), load=away.load),
            Stop(options=(leave,), load=tuple(-amount for amount in away.load)),
        ),
        unit_id=away.unit_id,
        priority=Priority.P1,
        sole_use=True,
        vehicle_ids=frozenset({away.vehicle_id}),
    )
