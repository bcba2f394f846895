"""A day planned from a sheet, changed and asked for places from the command line."""

import csv
from pathlib import Path

import pytest

from tests.service.own_town import Run, StoredTown

HEADINGS = "编号,用车时间,返回时间,往返,人数,车辆数,出发地,目的地,事由,用车日,开始日期,截止日期"
TUESDAY = "2026-05-12"


@pytest.fixture
def paiche(paiche: Run, streets: StoredTown) -> Run:
    """Run the command line on the database of the streets."""
    return lambda *arguments: paiche(*arguments, "--database", streets.database)


def sheet(folder: Path, *rows: str, name: str = "表.csv") -> Path:
    (folder / name).write_text("\n".join([HEADINGS, *rows]) + "\n", encoding="utf-8")
    return folder / name


def orders(folder: Path) -> list[list[str]]:
    return list(csv.reader((folder / "orders.csv").read_text(encoding="utf-8-sig").splitlines()))[1:]


def test_a_day_from_a_sheet_is_changed_gently_and_asked_for_places(paiche: Run, tmp_path: Path) -> None:
    planned = sheet(
        tmp_path, "1,9:00,11:00,,2,,水务局,一号院,会议,,,", "2,14:00,15:00,,2,,水务局,一号院,会议,,,"
    )
    assert paiche("plan", "cars", "--requests", planned)[0] == 0
    code, _, error = paiche("replan", "--at", "08:00", "--cancel", "1")
    assert code == 1
    assert "'1' 不在库中：方案若由申请表编成，用 --planned 给出同一张表" in error
    new = sheet(tmp_path, "1,16:00,,,1,,水务局,一号院,送件,,,", name="新.csv")
    told = ["--planned", planned, "--at", "08:00"]
    code, shown, error = paiche(
        "replan", *told, "--cancel", "1", "--requests", new, "--out", tmp_path / "out"
    )
    assert code == 0, error
    assert "已取消" in shown
    assert "变更 2 项，其中受牵连 0 项" in shown
    assert {row[4] for row in orders(tmp_path / "out")} == {"2", "新增 1"}
    code, _, error = paiche("offers", *told, "--requests", new)
    assert code == 1  # the draft in force is now the changed one, which serves what neither sheet has
    assert "'新增 1' 不在库中" in error
    code, shown, error = paiche("offers", "--from", tmp_path / "out", "--at", "08:00", "--requests", new)
    assert code == 0, error
    again = ["--from", tmp_path / "out", "--at", "10:00", "--cancel", "新增 1"]
    code, shown, error = paiche("replan", *again)
    assert code == 0, error
    assert "变更 1 项，其中受牵连 0 项" in shown


def test_offers_name_price_and_who_could_when(paiche: Run, tmp_path: Path) -> None:
    planned = sheet(tmp_path, "1,9:00,11:00,,2,,水务局,一号院,会议,,,")
    assert paiche("plan", "cars", "--requests", planned)[0] == 0
    late = sheet(tmp_path, "L,15:00,,,2,,水务局,一号院,送件,,,", name="迟.csv")
    code, shown, error = paiche("offers", "--planned", planned, "--requests", late, "--at", "08:00")
    assert code == 0, error
    assert "15:00" in shown
    assert "能承担的车" in shown


def test_words_that_cannot_be_are_refused_in_one_line(paiche: Run, tmp_path: Path) -> None:
    planned = sheet(tmp_path, "1,9:00,11:00,,2,,水务局,一号院,会议,,,")
    assert paiche("plan", "cars", "--requests", planned)[0] == 0
    for told, named in (
        (["--at", "25点99"], "25点99"),
        (["--at", "08:00"], "没有说明发生了什么"),
        (["--at", "08:00", "--delay", "云A12345"], "应写成 车牌=分钟"),
        (["--at", "08:00", "--breakdown", "云A99999"], "当天没有车辆 '云A99999'"),
        (["--at", "08:00", "--driver-out", "某人"], "当天没有驾驶员 '某人'"),
    ):
        code, _, error = paiche("replan", "--planned", planned, *told)
        assert code != 0
        assert named in error
        assert "Traceback" not in error


def test_rows_for_other_days_convoys_and_errands_without_an_end(paiche: Run, tmp_path: Path) -> None:
    file = sheet(
        tmp_path,
        "m,9:00,,,1,,水务局,一号院,送件,周一,2026-05-01,2026-06-30",
        "w,9:00,,,1,,水务局,一号院,送件,工作日,2026-05-01,2026-06-30",
        "c,11:00,,,4,2,水务局,一号院,接待,,,",
        "e,14:00,,是,1,,水务局,一号院,送件,,,",
    )
    told = ["--requests", file, "--out", tmp_path / "out", "--date", TUESDAY]
    code, _, error = paiche("plan", "cars", *told)
    assert code == 0, error
    assert f"1 行不在 {TUESDAY} 用车，未编入" in error
    found = {row[4]: row for row in orders(tmp_path / "out")}
    assert set(found) == {"w", "c/1", "c/2", "e"}
    assert [found[i][0] for i in ("c/1", "c/2")] == ["11:00", "11:00"]
    # 15 minutes by half of such errands, 25 by three of four (exp(0.5 · 0.6745), rounded up to five minutes).
    assert "14:2" in found["e"][1] or "14:3" in found["e"][1]


def test_faults_of_such_rows_are_named_at_their_cell(paiche: Run, tmp_path: Path) -> None:
    file = sheet(
        tmp_path,
        "a,9:00,,,1,3,水务局,一号院,接待,,,",
        "b,9:00,,,1,,水务局,一号院,送件,周八,,",
        "d,9:00,,,1,,水务局,一号院,送件,周一,2026-06-01,2026-05-01",
        "e,9:00,8:00,,1,,水务局,一号院,送件,,,",
        "f,9:00,,,1,,水务局,一号院,送件,,,",
        "f,10:00,,,1,,水务局,一号院,送件,,,",
    )
    code, _, error = paiche("plan", "cars", "--requests", file)
    assert code == 1
    for named in ("3 辆车只有 1 人", "看不出是星期几", "早于开始日期", "不晚于出发时间"):
        assert named in error
    assert "申请编号与第 6 行相同而内容不同" in error
