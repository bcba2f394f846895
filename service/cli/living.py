"""`paiche replan`: change a planned day of cars gently after something has happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.asked import Asked, asking
from service.cli.options import Place, day_of, opened
from service.cli.standing import (
    AtOption,
    FromOption,
    PlannedOption,
    RequestsOption,
    clock_said,
    new_requests,
    place_said,
    require_whole,
    standing_of,
)

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scenarios.prefecture.values import Prefecture
    from service.intake.words import Words
    from service.sheets import SheetReport
    from service.use_cases.drafting import Drafted, Planner
    from service.use_cases.happenings import Happened
    from service.use_cases.judging import Planned
    from service.use_cases.living import DayChanged
    from service.use_cases.roads import Roads
    from service.use_cases.steps import Steps

BreakdownOption = Annotated[
    list[str] | None, typer.Option("--breakdown", metavar="车牌", help="抛锚的车，可多次 / broken down")
]
WhereOption = Annotated[
    str | None,
    typer.Option("--where", metavar="LON,LAT|地名", help="第一辆抛锚车的位置，默认在上一站 / where it is"),
]
DelayOption = Annotated[
    list[str] | None, typer.Option("--delay", metavar="车牌=分钟", help="晚点的车，可多次 / delayed")
]
CancelOption = Annotated[
    list[str] | None, typer.Option("--cancel", metavar="申请编号", help="取消的申请，可多次 / cancelled")
]
DriverOutOption = Annotated[
    list[str] | None,
    typer.Option("--driver-out", metavar="姓名|编号", help="不能出车的驾驶员，可多次 / cannot drive"),
]
LockOption = Annotated[
    list[str] | None,
    typer.Option("--lock", metavar="申请编号", help="车和时间都不许变的申请，可多次 / must not change"),
]


@asking
def replan(  # noqa: PLR0913 - one parameter for each option
    *,
    at: AtOption,
    breakdown: BreakdownOption = None,
    where: WhereOption = None,
    delay: DelayOption = None,
    cancel: CancelOption = None,
    driver_out: DriverOutOption = None,
    lock: LockOption = None,
    requests: RequestsOption = None,
    planned: PlannedOption = None,
    from_: FromOption = None,
    asked: Asked,
) -> None:
    """情况有变时重排当天余下的用车，其余尽量不动，存为草案 / change the rest of the day gently."""
    from service.use_cases.happenings import Happened

    told = Happened(
        now_s=clock_said(at),
        broken=tuple(breakdown or ()),
        delayed=tuple(_delay(text) for text in delay or ()),
        cancelled=tuple(cancel or ()),
        locked=tuple(lock or ()),
        sick=tuple(driver_out or ()),
    )
    changed = _Changed()
    with opened(asked.database) as place:
        planner = _replanner(place.engine, told, where, (requests, planned, from_), asked, changed)
        done = _drafted(place, planner, asked)
    _show(done, changed, asked.out)


@dataclass(slots=True)
class _Changed:
    """What came of it, filled while it is planned."""

    reports: "list[SheetReport]" = field(default_factory=list)
    day: "DayChanged | None" = None


def _replanner(
    engine: "Engine",
    told: "Happened",
    where: str | None,
    files: tuple[Path | None, Path | None, Path | None],
    asked: Asked,
    changed: _Changed,
) -> "Planner":
    """Return what changes a day once it is open: new requests are read, then all is planned anew."""
    from service.use_cases.living import replan_cars

    requests, planned, from_ = files

    def planner(
        day: "Prefecture", roads: "Roads", words: "Words", steps: "Steps"
    ) -> "tuple[Prefecture, Mapping[str, Planned]]":
        standing = standing_of(engine, day, roads, words, (planned, asked.crs), from_)
        day, added = new_requests(standing.day, roads, words, steps, (requests, asked.crs), changed.reports)
        spot = place_said(day, roads, words, where, asked.crs) if where else None
        what = replace(told, where=spot, added=added)
        _require_something(what)
        with steps.step("cars", "重排公务用车") as step:
            changed.day = replan_cars(engine, replace(standing, day=day), roads, what, step)
        return changed.day.day, changed.day.plans

    return planner


def _drafted(place: Place, planner: "Planner", asked: Asked) -> "Drafted":
    from service.cli.reporting import Bars
    from service.use_cases.drafting import draft
    from service.use_cases.steps import Steps

    with Bars() as bars:
        steps = Steps(bars, keep_best=True)
        return draft(place.engine, place.settings, day_of(asked.date), planner, steps, asked.out)


def _show(done: "Drafted", changed: _Changed, out: Path | None) -> None:
    """Say what is different, and fail at the end if rows were left out or a rule is broken."""
    from service.cli.car_tables import show_changes, show_reliefs
    from service.cli.plan_tables import show_drafts, show_head

    show_head(done.day, clock=False)
    if changed.day is not None:
        show_changes(done.day, changed.day.cars)
        show_reliefs(done.day, changed.day.reliefs)
    show_drafts(done, out)
    require_whole(changed.reports)
    if done.violations:
        raise typer.Exit(1)


def _delay(said: str) -> tuple[str, int]:
    plate, _, minutes = said.rpartition("=")
    if not plate or not minutes.isdigit() or int(minutes) == 0:
        message = f"--delay {said!r}：应写成 车牌=分钟，例如 云A12345=20"
        raise typer.BadParameter(message)
    return plate, int(minutes)


def _require_something(what: "Happened") -> None:
    from service.errors import IntakeError

    if not (what.broken or what.delayed or what.cancelled or what.sick or what.added):
        message = "没有说明发生了什么；可用 --breakdown、--delay、--cancel、--driver-out、--requests"
        raise IntakeError(message)
