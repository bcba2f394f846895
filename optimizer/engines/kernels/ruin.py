"""Taking requests out: strings of neighbouring stops from neighbouring routes.

After J. Christiaens and G. Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54 (2020), section 5.1; a request leaves with all its stops.
"""

# ruff: noqa: PLR0915
# mypy: disable-error-code="no-any-return"

from typing import Final

from optimizer.engines.compiled import kernel
from optimizer.engines.kernels.chance import below, uniform
from optimizer.engines.kernels.layout import (
    ABSENT,
    ACTIVE,
    ARC_M,
    AT,
    BY,
    CHANGE,
    COST,
    COUNT,
    DEPART,
    G_MAX_M,
    G_PROFILE,
    GROUP,
    HALF_WAY,
    IS_SLOW,
    LEFT,
    LOAD,
    LOCKED,
    MARK_PICKED,
    MARK_RUINED,
    METRES,
    NAME,
    NEVER,
    NODE,
    PICK,
    PICKED,
    R_BRISK,
    R_DIMENSIONS,
    R_INSERTABLE,
    R_TIME,
    REQUEST,
    SOFT,
    STAMP,
    WEIGHT,
    WHERE,
    Search,
    Task,
)
from optimizer.engines.kernels.routes import close_slot, refresh, times_after, touch
from optimizer.engines.kernels.timing import price

AVERAGE_REMOVED: Final = 10.0
LONGEST_STRING: Final = 10.0
SPLIT_CHANCE: Final = 0.5
STOP_SPLIT_CHANCE: Final = 0.01


@kernel
def ruin(task: Task, search: Search) -> None:
    """Take strings around a random request out of its own and neighbouring slots."""
    stamp, count = search.tally[STAMP], task.rule[R_INSERTABLE]
    active = search.tally[ACTIVE]
    if active == 0:
        return
    served = count - search.tally[ABSENT]
    longest = min(LONGEST_STRING, max(1.0, served / active))
    strings = int(uniform(search.random) * (4.0 * AVERAGE_REMOVED / (1.0 + longest) - 1.0) + 1.0)
    seed = below(search.random, count)
    done = 0
    for k in range(-1, task.near.shape[1]):
        if done >= strings:
            break
        q = seed if k < 0 else int(task.near[seed, k])
        if q < 0:
            break
        r = search.table[WHERE, q]
        if r < 0 or search.table[MARK_RUINED, r] == stamp:
            continue
        search.table[MARK_RUINED, r] = stamp
        if _remove_string(task, search, r, q, longest):
            done += 1


@kernel
def _remove_string(task: Task, search: Search, r: int, q: int, longest: float) -> bool:
    """Mark a string of the slot that holds a stop of the request as picked, and take it out."""
    line, slot = search.line, search.slot
    n = slot[r, COUNT]
    locked = max(slot[r, LOCKED], 0)
    free = n - locked
    at = -1
    seen = 0
    for i in range(locked + 1, n + 1):
        if task.node[line[r, NODE, i], REQUEST] == q:
            seen += 1
            if at < 0 or below(search.random, seen) == 0:
                at = i - locked - 1
    if at < 0:
        return False
    touch(task, search, r)
    length = min(free, int(uniform(search.random) * min(float(free), longest) + 1.0))
    kept = 0
    if 1 < length < free and uniform(search.random) < SPLIT_CHANCE:
        while length + kept < free and uniform(search.random) > STOP_SPLIT_CHANCE:
            kept += 1
    total = length + kept
    low = max(0, at - total + 1)
    high = min(at, free - total)
    start = low + below(search.random, high - low + 1)
    keep_from = start + 1 + below(search.random, length - 1) if kept > 0 else start
    for i in range(start, start + total):
        if keep_from <= i < keep_from + kept:
            continue
        owner = task.node[line[r, NODE, locked + 1 + i], REQUEST]
        if owner >= 0 and search.table[WHERE, owner] == r:
            pick_up(task, search, owner)
    drop_picked(task, search, r)
    return True


@kernel
def pick_up(task: Task, search: Search, q: int) -> None:
    """Put a served request among those to insert; its nodes stay until `drop_picked`."""
    search.table[WHERE, q] = -1
    search.tally[LEFT] += task.request[q, WEIGHT]
    stamp = search.tally[STAMP]
    if search.table[MARK_PICKED, q] != stamp:
        search.table[MARK_PICKED, q] = stamp
        search.table[PICK, search.tally[PICKED]] = q
        search.tally[PICKED] += 1


@kernel
def drop_picked(task: Task, search: Search, r: int) -> None:
    """Close the gaps of a slot whose picked requests still stand on it; close it if it is empty."""
    line, slot = search.line, search.slot
    locked = max(slot[r, LOCKED], 0)
    if task.rule[R_BRISK] and not slot[r, IS_SLOW]:
        squeeze(task, search, r)
        if slot[r, COUNT] == 0 and slot[r, LOCKED] < 0:
            close_slot(task, search, r)
        return
    kept = 0
    for i in range(1, slot[r, COUNT] + 1):
        v = line[r, NODE, i]
        q = task.node[v, REQUEST]
        if i > locked:
            if q >= 0 and search.table[WHERE, q] != r:
                continue
            if q < 0 and (kept == 0 or task.node[line[r, NODE, kept], REQUEST] < 0):
                continue
        kept += 1
        line[r, NODE, kept] = v
    while kept > locked and task.node[line[r, NODE, kept], REQUEST] < 0:
        kept -= 1
    slot[r, COUNT] = kept
    if kept == 0 and slot[r, LOCKED] < 0:
        close_slot(task, search, r)
    else:
        refresh(task, search, r)


@kernel
def squeeze(task: Task, search: Search, r: int) -> None:
    """Close the gaps of a slot that is known stop by stop, and reckon anew what lies beside a gap."""
    line, slot, node, h = search.line[r], search.slot, task.node, task.hash
    n, g = slot[r, COUNT], slot[r, GROUP]
    profile, time = task.group[g, G_PROFILE], task.rule[R_TIME]
    metres, name = slot[r, METRES], slot[r, NAME]
    soft = slot[r, COST] - price(task.group, g, metres, 1, 0)
    kept, first, last = max(slot[r, LOCKED], 0), -1, -1
    before, arc = line[NODE, kept], line[ARC_M, kept]
    gone, broken = False, False
    for i in range(kept + 1, n + 2):
        v = line[NODE, i]
        if i <= n and search.table[WHERE, node[v, REQUEST]] != r:
            soft -= node[v, SOFT]
            for d in range(task.rule[R_DIMENSIONS]):
                slot[r, LOAD + d] -= abs(node[v, CHANGE + d])
            name ^= h[0, before] * h[1, v]
            metres -= arc
            before, arc = v, line[ARC_M, i]
            if first < 0:
                first = kept
            last = kept
            gone = True
            continue
        if gone:
            name ^= (h[0, before] * h[1, v]) ^ (h[0, line[NODE, kept]] * h[1, v])
            metres -= arc
            arc = task.metres[profile, line[AT, kept], line[AT, i]]
            metres += arc
            broken = broken or arc >= HALF_WAY
        before = v
        if first >= 0:
            line[ARC_M, kept] = arc
            line[NODE, kept + 1] = v
            line[AT, kept + 1] = line[AT, i]
            if time:
                line[DEPART, kept + 1] = line[DEPART, i]
                line[BY, kept + 1] = line[BY, i]
        arc = line[ARC_M, i]
        gone = False
        kept += 1
    slot[r, COUNT] = kept - 1
    slot[r, METRES] = metres
    slot[r, NAME] = name
    slot[r, COST] = price(task.group, g, metres, 1, 0) + soft
    in_time = True
    if time and first >= 0:
        in_time = times_after(task, search, r, first + 1, last)
    if broken or not in_time or metres > task.group[g, G_MAX_M]:
        slot[r, COST] = NEVER
