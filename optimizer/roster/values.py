"""What a duty roster (值班表) asks and what was planned: days, posts, drivers with their past, duties."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from optimizer.errors import ProblemError
from optimizer.model import Status
from optimizer.policy.calendar import Day, DayKind

DAY_S: Final = 86_400
HOUR_S: Final = 3_600


class Measure(StrEnum):
    """What is shared out evenly, the dearest first."""

    HOLIDAYS = "holidays"
    WEEKENDS = "weekends"
    NIGHTS = "nights"
    HOURS = "hours"


MEASURE_NAMES: Final = {
    Measure.HOLIDAYS: "节假日班",
    Measure.WEEKENDS: "周末班",
    Measure.NIGHTS: "夜班",
    Measure.HOURS: "工时",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A shift that must be manned (班次).

    Parameters
    ----------
    start_s, end_s
        Of the day on which it begins; a night ends after 86,400.
    workdays, weekends, holidays
        Drivers needed on such days; make-up workdays are workdays.
    licence
        Who stands it must hold one of these classes; empty is any.
    night
        Whether it counts as a night, with the rest that follows one.
    """

    id: str
    start_s: int
    end_s: int
    workdays: int = 1
    weekends: int = 1
    holidays: int = 1
    licence: frozenset[str] = frozenset()
    night: bool = False

    def needed(self, day: Day) -> int:
        """Count the drivers needed on a day."""
        if day.kind is DayKind.HOLIDAY:
            return self.holidays
        return self.weekends if day.kind is DayKind.REST else self.workdays


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What somebody has done: seconds, and numbers of duties of each kind."""

    hours_s: int = 0
    nights: int = 0
    weekends: int = 0
    holidays: int = 0

    def of(self, measure: Measure) -> int:
        """Return one of them, hours in seconds."""
        return {
            Measure.HOURS: self.hours_s,
            Measure.NIGHTS: self.nights,
            Measure.WEEKENDS: self.weekends,
            Measure.HOLIDAYS: self.holidays,
        }[measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDriver:
    """Somebody who can be on duty.

    Parameters
    ----------
    away
        Days on which no duty may begin.
    past
        What was done before the first day; it is evened out.
    last
        Day of the last duty before the first day, with `last_night` if it was a night.
    """

    id: str
    licences: frozenset[str] = frozenset()
    away: frozenset[date] = frozenset()
    past: Burden = Burden()
    last: date | None = None
    last_night: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRules:
    """Rest and limits.

    Parameters
    ----------
    free_days
        Full days without duty between two duties, at least.
    rest_s, rest_after_night_s
        From the end of a duty to the start of the next, at least.
    week_most
        Duties in any seven days in a row, at most.
    """

    free_days: int = 1
    rest_s: int = 12 * HOUR_S
    rest_after_night_s: int = 24 * HOUR_S
    week_most: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterProblem:
    """A roster to be made.

    Parameters
    ----------
    days
        In a row; `optimizer.policy.calendar.day` makes them.
    """

    name: str
    days: tuple[Day, ...]
    posts: tuple[Post, ...]
    drivers: tuple[DutyDriver, ...]
    rules: RosterRules = RosterRules()
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One driver on one post on one day."""

    day: date
    post_id: str
    driver_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmanned:
    """Places that nobody can take, and why."""

    day: date
    post_id: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How evenly a measure is shared out.

    Parameters
    ----------
    least, most
        Over all drivers, with what they brought; hours in seconds.
    excess
        By how much the best and the worst off are apart beyond what whole duties, absences and the past
        make unavoidable; 0 is proven as even as can be.
    """

    measure: Measure
    least: int
    most: int
    excess: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What was planned.

    Parameters
    ----------
    duties
        By day, post and driver.
    unmanned
        Places that stay empty.
    balances
        One for each measure.
    status
        `optimal`: neither fewer places stay empty nor are burdens shared more evenly in any other roster.
    cost, bound
        Weighted excess, and what no roster with as few empty places is below.
    free_days
        Full days between two duties of one driver that the rotation keeps, at least.
    """

    duties: tuple[Duty, ...]
    unmanned: tuple[Unmanned, ...] = ()
    balances: tuple[Balance, ...] = ()
    status: Status = Status.OPTIMAL
    cost: int = 0
    bound: int = 0
    free_days: int = 0


def burden_of(post: Post, day: Day) -> Burden:
    """Say what one duty adds."""
    return Burden(
        hours_s=post.end_s - post.start_s,
        nights=int(post.night),
        weekends=int(day.kind is DayKind.REST),
        holidays=int(day.kind is DayKind.HOLIDAY),
    )


def burdens(problem: RosterProblem, duties: tuple[Duty, ...]) -> dict[str, Burden]:
    """Add up each driver's duties to what was brought along."""
    posts, days = {post.id: post for post in problem.posts}, {day.date: day for day in problem.days}
    totals = {
        d.id: [d.past.hours_s, d.past.nights, d.past.weekends, d.past.holidays] for d in problem.drivers
    }
    for duty in duties:
        more = burden_of(posts[duty.post_id], days[duty.day])
        added = (more.hours_s, more.nights, more.weekends, more.holidays)
        totals[duty.driver_id] = [a + b for a, b in zip(totals[duty.driver_id], added, strict=True)]
    return {
        name: Burden(hours_s=hours_s, nights=nights, weekends=weekends, holidays=holidays)
        for name, (hours_s, nights, weekends, holidays) in totals.items()
    }


def require_sound(problem: RosterProblem) -> None:
    """Refuse what contradicts itself.

    Raises
    ------
    ProblemError
        Names every fault: an id twice, an empty shift, days that do not follow each other.
    """
    faults: list[str] = []
    for what, ids in (("班次", [p.id for p in problem.posts]), ("驾驶员", [d.id for d in problem.drivers])):
        faults += [f"{what} {name} 出现了 {n} 次" for name, n in Counter(ids).items() if n > 1]
        faults += [] if ids else [f"没有{what}"]
    for post in problem.posts:
        if not 0 <= post.start_s < post.end_s <= post.start_s + DAY_S:
            faults.append(f"班次 {post.id} 的结束不在开始之后 24 小时以内")
    steps = {b.date - a.date for a, b in zip(problem.days, problem.days[1:], strict=False)}
    if not problem.days or steps - {timedelta(days=1)}:
        faults.append("日期应逐日相连，至少一天")
    rules = problem.rules
    if min(rules.free_days, rules.rest_s, rules.rest_after_night_s) < 0 or rules.week_most < 1:
        faults.append("休息时间不能小于零，每周至少可值一班")
    if faults:
        raise ProblemError(faults)
