"""Results for people, as tables on the output stream; every table of invented data says so."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.table import Table

from service.kinds import NAMES

if TYPE_CHECKING:
    from scenarios.study import Outcome
    from service.rows import MapRow
    from service.store.ledger import Account
    from service.store.plans import Judged
    from service.use_cases.checking import Checked

ACCOUNT_NAMES: Final[Mapping[str, str]] = {
    "vehicle_used": "出车（餐补、租车日费）",
    "trip": "趟次",
    "km": "里程（能耗、维修）",
    "toll": "通行费",
    "hour": "工时",
    "overtime": "加班",
    "other_driver": "换驾驶员（人车固定）",
    "night": "在外过夜（食宿）",
    "standing": "固定（折旧、保险、工资）",
}


SYNTHETIC: Final = "（合成数据 Synthetic data）"


def console() -> Console:
    """Output stream; as wide as the terminal, or wide enough for the tables where there is none."""
    found = Console(highlight=False, markup=False)
    return found if found.is_terminal else Console(highlight=False, markup=False, width=120)


def table_of(title: str, *headings: str) -> Table:
    """Make an empty table; a heading with `>` stands over numbers, one with `~` over text to be wrapped.

    Other columns are never wrapped or cut: a plate or a time in two pieces is none.
    """
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(
            heading.rstrip(">~"),
            justify="right" if heading.endswith(">") else "left",
            no_wrap=not heading.endswith("~"),
            overflow="fold",
        )
    return table


def violations(judged: "Mapping[str, Judged]") -> int:
    """Broken rules over all plans, from both judges."""
    return sum(len(plan.findings) for plan in judged.values())


def say_more(screen: Console, count: int, what: str, shown: int) -> None:
    """Say how many there are where not all are listed."""
    if count > shown:
        screen.print(f"…共 {count:,} {what}，只列出 {shown} {what[:1]}")


def yuan(fen: int) -> str:
    """Write fen as yuan, to the fen."""
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{size // 100:,}.{size % 100:02d}"


def show_ledger(judged: "Mapping[str, Judged]", totals: tuple[int, int]) -> None:
    """Cost of each plan, and what the ledger holds."""
    from service.use_cases.figures import runs

    screen = console()
    table = table_of("费用", "方案", "趟次>", "公里>", "费用（元）>")
    for kind, plan in judged.items():
        metres = sum(route.distance_m for route in plan.schedule.routes)
        table.add_row(
            NAMES.get(kind, kind),
            f"{len(runs(plan)):,}",
            f"{metres / 1000:,.1f}",
            yuan(plan.bill.total_fen),
        )
    screen.print(table)
    trips, total_fen = totals
    screen.print(f"台账 {trips:,} 趟，合计 {yuan(total_fen)} 元")


def show_costs(
    by: str, accounts: "Sequence[Account]", totals: tuple[int, int], limit: int, *, synthetic: bool
) -> None:
    """Show sums of the ledger."""
    screen = console()
    grouped = {"plan": "方案", "account": "科目", "unit": "单位~", "vehicle": "车辆"}[by]
    table = table_of("台账汇总", grouped, "趟次>", "金额（元）>")
    names = {"plan": NAMES, "account": ACCOUNT_NAMES}.get(by, {})
    for account in accounts[:limit]:
        name = names.get(account.key, account.name or account.key)
        table.add_row(name, f"{account.trips:,}", yuan(account.amount_fen))
    screen.print(table)
    say_more(screen, len(accounts), "行", limit)
    note = SYNTHETIC if synthetic else ""
    screen.print(f"合计 {totals[0]:,} 趟，{yuan(totals[1])} 元{note}")
    if not totals[0]:
        screen.print("台账里还没有记录：草案不入账，发布并出车后才有费用")


def show_maps(maps: "Sequence[MapRow]") -> None:
    """List the maps that were added."""
    screen = console()
    if not maps:
        screen.print("还没有地图；用 paiche map add FILE 添加 / no maps yet")
        return
    table = table_of("地图", "编号", "来源~", "路口>", "有向路段>", "范围（西 南 东 北，度）~", "合成")
    for row in maps:
        extent = f"{row.west:.3f} {row.south:.3f} {row.east:.3f} {row.north:.3f}"
        counts = (f"{row.node_count:,}", f"{row.edge_count:,}")
        table.add_row(row.id, row.source, *counts, extent, "是" if row.synthetic else "否")
    screen.print(table)
    screen.print(maps[0].attribution)


def show_checked(checked: "Sequence[Checked]") -> None:
    """Show what the judge found in plans made elsewhere, and what they cost."""
    screen = console()
    synthetic = any(plan.synthetic for plan in checked)
    table = table_of(
        f"核对结果{SYNTHETIC if synthetic else ''}", "方案", "申请>", "未安排>", "违规>", "费用（元）>"
    )
    for plan in checked:
        counts = (f"{plan.requests:,}", f"{plan.unserved:,}", f"{len(plan.findings):,}")
        table.add_row(NAMES.get(plan.kind, plan.kind), *counts, yuan(plan.bill.total_fen))
    screen.print(table)
    if any(plan.synthetic for plan in checked):
        screen.print(SYNTHETIC)
    for plan in checked:
        for finding in plan.findings:
            screen.print(f"  {NAMES.get(plan.kind, plan.kind)}：{finding}", soft_wrap=True)


def show_scenarios(outcomes: "Sequence[Outcome]") -> None:
    """Show the base and its changes side by side; the costs include vehicles that stand."""
    screen = console()
    table = table_of(
        "情景比较（班车与公务用车，含闲置车辆的固定费用）",
        "情景~", "费用（元）>", "节省（元）>", "车辆>", "出车>", "公里>", "未满足>",
    )  # fmt: skip
    for outcome in outcomes:
        table.add_row(
            outcome.name,
            yuan(outcome.cost_fen),
            yuan(outcome.saving_fen),
            f"{outcome.vehicles:,}",
            f"{outcome.vehicles_used:,}",
            f"{outcome.distance_m / 1000:,.1f}",
            f"{outcome.unserved:,}",
        )
    screen.print(table)
