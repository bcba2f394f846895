"""Templates that come back as they went out, and text that no spreadsheet program computes."""

import io

from openpyxl import Workbook, load_workbook

from service.sheets import Column, SheetSpec, csv_table, escaped, fault_list, read_sheet, template
from service.sheets.moments import time_of_day_s
from service.sheets.parsers import choice, integer, text

LONG = tuple(f"第{i}机关大院家属区" for i in range(60))
SPEC = SheetSpec(
    name="员工住址",
    columns=(
        Column(field="number", headings=("工号", "编号"), parse=text(), required=True,
               examples=("0001", "0002"), note="与人事系统一致"),
        Column(field="name", headings=("姓名",), parse=text(), required=True, examples=("张三", "李四")),
        Column(field="compound", headings=("大院",), parse=choice({"一号院": "c1", "二号院": "c2"}),
               choices=("一号院", "二号院"), examples=("一号院", "二号院")),
        Column(field="block", headings=("楼栋",), parse=text(), choices=LONG),
        Column(field="starts_s", headings=("上班时间",), parse=time_of_day_s(), examples=("08:30", "09:00")),
        Column(field="seats", headings=("人数",), parse=integer(least=1), examples=(1, 2), cell_format="0"),
    ),
    key=("number",),
)  # fmt: skip


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def test_the_example_of_a_template_is_read_by_the_same_spec() -> None:
    report = read_sheet(template(SPEC), SPEC, sheet="示例")
    assert report.ok, report.lines
    assert [(row["number"], row["compound"], row["starts_s"], row["seats"]) for row in report.rows] == [
        ("0001", "c1", 30_600, 1), ("0002", "c2", 32_400, 2),
    ]  # fmt: skip


def test_an_empty_template_has_no_rows_and_its_example_is_no_data() -> None:
    report = read_sheet(template(SPEC), SPEC)
    assert (report.rows, report.faults, report.read) == ((), (), 0)


def test_a_filled_template_is_read() -> None:
    book = opened(template(SPEC))
    book["员工住址"].append(["0007", "王五", "一号院", None, "8:00", 3])
    stream = io.BytesIO()
    book.save(stream)
    report = read_sheet(stream.getvalue(), SPEC)
    assert [(row.number, row["number"], row["seats"]) for row in report.rows] == [(2, "0007", 3)]


def test_required_headings_are_marked_and_choices_are_lists() -> None:
    book = opened(template(SPEC))
    page = book["员工住址"]
    assert [cell.value for cell in page[1]] == ["工号*", "姓名*", "大院", "楼栋", "上班时间", "人数"]
    rules = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert rules == {"C2:C5001": '"一号院,二号院"', "D2:D5001": "'选项'!$D$1:$D$60"}
    assert book["选项"].sheet_state == "hidden"
    assert [book["选项"][f"D{i}"].value for i in (1, 60)] == [LONG[0], LONG[59]]
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["A"].number_format == "@"
    explained = [tuple(cell.value for cell in row) for row in book["填写说明"].iter_rows(max_row=2)]
    assert explained == [
        ("列", "是否必填", "也可写作", "可选值", "说明"),
        ("工号", "必填", "编号", None, "与人事系统一致"),
    ]


def test_text_that_looks_like_a_formula_is_escaped_and_comes_back() -> None:
    for said in ("=1+1", "+86 1390000", "-", "@SUM(A1)", "'=x", "\t=1"):
        assert str(escaped(said)).startswith("'")
    assert (escaped("张三"), escaped(-5), escaped(None)) == ("张三", -5, None)
    table = csv_table(("工号", "姓名"), [("=1+1", "'=x"), ("-5", "甲")])
    assert b"\n=" not in table
    report = read_sheet(table, SPEC)
    assert [(row["number"], row["name"]) for row in report.rows] == [("=1+1", "'=x"), ("-5", "甲")]


def test_no_cell_of_a_written_book_is_a_formula() -> None:
    hostile = SheetSpec(
        name="坏",
        columns=(
            Column(field="a", headings=("=HYPERLINK(1)",), parse=text(), required=True, examples=("=1+1",)),
        ),
    )
    for page in opened(template(hostile)).worksheets:
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_the_list_of_faults_names_every_cell() -> None:
    report = read_sheet("工号,姓名,人数\n1,,2\n2,乙,=cmd|x\n".encode(), SPEC, name="来件.csv")
    page = opened(fault_list(report)).worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][0] == "来件.csv：共 2 行，可用 0 行，有误 2 行（2 处）"
    assert [row[1] for row in rows[2:]] == ["B2", "C3"]
    assert rows[3][3] == "'=cmd|x"
