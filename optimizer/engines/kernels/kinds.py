"""Which vehicle drives a slot: the cheapest that fits, or another one in exchange."""

# mypy: disable-error-code="no-any-return"

from typing import Final

from optimizer.engines.compiled import kernel
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
    METRES,
    NEVER,
    NODE,
    ORDER,
    R_DIMENSIONS,
    R_RETYPE,
    REQUEST,
    Search,
    Task,
)
from optimizer.engines.kernels.routes import (
    count_vehicle,
    is_free_instead,
    refresh,
    touch,
)
from optimizer.engines.kernels.timing import price, walked

OTHER_GROUPS: Final = 2
"""How many other groups a changed route is tried with, where they differ in more than size and price."""


@kernel
def cheapest(task: Task, search: Search, r: int, extra_m: int, v: int) -> tuple[int, int]:
    """Cheapest vehicle of the slot's family with `extra_m` more metres and node v (-1: none) on board."""
    slot, group = search.slot, task.group
    now = slot[r, GROUP]
    metres = slot[r, METRES] + extra_m
    best, chosen = NEVER, now
    for g in range(group[now, G_FAMILY], group[now, G_FAMILY_TO]):
        fits = metres <= group[g, G_MAX_M]
        for d in range(task.rule[R_DIMENSIONS]):
            load = slot[r, LOAD + d]
            if v >= 0:
                load += abs(task.node[v, CHANGE + d])
            if load > task.group[g, CAPACITY + d]:
                fits = False
        if not fits or (g != now and not is_free_instead(task, search, g, now)):
            continue
        cost = price(group, g, metres, 1, 0)
        if cost < best:
            best, chosen = cost, g
    if best >= NEVER:
        return NEVER, now
    return best - slot[r, COST], chosen


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
        _exchange(task, search, r)
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
def _exchange(task: Task, search: Search, r: int) -> None:
    """Let a changed route and another one exchange their vehicles, where that pays and no other is free.

    The dearest vehicle belongs on the shortest way, not on the largest load.
    """
    slot, group, active = search.slot, task.group, search.tally[ACTIVE]
    g, metres = slot[r, GROUP], slot[r, METRES]
    own = price(group, g, metres, 1, 0)
    least, chosen = 0, -1
    out = search.table[GROUP_USED, g] == group[g, G_COUNT]
    for k in range(active):
        s = search.table[ORDER, k]
        h = slot[s, GROUP]
        if h == g or group[h, G_FAMILY] != group[g, G_FAMILY]:
            continue
        if not out and search.table[GROUP_USED, h] < group[h, G_COUNT]:
            continue
        others = slot[s, METRES]
        gain = (
            price(group, h, metres, 1, 0)
            + price(group, g, others, 1, 0)
            - own
            - price(group, h, others, 1, 0)
        )
        if gain >= least or metres > group[h, G_MAX_M] or others > group[g, G_MAX_M]:
            continue
        fits = True
        for d in range(task.rule[R_DIMENSIONS]):
            if slot[r, LOAD + d] > group[h, CAPACITY + d] or slot[s, LOAD + d] > group[g, CAPACITY + d]:
                fits = False
        if fits:
            least, chosen = gain, s
    if chosen < 0:
        return
    touch(task, search, chosen)
    h, others = slot[chosen, GROUP], slot[chosen, METRES]
    slot[r, COST] += price(group, h, metres, 1, 0) - own
    slot[chosen, COST] += price(group, g, others, 1, 0) - price(group, h, others, 1, 0)
    slot[r, GROUP] = h
    slot[chosen, GROUP] = g


@kernel
def _may_all(task: Task, search: Search, r: int, g: int) -> bool:
    for i in range(1, search.slot[r, COUNT] + 1):
        q = task.node[search.line[r, NODE, i], REQUEST]
        if q < 0 or not task.allowed[q, g]:
            return False
    return True
