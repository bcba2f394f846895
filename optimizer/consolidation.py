"""The last touch on planned lines: a bus passes by stops whose riders may as well walk to its others.

Each change is tried on the line with its true times and kept where decision cost, walks and the prices of
stops together fall. Nothing here is random.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from optimizer.line_plans import (
    Line,
    Planned,
    assembled,
    driven,
    lines_of,
    route_cost_fen,
    source_of,
    stops_open,
)
from optimizer.lines import LineDraft
from optimizer.moves import moved, standings
from optimizer.parties import Party

__all__ = ["consolidated"]

Opened = Counter[tuple[int, str]]


def consolidated(planned: Planned) -> Planned:
    """Leave out stops of lines, and shorten walks, as long as the full cost falls."""
    draft = planned.draft
    lines = list(lines_of(draft, planned.schedule))
    opened = Counter(stops_open(lines))
    for i, line in enumerate(lines):
        better = _improved(draft, line, opened)
        opened += Counter(stops_open([better]))
        opened -= Counter(stops_open([line]))
        lines[i] = better
    return assembled(planned, lines) or planned


def _improved(draft: LineDraft, line: Line, opened: Opened) -> Line:
    """Take the first change that pays, again and again."""
    elsewhere = opened - Counter(stops_open([line]))
    cost = _cost_fen(draft, line, elsewhere)
    while cost is not None:
        for to in _changes(draft, line):
            other = moved(draft, line, to)
            if _walks_and_stops_fen(draft, other, elsewhere) >= cost:
                continue
            new = _cost_fen(draft, other, elsewhere)
            if new is not None and new < cost:
                line, cost = other, new
                break
        else:
            break
    return line


def _changes(draft: LineDraft, line: Line) -> Iterator[dict[str, int]]:
    """All of a stop to others of the same run; then group by group to where the walk is shortest."""
    choices = {i: _nearest(draft, line, i) for i in range(len(line.rides))}
    for stop in dict.fromkeys(ride.stop for ride in line.rides):
        here = [i for i, ride in enumerate(line.rides) if ride.stop == stop]
        to = {g: s for i in here for g, s in choices[i].items()}
        if all(g in to for i in here for g, _ in line.rides[i].members):
            yield to
    for nearest in choices.values():
        for group_id, stop in nearest.items():
            yield {group_id: stop}


def _nearest(draft: LineDraft, line: Line, i: int) -> Mapping[str, int]:
    """Group of ride `i` → the nearest other stop where its bus halts for its compound on the same run."""
    source, ride = source_of(draft), line.rides[i]
    where = dict(zip(((h.ride, h.stop) for h in line.halts), standings(line), strict=True))
    work = 1 - line.home
    stops = {
        other.stop
        for j, other in enumerate(line.rides)
        if other.stop is not None and other.stop != ride.stop and where[j, work] == where[i, work]
    }
    found = {}
    for group_id, _ in ride.members:
        walks_m = source.walks_m[source.row[group_id]]
        near = [s for s in stops if walks_m[s] <= source.settings.walk_max_m]
        if near:
            found[group_id] = min(near, key=lambda s: (int(walks_m[s]), s))
    return found


def _cost_fen(draft: LineDraft, line: Line, elsewhere: Opened) -> int | None:
    route = driven(draft, line)
    if route is None:
        return None
    return route_cost_fen(draft.problem, route) + _walks_and_stops_fen(draft, line, elsewhere)


def _walks_and_stops_fen(draft: LineDraft, line: Line, elsewhere: Opened) -> int:
    source = source_of(draft)
    new = sum(source.stop_fen(stop) for stop, of in stops_open([line]) if not elsewhere[stop, of])
    return new + sum(_walks_fen(draft, ride) for ride in line.rides)


def _walks_fen(draft: LineDraft, ride: Party) -> int:
    source, stop = source_of(draft), ride.stop
    return 0 if stop is None else sum(source.ride_fen(g, stop, count) for g, count in ride.members)
