"""Sheets as offices send them: every kindness of the reader, and every fault at its cell."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from gis.coordinates import from_wgs84
from service.sheets import Column, Point, Row, SheetError, SheetSpec, hand_over, read_sheet
from service.sheets.coordinates import coordinate_system, degrees
from service.sheets.moments import day, time_of_day_s, weekdays
from service.sheets.parsers import choice, integer, matching, money_fen, text


def ends_after_it_starts(values: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    if values["ends_s"] is not None and values["ends_s"] <= values["starts_s"]:
        return (("ends_s", "下班不晚于上班", "请核对"),)
    return ()


STAFF = SheetSpec(
    name="员工",
    columns=(
        Column(field="number", headings=("工号", "编号"), parse=text(), required=True),
        Column(field="name", headings=("姓名",), parse=text(longest=10), required=True),
        Column(field="starts_s", headings=("上班时间", "上班"), parse=time_of_day_s(), default=30_600),
        Column(field="ends_s", headings=("下班时间", "下班"), parse=time_of_day_s()),
        Column(field="lon", headings=("经度",), parse=degrees()),
        Column(field="lat", headings=("纬度",), parse=degrees()),
        Column(field="crs", headings=("坐标系",), parse=coordinate_system()),
        Column(field="compound", headings=("大院",), parse=choice({"一号院": "c1", "二号院": "c2"})),
    ),
    key=("number",),
    points=(Point(crs="crs"),),
    check=ends_after_it_starts,
)
SHORT = SheetSpec(name="短", columns=STAFF.columns[:4], key=("number",), check=ends_after_it_starts)


def xlsx(rows: Sequence[Sequence[Any]], *, merged: Sequence[str] = (), title: str = "员工") -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    for row in rows:
        page.append(list(row))
    for cells in merged:
        page.merge_cells(cells)
    return saved(book)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def values(rows: Sequence[Row], *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(row[field] for field in fields) for row in rows]


def test_a_messy_workbook_is_read_as_it_was_meant() -> None:
    content = xlsx(
        [
            ["某某局通勤人员登记表"],
            ["填报日期：2026年3月"],
            [],
            [" 工 号＊", "姓 名\n（必填）", "上班时间", "下班"],
            [" ００１ ", "张 三", time(8, 30), "１７：３０"],
            [],
            [2.0, "李四\u3000", 0.3541666667, "下午5点半"],
            ["合计", None, None, 2],
            ["工号", "姓名", "上班时间", "下班"],
            ["003", "王五", None, "次日1:30"],
        ],
        merged=("A1:D1",),
    )
    report = read_sheet(content, SHORT)
    assert report.ok, report.lines
    assert values(report.rows, "number", "name", "starts_s", "ends_s") == [
        ("001", "张 三", 30_600, 63_000),
        ("2", "李四", 30_600, 63_000),
        ("003", "王五", 30_600, 91_800),
    ]
    assert [row.number for row in report.rows] == [5, 7, 10]
    assert [skipped.where for skipped in report.skipped] == ["第 8 行", "第 9 行"]


def test_every_fault_is_reported_at_its_cell_with_the_way_out() -> None:
    content = xlsx(
        [
            ["员工名单"],
            ["工号", "姓名", "上班时间", "下班时间", "大院"],
            ["1", "张三", "8:30", "17:30", "一号院"],
            ["2", None, "二十五点", "17:30", "九号院"],
            [None, "无名", "8:61", "17:30", "二号院"],
            ["4", "倒着", "17:30", "8:30", "二号院"],
            ["5", "名字实在太长太长太长", "8:30", "17:30", "#REF!"],
        ]
    )
    report = read_sheet(content, STAFF, name="名单.xlsx")
    assert [(f.cell, f.value, f.reason) for f in report.faults] == [
        ("B4", "", "没有填写"),
        ("C4", "二十五点", "不是时间"),
        ("E4", "九号院", "不在可选范围内"),
        ("A5", "", "没有填写"),
        ("C5", "8:61", "分或秒大于 59"),
        ("D6", "8:30", "下班不晚于上班"),
        ("E7", "#REF!", "不在可选范围内"),
    ]
    assert report.faults[1].sentence == "【员工】C4 上班时间“二十五点”：不是时间；请写成如 08:30"
    assert [row["number"] for row in report.rows] == ["1"]
    assert report.lines[0] == "名单.xlsx：共 5 行，可用 1 行，有误 4 行（7 处）"


def test_a_value_merged_over_rows_holds_for_each_and_one_over_columns_for_the_first() -> None:
    content = xlsx(
        [
            ["工号", "姓名", "上班", "大院"],
            ["1", "甲", "8:00", "一号院"],
            ["2", "乙", None, None],
            ["3", "丙", None, "二号院"],
        ],
        merged=("C2:C4", "D2:D3"),
    )
    assert values(read_sheet(content, STAFF).rows, "starts_s", "compound") == [
        (28_800, "c1"), (28_800, "c1"), (28_800, "c2"),
    ]  # fmt: skip
    across = xlsx([["工号", "姓名", "上班", "下班"], ["1", "甲", "8:00", None]], merged=("C2:D2",))
    assert values(read_sheet(across, SHORT).rows, "starts_s", "ends_s") == [(28_800, None)]


def test_headings_of_two_levels_are_understood() -> None:
    spec = SheetSpec(
        name="点",
        columns=(
            Column(field="name", headings=("姓名",), parse=text(), required=True),
            Column(field="home", headings=("家庭经度",), parse=degrees(), required=True),
            Column(field="work", headings=("单位经度",), parse=degrees(), required=True),
        ),
    )
    content = xlsx(
        [
            ["姓名", "家庭", None, "单位", None],
            [None, "经度", "纬度", "经度", "纬度"],
            ["甲", 102.1, 25, 102.2, 25],
        ],
        merged=("A1:A2", "B1:C1", "D1:E1"),
    )
    assert values(read_sheet(content, spec).rows, "name", "home", "work") == [("甲", 102.1, 102.2)]


@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("by_column", [True, False])
def test_points_in_three_coordinate_systems_come_out_as_wgs84(crs: str, by_column: bool) -> None:
    lon, lat = from_wgs84(102.7, 25.04, crs)
    said = {"wgs84": "国家2000", "gcj02": "ＧＣＪ－０２", "bd09": "百度"}[crs]
    content = xlsx(
        [
            ["工号", "姓名", "经度", "纬度", "坐标系"],
            ["1", "甲", f"{lon:.9f}°E", lat, said if by_column else None],
        ]
    )
    row = read_sheet(content, STAFF, crs=None if by_column else crs).rows[0]
    assert (row["lon"], row["lat"]) == (pytest.approx(102.7, abs=1e-7), pytest.approx(25.04, abs=1e-7))


@pytest.mark.parametrize(
    ("lon", "lat", "crs", "cell", "reason"),
    [
        (25.04, 102.7, "wgs84", "C2", "颠倒"),
        (102.7, None, "wgs84", "D2", "只填了一个"),
        (102.7, 25.04, "北京54", "E2", "不认识的坐标系"),
        (102.7, 25.04, None, "E2", "没有说明坐标系"),
        (502.7, 25.04, "wgs84", "C2", "超出范围"),
        ("湖里", 25.04, "wgs84", "C2", "不是数字"),
    ],
)
def test_a_bad_point_is_one_fault_at_its_cell(
    lon: object, lat: object, crs: object, cell: str, reason: str
) -> None:
    report = read_sheet(xlsx([["工号", "姓名", "经度", "纬度", "坐标系"], ["1", "甲", lon, lat, crs]]), STAFF)
    assert [fault.cell for fault in report.faults] == [cell]
    assert reason in report.faults[0].reason
    assert not report.rows


def test_a_row_without_a_point_is_good_without_a_coordinate_system() -> None:
    report = read_sheet(xlsx([["工号", "姓名", "经度", "纬度"], ["1", "甲", None, None]]), STAFF)
    assert values(report.rows, "lon", "lat") == [(None, None)]


def test_two_rows_for_one_person_are_both_named() -> None:
    content = xlsx([["工号", "姓名"], ["1", "甲"], ["2", "乙"], ["1", "丁"], ["3", "丙"], ["3", "丙"]])
    report = read_sheet(content, SHORT)
    assert [(f.cell, f.reason) for f in report.faults] == [
        ("A2", "工号与第 4 行相同而内容不同"),
        ("A4", "工号与第 2 行相同而内容不同"),
        ("A6", "与第 5 行完全相同"),
    ]
    assert values(report.rows, "number") == [("2",), ("3",)]


def test_several_sheets_are_read_and_named_apart() -> None:
    book = Workbook()
    for title, rows in (
        ("一院", [["工号", "姓名"], ["1", "甲"]]),
        ("二院", [["姓名", "工号"], ["乙", "1"]]),
        ("封面", [["你好"]]),
    ):
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.create_sheet("旧数据").sheet_state = "hidden"
    report = read_sheet(saved(book), SHORT)
    assert ("旧数据", "隐藏的表，未读取") in [(s.sheet, s.reason) for s in report.skipped]
    assert [(f.sheet, f.cell) for f in report.faults] == [("一院", "A2"), ("二院", "B2")]
    assert "表“二院”第 2 行" in report.faults[0].reason
    assert ("封面", "没有找到表头，整表未读取") in [(s.sheet, s.reason) for s in report.skipped]
    assert [row["name"] for row in read_sheet(saved(book), SHORT, sheet="二院").rows] == ["乙"]
    with pytest.raises(SheetError, match="三院"):
        read_sheet(saved(book), SHORT, sheet="三院")


def test_an_unknown_heading_is_named_with_what_it_may_mean() -> None:
    report = read_sheet(xlsx([["工号", "姓名", "上班时问", "血型"], ["1", "甲", "8:00", "O"]]), SHORT)
    said = {skipped.where: skipped.reason for skipped in report.skipped}
    assert said == {"C1": "列“上班时问”不认识，未读取，是否应为“上班时间”？", "D1": "列“血型”不认识，未读取"}


def test_a_missing_heading_is_named() -> None:
    with pytest.raises(SheetError, match="第 1 行的表头缺少“姓名”"):
        read_sheet(xlsx([["工号", "上班时间"], ["1", "8:00"]]), SHORT)
    with pytest.raises(SheetError, match="至少需要“工号”、“姓名”"):
        read_sheet(xlsx([["甲", "乙"], ["1", "2"]]), SHORT)


def test_a_formula_without_a_result_is_a_fault_and_not_an_empty_cell() -> None:
    report = read_sheet(xlsx([["工号", "姓名", "上班"], ["1", "甲", "=TIME(8,30,0)"]]), SHORT)
    assert [(fault.cell, fault.reason) for fault in report.faults] == [("C2", "公式没有计算结果")]


def test_an_identity_number_that_excel_has_rounded_is_a_fault() -> None:
    report = read_sheet(xlsx([["工号", "姓名"], [530302199001011234, "甲"]]), SHORT)
    assert "超过 15 位" in report.faults[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_text_files_are_read_in_every_usual_encoding(encoding: str, separator: str) -> None:
    lines = [
        "通勤名单",
        "",
        separator.join(("工号", "姓名", "上班")),
        separator.join(("0１", "张三", "８：30")),
        "",
    ]
    report = read_sheet("\r\n".join(lines).encode(encoding), SHORT, name="名单.csv")
    assert [(row.number, row["number"], row["starts_s"]) for row in report.rows] == [(4, "01", 30_600)]


def test_quoted_fields_of_text_files_keep_their_separators() -> None:
    report = read_sheet('工号,姓名\n"1","张,三"\n'.encode(), SHORT)
    assert report.rows[0]["name"] == "张,三"


def test_a_dry_run_writes_nothing_and_a_real_one_everything_at_once() -> None:
    report = read_sheet(xlsx([["工号", "姓名"], ["1", "甲"], ["2", "乙"], ["3", None]]), SHORT)
    written: list[tuple[Row, ...]] = []
    assert hand_over(report, written.append, dry_run=True).written == 0
    assert hand_over(report, written.append, only_if_ok=True).written == 0
    assert written == []
    assert hand_over(report, written.append).written == 2
    assert [[row["number"] for row in rows] for rows in written] == [["1", "2"]]


def test_a_write_that_fails_counts_nothing_as_written() -> None:
    report = read_sheet(xlsx([["工号", "姓名"], ["1", "甲"]]), SHORT)

    def write(_rows: tuple[Row, ...]) -> None:
        message = "database is locked"
        raise OSError(message)

    with pytest.raises(OSError, match="locked"):
        hand_over(report, write)
    assert report.written == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 3, 5), date(2026, 3, 5)),  # noqa: DTZ001 - as Excel gives it
        (46_086, date(2026, 3, 5)),
        ("46086", date(2026, 3, 5)),
        ("2026-3-5", date(2026, 3, 5)),
        ("２０２６／０３／０５", date(2026, 3, 5)),
        ("2026年3月5日", date(2026, 3, 5)),
        ("2026.03.05", date(2026, 3, 5)),
        ("20260305", date(2026, 3, 5)),
        ("2026-03-05 00:00:00", date(2026, 3, 5)),
    ],
)
def test_dates_in_every_spelling(value: Any, expected: date) -> None:
    assert day()(value) == expected


@pytest.mark.parametrize("value", ["3月5日", "2026-02-30", "去年", 12, 3.5, "2026/13/1"])
def test_what_is_no_date_is_a_fault(value: Any) -> None:
    with pytest.raises(ValueError, match="日期"):
        day()(value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("8:30", 30_600), ("08：30", 30_600), ("0830", 30_600), ("8点半", 30_600), ("8时30分", 30_600),
        ("上午8:30", 30_600),
        ("下午2点", 50_400), ("14:00:30", 50_430), ("24:00", 86_400), ("次日1:30", 91_800), (0.5, 43_200),
        (datetime(1899, 12, 30, 8, 30), 30_600), (time(8, 30), 30_600), ("5:30pm", 63_000),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_times_in_every_spelling(value: Any, seconds: int) -> None:
    assert time_of_day_s()(value) == seconds


@pytest.mark.parametrize(
    ("value", "days"),
    [("周一至周五", (0, 1, 2, 3, 4)), ("工作日", (0, 1, 2, 3, 4)),
     ("一、三、五", (0, 2, 4)), ("1-5", (0, 1, 2, 3, 4)),
     ("星期六、星期日", (5, 6)), ("每天", (0, 1, 2, 3, 4, 5, 6)), ("周六到周一", (0, 5, 6)), (3, (2,))],
)  # fmt: skip
def test_weekdays_in_every_spelling(value: Any, days: tuple[int, ...]) -> None:
    assert weekdays()(value) == days


@pytest.mark.parametrize(
    ("value", "fen"), [("１，２３４．５元", 123_450), (0.125, 12), (0.135, 14), ("¥3", 300), (3, 300)]
)
def test_yuan_become_fen_rounded_half_to_even(value: Any, fen: int) -> None:
    assert money_fen()(value) == fen


@pytest.mark.parametrize("value", ["-1", "十元", True, "1e400", "nan"])
def test_what_is_no_money_is_a_fault(value: Any) -> None:
    with pytest.raises(ValueError, match="；"):
        money_fen()(value)


def test_whole_numbers_may_have_a_unit_and_bounds() -> None:
    seats = integer(least=1, most=60, units=("座", "人"))
    assert [seats(value) for value in ("19座", 45.0, "４９ 人")] == [19, 45, 49]
    for bad, reason in (("4.5", "不是整数"), ("0", "小于 1"), ("61", "大于 60"), ("许多", "不是数字")):
        with pytest.raises(ValueError, match=reason):
            seats(bad)


def test_a_plate_is_read_without_dots_and_spaces() -> None:
    plate = matching(r"[\u4e00-\u9fff][A-Z][A-HJ-NP-Z0-9]{5,6}", "车牌号", "云D12345")
    assert plate("云 ｄ·1234５") == "云D12345"
    with pytest.raises(ValueError, match="不是车牌号；请写成如 云D12345"):
        plate("D12345")


def test_degrees_minutes_and_seconds_are_degrees() -> None:
    assert degrees()("东经102°42′36″") == pytest.approx(102.71)
    assert degrees()("102.71 E") == pytest.approx(102.71)
