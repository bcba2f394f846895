"""Files that must be refused, in one line that names the file and the way out."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from service.errors import DocumentError
from service.sheets import Column, Limits, SheetError, SheetSpec, read_sheet
from service.sheets.parsers import text

SPEC = SheetSpec(
    name="员工",
    columns=(
        Column(field="number", headings=("工号",), parse=text(), required=True),
        Column(field="name", headings=("姓名",), parse=text(), required=True),
    ),
)


def workbook(**parts: bytes) -> bytes:
    """A good workbook, with some parts replaced (`__` for `/`, `_x` for `.xml`)."""
    book = Workbook()
    page = book.worksheets[0]
    page.append(["工号", "姓名"])
    page.append(["1", "甲"])
    stream = io.BytesIO()
    book.save(stream)
    made = io.BytesIO()
    replaced = {name.replace("__", "/").replace("_x", ".xml"): data for name, data in parts.items()}
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, replaced.pop(name, old.read(name)))
        for name, data in replaced.items():
            new.writestr(name, data)
    return made.getvalue()


def sheet_xml(cells: str) -> bytes:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{cells}</sheetData></worksheet>"
    ).encode()


def refused(content: bytes, *, limits: Limits | None = None) -> str:
    with pytest.raises(SheetError) as caught:
        read_sheet(content, SPEC, name="来件.xlsx", limits=limits or Limits())
    message = str(caught.value)
    assert "\n" not in message
    assert "来件.xlsx" in message
    assert "；" in message
    return message


def test_the_untouched_workbook_is_read() -> None:
    assert len(read_sheet(workbook(), SPEC).rows) == 1


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空文件"),
        (b"  \r\n ", "空文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "旧版 .xls"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "图片"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><Workbook/>", "网页或 XML"),
        (b"abc\x00\x01\x02", "不是文本表格"),
        ("工号,姓名\n1,甲\n2,".encode() + b"\xff\xff", "第 3 行的文字编码"),
        (b"PK\x03\x04 but broken", "已损坏"),
    ],
)
def test_what_is_no_sheet_is_refused(content: bytes, word: str) -> None:
    assert word in refused(content)


def test_a_truncated_workbook_is_refused() -> None:
    content = workbook()
    for length in (50, len(content) // 2, len(content) - 30):
        assert "已损坏" in refused(content[:length])


def test_a_damaged_sheet_inside_a_good_archive_is_refused() -> None:
    assert "已损坏" in refused(
        workbook(xl__worksheets__sheet1_x=b"<worksheet><sheetData><row r='1'><c r='A1'")
    )


def test_another_office_document_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "不是 .xlsx" in refused(made.getvalue())


def test_a_zip_bomb_is_refused_whatever_it_says_of_its_size() -> None:
    bomb = workbook(xl__media__image1_x=b"0" * 30_000_000)
    assert len(bomb) < 100_000
    assert "压缩炸弹" in refused(bomb, limits=Limits(unpacked_bytes=20_000_000))


def test_entities_are_refused() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + sheet_xml("")
    assert "实体" in refused(workbook(xl__worksheets__sheet1_x=laughs))


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "来件.xlsx"
    path.write_bytes(b"x" * 2000)
    with pytest.raises(SheetError, match=r"来件.xlsx 有 0 MB，超过上限"):
        read_sheet(path, SPEC, limits=Limits(file_bytes=1000))


def test_too_many_rows_are_refused() -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(1, 60))
    assert "太大" in refused(workbook(xl__worksheets__sheet1_x=sheet_xml(rows)), limits=Limits(rows=50))
    assert "超过 50 行" in refused("工号,姓名\n".encode() + b"1,2\n" * 60, limits=Limits(rows=50))


def test_a_cell_in_the_last_corner_costs_neither_time_nor_memory() -> None:
    head = "".join(
        f'<c r="{c}1" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in (("A", "工号"), ("B", "姓名"))
    )
    cells = f'<row r="1">{head}</row><row r="2"><c r="A2"><v>7</v></c><c r="B2"><v>8</v></c></row>'
    far = '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    report = read_sheet(workbook(xl__worksheets__sheet1_x=sheet_xml(cells + far)), SPEC)
    assert [(row.number, row["number"]) for row in report.rows] == [(2, "7")]
    assert report.skipped[0].where == "第 1048576 行"


def test_a_row_beyond_the_grid_is_refused() -> None:
    far = '<row r="1048590"><c r="A1048590"><v>2</v></c></row>'
    assert "太大" in refused(workbook(xl__worksheets__sheet1_x=sheet_xml(far)))


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.xlsx", tmp_path):
        with pytest.raises(SheetError, match=r"无法打开"):
            read_sheet(path, SPEC)


def test_a_sheet_error_is_a_document_error_for_those_who_map_errors() -> None:
    assert issubclass(SheetError, DocumentError)
    assert issubclass(SheetError, ValueError)
