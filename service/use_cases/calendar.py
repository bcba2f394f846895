"""One calendar for all: what other plans of the day, of the week and of longer trips leave for cars."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from optimizer.model import Away, Schedule
from optimizer.one_calendar import duty_by_driver, held_by
from optimizer.policy.driver_hours import driver_hours
from optimizer.several_days import continued
from scenarios.prefecture.values import Prefecture
from service.database import reading
from service.intake.car_rows import MOST_NIGHTS
from service.kinds import CARS, EMERGENCY, SHUTTLES
from service.store.plans import load_schedule, plans_between
from service.store.scope import EVERYTHING
from service.use_cases.cars import manned

REST_S: Final = 1_200
"""Between the routes of two plans, so that four hours of driving are not put together of two."""


def with_calendar(engine: Engine, day: Prefecture) -> Prefecture:
    """Let a day of cars begin as all other plans in force leave it.

    Vehicles and drivers are busy where shuttles or emergencies hold them today; those away on trips of
    several days are held, and their ways back are asked for on the last; hours of the week are carried in.
    """
    today = date.fromisoformat(day.date)
    with reading(engine) as session:
        earlier = dict(_earlier(session, today))
        others = [_manned(day, s) for kind, s in _of_day(session, today).items() if kind != CARS]
    begun = continued(manned(day), day.drivers, _away(earlier, today))
    fleet, drivers = held_by(begun.vehicles, begun.drivers, others, rest_s=REST_S)
    week = _week(day, earlier, today)
    places = {place.id: place for place in (*day.places, *begun.places)}
    return replace(
        day,
        cars=fleet,
        drivers=tuple(replace(d, week_s=week.get(d.id, 0)) for d in drivers),
        requests=(*day.requests, *begun.requests),
        places=tuple(places.values()),
    )


def _earlier(session: Session, today: date) -> Iterator[tuple[date, dict[str, Schedule]]]:
    """Plans in force of the days before, by kind."""
    days: dict[date, dict[str, Schedule]] = {}
    first, last = today - timedelta(days=MOST_NIGHTS), today - timedelta(days=1)
    for (when, kind), row in plans_between(session, EVERYTHING, first, last).items():
        days.setdefault(when, {})[kind] = load_schedule(row)
    yield from days.items()


def _of_day(session: Session, today: date) -> dict[str, Schedule]:
    found = plans_between(session, EVERYTHING, today, today)
    return {kind: load_schedule(row) for (_, kind), row in found.items() if kind in {*SHUTTLES, EMERGENCY}}


def _manned(day: Prefecture, schedule: Schedule) -> Schedule:
    """Name the fixed driver of a bus whose plan names none."""
    known, fixed = {d.id for d in day.drivers}, dict(day.fixed_drivers)
    routes = tuple(
        replace(r, driver_id=fixed[r.vehicle_id])
        if r.driver_id is None and fixed.get(r.vehicle_id) in known
        else r
        for r in schedule.routes
    )
    return replace(schedule, routes=routes)


def _away(earlier: Mapping[date, Mapping[str, Schedule]], today: date) -> Iterator[tuple[int, Away]]:
    for when in sorted(earlier):
        for away in earlier[when].get(CARS, Schedule(routes=())).away:
            yield (today - when).days, away


def _week(day: Prefecture, earlier: Mapping[date, Mapping[str, Schedule]], today: date) -> dict[str, int]:
    """Seconds on duty since Monday; a day between way out and way back counts as a working day."""
    monday = today - timedelta(days=today.weekday())
    worked: dict[str, int] = {}
    for when, plans in earlier.items():
        if when >= monday:
            for driver_id, seconds in duty_by_driver(_manned(day, s) for s in plans.values()).items():
                worked[driver_id] = worked.get(driver_id, 0) + seconds
    for days_ago, away in _away(earlier, today):
        out = today - timedelta(days=days_ago)
        between = [out + timedelta(days=n) for n in range(1, min(away.nights, days_ago))]
        for when in between:
            if away.driver_id and when >= monday:
                worked[away.driver_id] = worked.get(away.driver_id, 0) + driver_hours(when).day_s
    return worked
