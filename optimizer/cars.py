"""A day of official cars: requests at fixed times, vehicles of several units, kinds and classes.

Where all vehicles of a block are alike, the plan is a minimum-cost flow and proven; elsewhere repeated exact
matchings improve a plan county by county, then over county borders, and a flow relaxation gives the bound.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from optimizer import explain
from optimizer.counties import apart, by_county, car_blocks
from optimizer.crews import Crews, man
from optimizer.engines import columns, flow, insertion, parts, rematch
from optimizer.errors import Unsupported
from optimizer.model import Problem, Route, Schedule, Status, Unserved, VehicleType
from optimizer.price import decision_cost_fen, gap
from optimizer.reserves import holds
from optimizer.several_days import aways
from optimizer.tasks import Grid, grid
from optimizer.timing import Call, Timetable, timetable

__all__ = ["car_blocks", "plan"]

Progress = Callable[[Schedule | float], bool]

WHOLE_UP_TO: Final = 1_500_000
"""Tasks × vehicles up to which all counties are also looked at together."""
MATCHED_A_ROUND: Final = 12_000_000
"""Tasks × vehicles × moments of one round of matchings."""
COLUMNS_UP_TO: Final = 64
"""Tasks of a block up to which columns are generated."""
ROUNDED_FEN: Final = 5
"""What rounding each line of a route to fen may come to."""
PARTS_UP_TO: Final = 2_000
"""Requests of a day up to which large blocks are also planned part by part: minutes beyond that."""


@dataclass(frozen=True, slots=True)
class _Solved:
    """What one block came to."""

    grid: Grid
    duties: rematch.Duties
    bound_fen: float | None
    proven: bool
    finished: bool


def plan(
    problem: Problem,
    *,
    seed: int = 0,
    work_limit: int | None = None,
    progress: Progress | None = None,
) -> Schedule:
    """Assign requests to vehicles: by priority class first, then at least decision cost.

    Parameters
    ----------
    work_limit
        Rounds of improvement per block; None is enough for most days. The plan does not depend on `seed`.
    progress
        Called with the share of the work done; False stops with the best so far.

    Returns
    -------
    Schedule
        `Status.OPTIMAL` with bound = objective where the plan is proven (up to the rounding of each cost
        line to fen); otherwise the bound of a relaxation where there is one, and the gap to it.

    Raises
    ------
    Unsupported
        The problem has locked routes.
    """
    if problem.locked:
        field = "Problem.locked"
        raise Unsupported(field, "请先把锁定的路线及其车辆移出问题")
    began = time.perf_counter()
    crews = man(problem)
    # Who would share a car has not said how far round: sharing is made of requests, by `optimizer.pooling`.
    alone = tuple(replace(request, sole_use=True) for request in problem.requests)
    types = (*problem.vehicle_types, *crews.types)
    day = replace(problem, vehicles=crews.vehicles, vehicle_types=types, requests=alone)
    solved, held_back = _with_reserves(day, work_limit, progress)
    table = timetable(replace(day, vehicles=tuple(v for v in day.vehicles if v.id not in held_back)))
    routes = _driven(table, solved, crews)
    schedule = Schedule(
        routes=routes,
        unserved=_unserved(problem, routes, held_back, crews),
        seed=seed,
        work=sum(s.duties.steps for s in solved),
        engine=_engine(solved),
    )
    schedule = _judged(problem, replace(schedule, away=aways(problem, routes)), solved)
    return replace(schedule, seconds=time.perf_counter() - began)


def _with_reserves(
    problem: Problem, work_limit: int | None, progress: Progress | None
) -> tuple[list[_Solved], frozenset[str]]:
    """Plan with the whole fleet, then hold back what the reserves need: idle vehicles first."""
    solved = _solve(problem, work_limit, progress)
    if not problem.reserves:
        return solved, frozenset()
    load = {
        v.id: len(route) for s in solved for v, route in zip(s.grid.vehicles, s.duties.routes, strict=True)
    }
    held: set[str] = set()
    for reserve in problem.reserves:
        fitting = [v for v in problem.vehicles if holds(reserve, v)]
        fitting.sort(key=lambda v: (v.id not in held, load.get(v.id, 0), v.id))
        held |= {v.id for v in fitting[: reserve.count]}
    if any(load.get(vehicle_id, 0) for vehicle_id in held):
        left = tuple(v for v in problem.vehicles if v.id not in held)
        solved = [_without_proof(s) for s in _solve(replace(problem, vehicles=left), work_limit, progress)]
    return solved, frozenset(held)


def _without_proof(solved: _Solved) -> _Solved:
    """Forget bound and proof: which vehicles are held back was not part of them."""
    return _Solved(solved.grid, solved.duties, None, proven=False, finished=solved.finished)


def _solve(problem: Problem, work_limit: int | None, progress: Progress | None) -> list[_Solved]:
    """County by county; where the roads asked for cross county borders, then all together."""
    table = timetable(problem)
    counties = by_county(problem.requests, problem.vehicles, problem.places)
    separate = len(counties) < 2 or apart(problem, counties)
    together = not separate and len(problem.requests) * len(problem.vehicles) <= WHOLE_UP_TO
    watch = _Watch(progress, len(counties) + together)
    solved = []
    for county_id, requests in sorted(counties.items()):
        fleet = [v for v in problem.vehicles if v.county_id == county_id]
        if not fleet:
            continue
        block = grid(table, requests, fleet)
        solved.append(_solve_block(table, block, work_limit, watch, bounded=separate))
        watch.done += 1
    return [_together(table, problem, solved, work_limit, watch)] if together else solved


class _Watch:
    """Tell how far the work is, and whether to go on."""

    def __init__(self, progress: Progress | None, parts: int) -> None:
        self.progress, self.parts, self.done = progress, parts, 0

    def keep_going(self) -> bool:
        """Ask the caller."""
        return self.progress is None or self.progress(self.done / max(1, self.parts))


def _types(table: Timetable, block: Grid) -> list[VehicleType]:
    return [table.types[v.type_id] for v in block.vehicles]


def _solve_block(
    table: Timetable, block: Grid, work_limit: int | None, watch: _Watch, *, bounded: bool
) -> _Solved:
    """One flow where all vehicles are alike and costs are linear; else matchings, and a bound."""
    exact = _one_flow(table, block)
    if exact is not None:
        return exact
    steps = _steps(table, block)
    duties = rematch.start_plan(steps)
    rounds = work_limit or (12 if len(block.tasks) <= COLUMNS_UP_TO else 4)
    finished = rematch.improve(steps, duties, cuts=_cuts(block), rounds=rounds, keep_going=watch.keep_going)
    if not finished or not bounded:
        return _Solved(block, duties, None, proven=False, finished=finished)
    return _bounded(table, block, duties, watch)


def _cuts(block: Grid) -> int:
    """Moments of the day to rejoin duties at: fewer where one matching is large, since it takes longer."""
    return max(4, min(48, MATCHED_A_ROUND // max(1, len(block.tasks) * len(block.vehicles))))


def _steps(table: Timetable, block: Grid) -> rematch.Rematch:
    return rematch.Rematch(block, _types(table, block), rematch.task_weights(block))


def _one_flow(table: Timetable, block: Grid) -> _Solved | None:
    """Find the proven plan where all vehicles are alike and the cheapest flow has linear costs alone."""
    if not block.exact or len(set(block.group.tolist())) != 1:
        return None
    found = flow.solve(block, _types(table, block))
    if found is None or not found.lexicographic:
        return None
    duties, steps = _of_chains(block, found), _steps(table, block)
    extra_fen = steps.cost(duties) - steps.weights[sorted(duties.left)].sum() - found.fen
    if abs(extra_fen) > 0.01:
        return None
    return _Solved(block, duties, found.fen, proven=True, finished=True)


def _of_chains(block: Grid, found: flow.Flow) -> rematch.Duties:
    routes: list[list[int]] = [[] for _ in block.vehicles]
    for v, (_, chain) in enumerate(found.chains):
        routes[v] = list(chain)
    return rematch.Duties(routes, set(found.left), steps=1)


def _together(
    table: Timetable, problem: Problem, solved: Sequence[_Solved], work_limit: int | None, watch: _Watch
) -> _Solved:
    """Go on over county borders from where the counties came to."""
    requests = [task for s in solved for task in s.grid.tasks]
    block = grid(table, requests, problem.vehicles)
    number = {task.id: i for i, task in enumerate(block.tasks)}
    row = {v.id: i for i, v in enumerate(block.vehicles)}
    routes: list[list[int]] = [[] for _ in block.vehicles]
    for s in solved:
        for vehicle, route in zip(s.grid.vehicles, s.duties.routes, strict=True):
            routes[row[vehicle.id]] = [number[s.grid.tasks[i].id] for i in route]
    left = set(range(len(block.tasks))) - {i for route in routes for i in route}
    duties = rematch.Duties(routes, left, steps=sum(s.duties.steps for s in solved))
    finished = all(s.finished for s in solved)
    if finished:
        finished = rematch.improve(
            _steps(table, block), duties, cuts=24, rounds=work_limit or 4, keep_going=watch.keep_going
        )
    if not finished:
        return _Solved(block, duties, None, proven=False, finished=False)
    return _bounded(table, block, duties, watch)


def _bounded(table: Timetable, block: Grid, duties: rematch.Duties, watch: _Watch) -> _Solved:
    """Improve and bound by columns; where there are too many tasks, part by part, and bound by a flow."""
    if not block.exact or not block.tasks or not block.vehicles:
        return _Solved(block, duties, None, proven=False, finished=True)
    types = _types(table, block)
    weights = rematch.task_weights(block)
    if len(block.tasks) <= COLUMNS_UP_TO:
        best = columns.solve(block, types, weights, duties)
        bound_fen = best.bound - float(weights[sorted(best.duties.left)].sum())
        best.duties.steps = duties.steps + best.work
        return _Solved(block, best.duties, bound_fen, proven=best.proven, finished=True)
    finished = True
    if len(table.requests) <= PARTS_UP_TO:
        finished = parts.improve(block, types, weights, duties, keep_going=watch.keep_going)
    served = sorted({i for route in duties.routes for i in route})
    found = flow.solve(block, types, served)
    return _Solved(block, duties, None if found is None else found.fen, proven=False, finished=finished)


def _driven(table: Timetable, solved: Sequence[_Solved], crews: Crews) -> tuple[Route, ...]:
    """Exact times for every duty; what fell out or was left goes where it still fits."""
    orders = {
        vehicle.id: _calls(s.grid, route)
        for s in solved
        for vehicle, route in zip(s.grid.vehicles, s.duties.routes, strict=True)
        if route
    }
    routes = insertion.timed(table, orders)
    _drop_broken_groups(table, routes)
    served = {visit.request_id for route in routes.values() for visit in route.visits}
    left = [r for r in table.problem.requests if r.id not in served]
    insertion.insert(table, table.problem.vehicles, routes, left)
    return tuple(replace(routes[v], driver_id=crews.driver_of.get(v)) for v in sorted(routes))


def _calls(block: Grid, route: Iterable[int]) -> tuple[Call, ...]:
    return tuple(
        Call(request_id=block.tasks[i].id, stop=k) for i in route for k in range(len(block.tasks[i].stops))
    )


def _drop_broken_groups(table: Timetable, routes: dict[str, Route]) -> None:
    """Take out what is served of a group that is not served whole."""
    served = {visit.request_id for route in routes.values() for visit in route.visits}
    broken = {r.group_id for r in table.problem.requests if r.group_id is not None and r.id not in served}
    out = {r.id for r in table.problem.requests if r.group_id in broken}
    vehicles = {v.id: v for v in table.problem.vehicles}
    for vehicle_id in [v for v, route in routes.items() if any(x.request_id in out for x in route.visits)]:
        calls = [c for c in insertion.calls_of(routes.pop(vehicle_id)) if c.request_id not in out]
        routes.update(insertion.timed(table, {vehicles[vehicle_id].id: calls}))


def _unserved(
    problem: Problem, routes: tuple[Route, ...], held_back: Iterable[str], crews: Crews
) -> tuple[Unserved, ...]:
    served = {visit.request_id for route in routes for visit in route.visits}
    left = [r for r in problem.requests if r.id not in served]
    tried = (v.id for v in problem.vehicles)
    return explain.unserved(
        problem, routes, left, held_back=held_back, without_driver=crews.without, tried=tried
    )


def _engine(solved: Sequence[_Solved]) -> str:
    if solved and all(s.proven and s.duties.steps == 1 for s in solved):
        return "min-cost flow"
    return "repeated matching, column generation" + (f" in {len(solved)} counties" if len(solved) > 1 else "")


def _judged(problem: Problem, schedule: Schedule, solved: Sequence[_Solved]) -> Schedule:
    """Price, bound, gap and what may be said about the proof."""
    cost = decision_cost_fen(problem, schedule)
    schedule = replace(schedule, objective_fen=cost)
    if not all(s.finished for s in solved):
        return replace(schedule, status=Status.STOPPED)
    planned = {s.grid.tasks[i].id for s in solved for route in s.duties.routes for i in route}
    driven = {visit.request_id for route in schedule.routes for visit in route.visits}
    bounds = [s.bound_fen for s in solved if s.bound_fen is not None]
    if planned != driven or len(bounds) < len(solved):
        return schedule
    # Rest on the way is not seen by the engines: where it costs something, their proof is not of this plan.
    proven = all(s.proven for s in solved) and cost - sum(bounds) <= ROUNDED_FEN * (1 + len(schedule.routes))
    bound = cost if proven else min(cost, round(sum(bounds)))
    status = Status.OPTIMAL if proven else Status.FEASIBLE
    return replace(schedule, status=status, bound_fen=bound, gap=gap(problem, schedule, bound))
