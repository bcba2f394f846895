"""Who stands on which space of a lot, the numbers of passes, and how full lots are from minute to minute."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from optimizer.event.values import MINUTE_S, Event, EventCar, Kind, Pass

__all__ = ["busy_minutes", "numbered", "occupancy", "stretches"]

LETTERS: Final = {Kind.CAR: "小", Kind.MINIBUS: "中", Kind.COACH: "大"}


def busy_minutes(found: Pass, clear_s: int) -> range:
    """Minutes for which a pass takes its space, with the time to clear."""
    return range(found.in_s // MINUTE_S, -(-(found.out_s + clear_s) // MINUTE_S))


def numbered(passes: Iterable[Pass], cars: Mapping[str, EventCar], event: Event) -> tuple[Pass, ...]:
    """Give each pass a space and a number, lot by lot in the order in which cars come.

    Each takes the free space with the lowest number: a lot that is never over capacity needs no more spaces
    than it has (stays are intervals).
    """
    places = {lot.id: position for position, lot in enumerate(event.lots)}
    ordered = sorted(passes, key=lambda p: (places[p.lot_id], p.kind, p.in_s, p.out_s, p.car_id))
    groups: dict[tuple[str, Kind], list[Pass]] = {}
    for found in ordered:
        groups.setdefault((found.lot_id, found.kind), []).append(found)
    on_spaces = [p for group in groups.values() for p in _on_spaces(group, event.settings.clear_s)]
    counts: dict[str, int] = {}
    made: list[Pass] = []
    for found in on_spaces:
        letter = "备" if cars[found.car_id].standby else LETTERS[found.kind]
        counts[letter] = counts.get(letter, 0) + 1
        made.append(replace(found, number=f"{letter}{counts[letter]:03}"))
    return tuple(made)


def _on_spaces(passes: Sequence[Pass], clear_s: int) -> list[Pass]:
    free: list[int] = []
    taken: list[tuple[int, int]] = []
    made: list[Pass] = []
    for found in passes:
        minutes = busy_minutes(found, clear_s)
        while taken and taken[0][0] <= minutes.start:
            heapq.heappush(free, heapq.heappop(taken)[1])
        space = heapq.heappop(free) if free else len(taken) + 1
        heapq.heappush(taken, (minutes.stop, space))
        made.append(replace(found, space=space))
    return made


def occupancy(spans: Iterable[range]) -> dict[int, int]:
    """Count how many of some spans of minutes hold at each minute at which that changes."""
    changes: dict[int, int] = {}
    for minutes in spans:
        changes[minutes.start] = changes.get(minutes.start, 0) + 1
        changes[minutes.stop] = changes.get(minutes.stop, 0) - 1
    here, found = 0, dict[int, int]()
    for minute in sorted(changes):
        here += changes[minute]
        found[minute] = here
    return found


def stretches(spans: Iterable[range], above: int) -> list[tuple[int, int, int]]:
    """List the stretches of minutes with more than so many: first minute, end, and the most."""
    found: list[tuple[int, int, int]] = []
    begun: int | None = None
    most = 0
    for minute, here in occupancy(spans).items():
        if here > above:
            begun, most = minute if begun is None else begun, max(most, here)
        elif begun is not None:
            found.append((begun, minute, most))
            begun, most = None, 0
    return found
