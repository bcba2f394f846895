"""A day of shuttles: to work and home again by the same buses, each paid and driven once at a time."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from optimizer.joint import plan_lines
from optimizer.line_plans import Planned
from optimizer.lines import Direction, LineDraft
from optimizer.model import Problem, Schedule, TimeWindow

__all__ = ["after", "plan_day", "with_busy_times", "with_paid_days"]


def plan_day(
    drafts: Mapping[Direction, LineDraft],
    *,
    seed: int = 0,
    work_limit: int | None = None,
    seconds: float | None = None,
    progress: Callable[[float], bool] | None = None,
) -> dict[Direction, Planned]:
    """Plan the morning, then the evening, which has buses of the morning for nothing once they are back.

    Parameters
    ----------
    work_limit, seconds
        Of each direction.
    """
    planned: dict[Direction, Planned] = {}
    for direction in ("morning", "evening"):
        if direction not in drafts:
            continue
        draft = drafts[direction]
        for other in planned.values():
            draft = after(draft, other.schedule)
        planned[direction] = plan_lines(
            draft, seed=seed, work_limit=work_limit, seconds=seconds, progress=progress
        )
    return planned


def after(draft: LineDraft, earlier: Schedule) -> LineDraft:
    """Have the buses of an earlier plan of the day for nothing once they are back."""
    busy = {r.vehicle_id: TimeWindow(start_s=r.start_s, end_s=r.end_s) for r in earlier.routes}
    return replace(draft, problem=with_busy_times(with_paid_days(draft.problem, busy), busy))


def with_paid_days(problem: Problem, used: Collection[str]) -> Problem:
    """Charge nothing by the day for vehicles whose day another plan pays: each day is billed once.

    The vehicles get a type of their own without `vehicle_used_fen` and `standing_per_day_fen`.
    """
    types = {kind.id: kind for kind in problem.vehicle_types}
    paid = {
        type_id: replace(
            types[type_id],
            id=f"{type_id}+paid",
            rates=replace(types[type_id].rates, vehicle_used_fen=0, standing_per_day_fen=0),
        )
        for type_id in sorted({v.type_id for v in problem.vehicles if v.id in used})
    }
    vehicles = tuple(replace(v, type_id=paid[v.type_id].id) if v.id in used else v for v in problem.vehicles)
    return replace(problem, vehicle_types=(*problem.vehicle_types, *paid.values()), vehicles=vehicles)


def with_busy_times(problem: Problem, busy: Mapping[str, TimeWindow]) -> Problem:
    """Keep vehicles out of the times in which another plan of the day has them (vehicle id → time)."""
    vehicles = tuple(replace(v, busy=(*v.busy, busy[v.id])) if v.id in busy else v for v in problem.vehicles)
    return replace(problem, vehicles=vehicles)
