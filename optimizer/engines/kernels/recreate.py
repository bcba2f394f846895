"""Putting requests back: greedy insertion with blinks, in one of several orders.

After Christiaens & Vanden Berghe (2020), section 5.2. A blink here passes over a whole slot with a small
probability, because the best place inside a slot is remembered.
"""

# ruff: noqa: C901, PLR0912
# mypy: disable-error-code="no-any-return"

from typing import Final

from optimizer.engines.compiled import kernel, small_kernel
from optimizer.engines.kernels.chance import below, uniform
from optimizer.engines.kernels.insertion import best_place, draft_known
from optimizer.engines.kernels.kinds import change_group, cheapest, most_room
from optimizer.engines.kernels.layout import (
    ABSENT,
    ABSENT_ONE,
    ACTIVE,
    ARC_M,
    AT,
    AT_LEAST,
    BY,
    CAPACITY,
    CHANGE,
    COST,
    COUNT,
    DEPART,
    DRAFT,
    FREE_STAMP,
    G_LEAST_METRE,
    G_PROFILE,
    GROUP,
    IS_SLOW,
    KNOWN_COST,
    KNOWN_NAME,
    KNOWN_PLACES,
    LEFT,
    LOAD,
    LOOK,
    MARK_PICKED,
    MARK_SEEN,
    MARK_TOUCHED,
    METRES,
    MOST_ACTIVE,
    NAME,
    NEAR_SLOT,
    NEVER,
    NODE,
    ORDER,
    PICK,
    PICKED,
    PLACE,
    R_BRISK,
    R_COMPATIBLE,
    R_DIMENSIONS,
    R_RETYPE,
    R_SIMPLE_LOAD,
    R_TIME,
    ROOM,
    SLOW,
    SOFT,
    STAMP,
    STOP_FROM,
    STOP_TO,
    TOGETHER,
    WEIGHT,
    WHERE,
    Search,
    Task,
)
from optimizer.engines.kernels.routes import (
    is_free,
    open_slot,
    times_after,
    touch,
    write,
)
from optimizer.engines.kernels.ruin import drop_picked, pick_up
from optimizer.engines.kernels.timing import price

BLINK: Final = 0.01
ALL_SLOTS: Final = 48
"""Up to so many active slots are all looked at; beyond, those of the nearest requests."""
NEAREST: Final = 40
"""How many near requests name slots to look at."""


@kernel
def add_absent(search: Search, most: int) -> None:
    """Put so many of the absent among those to insert."""
    tally, stamp = search.tally, search.tally[STAMP]
    absent = tally[ABSENT]
    for k in range(min(absent, most)):
        other = k + below(search.random, absent - k)
        q = search.table[ABSENT_ONE, other]
        search.table[ABSENT_ONE, other] = search.table[ABSENT_ONE, k]
        search.table[ABSENT_ONE, k] = q
        if search.table[MARK_PICKED, q] != stamp:
            search.table[MARK_PICKED, q] = stamp
            search.table[PICK, tally[PICKED]] = q
            tally[PICKED] += 1


@kernel
def sort_picked(task: Task, search: Search) -> None:
    """Order the picked: random 4, demand 4, far 2, close 1, and with windows length 2, start 2, end 2."""
    pick, key, count = search.table[PICK], search.key[1], search.tally[PICKED]
    draw = uniform(search.random) * (17.0 if task.rule[R_TIME] else 11.0)
    column = -1
    if draw >= 4.0:
        column = 0
    if draw >= 8.0:
        column = 1
    if draw >= 10.0:
        column = 2
    if draw >= 11.0:
        column = 3 + int((draw - 11.0) * 0.5)
    for k in range(count):
        key[k] = uniform(search.random) if column < 0 else task.keys[pick[k], column]
    for k in range(1, count):
        q, own, j = pick[k], key[k], k - 1
        while j >= 0 and key[j] > own:
            pick[j + 1] = pick[j]
            key[j + 1] = key[j]
            j -= 1
        pick[j + 1] = q
        key[j + 1] = own


@kernel
def insert(task: Task, search: Search, q: int, opening: bool, limit: int) -> int:
    """Put a request where it costs least and give that cost, or leave it absent: then `NEVER`.

    Parameters
    ----------
    opening
        Whether it shall have a vehicle of its own if one is free.
    limit
        A place must cost less; below `NEVER` no second look is taken where all were passed over.
    """
    tally = search.tally
    active, groups = tally[ACTIVE], task.group.shape[0]
    best, where, group, new_group = limit, -1, -1, -1
    load = 0
    if task.rule[R_SIMPLE_LOAD]:
        load = abs(task.node[task.stop[task.request[q, STOP_FROM]], CHANGE])
    if task.rule[R_RETYPE]:
        tally[ROOM] = most_room(task, search)
    row, count, blink = ORDER, active, BLINK
    if active > ALL_SLOTS:
        row, count = NEAR_SLOT, _slots_nearby(task, search, q)
    if opening:
        count = 0
    while True:
        for k in range(count):
            r = search.table[row, k]
            cost, g = _offer(task, search, q, r, load, best)
            if cost < best and uniform(search.random) >= blink:
                best, where, group = cost, r, g
        if blink > 0.0 and active < tally[MOST_ACTIVE]:
            for k in range(groups):
                g = search.alone[q, k, 1]
                if search.alone[q, g, 0] >= best:
                    break
                if groups > 1 and uniform(search.random) < BLINK:
                    continue
                if is_free(task, search, g):
                    best, new_group = search.alone[q, g, 0], g
                    break
        if where >= 0 or new_group >= 0 or blink == 0.0 or limit < NEVER:
            break
        row, count, blink = ORDER, active, 0.0
    if new_group >= 0:
        r = open_slot(task, search, new_group)
        stops = task.request[q, STOP_TO] - task.request[q, STOP_FROM]
        write(task, search, r, search.alone[q, new_group, 2:], stops)
    elif where >= 0:
        _place(task, search, q, where, group)
    else:
        return NEVER
    tally[LEFT] -= task.request[q, WEIGHT]
    return best


@kernel
def _slots_nearby(task: Task, search: Search, q: int) -> int:
    """List the slots of the nearest requests; how many they are."""
    search.tally[LOOK] += 1
    look, count = search.tally[LOOK], 0
    for k in range(min(NEAREST, task.near.shape[1])):
        other = int(task.near[q, k])
        if other < 0:
            break
        r = search.table[WHERE, other]
        if r >= 0 and search.table[MARK_SEEN, r] != look:
            search.table[MARK_SEEN, r] = look
            search.table[NEAR_SLOT, count] = r
            count += 1
    return count


@small_kernel
def _offer(task: Task, search: Search, q: int, r: int, load: int, limit: int) -> tuple[int, int]:
    """Cost of taking the request into a slot, and the group it then needs.

    `load` in the first dimension is what must be free in the slot, or in the largest vehicle that may take it
    over; 0 where that is not so simple. A cost of `limit` or more is no use and need not be right.
    """
    g = search.slot[r, GROUP]
    if load > 0 and search.slot[r, LOAD] + load > max(task.group[g, CAPACITY], search.tally[ROOM]):
        return NEVER, g
    if not task.rule[R_COMPATIBLE] and not task.allowed[q, g]:
        return NEVER, g
    name, known = search.slot[r, NAME], search.known[q, r, KNOWN_NAME]
    cost = search.known[q, r, KNOWN_COST]
    if known != name and (known != name ^ AT_LEAST or cost < limit):
        cost = best_place(task, search, q, r, limit)
        if task.rule[R_RETYPE]:
            search.known[q, r, search.known.shape[2] - 1] = 0  # what it costs is not known yet
    if cost >= NEVER or not task.rule[R_RETYPE]:
        return cost, g
    if (
        cost * task.group[g, G_LEAST_METRE] >= max(limit, 1)
        and search.table[MARK_TOUCHED, r] != search.tally[STAMP]
    ):
        return NEVER, g  # a route that stands was given the cheapest vehicle when it was left
    return _retyped(task, search, q, r, cost)


@kernel
def _retyped(task: Task, search: Search, q: int, r: int, extra_m: int) -> tuple[int, int]:
    """Cost in the cheapest vehicle, remembered as long as the same vehicles are free."""
    known = search.known[q, r]
    last = known.shape[0] - 1
    stamp = search.tally[FREE_STAMP] * task.group.shape[0] + search.slot[r, GROUP] + 1
    if known[last] == stamp:
        return known[last - 2], known[last - 1]
    cost, g = cheapest(task, search, r, extra_m, task.stop[task.request[q, STOP_FROM]])
    known[last - 2] = cost
    known[last - 1] = g
    known[last] = stamp
    return cost, g


@kernel
def _place(task: Task, search: Search, q: int, r: int, g: int) -> None:
    """Insert a request at its known best place."""
    touch(task, search, r)
    slot = search.slot
    if g != slot[r, GROUP]:
        change_group(task, search, r, g)
    if task.rule[R_BRISK] and not slot[r, IS_SLOW] and not task.request[q, SLOW]:
        _slip_in(task, search, q, r)
        return
    n = draft_known(task, search, q, r)
    write(task, search, r, search.scratch[DRAFT], n)


@kernel
def _slip_in(task: Task, search: Search, q: int, r: int) -> None:
    """Insert one stop where metres, times and the sum of loads are all that is known of a slot."""
    line, slot = search.line, search.slot
    v, gap = search.known[q, r, KNOWN_PLACES], search.known[q, r, KNOWN_PLACES + 1]
    n, g = slot[r, COUNT], slot[r, GROUP]
    profile, p = task.group[g, G_PROFILE], task.node[v, PLACE]
    a, b = line[r, NODE, gap], line[r, NODE, gap + 1]
    to_v = task.metres_to[profile, p, line[r, AT, gap]]
    from_v = task.metres[profile, p, line[r, AT, gap + 1]]
    extra = to_v + from_v - line[r, ARC_M, gap]
    line[r, NODE, n + 2] = line[r, NODE, n + 1]
    line[r, AT, n + 2] = line[r, AT, n + 1]
    for i in range(n, gap, -1):
        line[r, NODE, i + 1] = line[r, NODE, i]
        line[r, AT, i + 1] = line[r, AT, i]
        line[r, ARC_M, i + 1] = line[r, ARC_M, i]
    line[r, NODE, gap + 1] = v
    line[r, AT, gap + 1] = p
    line[r, ARC_M, gap] = to_v
    line[r, ARC_M, gap + 1] = from_v
    h = task.hash
    search.slot[r, NAME] ^= (h[0, a] * h[1, b]) ^ (h[0, a] * h[1, v]) ^ (h[0, v] * h[1, b])
    soft = slot[r, COST] - price(task.group, g, slot[r, METRES], 1, 0) + task.node[v, SOFT]
    slot[r, METRES] += extra
    slot[r, COST] = price(task.group, g, slot[r, METRES], 1, 0) + soft
    slot[r, COUNT] = n + 1
    for d in range(task.rule[R_DIMENSIONS]):
        slot[r, LOAD + d] += abs(task.node[v, CHANGE + d])
    search.table[WHERE, q] = r
    if task.rule[R_TIME]:
        for i in range(n + 1, gap, -1):
            line[r, DEPART, i + 1] = line[r, DEPART, i]
            line[r, BY, i + 1] = line[r, BY, i]
        times_after(task, search, r, gap + 1, gap + 1)


@kernel
def all_or_none(task: Task, search: Search) -> None:
    """Take the members of incomplete all-or-none groups out again."""
    tally = search.tally
    before = tally[PICKED]
    for k in range(before):
        q = search.table[PICK, k]
        together = task.request[q, TOGETHER]
        if together < 0 or search.table[WHERE, q] >= 0:
            continue
        for m in range(task.members[together], task.members[together + 1]):
            other = task.members[m]
            r = search.table[WHERE, other]
            if r >= 0:
                touch(task, search, r)
                pick_up(task, search, other)
                drop_picked(task, search, r)
