"""Sheets that we hand out: templates with drop-downs and an example, lists of faults, plain tables as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from service.sheets.values import Column, SheetReport, SheetSpec

TEMPLATE_ROWS: Final = 5000
"""So many rows of a template have drop-downs and cell formats."""
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_INLINE_LIST: Final = 250  # Excel refuses longer lists written into the rule itself
_REQUIRED, _OPTIONAL, _EXAMPLE = (PatternFill("solid", fgColor=c) for c in ("C6DBF0", "EEF3F8", "F5F5F5"))
_EDGE: Final = Side(style="thin", color="B0B0B0")
_BORDER: Final = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


def escaped(value: Any) -> Any:
    """Return a value that no spreadsheet program takes for a formula: text starting with = + - @ gets a '.

    `read_sheet` takes the mark off again. Numbers stay numbers.
    """
    if isinstance(value, str) and value.startswith((*_FORMULA_STARTS, "'")):
        return "'" + value
    return value


def template(spec: SheetSpec) -> bytes:
    """Return an `.xlsx` to fill in: headings with drop-downs, an example sheet, and explanations.

    Required headings carry a *. What it holds is read by `read_sheet` with the same spec.
    """
    book = Workbook()
    data = book.worksheets[0]
    data.title = spec.name[:31]
    options = book.create_sheet("选项")
    options.sheet_state = "hidden"
    _write_headings(data, spec)
    for position, column in enumerate(spec.columns, start=1):
        _prepare_column(data, options, position, column)
    _write_example(book.create_sheet("示例"), spec)
    _write_explanations(book.create_sheet("填写说明"), spec)
    return _saved(book)


def fault_list(report: SheetReport) -> bytes:
    """Return an `.xlsx` with every fault of a report, to be worked through by whoever sent the file."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "问题清单"
    rows = [(f.sheet, f.cell, f.heading, f.value, f.reason, f.way_out) for f in report.faults]
    rows += [(s.sheet, s.where, "", "", s.reason, "") for s in report.skipped]
    page.append([report.summary])
    _write_table(page, ("表", "单元格", "列", "内容", "问题", "怎么改"), rows, first_row=2)
    page["A1"].font = Font(bold=True)
    return _saved(book)


def problem_list(
    reports: Sequence[SheetReport], left_out: Iterable[tuple[str, int, str]] = ()
) -> bytes | None:
    """Return one `.xlsx` with everything that is wrong with several files, or None where nothing is.

    Parameters
    ----------
    left_out
        Good rows that came to nothing all the same: where they stand, how many people, and why.
    """
    rows: list[tuple[Any, ...]] = [
        (r.source, f.sheet, f.cell, f.heading, f.value, f.reason, f.way_out)
        for r in reports
        for f in r.faults
    ]
    rows += [(r.source, s.sheet, s.where, "", "", s.reason, "") for r in reports for s in r.skipped]
    rows += [(where, "", "", "", f"{people} 人", reason, "") for where, people, reason in left_out]
    if not rows:
        return None
    book = Workbook()
    page = book.worksheets[0]
    page.title = "问题清单"
    page.append(["；".join(report.summary for report in reports)])
    _write_table(page, ("文件", "表", "单元格", "列", "内容", "问题", "怎么改"), rows, first_row=2)
    page["A1"].font = Font(bold=True)
    return _saved(book)


def csv_table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as CSV in UTF-8 with mark, so that Excel shows Chinese; formulas are escaped."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([escaped(heading) for heading in headings])
    writer.writerows([escaped(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _write_headings(page: Worksheet, spec: SheetSpec) -> None:
    for position, column in enumerate(spec.columns, start=1):
        cell = page.cell(1, position, escaped(column.headings[0] + ("*" if column.required else "")))
        cell.font = Font(bold=True)
        cell.fill = _REQUIRED if column.required else _OPTIONAL
        cell.border = _BORDER
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(position)].width = _width(column)
    page.row_dimensions[1].height = 24
    page.freeze_panes = "A2"


def _width(column: Column) -> float:
    longest = max(len(str(said)) for said in (column.headings[0], *column.examples, *column.choices))
    return float(min(40, max(10, 2 * longest + 4)))


def _prepare_column(page: Worksheet, options: Worksheet, position: int, column: Column) -> None:
    letter = get_column_letter(position)
    page.column_dimensions[letter].number_format = column.cell_format
    if not column.choices:
        return
    listed = ",".join(column.choices)
    if len(listed) <= _INLINE_LIST and not any("," in word for word in column.choices):
        formula = f'"{listed}"'
    else:
        for row, word in enumerate(column.choices, start=1):
            options.cell(row, position, escaped(word))
        formula = f"'选项'!${letter}$1:${letter}${len(column.choices)}"
    rule = DataValidation(type="list", formula1=formula, allow_blank=not column.required)
    rule.showErrorMessage, rule.errorTitle, rule.error = (
        True,
        "请从列表中选择",
        f"{column.headings[0]}只能从列表中选择",
    )
    rule.add(f"{letter}2:{letter}{TEMPLATE_ROWS + 1}")
    page.add_data_validation(rule)


def _write_example(page: Worksheet, spec: SheetSpec) -> None:
    _write_headings(page, spec)
    depth = max((len(column.examples) for column in spec.columns), default=0)
    for row in range(depth):
        for position, column in enumerate(spec.columns, start=1):
            if row < len(column.examples):
                cell = page.cell(row + 2, position, escaped(column.examples[row]))
                cell.number_format, cell.fill, cell.border = column.cell_format, _EXAMPLE, _BORDER


def _write_explanations(page: Worksheet, spec: SheetSpec) -> None:
    rows = [
        (
            c.headings[0],
            "必填" if c.required else "选填",
            "、".join(c.headings[1:]),
            _listed(c.choices),
            c.note,
        )
        for c in spec.columns
    ]
    _write_table(page, ("列", "是否必填", "也可写作", "可选值", "说明"), rows, first_row=1)


def _listed(choices: Sequence[str]) -> str:
    more = f" 等 {len(choices)} 项，见下拉列表" if len(choices) > 8 else ""
    return "、".join(choices[:8]) + more


def _write_table(
    page: Worksheet, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, first_row: int
) -> None:
    for offset, row in enumerate((headings, *rows)):
        for position, value in enumerate(row, start=1):
            cell = page.cell(first_row + offset, position, escaped(value))
            cell.border = _BORDER
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if offset == 0:
                cell.font, cell.fill = Font(bold=True), _REQUIRED
    for position, _ in enumerate(headings, start=1):
        page.column_dimensions[get_column_letter(position)].width = 24
    page.freeze_panes = f"A{first_row + 1}"


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
