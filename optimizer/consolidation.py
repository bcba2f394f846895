"""The last touch on planned lines: a bus passes by stops whose riders may as well walk to its others.

Each change is tried on the line with its true times and kept where decision cost, walks and the prices of
stops together fall. Nothing here is random.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

import numpy as np

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
from optimizer.model import Request
from optimizer.moves import moved
from optimizer.parties import Party

__all__ = ["consolidated"]

Opened = Counter[tuple[int, str]]
FAR: Final = 1 << 60


def consolidated(planned: Planned, *, over: Callable[[], bool] = lambda: False) -> Planned:
    """Leave out, replace and open stops of lines as long as the full cost falls.

    Parameters
    ----------
    over
        Asked before each change is tried: whether to end with what there is.
    """
    draft, known = planned.draft, dict[Party, Request]()
    lines = list(lines_of(draft, planned.schedule))
    opened = Counter(stops_open(lines))
    for i, line in enumerate(lines):
        better = line if over() else _improved(draft, line, opened, known, over)
        opened += Counter(stops_open([better]))
        opened -= Counter(stops_open([line]))
        lines[i] = better
    return assembled(planned, lines) or planned


def _improved(
    draft: LineDraft, line: Line, opened: Opened, known: dict[Party, Request], over: Callable[[], bool]
) -> Line:
    """Take the first change that pays, again and again."""
    elsewhere = opened - Counter(stops_open([line]))
    cost = _cost_fen(draft, line, elsewhere, known)
    while cost is not None:
        for to in _changes(draft, line):
            if over():
                return line
            other = moved(draft, line, to)
            if _walks_and_stops_fen(draft, other, elsewhere) >= cost:
                continue
            new = _cost_fen(draft, other, elsewhere, known)
            if new is not None and new < cost:
                line, cost = other, new
                break
        else:
            break
    return line


def _changes(draft: LineDraft, line: Line) -> Iterator[dict[str, int]]:
    """Ways to change the stops of a line for one compound.

    A stop is left out, its riders walking to the nearest others of the line or to one new stop; a new stop is
    opened for all to whom it is nearer; one group walks to the nearest other stop of the line.
    """
    for rides in _by_compound(line):
        stops = {ride.stop for ride in rides if ride.stop is not None}
        members = {g: ride.stop for ride in rides for g, _ in ride.members}
        reach = {g: _reach(draft, g) for g in members}
        new = sorted({s for near in reach.values() for s in near} - stops)
        for stop in sorted(stops):
            here = [g for g, at in members.items() if at == stop]
            for opened in (None, *(s for s in new if any(s in reach[g] for g in here))):
                to = {g: _nearest(reach[g], (stops - {stop}) | {opened}) for g in here}
                if None not in to.values():
                    yield {g: s for g, s in to.items() if s is not None}
        for stop in new:
            yield {
                g: stop for g, at in members.items() if reach[g].get(stop, FAR) < reach[g].get(at or 0, FAR)
            }
        for g, at in members.items():
            other = _nearest(reach[g], stops - {at})
            if other is not None:
                yield {g: other}


def _by_compound(line: Line) -> list[list[Party]]:
    """Rides to one compound together, whichever run they are on."""
    found: dict[str, list[Party]] = {}
    for ride in line.rides:
        found.setdefault(ride.compound.id, []).append(ride)
    return list(found.values())


def _reach(draft: LineDraft, group_id: str) -> dict[int, int]:
    """Stop → soft price for a rider, of stops within the limit."""
    source = source_of(draft)
    near = np.flatnonzero(source.walks_m[source.row[group_id]] <= source.settings.walk_max_m).tolist()
    return {s: source.ride_fen(group_id, s, 100) for s in near}


def _nearest(reach: Mapping[int, int], stops: Collection[int | None]) -> int | None:
    return min((s for s in stops if s is not None and s in reach), key=lambda s: (reach[s], s), default=None)


def _cost_fen(draft: LineDraft, line: Line, elsewhere: Opened, known: dict[Party, Request]) -> int | None:
    route = driven(draft, line, known)
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
