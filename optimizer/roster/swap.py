"""Somebody falls ill: others take the duties over, and as little else as can be changes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from optimizer.model import Status
from optimizer.roster.levels import balances
from optimizer.roster.model import Found, Search, Taken
from optimizer.roster.plan import WORK_LIMIT, duties_of
from optimizer.roster.reasons import unmanned
from optimizer.roster.values import Duty, Roster, RosterProblem

__all__ = ["RosterSwap", "stand_in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSwap:
    """What came of it.

    Parameters
    ----------
    problem
        With the days on which the driver is away.
    new, gone
        Duties that others take on, and those that are given up.
    least
        Whether it is proven that fewer new duties would not do.
    """

    problem: RosterProblem
    roster: Roster
    new: tuple[Duty, ...]
    gone: tuple[Duty, ...]
    least: bool


def stand_in(
    problem: RosterProblem,
    roster: Roster,
    driver_id: str,
    days: Iterable[date],
    *,
    seed: int = 0,
    work_limit: float = WORK_LIMIT,
) -> RosterSwap:
    """Give the duties of these days to others; days before the first of them do not change.

    First everybody else keeps his duties: then each place is given away once, and no fewer changes are
    possible. Only where that cannot be do others' duties move too.

    Raises
    ------
    LookupError
        No such driver.
    """
    away = frozenset(days)
    if driver_id not in {driver.id for driver in problem.drivers}:
        message = f"没有驾驶员 {driver_id!r}；请核对姓名或编号"
        raise LookupError(message)
    absent = replace(
        problem,
        drivers=tuple(replace(d, away=d.away | away) if d.id == driver_id else d for d in problem.drivers),
    )
    at = {day.date: t for t, day in enumerate(problem.days)}
    held = {(at[d.day], d.post_id, d.driver_id) for d in roster.duties}
    kept = {key for key in held if key[2] != driver_id or problem.days[key[0]].date not in away}
    if kept == held:
        return RosterSwap(problem=absent, roster=roster, new=(), gone=(), least=True)
    found, least = _replaced(absent, kept, held, seed, work_limit)
    changed = replace(
        roster,
        duties=duties_of(absent, found.taken),
        unmanned=unmanned(absent, duties_of(absent, found.taken)),
        balances=balances(absent, duties_of(absent, found.taken)),
        status=Status.FEASIBLE,
        cost=found.cost,
        bound=found.bound,
        free_days=problem.rules.free_days,
    )
    new, gone = duties_of(absent, found.taken - held), duties_of(absent, held - found.taken)
    return RosterSwap(problem=absent, roster=changed, new=new, gone=gone, least=least)


def _replaced(
    problem: RosterProblem, kept: Taken, held: Taken, seed: int, work_limit: float
) -> tuple[Found, bool]:
    search = Search(problem, problem.rules.free_days, seed=seed, work_limit=work_limit)
    search.keep(kept)
    empty = sum(post.needed(day) for day in problem.days for post in problem.posts) - len(held)
    found = search.fairest(empty=empty)
    if found is not None:
        return found, True
    search = Search(problem, problem.rules.free_days, seed=seed, work_limit=work_limit)
    search.hint(kept)
    found = search.least_changed(kept, min(key[0] for key in held - kept))
    if found is None:
        return Found(taken=kept, cost=0, bound=0, status=Status.FEASIBLE), False
    return found, found.status is Status.OPTIMAL
