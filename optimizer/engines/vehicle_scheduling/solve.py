"""Vehicle scheduling with a proof: flow, linear relaxation, reduced-cost fixing, choice of groups.

One group is one minimum-cost flow and proven by it. With several, the flow is a relaxation whose rows of
tasks make a first plan; the linear relaxation over all duties bounds it closely (Ribeiro & Soumis 1994), and
what can still be in a better plan is small enough for a mixed-integer program.
"""

import math
import time
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from optimizer.engines.vehicle_scheduling.choice import choose, difference_for
from optimizer.engines.vehicle_scheduling.flow import Flow, cheapest_flow
from optimizer.engines.vehicle_scheduling.relaxation import Relaxed, relax
from optimizer.engines.vehicle_scheduling.values import Network, Plan

__all__ = ["schedule"]

Ints = NDArray[np.int64]

ARCS: Final = 4
"""Arcs per task and group of the first choice."""
WIDER: Final = 3.0
"""Factor of the difference from one choice to the next."""
NODES: Final = 20_000
"""Branch-and-bound nodes at most, where the caller sets no limit."""


def schedule(network: Network, *, seconds: float | None = None, nodes: int = NODES) -> Plan:
    """Find the cheapest duties that serve every task or pay its penalty.

    Parameters
    ----------
    seconds
        Wall time after which the best plan so far is returned; None sets no limit.
    nodes
        Limit of the search in work: with it alone the same network gives the same plan.
    """
    until = math.inf if seconds is None else time.monotonic() + seconds
    flow = cheapest_flow(network)
    if network.groups == 1 or not flow.chains:
        duties = tuple((0, chain) for chain in flow.chains)
        return Plan(duties=duties, left=flow.left, cost=flow.cost, bound=flow.cost)
    plan = _of_owners(network, _first_owners(network, flow), bound=flow.cost)
    if plan.proven:
        return plan
    relaxed = relax(network, flow, until=until)
    rounded = _of_owners(network, _rounded(relaxed), bound=plan.bound)
    plan = _bounded(min(plan, rounded, key=_cost_of), relaxed.bound, rounds=relaxed.rounds)
    return _chosen(network, relaxed, plan, until, nodes)


def _chosen(network: Network, relaxed: Relaxed, plan: Plan, until: float, nodes: int) -> Plan:
    """Choose among ever more arcs until nothing outside can be better."""
    widest = plan.cost - relaxed.bound
    difference = difference_for(network, relaxed, widest, ARCS * network.tasks * network.groups)
    while not plan.proven and plan.nodes < nodes and time.monotonic() < until:
        found = choose(network, relaxed, difference, until=until, nodes=nodes - plan.nodes)
        bound = min(found.bound, relaxed.bound + difference)
        if found.owner is not None:
            better = _of_owners(network, found.owner, bound=plan.bound)
            plan = replace(min(plan, better, key=_cost_of), rounds=plan.rounds, nodes=plan.nodes)
        plan = replace(_bounded(plan, bound, rounds=plan.rounds), nodes=plan.nodes + found.nodes)
        if not found.finished or difference >= plan.cost - relaxed.bound:
            break
        difference = min(difference * WIDER, plan.cost - relaxed.bound)
    return plan


def _cost_of(plan: Plan) -> int:
    return plan.cost


def _bounded(plan: Plan, bound: float, *, rounds: int) -> Plan:
    """Raise the bound: to a whole number, since costs are, and never above the plan."""
    whole = math.ceil(bound - 1e-3 - 1e-9 * abs(bound)) if math.isfinite(bound) else plan.cost
    return replace(plan, bound=min(plan.cost, max(plan.bound, whole)), rounds=rounds)


def _rounded(relaxed: Relaxed) -> Ints:
    """Give each task to the group that serves most of it in the relaxation; −1 where it is left out."""
    owner = relaxed.share.argmax(axis=0)
    return np.where(relaxed.share.sum(axis=0) < 0.5, -1, owner)


def _first_owners(network: Network, flow: Flow) -> Ints:
    """Give each row of tasks of the flow to a vehicle of the group that does it cheapest, by one matching."""
    owner = np.full(network.tasks, -1)
    seats = np.repeat(np.arange(network.groups), np.minimum(network.counts, len(flow.chains)))
    costs = np.array([[_cost(network, g, chain) for g in range(network.groups)] for chain in flow.chains])
    rows, columns = linear_sum_assignment(costs[:, seats])
    for row, column in zip(rows, columns, strict=True):
        group = seats[column]
        chain = np.array(flow.chains[row])
        able = chain[network.may[group, chain]]
        owner[able] = group
    return owner


def _cost(network: Network, group: int, chain: tuple[int, ...]) -> float:
    """Cost of a row of tasks for a group that may serve only some of them: the others pay their penalty."""
    able = tuple(i for i in chain if network.may[group, i])
    links = network.link[network.table[group]]
    if any(links[i, j] < 0 for i, j in pairwise(able)):
        return float(network.penalty[list(chain)].sum())
    skipped = float(network.penalty[[i for i in chain if not network.may[group, i]]].sum())
    return skipped + (network.cost(group, able) if able else 0.0)


def _of_owners(network: Network, owner: Ints, *, bound: float) -> Plan:
    """Give every group the cheapest flow through its own tasks."""
    left = [int(i) for i in np.flatnonzero(owner < 0)]
    cost = int(network.penalty[left].sum())
    duties: list[tuple[int, tuple[int, ...]]] = []
    for group in range(network.groups):
        tasks = np.flatnonzero(owner == group)
        if not len(tasks):
            continue
        flow = cheapest_flow(network.only(group, tasks))
        duties += [(group, tuple(int(tasks[i]) for i in chain)) for chain in flow.chains]
        left += [int(tasks[i]) for i in flow.left]
        cost += flow.cost
    return Plan(duties=tuple(duties), left=tuple(sorted(left)), cost=cost, bound=min(cost, bound))
