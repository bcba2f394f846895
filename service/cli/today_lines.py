"""`paiche plan lines`: today's lines judged as they are printed, and changed with least disruption."""

from collections.abc import Iterator
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
    from optimizer.contract_tables import Table
    from service.use_cases.today_values import TodayOrder, TodayPlan

ROWS_SHOWN: Final = 40
_FEN: Final = 100


TodayArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="现有线路表 .xlsx/.csv，模板见 paiche plan template lines / today's lines"
    ),
]
RidersOption = Annotated[
    Path | None,
    typer.Option("--riders", metavar="FILE", help="乘客表；不给时用现有线路表中的人数 / who rides"),
]
StopsOption = Annotated[
    Path | None,
    typer.Option("--stops", metavar="FILE", help="可增设的站点；不给时由道路推荐 / other places to stop"),
]
KeepOption = Annotated[
    float,
    typer.Option(
        "--keep-weight", min=0.0, max=100_000.0, metavar="YUAN",
        help="每天省够多少元才让一名乘客换站 / yuan a day that moving one rider must save",
    ),
]  # fmt: skip
NewStopOption = Annotated[
    float,
    typer.Option(
        "--new-stop-weight", min=0.0, max=100_000.0, metavar="YUAN",
        help="每天省够多少元才新设一站 / yuan a day that a new stop must save",
    ),
]  # fmt: skip
JudgeOption = Annotated[
    bool, typer.Option("--judge-only", help="只核对和计价，不重新编排 / judge and price, plan nothing")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="只核对表格 / check the sheets only")]


@asking
def lines(  # noqa: PLR0913
    *,
    today: TodayArgument,
    riders: RidersOption = None,
    compounds: CompoundsOption = None,
    buses: BusesOption = None,
    stops: StopsOption = None,
    map_file: MapOption = None,
    way: WayOption = WayName.BOTH,
    seconds: SecondsOption = None,
    keep_weight: KeepOption = 3.0,
    new_stop_weight: NewStopOption = 50.0,
    judge_only: JudgeOption = False,
    dry_run: DryRunOption = False,
    asked: Asked,
) -> None:
    """核对现有线路的时刻、座位和费用，以最少的变动改进 / judge today's lines, change them least."""
    from service.use_cases.commute_day import Sheets
    from service.use_cases.commute_values import CommuteOrder
    from service.use_cases.today_lines import judge_today
    from service.use_cases.today_values import TodayOrder

    sheets = Sheets(riders=riders, compounds=compounds, buses=buses, stops=stops, lines=today, crs=asked.crs)
    order = TodayOrder(
        commute=CommuteOrder(
            sheets=sheets, map_file=map_file, when=day_of(asked.date), way=way.value, seed=asked.seed,
            seconds=seconds, out=asked.out, dry_run=dry_run,
        ),
        keep_fen=round(_FEN * keep_weight),
        new_stop_fen=round(_FEN * new_stop_weight),
        judge_only=judge_only,
    )  # fmt: skip
    _finish(run_on_sheets(partial(judge_today, order), map_file, asked.database), order)


def _finish(done: "TodayPlan", order: "TodayOrder") -> None:
    """Show what came of it; fail at the end if rows were left out or the new plan breaks a rule."""
    _show(done, order)
    fail_where_wrong(done.commute.reports, "有误的行未计入", done.violations)


def _show(done: "TodayPlan", order: "TodayOrder") -> None:
    from service.cli.plan_tables import show_head
    from service.cli.tables import console

    screen, out = console(), order.commute.out
    show_head(done.day, clock=False)
    if order.commute.dry_run:
        screen.print(_checked(done), soft_wrap=True)
    for table in done.tables:
        _show_table(table)
    for line in (*_judged(done), *_changed(done), *_findings(done)):
        screen.print(line, soft_wrap=True)
    if out is not None:
        screen.print(f"文件夹 {out}：{'、'.join(done.files)}", soft_wrap=True)


def _checked(done: "TodayPlan") -> str:
    printed = done.commute.printed
    halts = sum(len(line.halts) for line in printed)
    return f"核对完毕：现有线路 {len(printed)} 条，停靠 {halts} 站次；没有编排，没有写入任何数据"


def _judged(done: "TodayPlan") -> Iterator[str]:
    """Say what each direction costs and breaks, today and as it is planned."""
    from service.cli.tables import yuan
    from service.kinds import NAMES

    for kind, plan in done.judged.items():
        after = ""
        if kind in done.planned:
            new = done.planned[kind]
            after = f"；调整后 {yuan(new.bill.total_fen)} 元，违规 {len(new.findings)} 处"
        yield f"{NAMES[kind]}：现有 {yuan(plan.bill.total_fen)} 元，违规 {len(plan.findings)} 处{after}"


def _changed(done: "TodayPlan") -> Iterator[str]:
    from service.kinds import NAMES

    for kind, told in done.changes.items():
        for line in told.text().splitlines():
            yield f"  {NAMES[kind]} {line}"


def _findings(done: "TodayPlan") -> Iterator[str]:
    from service.kinds import NAMES

    for kind, plan in done.planned.items():
        for finding in plan.findings[:ROWS_SHOWN]:
            yield f"  违规（{NAMES[kind]}，调整后）{finding}"


def _show_table(table: "Table") -> None:
    from service.cli.tables import console, say_more, table_of

    screen = console()
    made = table_of(table.name, *_headings(table))
    for row in table.rows[:ROWS_SHOWN]:
        made.add_row(*(str(cell) for cell in row))
    screen.print(made)
    say_more(screen, len(table.rows), "行", ROWS_SHOWN)
    for note in table.notes:
        screen.print(f"  {note}", soft_wrap=True)


def _headings(table: "Table") -> list[str]:
    """Long words may be wrapped."""
    return [
        heading + ("~" if max((len(str(row[i])) for row in table.rows), default=0) > 16 else "")
        for i, heading in enumerate(table.headings)
    ]
