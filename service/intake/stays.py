"""A sheet of errands as they were: how long each kept its car, which teaches how long the next will."""

from pathlib import Path

from optimizer.policy.stays import Stay, StayTable, default_stays, learned_stays
from scenarios.prefecture.values import Prefecture
from service.intake.requests import unit_of
from service.sheets import Column, Parser, Row, SheetReport, SheetSpec, read_sheet
from service.sheets.parsers import integer, number, text

__all__ = ["read_stays", "stay_sheet"]


def stay_sheet(unit: Parser) -> SheetSpec:
    """Describe the sheet (停留时长).

    Parameters
    ----------
    unit
        Makes a unit id of its name.
    """
    columns = (
        Column(
            field="purpose",
            headings=("事由", "用途"),
            parse=text(longest=60),
            required=True,
            examples=("会议",),
        ),
        Column(field="unit", headings=("单位", "用车单位"), parse=unit, note="不填为各单位"),
        Column(
            field="km",
            headings=("公里", "里程"),
            parse=number(least=0, most=2_000, units=("公里", "km")),
            default=0.0,
            examples=("12",),
            note="单程直线公里",
        ),
        Column(
            field="minutes",
            headings=("停留分钟", "停留时长", "分钟"),
            parse=integer(least=1, most=1_440, units=("分钟", "分")),
            required=True,
            examples=("95",),
            note="从到达目的地到离开",
        ),
    )
    return SheetSpec(name="停留时长", columns=columns)


def read_stays(file: Path, day: Prefecture) -> tuple[StayTable, SheetReport]:
    """Learn lengths from a sheet; what it does not teach is as assumed.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    report = read_sheet(file, stay_sheet(unit_of(day)))
    known = default_stays()
    return learned_stays((_stay(row, known) for row in report.rows), known), report


def _stay(row: Row, known: StayTable) -> Stay:
    return Stay(
        category=known.category_of(row["purpose"]),
        unit_id=row["unit"] or "",
        distance_m=round(1_000 * row["km"]),
        seconds=60 * row["minutes"],
    )
