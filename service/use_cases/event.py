"""An event pack from sheets: who parks where and when; judged, priced, written down; and one car swapped."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from gis.places import Place
from optimizer.check.events import event_violations
from optimizer.event import Event, EventPlan, EventSettings, plan, stand_in
from optimizer.policy.events import event_rates, event_settings
from scenarios.receptions import synthetic_event
from service.errors import IntakeError
from service.exchange.event_document import read_event, write_event
from service.intake.events import ArrivalSheet, LotSheet, read_arrivals, read_lots
from service.intake.places import Placer, Said
from service.intake.words import Words
from service.settings import Settings
from service.sheets import CellFault, SheetReport
from service.use_cases.event_outputs import write_event_files
from service.use_cases.event_roads import Ground, measured
from service.use_cases.event_values import EventDone, EventOrder
from service.use_cases.folders import require_writable
from service.use_cases.map_or_day import map_or_day
from service.use_cases.roads import Roads
from service.use_cases.steps import Steps
from service.use_cases.words import load_words

Tell = Callable[[SheetReport, str | None], None]
PLAN_FILE = "event.json"
INVENTED_PER_LOT = 40
INVENTED_SPARE = 1.3


def plan_event(
    order: EventOrder,
    settings: Settings,
    steps: Steps,
    *,
    engine: Engine | None = None,
    tell: Tell | None = None,
) -> EventDone:
    """Read the sheets, measure the ways, plan, judge, and write the documents.

    Parameters
    ----------
    engine
        Database that knows places by their names, and the stored day where that is asked for.
    tell
        Told of each sheet as soon as it is read.

    Raises
    ------
    IntakeError
        The venue is not known.
    ProblemError
        The rows contradict each other.
    OutputError
        `out` cannot be written; known before any work is done.
    """
    if order.out is not None and not order.dry_run:
        require_writable(order.out)
    if order.invented:
        done = EventDone(event=_invented(order))
    else:
        done = _read(order, settings, steps, engine, tell)
    if order.dry_run:
        return done
    with steps.step("event", "安排停车、车队和备勤") as step:
        found = plan(done.event, seconds=order.seconds)
        step.note = f"{len(found.passes)} 张通行证，{len(found.left_out)} 辆未安排"
    return _finished(done, found, order.out, steps)


def swap_car(folder: Path, broken: str, at_s: int, out: Path | None, steps: Steps) -> EventDone:
    """Let a car that stands by take over from one that broke down; everybody else keeps the pass.

    Parameters
    ----------
    folder
        Where `plan_event` wrote its documents.
    broken
        Plate, id or number of the pass.

    Raises
    ------
    DocumentError
        The folder holds no such plan.
    IntakeError
        No car of that plate, id or number has a pass.
    """
    if out is not None:
        require_writable(out)
    event, found = read_event(folder / PLAN_FILE)
    cars = {car.id: car for car in event.cars}
    asked = broken.replace(" ", "").upper()
    names = {p.car_id for p in found.passes if asked in {cars[p.car_id].plate, p.car_id.upper(), p.number}}
    if len(names) != 1:
        message = f"{folder} 的方案中没有车牌、编号或通行证号为 {broken!r} 的车；请核对"
        raise IntakeError(message)
    try:
        swap = stand_in(event, found, names.pop(), at_s)
    except LookupError as error:
        raise IntakeError(str(error)) from None
    return _finished(EventDone(event=event, changed=swap.sentence), swap.plan, out, steps)


def _finished(done: EventDone, found: EventPlan, out: Path | None, steps: Steps) -> EventDone:
    """Judge the plan and write it down."""
    with steps.step("judge", "评判员逐分钟核对"):
        done = replace(done, plan=found, findings=event_violations(done.event, found))
    if out is None:
        return done
    with steps.step("outputs", f"写出文件到 {out}"):
        extra = {PLAN_FILE: write_event(done.event, found, done.findings)}
        return replace(done, files=write_event_files(out, done.event, found, extra))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    """Roads with the places on them; without roads nothing is."""

    roads: Roads
    placer: Callable[[tuple[str, ...]], Placer]
    venue: Place
    door: Place
    date: str


def _invented(order: EventOrder) -> Event:
    """Make an event up, with the settings that were asked for."""
    made = synthetic_event(order.invented, max(2, order.invented // INVENTED_PER_LOT), spare=INVENTED_SPARE)
    asked = _settings(order)
    settings = replace(asked, standby=asked.standby or made.settings.standby)
    return replace(made, settings=settings, date=order.when.isoformat() if order.when else made.date)


def _read(
    order: EventOrder, settings: Settings, steps: Steps, engine: Engine | None, tell: Tell | None
) -> EventDone:
    if order.arrivals is None or order.lots is None:
        message = "没有到场车辆表或停车场表；请给出 --arrivals 和 --lots，模板见 paiche plan template"
        raise IntakeError(message)
    where = _where(order, settings, steps, engine)
    reports: list[SheetReport] = []

    def keep(report: SheetReport, hint: str | None) -> None:
        reports.append(report)
        if tell is not None:
            tell(report, hint)

    with steps.step("sheets", "读取表格"):
        lots = read_lots(order.lots, where.placer(("car",)) if where else None)
        keep(lots.report, lots.hint)
        known = frozenset(lot.id for lot in lots.lots)
        arrivals = read_arrivals(order.arrivals, where.placer(("car",)) if where else None, known)
        keep(arrivals.report, arrivals.hint)
    ground = _ground(lots, arrivals, where, steps)
    when = order.when.isoformat() if order.when else where.date if where else _today().isoformat()
    event = Event(
        name=order.name,
        date=when,
        venue=order.venue,
        door=order.door or order.venue,
        lots=ground.lots,
        cars=ground.cars,
        settings=_settings(order),
        rates=event_rates(),
        synthetic=where is not None and where.roads.network.synthetic,
    )
    return EventDone(event=event, reports=tuple(reports), remarks=ground.remarks)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - a default only, where neither sheet nor option names the day


def _ground(lots: LotSheet, arrivals: ArrivalSheet, where: _Where | None, steps: Steps) -> Ground:
    if where is None:
        return Ground(lots=lots.lots, cars=arrivals.cars)
    with steps.step("ways", "计算行车和步行距离"):
        return measured(lots, arrivals, where.venue, where.door, where.roads)


def _settings(order: EventOrder) -> EventSettings:
    usual = event_settings()
    return replace(
        usual,
        bays=order.bays,
        dwell_s=usual.dwell_s if order.dwell_s is None else order.dwell_s,
        early_s=usual.early_s if order.early_s is None else order.early_s,
        standby=order.standby,
    )


def _where(order: EventOrder, settings: Settings, steps: Steps, engine: Engine | None) -> _Where | None:
    """Open the roads, if there are any, and find venue and door on them."""
    if order.map_file is None and not order.stored:
        return None
    day, roads = map_or_day(order.map_file, order.when, settings, steps, engine)
    words = Words() if engine is None else load_words(engine)

    def placer(profiles: tuple[str, ...]) -> Placer:
        return Placer(day, roads, crs=order.crs, profiles=profiles, words=words)

    def at(said: str, what: str) -> Place:
        try:
            return placer(("car",)).place(Said(words=said))
        except CellFault as fault:
            message = f"{what}“{said}”：{fault.reason}；{fault.way_out}"
            raise IntakeError(message) from None

    venue = at(order.venue, "会场")
    door = venue if order.door is None else at(order.door, "落客点")
    return _Where(roads=roads, placer=placer, venue=venue, door=door, date=day.date)
