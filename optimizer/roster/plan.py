"""A fair duty roster: every post manned, rest kept, holidays, weekends, nights and hours shared out evenly.

The search is CP-SAT over one choice for each driver, day and post. The levels of `optimizer.roster.levels`
bound what any roster can reach, so that a roster that reaches them is proven to be best. A rotation keeps the
duties of one driver apart by as many days as still lets every post be manned.
"""

from collections.abc import Iterator
from dataclasses import replace

from optimizer.model import Status
from optimizer.roster.evening import evened
from optimizer.roster.first import first_roster
from optimizer.roster.levels import balances, places_of
from optimizer.roster.model import WEIGHTS, Found, Search, Taken
from optimizer.roster.reasons import unmanned
from optimizer.roster.values import Duty, Roster, RosterProblem, require_sound

__all__ = ["plan"]

WORK_LIMIT = 20.0
"""Deterministic time of one search; a unit is about a second."""


def plan(problem: RosterProblem, *, seed: int = 0, work_limit: float = WORK_LIMIT) -> Roster:
    """Make a roster.

    Parameters
    ----------
    work_limit
        Deterministic time of each search.

    Raises
    ------
    ProblemError
        The problem contradicts itself; every fault is named.
    """
    require_sound(problem)
    for free_days in _rotations(problem):
        taken = first_roster(problem, free_days)
        if len(taken) == places_of(problem):
            taken = evened(problem, taken, free_days, seed)
            if excess_of(problem, taken) == 0:  # at its levels: nothing is left to search for
                return _roster(problem, Found(taken=taken, cost=0, bound=0, status=Status.OPTIMAL), free_days)
    found = _searched(problem, taken, seed, work_limit)
    return _roster(problem, found, problem.rules.free_days)


def _rotations(problem: RosterProblem) -> Iterator[int]:
    """Give the free days to try: two thirds of an even rotation, a third of it, what the rules ask for."""
    turn = len(problem.drivers) * len(problem.days) // max(1, places_of(problem))
    wanted = [2 * turn // 3 - 1, turn // 3 - 1, problem.rules.free_days]
    yield from dict.fromkeys(days for days in wanted if days >= problem.rules.free_days)


def _searched(problem: RosterProblem, taken: Taken, seed: int, work_limit: float) -> Found:
    """Leave as few places empty as can be, then share out burdens as evenly as can be."""
    search = Search(problem, problem.rules.free_days, seed=seed, work_limit=work_limit)
    search.hint(taken)
    fewest = Found(taken=taken, cost=places_of(problem) - len(taken), bound=0, status=Status.OPTIMAL)
    if fewest.cost:
        fewest = search.fewest_empty() or replace(fewest, status=Status.FEASIBLE)
    search.hint(fewest.taken)
    found = search.fairest(empty=fewest.cost)
    if found is None:
        uneven = excess_of(problem, fewest.taken)
        return Found(taken=fewest.taken, cost=uneven, bound=0, status=Status.FEASIBLE)
    status = found.status if fewest.status is Status.OPTIMAL else Status.FEASIBLE
    return replace(found, status=status)


def excess_of(problem: RosterProblem, taken: Taken) -> int:
    """Price how far burdens are from their levels."""
    shares = balances(problem, duties_of(problem, taken))
    return sum(WEIGHTS[share.measure] * share.excess for share in shares)


def duties_of(problem: RosterProblem, taken: Taken) -> tuple[Duty, ...]:
    """Give duties their dates, in order."""
    return tuple(
        Duty(day=problem.days[t].date, post_id=post_id, driver_id=name) for t, post_id, name in sorted(taken)
    )


def _roster(problem: RosterProblem, found: Found, free_days: int) -> Roster:
    duties = duties_of(problem, found.taken)
    return Roster(
        duties=duties,
        unmanned=unmanned(problem, duties),
        balances=balances(problem, duties),
        status=found.status,
        cost=found.cost,
        bound=found.bound,
        free_days=free_days,
    )
