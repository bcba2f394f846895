"""Working days in China, with make-up workdays (调休补班), by the State Council's notice of each year.

The notice for the next year comes in November. A year without a notice is an error, or, on request, a day
that says it is estimated: from the weekday and from the days that the law makes holidays, as far as the data
go. What the notice will shift between weekends and weekdays is in no estimate.
"""

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from optimizer.errors import PolicyError
from optimizer.policy.package_data import Origin, load, origin


class DayKind(StrEnum):
    """What kind of day it is."""

    WORKDAY = "workday"
    MAKE_UP = "make_up"  # a weekend day that is worked (调休补班)
    REST = "rest"  # a weekend day
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day and why it is worked or not.

    Parameters
    ----------
    name
        Name of the holiday.
    estimated
        The notice for its year is not known.
    """

    date: date
    kind: DayKind
    name: str = ""
    estimated: bool = False

    @property
    def is_workday(self) -> bool:
        """Whether offices work."""
        return self.kind in {DayKind.WORKDAY, DayKind.MAKE_UP}


def day(
    when: date | str, region: str = "cn", *, regional_holidays: Collection[date] = (), estimate: bool = False
) -> Day:
    """Say what kind of day it is.

    Parameters
    ----------
    when
        A date or its ISO text, as `Problem.date`.
    regional_holidays
        Days off that a region or a bureau has beyond those in the data.
    estimate
        For a year without a published notice: an estimated day instead of an error.

    Raises
    ------
    PolicyError
        The year's notice is not known and no estimate was asked for.
    ValueError
        The text is no date.
    """
    when = parse_date(when) if isinstance(when, str) else when
    if when in regional_holidays:
        return Day(date=when, kind=DayKind.HOLIDAY, name="地方节假日")
    if when in (regional := _regional_days(region)):
        return regional[when]
    known = _named_days(region).get(when.year)
    if known is None and not estimate:
        message = (
            f"没有 {when.year} 年的放假安排（已有 {'、'.join(str(y) for y in published_years(region))}）；"
            "通知一般在上年 11 月发布，请补充日历数据，或明确要求估算"
        )
        raise PolicyError(message)
    weekday = DayKind.WORKDAY if when.weekday() < 5 else DayKind.REST
    if known is None:
        name = _estimated_days(region).get(when, "")
        return Day(date=when, kind=DayKind.HOLIDAY if name else weekday, name=name, estimated=True)
    return known.get(when, Day(date=when, kind=weekday))


def is_workday(
    when: date | str, region: str = "cn", *, regional_holidays: Collection[date] = (), estimate: bool = False
) -> bool:
    """Whether offices work that day; parameters and errors as `day`."""
    return day(when, region, regional_holidays=regional_holidays, estimate=estimate).is_workday


def is_holiday(
    when: date | str, region: str = "cn", *, regional_holidays: Collection[date] = (), estimate: bool = False
) -> bool:
    """Whether the day lies in a holiday, when fleets are frozen (封存停驶): see `Problem.fleet_frozen`."""
    found = day(when, region, regional_holidays=regional_holidays, estimate=estimate)
    return found.kind is DayKind.HOLIDAY


def workdays(
    year: int, region: str = "cn", *, regional_holidays: Collection[date] = (), estimate: bool = False
) -> int:
    """Count the days of a year that are worked; parameters and errors as `day`."""
    return sum(
        workdays_of_month(year, month, region, regional_holidays=regional_holidays, estimate=estimate)
        for month in range(1, 13)
    )


def workdays_of_month(
    year: int,
    month: int,
    region: str = "cn",
    *,
    regional_holidays: Collection[date] = (),
    estimate: bool = False,
) -> int:
    """Count the days of a month that are worked; parameters and errors as `day`."""
    days = (date(year, month, n) for n in range(1, monthrange(year, month)[1] + 1))
    return sum(
        is_workday(one, region, regional_holidays=regional_holidays, estimate=estimate) for one in days
    )


def is_estimated(year: int, region: str = "cn") -> bool:
    """Whether no notice for the year is in the data, so that its days can only be estimated."""
    return year not in published_years(region)


def published_years(region: str = "cn") -> tuple[int, ...]:
    """Years whose notice is in the data, ascending."""
    return tuple(sorted(int(row["year"]) for row in load("calendar", region)["year"]))


def calendar_origin(year: int, region: str = "cn") -> Origin:
    """Where the data of a year come from.

    Raises
    ------
    PolicyError
        The year is not in the data.
    """
    data = load("calendar", region)
    for row in data["year"]:
        if row["year"] == year:
            return origin(row, str(data["region"]))
    message = f"没有 {year} 年的放假安排，已有 {'、'.join(str(y) for y in published_years(region))}"
    raise PolicyError(message)


def parse_date(text: str) -> date:
    """Read an ISO date (`2026-03-02`).

    Raises
    ------
    ValueError
        The text is no such date; the message names it.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        message = f"日期 {text!r} 不对，应写成 2026-03-02 的样子"
        raise ValueError(message)
    return found


@cache
def _named_days(region: str) -> Mapping[int, Mapping[date, Day]]:
    return {int(row["year"]): _named_days_of(row) for row in load("calendar", region)["year"]}


@cache
def _estimated_days(region: str) -> Mapping[date, str]:
    """Days off by law in years without a notice; one on a weekend is made up for on the next workday."""
    found: dict[date, str] = {}
    for year in load("calendar", region).get("estimate", ()):
        by_law = {off: name for name, days in year["statutory"].items() for off in days}
        found |= by_law
        for off, name in sorted(by_law.items()):
            later = off
            while off.weekday() >= 5 and (later.weekday() >= 5 or later in found):
                later += timedelta(days=1)
            found.setdefault(later, f"{name}补休")
    return found


@cache
def _regional_days(region: str) -> Mapping[date, Day]:
    """Days off that a region has beyond the country's."""
    return {
        off: Day(date=off, kind=DayKind.HOLIDAY, name=row["name"], estimated=row["status"] == "assume")
        for row in load("regional_holidays", region).get("holiday", ())
        for off in row["days"]
    }


def _named_days_of(row: Mapping[str, Any]) -> dict[date, Day]:
    days = {made: Day(date=made, kind=DayKind.MAKE_UP) for made in row["make_up"]}
    for holiday in row["holidays"]:
        for n in range((holiday["last"] - holiday["first"]).days + 1):
            off = holiday["first"] + timedelta(days=n)
            days[off] = Day(date=off, kind=DayKind.HOLIDAY, name=holiday["name"])
    return days
