"""The timetable workbook: figures and lines, a sheet for each line, what each group is told, further tables.

Times are times of Excel (they may pass 24:00), numbers are numbers; text that begins like a formula is marked
as in every sheet we hand out (`service.sheets.writing.escaped`). Every sheet prints on A4 with its headings
repeated.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from unicodedata import east_asian_width

from xlsxwriter import Workbook

from gis.colours import line_colours
from optimizer.contract_tables import Cell, Table
from optimizer.line_figures import Line
from service.documents.book import LineBook, Side
from service.documents.words import (
    CLOCK_NOTE,
    INTERNAL,
    SYNTHETIC,
    cell_text,
    heading,
    key_figures,
)
from service.documents.workbook_rows import (
    COUNT,
    LEFT_COLUMNS,
    LINE_COLUMNS,
    NOTICE_COLUMNS,
    STOP_COLUMNS,
    Column,
    Value,
    left_out_rows,
    line_rows,
    notice_rows,
    stop_rows,
)
from service.sheets import escaped

_FORMATS: Final[Mapping[type, str]] = {int: COUNT, Decimal: "#,##0.00"}


def line_workbook(book: LineBook) -> bytes:
    """Write the workbook as `.xlsx`; it names groups and counts, so it is for dispatchers."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as out:
        out.set_properties({"title": book.title, "created": datetime.fromisoformat(book.date)})
        styles = _Styles(out)
        names = _sheet_names(book)
        _write_summary(out, styles, book)
        for side in book.sides:
            for line, colour in zip(side.lines, line_colours(len(side.lines)), strict=True):
                _write_line(out, styles, book, line, names.pop(0), colour)
        _write_plain(out, styles, names.pop(0), "乘车通知", NOTICE_COLUMNS, notice_rows(book))
        if any(side.left_out for side in book.sides):
            _write_plain(out, styles, names.pop(0), "未安排的乘客", LEFT_COLUMNS, left_out_rows(book))
        for table in book.tables:
            _write_table(out, styles, names.pop(0), table)
    return stream.getvalue()


class _Styles:
    """Formats by what they are for; a workbook makes each only once."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._made: dict[str, Any] = {}
        self.title = out.add_format({"bold": True, "font_size": 16})
        self.grey = out.add_format({"font_color": "#6d6d6d", "font_size": 9})
        self.section = out.add_format({"bold": True, "font_size": 12})
        head = {
            "bold": True,
            "bg_color": "#dfe7ef",
            "border": 1,
            "border_color": "#b0b0b0",
            "text_wrap": True,
        }
        self.head = out.add_format(head | {"align": "center", "valign": "vcenter"})

    def cell(self, number: str) -> Any:
        if number not in self._made:
            about = {"border": 1, "border_color": "#c9cdd2", "valign": "vcenter", "text_wrap": not number}
            self._made[number] = self._out.add_format(about | ({"num_format": number} if number else {}))
        return self._made[number]


def _sheet_names(book: LineBook) -> list[str]:
    """Names for all sheets after the first: short, allowed, none twice."""
    wanted = [line.name for line in book.lines] + ["乘车通知"]
    wanted += ["未安排"] if any(side.left_out for side in book.sides) else []
    wanted += [table.name for table in book.tables]
    taken, found = {"汇总", "history"}, []
    for name in wanted:
        plain = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:28] or "表"
        number, free = 2, plain
        while free.casefold() in taken:
            free, number = f"{plain} {number}", number + 1
        taken.add(free.casefold())
        found.append(free)
    return found


def _write_summary(out: Any, styles: _Styles, book: LineBook) -> None:
    page = out.add_worksheet("汇总")
    _prepare(page, book, landscape=True)
    for i, (_, width, _) in enumerate(LINE_COLUMNS):
        page.set_column(i, i, width)
    page.write_string(0, 0, escaped(book.title), styles.title)
    page.write_string(1, 0, f"通勤班车 · {book.date} · {INTERNAL} · {CLOCK_NOTE}", styles.grey)
    row = _write_figures(page, styles, 3, book.sides) + 1
    page.write_string(row, 0, "线路", styles.section)
    row = _write_rows(page, styles, row + 1, LINE_COLUMNS, line_rows(book))
    page.print_area(0, 0, row, len(LINE_COLUMNS) - 1)


def _write_figures(page: Any, styles: _Styles, row: int, sides: Sequence[Side]) -> int:
    """Write the key figures, one column for each direction; returns the first row below."""
    told = [key_figures(side.figures) for side in sides]
    page.merge_range(row, 0, row, 1, "指标", styles.head)
    page.write_string(row, 2, "单位", styles.head)
    for i, side in enumerate(sides):
        page.write_string(row, 3 + i, escaped(side.name), styles.head)
    for figures in zip(*told, strict=True):
        row += 1
        first = figures[0]
        page.merge_range(row, 0, row, 1, first.name, styles.cell(""))
        page.write_string(row, 2, first.unit, styles.cell(""))
        number = "#,##0." + "0" * first.digits if first.digits else COUNT
        for i, figure in enumerate(figures):
            _put(page, row, 3 + i, figure.value, styles.cell(number))
    return row + 1


def _write_line(out: Any, styles: _Styles, book: LineBook, line: Line, name: str, colour: str) -> None:
    page = out.add_worksheet(name)
    page.set_tab_color(colour)
    _prepare(page, book)
    page.write_string(0, 0, escaped(f"{line.name} {heading(line)}"), styles.title)
    about = f"{book.date} · {line.plate} · {line.type_name} · 核载乘客 {line.seats} 人"
    page.write_string(1, 0, escaped(about), styles.grey)
    rows = list(stop_rows(line))
    last = _write_rows(page, styles, 3, STOP_COLUMNS, rows)
    for i, (_, width, _) in enumerate(STOP_COLUMNS):
        page.set_column(i, i, width)
    page.repeat_rows(3)
    page.freeze_panes(4, 0)
    page.insert_chart(last + 1, 0, _load_chart(out, name, len(rows), line, colour))
    page.print_area(0, 0, last + 17, len(STOP_COLUMNS) - 1)


def _load_chart(out: Any, name: str, stops: int, line: Line, colour: str) -> Any:
    """Columns of riders on board when leaving each stop."""
    chart = out.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": "车上人数",
            "categories": [name, 4, 1, 3 + stops, 1],
            "values": [name, 4, 6, 3 + stops, 6],
            "fill": {"color": colour},
            "data_labels": {"value": True},
            "gap": 40,
        }
    )
    chart.set_title({"name": f"离站时车上人数（核载 {line.seats} 人）", "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"min": 0, "max": max(line.seats, line.peak, 1), "major_gridlines": {"visible": True}})
    chart.set_size({"width": 640, "height": 300})
    return chart


def _write_plain(
    out: Any,
    styles: _Styles,
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
) -> None:
    page = out.add_worksheet(name)
    page.set_landscape()
    _paper(page)
    page.write_string(0, 0, escaped(title), styles.title)
    for i, (_, width, _) in enumerate(columns):
        page.set_column(i, i, width)
    last = _write_rows(page, styles, 2, columns, rows)
    page.autofilter(2, 0, max(last - 1, 2), len(columns) - 1)
    page.repeat_rows(2)
    page.freeze_panes(3, 0)
    page.print_area(0, 0, max(last - 1, 2), len(columns) - 1)


def _write_table(out: Any, styles: _Styles, name: str, table: Table) -> None:
    columns = [
        (heading, _wide(heading, [row[i] for row in table.rows]), "")
        for i, heading in enumerate(table.headings)
    ]
    _write_plain(out, styles, name, table.name, columns, table.rows)
    page, row = out.get_worksheet_by_name(name), len(table.rows) + 4
    for note in table.notes:
        page.write_string(row, 0, escaped(note), styles.grey)
        row += 1
    page.print_area(0, 0, row, max(len(columns) - 1, 0))


def _wide(heading: str, cells: Sequence[Value]) -> float:
    longest = max(_length(cell_text(cell)) for cell in (heading, *cells) if isinstance(cell, Cell))
    return float(min(48, max(10, longest + 2)))


def _length(text: str) -> int:
    """Characters, Chinese ones twice."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _write_rows(
    page: Any, styles: _Styles, row: int, columns: Sequence[Column], rows: Iterable[Sequence[Value]]
) -> int:
    """Write headings and rows; returns the first row below."""
    for i, (name, _, _) in enumerate(columns):
        page.write_string(row, i, escaped(name), styles.head)
    for cells in rows:
        row += 1
        for i, (cell, (_, _, number)) in enumerate(zip(cells, columns, strict=True)):
            _put(page, row, i, cell, styles.cell(number or _FORMATS.get(type(cell), "")))
    return row + 1


def _put(page: Any, row: int, column: int, cell: Value, style: Any) -> None:
    if cell is None:
        page.write_blank(row, column, None, style)
    elif isinstance(cell, str):
        page.write_string(row, column, escaped(cell), style)
    else:
        page.write_number(row, column, cell, style)


def _prepare(page: Any, book: LineBook, *, landscape: bool = False) -> None:
    if landscape:
        page.set_landscape()
    _paper(page)
    note = f"{SYNTHETIC} · " if book.synthetic else ""
    page.set_footer(f"&L&8{note}{book.title.replace('&', '&&')} {book.date}&R&8&P / &N")


def _paper(page: Any) -> None:
    page.set_paper(9)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.fit_to_pages(1, 0)
