"""Emergency dispatch: which vehicle goes to which incident, by travel time on the roads as they are now.

An incident becomes one request per vehicle that it needs; vehicles start from where they are. The plan serves
the higher priorities first, then makes the priority-weighted response times as short as possible; both are
proven by CP-SAT. Vehicles on a task are never taken, and `Problem.reserves` stay at their posts.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gis.matrix import TravelMatrix
from gis.places import Place
from optimizer import explain
from optimizer.engines import assignment
from optimizer.model import (
    ALL_DAY,
    FleetState,
    Incident,
    Priority,
    Problem,
    Request,
    Reserve,
    Route,
    Schedule,
    Stop,
    StopOption,
    TimeWindow,
    Unserved,
    Vehicle,
    VehicleType,
)
from optimizer.policy.rules import may_serve
from optimizer.price import decision_cost_fen
from optimizer.reserves import holds
from optimizer.timed import timed_route
from optimizer.timing import Call, Timetable, timetable

__all__ = ["PRIORITY_WEIGHTS", "dispatch_problem", "plan"]

PRIORITY_WEIGHTS: Mapping[Priority, int] = {
    Priority.P0: 16,
    Priority.P1: 8,
    Priority.P2: 4,
    Priority.P3: 2,
    Priority.P4: 1,
}
"""What a second of response is worth."""

FREE_STATES = frozenset({"available", "returning", "en_route"})


@dataclass(frozen=True, slots=True)
class _Way:
    """One vehicle that may go to one request."""

    vehicle_id: str
    request_id: str
    response_s: int


def dispatch_problem(  # noqa: PLR0913
    incidents: Sequence[Incident],
    fleet_state: Sequence[FleetState],
    vehicles: Sequence[Vehicle],
    vehicle_types: Sequence[VehicleType],
    places: Sequence[Place],
    travel: TravelMatrix,
    *,
    date: str,
    now_s: int | None = None,
    reserves: tuple[Reserve, ...] = (),
    horizon_s: int = 21_600,
    emergency_profile: str = "emergency",
    road_profile: str = "car",
    synthetic: bool = False,
) -> Problem:
    """Ask who goes where: one request per needed vehicle, vehicles where they are and when they are free.

    Parameters
    ----------
    fleet_state
        Vehicles without a state stand free at their start place; those on a task or off duty are busy.
    places
        At least those of the incidents and of the vehicles; `travel` holds vehicle place → incident place.
    now_s
        Nobody leaves before it; None is the moment of the last report.
    horizon_s
        A vehicle that arrives later than this after the report does not count as a response.
    emergency_profile, road_profile
        Siren vehicles drive by the first where `travel` holds it; a vehicle without siren never does.
    """
    now_s = max((i.reported_s for i in incidents), default=0) if now_s is None else now_s
    states = {s.vehicle_id: s for s in fleet_state}
    types = {t.id: t for t in vehicle_types}
    sirens = emergency_profile in travel.profiles
    fleet = tuple(
        _where_it_is(v, states.get(v.id), now_s, _type_id(v, types[v.type_id], emergency_profile, sirens))
        for v in vehicles
    )
    variants = _type_variants(types, fleet, emergency_profile, road_profile)
    return Problem(
        name="应急调度",
        date=date,
        synthetic=synthetic,
        places=tuple(places),
        vehicle_types=variants,
        vehicles=fleet,
        requests=tuple(r for incident in incidents for r in _requests(incident, horizon_s)),
        travel=travel,
        reserves=reserves,
    )


def plan(
    problem: Problem,
    *,
    seed: int = 0,
    work_limit: float | None = None,
    progress: Callable[[Schedule | float], bool] | None = None,
) -> Schedule:
    """Assign at most one vehicle to each request: priorities first, then weighted response seconds.

    Parameters
    ----------
    work_limit
        Deterministic seconds of CP-SAT; None runs to the proof.

    Returns
    -------
    Schedule
        `objective_fen` is the decision cost of the routes; what was minimised is response time, and
        `Status.OPTIMAL` refers to that. `reasons` says for each request who goes, how fast, and who was next.
    """
    began = time.perf_counter()
    table = timetable(problem)
    ways = _ways(table)
    chosen = assignment.assign(
        [assignment.Pair(w.vehicle_id, w.request_id, w.response_s * _weight(table, w)) for w in ways],
        problem,
        seed=seed,
        work_limit=work_limit,
        keep_going=None if progress is None else (lambda: progress(0.5)),
    )
    routes = tuple(_route(table, v, r) for v, r in sorted(chosen.pairs))
    served = {r for _, r in chosen.pairs}
    schedule = Schedule(
        routes=routes,
        unserved=_missing(problem, routes, served),
        status=chosen.status,
        seed=seed,
        work=chosen.work,
        engine="cp-sat assignment",
        reasons=_reasons(table, ways, chosen.pairs),
        seconds=time.perf_counter() - began,
    )
    return replace(schedule, objective_fen=decision_cost_fen(problem, schedule))


def _type_id(vehicle: Vehicle, vehicle_type: VehicleType, emergency_profile: str, sirens: bool) -> str:
    """Only a siren makes a vehicle drive by the emergency profile, whatever its type says."""
    by_emergency = vehicle_type.profile == emergency_profile
    if vehicle.siren and sirens and not by_emergency:
        return f"{vehicle_type.id}+siren"
    if by_emergency and not (vehicle.siren and sirens):
        return f"{vehicle_type.id}-siren"
    return vehicle_type.id


def _type_variants(
    types: Mapping[str, VehicleType], fleet: Iterable[Vehicle], emergency_profile: str, road_profile: str
) -> tuple[VehicleType, ...]:
    found: dict[str, VehicleType] = {}
    for type_id in sorted({v.type_id for v in fleet}):
        if type_id in types:
            found[type_id] = types[type_id]
        elif type_id.endswith("+siren"):
            found[type_id] = replace(types[type_id[:-6]], id=type_id, profile=emergency_profile)
        else:
            found[type_id] = replace(types[type_id[:-6]], id=type_id, profile=road_profile)
    return tuple(found.values())


def _where_it_is(vehicle: Vehicle, state: FleetState | None, now_s: int, type_id: str) -> Vehicle:
    """Start where it is, when it is free; the end is open: where it goes next is decided afterwards."""
    vehicle = replace(vehicle, type_id=type_id, end_place_id=None)
    free_s = now_s if state is None else max(now_s, state.free_from_s)
    place_id = vehicle.start_place_id if state is None else state.place_id
    shift = TimeWindow(start_s=max(free_s, vehicle.shift.start_s), end_s=max(free_s, vehicle.shift.end_s))
    held = state is not None and state.status not in FREE_STATES
    busy = (*vehicle.busy, ALL_DAY) if held else vehicle.busy
    return replace(vehicle, start_place_id=place_id, shift=shift, busy=busy)


def _requests(incident: Incident, horizon_s: int) -> Iterable[Request]:
    for need in incident.needs:
        for k in range(1, need.count + 1):
            yield Request(
                id=f"{incident.id}/{need.skill}/{k}",
                name=f"{incident.name or incident.kind or incident.id} {need.skill} {k}/{need.count}",
                stops=(Stop(options=(_scene(incident, horizon_s),)),),
                category=incident.kind,
                priority=incident.priority,
                skills=frozenset({need.skill}),
                group_id=incident.id if incident.all_or_nothing else None,
            )


def _scene(incident: Incident, horizon_s: int) -> StopOption:
    return StopOption(
        place_id=incident.place_id,
        window=TimeWindow(start_s=incident.reported_s, end_s=incident.reported_s + horizon_s),
        service_s=incident.on_scene_s,
    )


def _weight(table: Timetable, way: _Way) -> int:
    return PRIORITY_WEIGHTS[table.requests[way.request_id].priority]


def _ways(table: Timetable) -> tuple[_Way, ...]:
    """Every vehicle that may go somewhere and how long after the report it is there."""
    found = []
    for request in sorted(table.problem.requests, key=lambda r: r.id):
        reported_s = request.stops[0].options[0].window.start_s
        for vehicle in sorted(table.problem.vehicles, key=lambda v: v.id):
            if may_serve(table.problem, vehicle, request) is not None:
                continue
            route = timed_route(table, vehicle, _calls(request))
            if route is not None:
                found.append(_Way(vehicle.id, request.id, route.visits[0].arrival_s - reported_s))
    return tuple(found)


def _calls(request: Request) -> tuple[Call, ...]:
    return tuple(Call(request_id=request.id, stop=i) for i in range(len(request.stops)))


def _route(table: Timetable, vehicle_id: str, request_id: str) -> Route:
    vehicle = next(v for v in table.problem.vehicles if v.id == vehicle_id)
    route = timed_route(table, vehicle, _calls(table.requests[request_id]))
    if route is None:
        message = f"车辆 {vehicle_id} 到不了 {request_id}，却被派往该处"
        raise AssertionError(message)
    return route


def _missing(problem: Problem, routes: tuple[Route, ...], served: set[str]) -> tuple[Unserved, ...]:
    taken = {route.vehicle_id for route in routes}
    kept = {
        v.id
        for v in problem.vehicles
        if v.id not in taken and any(holds(reserve, v) for reserve in problem.reserves)
    }
    left = [r for r in problem.requests if r.id not in served]
    # Who is sent stays at the scene: nobody counts on it for another one today.
    return explain.unserved(problem, routes, left, held_back=kept, tried=taken)


def _reasons(
    table: Timetable, ways: Sequence[_Way], pairs: Iterable[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """For each served request: who goes, how fast, and who would have been next."""
    by_request: dict[str, list[_Way]] = {}
    for way in ways:
        by_request.setdefault(way.request_id, []).append(way)
    labels = {v.id: v.plate or v.id for v in table.problem.vehicles}
    going = {v: table.requests[r].name or r for v, r in pairs}
    told = []
    for vehicle_id, request_id in sorted(pairs, key=lambda p: (p[1], p[0])):
        ranked = sorted(by_request[request_id], key=lambda w: (w.response_s, w.vehicle_id))
        mine = next(w for w in ranked if w.vehicle_id == vehicle_id)
        told.append((request_id, _sentence(mine, ranked, labels, going)))
    return tuple(told)


def _sentence(mine: _Way, ranked: Sequence[_Way], labels: Mapping[str, str], taken: Mapping[str, str]) -> str:
    others = [w for w in ranked if w.vehicle_id != mine.vehicle_id]
    sentence = f"{labels[mine.vehicle_id]}{_minutes(mine.response_s)}可到"
    if not others:
        return sentence + "，没有别的车可派"
    following = others[0]
    if following.response_s >= mine.response_s:
        return sentence + f"，次近 {labels[following.vehicle_id]}{_minutes(following.response_s)}"
    why = f"已派往 {taken[following.vehicle_id]}" if following.vehicle_id in taken else "留作备勤"
    return sentence + f"；更近的 {labels[following.vehicle_id]}{_minutes(following.response_s)}，{why}"


def _minutes(seconds: int) -> str:
    minutes, rest = divmod(max(0, seconds), 60)
    return f" {minutes} 分 {rest:02d} 秒" if minutes else f" {rest} 秒"
