"""Drivers and posts of a small motor pool: a day post and a night post of twelve hours."""

from datetime import date, timedelta
from typing import Any

from optimizer.policy.calendar import Day, DayKind
from optimizer.roster import DutyDriver, Post, RosterProblem, RosterRules

H = 3_600
MONDAY = date(2026, 3, 2)
DAY = Post(id="白班", start_s=8 * H, end_s=20 * H)
NIGHT = Post(id="夜班", start_s=20 * H, end_s=32 * H, night=True)


def days(count: int, first: date = MONDAY, holidays: tuple[int, ...] = ()) -> tuple[Day, ...]:
    """Days in a row; weekends are rest, and the days named (from 0) are holidays."""
    made = []
    for n in range(count):
        when = first + timedelta(days=n)
        kind = DayKind.REST if when.weekday() >= 5 else DayKind.WORKDAY
        made.append(Day(date=when, kind=DayKind.HOLIDAY if n in holidays else kind))
    return tuple(made)


def drivers(count: int, **more: Any) -> tuple[DutyDriver, ...]:
    """Drivers that differ in nothing but their ids."""
    return tuple(DutyDriver(id=f"d{n:02}", **more) for n in range(count))


def house(
    people: tuple[DutyDriver, ...], count: int, *, posts: tuple[Post, ...] = (DAY, NIGHT),
    holidays: tuple[int, ...] = (), **rules: Any,
) -> RosterProblem:  # fmt: skip
    """A roster of so many days."""
    return RosterProblem(
        name="值班",
        days=days(count, holidays=holidays),
        posts=posts,
        drivers=people,
        rules=RosterRules(**rules),
    )
