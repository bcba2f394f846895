"""From the arrays of a search to a `Schedule`, and back for a warm start."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.engines.arrays import Compiled
from optimizer.engines.kernels import layout as at
from optimizer.engines.kernels.timing import walked
from optimizer.explain import unserved
from optimizer.model import Problem, Reason, Request, Route, Schedule, Status, Unserved, Visit
from optimizer.price import decision_cost_fen

__all__ = ["best_schedule", "start_from"]


def best_schedule(
    compiled: Compiled, search: at.Search, *, status: Status, seed: int, seconds: float, explained: bool
) -> Schedule:
    """Write the best solution of a search out with its exact times.

    Parameters
    ----------
    explained
        Whether each unserved request is given its full reason, which takes a while on large fleets.
    """
    routes = tuple(sorted(_routes(compiled, search), key=lambda route: route.vehicle_id))
    return finished(
        compiled.problem,
        routes,
        status=status,
        seed=seed,
        seconds=seconds,
        work=int(search.tally[at.DONE]),
        explained=explained,
    )


def finished(
    problem: Problem,
    routes: tuple[Route, ...],
    *,
    status: Status,
    seed: int,
    seconds: float,
    work: int,
    explained: bool,
) -> Schedule:
    """Make a schedule of routes: whoever is on none of them is unserved, the objective is the price."""
    served = {visit.request_id for route in routes for visit in route.visits}
    left = [request for request in problem.requests if request.id not in served]
    schedule = Schedule(
        routes=routes,
        unserved=_left_out(problem, routes, left, explained=explained),
        status=status,
        seconds=seconds,
        seed=seed,
        work=work,
        engine="sisr",
    )
    return replace(schedule, objective_fen=decision_cost_fen(problem, schedule))


def start_from(compiled: Compiled, search: at.Search, warm_start: Schedule) -> None:
    """Write the routes of a schedule down as the best solution so far, as far as they can be driven.

    Visits of unknown or incomplete requests are left out; so is a route that no vehicle of its group can
    drive as it is.
    """
    number = {request.id: q for q, request in enumerate(compiled.requests)}
    node = {key: v for v, key in reversed(list(enumerate(compiled.nodes))) if key[0] >= 0}
    group_of = {i: g for g, group in enumerate(compiled.groups) for i in group.vehicle_ids}
    row, seen = int(search.tally[at.BEST_COUNT]), set[int]()
    used = [0] * len(compiled.groups)
    for route in warm_start.routes:
        g = group_of.get(route.vehicle_id, -1)
        if g < 0 or g in compiled.locked_nodes or used[g] == len(compiled.groups[g].vehicle_ids):
            continue
        nodes = _nodes(compiled, g, route, number, node, seen)
        if not nodes or not _can_drive(compiled, search, g, nodes):
            continue
        seen |= {compiled.nodes[v][0] for v in nodes}
        used[g] += 1
        search.best[row, at.BEST_NODES : at.BEST_NODES + len(nodes)] = nodes
        search.best[row, [at.COUNT, at.GROUP, at.LOCKED]] = (len(nodes), g, -1)
        row += 1
    search.tally[at.BEST_COUNT] = row


def _nodes(
    compiled: Compiled,
    g: int,
    route: Route,
    number: Mapping[str, int],
    node: Mapping[tuple[int, int, int], int],
    seen: set[int],
) -> list[int]:
    reload = int(compiled.task.group[g, at.G_RELOAD])
    found: list[int] = []
    for visit in route.visits:
        if visit.request_id is None:
            found += [reload] if reload >= 0 else []
            continue
        q = number.get(visit.request_id, -1)
        v = node.get((q, visit.stop, visit.option), -1)
        if v >= 0 and q not in seen and compiled.task.allowed[q, g]:
            found.append(v)
    whole = {
        q
        for q in {compiled.nodes[v][0] for v in found} - {-1}
        if sum(compiled.nodes[v][0] == q for v in found) == len(compiled.requests[q].stops)
    }
    return [v for v in found if compiled.nodes[v][0] in whole or compiled.nodes[v][0] == -1]


def _can_drive(compiled: Compiled, search: at.Search, g: int, nodes: Sequence[int]) -> bool:
    if len(nodes) > compiled.longest:
        return False
    row = np.array(nodes, np.int64)
    return walked(compiled.task, g, row, len(nodes), search.scratch, False) < at.NEVER


def _routes(compiled: Compiled, search: at.Search) -> Iterator[Route]:
    taken = [0] * len(compiled.groups)
    rows = [search.best[k] for k in range(int(search.tally[at.BEST_COUNT]))]
    for row in sorted(rows, key=lambda row: (row[at.GROUP], row[at.BEST_NODES : at.BEST_NODES + 1].tolist())):
        g, n = int(row[at.GROUP]), int(row[at.COUNT])
        group = compiled.groups[g]
        vehicle_id = group.vehicle_ids[taken[g]]
        taken[g] += 1
        nodes = np.ascontiguousarray(row[at.BEST_NODES : at.BEST_NODES + n])
        if group.locked is not None and n == len(group.locked.visits):
            yield _with_driver(group.locked, compiled.drivers.get(vehicle_id))
        elif n:
            yield _route(compiled, search, g, vehicle_id, nodes)


def _with_driver(route: Route, driver_id: str | None) -> Route:
    return route if route.driver_id is not None else replace(route, driver_id=driver_id)


def _route(compiled: Compiled, search: at.Search, g: int, vehicle_id: str, nodes: NDArray[np.int64]) -> Route:
    """Time one route: earliest end, then latest departure; the visits of a locked route stand."""
    group, n = compiled.groups[g], len(nodes)
    cost = walked(compiled.task, g, nodes, n, search.scratch, True)
    if cost >= at.NEVER:
        message = f"搜索给出的 {vehicle_id} 的路线按时刻表无法行驶：这是算法的错误，请报告"
        raise AssertionError(message)
    locked = group.locked.visits if group.locked else ()
    visits = tuple(_visit(compiled, search, i, int(v)) for i, v in enumerate(nodes))
    visits = (*locked, *visits[len(locked) :])
    out = search.scratch[at.OUT]
    return Route(
        vehicle_id=vehicle_id,
        driver_id=compiled.drivers.get(vehicle_id),
        start_place_id=group.start_place_id,
        end_place_id=group.end_place_id or visits[-1].place_id,
        start_s=int(out[at.OUT_START]),
        end_s=int(out[at.OUT_END]),
        visits=visits,
        distance_m=int(out[at.OUT_METRES]),
        drive_s=int(out[at.OUT_DRIVE]),
    )


def _visit(compiled: Compiled, search: at.Search, i: int, v: int) -> Visit:
    q, stop, option = compiled.nodes[v]
    arrival_s, start_s, depart_s = (int(search.scratch[row, i]) for row in (at.ARRIVE, at.BEGIN, at.LEAVE))
    if q < 0:
        place_id = compiled.place_ids[int(compiled.task.node[v, at.PLACE])]
        return Visit(
            request_id=None, place_id=place_id, arrival_s=arrival_s, start_s=start_s, depart_s=depart_s
        )
    request = compiled.requests[q]
    return Visit(
        request_id=request.id,
        stop=stop,
        option=option,
        place_id=request.stops[stop].options[option].place_id,
        arrival_s=arrival_s,
        start_s=start_s,
        depart_s=depart_s,
    )


def _left_out(
    problem: Problem, routes: tuple[Route, ...], left: Sequence[Request], *, explained: bool
) -> tuple[Unserved, ...]:
    if explained:
        return unserved(problem, routes, left)
    return tuple(
        Unserved(request_id=request.id, reason=Reason.SEARCH_ENDED)
        for request in sorted(left, key=lambda request: request.id)
    )
