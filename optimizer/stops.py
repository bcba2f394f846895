"""Which stop a group of riders walks to: few stops, short walks.

A set-cover with walking costs, solved by CP-SAT, in the manner of the bus stop selection of the school bus
routing problem (Park & Kim 2010). What is decided here is a first choice: other stops within everyone's reach
stay options for the planner of the lines.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from optimizer.riders import RiderGroup

__all__ = ["StopChoice", "choose_stops", "walk_cost_fen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopChoice:
    """First stop of each group; groups that reach no stop are listed apart.

    Parameters
    ----------
    stop_of
        Group id → position in the stops given.
    beyond
        Groups with no stop within the limit, in the order given.
    """

    stop_of: Mapping[str, int]
    beyond: tuple[RiderGroup, ...]


def choose_stops(  # noqa: PLR0913
    groups: Sequence[RiderGroup],
    walks_m: NDArray[np.int32],
    *,
    preferred_m: int,
    limit_m: int,
    walk_fen_per_km: int,
    stop_cost_fen: int,
    prices_fen: Mapping[tuple[int, str], int] | None = None,
    moves_fen: NDArray[np.int64] | None = None,
    seed: int = 0,
    work_limit: float = 4.0,
) -> StopChoice:
    """Give each group one stop within the limit so that stops and walks together cost least.

    Parameters
    ----------
    walks_m
        `[group, stop]` walking metres, `UNREACHABLE` beyond what was measured.
    walk_fen_per_km, stop_cost_fen
        Soft prices: of a rider's kilometre on foot (threefold beyond `preferred_m`), and of a stop that is
        served for one compound at all.
    prices_fen
        (stop, compound id) → price of that stop for that compound, where it is not `stop_cost_fen`.
    moves_fen
        `[group, stop]` price for each rider beside the walk.
    work_limit
        Deterministic seconds of CP-SAT.
    """
    reach = {
        group.id: tuple(s for s in range(walks_m.shape[1]) if walks_m[i, s] <= limit_m)
        for i, group in enumerate(groups)
    }
    walks: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
    for i, group in enumerate(groups):
        for s in reach[group.id]:
            cost = walk_cost_fen(int(walks_m[i, s]), group.count, preferred_m, walk_fen_per_km)
            moved_fen = 0 if moves_fen is None else group.count * int(moves_fen[i, s])
            walks[group.compound_id][group.id, s] = cost + moved_fen
    chosen: dict[str, int] = {}
    known = prices_fen or {}
    for compound_id, of_compound in sorted(walks.items()):  # stops are paid for by compound
        price = {s: known.get((s, compound_id), stop_cost_fen) for s in range(walks_m.shape[1])}
        chosen |= _covered(of_compound, price, seed, work_limit / len(walks))
    return StopChoice(stop_of=chosen, beyond=tuple(g for g in groups if not reach[g.id]))


def walk_cost_fen(walk_m: int, riders: int, preferred_m: int, fen_per_km: int) -> int:
    """Soft price of a walk: by the rider-metre, threefold for what is beyond the preferred length."""
    weighted_m = walk_m + 2 * max(0, walk_m - preferred_m)
    return round(riders * weighted_m * fen_per_km / 1_000)


def _covered(
    cost_fen: Mapping[tuple[str, int], int], price_fen: Mapping[int, int], seed: int, work_limit: float
) -> dict[str, int]:
    """Choose for each group one of its `(group, stop)` pairs, paying for each stop that is used."""
    model = cp_model.CpModel()
    opened = {s: model.new_bool_var(f"open {s}") for s in sorted({s for _, s in cost_fen})}
    takes = {key: model.new_bool_var(f"{key[0]} walks to {key[1]}") for key in cost_fen}
    options: dict[str, list[int]] = defaultdict(list)
    for group_id, s in cost_fen:
        options[group_id].append(s)
        model.add_implication(takes[group_id, s], opened[s])
    for group_id, stops in options.items():
        model.add_exactly_one(takes[group_id, s] for s in stops)
    walking = sum(cost_fen[key] * x for key, x in takes.items())
    model.minimize(walking + sum(price_fen[s] * x for s, x in opened.items()))
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # it would not give the signal back
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work_limit
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return {
            group_id: min(stops, key=lambda s: cost_fen[group_id, s]) for group_id, stops in options.items()
        }
    return {group_id: s for (group_id, s), x in takes.items() if solver.boolean_value(x)}
