"""Requests that are likely one: the same unit, the same places, at nearly the same time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from optimizer.engines.board import window_of
from optimizer.model import Request, Stop, VehicleClass

__all__ = ["Likely", "likely_same", "merged"]

NEAR_S: Final = 1_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """Two requests that may be one.

    Parameters
    ----------
    apart_s
        Seconds between their starts.
    merged
        Both in one car, or None where they cannot ride together (another way, secret papers).
    """

    first_id: str
    second_id: str
    apart_s: int
    merged: Request | None = None


def likely_same(requests: Iterable[Request], *, near_s: int = NEAR_S) -> tuple[Likely, ...]:
    """Find pairs of one unit that leave from one place for one place within half an hour of each other.

    Members of one group (a convoy) were meant to be several, and a request without unit is nobody's double.
    """
    alike: dict[tuple[str, str, str], list[Request]] = defaultdict(list)
    for request in requests:
        if request.unit_id and len(request.stops) > 1:
            alike[request.unit_id, _place(request, 0), _place(request, 1)].append(request)
    found: list[Likely] = []
    for members in alike.values():
        members.sort(key=lambda r: (window_of(r).start_s, r.id))
        for a, b in pairwise(members):
            apart_s = window_of(b).start_s - window_of(a).start_s
            several = a.group_id is not None and a.group_id == b.group_id
            if apart_s <= near_s and not several:
                found.append(Likely(first_id=a.id, second_id=b.id, apart_s=apart_s, merged=merged(a, b)))
    return tuple(sorted(found, key=lambda one: (one.first_id, one.second_id)))


def merged(a: Request, b: Request) -> Request | None:
    """Put two requests into one car at the earlier one's time; None where they cannot ride together.

    The same places in the same order; people add up; who needs more of the car decides for both.
    """
    same_way = [_place(a, k) for k in range(len(a.stops))] == [_place(b, k) for k in range(len(b.stops))]
    secret = any(VehicleClass.CONFIDENTIAL in r.vehicle_classes for r in (a, b))
    classes = a.vehicle_classes & b.vehicle_classes if a.vehicle_classes and b.vehicle_classes else None
    if not same_way or secret or classes == frozenset() or a.group_id or b.group_id:
        return None
    stops = tuple(_both(mine, other) for mine, other in zip(a.stops, b.stops, strict=True))
    return replace(
        a,
        id=f"{a.id}＋{b.id}",
        stops=stops,
        priority=min(a.priority, b.priority),
        unserved_penalty_fen=a.unserved_penalty_fen + b.unserved_penalty_fen,
        vehicle_classes=classes if classes is not None else a.vehicle_classes | b.vehicle_classes,
        skills=a.skills | b.skills,
        sole_use=a.sole_use or b.sole_use,
        own_unit_only=a.own_unit_only or b.own_unit_only,
    )


def _both(mine: Stop, other: Stop) -> Stop:
    option = mine.options[0]
    longer = replace(option, service_s=max(option.service_s, other.options[0].service_s))
    load = tuple(x + y for x, y in zip(mine.load, other.load, strict=False)) or mine.load or other.load
    return replace(mine, options=(longer,), load=load)


def _place(request: Request, stop: int) -> str:
    return request.stops[stop].options[0].place_id
