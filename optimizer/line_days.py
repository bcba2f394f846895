"""A day of shuttles: to work and home again by the same buses, each paid and driven once at a time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from optimizer.joint import plan_lines
from optimizer.line_plans import Planned
from optimizer.lines import Direction, LineDraft
from optimizer.model import CostRates, Problem, Route, Schedule, TimeWindow, VehicleType

__all__ = ["after", "after_problem", "plan_day", "with_busy_times", "with_paid_days"]


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
    """Have the buses of an earlier plan of the day once they are back, without paying for their day twice."""
    return replace(draft, problem=after_problem(draft.problem, earlier))


def after_problem(problem: Problem, earlier: Schedule) -> Problem:
    """Do as `after` does for the problem of a draft alone."""
    busy = {r.vehicle_id: TimeWindow(start_s=r.start_s, end_s=r.end_s) for r in earlier.routes}
    return with_busy_times(with_paid_days(problem, earlier.routes), busy)


def with_paid_days(problem: Problem, earlier: Iterable[Route]) -> Problem:
    """Bill the day of a vehicle and its driver once over several plans.

    Vehicles of earlier routes get types of their own without `vehicle_used_fen` and `standing_per_day_fen`,
    in which what the routes have taken of the included kilometres and hours and of the regular hours of the
    driver is no longer there: overtime begins after eight hours of the day, not of each direction.
    """
    types = {kind.id: kind for kind in problem.vehicle_types}
    routes: dict[str, list[Route]] = {}
    for route in earlier:
        routes.setdefault(route.vehicle_id, []).append(route)
    paid: dict[tuple[str, CostRates], VehicleType] = {}
    vehicles = []
    for vehicle in problem.vehicles:
        if vehicle.id in routes:
            kind = types[vehicle.type_id]
            rates = _rates_left(kind.rates, routes[vehicle.id])
            name = f"{kind.id}+paid" + (f"-{len(paid) + 1}" if paid else "")
            left = paid.setdefault((kind.id, rates), replace(kind, id=name, rates=rates))
            vehicle = replace(vehicle, type_id=left.id)  # noqa: PLW2901
        vehicles.append(vehicle)
    return replace(problem, vehicle_types=(*problem.vehicle_types, *paid.values()), vehicles=tuple(vehicles))


def _rates_left(rates: CostRates, routes: Sequence[Route]) -> CostRates:
    """Take from a day what earlier routes have used, where anything is charged beyond it."""
    driven_m = sum(route.distance_m for route in routes)
    duty_s = sum(route.end_s - route.start_s for route in routes)
    return replace(
        rates,
        vehicle_used_fen=0,
        standing_per_day_fen=0,
        included_m=max(0, rates.included_m - driven_m) if rates.per_km_fen else rates.included_m,
        included_s=max(0, rates.included_s - duty_s) if rates.per_hour_fen else rates.included_s,
        regular_hours_s=(
            max(0, rates.regular_hours_s - duty_s) if rates.overtime_per_hour_fen else rates.regular_hours_s
        ),
    )


def with_busy_times(problem: Problem, busy: Mapping[str, TimeWindow]) -> Problem:
    """Keep vehicles out of the times in which another plan of the day has them (vehicle id → time)."""
    vehicles = tuple(replace(v, busy=(*v.busy, busy[v.id])) if v.id in busy else v for v in problem.vehicles)
    return replace(problem, vehicles=vehicles)
