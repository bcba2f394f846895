"""`paiche plan`, `paiche dispatch`, `paiche costs`, `paiche scenario`: work on a stored day."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import DatabaseOption, DateOption, OutOption, SeedOption, day_of, opened
from service.kinds import CARS, EMERGENCY

plan_app = typer.Typer(help="编排方案 / make plans", no_args_is_help=True)
scenario_app = typer.Typer(help="情景比较 / scenarios", no_args_is_help=True)


class By(StrEnum):
    """What costs are summed up by."""

    PLAN = "plan"
    ACCOUNT = "account"
    UNIT = "unit"
    VEHICLE = "vehicle"


@plan_app.command("shuttles")
def shuttles(
    date: DateOption = None, seed: SeedOption = 1, out: OutOption = None, database: DatabaseOption = None
) -> None:
    """编排当天的早晚班车，存为草案 / plan the shuttles of the stored day, kept as a draft."""
    from service.cli.reporting import Bars
    from service.cli.tables import show_drafts, show_lines
    from service.use_cases.judging import judge
    from service.use_cases.outputs import require_writable, write_plans
    from service.use_cases.shuttles import plan_shuttles
    from service.use_cases.steps import Steps
    from service.use_cases.stored import keep_draft, open_day

    with opened(database) as at:
        if out is not None:
            require_writable(out)
        with Bars() as bars:
            steps = Steps(bars)
            day, roads = open_day(at.engine, at.settings, day_of(date), steps)
            with steps.step("shuttles", "编排早晚班车") as step:
                lines = plan_shuttles(day, roads, seed, step)
            with steps.step("judge", "核对") as step:
                plans = {kind: (line.draft.problem, line.schedule) for kind, line in lines.items()}
                judged = judge(plans, roads, step.part)
        ids = [keep_draft(at.engine, day, plan) for plan in judged.values()]
        if out is not None:
            write_plans(out, judged, roads)
        show_lines(day, judged, lines)
        show_drafts(ids, judged, out)


@plan_app.command("cars")
def cars(
    date: DateOption = None, seed: SeedOption = 1, out: OutOption = None, database: DatabaseOption = None
) -> None:
    """编排当天的公务用车，存为草案 / plan the cars of the stored day, kept as a draft."""
    from service.cli.reporting import Bars
    from service.cli.tables import show_cars, show_drafts
    from service.use_cases.cars import plan_cars
    from service.use_cases.judging import judge
    from service.use_cases.outputs import require_writable, write_plans
    from service.use_cases.steps import Steps
    from service.use_cases.stored import keep_draft, open_day

    with opened(database) as at:
        if out is not None:
            require_writable(out)
        with Bars() as bars:
            steps = Steps(bars)
            day, roads = open_day(at.engine, at.settings, day_of(date), steps)
            with steps.step("cars", "编排公务用车") as step:
                planned = plan_cars(day, roads, seed, step)
            with steps.step("judge", "核对") as step:
                judged = judge({CARS: planned}, roads, step.part)
        ids = [keep_draft(at.engine, day, judged[CARS])]
        if out is not None:
            write_plans(out, judged, roads)
        show_cars(judged[CARS])
        show_drafts(ids, judged, out)


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


def dispatch(
    date: DateOption = None, seed: SeedOption = 1, out: OutOption = None, database: DatabaseOption = None
) -> None:
    """为当天的事件推荐车辆，绕开封闭道路，存为草案 / send vehicles to the incidents of the stored day."""
    from service.cli.reporting import Bars
    from service.cli.tables import show_dispatch, show_drafts
    from service.use_cases.emergency import plan_dispatch
    from service.use_cases.judging import judge
    from service.use_cases.outputs import require_writable, write_plans
    from service.use_cases.steps import Steps
    from service.use_cases.stored import keep_draft, open_day

    with opened(database) as at:
        if out is not None:
            require_writable(out)
        with Bars() as bars:
            steps = Steps(bars)
            day, roads = open_day(at.engine, at.settings, day_of(date), steps)
            with steps.step("emergency", "调度应急车辆") as step:
                planned = plan_dispatch(day, roads, day.clock_s, seed, step)
            with steps.step("judge", "核对") as step:
                judged = judge({EMERGENCY: planned}, roads, step.part)
        ids = [keep_draft(at.engine, day, judged[EMERGENCY])]
        if out is not None:
            write_plans(out, judged, roads)
        show_dispatch(day, judged[EMERGENCY])
        show_drafts(ids, judged, out)


def costs(
    by: Annotated[
        By, typer.Option("--by", help="按方案、科目、单位或车辆汇总 / group the ledger by")
    ] = By.PLAN,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多列出多少行 / rows shown")] = 20,
    date: DateOption = None,
    database: DatabaseOption = None,
) -> None:
    """从台账汇总费用 / sum up costs from the ledger."""
    from service.cli.tables import show_costs
    from service.database import reading
    from service.store import ledger
    from service.store.scope import EVERYTHING

    grouped = {
        By.PLAN: ledger.by_plan,
        By.ACCOUNT: ledger.by_account,
        By.UNIT: ledger.by_unit,
        By.VEHICLE: ledger.by_vehicle,
    }
    with opened(database) as at, reading(at.engine) as session:
        accounts = grouped[by](session, EVERYTHING, day_of(date))
        totals = ledger.totals(session, EVERYTHING, day_of(date))
    show_costs(by.value, accounts, totals, limit)


@scenario_app.command("compare")
def compare(date: DateOption = None, seed: SeedOption = 1, database: DatabaseOption = None) -> None:
    """比较当天与几种改变：费用、车辆、里程、未满足 / compare the stored day with a few changes."""
    from service.cli.reporting import Bars
    from service.cli.tables import show_scenarios
    from service.use_cases.comparing import compare_stored
    from service.use_cases.steps import Steps
    from service.use_cases.stored import open_day

    with opened(database) as at, Bars() as bars:
        steps = Steps(bars)
        day, roads = open_day(at.engine, at.settings, day_of(date), steps)
        outcomes = compare_stored(day, roads, seed, steps)
    show_scenarios(outcomes)
