"""Why a request is left out: every vehicle is asked, the answers are counted and told in one sentence."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from optimizer.alone import alone, never
from optimizer.crews import asks_licence, with_hours
from optimizer.engines.insertion import fits
from optimizer.likeness import signature
from optimizer.model import (
    UNREACHABLE,
    Driver,
    Problem,
    Reason,
    ReasonCount,
    Request,
    Route,
    Unserved,
    Vehicle,
)
from optimizer.policy.rules import may_drive
from optimizer.reason_words import CHINESE, ENGLISH, NEAREST_FIRST
from optimizer.timing import Timetable, leg, timetable

__all__ = ["unserved"]

SLOWER_S: Final = 3_600
"""A way that takes so much longer than at its best hour is closed or nearly so."""


@dataclass(frozen=True, slots=True)
class _Question:
    """All that is looked up for each pair of vehicle and request."""

    table: Timetable
    used: Mapping[str, Route]
    held_back: frozenset[str]
    without_driver: frozenset[str]
    tried: frozenset[str]
    kinds: Mapping[str, Vehicle]


def unserved(
    problem: Problem,
    routes: Sequence[Route],
    requests: Iterable[Request],
    *,
    held_back: Iterable[str] = (),
    without_driver: Iterable[str] = (),
    tried: Iterable[str] = (),
) -> tuple[Unserved, ...]:
    """Give each left-out request its reason, in the order of ids.

    Parameters
    ----------
    held_back, without_driver
        Vehicles that the planner kept as a reserve, or could not man.
    tried
        Vehicles in use for which the planner has tried to insert every left-out request: they are not asked
        again.
    """
    licensed = asks_licence(problem)
    question = _Question(
        table=timetable(problem),
        used={route.vehicle_id: route for route in routes},
        held_back=frozenset(held_back),
        without_driver=frozenset(without_driver),
        tried=frozenset(tried),
        kinds={v.id: signature(v, by_driver=licensed) for v in problem.vehicles},
    )
    left = sorted(requests, key=lambda r: r.id)
    told = {r.id: _own_reason(question, r) for r in left}
    return tuple(_group_reason(problem, told, r) for r in left)


def _own_reason(question: _Question, request: Request) -> Unserved:
    if _too_far(question, request):
        return _told(request, Reason.TOO_FAR_TO_WALK, _walk(question.table.problem, request))
    fleet = _within_reach(question.table, request)
    if not fleet:
        return _told(request, Reason.NO_VEHICLE, "可调范围内没有任何车辆")
    answers = _answers(question, fleet, request)
    counts = Counter(reason for reason, _ in answers)
    examples = dict(reversed(answers))
    ordered = [reason for reason in NEAREST_FIRST if reason in counts]
    until = _busy_until(question, examples[Reason.BUSY], request) if Reason.BUSY in examples else ""
    parts, parts_en = [], []
    for r in ordered:
        who, busy = _label(examples[r]), bool(until) and r is Reason.BUSY
        parts.append(f"{counts[r]} 辆{CHINESE[r]}（如 {who}{f'，忙到 {until}' if busy else ''}）")
        parts_en.append(f"{counts[r]} {ENGLISH[r]} (such as {who}{f', until {until}' if busy else ''})")
    slow = _slow_way(question.table, fleet[0], request)
    return replace(
        _told(request, ordered[0], f"可调范围内 {len(fleet)} 辆车中：" + "，".join([*parts, *slow])),
        detail_en=f"of {len(fleet)} vehicles within reach: " + ", ".join(parts_en),
        counts=tuple(ReasonCount(reason=r, vehicles=counts[r], vehicle_id=examples[r].id) for r in ordered),
    )


def _busy_until(question: _Question, vehicle: Vehicle, request: Request) -> str:
    """Clock time at which what the vehicle does when the request should start is over."""
    window = request.stops[0].options[0].window
    route = question.used.get(vehicle.id)
    held = [b.end_s for b in vehicle.busy if b.end_s >= window.start_s]
    if route is not None:
        done = {visit.request_id: visit.depart_s for visit in route.visits}
        held += [end_s for end_s in done.values() if end_s >= window.start_s]
    return _clock(min(held)) if held else ""


def _slow_way(table: Timetable, vehicle: Vehicle, request: Request) -> list[str]:
    """Name a way of the request that is closed or crawls at its hour: then no planner can help."""
    profile, options = table.types[vehicle.type_id].profile, [stop.options[0] for stop in request.stops]
    now = options[0].window.start_s + options[0].service_s
    for here, there in itertools.pairwise(options):
        asked = [leg(table, profile, here.place_id, there.place_id, at)[0] for at in _hours(table, now)]
        if asked[0] == UNREACHABLE:
            return []
        now += asked[0]
        if asked[0] > min(asked) + SLOWER_S:
            places = {p.id: p.label for p in table.problem.places}
            way = f"{places.get(here.place_id, here.place_id)}→{places.get(there.place_id, there.place_id)}"
            return [f"{way} 因封路或缓行要到 {_clock(now)} 才能到达（畅通时 {min(asked) // 60} 分钟）"]
        now = max(now, there.window.start_s) + there.service_s
    return []


def _hours(table: Timetable, now: int) -> list[int]:
    return [now, *table.problem.travel.bucket_starts_s]


def _clock(second: int) -> str:
    return f"{second // 3_600:02d}:{second % 3_600 // 60:02d}"


def _too_far(question: _Question, request: Request) -> bool:
    """Whether riders would have to walk and, for that, no vehicle at all may come."""
    walks = any(option.walk_m for stop in request.stops for option in stop.options)
    return walks and request.forbidden_vehicle_ids >= question.kinds.keys()


def _walk(problem: Problem, request: Request) -> str:
    nearest = max((o for stop in request.stops for o in stop.options), key=lambda o: o.walk_m)
    if nearest.walk_m == UNREACHABLE:
        return "步行范围内没有站点"
    label = next((p.label for p in problem.places if p.id == nearest.place_id), nearest.place_id)
    return f"到最近的站点 {label} 要步行 {nearest.walk_m} 米，超过上限"


def _group_reason(problem: Problem, told: Mapping[str, Unserved], request: Request) -> Unserved:
    """Name the group as the reason of a request that could go alone."""
    mine = told[request.id]
    if request.group_id is None or mine.reason not in {Reason.SEARCH_ENDED, Reason.NOT_WORTH_IT}:
        return mine
    lacking = [
        r.name or r.id
        for r in problem.requests
        if r.group_id == request.group_id and r.id in told and told[r.id].reason is not mine.reason
    ]
    why = f"同组的 {'、'.join(lacking)} 无法满足" if lacking else "同组需求的车辆不够"
    told_so = _told(request, Reason.GROUP, why + "，须同时满足")
    return replace(mine, reason=Reason.GROUP, detail=told_so.detail)


def _told(request: Request, reason: Reason, why: str) -> Unserved:
    return Unserved(request_id=request.id, reason=reason, detail=f"{request.name or request.id}：{why}")


def _label(vehicle: Vehicle) -> str:
    return vehicle.plate or vehicle.id


def _within_reach(table: Timetable, request: Request) -> list[Vehicle]:
    """Vehicles for which the travel matrix holds the way to the first stop at all."""
    first = request.stops[0].options[0].place_id
    origins = {first}
    for block in table.problem.travel.blocks:
        if first in block.destinations:
            origins.update(block.origins)
    return [v for v in table.problem.vehicles if v.start_place_id in origins]


def _answers(question: _Question, fleet: Sequence[Vehicle], request: Request) -> list[tuple[Reason, Vehicle]]:
    """Ask every vehicle; what keeps those that are alike from it even alone is asked once."""
    known: dict[Vehicle, Reason | None] = {}
    named = request.vehicle_ids | request.forbidden_vehicle_ids
    answers = []
    for vehicle in fleet:
        key = vehicle if vehicle.id in named else question.kinds[vehicle.id]
        if key not in known:
            known[key] = never(question.table, vehicle, request)
        answers.append((known[key] or _in_this_plan(question, vehicle, request), vehicle))
    return answers


def _in_this_plan(question: _Question, vehicle: Vehicle, request: Request) -> Reason:
    """Say what keeps a vehicle that could serve the request from it in this plan."""
    if vehicle.id in question.held_back:
        return Reason.RESERVE
    if vehicle.id in question.without_driver:
        return _no_driver(question.table, vehicle)
    route = question.used.get(vehicle.id)
    if vehicle.driver_ids and not _driver_could(question, vehicle, route, request):
        return _no_driver(question.table, vehicle)
    if route is None:
        return Reason.SEARCH_ENDED
    return Reason.SEARCH_ENDED if _has_a_gap(question, vehicle, route, request) else Reason.BUSY


def _no_driver(table: Timetable, vehicle: Vehicle) -> Reason:
    """Say whether its drivers are away, or none of them has the licence."""
    kind, mine = table.types[vehicle.type_id], _drivers_of(table, vehicle)
    unlicensed = mine and all(may_drive(table.problem, d, vehicle, kind) is not None for d in mine)
    return Reason.NO_LICENCE if unlicensed else Reason.NO_DRIVER


def _drivers_of(table: Timetable, vehicle: Vehicle) -> list[Driver]:
    return [d for d in table.problem.drivers if d.id in vehicle.driver_ids]


def _driver_could(question: _Question, vehicle: Vehicle, route: Route | None, request: Request) -> bool:
    """Whether the hours of some driver it has, or could have, leave room for the request."""
    problem = question.table.problem
    taken = {r.driver_id for r in question.used.values() if r is not route}
    kind = question.table.types[vehicle.type_id]
    mine = _drivers_of(question.table, vehicle)
    drivers = [d for d in mine if d.id not in taken and may_drive(problem, d, vehicle, kind) is None]
    if route is not None:
        drivers = [d for d in drivers if d.id == route.driver_id]
    return any(alone(question.table, with_hours(vehicle, d), request) is None for d in drivers)


def _has_a_gap(question: _Question, vehicle: Vehicle, route: Route, request: Request) -> bool:
    """Whether it could take the request in besides what it does; with locks and reloads nobody knows."""
    fixed = {r.vehicle_id for r in question.table.problem.locked} | question.tried
    if vehicle.id in fixed or any(visit.request_id is None for visit in route.visits):
        return False
    drivers = {d.id: d for d in question.table.problem.drivers}
    if route.driver_id in drivers:
        vehicle = with_hours(vehicle, drivers[route.driver_id])
    return fits(question.table, vehicle, route, request)
