"""Which vehicle drives a slot: its own, the cheapest that fits, or another one drawn in exchange."""

# mypy: disable-error-code="no-any-return"

from typing import Final

from optimizer.engines.compiled import kernel, small_kernel
from optimizer.engines.kernels.chance import below
from optimizer.engines.kernels.layout import (
    ACTIVE,
    CAPACITY,
    CHANGE,
    COST,
    COUNT,
    G_COUNT,
    G_FAMILY,
    G_FAMILY_TO,
    G_MAX_M,
    GROUP,
    GROUP_USED,
    LOAD,
    LOCKED,
    METRES,
    NEVER,
    NODE,
    R_DIMENSIONS,
    R_RETYPE,
    RANK,
    REQUEST,
    TOUCHED,
    TOUCHED_SLOT,
    Search,
    Task,
)
from optimizer.engines.kernels.routes import (
    count_vehicle,
    is_free_instead,
    refresh,
)
from optimizer.engines.kernels.timing import price, walked

OTHER_GROUPS: Final = 2
"""How many other groups a changed route is tried with, where they differ in more than size and price."""


@kernel
def cheapest(task: Task, search: Search, r: int, extra_m: int, v: int) -> tuple[int, int]:
    """Cheapest vehicle of the slot's family with `extra_m` more metres and node v (-1: none) on board."""
    slot, group = search.slot, task.group
    now = slot[r, GROUP]
    best, chosen = NEVER, now
    for g in range(group[now, G_FAMILY], group[now, G_FAMILY_TO]):
        if g != now and not is_free_instead(task, search, g, now):
            continue
        if not _fits(task, search, r, g, extra_m, v):
            continue
        cost = price(group, g, slot[r, METRES] + extra_m, 1, 0)
        if cost < best:
            best, chosen = cost, g
    if best >= NEVER:
        return NEVER, now
    return best - slot[r, COST], chosen


@small_kernel
def _fits(task: Task, search: Search, r: int, g: int, extra_m: int, v: int) -> bool:
    """Whether a vehicle of the group can drive the slot with `extra_m` more metres and node v (-1: none)."""
    slot, group = search.slot, task.group
    fits = slot[r, METRES] + extra_m <= group[g, G_MAX_M]
    for d in range(task.rule[R_DIMENSIONS]):
        load = slot[r, LOAD + d]
        if v >= 0:
            load += abs(task.node[v, CHANGE + d])
        if load > group[g, CAPACITY + d]:
            fits = False
    return bool(fits)


@kernel
def most_room(task: Task, search: Search) -> int:
    """Largest size in the first dimension of a vehicle that is free."""
    most = 0
    for g in range(task.group.shape[0]):
        if search.table[GROUP_USED, g] < task.group[g, G_COUNT]:
            most = max(most, task.group[g, CAPACITY])
    return int(most)


@kernel
def change_group(task: Task, search: Search, r: int, g: int) -> None:
    """Give the route of a slot to a vehicle of another group of its family."""
    old = search.slot[r, GROUP]
    count_vehicle(task, search, old, -1)
    count_vehicle(task, search, g, 1)
    cost = search.slot[r, COST]
    metres = search.slot[r, METRES]
    search.slot[r, GROUP] = g
    search.slot[r, COST] = cost - price(task.group, old, metres, 1, 0) + price(task.group, g, metres, 1, 0)


@kernel
def regroup(task: Task, search: Search, r: int) -> None:
    """Give a changed route to a cheaper vehicle, if one is free that may drive it."""
    if task.rule[R_RETYPE]:
        cost, g = cheapest(task, search, r, 0, -1)
        if cost < 0:
            change_group(task, search, r, g)
        return
    groups = task.group.shape[0]
    tries = min(groups - 1, OTHER_GROUPS)
    n = search.slot[r, COUNT]
    for _ in range(tries):
        g = below(search.random, groups)
        old = search.slot[r, GROUP]
        if g == old or not is_free_instead(task, search, g, old) or not _may_all(task, search, r, g):
            continue
        nodes = search.line[r, NODE, 1 : n + 1]
        if walked(task, g, nodes, n, search.scratch, False) < search.slot[r, COST]:
            count_vehicle(task, search, old, -1)
            count_vehicle(task, search, g, 1)
            search.slot[r, GROUP] = g
            refresh(task, search, r)


@kernel
def exchange(task: Task, search: Search) -> None:
    """Give one of the ruined routes any other vehicle of its family that is free, or that of another of them.

    Drawn at random before all are put back: what follows fits the new sizes, and annealing decides. The best
    exchange of two whole routes, made every time, led into a corner.
    """
    slot, group, tally = search.slot, task.group, search.tally
    if tally[TOUCHED] == 0:
        return
    r = int(search.table[TOUCHED_SLOT, below(search.random, tally[TOUCHED])])
    if not _may_change(search, r):
        return
    g = slot[r, GROUP]
    h = group[g, G_FAMILY] + below(search.random, group[g, G_FAMILY_TO] - group[g, G_FAMILY])
    if h == g:
        return
    if is_free_instead(task, search, h, g):
        if _fits(task, search, r, h, 0, -1):
            change_group(task, search, r, h)
        return
    s = int(search.table[TOUCHED_SLOT, below(search.random, tally[TOUCHED])])
    h = slot[s, GROUP]
    if h == g or group[h, G_FAMILY] != group[g, G_FAMILY] or not _may_change(search, s):
        return
    if _fits(task, search, r, h, 0, -1) and _fits(task, search, s, g, 0, -1):
        change_group(task, search, r, h)
        change_group(task, search, s, g)


@kernel
def _may_change(search: Search, r: int) -> bool:
    """Whether a slot is still driven and not locked."""
    return bool(search.table[RANK, r] < search.tally[ACTIVE] and search.slot[r, LOCKED] < 0)


@kernel
def _may_all(task: Task, search: Search, r: int, g: int) -> bool:
    for i in range(1, search.slot[r, COUNT] + 1):
        q = task.node[search.line[r, NODE, i], REQUEST]
        if q < 0 or not task.allowed[q, g]:
            return False
    return True
