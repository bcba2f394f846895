"""A sheet of people who go to a canteen or an event in waves: from where, how many, when they may be away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from gis.matrix import UNREACHABLE
from optimizer.model import TimeWindow
from optimizer.sittings import WaveGroup
from service.intake.columns import CRS, Check, place_columns
from service.intake.places import Placer, Said, cell_of, said_of
from service.sheets import CellFault, Column, SheetReport, SheetSpec, read_sheet
from service.sheets.moments import time_of_day_s
from service.sheets.parsers import integer, text

MOST_PEOPLE: Final = 5_000
"""More in one row is a typing error."""
FARTHEST_M: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveGroupSheet:
    """What the sheet came to.

    Parameters
    ----------
    groups
        With `walk_m` where the sheet says how far the walk is, `UNREACHABLE` where it does not.
    """

    report: SheetReport
    groups: tuple[WaveGroup, ...]
    hint: str | None


def wave_groups(check: Check | None = None) -> SheetSpec:
    """Describe the sheet (分批就餐、分批参会)."""
    columns = (
        Column(
            field="id",
            headings=("单位", "办公区", "大院", "名称"),
            parse=text(longest=40),
            required=True,
            examples=("一号院", "二号院东楼"),
        ),
        *place_columns("from", "地点", ("出发地", "地址", "位置"), "103.801,25.492", alone=True),
        CRS,
        Column(
            field="people",
            headings=("人数", "就餐人数", "参加人数"),
            parse=integer(least=1, most=MOST_PEOPLE, units=("人",)),
            required=True,
            examples=("120",),
        ),
        Column(
            field="from_s",
            headings=("最早离开", "最早出发"),
            parse=time_of_day_s(),
            required=True,
            examples=("11:30",),
        ),
        Column(
            field="to_s",
            headings=("最晚返回", "最晚回到"),
            parse=time_of_day_s(),
            required=True,
            examples=("13:30",),
        ),
        Column(
            field="walk_m",
            headings=("步行距离", "步行（米）"),
            parse=integer(least=0, most=FARTHEST_M, units=("米", "m")),
            note="米；不填时按地图上的步行道计算",
        ),
    )
    return SheetSpec(name="分批出行", columns=columns, key=("id",), check=check)


def read_wave_groups(file: Path, placer: Placer) -> WaveGroupSheet:
    """Read the sheet; rows without a place or with an empty window become faults of the report.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    report = read_sheet(file, wave_groups(lambda values: tuple(_faults(values, placer))))
    groups = tuple(
        WaveGroup(
            id=row["id"],
            place=replace(placer.place(_where(row.values)), name=row["id"]),
            count=row["people"],
            window=TimeWindow(start_s=row["from_s"], end_s=row["to_s"]),
            walk_m=UNREACHABLE if row["walk_m"] is None else row["walk_m"],
        )
        for row in report.rows
    )
    return WaveGroupSheet(report=report, groups=groups, hint=placer.shift_hint)


def _where(values: Mapping[str, Any]) -> Said:
    """Where no other place is given, the name of the unit says where it is."""
    said = said_of(values.get, "from")
    return said if said.words or said.lon is not None else replace(said, words=values["id"])


def _faults(values: Mapping[str, Any], placer: Placer) -> Iterator[tuple[str, str, str]]:
    said = _where(values)
    try:
        placer.place(said)
    except CellFault as fault:
        yield cell_of(said, "from"), fault.reason, fault.way_out
    if values["to_s"] <= values["from_s"]:
        yield "to_s", "最晚返回不晚于最早离开", "请核对两个时间"
