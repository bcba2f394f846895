"""`paiche plan`, `paiche dispatch`: plan a stored day or what a dispatcher brings, and keep it as a draft."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.asked import Asked, asking
from service.cli.bookings import bookings
from service.cli.circulator import circulator
from service.cli.event import event
from service.cli.options import (
    CrsName,
    CrsOption,
    DatabaseOption,
    DateOption,
    OutOption,
    SeedOption,
    day_of,
    has_own_database,
    opened,
)
from service.cli.sheet_faults import as_option, tell_fully
from service.cli.shuttles import shuttles
from service.cli.today_lines import lines
from service.kinds import CARS, EMERGENCY

if TYPE_CHECKING:
    from datetime import datetime

    from scenarios.prefecture.values import Prefecture
    from service.intake.requests import CarSheet
    from service.intake.words import Words
    from service.sheets import SheetReport
    from service.use_cases.drafting import Drafted, Planner
    from service.use_cases.judging import Planned
    from service.use_cases.roads import Roads
    from service.use_cases.steps import Steps

plan_app = typer.Typer(help="编排方案 / make plans", no_args_is_help=True)


class Sheet(StrEnum):
    """Sheets that can be filled in."""

    CARS = "cars"
    RIDERS = "riders"
    COMPOUNDS = "compounds"
    BUSES = "buses"
    STOPS = "stops"
    QUOTES = "quotes"
    BOOKINGS = "bookings"
    GROUPS = "groups"
    LINES = "lines"
    ARRIVALS = "arrivals"
    LOTS = "lots"


class Level(StrEnum):
    """Priorities of an incident."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


@plan_app.command("cars")
@asking
def cars(
    *,
    requests: Annotated[
        Path | None,
        typer.Option(
            "--requests",
            metavar="FILE",
            help="用车申请表 .xlsx/.csv，代替库中的申请；模板见 paiche plan template / requests of your own",
        ),
    ] = None,
    late: Annotated[
        int | None,
        typer.Option(
            "--late", min=1, max=50, metavar="百分数", help="晚点开始不超过这个比例，据此留余量 / slack"
        ),
    ] = None,
    asked: Asked,
) -> None:
    """编排当天的公务用车，存为草案 / plan the cars of the stored day, kept as a draft."""
    from service.cli.plan_tables import ORDERS_SHOWN, show_cars, show_head
    from service.cli.reporting import Bars
    from service.intake.requests import read_car_requests
    from service.use_cases.calendar import with_calendar
    from service.use_cases.cars import plan_cars
    from service.use_cases.drafting import draft
    from service.use_cases.steps import Steps

    reports: list[SheetReport] = []

    def planner(
        day: "Prefecture", roads: "Roads", words: "Words", steps: "Steps"
    ) -> "tuple[Prefecture, Mapping[str, Planned]]":
        if requests is not None:
            with steps.step("sheet", f"读取申请表 {requests.name}"):
                sheet = read_car_requests(requests, day, roads, crs=asked.crs, words=words)
            day = sheet.day
            _say_of(sheet, steps)
            reports.append(tell_fully(sheet.report, sheet.hint, steps))
        day = with_calendar(at.engine, day)
        with steps.step("cars", "编排公务用车") as step:
            return day, {CARS: plan_cars(day, roads, asked.seed, step, late_percent=late)}

    with opened(asked.database) as at, Bars() as bars:
        steps, any_day = Steps(bars, keep_best=True), requests is not None
        done = draft(at.engine, at.settings, day_of(asked.date), planner, steps, asked.out, any_day=any_day)
    show_head(done.day)
    show_cars(done.day, done.judged[CARS], ORDERS_SHOWN)
    _finish(done, reports, asked.out)


plan_app.command("shuttles")(shuttles)
plan_app.command("lines")(lines)
plan_app.command("bookings")(bookings)
plan_app.command("circulator")(circulator)
plan_app.command("event")(event)


@plan_app.command("template")
def template(
    sheet: Annotated[
        Sheet,
        typer.Argument(
            help="cars 用车申请、riders 乘客、compounds 办公区、buses 车辆、stops 站点、bookings 预约、"
            "groups 分批出行、lines 现有线路、arrivals 到场车辆、lots 停车场"
        ),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="写到这个文件 / file to write")],
    database: DatabaseOption = None,
) -> None:
    """写出可填写的表格模板 / write a sheet to fill in."""
    from service.use_cases.templates import write_template

    listed = sheet is Sheet.CARS or (sheet is Sheet.RIDERS and (database or has_own_database()))
    if listed:
        with opened(database) as at:
            written = write_template(at.engine, sheet.value, file)
    else:
        written = write_template(None, sheet.value, file)
    where = f" --database {database}" if database and listed else ""
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
        day: "Prefecture", roads: "Roads", words: "Words", steps: "Steps"
    ) -> "tuple[Prefecture, Mapping[str, Planned]]":
        if call is not None:
            day, hint = with_incident(day, call, roads, words)
            if hint:
                steps.say(f"提示：{as_option(hint)}")
        with steps.step("emergency", "调度应急车辆") as step:
            return day, {EMERGENCY: plan_dispatch(day, roads, day.clock_s, seed, step)}

    done = _drafted(planner, database, date, out)
    show_head(done.day)
    show_dispatch(done.day, done.judged[EMERGENCY])
    _finish(done, (), out)


def _say_of(sheet: "CarSheet", steps: "Steps") -> None:
    """Say which rows are for other days, and which may be one request brought twice."""
    if sheet.not_due:
        steps.say(f"提示：{sheet.not_due} 行不在 {sheet.day.date} 用车，未编入")
    for one in sheet.likely:
        way = f"可合并为 {one.merged.id}" if one.merged is not None else "不能合乘"
        apart = f"同单位、同地点，相差 {one.apart_s // 60} 分钟"
        steps.say(f"提示：{one.first_id} 与 {one.second_id} 可能重复（{apart}），{way}")


def _used_by(sheet: Sheet) -> str:
    if sheet is Sheet.CARS:
        return "cars --requests"
    if sheet is Sheet.GROUPS:
        return "circulator --to 地点 --groups"
    if sheet is Sheet.LINES:
        return "lines"
    if sheet in {Sheet.ARRIVALS, Sheet.LOTS}:
        return f"event --{sheet.value}"
    return "bookings DIR" if sheet is Sheet.BOOKINGS else f"shuttles --{sheet.value}"


def _drafted(
    planner: "Planner", database: str | None, date: "datetime | None", out: Path | None
) -> "Drafted":
    from service.cli.reporting import Bars
    from service.use_cases.drafting import draft
    from service.use_cases.steps import Steps

    with opened(database) as at, Bars() as bars:
        return draft(at.engine, at.settings, day_of(date), planner, Steps(bars, keep_best=True), out)


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
