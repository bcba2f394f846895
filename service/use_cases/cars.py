"""Plan a day of official cars."""

from collections.abc import Iterable
from dataclasses import replace

from optimizer import cars
from optimizer.cargo import with_room
from optimizer.duty_hours import with_driver_hours
from optimizer.locks import without_broken_locks
from optimizer.model import Problem, Request, Schedule, Vehicle
from optimizer.overflow import with_hired
from optimizer.policy.calendar import is_holiday, parse_date
from optimizer.policy.driver_hours import driver_hours
from optimizer.ranges import with_ranges
from optimizer.relaxations import with_relaxations
from optimizer.validate import require_valid
from scenarios.disturbances import chosen_buffer
from scenarios.prefecture.values import Prefecture
from service.use_cases.roads import Roads
from service.use_cases.steps import Step

BUFFER_S = 300
"""Slack between two requests of a car: meetings end when they end."""

MOST_TOLD = 40
"""Left-out requests that are told with the plan what would serve them; the rest on demand."""


def plan_cars(
    day: Prefecture,
    roads: Roads,
    seed: int,
    step: Step,
    *,
    late_percent: int | None = None,
    hired: bool = False,
) -> tuple[Problem, Schedule]:
    """Assign the day's requests to cars; what cannot be served has its reason and what would serve it.

    Parameters
    ----------
    late_percent
        Choose the slack between two requests so that no more of them start late on disturbed days; None
        keeps the usual one.
    hired
        Whether cars are leased or hailed for those whom the fleet leaves out.
    """
    problem, refused = without_broken_locks(car_problem(day, roads, step))
    require_valid(problem)
    step.note += "".join(f"；{sentence}" for sentence in refused)
    if late_percent is None:
        schedule = cars.plan(problem, seed=seed, progress=step.keep_going)
    else:
        problem, schedule = _with_buffer(problem, late_percent, seed, step)
    if hired:
        problem, schedule = with_hired(problem, schedule)
    if len(schedule.unserved) > MOST_TOLD:
        step.note += f"；未安排 {len(schedule.unserved)} 件，只为前 {MOST_TOLD} 件计算放宽办法"
    told = with_relaxations(problem, schedule, requests=MOST_TOLD, keep_going=step.keep_going)
    return problem, told


def _with_buffer(problem: Problem, late_percent: int, seed: int, step: Step) -> tuple[Problem, Schedule]:
    """Choose the slack by a hundred disturbed days, and say what it costs beside none."""
    trials = chosen_buffer(problem, late_share=late_percent / 100, seed=seed, keep_going=step.keep_going)
    none, best = trials[0], trials[-1]
    step.note = (
        f"任务间余量 {best.buffer_s // 60} 分钟，晚点开始 {best.late_share:.1%}，"
        f"决策费用 {best.cost_fen / 100:,.0f} 元；"
        f"不留余量时 {none.late_share:.1%}，{none.cost_fen / 100:,.0f} 元"
    )
    return replace(problem, buffer_s=best.buffer_s), best.schedule


def car_problem(day: Prefecture, roads: Roads, step: Step, also: Iterable[Request] = ()) -> Problem:
    """Ask for the day's car trips, with the travel times by county that can matter.

    Parameters
    ----------
    also
        Requests that are not asked for, but to whose places the ways must be known.
    """
    fleet = manned(day)
    blocks = cars.car_blocks((*day.requests, *also), fleet, day.places)
    used = {car.type_id for car in fleet}
    profiles = {kind.profile for kind in day.vehicle_types if kind.id in used}
    travel = roads.travel(sorted(profiles), (), blocks=blocks, progress=step.part)
    named = {place.id: place for origins, ends in blocks for place in (*origins, *ends)}
    # Cars of a county without requests stand somewhere too.
    bases = {id_ for car in fleet for id_ in (car.start_place_id, car.end_place_id)}
    named |= {place.id: place for place in day.places if place.id in bases}
    today = parse_date(day.date)
    problem = Problem(
        name="公务用车",
        date=day.date,
        synthetic=day.synthetic,
        places=tuple(named[place_id] for place_id in sorted(named)),
        vehicle_types=tuple(kind for kind in day.vehicle_types if kind.id in used),
        vehicles=fleet,
        drivers=day.drivers,
        depots=tuple(depot for depot in day.depots if depot.place_id in named),
        requests=day.requests,
        travel=travel,
        buffer_s=BUFFER_S,
        fleet_frozen=is_holiday(today, estimate=True),
        versions=roads.versions,
    )
    return with_ranges(with_driver_hours(with_room(problem, also), driver_hours(today)))


def manned(day: Prefecture) -> tuple[Vehicle, ...]:
    """Name the driver of every car that has its own (人车固定): his hours count wherever he drives."""
    known = {driver.id for driver in day.drivers}
    fixed = {car_id: driver_id for car_id, driver_id in day.fixed_drivers if driver_id in known}
    return tuple(
        replace(car, driver_ids=(fixed[car.id],)) if car.id in fixed and not car.driver_ids else car
        for car in day.cars
    )
