"""Who boards where, and with whom: riders of one stop and one compound travel together, a busload at most."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.model import Vehicle, VehicleType
from optimizer.riders import Compound, RiderGroup
from optimizer.stops import choose_stops

__all__ = ["Party", "ShuttleSettings", "largest_load", "parties"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuttleSettings:
    """What a good line is; every figure is a default to edit (domain notes, 通勤班车).

    Parameters
    ----------
    walk_preferred_m, walk_max_m
        Nobody walks farther than the second; beyond the first a metre counts threefold.
    walk_fen_per_km, stop_cost_fen
        Soft prices used to choose stops, in no bill.
    arrive_early_min_s, arrive_early_max_s
        A morning bus arrives so long before work.
    leave_after_min_s, leave_after_max_s
        An evening bus leaves so long after work.
    dwell_s, boarding_s
        Standing time at a stop, and on top of it for each rider who boards or alights there.
    ride_max_s
        From leaving the first stop to reaching the last.
    detour_max
        A ride at most this multiple of the direct one, never held below `detour_from_s`; None is no limit:
        1.5 makes lines a fifth dearer, and where buses are short it leaves people without a seat.
    options_max
        How many alternative stops a request keeps.
    largest_request
        Riders of one stop and compound are split into requests of at most so many; None: as many as half of
        the buses have seats for.
    stops_max
        A bus makes at most so many stops, those at compounds included; None is no limit but its kind's own.
    cover_work
        Deterministic seconds of CP-SAT for each choice of stops.
    """

    walk_preferred_m: int = 500
    walk_max_m: int = 800
    walk_fen_per_km: int = 100
    stop_cost_fen: int = 1_500
    arrive_early_min_s: int = 600
    arrive_early_max_s: int = 1_200
    leave_after_min_s: int = 300
    leave_after_max_s: int = 1_200
    dwell_s: int = 30
    boarding_s: float = 2.5
    ride_max_s: int = 4_500
    detour_max: float | None = None
    detour_from_s: int = 1_800
    options_max: int = 3
    largest_request: int | None = None
    stops_max: int | None = None
    cover_work: float = 4.0


@dataclass(frozen=True, slots=True)
class Party:
    """Riders of one stop and one compound who travel together.

    Parameters
    ----------
    stop
        Position in the stops given; None where every stop is beyond their reach.
    number
        Counts the parties of one stop and compound from 1.
    members
        `(group id, riders)`.
    """

    stop: int | None
    compound: Compound
    number: int
    members: tuple[tuple[str, int], ...]

    @property
    def riders(self) -> int:
        """How many they are."""
        return sum(count for _, count in self.members)


def largest_load(
    vehicle_types: Sequence[VehicleType], vehicles: Sequence[Vehicle], settings: ShuttleSettings
) -> int:
    """Give the riders that one request may hold: what half of the buses can carry, or less if so set.

    Were it what the largest bus holds, several such requests at one hour would all wait for the one bus.
    """
    capacity = {t.id: t.capacity[0] for t in vehicle_types}
    seats = sorted((capacity[v.type_id] for v in vehicles), reverse=True) or [50]
    usual = seats[(len(seats) - 1) // 2]
    return min(usual, settings.largest_request or usual)


def parties(
    groups: Sequence[RiderGroup],
    compounds: Sequence[Compound],
    walks_m: NDArray[np.int32],
    settings: ShuttleSettings,
    largest: int,
) -> list[Party]:
    """Choose a stop for each group, and put those of one stop and compound together, a busload at most.

    Groups beyond every stop come last, one by one.

    Parameters
    ----------
    walks_m
        `[group, stop]` walking metres.
    largest
        Riders of one party at most.
    """
    choice = choose_stops(
        groups,
        walks_m,
        preferred_m=settings.walk_preferred_m,
        limit_m=settings.walk_max_m,
        walk_fen_per_km=settings.walk_fen_per_km,
        stop_cost_fen=settings.stop_cost_fen,
        work_limit=settings.cover_work,
    )
    by_compound = {c.id: c for c in compounds}
    together: dict[tuple[int, str], list[RiderGroup]] = defaultdict(list)
    for group in groups:
        if group.id in choice.stop_of:
            together[choice.stop_of[group.id], group.compound_id].append(group)
    parties = [
        Party(stop, by_compound[compound_id], number, members)
        for (stop, compound_id), riders in sorted(together.items())
        for number, members in enumerate(_busloads(riders, largest), start=1)
    ]
    beyond = [Party(None, by_compound[g.compound_id], 1, ((g.id, g.count),)) for g in choice.beyond]
    return parties + beyond


def _busloads(groups: Sequence[RiderGroup], largest: int) -> Iterator[tuple[tuple[str, int], ...]]:
    """Fill loads one after the other; a group is split only where a load is full."""
    load: list[tuple[str, int]] = []
    room = largest
    for group in groups:
        left = group.count
        while left:
            boarding = min(left, room)
            load.append((group.id, boarding))
            left, room = left - boarding, room - boarding
            if not room:
                yield tuple(load)
                load, room = [], largest
    if load:
        yield tuple(load)
