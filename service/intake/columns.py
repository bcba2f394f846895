"""What a sheet of car requests holds, and the columns of places that all sheets share."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from service.sheets import Column, Parser, SheetSpec
from service.sheets.coordinates import coordinate_system, degrees
from service.sheets.moments import day, time_of_day_s, weekdays
from service.sheets.parsers import choice, integer, text, tidy, yes_no
from service.sheets.values import Value

Check = Callable[[Mapping[str, Any]], tuple[tuple[str, str, str], ...]]

MOST_PEOPLE: Final = 200
"""More in one row is a typing error."""
MOST_VEHICLES: Final = 30
URGENCIES: Final = {"一般": "P4", "紧急": "P3"}
_PLACE_NOTE: Final = "写地名，或“经度,纬度”；也可以另填经度、纬度两列"
CRS: Final = Column(
    field="crs",
    headings=("坐标系",),
    parse=coordinate_system(),
    choices=("wgs84", "gcj02", "bd09"),
    note="本行坐标的坐标系；不填时按命令的 --crs",
)


def car_requests(unit: Parser, check: Check | None = None) -> SheetSpec:
    """Describe a sheet of car requests of one day (用车申请).

    Parameters
    ----------
    unit
        Makes a unit id of its name.
    """
    columns = (
        Column(
            field="id",
            headings=("申请编号", "编号", "序号"),
            parse=text(longest=40),
            examples=("1", "2"),
            note="不填时用行号",
        ),
        Column(field="unit", headings=("用车单位", "单位"), parse=unit, note="库中单位的名称"),
        Column(
            field="start_s",
            headings=("出发时间", "用车时间", "上车时间", "时间"),
            parse=time_of_day_s(),
            required=True,
            examples=("09:00", "14:30"),
        ),
        Column(
            field="return_s",
            headings=("返回时间", "预计返回时间", "返程时间"),
            parse=time_of_day_s(),
            examples=("11:30",),
            note="填写后车辆等候，不早于此时把人送回出发地；不填为单程",
        ),
        Column(
            field="waits",
            headings=("往返", "等候返回"),
            parse=yes_no(),
            default=False,
            choices=("是", "否"),
            note="往返而不知何时返回时填“是”：停留时长按事由估计",
        ),
        Column(
            field="people",
            headings=("人数", "乘车人数", "用车人数"),
            parse=integer(least=1, most=MOST_PEOPLE, units=("人",)),
            required=True,
            examples=("3", "2"),
            note="不含驾驶员",
        ),
        *place_columns("from", "出发地", ("上车地点", "起点", "出发地点"), "103.801,25.492"),
        *place_columns("to", "目的地", ("前往地点", "终点", "到达地", "到达地点"), "103.835,25.511"),
        CRS,
        Column(field="purpose", headings=("事由", "用车事由", "用途"), parse=text(longest=60), default=""),
        Column(
            field="urgency",
            headings=("紧急程度", "优先级"),
            parse=choice(URGENCIES),
            default="P4",
            choices=tuple(URGENCIES),
        ),
        Column(
            field="shared",
            headings=("可否拼车", "拼车"),
            parse=yes_no(),
            default=False,
            choices=("是", "否"),
            note="不填为否",
        ),
        Column(
            field="vehicles",
            headings=("车辆数", "用车数量"),
            parse=integer(least=1, most=MOST_VEHICLES, units=("辆", "台")),
            default=1,
            note="多辆同时出发的车队，人数平均分到各车；不填为 1",
        ),
        Column(
            field="repeat",
            headings=("重复", "用车日"),
            parse=_repeats(),
            examples=("工作日",),
            note="如 周一、周四；写“工作日”时含调休补班日、不含节假日；不填为仅当天",
        ),
        Column(field="first", headings=("开始日期", "起始日期"), parse=day(), note="重复申请从哪天起"),
        Column(field="last", headings=("截止日期", "结束日期"), parse=day(), note="重复申请到哪天止"),
        Column(
            field="skip",
            headings=("除外日期", "跳过日期"),
            parse=_days(),
            default=(),
            note="如 2026-10-08、2026-10-09",
        ),
    )
    return SheetSpec(name="用车申请", columns=columns, key=("id",), check=check)


def _repeats() -> Parser:
    """Return a parser of weekdays; none of them stands for the workdays of the calendar."""
    days = weekdays()

    def parse(value: Value) -> tuple[int, ...]:
        return () if tidy(value) in {"工作日", "每个工作日", "每工作日"} else tuple(days(value))

    return parse


def _days() -> Parser:
    """Return a parser of one or several dates."""
    one = day()

    def parse(value: Value) -> tuple[date, ...]:
        if not isinstance(value, str):
            return (one(value),)
        return tuple(one(part) for part in re.split(r"[、,，;；\s]+", tidy(value)) if part)

    return parse


def place_columns(
    field: str, heading: str, others: tuple[str, ...], example: str, *, alone: bool = False
) -> tuple[Column, Column, Column]:
    """Make the three columns of a place: words, or degrees.

    Parameters
    ----------
    alone
        The sheet has no other place: its degrees need no further name.
    """
    lon, lat = (("经度",), ("纬度",)) if alone else ((), ())
    return (
        Column(
            field=f"{field}_words",
            headings=(heading, *others),
            parse=text(longest=100),
            default="",
            examples=(example,),
            note=_PLACE_NOTE,
        ),
        Column(field=f"{field}_lon", headings=(f"{heading}经度", *lon), parse=degrees()),
        Column(field=f"{field}_lat", headings=(f"{heading}纬度", *lat), parse=degrees()),
    )
