"""Riders of a line walk to other stops: the same bus, another place to board or alight."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from optimizer.legs import leg
from optimizer.line_plans import Halt, Line, source_of, summed
from optimizer.lines import LineDraft
from optimizer.parties import Party

__all__ = ["moved", "standings"]


def moved(draft: LineDraft, line: Line, to: Mapping[str, int]) -> Line:
    """Let groups of a line use other stops: with those who use them already, or where the way is shortest.

    Parameters
    ----------
    to
        Group id → stop; who is not named stays.

    Returns
    -------
    Line
        Without times: whether it can be driven is to be seen.
    """
    for i, ride in enumerate(line.rides):
        leaving: dict[int, list[tuple[str, int]]] = {}
        for member in ride.members:
            stop = to.get(member[0], ride.stop)
            if stop is not None and stop != ride.stop:
                leaving.setdefault(stop, []).append(member)
        for stop, members in leaving.items():
            line = _one_moved(draft, line, i, replace(ride, stop=stop, members=tuple(members)))
    return _without_empty(line)


def standings(line: Line) -> list[int]:
    """Count where the bus stands, halt by halt: halts in a row at one place are one standing."""
    found: list[int] = []
    before: tuple[bool, object] | None = None
    for halt in line.halts:
        ride = line.rides[halt.ride]
        at_compound = halt.stop != line.home
        place = (at_compound, ride.compound.place.id if at_compound else ride.stop)
        found.append((found[-1] if found else 0) + (place != before))
        before = place
    return found


def _one_moved(draft: LineDraft, line: Line, i: int, party: Party) -> Line:
    """Take the members of the party out of ride `i` and bring them to its stop."""
    gone = {group_id for group_id, _ in party.members}
    stay = tuple(m for m in line.rides[i].members if m[0] not in gone)
    rides = list(line.rides)
    rides[i] = replace(rides[i], members=stay)
    host = _host(line, i, party)
    if host is not None:
        rides[host] = replace(rides[host], members=summed(rides[host].members, party.members))
        return replace(line, rides=tuple(rides))
    return _with_halts(draft, replace(line, rides=(*rides, party)), i)


def _host(line: Line, i: int, party: Party) -> int | None:
    """Find a ride to the same compound from the same stop, of the same run before others."""
    where = dict(zip(((h.ride, h.stop) for h in line.halts), standings(line), strict=True))
    work = 1 - line.home
    same = [
        j
        for j, ride in enumerate(line.rides)
        if j != i and ride.members and (ride.compound.id, ride.stop) == (party.compound.id, party.stop)
    ]
    return min(same, key=lambda j: (where[j, work] != where[i, work], j), default=None)


def _with_halts(draft: LineDraft, line: Line, i: int) -> Line:
    """Give the last ride its halts: at the compound with ride `i`, near home where the detour is least."""
    new = len(line.rides) - 1
    at_work = line.halts.index(Halt(i, 1 - line.home))
    halts = list(line.halts)
    halts.insert(at_work + 1, Halt(new, 1 - line.home))
    first, last = _room(halts, at_work, line.home)
    places = [_place(draft, line, h) for h in halts]
    stop = _place(draft, line, Halt(new, line.home))
    best = min(range(first, last + 1), key=lambda at: (_detour_m(draft, line, places, at, stop), at))
    halts.insert(best, Halt(new, line.home))
    return replace(line, halts=tuple(halts))


def _room(halts: list[Halt], at_work: int, home: int) -> tuple[int, int]:
    """Positions between which a halt near home belongs to the run of the compound's halt."""
    if home == 0:
        first = at_work
        while first > 0 and halts[first - 1].stop == home:
            first -= 1
        return first, at_work
    last = at_work + 2
    while last < len(halts) and halts[last].stop == home:
        last += 1
    return at_work + 2, last


def _detour_m(draft: LineDraft, line: Line, places: list[str], at: int, stop: str) -> int:
    vehicle = next(v for v in draft.problem.vehicles if v.id == line.vehicle_id)
    around = [vehicle.start_place_id, *places, vehicle.end_place_id or places[-1]]
    before, after = around[at], around[at + 1]
    profile = next(t.profile for t in draft.problem.vehicle_types if t.id == vehicle.type_id)
    via = [leg(draft.problem.travel, profile, a, b, 0)[1] for a, b in pairwise((before, stop, after))]
    return sum(via) - leg(draft.problem.travel, profile, before, after, 0)[1]


def _place(draft: LineDraft, line: Line, halt: Halt) -> str:
    ride = line.rides[halt.ride]
    if halt.stop != line.home or ride.stop is None:
        return ride.compound.place.id
    return source_of(draft).stops[ride.stop].id


def _without_empty(line: Line) -> Line:
    kept = [i for i, ride in enumerate(line.rides) if ride.members]
    number = {i: n for n, i in enumerate(kept)}
    return replace(
        line,
        rides=tuple(line.rides[i] for i in kept),
        halts=tuple(replace(h, ride=number[h.ride]) for h in line.halts if h.ride in number),
    )
