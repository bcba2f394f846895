"""Lines from sheets on a map without a database: every bad row is named once, every good one is planned."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from service.cli.failures import FAILED_CODE
from tests.service.own_town import SEA, SOUTH, STEP, WEST, Run, StoredTown, at

RIDERS = ("工号", "住址", "坐标系", "人数", "工作地点", "上班时间", "乘车日")
COMPOUNDS = ("办公区", "地点", "上班时间", "下班时间")
BUSES = ("车牌", "核定载客", "来源", "台数", "停车场", "每天（元）", "含公里", "每公里（元）")
TUESDAY = "2026-05-12"


def _sheet(folder: Path, name: str, *rows: Sequence[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append([cell or None for cell in row])
    book.save(folder / name)
    return folder / name


def _sheets(folder: Path, *riders: Sequence[object], compounds: Sequence[Sequence[object]] = ()) -> list[str]:
    """The options of the three sheets; the usual compounds start at 8:00 and 8:30, and at 9:00."""
    usual = (("一院", at(3, 2.5), "08:00、08:30", "17:30"), ("二院", at(4, 1.5), "09:00", "18:00"))
    return [
        "--riders", str(_sheet(folder, "乘客.xlsx", RIDERS, *riders)),
        "--compounds", str(_sheet(folder, "办公区.xlsx", COMPOUNDS, *(compounds or usual))),
        "--buses", str(_sheet(
            folder, "车辆.xlsx", BUSES,
            ("云D00001", 19, "自有", 1, at(0.5, 0), "", "", ""),
            ("", 33, "租赁", 1, at(0.5, 0), 900, 100, 4.6),
        )),
    ]  # fmt: skip


GOOD = (
    ("1", at(1.5, 3.9), "", 5, "一院", "08:30", ""),
    ("2", at(0.1, 2), "", 2, "二院", "", "周一至周五"),
    ("3", at(1.2, 4), "", 1, "二院", "", "一、三"),
)


def test_a_rehearsal_names_every_bad_row_in_one_report_and_plans_nothing(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    riders = (
        *GOOD,
        ("4", SEA, "", 1, "二院", "", ""),
        ("5", at(2.5, 2.5), "冥王星", 1, "二院", "", ""),
        ("6", at(1.5, 4), "", 1, "二院", "", ""),
        ("6", at(2.5, 4), "", 1, "二院", "", ""),
        ("7", at(1.5, 4), "", 1, "一院", "", ""),
        ("8", at(1.5, 4), "", 1, "三院", "", ""),
        ("9", "25.51,103.81", "", 1, "二院", "", ""),
        ("10", at(0.5, 0.5), "", 1, "二院", "", ""),
    )
    compounds = (
        ("一院", at(3, 2.5), "08:00、08:30", "17:30"),
        ("二院", at(4, 1.5), "09:00", "18:00"),
        ("三院", at(4, 4.5), "", "18:00"),
    )
    code, shown, error = paiche(
        "plan", "shuttles", "--map", streets.map_file, *_sheets(tmp_path, *riders, compounds=compounds),
        "--date", TUESDAY, "--dry-run", "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == FAILED_CODE
    for told in (
        "C4 上班时间（空）：没有填写",
        "B5 住址“110.5,18.0”：附近没有道路（水面、山地，或坐标有误）",
        "C6 坐标系“冥王星”：不认识的坐标系",
        "A7 工号“6”：编号与第 8 行相同而内容不同",
        "A8 工号“6”：编号与第 7 行相同而内容不同",
        "F9 上班时间（空）：该办公区有 08:00、08:30 几个上班时间",
        "E10 工作地点“三院”：不在可选范围内；可填：一院、二院",
        "B11 住址“25.51,103.81”：",
        f"B12 住址“{at(0.5, 0.5)}”：落在水面上（小湖）；请核对坐标和坐标系",
    ):
        assert told in error, told
    # Rider 3 comes on Mondays and Wednesdays only.
    assert "乘客 7 人（2 组），办公区 2 个" in shown
    assert "没有编排，没有写入任何数据" in shown
    # Riders of half past eight and of nine: one bus drives twice, or two once.
    assert re.search(r"早班车：都用核定 33 人的车，约需 [12] 辆、2 个班次；.*至少 1 辆", shown)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["problems.xlsx"]
    page = load_workbook(tmp_path / "out" / "problems.xlsx").worksheets[0]
    assert {row[0].value for row in page.iter_rows(min_row=3)} == {"乘客.xlsx", "办公区.xlsx"}
    assert page.max_row == 2 + 9


def test_good_rows_are_planned_both_ways_with_their_own_hours_and_contracts(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    code, shown, error = paiche(
        "plan", "shuttles", "--map", streets.map_file, *_sheets(tmp_path, *GOOD),
        "--date", TUESDAY, "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0, error
    assert "乘客 7 人，往返都有座 7 人" in shown
    assert "违规 0 处" in shown
    assert "合同比较：2026 年，248 个工作日" in shown
    assert "承诺没有兑现时的扣款" in shown
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"problem.json", "schedule.json", "timetables.pdf", "timetables.xlsx"} <= names
    assert "problems.xlsx" not in names
    problems = json.loads((tmp_path / "out" / "problem.json").read_text(encoding="utf-8"))["plans"]
    windows = {
        (stop["options"][0]["place_id"], stop["options"][0]["window"]["end_s"])
        for request in problems["shuttles_morning"]["requests"]
        for stop in request["stops"]
        if stop["options"][0]["place_id"].startswith("gate:")
    }
    # Buses drive up to the kerb of a recommended stop in the morning; in the evening either side will do.
    kerbs = {
        kind: {place["kerb"] for place in problem["places"] if place["id"].startswith("stop-")}
        for kind, problem in problems.items()
    }
    assert kerbs == {"shuttles_morning": {True}, "shuttles_evening": {False}}
    # Ten minutes before 8:30 and before 9:00.
    assert windows == {("gate:一院", 30_000), ("gate:二院", 31_800)}


def test_quotes_and_other_hours_are_compared_and_bookings_close_a_line_that_few_want(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    sheets = _sheets(tmp_path, *GOOD)
    quotes = _sheet(
        tmp_path, "报价.xlsx", ("报价单位", "计价方式", "座位至", "价格（元）"),
        ("公交公司", "包月", 19, 8000), ("公交公司", "包月", 49, 15000), ("客运公司", "公里", 49, ""),
    )  # fmt: skip
    where = ("--date", TUESDAY, "--direction", "morning", "--stagger", 30, "--quotes", quotes, "--out", out)
    code, shown, error = paiche("plan", "shuttles", "--map", streets.map_file, *sheets, *where)
    assert (code, "按公里计价而没有每公里的价" in error) == (FAILED_CODE, True)
    assert "公交公司（包月）" in shown
    assert re.search(r"现行上下班时间：每天 [\d,.]+ 元，早班 \d 辆", shown)
    booked = _sheet(tmp_path, "预约.xlsx", ("编号", "线路", "人数"), ("1", "早1线", 2), ("2", "早9线", 1))
    code, shown, error = paiche("plan", "bookings", out, booked, "--days", 30)
    assert code == FAILED_CODE
    assert "B3 线路“早9线”：不在可选范围内" in error
    assert re.search(r"早1线：预约 2 人，\d+ 座，满载率 \d+ %，低于 75 %，建议停开", shown)


def test_the_lines_of_a_day_are_driven_judged_and_priced_for_those_who_booked(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    riders = (
        ("1", at(1.5, 3.9), "", 9, "二院", "", ""),
        ("2", at(0.1, 2), "", 6, "二院", "", ""),
        ("3", at(4.6, 4.4), "", 3, "二院", "", ""),
    )
    where = ("--date", TUESDAY, "--out", tmp_path / "out")
    code, _, error = paiche(
        "plan", "shuttles", "--map", streets.map_file, *_sheets(tmp_path, *riders), *where
    )
    assert code == 0, error
    listed = (tmp_path / "out" / "riders.csv").read_text(encoding="utf-8-sig").splitlines()
    assert listed[0] == "方向,线路,乘客编号,人数,上车站,下车站,编排号"
    line_of = {row.split(",")[2]: row.split(",")[1] for row in listed[1:] if row.startswith("早班车")}
    # Rider 3 stays at home, and four of the nine of group 1.
    rows = (("1", line_of["1"], 5), ("2", line_of["2"], 6))
    booked = _sheet(tmp_path, "预约.xlsx", ("编号", "线路", "人数"), *rows)
    code, shown, error = paiche("plan", "bookings", tmp_path / "out", booked, "--out", tmp_path / "day")
    assert code == 0, error
    told = {line.split()[0]: line.split() for line in shown.splitlines() if line.strip()}
    assert told["原计划"][3] == "36"
    assert told["按预约"][3:6] == ["11", "0", "0"]
    assert float(told["按预约"][6].replace(",", "")) < float(told["原计划"][6].replace(",", ""))
    assert {path.name for path in (tmp_path / "day").iterdir()} == {
        "problem.json", "schedule.json", "timetable.csv", "travel"
    }  # fmt: skip
    timetable = (tmp_path / "day" / "timetable.csv").read_text(encoding="utf-8-sig")
    assert "晚班车" not in timetable
    code, shown, error = paiche("plan", "check", tmp_path / "day")
    assert code == 0, error


def test_nobody_rides_on_a_holiday(paiche: Run, streets: StoredTown, tmp_path: Path) -> None:
    code, _, error = paiche(
        "plan", "shuttles", "--map", streets.map_file, *_sheets(tmp_path, *GOOD), "--date", "2026-10-05"
    )
    assert code == FAILED_CODE
    assert "2026-10-05 是国庆节，没有人乘车" in error


def test_what_is_missing_is_named_with_its_option(paiche: Run, streets: StoredTown, tmp_path: Path) -> None:
    code, _, error = paiche("plan", "shuttles", "--map", streets.map_file, "--date", TUESDAY)
    assert code == FAILED_CODE
    assert "没有办公区（--compounds）、班车（--buses）、乘客（--riders）" in error


def test_riders_may_be_invented_and_are_called_synthetic(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    code, shown, _ = paiche(
        "plan",
        "shuttles",
        "--map",
        streets.map_file,
        "--generate-riders",
        30,
        "--date",
        TUESDAY,
        "--dry-run",
    )
    assert code == 0
    assert "Synthetic data" in shown
    assert "乘客 30 人" in shown


def test_words_that_nobody_knows_wait_for_a_pin_and_are_placed_by_it_ever_after(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    file = _sheet(tmp_path, "乘客.xlsx", ("住址", "人数", "工作地点"), ("锦绣花园", 3, "一号院"))
    plan = ("plan", "shuttles", "--riders", file, "--database", streets.database)
    code, _, error = paiche(*plan)
    assert code == FAILED_CODE
    assert "A2 住址“锦绣花园”：没有找到这个地点" in error
    code, shown, _ = paiche("places", "list", "--database", streets.database)
    assert (code, "锦绣花园" in shown, "乘客.xlsx" in shown) == (0, True, True)
    lon, lat = WEST + STEP * 1.5, SOUTH + STEP * 3.9
    code, shown, _ = paiche("places", "pin", "锦绣花园", lon, lat, "--database", streets.database)
    assert (code, "“锦绣花园”已定位到 103.807500, 25.519500" in shown) == (0, True)
    assert "没有等待定位的地名" in paiche("places", "list", "--database", streets.database)[1]
    code, shown, error = paiche(*plan)
    assert (code, "乘客 3 人，往返都有座 3 人" in shown) == (0, True), error
    code, shown, _ = paiche("places", "find", "jxhy", "--database", streets.database)
    assert (code, "锦绣花园" in shown) == (0, True)


@pytest.mark.parametrize("sheet", ["riders", "compounds", "buses", "stops", "bookings"])
def test_a_template_needs_no_database(paiche: Run, streets: StoredTown, tmp_path: Path, sheet: str) -> None:
    code, shown, error = paiche("plan", "template", sheet, tmp_path / f"{sheet}-模板.xlsx")
    assert code == 0, error
    assert "填好后运行 paiche plan" in shown
    assert load_workbook(tmp_path / f"{sheet}-模板.xlsx").sheetnames[0]
