"""From riders and stops to the problem of shuttle lines: a request for the riders of a stop and compound."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gis.matrix import TravelMatrix
from gis.places import Place
from optimizer.errors import ProblemError
from optimizer.legs import leg
from optimizer.model import (
    Depot,
    Problem,
    Request,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
)
from optimizer.parties import Party, ShuttleSettings, largest_load, parties
from optimizer.riders import Compound, RiderGroup
from optimizer.stops import walk_cost_fen

__all__ = ["Direction", "LineDraft", "ShuttleSettings", "line_draft"]

Direction = Literal["morning", "evening"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """A shuttle problem and who is behind each of its requests.

    Parameters
    ----------
    members
        Request id → `(group id, riders)` of everyone it carries.
    """

    problem: Problem
    members: Mapping[str, tuple[tuple[str, int], ...]]


def line_draft(  # noqa: PLR0913, PLR0917
    groups: Sequence[RiderGroup],
    compounds: Sequence[Compound],
    stops: Sequence[Place],
    walks_m: NDArray[np.int32],
    vehicle_types: Sequence[VehicleType],
    vehicles: Sequence[Vehicle],
    depots: Sequence[Depot],
    travel: TravelMatrix,
    *,
    date: str,
    direction: Direction = "morning",
    settings: ShuttleSettings | None = None,
    places: Sequence[Place] = (),
    synthetic: bool = False,
) -> LineDraft:
    """Turn riders and stops into requests: one for the riders of one stop and one compound.

    Parameters
    ----------
    walks_m
        `[group, stop]` walking metres.
    places
        Of depots and of buses that stand elsewhere than at a stop or compound.
    travel
        Holds every pair of stops, compounds and bus depots.

    Returns
    -------
    LineDraft
        Riders beyond every stop's limit have a request too, at the nearest stop, which no vehicle may
        serve: its reason is `Reason.TOO_FAR_TO_WALK`.

    Raises
    ------
    ProblemError
        A group names an unknown compound, a bus stands at an unknown place, or `walks_m` has another shape
        than groups × stops.
    """
    settings = settings or ShuttleSettings()
    _check(groups, compounds, stops, walks_m)
    together = parties(groups, compounds, walks_m, settings, largest_load(vehicle_types, vehicles, settings))
    row = {group.id: i for i, group in enumerate(groups)}
    options = {
        id(party): _boarding_options(party, stops, walks_m[[row[g] for g, _ in party.members]], settings)
        for party in together
    }
    asked = [_request(p, options[id(p)], direction, settings, stops) for p in together]
    nobody = frozenset(v.id for v in vehicles)
    requests = tuple(
        replace(r, forbidden_vehicle_ids=nobody)
        if p.stop is None
        else _within_detour(r, travel, vehicle_types, settings)
        for p, r in zip(together, asked, strict=True)
    )
    problem = Problem(
        name="早班车" if direction == "morning" else "晚班车",
        date=date,
        synthetic=synthetic,
        places=_places((*stops, *(c.place for c in compounds), *places), vehicles),
        vehicle_types=tuple(vehicle_types),
        vehicles=tuple(vehicles),
        depots=tuple(depots),
        requests=requests,
        travel=travel,
    )
    return LineDraft(
        problem=problem,
        members={r.id: p.members for r, p in zip(requests, together, strict=True)},
    )


def _check(
    groups: Sequence[RiderGroup],
    compounds: Sequence[Compound],
    stops: Sequence[Place],
    walks_m: NDArray[np.int32],
) -> None:
    known = {c.id for c in compounds}
    faults = [
        f"乘客组 {g.id!r} 的单位院 {g.compound_id!r} 不在院的名单中"
        for g in groups
        if g.compound_id not in known
    ]
    faults += [f"乘客组 {g.id!r} 的人数 {g.count} 应至少为 1" for g in groups if g.count < 1]
    if walks_m.shape != (len(groups), len(stops)):
        faults.append(f"步行距离表的大小 {walks_m.shape} 应为 乘客组×站点 {(len(groups), len(stops))}")
    if faults:
        raise ProblemError(faults)


def _boarding_options(
    party: Party, stops: Sequence[Place], walks_m: NDArray[np.int32], settings: ShuttleSettings
) -> tuple[StopOption, ...]:
    """List the stops within the reach of all members, the chosen one first, then by walking cost."""
    reach = [s for s in range(len(stops)) if int(walks_m[:, s].max()) <= settings.walk_max_m]
    chosen = party.stop
    if chosen is None:
        chosen = int(walks_m.max(axis=0).argmin())
        reach = [chosen]
    cost = {
        s: sum(
            walk_cost_fen(int(walk_m), count, settings.walk_preferred_m, settings.walk_fen_per_km)
            for walk_m, (_, count) in zip(walks_m[:, s], party.members, strict=True)
        )
        for s in reach
    }
    ranked = sorted(reach, key=lambda s: (s != chosen, cost[s], stops[s].id))
    return tuple(
        StopOption(
            place_id=stops[s].id,
            service_s=_dwell_s(party, settings),
            walk_m=int(walks_m[:, s].max()),
            cost_fen=cost[s],
        )
        for s in ranked[: settings.options_max]
    )


def _dwell_s(party: Party, settings: ShuttleSettings) -> int:
    return settings.dwell_s + round(settings.boarding_s * party.riders)


def _request(
    party: Party,
    boarding: tuple[StopOption, ...],
    direction: Direction,
    settings: ShuttleSettings,
    stops: Sequence[Place],
) -> Request:
    at_home = Stop(options=boarding, load=(party.riders if direction == "morning" else -party.riders,))
    at_work = _at_work(party, direction, settings)
    where = "" if party.stop is None else stops[party.stop].label
    who = party.members[0][0] if party.stop is None else stops[party.stop].id
    return Request(
        id=f"{who}>{party.compound.id}#{party.number}",
        name=f"{where or '乘客组 ' + who}→{party.compound.place.label}（{party.riders} 人）",
        stops=(at_home, at_work) if direction == "morning" else (at_work, at_home),
        unit_id=party.compound.unit_id,
        category="shuttle",
        max_ride_s=settings.ride_max_s,
    )


def _within_detour(
    request: Request, travel: TravelMatrix, vehicle_types: Sequence[VehicleType], settings: ShuttleSettings
) -> Request:
    """Hold the ride to a multiple of the direct one, by the slowest kind of bus."""
    board, alight = request.stops
    if settings.detour_max is None:
        return request
    depart_s = max(board.options[0].window.start_s, alight.options[0].window.start_s - settings.ride_max_s)
    origin, destination = board.options[0].place_id, alight.options[0].place_id
    direct_s = max(leg(travel, t.profile, origin, destination, depart_s)[0] for t in vehicle_types)
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


def _places(places: Iterable[Place], vehicles: Sequence[Vehicle]) -> tuple[Place, ...]:
    found: dict[str, Place] = {}
    for place in places:
        found.setdefault(place.id, place)
    ends = {v.start_place_id for v in vehicles} | {v.end_place_id or v.start_place_id for v in vehicles}
    if unknown := sorted(ends - found.keys()):
        raise ProblemError(
            [f"车辆停放地点 {place_id!r} 不在地点表中，请在 places 中给出" for place_id in unknown]
        )
    return tuple(found.values())
