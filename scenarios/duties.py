"""A made-up duty roster: drivers with licences, days off and a past, a day post and a night post."""

import random
from datetime import date, timedelta
from typing import Final

from optimizer.policy.calendar import day
from optimizer.roster import Burden, DutyDriver, Post, RosterProblem, RosterRules
from optimizer.roster.values import HOUR_S

__all__ = ["POSTS", "synthetic_drivers", "synthetic_roster"]

DAYS_OFF: Final = 10
"""Drawn for each driver, some of them twice."""
POSTS: Final = (
    Post(id="白班", start_s=8 * HOUR_S, end_s=20 * HOUR_S, workdays=3, weekends=2, holidays=2),
    Post(id="夜班", start_s=20 * HOUR_S, end_s=32 * HOUR_S, workdays=2, weekends=2, holidays=2, night=True),
)


def synthetic_drivers(count: int, first: date, days: int, *, seed: int = 1) -> tuple[DutyDriver, ...]:
    """Invent drivers with days off and duties behind them that are to be evened out."""
    dice = random.Random(seed)
    return tuple(
        DutyDriver(
            id=f"驾驶员 {i + 1:03}",
            licences=frozenset({"A1"} if dice.random() < 0.4 else {"C1"}),
            away=frozenset(first + timedelta(days=dice.randrange(days)) for _ in range(DAYS_OFF)),
            past=Burden(
                hours_s=12 * HOUR_S * dice.randrange(4),
                nights=dice.randrange(2),
                weekends=dice.randrange(2),
                holidays=dice.randrange(2),
            ),
        )
        for i in range(count)
    )


def synthetic_roster(
    drivers: int, days: int, *, seed: int = 1, first: date = date(2026, 1, 1)
) -> RosterProblem:
    """Invent a roster of so many days of the calendar."""
    return RosterProblem(
        name="合成值班表",
        synthetic=True,
        days=tuple(day(first + timedelta(days=n), estimate=True) for n in range(days)),
        posts=POSTS,
        drivers=synthetic_drivers(drivers, first, days, seed=seed),
        rules=RosterRules(),
    )
