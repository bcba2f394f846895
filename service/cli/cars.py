"""`paiche plan cars`: the day's requests, stored or brought, on the vehicles as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.asked import Asked, asking
from service.cli.drafts import finish
from service.cli.options import day_of, opened
from service.cli.sheet_faults import tell_fully
from service.kinds import CARS

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from optimizer.policy.stays import StayTable
    from scenarios.prefecture.values import Prefecture
    from service.intake.requests import CarSheet
    from service.intake.words import Words
    from service.sheets import SheetReport
    from service.use_cases.drafting import Planner
    from service.use_cases.judging import Planned
    from service.use_cases.roads import Roads
    from service.use_cases.steps import Steps


RequestsOption = Annotated[
    Path | None,
    typer.Option(
        "--requests",
        metavar="FILE",
        help="用车申请表 .xlsx/.csv，代替库中的申请；模板见 paiche plan template / requests of your own",
    ),
]
VehiclesOption = Annotated[
    Path | None,
    typer.Option(
        "--vehicles",
        metavar="FILE",
        help="车辆状态表 .xlsx/.csv：位置、里程表、电量、停用、年检 / vehicles as they are",
    ),
]
StaysOption = Annotated[
    Path | None,
    typer.Option(
        "--stays",
        metavar="FILE",
        help="以往的停留时长 .xlsx/.csv，据此估计散会时间 / how long errands took",
    ),
]
BarredOption = Annotated[
    str | None,
    typer.Option("--barred", metavar="尾号", help="当天限行的尾号，如 3,8；新能源车不限 / plates barred"),
]
LateOption = Annotated[
    int | None,
    typer.Option(
        "--late", min=1, max=50, metavar="百分数", help="晚点开始不超过这个比例，据此留余量 / slack"
    ),
]
HireOption = Annotated[
    bool, typer.Option("--hire", help="安排不下的，按协议价租车或叫网约车 / lease or hail for the rest")
]


@asking
def cars(
    *,
    requests: RequestsOption = None,
    vehicles: VehiclesOption = None,
    stays: StaysOption = None,
    barred: BarredOption = None,
    late: LateOption = None,
    hire: HireOption = False,
    asked: Asked,
) -> None:
    """编排当天的公务用车，存为草案 / plan the cars of the stored day, kept as a draft."""
    from service.cli.plan_tables import ORDERS_SHOWN, show_cars, show_head
    from service.cli.reporting import Bars
    from service.use_cases.drafting import draft
    from service.use_cases.steps import Steps

    brought = _Brought(
        requests=requests, vehicles=vehicles, stays=stays, digits=_digits(barred), late=late, hire=hire
    )
    with opened(asked.database) as at, Bars() as bars:
        steps, any_day = Steps(bars, keep_best=True), requests is not None
        planner = _planner(at.engine, brought, asked)
        done = draft(at.engine, at.settings, day_of(asked.date), planner, steps, asked.out, any_day=any_day)
    show_head(done.day)
    show_cars(done.day, done.judged[CARS], ORDERS_SHOWN)
    finish(done, brought.reports, asked.out)


@dataclass(slots=True, kw_only=True)
class _Brought:
    """What the command was given beside the stored day, and what its sheets came to."""

    requests: Path | None
    vehicles: Path | None
    stays: Path | None
    digits: frozenset[str]
    late: int | None
    hire: bool
    reports: "list[SheetReport]" = field(default_factory=list)


def _planner(engine: "Engine", brought: _Brought, asked: Asked) -> "Planner":
    """Return what plans a day: sheets first, then what other plans leave of it, then the cars."""
    from optimizer.policy.plates import barred
    from service.use_cases.calendar import with_calendar
    from service.use_cases.cars import plan_cars

    def planner(
        day: "Prefecture", roads: "Roads", words: "Words", steps: "Steps"
    ) -> "tuple[Prefecture, Mapping[str, Planned]]":
        day = _with_vehicles(day, roads, words, steps, brought, asked.crs)
        day = _with_requests(day, roads, words, steps, brought, asked.crs)
        day = with_calendar(engine, replace(day, cars=barred(day.cars, day.vehicle_types, brought.digits)))
        with steps.step("cars", "编排公务用车") as step:
            found = plan_cars(day, roads, asked.seed, step, late_percent=brought.late, hired=brought.hire)
            return day, {CARS: found}

    return planner


def _with_requests(
    day: "Prefecture", roads: "Roads", words: "Words", steps: "Steps", brought: _Brought, crs: str
) -> "Prefecture":
    from service.intake.requests import read_car_requests

    file = brought.requests
    if file is None:
        return day
    lengths = _stays(day, steps, brought)
    with steps.step("sheet", f"读取申请表 {file.name}"):
        sheet = read_car_requests(file, day, roads, crs=crs, words=words, stays=lengths)
    _say_of(sheet, steps)
    brought.reports.append(tell_fully(sheet.report, sheet.hint, steps))
    return sheet.day


def _stays(day: "Prefecture", steps: "Steps", brought: _Brought) -> "StayTable | None":
    """Learn how long errands last from what a sheet says of past ones."""
    from service.intake.stays import read_stays

    if brought.stays is None:
        return None
    with steps.step("stays", f"读取停留时长 {brought.stays.name}"):
        table, report = read_stays(brought.stays, day)
    brought.reports.append(tell_fully(report, None, steps))
    return table


def _with_vehicles(
    day: "Prefecture", roads: "Roads", words: "Words", steps: "Steps", brought: _Brought, crs: str
) -> "Prefecture":
    from service.intake.vehicle_states import read_vehicle_states

    file = brought.vehicles
    if file is None:
        return day
    with steps.step("vehicles", f"读取车辆状态 {file.name}"):
        sheet = read_vehicle_states(file, day, roads, crs=crs, words=words)
    brought.reports.append(tell_fully(sheet.report, sheet.hint, steps))
    for plate in sheet.kept_out:
        steps.say(f"提示：{plate} 的位置自相矛盾，当天不派；请核实后重新运行")
    return sheet.day


def _say_of(sheet: "CarSheet", steps: "Steps") -> None:
    """Say which rows are for other days, and which may be one request brought twice."""
    if sheet.not_due:
        steps.say(f"提示：{sheet.not_due} 行不在 {sheet.day.date} 用车，未编入")
    for one in sheet.likely:
        way = f"可合并为 {one.merged.id}" if one.merged is not None else "不能合乘"
        apart = f"同单位、同地点，相差 {one.apart_s // 60} 分钟"
        steps.say(f"提示：{one.first_id} 与 {one.second_id} 可能重复（{apart}），{way}")


def _digits(said: str | None) -> frozenset[str]:
    digits = frozenset((said or "").replace("，", ",").replace("、", ",").replace(" ", "").split(",")) - {""}
    if any(len(digit) != 1 or not digit.isdigit() for digit in digits):
        message = f"--barred {said!r}：应写成一位数字，用逗号分开，例如 3,8"
        raise typer.BadParameter(message)
    return digits
