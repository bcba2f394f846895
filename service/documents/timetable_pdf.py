"""Timetables to print: a cover with every line and the key figures, then one page for each line."""

from collections.abc import Iterator, Sequence
from typing import Final

from gis.colours import line_colours
from optimizer.contract_tables import Table
from optimizer.line_figures import Line
from service.clock import clock_text
from service.documents.book import LineBook, Side, texts_of
from service.documents.line_pdf import line_page
from service.documents.paper import (
    FOOT,
    GREY,
    INNER,
    MARGIN,
    Align,
    Paper,
    badge,
    finished,
    fold,
    new_paper,
    rule,
    table_head,
    table_row,
    write,
)
from service.documents.words import (
    INTERNAL,
    SYNTHETIC,
    cell_text,
    key_figures,
    km,
    short,
    workplaces,
)

_LINE_COLUMNS: Final[Sequence[tuple[str, float, Align]]] = (
    ("线路", 17, "L"), ("车牌", 22, "L"), ("起点", 43, "L"), ("发车", 14, "C"), ("到达", 14, "C"),
    ("院区", 34, "L"), ("站数", 10, "R"), ("人/座", 16, "R"), ("公里", 12, "R"),
)  # fmt: skip
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
            line_page(paper, book, side, line, colour)
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
    columns = _line_columns(side)
    y = table_head(paper, y, columns)
    for line, colour in zip(side.lines, line_colours(len(side.lines)), strict=True):
        if y + 6.5 > FOOT:
            paper.add_page()
            y = table_head(paper, MARGIN, columns)
        table_row(paper, y, ["", *_line_cells(line)], columns)
        badge(paper, MARGIN + 0.5, y + 0.8, line.name, colour, width=15, size=7.5)
        y += 6.5
        rule(paper, y)
    return y


def _line_columns(side: Side) -> Sequence[tuple[str, float, Align]]:
    """Name the outer stop of a line: where it begins in the morning, where it ends in the evening."""
    outer = "起点" if side.direction == "morning" else "终点"
    return [(outer if name == "起点" else name, width, align) for name, width, align in _LINE_COLUMNS]


def _line_cells(line: Line) -> Iterator[str]:
    yield line.plate
    yield short(line.stops[0 if line.direction == "morning" else -1].place.label)
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
