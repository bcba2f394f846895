"""Serve loose tasks with the fewest changes to what others do, then at least cost: CP-SAT.

The flow of `hand_flow`, where a task that has a place must keep one, and leaving the hand that has it is a
change. Metres are priced on the flow, the rest where the days are driven.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ortools.sat.python import cp_model

from optimizer.engines.board import Board
from optimizer.engines.hand_flow import Days, HandFlow, counts_for, shared_ids
from optimizer.likeness import signature
from optimizer.model import Priority, Reserve, Route

__all__ = ["Repaired", "repair"]

MOST_ROUNDS: Final = 40
UNSERVED: Final = 10**7
"""Weight in fen of a loose task of the lowest class that stays without; each class weighs 50 times more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Days of the hands that take something on, by number, and the loose tasks that stay without."""

    days: Mapping[int, Route]
    chains: Mapping[int, tuple[int, ...]]
    left: tuple[int, ...]


def repair(
    board: Board,
    placed: Mapping[int, int],
    loose: Sequence[int],
    reserves: Sequence[Reserve] = (),
    *,
    most_changes: int = 3,
    change_fen: int = 0,
    work: float = 10.0,
) -> Repaired | None:
    """Place loose tasks; None if nothing was found in the work given.

    Parameters
    ----------
    placed
        Task → hand that is to do it; all of them stay served.
    most_changes
        How many of those may go to another hand.
    change_fen
        What such a change is worth, beside the cost of driving.
    """
    tasks = sorted([*placed, *loose])
    groups = _groups(board, set(placed.values()), reserves)
    flow = HandFlow(board, tasks, groups, reserves, optional=set(loose))
    if not flow.fits:
        return None
    _aim(flow, placed, loose, most_changes, change_fen)
    days = Days(board)
    for _ in range(MOST_ROUNDS):
        outcome = flow.search(work)
        if outcome is None:
            return None
        failed = [(g, c) for g, chains in outcome.items() for c in chains if not days.possible(groups[g], c)]
        if not failed:
            return _read(outcome, groups, days, loose)
        for group, chain in failed:
            flow.forbid(group, chain, days)
    return None


def _groups(board: Board, used: set[int], reserves: Sequence[Reserve]) -> list[list[int]]:
    """Put idle hands that are alike together; who does something stays alone."""
    shared = shared_ids(board.hands)
    found: dict[tuple[object, ...], list[int]] = {}
    for h, hand in enumerate(board.hands):
        alone = h in used or hand.begun is not None or bool(shared & {hand.vehicle.id, hand.driver_id})
        kept = tuple(counts_for(reserve, hand) for reserve in reserves)
        found.setdefault((h if alone else signature(hand.vehicle), kept, board.may[h].tobytes()), []).append(
            h
        )
    return list(found.values())


def _aim(
    flow: HandFlow, placed: Mapping[int, int], loose: Sequence[int], most_changes: int, change_fen: int
) -> None:
    """Loose tasks by class first, then changes and metres; no more changes than allowed."""
    group_of = {h: g for g, group in enumerate(flow.groups) for h in group}
    stays = {i: sum(flow.entered[group_of[h], i]) for i, h in placed.items()}
    flow.model.add(len(placed) - sum(stays.values()) <= most_changes)
    cost: list[cp_model.LinearExprT] = [change_fen * (1 - stay) for stay in stays.values()]
    for i in loose:
        rank = list(Priority)[::-1].index(flow.board.tasks[i].priority)
        served = sum(x for g in range(len(flow.groups)) for x in flow.entered[g, i])
        cost.append(UNSERVED * 50**rank * (1 - served))
    _keep_groups_whole(flow, loose)
    cost += _driving(flow)
    flow.model.minimize(sum(cost))


def _keep_groups_whole(flow: HandFlow, loose: Sequence[int]) -> None:
    """Serve all loose tasks of a group or none."""
    first: dict[str, cp_model.LinearExprT] = {}
    for i in loose:
        group_id = flow.board.tasks[i].group_id
        if group_id is None:
            continue
        served = sum(x for g in range(len(flow.groups)) for x in flow.entered[g, i])
        if group_id in first:
            flow.model.add(served == first[group_id])
        first.setdefault(group_id, served)


def _driving(flow: HandFlow) -> list[cp_model.LinearExprT]:
    """Price of using a vehicle and of every metre, to the fen of each leg; the way home is paid before."""
    board, found = flow.board, list[cp_model.LinearExprT]()
    types = board.table.types
    for (g, i), literal in flow.out.items():
        h = flow.groups[g][0]
        rates = types[board.hands[h].vehicle.type_id].rates
        used = rates.vehicle_used_fen + rates.per_trip_fen if board.hands[h].begun is None else 0
        metres = int(board.out_m[h, i] + board.task_m[board.profile[h], i] + board.home_m[h, i])
        found.append((used + metres * (rates.per_km_fen + rates.toll_per_km_fen) // 1_000) * literal)
    for (g, i, j), literal in flow.arc.items():
        h = flow.groups[g][0]
        p = board.profile[h]
        rates = types[board.hands[h].vehicle.type_id].rates
        more = int(board.link_m[p, i, j] + board.task_m[p, j] + board.home_m[h, j] - board.home_m[h, i])
        found.append(more * (rates.per_km_fen + rates.toll_per_km_fen) // 1_000 * literal)
    return found


def _read(
    outcome: Mapping[int, Sequence[tuple[int, ...]]],
    groups: Sequence[Sequence[int]],
    days: Days,
    loose: Sequence[int],
) -> Repaired | None:
    found: dict[int, Route] = {}
    chains: dict[int, tuple[int, ...]] = {}
    for g, mine in outcome.items():
        given = days.given(groups[g], mine)
        if given is None:
            return None
        by_vehicle = {days.board.hands[h].vehicle.id: h for h in groups[g]}
        for route, chain in zip(given, mine, strict=True):
            found[by_vehicle[route.vehicle_id]] = route
            chains[by_vehicle[route.vehicle_id]] = chain
    done = {i for chain in chains.values() for i in chain}
    return Repaired(days=found, chains=chains, left=tuple(i for i in loose if i not in done))
