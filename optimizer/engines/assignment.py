"""Who takes what, once each: an exact assignment with groups and reserves, by CP-SAT.

Solved class by class: the penalties of what stays unserved in the highest priority class first, then the
next, and at last the cost of the pairs; each result is kept while the next is improved.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from optimizer.model import Priority, Problem, Request, Status
from optimizer.reserves import holds

__all__ = ["Assigned", "Pair", "assign"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A vehicle that may take a request, and what that costs (any unit, never negative)."""

    vehicle_id: str
    request_id: str
    cost: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """Chosen `(vehicle_id, request_id)` pairs; `work` counts branches."""

    pairs: tuple[tuple[str, str], ...]
    status: Status
    cost: int
    work: int


def assign(
    pairs: Sequence[Pair],
    problem: Problem,
    *,
    seed: int = 0,
    work_limit: float | None = None,
    keep_going: Callable[[], bool] | None = None,
) -> Assigned:
    """Choose pairs: each vehicle and request once, groups whole, reserves untouched.

    Parameters
    ----------
    work_limit
        Deterministic seconds for all stages together.
    """
    model = cp_model.CpModel()
    take = {p: model.new_bool_var(f"{p.vehicle_id}>{p.request_id}") for p in pairs}
    served = _served(model, take, problem.requests)
    _one_each(model, take)
    _whole_groups(model, served, problem.requests)
    _reserves(model, take, problem)
    stages = [*_unserved_by_class(served, problem.requests), sum(p.cost * x for p, x in take.items())]
    return _solve_in_order(model, take, stages, (seed, work_limit, keep_going))


def _served(
    model: cp_model.CpModel, take: dict[Pair, cp_model.IntVar], requests: Iterable[Request]
) -> dict[str, cp_model.IntVar]:
    ways = defaultdict(list)
    for pair, x in take.items():
        ways[pair.request_id].append(x)
    served = {r.id: model.new_bool_var(f"served {r.id}") for r in sorted(requests, key=lambda r: r.id)}
    for request_id, s in served.items():
        model.add(sum(ways[request_id]) == s)
    return served


def _one_each(model: cp_model.CpModel, take: dict[Pair, cp_model.IntVar]) -> None:
    uses = defaultdict(list)
    for pair, x in take.items():
        uses[pair.vehicle_id].append(x)
    for xs in uses.values():
        model.add_at_most_one(xs)


def _whole_groups(
    model: cp_model.CpModel, served: dict[str, cp_model.IntVar], requests: Iterable[Request]
) -> None:
    groups = defaultdict(list)
    for request in sorted(requests, key=lambda r: r.id):
        if request.group_id is not None:
            groups[request.group_id].append(served[request.id])
    for first, *rest in groups.values():
        for other in rest:
            model.add(other == first)


def _reserves(model: cp_model.CpModel, take: dict[Pair, cp_model.IntVar], problem: Problem) -> None:
    """Take at most what a reserve can spare; where it is short already, take nothing of it."""
    for reserve in problem.reserves:
        holders = {v.id for v in problem.vehicles if holds(reserve, v)}
        model.add(
            sum(x for p, x in take.items() if p.vehicle_id in holders) <= max(0, len(holders) - reserve.count)
        )


def _unserved_by_class(
    served: dict[str, cp_model.IntVar], requests: Iterable[Request]
) -> list[cp_model.LinearExprT]:
    stages: list[cp_model.LinearExprT] = []
    for priority in Priority:
        members = [r for r in requests if r.priority is priority]
        shared = math.gcd(*(r.unserved_penalty_fen for r in members)) or 1
        if members:
            stages.append(sum(r.unserved_penalty_fen // shared * (1 - served[r.id]) for r in members))
    return stages


def _solve_in_order(
    model: cp_model.CpModel,
    take: dict[Pair, cp_model.IntVar],
    stages: list[cp_model.LinearExprT],
    limits: tuple[int, float | None, Callable[[], bool] | None],
) -> Assigned:
    seed, work_limit, keep_going = limits
    chosen: tuple[tuple[str, str], ...] = ()
    status, cost, branches = Status.OPTIMAL, 0, 0
    for i, stage in enumerate(stages):
        solver = _solver(seed, None if work_limit is None else work_limit / len(stages))
        model.minimize(stage)
        result = solver.solve(model, _Watch(keep_going))
        branches += solver.num_branches
        if result not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return Assigned(chosen, Status.FEASIBLE if i else Status.INFEASIBLE, cost, branches)
        chosen = tuple((p.vehicle_id, p.request_id) for p, x in take.items() if solver.boolean_value(x))
        cost = round(solver.objective_value)
        if keep_going is not None and not keep_going():
            return Assigned(chosen, Status.STOPPED, cost, branches)
        status = status if result == cp_model.OPTIMAL else Status.FEASIBLE
        model.add(stage <= cost)
        model.clear_hints()  # type: ignore[no-untyped-call]
        for x in take.values():
            model.add_hint(x, solver.boolean_value(x))
    return Assigned(chosen, status, cost, branches)


def _solver(seed: int, work_limit: float | None) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # it would not give the signal back
    solver.parameters.num_workers = 1  # repeats exactly
    solver.parameters.random_seed = seed
    if work_limit is not None:
        solver.parameters.max_deterministic_time = work_limit
    return solver


class _Watch(cp_model.CpSolverSolutionCallback):
    """Ask at each new solution whether to go on."""

    def __init__(self, keep_going: Callable[[], bool] | None) -> None:
        super().__init__()
        self._keep_going = keep_going

    def on_solution_callback(self) -> None:
        if self._keep_going is not None and not self._keep_going():
            self.stop_search()
