"""Sheets of a workbook to print: formats, a titled table with its headings repeated, A4 paper."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from unicodedata import east_asian_width

from optimizer.contract_tables import Cell, Table
from service.documents.words import cell_text
from service.documents.workbook_rows import COUNT, Column, Value
from service.sheets import escaped

_FORMATS: Final[Mapping[type, str]] = {int: COUNT, Decimal: "#,##0.00"}


class Styles:
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
        """Return the format of cells with such numbers; "" is text."""
        if number not in self._made:
            about = {"border": 1, "border_color": "#c9cdd2", "valign": "vcenter", "text_wrap": not number}
            self._made[number] = self._out.add_format(about | ({"num_format": number} if number else {}))
        return self._made[number]


def write_plain(
    out: Any,
    styles: Styles,
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
) -> None:
    """Add a sheet with one table: a title, headings with filters that are printed on every page, rows."""
    page = out.add_worksheet(name)
    page.set_landscape()
    set_paper(page)
    page.write_string(0, 0, escaped(title), styles.title)
    for i, (_, width, _) in enumerate(columns):
        page.set_column(i, i, width)
    last = write_rows(page, styles, 2, columns, rows)
    page.autofilter(2, 0, max(last - 1, 2), len(columns) - 1)
    page.repeat_rows(2)
    page.freeze_panes(3, 0)
    page.print_area(0, 0, max(last - 1, 2), len(columns) - 1)


def write_table(out: Any, styles: Styles, name: str, table: Table) -> None:
    """Add a sheet with a table of figures and its notes."""
    columns = [
        (heading, _wide(heading, [row[i] for row in table.rows]), "")
        for i, heading in enumerate(table.headings)
    ]
    write_plain(out, styles, name, table.name, columns, table.rows)
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


def write_rows(
    page: Any, styles: Styles, row: int, columns: Sequence[Column], rows: Iterable[Sequence[Value]]
) -> int:
    """Write headings and rows; returns the first row below."""
    for i, (name, _, _) in enumerate(columns):
        page.write_string(row, i, escaped(name), styles.head)
    for cells in rows:
        row += 1
        for i, (cell, (_, _, number)) in enumerate(zip(cells, columns, strict=True)):
            put(page, row, i, cell, styles.cell(number or _FORMATS.get(type(cell), "")))
    return row + 1


def put(page: Any, row: int, column: int, cell: Value, style: Any) -> None:
    """Write one cell: nothing, text or a number."""
    if cell is None:
        page.write_blank(row, column, None, style)
    elif isinstance(cell, str):
        page.write_string(row, column, escaped(cell), style)
    else:
        page.write_number(row, column, cell, style)


def set_paper(page: Any) -> None:
    """Print on A4, as wide as the page."""
    page.set_paper(9)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.fit_to_pages(1, 0)
