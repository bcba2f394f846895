"""`paiche replan`, `paiche offers`: change a planned day of cars gently, find places for late requests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.asked import Asked, asking
from service.cli.options import day_of, opened
from service.kinds import CARS

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gis.places import Place
    from optimizer.model import Request
    from optimizer.one_calendar import Relief
    from optimizer.replan import Replanned
    from scenarios.prefecture.values import Prefecture
    from service.intake.words import Words
    from service.sheets import SheetReport
    from service.use_cases.judging import Planned
    from service.use_cases.living import Happened, Standing
    from service.use_cases.roads import Roads
    from service.use_cases.steps import Steps

AtOption = Annotated[
    str, typer.Option("--at", metavar="HH:MM", help="现在的时刻，之前已开始的不变 / what has begun stands")
]
RequestsOption = Annotated[
    Path | None,
    typer.Option(
        "--requests", metavar="FILE", help="新的用车申请 .xlsx/.csv，模板同 plan cars / new requests"
    ),
]
PlannedOption = Annotated[
    Path | None,
    typer.Option("--planned", metavar="FILE", help="现有方案由哪张申请表编成 / the sheet it was made of"),
]
FromOption = Annotated[
    Path | None,
    typer.Option("--from", metavar="DIR", help="接着上一次重排，给出当时的 --out 文件夹 / go on from there"),
]


@asking
def replan(  # noqa: PLR0913 - one parameter for each option
    *,
    at: AtOption,
    breakdown: Annotated[
        list[str] | None, typer.Option("--breakdown", metavar="车牌", help="抛锚的车，可多次 / broken down")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            "--where", metavar="LON,LAT|地名", help="第一辆抛锚车的位置，默认在上一站 / where it is"
        ),
    ] = None,
    delay: Annotated[
        list[str] | None, typer.Option("--delay", metavar="车牌=分钟", help="晚点的车，可多次 / delayed")
    ] = None,
    cancel: Annotated[
        list[str] | None, typer.Option("--cancel", metavar="申请编号", help="取消的申请，可多次 / cancelled")
    ] = None,
    driver_out: Annotated[
        list[str] | None,
        typer.Option("--driver-out", metavar="姓名|编号", help="不能出车的驾驶员，可多次 / cannot drive"),
    ] = None,
    lock: Annotated[
        list[str] | None,
        typer.Option("--lock", metavar="申请编号", help="车和时间都不许变的申请，可多次 / must not change"),
    ] = None,
    requests: RequestsOption = None,
    planned: PlannedOption = None,
    from_: FromOption = None,
    asked: Asked,
) -> None:
    """情况有变时重排当天余下的用车，其余尽量不动，存为草案 / change the rest of the day gently."""
    from service.cli.car_tables import show_changes, show_reliefs
    from service.cli.plan_tables import show_drafts, show_head
    from service.cli.reporting import Bars
    from service.use_cases.drafting import draft
    from service.use_cases.living import Happened, replan_cars
    from service.use_cases.steps import Steps

    now_s, delayed = _clock_s(at), tuple(_delay(text) for text in delay or ())
    found: list[Replanned] = []
    reliefs: list[Relief] = []
    reports: list[SheetReport] = []

    with opened(asked.database) as place, Bars() as bars:

        def planner(
            day: "Prefecture", roads: "Roads", words: "Words", steps: "Steps"
        ) -> "tuple[Prefecture, Mapping[str, Planned]]":
            standing = _standing(place.engine, day, roads, words, (planned, asked.crs), from_)
            day, added = _new_requests(standing.day, roads, words, steps, (requests, asked.crs), reports)
            what = Happened(
                now_s=now_s,
                broken=tuple(breakdown or ()),
                where=_place(day, roads, words, where, asked.crs) if where else None,
                delayed=delayed,
                cancelled=tuple(cancel or ()),
                locked=tuple(lock or ()),
                sick=tuple(driver_out or ()),
                added=added,
            )
            _require_something(what)
            with steps.step("cars", "重排公务用车") as step:
                day, done, relieved = replan_cars(replace(standing, day=day), roads, what, step)
            found.append(done)
            reliefs.extend(relieved)
            return day, {CARS: (done.problem, done.schedule)}

        done = draft(
            place.engine, place.settings, day_of(asked.date), planner, Steps(bars, keep_best=True), asked.out
        )
    show_head(done.day, clock=False)
    show_changes(done.day, found[0])
    show_reliefs(done.day, reliefs)
    show_drafts(done, asked.out)
    _require_whole(reports)
    if done.violations:
        raise typer.Exit(1)


@asking
def offers(
    *,
    requests: Annotated[
        Path,
        typer.Option(
            "--requests", metavar="FILE", help="迟到的用车申请 .xlsx/.csv，逐件回答 / late requests"
        ),
    ],
    at: AtOption = "00:00",
    planned: PlannedOption = None,
    from_: FromOption = None,
    asked: Asked,
) -> None:
    """为迟到的申请找位置：哪辆车、加多少钱、耽误谁、谁最早有空，不改方案 / places for late requests."""
    from service.cli.car_tables import show_offers
    from service.cli.plan_tables import show_head
    from service.cli.reporting import Bars
    from service.use_cases.living import day_problem, late_offers, require_known
    from service.use_cases.steps import Steps
    from service.use_cases.stored import open_day
    from service.use_cases.words import keep_words, load_words

    now_s = _clock_s(at)
    reports: list[SheetReport] = []
    with opened(asked.database) as place, Bars() as bars:
        steps = Steps(bars)
        day, roads = open_day(place.engine, place.settings, day_of(asked.date), steps)
        words = load_words(place.engine)
        standing = _standing(place.engine, day, roads, words, (planned, asked.crs), from_)
        require_known(standing.day, standing.schedule)
        day, added = _new_requests(standing.day, roads, words, steps, (requests, asked.crs), reports)
        keep_words(place.engine, words)
        with steps.step("offers", "查找位置") as step:
            problem = day_problem(replace(standing, day=day), roads, step, added)
            answers = late_offers(problem, standing.schedule, added, now_s)
    show_head(day, clock=False)
    for request in added:
        show_offers(day, request, *answers[request.id])
    _require_whole(reports)


def _standing(
    engine: "Engine",
    day: "Prefecture",
    roads: "Roads",
    words: "Words",
    sheet: tuple[Path | None, str],
    folder: Path | None,
) -> "Standing":
    """Say what the day goes by: where the last re-plan left it, or its plan in force."""
    from service.intake.requests import read_car_requests
    from service.use_cases.calendar import with_calendar
    from service.use_cases.living import Standing, lines_in_force, schedule_in_force, standing_after

    lines = lines_in_force(engine, day)
    if folder is not None:
        return replace(standing_after(with_calendar(engine, day), folder), lines=lines)
    file, crs = sheet
    if file is not None:
        day = read_car_requests(file, day, roads, crs=crs, words=words).day
    day = with_calendar(engine, day)
    return Standing(day=day, schedule=schedule_in_force(engine, day.date), lines=lines)


def _new_requests(
    day: "Prefecture",
    roads: "Roads",
    words: "Words",
    steps: "Steps",
    sheet: tuple[Path | None, str],
    reports: "list[SheetReport]",
) -> "tuple[Prefecture, tuple[Request, ...]]":
    """Read new requests beside those of the day; ids that are taken get a word before them."""
    from service.cli.sheet_faults import tell_fully
    from service.intake.requests import read_car_requests

    file, crs = sheet
    if file is None:
        return day, ()
    with steps.step("sheet", f"读取申请表 {file.name}"):
        read = read_car_requests(file, day, roads, crs=crs, words=words)
    reports.append(tell_fully(read.report, read.hint, steps))
    taken = {request.id for request in day.requests}
    added = tuple(replace(r, id=f"新增 {r.id}") if r.id in taken else r for r in read.day.requests)
    return replace(day, places=read.day.places), added


def _place(day: "Prefecture", roads: "Roads", words: "Words", said: str, crs: str) -> "Place":
    from service.errors import IntakeError
    from service.intake.places import Placer, Said
    from service.sheets import CellFault

    try:
        return Placer(day, roads, crs=crs, words=words, origin="--where").place(Said(words=said))
    except CellFault as fault:
        message = f"地点 {said!r} {fault.reason}；{fault.way_out}"
        raise IntakeError(message) from None


def _clock_s(said: str) -> int:
    from service.sheets import CellFault
    from service.sheets.moments import time_of_day_s

    try:
        return int(time_of_day_s()(said))
    except CellFault as fault:
        message = f"--at {said!r}：{fault.reason}；{fault.way_out}"
        raise typer.BadParameter(message) from None


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


def _require_whole(reports: "Sequence[SheetReport]") -> None:
    from service.errors import IntakeError

    for report in reports:
        if report.faults:
            message = f"{report.summary}；有误的行没有编入，请更正后重新运行"
            raise IntakeError(message)
