"""`paiche plan circulator` on the grid of `own_town`: streets 500 m apart, one bus of 18 seats."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from service.cli import app as cli
from tests.service.own_town import SEA, StoredTown, at, store

Run = Callable[..., tuple[int, str, str]]
HEADINGS = "单位,地点,人数,最早离开,最晚返回,步行距离\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> StoredTown:
    folder = tmp_path_factory.mktemp("circulator")
    return store(folder / "town", folder / "cache")


@pytest.fixture
def paiche(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("PAICHE_CACHE_FOLDER", str(tmp_path / "cache"))

    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.run(["plan", "circulator", *map(str, arguments)])
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return run


def sheet(folder: Path, *rows: str) -> Path:
    file = folder / "groups.csv"
    file.write_text(HEADINGS + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return file


def test_nobody_needs_a_bus_where_the_canteen_is_near(paiche: Run, town: StoredTown, tmp_path: Path) -> None:
    groups = sheet(tmp_path, f'一号院,"{at(2, 2)}",40,11:30,13:00,')
    code, shown, error = paiche("--groups", groups, "--to", at(3, 2), "--map", town.map_file)
    assert code == 0, error
    assert "不需要班车：40 人都可步行，最远 5" in shown
    assert "不超过 800 米" in shown
    assert "违规" not in shown


def test_who_is_far_rides_in_a_bus_of_the_stored_day(paiche: Run, town: StoredTown, tmp_path: Path) -> None:
    groups = sheet(tmp_path, f'一号院,"{at(2, 2)}",40,11:30,13:00,', f'二号院,"{at(5, 5)}",18,11:30,13:00,')
    code, shown, error = paiche(
        "--groups", groups, "--to", at(2, 1), "--database", town.database, "--start", "12:00",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0, error
    assert "40 人步行，18 人乘 1 辆班车往返，分 1 批" in shown
    assert "违规 0 处" in shown
    with (tmp_path / "out" / "waves.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["批次"], row["单位"], row["人数"], row["方式"]) for row in rows] == [
        ("12:00", "一号院", "40", "步行"),
        ("12:00", "二号院", "18", "乘车"),
    ]
    schedule = json.loads((tmp_path / "out" / "schedule.json").read_text(encoding="utf-8"))
    assert len(schedule["plans"]["circulator"]["schedule"]["routes"]) == 1


def test_who_cannot_come_is_named(paiche: Run, town: StoredTown, tmp_path: Path) -> None:
    groups = sheet(tmp_path, f'二号院,"{at(5, 5)}",18,11:30,13:00,2600')
    code, shown, _ = paiche("--groups", groups, "--to", at(2, 1), "--map", town.map_file)
    assert code == 0
    assert "没有开行班车：0 人步行；18 人去不了" in shown
    assert "步行 2600 米，超过 800 米，也没有班车" in shown


def test_bad_rows_are_named_and_the_good_ones_planned(paiche: Run, town: StoredTown, tmp_path: Path) -> None:
    groups = sheet(
        tmp_path,
        f'一号院,"{at(2, 2)}",40,11:30,13:00,',
        f'海上,"{SEA}",4,11:30,13:00,',
        f'三号院,"{at(2, 2)}",4,13:30,13:00,',
        f'四号院,"{at(2, 2)}",无,11:30,13:00,',
    )
    code, shown, error = paiche("--groups", groups, "--to", at(3, 2), "--map", town.map_file)
    assert code == 1
    assert "不需要班车：40 人都可步行" in shown
    for cell in ("B3", "E4", "C5"):
        assert f"】{cell} " in error
    assert "共 4 行，可用 1 行，有误 3 行" in error


def test_the_template_is_read_by_the_command(
    paiche: Run, town: StoredTown, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "groups.xlsx"
    assert cli.run(["plan", "template", "groups", str(file)]) == 0
    assert f"paiche plan circulator --to 地点 --groups {file}" in capfd.readouterr().out
    book = openpyxl.load_workbook(file)
    page = book.worksheets[0]
    columns = {str(cell.value).rstrip("*"): cell.column or 1 for cell in page[1]}
    filled: dict[str, str | int] = {
        "单位": "一号院",
        "地点": at(2, 2),
        "人数": 40,
        "最早离开": "11:30",
        "最晚返回": "13:00",
    }
    for heading, value in filled.items():
        page.cell(2, columns[heading], value)
    book.save(file)
    code, shown, error = paiche("--groups", file, "--to", at(3, 2), "--map", town.map_file)
    assert code == 0, error
    assert "不需要班车：40 人都可步行" in shown


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (("--to", SEA), f"目的地“{SEA}”"),
        (("--to", "月球"), "目的地“月球”：没有找到这个地点"),
        (("--to", at(3, 2), "--start", "中午吧"), "--start 中午吧"),
    ],
)
def test_what_cannot_be_understood_is_one_line(
    more: tuple[str, ...], named: str, paiche: Run, town: StoredTown, tmp_path: Path
) -> None:
    groups = sheet(tmp_path, f'一号院,"{at(2, 2)}",40,11:30,13:00,')
    code, _, error = paiche("--groups", groups, "--map", town.map_file, *more)
    assert code != 0
    assert "Traceback" not in error
    assert named in error.splitlines()[-1]
