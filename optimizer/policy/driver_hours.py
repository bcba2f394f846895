"""Hours of drivers by law: what a day and a week hold, what is overtime, and what it pays."""

from dataclasses import dataclass
from datetime import date

from optimizer.policy.calendar import DayKind, day
from optimizer.policy.package_data import load

__all__ = ["DriverHours", "driver_hours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverHours:
    """What one day holds.

    Parameters
    ----------
    day_s, week_s
        Seconds of a working day and a working week; on days that are not worked, all hours are overtime.
    most_s
        Longest duty of a day, overtime included.
    overtime_percent
        Of the hourly wage, that day.
    """

    day_s: int
    week_s: int
    most_s: int
    overtime_percent: int

    def regular_s(self, week_s: int) -> int:
        """Seconds of today that are no overtime, after so many on earlier days of the week."""
        return max(0, min(self.day_s, self.week_s - week_s))


def driver_hours(when: date, region: str = "cn") -> DriverHours:
    """Say what a day holds for drivers; a year without a notice is estimated."""
    data, kind = load("driver_hours", region), day(when, region, estimate=True).kind
    worked = kind in {DayKind.WORKDAY, DayKind.MAKE_UP}
    pays = "workday" if worked else "holiday" if kind is DayKind.HOLIDAY else "rest_day"
    day_s, most_s = int(data["day_hours"]) * 3_600, int(data["overtime_hours_day"]) * 3_600
    return DriverHours(
        day_s=day_s if worked else 0,
        week_s=int(data["week_hours"]) * 3_600,
        most_s=day_s + most_s,
        overtime_percent=int(data["overtime_percent"][pays]),
    )
