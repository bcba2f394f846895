"""Riders put together otherwise: small parties that can change lines and stops, one party for each boarding.

A search that moves small parties fills buses better and may take riders to another stop; a timetable and the
standing times at stops want all who board one bus at one stop for one compound as one party.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from optimizer.line_plans import Halt, Line, Planned, assembled, driven, lines_of, source_of, summed
from optimizer.lines import LineDraft, redrafted
from optimizer.moves import standings
from optimizer.parties import Party

__all__ = ["finer", "merged", "split"]

Members = tuple[tuple[str, int], ...]


def finer(draft: LineDraft, largest: int) -> LineDraft:
    """Split parties into such of at most so many riders, neighbours with the same stops in reach together.

    A group is split only where it is larger than that by itself. Riders beyond every stop stay as they are.
    """
    reach = _reach(draft)
    together: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    compound = {party.compound.id: party.compound for party in draft.parties}
    for party in draft.parties:
        if party.stop is not None:
            crowd = together[party.stop, party.compound.id]
            for group_id, count in party.members:
                crowd[group_id] = crowd.get(group_id, 0) + count
    parties: list[Party] = []
    for (stop, compound_id), crowd in sorted(together.items()):
        alike: dict[tuple[int, ...], list[tuple[str, int]]] = defaultdict(list)
        for group_id, count in crowd.items():
            alike[reach[group_id]].append((group_id, count))
        loads = [load for _, members in sorted(alike.items()) for load in _loads(members, largest)]
        parties += [Party(stop, compound[compound_id], n, load) for n, load in enumerate(loads, start=1)]
    return redrafted(draft, (*parties, *(p for p in draft.parties if p.stop is None)))


def _reach(draft: LineDraft) -> Mapping[str, tuple[int, ...]]:
    """Group id → its nearest stops within the limit, no more than a request keeps."""
    source = source_of(draft)
    settings, found = source.settings, {}
    for group, walks_m in zip(source.groups, source.walks_m, strict=True):
        near = walks_m.argsort(kind="stable")[: settings.options_max].tolist()
        found[group.id] = tuple(sorted(s for s in near if walks_m[s] <= settings.walk_max_m))
    return found


def _loads(members: Sequence[tuple[str, int]], largest: int) -> Iterator[Members]:
    """Fill one load after the other; who does not fit whole begins the next, unless larger than any load."""
    load: list[tuple[str, int]] = []
    room = largest
    for group_id, count in members:
        left = count
        while left > largest:
            yield ((group_id, largest),)
            left -= largest
        if left > room:
            yield tuple(load)
            load, room = [], largest
        if left:
            load.append((group_id, left))
            room -= left
    if load:
        yield tuple(load)


def merged(planned: Planned) -> Planned:
    """Make one party of all who board (or alight) at one stop for one compound on one run of a bus.

    Their bus stands there once instead of several times, so it is hardly ever later; a line that could not be
    driven so stays as it is.
    """
    draft = planned.draft
    together = []
    for line in lines_of(draft, planned.schedule):
        joined = _joined(line)
        together.append(joined if driven(draft, joined) is not None else line)
    return assembled(planned, together, together=True) or planned


def split(planned: Planned, largest: int) -> Planned:
    """Make small parties again of those who ride together; they stay on their lines."""
    draft, reach = planned.draft, _reach(planned.draft)
    apart = []
    for line in lines_of(draft, planned.schedule):
        smaller = _apart(line, reach, largest)
        apart.append(smaller if driven(draft, smaller) is not None else line)
    return assembled(planned, apart) or planned


def _apart(line: Line, reach: Mapping[str, tuple[int, ...]], largest: int) -> Line:
    """Split each ride of a line; the parts of a ride halt one after the other."""
    rides: list[Party] = []
    parts: dict[int, list[int]] = {}
    for i, ride in enumerate(line.rides):
        members = sorted(ride.members, key=lambda m: reach[m[0]])
        loads = list(_loads(members, largest))
        parts[i] = list(range(len(rides), len(rides) + len(loads)))
        rides += [replace(ride, members=load) for load in loads]
    halts = tuple(Halt(n, h.stop) for h in line.halts for n in parts[h.ride])
    return replace(line, rides=tuple(rides), halts=halts)


def _joined(line: Line) -> Line:
    """Join rides that begin at one halt of the bus and end at one halt of it."""
    where = standings(line)
    ends: dict[int, list[int]] = defaultdict(list)
    for halt, at in zip(line.halts, where, strict=True):
        ends[halt.ride].append(at)
    first: dict[tuple[object, ...], int] = {}
    joins = {i: first.setdefault((*ends[i], ride.compound.id), i) for i, ride in enumerate(line.rides)}
    kept = [i for i in range(len(line.rides)) if joins[i] == i]
    rides = tuple(
        replace(
            line.rides[i], members=summed(*(line.rides[j].members for j, into in joins.items() if into == i))
        )
        for i in kept
    )
    place = {i: n for n, i in enumerate(kept)}
    halts = tuple(replace(h, ride=place[h.ride]) for h in line.halts if joins[h.ride] == h.ride)
    return replace(line, rides=rides, halts=halts)
