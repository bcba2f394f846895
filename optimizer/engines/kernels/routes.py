"""The solution: slots opened and closed, sequences changed, and what is known about them kept true."""

# ruff: noqa: C901, PLR0912, PLR0915, PLR0917
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
    FREE_STAMP,
    G_BACK_TO,
    G_COUNT,
    G_END,
    G_LEAVE_FROM,
    G_MAX_M,
    G_MAX_S,
    G_PROFILE,
    G_START,
    GROUP,
    GROUP_USED,
    I64,
    IS_SLOW,
    LAST,
    LATE,
    LINE_ROWS,
    LOAD,
    LOCKED,
    LONGEST_DRIVE_S,
    MARK_TOUCHED,
    MAX_RIDE,
    METRES,
    NAME,
    NEVER,
    NO_WAY,
    NODE,
    ORDER,
    OUT,
    OUT_METRES,
    OVER_M,
    PLACE,
    R_BUCKETS,
    R_DIMENSIONS,
    R_FIXED_METRES,
    R_INSERTABLE,
    R_PLAIN_DAY,
    R_REST,
    R_RETYPE,
    R_SIMPLE_LOAD,
    R_SLOW,
    R_TIME,
    RANK,
    REQUEST,
    RESERVE_USED,
    SERVICE,
    SLACK,
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
    count_vehicle(task, search, g, 1)
    return r


@kernel
def close_slot(task: Task, search: Search, r: int) -> None:
    """Give the vehicle of an emptied slot back."""
    search.slot[r, COUNT] = 0
    search.slot[r, COST] = 0
    search.slot[r, METRES] = 0
    search.slot[r, NAME] = 0
    _swap_out(search, r)
    count_vehicle(task, search, search.slot[r, GROUP], -1)


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
def count_vehicle(task: Task, search: Search, g: int, change: int) -> None:
    """Take or give back a vehicle; `FREE_STAMP` tells when the last of a group went or came."""
    before = search.table[GROUP_USED, g]
    search.table[GROUP_USED, g] = before + change
    if max(before, before + change) == task.group[g, G_COUNT] or task.reserve.shape[0] > 0:
        search.tally[FREE_STAMP] += 1
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
            count_vehicle(task, search, search.slot[r, GROUP], -1)
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
            count_vehicle(task, search, search.slot[r, GROUP], 1)
            for i in range(1, search.slot[r, COUNT] + 1):
                _note_where(task, search, r, i)


@kernel
def _copy_slot(task: Task, line: I64, slot: I64, a: int, line_to: I64, slot_to: I64, b: int) -> None:
    for c in range(slot.shape[1]):
        slot_to[b, c] = slot[a, c]
    n = slot[a, COUNT] + 2
    rows = line.shape[1]
    if task.rule[R_SIMPLE_LOAD] and not slot[a, IS_SLOW]:
        rows = SLACK if task.rule[R_TIME] else DEPART
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
        arc = task.metres_to[profile, b, a]
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
    if slow and task.rule[R_PLAIN_DAY]:
        _slacks(task, search, r)
    if slow:
        slot[r, COST] = walked(task, g, line[r, NODE, 1 : n + 1], n, search.scratch, False)
        slot[r, OVER_M] = 0
        if not task.rule[R_FIXED_METRES] and slot[r, COST] < NEVER:
            slot[r, OVER_M] = search.scratch[OUT, OUT_METRES] - metres
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
    now, by = task.group[g, G_LEAVE_FROM], task.group[g, G_BACK_TO]
    line[r, DEPART, 0] = now
    line[r, BY, n + 1] = by
    if task.rule[R_BUCKETS] == 1:
        return times_after(task, search, r, 1, n)
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
    for i in range(n, 0, -1):
        v = line[r, NODE, i]
        by = departure(task.buckets, first_row, task.seconds, line[r, AT, i], line[r, AT, i + 1], by)
        by = min(by - node[v, SERVICE], node[v, LATE])
        line[r, BY, i] = by
    return bool(in_time and now <= task.group[g, G_BACK_TO])


@kernel
def _slacks(task: Task, search: Search, r: int) -> None:
    """How many seconds each leg may take longer before the day or a ride on it is too long, waiting aside."""
    line, node, seconds = search.line[r], task.node, task.seconds
    n, g = search.slot[r, COUNT], search.slot[r, GROUP]
    profile = task.group[g, G_PROFILE]
    day_s = 0
    for i in range(n + 1):
        day_s += seconds[profile, line[AT, i], line[AT, i + 1]]
        if i > 0:
            day_s += node[line[NODE, i], SERVICE]
    slack_s = min(NEVER, task.group[g, G_MAX_S]) - day_s
    for i in range(n + 1):
        line[SLACK, i] = slack_s
    for i in range(1, n):
        v = line[NODE, i]
        q = node[v, REQUEST]
        if q < 0 or not node[v, FIRST] or node[v, LAST] or task.request[q, MAX_RIDE] < 0:
            continue
        ride_s = 0
        for j in range(i + 1, n + 1):
            ride_s += seconds[profile, line[AT, j - 1], line[AT, j]]
            w = line[NODE, j]
            if node[w, REQUEST] == q and node[w, LAST]:
                slack_s = task.request[q, MAX_RIDE] - ride_s
                for k in range(i, j):
                    line[SLACK, k] = min(line[SLACK, k], slack_s)
                break
            ride_s += node[w, SERVICE]


@kernel
def times_after(task: Task, search: Search, r: int, first: int, last: int) -> bool:
    """Bring times in line where the legs from position `first` − 1 to `last` + 1 are new; whether all fit."""
    line, node, seconds = search.line[r], task.node, task.seconds
    n = search.slot[r, COUNT]
    profile = task.group[search.slot[r, GROUP], G_PROFILE]
    now, a = line[DEPART, first - 1], line[AT, first - 1]
    in_time, same = True, False
    for i in range(first, n + 1):
        v, b = line[NODE, i], line[AT, i]
        now = max(now + seconds[profile, a, b], node[v, EARLY])
        in_time = in_time and now <= node[v, LATE]
        now += node[v, SERVICE]
        if i > last and now == line[DEPART, i]:
            same = True
            break
        line[DEPART, i] = now
        a = b
    if not same and now + seconds[profile, line[AT, n], line[AT, n + 1]] > line[BY, n + 1]:
        in_time = False
    by, b = line[BY, last + 1], line[AT, last + 1]
    for i in range(last, 0, -1):
        v, a = line[NODE, i], line[AT, i]
        by = min(by - seconds[profile, a, b] - node[v, SERVICE], node[v, LATE])
        if i < first and by == line[BY, i]:
            break
        line[BY, i] = by
        b = a
    return in_time


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
