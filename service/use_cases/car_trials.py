"""What a planned day of cars is worth, and what it bears: first come by hand, and a breakdown at ten."""

from dataclasses import dataclass
from typing import Final

from optimizer.check import violations
from optimizer.first_come import Margin, first_come, margin
from optimizer.happenings import Breakdown
from optimizer.model import Problem, Route, Schedule
from optimizer.replan import Replanned, replan

BREAKDOWN_S: Final = 36_000
"""Ten o'clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarTrials:
    """A day of cars beside dispatch by hand, and after its busiest car has broken down.

    Parameters
    ----------
    broken
        Plate, or id, of the car that broke down; "" where none was to drive after ten.
    replanned
        What became of the day; None without a breakdown.
    findings
        Broken rules in what became of it, one sentence each.
    """

    margin: Margin
    broken: str = ""
    replanned: Replanned | None = None
    findings: tuple[str, ...] = ()


def try_cars(problem: Problem, schedule: Schedule) -> CarTrials:
    """Dispatch the same day by hand, and let the car with most left to do break down at ten."""
    beside = margin(problem, schedule, first_come(problem))
    route = _busiest(schedule)
    if route is None:
        return CarTrials(margin=beside)
    done = replan(problem, schedule, [Breakdown(vehicle_id=route.vehicle_id)], BREAKDOWN_S)
    plate = next((v.plate for v in problem.vehicles if v.id == route.vehicle_id), "")
    faults = tuple(v.message for v in violations(done.problem, done.schedule))
    return CarTrials(margin=beside, broken=plate or route.vehicle_id, replanned=done, findings=faults)


def _busiest(schedule: Schedule) -> Route | None:
    """Find the car on the road at ten with the most stops still to make."""
    out = [r for r in schedule.routes if r.start_s < BREAKDOWN_S < r.end_s]
    left = {r.vehicle_id: sum(v.start_s > BREAKDOWN_S for v in r.visits) for r in out}
    return max(out, key=lambda r: (left[r.vehicle_id], r.vehicle_id), default=None)
