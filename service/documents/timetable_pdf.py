"""Timetables to print: a cover with every line and the key figures, then one page for each line."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from gis.colours import line_colours
from optimizer.contract_tables import Table
from optimizer.line_figures import Line, LineStop
from service.clock import clock_text
from service.documents.book import LineBook, Side, texts_of
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
    finished,
    fold,
    line_height,
    new_paper,
    rule,
    table_head,
    table_row,
    write,
)
from service.documents.words import (
    CLOCK_NOTE,
    INTERNAL,
    SYNTHETIC,
    arrival,
    cell_text,
    departure,
    heading,
    key_figures,
    km,
    short,
    workplaces,
)

_LINE_COLUMNS: Final[Sequence[tuple[str, float, Align]]] = (
    ("线路", 17, "L"), ("车牌", 22, "L"), ("起点", 43, "L"), ("发车", 14, "C"), ("到达", 14, "C"),
    ("院区", 34, "L"), ("站数", 10, "R"), ("人/座", 16, "R"), ("公里", 12, "R"),
)  # fmt: skip
_STOP_COLUMNS: Final[Sequence[tuple[str, float, Align]]] = (
    ("", 12, "C"), ("序", 9, "C"), ("站点", 77, "L"), ("到站", 18, "C"), ("发车", 18, "C"), ("上", 10, "R"),
    ("下", 10, "R"), ("车上", 13, "R"), ("公里", 15, "R"),
)  # fmt: skip
_NAME_COLUMN: Final = 2
_ROW: Final = 8.6
_CHART_HEIGHT: Final = 34.0
_LEFT_OUT_SHOWN: Final = 25


def timetable_pdf(book: LineBook) -> bytes:
    """Print the lines of a plan as PDF, A4 upright, fonts embedded.

    Boarding counts stand in it: it is for dispatchers and drivers, not to be posted.

    Raises
    ------
    gis.errors.FontError
        No font can write Chinese.
    """
    notes = [INTERNAL, *([SYNTHETIC] if book.synthetic else []), book.source]
    paper = new_paper(
        texts_of(book),
        title=f"{book.title} 班车时刻表",
        date=book.date,
        note=" · ".join(dict.fromkeys(note for note in notes if note)),
    )
    _cover(paper, book)
    for side in book.sides:
        for line, colour in zip(side.lines, line_colours(len(side.lines)), strict=True):
            _line_page(paper, book, side, line, colour)
    _tables(paper, book.tables)
    return finished(paper)


def _cover(paper: Paper, book: LineBook) -> None:
    paper.add_page()
    write(paper, MARGIN, MARGIN, book.title, size=20, bold=True)
    write(paper, MARGIN, MARGIN + 11, f"通勤班车时刻表 · {book.date}", size=11, colour=GREY)
    y = _key_figures(paper, MARGIN + 20, book.sides)
    for side in book.sides:
        y = _side_lines(paper, y + 6, side)
    _left_out(paper, y + 6, book.sides)


def _key_figures(paper: Paper, y: float, sides: Sequence[Side]) -> float:
    """Write the figures in two halves side by side, one column for each direction."""
    told = [key_figures(side.figures) for side in sides]
    if not told:
        return y
    names = [figure.name for figure in told[0]]
    half = (len(names) + 1) // 2
    width = INNER / 2 - 3
    value = (width - 33) / len(sides)
    columns: list[tuple[str, float, Align]] = [("指标", 33, "L")]
    columns += [(side.name, value, "R") for side in sides]
    end = y
    for part, x in ((range(half), MARGIN), (range(half, len(names)), MARGIN + INNER / 2 + 3)):
        at = table_head(paper, y, columns, x=x)
        for i in part:
            cells = [names[i], *(figures[i].text for figures in told)]
            table_row(paper, at, cells, columns, x=x, height=5.6, size=8.5)
            at += 5.6
            rule(paper, at, x=x, width=width)
        end = max(end, at)
    return end


def _side_lines(paper: Paper, y: float, side: Side) -> float:
    """List the lines of a direction, on as many pages as it takes."""
    y = _section(paper, y, f"{side.name}（{len(side.lines)} 条线路）", need=20)
    if not side.lines:
        write(paper, MARGIN, y, "没有线路", size=9, colour=GREY)
        return y + 6
    y = table_head(paper, y, _LINE_COLUMNS)
    for line, colour in zip(side.lines, line_colours(len(side.lines)), strict=True):
        if y + 6.5 > FOOT:
            paper.add_page()
            y = table_head(paper, MARGIN, _LINE_COLUMNS)
        table_row(paper, y, ["", *_line_cells(line)], _LINE_COLUMNS)
        badge(paper, MARGIN + 0.5, y + 0.8, line.name, colour, width=15, size=7.5)
        y += 6.5
        rule(paper, y)
    return y


def _line_cells(line: Line) -> Iterator[str]:
    yield line.plate
    yield short(line.stops[0].place.label)
    yield clock_text(line.start_s)
    yield clock_text(line.end_s)
    yield workplaces(line)
    yield str(len(line.stops))
    yield f"{line.peak}/{line.seats}"
    yield km(line.metres)


def _left_out(paper: Paper, y: float, sides: Sequence[Side]) -> None:
    """Name who has no seat, with the reason."""
    told = [(side.name, left) for side in sides for left in side.left_out]
    if not told:
        return
    y = _section(paper, y, f"未安排 {sum(left.riders for _, left in told)} 人次", need=16)
    for name, left in told[:_LEFT_OUT_SHOWN]:
        y = _paragraph(paper, y, f"{name} {left.group_id}（{left.riders} 人）：{left.reason}")
    if len(told) > _LEFT_OUT_SHOWN:
        _paragraph(paper, y, f"…另有 {len(told) - _LEFT_OUT_SHOWN} 组，原因见 Excel 工作簿")


def _section(paper: Paper, y: float, title: str, *, need: float) -> float:
    """Begin a part with its title, on a new page if less than `need` is left."""
    if y + need > FOOT:
        paper.add_page()
        y = MARGIN
    write(paper, MARGIN, y, title, size=11, bold=True)
    return y + 7


def _paragraph(paper: Paper, y: float, text: str) -> float:
    for piece in fold(paper, text, size=8.5, width=INNER):
        if y + 5 > FOOT:
            paper.add_page()
            y = MARGIN
        write(paper, MARGIN, y, piece, size=8.5)
        y += 4.6
    return y


def _line_page(paper: Paper, book: LineBook, side: Side, line: Line, colour: str) -> None:
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


def _tables(paper: Paper, tables: Sequence[Table]) -> None:
    """Print tables below each other, beginning on a page of their own."""
    y = FOOT
    for table in tables:
        y = _section(paper, y + 6, table.name, need=40)
        columns = _table_columns(paper, table)
        y = table_head(paper, y, columns)
        for row in table.rows:
            y = _table_line(paper, y, [cell_text(cell) for cell in row], columns)
        for note in table.notes:
            y = _paragraph(paper, y + 2, note)


def _table_line(
    paper: Paper, y: float, cells: Sequence[str], columns: Sequence[tuple[str, float, Align]]
) -> float:
    """Write a row whose long cells take several lines."""
    folded = [
        fold(paper, cell, size=8.5, width=width - 3)
        for cell, (_, width, _) in zip(cells, columns, strict=True)
    ]
    deep = max(map(len, folded), default=1)
    if y + deep * 4.4 + 2 > FOOT:
        paper.add_page()
        y = table_head(paper, MARGIN, columns)
    for k in range(deep):
        pieces = [lines[k] if k < len(lines) else "" for lines in folded]
        table_row(paper, y + 1 + k * 4.4, pieces, columns, height=4.4, size=8.5)
    y += deep * 4.4 + 2
    rule(paper, y)
    return y


def _table_columns(paper: Paper, table: Table) -> list[tuple[str, float, Align]]:
    """Give each column the room that its longest cell asks for, within limits."""
    texts = [[name, *(cell_text(row[i]) for row in table.rows)] for i, name in enumerate(table.headings)]
    paper.set_font(size=8.5)
    asked = [min(60.0, max(map(paper.get_string_width, cells)) + 4) for cells in texts]
    scale = INNER / max(sum(asked), 1.0)
    numeric = [any(not isinstance(row[i], str) for row in table.rows) for i in range(len(texts))]
    return [
        (name, width * scale, "R" if number else "L")
        for name, width, number in zip(table.headings, asked, numeric, strict=True)
    ]
