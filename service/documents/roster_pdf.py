"""A duty roster to print and hang up: a month after the other, then what each driver has."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from optimizer.policy.calendar import Day, DayKind
from optimizer.roster import Roster, RosterProblem
from optimizer.roster.values import HOUR_S
from service.clock import clock_text
from service.documents.paper import (
    FOOT,
    GREY,
    INNER,
    MARGIN,
    Align,
    Paper,
    box,
    finished,
    fold,
    line_height,
    new_paper,
    table_head,
    table_row,
    write,
)
from service.documents.roster_words import (
    balance_texts,
    day_text,
    names_on,
    shares,
    texts_of,
    weekday_text,
)
from service.documents.words import SYNTHETIC

_SIZE: Final = 8.5
_DATE, _WEEKDAY, _KIND = 17.0, 11.0, 22.0
_SHARES: Final[Sequence[tuple[str, float, Align]]] = (
    ("驾驶员", 42, "L"), ("本表班次", 20, "R"), ("本表工时", 20, "R"), ("累计工时", 20, "R"),
    ("累计夜班", 20, "R"), ("累计周末", 20, "R"), ("累计节假日", 20, "R"), ("最短间隔天", 20, "R"),
)  # fmt: skip


def roster_pdf(problem: RosterProblem, roster: Roster) -> bytes:
    """Print the roster as PDF, A4 upright, fonts embedded.

    Raises
    ------
    gis.errors.FontError
        No font can write Chinese.
    """
    first, last = problem.days[0].date, problem.days[-1].date
    note = " · ".join([*([SYNTHETIC] if problem.synthetic else []), f"{problem.name} {first} 至 {last}"])
    paper = new_paper(texts_of(problem, roster), title=problem.name, date=first.isoformat(), note=note)
    names = names_on(roster)
    columns = _columns(problem)
    for _, month in groupby(problem.days, key=lambda day: (day.date.year, day.date.month)):
        days = list(month)
        y = _month_head(paper, problem, days[0], columns)
        for day in days:
            cells = [names.get((day.date, post.id), "") for post in problem.posts]
            y = _day(paper, y, problem, day, cells, columns)
    _summary(paper, problem, roster)
    return finished(paper)


def _columns(problem: RosterProblem) -> Sequence[tuple[str, float, Align]]:
    """Share what is left of the width among the posts, by the most drivers that each needs."""
    most = [max(post.workdays, post.weekends, post.holidays, 1) for post in problem.posts]
    left = INNER - _DATE - _WEEKDAY - _KIND
    posts: list[tuple[str, float, Align]] = [
        (post.id, left * n / sum(most), "L") for post, n in zip(problem.posts, most, strict=True)
    ]
    return (("日期", _DATE, "L"), ("星期", _WEEKDAY, "L"), ("", _KIND, "L"), *posts)


def _month_head(
    paper: Paper, problem: RosterProblem, day: Day, columns: Sequence[tuple[str, float, Align]]
) -> float:
    paper.add_page()
    title = f"{problem.name} · {day.date.year} 年 {day.date.month} 月"
    write(paper, MARGIN, MARGIN, title, size=16, bold=True)
    shifts = "；".join(f"{p.id} {clock_text(p.start_s)}–{clock_text(p.end_s)}" for p in problem.posts)
    write(paper, MARGIN, MARGIN + 9, shifts, size=9, colour=GREY)
    return table_head(paper, MARGIN + 15, columns)


def _day(
    paper: Paper,
    y: float,
    problem: RosterProblem,
    day: Day,
    cells: Sequence[str],
    columns: Sequence[tuple[str, float, Align]],
) -> float:
    """Write one day, as many lines high as the longest list of names; returns where the next begins."""
    widths = [width for _, width, _ in columns[3:]]
    folded = [fold(paper, cell, size=_SIZE, width=w - 1.6) for cell, w in zip(cells, widths, strict=True)]
    lines = max((len(pieces) for pieces in folded), default=1)
    height = max(6.2, lines * line_height(_SIZE) + 2)
    if y + height > FOOT:
        y = _month_head(paper, problem, day, columns)
    if day.kind in {DayKind.REST, DayKind.HOLIDAY}:
        box(paper, MARGIN, y, INNER, height, "#fbeedd" if day.kind is DayKind.HOLIDAY else "#f3f6fa")
    head = (f"{day.date:%m-%d}", weekday_text(day.date), day_text(day))
    table_row(paper, y, head, columns[:3], height=height, size=_SIZE)
    x = MARGIN + sum(width for _, width, _ in columns[:3])
    for pieces, width in zip(folded, widths, strict=True):
        top = y + (height - len(pieces) * line_height(_SIZE)) / 2
        for i, piece in enumerate(pieces):
            write(paper, x + 0.8, top + i * line_height(_SIZE), piece, size=_SIZE, width=width - 1.6)
        x += width
    return y + height


def _summary(paper: Paper, problem: RosterProblem, roster: Roster) -> None:
    """Print what each driver has, and how even that is."""
    y = _shares_head(paper, problem, roster)
    for name, count, hours, total, gap in shares(problem, roster):
        if y + 5.6 > FOOT:
            y = _shares_head(paper, problem, roster)
        cells = (
            name, str(count), f"{hours:g}", f"{total.hours_s / HOUR_S:g}", str(total.nights),
            str(total.weekends), str(total.holidays), "" if gap is None else str(gap),
        )  # fmt: skip
        table_row(paper, y, cells, _SHARES, height=5.6, size=_SIZE)
        y += 5.6
    for place in roster.unmanned:
        if y + 5.6 > FOOT:
            paper.add_page()
            y = MARGIN
        write(paper, MARGIN, y + 1, place.reason, size=_SIZE)
        y += 5.6


def _shares_head(paper: Paper, problem: RosterProblem, roster: Roster) -> float:
    paper.add_page()
    write(paper, MARGIN, MARGIN, f"{problem.name} · 个人统计", size=16, bold=True)
    y = MARGIN + 9
    for piece in fold(paper, "；".join(balance_texts(roster)), size=9, width=INNER):
        write(paper, MARGIN, y, piece, size=9, colour=GREY)
        y += line_height(9)
    return table_head(paper, y + 2, _SHARES)
