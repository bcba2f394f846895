"""`paiche plan circulator`: waves to a canteen or an event, on foot or by bus."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.asked import Asked, asking
from service.cli.options import day_of
from service.cli.sheet_faults import tell_fully

if TYPE_CHECKING:
    from service.sheets import SheetReport
    from service.use_cases.circulator import Circulation, CirculatorOrder

ROWS_SHOWN = 40


@asking
def circulator(  # noqa: PLR0913
    *,
    groups: Annotated[
        Path,
        typer.Option(
            "--groups",
            metavar="FILE",
            help="分批出行表 .xlsx/.csv，模板见 paiche plan template groups / who goes",
        ),
    ],
    to: Annotated[str, typer.Option("--to", metavar="LON,LAT|地名", help="食堂或会场的地点 / where they go")],
    buses: Annotated[
        Path | None, typer.Option("--buses", metavar="FILE", help="车辆表：座位、车场、价格 / buses on offer")
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="地图文件，不用库中的服务日 / a map instead"),
    ] = None,
    starts: Annotated[
        list[str] | None,
        typer.Option("--start", metavar="HH:MM", help="一批的开始时间，可多次；不给时按 --every 排 / waves"),
    ] = None,
    every: Annotated[int, typer.Option("--every", min=1, max=240, help="批次间隔（分钟） / minutes")] = 15,
    sitting: Annotated[
        int, typer.Option("--sitting", min=1, max=600, help="每批时长（分钟） / minutes of a sitting")
    ] = 30,
    seats: Annotated[
        int | None, typer.Option("--seats", min=1, help="食堂座位数，不给则不限 / seats of the canteen")
    ] = None,
    walk: Annotated[
        int, typer.Option("--walk", min=0, max=5_000, help="步行上限（米） / longest walk")
    ] = 800,
    asked: Asked,
) -> None:
    """分批到食堂或会场：谁步行、谁乘车，或说明不需要班车 / who walks and who rides, in waves."""
    from optimizer.sittings import CirculatorSettings
    from service.use_cases.circulator import CirculatorOrder

    order = CirculatorOrder(
        groups=groups, to=to, buses=buses, map_file=map_file, crs=asked.crs, when=day_of(asked.date),
        settings=CirculatorSettings(
            walk_max_m=walk, starts_s=tuple(map(_moment, starts or ())), every_s=60 * every,
            sitting_s=60 * sitting, seats=seats,
        ),
        seed=asked.seed, out=asked.out,
    )  # fmt: skip
    _finish(_run(order, asked.database), order)


def _moment(said: str) -> int:
    from service.sheets import CellFault
    from service.sheets.moments import time_of_day_s

    try:
        return int(time_of_day_s()(said))
    except CellFault as fault:
        message = f"--start {said}：{fault.reason}；{fault.way_out}"
        raise typer.BadParameter(message) from None


def _run(order: "CirculatorOrder", database: str | None) -> "Circulation":
    from service.cli.options import opened
    from service.cli.reporting import Bars
    from service.settings import load_settings
    from service.use_cases.circulator import plan_circulator
    from service.use_cases.steps import Steps

    with Bars() as bars:
        steps = Steps(bars)

        def tell(report: "SheetReport", hint: str | None) -> None:
            tell_fully(report, hint, steps)

        if order.map_file is not None:
            return plan_circulator(order, load_settings(), steps, tell=tell)
        with opened(database) as at:
            return plan_circulator(order, at.settings, steps, engine=at.engine, tell=tell)


def _finish(done: "Circulation", order: "CirculatorOrder") -> None:
    """Show who goes how; fail at the end if rows were left out or a rule is broken."""
    from service.errors import IntakeError

    _show(done, order.out)
    bad = [report for report in done.reports if report.faults]
    if bad:
        message = f"{'；'.join(report.summary for report in bad)}；有误的行未编入，请更正后重新运行"
        raise IntakeError(message)
    if done.violations:
        raise typer.Exit(1)


def _show(done: "Circulation", out: Path | None) -> None:
    from service.cli.tables import SYNTHETIC, console, table_of, yuan
    from service.clock import clock_text
    from service.use_cases.circulator import rows_of

    screen = console()
    synthetic = SYNTHETIC if done.day.synthetic else ""
    screen.print(f"到“{done.destination.label}”：{done.plan.sentence}{synthetic}", soft_wrap=True)
    waves = table_of("各批人数", "开始", "步行>", "乘车>", "在座>")
    for wave in done.plan.waves:
        waves.add_row(clock_text(wave.start_s), str(wave.walking), str(wave.riding), str(wave.seated))
    people = table_of("谁怎么去", "批次", "单位", "人数>", "方式", "说明~")
    rows = list(rows_of(done))
    for start, group_id, count, way, _, reason in rows[:ROWS_SHOWN]:
        people.add_row(start, group_id, str(count), way, reason)
    if done.plan.waves:
        screen.print(waves)
    screen.print(people)
    if len(rows) > ROWS_SHOWN:
        screen.print(f"  …另有 {len(rows) - ROWS_SHOWN} 行，见 {done.files[-1] if done.files else '--out'}")
    if done.judged is not None:
        screen.print(f"违规 {done.violations} 处；费用 {yuan(done.judged.bill.total_fen)} 元", soft_wrap=True)
        for finding in done.judged.findings[:ROWS_SHOWN]:
            screen.print(f"  违规：{finding}", soft_wrap=True)
    if out is not None:
        screen.print(f"文件夹 {out}：{'、'.join(done.files)}", soft_wrap=True)
