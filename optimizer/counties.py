"""Cars and requests by county, and which travel times a day of cars asks for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from gis.places import Place
from optimizer.model import Problem, Request, Vehicle

__all__ = ["apart", "by_county", "car_blocks"]


PLACES_AT_ONCE: Final = 300
"""Places of a county up to which one block of all pairs is asked for."""


def car_blocks(
    requests: Sequence[Request], vehicles: Sequence[Vehicle], places: Sequence[Place]
) -> tuple[tuple[tuple[Place, ...], tuple[Place, ...]], ...]:
    """List the travel times that a plan will ask for, as blocks of (origins, destinations).

    By county: from bases and ends of requests to starts of requests and bases, and along each request. A
    county with few places is one block of all pairs. A request belongs to the county of its unit's vehicles,
    or else of the nearest base.
    """
    by_id = {p.id: p for p in places}
    found = []
    for county_id, members in sorted(by_county(requests, vehicles, places).items()):
        fleet = [v for v in vehicles if v.county_id == county_id]
        bases = {i for v in fleet for i in (v.start_place_id, v.end_place_id) if i is not None}
        inner = {o.place_id for r in members for stop in r.stops for o in stop.options}
        if len(bases | inner) <= PLACES_AT_ONCE:
            found.append((bases | inner, bases | inner))
            continue
        first = {o.place_id for r in members for o in r.stops[0].options}
        last = {o.place_id for r in members for o in r.stops[-1].options}
        found.append((bases | last, bases | first))
        found += _along(members)
    return tuple(
        (tuple(by_id[i] for i in sorted(origins)), tuple(by_id[i] for i in sorted(ends)))
        for origins, ends in found
    )


def by_county(
    requests: Sequence[Request], vehicles: Sequence[Vehicle], places: Sequence[Place]
) -> dict[str, list[Request]]:
    """Part requests by county: that of vehicles they name, of their unit's, or else of the nearest base."""
    of_unit: dict[str, str] = {}
    for vehicle in sorted(vehicles, key=lambda v: v.id):
        of_unit.setdefault(vehicle.unit_id, vehicle.county_id)
    of_vehicle = {vehicle.id: vehicle.county_id for vehicle in vehicles}
    bases: dict[str, str] = {}
    for vehicle in sorted(vehicles, key=lambda v: v.id):
        bases.setdefault(vehicle.start_place_id, vehicle.county_id)
    at = {p.id: (p.lon, p.lat) for p in places}
    known = [(*at[place_id], county_id) for place_id, county_id in bases.items() if place_id in at]
    found: dict[str, list[Request]] = defaultdict(list)
    for request in requests:
        named = {of_vehicle[i] for i in request.vehicle_ids if i in of_vehicle}
        county_id = min(named) if named else of_unit.get(request.unit_id) if request.unit_id else None
        if county_id is None:
            county_id = _nearest(at.get(request.stops[0].options[0].place_id), known)
        found[county_id].append(request)
    return found


def _nearest(point: tuple[float, float] | None, bases: Sequence[tuple[float, float, str]]) -> str:
    if point is None or not bases:
        return bases[0][2] if bases else ""
    lon, lat = point
    squeeze = np.cos(np.radians(lat))
    return min(bases, key=lambda b: (((b[0] - lon) * squeeze) ** 2 + (b[1] - lat) ** 2, b[2]))[2]


def _along(requests: Sequence[Request], together: int = 24) -> list[tuple[set[str], set[str]]]:
    """Blocks from stop to next stop, a few requests with common places at a time."""
    ordered = sorted(requests, key=lambda r: tuple(s.options[0].place_id for s in r.stops))
    found = []
    for i in range(0, len(ordered), together):
        batch = ordered[i : i + together]
        origins = {o.place_id for r in batch for stop in r.stops[:-1] for o in stop.options}
        ends = {o.place_id for r in batch for stop in r.stops[1:] for o in stop.options}
        if origins:
            found.append((origins, ends))
    return found


def apart(problem: Problem, counties: Mapping[str, Sequence[Request]]) -> bool:
    """Whether no vehicle has a way from its base to a request of another county in the matrix."""
    starts = {
        (o.place_id, county_id) for county_id, rs in counties.items() for r in rs for o in r.stops[0].options
    }
    bases = {(v.start_place_id, v.county_id) for v in problem.vehicles}
    for block in problem.travel.blocks:
        leaving = {county_id for place_id, county_id in bases if place_id in block.origins}
        reached = {county_id for place_id, county_id in starts if place_id in block.destinations}
        if any(a != b for a in leaving for b in reached):
            return False
    return True
