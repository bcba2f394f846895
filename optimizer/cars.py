"""A day of official cars: requests at fixed times, vehicles of several units, kinds and classes.

County by county, or all together where the roads asked for cross county borders: one flow where all vehicles
are alike and hours do not count, whole duties by column generation elsewhere (`engines.vehicle_scheduling`),
with a proven bound. Rules that only a driven route shows (rest, stops) are asked of what is chosen, and what
falls out goes where it still fits.
"""

import math
import time
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer import explain
from optimizer.counties import apart, by_county, car_blocks
from optimizer.crews import Crews, man
from optimizer.engines import insertion
from optimizer.engines.car_days import Groups, groups_of
from optimizer.engines.vehicle_scheduling import DayPlan, Duty, schedule_day
from optimizer.errors import Unsupported
from optimizer.feasible import drivable_route
from optimizer.model import Problem, Route, Schedule, Status, Unserved
from optimizer.price import decision_cost_fen, gap
from optimizer.reserves import holds
from optimizer.several_days import aways
from optimizer.tasks import Grid, grid, part
from optimizer.timing import Call, Timetable, timetable

__all__ = ["car_blocks", "plan"]

Progress = Callable[[Schedule | float], bool]

WHOLE_UP_TO: Final = 1_500_000
"""Tasks × vehicles up to which counties between which there are ways are planned together."""
ROUNDED_FEN: Final = 5
"""What rounding each line of a route to fen may come to."""


class _Watch:
    """Tell how far the work is, and whether to go on."""

    def __init__(self, progress: Progress | None, work_limit: int | None) -> None:
        self.progress, self.left, self.done = progress, work_limit, 0.0

    def keep_going(self) -> bool:
        """Ask the caller, once a round."""
        if self.left is not None:
            self.left -= 1
        return (self.left is None or self.left > 0) and (self.progress is None or self.progress(self.done))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solved:
    """What one block came to: tasks by vehicle, and what bounds its cost (None: unknown)."""

    grid: Grid
    groups: Groups
    found: DayPlan
    bounded: bool = True

    def routes(self) -> dict[int, tuple[int, ...]]:
        """Tasks of every vehicle that does any, by its number: of a group, the first by id."""
        free = [list(members) for members in self.groups.members]
        return {free[group].pop(0): tasks for group, tasks in sorted(self.found.duties)}

    def bound_fen(self, driven: Container[str]) -> float | None:
        """Bound on the cost of doing what is driven in the end; None where more is than was planned."""
        if not self.bounded:
            return None
        planned = [i for _, tasks in self.found.duties for i in tasks]
        done = [i for i, task in enumerate(self.grid.tasks) if task.id in driven]
        worth = self.found.worth
        if set(done) == set(planned):
            return self.found.bound
        if worth is None or not set(done) <= set(planned):
            return None
        return float(worth.task[done].sum() + (self.groups.day.counts * worth.group).sum())


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
        Rounds of pricing; None is enough. The plan does not depend on `seed`.
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
    solved, held_back = _with_reserves(day, _Watch(progress, work_limit))
    table = timetable(replace(day, vehicles=tuple(v for v in day.vehicles if v.id not in held_back)))
    routes = _driven(table, solved, crews)
    schedule = Schedule(
        routes=routes,
        unserved=_unserved(problem, routes, held_back, crews),
        seed=seed,
        work=sum(s.found.work for s in solved),
        engine=_engine(solved),
    )
    schedule = _judged(problem, replace(schedule, away=aways(problem, routes)), solved)
    return replace(schedule, seconds=time.perf_counter() - began)


def _with_reserves(problem: Problem, watch: _Watch) -> tuple[list[_Solved], frozenset[str]]:
    """Plan with the whole fleet, then hold back what the reserves need: idle vehicles first."""
    solved = _solve(problem, watch)
    if not problem.reserves:
        return solved, frozenset()
    load = {s.grid.vehicles[v].id: len(tasks) for s in solved for v, tasks in s.routes().items()}
    held: set[str] = set()
    for reserve in problem.reserves:
        fitting = [v for v in problem.vehicles if holds(reserve, v)]
        fitting.sort(key=lambda v: (v.id not in held, load.get(v.id, 0), v.id))
        held |= {v.id for v in fitting[: reserve.count]}
    if any(load.get(vehicle_id, 0) for vehicle_id in held):
        left = tuple(v for v in problem.vehicles if v.id not in held)
        # Which vehicles are held back was not part of bound and proof.
        solved = [replace(s, bounded=False) for s in _solve(replace(problem, vehicles=left), watch)]
    return solved, frozenset(held)


def _solve(problem: Problem, watch: _Watch) -> list[_Solved]:
    """County by county; where the roads asked for cross county borders, all together."""
    table = timetable(problem)
    counties = by_county(problem.requests, problem.vehicles, problem.places)
    separate = len(counties) < 2 or apart(problem, counties)
    if not separate and len(problem.requests) * len(problem.vehicles) <= WHOLE_UP_TO:
        return [_solve_block(table, grid(table, problem.requests, problem.vehicles), watch)]
    solved = []
    for number, (county_id, requests) in enumerate(sorted(counties.items())):
        fleet = [v for v in problem.vehicles if v.county_id == county_id]
        watch.done = number / len(counties)
        if fleet:
            block = _solve_block(table, grid(table, requests, fleet), watch)
            solved.append(block if separate else replace(block, bounded=False))
    return solved


def _solve_block(table: Timetable, block: Grid, watch: _Watch) -> _Solved:
    groups = groups_of(block, table.types)
    known: dict[Duty, bool] = {}

    def possible(duty: Duty) -> bool:
        if duty not in known:
            vehicle = block.vehicles[groups.members[duty[0]][0]]
            known[duty] = drivable_route(table, vehicle, _calls(block, duty[1])) is not None
        return known[duty]

    able = [i for i in range(len(block.tasks)) if _alone(groups, i, possible)]
    if len(able) < len(block.tasks) and block.vehicles:
        return _solve_block(table, part(block, able, range(len(block.vehicles))), watch)
    found = schedule_day(groups.day, possible, keep_going=watch.keep_going)
    return _Solved(grid=block, groups=groups, found=found, bounded=block.exact)


def _alone(groups: Groups, task: int, possible: Callable[[Duty], bool]) -> bool:
    """Whether any vehicle can do a task by itself: what none can is left to be inserted."""
    return any(possible((int(g), (task,))) for g in np.flatnonzero(groups.day.may[:, task]))


def _driven(table: Timetable, solved: Sequence[_Solved], crews: Crews) -> tuple[Route, ...]:
    """Exact times for every duty; what fell out or was left goes where it still fits."""
    orders = {s.grid.vehicles[v].id: _calls(s.grid, tasks) for s in solved for v, tasks in s.routes().items()}
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
    if solved and all(s.found.worth is None for s in solved):
        return "min-cost flow"
    return "column generation" + (f" in {len(solved)} counties" if len(solved) > 1 else "")


def _judged(problem: Problem, schedule: Schedule, solved: Sequence[_Solved]) -> Schedule:
    """Price, bound, gap and what may be said about the proof."""
    cost = decision_cost_fen(problem, schedule)
    schedule = replace(schedule, objective_fen=cost)
    if not all(s.found.finished for s in solved):
        return replace(schedule, status=Status.STOPPED)
    planned = {s.grid.tasks[i].id for s in solved for _, tasks in s.found.duties for i in tasks}
    driven = {visit.request_id for route in schedule.routes for visit in route.visits if visit.request_id}
    bounds = [s.bound_fen(driven) for s in solved]
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds):
        return schedule
    # Rest on the way is not seen by the engine: where it costs something, its proof is not of this plan.
    proven = planned == driven and all(s.found.proven for s in solved)
    proven = proven and cost - sum(known) <= ROUNDED_FEN * (1 + len(schedule.routes))
    bound_fen = cost if proven else min(cost, math.floor(sum(known)))
    status = Status.OPTIMAL if proven else Status.FEASIBLE
    return replace(schedule, status=status, bound_fen=bound_fen, gap=gap(problem, schedule, bound_fen))
