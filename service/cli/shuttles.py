"""`paiche plan shuttles`: lines from sheets, on a map or on a stored day."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.cli.asked import Asked, asking
from service.cli.options import day_of
from service.cli.sheet_faults import tell_fully

if TYPE_CHECKING:
    from service.sheets import SheetReport
    from service.use_cases.commute import CommuteOrder, CommutePlan

_SHEET: Final = "模板见 paiche plan template"


class WayName(StrEnum):
    """Which lines are asked for."""

    BOTH = "both"
    MORNING = "morning"
    EVENING = "evening"


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
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map", metavar="FILE", help="地图文件，不用库中的服务日 / a map instead of a stored day"
        ),
    ] = None,
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
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", min=1.0, help="搜索时间（秒），不给时按固定工作量 / search time"),
    ] = None,
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
    from service.use_cases.commute import CommuteOrder
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
    _finish(_run(order, asked.database), order)


def _run(order: "CommuteOrder", database: str | None) -> "CommutePlan":
    from service.cli.options import opened
    from service.cli.reporting import Bars
    from service.settings import load_settings
    from service.use_cases.commute import plan_commute
    from service.use_cases.steps import Steps

    with Bars() as bars:
        steps = Steps(bars, keep_best=True)

        def tell(report: "SheetReport", hint: str | None) -> None:
            tell_fully(report, hint, steps)

        if order.map_file is not None and database is None and not has_own_database():
            return plan_commute(order, load_settings(), steps, tell=tell)
        with opened(database) as at:
            return plan_commute(order, at.settings, steps, engine=at.engine, tell=tell)


def has_own_database() -> bool:
    """Whether the usual database is there, to know places by their names."""
    from sqlalchemy import make_url

    from service.database import sqlite_path
    from service.settings import load_settings

    path = sqlite_path(make_url(load_settings().database))
    return path is None or path.exists()


def _finish(done: "CommutePlan", order: "CommuteOrder") -> None:
    """Show what came of it; fail at the end if rows were left out or a rule is broken."""
    from service.cli.commute_tables import show_commute, show_rehearsal
    from service.errors import IntakeError

    if order.dry_run:
        show_rehearsal(done, order.out)
    else:
        show_commute(done, order.out)
    bad = [report for report in done.commute.reports if report.faults]
    if bad:
        done_with = "仅核对，未编排" if order.dry_run else "可用的行已编排，有误的行未编入"
        message = f"{'；'.join(report.summary for report in bad)}；{done_with}，请更正后重新运行"
        raise IntakeError(message)
    if done.violations:
        raise typer.Exit(1)
