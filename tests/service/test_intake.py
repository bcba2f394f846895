"""What a dispatcher brings: good rows are planned, bad ones named at their cell, and nothing is lost."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from service.cli.failures import FAILED_CODE, USAGE_CODE
from tests.service.own_town import SEA, Run, StoredTown, at

CAR_HEADINGS = ("编号", "用车时间", "返回时间", "人数", "出发地", "目的地", "坐标系")
WATER, YARD = "水务局", "一号院"


@pytest.fixture
def paiche(paiche: Run, streets: StoredTown) -> Run:
    """Run the command line on the database of the streets."""
    return lambda *arguments: paiche(*arguments, "--database", streets.database)


def said(error: str) -> list[str]:
    """Return what was said besides the steps taken and what is done only once; never a traceback."""
    assert "Traceback" not in error
    usual = re.compile(r"\s+\d+\.\d s  |首次使用|正在计算路网")
    return [line for line in error.splitlines() if not usual.match(line)]


def sheet(folder: Path, headings: Sequence[str], *rows: Sequence[object], name: str = "表.xlsx") -> Path:
    """Write a workbook."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "申请"
    for row in (headings, *rows):
        page.append([cell or None for cell in row])
    book.save(folder / name)
    return folder / name


def drafts(streets: StoredTown) -> list[tuple[str, int]]:
    """Id and violations of every plan that is stored."""
    with sqlite3.connect(streets.database) as connection:
        found = connection.execute("SELECT id, violation_count FROM plans ORDER BY id").fetchall()
    connection.close()
    return [(str(plan_id), int(count)) for plan_id, count in found]


def served(streets: StoredTown) -> set[str]:
    """Ids of the requests that the stored plans serve."""
    with sqlite3.connect(streets.database) as connection:
        found = [json.loads(text) for (text,) in connection.execute("SELECT schedule FROM plans")]
    connection.close()
    return {visit["request_id"] for plan in found for route in plan["routes"] for visit in route["visits"]}


def test_a_sheet_of_requests_is_planned_with_the_stored_fleet(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    file = sheet(
        tmp_path,
        CAR_HEADINGS,
        ("7", "9:00", "11:00", 2, WATER, YARD, ""),
        ("", "14:30", "", 4, at(0.5, 4), at(4, 1.5), ""),
    )
    code, shown, error = paiche("plan", "cars", "--requests", file, "--out", tmp_path / "out")
    assert (code, said(error)) == (0, [])
    assert "申请 2 件，安排 2 件" in shown
    assert re.search(r"09:00 +11:02 .*7·用车：水务局→一号院（东街）", shown), "back no earlier than 11:00"
    assert drafts(streets) == [("2026-05-12-cars-1", 0)]
    assert served(streets) == {"7", "第 3 行"}
    assert (tmp_path / "out" / "problem.json").exists()


def _table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_orders_are_written_as_a_table_to_print_with_what_is_left_out_last(
    paiche: Run, tmp_path: Path
) -> None:
    file = sheet(
        tmp_path,
        CAR_HEADINGS,
        ("8", "10:00", "", 5, WATER, YARD, ""),
        ("7", "9:00", "11:00", 2, WATER, YARD, ""),
    )
    assert paiche("plan", "cars", "--requests", file, "--out", tmp_path / "out")[0] == 0
    headings, first, last = _table(tmp_path / "out" / "orders.csv")
    assert headings[:3] == ["上车时间", "完成时间", "车牌"]
    assert first[:2] + first[4:7] == ["09:00", "11:02", "7", "用车：水务局→一号院（东街）", "2"]
    assert last[:3] == ["", "", ""]
    assert last[4] == "8"
    assert "座位不足" in last[-1]


def test_the_timetable_boards_as_many_as_it_takes_home(paiche: Run, tmp_path: Path) -> None:
    file = sheet(tmp_path, RIDER_HEADINGS, (at(1.5, 3.9), 5, "一号院"), (at(0.1, 2), 2, "一号院"))
    assert paiche("plan", "shuttles", "--riders", file, "--out", tmp_path / "out")[0] == 0
    _, *rows = _table(tmp_path / "out" / "timetable.csv")
    for way in ("早班车", "晚班车"):
        mine = [row for row in rows if row[0] == way]
        assert [row[3] for row in mine] == ["1", "2", "3"]
        assert {row[4] for row in mine} == {"北街站", "西街站", "一号院（东街）"}
        assert [sum(int(row[i]) for row in mine) for i in (7, 8)] == [7, 7]


@pytest.mark.parametrize(
    ("row", "cell", "reason"),
    [
        (("1", "9:00", "", 2, SEA, YARD, ""), "E3 出发地“110.5,18.0”", "公里（限 500 米）"),
        (("1", "9:00", "", 2, YARD, "25.51,103.81", ""), "F3 目的地“25.51,103.81”", "经纬度疑似颠倒"),
        (("1", "9:00", "", 2, YARD, "203.81,25.51", ""), "F3 目的地“203.81,25.51”", "超出范围"),
        (("1", "9:00", "", 2, "火星基地", YARD, ""), "E3 出发地“火星基地”", "没有找到这个地点"),
        (("1", "9:00", "", 2, "", YARD, ""), "E3 出发地（空）", "没有填写地点"),
        (("1", "9:00", "", 2, YARD, YARD, ""), "F3 目的地“一号院”", "与出发地是同一地点"),
        (("1", "9:00", "8:30", 2, WATER, YARD, ""), "C3 返回时间“8:30”", "08:30 不晚于出发时间 09:00"),
        (("1", "25:70", "", 2, WATER, YARD, ""), "B3 用车时间“25:70”", "大于 59"),
        (("1", "9:00", "", -2, WATER, YARD, ""), "D3 人数“-2”", "小于 1"),
        (("1", "9:00", "", 2, WATER, YARD, "mars"), "G3 坐标系“mars”", "不认识的坐标系"),
    ],
)
def test_a_bad_row_is_named_at_its_cell_and_loses_no_good_one(
    paiche: Run, streets: StoredTown, tmp_path: Path, row: Sequence[object], cell: str, reason: str
) -> None:
    file = sheet(tmp_path, CAR_HEADINGS, ("good", "8:00", "", 1, WATER, YARD, ""), row)
    code, shown, error = paiche("plan", "cars", "--requests", file)
    fault, last = said(error)
    assert code == FAILED_CODE
    assert cell in fault
    assert reason in fault
    assert "；" in fault.split(reason)[1], "the way out"
    assert "可用 1 行，有误 1 行" in last
    assert "申请 1 件，安排 1 件" in shown
    assert served(streets) == {"good"}


def test_ids_that_contradict_each_other_are_both_named(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    rows = [("9", "9:00", "", people, WATER, YARD, "") for people in (1, 2)]
    file = sheet(tmp_path, CAR_HEADINGS, ("1", "8:00", "", 1, WATER, YARD, ""), *rows)
    code, _, error = paiche("plan", "cars", "--requests", file)
    assert code == FAILED_CODE
    assert [line.split("：")[0] for line in said(error)[:2]] == [
        "paiche: 【申请】A3 编号“9”",
        "paiche: 【申请】A4 编号“9”",
    ]
    assert served(streets) == {"1"}


def test_a_sheet_without_a_good_row_changes_nothing(paiche: Run, streets: StoredTown, tmp_path: Path) -> None:
    file = sheet(tmp_path, CAR_HEADINGS, ("1", "9:00", "", 2, SEA, YARD, ""))
    code, _, error = paiche("plan", "cars", "--requests", file)
    assert code == FAILED_CODE
    assert "没有可用的行" in said(error)[-1]
    assert drafts(streets) == []


def test_what_no_car_can_take_is_left_out_with_the_reason(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    rows = [(f"r{people}", "9:00", "", people, WATER, YARD, "") for people in (2, 5)]
    code, shown, error = paiche("plan", "cars", "--requests", sheet(tmp_path, CAR_HEADINGS, *rows))
    assert (code, said(error)) == (0, [])
    assert "2 辆座位不足" in shown
    assert served(streets) == {"r2"}


def _around_town(crs: str) -> list[tuple[object, ...]]:
    """Eight requests between points on streets, given in a coordinate system."""
    return [
        (str(i), f"{9 + i}:00", "", 1, at(0.3 + 0.5 * i, 1, crs), at(4, 0.4 + 0.5 * i, crs), "")
        for i in range(8)
    ]


def test_gcj02_given_as_wgs84_is_noticed_and_the_option_puts_it_right(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    shifted = sheet(tmp_path, CAR_HEADINGS, *_around_town("gcj02"))
    _, _, error = paiche("plan", "cars", "--requests", shifted)
    (hint,) = [line for line in said(error) if line.startswith("提示")]
    assert "gcj02" in hint
    assert hint.endswith("--crs gcj02")
    code, _, error = paiche("plan", "cars", "--requests", shifted, "--crs", "gcj02")
    assert (code, said(error)) == (0, [])
    assert len(served(streets)) == 8


def test_right_coordinates_are_not_suspected(paiche: Run, tmp_path: Path) -> None:
    file = sheet(tmp_path, CAR_HEADINGS, *_around_town("wgs84"))
    assert said(paiche("plan", "cars", "--requests", file)[2]) == []


def test_each_row_may_name_its_own_system_and_use_columns_of_degrees(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    headings = ("编号", "时间", "人数", "出发地经度", "出发地纬度", "目的地", "坐标系")
    rows = [
        (crs, "9:00", 1, *map(float, at(1, 2.5, crs).split(",")), at(3, 0.5, crs), crs)
        for crs in ("wgs84", "gcj02", "bd09")
    ]
    code, _, error = paiche("plan", "cars", "--requests", sheet(tmp_path, headings, *rows), "--out", tmp_path)
    assert (code, said(error)) == (0, [])
    lons = re.findall(r'"lon": ([\d.]+)', (tmp_path / "problem.json").read_text(encoding="utf-8"))
    assert {round(float(lon), 4) for lon in lons} <= {103.8025, 103.805, 103.815}
    assert len(served(streets)) == 2, "two cars, three requests at one time"


RIDER_HEADINGS = ("住址", "人数", "工作地点")


def test_riders_of_a_sheet_get_lines_and_those_too_far_away_a_reason(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    file = sheet(
        tmp_path,
        RIDER_HEADINGS,
        (at(1.5, 3.9), 5, "一号院"),
        (at(0.1, 2), 2, "一号院（东街）"),
        (at(5, 5), 3, "一号院"),
        (SEA, 1, "一号院"),
        (at(1, 1), 2, "九号院"),
    )
    code, shown, error = paiche("plan", "shuttles", "--riders", file)
    sea, yard, last = said(error)
    assert code == FAILED_CODE
    assert "A5 住址“110.5,18.0”" in sea
    assert "C6 工作地点“九号院”" in yard
    assert "可用 3 行，有误 2 行" in last
    assert "乘客 10 人，往返都有座 7 人" in shown
    assert "（3 人）：步行范围内没有站点" in shown
    assert [count for _, count in drafts(streets)] == [0, 0]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--place", SEA], "'110.5,18.0' 离最近的可行道路"),
        (["--place", "25.51,103.81"], "经纬度疑似颠倒"),
        (["--place", "火星"], "'火星' 没有找到这个地点"),
        (["--place", ""], "没有填写地点"),
        (["--place", WATER, "--need", "飞机"], "'飞机' 不可用；可填：救护车"),
        (["--place", WATER, "--need", "救护车=0"], "'救护车=0'"),
    ],
)
def test_an_incident_that_cannot_be_placed_is_one_line(
    paiche: Run, streets: StoredTown, arguments: list[str], named: str
) -> None:
    code, _, error = paiche("dispatch", *arguments)
    assert code == FAILED_CODE
    (line,) = said(error)
    assert named in line
    assert drafts(streets) == []


def test_an_incident_by_telephone_gets_the_vehicle_with_its_minutes(paiche: Run, streets: StoredTown) -> None:
    code, shown, error = paiche("dispatch", "--place", at(3, 2.5), "--need", "救护车", "--level", "P0")
    assert (code, said(error)) == (0, [])
    assert re.search(r"救护车 1/1 +P0 +云D0120", shown)
    assert drafts(streets) == [("2026-05-12-emergency-1", 0)]


def test_one_shifted_point_off_the_roads_is_suspected(paiche: Run) -> None:
    code, _, error = paiche("dispatch", "--place", at(2, 2.3, "gcj02"))
    assert code == 0
    assert [line[-11:] for line in said(error)] == ["--crs gcj02"]
    assert said(paiche("dispatch", "--place", at(2, 2.3, "gcj02"), "--crs", "gcj02")[2]) == []


def test_needs_without_a_place_are_wrong_use(paiche: Run) -> None:
    code, _, error = paiche("dispatch", "--need", "救护车")
    assert code == USAGE_CODE
    assert "--place" in said(error)[0]


def _truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _workbook() -> bytes:
    book, stream = Workbook(), io.BytesIO()
    book.worksheets[0].append(CAR_HEADINGS)
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("没有.xlsx", None),
        ("空.xlsx", b""),
        ("半.xlsx", _truncated(_workbook())),
        ("信.csv", "各位同事：\n明天开会。\n".encode()),
        ("图.csv", b"\x89PNG\r\n\x1a\n\x00\x00"),
    ],
)
@pytest.mark.parametrize("command", [("cars", "--requests"), ("shuttles", "--riders")])
def test_a_file_that_is_no_such_sheet_is_one_line(
    paiche: Run,
    streets: StoredTown,
    tmp_path: Path,
    name: str,
    content: bytes | None,
    command: tuple[str, str],
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, _, error = paiche("plan", command[0], command[1], tmp_path / name)
    assert code == FAILED_CODE
    (line,) = said(error)
    assert name in line
    assert drafts(streets) == []
    assert content is None or (tmp_path / name).read_bytes() == content


@pytest.mark.parametrize("kind", ["cars", "riders"])
def test_a_template_is_written_once_and_can_be_filled_in(
    paiche: Run, streets: StoredTown, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "模板.xlsx"
    assert paiche("plan", "template", kind, file)[0] == 0
    book = load_workbook(file)
    page = book.worksheets[0]
    row: dict[str, object] = {
        "用车时间": "9:00", "出发时间": "9:00", "人数": 2, "出发地": WATER, "目的地": YARD,
        "住址": at(1.5, 3.9), "工作地点": YARD,
    }  # fmt: skip
    page.append([row.get(str(cell.value).strip("*")) for cell in page[1]])
    book.save(tmp_path / "填好.xlsx")
    command = ("cars", "--requests") if kind == "cars" else ("shuttles", "--riders")
    assert paiche("plan", *command, tmp_path / "填好.xlsx")[0] == 0
    assert drafts(streets)
    before = file.read_bytes()
    code, _, error = paiche("plan", "template", kind, file)
    assert (code, "模板.xlsx 已存在" in said(error)[0]) == (FAILED_CODE, True)
    assert file.read_bytes() == before


def test_a_folder_for_results_that_cannot_be_is_refused_before_any_work(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for command in (["plan", "cars"], ["plan", "shuttles"], ["dispatch"]):
        code, _, error = paiche(*command, "--out", tmp_path / "file" / "out")
        assert code == FAILED_CODE
        assert "file/out" in said(error)[0]
        assert len(said(error)) == 1
    assert drafts(streets) == []
