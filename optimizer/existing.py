"""Today's lines: a timetable that somebody else made, driven, judged and priced like one of our own.

A line is imported as it is printed: a bus, a compound, stops in their order with times and riders. The bus is
let drive it on the true roads, waiting where it is early; whoever is late, full or too long on the way shows
in `optimizer.check` as in any plan. `optimizer.line_changes` plans anew from there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.check import violations
from optimizer.errors import ProblemError
from optimizer.line_plans import Planned, source_of
from optimizer.lines import LineDraft, redrafted
from optimizer.model import Reason, Schedule, Status, Unserved, Violation
from optimizer.parties import Party
from optimizer.price import decision_cost_fen
from optimizer.printed import Early, ExistingGate, ExistingHalt, ExistingLine, Late, calls_of, driven

__all__ = ["Early", "ExistingGate", "ExistingHalt", "ExistingLine", "Late", "Today", "today"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Today's lines as a plan, and what is wrong with it.

    Parameters
    ----------
    violations
        Of the true times, as for any plan.
    late
        Halts that are reached a minute or more after their printed time.
    early
        Gates that are reached a minute or more before riders may be there: they wait in the bus.
    far
        `(group id, metres)` of riders who walk farther than the limit; `UNREACHABLE` where nobody knows.
    line_of
        Request id → line that carries it.
    """

    planned: Planned
    violations: tuple[Violation, ...]
    late: tuple[Late, ...]
    early: tuple[Early, ...]
    far: tuple[tuple[str, int], ...]
    line_of: Mapping[str, str]

    @property
    def cost_fen(self) -> int:
        """Decision cost of a day of these lines."""
        return decision_cost_fen(self.planned.draft.problem, self.planned.schedule)


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
    for i in sorted(range(len(lines)), key=lambda i: (lines[i].begins_s, lines[i].id)):
        by_bus.setdefault(lines[i].bus_id, []).append(i)
    routes, late, early = [], [], []
    for bus_id, mine in sorted(by_bus.items()):
        calls = [
            call for i in mine for call in calls_of(again, lines[i], [(ids[p], h) for p, h in of_line[i]])
        ]
        if calls:
            route, behind, ahead = driven(again.problem, bus_id, calls)
            routes.append(route)
            late += behind
            early += ahead
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
        early=tuple(early),
        far=tuple(_far(again, parties)),
        line_of={ids[p]: lines[i].id for i, mine in enumerate(of_line) for p, _ in mine},
    )


# -- from print to parties ---------------------------------------------------------------------------------


def _check(draft: LineDraft, lines: Sequence[ExistingLine]) -> None:
    source = source_of(draft)
    buses = {v.id for v in draft.problem.vehicles}
    gate = {c.id: c.place.id for c in source.compounds}
    stops, group = {p.id for p in source.stops}, {g.id: g for g in source.groups}
    faults, riding = [], Counter[str]()
    for line in lines:
        if line.bus_id not in buses:
            faults.append(f"线路 {line.id!r} 的车辆 {line.bus_id!r} 不在车辆表中")
        at_gates = {g.place_id for g in line.gates}
        faults += [
            f"线路 {line.id!r} 的单位院 {place_id!r} 不在院的名单中"
            for place_id in sorted(at_gates - set(gate.values()))
        ]
        for halt in line.halts:
            if halt.place_id not in stops:
                faults.append(f"线路 {line.id!r} 的站点 {halt.place_id!r} 不在站点表中")
            for group_id, riders in halt.riders:
                riding[group_id] += riders
                if group_id not in group or gate[group[group_id].compound_id] not in at_gates:
                    faults.append(f"线路 {line.id!r} 的乘客组 {group_id!r} 不在名单中，或在另一个院上班")
    faults += [
        f"乘客组 {g!r} 共 {group[g].count} 人，线路上却有 {n} 人"
        for g, n in riding.items()
        if g in group and n > group[g].count
    ]
    if faults:
        raise ProblemError(faults)


def _parties(
    draft: LineDraft, lines: Sequence[ExistingLine]
) -> tuple[list[Party], list[list[tuple[int, int]]]]:
    """One party for each halt and compound with riders; and which of them each line has, at which halt."""
    source = source_of(draft)
    compound, number = {c.id: c for c in source.compounds}, {p.id: s for s, p in enumerate(source.stops)}
    works = {g.id: g.compound_id for g in source.groups}
    parties: list[Party] = []
    of_line: list[list[tuple[int, int]]] = []
    count = Counter[tuple[int, str]]()
    for line in lines:
        of_line.append([])
        for h, halt in enumerate(line.halts):
            crowd: dict[str, list[tuple[str, int]]] = {}
            for group_id, riders in halt.riders:
                crowd.setdefault(works[group_id], []).append((group_id, riders))
            for compound_id, members in crowd.items():
                key = number[halt.place_id], compound_id
                count[key] += 1
                of_line[-1].append((len(parties), h))
                parties.append(Party(key[0], compound[compound_id], count[key], tuple(members)))
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
