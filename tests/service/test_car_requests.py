"""Requests from a sheet through the command line: several days, needs, goods, what cannot be."""

import csv
from pathlib import Path

import pytest

from scenarios.prefecture.values import Unit
from service.database import open_database, writing
from service.store.land import save_units
from tests.service.own_town import Run, StoredTown

TUESDAY, WEDNESDAY, THURSDAY = "2026-05-12", "2026-05-13", "2026-05-14"


@pytest.fixture
def paiche(paiche: Run, streets: StoredTown) -> Run:
    """Run the command line on the database of the streets."""
    return lambda *arguments: paiche(*arguments, "--database", streets.database)


def sheet(folder: Path, headings: str, *rows: str, name: str = "表.csv") -> Path:
    (folder / name).write_text("\n".join([headings, *rows]) + "\n", encoding="utf-8")
    return folder / name


def orders(folder: Path) -> list[list[str]]:
    rows = list(csv.reader((folder / "orders.csv").read_text(encoding="utf-8-sig").splitlines()))[1:]
    return [row for row in rows if row[0]]


def planned(paiche: Run, file: Path, folder: Path, day: str = TUESDAY) -> tuple[int, str, str]:
    return paiche("plan", "cars", "--requests", file, "--date", day, "--out", folder)


def test_a_request_of_three_days_holds_its_car_until_it_is_home(paiche: Run, tmp_path: Path) -> None:
    headings = "编号,用车时间,返回时间,返回日期,人数,出发地,目的地,事由"
    away = sheet(tmp_path, headings, f"远,9:00,16:00,{THURSDAY},2,水务局,一号院,调研")
    code, shown, error = planned(paiche, away, tmp_path / "one")
    assert code == 0, error
    assert [row[4] for row in orders(tmp_path / "one")] == ["远"]
    both = ("甲,9:00,10:00,,1,水务局,一号院,会议", "乙,9:00,10:00,,1,水务局,一号院,会议")
    file = sheet(tmp_path, headings, *both)
    code, shown, error = planned(paiche, file, tmp_path / "two", WEDNESDAY)
    assert code == 0, error
    assert f"{WEDNESDAY} 是新的一天" in error
    # One of the two cars is away, so one of two requests at the same hour is left, and why is said.
    assert len(orders(tmp_path / "two")) == 1
    assert "当时另有任务" in shown
    code, shown, error = planned(paiche, file, tmp_path / "three", THURSDAY)
    assert code == 0, error
    home = {row[4]: row for row in orders(tmp_path / "three")}
    assert home["远（返程）"][0] == "16:00"
    assert len(home) == 2
    code, shown, error = planned(paiche, file, tmp_path / "four", "2026-05-15")
    assert code == 0, error
    assert {row[4] for row in orders(tmp_path / "four")} == {"甲", "乙"}


def test_dates_that_cannot_be_are_named_at_their_cell(paiche: Run, tmp_path: Path) -> None:
    headings = "编号,用车时间,返回时间,返回日期,用车日,人数,出发地,目的地"
    file = sheet(
        tmp_path,
        headings,
        "a,9:00,16:00,2026-05-11,,2,水务局,一号院",
        f"b,9:00,,{THURSDAY},,2,水务局,一号院",
        f"c,9:00,8:00,{THURSDAY},周二,2,水务局,一号院",
        "d,9:00,8:00,2026-12-31,,2,水务局,一号院",
        f"e,9:00,8:00,{THURSDAY},,2,水务局,一号院",
    )
    code, _, error = planned(paiche, file, tmp_path / "out")
    assert code == 1
    for named in ("早于用车日", "没有填返回时间", "重复的申请不能在外过夜", "超过 60 夜"):
        assert named in error
    assert [row[4] for row in orders(tmp_path / "out")] == ["e"]


def test_needs_of_the_vehicle_are_told_as_reasons(paiche: Run, tmp_path: Path) -> None:
    headings = "编号,用车时间,人数,出发地,目的地,车辆类别,座位数,越野,新能源,准驾车型,货物重量,货物占座"
    file = sheet(
        tmp_path,
        headings,
        "类,9:00,1,水务局,一号院,执法执勤,,,,,,",
        "座,9:00,1,水务局,一号院,,7座,,,,,",
        "野,9:00,1,水务局,一号院,,,是,,,,",
        "电,9:00,1,水务局,一号院,,,,是,,,",
        "证,9:00,1,水务局,一号院,,,,,B1,,",
        "重,9:00,1,水务局,一号院,,,,,,50公斤,",
        "占,9:00,2,水务局,一号院,,,,,,,3",
        "行,9:00,2,水务局,一号院,,5座,,,C1,,2",
    )
    code, shown, error = planned(paiche, file, tmp_path / "out")
    assert code == 0, error
    assert [row[4] for row in orders(tmp_path / "out")] == ["行"]
    for why in ("车辆类别不符", "座位不足", "不具备所需功能", "能源类型不符", "准驾车型不符", "装不下货物"):
        assert why in shown


def test_a_vehicle_that_is_asked_for_is_sent_or_why_not_is_said(paiche: Run, tmp_path: Path) -> None:
    headings = "编号,用车时间,人数,出发地,目的地,指定车辆,车辆类别,最迟到达"
    file = sheet(
        tmp_path,
        headings,
        "一,9:00,1,水务局,一号院,云D12342,,",
        "二,12:00,1,水务局,一号院,云D1234 2,其他,12:30",
        "三,15:00,5,水务局,一号院,云D12341,,",
        "四,15:00,1,水务局,一号院,云D99999,,",
        "五,15:00,1,水务局,一号院,,,14:00",
    )
    code, _, error = planned(paiche, file, tmp_path / "out")
    assert code == 1
    assert "库中没有车辆 '云D99999'" in error
    assert "最迟到达 14:00 不晚于出发时间 15:00" in error
    assert "申请 三 的指定未采用：锁定在 car-1 违反规定（seats）" in error
    assert [(row[4], row[2]) for row in orders(tmp_path / "out")] == [("一", "云D12342"), ("二", "云D12342")]


def test_a_late_request_with_goods_is_offered_a_place_or_told_there_is_no_room(
    paiche: Run, tmp_path: Path
) -> None:
    headings = "编号,用车时间,人数,出发地,目的地,货物重量"
    first = sheet(tmp_path, headings, "一,9:00,1,水务局,一号院,")
    assert planned(paiche, first, tmp_path / "out")[0] == 0
    new = sheet(tmp_path, headings, "新,14:00,1,水务局,一号院,20", name="新.csv")
    code, shown, error = paiche("offers", "--planned", first, "--requests", new, "--at", "08:00")
    assert code == 0, error
    code, shown, error = paiche("replan", "--planned", first, "--requests", new, "--at", "08:00")
    assert code == 0, error
    assert "装不下货物" in shown


def test_who_finds_no_car_is_hired_one_and_the_plan_goes_on_from_its_folder(
    paiche: Run, tmp_path: Path
) -> None:
    headings = "编号,用车时间,人数,出发地,目的地"
    file = sheet(tmp_path, headings, "大,9:00,6,水务局,一号院", "小,9:00,1,水务局,一号院")
    told = ["--requests", file, "--hire", "--out", tmp_path / "out"]
    code, shown, error = paiche("plan", "cars", *told)
    assert code == 0, error
    assert {row[4]: row[2][:2] for row in orders(tmp_path / "out")} == {"大": "租车", "小": "云D"}
    code, _, error = paiche("replan", "--planned", file, "--at", "08:00", "--cancel", "小")
    assert code == 1
    assert "方案中若有租车或网约车，请用 --from" in error
    code, shown, error = paiche("replan", "--from", tmp_path / "out", "--at", "08:00", "--cancel", "小")
    assert code == 0, error
    assert "已取消" in shown


def test_a_car_lent_to_another_unit_is_recorded_and_hours_are_remarked_on(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    engine = open_database(f"sqlite:///{streets.database}")
    with writing(engine) as session:
        save_units(session, [Unit(id="school", parent_id=None, name="棋盘中学", level="unit")])
    engine.dispose()
    headings = "编号,单位,用车时间,返回时间,人数,出发地,目的地,用车范围"
    file = sheet(tmp_path, headings, "课,棋盘中学,6:00,16:00,1,水务局,一号院,出省")
    code, shown, error = planned(paiche, file, tmp_path / "out")
    assert code == 0, error
    marks = ("跨单位用车（平台调度登记） 1 处", "非工作时间用车 2 处", "出车超过 8 小时 1 处", "出省 1 处")
    for told in marks:
        assert told in shown
    record = (tmp_path / "out" / "borrowed.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(record) == 2
    assert record[1].startswith("课,棋盘中学,棋盘市水务局,云D1234")


def test_errands_as_they_were_teach_how_long_the_next_will_last(paiche: Run, tmp_path: Path) -> None:
    headings = "编号,用车时间,往返,人数,出发地,目的地,事由"
    file = sheet(tmp_path, headings, "件,9:00,是,1,水务局,一号院,送件")

    def done(*more: object) -> str:
        told = ("--requests", file, "--out", tmp_path / "out", *more)
        code, _, error = paiche("plan", "cars", *told)
        assert code == 0, error
        return orders(tmp_path / "out")[0][1]

    assert done() < "09:40"
    slow = sheet(tmp_path, "事由,公里,停留分钟", *["送件,1,180"] * 8, name="停留.csv")
    assert done("--stays", slow) > "12:00"
    few = sheet(tmp_path, "事由,公里,停留分钟", *["送件,1,180"] * 7, name="停留.csv")
    assert done("--stays", few) < "09:40"
    wrong = sheet(tmp_path, "事由,公里,停留分钟", "送件,1,180", "送件,1,很久", name="停留.csv")
    code, _, error = paiche("plan", "cars", "--requests", file, "--stays", wrong)
    assert code == 1
    assert "不是数字" in error
