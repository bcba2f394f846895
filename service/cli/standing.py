"""What `paiche replan` and `paiche offers` begin with: the day as it stands, and what is brought to it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gis.places import Place
    from optimizer.model import Request
    from scenarios.prefecture.values import Prefecture
    from service.intake.words import Words
    from service.sheets import SheetReport
    from service.use_cases.living import Standing
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


def standing_of(
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
        standing = standing_after(with_calendar(engine, day), folder)
        return replace(standing, lines={**lines, **standing.lines})
    file, crs = sheet
    if file is not None:
        day = read_car_requests(file, day, roads, crs=crs, words=words).day
    day = with_calendar(engine, day)
    return Standing(day=day, schedule=schedule_in_force(engine, day.date), lines=lines)


def new_requests(
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


def place_said(day: "Prefecture", roads: "Roads", words: "Words", said: str, crs: str) -> "Place":
    """Find where a car broke down, on the roads."""
    from service.errors import IntakeError
    from service.intake.places import Placer, Said
    from service.sheets import CellFault

    try:
        return Placer(day, roads, crs=crs, words=words, origin="--where").place(Said(words=said))
    except CellFault as fault:
        message = f"地点 {said!r} {fault.reason}；{fault.way_out}"
        raise IntakeError(message) from None


def clock_said(said: str) -> int:
    """Read `--at` as seconds of the day."""
    from service.sheets import CellFault
    from service.sheets.moments import time_of_day_s

    try:
        return int(time_of_day_s()(said))
    except CellFault as fault:
        message = f"--at {said!r}：{fault.reason}；{fault.way_out}"
        raise typer.BadParameter(message) from None


def require_whole(reports: "Sequence[SheetReport]") -> None:
    """Fail at the end if rows of a sheet were left out."""
    from service.errors import IntakeError

    for report in reports:
        if report.faults:
            message = f"{report.summary}；有误的行没有编入，请更正后重新运行"
            raise IntakeError(message)
