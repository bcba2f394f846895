"""The flow of hands through tasks that questions of serving and repairing share, and days driven once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, maximum_bipartite_matching

from optimizer.engines.board import Board
from optimizer.engines.faults import Faults
from optimizer.hands import Hand, calls_for, driven
from optimizer.likeness import signature
from optimizer.model import Reserve, Route
from optimizer.reserves import holds

__all__ = ["Chain", "Days", "HandFlow", "counts_for", "shared_ids"]

MOST_ARCS: Final = 300_000
"""Arcs of the flow from which on nothing is decided: gigabytes beyond that."""

Chain = tuple[int, ...]


def shared_ids(hands: Iterable[Hand]) -> set[str | None]:
    """Ids of vehicles and drivers that occur in more than one hand."""
    seen: set[str | None] = set()
    twice: set[str | None] = set()
    for hand in hands:
        for id_ in (hand.vehicle.id, hand.driver_id):
            (twice if id_ in seen else seen).add(id_)
    return twice - {None}


def counts_for(reserve: Reserve, hand: Hand) -> bool:
    """Whether a hand that does nothing is part of a reserve; one that has begun something is not."""
    return hand.begun is None and holds(reserve, hand.vehicle)


class Days:
    """Days of hands, each driven once."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._known: dict[tuple[int, Chain], Route | None] = {}
        first: dict[tuple[object, ...], int] = {}
        self.like = [first.setdefault((signature(h.vehicle), h.begun), i) for i, h in enumerate(board.hands)]

    def day(self, hand: int, chain: Chain) -> Route | None:
        """Drive these tasks in this order."""
        if (hand, chain) not in self._known:
            calls = calls_for(self.board.table, [self.board.tasks[i].id for i in chain])
            self._known[hand, chain] = driven(self.board.table, self.board.hands[hand], calls)
        return self._known[hand, chain]

    def possible(self, group: Sequence[int], chain: Chain) -> bool:
        """Whether any hand of the group could do it."""
        asked = dict.fromkeys(self.like[h] for h in group)
        return any(self.day(h, chain) is not None for h in asked)

    def given(self, group: Sequence[int], chains: Sequence[Chain]) -> list[Route] | None:
        """Give each chain a hand of its own; None where there are too few that can drive them."""
        first = [self.day(h, chain) for h, chain in zip(group, chains, strict=False)]
        if all(route is not None for route in first):
            return [route for route in first if route is not None]
        able = np.array([[self.day(h, chain) is not None for h in group] for chain in chains], np.int8)
        matched = maximum_bipartite_matching(csr_matrix(able), perm_type="column")
        if (np.asarray(matched) < 0).any():
            return None
        chosen = [self.day(group[int(h)], chain) for h, chain in zip(matched, chains, strict=True)]
        return [route for route in chosen if route is not None]


class HandFlow:
    """The flow of groups of hands through the tasks: each is entered once, optional ones once at most."""

    def __init__(
        self,
        board: Board,
        tasks: Sequence[int],
        groups: list[list[int]],
        reserves: Sequence[Reserve],
        optional: Collection[int] = (),
    ) -> None:
        self.board, self.tasks, self.groups, self.optional = board, list(tasks), groups, optional
        self.model = cp_model.CpModel()
        self.out: dict[tuple[int, int], cp_model.IntVar] = {}
        self.arc: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self.onward: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        self.entered: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        self.faults = Faults(board)
        self.proven = False
        self.fits = sum(len(arcs) for _, arcs in self._arcs()) <= MOST_ARCS
        if self.fits:
            self._build(reserves)

    def _arcs(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Tasks that may follow each other in each group."""
        for g, group in enumerate(self.groups):
            p = int(self.board.profile[group[0]])
            able = [i for i in self.tasks if self.board.may[group[0], i]]
            a, b = np.nonzero(self.board.link[p][np.ix_(able, able)])
            yield g, [(able[i], able[j]) for i, j in zip(a.tolist(), b.tolist(), strict=True)]

    def _build(self, reserves: Sequence[Reserve]) -> None:
        entered = self.entered
        for g, arcs in self._arcs():
            for i in self.tasks:
                if self.board.may[self.groups[g][0], i]:
                    self.out[g, i] = self.model.new_bool_var("")
                    entered[g, i].append(self.out[g, i])
            for i, j in arcs:
                literal = self.arc[g, i, j] = self.model.new_bool_var("")
                entered[g, j].append(literal)
                self.onward[g, i].append(literal)
        for i in self.tasks:
            ways = [x for g in range(len(self.groups)) for x in entered[g, i]]
            (self.model.add_at_most_one if i in self.optional else self.model.add_exactly_one)(ways)
        for (g, i), literals in self.onward.items():
            self.model.add(sum(literals) <= sum(entered[g, i]))
        self._keep_order()
        self._limit_use(reserves)

    def _keep_order(self) -> None:
        """Rank tasks whose windows let each come before the other: a ring of tasks without a hand is none."""
        either = np.asarray(self.board.link[:, self.tasks][:, :, self.tasks].any(axis=0))
        whole = csr_matrix(either.astype(np.int8))
        _, ring = connected_components(whole, directed=True, connection="strong")
        ring_of = dict(zip(self.tasks, ring.tolist(), strict=True))
        ranks: dict[int, cp_model.IntVar] = {}
        for (_, i, j), literal in self.arc.items():
            if ring_of[i] == ring_of[j]:
                for task in (i, j):
                    if task not in ranks:
                        ranks[task] = self.model.new_int_var(0, len(self.tasks), "")
                self.model.add(ranks[j] >= ranks[i] + 1).only_enforce_if(literal)

    def _limit_use(self, reserves: Sequence[Reserve]) -> None:
        """Use no more hands of a group than there are, no vehicle or driver twice, and no reserve."""
        used: list[list[cp_model.IntVar]] = [[] for _ in self.groups]
        for (g, _), literal in self.out.items():
            used[g].append(literal)
        for g, group in enumerate(self.groups):
            self.model.add(sum(used[g]) <= len(group))
        hands = self.board.hands
        shared = shared_ids(hands[h] for group in self.groups for h in group)
        for id_ in sorted(i for i in shared if i is not None):
            both = [x for g, group in enumerate(self.groups) for x in used[g] if _is_of(hands[group[0]], id_)]
            self.model.add(sum(both) <= 1)
        for reserve in reserves:
            kept = [g for g, group in enumerate(self.groups) if counts_for(reserve, hands[group[0]])]
            fitting = len({hands[h].vehicle.id for g in kept for h in self.groups[g]})
            self.model.add(sum(x for g in kept for x in used[g]) <= max(0, fitting - reserve.count))

    def forbid(self, group: int, chain: Chain, days: Days) -> None:
        """Forbid the part that nobody could drive on such roads, or else this day of every group it fails."""
        p = int(self.board.profile[self.groups[group][0]])
        vehicle = self.board.hands[self.groups[group][0]].vehicle
        part = self.faults.part(vehicle, p, chain)
        if part is None:
            for g in range(len(self.groups)):
                able = (g, chain[0]) in self.out and all((g, i, j) in self.arc for i, j in pairwise(chain))
                if able and not days.possible(self.groups[g], chain):
                    self._forbid_day(g, chain)
            return
        alike = [part] if len(part) != 2 else self.faults.followers(vehicle, p, part[0], self.tasks)
        for row in alike:
            self._forbid_row(p, row)

    def _forbid_row(self, profile: int, row: Chain) -> None:
        for g in range(len(self.groups)):
            if self.board.profile[self.groups[g][0]] != profile:
                continue
            steps = [self.arc[g, i, j] for i, j in pairwise(row) if (g, i, j) in self.arc]
            if len(row) == 1:
                self.model.add(sum(self.entered[g, row[0]]) == 0)
            elif len(steps) == len(row) - 1:
                self.model.add(sum(steps) <= len(steps) - 1)

    def _forbid_day(self, group: int, chain: Chain) -> None:
        """Forbid a hand of the group to do just this in its day."""
        literals = [self.out[group, chain[0]]]
        literals += [self.arc[group, i, j] for i, j in pairwise(chain)]
        more = self.onward.get((group, chain[-1]), [])
        self.model.add(sum(literals) <= len(literals) - 1 + sum(more))

    def search(self, work: float) -> dict[int, list[Chain]] | None:
        """Find chains by group, or None; `proven` then says whether there are none."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = work
        status = solver.solve(self.model)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            self.proven = status == cp_model.INFEASIBLE
            return None
        following = {(g, i): j for (g, i, j), x in self.arc.items() if solver.boolean_value(x)}
        found: dict[int, list[Chain]] = defaultdict(list)
        for (g, i), literal in sorted(self.out.items()):
            if solver.boolean_value(literal):
                chain = [i]
                while (g, chain[-1]) in following:
                    chain.append(following[g, chain[-1]])
                found[g].append(tuple(chain))
        return dict(found)


def _is_of(hand: Hand, id_: str) -> bool:
    return id_ in {hand.vehicle.id, hand.driver_id}
