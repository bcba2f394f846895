"""`paiche plan`, `paiche dispatch`: plan a stored day or what a dispatcher brings, and keep it as a draft."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.bookings import bookings
from service.cli.cars import cars
from service.cli.circulator import circulator
from service.cli.drafts import finish
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
from service.cli.roster import roster
from service.cli.sheet_faults import as_option
from service.cli.shuttles import shuttles
from service.cli.today_lines import lines
from service.kinds import EMERGENCY

if TYPE_CHECKING:
    from datetime import datetime

    from scenarios.prefecture.values import Prefecture
    from service.intake.words import Words
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
    DUTY_DRIVERS = "drivers"
    DUTY_POSTS = "posts"
    VEHICLES = "vehicles"
    STAYS = "stays"


class Level(StrEnum):
    """Priorities of an incident."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


plan_app.command("cars")(cars)
plan_app.command("shuttles")(shuttles)
plan_app.command("lines")(lines)
plan_app.command("bookings")(bookings)
plan_app.command("circulator")(circulator)
plan_app.command("event")(event)
plan_app.command("roster")(roster)


@plan_app.command("template")
def template(
    sheet: Annotated[
        Sheet,
        typer.Argument(
            help="cars 用车申请、riders 乘客、compounds 办公区、buses 车辆、stops 站点、bookings 预约、"
            "groups 分批出行、lines 现有线路、arrivals 到场车辆、lots 停车场、drivers 值班驾驶员、posts 班次"
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
    finish(done, (), out)


def _used_by(sheet: Sheet) -> str:
    """Name the command and the option that a filled sheet is for."""
    return {
        Sheet.CARS: "cars --requests",
        Sheet.VEHICLES: "cars --vehicles",
        Sheet.STAYS: "cars --stays",
        Sheet.GROUPS: "circulator --to 地点 --groups",
        Sheet.LINES: "lines",
        Sheet.BOOKINGS: "bookings DIR",
        Sheet.ARRIVALS: "event --arrivals",
        Sheet.LOTS: "event --lots",
        Sheet.DUTY_DRIVERS: "roster --drivers",
        Sheet.DUTY_POSTS: "roster --posts",
        Sheet.DUTY_DRIVERS: "roster --drivers",
        Sheet.DUTY_POSTS: "roster --posts",
    }.get(sheet, f"shuttles --{sheet.value}")


def _drafted(
    planner: "Planner", database: str | None, date: "datetime | None", out: Path | None
) -> "Drafted":
    from service.cli.reporting import Bars
    from service.use_cases.drafting import draft
    from service.use_cases.steps import Steps

    with opened(database) as at, Bars() as bars:
        return draft(at.engine, at.settings, day_of(date), planner, Steps(bars, keep_best=True), out)
