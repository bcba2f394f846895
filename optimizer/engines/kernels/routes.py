"""The solution: slots opened and closed, sequences changed, and what is known about them kept true."""

# ruff: noqa: C901, PLR0915, PLR0917
# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import kernel, small_kernel
from optimizer.engines.kernels.layout import (
    ABOARD,
    ACTIVE,
    ARC_M,
    AT,
    BY,
    CHANGE,
    COST,
    COUNT,
    DEPART,
    DRIVE_S,
    EARLY,
    FIRST,
    G_BACK_TO,
    G_COUNT,
    G_END,
    G_LEAVE_FROM,
    G_MAX_M,
    G_PROFILE,
    G_START,
    GROUP,
    GROUP_USED,
    I64,
    IS_SLOW,
    LATE,
    LINE_ROWS,
    LOAD,
    LOCKED,
    LONGEST_DRIVE_S,
    MARK_TOUCHED,
    METRES,
    NAME,
    NEVER,
    NO_WAY,
    NODE,
    ORDER,
    PLACE,
    R_BUCKETS,
    R_DIMENSIONS,
    R_INSERTABLE,
    R_REST,
    R_RETYPE,
    R_SIMPLE_LOAD,
    R_SLOW,
    R_TIME,
    RANK,
    REQUEST,
    RESERVE_USED,
    SERVICE,
    SLOW,
    SOFT,
    STAMP,
    TOUCHED,
    TOUCHED_SLOT,
    WHERE,
    Search,
    Task,
)
from optimizer.engines.kernels.legs import arrival, departure
from optimizer.engines.kernels.timing import price, walked


@kernel
def open_slot(task: Task, search: Search, g: int) -> int:
    """Take an empty slot for a vehicle of the group; its sequence is still to be written."""
    active = search.tally[ACTIVE]
    r = int(search.table[ORDER, active])
    touch(task, search, r)
    search.tally[ACTIVE] = active + 1
    search.slot[r, GROUP] = g
    search.slot[r, COUNT] = 0
    _count_vehicle(task, search, g, 1)
    return r


@kernel
def close_slot(task: Task, search: Search, r: int) -> None:
    """Give the vehicle of an emptied slot back."""
    search.slot[r, COUNT] = 0
    search.slot[r, COST] = 0
    search.slot[r, METRES] = 0
    search.slot[r, NAME] = 0
    _swap_out(search, r)
    _count_vehicle(task, search, search.slot[r, GROUP], -1)


@kernel
def is_free(task: Task, search: Search, g: int) -> bool:
    """Whether one more vehicle of the group may move."""
    for k in range(task.reserve.shape[0]):
        if task.reserve[k, 1 + g] and search.table[RESERVE_USED, k] >= task.reserve[k, 0]:
            return False
    return bool(search.table[GROUP_USED, g] < task.group[g, G_COUNT])


@kernel
def is_free_instead(task: Task, search: Search, g: int, old: int) -> bool:
    """Whether a vehicle of the group may move in place of one of the old group that stays at home then."""
    for k in range(task.reserve.shape[0]):
        used = search.table[RESERVE_USED, k] - task.reserve[k, 1 + old]
        if task.reserve[k, 1 + g] and used >= task.reserve[k, 0]:
            return False
    return bool(search.table[GROUP_USED, g] < task.group[g, G_COUNT])


@kernel
def _count_vehicle(task: Task, search: Search, g: int, change: int) -> None:
    search.table[GROUP_USED, g] += change
    for k in range(task.reserve.shape[0]):
        if task.reserve[k, 1 + g]:
            search.table[RESERVE_USED, k] += change


@kernel
def _swap_out(search: Search, r: int) -> None:
    active = search.tally[ACTIVE] - 1
    at, other = search.table[RANK, r], search.table[ORDER, active]
    search.table[ORDER, at] = other
    search.table[RANK, other] = at
    search.table[ORDER, active] = r
    search.table[RANK, r] = active
    search.tally[ACTIVE] = active


@kernel
def touch(task: Task, search: Search, r: int) -> None:
    """Remember what a slot is before its first change in this iteration."""
    stamp = search.tally[STAMP]
    if search.table[MARK_TOUCHED, r] == stamp:
        return
    search.table[MARK_TOUCHED, r] = stamp
    k = search.tally[TOUCHED]
    search.tally[TOUCHED] = k + 1
    search.table[TOUCHED_SLOT, k] = r
    _copy_slot(task, search.line, search.slot, r, search.saved, search.saved_slot, k)


@kernel
def undo(task: Task, search: Search) -> None:
    """Put every touched slot back as it was; `where` of the requests on them too."""
    for k in range(search.tally[TOUCHED] - 1, -1, -1):
        r = search.table[TOUCHED_SLOT, k]
        was = search.saved_slot[k, COUNT] > 0 or search.saved_slot[k, LOCKED] >= 0
        if search.table[RANK, r] < search.tally[ACTIVE]:
            _count_vehicle(task, search, search.slot[r, GROUP], -1)
            if not was:
                _swap_out(search, r)
        elif was:
            active = search.tally[ACTIVE]
            at, other = search.table[RANK, r], search.table[ORDER, active]
            search.table[ORDER, at] = other
            search.table[RANK, other] = at
            search.table[ORDER, active] = r
            search.table[RANK, r] = active
            search.tally[ACTIVE] = active + 1
        _copy_slot(task, search.saved, search.saved_slot, k, search.line, search.slot, r)
        if was:
            _count_vehicle(task, search, search.slot[r, GROUP], 1)
            for i in range(1, search.slot[r, COUNT] + 1):
                _note_where(task, search, r, i)


@kernel
def _copy_slot(task: Task, line: I64, slot: I64, a: int, line_to: I64, slot_to: I64, b: int) -> None:
    for c in range(slot.shape[1]):
        slot_to[b, c] = slot[a, c]
    n = slot[a, COUNT] + 2
    rows = line.shape[1]
    if not task.rule[R_TIME] and task.rule[R_SIMPLE_LOAD]:
        rows = DEPART
    elif task.rule[R_SIMPLE_LOAD]:
        rows = LINE_ROWS
    for k in range(rows):
        for i in range(n):
            line_to[b, k, i] = line[a, k, i]


@kernel
def write(task: Task, search: Search, r: int, nodes: I64, n: int) -> None:
    """Let a slot drive `nodes[:n]`, and know everything about it."""
    line = search.line
    for i in range(n):
        line[r, NODE, i + 1] = nodes[i]
        _note_where(task, search, r, i + 1)
    search.slot[r, COUNT] = n
    refresh(task, search, r)


@small_kernel
def _note_where(task: Task, search: Search, r: int, i: int) -> None:
    """Write down whose stop stands at a position; a request begun on a locked part is still to be placed."""
    q = task.node[search.line[r, NODE, i], REQUEST]
    if q >= 0 and (i > search.slot[r, LOCKED] or q >= task.rule[R_INSERTABLE]):
        search.table[WHERE, q] = r


@kernel
def refresh(task: Task, search: Search, r: int) -> None:
    """Bring all that is known about a slot in line with its sequence.

    It may cost `NEVER` after a stop was taken out: the way over a stop may be shorter, if only because
    legs are rounded to seconds.
    """
    line, slot, node = search.line, search.slot, task.node
    n, g = slot[r, COUNT], slot[r, GROUP]
    profile = task.group[g, G_PROFILE]
    none = node.shape[0]
    line[r, NODE, 0] = none
    line[r, NODE, n + 1] = none
    line[r, AT, 0] = task.group[g, G_START]
    line[r, AT, n + 1] = task.group[g, G_END]
    name = 0
    if not task.rule[R_RETYPE]:
        name = task.hash[2, g]
    slow = task.rule[R_SLOW]
    for i in range(1, n + 1):
        v = line[r, NODE, i]
        line[r, AT, i] = node[v, PLACE]
        q = node[v, REQUEST]
        if q >= 0 and task.request[q, SLOW]:
            slow = 1
    first_row = profile * task.rule[R_BUCKETS]
    metres = 0
    drive_s = 0
    broken = False
    for i in range(n + 1):
        a, b = line[r, AT, i], line[r, AT, i + 1]
        arc = task.metres[first_row, a, b]
        if arc >= NO_WAY:
            broken = True
        line[r, ARC_M, i] = arc
        metres += arc
        if task.rule[R_REST]:
            drive_s += task.seconds[first_row, a, b]
        name ^= task.hash[0, line[r, NODE, i]] * task.hash[1, line[r, NODE, i + 1]]
    search.slot[r, NAME] = name
    if task.rule[R_REST] and drive_s > LONGEST_DRIVE_S:
        slow = 1
    slot[r, DRIVE_S] = drive_s
    slot[r, METRES] = metres
    slot[r, IS_SLOW] = slow
    if task.rule[R_TIME] and not _times(task, search, r):
        broken = True
    _loads(task, search, r)
    if slow:
        slot[r, COST] = walked(task, g, line[r, NODE, 1 : n + 1], n, search.scratch, False)
    elif broken or metres > task.group[g, G_MAX_M]:
        slot[r, COST] = NEVER
    else:
        cost = price(task.group, g, metres, 1, 0)
        for i in range(1, n + 1):
            cost += task.node[line[r, NODE, i], SOFT]
        slot[r, COST] = cost


@kernel
def _times(task: Task, search: Search, r: int) -> bool:
    """Find earliest departures and latest starts by windows and legs alone; whether there are any."""
    line, node = search.line, task.node
    n, g = search.slot[r, COUNT], search.slot[r, GROUP]
    first_row = task.group[g, G_PROFILE] * task.rule[R_BUCKETS]
    now = task.group[g, G_LEAVE_FROM]
    line[r, DEPART, 0] = now
    in_time = True
    for i in range(1, n + 1):
        v = line[r, NODE, i]
        now = arrival(task.buckets, first_row, task.seconds, line[r, AT, i - 1], line[r, AT, i], now)
        now = max(now, node[v, EARLY])
        if now > node[v, LATE]:
            in_time = False
        now += node[v, SERVICE]
        line[r, DEPART, i] = now
    now = arrival(task.buckets, first_row, task.seconds, line[r, AT, n], line[r, AT, n + 1], now)
    by = task.group[g, G_BACK_TO]
    line[r, BY, n + 1] = by
    for i in range(n, 0, -1):
        v = line[r, NODE, i]
        by = departure(task.buckets, first_row, task.seconds, line[r, AT, i], line[r, AT, i + 1], by)
        by = min(by - node[v, SERVICE], node[v, LATE])
        line[r, BY, i] = by
    return bool(in_time and now <= task.group[g, G_BACK_TO])


@kernel
def _loads(task: Task, search: Search, r: int) -> None:
    """Load on leaving each position, the largest so far and from there on in the trip; or the sum alone."""
    line, slot, node = search.line, search.slot, task.node
    n = slot[r, COUNT]
    if task.rule[R_SIMPLE_LOAD]:
        for d in range(task.rule[R_DIMENSIONS]):
            load = 0
            for i in range(1, n + 1):
                load += abs(task.node[line[r, NODE, i], CHANGE + d])
            slot[r, LOAD + d] = load
        return
    for d in range(task.rule[R_DIMENSIONS]):
        row = LINE_ROWS + 3 * d
        start = 0
        while start <= n:
            end = start + 1
            load = 0
            while end <= n and node[line[r, NODE, end], REQUEST] >= 0:
                v = line[r, NODE, end]
                if node[v, FIRST]:
                    load += task.request[node[v, REQUEST], ABOARD + d]
                end += 1
            most = load
            line[r, row, start] = load
            line[r, row + 1, start] = load
            for i in range(start + 1, end):
                load += task.node[line[r, NODE, i], CHANGE + d]
                most = max(most, load)
                line[r, row, i] = load
                line[r, row + 1, i] = most
            most = 0
            for i in range(end - 1, start - 1, -1):
                most = max(most, line[r, row, i])
                line[r, row + 2, i] = most
            start = end
