"""Today's lines: a timetable that somebody else made, driven, judged and priced like one of our own.

A line is imported as it is printed: a bus, a compound, stops in their order with times and riders. The bus is
let drive it on the true roads, waiting where it is early; whoever is late, full or too long on the way shows
in `optimizer.check` as in any plan. `optimizer.line_changes` plans anew from there.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from optimizer.check import violations
from optimizer.errors import ProblemError
from optimizer.legs import leg
from optimizer.line_plans import Planned, home_stop, source_of
from optimizer.lines import LineDraft, redrafted
from optimizer.model import Problem, Reason, Route, Schedule, Status, Unserved, Vehicle, Violation, Visit
from optimizer.parties import Party
from optimizer.price import decision_cost_fen

__all__ = ["ExistingHalt", "ExistingLine", "Late", "Today", "today"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingHalt:
    """A stop of a line as it is printed.

    Parameters
    ----------
    time_s
        Departure in the morning, arrival in the evening.
    riders
        `(group id, riders)` of those who use it.
    """

    place_id: str
    time_s: int
    riders: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingLine:
    """A line of today.

    Parameters
    ----------
    bus_id
        A vehicle of the problem; a bus may have several lines, one after the other.
    halts
        Stops near homes in the order of the route.
    compound_s
        Printed time at the compound: arrival in the morning, departure in the evening.
    """

    id: str
    bus_id: str
    compound_id: str
    halts: tuple[ExistingHalt, ...]
    compound_s: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A printed time that the roads do not allow."""

    line_id: str
    place_id: str
    printed_s: int
    true_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Today's lines as a plan, and what is wrong with it.

    Parameters
    ----------
    violations
        Of the true times, as for any plan.
    late
        Halts that are reached a minute or more after their printed time.
    far
        `(group id, metres)` of riders who walk farther than the limit; `UNREACHABLE` where nobody knows.
    """

    planned: Planned
    violations: tuple[Violation, ...]
    late: tuple[Late, ...]
    far: tuple[tuple[str, int], ...]

    @property
    def cost_fen(self) -> int:
        """Decision cost of a day of these lines."""
        return decision_cost_fen(self.planned.draft.problem, self.planned.schedule)


LATE_S: Final = 60


def today(draft: LineDraft, lines: Sequence[ExistingLine]) -> Today:
    """Drive today's lines as they are printed and judge them.

    Parameters
    ----------
    draft
        Made from the same groups, with today's stops among its stops.

    Raises
    ------
    ProblemError
        A line names an unknown bus, compound, stop or group, or carries more of a group than there are.
    """
    _check(draft, lines)
    parties, of_line = _parties(draft, lines)
    rest = _rest(draft, parties)
    again = redrafted(draft, (*parties, *rest))
    ids = [r.id for r in again.problem.requests]
    by_bus: dict[str, list[int]] = {}
    for i in sorted(range(len(lines)), key=lambda i: (lines[i].compound_s, lines[i].id)):
        by_bus.setdefault(lines[i].bus_id, []).append(i)
    routes, late = [], []
    for bus_id, mine in sorted(by_bus.items()):
        calls = [call for i in mine for call in _calls(again, lines[i], [ids[p] for p in of_line[i]])]
        if calls:
            route, behind = _driven(again.problem, bus_id, calls)
            routes.append(route)
            late += behind
    unserved = tuple(
        Unserved(request_id=i, reason=Reason.NO_VEHICLE, detail="现有线路没有安排")
        for i in sorted(ids[len(parties) :])
    )
    schedule = Schedule(routes=tuple(routes), unserved=unserved, status=Status.FEASIBLE, engine="imported")
    schedule = replace(schedule, objective_fen=decision_cost_fen(again.problem, schedule))
    return Today(
        planned=Planned(again, schedule),
        violations=violations(again.problem, schedule),
        late=tuple(late),
        far=tuple(_far(again, parties)),
    )


# -- from print to parties ---------------------------------------------------------------------------------


def _check(draft: LineDraft, lines: Sequence[ExistingLine]) -> None:
    source = source_of(draft)
    buses = {v.id for v in draft.problem.vehicles}
    compounds, stops = {c.id for c in source.compounds}, {p.id for p in source.stops}
    group = {g.id: g for g in source.groups}
    faults, riding = [], Counter[str]()
    for line in lines:
        if line.bus_id not in buses:
            faults.append(f"线路 {line.id!r} 的车辆 {line.bus_id!r} 不在车辆表中")
        if line.compound_id not in compounds:
            faults.append(f"线路 {line.id!r} 的单位院 {line.compound_id!r} 不在院的名单中")
        for halt in line.halts:
            if halt.place_id not in stops:
                faults.append(f"线路 {line.id!r} 的站点 {halt.place_id!r} 不在站点表中")
            for group_id, riders in halt.riders:
                riding[group_id] += riders
                if group_id not in group or group[group_id].compound_id != line.compound_id:
                    faults.append(f"线路 {line.id!r} 的乘客组 {group_id!r} 不在名单中，或在另一个院上班")
    faults += [
        f"乘客组 {g!r} 共 {group[g].count} 人，线路上却有 {n} 人"
        for g, n in riding.items()
        if g in group and n > group[g].count
    ]
    if faults:
        raise ProblemError(faults)


def _parties(draft: LineDraft, lines: Sequence[ExistingLine]) -> tuple[list[Party], list[list[int]]]:
    """One party for each halt with riders; and which parties each line has, in the order of its halts."""
    source = source_of(draft)
    compound, number = {c.id: c for c in source.compounds}, {p.id: s for s, p in enumerate(source.stops)}
    parties: list[Party] = []
    of_line: list[list[int]] = []
    count = Counter[tuple[int, str]]()
    for line in lines:
        of_line.append([])
        for halt in line.halts:
            if halt.riders:
                key = number[halt.place_id], line.compound_id
                count[key] += 1
                of_line[-1].append(len(parties))
                parties.append(Party(key[0], compound[line.compound_id], count[key], halt.riders))
    return parties, of_line


def _rest(draft: LineDraft, parties: Sequence[Party]) -> list[Party]:
    """Riders on no line: at the stop that the draft has for them, numbered after the others."""
    riding = Counter[str]()
    for party in parties:
        riding.update(dict(party.members))
    count = Counter((party.stop, party.compound.id) for party in parties)
    rest = []
    for party in draft.parties:
        members = []
        for group_id, riders in party.members:
            here = min(riders, riding[group_id])
            riding[group_id] -= here
            if riders > here:
                members.append((group_id, riders - here))
        if members:
            count[party.stop, party.compound.id] += party.stop is not None
            number = count[party.stop, party.compound.id] if party.stop is not None else party.number
            rest.append(replace(party, number=number, members=tuple(members)))
    return rest


def _far(draft: LineDraft, parties: Sequence[Party]) -> Iterator[tuple[str, int]]:
    source = source_of(draft)
    for party in parties:
        for group_id, _ in party.members:
            walk_m = int(source.walks_m[source.row[group_id], party.stop or 0])
            if walk_m > source.settings.walk_max_m:
                yield group_id, walk_m


# -- driving what is printed -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Call:
    """A stop of a request with its printed time."""

    line_id: str
    request_id: str
    stop: int
    place_id: str
    service_s: int
    opens_s: int
    printed_s: int
    leaves: bool


def _calls(draft: LineDraft, line: ExistingLine, request_ids: Sequence[str]) -> list[_Call]:
    """List the calls of a line: riders board and alight in the order of the stops."""
    home = home_stop(source_of(draft))
    asked = {r.id: r for r in draft.problem.requests}
    at_home, at_work = [], []
    halts = [halt for halt in line.halts if halt.riders]
    for halt, request_id in zip(halts, request_ids, strict=True):
        near, work = asked[request_id].stops[home].options[0], asked[request_id].stops[1 - home].options[0]
        at_home.append(
            _Call(
                line.id, request_id, home, near.place_id, near.service_s, near.window.start_s, halt.time_s,
                home == 0,
            )
        )  # fmt: skip
        at_work.append(
            _Call(
                line.id, request_id, 1 - home, work.place_id, work.service_s, work.window.start_s,
                line.compound_s, home == 1,
            )
        )  # fmt: skip
    return [*at_home, *at_work] if home == 0 else [*at_work, *at_home]


def _driven(problem: Problem, bus_id: str, calls: Sequence[_Call]) -> tuple[Route, list[Late]]:
    """Drive the calls in order at true times, leaving no halt before its printed time."""
    vehicle = next(v for v in problem.vehicles if v.id == bus_id)
    profile = next(t.profile for t in problem.vehicle_types if t.id == vehicle.type_id)
    start_s = _leaving_s(problem, vehicle, profile, calls)
    at, now = vehicle.start_place_id, start_s
    visits, late = [], []
    for i, call in enumerate(calls):
        arrival_s = now + leg(problem.travel, profile, at, call.place_id, now)[0]
        hold_s = call.printed_s - _standing_s(calls, i) if call.leaves else arrival_s
        begin_s = max(arrival_s, hold_s, call.opens_s)
        now, at = begin_s + call.service_s, call.place_id
        true_s = now if call.leaves else arrival_s
        if true_s >= call.printed_s + LATE_S and _last_here(calls, i):
            late.append(Late(line_id=call.line_id, place_id=at, printed_s=call.printed_s, true_s=true_s))
        visits.append(
            Visit(
                request_id=call.request_id, stop=call.stop, place_id=at, arrival_s=arrival_s,
                start_s=begin_s, depart_s=now,
            )
        )  # fmt: skip
    return _route(problem, vehicle, profile, start_s, visits), late


def _last_here(calls: Sequence[_Call], i: int) -> bool:
    """Whether the bus drives on after this call: a printed departure is that of all who board there."""
    return i + 1 == len(calls) or calls[i + 1].place_id != calls[i].place_id


def _standing_s(calls: Sequence[_Call], i: int) -> int:
    """Seconds of standing from this call on, until the bus drives on."""
    last = next(j for j in range(i, len(calls)) if _last_here(calls, j))
    return sum(call.service_s for call in calls[i : last + 1])


def _leaving_s(problem: Problem, vehicle: Vehicle, profile: str, calls: Sequence[_Call]) -> int:
    """Leave so that the first halt is reached in time for its printed time."""
    call = calls[0]
    by_s = call.printed_s - (_standing_s(calls, 0) if call.leaves else 0)
    leave_s = by_s
    for _ in range(3):
        leave_s = (
            by_s - leg(problem.travel, profile, vehicle.start_place_id, call.place_id, max(0, leave_s))[0]
        )
    return max(0, leave_s)


def _route(problem: Problem, vehicle: Vehicle, profile: str, start_s: int, visits: Sequence[Visit]) -> Route:
    end = vehicle.end_place_id or visits[-1].place_id
    places = [vehicle.start_place_id, *(v.place_id for v in visits), end]
    departures = [start_s, *(v.depart_s for v in visits)]
    legs = [
        leg(problem.travel, profile, a, b, at)
        for (a, b), at in zip(pairwise(places), departures, strict=True)
    ]
    return Route(
        vehicle_id=vehicle.id,
        start_place_id=vehicle.start_place_id,
        end_place_id=end,
        start_s=start_s,
        end_s=departures[-1] + legs[-1][0],
        visits=tuple(visits),
        distance_m=sum(metres for _, metres in legs),
        drive_s=sum(seconds for seconds, _ in legs),
    )
