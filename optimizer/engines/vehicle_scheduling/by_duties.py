"""A day whose duties cost by their hours: one flow where that is enough, whole duties where it is not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from optimizer.engines.vehicle_scheduling.day import LARGEST, UNITS_PER_FEN, Day, linear
from optimizer.engines.vehicle_scheduling.duties import Duty, KeepGoing, Pool, Worth, relax
from optimizer.engines.vehicle_scheduling.duty_choice import choose
from optimizer.engines.vehicle_scheduling.flow import cheapest_flow

__all__ = ["DayPlan", "schedule_day"]

TOLERANCE: Final = 1e-5
"""Share of the cost of its duties that the relaxation may be above its bound."""
NO_DIFFERENCE: Final = 0.01
"""Fen: sums of the same numbers in another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """Duties, and how good they are proven to be.

    Parameters
    ----------
    bound
        Proven lower bound in fen on the cost of doing the tasks of the plan, up to the rounding of bills.
    worth
        Bounds the cost of doing any of the tasks: None where one flow is the plan.
    finished
        False where the caller ended it.
    work
        Rounds of pricing and nodes of the choice; 1 for a flow.
    """

    duties: tuple[Duty, ...]
    bound: float
    worth: Worth | None
    proven: bool
    finished: bool
    work: int


def schedule_day(
    day: Day, possible: Callable[[Duty], bool], *, keep_going: KeepGoing | None = None
) -> DayPlan:
    """Find the cheapest duties that do every task or pay its penalty.

    Parameters
    ----------
    possible
        Whether a duty can truly be driven (a driver's rest); asked only of those chosen.
    keep_going
        Asked every round of pricing; False ends with the best so far.
    """
    if not day.tasks or not day.groups:
        return DayPlan(duties=(), bound=0.0, worth=None, proven=True, finished=True, work=0)
    flow = _by_flow(day, possible)
    if flow is not None:
        return flow
    pool = Pool(day)
    relaxed = relax(day, pool, tolerance=TOLERANCE, keep_going=keep_going)
    choice = choose(day, pool, relaxed, possible, whole=relaxed.finished)
    proven = choice.proven and relaxed.finished
    done = [i for _, tasks in choice.duties for i in tasks]
    bound = float(relaxed.worth.task[done].sum() + (day.counts * relaxed.worth.group).sum())
    return DayPlan(
        duties=choice.duties,
        bound=float(sum(pool.fen[duty] for duty in choice.duties)) if proven else bound,
        worth=relaxed.worth,
        proven=proven,
        finished=relaxed.finished,
        work=relaxed.rounds + choice.nodes,
    )


def _by_flow(day: Day, possible: Callable[[Duty], bool]) -> DayPlan | None:
    """Take the cheapest flow of one group, where its duties cost no more than their legs."""
    most = LARGEST // (4 * (day.tasks + 1)) / UNITS_PER_FEN
    if day.groups != 1 or (day.open_s < day.close_s).sum() != 1 or (day.penalty > most).any():
        return None
    network = linear(day)
    flow = cheapest_flow(network)
    duties = tuple((0, chain) for chain in flow.chains)
    pool = Pool(day)
    if len(pool.add(duties)) < len(duties) or not all(possible(duty) for duty in duties):
        return None
    left = int(network.penalty[list(flow.left)].sum())
    cost = (flow.cost - left) / UNITS_PER_FEN
    together = day.together[list(flow.left)]
    if (together >= 0).any() or abs(sum(pool.cost.values()) - cost) > NO_DIFFERENCE:
        return None
    return DayPlan(duties=duties, bound=cost, worth=None, proven=True, finished=True, work=1)
