"""Where a request of three or more stops fits best into a slot, and new trips beside a reload."""

# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import kernel
from optimizer.engines.kernels.layout import (
    COST,
    COUNT,
    DRAFT,
    G_RELOAD,
    GROUP,
    I64,
    KNOWN_PLACES,
    LOCKED,
    NEVER,
    NODE,
    REQUEST,
    STOP_FROM,
    STOP_TO,
    Search,
    Task,
)
from optimizer.engines.kernels.timing import walked

MOST_PLACEMENTS = 3_000


@kernel
def many_stops(task: Task, search: Search, q: int, r: int, best: int) -> int:
    """Insert three or more stops: every placement where these are few, else in at most two gaps."""
    slot = search.slot
    n, stops = slot[r, COUNT], task.request[q, STOP_TO] - task.request[q, STOP_FROM]
    first_row, first_gap = task.request[q, STOP_FROM], max(slot[r, LOCKED], 0)
    ways = 1.0
    for s in range(stops):
        ways *= (n - first_gap + 1 + s) / (s + 1) * (task.stop[first_row + s + 1] - task.stop[first_row + s])
    few = ways <= MOST_PLACEMENTS
    at = search.scratch[DRAFT + 1]
    for s in range(stops):
        at[2 * s] = task.stop[first_row + s]
        at[2 * s + 1] = first_gap
    while True:
        best = _try_many(task, search, q, r, stops, best)
        if not _next_options(task, at, first_row, stops):
            moved = _next_gaps(at, stops, n) if few else _next_two_gaps(at, stops, n)
            if not moved:
                return best


@kernel
def _next_options(task: Task, at: I64, first_row: int, stops: int) -> bool:
    for s in range(stops):
        at[2 * s] += 1
        if at[2 * s] < task.stop[first_row + s + 1]:
            return True
        at[2 * s] = task.stop[first_row + s]
    return False


@kernel
def _next_gaps(at: I64, stops: int, n: int) -> bool:
    """Step to the next non-decreasing row of gaps."""
    for s in range(stops - 1, -1, -1):
        if at[2 * s + 1] < n:
            gap = at[2 * s + 1] + 1
            for k in range(s, stops):
                at[2 * k + 1] = gap
            return True
    return False


@kernel
def _next_two_gaps(at: I64, stops: int, n: int) -> bool:
    """Step to the next placement in one or two gaps: some first stops in one, the rest in a later one."""
    low, high, split = at[1], at[2 * stops - 1], stops
    for s in range(stops - 1, 0, -1):
        if at[2 * s + 1] == high and high > low:
            split = s
    if high > low and split > 1:
        split -= 1
    elif high < n:
        high += 1
        split = stops - 1
    elif low < n:
        low += 1
        high = low
        split = stops
    else:
        return False
    for s in range(stops):
        at[2 * s + 1] = low if s < split else high
    return True


@kernel
def _try_many(task: Task, search: Search, q: int, r: int, stops: int, best: int) -> int:
    line, at, scratch = search.line, search.scratch[DRAFT + 1], search.scratch
    n = search.slot[r, COUNT]
    for i in range(at[1] + 1, at[2 * stops - 1] + 1):
        if task.node[line[r, NODE, i], REQUEST] < 0:
            return best
    k = 0
    s = 0
    for i in range(n + 1):
        while s < stops and at[2 * s + 1] == i:
            scratch[DRAFT, k] = at[2 * s]
            k += 1
            s += 1
        if i < n:
            scratch[DRAFT, k] = line[r, NODE, i + 1]
            k += 1
    cost = walked(task, search.slot[r, GROUP], scratch[DRAFT], k, search.scratch, False)
    if cost >= NEVER or cost - search.slot[r, COST] >= best:
        return best
    for i in range(2 * stops):
        search.known[q, r, KNOWN_PLACES + i] = at[i]
    return int(cost - search.slot[r, COST])


@kernel
def new_trip(task: Task, search: Search, q: int, r: int, best: int) -> int:
    """Give the request a trip of its own, beside each reload and at both ends of the day."""
    slot, line = search.slot, search.line
    g, n = slot[r, GROUP], slot[r, COUNT]
    reload, first_row = task.group[g, G_RELOAD], task.request[q, STOP_FROM]
    stops = task.request[q, STOP_TO] - first_row
    if reload < 0 or n == 0:
        return best
    at = search.scratch[DRAFT + 1]
    for p in range(max(slot[r, LOCKED], 0), n + 1):
        if p > 0 and p < n and task.node[line[r, NODE, p], REQUEST] >= 0:
            continue
        for s in range(stops):
            at[2 * s] = task.stop[first_row + s]
            at[2 * s + 1] = -1 - p
        while True:
            k = draft_trip(search, r, p, reload, stops)
            cost = walked(task, g, search.scratch[DRAFT], k, search.scratch, False)
            if cost < NEVER and cost - slot[r, COST] < best:
                best = cost - slot[r, COST]
                for i in range(2 * stops):
                    search.known[q, r, KNOWN_PLACES + i] = at[i]
            if not _next_options(task, at, first_row, stops):
                break
    return best


@kernel
def draft_trip(search: Search, r: int, p: int, reload: int, stops: int) -> int:
    """Write the slot's sequence with a trip of its own for the drafted stops beside position p."""
    scratch, line, n = search.scratch, search.line, search.slot[r, COUNT]
    k = 0
    for i in range(p):
        scratch[DRAFT, k] = line[r, NODE, i + 1]
        k += 1
    if p == n:
        scratch[DRAFT, k] = reload
        k += 1
    for s in range(stops):
        scratch[DRAFT, k] = scratch[DRAFT + 1, 2 * s]
        k += 1
    if p < n:
        scratch[DRAFT, k] = reload
        k += 1
    for i in range(p, n):
        scratch[DRAFT, k] = line[r, NODE, i + 1]
        k += 1
    return k
