"""Everything that the demonstration came to, one table after the other."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from service.cli.car_tables import show_trials
from service.cli.contract_tables import show_contracts
from service.cli.plan_tables import show_cars, show_dispatch, show_head, show_lines
from service.cli.tables import console, show_ledger, show_scenarios, violations
from service.kinds import CARS, EMERGENCY

if TYPE_CHECKING:
    from service.use_cases.demo import DemoDay

TRIPS_SHOWN: Final = 12


def show_demo(done: "DemoDay", *, database: str, named: str, out: Path | None) -> None:
    """Show the plans of the day, the ledger and the scenarios, and where to look further."""
    screen = console()
    show_head(done.day)
    network = done.roads.network
    screen.print(f"地图 {network.source}：{network.node_count:,} 个路口，{network.edge_count:,} 条有向路段")
    show_lines(done.day, done.judged, done.lines)
    show_cars(done.day, done.judged[CARS], TRIPS_SHOWN)
    show_trials(done.trials)
    show_dispatch(done.day, done.judged[EMERGENCY])
    show_ledger(done.judged, (done.summary.ledger.trips, done.summary.ledger.total_fen))
    show_scenarios(done.outcomes)
    show_contracts(done.contracts)
    screen.print()
    if out is not None:
        screen.print(f"文件夹 {out}：{'、'.join(done.files)}", soft_wrap=True)
    screen.print(
        f"数据库：{database}（演示专用，正式库未动）" if named == "demo" else f"数据库：{database}",
        soft_wrap=True,
    )
    screen.print(
        f"继续看：paiche costs --by vehicle --database {named} · paiche serve --database {named}",
        soft_wrap=True,
    )
    screen.print(f"用时 {done.summary.seconds['total']:.1f} 秒；违规合计 {violations(done.judged)} 处")
