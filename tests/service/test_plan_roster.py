"""`paiche plan roster`: a sheet of drivers in, a printed roster out, and somebody away replaced."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from optimizer.check.rosters import roster_violations
from service.cli import app as cli
from service.exchange.roster_document import read_roster

Run = Callable[..., tuple[int, str, str]]
HEADINGS = "驾驶员,准驾车型,不能值班,已值工时,已值夜班,上次值班\n"


@pytest.fixture
def paiche(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(tmp_path / "data"))

    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.run(["plan", "roster", *map(str, arguments)])
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return run


def drivers(folder: Path, *rows: str, count: int = 14) -> Path:
    file = folder / "drivers.csv"
    usual = [f"驾驶员 {n:02},C1,,,," for n in range(1, count + 1)]
    file.write_text(HEADINGS + "".join(f"{row}\n" for row in (*usual, *rows)), encoding="utf-8")
    return file


def test_a_month_is_planned_printed_and_judged(paiche: Run, tmp_path: Path) -> None:
    code, shown, error = paiche(
        "--drivers", drivers(tmp_path), "--from", "2026-02-10", "--days", "28", "--out", tmp_path / "out"
    )
    assert code == 0, error
    assert "56 个班，0 个空缺" in shown
    assert "违规 0 处" in shown
    assert shown.count("已不可能更均") == 4
    problem, roster = read_roster(tmp_path / "out" / "roster.json")
    assert roster_violations(problem, roster) == ()
    pages = [page.extract_text() for page in PdfReader(tmp_path / "out" / "roster.pdf").pages]
    assert "2026 年 2 月" in pages[0]
    assert "春节" in pages[0]
    assert "补班" in pages[0]
    assert "个人统计" in pages[-1]
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "out" / "roster.xlsx").read_bytes()))
    assert book.sheetnames == ["值班表", "个人统计", "一览", "说明"]
    assert book["值班表"].max_row == 3 + 28


def test_made_up_drivers_are_said_to_be(paiche: Run, tmp_path: Path) -> None:
    code, shown, error = paiche(
        "--generate-drivers", "30", "--from", "2026-03-02", "--days", "14", "--out", tmp_path / "out"
    )
    assert code == 0, error
    assert "合成数据" in shown
    assert "合成数据" in PdfReader(tmp_path / "out" / "roster.pdf").pages[0].extract_text()


def test_bad_rows_are_named_and_the_others_planned(paiche: Run, tmp_path: Path) -> None:
    sheet = drivers(tmp_path, "坏一,C1,三月三,,,", "坏二,C1,2026-03-09 至 2026-03-02,,,", "坏三,C1,,负一,,")
    posts = tmp_path / "posts.csv"
    posts.write_text("班次,开始,结束,工作日人数\n白班,08:00,20:00,1\n空班,08:00,20:00,0\n", encoding="utf-8")
    code, shown, error = paiche("--drivers", sheet, "--posts", posts, "--from", "2026-03-02", "--days", "14")
    assert code == 1
    for cell in ("C16", "C17", "D18", "D3"):
        assert f"】{cell} " in error
    assert "14 个班，0 个空缺" in shown


def test_empty_places_and_an_unpublished_calendar_are_said(paiche: Run, tmp_path: Path) -> None:
    sheet = drivers(tmp_path, count=3)
    code, shown, _ = paiche("--drivers", sheet, "--from", "2026-12-28", "--days", "7")
    assert code == 0
    assert "空缺：2026-12-" in shown
    assert "2027 年的放假安排尚未公布，按估计编排" in shown


def test_somebody_away_is_replaced_with_least_change(paiche: Run, tmp_path: Path) -> None:
    first, then = tmp_path / "first", tmp_path / "then"
    paiche("--drivers", drivers(tmp_path), "--from", "2026-03-02", "--days", "28", "--out", first)
    roster = read_roster(first / "roster.json")[1]
    duty = roster.duties[10]
    code, shown, error = paiche("--base", first, "--away", f"{duty.driver_id}={duty.day}", "--out", then)
    assert code == 0, error
    assert "1 个班换人，已证明最少" in shown
    assert f"{duty.day} {duty.post_id}：{duty.driver_id} 不再值班" in shown
    changed = set(roster.duties) ^ set(read_roster(then / "roster.json")[1].duties)
    assert len(changed) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--drivers"),
        (("--base", "x"), "--away"),
        (("--base", "nowhere", "--away", "张三=2026-03-02"), "读不到"),
        (("--base", "x", "--away", "张三=春天"), "春天"),
        (("--base", "x", "--away", "张三=2026-03-05:2026-03-02"), "结束早于开始"),
        (("--drivers", "nowhere.csv", "--from", "2026-03-02"), "nowhere.csv"),
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
    for sheet in ("drivers", "posts"):
        file = tmp_path / f"{sheet}.xlsx"
        assert cli.run(["plan", "template", sheet, str(file)]) == 0
        assert f"paiche plan roster --{sheet} {file}" in capfd.readouterr().out
    book = openpyxl.load_workbook(tmp_path / "drivers.xlsx")
    for n in range(8):
        book.worksheets[0].cell(n + 2, 1, f"驾驶员 {n}")
    book.save(tmp_path / "drivers.xlsx")
    code, shown, error = paiche("--drivers", tmp_path / "drivers.xlsx", "--from", "2026-03-02", "--days", "7")
    assert code == 0, error
    assert "14 个班" in shown
