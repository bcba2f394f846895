"""Duty rosters (值班表): who is on duty on which day and post, with rest, rotation and fair shares.

`plan(problem)` makes a `Roster`, `stand_in(problem, roster, …)` replaces somebody who is away, and the judge
is `optimizer.check.rosters.roster_violations`.
"""

from optimizer.roster.plan import plan
from optimizer.roster.swap import RosterSwap, stand_in
from optimizer.roster.values import (
    Balance,
    Burden,
    Duty,
    DutyDriver,
    Measure,
    Post,
    Roster,
    RosterProblem,
    RosterRules,
    Unmanned,
    burdens,
)

__all__ = [
    "Balance", "Burden", "Duty", "DutyDriver", "Measure", "Post", "Roster", "RosterProblem", "RosterRules",
    "RosterSwap", "Unmanned", "burdens", "plan", "stand_in",
]  # fmt: skip
