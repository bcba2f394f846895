"""A planned day of cars as it goes on: what has happened, places for a late request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from optimizer.cargo import fitted
from optimizer.happenings import Added, DriverOut
from optimizer.model import Problem, Request, Schedule, Stop, StopOption, Vehicle
from optimizer.offers import Could, Desk, Offer
from optimizer.one_calendar import Relief, replan_day
from optimizer.relaxations import with_relaxations
from optimizer.replan import Replanned
from scenarios.prefecture.values import Prefecture
from service.database import reading
from service.errors import DocumentError, IntakeError, NotFound
from service.exchange.documents import load_plans, load_problems
from service.kinds import CARS, SHUTTLES
from service.store.demand import get_day
from service.store.plans import in_force, load_schedule
from service.store.scope import EVERYTHING
from service.use_cases.cars import car_problem
from service.use_cases.happenings import Happened, events_of, only_seats
from service.use_cases.judging import Planned
from service.use_cases.relief import relieved_lines
from service.use_cases.roads import Roads
from service.use_cases.steps import Step


def schedule_in_force(engine: Engine, day: str) -> Schedule:
    """Load the plan of cars that the day goes by: the published one, or else the newest draft.

    Raises
    ------
    NotFound
        There is none.
    """
    with reading(engine) as session:
        row = get_day(session, EVERYTHING, date.fromisoformat(day))
        return load_schedule(in_force(session, EVERYTHING, row.service_date, CARS))


def require_known(day: Prefecture, schedule: Schedule, fleet: Iterable[Vehicle] | None = None) -> None:
    """Let a plan pass whose requests and vehicles the day has.

    Parameters
    ----------
    fleet
        Vehicles of the plan's own problem, hired ones among them; None: the day's.

    Raises
    ------
    IntakeError
        It was made of requests that are not stored.
    """
    known = {r.id for r in day.requests}
    vehicles = {v.id for v in (day.cars if fleet is None else fleet)}
    for route in schedule.routes:
        strange = [
            v.request_id for v in route.visits if v.request_id is not None and v.request_id not in known
        ]
        if strange:
            message = (
                f"方案中的申请 {strange[0]!r} 不在库中：方案若由申请表编成，用 --planned 给出同一张表；"
                "若是上一次重排的结果，用 --from 给出当时的 --out 文件夹"
            )
            raise IntakeError(message)
        if route.vehicle_id not in vehicles:
            message = (
                f"方案中的车辆 {route.vehicle_id!r} 不在库中；方案中若有租车或网约车，"
                "请用 --from 给出当时的 --out 文件夹，否则请重新编排"
            )
            raise IntakeError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a day goes by at the moment.

    Parameters
    ----------
    day
        With the requests that the plan was made of.
    problem
        As the last re-plan left it, with what has begun and what has happened; None: as the day was planned.
    lines
        Shuttles of the day by kind, whose drivers may be the same people.
    """

    day: Prefecture
    schedule: Schedule
    problem: Problem | None = None
    lines: Mapping[str, tuple[Problem, Schedule]] = field(default_factory=dict)


def lines_in_force(engine: Engine, day: Prefecture) -> dict[str, tuple[Problem, Schedule]]:
    """Load the shuttles of the day, as far as they are planned, with their buses and what they need."""
    problem = replace(only_seats(day), vehicle_types=day.vehicle_types, vehicles=day.buses)
    found: dict[str, tuple[Problem, Schedule]] = {}
    with reading(engine) as session:
        row = get_day(session, EVERYTHING, date.fromisoformat(day.date))
        for kind in SHUTTLES:
            try:
                plan = in_force(session, EVERYTHING, row.service_date, kind)
            except NotFound:
                continue
            found[kind] = problem, load_schedule(plan)
    return found


def standing_after(day: Prefecture, folder: Path) -> Standing:
    """Take up a day where the last re-plan left it: its documents are in the folder.

    Raises
    ------
    DocumentError
        The folder holds no plan of cars.
    """
    problems, plans = load_problems(folder / "problem.json"), load_plans(folder / "schedule.json")
    if CARS not in problems or CARS not in plans:
        message = f"{folder} 中没有公务用车方案；请给出 paiche replan 的 --out 文件夹"
        raise DocumentError(message)
    problem = problems[CARS]
    places = {p.id: p for p in (*day.places, *problem.places)}
    changed = replace(day, requests=problem.requests, places=tuple(places.values()))
    lines: dict[str, Planned] = {
        kind: (problems[kind], plans[kind].schedule) for kind in SHUTTLES if kind in plans
    }
    return Standing(day=changed, schedule=plans[CARS].schedule, problem=problem, lines=lines)


def day_problem(standing: Standing, roads: Roads, step: Step, also: Iterable[Request]) -> Problem:
    """Make the problem of the day as it stands, with the ways to the places of more requests."""
    made = car_problem(standing.day, roads, step, also=also)
    if standing.problem is not None:
        made = replace(standing.problem, travel=made.travel, places=made.places)
    places = {p.id: p for p in standing.day.places} | {p.id: p for p in made.places}
    return replace(made, places=tuple(places[i] for i in sorted(places)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChanged:
    """A day after something happened.

    Parameters
    ----------
    day
        With the places that came up.
    cars
        Its plan of cars.
    reliefs
        Who takes over which shuttle.
    lines
        New versions of the shuttle plans in which somebody else drives.
    """

    day: Prefecture
    cars: Replanned
    reliefs: tuple[Relief, ...] = ()
    lines: Mapping[str, Planned] = field(default_factory=dict)

    @property
    def plans(self) -> dict[str, Planned]:
        """All plans that changed, by kind."""
        return {CARS: (self.cars.problem, self.cars.schedule), **self.lines}


def replan_cars(engine: Engine, standing: Standing, roads: Roads, what: Happened, step: Step) -> DayChanged:
    """Change the plan of the day gently; a driver who is out is relieved in the shuttles too.

    Raises
    ------
    IntakeError
        Something is named that the day does not have.
    """
    day, schedule = standing.day, standing.schedule
    require_known(day, schedule, None if standing.problem is None else standing.problem.vehicles)
    events = events_of(day, what)
    places = {p.id: p for p in (*day.places, *([what.where] if what.where else []))}
    day = replace(day, places=tuple(places.values()))
    also = (*what.added, *_rescues(day, what, schedule))
    problem = day_problem(replace(standing, day=day), roads, step, also)
    events = tuple(
        replace(e, request=fitted(problem, e.request)) if isinstance(e, Added) else e for e in events
    )
    done, reliefs = replan_day(
        {CARS: (problem, schedule), **standing.lines},
        events,
        what.now_s,
        cars=CARS,
        crews=dict(day.fixed_drivers),
        locks=what.locked,
    )
    told = with_relaxations(done.problem, done.schedule, keep_going=step.keep_going)
    out = [event for event in events if isinstance(event, DriverOut)]
    lines = relieved_lines(engine, day, roads, standing.lines, out, reliefs, what.now_s, step)
    return DayChanged(day=day, cars=replace(done, schedule=told), reliefs=reliefs, lines=lines)


def late_offers(
    problem: Problem, schedule: Schedule, requests: Sequence[Request], now_s: int
) -> Mapping[str, tuple[tuple[Offer, ...], tuple[Could, ...]]]:
    """Rank the places for each late request by itself, and say who could take it when."""
    desk = Desk(problem, schedule, now_s)
    asked = [fitted(problem, request) for request in requests]
    return {request.id: (desk.offers(request), desk.could(request)) for request in asked}


def _rescues(day: Prefecture, what: Happened, schedule: Schedule) -> tuple[Request, ...]:
    """Stand-ins for people who may have to be fetched on the road: their ways must be known."""
    ids = {v.plate: v.id for v in day.cars} | {v.id: v.id for v in day.cars}
    broken = {ids.get(said, said) for said in what.broken}
    by_id = {r.id: r for r in day.requests}
    found: list[Request] = []
    for route in schedule.routes:
        if route.vehicle_id not in broken:
            continue
        for visit in route.visits:
            request = by_id.get(visit.request_id or "")
            if request is None or visit.start_s > what.now_s:
                continue
            here = what.where.id if what.where is not None else visit.place_id
            rest = request.stops[visit.stop + 1 :]
            stop = Stop(options=(StopOption(place_id=here),))
            found.append(replace(request, id=f"{request.id}/{visit.stop}", stops=(stop, *rest)))
    return tuple(found)


def plates(vehicles: Iterable[Vehicle]) -> dict[str, str]:
    """Plate, or else id, by id."""
    return {v.id: v.plate or v.id for v in vehicles}
