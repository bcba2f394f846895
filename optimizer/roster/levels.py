"""How evenly a burden could be shared at best: the level to which water would rise among the drivers.

Whoever has more than the level already gets nothing, whoever cannot reach it gets all he can, and the others
end at the level or one duty above it. No roster is fairer; whether one is as fair is for the search to find.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

from optimizer.roster.values import (
    Balance,
    Duty,
    DutyDriver,
    Measure,
    Post,
    RosterProblem,
    RosterRules,
    burden_of,
    burdens,
)

__all__ = ["Level", "balances", "levels", "may_stand", "places_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Between what and what each driver ends at best, in units of a measure.

    Parameters
    ----------
    unit
        Seconds of a unit for hours, else 1.
    past
        What each driver brought, rounded up to units.
    least, most
        By driver, in the order of the problem.
    """

    measure: Measure
    unit: int
    past: tuple[int, ...]
    least: tuple[int, ...]
    most: tuple[int, ...]


def levels(problem: RosterProblem) -> tuple[Level, ...]:
    """Find the levels of all measures for a roster in which every post is manned."""
    return tuple(_level(problem, measure) for measure in Measure)


def balances(problem: RosterProblem, duties: Sequence[Duty]) -> tuple[Balance, ...]:
    """Measure how evenly some duties are shared."""
    totals = burdens(problem, tuple(duties))
    found: list[Balance] = []
    for level in levels(problem):
        ends = [totals[driver.id].of(level.measure) for driver in problem.drivers]
        new = [end - d.past.of(level.measure) for end, d in zip(ends, problem.drivers, strict=True)]
        sums = [have + add // level.unit for have, add in zip(level.past, new, strict=True)]
        over = max(end - most for end, most in zip(sums, level.most, strict=True))
        under = max(least - end for end, least in zip(sums, level.least, strict=True))
        excess = level.unit * (max(0, over) + max(0, under))
        found.append(Balance(measure=level.measure, least=min(ends), most=max(ends), excess=excess))
    return tuple(found)


def places_of(problem: RosterProblem) -> int:
    """Count the places of all days and posts."""
    return sum(post.needed(day) for day in problem.days for post in problem.posts)


def may_stand(driver: DutyDriver, post: Post) -> bool:
    """Whether a driver holds a licence for a post."""
    return not post.licence or bool(post.licence & driver.licences)


def _level(problem: RosterProblem, measure: Measure) -> Level:
    lengths = [post.end_s - post.start_s for post in problem.posts]
    unit = gcd(*lengths) if measure is Measure.HOURS else 1
    total = sum(
        burden_of(post, day).of(measure) * post.needed(day) // unit
        for day in problem.days
        for post in problem.posts
    )
    past = [-(-driver.past.of(measure) // unit) for driver in problem.drivers]
    reach = [
        have + _most(problem, driver, measure, unit)
        for have, driver in zip(past, problem.drivers, strict=True)
    ]
    step = max(lengths) // unit if measure is Measure.HOURS and len(set(lengths)) > 1 else 1
    low = _risen(past, reach, total)
    spare = total - sum(_at(low, have, most) - have for have, most in zip(past, reach, strict=True))
    high = low + (step if spare or step > 1 else 0)
    low = low - (step - 1 if step > 1 else 0)
    return Level(
        measure=measure,
        unit=unit,
        past=tuple(past),
        least=tuple(_at(low, have, most) for have, most in zip(past, reach, strict=True)),
        most=tuple(max(have, high) for have in past),
    )


def _at(level: int, have: int, most: int) -> int:
    return max(have, min(level, most))


def _risen(past: Sequence[int], reach: Sequence[int], total: int) -> int:
    """Find the highest level that takes no more than there is."""
    low, high = min(past), max(reach) + total
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_at(middle, have, most) - have for have, most in zip(past, reach, strict=True)) <= total:
            low = middle
        else:
            high = middle - 1
    return min(low, max(reach))


def _most(problem: RosterProblem, driver: DutyDriver, measure: Measure, unit: int) -> int:
    """Bound what a driver could take on: his best duty of each day, and no more of them than rest allows."""
    best: list[int] = []
    free: list[int] = []
    for t, day in enumerate(problem.days):
        own = [p for p in problem.posts if p.needed(day) and may_stand(driver, p)]
        if own and day.date not in driver.away:
            free.append(t)
            best.append(max(burden_of(p, day).of(measure) // unit for p in own))
    return sum(sorted(best, reverse=True)[: _duties_at_most(free, problem.rules)])


def _duties_at_most(free: Sequence[int], rules: RosterRules) -> int:
    """Bound how many of some days somebody can be on duty: one after the other, and week by week."""
    apart, last = 0, -1_000
    for t in free:
        if t - last > rules.free_days:
            apart, last = apart + 1, t
    weeks = Counter(t // 7 for t in free)
    return min(apart, sum(min(rules.week_most, n) for n in weeks.values()))
