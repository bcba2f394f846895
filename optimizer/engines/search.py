"""The route engine: slack induction by string removals over a compiled problem.

After J. Christiaens and G. Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54 (2020) 417-433. Requests are taken out of routes in strings and put back where they
cost least; simulated annealing decides what is kept. The search works in slices and asks between them whether
to go on.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from optimizer.engines.arrays import Compiled, compile_problem
from optimizer.engines.effort import Effort
from optimizer.engines.kernels import anneal
from optimizer.engines.kernels import layout as at
from optimizer.engines.plans import best_schedule, finished, start_from
from optimizer.engines.state import new_search
from optimizer.engines.warm import warm
from optimizer.errors import ProblemError
from optimizer.model import Problem, Schedule, Status

__all__ = ["Objective", "Progress", "solve"]

Objective = Literal["cost", "vehicles"]
Progress = Callable[[Schedule], bool]

HOT: Final = 0.2
"""First temperature, as a share of what a request costs on average, where stops are all there is to order."""
HOT_WITH_MORE: Final = 0.5
"""The same with pairs, rides, vehicles of several sizes or whatever else a route must respect."""
HOT_WITH_KINDS: Final = 1.0
"""The same where vehicles differ in more than size and price: to change one, a route must get worse first."""
HOT_WITH_TIMES: Final = 10.0
"""The same for single stops at their times: there what is near need not fit, so moves cost more."""
COLD: Final = 0.005
"""Last temperature, likewise."""
COLD_WITH_TIMES: Final = 0.05
"""The same for single stops at their times: what is colder only repeats itself."""
FLEET_SHARE: Final = 0.4
"""Share of the work that may go into serving everybody, or all with fewer vehicles."""
FIRST_SHARE: Final = 0.35
"""Share of the annealing after which too many vehicles are looked at."""
SECOND_SHARE: Final = 0.25
"""Share of the annealing for a second beginning with fewer vehicles."""
FEWER_SHARE: Final = 0.05
"""Share of the work left that may go into finding such a beginning."""
BEST: Final = (at.BEST_COUNT, at.BEST_TOTAL, at.BEST_LEFT, at.BEST_DONE)
"""What is known of the best solution."""
UNLIMITED: Final = 100_000
"""Iterations where the caller sets no limit."""


@dataclass(slots=True, kw_only=True)
class _Run:
    """A search with its problem, its effort and who is to be told."""

    compiled: Compiled
    search: at.Search
    effort: Effort
    seed: int
    progress: Progress | None
    told: tuple[int, int] = (-1, -1)


def solve(
    problem: Problem,
    *,
    seed: int = 0,
    iterations: int | None = None,
    seconds: float | None = None,
    warm_start: Schedule | None = None,
    progress: Progress | None = None,
    objective: Objective = "cost",
    rest: bool = True,
) -> Schedule:
    """Plan routes: as many requests as possible by priority, then least decision cost.

    Parameters
    ----------
    iterations, seconds
        Limits of work; the first that is reached ends the search. With iterations alone the answer depends on
        nothing but problem, seed and limit. Compiling is not counted. Without either, 100,000 iterations.
    warm_start
        A plan to begin with; what of it cannot be driven is planned anew.
    progress
        Called at least four times a second with the best plan so far; stops the search by returning False.
    objective
        `"vehicles"`: one vehicle less beats any saving of cost.
    rest
        Whether 4 hours of driving need 20 minutes of rest, as `optimizer.check` asks.

    Raises
    ------
    optimizer.errors.Unsupported
        A field that this engine cannot honour.
    optimizer.errors.ProblemError
        Costs or legs too large to add up, or locked routes that cannot be driven in their times.
    """
    began = time.perf_counter()
    if iterations is None and seconds is None:
        iterations = UNLIMITED
    workable = _without_the_impossible(problem)
    if not workable.requests or not workable.vehicles:
        return finished(
            problem, problem.locked, status=Status.FEASIBLE, seed=seed, seconds=0.0, work=0, explained=True
        )
    compiled = compile_problem(workable, vehicles_first=objective == "vehicles", rest=rest)
    if not compiled.groups:
        return finished(
            problem, problem.locked, status=Status.FEASIBLE, seed=seed, seconds=0.0, work=0, explained=True
        )
    warm()
    search = new_search(compiled, seed)
    _begin(compiled, search, warm_start)
    effort = Effort(iterations=iterations, seconds=seconds, began=time.perf_counter())
    run = _Run(compiled=compiled, search=search, effort=effort, seed=seed, progress=progress)
    _serve_all(run)
    if objective == "vehicles":
        _save_vehicles(run)
    _save_cost(run)
    return _answer(run, problem, began)


def _without_the_impossible(problem: Problem) -> Problem:
    """Leave out requests with a stop that has no option, and the groups that cannot be whole without them."""
    lost = {r.id for r in problem.requests if any(not stop.options for stop in r.stops) or not r.stops}
    if not lost:
        return problem
    broken = {r.group_id for r in problem.requests if r.id in lost and r.group_id is not None}
    kept = tuple(r for r in problem.requests if r.id not in lost and r.group_id not in broken)
    return replace(problem, requests=kept)


def _begin(compiled: Compiled, search: at.Search, warm_start: Schedule | None) -> None:
    """Stand the locked routes and the warm start up, then insert whoever is left."""
    task = compiled.task
    if warm_start is not None:
        start_from(compiled, search, warm_start)
    anneal.restart(task, search)
    if search.tally[at.TOTAL] >= at.NEVER // 2:
        message = "锁定的路线按其时刻无法行驶（时间、道路或载客不符），无法在其后安排；请核对锁定的路线"
        raise ProblemError((message,))
    anneal.prepare(task, search)
    anneal.improve(task, search, 1, False, True)
    search.tally[at.DONE] = 0


def _serve_all(run: _Run) -> None:
    """While somebody is absent who might be served, look for room by sums of absences."""
    if run.search.tally[at.BEST_LEFT] == 0:
        return
    _slices(run, until=FLEET_SHARE / 2, by_absences=True)
    anneal.restart(run.compiled.task, run.search)


def _save_vehicles(run: _Run) -> None:
    """Take one vehicle away after the other, as long as all can be served again."""
    task, search = run.compiled.task, run.search
    least = _fewest_vehicles(run.compiled)
    while (
        search.tally[at.BEST_LEFT] == 0
        and search.tally[at.BEST_COUNT] > least
        and run.effort.share() < FLEET_SHARE
    ):
        anneal.restart(task, search)
        if not anneal.drop_route(task, search):
            break
        if not _slices(run, until=FLEET_SHARE, by_absences=True):
            break
    anneal.restart(task, search)
    search.tally[at.MOST_ACTIVE] = max(search.tally[at.BEST_COUNT], 1)


def _fewest_vehicles(compiled: Compiled) -> int:
    """Give a number of vehicles that cannot be undercut: the largest of them, full, for the sum of loads."""
    task, fewest = compiled.task, 1
    if not task.rule[at.R_SIMPLE_LOAD]:
        return fewest
    first = task.stop[task.request[: task.rule[at.R_INSERTABLE], at.STOP_FROM]]
    sizes = np.repeat(task.group[:, at.CAPACITY :], task.group[:, at.G_COUNT], axis=0)
    for d in range(task.rule[at.R_DIMENSIONS]):
        load = np.abs(task.node[first, at.CHANGE + d]).sum()
        carried = np.cumsum(np.sort(sizes[:, d])[::-1])
        fewest = max(fewest, int(np.searchsorted(carried, load)) + 1)
    return fewest


def _save_cost(run: _Run) -> None:
    """Anneal what is left of the work; where vehicles are alike, begin again once with fewer of them."""
    hot, cold = _temperatures(run.compiled)
    first = run.effort.share()
    alike = len(run.compiled.groups) == 1 and run.compiled.vehicle_units == 0
    if alike and run.search.tally[at.BEST_LEFT] == 0:
        middle = hot * (cold / hot) ** FIRST_SHARE
        _slices(run, until=_later(first, FIRST_SHARE), by_absences=False, heat=(hot, middle))
        fewest = _fewest_vehicles(run.compiled)
        if run.search.tally[at.BEST_COUNT] > fewest:
            _try_fewer(run, fewest, heat=(hot, middle), until=_later(first, FIRST_SHARE + SECOND_SHARE))
        hot = middle
    _slices(run, until=1.0, by_absences=False, heat=(hot, cold))


def _later(share: float, part: float) -> float:
    """Share of the work that is done after a part of what is left at `share`."""
    return share + part * (1.0 - share)


def _try_fewer(run: _Run, fewest: int, *, heat: tuple[float, float], until: float) -> None:
    """Anneal with fewer vehicles from the start; go on from the better of the two solutions.

    One route more than needed is seldom given up once it is cold: its stops fit elsewhere all at once only.
    """
    task, search, tally = run.compiled.task, run.search, run.search.tally
    best, figures = search.best.copy(), tally[list(BEST)].copy()
    enough = min(_later(run.effort.share(), FEWER_SHARE), until)
    while tally[at.BEST_COUNT] > fewest and run.effort.share() < enough:
        anneal.restart(task, search)
        if not anneal.drop_route(task, search):
            break
        tally[at.BEST_TOTAL] = at.NEVER  # whatever serves all with fewer is worth to be kept
        if not _slices(run, until=enough, by_absences=True):
            break
    if tally[at.BEST_COUNT] < figures[0]:
        anneal.restart(task, search)
        tally[at.MOST_ACTIVE] = tally[at.BEST_COUNT]
        tally[at.BEST_TOTAL] = tally[at.TOTAL]
        _slices(run, until=until, by_absences=False, heat=heat)
    if tally[at.BEST_TOTAL] > figures[BEST.index(at.BEST_TOTAL)]:
        search.best[...] = best
        tally[list(BEST)] = figures
    tally[at.MOST_ACTIVE] = run.compiled.slots
    anneal.restart(task, search)


def _slices(run: _Run, *, until: float, by_absences: bool, heat: tuple[float, float] | None = None) -> bool:
    """Search slice by slice up to a share of the work; whether nobody was absent at last.

    `heat` is the first and the last temperature, as shares of what a request costs; without it all is cold.
    """
    search, effort = run.search, run.effort
    scale = _cost_per_request(run)
    first = effort.share()
    cold = _temperatures(run.compiled)[1]
    hot, cold = heat or (cold, cold)
    search.key[0, at.TEMPERATURE] = hot * scale
    search.key[0, at.COOLING] = 1.0
    if effort.iterations:
        left = max(1, round(until * effort.iterations) - effort.done)
        search.key[0, at.COOLING] = (cold / hot) ** (1.0 / left)
    while (share := effort.share()) < until:
        if not effort.iterations:
            search.key[0, at.TEMPERATURE] = hot * scale * (cold / hot) ** ((share - first) / (until - first))
        found = _slice(run, effort.next_slice(until), by_absences=by_absences)
        if found or (by_absences and search.tally[at.ABSENT] == 0):
            return True
    return False


def _temperatures(compiled: Compiled) -> tuple[float, float]:
    """First and last temperature, as shares of what a request costs."""
    rule = compiled.task.rule
    if rule[at.R_BRISK] and rule[at.R_TIME]:
        return HOT_WITH_TIMES, COLD_WITH_TIMES
    if rule[at.R_REGROUP]:
        return (HOT_WITH_MORE if rule[at.R_RETYPE] else HOT_WITH_KINDS), COLD
    return (HOT if rule[at.R_BRISK] else HOT_WITH_MORE), COLD


def _slice(run: _Run, size: int, *, by_absences: bool) -> bool:
    search, effort = run.search, run.effort
    started, before = time.perf_counter(), int(search.tally[at.DONE])
    found = anneal.improve(run.compiled.task, search, size, by_absences, False)
    made = int(search.tally[at.DONE]) - before
    effort.done += made
    effort.speed = made / max(1e-9, time.perf_counter() - started)
    _tell(run)
    return found


def _tell(run: _Run) -> None:
    if run.progress is None:
        return
    best = best_schedule(
        run.compiled,
        run.search,
        status=Status.FEASIBLE,
        seed=run.seed,
        seconds=time.perf_counter() - run.effort.began,
        explained=False,
    )
    if not run.progress(best):
        run.effort.stopped = True


def _cost_per_request(run: _Run) -> float:
    """Cost of a request on average, without what `vehicles first` adds."""
    tally, compiled = run.search.tally, run.compiled
    total = int(tally[at.TOTAL]) - int(tally[at.ACTIVE]) * compiled.vehicle_units
    served = len(compiled.requests) - int(tally[at.ABSENT])
    return max(1.0, total / max(1, served))


def _answer(run: _Run, problem: Problem, began: float) -> Schedule:
    return best_schedule(
        replace(run.compiled, problem=problem),
        run.search,
        status=Status.STOPPED if run.effort.stopped else Status.FEASIBLE,
        seed=run.seed,
        seconds=time.perf_counter() - began,
        explained=True,
    )
