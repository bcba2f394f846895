"""Vehicles as they are this morning, from a sheet through the command line; what cannot be is set aside."""

import csv
from pathlib import Path

import pytest

from optimizer.model import Driver
from service.database import open_database, writing
from service.store.fleet import save_drivers
from tests.service.own_town import Run, StoredTown

REQUESTS = "编号,用车时间,人数,出发地,目的地,自驾人"
STATES = "车牌,时刻,位置,里程表,电量,续航,停用开始,停用结束,年检有效期,自驾"
ONE, TWO = "云D12341", "云D12342"


@pytest.fixture
def paiche(paiche: Run, streets: StoredTown) -> Run:
    """Run the command line on the database of the streets."""
    return lambda *arguments: paiche(*arguments, "--database", streets.database)


def sheet(folder: Path, name: str, *rows: str) -> Path:
    (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder / name


def planned(paiche: Run, folder: Path, states: list[str], *rows: str) -> tuple[int, str, str, dict[str, str]]:
    """Plan two requests at nine (or others) on vehicles as told: code, both streams, plate by request."""
    asked = rows or ("甲,9:00,1,水务局,一号院,", "乙,9:00,1,水务局,一号院,")
    requests = sheet(folder, "申请.csv", REQUESTS, *asked)
    vehicles = sheet(folder, "车辆.csv", STATES, *states)
    told = ("--requests", requests, "--vehicles", vehicles, "--out", folder / "out")
    code, shown, error = paiche("plan", "cars", *told)
    orders = (folder / "out" / "orders.csv").read_text(encoding="utf-8-sig").splitlines()
    return code, shown, error, {row[4]: row[2] for row in list(csv.reader(orders))[1:] if row[0]}


def test_a_car_in_two_places_at_eight_stays_out_and_the_rest_is_planned(paiche: Run, tmp_path: Path) -> None:
    states = [f"{ONE},8:00,水务局,,,,,,,", f"{ONE},8:00,一号院,,,,,,,", f"{TWO},8:00,车场,,,,,,,"]
    code, shown, error, orders = planned(paiche, tmp_path, states)
    assert code == 1
    assert "08:00 同时在 水务局 和 一号院" in error
    assert f"{ONE} 的位置自相矛盾，当天不派" in error
    assert set(orders.values()) == {TWO}
    assert len(orders) == 1
    assert "当时另有任务" in shown


def test_an_odometer_that_runs_backwards_is_not_believed(paiche: Run, tmp_path: Path) -> None:
    states = [f"{ONE},7:00,,12345,,,,,,", f"{ONE},8:00,水务局,12300,,,,,,", f"{TWO},8:00,,1.5万,,,,,,"]
    code, _, error, orders = planned(paiche, tmp_path, states)
    assert code == 1
    assert "里程表倒退：之前是 12,345 公里，这里是 12,300 公里" in error
    assert "不是数字" in error
    assert set(orders.values()) == {ONE, TWO}


def test_where_it_stands_repair_and_inspection_are_kept(paiche: Run, tmp_path: Path) -> None:
    near = [f"{TWO},7:00,水务局,,,,,,,"]
    one = "甲,9:00,1,水务局,一号院,"
    code, _, error, orders = planned(paiche, tmp_path, near, one)
    assert (code, orders) == (0, {"甲": TWO}), error
    for states in ([f"{TWO},,,,,,8:00,12:00,,"], [f"{TWO},,,,,,,,2026-05-11,"]):
        code, shown, error, orders = planned(paiche, tmp_path, states)
        assert code == 0, error
        assert set(orders.values()) == {ONE}
        assert "当时另有任务" in shown or "年检过期" in shown
    code, _, error, _ = planned(paiche, tmp_path, [f"{TWO},,,,,,12:00,8:00,,"])
    assert code == 1
    assert "停用结束 08:00 不晚于开始" in error


def test_what_is_charged_is_how_far_it_goes(paiche: Run, tmp_path: Path) -> None:
    # Base to the water office, on to the compound, and home: some 4.5 km. Of 20 km, ten per cent are two.
    low = [f"{ONE},,,,10%,20公里,,,,", f"{TWO},,,,10,20,,,,"]
    _, shown, _, orders = planned(paiche, tmp_path, low, "甲,9:00,1,水务局,一号院,")
    assert orders == {}
    assert "续航不足" in shown
    full = [f"{ONE},,,,100,20,,,,", f"{TWO},,,,10,20,,,,"]
    _, _, _, orders = planned(paiche, tmp_path, full, "甲,9:00,1,水务局,一号院,")
    assert orders == {"甲": ONE}
    code, _, error, _ = planned(paiche, tmp_path, [f"{ONE},,,,50,,,,,"])
    assert code == 1
    assert "填了电量，没有填续航" in error


def test_barred_plates_stay(paiche: Run, tmp_path: Path) -> None:
    requests = sheet(tmp_path, "申请.csv", REQUESTS, "甲,9:00,1,水务局,一号院,", "乙,9:00,1,水务局,一号院,")
    code, shown, error = paiche("plan", "cars", "--requests", requests, "--barred", "2，7")
    assert code == 0, error
    assert "当天尾号限行" in shown
    code, _, error = paiche("plan", "cars", "--requests", requests, "--barred", "12")
    assert code != 0
    assert "应写成一位数字" in error


def test_a_cleared_applicant_drives_himself(paiche: Run, streets: StoredTown, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{streets.database}")
    people = [Driver(id="p", licences=frozenset({"C1"}), cleared=True), Driver(id="q", cleared=True)]
    with writing(engine) as session:
        save_drivers(session, people, "city", {"p": "张三", "q": "李四"})
    engine.dispose()
    keys = [f"{TWO},,,,,,,,,是"]
    rows = ["甲,9:00,1,水务局,一号院,张三", "乙,9:00,1,水务局,一号院,", "丙,14:00,1,水务局,一号院,李四"]
    code, shown, error, orders = planned(paiche, tmp_path, keys, *rows)
    assert code == 0, error
    assert orders == {"甲": TWO, "乙": ONE}
    assert "自驾与派驾不符" in shown
    text = (tmp_path / "out" / "orders.csv").read_text(encoding="utf-8-sig")
    assert "张三（自驾，" in text
    assert "领钥匙" in text
    code, _, error, _ = planned(paiche, tmp_path, keys, "甲,9:00,1,水务局,一号院,王五")
    assert code == 1
    assert "库中没有驾驶员 '王五'" in error


def test_places_off_the_map_and_unknown_plates_are_named(paiche: Run, tmp_path: Path) -> None:
    states = [f'{ONE},8:00,"110.5,18.0",,,,,,,', "云D99999,8:00,水务局,,,,,,,", f"{TWO},,,,,,,,,"]
    code, _, error, orders = planned(paiche, tmp_path, states)
    assert code == 1
    assert "库中没有车辆 '云D99999'" in error
    assert set(orders.values()) == {ONE, TWO}


def test_the_template_is_written(paiche: Run, tmp_path: Path) -> None:
    code, shown, error = paiche("plan", "template", "vehicles", tmp_path / "车辆.xlsx")
    assert code == 0, error
    assert "paiche plan cars --vehicles" in shown
