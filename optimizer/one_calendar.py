"""One calendar for all: what one plan holds is busy in the others, and a driver who is out is out of all.

A vehicle or driver with the same id in two problems of a day is the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.happenings import DriverOut, Event
from optimizer.model import ALL_DAY, Driver, PlanWarning, Problem, Route, Schedule, TimeWindow, Vehicle
from optimizer.policy.rules import licence_fits
from optimizer.replan import Replanned, replan

__all__ = ["Relief", "duty_by_driver", "held", "held_by", "long_hours", "relieved", "replan_day"]

Plan = tuple[Problem, Schedule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """Who takes over a whole route of a driver who is out.

    Parameters
    ----------
    spare_id
        None where nobody licensed is free; then the route cannot leave.
    """

    kind: str
    vehicle_id: str
    spare_id: str | None


def held(problem: Problem, others: Sequence[Schedule], *, rest_s: int = 0) -> Problem:
    """Mark vehicles and drivers busy for as long as other plans of the day hold them, or are away with.

    Parameters
    ----------
    rest_s
        What drivers stand before and after another plan's route, so that driving in both adds up to no more
        than each allows.
    """
    vehicles, drivers = held_by(problem.vehicles, problem.drivers, others, rest_s=rest_s)
    return replace(problem, vehicles=vehicles, drivers=drivers)


def held_by(
    vehicles: Iterable[Vehicle], drivers: Iterable[Driver], others: Sequence[Schedule], *, rest_s: int = 0
) -> tuple[tuple[Vehicle, ...], tuple[Driver, ...]]:
    """Do as `held` does with the vehicles and drivers of a problem that is still to be made."""
    gone = {away.vehicle_id for schedule in others for away in schedule.away}
    of_vehicle: dict[str, list[TimeWindow]] = {}
    of_driver: dict[str, list[TimeWindow]] = {}
    for route in (route for schedule in others for route in schedule.routes):
        end_s = 10 * ALL_DAY.end_s if route.vehicle_id in gone else route.end_s
        of_vehicle.setdefault(route.vehicle_id, []).append(TimeWindow(start_s=route.start_s, end_s=end_s))
        if route.driver_id is not None:
            rested = TimeWindow(start_s=route.start_s - rest_s, end_s=end_s + rest_s)
            of_driver.setdefault(route.driver_id, []).append(rested)
    on_duty = duty_by_driver(others)
    fleet = tuple(replace(v, busy=(*v.busy, *of_vehicle.get(v.id, ()))) for v in vehicles)
    people = tuple(
        replace(d, busy=(*d.busy, *of_driver.get(d.id, ())), today_s=d.today_s + on_duty.get(d.id, 0))
        for d in drivers
    )
    return fleet, people


def duty_by_driver(schedules: Iterable[Schedule]) -> dict[str, int]:
    """Sum the seconds on duty of every driver that plans name."""
    on_duty: dict[str, int] = {}
    for route in (route for schedule in schedules for route in schedule.routes):
        if route.driver_id is not None:
            on_duty[route.driver_id] = on_duty.get(route.driver_id, 0) + route.end_s - route.start_s
    return on_duty


def long_hours(schedules: Sequence[Schedule], limit_s: int = 28_800) -> tuple[PlanWarning, ...]:
    """Warn of drivers whose hours on duty over all plans of the day exceed a working day (overtime)."""
    hours = duty_by_driver(schedules)
    return tuple(
        PlanWarning(rule="long_hours", message=_overtime(driver_id, total, limit_s))
        for driver_id, total in sorted(hours.items())
        if total > limit_s
    )


def _overtime(driver_id: str, total_s: int, limit_s: int) -> str:
    return (
        f"驾驶员 {driver_id} 当天各项任务合计出车 {total_s // 60} 分钟，超过 {limit_s // 60} 分钟，须计加班"
    )


def replan_day(
    plans: Mapping[str, Plan],
    events: Sequence[Event],
    now_s: int,
    *,
    cars: str = "cars",
    crews: Mapping[str, str] | None = None,
    locks: Sequence[str] = (),
) -> tuple[Replanned, tuple[Relief, ...]]:
    """Let one happening change all plans of a day: cars by `replan`, other routes by relief of their driver.

    Parameters
    ----------
    plans
        Problem and schedule by kind; that of `cars` is re-planned.
    crews
        Vehicle id → driver, for vehicles whose driver the problems do not name.

    Returns
    -------
    tuple
        The day of cars, and who takes over which other route. A spare driver is in one place at a time.
    """
    problem, schedule = plans[cars]
    others = {kind: plan for kind, plan in plans.items() if kind != cars}
    reliefs: list[Relief] = []
    taken: list[Route] = []
    for event in events:
        if isinstance(event, DriverOut):
            found = relieved(others, event, problem.drivers, now_s, crews or {}, taken)
            reliefs += found
    busy = held(problem, [Schedule(routes=tuple(taken))])
    return replan(busy, schedule, events, now_s, locks=locks), tuple(reliefs)


def relieved(
    plans: Mapping[str, Plan],
    event: DriverOut,
    drivers: Sequence[Driver],
    now_s: int,
    crews: Mapping[str, str],
    taken: list[Route],
) -> list[Relief]:
    """Find a spare driver for every route of his that has not left; what they take on is added to `taken`."""
    known = {d.id: d for d in drivers}
    out: list[Relief] = []
    for kind, (problem, schedule) in plans.items():
        vehicles = {v.id: v for v in problem.vehicles}
        for route in sorted(schedule.routes, key=lambda r: (r.start_s, r.vehicle_id)):
            his = (route.driver_id or crews.get(route.vehicle_id)) == event.driver_id
            if not his or route.start_s < now_s:
                continue
            routes = [*taken, *(r for _, other in plans.values() for r in other.routes)]
            spare = _spare(problem, vehicles[route.vehicle_id], route, event, known, routes)
            out.append(Relief(kind=kind, vehicle_id=route.vehicle_id, spare_id=spare))
            if spare is not None:
                taken.append(replace(route, driver_id=spare))
    return out


def _spare(
    problem: Problem,
    vehicle: Vehicle,
    route: Route,
    event: DriverOut,
    known: Mapping[str, Driver],
    held_routes: Sequence[Route],
) -> str | None:
    """First by id of the spare drivers who is licensed, on duty and free for the whole route."""
    kind = next(t for t in problem.vehicle_types if t.id == vehicle.type_id)
    for driver_id in sorted(event.spare_ids):
        driver = known.get(driver_id)
        if driver is None or not licence_fits(problem, driver, kind):
            continue
        away = [
            *driver.busy,
            *(TimeWindow(start_s=r.start_s, end_s=r.end_s) for r in held_routes if r.driver_id == driver_id),
        ]
        on_duty = driver.shift.start_s <= route.start_s and route.end_s <= driver.shift.end_s
        if on_duty and all(w.end_s <= route.start_s or route.end_s <= w.start_s for w in away):
            return driver_id
    return None
