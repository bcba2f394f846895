"""Waves to a canteen or an event: who walks, who rides, judged, priced and written down."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from gis.matrix import UNREACHABLE
from gis.places import Place
from optimizer.circulator import CirculatorPlan, CirculatorSettings, WaveGroup
from optimizer.circulator import plan as plan_waves
from scenarios.prefecture.values import Prefecture
from service.clock import clock_text
from service.errors import IntakeError
from service.intake.buses import read_buses
from service.intake.places import Placer, Said
from service.intake.wave_groups import read_wave_groups
from service.settings import Settings
from service.sheets import CellFault, SheetReport, csv_table
from service.store.plans import Judged
from service.use_cases.engine import warm_engine
from service.use_cases.folders import require_writable, staged
from service.use_cases.judging import judge
from service.use_cases.map_or_day import map_or_day
from service.use_cases.outputs import write_plans
from service.use_cases.roads import Roads
from service.use_cases.steps import Steps

KIND: Final = "circulator"
LOOKED_FOR: Final = 3
"""Walks are measured up to this multiple of the limit, so that people read how far it would be."""
LIST: Final = "waves.csv"

Tell = Callable[[SheetReport, str | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculatorOrder:
    """What to plan.

    Parameters
    ----------
    groups
        Sheet of who goes.
    to
        Where they go: a name, or `"lon,lat"`.
    buses
        Sheet of buses; None: those of the stored day, or none with a map file.
    map_file
        A map without a stored day; None: the stored day on its map.
    out
        Folder for the documents; None writes none.
    """

    groups: Path
    to: str
    buses: Path | None = None
    map_file: Path | None = None
    crs: str = "wgs84"
    when: date | None = None
    settings: CirculatorSettings = field(default_factory=CirculatorSettings)
    seed: int = 1
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circulation:
    """What came of it.

    Parameters
    ----------
    judged
        None where no bus is planned.
    reports
        One for each sheet.
    """

    day: Prefecture
    destination: Place
    plan: CirculatorPlan
    judged: Judged | None
    reports: tuple[SheetReport, ...]
    files: tuple[str, ...] = ()

    @property
    def violations(self) -> int:
        """Broken rules, from both judges."""
        return 0 if self.judged is None else len(self.judged.findings)


def plan_circulator(
    order: CirculatorOrder,
    settings: Settings,
    steps: Steps,
    *,
    engine: Engine | None = None,
    tell: Tell | None = None,
) -> Circulation:
    """Read the sheets, measure walks and drives, plan, judge, and write the lists.

    Parameters
    ----------
    engine
        Database of the stored day; not needed with a map file.
    tell
        Told of each sheet as soon as it is read.

    Raises
    ------
    IntakeError
        The destination is not known, or neither map nor stored day is given.
    ProblemError
        The rows contradict each other.
    OutputError
        `out` cannot be written; known before any work is done.
    """
    if order.out is not None:
        require_writable(order.out)
    day, roads = map_or_day(order.map_file, order.when, settings, steps, engine)
    with steps.step("sheets", "读取表格"):
        day, groups, reports = _read(order, day, roads, tell)
        destination = _destination(order, day, roads)
    with steps.step("walks", "计算步行距离"):
        groups = _measured(groups, destination, roads, order.settings)
    plan = _planned(order, day, roads, groups, destination, steps)
    judged = None
    if plan.problem is not None and plan.schedule is not None:
        with steps.step("judge", "两位评判员逐条核对"):
            judged = judge({KIND: (plan.problem, plan.schedule)}, roads)[KIND]
    done = Circulation(day=day, destination=destination, plan=plan, judged=judged, reports=reports)
    return replace(done, files=_written(order, done, roads, steps))


def _read(
    order: CirculatorOrder, day: Prefecture, roads: Roads, tell: Tell | None
) -> tuple[Prefecture, tuple[WaveGroup, ...], tuple[SheetReport, ...]]:
    """Read both sheets; those of the day's buses are replaced where a sheet of buses is given."""
    reports: list[SheetReport] = []

    def keep(report: SheetReport, hint: str | None) -> None:
        reports.append(report)
        if tell is not None:
            tell(report, hint)

    people = read_wave_groups(order.groups, Placer(day, roads, crs=order.crs, profiles=("bus",)))
    keep(people.report, people.hint)
    if order.buses is not None:
        sheet = read_buses(order.buses, Placer(day, roads, crs=order.crs, profiles=("bus",)))
        keep(sheet.report, sheet.hint)
        day = replace(
            day, vehicle_types=sheet.vehicle_types, buses=sheet.buses, depots=sheet.depots, places=sheet.yards
        )
    return day, people.groups, tuple(reports)


def _destination(order: CirculatorOrder, day: Prefecture, roads: Roads) -> Place:
    try:
        return Placer(day, roads, crs=order.crs, profiles=("bus",)).place(Said(words=order.to))
    except CellFault as fault:
        message = f"目的地“{order.to}”：{fault.reason}；{fault.way_out}"
        raise IntakeError(message) from None


def _measured(
    groups: Sequence[WaveGroup], destination: Place, roads: Roads, settings: CirculatorSettings
) -> tuple[WaveGroup, ...]:
    """Fill in the walks that the sheet does not give."""
    limit_m = LOOKED_FOR * settings.walk_max_m
    walks_m = roads.walking.distances([group.place for group in groups], [destination], limit_m)
    return tuple(
        group if group.walk_m != UNREACHABLE else replace(group, walk_m=int(walks_m[i, 0]))
        for i, group in enumerate(groups)
    )


def _planned(
    order: CirculatorOrder,
    day: Prefecture,
    roads: Roads,
    groups: Sequence[WaveGroup],
    destination: Place,
    steps: Steps,
) -> CirculatorPlan:
    """Plan; the route engine is compiled only where somebody cannot walk."""
    if day.buses and any(group.walk_m > order.settings.walk_max_m for group in groups):
        warm_engine(steps)
    ids = {bus.start_place_id for bus in day.buses} | {bus.end_place_id for bus in day.buses}
    yards = [place for place in day.places if place.id in ids]
    used = {bus.type_id for bus in day.buses}
    kinds = [kind for kind in day.vehicle_types if kind.id in used]
    profiles = {kind.profile for kind in kinds} or {"bus"}
    everywhere = {place.id: place for place in (*yards, *(g.place for g in groups), destination)}
    with steps.step("circulator", "分批，编排班车") as step:
        travel = roads.travel(sorted(profiles), tuple(everywhere.values()))
        found = plan_waves(
            groups, destination, kinds, day.buses, travel,
            date=day.date, places=yards, depots=[d for d in day.depots if d.place_id in ids],
            settings=order.settings, seed=order.seed, synthetic=day.synthetic, versions=roads.versions,
        )  # fmt: skip
        step.note = found.sentence
    return found


def _written(order: CirculatorOrder, done: Circulation, roads: Roads, steps: Steps) -> tuple[str, ...]:
    if order.out is None:
        return ()
    people = csv_table(("批次", "单位", "人数", "方式", "步行米", "说明"), rows_of(done))
    with steps.step("outputs", f"写出文件到 {order.out}"):
        if done.judged is not None:
            return write_plans(order.out, {KIND: done.judged}, roads, {LIST: people})
        with staged(order.out) as stage:
            (stage / LIST).write_bytes(people)
        return (LIST,)


def rows_of(done: Circulation) -> Iterator[tuple[str, str, int, str, str, str]]:
    """Everybody once: wave, unit, people, way, metres on foot, and why."""
    for walk in done.plan.walks:
        yield clock_text(walk.start_s), walk.group_id, walk.count, "步行", str(walk.walk_m), walk.reason
    for group_id, start_s, people, buses in riders_of(done.plan):
        yield clock_text(start_s), group_id, people, "乘车", "", f"车辆 {'、'.join(buses)}"
    for left in done.plan.left_out:
        metres = "" if left.walk_m == UNREACHABLE else str(left.walk_m)
        yield "", left.group_id, left.count, "去不了", metres, left.reason


def riders_of(plan: CirculatorPlan) -> Iterator[tuple[str, int, int, tuple[str, ...]]]:
    """Of those who ride: unit, wave, people, and the buses there and back."""
    if plan.schedule is None:
        return
    aboard: dict[tuple[str, int], dict[str, int]] = {}
    buses: dict[tuple[str, int], set[str]] = {}
    for route in plan.schedule.routes:
        for visit in route.visits:
            group_id, start_s, people = plan.members[visit.request_id or ""]
            aboard.setdefault((group_id, start_s), {})[visit.request_id or ""] = people
            buses.setdefault((group_id, start_s), set()).add(route.vehicle_id)
    for key in sorted(aboard):
        # Each party has two requests, there and back.
        yield *key, sum(aboard[key].values()) // 2, tuple(sorted(buses[key]))
