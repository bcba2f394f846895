"""Assignments that a dispatcher has locked: who keeps vehicle and time while the rest of the day changes."""

from collections.abc import Sequence
from dataclasses import replace

from optimizer.happenings import Left
from optimizer.model import Problem, Request, Schedule, TimeWindow, Vehicle
from optimizer.policy.rules import broken_rules

__all__ = ["broken_locks", "pinned", "without_broken_locks"]


def pinned(left: Left, schedule: Schedule, locks: Sequence[str]) -> Left:
    """Pin locked requests that are still ahead to their vehicle and second; say which locks cannot hold.

    Raises
    ------
    LookupError
        A lock names a request that the plan does not serve.
    """
    starts = {(v.request_id, v.stop): v.start_s for route in schedule.routes for v in route.visits}
    known = {request_id for request_id, _ in starts}
    if unknown := [i for i in locks if i not in known]:
        message = f"锁定的申请 {unknown[0]!r} 不在方案中；只能锁定已安排的申请"
        raise LookupError(message)
    vehicle_of = {i: v for v, ids in left.ahead.items() for i in ids}
    problem, notes = left.problem, list(left.notes)
    for request_id in dict.fromkeys(locks):
        if request_id in left.loose:
            notes.append(f"申请 {request_id} 的锁定无法保持：原来的车辆或驾驶员不能出车")
            continue
        if request_id not in vehicle_of:
            continue  # it has begun: nothing can change it
        fault = _fault(problem, vehicle_of[request_id], request_id)
        if fault:
            notes.append(f"申请 {request_id} 的锁定违反规定（{fault}），未采用")
            continue
        problem = _pin(problem, request_id, vehicle_of[request_id], starts[request_id, 0])
    return replace(left, problem=problem, notes=tuple(notes))


def broken_locks(problem: Problem, locks: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Name locks (request, vehicle) that cannot be: the request, and in a sentence why.

    A lock that names what the day does not have, that breaks a hard rule, or that puts one request on two
    vehicles.
    """
    vehicles, requests = {v.id for v in problem.vehicles}, {r.id for r in problem.requests}
    found: dict[str, str] = {}
    taken: dict[str, str] = {}
    for request_id, vehicle_id in locks:
        if request_id not in requests:
            found[request_id] = f"没有申请 {request_id!r}"
        elif vehicle_id not in vehicles:
            found[request_id] = f"没有车辆 {vehicle_id!r}"
        elif taken.setdefault(request_id, vehicle_id) != vehicle_id:
            found[request_id] = f"同时锁定在 {taken[request_id]} 和 {vehicle_id} 两辆车上"
        elif fault := _fault(problem, vehicle_id, request_id):
            found[request_id] = f"锁定在 {vehicle_id} 违反规定（{fault}）"
    return found


def without_broken_locks(problem: Problem) -> tuple[Problem, tuple[str, ...]]:
    """Free requests that name one vehicle which no rule lets serve them; say which, one sentence each."""
    asked = [(r.id, min(r.vehicle_ids)) for r in problem.requests if len(r.vehicle_ids) == 1]
    broken = broken_locks(problem, asked)
    requests = tuple(replace(r, vehicle_ids=frozenset()) if r.id in broken else r for r in problem.requests)
    notes = tuple(f"申请 {i} 的指定未采用：{broken[i]}" for i in sorted(broken))
    return replace(problem, requests=requests), notes


def _fault(problem: Problem, vehicle_id: str, request_id: str) -> str:
    vehicle: Vehicle = next(v for v in problem.vehicles if v.id == vehicle_id)
    request: Request = next(r for r in problem.requests if r.id == request_id)
    return "、".join(code for code, _ in broken_rules(problem, vehicle, request))


def _pin(problem: Problem, request_id: str, vehicle_id: str, start_s: int) -> Problem:
    def pin(request: Request) -> Request:
        if request.id != request_id:
            return request
        stop = request.stops[0]
        at = TimeWindow(start_s=start_s, end_s=start_s)
        options = tuple(replace(option, window=at) for option in stop.options)
        stops = (replace(stop, options=options), *request.stops[1:])
        return replace(request, vehicle_ids=frozenset({vehicle_id}), stops=stops)

    return replace(problem, requests=tuple(map(pin, problem.requests)))
