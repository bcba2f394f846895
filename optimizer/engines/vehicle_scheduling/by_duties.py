"""A day whose duties cost by their hours: one flow where that is enough, whole duties where it is not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.engines.vehicle_scheduling.day import LARGEST, UNITS_PER_FEN, Day, linear
from optimizer.engines.vehicle_scheduling.duties import (
    Duty,
    KeepGoing,
    Pool,
    Worth,
    parts_of,
    proven_worth,
    relax,
)
from optimizer.engines.vehicle_scheduling.duty_choice import EXACT_UP_TO, choose
from optimizer.engines.vehicle_scheduling.flow import cheapest_flow

__all__ = ["DayPlan", "schedule_day"]

Ints = NDArray[np.int64]

TOLERANCE: Final = 1e-5
"""Share of the cost of its duties that the relaxation may be above its bound."""
ROUGHLY: Final = 3e-4
"""The same where there are too many tasks for a proof; more on days larger than usual."""
USUAL: Final = 300
"""Tasks of a large county at M."""
WHOLE_UP_TO: Final = 1_000
"""Tasks up to which all bases are planned together; more are planned base by base, and bounded together."""
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
    if day.tasks > WHOLE_UP_TO and len(np.unique(day.base)) > 1:
        return _base_by_base(day, possible, keep_going)
    pool = Pool(day)
    tolerance = TOLERANCE if day.tasks <= EXACT_UP_TO else ROUGHLY * max(1.0, day.tasks / USUAL) ** 2
    relaxed = relax(day, pool, tolerance=tolerance, keep_going=keep_going)
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


def _base_by_base(day: Day, possible: Callable[[Duty], bool], keep_going: KeepGoing | None) -> DayPlan:
    """Plan what each base does cheapest by itself; the bound is that of all bases together."""
    worth = Worth(task=np.zeros(day.tasks), group=np.zeros(day.groups))
    duties, work, finished = list[Duty](), 0, True
    for tasks, groups in parts_of(day):
        found = schedule_day(day.part(tasks, groups), _within(possible, tasks, groups), keep_going=keep_going)
        duties += [_whole(duty, tasks, groups) for duty in found.duties]
        if found.worth is not None:
            worth.task[tasks], worth.group[groups] = found.worth.task, found.worth.group
        work, finished = work + found.work, finished and found.finished
    worth = proven_worth(day, worth)
    done = [i for _, chain in duties for i in chain]
    bound = float(worth.task[done].sum() + (day.counts * worth.group).sum())
    return DayPlan(duties=tuple(duties), bound=bound, worth=worth, proven=False, finished=finished, work=work)


def _whole(duty: Duty, tasks: Ints, groups: Ints) -> Duty:
    """Name a duty of a part by the numbers of the whole."""
    return int(groups[duty[0]]), tuple(int(tasks[i]) for i in duty[1])


def _within(possible: Callable[[Duty], bool], tasks: Ints, groups: Ints) -> Callable[[Duty], bool]:
    return lambda duty: possible(_whole(duty, tasks, groups))


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
