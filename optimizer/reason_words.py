"""Reasons in words, Chinese and English, and which of several is given first."""

from collections.abc import Mapping
from typing import Final

from optimizer.model import Reason

__all__ = ["CHINESE", "ENGLISH", "NEAREST_FIRST"]

NEAREST_FIRST: Final = (
    Reason.NOT_WORTH_IT,
    Reason.SEARCH_ENDED,
    Reason.RESERVE,
    Reason.BUSY,
    Reason.NO_DRIVER,
    Reason.NO_LICENCE,
    Reason.OUTSIDE_SHIFT,
    Reason.RIDE_TOO_LONG,
    Reason.LIMIT,
    Reason.RANGE,
    Reason.REST,
    Reason.OUTSIDE_WINDOW,
    Reason.UNREACHABLE,
    Reason.NO_SEATS,
    Reason.NO_ROOM,
    Reason.NO_SKILL,
    Reason.NO_ENERGY,
    Reason.NO_CLASS,
    Reason.SELF_DRIVE,
    Reason.INSPECTION,
    Reason.BARRED,
    Reason.FROZEN,
    Reason.NOT_ALLOWED,
)
"""Which reason is given first: that of the vehicle that came nearest to serving."""

CHINESE: Final[Mapping[Reason, str]] = {
    Reason.NOT_WORTH_IT: "不值得派出",
    Reason.SEARCH_ENDED: "能够承担，但搜索结束时未排入",
    Reason.RESERVE: "须留作备勤",
    Reason.BUSY: "当时另有任务",
    Reason.NO_DRIVER: "没有可用驾驶员",
    Reason.NO_LICENCE: "驾驶员的准驾车型不符",
    Reason.OUTSIDE_SHIFT: "不在班次时间内",
    Reason.RIDE_TOO_LONG: "乘车时间超限",
    Reason.LIMIT: "超出车辆一天的里程、时长或站数上限",
    Reason.RANGE: "续航不足",
    Reason.REST: "须连续驾驶超过 4 小时而没有休息",
    Reason.OUTSIDE_WINDOW: "赶不到要求的时间",
    Reason.UNREACHABLE: "没有可走的路",
    Reason.NO_SEATS: "座位不足",
    Reason.NO_ROOM: "装不下货物",
    Reason.NO_SKILL: "不具备所需功能",
    Reason.NO_ENERGY: "能源类型不符",
    Reason.NO_CLASS: "车辆类别不符",
    Reason.SELF_DRIVE: "自驾与派驾不符（车辆无驾驶员，或申请人未获准自驾、准驾不符）",
    Reason.INSPECTION: "年检过期",
    Reason.BARRED: "当天尾号限行",
    Reason.FROZEN: "节假日封存停驶",
    Reason.NOT_ALLOWED: "规定不允许使用",
}

ENGLISH: Final[Mapping[Reason, str]] = {
    Reason.NOT_WORTH_IT: "not worth sending",
    Reason.SEARCH_ENDED: "able, but not placed when the search ended",
    Reason.RESERVE: "kept as a reserve",
    Reason.BUSY: "busy at the time",
    Reason.NO_DRIVER: "without a free driver",
    Reason.NO_LICENCE: "without a driver of that licence",
    Reason.OUTSIDE_SHIFT: "outside the hours of duty",
    Reason.RIDE_TOO_LONG: "would make the ride too long",
    Reason.LIMIT: "beyond the day's limit of metres, hours or stops",
    Reason.RANGE: "without the range",
    Reason.REST: "would drive over 4 hours without rest",
    Reason.OUTSIDE_WINDOW: "cannot be there in time",
    Reason.UNREACHABLE: "without a road there",
    Reason.NO_SEATS: "too few seats",
    Reason.NO_ROOM: "without room for the goods",
    Reason.NO_SKILL: "without the equipment",
    Reason.NO_ENERGY: "of another kind of energy",
    Reason.NO_CLASS: "of another class",
    Reason.SELF_DRIVE: "with a driver where none is wanted, or none where one is",
    Reason.INSPECTION: "without a valid inspection",
    Reason.BARRED: "barred that day by its plate",
    Reason.FROZEN: "sealed for the holiday",
    Reason.NOT_ALLOWED: "not allowed by a rule",
}
