"""`paiche plan`, `paiche dispatch`: plan a stored day or what a dispatcher brings, and keep it as a draft."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.cli.options import (
    CrsName,
    CrsOption,
    DatabaseOption,
    DateOption,
    OutOption,
    SeedOption,
    day_of,
    opened,
)
from service.kinds import CARS, EMERGENCY

if TYPE_CHECKING:
    from datetime import datetime

    from scenarios.prefecture.values import Prefecture
    from service.sheets import SheetReport
    from service.use_cases.drafting import Drafted, Planner
    from service.use_cases.judging import Planned
    from service.use_cases.roads import Roads
    from service.use_cases.steps import Steps

FAULTS_SHOWN: Final = 30
"""Faults of a sheet that are written out; more are counted."""

plan_app = typer.Typer(help="编排方案 / make plans", no_args_is_help=True)


class Sheet(StrEnum):
    """Sheets that can be filled in."""

    CARS = "cars"
    RIDERS = "riders"


class Level(StrEnum):
    """Priorities of an incident."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


@plan_app.command("shuttles")
def shuttles(
    riders: Annotated[
        Path | None,
        typer.Option(
            "--riders",
            metavar="FILE",
            help="乘客表 .xlsx/.csv，代替库中的乘客；模板见 paiche plan template / riders of your own",
        ),
    ] = None,
    crs: CrsOption = CrsName.WGS84,
    date: DateOption = None,
    seed: SeedOption = 1,
    out: OutOption = None,
    database: DatabaseOption = None,
) -> None:
    """编排当天的早晚班车，存为草案 / plan the shuttles of the stored day, kept as a draft."""
    from service.cli.plan_tables import show_head, show_lines
    from service.use_cases.engine import warm_engine
    from service.use_cases.shuttles import Lines, plan_shuttles

    reports: list[SheetReport] = []
    planned: dict[str, Lines] = {}

    def planner(
        day: "Prefecture", roads: "Roads", steps: "Steps"
    ) -> "tuple[Prefecture, Mapping[str, Planned]]":
        if riders is not None:
            from service.intake.riders import read_riders

            with steps.step("sheet", f"读取乘客表 {riders.name}"):
                sheet = read_riders(riders, day, roads, crs=crs.value)
            day = sheet.day
            reports.append(_told(sheet.report, sheet.hint, steps))
        warm_engine(steps)
        with steps.step("shuttles", "编排早晚班车") as step:
            planned.update(plan_shuttles(day, roads, seed, step))
        return day, {kind: (line.draft.problem, line.schedule) for kind, line in planned.items()}

    done = _drafted(planner, database, date, out)
    show_head(done.day)
    show_lines(done.day, done.judged, planned)
    _finish(done, reports, out)


@plan_app.command("cars")
def cars(
    requests: Annotated[
        Path | None,
        typer.Option(
            "--requests",
            metavar="FILE",
            help="用车申请表 .xlsx/.csv，代替库中的申请；模板见 paiche plan template / requests of your own",
        ),
    ] = None,
    crs: CrsOption = CrsName.WGS84,
    date: DateOption = None,
    seed: SeedOption = 1,
    out: OutOption = None,
    database: DatabaseOption = None,
) -> None:
    """编排当天的公务用车，存为草案 / plan the cars of the stored day, kept as a draft."""
    from service.cli.plan_tables import ORDERS_SHOWN, show_cars, show_head
    from service.use_cases.cars import plan_cars

    reports: list[SheetReport] = []

    def planner(
        day: "Prefecture", roads: "Roads", steps: "Steps"
    ) -> "tuple[Prefecture, Mapping[str, Planned]]":
        if requests is not None:
            from service.intake.requests import read_car_requests

            with steps.step("sheet", f"读取申请表 {requests.name}"):
                sheet = read_car_requests(requests, day, roads, crs=crs.value)
            day = sheet.day
            reports.append(_told(sheet.report, sheet.hint, steps))
        with steps.step("cars", "编排公务用车") as step:
            return day, {CARS: plan_cars(day, roads, seed, step)}

    done = _drafted(planner, database, date, out)
    show_head(done.day)
    show_cars(done.day, done.judged[CARS], ORDERS_SHOWN)
    _finish(done, reports, out)


@plan_app.command("template")
def template(
    sheet: Annotated[Sheet, typer.Argument(help="cars 用车申请、riders 班车乘客 / which sheet")],
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="写到这个文件 / file to write")],
    database: DatabaseOption = None,
) -> None:
    """写出可填写的表格模板 / write a sheet to fill in."""
    from service.use_cases.templates import write_template

    with opened(database) as at:
        written = write_template(at.engine, sheet.value, file)
    where = f" --database {database}" if database else ""
    typer.echo(f"模板已写到 {written}；填好后运行 paiche plan {_used_by(sheet)} {written}{where}")


@plan_app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(help="含 problem.json 和 schedule.json 的文件夹 / their folder")],
) -> None:
    """核对并计价别处编好的方案，有违规则退出码为 1 / judge and price plans made anywhere."""
    from service.cli.tables import show_checked
    from service.use_cases.checking import check_documents

    checked = check_documents(folder)
    show_checked(checked)
    if any(plan.findings for plan in checked):
        raise typer.Exit(1)


def dispatch(  # noqa: PLR0917 - one parameter for each option
    place: Annotated[
        str | None,
        typer.Option(
            "--place", metavar="LON,LAT|地名", help="新事件的地点，与当天已有事件一起调度 / a new incident"
        ),
    ] = None,
    need: Annotated[
        list[str] | None,
        typer.Option("--need", help="需要的车辆，可多次，如 救护车、排水泵车=2；默认救护车 / what must go"),
    ] = None,
    level: Annotated[Level, typer.Option("--level", help="新事件的级别，P0 最急 / its priority")] = Level.P1,
    crs: CrsOption = CrsName.WGS84,
    date: DateOption = None,
    seed: SeedOption = 1,
    out: OutOption = None,
    database: DatabaseOption = None,
) -> None:
    """为当天的事件推荐车辆，绕开封闭道路，存为草案 / send vehicles to the incidents of the stored day."""
    from service.cli.plan_tables import show_dispatch, show_head
    from service.intake.incident import Call, with_incident
    from service.use_cases.emergency import plan_dispatch

    call: Call | None = None
    if place is not None:
        call = Call(place=place, crs=crs.value, needs=tuple(need or ("救护车",)), priority=level.value)
    elif need:
        message = "--need 要与 --place 一起使用 / needs --place"
        raise typer.BadParameter(message)

    def planner(
        day: "Prefecture", roads: "Roads", steps: "Steps"
    ) -> "tuple[Prefecture, Mapping[str, Planned]]":
        if call is not None:
            day, hint = with_incident(day, call, roads)
            if hint:
                steps.say(f"提示：{_as_option(hint)}")
        with steps.step("emergency", "调度应急车辆") as step:
            return day, {EMERGENCY: plan_dispatch(day, roads, day.clock_s, seed, step)}

    done = _drafted(planner, database, date, out)
    show_head(done.day)
    show_dispatch(done.day, done.judged[EMERGENCY])
    _finish(done, (), out)


def _used_by(sheet: Sheet) -> str:
    return {Sheet.CARS: "cars --requests", Sheet.RIDERS: "shuttles --riders"}[sheet]


def _drafted(
    planner: "Planner", database: str | None, date: "datetime | None", out: Path | None
) -> "Drafted":
    from service.cli.reporting import Bars
    from service.use_cases.drafting import draft
    from service.use_cases.steps import Steps

    with opened(database) as at, Bars() as bars:
        return draft(at.engine, at.settings, day_of(date), planner, Steps(bars, keep_best=True), out)


def _told(report: "SheetReport", hint: str | None, steps: "Steps") -> "SheetReport":
    """Say at once what is wrong with a sheet, and go on with its good rows if there are any."""
    from service.errors import IntakeError

    for fault in report.faults[:FAULTS_SHOWN]:
        steps.say(f"paiche: {fault.sentence}")
    if len(report.faults) > FAULTS_SHOWN:
        steps.say(f"paiche: …另有 {len(report.faults) - FAULTS_SHOWN} 处")
    for skipped in report.skipped:
        steps.say(f"提示：{skipped.sentence}")
    if hint:
        steps.say(f"提示：{_as_option(hint)}")
    if not report.read:
        message = f"{report.source} 中还没有填写任何一行；请填写后重新运行"
        raise IntakeError(message)
    if not report.rows:
        message = f"{report.summary}；没有可用的行，未编排、未改动数据库，请更正后重新运行"
        raise IntakeError(message)
    return report


def _as_option(hint: str) -> str:
    """Name the option of this command where the hint names a parameter."""
    return re.sub(r"crs=(\w+) \(.*\)$", r"--crs \1", hint)


def _finish(done: "Drafted", reports: "Sequence[SheetReport]", out: Path | None) -> None:
    """Say where the drafts are; fail at the end if rows were left out or a rule is broken."""
    from service.cli.plan_tables import show_drafts
    from service.errors import IntakeError

    show_drafts(done, out)
    for report in reports:
        if report.faults:
            message = f"{report.summary}；可用的行已编入草案，有误的行未编入，请更正后重新运行"
            raise IntakeError(message)
    if done.violations:
        raise typer.Exit(1)
