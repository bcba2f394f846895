"""What the sheets of a commute hold: riders, compounds, buses, stops, and who booked a seat."""

from typing import Final

from service.intake.columns import CRS, MOST_PEOPLE, Check, place_columns
from service.sheets import Column, Parser, SheetSpec
from service.sheets.moments import day, time_of_day_s, times_of_day_s, weekdays
from service.sheets.parsers import choice, integer, money_fen, number, text

OWNERS: Final = {"自有": "own", "自营": "own", "租赁": "hired", "租用": "hired", "外包": "hired"}
ENERGIES: Final = {"柴油": "diesel", "纯电": "battery", "纯电动": "battery", "电动": "battery"}
_POINT: Final = "103.801,25.492"
_PEOPLE: Final = integer(least=1, most=MOST_PEOPLE, units=("人",))
_MONEY: Final = money_fen()


def riders(compound: Parser, compounds: tuple[str, ...] = (), check: Check | None = None) -> SheetSpec:
    """Describe a sheet of commuters (班车乘客): where they live, how many, where and when they work.

    Parameters
    ----------
    compound
        Makes a compound of its name.
    compounds
        Names for the drop-down of the template.
    """
    columns = (
        Column(
            field="id",
            headings=("编号", "工号", "序号"),
            parse=text(longest=40),
            examples=("1", "2"),
            note="一人（或一个 500 米格）一行，编号不得重复；不填时用行号；请勿填写姓名",
        ),
        *place_columns("home", "住址", ("小区", "居住地", "住址小区", "上车地点"), _POINT, alone=True),
        CRS,
        Column(
            field="people",
            headings=("人数", "乘车人数"),
            parse=_PEOPLE,
            default=1,
            examples=("1", "4"),
            note="一个 500 米格里的多人可合成一行，坐标填格的中心",
        ),
        Column(
            field="compound",
            headings=("工作地点", "大院", "办公区", "上班地点"),
            parse=compound,
            required=True,
            choices=compounds,
        ),
        Column(
            field="start_s",
            headings=("上班时间",),
            parse=time_of_day_s(),
            note="不填时按办公区的上班时间；办公区有几个上班时间时必填",
        ),
        Column(field="end_s", headings=("下班时间",), parse=time_of_day_s(), note="不填时按办公区的下班时间"),
        Column(
            field="weekdays",
            headings=("乘车日", "星期"),
            parse=weekdays(),
            default=(),
            examples=("周一至周五", "一、三、五"),
            note="不填为每个工作日；调休补班日都坐",
        ),
    )
    return SheetSpec(name="班车乘客", columns=columns, key=("id",), check=check)


def compounds(check: Check | None = None) -> SheetSpec:
    """Describe a sheet of compounds (办公区): where they are, when work starts and ends."""
    columns = (
        Column(
            field="name",
            headings=("办公区", "大院", "工作地点", "名称", "单位院"),
            parse=text(longest=40),
            required=True,
            examples=("一号院", "二号院"),
        ),
        *place_columns("gate", "地点", ("大门", "地址", "位置"), _POINT, alone=True),
        CRS,
        Column(
            field="starts_s",
            headings=("上班时间", "上班"),
            parse=times_of_day_s(),
            required=True,
            examples=("08:30", "08:00、09:00"),
            note="有几个上班时间时用顿号分开，或分成几行",
        ),
        Column(
            field="ends_s",
            headings=("下班时间", "下班"),
            parse=times_of_day_s(),
            required=True,
            examples=("17:30", "17:30、18:00"),
            note="一个，或与上班时间一一对应",
        ),
    )
    return SheetSpec(name="办公区", columns=columns, key=("name", "starts_s"), check=check)


def buses(check: Check | None = None) -> SheetSpec:
    """Describe a sheet of buses on offer (班车车辆): seats, where they stand, what they cost."""
    costs = (
        ("day_fen", "每天（元）", ("日租", "包日", "出车费"), "用车当天付一次"),
        ("month_fen", "每月（元）", ("月租", "包月"), "按每月 22 天摊到每天"),
        ("trip_fen", "每趟（元）", ("趟价", "每班次"), "每次出场付一次"),
        ("km_fen", "每公里（元）", ("公里价",), "超出“含公里”的部分"),
        ("hour_fen", "每小时（元）", ("小时价", "工时价"), "超出“含小时”的部分"),
    )
    columns = (
        Column(
            field="id",
            headings=("车牌", "车辆", "编号", "车号"),
            parse=text(longest=40),
            examples=("云D12345", ""),
            note="不填时用行号",
        ),
        Column(
            field="seats",
            headings=("核定载客", "座位数", "座位", "核载"),
            parse=integer(least=2, most=80, units=("座", "人")),
            required=True,
            examples=("49", "19"),
            note="行驶证上的核定载客人数，含驾驶员；不得站人",
        ),
        Column(
            field="count",
            headings=("台数", "辆数", "数量"),
            parse=integer(least=1, most=200, units=("台", "辆")),
            default=1,
            examples=("1", "6"),
            note="同样的车可写一行",
        ),
        Column(
            field="owner",
            headings=("来源", "性质"),
            parse=choice(OWNERS),
            default="own",
            choices=("自有", "租赁"),
        ),
        Column(
            field="energy",
            headings=("能源", "动力"),
            parse=choice(ENERGIES),
            default="diesel",
            choices=("柴油", "纯电动"),
        ),
        *place_columns("depot", "停车场", ("停放地点", "车场", "场站"), _POINT, alone=True),
        CRS,
        Column(field="from_s", headings=("最早出车", "出场时间"), parse=time_of_day_s(), note="不填为 5:00"),
        Column(field="to_s", headings=("最晚回场", "回场时间"), parse=time_of_day_s(), note="不填为 22:00"),
        *(
            Column(field=field, headings=(heading, *others), parse=_MONEY, note=note)
            for field, heading, others, note in costs
        ),
        Column(
            field="included_km",
            headings=("含公里",),
            parse=number(least=0, units=("公里", "km")),
            default=0.0,
        ),
        Column(field="included_h", headings=("含小时",), parse=number(least=0, units=("小时",)), default=0.0),
    )
    return SheetSpec(name="班车车辆", columns=columns, key=("id",), check=check)


def stops(check: Check | None = None) -> SheetSpec:
    """Describe a sheet of places where buses may stop (站点)."""
    columns = (
        Column(
            field="name",
            headings=("站点", "站名", "名称"),
            parse=text(longest=60),
            required=True,
            examples=("锦绣园站",),
        ),
        *place_columns("stop", "位置", ("地点", "地址"), _POINT, alone=True),
        CRS,
    )
    return SheetSpec(name="站点", columns=columns, key=("name",), check=check)


def bookings(line: Parser, lines: tuple[str, ...] = ()) -> SheetSpec:
    """Describe a list of bookings (预约): who rides which line, on which day.

    Parameters
    ----------
    line
        Makes the name of a line of what people write.
    lines
        Names for the drop-down of the template.
    """
    columns = (
        Column(
            field="id",
            headings=("编号", "工号", "序号"),
            parse=text(longest=40),
            examples=("0001", "0002"),
            note="与乘客表一致；同一编号在同一天同一线路只能预约一次",
        ),
        Column(
            field="line",
            headings=("线路", "班车线路", "线路名称"),
            parse=line,
            required=True,
            choices=lines,
            examples=("早1线", "晚2线"),
        ),
        Column(field="people", headings=("人数", "预约人数"), parse=_PEOPLE, default=1, examples=("1", "1")),
        Column(
            field="date", headings=("日期", "乘车日期"), parse=day(), note="不填为每一天；--date 只数这一天的"
        ),
    )
    return SheetSpec(name="班车预约", columns=columns, key=("id", "line", "date"))


def seat_list() -> SheetSpec:
    """Describe the list of who rides on which line, as `paiche plan shuttles --out` writes it."""
    columns = (
        Column(field="line", headings=("线路",), parse=text(longest=40), required=True),
        Column(field="id", headings=("乘客编号",), parse=text(), required=True),
        Column(field="people", headings=("人数",), parse=integer(least=1), required=True),
        Column(field="request", headings=("编排号",), parse=text(), required=True),
    )
    return SheetSpec(name="乘客名单", columns=columns)
