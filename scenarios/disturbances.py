"""A planned day of cars as it might go: meetings end when they end, roads are slow, and some start late.

A buffer between two requests of a car is chosen so that late starts stay below a stated probability: plans
with growing buffers are driven on the same disturbed days until one keeps it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer import cars
from optimizer.model import UNREACHABLE, Problem, Request, Route, Schedule, Vehicle
from optimizer.policy.stays import StayTable, default_stays
from optimizer.price import decision_cost_fen
from optimizer.timing import Timetable, leg, timetable

__all__ = ["BUFFERS_S", "Disturbance", "Trial", "chosen_buffer", "late_starts", "trial"]

BUFFERS_S: Final = (0, 300, 600, 900, 1_200, 1_800, 2_400, 3_600)
SHORTEST_STAY_S: Final = 600
"""A stop of at least so long is an errand, whose length nobody knows; a shorter one is getting in and out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """How a day differs from its plan: assumptions to edit.

    Parameters
    ----------
    planned_share
        Quantile that the planned lengths of errands are: so many end in time. What applicants say is taken
        for the middle; lengths of `optimizer.policy.stays` are planned higher.
    slow_scatter
        Deviation of the logarithm of a leg's driving time about the planned one.
    late_s
        A start later than its window by more than this is late.
    """

    planned_share: float = 0.5
    slow_scatter: float = 0.08
    late_s: int = 300
    stays: StayTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One plan on many disturbed days.

    Parameters
    ----------
    late, starts
        Late starts, and all starts, over all days.
    """

    buffer_s: int
    schedule: Schedule
    late: int
    starts: int
    cost_fen: int

    @property
    def late_share(self) -> float:
        """Share of starts that were late."""
        return self.late / self.starts if self.starts else 0.0


def chosen_buffer(
    problem: Problem,
    *,
    late_share: float = 0.05,
    days: int = 100,
    seed: int = 0,
    how: Disturbance | None = None,
    buffers_s: Sequence[int] = BUFFERS_S,
    keep_going: Callable[[float], bool] | None = None,
) -> tuple[Trial, ...]:
    """Try buffers in order until one keeps late starts below the share; the last trial is the choice.

    Nobody is left out for a buffer: one that serves fewer requests than none at all is no choice.

    Returns
    -------
    tuple
        Trials in the order made, the first one without a buffer. If no buffer keeps the share, the last is
        the one with the fewest late starts.
    """
    trials: list[Trial] = []
    for k, buffer_s in enumerate(buffers_s):
        if keep_going is not None and not keep_going(k / len(buffers_s)):
            break
        made = trial(replace(problem, buffer_s=buffer_s), days=days, seed=seed, how=how)
        if trials and len(made.schedule.unserved) > len(trials[0].schedule.unserved):
            break
        trials.append(made)
        if made.late_share <= late_share:
            return tuple(trials)
    best = min(trials, key=lambda t: (t.late_share, t.buffer_s))
    return tuple([t for t in trials if t is not best] + [best])


def trial(problem: Problem, *, days: int, seed: int, how: Disturbance | None = None) -> Trial:
    """Plan a day with the problem's buffer and drive it on so many disturbed days."""
    schedule = cars.plan(problem)
    late, starts = late_starts(problem, schedule, days=days, seed=seed, how=how)
    return Trial(
        buffer_s=problem.buffer_s,
        schedule=schedule,
        late=late,
        starts=starts,
        cost_fen=decision_cost_fen(problem, schedule),
    )


def late_starts(
    problem: Problem, schedule: Schedule, *, days: int, seed: int, how: Disturbance | None = None
) -> tuple[int, int]:
    """Count late starts and all starts of a plan over so many disturbed days.

    A request has the same fortune in every plan of the same seed: only the plan makes the difference. Cars
    leave when planned at the earliest and otherwise drive on as soon as they can.
    """
    how = how or Disturbance()
    table = timetable(problem)
    vehicles = {v.id: v for v in problem.vehicles}
    number = {r.id: i for i, r in enumerate(sorted(problem.requests, key=lambda r: r.id))}
    late = starts = 0
    for day in range(days):
        dice = np.random.default_rng((seed, day))
        fortune = dice.standard_normal((2, len(number)))
        for route in schedule.routes:
            found = _driven(table, vehicles[route.vehicle_id], route, number, fortune, how)
            starts += len(found)
            late += sum(late_s > how.late_s for late_s in found)
    return late, starts


def _driven(
    table: Timetable,
    vehicle: Vehicle,
    route: Route,
    number: Mapping[str, int],
    fortune: NDArray[np.float64],
    how: Disturbance,
) -> list[int]:
    """Drive one route; seconds by which each request starts after its window."""
    profile = table.types[vehicle.type_id].profile
    at, now, found = route.start_place_id, route.start_s, list[int]()
    stays = how.stays or default_stays()
    for visit in route.visits:
        if visit.request_id is None:
            at, now = visit.place_id, max(now, visit.depart_s)
            continue
        request, k = table.requests[visit.request_id], number[visit.request_id]
        option = request.stops[visit.stop].options[visit.option]
        seconds, _ = leg(table, profile, at, visit.place_id, now)
        if seconds == UNREACHABLE:
            break
        arrival_s = now + round(seconds * exp(how.slow_scatter * fortune[0, k]))
        start_s = max(arrival_s, option.window.start_s)
        if visit.stop == 0:
            found.append(start_s - option.window.end_s)
        at, now = visit.place_id, start_s + _stay_s(request, option.service_s, fortune[1, k], how, stays)
    return found


def _stay_s(request: Request, planned_s: int, fortune: float, how: Disturbance, stays: StayTable) -> int:
    """Length of a stop as it turns out: what is planned is the stated quantile of it."""
    if planned_s < SHORTEST_STAY_S:
        return planned_s
    scatter = stays.scatter(request.category)
    return round(planned_s * exp(scatter * (fortune - NormalDist().inv_cdf(how.planned_share))))
