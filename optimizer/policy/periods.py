"""Months and years of service: on how many days the lines run, by the working calendar."""

from dataclasses import dataclass

from optimizer.policy.calendar import is_estimated, workdays_of_month


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole months with their service days.

    Parameters
    ----------
    months
        Service days of each month, in order.
    estimated
        The holidays of its year are not published: the days may turn out otherwise.
    """

    name: str
    months: tuple[int, ...]
    estimated: bool = False

    @property
    def days(self) -> int:
        """Service days altogether."""
        return sum(self.months)


def service_month(year: int, month: int, region: str = "cn") -> Period:
    """Count the workdays of a month; an unpublished year is estimated and says so."""
    days = workdays_of_month(year, month, region, estimate=True)
    return _named(f"{year} 年 {month} 月", (days,), estimated=is_estimated(year, region))


def service_year(year: int, region: str = "cn") -> Period:
    """Count the workdays of each month of a year; an unpublished year is estimated and says so."""
    days = tuple(workdays_of_month(year, month, region, estimate=True) for month in range(1, 13))
    return _named(f"{year} 年", days, estimated=is_estimated(year, region))


def _named(name: str, months: tuple[int, ...], *, estimated: bool) -> Period:
    return Period(name=f"{name}（工作日为估算）" if estimated else name, months=months, estimated=estimated)
