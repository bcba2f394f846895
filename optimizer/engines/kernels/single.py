"""Where a request of one stop fits best into a slot."""

# ruff: noqa: C901, PLR0912, PLR0915, PLR0917
# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import kernel, small_kernel
from optimizer.engines.kernels.extra import added_cost, floor
from optimizer.engines.kernels.layout import (
    ABOARD,
    ARC_M,
    AT,
    BY,
    CAPACITY,
    CHANGE,
    COST,
    COUNT,
    DEPART,
    DRAFT,
    DRIVE_S,
    EARLY,
    G_MAX_M,
    G_PROFILE,
    GAP_BITS,
    GAPS,
    GROUP,
    HALF_WAY,
    I32,
    I64,
    KNOWN_PLACES,
    LATE,
    LINE_ROWS,
    LOAD,
    LOCKED,
    LONGEST_DRIVE_S,
    METRES,
    NEVER,
    NODE,
    PLACE,
    R_BRISK,
    R_BUCKETS,
    R_DIMENSIONS,
    R_REST,
    R_RETYPE,
    R_SIMPLE_LOAD,
    R_TIME,
    SERVICE,
    SOFT,
    STOP_FROM,
    Search,
    Task,
)
from optimizer.engines.kernels.legs import arrival
from optimizer.engines.kernels.timing import walked


@small_kernel
def one_stop(task: Task, search: Search, q: int, r: int, slow: bool, best: int) -> int:
    """Cost of the best insertion of a request of one stop, every option tried; its place is noted."""
    row = task.request[q, STOP_FROM]
    for v in range(task.stop[row], task.stop[row + 1]):
        if not slow and task.rule[R_BRISK]:
            best = _plain(task, search, q, r, v, best)
        else:
            best = _one_node(task, search, q, r, v, slow, best)
    return best


@small_kernel
def _plain(task: Task, search: Search, q: int, r: int, v: int, best: int) -> int:
    """Insert where metres, windows and the sum of loads are all that counts."""
    slot = search.slot
    g = slot[r, GROUP]
    retype = task.rule[R_RETYPE]
    if not retype:
        for d in range(task.rule[R_DIMENSIONS]):
            if slot[r, LOAD + d] + abs(task.node[v, CHANGE + d]) > task.group[g, CAPACITY + d]:
                return best
    profile, p = task.group[g, G_PROFILE], task.node[v, PLACE]
    first, last = max(slot[r, LOCKED], 0), slot[r, COUNT]
    if task.rule[R_TIME]:
        found = _least_on_time(
            task, search, r, v, first, last, task.seconds_to[profile, p], task.seconds[profile, p]
        )
    else:
        found = _least(search.line[r], first, last, task.metres_to[profile, p], task.metres[profile, p])
    least, gap = found >> GAP_BITS, found & GAPS
    if least >= HALF_WAY or slot[r, METRES] + least > task.group[g, G_MAX_M]:
        return best
    cost = least if retype else added_cost(task, search, r, least) + task.node[v, SOFT]
    if cost < best:
        best = cost
        search.known[q, r, KNOWN_PLACES] = v
        search.known[q, r, KNOWN_PLACES + 1] = gap
    return best


@small_kernel
def _least(line: I64, first: int, last: int, to_v: I32, from_v: I32) -> int:
    """Least extra metres over the gaps, shifted left, the gap in the low bits: a loop without branches."""
    best = NEVER
    for i in range(first, last + 1):
        extra = int(to_v[line[AT, i]]) + from_v[line[AT, i + 1]] - line[ARC_M, i]
        best = min(best, (extra << GAP_BITS) + i)
    return best


@kernel
def _least_on_time(
    task: Task, search: Search, r: int, v: int, first: int, last: int, to_v: I32, from_v: I32
) -> int:
    """Do the same over the gaps where v and all behind it are on time."""
    line = search.line[r]
    early, late, service = task.node[v, EARLY], task.node[v, LATE], task.node[v, SERVICE]
    low, high = first, last
    while low < high:
        middle = (low + high) >> 1
        if line[BY, middle + 1] < early + service:
            low = middle + 1
        else:
            high = middle
    profile, p = task.group[search.slot[r, GROUP], G_PROFILE], task.node[v, PLACE]
    metres_to, metres_from = task.metres_to[profile, p], task.metres[profile, p]
    best = NEVER
    for i in range(low, last + 1):
        leave_s = line[DEPART, i]
        if leave_s > late:
            break
        begin_s = max(leave_s + to_v[line[AT, i]], early)
        b = line[AT, i + 1]
        if begin_s <= late and begin_s + service + from_v[b] <= line[BY, i + 1]:
            extra = int(metres_to[line[AT, i]]) + metres_from[b] - line[ARC_M, i]
            best = min(best, (extra << GAP_BITS) + i)
    return best


@kernel
def _one_node(task: Task, search: Search, q: int, r: int, v: int, slow: bool, best: int) -> int:
    """Insert one node, with windows and loads."""
    line, slot, node = search.line, search.slot, task.node
    g, n = slot[r, GROUP], slot[r, COUNT]
    group = task.group
    profile = group[g, G_PROFILE]
    one_bucket = task.rule[R_BUCKETS] == 1
    first_row = profile * task.rule[R_BUCKETS]
    p = node[v, PLACE]
    time, simple, dimensions = task.rule[R_TIME], task.rule[R_SIMPLE_LOAD], task.rule[R_DIMENSIONS]
    retype = task.rule[R_RETYPE]
    early, late, service = node[v, EARLY], node[v, LATE], node[v, SERVICE]
    if simple and not retype:
        for d in range(dimensions):
            if slot[r, LOAD + d] + abs(task.node[v, CHANGE + d]) > task.group[g, CAPACITY + d]:
                return best
    for i in range(max(slot[r, LOCKED], 0), n + 1):
        a, b = line[r, AT, i], line[r, AT, i + 1]
        if one_bucket:
            extra = task.metres_to[profile, p, a] + task.metres[profile, p, b] - line[r, ARC_M, i]
        else:
            extra = task.metres_to[profile, p, a] + task.metres_to[profile, b, p] - line[r, ARC_M, i]
        if time:
            leave_s = line[r, DEPART, i]
            if leave_s > late:
                break
            if one_bucket:
                begin_s = max(leave_s + task.seconds_to[profile, p, a], early)
                if begin_s > late or begin_s + service + task.seconds[profile, p, b] > line[r, BY, i + 1]:
                    continue
            else:
                begin_s = max(arrival(task.buckets, first_row, task.seconds, a, p, leave_s), early)
                if begin_s > late:
                    continue
                next_s = arrival(task.buckets, first_row, task.seconds, p, b, begin_s + service)
                if next_s > line[r, BY, i + 1]:
                    continue
        elif extra >= HALF_WAY:
            continue
        if not simple:
            fits = True
            for d in range(dimensions):
                most = task.group[g, CAPACITY + d]
                aboard = task.request[q, ABOARD + d]
                after = aboard + task.node[v, CHANGE + d]
                if line[r, LINE_ROWS + 3 * d + 1, i] + aboard > most:
                    fits = False
                if line[r, LINE_ROWS + 3 * d + 2, i] + after > most:
                    fits = False
            if not fits:
                continue
        if slow:
            if floor(task, search, r, extra) + task.node[v, SOFT] >= best:
                continue
            _draft_one(search, r, v, i)
            cost = walked(task, g, search.scratch[DRAFT], n + 1, search.scratch, False)
            if cost >= NEVER:
                continue
            cost -= slot[r, COST]
        else:
            if slot[r, METRES] + extra > group[g, G_MAX_M]:
                continue
            if task.rule[R_REST] and _tiring(task, search, r, i, p):
                if floor(task, search, r, extra) + task.node[v, SOFT] >= best:
                    continue
                _draft_one(search, r, v, i)
                if walked(task, g, search.scratch[DRAFT], n + 1, search.scratch, False) >= NEVER:
                    continue
            cost = extra if retype else added_cost(task, search, r, extra) + task.node[v, SOFT]
        if cost < best:
            best = cost
            search.known[q, r, KNOWN_PLACES] = v
            search.known[q, r, KNOWN_PLACES + 1] = i
    return best


@kernel
def _tiring(task: Task, search: Search, r: int, i: int, p: int) -> bool:
    """Whether a visit at place p in gap i makes the day's driving so long that rest must be looked at."""
    g = search.slot[r, GROUP]
    profile = task.group[g, G_PROFILE]
    a, b = search.line[r, AT, i], search.line[r, AT, i + 1]
    drive_s = task.seconds[profile, a, p] + task.seconds[profile, p, b] - task.seconds[profile, a, b]
    return bool(search.slot[r, DRIVE_S] + drive_s > LONGEST_DRIVE_S)


@kernel
def _draft_one(search: Search, r: int, v: int, gap: int) -> None:
    scratch, line = search.scratch, search.line
    for k in range(gap):
        scratch[DRAFT, k] = line[r, NODE, k + 1]
    scratch[DRAFT, gap] = v
    for k in range(gap, search.slot[r, COUNT]):
        scratch[DRAFT, k + 1] = line[r, NODE, k + 1]
