"""Who boards where today, as far as nobody wrote it down: those who are named, then by the shortest walks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.matrix import UNREACHABLE
from optimizer.riders import RiderGroup

__all__ = ["Boarding", "OpenHalt", "OpenLine", "boarding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHalt:
    """A stop of a line that riders may use.

    Parameters
    ----------
    stop
        Column of the walks.
    people
        How many use it; None where nobody counted.
    group_ids
        Who are known to.
    """

    stop: int
    people: int | None = None
    group_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A line of one direction.

    Parameters
    ----------
    gate_ids
        Places where its riders work.
    seats
        So many who were not counted find room.
    """

    gate_ids: frozenset[str]
    seats: int
    halts: tuple[OpenHalt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boarding:
    """Who boards where.

    Parameters
    ----------
    riders
        `(line, halt)`, both by position → `(group id, riders)`.
    unknown
        `(line, halt, group id)` of riders who are named but not known, or who work elsewhere.
    """

    riders: Mapping[tuple[int, int], tuple[tuple[str, int], ...]]
    unknown: tuple[tuple[int, int, str], ...]


def boarding(
    groups: Sequence[RiderGroup],
    gates: Mapping[str, str],
    lines: Sequence[OpenLine],
    walks_m: NDArray[np.int32],
    limit_m: int,
) -> Boarding:
    """Seat the riders whom a halt names, then everybody else at the nearest halt with room.

    Parameters
    ----------
    gates
        Compound id → place of its gate.
    walks_m
        `[group, stop]` metres, `UNREACHABLE` where nobody measured them.
    limit_m
        Where nobody counted, nobody is thought to walk farther.
    """
    left = {group.id: group.count for group in groups}
    gate = {group.id: gates[group.compound_id] for group in groups}
    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    unknown = []
    for i, h, halt in _halts(lines):
        for group_id in halt.group_ids:
            if gate.get(group_id) not in lines[i].gate_ids:
                unknown.append((i, h, group_id))
            elif left[group_id]:
                found.setdefault((i, h), []).append((group_id, left[group_id]))
                left[group_id] = 0
    room = {
        (i, h): (0 if halt.group_ids else None)
        if halt.people is None
        else halt.people - sum(n for _, n in found.get((i, h), ()))
        for i, h, halt in _halts(lines)
    }
    seats = [line.seats for line in lines]
    for (i, _), riders in found.items():
        seats[i] -= sum(n for _, n in riders)
    for walk_m, g, i, h in sorted(_walks(groups, gate, lines, walks_m)):
        group_id, counted = groups[g].id, room[i, h]
        if counted is None and walk_m > limit_m:
            continue
        count = min(left[group_id], seats[i] if counted is None else counted)
        if count > 0:
            found.setdefault((i, h), []).append((group_id, count))
            left[group_id] -= count
            seats[i] -= count
            room[i, h] = None if counted is None else counted - count
    return Boarding(riders={key: tuple(riders) for key, riders in found.items()}, unknown=tuple(unknown))


def _halts(lines: Sequence[OpenLine]) -> Iterator[tuple[int, int, OpenHalt]]:
    for i, line in enumerate(lines):
        for h, halt in enumerate(line.halts):
            yield i, h, halt


def _walks(
    groups: Sequence[RiderGroup],
    gate: Mapping[str, str],
    lines: Sequence[OpenLine],
    walks_m: NDArray[np.int32],
) -> Iterator[tuple[int, int, int, int]]:
    """Metres, group, line and halt of every walk to a line that goes where the group works."""
    for i, h, halt in _halts(lines):
        for g, group in enumerate(groups):
            walk_m = int(walks_m[g, halt.stop])
            if walk_m < UNREACHABLE and gate[group.id] in lines[i].gate_ids:
                yield walk_m, g, i, h
