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


def choose_stops(
    groups: Sequence[RiderGroup],
    walks_m: NDArray[np.int32],
    *,
    preferred_m: int,
    limit_m: int,
    walk_fen_per_km: int,
    stop_cost_fen: int,
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
    work_limit
        Deterministic seconds of CP-SAT.
    """
    reach = {
        group.id: [s for s in range(walks_m.shape[1]) if walks_m[i, s] <= limit_m]
        for i, group in enumerate(groups)
    }
    model = cp_model.CpModel()
    walks: dict[tuple[str, int], cp_model.IntVar] = {}
    opened: dict[tuple[str, int], cp_model.IntVar] = {}
    cost: list[cp_model.LinearExpr] = []
    for i, group in enumerate(groups):
        for s in reach[group.id]:
            key = (group.compound_id, s)
            if key not in opened:
                opened[key] = model.new_bool_var(f"open {key}")
                cost.append(stop_cost_fen * opened[key])
            x = walks[group.id, s] = model.new_bool_var(f"{group.id} walks to {s}")
            model.add_implication(x, opened[key])
            cost.append(walk_cost_fen(int(walks_m[i, s]), group.count, preferred_m, walk_fen_per_km) * x)
    for group in groups:
        if reach[group.id]:
            model.add_exactly_one(walks[group.id, s] for s in reach[group.id])
    model.minimize(sum(cost))
    chosen = _solved(model, walks, seed, work_limit)
    return StopChoice(stop_of=chosen, beyond=tuple(g for g in groups if not reach[g.id]))


def walk_cost_fen(walk_m: int, riders: int, preferred_m: int, fen_per_km: int) -> int:
    """Soft price of a walk: by the rider-metre, threefold for what is beyond the preferred length."""
    weighted_m = walk_m + 2 * max(0, walk_m - preferred_m)
    return round(riders * weighted_m * fen_per_km / 1_000)


def _solved(
    model: cp_model.CpModel,
    walks: Mapping[tuple[str, int], cp_model.IntVar],
    seed: int,
    work_limit: float,
) -> dict[str, int]:
    options: dict[str, list[int]] = defaultdict(list)
    for group_id, s in walks:
        options[group_id].append(s)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work_limit
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return {group_id: stops[0] for group_id, stops in options.items()}
    return {group_id: s for (group_id, s), x in walks.items() if solver.boolean_value(x)}
