"""Requests that come again: on which days, weekly, on workdays only, with days left out.

The rule is that of iCalendar (RFC 5545) as `dateutil.rrule` reads it; what a workday is, the State Council's
calendar says (`optimizer.policy.calendar`).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from dateutil import rrule

from optimizer.policy.calendar import is_workday

__all__ = ["Recurrence", "days_of", "falls_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """When a request comes again.

    Parameters
    ----------
    first, last
        Days between which it does, both included.
    weekdays
        0 is Monday; empty is every day.
    every_weeks
        Every so many weeks, counted from the week of the first day.
    workdays_only
        Not on holidays and days off. With no weekdays named that is every workday, make-up workdays
        (调休补班) at weekends included.
    skip
        Days left out.
    """

    first: date
    last: date
    weekdays: frozenset[int] = frozenset()
    every_weeks: int = 1
    workdays_only: bool = False
    skip: frozenset[date] = frozenset()


def days_of(recurrence: Recurrence, region: str = "cn", *, estimate: bool = False) -> tuple[date, ...]:
    """List the days, ascending.

    Parameters
    ----------
    estimate
        For a year without a published calendar: by weekday instead of an error.

    Raises
    ------
    ValueError
        It ends before it begins, or comes again every 0 weeks, or on a weekday that is none.
    PolicyError
        Workdays of a year are asked for whose calendar is not known.
    """
    _require_sound(recurrence)
    rule = rrule.rrule(
        rrule.WEEKLY,
        dtstart=_moment(recurrence.first),
        until=_moment(recurrence.last),
        interval=recurrence.every_weeks,
        byweekday=sorted(recurrence.weekdays) or range(7),
        wkst=rrule.MO,
    )
    days = (moment.date() for moment in rule)
    asked = (d for d in days if d not in recurrence.skip)
    return tuple(d for d in asked if not recurrence.workdays_only or is_workday(d, region, estimate=estimate))


def falls_on(recurrence: Recurrence, day: date, region: str = "cn", *, estimate: bool = False) -> bool:
    """Whether the request comes on that day; errors as `days_of`."""
    if not recurrence.first <= day <= recurrence.last:
        return False
    return day in days_of(replace(recurrence, last=day), region, estimate=estimate)


def _require_sound(recurrence: Recurrence) -> None:
    if recurrence.last < recurrence.first:
        message = f"重复申请在 {recurrence.last} 结束，早于开始的 {recurrence.first}；请核对两个日期"
        raise ValueError(message)
    if recurrence.every_weeks < 1:
        message = f"重复间隔是 {recurrence.every_weeks} 周，至少为 1"
        raise ValueError(message)
    if wrong := sorted(d for d in recurrence.weekdays if not 0 <= d <= 6):
        message = f"星期 {wrong[0]} 不对：0 是星期一，6 是星期日"
        raise ValueError(message)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time())
