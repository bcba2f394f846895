"""Cheapest duties through every task at given dual values: two sweeps over the tasks in their order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.compiled import jit
from optimizer.engines.vehicle_scheduling.values import Network

__all__ = ["Duals", "Links", "Ways", "links_of", "paths", "ways"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

compiled = jit(__file__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Links:
    """Possible successions of one cost table, by the later task (`_in`) and by the earlier (`_out`)."""

    begin_in: Ints
    tail: Ints
    cost_in: Floats
    begin_out: Ints
    head: Ints
    cost_out: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duals:
    """Worth of serving each task `[n]` and of a vehicle of each group `[k]`, at most 0."""

    task: Floats
    group: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """Of one group: least cost to have served each task and to go on from it; tasks before and after.

    Both costs hold the worth of the task itself; `through` counts it once.
    """

    come: Floats
    before: Ints
    on: Floats
    after: Ints
    through: Floats


def links_of(network: Network) -> tuple[Links, ...]:
    """Lay out every cost table of a network."""
    return tuple(_laid_out(link) for link in network.link)


def _laid_out(link: Ints) -> Links:
    n = len(link)
    i, j = np.nonzero(link >= 0)
    cost = link[i, j].astype(np.float64)
    order = np.argsort(j, kind="stable")
    numbers = np.arange(n + 1)
    return Links(
        begin_in=np.searchsorted(j[order], numbers),
        tail=i[order],
        cost_in=cost[order],
        begin_out=np.searchsorted(i, numbers),
        head=j,
        cost_out=cost,
    )


def ways(network: Network, links: Links, group: int, task_duals: Floats) -> Ways:
    """Sweep forth and back for one group."""
    may = network.may[group]
    out = np.where(may, network.out[group], np.inf)
    home = np.where(may, network.home[group], np.inf)
    come, before = _swept(
        links.begin_in, links.tail, links.cost_in, out, may, task_duals, np.arange(network.tasks)
    )
    on, after = _swept(
        links.begin_out, links.head, links.cost_out, home, may, task_duals, np.arange(network.tasks)[::-1]
    )
    return Ways(come=come, before=before, on=on, after=after, through=come + on + task_duals)


@compiled
def _swept(  # noqa: PLR0917
    begin: Ints, other: Ints, cost: Floats, ends: Floats, may: Flags, duals: Floats, order: Ints
) -> tuple[Floats, Ints]:
    n = len(ends)
    least, via = np.full(n, np.inf), np.full(n, -1)
    for i in order:
        if not may[i]:
            continue
        best, chosen = ends[i], -1
        for a in range(begin[i], begin[i + 1]):
            value = least[other[a]] + cost[a]
            if value < best:
                best, chosen = value, other[a]
        least[i], via[i] = best - duals[i], chosen
    return least, via


def paths(found: Ways, limit: float) -> list[tuple[int, ...]]:
    """Cheapest duties below a limit, the cheapest first, until every task that has one is on one of them."""
    seen = np.zeros(len(found.through), np.bool_)
    chosen = []
    for task in np.argsort(found.through, kind="stable"):
        if found.through[task] >= limit:
            break
        if not seen[task]:
            back, forth = _follow(found.before, task), _follow(found.after, task)
            chain = (*reversed(back), int(task), *forth)
            seen[list(chain)] = True
            chosen.append(chain)
    return chosen


def _follow(via: Ints, task: int) -> list[int]:
    chain: list[int] = []
    while (task := int(via[task])) >= 0:
        chain.append(task)
    return chain
