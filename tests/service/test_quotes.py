"""A sheet of quotations becomes offers that cost a timetable to the fen."""

from datetime import date
from pathlib import Path

from openpyxl import Workbook

from optimizer.bus_days import BusDay
from optimizer.contracts import cost
from optimizer.policy.periods import Period
from service.intake.quotes import read_quotes

HEADINGS = (
    "供应商",
    "计价方式",
    "座位至",
    "价格",
    "每公里（元）",
    "含公里",
    "含小时",
    "每小时（元）",
    "含天数",
)
ROWS = (
    ("公交公司", "包月", 49, 15_000, None, None, None, None, 21),
    ("公交公司", "包月", 19, 8_000, None, None, None, None, 21),
    ("公交公司", "包日", 49, 700, 5, 60, 4, 50, None),
    ("客运公司", "公里", 49, None, 6.5, None, None, 40, None),
    ("旅游公司", "包年", 49, None, None, None, None, None, None),
    ("旅游公司", "包年", "很多", 99, None, None, None, None, None),
)
BUS = BusDay(
    bus_id="A", seats=49, morning_runs=1, evening_runs=1, distance_m=80_000, drive_s=7_200, duty_s=18_000
)
MONTH = Period(name="七月", months=(23,))


def _read(folder: Path) -> dict[str, int]:
    book = Workbook()
    for row in (HEADINGS, *ROWS):
        book.worksheets[0].append(list(row))
    book.save(folder / "报价.xlsx")
    sheet = read_quotes(folder / "报价.xlsx", date(2026, 7, 1))
    assert [fault.cell for fault in sheet.report.faults] == ["D6", "C7"]
    assert {offer.origin.source for offer in sheet.offers} == {"报价.xlsx"}
    return {offer.name: cost(offer, (BUS,), MONTH).total_fen for offer in sheet.offers}


def test_every_form_of_quotation_is_costed_and_bad_rows_are_named(tmp_path: Path) -> None:
    assert _read(tmp_path) == {
        "公交公司（包月）": 1_642_858,  # 15,000 + 2 days at 15,000 / 21 = 714.29
        "公交公司（包日）": 1_955_000,  # 23 × (700 + 20 km × 5 + 1 h × 50)
        "客运公司（公里）": 1_472_000,  # 23 × (80 km × 6.50 + 3 h × 40)
    }
