"""What planned lines come to: stops with times and loads, who rides from where, and the figures of it all.

Everything here follows from a `LineDraft` and a `Schedule`; nothing is taken from the planner. A line runs
from where its bus is empty to where it is empty again: a bus that comes back for a second load drives two.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from optimizer.aboard import occupied_legs
from optimizer.legs import leg
from optimizer.line_values import LeftOut, Line, LineFigures, LineStop, Ride, Spread
from optimizer.lines import Direction, LineDraft
from optimizer.model import ALL_DAY, Problem, Request, Route, Schedule, Unserved, Visit
from optimizer.price import empty_m, price

__all__ = [
    "LeftOut", "Line", "LineFigures", "LineStop", "Ride", "Spread", "Walks", "figures_of", "left_out_of",
    "lines_of", "spread",
]  # fmt: skip

PREFIX: Final[Mapping[Direction, str]] = {"morning": "早", "evening": "晚"}

Walks = Mapping[tuple[str, str], int]
"""Metres that a group walks, by `(group id, place id of the stop)`."""


def lines_of(
    draft: LineDraft, schedule: Schedule, direction: Direction, *, walks_m: Walks | None = None
) -> tuple[Line, ...]:
    """List the lines of a plan by their number.

    Parameters
    ----------
    walks_m
        What each group walks to each stop; where it is silent, the longest walk of the party is taken.
    """
    found = [
        line for route in schedule.routes for line in _lines_of_route(draft, route, direction, walks_m or {})
    ]
    found.sort(key=_order)
    return tuple(
        replace(line, id=f"{direction}-{number}", name=f"{PREFIX[direction]}{number}线", number=number)
        for number, line in enumerate(found, start=1)
    )


def left_out_of(draft: LineDraft, schedule: Schedule) -> tuple[LeftOut, ...]:
    """List the groups that the plan leaves out, with the reason of each."""
    requests = {request.id: request for request in draft.problem.requests}
    return tuple(
        LeftOut(
            request_id=unserved.request_id,
            group_id=group_id,
            riders=riders,
            reason=_reason(requests[unserved.request_id], unserved),
        )
        for unserved in schedule.unserved
        for group_id, riders in _members(draft, requests[unserved.request_id])
    )


def figures_of(draft: LineDraft, schedule: Schedule, lines: Sequence[Line]) -> LineFigures:
    """Count and sum up the lines of one plan."""
    rides = [ride for line in lines for ride in line.rides]
    margins = list(_margins(draft.problem, (v for route in schedule.routes for v in route.visits)))
    without_m = empty_m(draft.problem, schedule)
    seats = sum(line.seats for line in lines)
    return LineFigures(
        lines=len(lines),
        buses=len({line.vehicle_id for line in lines}),
        stops=len({stop.place.id for line in lines for stop in line.stops}),
        riders=sum(n for r in draft.problem.requests for _, n in _members(draft, r)),
        served=sum(ride.riders for ride in rides),
        walk_m=spread((ride.walk_m, ride.riders) for ride in rides),
        ride_s=spread((ride.ride_s, ride.riders) for ride in rides),
        loaded_m=sum(route.distance_m for route in schedule.routes) - without_m,
        empty_m=without_m,
        seat_m=sum(line.seat_m for line in lines),
        rider_m=sum(line.rider_m for line in lines),
        load_factor=sum(line.peak for line in lines) / seats if seats else None,
        cost_fen=price(draft.problem, schedule, idle=False).total_fen,
        margin_s=(min(margins), max(margins)) if margins else None,
    )


def spread(weighted: Iterable[tuple[int, int]]) -> Spread | None:
    """Percentiles by nearest rank of `(value, how many have it)`; None where nobody has one."""
    ranked = sorted((value, count) for value, count in weighted if count > 0)
    total = sum(count for _, count in ranked)
    if not total:
        return None
    return Spread(
        p50=_ranked(ranked, (total + 1) // 2), p90=_ranked(ranked, (9 * total + 9) // 10), most=ranked[-1][0]
    )


def _ranked(ranked: Sequence[tuple[int, int]], rank: int) -> int:
    for value, count in ranked:
        rank -= count
        if rank <= 0:
            return value
    return ranked[-1][0]


def _reason(request: Request, unserved: Unserved) -> str:
    """Say why, without naming the request again."""
    said = unserved.detail.removeprefix(f"{request.name or request.id}：")
    return said or unserved.reason.value


def _order(line: Line) -> tuple[object, ...]:
    outer = line.stops[0] if line.direction == "morning" else line.stops[-1]
    works = tuple(place.id for place in line.workplaces)
    return works, outer.place.id, line.start_s, line.vehicle_id, line.legs


def _lines_of_route(draft: LineDraft, route: Route, direction: Direction, walks_m: Walks) -> Iterator[Line]:
    problem = draft.problem
    requests = {request.id: request for request in problem.requests}
    vehicle = next(v for v in problem.vehicles if v.id == route.vehicle_id)
    kind = next(t for t in problem.vehicle_types if t.id == vehicle.type_id)
    for first, last in _cuts(route, requests, len(problem.dimensions)):
        visits = [v for v in route.visits[first:last] if v.request_id is not None]
        margins = list(_margins(problem, visits))
        if visits:
            yield Line(
                id="", name="", number=0, direction=direction, vehicle_id=vehicle.id,
                plate=vehicle.plate or vehicle.id, type_name=kind.name or kind.id, seats=kind.capacity[0],
                legs=(first, last), stops=tuple(_stops(problem, visits, requests, kind.profile)),
                rides=tuple(_rides(draft, visits, requests, direction, walks_m)),
                margin_s=min(margins, default=None),
            )  # fmt: skip


def _cuts(route: Route, requests: Mapping[str, Request], dimensions: int) -> Iterator[tuple[int, int]]:
    """First visit and one past the last of each stretch between two moments with nobody on board."""
    occupied = occupied_legs(route.visits, requests, dimensions)
    starts = [
        i
        for i, visit in enumerate(route.visits)
        if visit.request_id is not None
        and (i == 0 or not occupied[i] or route.visits[i - 1].request_id is None)
    ]
    yield from zip(starts, [*starts[1:], len(route.visits)], strict=True) if starts else ()


def _stops(
    problem: Problem, visits: Sequence[Visit], requests: Mapping[str, Request], profile: str
) -> Iterator[LineStop]:
    """Visits in a row at one place are one stop."""
    places = {place.id: place for place in problem.places}
    aboard = metres = 0
    before: Visit | None = None
    for place_id, group in groupby(visits, key=lambda visit: visit.place_id):
        here = list(group)
        if before is not None:
            metres += leg(problem.travel, profile, before.place_id, place_id, before.depart_s)[1]
        changes = [_change(requests, visit) for visit in here]
        aboard += sum(changes)
        yield LineStop(
            place=places[place_id],
            arrival_s=here[0].arrival_s,
            depart_s=here[-1].depart_s,
            boarding=sum(change for change in changes if change > 0),
            alighting=-sum(change for change in changes if change < 0),
            aboard=aboard,
            metres=metres,
        )
        before = here[-1]


def _change(requests: Mapping[str, Request], visit: Visit) -> int:
    load = requests[visit.request_id or ""].stops[visit.stop].load
    return load[0] if load else 0


def _rides(
    draft: LineDraft,
    visits: Sequence[Visit],
    requests: Mapping[str, Request],
    direction: Direction,
    walks_m: Walks,
) -> Iterator[Ride]:
    """Each group on board, in the order in which they board."""
    places = {place.id: place for place in draft.problem.places}
    for request_id in dict.fromkeys(visit.request_id for visit in visits if visit.request_id):
        request = requests[request_id]
        mine = sorted((v for v in visits if v.request_id == request_id), key=lambda v: v.stop)
        board, alight = mine[0], mine[-1]
        home = board if direction == "morning" else alight
        longest_m = request.stops[home.stop].options[home.option].walk_m
        for group_id, riders in _members(draft, request):
            yield Ride(
                request_id=request_id,
                group_id=group_id,
                riders=riders,
                board=places[board.place_id],
                board_s=_leaving_s(board, visits),
                alight=places[alight.place_id],
                alight_s=_reached_s(alight, visits),
                walk_m=walks_m.get((group_id, home.place_id), longest_m),
                ride_s=alight.start_s - board.depart_s,
            )


def _leaving_s(visit: Visit, visits: Sequence[Visit]) -> int:
    """When the bus leaves the stop of a visit, after all others who board there with it."""
    at = visits.index(visit)
    while at + 1 < len(visits) and visits[at + 1].place_id == visit.place_id:
        at += 1
    return visits[at].depart_s


def _reached_s(visit: Visit, visits: Sequence[Visit]) -> int:
    """When the bus reaches the stop of a visit."""
    at = visits.index(visit)
    while at and visits[at - 1].place_id == visit.place_id:
        at -= 1
    return visits[at].arrival_s


def _margins(problem: Problem, visits: Iterable[Visit]) -> Iterator[int]:
    requests = {request.id: request for request in problem.requests}
    for visit in visits:
        if visit.request_id is not None:
            window = requests[visit.request_id].stops[visit.stop].options[visit.option].window
            if window != ALL_DAY:
                yield window.end_s - visit.start_s


def _members(draft: LineDraft, request: Request) -> tuple[tuple[str, int], ...]:
    """Who a request carries; where nobody is named, the request itself."""
    boarding = sum(stop.load[0] for stop in request.stops if stop.load and stop.load[0] > 0)
    return draft.members.get(request.id) or ((request.id, boarding),)
