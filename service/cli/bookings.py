"""`paiche plan bookings`: a list of bookings against planned lines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import DateOption, OutOption, day_of

if TYPE_CHECKING:
    from service.use_cases.bookings import BookedLines

_REMEDIES = {"keep": "保留", "close": "停开", "larger_bus": "换大车", "second_bus": "加开一辆"}


def bookings(
    folder: Annotated[Path, typer.Argument(help="paiche plan shuttles --out 写出的文件夹 / planned lines")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="预约表 .xlsx/.csv / the bookings")],
    days: Annotated[
        int, typer.Option("--days", min=0, help="线路已开行多少天；满一个月按满载率，之前按人数 / days run")
    ] = 0,
    date: DateOption = None,
    out: OutOption = None,
) -> None:
    """按预约名单建议停开、换大车或加开，排出当天的线路 / what to close, enlarge or double by the bookings."""
    from service.cli.reporting import Bars
    from service.cli.sheet_faults import tell_fully
    from service.errors import IntakeError
    from service.use_cases.bookings import weigh_bookings
    from service.use_cases.steps import Steps

    found = weigh_bookings(folder, file, days=days, when=day_of(date), out=out)
    with Bars() as bars:
        tell_fully(found.report, None, Steps(bars))
    _show(found, out)
    if found.report.faults:
        message = f"{found.report.summary}；有误的行没有计入，请更正后重新运行"
        raise IntakeError(message)


def _show(found: "BookedLines", out: Path | None) -> None:
    from service.cli.tables import SYNTHETIC, console, table_of, yuan

    screen = console()
    title = f"预约与线路{SYNTHETIC if found.synthetic else ''}"
    table = table_of(title, "线路", "座位>", "原计划>", "预约>", "满载>", "建议")
    for booking, proposal in zip(found.bookings, found.proposals, strict=True):
        table.add_row(
            booking.name, str(booking.seats), str(booking.planned), str(booking.booked),
            f"{booking.load_percent} %", _REMEDIES[proposal.remedy.value],
        )  # fmt: skip
    screen.print(table)
    for proposal in found.proposals:
        if proposal.remedy.value != "keep":
            screen.print(f"  {proposal.sentence}", soft_wrap=True)
    day = table_of("当天的线路", "", "车辆>", "公里>", "人次>", "没有座位>", "违规>", "费用（元）>")
    for one in found.figures:
        day.add_row(
            one.name, str(one.buses), f"{one.metres / 1000:.1f}", str(one.riders), str(one.left_out),
            str(one.violations), yuan(one.cost_fen),
        )  # fmt: skip
    screen.print(day)
    screen.print("  按预约：不停没有人预约的站；按建议：再停开、换车、加开", soft_wrap=True)
    for sentence in found.left_out:
        screen.print(f"  没有座位：{sentence}", soft_wrap=True)
    if out is not None:
        screen.print(f"文件夹 {out}：{'、'.join(found.files)}", soft_wrap=True)
