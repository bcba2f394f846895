"""The sheets of a duty roster: who can be on duty (值班驾驶员), and which shifts must be manned (班次)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from optimizer.roster import Burden, DutyDriver, Post
from optimizer.roster.values import DAY_S, HOUR_S
from service.intake.columns import Check
from service.intake.event_columns import names
from service.sheets import CellFault, Column, Parser, SheetReport, SheetSpec, read_sheet
from service.sheets.moments import day, time_of_day_s
from service.sheets.parsers import integer, number, text, tidy, yes_no
from service.sheets.values import Value

LONGEST_AWAY: Final = 400
_SMALL_HOURS: Final = (DAY_S, DAY_S + 4 * HOUR_S)
"""A shift that lasts through these seconds is a night unless the sheet says otherwise."""
USUAL_POSTS: Final = (
    Post(id="白班", start_s=8 * HOUR_S, end_s=20 * HOUR_S),
    Post(id="夜班", start_s=20 * HOUR_S, end_s=32 * HOUR_S, night=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverSheet:
    """What the sheet of drivers came to."""

    report: SheetReport
    drivers: tuple[DutyDriver, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSheet:
    """What the sheet of shifts came to."""

    report: SheetReport
    posts: tuple[Post, ...]


def duty_drivers() -> SheetSpec:
    """Describe the sheet of drivers."""
    count = integer(least=0, most=10_000, units=("次", "班"))
    columns = (
        Column(
            field="id",
            headings=("驾驶员", "姓名", "编号"),
            parse=text(longest=30),
            required=True,
            examples=("驾驶员 001", "驾驶员 002"),
            note="印在值班表上；重名的请加编号",
        ),
        Column(
            field="licences",
            headings=("准驾车型", "驾照"),
            parse=names(),
            default=(),
            examples=("A1", "C1"),
            note="有几种时用顿号分开",
        ),
        Column(
            field="away",
            headings=("不能值班", "不能值班日期", "请假"),
            parse=_spans(),
            default=(),
            examples=("2026-03-02 至 2026-03-06、2026-04-05",),
            note="日期或起止日期，用顿号分开",
        ),
        Column(
            field="hours",
            headings=("已值工时", "已值工时（小时）"),
            parse=number(least=0, most=100_000, units=("小时",)),
            default=0.0,
            note="此前的值班，一并拉平；不填为 0",
        ),
        Column(field="nights", headings=("已值夜班",), parse=count, default=0),
        Column(field="weekends", headings=("已值周末", "已值周末班"), parse=count, default=0),
        Column(field="holidays", headings=("已值节假日", "已值节假日班"), parse=count, default=0),
        Column(field="last", headings=("上次值班", "上次值班日期"), parse=day(), note="起始日之前最后一次"),
        Column(
            field="last_night",
            headings=("上次为夜班",),
            parse=yes_no(),
            default=False,
            choices=("是", "否"),
        ),
    )
    return SheetSpec(name="值班驾驶员", columns=columns, key=("id",))


def duty_posts(check: Check | None = None) -> SheetSpec:
    """Describe the sheet of shifts."""
    people = integer(least=0, most=500, units=("人",))
    columns = (
        Column(
            field="id", headings=("班次", "岗位"), parse=text(longest=20), required=True,
            examples=("白班", "夜班"),
        ),
        Column(
            field="start_s", headings=("开始", "开始时间"), parse=time_of_day_s(), required=True,
            examples=("08:00", "20:00"),
        ),
        Column(
            field="end_s", headings=("结束", "结束时间"), parse=time_of_day_s(), required=True,
            examples=("20:00", "08:00"), note="不晚于开始的算第二天",
        ),
        Column(field="workdays", headings=("工作日人数",), parse=people, required=True, examples=("3", "2")),
        Column(field="weekends", headings=("周末人数",), parse=people, note="不填同工作日"),
        Column(field="holidays", headings=("节假日人数",), parse=people, note="不填同周末"),
        Column(
            field="licences", headings=("准驾车型", "要求准驾"), parse=names(), default=(), note="一种即可"
        ),
        Column(
            field="night", headings=("夜班", "是否夜班"), parse=yes_no(), choices=("是", "否"),
            note="不填时过了零点到 4:00 的算夜班",
        ),
    )  # fmt: skip
    return SheetSpec(name="班次", columns=columns, key=("id",), check=check)


def read_duty_drivers(file: Path) -> DriverSheet:
    """Read the sheet of drivers.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    report = read_sheet(file, duty_drivers())
    drivers = tuple(
        DutyDriver(
            id=row["id"],
            licences=frozenset(name.upper() for name in row["licences"]),
            away=frozenset(row["away"]),
            past=Burden(
                hours_s=round(row["hours"] * HOUR_S),
                nights=row["nights"],
                weekends=row["weekends"],
                holidays=row["holidays"],
            ),
            last=row["last"],
            last_night=row["last_night"],
        )
        for row in report.rows
    )
    return DriverSheet(report=report, drivers=drivers)


def read_duty_posts(file: Path) -> PostSheet:
    """Read the sheet of shifts; errors as `read_duty_drivers`."""
    report = read_sheet(file, duty_posts(lambda values: tuple(_faults(values))))
    return PostSheet(report=report, posts=tuple(_post(row.values) for row in report.rows))


def _post(values: Mapping[str, Any]) -> Post:
    start_s, end_s = values["start_s"], values["end_s"]
    end_s += DAY_S if end_s <= start_s else 0
    weekends = values["workdays"] if values["weekends"] is None else values["weekends"]
    night = start_s <= _SMALL_HOURS[0] and end_s >= _SMALL_HOURS[1]
    return Post(
        id=values["id"],
        start_s=start_s,
        end_s=end_s,
        workdays=values["workdays"],
        weekends=weekends,
        holidays=weekends if values["holidays"] is None else values["holidays"],
        licence=frozenset(name.upper() for name in values["licences"]),
        night=night if values["night"] is None else values["night"],
    )


def _faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if values["end_s"] - values["start_s"] > DAY_S:
        yield "end_s", "一班超过 24 小时", "请核对开始和结束时间"
    if not (values["workdays"] or values["weekends"] or values["holidays"]):
        yield "workdays", "哪一天都不要人", "请填写人数，或删去这一行"


def _spans() -> Parser:
    """Return a parser of days and spans of days: 2026-03-02、2026-03-05 至 2026-03-08."""
    one = day()

    def parse(value: Value) -> tuple[date, ...]:
        if not isinstance(value, str):
            return (one(value),)
        found: list[date] = []
        for part in re.split(r"[、,，;；]", tidy(value)):
            if part.strip():
                ends = [one(end.strip()) for end in re.split(r"至|到|~|—|–", part)]
                length = (ends[-1] - ends[0]).days
                if len(ends) > 2 or not 0 <= length <= LONGEST_AWAY:
                    reason = f"“{part.strip()}”不是起止日期"
                    raise CellFault(reason, "请写成如 2026-03-02 至 2026-03-06")
                found += [ends[0] + timedelta(days=n) for n in range(length + 1)]
        return tuple(dict.fromkeys(found))

    return parse
