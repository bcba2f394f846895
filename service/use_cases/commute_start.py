"""How a commute begins: its map or stored day, its sheets, and who rides on the date."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from optimizer.bookings import riding
from optimizer.policy.calendar import Day, DayKind
from optimizer.policy.calendar import day as calendar_day
from scenarios.prefecture.values import Prefecture
from service.clock import zone_of
from service.errors import IntakeError
from service.intake.words import Words
from service.settings import Settings
from service.sheets import SheetReport
from service.use_cases import corrections
from service.use_cases.commute_day import CommuteDay, blank_day, commute_day
from service.use_cases.commute_values import CommuteOrder
from service.use_cases.outputs import require_writable
from service.use_cases.roads import Roads, say_kept
from service.use_cases.steps import Steps
from service.use_cases.stored import open_day
from service.use_cases.words import keep_words, load_words

__all__ = ["Start", "Tell", "opened_day", "read_sheets", "riding_on", "started"]

Tell = Callable[[SheetReport, str | None], None]
"""Told of each sheet as soon as it is read, with the hint about its coordinates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a plan from sheets begins with.

    Parameters
    ----------
    base
        The day before the sheets were read: what is stored, or a map with nobody on it.
    kind_of_day
        Of the date, in the working calendar.
    """

    base: Prefecture
    roads: Roads
    commute: CommuteDay
    kind_of_day: Day


def started(
    order: CommuteOrder,
    settings: Settings,
    steps: Steps,
    *,
    engine: Engine | None,
    tell: Tell | None,
    note: Callable[[CommuteDay], str],
) -> Start:
    """See that results can be written, open the day, read the sheets, and leave only those who ride.

    Parameters
    ----------
    note
        What to say of the sheets once they are read.

    Raises
    ------
    IntakeError
        Something is missing without which no line can be planned, or nobody rides that day.
    OutputError
        `out` cannot be written; known before any work is done.
    """
    if order.out is not None:
        require_writable(order.out)
    base, roads = opened_day(order, settings, steps, engine)
    with steps.step("sheets", "读取表格") as step:
        commute, kind_of_day = riding_on(read_sheets(order, base, roads, engine, tell), order.region)
        step.note = note(commute)
    return Start(base=base, roads=roads, commute=commute, kind_of_day=kind_of_day)


def opened_day(
    order: CommuteOrder, settings: Settings, steps: Steps, engine: Engine | None
) -> tuple[Prefecture, Roads]:
    """Open the stored day, or a map with nobody on it."""
    if order.map_file is None:
        if engine is None:
            message = "没有指定地图（--map），也没有数据库中的服务日；请给出其中一个"
            raise IntakeError(message)
        return open_day(engine, settings, order.when, steps)
    with steps.step("map", f"读取地图 {order.map_file.name}") as step:
        rows = corrections.rows_of(corrections.standing(settings.data_folder))
        roads = Roads(order.map_file, cache_folder=settings.cache_folder, corrections=rows, say=steps.say)
        step.note = f"{roads.network.node_count:,} 个路口，{roads.network.edge_count:,} 条有向路段"
    say_kept(roads, steps)
    when = order.when or _next_workday(settings, order.region)
    day = blank_day(roads.network.source.split(".", 1)[0], when.isoformat())
    return replace(day, synthetic=roads.network.synthetic, synthetic_roads=roads.network.synthetic), roads


def riding_on(commute: CommuteDay, region: str) -> tuple[CommuteDay, Day]:
    """Leave only those who ride on the day.

    Raises
    ------
    IntakeError
        Nobody does.
    """
    today = calendar_day(commute.day.date, region, estimate=True)
    groups = riding(commute.day.rider_groups, today)
    if not groups:
        kind = {DayKind.REST: "休息日", DayKind.HOLIDAY: today.name}.get(today.kind, "工作日")
        message = f"{commute.day.date} 是{kind}，没有人乘车；请用 --date 指定工作日，或核对乘车日"
        raise IntakeError(message)
    return replace(commute, day=replace(commute.day, rider_groups=groups)), today


def read_sheets(
    order: CommuteOrder, base: Prefecture, roads: Roads, engine: Engine | None, tell: Tell | None
) -> CommuteDay:
    """Read the sheets with what is known of places in words; what cannot be placed is kept for a pin."""
    words = Words() if engine is None else load_words(engine)
    try:
        return commute_day(base, roads, order.sheets, seed=order.seed, words=words, tell=tell)
    finally:
        if engine is not None and not order.dry_run:
            keep_words(engine, words)


def _next_workday(settings: Settings, region: str) -> date:
    day = datetime.now(zone_of(settings.time_zone)).date() + timedelta(days=1)
    while not calendar_day(day, region, estimate=True).is_workday:
        day += timedelta(days=1)
    return day
