"""What the sheets of an event hold: who comes when (到场车辆), and where one may park (停车场)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from optimizer.event.values import Kind
from service.intake.columns import CRS, Check, place_columns
from service.sheets import Column, Parser, SheetSpec
from service.sheets.moments import time_of_day_s
from service.sheets.parsers import choice, integer, text, tidy, yes_no
from service.sheets.values import Value

MOST_CARS: Final = 300
MOST_PEOPLE: Final = 5_000
KINDS: Final = {
    "小型车": Kind.CAR, "小车": Kind.CAR, "轿车": Kind.CAR, "商务车": Kind.CAR,
    "中型车": Kind.MINIBUS, "中巴": Kind.MINIBUS, "中巴车": Kind.MINIBUS,
    "大型车": Kind.COACH, "大巴": Kind.COACH, "大巴车": Kind.COACH, "大客车": Kind.COACH,
}  # fmt: skip
RANKS: Final = {"重点": "1", "一般": "2"}
_YES_NO: Final = ("是", "否")
_POINT: Final = "103.801,25.492"


Together = Callable[[Sequence[Mapping[str, Any]]], Iterable[tuple[int, str, str, str]]]


def arrivals(check: Check | None = None, together: Together | None = None) -> SheetSpec:
    """Describe the sheet of vehicles that come to an event."""
    columns = (
        *_who(),
        *_times(),
        *place_columns("from", "出发地", ("起点", "出发地点"), _POINT, alone=True),
        CRS,
        *_how(),
    )
    return SheetSpec(name="到场车辆", columns=columns, key=("id",), check=check, together=together)


def _who() -> tuple[Column, ...]:
    return (
        Column(
            field="id",
            headings=("编号", "序号"),
            parse=text(longest=40),
            examples=("1", "2"),
            note="不填时用行号",
        ),
        Column(
            field="unit",
            headings=("代表团", "单位", "代表团（单位）"),
            parse=text(longest=60),
            required=True,
            examples=("第一代表团", "第一代表团"),
        ),
        Column(
            field="plate",
            headings=("车牌", "车牌号", "车号"),
            parse=_plate(),
            default="",
            examples=("云A12345",),
            note="还不知道车牌时不填，可填车辆数",
        ),
        Column(
            field="kind",
            headings=("车型", "车辆类型"),
            parse=choice({word: kind.value for word, kind in KINDS.items()}),
            choices=("小型车", "中型车", "大型车"),
            examples=("小型车", "大型车"),
            note="不填时按每车人数：至多 8 人为小型车，至多 18 人为中型车，再多为大型车",
        ),
        Column(
            field="count",
            headings=("车辆数", "数量", "辆数"),
            parse=integer(least=1, most=MOST_CARS, units=("辆", "台")),
            default=1,
            examples=("1", "2"),
            note="同样的几辆车可写一行，人数平均分到各车",
        ),
        Column(
            field="people",
            headings=("人数", "乘车人数"),
            parse=integer(least=1, most=MOST_PEOPLE, units=("人",)),
            required=True,
            examples=("3", "80"),
            note="不含驾驶员；备勤车填可载人数",
        ),
    )


def _times() -> tuple[Column, Column]:
    return (
        Column(
            field="arrive_s",
            headings=("到达时间", "到场时间", "到达"),
            parse=time_of_day_s(),
            required=True,
            examples=("08:30", "08:20"),
            note="到落客点的时间；不下客的车为到停车场的时间",
        ),
        Column(
            field="leave_s",
            headings=("离开时间", "离场时间", "离开"),
            parse=time_of_day_s(),
            required=True,
            examples=("11:30", "11:30"),
            note="在门口接到人的时间",
        ),
    )


def _how() -> tuple[Column, ...]:
    return (
        Column(
            field="drops_off",
            headings=("门口下客", "下客"),
            parse=yes_no(),
            default=True,
            choices=_YES_NO,
            note="填“否”时车直接进停车场，乘客步行到会场；不填为是",
        ),
        Column(
            field="rank",
            headings=("级别", "优先"),
            parse=choice(RANKS),
            default="2",
            choices=tuple(RANKS),
            note="车位不够时先安排“重点”",
        ),
        Column(
            field="convoy",
            headings=("车队", "车队名称"),
            parse=text(longest=40),
            default="",
            note="同名的车同时出发、依次到达、停在一处",
        ),
        Column(
            field="lots",
            headings=("指定停车场", "停车场"),
            parse=names(),
            default=(),
            note="只能停在这些停车场，用顿号分开；不填为任意",
        ),
        Column(
            field="standby",
            headings=("备勤", "可备勤"),
            parse=yes_no(),
            default=False,
            choices=_YES_NO,
            note="可作备勤的车填“是”；用 --standby 说明要几辆",
        ),
    )


def lots(check: Check | None = None) -> SheetSpec:
    """Describe the sheet of parking lots."""
    spaces = (("cars", "小型车位"), ("minibuses", "中型车位"), ("coaches", "大型车位"))
    columns = (
        Column(
            field="id",
            headings=("停车场", "名称"),
            parse=text(longest=30),
            required=True,
            examples=("东广场", "体育场"),
        ),
        *(
            Column(
                field=field,
                headings=(heading, f"{heading}数"),
                parse=integer(least=0, most=20_000, units=("个", "位")),
                default=0,
                examples=examples,
            )
            for (field, heading), examples in zip(spaces, (("60", "200"), ("4",), ("0", "20")), strict=True)
        ),
        *place_columns("lot", "地点", ("地址", "位置"), _POINT, alone=True),
        CRS,
        Column(field="gate", headings=("入口", "进场口"), parse=text(longest=30), default=""),
        Column(field="from_s", headings=("开放时间", "开放"), parse=time_of_day_s(), note="不填为全天"),
        Column(field="to_s", headings=("关闭时间", "关闭"), parse=time_of_day_s(), note="不填为全天"),
        Column(
            field="walk_m",
            headings=("步行距离", "步行（米）"),
            parse=integer(least=0, most=50_000, units=("米", "m")),
            note="停车场到会场，米；不填时按地图",
        ),
        Column(
            field="drive_m",
            headings=("行车距离", "行车（米）"),
            parse=integer(least=0, most=200_000, units=("米", "m")),
            note="落客点到停车场，米；不填时按地图",
        ),
        Column(
            field="drive_min",
            headings=("行车时间", "行车（分）"),
            parse=integer(least=0, most=240, units=("分钟", "分", "min")),
            note="分钟；填了行车距离而不填时间的，按每小时 20 公里",
        ),
        Column(
            field="units",
            headings=("限用单位", "限停单位"),
            parse=names(),
            default=(),
            note="只给这些代表团（单位）用，用顿号分开；不填为不限",
        ),
    )  # fmt: skip
    return SheetSpec(name="停车场", columns=columns, key=("id",), check=check)


def names() -> Parser:
    """Return a parser of one or several names: 东广场、体育场."""
    whole = text()

    def parse(value: Value) -> tuple[str, ...]:
        return tuple(part.strip() for part in re.split(r"[、,，;；]", str(whole(value))) if part.strip())

    return parse


def _plate() -> Parser:
    """Return a parser of plates in capitals, without spaces; any form will do: foreign ones come too."""
    short = text(longest=16)

    def parse(value: Value) -> str:
        return re.sub(r"[\s·•.-]", "", str(short(tidy(value)))).upper()

    return parse
