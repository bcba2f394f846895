"""Small integer programs by HiGHS, exactly: a value for every variable, a bound, and whether it is proven."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from ortools.math_opt.python import mathopt

from optimizer.model import Status

__all__ = ["Solved", "solved"]

WHOLE: Final = 0.999
"""Costs are whole numbers: a bound so near below a cost proves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What a solver found.

    Parameters
    ----------
    of
        Value of a variable, rounded; only where there is a solution.
    cost, bound
        Of the objective, in whole numbers.
    """

    status: Status
    of: Callable[[Any], int]
    cost: int = 0
    bound: int = 0
    nodes: int = 0

    @property
    def found(self) -> bool:
        """Whether there is a solution."""
        return self.status in {Status.OPTIMAL, Status.FEASIBLE}


def solved(model: mathopt.Model, *, seconds: float | None = None, nodes: int = 100_000) -> Solved:
    """Minimise a model whose objective is whole for whole variables.

    Parameters
    ----------
    seconds, nodes
        Limits; the same nodes give the same answer on every machine.
    """
    parameters = mathopt.SolveParameters(
        relative_gap_tolerance=0.0, absolute_gap_tolerance=WHOLE, node_limit=nodes
    )
    if seconds is not None:
        parameters.time_limit = timedelta(seconds=seconds)
    result = _result(model, parameters)
    if not result.has_primal_feasible_solution():
        impossible = result.termination.reason is mathopt.TerminationReason.INFEASIBLE
        status = Status.INFEASIBLE if impossible else Status.STOPPED
        return Solved(status=status, of=lambda _: 0)
    values = result.variable_values()
    cost = round(result.objective_value())
    bound = min(cost, -int(-(result.best_objective_bound() - 1e-6) // 1))
    return Solved(
        status=Status.OPTIMAL if bound >= cost else Status.FEASIBLE,
        of=lambda variable: round(values[variable]),
        cost=cost,
        bound=bound,
        nodes=max(0, result.solve_stats.node_count),
    )


def _result(model: mathopt.Model, parameters: mathopt.SolveParameters) -> mathopt.SolveResult:
    """Solve, and once more without presolve where HiGHS fails on what its presolve left."""
    try:
        return mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
    except Exception:  # noqa: BLE001 - the solver's errors have no type of their own
        parameters.presolve = mathopt.Emphasis.OFF
        return mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
