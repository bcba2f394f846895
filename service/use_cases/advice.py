"""What a plan of cars touches without breaking a rule: told, never counted as a violation."""

from collections.abc import Mapping
from typing import Final

from optimizer import check
from optimizer.duty_hours import long_weeks
from optimizer.model import PlanWarning, Problem, Schedule, TimeWindow
from optimizer.policy.calendar import parse_date
from optimizer.policy.driver_hours import driver_hours

OFFICE_HOURS: Final = TimeWindow(start_s=25_200, end_s=68_400)
"""From 07:00 to 19:00; service outside is worth a word."""

NAMES: Final[Mapping[str, str]] = {
    "borrowed": "跨单位用车（平台调度登记）",
    "leaves_city": "出市",
    "leaves_province": "出省",
    "off_hours": "非工作时间用车",
    "long_wait": "早到等候半小时以上",
    "long_day": "单车出车超过 8 小时",
    "long_week": "驾驶员本周超过 40 小时",
    "unmarked_exempt": "未喷涂标识凭豁免出车",
    "freeze_exempt": "封存期间凭豁免出车",
    "holiday_return": "节假日未回单位停放",
    "allowance_zone": "在交通补贴保障范围内",
    "out_of_area": "超出用车范围",
    "reserve_short": "备勤不足",
}
"""What kinds of warnings are called."""


def car_advice(problem: Problem, schedule: Schedule) -> tuple[PlanWarning, ...]:
    """Name what a plan of cars touches: borrowing, off hours, overtime of the day and the week."""
    soft = check.warnings(problem, schedule, check.SoftLimits(office_hours=OFFICE_HOURS))
    return (*soft, *long_weeks(problem, [schedule], driver_hours(parse_date(problem.date))))
