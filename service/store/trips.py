"""Cut a planned route into trips: what one dispatch order covers.

A trip runs from where the vehicle stands empty to where it is empty again. It owns the empty leg that leads
to it; the last trip of a route also owns the way home. So metres, seconds and fen of the trips add up to
those of their route.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from optimizer.aboard import occupied_legs
from optimizer.model import CostBreakdown, CostLine, Problem, Request, Route, Schedule, Vehicle
from optimizer.shares import shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One trip of a route.

    Parameters
    ----------
    vehicle_id, driver_id
        Who drives.
    request_ids
        What it serves, in the order of their first stop.
    unit_id
        Whose vehicle it is (the cost's bearer).
    legs
        First leg and one past the last; leg `i` leads to visit `i`, the last leads home.
    start_s, end_s
        Wheels turn for its first leg; done with its last stop, or home.
    distance_m, empty_m
        Metres driven, and those of them with nobody and nothing on board.
    lines
        Its share of the route's bill.
    """

    vehicle_id: str
    driver_id: str | None
    request_ids: tuple[str, ...]
    unit_id: str
    legs: tuple[int, int]
    start_s: int
    end_s: int
    distance_m: int
    empty_m: int
    lines: tuple[CostLine, ...]


@dataclass(frozen=True, slots=True)
class _Leg:
    start_s: int
    end_s: int
    metres: int
    occupied: bool


def trips_of(problem: Problem, schedule: Schedule, bill: CostBreakdown) -> Iterator[Trip]:
    """Cut every route of a plan, with its part of the bill, into trips in driving order.

    Parameters
    ----------
    bill
        Lines of the vehicles that drive (`optimizer.price.price` with `idle=False`).
    """
    requests = {request.id: request for request in problem.requests}
    vehicles = {vehicle.id: vehicle for vehicle in problem.vehicles}
    profiles = {kind.id: kind.profile for kind in problem.vehicle_types}
    lines: dict[str, list[CostLine]] = {}
    for line in bill.lines:
        lines.setdefault(line.vehicle_id, []).append(line)
    for route in schedule.routes:
        vehicle = vehicles[route.vehicle_id]
        legs = _legs(problem, route, requests, profiles[vehicle.type_id])
        yield from _cut(route, legs, vehicle, tuple(lines.get(vehicle.id, ())))


def _cut(route: Route, legs: list[_Leg], vehicle: Vehicle, lines: tuple[CostLine, ...]) -> Iterator[Trip]:
    spans = list(_spans(route, legs))
    metres = [sum(leg.metres for leg in legs[first:last]) for first, last in spans]
    seconds = [legs[last - 1].end_s - legs[first].start_s for first, last in spans]
    bills = _split_bill(lines, metres, seconds)
    for i, (first, last) in enumerate(spans):
        yield Trip(
            vehicle_id=route.vehicle_id,
            driver_id=route.driver_id,
            request_ids=_requests_of(route, first, last),
            unit_id=vehicle.unit_id,
            legs=(first, last),
            start_s=legs[first].start_s,
            end_s=legs[last - 1].end_s,
            distance_m=metres[i],
            empty_m=sum(leg.metres for leg in legs[first:last] if not leg.occupied),
            lines=bills[i],
        )


def _legs(problem: Problem, route: Route, requests: Mapping[str, Request], profile: str) -> list[_Leg]:
    occupied = occupied_legs(route.visits, requests, len(problem.dimensions))
    places = [route.start_place_id, *(visit.place_id for visit in route.visits), route.end_place_id]
    departures = [route.start_s, *(visit.depart_s for visit in route.visits)]
    done = [*(visit.depart_s for visit in route.visits), route.end_s]
    return [
        _Leg(departures[i], done[i], _metres(problem, profile, places[i], places[i + 1], departures[i]), on)
        for i, on in enumerate(occupied)
    ]


def _metres(problem: Problem, profile: str, origin: str, destination: str, depart_s: int) -> int:
    return 0 if origin == destination else problem.travel.travel(profile, origin, destination, depart_s)[1]


def _spans(route: Route, legs: list[_Leg]) -> Iterator[tuple[int, int]]:
    """First and one past the last leg of each trip."""
    starts = [
        i
        for i, visit in enumerate(route.visits)
        if visit.request_id is not None
        and (i == 0 or not legs[i].occupied or route.visits[i - 1].request_id is None)
    ] or [0]
    yield from zip(starts, [*starts[1:], len(legs)], strict=True)


def _requests_of(route: Route, first: int, last: int) -> tuple[str, ...]:
    named = (visit.request_id for visit in route.visits[first:last])
    return tuple(dict.fromkeys(name for name in named if name is not None))


def _split_bill(
    lines: tuple[CostLine, ...], metres: list[int], seconds: list[int]
) -> list[tuple[CostLine, ...]]:
    weights = {"km": metres, "toll": metres, "hour": seconds, "overtime": seconds}
    bills: list[list[CostLine]] = [[] for _ in metres]
    for line in lines:
        by = weights.get(line.kind, [1] * len(metres))
        by = [*[0] * (len(metres) - 1), 1] if line.kind == "night" else by
        parts = zip(shares(line.quantity, by), shares(line.amount_fen, by), strict=True)
        for bill, (quantity, amount_fen) in zip(bills, parts, strict=True):
            if quantity or amount_fen:
                bill.append(_part(line, quantity, amount_fen))
    return [tuple(bill) for bill in bills]


def _part(line: CostLine, quantity: int, amount_fen: int) -> CostLine:
    return CostLine(
        kind=line.kind,
        vehicle_id=line.vehicle_id,
        quantity=quantity,
        rate_fen=line.rate_fen,
        amount_fen=amount_fen,
        decision=line.decision,
    )
