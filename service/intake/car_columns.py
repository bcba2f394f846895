"""What a sheet of car requests holds: who, when, where to, in which vehicle, with what, and how often."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from optimizer.model import VehicleClass
from service.intake.columns import CRS, MOST_PEOPLE, Check, place_columns
from service.sheets import CellFault, Column, Parser, SheetSpec
from service.sheets.moments import day, time_of_day_s, weekdays
from service.sheets.parsers import choice, integer, matching, text, tidy, yes_no
from service.sheets.values import Value

MOST_VEHICLES: Final = 30
MOST_SEATS: Final = 60
URGENCIES: Final = {"一般": "P4", "紧急": "P3"}
CLASSES: Final = {
    "机要通信": VehicleClass.CONFIDENTIAL.value,
    "应急保障": VehicleClass.EMERGENCY.value,
    "执法执勤": VehicleClass.ENFORCEMENT.value,
    "特种专业技术": VehicleClass.SPECIAL_TECH.value,
    "实物保障岗位": VehicleClass.POST_ASSIGNED.value,
    "其他": VehicleClass.OTHER.value,
}
REACHES: Final = {"市内": "", "出市": "city", "出省": "province"}
YES_NO: Final = ("是", "否")


def car_requests(
    unit: Parser, vehicle: Parser | None = None, driver: Parser | None = None, check: Check | None = None
) -> SheetSpec:
    """Describe a sheet of car requests of one day (用车申请).

    Parameters
    ----------
    unit, vehicle, driver
        Make ids of the name of a unit, of a plate, and of the name of somebody who drives himself.
    """
    needs = _vehicle(vehicle or text(), driver or text())
    columns = (*_who(unit), *_when(), *_where(), *_how(), *needs, *_goods(), *_again())
    return SheetSpec(name="用车申请", columns=columns, key=("id",), check=check)


def _who(unit: Parser) -> tuple[Column, ...]:
    return (
        Column(
            field="id",
            headings=("申请编号", "编号", "序号"),
            parse=text(longest=40),
            examples=("1", "2"),
            note="不填时用行号",
        ),
        Column(field="unit", headings=("用车单位", "单位"), parse=unit, note="库中单位的名称"),
    )


def _when() -> tuple[Column, ...]:
    return (
        Column(
            field="start_s",
            headings=("出发时间", "用车时间", "上车时间", "时间"),
            parse=time_of_day_s(),
            required=True,
            examples=("09:00", "14:30"),
        ),
        Column(
            field="late_minutes",
            headings=("可推迟", "可推迟（分钟）", "可推迟分钟"),
            parse=integer(least=0, most=240, units=("分钟", "分")),
            default=0,
            note="最多可以晚出发几分钟；不填为准时出发",
        ),
        Column(
            field="arrive_s",
            headings=("最迟到达", "到达时间", "最迟到达时间"),
            parse=time_of_day_s(),
            note="须在此时之前到达目的地",
        ),
        Column(
            field="return_s",
            headings=("返回时间", "预计返回时间", "返程时间"),
            parse=time_of_day_s(),
            examples=("11:30",),
            note="填写后车辆等候，不早于此时把人送回出发地；不填为单程",
        ),
        Column(
            field="return_day",
            headings=("返回日期", "返程日期"),
            parse=day(),
            note="多日用车：车在目的地过夜，当天按返回时间把人送回；当天往返不填",
        ),
        Column(
            field="waits",
            headings=("往返", "等候返回"),
            parse=yes_no(),
            default=False,
            choices=YES_NO,
            note="往返而不知何时返回时填“是”：停留时长按事由估计",
        ),
    )


def _where() -> tuple[Column, ...]:
    return (
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
    )


def _how() -> tuple[Column, ...]:
    return (
        Column(field="purpose", headings=("事由", "用车事由", "用途"), parse=text(longest=60), default=""),
        Column(
            field="urgency",
            headings=("紧急程度", "优先级"),
            parse=choice(URGENCIES),
            default="P4",
            choices=tuple(URGENCIES),
        ),
        Column(
            field="leaves",
            headings=("用车范围", "出市出省"),
            parse=choice(REACHES),
            default="",
            choices=tuple(REACHES),
            note="不填为市内；出市、出省的须加审批",
        ),
        Column(
            field="shared",
            headings=("可否拼车", "拼车"),
            parse=yes_no(),
            default=False,
            choices=YES_NO,
            note="不填为否",
        ),
        Column(
            field="vehicles",
            headings=("车辆数", "用车数量"),
            parse=integer(least=1, most=MOST_VEHICLES, units=("辆", "台")),
            default=1,
            note="多辆同时出发的车队，人数平均分到各车；不填为 1",
        ),
    )


def _vehicle(vehicle: Parser, driver: Parser) -> tuple[Column, ...]:
    return (
        Column(
            field="self_driver",
            headings=("自驾人", "自驾"),
            parse=driver,
            note="申请人自己驾驶时填姓名：须获准自驾且准驾相符，只派自驾车",
        ),
        Column(
            field="vehicle",
            headings=("指定车辆", "指定车牌"),
            parse=vehicle,
            note="只能用这辆车（车牌）；违反规定的指定不采用，并说明原因",
        ),
        Column(
            field="class",
            headings=("车辆类别", "用车类别"),
            parse=choice(CLASSES),
            choices=tuple(CLASSES),
            note="不填为不限",
        ),
        Column(
            field="seats",
            headings=("座位数", "至少座位"),
            parse=integer(least=1, most=MOST_SEATS, units=("座",)),
            default=0,
            note="车辆至少几座（含驾驶员）；不填按人数",
        ),
        Column(
            field="licence",
            headings=("准驾车型", "驾驶证"),
            parse=matching("[ABC][1-3]", "准驾车型", "B1"),
            note="驾驶员须持有的准驾车型；不填不限",
        ),
        _flag("off_road", "越野", "须用越野车时填“是”"),
        _flag("new_energy", "新能源", "须用新能源车时填“是”"),
    )


def _goods() -> tuple[Column, ...]:
    return (
        Column(
            field="kg",
            headings=("货物重量", "货物重量（公斤）", "货重"),
            parse=integer(least=0, most=50_000, units=("公斤", "千克", "kg")),
            default=0,
            note="公斤；人不算在内",
        ),
        Column(
            field="litres",
            headings=("货物体积", "货物体积（升）"),
            parse=integer(least=0, most=100_000, units=("升", "l")),
            default=0,
            note="升；1 立方米为 1000 升",
        ),
        Column(
            field="goods_seats",
            headings=("货物占座", "占座"),
            parse=integer(least=0, most=MOST_SEATS, units=("座", "个")),
            default=0,
            note="放在座位上的货物占几个座",
        ),
    )


def _again() -> tuple[Column, ...]:
    return (
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


def _flag(field: str, heading: str, note: str) -> Column:
    return Column(field=field, headings=(heading,), parse=yes_no(), default=False, choices=YES_NO, note=note)


def vehicle_of(ids_by_plate: Mapping[str, str]) -> Parser:
    """Return a parser of plates (or ids) as vehicle ids."""
    known = {**ids_by_plate, **{id_: id_ for id_ in ids_by_plate.values()}}

    def parse(value: Value) -> str:
        said = tidy(value).replace("·", "").replace(" ", "")
        if said not in known:
            reason = f"库中没有车辆 {said!r}"
            raise CellFault(reason, "请填库中车辆的车牌，或留空")
        return known[said]

    return parse


def driver_of(ids_by_name: Mapping[str, str]) -> Parser:
    """Return a parser of names (or ids) of drivers as ids."""
    known = {**ids_by_name, **{id_: id_ for id_ in ids_by_name.values()}}

    def parse(value: Value) -> str:
        said = tidy(value)
        if said not in known:
            reason = f"库中没有驾驶员 {said!r}"
            raise CellFault(reason, "自驾人须先登记并获准；不是自驾请留空")
        return known[said]

    return parse


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
