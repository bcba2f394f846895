"""Shuttles whose driver is out, as new versions of their plans: who drives instead, judged and priced."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine

from gis.places import Place
from optimizer.happenings import DriverOut
from optimizer.line_days import after_problem
from optimizer.model import ALL_DAY, Driver, Problem, Request, Schedule, TimeWindow
from optimizer.one_calendar import Relief
from optimizer.price import decision_cost_fen
from scenarios.prefecture.values import Prefecture
from service.database import reading
from service.kinds import EVENING, MORNING, NAMES
from service.store.demand import get_day, load_requests
from service.store.fleet import load_drivers
from service.store.scope import EVERYTHING
from service.use_cases.judging import Planned
from service.use_cases.roads import Roads
from service.use_cases.steps import Step


def relieved_lines(  # noqa: PLR0917
    engine: Engine,
    day: Prefecture,
    roads: Roads,
    lines: Mapping[str, Planned],
    out: Sequence[DriverOut],
    reliefs: Sequence[Relief],
    now_s: int,
    step: Step,
) -> dict[str, Planned]:
    """Make a new version of every shuttle plan in which somebody else drives.

    A bus for which nobody was found keeps its driver in the plan, so that the judge says that it cannot
    leave. A plan of which the riders are not stored (a draft) cannot be judged: the step says so.

    Parameters
    ----------
    lines
        Plans in force, by kind.
    now_s
        From when on the drivers are out.
    """
    found: dict[str, Planned] = {}
    away = {event.driver_id: now_s for event in out}
    for kind in dict.fromkeys(relief.kind for relief in reliefs):
        asked, drivers = _stored(engine, day, kind)
        schedule = _driven_by(lines[kind][1], [r for r in reliefs if r.kind == kind], dict(day.fixed_drivers))
        if not _holds(asked, schedule):
            step.note += f"；{NAMES[kind]}方案还是草案，代驾只作提示，没有另存"
            continue
        problem = _problem(day, roads, kind, schedule, asked)
        if kind == EVENING and MORNING in lines:
            problem = after_problem(problem, lines[MORNING][1])
        problem = replace(problem, drivers=tuple(_out(d, away) for d in drivers))
        found[kind] = problem, _priced(problem, schedule)
    return found


def _stored(engine: Engine, day: Prefecture, kind: str) -> tuple[tuple[Request, ...], tuple[Driver, ...]]:
    """Load what a plan was asked, and the drivers as they are when no plan holds them."""
    with reading(engine) as session:
        row = get_day(session, EVERYTHING, date.fromisoformat(day.date))
        asked = load_requests(session, EVERYTHING, row.service_date, kind)
        return asked, load_drivers(session, EVERYTHING)


def _holds(asked: Iterable[Request], schedule: Schedule) -> bool:
    known = {request.id for request in asked}
    served = {v.request_id for route in schedule.routes for v in route.visits if v.request_id is not None}
    return served | {left.request_id for left in schedule.unserved} == known


def _driven_by(schedule: Schedule, reliefs: Sequence[Relief], fixed: Mapping[str, str]) -> Schedule:
    """Name who drives the buses concerned: the spare driver, or nobody else."""
    spare = {relief.vehicle_id: relief.spare_id or fixed.get(relief.vehicle_id) for relief in reliefs}
    routes = tuple(
        replace(r, driver_id=spare[r.vehicle_id]) if r.vehicle_id in spare else r for r in schedule.routes
    )
    return replace(schedule, routes=routes)


def _problem(
    day: Prefecture, roads: Roads, kind: str, schedule: Schedule, asked: tuple[Request, ...]
) -> Problem:
    """Say what the plan was made for, with the ways between the places where its buses go."""
    places = {place.id: place for place in (*day.places, *_stops(day, kind))}
    routes = schedule.routes
    ids = {i for r in routes for i in (r.start_place_id, r.end_place_id, *(v.place_id for v in r.visits))}
    used = {bus.type_id for bus in day.buses}
    types = tuple(t for t in day.vehicle_types if t.id in used)
    return Problem(
        name=NAMES[kind],
        date=day.date,
        synthetic=day.synthetic,
        places=tuple(places.values()),
        vehicle_types=types,
        vehicles=day.buses,
        depots=tuple(depot for depot in day.depots if depot.place_id in places),
        requests=asked,
        travel=roads.travel(sorted({t.profile for t in types}), [places[i] for i in sorted(ids)]),
        versions=roads.versions,
    )


def _stops(day: Prefecture, kind: str) -> tuple[Place, ...]:
    """Give stops as the plan knew them: going home, riders get off on either side."""
    if kind != EVENING:
        return day.shuttle_stops
    return tuple(replace(stop, kerb=False) for stop in day.shuttle_stops)


def _out(driver: Driver, away: Mapping[str, int]) -> Driver:
    if driver.id not in away:
        return driver
    return replace(driver, busy=(*driver.busy, TimeWindow(start_s=away[driver.id], end_s=10 * ALL_DAY.end_s)))


def _priced(problem: Problem, schedule: Schedule) -> Schedule:
    cost = decision_cost_fen(problem, schedule)
    return replace(schedule, objective_fen=cost, bound_fen=None, gap=None, engine="relief")
