"""`paiche plan bookings`: a list of bookings against planned lines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import DateOption, day_of

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
) -> None:
    """按预约名单建议停开、换大车或加开 / what to close, enlarge or double by the bookings."""
    from service.cli.reporting import Bars
    from service.cli.sheet_faults import tell_fully
    from service.errors import IntakeError
    from service.use_cases.bookings import weigh_bookings
    from service.use_cases.steps import Steps

    found = weigh_bookings(folder, file, days=days, when=day_of(date))
    with Bars() as bars:
        tell_fully(found.report, None, Steps(bars))
    _show(found)
    if found.report.faults:
        message = f"{found.report.summary}；有误的行没有计入，请更正后重新运行"
        raise IntakeError(message)


def _show(found: "BookedLines") -> None:
    from service.cli.tables import SYNTHETIC, console, table_of

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
