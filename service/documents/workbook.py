"""The timetable workbook: figures and lines, a sheet for each line, what each group is told, further tables.

Times are times of Excel (they may pass 24:00), numbers are numbers; text that begins like a formula is marked
as in every sheet we hand out (`service.sheets.writing.escaped`). Every sheet prints on A4 with its headings
repeated.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from unicodedata import east_asian_width

from xlsxwriter import Workbook

from gis.colours import line_colours
from optimizer.contract_tables import Cell, Table
from optimizer.line_figures import Line, Ride
from service.documents.book import EARLY_S, LineBook, Side
from service.documents.words import (
    CLOCK_NOTE,
    INTERNAL,
    SYNTHETIC,
    cell_text,
    heading,
    key_figures,
    workplaces,
)
from service.sheets import escaped

LINE_HEADINGS: Final = (
    "线路", "方向", "车牌", "车型", "座位", "起点", "发车", "终点", "到达", "院区", "站数", "乘客",
    "最多在车", "满载率", "公里", "时限余量（分）",
)  # fmt: skip
STOP_HEADINGS: Final = ("序", "站点", "到站", "发车", "上车", "下车", "车上", "公里")
NOTICE_HEADINGS: Final = (
    "乘客组", "人数", "方向", "线路", "车牌", "上车站", "请到站", "开车", "下车站", "到达", "步行（米）",
    "乘车（分）",
)  # fmt: skip
LEFT_HEADINGS: Final = ("方向", "乘客组", "人数", "原因")
_CLOCK, _SHARE, _TENTH, _COUNT = "[hh]:mm", "0.0%", "#,##0.0", "#,##0"
_FORMATS: Final[Mapping[type, str]] = {int: _COUNT, Decimal: "#,##0.00"}
_DAY_S: Final = 86_400

Value = Cell | float | None
Column = tuple[str, float, str]
"""Heading, width in characters, number format ("" for text)."""


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
        _write_plain(out, styles, names.pop(0), "乘车通知", _NOTICE_COLUMNS, _notices(book))
        if any(side.left_out for side in book.sides):
            _write_plain(out, styles, names.pop(0), "未安排的乘客", _LEFT_COLUMNS, _left_out(book))
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
    for i, (_, width, _) in enumerate(_LINE_COLUMNS):
        page.set_column(i, i, width)
    page.write_string(0, 0, escaped(book.title), styles.title)
    page.write_string(1, 0, f"通勤班车 · {book.date} · {INTERNAL} · {CLOCK_NOTE}", styles.grey)
    row = _write_figures(page, styles, 3, book.sides) + 1
    page.write_string(row, 0, "线路", styles.section)
    row = _write_rows(page, styles, row + 1, _LINE_COLUMNS, _line_rows(book))
    page.print_area(0, 0, row, len(_LINE_COLUMNS) - 1)


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
        number = "#,##0." + "0" * first.digits if first.digits else _COUNT
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
    rows = list(_stop_rows(line))
    last = _write_rows(page, styles, 3, _STOP_COLUMNS, rows)
    for i, (_, width, _) in enumerate(_STOP_COLUMNS):
        page.set_column(i, i, width)
    page.repeat_rows(3)
    page.freeze_panes(4, 0)
    page.insert_chart(last + 1, 0, _load_chart(out, name, len(rows), line, colour))
    page.print_area(0, 0, last + 17, len(_STOP_COLUMNS) - 1)


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


def _line_rows(book: LineBook) -> Iterator[Sequence[Value]]:
    for side in book.sides:
        for line in side.lines:
            yield (
                line.name, side.name, line.plate, line.type_name, line.seats, line.stops[0].place.label,
                line.start_s / _DAY_S, line.stops[-1].place.label, line.end_s / _DAY_S, workplaces(line),
                len(line.stops), line.riders, line.peak, line.load_factor, line.metres / 1000,
                None if line.margin_s is None else line.margin_s / 60,
            )  # fmt: skip


def _stop_rows(line: Line) -> Iterator[Sequence[Value]]:
    last = len(line.stops) - 1
    for i, stop in enumerate(line.stops):
        yield (
            i + 1, stop.place.label, stop.arrival_s / _DAY_S if i else None,
            stop.depart_s / _DAY_S if i < last else None, stop.boarding or None, stop.alighting or None,
            stop.aboard, stop.metres / 1000,
        )  # fmt: skip


def _notices(book: LineBook) -> Iterator[Sequence[Value]]:
    """List what each group is told, its way out and its way home below each other."""
    told = [
        (ride.group_id, i, line, ride)
        for i, s in enumerate(book.sides)
        for line in s.lines
        for ride in line.rides
    ]
    for group_id, i, line, ride in sorted(told, key=_by_group):
        yield (
            group_id, ride.riders, book.sides[i].name, line.name, line.plate, ride.board.label,
            (ride.board_s - EARLY_S) / _DAY_S, ride.board_s / _DAY_S, ride.alight.label,
            ride.alight_s / _DAY_S, ride.walk_m, ride.ride_s / 60,
        )  # fmt: skip


def _by_group(told: tuple[str, int, Line, Ride]) -> tuple[str, int, int, int]:
    group_id, side, line, ride = told
    return group_id, side, line.number, ride.board_s


def _left_out(book: LineBook) -> Iterator[Sequence[Value]]:
    for side in book.sides:
        for left in side.left_out:
            yield side.name, left.group_id, left.riders, left.reason


_LINE_COLUMNS: Final[Sequence[Column]] = tuple(
    zip(
        LINE_HEADINGS,
        (9, 9, 12, 18, 7, 22, 8, 22, 8, 22, 7, 7, 9, 9, 8, 10),
        ("", "", "", "", _COUNT, "", _CLOCK, "", _CLOCK, "", _COUNT, _COUNT, _COUNT, _SHARE, _TENTH, _TENTH),
        strict=True,
    )
)
_STOP_COLUMNS: Final[Sequence[Column]] = tuple(
    zip(
        STOP_HEADINGS,
        (6, 36, 10, 10, 8, 8, 8, 9),
        (_COUNT, "", _CLOCK, _CLOCK, _COUNT, _COUNT, _COUNT, _TENTH),
        strict=True,
    )
)
_NOTICE_COLUMNS: Final[Sequence[Column]] = tuple(
    zip(
        NOTICE_HEADINGS,
        (16, 7, 9, 9, 12, 22, 9, 9, 22, 9, 11, 11),
        ("", _COUNT, "", "", "", "", _CLOCK, _CLOCK, "", _CLOCK, _COUNT, _TENTH),
        strict=True,
    )
)
_LEFT_COLUMNS: Final[Sequence[Column]] = tuple(
    zip(LEFT_HEADINGS, (10, 16, 8, 90), ("", "", _COUNT, ""), strict=True)
)
