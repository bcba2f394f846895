"""What a sheet of today's lines holds: one row for each stop of each line, as it is printed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from service.intake.columns import CRS, MOST_PEOPLE, Check, place_columns
from service.sheets import Column, Parser, SheetSpec, Value
from service.sheets.moments import time_of_day_s
from service.sheets.parsers import choice, integer, text, tidy

DIRECTIONS: Final = {
    "早班": "morning", "早": "morning", "上班": "morning", "早班车": "morning",
    "晚班": "evening", "晚": "evening", "下班": "evening", "晚班车": "evening",
}  # fmt: skip

Together = Callable[[Sequence[Mapping[str, Any]]], Iterable[tuple[int, str, str, str]]]


def printed_lines(
    bus: Parser | None = None,
    compound: Parser | None = None,
    check: Check | None = None,
    together: Together | None = None,
) -> SheetSpec:
    """Describe the sheet (现有线路).

    Parameters
    ----------
    bus
        Makes a bus of a plate or of a number of seats.
    compound
        Makes a compound of its name.
    """
    columns = (*_line(), *_stop(), *_riders(), *_bus(bus or text(longest=40), compound or text(longest=40)))
    return SheetSpec(name="现有线路", columns=columns, check=check, together=together)


def _line() -> tuple[Column, ...]:
    return (
        Column(
            field="line",
            headings=("线路", "线路名称", "班次"),
            parse=text(longest=40),
            required=True,
            examples=("早1线", "早1线", "早1线", "晚1线", "晚1线", "晚1线"),
        ),
        Column(
            field="direction",
            headings=("方向", "早晚"),
            parse=choice(DIRECTIONS),
            choices=("早班", "晚班"),
            examples=("早班", "早班", "早班", "晚班", "晚班", "晚班"),
            note="不填时按线路名的“早”“晚”，或按到办公区的时刻",
        ),
        Column(
            field="order",
            headings=("站序", "序"),
            parse=integer(least=1, most=200),
            examples=("1", "2", "3", "1", "2", "3"),
            note="不填时按行的先后",
        ),
    )


def _stop() -> tuple[Column, ...]:
    return (
        Column(
            field="stop",
            headings=("站点", "站名", "停靠站"),
            parse=text(longest=60),
            required=True,
            examples=("北街站", "西街站", "一号院", "一号院", "西街站", "北街站"),
            note="一站一行；到办公区的一行写办公区的名称（早班在最后，晚班在最前）",
        ),
        *place_columns("at", "位置", ("地点", "地址"), "103.801,25.492", alone=True),
        CRS,
        Column(
            field="time_s",
            headings=("时刻", "时间", "发车", "到站"),
            parse=time_of_day_s(),
            examples=("07:10", "07:18", "07:45", "17:40", "18:05", "18:15"),
            note="早班写各站开车和到院的时刻，晚班写离院和各站到达的时刻；第一行必填，途中没有印的可不填",
        ),
    )


def _riders() -> tuple[Column, ...]:
    return (
        Column(
            field="people",
            headings=("人数", "上车人数", "下车人数", "乘车人数"),
            parse=integer(least=0, most=MOST_PEOPLE, units=("人",)),
            examples=("12", "9", "", "", "9", "12"),
            note="在这一站上（下）车的人数；没有乘客表时必填",
        ),
        Column(
            field="riders",
            headings=("乘客", "乘客编号", "工号"),
            parse=_ids,
            default=(),
            examples=("0001、0002",),
            note="乘客表中的编号，用顿号分开；不填时由近到远推算谁在这里上车",
        ),
    )


def _bus(bus: Parser, compound: Parser) -> tuple[Column, ...]:
    return (
        Column(
            field="bus",
            headings=("车辆", "车牌", "车型", "座位"),
            parse=bus,
            examples=("云D12345", "", "", "49 座"),
            note="车辆表中的车牌，或核定载客（如“49 座”）；每条线路至少写一行",
        ),
        Column(
            field="compound",
            headings=("工作地点", "办公区"),
            parse=compound,
            note="线路到几个办公区时，这一站的人在哪里上班；有乘客表时不必填",
        ),
    )


def _ids(value: Value) -> tuple[str, ...]:
    said = tidy(value)
    for mark in "，,;；":
        said = said.replace(mark, "、")
    return tuple(dict.fromkeys(part.strip() for part in said.split("、") if part.strip()))
