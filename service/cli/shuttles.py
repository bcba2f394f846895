"""`paiche plan shuttles`: lines from sheets, on a map or on a stored day."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.cli.asked import Asked, asking
from service.cli.from_sheets import MapOption, SecondsOption, WayName, fail_where_wrong, run_on_sheets
from service.cli.options import day_of

if TYPE_CHECKING:
    from service.use_cases.commute import CommuteOrder, CommutePlan

_SHEET: Final = "模板见 paiche plan template"


@asking
def shuttles(  # noqa: PLR0913
    *,
    riders: Annotated[
        Path | None,
        typer.Option("--riders", metavar="FILE", help=f"乘客表 .xlsx/.csv，{_SHEET} / who rides"),
    ] = None,
    compounds: Annotated[
        Path | None,
        typer.Option("--compounds", metavar="FILE", help="办公区表：地点、上下班时间 / compounds"),
    ] = None,
    buses: Annotated[
        Path | None,
        typer.Option("--buses", metavar="FILE", help="车辆表：座位、车场、价格 / buses on offer"),
    ] = None,
    stops: Annotated[
        Path | None,
        typer.Option("--stops", metavar="FILE", help="站点表；不给时由道路推荐 / places to stop"),
    ] = None,
    quotes: Annotated[
        Path | None,
        typer.Option("--quotes", metavar="FILE", help="报价表，与缺省的合同一起比较 / quotations to compare"),
    ] = None,
    map_file: MapOption = None,
    generate: Annotated[
        int,
        typer.Option(
            "--generate-riders",
            min=0,
            max=20_000,
            metavar="N",
            help="虚构 N 名乘客（合成数据） / synthetic riders",
        ),
    ] = 0,
    way: Annotated[WayName, typer.Option("--direction", help="早班、晚班或都排 / which way")] = WayName.BOTH,
    seconds: SecondsOption = None,
    stagger: Annotated[
        int,
        typer.Option(
            "--stagger",
            min=0,
            max=120,
            metavar="MINUTES",
            help="各办公区错峰几分钟能省多少 / other hours",
        ),
    ] = 0,
    detour: Annotated[
        float | None,
        typer.Option("--detour", min=1.0, metavar="TIMES", help="乘车至多是直达的几倍 / longest detour"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只核对表格和步行距离，不编排、不写库 / check, plan nothing")
    ] = False,
    asked: Asked,
) -> None:
    """由乘客、办公区、车辆表编排早晚班车，核对、比较合同 / plan shuttle lines from sheets.

    有地图（--map）时不需要数据库；否则用库中的服务日，存为草案。
    """
    from optimizer.lines import ShuttleSettings
    from service.use_cases.commute import CommuteOrder, plan_commute
    from service.use_cases.commute_day import Sheets

    order = CommuteOrder(
        sheets=Sheets(
            riders=riders,
            compounds=compounds,
            buses=buses,
            stops=stops,
            crs=asked.crs,
            invented_riders=generate,
        ),
        map_file=map_file,
        when=day_of(asked.date),
        way=way.value,
        seed=asked.seed,
        seconds=seconds,
        stagger_minutes=stagger,
        settings=ShuttleSettings(detour_max=detour),
        quotes=quotes,
        out=asked.out,
        dry_run=dry_run,
    )
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
