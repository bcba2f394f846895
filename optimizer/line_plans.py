"""Lines apart from requests: which riders ride together on which bus, between which stop and which compound.

A plan of requests is taken apart into rides and put together again as requests of other shapes: riders of one
stop as one party, or somebody walking to another stop of the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.feasible import drivable_route
from optimizer.line_requests import party_request
from optimizer.lines import LineDraft, LineSource, redrafted
from optimizer.model import Problem, Reason, Request, Route, Schedule, Unserved
from optimizer.parties import Party, largest_load
from optimizer.price import decision_cost_fen, route_lines, soft_cost_fen
from optimizer.timing import Call, Timetable

__all__ = [
    "Halt", "Line", "Planned", "assembled", "driven", "full_cost_fen", "home_stop", "lines_of", "plan_value",
    "riders_served", "route_cost_fen", "source_of", "stops_open", "summed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """A draft and a plan of it."""

    draft: LineDraft
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Halt:
    """A ride begins or ends: position of the ride in `Line.rides`, and which stop of its request it is."""

    ride: int
    stop: int


@dataclass(frozen=True, slots=True)
class Line:
    """What one bus does, without times.

    Parameters
    ----------
    rides
        Parties with the stop that they use; their `number` says nothing.
    halts
        In the order of the route; two for each ride.
    home
        Which stop of a ride is the one near home: 0 in the morning, 1 in the evening.
    """

    vehicle_id: str
    driver_id: str | None
    rides: tuple[Party, ...]
    halts: tuple[Halt, ...]
    home: int


def source_of(draft: LineDraft) -> LineSource:
    """Return what the draft was made of.

    Raises
    ------
    LookupError
        It does not say.
    """
    if draft.source is None:
        message = f"线路问题 {draft.problem.name!r} 没有乘客与站点的来源（LineDraft.source），不能重新选站"
        raise LookupError(message)
    return draft.source


def lines_of(draft: LineDraft, schedule: Schedule) -> tuple[Line, ...]:
    """Take a plan apart: each ride with the stop that the plan chose for it."""
    source = source_of(draft)
    party_of = {r.id: p for r, p in zip(draft.problem.requests, draft.parties, strict=True)}
    number = {place.id: s for s, place in enumerate(source.stops)}
    home = home_stop(source)
    lines = []
    for route in schedule.routes:
        visits = [(v.request_id, v) for v in route.visits]
        at = {request_id: number[v.place_id] for request_id, v in visits if request_id and v.stop == home}
        ride = {request_id: i for i, request_id in enumerate(at)}
        rides = tuple(replace(party_of[request_id], stop=stop) for request_id, stop in at.items())
        halts = tuple(Halt(ride[request_id], v.stop) for request_id, v in visits if request_id)
        lines.append(Line(route.vehicle_id, route.driver_id, rides, halts, home))
    return tuple(lines)


def home_stop(source: LineSource) -> int:
    """Say which stop of a request is the one near home."""
    return 0 if source.direction == "morning" else 1


def driven(draft: LineDraft, line: Line, known: dict[Party, Request] | None = None) -> Route | None:
    """Time a line as it is; None where a seat, a window, a ride or the bus's day forbids it.

    Parameters
    ----------
    known
        Requests of parties, kept for whoever times many lines of one draft.
    """
    source, problem = source_of(draft), draft.problem
    made = {} if known is None else known
    requests = {}
    for i, party in enumerate(line.rides):
        if party not in made:
            made[party] = party_request(source, party, (), problem.travel, problem.vehicle_types)
        requests[str(i)] = replace(made[party], id=str(i))
    vehicle = next(v for v in problem.vehicles if v.id == line.vehicle_id)
    table = Timetable(
        problem=problem,
        requests=requests,
        types={t.id: t for t in problem.vehicle_types},
        depots={d.place_id: d for d in problem.depots},
    )
    calls = [Call(request_id=str(h.ride), stop=h.stop) for h in line.halts]
    return drivable_route(table, vehicle, calls, driver_id=line.driver_id)


def assembled(planned: Planned, lines: Sequence[Line], *, together: bool = False) -> Planned | None:
    """Put lines together as a draft with one request for each ride; None where one cannot be driven.

    Whoever is on none of the lines keeps the request of before, and its reason if there was one.

    Parameters
    ----------
    together
        Whether those who are left out at one stop for one reason become one request, a busload at most.
    """
    draft, schedule = planned.draft, planned.schedule
    lines = [line for line in lines if line.rides]
    before = dict(zip(lines_of(draft, schedule), schedule.routes, strict=True))
    found = (driven(draft, line) or _as_before(line, before.get(line)) for line in lines)
    routes = [route for route in found if route is not None]
    if len(routes) < len(lines):
        return None
    rest = _rest(draft, schedule, together=together)
    parties = _numbered([*(ride for line in lines for ride in line.rides), *(party for party, _ in rest)])
    again = redrafted(draft, parties)
    requests = iter(again.problem.requests)
    timed = []
    for line, route in zip(lines, routes, strict=True):
        names = [next(requests).id for _ in line.rides]
        visits = tuple(replace(v, request_id=names[int(v.request_id or 0)]) for v in route.visits)
        timed.append(replace(route, visits=visits))
    unserved = [_told(request, why) for request, (_, why) in zip(requests, rest, strict=True)]
    made = replace(
        schedule,
        routes=tuple(sorted(timed, key=lambda r: r.vehicle_id)),
        unserved=tuple(sorted(unserved, key=lambda u: u.request_id)),
    )
    return Planned(again, replace(made, objective_fen=decision_cost_fen(again.problem, made)))


def _as_before(line: Line, route: Route | None) -> Route | None:
    """Keep the route that a line had: an engine may time what `driven` cannot."""
    if route is None or any(visit.request_id is None for visit in route.visits):
        return None
    pairs = zip(route.visits, line.halts, strict=True)
    return replace(route, visits=tuple(replace(visit, request_id=str(halt.ride)) for visit, halt in pairs))


def _rest(draft: LineDraft, schedule: Schedule, *, together: bool) -> list[tuple[Party, Unserved]]:
    """Parties that are left out and why, in the order of their requests."""
    left = {u.request_id: u for u in schedule.unserved}
    pairs = zip(draft.problem.requests, draft.parties, strict=True)
    alone = [(party, left[request.id]) for request, party in pairs if request.id in left]
    if not together:
        return alone
    most = largest_load(draft.problem.vehicle_types, draft.problem.vehicles, source_of(draft).settings)
    found: list[tuple[Party, Unserved]] = []
    last: dict[tuple[int, str, Reason], int] = {}
    for party, why in alone:
        key = (-1 if party.stop is None else party.stop, party.compound.id, why.reason)
        at = last.get(key)
        if party.stop is not None and at is not None and found[at][0].riders + party.riders <= most:
            found[at] = (replace(party, members=summed(found[at][0].members, party.members)), found[at][1])
        else:
            last[key] = len(found)
            found.append((party, why))
    return found


def _told(request: Request, why: Unserved) -> Unserved:
    """Give a reason to a request that has another name and number of riders than before."""
    _, colon, words = why.detail.partition("：")
    return replace(why, request_id=request.id, detail=f"{request.name}：{words}" if colon else why.detail)


def summed(*crowds: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """Members of several parties as those of one."""
    count: dict[str, int] = {}
    for members in crowds:
        for group_id, n in members:
            count[group_id] = count.get(group_id, 0) + n
    return tuple(count.items())


def _numbered(parties: Sequence[Party]) -> tuple[Party, ...]:
    """Count the parties of one stop and compound from 1, in the order given."""
    count: dict[tuple[int | None, str, str], int] = {}
    found = []
    for party in parties:
        key = (party.stop, party.compound.id, party.members[0][0] if party.stop is None else "")
        count[key] = count.get(key, 0) + 1
        found.append(replace(party, number=count[key]))
    return tuple(found)


def stops_open(lines: Sequence[Line]) -> dict[tuple[int, str], int]:
    """(stop, compound) → how many rides use it."""
    count: dict[tuple[int, str], int] = {}
    for line in lines:
        for ride in line.rides:
            if ride.stop is not None:
                key = ride.stop, ride.compound.id
                count[key] = count.get(key, 0) + 1
    return count


def full_cost_fen(planned: Planned) -> int:
    """Decision cost, walks, and a price for each stop served for a compound: what stops are chosen by."""
    draft, schedule = planned.draft, planned.schedule
    source, home = source_of(draft), home_stop(source_of(draft))
    number = {place.id: s for s, place in enumerate(source.stops)}
    compound = {r.id: p.compound.id for r, p in zip(draft.problem.requests, draft.parties, strict=True)}
    used = {
        (number[v.place_id], compound[v.request_id])
        for route in schedule.routes
        for v in route.visits
        if v.request_id is not None and v.stop == home
    }
    return (
        decision_cost_fen(draft.problem, schedule)
        + soft_cost_fen(draft.problem, schedule)
        + sum(source.stop_fen(stop) for stop, _ in used)
    )


def plan_value(planned: Planned) -> tuple[int, int]:
    """Order plans of the same riders, the better one first: more riders, then less full cost."""
    return -riders_served(planned), full_cost_fen(planned)


def riders_served(planned: Planned) -> int:
    """How many riders have a seat."""
    left = {u.request_id for u in planned.schedule.unserved}
    return sum(n for r, members in planned.draft.members.items() if r not in left for _, n in members)


def route_cost_fen(problem: Problem, route: Route) -> int:
    """Decision lines of one route."""
    kinds = {t.id: t for t in problem.vehicle_types}
    vehicle = next(v for v in problem.vehicles if v.id == route.vehicle_id)
    lines = route_lines(route, kinds[vehicle.type_id].rates)
    return sum(line.amount_fen for line in lines if line.decision)
