"""`paiche costs`, `paiche scenario`: what a day cost, and what a change would save."""

from enum import StrEnum
from typing import Annotated

import typer

from service.cli.options import DatabaseOption, DateOption, SeedOption, day_of, opened

scenario_app = typer.Typer(help="情景比较 / scenarios", no_args_is_help=True)


class By(StrEnum):
    """What costs are summed up by."""

    PLAN = "plan"
    ACCOUNT = "account"
    UNIT = "unit"
    VEHICLE = "vehicle"


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
        synthetic = ledger.is_synthetic(session, EVERYTHING, day_of(date))
    show_costs(by.value, accounts, totals, limit, synthetic=synthetic)


@scenario_app.command("compare")
def compare(date: DateOption = None, seed: SeedOption = 1, database: DatabaseOption = None) -> None:
    """比较当天与几种改变：费用、车辆、里程、未满足 / compare the stored day with a few changes."""
    from service.cli.plan_tables import show_head
    from service.cli.reporting import Bars
    from service.cli.tables import show_scenarios
    from service.use_cases.comparing import compare_stored
    from service.use_cases.steps import Steps
    from service.use_cases.stored import open_day

    with opened(database) as at, Bars() as bars:
        steps = Steps(bars)
        day, roads = open_day(at.engine, at.settings, day_of(date), steps)
        outcomes = compare_stored(day, roads, seed, steps)
    show_head(day)
    show_scenarios(outcomes)
