"""Commuter shuttles: buses, lines, stops and times for the requests of `optimizer.lines`.

The lines are searched by ruin and recreate (`engines.search`). What that search cannot honour goes to
OR-Tools routing, whose orders are timed and repaired here.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from optimizer import explain
from optimizer.engines import insertion, routing_ortools, search
from optimizer.engines.groups import manned
from optimizer.errors import Unsupported
from optimizer.lines import Direction, LineDraft, ShuttleSettings, line_draft
from optimizer.model import Problem, Request, Route, Schedule, Status, Vehicle
from optimizer.price import decision_cost_fen
from optimizer.timing import timetable

__all__ = [
    "Direction", "LineDraft", "ShuttleSettings", "line_draft", "plan", "routed", "usual_work",
]  # fmt: skip

Progress = Callable[[Schedule | float], bool]

WORK_PER_REQUEST: Final = 60
"""Iterations for each request: seconds for one office, about half a minute for a province's organs."""
LEAST_WORK: Final = 1_500
"""Iterations of the smallest problem."""
WORK_PER_SOLUTION: Final = 100
"""Iterations that take about as long as one solution of the fallback."""


def usual_work(problem: Problem) -> int:
    """Give the iterations of a plan without a limit: as many for each request, whatever the size."""
    return max(LEAST_WORK, WORK_PER_REQUEST * len(problem.requests))


def plan(
    problem: Problem,
    *,
    seed: int = 0,
    work_limit: int | None = None,
    seconds: float | None = None,
    warm_start: Schedule | None = None,
    progress: Progress | None = None,
) -> Schedule:
    """Choose buses, lines, stops and times: as many riders as can be by priority, then least decision cost.

    Parameters
    ----------
    work_limit
        Iterations of ruin and recreate; the same limit and seed give the same plan. With neither limit, as
        many as `usual_work` says.
    seconds
        Wall time of the search, if it is to end earlier.
    warm_start
        A plan to begin with, as far as it can be driven.
    progress
        Called with the share of the work done; False stops with the best so far.

    Raises
    ------
    Unsupported
        The problem has a field that neither engine can honour.
    """
    began = time.perf_counter()
    iterations = usual_work(problem) if work_limit is None and seconds is None else work_limit
    try:
        found = search.solve(
            problem,
            seed=seed,
            iterations=iterations,
            seconds=seconds,
            warm_start=warm_start,
            progress=_shares(progress, iterations, seconds, began),
        )
    except Unsupported:
        found = _by_routing(problem, seed, iterations, seconds, progress)
    return _filled(problem, found, began)


def routed(
    problem: Problem,
    *,
    seed: int = 0,
    solution_limit: int = 1_000_000,
    seconds: float | None = None,
    progress: Progress | None = None,
) -> Schedule:
    """Plan with OR-Tools routing alone, as `plan` does where its own search cannot: to compare with.

    Parameters
    ----------
    progress
        Called at every solution with the share of `solution_limit`; False stops with the best so far.
    """
    began = time.perf_counter()
    found = _by_routing(problem, seed, solution_limit * WORK_PER_SOLUTION, seconds, progress)
    return _filled(problem, found, began)


def _shares(
    progress: Progress | None, iterations: int | None, seconds: float | None, began: float
) -> search.Progress | None:
    """Tell the share of the work that a best plan so far stands for."""
    if progress is None:
        return None

    def tell(best: Schedule) -> bool:
        by_count = best.work / iterations if iterations else 0.0
        by_time = (time.perf_counter() - began) / seconds if seconds else 0.0
        return progress(min(1.0, max(by_count, by_time)))

    return tell


def _by_routing(
    problem: Problem,
    seed: int,
    iterations: int | None,
    seconds: float | None,
    progress: Progress | None,
) -> Schedule:
    """Search with OR-Tools, then time the orders and repair them."""
    found = routing_ortools.search(
        problem,
        seed=seed,
        solution_limit=1_000_000 if iterations is None else max(1, iterations // WORK_PER_SOLUTION),
        seconds=seconds,
        progress=progress,
    )
    routes = tuple(insertion.timed(timetable(problem), found.orders).values())
    return Schedule(
        routes=routes,
        status=Status.STOPPED if found.stopped else Status.FEASIBLE,
        seed=seed,
        work=found.work,
        engine="ortools routing",
    )


def _filled(problem: Problem, found: Schedule, began: float) -> Schedule:
    """Insert what is left out and still fits somewhere; give the rest their reasons."""
    routes = {route.vehicle_id: route for route in found.routes}
    free = _free_to_change(problem, routes)
    insertion.insert(timetable(problem), free, routes, _left_out(problem, routes))
    chosen = tuple(routes[vehicle_id] for vehicle_id in sorted(routes))
    without_driver = {v.id for v in problem.vehicles if v.driver_ids} - manned(problem).keys()
    schedule = replace(
        found,
        routes=chosen,
        unserved=explain.unserved(
            problem,
            chosen,
            _left_out(problem, routes),
            without_driver=without_driver,
            tried=(v.id for v in free),
        ),
        seconds=time.perf_counter() - began,
    )
    return replace(schedule, objective_fen=decision_cost_fen(problem, schedule))


def _free_to_change(problem: Problem, routes: Mapping[str, Route]) -> list[Vehicle]:
    """List the vehicles that may take more in: no lock, no reload and no named driver of theirs bars it.

    Where vehicles are a reserve or depots have few spaces, those that stand still stay where they are.
    """
    fixed = {route.vehicle_id for route in problem.locked}
    fixed |= {i for i, route in routes.items() if any(v.request_id is None for v in route.visits)}
    scarce = bool(problem.reserves) or any(depot.spaces is not None for depot in problem.depots)
    return [
        v
        for v in problem.vehicles
        if v.id not in fixed and not v.driver_ids and (v.id in routes or not scarce)
    ]


def _left_out(problem: Problem, routes: Mapping[str, Route]) -> list[Request]:
    served = {visit.request_id for route in routes.values() for visit in route.visits}
    return [request for request in problem.requests if request.id not in served]
