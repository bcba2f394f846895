"""The timetable workbook opens in another reader, keeps numbers and times, and holds no formula."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from service.documents.workbook import line_workbook
from service.documents.workbook_rows import LEFT_HEADINGS, LINE_HEADINGS, NOTICE_HEADINGS, STOP_HEADINGS
from tests.service.line_book import NAMES, TITLE, book, empty_book


@pytest.fixture(scope="module")
def sheets() -> dict[str, Worksheet]:
    """The workbook as openpyxl reads it, by sheet."""
    opened = openpyxl.load_workbook(io.BytesIO(line_workbook(book())))
    return {page.title: page for page in opened.worksheets}


def _rows(page: Worksheet) -> list[tuple[Any, ...]]:
    return list(page.iter_rows(values_only=True))


def _below(page: Worksheet, headings: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Rows below the headings, up to the first empty one."""
    rows = [row[: len(headings)] for row in _rows(page)]
    found = rows[rows.index(headings) + 1 :]
    return found[: next((i for i, row in enumerate(found) if row[1] is None), len(found))]


def test_there_is_a_summary_a_sheet_for_each_line_and_the_lists(sheets: dict[str, Worksheet]) -> None:
    assert list(sheets) == ["汇总", "早1线", "早2线", "晚1线", "乘车通知", "未安排", "合同比较"]
    assert sheets["汇总"]["A1"].value == TITLE


def test_the_summary_lists_the_lines_with_times_that_may_pass_midnight(sheets: dict[str, Worksheet]) -> None:
    early, late, home = _below(sheets["汇总"], LINE_HEADINGS)
    assert early[:6] == ("早1线", "早班车", "云D00001", "19座客车", 18, NAMES["A"])
    assert (early[6], early[8]) == (timedelta(hours=7, minutes=1), timedelta(hours=7, minutes=5))
    assert early[9:15] == ("一号院", 3, 10, 10, pytest.approx(10 / 18), 2)
    assert late[8] == timedelta(hours=25, minutes=10)
    assert home[1] == "晚班车"


def test_the_key_figures_are_numbers_in_a_column_for_each_direction(sheets: dict[str, Worksheet]) -> None:
    figures = {row[0]: row[2:5] for row in _rows(sheets["汇总"]) if row[0]}
    assert figures["指标"] == ("单位", "早班车", "晚班车")
    assert figures["乘客"] == ("人", 22, 8)
    assert figures["有座乘客"] == ("人", 17, 8)
    assert figures["车辆"] == ("辆", 2, 1)
    assert figures["步行 最远"] == ("米", 777, 0)


def test_a_line_has_its_stops_with_times_and_loads_and_a_chart(sheets: dict[str, Worksheet]) -> None:
    page = sheets["早1线"]
    assert _below(page, STOP_HEADINGS) == [
        (1, NAMES["A"], None, timedelta(seconds=25_260), 8, None, 8, 0),
        (2, "'=1+1", timedelta(seconds=25_360), timedelta(seconds=25_400), 2, None, 10, 1),
        (3, NAMES["C"], timedelta(seconds=25_500), None, None, 10, 0, 2),
    ]
    assert page["C6"].number_format == "[hh]:mm"
    assert len(page._charts) == 1  # type: ignore[attr-defined]


def test_each_group_is_told_its_stop_its_times_and_its_walk(sheets: dict[str, Worksheet]) -> None:
    told = {row[0]: row for row in _below(sheets["乘车通知"], NOTICE_HEADINGS)}
    assert told["g-a"][1:6] == (8, told["g-a"][2], "早1线", "云D00001", NAMES["A"])
    assert told["g-a"][6:12] == (
        timedelta(hours=6, minutes=58), timedelta(hours=7, minutes=1), NAMES["C"],
        timedelta(hours=7, minutes=5), 420, 4,
    )  # fmt: skip
    assert told["g-f"][9] == timedelta(seconds=90_600)
    assert "g-x" not in told
    assert _below(sheets["未安排"], LEFT_HEADINGS)[0][1:] == ("g-x", 5, "座位不足")


def test_a_table_beside_the_lines_keeps_numbers_and_notes(sheets: dict[str, Worksheet]) -> None:
    rows = _rows(sheets["合同比较"])
    assert rows[2][:2] == ("合同", "元")
    assert rows[3][:2] == ("'=包年", 3)
    assert rows[6][0] == "'+说明"


def test_no_cell_is_a_formula(sheets: dict[str, Worksheet]) -> None:
    cells = [cell for page in sheets.values() for row in page.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert [text for text in texts if text.startswith(("=", "+", "-", "@"))] == []


def test_every_sheet_prints_on_a4_with_its_headings_repeated(sheets: dict[str, Worksheet]) -> None:
    for name, page in sheets.items():
        assert page.page_setup.paperSize == 9
        assert page.print_area
        assert page.sheet_properties.pageSetUpPr.fitToPage  # type: ignore[union-attr]
        assert name == "汇总" or page.print_title_rows


def test_no_lines_make_a_workbook_with_empty_lists() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(line_workbook(empty_book())))
    assert opened.sheetnames == ["汇总", "乘车通知"]


def test_equal_books_give_equal_bytes() -> None:
    assert line_workbook(book()) == line_workbook(book())
