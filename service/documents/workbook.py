"""The timetable workbook: figures and lines, a sheet for each line, what each group is told, further tables.

Times are times of Excel (they may pass 24:00), numbers are numbers; text that begins like a formula is marked
as in every sheet we hand out (`service.sheets.writing.escaped`). Every sheet prints on A4 with its headings
repeated.
"""

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook

from gis.colours import line_colours
from optimizer.line_figures import Line
from service.documents.book import LineBook, Side
from service.documents.sheet_page import Styles, put, set_paper, write_plain, write_rows, write_table
from service.documents.words import (
    CLOCK_NOTE,
    INTERNAL,
    SYNTHETIC,
    heading,
    key_figures,
)
from service.documents.workbook_rows import (
    COUNT,
    LEFT_COLUMNS,
    LINE_COLUMNS,
    NOTICE_COLUMNS,
    STOP_COLUMNS,
    left_out_rows,
    line_rows,
    notice_rows,
    stop_rows,
)
from service.sheets import escaped


def line_workbook(book: LineBook) -> bytes:
    """Write the workbook as `.xlsx`; it names groups and counts, so it is for dispatchers."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as out:
        out.set_properties({"title": book.title, "created": datetime.fromisoformat(book.date)})
        styles = Styles(out)
        names = _sheet_names(book)
        _write_summary(out, styles, book)
        for side in book.sides:
            for line, colour in zip(side.lines, line_colours(len(side.lines)), strict=True):
                _write_line(out, styles, book, line, names.pop(0), colour)
        write_plain(out, styles, names.pop(0), "乘车通知", NOTICE_COLUMNS, notice_rows(book))
        if any(side.left_out for side in book.sides):
            write_plain(out, styles, names.pop(0), "未安排的乘客", LEFT_COLUMNS, left_out_rows(book))
        for table in book.tables:
            write_table(out, styles, names.pop(0), table)
    return stream.getvalue()


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


def _write_summary(out: Any, styles: Styles, book: LineBook) -> None:
    page = out.add_worksheet("汇总")
    _prepare(page, book, landscape=True)
    for i, (_, width, _) in enumerate(LINE_COLUMNS):
        page.set_column(i, i, width)
    page.write_string(0, 0, escaped(book.title), styles.title)
    page.write_string(1, 0, f"通勤班车 · {book.date} · {INTERNAL} · {CLOCK_NOTE}", styles.grey)
    row = _write_figures(page, styles, 3, book.sides) + 1
    page.write_string(row, 0, "线路", styles.section)
    row = write_rows(page, styles, row + 1, LINE_COLUMNS, line_rows(book))
    page.print_area(0, 0, row, len(LINE_COLUMNS) - 1)


def _write_figures(page: Any, styles: Styles, row: int, sides: Sequence[Side]) -> int:
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
            put(page, row, 3 + i, figure.value, styles.cell(number))
    return row + 1


def _write_line(out: Any, styles: Styles, book: LineBook, line: Line, name: str, colour: str) -> None:
    page = out.add_worksheet(name)
    page.set_tab_color(colour)
    _prepare(page, book)
    page.write_string(0, 0, escaped(f"{line.name} {heading(line)}"), styles.title)
    about = f"{book.date} · {line.plate} · {line.type_name} · 核载乘客 {line.seats} 人"
    page.write_string(1, 0, escaped(about), styles.grey)
    rows = list(stop_rows(line))
    last = write_rows(page, styles, 3, STOP_COLUMNS, rows)
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


def _prepare(page: Any, book: LineBook, *, landscape: bool = False) -> None:
    if landscape:
        page.set_landscape()
    set_paper(page)
    note = f"{SYNTHETIC} · " if book.synthetic else ""
    page.set_footer(f"&L&8{note}{book.title.replace('&', '&&')} {book.date}&R&8&P / &N")
