"""Which rides can share a car, and which should: all pairs and triples timed exactly, a best choice proven.

Two rides are joined where one car can serve both as everybody puts up with it; three where all their pairs
are joined and the three can be served too (shareability graph, Alonso-Mora et al. 2017). A best set of
disjoint groups is chosen with a bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model
from scipy import sparse

from optimizer.engines.pool_tours import best_groups, triangles

__all__ = ["MOST_GROUPS", "Chosen", "Groups", "Town", "best_disjoint", "groups_of"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_GROUPS: Final = 2_000_000
"""Groups of three that are timed at most."""
KEPT: Final = 150_000
"""Groups that save most, among which is chosen at most."""
FIRST_DIFFERENCE: Final = 0.0005
"""Share of the relaxation by which the first choice may miss it."""
CUT_ROUNDS: Final = 12
"""Rounds of cuts at most."""
CUTS: Final = 150
"""Cuts a round at most."""
LEAST_BREACH: Final = 0.03
"""By how much a cut must be broken to be added."""
ROUNDING: Final = 1e-4
"""Seconds of a bound that are put down to rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Town:
    """Rides `[n, 13]`, columns as in `engines.pool_tours`, and seconds `[bucket, place, place]`."""

    rides: Ints
    seconds: NDArray[np.int32]
    bucket_starts_s: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """Groups that save time.

    Parameters
    ----------
    members
        `[g, 3]` rides in their order; −1 in the third place of a pair.
    saved_s
        `[g]` seconds of one vehicle that serving them together saves.
    tour
        `[g, 4]`: which order of boarding, of places and of homes, and the second of departure.
    complete
        Whether every group was looked at and kept.
    """

    members: Ints
    saved_s: Ints
    tour: Ints
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Positions of the chosen groups, what they save, and a proven bound on what any choice saves."""

    groups: tuple[int, ...]
    saved_s: int
    bound_s: int


def groups_of(town: Town, *, seats: int, apart_s: int, largest: int) -> Groups:
    """Time every pair of rides and every triangle of pairs.

    Parameters
    ----------
    seats
        People in one car.
    apart_s
        Wished departures farther apart are not tried.
    largest
        Rides in one car: 2 or 3.
    """
    n = len(town.rides)
    roads = (town.rides, town.seconds, town.bucket_starts_s, seats)
    start_s = town.rides[:, 3]
    last = np.searchsorted(start_s, start_s + apart_s, side="right")
    counts = np.maximum(0, last - np.arange(n) - 1)
    first = np.repeat(np.arange(n), counts)
    second = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts) + first + 1
    pairs = np.stack([first, second, np.full(len(first), -1)], axis=1)
    saved_s, tour, can = best_groups(pairs, *roads)
    joined = np.zeros((n, n), np.bool_)
    joined[pairs[can, 0], pairs[can, 1]] = True
    members, complete = pairs, True
    if largest > 2:
        triples, complete = triangles(joined, MOST_GROUPS)
        more_s, more_tour, _ = best_groups(triples, *roads)
        members = np.concatenate([pairs, triples])
        saved_s, tour = np.concatenate([saved_s, more_s]), np.concatenate([tour, more_tour])
    good = np.flatnonzero(saved_s > 0)
    if len(good) > KEPT:
        good = np.sort(good[np.argsort(-saved_s[good], kind="stable")[:KEPT]])
        complete = False
    return Groups(members=members[good], saved_s=saved_s[good], tour=tour[good], complete=complete)


def best_disjoint(members: Sequence[Sequence[int]], saved_s: Sequence[int], work_limit: float) -> Chosen:
    """Choose disjoint groups that save most together.

    The linear relaxation bounds what can be saved; a choice within some difference of it holds only groups
    whose reduced cost is within that, and among so few CP-SAT proves the best.

    Parameters
    ----------
    work_limit
        CP-SAT's deterministic time: the same groups and limit give the same choice.
    """
    if not members:
        return Chosen(groups=(), saved_s=0, bound_s=0)
    bound, loss = _relaxed(members, saved_s)
    difference, best = max(1.0, FIRST_DIFFERENCE * bound), Chosen(groups=(), saved_s=0, bound_s=int(bound))
    while best.saved_s < best.bound_s:
        near = np.flatnonzero(loss <= difference).tolist()
        found = _packed([members[g] for g in near], [saved_s[g] for g in near], work_limit)
        # Whatever holds another group is farther than the difference from the relaxation.
        bound_s = min(best.bound_s, max(found.bound_s, int(bound - difference + ROUNDING)))
        if found.saved_s >= best.saved_s:
            best = Chosen(groups=tuple(near[i] for i in found.groups), saved_s=found.saved_s, bound_s=0)
        best = replace(best, bound_s=max(best.saved_s, bound_s))
        if found.saved_s < found.bound_s or len(near) == len(members):
            break
        difference = bound - best.saved_s  # all that can still be in a better choice
    return best


def _relaxed(members: Sequence[Sequence[int]], saved_s: Sequence[int]) -> tuple[float, Floats]:
    """Bound by the linear relaxation with cuts, and how much of it is lost at least with each group.

    Of three rides at most one group holds two or more (subset-row cuts, Jepsen et al. 2008): what a
    relaxation of pairs and triples misses is mostly that.
    """
    rides = 1 + max(max(group) for group in members)
    holds = sparse.csr_matrix(
        (
            np.ones(sum(map(len, members))),
            (np.repeat(np.arange(len(members)), [len(g) for g in members]), [r for g in members for r in g]),
        ),
        shape=(len(members), rides),
    )
    master = _Master(holds, saved_s)
    cuts = np.zeros((0, 3), np.int64)
    saved = np.array(saved_s, np.float64)
    best, loss = float("inf"), np.zeros(len(members))
    for _ in range(CUT_ROUNDS):
        shares, worth, price = master.solve()
        worth, gain = _covering(holds, saved - _in_cuts(holds, cuts) @ price, worth)
        if (bound := float(worth.sum() + price.sum())) < best:
            best, loss = bound, holds @ worth - gain
        new = _violated(holds, shares)
        if not len(new):
            break
        master.add(new)
        cuts = np.concatenate([cuts, new])
    return best + ROUNDING, loss


def _covering(holds: sparse.csr_matrix, gain: Floats, worth: Floats) -> tuple[Floats, Floats]:
    """Raise the worth of rides until no group gains more than its rides are worth: then it is a bound."""
    worth = np.maximum(0.0, worth)
    for g in np.flatnonzero(holds @ worth < gain).tolist():
        rides = holds.indices[holds.indptr[g] : holds.indptr[g + 1]]
        worth[rides[0]] += max(0.0, float(gain[g] - worth[rides].sum()))
    return worth, gain


def _in_cuts(holds: sparse.csr_matrix, cuts: Ints) -> sparse.csr_matrix:
    """Whether a group holds two or more rides of a cut `[g, c]`."""
    rows, columns = cuts.ravel(), np.repeat(np.arange(len(cuts)), 3)
    inside = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(holds.shape[1], len(cuts)))
    return sparse.csr_matrix((holds @ inside) >= 2)


def _violated(holds: sparse.csr_matrix, shares: Floats) -> Ints:
    """Find the threes of rides whose cut the shares of the groups break most."""
    used = np.flatnonzero(shares > ROUNDING)
    part = holds[used]
    together: Floats = np.asarray((part.T @ sparse.diags(shares[used]) @ part).toarray())
    np.fill_diagonal(together, 0.0)
    threes, _ = triangles(together > ROUNDING, MOST_GROUPS)
    i, j, k = threes.T
    value = together[i, j] + together[i, k] + together[j, k]
    starts, rides = holds.indptr, holds.indices
    threes_used = (g for g in used.tolist() if starts[g + 1] - starts[g] == 3)
    whole = {tuple(rides[starts[g] : starts[g + 1]].tolist()): shares[g] for g in threes_used}
    value -= 2 * np.array([whole.get((a, b, c), 0.0) for a, b, c in threes.tolist()])
    worst = np.argsort(-value, kind="stable")[:CUTS]
    found: Ints = threes[worst[value[worst] > 1 + LEAST_BREACH]]
    return found


class _Master:
    """The linear relaxation, in GLOP: groups at most once over every ride, and the cuts so far."""

    def __init__(self, holds: sparse.csr_matrix, saved_s: Sequence[int]) -> None:
        self.holds = holds
        self.solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString("use_preprocessing:false")
        objective = self.solver.Objective()
        objective.SetMaximization()
        most = self.solver.infinity()
        self.rows = [self.solver.Constraint(-most, 1.0) for _ in range(holds.shape[1])]
        self.cuts: list[Any] = []
        self.shares = [self.solver.NumVar(0.0, most, "") for _ in saved_s]
        for g, (x, saved) in enumerate(zip(self.shares, saved_s, strict=True)):
            objective.SetCoefficient(x, float(saved))
            for ride in holds.indices[holds.indptr[g] : holds.indptr[g + 1]]:
                self.rows[ride].SetCoefficient(x, 1.0)

    def add(self, cuts: Ints) -> None:
        """Add cuts of three rides each."""
        inside = _in_cuts(self.holds, cuts).tocsc()
        for c in range(len(cuts)):
            row = self.solver.Constraint(-self.solver.infinity(), 1.0)
            self.cuts.append(row)
            for g in inside.indices[inside.indptr[c] : inside.indptr[c + 1]]:
                row.SetCoefficient(self.shares[g], 1.0)

    def solve(self) -> tuple[Floats, Floats, Floats]:
        """Shares of the groups, and dual values of rides and cuts."""
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            message = f"the linear relaxation of {len(self.shares)} pools has no optimum; expected one"
            raise ArithmeticError(message)
        shares = np.array([x.solution_value() for x in self.shares])
        worth = np.array([row.dual_value() for row in self.rows])
        price = np.array([max(0.0, row.dual_value()) for row in self.cuts])
        return shares, worth, price


def _packed(members: Sequence[Sequence[int]], saved_s: Sequence[int], work_limit: float) -> Chosen:
    if not members:
        return Chosen(groups=(), saved_s=0, bound_s=0)
    model = cp_model.CpModel()
    take = [model.new_bool_var("") for _ in members]
    of_ride: dict[int, list[cp_model.IntVar]] = {}
    for group, x in zip(members, take, strict=True):
        for ride in group:
            of_ride.setdefault(ride, []).append(x)
    for xs in of_ride.values():
        model.add_at_most_one(xs)
    model.maximize(cp_model.LinearExpr.weighted_sum(take, list(saved_s)))
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # it would not give the signal back
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = work_limit
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Chosen(groups=(), saved_s=0, bound_s=sum(saved_s))
    chosen = tuple(i for i, x in enumerate(take) if solver.boolean_value(x))
    bound_s = int(solver.best_objective_bound + ROUNDING)
    return Chosen(groups=chosen, saved_s=sum(saved_s[i] for i in chosen), bound_s=bound_s)
