"""One line on one printed page: its stops with times and riders, and how full the bus is between them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from optimizer.line_figures import Line, LineStop
from service.clock import clock_text
from service.documents.book import LineBook, Side
from service.documents.paper import (
    FOOT,
    GREY,
    INK,
    INNER,
    MARGIN,
    RULE,
    Align,
    Paper,
    badge,
    box,
    fold,
    line_height,
    rule,
    table_head,
    table_row,
    write,
)
from service.documents.words import (
    CLOCK_NOTE,
    arrival,
    departure,
    heading,
    km,
)

_STOP_COLUMNS: Final[Sequence[tuple[str, float, Align]]] = (
    ("", 12, "C"), ("序", 9, "C"), ("站点", 77, "L"), ("到站", 18, "C"), ("发车", 18, "C"), ("上", 10, "R"),
    ("下", 10, "R"), ("车上", 13, "R"), ("公里", 15, "R"),
)  # fmt: skip
_NAME_COLUMN: Final = 2
_ROW: Final = 8.6
_CHART_HEIGHT: Final = 34.0


def line_page(paper: Paper, book: LineBook, side: Side, line: Line, colour: str) -> None:
    """Print a line on a page of its own; the chart goes to a second one where the stops fill the first."""
    paper.add_page()
    badge(paper, MARGIN, MARGIN, line.name, colour, width=34, size=20)
    write(paper, MARGIN + 38, MARGIN, heading(line), size=15, width=INNER - 38, bold=True)
    about = f"{side.name} · {book.date} · {line.plate} · {line.type_name} · 核载乘客 {line.seats} 人"
    write(paper, MARGIN + 38, MARGIN + 7.6, about, size=9, width=INNER - 38, colour=GREY)
    _strip(paper, MARGIN + 17, line)
    y = _stop_table(paper, MARGIN + 34, line, colour)
    if y + _CHART_HEIGHT + 22 > FOOT:
        paper.add_page()
        y = MARGIN
    _load_chart(paper, y + 8, line, colour)


def _strip(paper: Paper, y: float, line: Line) -> None:
    """Write what matters most in a row of boxes."""
    told = (
        ("发车", clock_text(line.start_s)),
        ("到达", clock_text(line.end_s)),
        ("全程", f"{(line.end_s - line.start_s) / 60:.0f} 分"),
        ("里程", f"{km(line.metres)} 公里"),
        ("乘客", f"{line.riders} 人"),
        ("满载率", f"{100 * line.load_factor:.0f}%"),
        ("时限余量", "—" if line.margin_s is None else f"{line.margin_s / 60:.1f} 分"),
    )
    gap = 2.0
    width = (INNER - gap * (len(told) - 1)) / len(told)
    for i, (name, value) in enumerate(told):
        x = MARGIN + i * (width + gap)
        box(paper, x, y, width, 13)
        write(paper, x, y + 1.2, name, size=7.5, width=width, align="C", colour=GREY)
        write(paper, x + 1, y + 5.2, value, size=12.5, width=width - 2, align="C", bold=True)


def _stop_table(paper: Paper, y: float, line: Line, colour: str) -> float:
    """Write the stops with the line drawn beside them; returns where the table ends."""
    y = table_head(paper, y, _STOP_COLUMNS)
    marks: list[tuple[float, bool]] = []
    last = len(line.stops) - 1
    for i, stop in enumerate(line.stops):
        pieces = fold(paper, stop.place.label, size=10.5, width=_STOP_COLUMNS[_NAME_COLUMN][1] - 2)
        height = max(_ROW, len(pieces) * line_height(10.5) + 2)
        if y + height > FOOT:
            _draw_line(paper, marks, colour)
            paper.add_page()
            y, marks = table_head(paper, MARGIN, _STOP_COLUMNS), []
        at_work = any(place.id == stop.place.id for place in line.workplaces)
        _stop_row(paper, y, height, _stop_cells(i, last, stop), pieces, at_work=at_work)
        marks.append((y + height / 2, at_work))
        y += height
        rule(paper, y, x=MARGIN + 12, width=INNER - 12)
    _draw_line(paper, marks, colour)
    write(paper, MARGIN, y + 1.5, CLOCK_NOTE, size=7.5, colour=GREY)
    return y + 4


def _stop_cells(i: int, last: int, stop: LineStop) -> list[str]:
    return [
        "", str(i + 1), "", arrival(stop, first=i == 0), departure(stop, last=i == last),
        str(stop.boarding or ""), str(stop.alighting or ""), str(stop.aboard), km(stop.metres),
    ]  # fmt: skip


def _stop_row(
    paper: Paper, y: float, height: float, cells: Sequence[str], name: Sequence[str], *, at_work: bool
) -> None:
    table_row(paper, y, cells, _STOP_COLUMNS, height=height, size=10)
    x = MARGIN + sum(width for _, width, _ in _STOP_COLUMNS[:_NAME_COLUMN])
    top = y + (height - len(name) * line_height(10.5)) / 2
    for k, piece in enumerate(name):
        at = top + k * line_height(10.5)
        write(paper, x + 0.8, at, piece, size=10.5, width=_STOP_COLUMNS[_NAME_COLUMN][1], bold=at_work)


def _draw_line(paper: Paper, marks: Sequence[tuple[float, bool]], colour: str) -> None:
    """Draw the line from stop to stop: rings where people live, squares where they work."""
    x = MARGIN + 6
    paper.set_draw_color(colour)
    paper.set_line_width(1.3)
    for (top, _), (bottom, _) in pairwise(marks):
        paper.line(x, top, x, bottom)
    paper.set_line_width(0.8)
    for y, at_work in marks:
        paper.set_fill_color(colour if at_work else "#ffffff")
        if at_work:
            paper.rect(x - 1.8, y - 1.8, 3.6, 3.6, style="DF")
        else:
            paper.circle(x, y, 1.7, style="DF")


def _load_chart(paper: Paper, y: float, line: Line, colour: str) -> None:
    """Draw how many are on board between the stops, against the seats."""
    write(paper, MARGIN, y, "各区间车上人数", size=9.5, bold=True)
    legs = [stop.aboard for stop in line.stops[:-1]]
    top, height = y + 9, _CHART_HEIGHT - 4
    low = top + height
    most = max(line.seats, *legs, 1) if legs else max(line.seats, 1)
    left, width = MARGIN + 9, INNER - 9
    step = width / max(len(legs), 1)
    for i, aboard in enumerate(legs):
        bar = height * aboard / most
        x = left + i * step + step * 0.14
        box(paper, x, low - bar, step * 0.72, bar, colour)
        inside = bar > 6
        at = low - bar + 1 if inside else low - bar - 4.6
        ink = "#ffffff" if inside else INK
        write(paper, x, at, str(aboard), size=9, width=step * 0.72, align="C", colour=ink)
        write(
            paper, left + i * step, low + 1, f"{i + 1}→{i + 2}", size=7.5, width=step, align="C", colour=GREY
        )
    rule(paper, low, x=left, width=width)
    seats_at = low - height * line.seats / most
    paper.set_draw_color(RULE)
    paper.set_line_width(0.3)
    with paper.local_context():
        paper.set_dash_pattern(dash=1.2, gap=1)
        paper.set_draw_color(GREY)
        paper.line(left, seats_at, left + width, seats_at)
    write(paper, MARGIN - 2, seats_at - 1.8, f"{line.seats} 座", size=7.5, width=10, align="R", colour=GREY)
