"""A list of bookings against planned lines: what to close, what to enlarge, what to double."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from optimizer.bookings import LineBooking, Proposal, proposals
from optimizer.line_figures import Line, lines_of
from optimizer.lines import LineDraft
from optimizer.policy.tariffs import commuter_terms
from service.errors import DocumentError
from service.exchange.documents import load_plans, load_problems
from service.intake import commute_columns
from service.kinds import EVENING, MORNING
from service.sheets import SheetReport, read_sheet
from service.sheets.parsers import choice


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedLines:
    """What a list of bookings came to.

    Parameters
    ----------
    proposals
        One for each of `bookings`, in its order.
    """

    report: SheetReport
    bookings: tuple[LineBooking, ...]
    proposals: tuple[Proposal, ...]
    synthetic: bool


def weigh_bookings(
    folder: Path, file: Path, *, days: int = 0, when: date | None = None, region: str = "cn"
) -> BookedLines:
    """Count the bookings of each planned line and say what to do with it.

    Parameters
    ----------
    folder
        With the `problem.json` and `schedule.json` of planned lines.
    days
        On how many days the lines have run: after a month their load is judged, before it their riders.
    when
        Only bookings of this day, and those without a day; None: all of them.

    Raises
    ------
    DocumentError
        The folder holds no planned lines.
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    problems, plans = load_problems(folder / "problem.json"), load_plans(folder / "schedule.json")
    kinds = [kind for kind in (MORNING, EVENING) if kind in problems and kind in plans]
    if not kinds:
        message = f"{folder} 中没有班车方案；请先运行 paiche plan shuttles --out {folder}"
        raise DocumentError(message)
    lines: list[Line] = []
    for kind in kinds:
        draft = LineDraft(problem=problems[kind], members={})
        lines += lines_of(draft, plans[kind].schedule, "morning" if kind == MORNING else "evening")
    names = {line.name: line.name for line in lines}
    report = read_sheet(file, commute_columns.bookings(choice(names), tuple(names)))
    booked = _counted(report, when)
    found = tuple(_bookings(lines, booked, days))
    seats = sorted({kind.capacity[0] for problem in problems.values() for kind in problem.vehicle_types})
    return BookedLines(
        report=report,
        bookings=found,
        proposals=proposals(found, seats, commuter_terms(region)),
        synthetic=any(problems[kind].synthetic for kind in kinds),
    )


def _counted(report: SheetReport, when: date | None) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in report.rows:
        if when is None or row["date"] in {None, when}:
            counted[row["line"]] += row["people"]
    return counted


def _bookings(lines: list[Line], booked: Counter[str], days: int) -> Iterator[LineBooking]:
    for line in lines:
        booking = LineBooking(
            line_id=line.id, name=line.name, seats=line.seats, planned=line.riders, booked=booked[line.name]
        )
        yield replace(booking, days=days)
