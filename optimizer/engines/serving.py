"""Whether a set of tasks can all be served, proven either way: CP-SAT with chains driven as they come up.

A matching of every task with what may precede it (a hand or another task) settles most impossible sets.
The rest is a flow of several kinds of hands; what the flow cannot see (limits, rests, moved starts, absences
between two tasks) is driven second by second, and a chain that fails is forbidden (a logic-based Benders cut;
Hooker & Ottosson 2003).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from optimizer.engines.board import Board
from optimizer.engines.hand_flow import Days, HandFlow, counts_for, shared_ids
from optimizer.model import Reserve, Route

__all__ = ["Answer", "serve"]

MOST_ROUNDS: Final = 60
"""Times that chains which cannot be driven are forbidden."""
WORK: Final = 4.0
"""Deterministic seconds of one search (`max_deterministic_time`)."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether all can be served.

    Parameters
    ----------
    routes
        One for each hand that is used; None where none were found.
    certain
        Whether that there are none is proven.
    """

    routes: tuple[Route, ...] | None
    certain: bool = True


def serve(
    board: Board,
    tasks: Sequence[int],
    reserves: Sequence[Reserve] = (),
    hands: Sequence[int] | None = None,
    *,
    work: float = WORK,
) -> Answer:
    """Serve all of these tasks of the board, or say that it cannot be.

    Parameters
    ----------
    reserves
        Vehicles that must stay unused; a hand that has begun something is used.
    hands
        Those that may be used; None: all.
    work
        Limit in CP-SAT's deterministic seconds.
    """
    chosen = list(range(len(board.hands))) if hands is None else sorted(hands)
    if not tasks:
        return Answer(routes=())
    if _outnumbered(board, tasks, chosen):
        return Answer(routes=None, certain=board.exact)
    answer = _searched(board, tasks, _grouped(board, tasks, chosen, reserves), reserves, work)
    if answer is None:
        # Hands of a group were too different for the chains given to them: tell each apart.
        answer = _searched(board, tasks, [[h] for h in chosen], reserves, work)
    answer = answer or Answer(routes=None, certain=False)
    return answer if board.exact or answer.routes is not None else Answer(routes=None, certain=False)


def _outnumbered(board: Board, tasks: Sequence[int], hands: Sequence[int]) -> bool:
    """Whether the tasks cannot even be matched each with something of its own that comes before it."""
    t, h = np.array(tasks), np.array(hands, np.int64)
    may = board.may[np.ix_(h, t)]
    before = np.zeros((len(t), len(t)), np.bool_)
    for p in range(len(board.link)):
        mine = may[board.profile[h] == p].astype(np.float32)
        before |= board.link[p][np.ix_(t, t)] & ((mine.T @ mine) > 0)
    able = csr_matrix(np.concatenate([before.T, may.T], axis=1))
    matched = maximum_bipartite_matching(able, perm_type="column")
    return bool((np.asarray(matched) < 0).any())


def _grouped(
    board: Board, tasks: Sequence[int], hands: Sequence[int], reserves: Sequence[Reserve]
) -> list[list[int]]:
    """Put hands together that the flow need not tell apart; who shares a vehicle or driver stays alone."""
    shared = shared_ids(board.hands[h] for h in hands)
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for h in hands:
        hand = board.hands[h]
        alone = h if shared & {hand.vehicle.id, hand.driver_id} else -1
        kept = tuple(counts_for(reserve, hand) for reserve in reserves)
        may = board.may[h, list(tasks)].tobytes()
        groups[int(board.profile[h]), may, kept, alone, hand.begun is not None].append(h)
    return list(groups.values())


def _searched(
    board: Board, tasks: Sequence[int], groups: list[list[int]], reserves: Sequence[Reserve], work: float
) -> Answer | None:
    """Search, drive, forbid, search again; None where hands of one group must be told apart."""
    flow, days = HandFlow(board, tasks, groups, reserves), Days(board)
    if not flow.fits:
        return Answer(routes=None, certain=False)
    for _ in range(MOST_ROUNDS):
        outcome = flow.search(work)
        if outcome is None:
            return Answer(routes=None, certain=flow.proven)
        failed = [(g, c) for g, chains in outcome.items() for c in chains if not days.possible(groups[g], c)]
        if failed:
            for group, chain in failed:
                flow.forbid(group, chain, days)
            continue
        given = [days.given(groups[g], chains) for g, chains in outcome.items()]
        if any(part is None for part in given):
            return None
        routes = [route for part in given if part is not None for route in part]
        return Answer(routes=tuple(sorted(routes, key=lambda r: r.vehicle_id)))
    return Answer(routes=None, certain=False)
