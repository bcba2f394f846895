"""Today's lines from a sheet: driven, judged, priced, and changed with least disruption."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from service.cli.failures import FAILED_CODE
from tests.service.own_town import Run, StoredTown, at

LINES = ("线路", "站点", "位置", "时刻", "人数", "车辆")
COMPOUNDS = ("办公区", "地点", "上班时间", "下班时间")
BUSES = ("车牌", "核定载客", "台数", "停车场", "每天（元）", "每公里（元）")
TUESDAY = "2026-05-12"
NORTH, WEST = at(1.5, 4), at(0, 2.5)
TODAY = (
    ("早1线", "北街站", NORTH, "07:10", 9, "云D00001"),
    ("早1线", "一院", "", "07:45", "", ""),
    ("早2线", "西街站", WEST, "07:35", 8, "19 座"),
    ("早2线", "一院", "", "07:45", "", ""),
    ("晚1线", "一院", "", "17:40", "", "云D00001"),
    ("晚1线", "西街站", WEST, "", 7, ""),
    ("晚1线", "北街站", NORTH, "18:20", 9, ""),
)


def _sheet(folder: Path, name: str, *rows: Sequence[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append([None if cell == "" else cell for cell in row])
    book.save(folder / name)
    return folder / name


def _asked(folder: Path, streets: StoredTown, *rows: Sequence[object]) -> list[object]:
    """The command with three sheets: lines, one compound, three buses."""
    compound = ("一院", at(3, 2.5), "08:00", "17:30")
    fleet = (("云D00001", 19, 1, at(0.5, 0), 300, 2), ("", 19, 2, at(0.5, 0), 300, 2))
    return [
        "plan", "lines", _sheet(folder, "现有线路.xlsx", LINES, *rows), "--map", streets.map_file,
        "--compounds", _sheet(folder, "办公区.xlsx", COMPOUNDS, compound),
        "--buses", _sheet(folder, "车辆.xlsx", BUSES, *fleet), "--date", TUESDAY,
    ]  # fmt: skip


def _row(shown: str, *words: str) -> str:
    """The line of the output that holds all these words, single-spaced."""
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    return next(line for line in lines if all(word in line for word in words))


def test_todays_lines_are_judged_priced_and_changed_with_least_disruption(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, shown, error = paiche(*_asked(tmp_path, streets, *TODAY), "--out", out)
    assert code == 0, error
    # Seven streets of 500 m need five minutes, not thirty-five: the bus stands before the gate.
    assert "早到" in _row(shown, "早班车 早1线 云D00001 一院", "07:45")
    assert "比允许的 07:40 早" in _row(shown, "早1线 到得太早")
    assert "有座乘客 17 人 17 人 16 人 16 人" in _row(shown, "有座乘客")
    assert _row(shown, "早班车 2 0 0 0").split()[-4:-1] == ["2", "→", "1"]
    now, new = (
        _yuan(found) for found in re.findall(r"早班车：现有 ([\d,.]+) 元.*调整后 ([\d,.]+) 元", shown)[0]
    )
    # Two buses of 300 yuan become one; what is saved is what the two bills differ by.
    assert now - new == pytest.approx(_yuan(_row(shown, "早班车 2 0 0 0").split()[-1]))
    assert now - new > 300
    assert "违规 0 处；调整后" in shown
    names = {path.name for path in out.iterdir()}
    assert {"today", "today.pdf", "today.xlsx", "timetables.pdf", "notices.pdf", "gtfs.zip"} <= names
    sheets = load_workbook(out / "today.xlsx").sheetnames
    assert {"早1线", "早2线", "晚1线", "现有线路时刻核对", "现有线路的问题", "换站和改时的乘客"} <= set(
        sheets
    )
    plans = json.loads((out / "today" / "schedule.json").read_text(encoding="utf-8"))["plans"]
    assert len(plans["shuttles_morning"]["schedule"]["routes"]) == 2


def _yuan(said: str) -> float:
    return float(said.replace(",", ""))


def test_what_cannot_be_kept_is_named_with_its_line(paiche: Run, streets: StoredTown, tmp_path: Path) -> None:
    late = (
        ("早1线", "北街站", NORTH, "07:44", 12, "云D00001"),
        ("早1线", "西街站", WEST, "07:45", 12, ""),
        ("早1线", "一院", "", "07:46", "", ""),
    )
    code, shown, error = paiche(*_asked(tmp_path, streets, *late), "--judge-only", "--direction", "morning")
    assert code == 0, error
    assert "晚" in _row(shown, "早1线 时刻做不到", "西街站印的是 07:45")
    # Twelve and twelve on a bus with a licence for eighteen and the driver; and eight minutes too late.
    assert re.search(r"载.*24.*核定.*18", "".join(shown.split()))
    assert "时间窗" in _row(shown, "早1线 违反规定")
    assert "调整后" not in shown


def test_every_bad_row_and_every_line_that_makes_no_sense_is_named(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    bad = (
        *TODAY,
        ("早3线", "北街站", NORTH, "07:20", 5, "云D99999"),
        ("早3线", "一院", "", "07:45", "", ""),
        ("早4线", "北街站", NORTH, "07:20", 5, "19座"),
        ("早5线", "北街站", NORTH, "07:20", "", "19座"),
        ("早6线", "北街站", NORTH, "07:50", 5, "19座"),
        ("早6线", "一院", "", "07:45", "", ""),
        ("早7线", "冥王星站", "", "07:20", 5, "19座"),
        ("早8线", "一院", "", "07:20", "", "19座"),
        ("早8线", "北街站", NORTH, "07:45", 5, ""),
        ("早9线", "北街站", NORTH, "07:20", 5, ""),
        ("早9线", "一院", "", "07:45", "", ""),
    )
    code, shown, error = paiche(*_asked(tmp_path, streets, *bad), "--judge-only", "--out", tmp_path / "out")
    assert code == FAILED_CODE
    for told in (
        "F9 车辆“云D99999”：不在车辆表中；请写车辆表中的车牌，或核定载客：19 座",
        "B10 站点“一院”：线路“早3线”没有住处附近的站点",
        "B11 站点“北街站”：线路“早4线”没有到办公区的一行",
        "E12 人数（空）：没有填写，也没有乘客表",
        "D13 时刻“07:50”：线路“早6线”的时刻没有从早到晚",
        "D14 时刻“07:45”：线路“早6线”的时刻没有从早到晚",
        "B15 站点“冥王星站”：没有找到这个地点",
        "B16 站点“一院”：线路“早8线”的办公区不在一端",
        "F18 车辆（空）：线路“早9线”没有写车辆",
    ):
        assert told in error, told
    assert _row(shown, "早班车 早1线 云D00001 一院")
    assert "早6线" not in shown
    assert "problems.xlsx" in {path.name for path in (tmp_path / "out").iterdir()}


def test_riders_who_are_named_board_there_and_others_where_it_is_nearest(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    riders = _sheet(
        tmp_path, "乘客.xlsx", ("工号", "住址", "人数", "工作地点"),
        ("1", at(1.5, 3.9), 4, "一院"), ("2", at(0.1, 2.5), 3, "一院"), ("3", at(0, 2.4), 2, "一院"),
        ("4", at(5, 0), 1, "一院"),
    )  # fmt: skip
    lines = _sheet(
        tmp_path, "有编号.xlsx", (*LINES, "乘客"),
        ("早1线", "北街站", NORTH, "07:20", "", "云D00001", "1、3、77"),
        ("早1线", "西街站", WEST, "07:28", "", "", ""),
        ("早1线", "一院", "", "07:45", "", "", ""),
    )  # fmt: skip
    asked = _asked(tmp_path, streets, *TODAY)
    asked[2] = lines
    code, shown, error = paiche(*asked, "--riders", riders, "--direction", "morning")
    assert code == 0, error
    # 1 and 3 are named at the north stop, 2 lives beside the west one, 4 far from both.
    assert _row(shown, "早1线 云D00001 北街站").split()[-1] == "6"
    assert _row(shown, "早1线 云D00001 西街站").split()[-1] == "3"
    assert "“77”不在乘客表中" in shown
    assert "第 5 行（1 人）" in _row(shown, "没有座位", "现有线路没有安排")
    assert "第 4 行：步行" in _row(shown, "走得太远")
    # Rider 4 has a seat at a new stop, and nobody else is moved.
    assert _row(shown, "早班车 2 1 0 0").split()[6] == "1"
    assert "9 人中 0 人换站" in shown


def test_the_dearer_moving_is_the_fewer_are_moved(paiche: Run, streets: StoredTown, tmp_path: Path) -> None:
    moved = []
    for weight in (0, 100_000):
        near = (
            ("早1线", "北街站", NORTH, "07:20", 2, "云D00001"),
            ("早1线", "北街东站", at(2.5, 4), "07:25", 2, ""),
            ("早1线", "一院", "", "07:45", "", ""),
        )
        code, shown, error = paiche(
            *_asked(tmp_path, streets, *near), "--direction", "morning", "--keep-weight", weight
        )
        assert code == 0, error
        moved.append(int(re.findall(r"(\d+) 人换站", shown)[0]))
    assert moved[0] >= moved[1] == 0


def test_the_template_of_todays_lines_is_read_back(paiche: Run, streets: StoredTown, tmp_path: Path) -> None:
    code, shown, error = paiche("plan", "template", "lines", tmp_path / "线路模板.xlsx")
    assert (code, "填好后运行 paiche plan lines" in shown) == (0, True), error
    book = load_workbook(tmp_path / "线路模板.xlsx")
    assert book.sheetnames[0] == "现有线路"
    assert [cell.value for cell in book["现有线路"][1]][:4] == ["线路*", "方向", "站序", "站点*"]


def test_a_timetable_of_ours_brought_back_as_todays_lines_has_no_fault(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    sheets = _asked(tmp_path, streets, *TODAY)[3:]
    stops = (("北街站", NORTH), ("西街站", WEST), ("东街站", at(5, 2.5)))
    riders = tuple((str(n), where, 6, "一院") for n, (_, where) in enumerate(stops, 1))
    more = (
        "--riders", _sheet(tmp_path, "乘客.xlsx", ("工号", "住址", "人数", "工作地点"), *riders),
        "--stops", _sheet(tmp_path, "站点.xlsx", ("站点", "位置"), *stops), "--direction", "morning",
    )  # fmt: skip
    code, _, error = paiche("plan", "shuttles", *sheets, *more, "--out", tmp_path / "ours")
    assert code == 0, error
    rows = [
        row.split(",") for row in (tmp_path / "ours" / "timetable.csv").read_text("utf-8-sig").split()[1:]
    ]
    # Ways, line, plate, number, stop, arrival, departure.
    printed = [(r[1], r[4], "", r[5] if r[4] == "一院" else r[6], "", r[2] or "19 座") for r in rows]
    lines = _sheet(tmp_path, "我们的.xlsx", LINES, *printed)
    code, shown, error = paiche("plan", "lines", lines, *sheets, *more, "--judge-only")
    assert code == 0, error
    assert "没有发现问题" in shown
    assert "违规 0 处" in shown


def test_lines_of_a_stored_day_need_no_sheets_but_their_own(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    printed = (
        ("早1线", "北街站", "", "08:00", 9, "云D55555"), ("早1线", "西街站", "", "08:08", 8, ""),
        ("早1线", "一号院", "", "08:15", "", ""),
    )  # fmt: skip
    lines = _sheet(tmp_path, "现有线路.xlsx", LINES, *printed)
    code, shown, error = paiche("plan", "lines", lines, "--database", streets.database, "--judge-only")
    assert code == 0, error
    assert _row(shown, "早1线 云D55555 北街站 08:00 08:00 9")
    assert _row(shown, "早1线 云D55555 一号院（东街） 08:15")
