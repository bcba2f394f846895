"""What cells mean: dates, times of day, days of the week."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Final

from service.sheets.parsers import tidy
from service.sheets.values import CellFault, Parser, Value

_EXCEL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - serial numbers of Excel know no time zone
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000  # 1954 to 2119: other numbers are no dates
_DATE: Final = re.compile(
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+[\d:.]+)?$|^(\d{4})(\d{2})(\d{2})$"
)
_TIME: Final = re.compile(
    r"^(?P<part>次日|早上|上午|中午|下午|晚上|晚|am|pm)?"
    r"(?P<h>\d{1,2})(?:[:.时点](?P<m>半|\d{1,2})?分?(?::(?P<s>\d{1,2}))?秒?)?(?P<after>am|pm)?$"
    r"|^(?P<hh>\d{2})(?P<mm>\d{2})$"
)
_AFTERNOON: Final = {"下午", "晚上", "晚", "pm"}
_WEEKDAYS: Final = {
    char: i for i, chars in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天七7")) for char in chars
}


def day(*, earliest: date = date(1980, 1, 1), latest: date = date(2100, 12, 31)) -> Parser:
    """Return a parser of dates: Excel's, its serial numbers, 2026-3-5, 2026/3/5, 2026年3月5日, 20260305."""

    def parse(value: Value) -> date:
        found = _day(value)
        if not earliest <= found <= latest:
            reason = f"日期 {found.isoformat()} 不在 {earliest.isoformat()} 到 {latest.isoformat()} 之间"
            raise CellFault(reason, "请核对年份")
        return found

    return parse


def time_of_day_s() -> Parser:
    """Return a parser of times as seconds since the start of the day.

    Excel times, 8:30, 08：30, 0830, 8点半, 下午2点, 次日1:30, 24:00.
    """

    def parse(value: Value) -> int:
        if isinstance(value, datetime):
            value = value.time()
        if isinstance(value, time):
            return value.hour * 3600 + value.minute * 60 + value.second
        if isinstance(value, timedelta):
            return _within_two_days(round(value.total_seconds()))
        if isinstance(value, float) and 0 <= value < 2:
            return round(value * 86_400)
        return _typed_time(tidy(value))

    return parse


def times_of_day_s() -> Parser:
    """Return a parser of one or several times as seconds, ascending: 8:30, or 8:00、8:30、9:00."""
    one = time_of_day_s()

    def parse(value: Value) -> tuple[int, ...]:
        if not isinstance(value, str):
            return (one(value),)
        parts = [part for part in re.split(r"[、,，;；/和]|\s及\s", tidy(value)) if part.strip()]
        return tuple(sorted({one(part) for part in parts}))

    return parse


def weekdays() -> Parser:
    """Return a parser of weekdays as integers, Monday 0: 周一至周五, 工作日, 每天, 一三五, 1-5."""

    def parse(value: Value) -> tuple[int, ...]:
        said = re.sub(r"周|星期|礼拜|[\s、,，;；和及]", "", unicodedata.normalize("NFKC", tidy(value)))
        if said in {"工作日", "平日"}:
            return (0, 1, 2, 3, 4)
        if said in {"每天", "天天", "每日"}:
            return (0, 1, 2, 3, 4, 5, 6)
        span = re.fullmatch(r"(.)[至到~-](.)", said)
        if span and all(end in _WEEKDAYS for end in span.groups()):
            first, last = (_WEEKDAYS[end] for end in span.groups())
            return tuple(range(first, last + 1)) if first <= last else (*range(last + 1), *range(first, 7))
        if said and all(char in _WEEKDAYS for char in said):
            return tuple(sorted({_WEEKDAYS[char] for char in said}))
        reason = "看不出是星期几"
        raise CellFault(reason, "请写成如 周一至周五 或 一、三、五")

    return parse


def _day(value: Value) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and _FIRST_SERIAL <= value <= _LAST_SERIAL
    ):
        return (_EXCEL_EPOCH + timedelta(days=float(value))).date()
    said = unicodedata.normalize("NFKC", tidy(value))
    if said.isdigit() and len(said) == 5 and _FIRST_SERIAL <= int(said) <= _LAST_SERIAL:
        return (_EXCEL_EPOCH + timedelta(days=int(said))).date()
    found = _DATE.match(said)
    parts = [int(part) for part in found.groups() if part] if found else []
    try:
        return date(*parts)
    except (ValueError, TypeError) as error:
        reason = "不是有效的日期"
        raise CellFault(reason, "请写成如 2026-03-05") from error


def _typed_time(said: str) -> int:
    found = _TIME.match(
        re.sub(r"\s", "", unicodedata.normalize("NFKC", said)).casefold().replace("一刻", "15分")
    )
    if not found:
        reason = "不是时间"
        raise CellFault(reason, "请写成如 08:30")
    hours = int(found["h"] or found["hh"] or 0)
    minutes = 30 if found["m"] == "半" else int(found["m"] or found["mm"] or 0)
    part = found["part"] or found["after"] or ""
    if part in _AFTERNOON and hours < 12:
        hours += 12
    if part == "次日":
        hours += 24
    if minutes > 59 or int(found["s"] or 0) > 59:
        reason = "分或秒大于 59"
        raise CellFault(reason, "请写成如 08:30")
    return _within_two_days(hours * 3600 + minutes * 60 + int(found["s"] or 0))


def _within_two_days(seconds: int) -> int:
    if not 0 <= seconds < 2 * 86_400:
        reason = "超出一天的范围"
        raise CellFault(reason, "请写成如 08:30；第二天写“次日1:30”")
    return seconds
