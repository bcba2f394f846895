"""The request of a party: where its riders may board, when they must be there, how long they may ride."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gis.matrix import UNREACHABLE, TravelMatrix
from gis.places import Place
from optimizer.legs import leg
from optimizer.model import Request, Stop, StopOption, TimeWindow, VehicleType
from optimizer.parties import Party, ShuttleSettings
from optimizer.riders import Compound, RiderGroup
from optimizer.stops import walk_cost_fen

__all__ = ["Direction", "LineSource", "party_request"]

Direction = Literal["morning", "evening"]

FEN_PER_RIDER = 10_000
"""Penalty of a rider who is left out: where seats are short, more riders go, not more requests."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineSource:
    """What requests of lines are made of, so that they can be made again with other stops.

    Parameters
    ----------
    walks_m
        `[group, stop]` walking metres.
    prefix
        Before the id of every request: two directions of a day have different ids.
    moves_fen
        `[group, stop]` soft price for each rider of a group who is to use a stop, beside the walk: 0 where
        the stop is today's. None: it is all the same.
    new_stop_fen
        Stop → soft price of opening it, beside that of every stop.
    """

    groups: tuple[RiderGroup, ...]
    compounds: tuple[Compound, ...]
    stops: tuple[Place, ...]
    walks_m: NDArray[np.int32]
    direction: Direction
    settings: ShuttleSettings
    prefix: str = ""
    moves_fen: NDArray[np.int64] | None = None
    new_stop_fen: Mapping[int, int] = field(default_factory=dict)
    row: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Note which row each group has."""
        object.__setattr__(self, "row", {group.id: i for i, group in enumerate(self.groups)})

    def ride_fen(self, group_id: str, stop: int, riders: int) -> int:
        """Soft price of riders of a group using a stop: their walk, and that they are moved."""
        row, settings = self.row[group_id], self.settings
        walk_fen = walk_cost_fen(
            int(self.walks_m[row, stop]), riders, settings.walk_preferred_m, settings.walk_fen_per_km
        )
        return walk_fen + (0 if self.moves_fen is None else riders * int(self.moves_fen[row, stop]))

    def stop_fen(self, stop: int) -> int:
        """Soft price of serving a stop for a compound at all."""
        return self.settings.stop_cost_fen + self.new_stop_fen.get(stop, 0)

    def walks_of(self, party: Party) -> NDArray[np.int32]:
        """`[member, stop]` walking metres of the members of a party."""
        return self.walks_m[[self.row[group_id] for group_id, _ in party.members]]


def party_request(
    source: LineSource,
    party: Party,
    opened: Collection[int],
    travel: TravelMatrix,
    vehicle_types: Sequence[VehicleType],
) -> Request:
    """Ask for the ride of a party, from any of a few stops that all of its members can walk to.

    Parameters
    ----------
    opened
        Stops where riders of the same compound board anyway.
    """
    boarding = _boarding_options(source, party, source.walks_of(party), opened)
    settings, stops = source.settings, source.stops
    morning = source.direction == "morning"
    at_home = Stop(options=boarding, load=(party.riders if morning else -party.riders,))
    at_work = _at_work(party, source.direction, settings)
    where = "" if party.stop is None else stops[party.stop].label
    who = party.members[0][0] if party.stop is None else stops[party.stop].id
    request = Request(
        id=f"{source.prefix}{who}>{party.compound.id}#{party.number}",
        name=f"{where or '乘客组 ' + who}→{party.compound.place.label}（{party.riders} 人）",
        stops=(at_home, at_work) if morning else (at_work, at_home),
        unit_id=party.compound.unit_id,
        category="shuttle",
        max_ride_s=settings.ride_max_s,
        unserved_penalty_fen=FEN_PER_RIDER * party.riders,
    )
    return request if party.stop is None else _within_detour(request, travel, vehicle_types, settings)


def _boarding_options(
    source: LineSource, party: Party, walks_m: NDArray[np.int32], opened: Collection[int]
) -> tuple[StopOption, ...]:
    """List stops within the reach of all members: the chosen one, those in use, then others, by walks."""
    settings, stops = source.settings, source.stops
    farthest = walks_m.max(axis=0)
    chosen = party.stop
    if chosen is None:
        chosen = int(farthest.argmin())
        reach = [chosen]
    else:
        reach = sorted({chosen, *np.flatnonzero(farthest <= settings.walk_max_m).tolist()})
    cost = {s: sum(source.ride_fen(g, s, count) for g, count in party.members) for s in reach}
    ranked = sorted(reach, key=lambda s: (s != chosen, s not in opened, cost[s], stops[s].id))
    return tuple(
        StopOption(
            place_id=stops[s].id,
            service_s=settings.dwell_s + round(settings.boarding_s * party.riders),
            walk_m=int(farthest[s]),
            cost_fen=cost[s],
        )
        for s in ranked[: settings.options_max]
    )


def _within_detour(
    request: Request, travel: TravelMatrix, vehicle_types: Sequence[VehicleType], settings: ShuttleSettings
) -> Request:
    """Hold the ride to a multiple of the direct one, by the slowest kind of bus."""
    if settings.detour_max is None:
        return request
    board, alight = request.stops
    depart_s = max(board.options[0].window.start_s, alight.options[0].window.start_s - settings.ride_max_s)
    origin, destination = board.options[0].place_id, alight.options[0].place_id
    direct_s = max(leg(travel, t.profile, origin, destination, depart_s)[0] for t in vehicle_types)
    if direct_s == UNREACHABLE:
        return request
    longest_s = max(settings.detour_from_s, round(direct_s * settings.detour_max))
    return replace(request, max_ride_s=min(settings.ride_max_s, longest_s))


def _at_work(party: Party, direction: Direction, settings: ShuttleSettings) -> Stop:
    compound = party.compound
    if direction == "morning":
        window = TimeWindow(
            start_s=compound.work_start_s - settings.arrive_early_max_s,
            end_s=compound.work_start_s - settings.arrive_early_min_s,
        )
        return Stop(options=(StopOption(place_id=compound.place.id, window=window),), load=(-party.riders,))
    window = TimeWindow(
        start_s=compound.work_end_s + settings.leave_after_min_s,
        end_s=compound.work_end_s + settings.leave_after_max_s,
    )
    # The bus stands there for all of them at once: only their boarding adds up.
    boarding_s = round(settings.boarding_s * party.riders)
    return Stop(
        options=(StopOption(place_id=compound.place.id, window=window, service_s=boarding_s),),
        load=(party.riders,),
    )


def opened_stops(parties: Sequence[Party]) -> Mapping[str, frozenset[int]]:
    """Compound id → stops where its riders board."""
    found: dict[str, set[int]] = {}
    for party in parties:
        if party.stop is not None:
            found.setdefault(party.compound.id, set()).add(party.stop)
    return {compound_id: frozenset(stops) for compound_id, stops in found.items()}
