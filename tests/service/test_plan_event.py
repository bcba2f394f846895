"""`paiche plan event`: sheets in, passes out; on the grid of `own_town` and on the distances of sheets."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from optimizer.check.events import event_violations
from service.cli import app as cli
from service.exchange.event_document import read_event
from tests.service.own_town import SEA, StoredTown, at, store

Run = Callable[..., tuple[int, str, str]]
LOTS = "停车场,小型车位,大型车位,地点,入口,步行距离,行车距离\n"
CARS = "编号,代表团,车牌,车型,车辆数,人数,到达时间,离开时间,车队,出发地,备勤\n"
NEAR, FAR = "东广场,2,0,,东门,100,300", "体育场,20,2,,3号门,900,1500"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> StoredTown:
    folder = tmp_path_factory.mktemp("event")
    return store(folder / "town", folder / "cache")


@pytest.fixture
def paiche(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("PAICHE_CACHE_FOLDER", str(tmp_path / "cache"))

    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.run(["plan", "event", *map(str, arguments)])
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return run


def written(folder: Path, name: str, headings: str, *rows: str) -> Path:
    file = folder / f"{name}.csv"
    file.write_text(headings + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return file


def test_sheets_with_distances_need_no_map(paiche: Run, tmp_path: Path) -> None:
    lots = written(tmp_path, "lots", LOTS, NEAR, FAR)
    cars = written(
        tmp_path, "cars", CARS,
        "1,主席团,云A10001,小型车,1,3,08:30,11:30,,,", "2,第一代表团,,大型车,2,80,08:20,11:30,,,",
        "3,列席,,,3,6,08:40,10:00,,,", "4,车队,云A20001,小型车,1,4,07:00,19:00,,,是",
    )  # fmt: skip
    code, shown, error = paiche(
        "--arrivals",
        cars,
        "--lots",
        lots,
        "--date",
        "2026-01-20",
        "--standby",
        "1",
        "--out",
        tmp_path / "out",
    )
    assert code == 0, error
    assert "6 辆有通行证，备勤 1 辆，未安排 0 辆；违规 0 处" in shown
    assert "已证明最低" in shown
    event, plan = read_event(tmp_path / "out" / "event.json")
    assert event_violations(event, plan) == ()
    assert len(PdfReader(tmp_path / "out" / "passes.pdf").pages) == 4
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "out" / "lots.pdf").pages)
    assert "云A10001" in text
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "out" / "event.xlsx").read_bytes()))
    assert book.sheetnames == ["汇总", "通行证", "停车场", "逐时占用"]
    assert book["通行证"].max_row == 3 + 7


def test_missing_spaces_are_told_with_their_time(paiche: Run, tmp_path: Path) -> None:
    lots = written(tmp_path, "lots", LOTS, NEAR)
    cars = written(tmp_path, "cars", CARS, "1,列席,,小型车,5,5,08:40,10:00,,,")
    code, shown, _ = paiche("--arrivals", cars, "--lots", lots, "--date", "2026-01-20")
    assert code == 0
    assert "未安排：1-3（列席）：小型车位已满：东广场 08:41–10:05" in shown
    assert "要全部安排，至少：08:41–10:05 再有 3 个小型车位" in shown


def test_on_a_map_ways_are_measured_and_a_convoy_is_told_when_to_start(
    paiche: Run, town: StoredTown, tmp_path: Path
) -> None:
    lots = written(tmp_path, "lots", LOTS, f'东广场,5,0,"{at(2, 2)}",东门,,', f'体育场,5,0,"{at(4, 4)}",,,')
    cars = written(
        tmp_path, "cars", CARS, *(f'{n},主席团,,小型车,1,3,08:30,11:30,甲队,"{at(5, 5)}",' for n in (1, 2))
    )
    code, shown, error = paiche(
        "--arrivals", cars, "--lots", lots, "--map", town.map_file, "--venue", at(3, 2),
        "--date", "2026-01-20", "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0, error
    plan = json.loads((tmp_path / "out" / "event.json").read_text(encoding="utf-8"))
    assert {p["lot_id"] for p in plan["document"]["plan"]["passes"]} == {"东广场"}
    assert 450 <= plan["document"]["event"]["lots"][0]["way"]["there_m"] <= 550  # one street
    starts = {p["start_s"] for p in plan["document"]["plan"]["passes"]}
    assert len(starts) == 1
    assert max(starts) < 8.5 * 3600 - 300
    assert "甲队" in shown


def test_bad_rows_are_named_and_the_good_ones_planned(paiche: Run, town: StoredTown, tmp_path: Path) -> None:
    lots = written(
        tmp_path, "lots", LOTS, f'东广场,5,0,"{at(2, 2)}",,,', f'海上,5,0,"{SEA}",,,', "空场,0,0,,,100,100",
        "无名,3,0,,,,",
    )  # fmt: skip
    cars = written(
        tmp_path, "cars", CARS,
        "1,甲,云A1,小型车,1,3,08:30,11:30,,,", "2,乙,云A2,小型车,1,3,11:30,08:30,,,",
        "3,丙,云A3,小型车,2,3,08:30,11:30,,,", "4,丁,,马车,1,3,08:30,11:30,,,",
        "5,戊,云A1,小型车,1,3,09:30,12:30,,,", "6,己,,小型车,1,3,08:30,11:30,乙队,,",
        "7,己,,小型车,1,3,08:40,11:30,乙队,,",
    )  # fmt: skip
    code, shown, error = paiche(
        "--arrivals",
        cars,
        "--lots",
        lots,
        "--map",
        town.map_file,
        "--venue",
        at(3, 2),
        "--date",
        "2026-01-20",
    )
    assert code == 1
    for cell in ("D3", "B4", "F5", "G5", "H3", "E4", "D5", "C6", "I8"):
        assert f"】{cell} " in error, cell
    assert "2 辆有通行证" in shown
    assert "Traceback" not in error


def test_a_made_up_event_says_that_it_is_synthetic(paiche: Run, tmp_path: Path) -> None:
    code, shown, error = paiche("--generate-cars", "40", "--bays", "6", "--out", tmp_path / "out")
    assert code == 0, error
    assert "合成数据" in shown
    assert "违规 0 处" in shown
    assert "合成数据" in PdfReader(tmp_path / "out" / "passes.pdf").pages[0].extract_text()


def test_a_rehearsal_plans_and_writes_nothing(paiche: Run, tmp_path: Path) -> None:
    lots = written(tmp_path, "lots", LOTS, NEAR)
    cars = written(tmp_path, "cars", CARS, "1,列席,,小型车,2,5,08:40,10:00,,,")
    code, shown, _ = paiche("--arrivals", cars, "--lots", lots, "--dry-run", "--out", tmp_path / "out")
    assert code == 0
    assert "仅核对，未编排" in shown
    assert not (tmp_path / "out").exists()


def test_a_breakdown_swaps_one_car_of_a_written_plan(paiche: Run, tmp_path: Path) -> None:
    lots = written(tmp_path, "lots", LOTS, NEAR, FAR)
    cars = written(
        tmp_path, "cars", CARS, "1,主席团,云A10001,小型车,1,3,08:30,11:30,,,",
        "2,列席,云A10002,小型车,1,3,08:30,11:30,,,",
        "4,车队,云A20001,小型车,1,4,07:00,19:00,,,是",
    )  # fmt: skip
    first, then = tmp_path / "first", tmp_path / "then"
    paiche("--arrivals", cars, "--lots", lots, "--date", "2026-01-20", "--standby", "1", "--out", first)
    code, shown, error = paiche("--from", first, "--breakdown", "云A10001", "--at", "08:00", "--out", then)
    assert code == 0, error
    assert "云A10001（主席团） 由备勤车 云A20001（车队） 顶替，沿用原通行证" in shown
    assert "违规 0 处" in shown
    before, after = read_event(first / "event.json")[1], read_event(then / "event.json")[1]
    assert before.pass_of("2") == after.pass_of("2")
    taken = after.pass_of("1")
    assert taken is not None
    assert taken.car_id == "4"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "nowhere", "--breakdown", "云A1", "--at", "08:00"), "读不到"),
        (("--breakdown", "云A1"), "同时给出"),
        (("--from", "x", "--breakdown", "云A1", "--at", "八点多"), "--at"),
        ((), "--arrivals"),
        (("--arrivals", "a.csv", "--lots", "l.csv", "--standby", "许多"), "许多"),
        (("--arrivals", "a.csv", "--lots", "l.csv"), "l.csv"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(paiche: Run, arguments: tuple[str, ...], said: str) -> None:
    code, _, error = paiche(*arguments)
    assert code in {1, 2}
    assert said in error
    assert "Traceback" not in error


def test_templates_are_read_by_the_command(
    paiche: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sheets: tuple[tuple[str, dict[str, str | int]], ...] = (
        ("lots", {"停车场": "东广场", "小型车位": 9, "步行距离": 100, "行车距离": 300}),
        ("arrivals", {"代表团": "甲", "人数": 3, "到达时间": "08:30", "离开时间": "11:30"}),
    )
    for sheet, rows in sheets:
        file = tmp_path / f"{sheet}.xlsx"
        assert cli.run(["plan", "template", sheet, str(file)]) == 0
        assert f"paiche plan event --{sheet} {file}" in capfd.readouterr().out
        book = openpyxl.load_workbook(file)
        page = book.worksheets[0]
        columns = {str(cell.value).rstrip("*"): cell.column or 1 for cell in page[1]}
        for heading, value in rows.items():
            page.cell(2, columns[heading], value)
        book.save(file)
    code, shown, error = paiche("--arrivals", tmp_path / "arrivals.xlsx", "--lots", tmp_path / "lots.xlsx")
    assert code == 0, error
    assert "1 辆有通行证" in shown
