"""`paiche plan shuttles`: lines from sheets, on a map or on a stored day."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.cli.asked import Asked, asking
from service.cli.from_sheets import (
    BusesOption,
    CompoundsOption,
    MapOption,
    SecondsOption,
    WayName,
    WayOption,
    fail_where_wrong,
    run_on_sheets,
)
from service.cli.options import day_of

if TYPE_CHECKING:
    from service.use_cases.commute import CommuteOrder, CommutePlan

_SHEET: Final = "模板见 paiche plan template"

RidersOption = Annotated[
    Path | None,
    typer.Option("--riders", metavar="FILE", help=f"乘客表 .xlsx/.csv，{_SHEET} / who rides"),
]
StopsOption = Annotated[
    Path | None,
    typer.Option("--stops", metavar="FILE", help="站点表；不给时由道路推荐 / places to stop"),
]
QuotesOption = Annotated[
    Path | None,
    typer.Option("--quotes", metavar="FILE", help="报价表，与缺省的合同一起比较 / quotations to compare"),
]
GenerateOption = Annotated[
    int,
    typer.Option(
        "--generate-riders", min=0, max=20_000, metavar="N",
        help="虚构 N 名乘客（合成数据） / synthetic riders",
    ),
]  # fmt: skip
StaggerOption = Annotated[
    int,
    typer.Option(
        "--stagger", min=0, max=120, metavar="MINUTES",
        help="各办公区错峰几分钟能省多少 / other hours",
    ),
]  # fmt: skip
DetourOption = Annotated[
    float | None,
    typer.Option("--detour", min=1.0, metavar="TIMES", help="乘车至多是直达的几倍 / longest detour"),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="只核对表格和步行距离，不编排、不写库 / check, plan nothing")
]


@asking
def shuttles(  # noqa: PLR0913
    *,
    riders: RidersOption = None,
    compounds: CompoundsOption = None,
    buses: BusesOption = None,
    stops: StopsOption = None,
    quotes: QuotesOption = None,
    map_file: MapOption = None,
    generate: GenerateOption = 0,
    way: WayOption = WayName.BOTH,
    seconds: SecondsOption = None,
    stagger: StaggerOption = 0,
    detour: DetourOption = None,
    dry_run: DryRunOption = False,
    asked: Asked,
) -> None:
    """由乘客、办公区、车辆表编排早晚班车，核对、比较合同 / plan shuttle lines from sheets.

    有地图（--map）时不需要数据库；否则用库中的服务日，存为草案。
    """
    from optimizer.lines import ShuttleSettings
    from service.use_cases.commute import CommuteOrder, plan_commute
    from service.use_cases.commute_day import Sheets

    sheets = Sheets(
        riders=riders, compounds=compounds, buses=buses, stops=stops, crs=asked.crs, invented_riders=generate
    )
    order = CommuteOrder(
        sheets=sheets, map_file=map_file, when=day_of(asked.date), way=way.value, seed=asked.seed,
        seconds=seconds, stagger_minutes=stagger, settings=ShuttleSettings(detour_max=detour), quotes=quotes,
        out=asked.out, dry_run=dry_run,
    )  # fmt: skip
    _finish(run_on_sheets(partial(plan_commute, order), map_file, asked.database), order)


def _finish(done: "CommutePlan", order: "CommuteOrder") -> None:
    """Show what came of it; fail at the end if rows were left out or a rule is broken."""
    from service.cli.commute_tables import show_commute, show_rehearsal

    if order.dry_run:
        show_rehearsal(done, order.out)
    else:
        show_commute(done, order.out)
    done_with = "仅核对，未编排" if order.dry_run else "可用的行已编排，有误的行未编入"
    fail_where_wrong(done.commute.reports, done_with, done.violations)
