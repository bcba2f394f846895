"""Commuter shuttles over given stops: from riders and stops to requests, from requests to timed lines.

`line_draft` decides who walks to which stop and makes one request of the riders of one stop and one compound
(split by what a bus holds); `plan` chooses buses, lines and times.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gis.matrix import TravelMatrix
from gis.places import Place
from optimizer import explain
from optimizer.engines import insertion, routing_ortools
from optimizer.errors import ProblemError
from optimizer.legs import leg
from optimizer.model import (
    Depot,
    Problem,
    Request,
    Route,
    Schedule,
    Status,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
)
from optimizer.price import decision_cost_fen
from optimizer.riders import Compound, RiderGroup
from optimizer.stops import choose_stops, walk_cost_fen
from optimizer.timing import timetable

__all__ = ["Direction", "LineDraft", "ShuttleSettings", "line_draft", "line_problem", "plan"]

Direction = Literal["morning", "evening"]


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
        A ride at most this multiple of the direct one, never held below `detour_from_s`; None is no limit.
    options_max
        How many alternative stops a request keeps.
    largest_request
        Riders of one stop and compound are split into requests of at most so many; None: the largest bus.
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
    detour_from_s: int = 1_200
    options_max: int = 3
    largest_request: int | None = None


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


@dataclass(frozen=True, slots=True)
class _Party:
    """Riders of one stop and one compound who travel together."""

    stop: int | None
    compound: Compound
    number: int
    members: tuple[tuple[str, int], ...]

    @property
    def riders(self) -> int:
        return sum(count for _, count in self.members)


def line_problem(  # noqa: PLR0913, PLR0917
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
) -> Problem:
    """Make the problem of `line_draft` without the list of who is behind each request."""
    return line_draft(
        groups,
        compounds,
        stops,
        walks_m,
        vehicle_types,
        vehicles,
        depots,
        travel,
        date=date,
        direction=direction,
        settings=settings,
        places=places,
        synthetic=synthetic,
    ).problem


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
    parties = _parties(groups, compounds, walks_m, settings, _largest_load(vehicle_types, vehicles, settings))
    row = {group.id: i for i, group in enumerate(groups)}
    options = {
        id(party): _boarding_options(party, stops, walks_m[[row[g] for g, _ in party.members]], settings)
        for party in parties
    }
    asked = [_request(p, options[id(p)], direction, settings, stops) for p in parties]
    nobody = frozenset(v.id for v in vehicles)
    requests = tuple(
        replace(r, forbidden_vehicle_ids=nobody)
        if p.stop is None
        else _within_detour(r, travel, vehicle_types, settings)
        for p, r in zip(parties, asked, strict=True)
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
        members={r.id: p.members for r, p in zip(requests, parties, strict=True)},
    )


def plan(
    problem: Problem,
    *,
    seed: int = 0,
    work_limit: int | None = None,
    seconds: float | None = None,
    progress: Callable[[Schedule | float], bool] | None = None,
) -> Schedule:
    """Choose buses, lines, stops and times: OR-Tools routing, then exact timing and repair.

    Parameters
    ----------
    work_limit
        Solutions that the search may visit; the same limit gives the same plan.
    seconds
        Wall time of the search, if it is to end earlier. With neither, 30 seconds.
    progress
        Called with the share of the work done; False stops with the best so far.

    Raises
    ------
    Unsupported
        The problem has a field that this engine cannot honour.
    """
    began = time.perf_counter()
    table = timetable(problem)
    found = routing_ortools.search(
        problem,
        seed=seed,
        solution_limit=work_limit or 1_000_000,
        seconds=30.0 if work_limit is None and seconds is None else seconds,
        progress=progress,
    )
    routes = insertion.completed(table, found.orders)
    schedule = Schedule(
        routes=routes,
        unserved=explain.unserved(problem, routes, _left_out(problem, routes)),
        status=Status.STOPPED if found.stopped else Status.FEASIBLE,
        seed=seed,
        work=found.work,
        engine="ortools routing",
        seconds=time.perf_counter() - began,
    )
    return replace(schedule, objective_fen=decision_cost_fen(problem, schedule))


def _left_out(problem: Problem, routes: Iterable[Route]) -> list[Request]:
    served = {visit.request_id for route in routes for visit in route.visits}
    return [r for r in problem.requests if r.id not in served]


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


def _largest_load(
    vehicle_types: Sequence[VehicleType], vehicles: Sequence[Vehicle], settings: ShuttleSettings
) -> int:
    used = {v.type_id for v in vehicles}
    largest = max((t.capacity[0] for t in vehicle_types if t.id in used), default=50)
    return min(largest, settings.largest_request or largest)


def _parties(
    groups: Sequence[RiderGroup],
    compounds: Sequence[Compound],
    walks_m: NDArray[np.int32],
    settings: ShuttleSettings,
    largest: int,
) -> list[_Party]:
    choice = choose_stops(
        groups,
        walks_m,
        preferred_m=settings.walk_preferred_m,
        limit_m=settings.walk_max_m,
        walk_fen_per_km=settings.walk_fen_per_km,
        stop_cost_fen=settings.stop_cost_fen,
    )
    by_compound = {c.id: c for c in compounds}
    together: dict[tuple[int, str], list[RiderGroup]] = defaultdict(list)
    for group in groups:
        if group.id in choice.stop_of:
            together[choice.stop_of[group.id], group.compound_id].append(group)
    parties = [
        _Party(stop, by_compound[compound_id], number, members)
        for (stop, compound_id), riders in sorted(together.items())
        for number, members in enumerate(_busloads(riders, largest), start=1)
    ]
    beyond = [_Party(None, by_compound[g.compound_id], 1, ((g.id, g.count),)) for g in choice.beyond]
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


def _boarding_options(
    party: _Party, stops: Sequence[Place], walks_m: NDArray[np.int32], settings: ShuttleSettings
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


def _dwell_s(party: _Party, settings: ShuttleSettings) -> int:
    return settings.dwell_s + round(settings.boarding_s * party.riders)


def _request(
    party: _Party,
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


def _at_work(party: _Party, direction: Direction, settings: ShuttleSettings) -> Stop:
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
    dwell_s = _dwell_s(party, settings)
    return Stop(
        options=(StopOption(place_id=compound.place.id, window=window, service_s=dwell_s),),
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
