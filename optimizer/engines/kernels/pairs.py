"""Where a request of two stops fits best into a slot, in one walk along it."""

# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917
# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import kernel, small_kernel
from optimizer.engines.kernels.extra import added_cost, floor
from optimizer.engines.kernels.layout import (
    ABOARD,
    ALONE,
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
    KNOWN_PLACES,
    LATE,
    LEAST_ALONE,
    LINE_ROWS,
    LOCKED,
    LONGEST_DRIVE_S,
    MAX_RIDE,
    METRES,
    MOST_OFFERS,
    NEVER,
    NODE,
    OFFERS,
    PLACE,
    R_BUCKETS,
    R_DIMENSIONS,
    R_FIXED_METRES,
    R_PLAIN_DAY,
    R_REST,
    R_TIME,
    REQUEST,
    SERVICE,
    SLACK,
    SOFT,
    STOP_FROM,
    WAITING,
    Search,
    Task,
)
from optimizer.engines.kernels.legs import arrival
from optimizer.engines.kernels.timing import walked

OFFER_BITS = 30
PATIENCE = 8
"""How many placements that are no better are walked where metres depend on the hour: bounds are weak."""


@kernel
def two_stops(task: Task, search: Search, q: int, r: int, slow: bool, best: int) -> int:
    """Cost of the best insertion of a request of two stops, options of both tried; its places are noted."""
    row = task.request[q, STOP_FROM]
    for w in range(task.stop[row + 1], task.stop[row + 2]):
        saved_s = _last_alone(task, search, r, w)
        for v in range(task.stop[row], task.stop[row + 1]):
            best = _two_nodes(task, search, q, r, v, w, slow, saved_s, best)
    return best


@kernel
def _last_alone(task: Task, search: Search, r: int, w: int) -> int:
    """Extra metres of a last stop in each gap, as if its request were on board, and the least from there on.

    Returns the least seconds that it adds to the day where that is below zero (roads need not be shortest).
    """
    line, node, metres_to = search.line[r], task.node, task.metres_to
    profile, n = task.group[search.slot[r, GROUP], G_PROFILE], search.slot[r, COUNT]
    first_row = profile * task.rule[R_BUCKETS]
    p, time = node[w, PLACE], task.rule[R_TIME]
    least, saved_s = NEVER, 0
    search.scratch[LEAST_ALONE, n + 1] = NEVER
    for i in range(n, max(search.slot[r, LOCKED], 0), -1):
        a, b = line[AT, i], line[AT, i + 1]
        extra = int(metres_to[profile, p, a]) + metres_to[profile, b, p] - line[ARC_M, i]
        if time:
            begin_s = max(_leg_end(task, profile, a, p, line[DEPART, i]), node[w, EARLY])
            on_time = begin_s <= node[w, LATE]
            if not on_time or _leg_end(task, profile, p, b, begin_s + node[w, SERVICE]) > line[BY, i + 1]:
                extra = NEVER
        if extra >= HALF_WAY:
            extra = NEVER
        search.scratch[ALONE, i] = extra
        least = min(least, extra)
        search.scratch[LEAST_ALONE, i] = least
        seconds = task.seconds[first_row, a, p] + node[w, SERVICE] + task.seconds[first_row, p, b]
        saved_s = min(saved_s, seconds - task.seconds[first_row, a, b])
    return saved_s


@small_kernel
def _leg_end(task: Task, profile: int, a: int, b: int, leave_s: int) -> int:
    if task.rule[R_BUCKETS] == 1:
        return int(leave_s + task.seconds[profile, a, b])
    return arrival(task.buckets, profile * task.rule[R_BUCKETS], task.seconds, a, b, leave_s)


@kernel
def _two_nodes(
    task: Task, search: Search, q: int, r: int, v: int, w: int, slow: bool, saved_s: int, best: int
) -> int:
    """Insert an early and a late node in one walk along the slot, with windows and loads.

    What is walked in full waits in a list, and the placements with the least metres are walked first.
    """
    line, slot, node, metres_to = search.line[r], search.slot, task.node, task.metres_to
    alone, least_alone = search.scratch[ALONE], search.scratch[LEAST_ALONE]
    g, n = slot[r, GROUP], slot[r, COUNT]
    profile = task.group[g, G_PROFILE]
    pv, pw = node[v, PLACE], node[w, PLACE]
    time, dimensions = task.rule[R_TIME], task.rule[R_DIMENSIONS]
    static = slow and task.rule[R_PLAIN_DAY]
    longest_s = task.request[q, MAX_RIDE]
    if longest_s < 0 or not static:
        longest_s = NEVER
    regular = True
    for d in range(dimensions):
        if task.request[q, ABOARD + d] != 0 or task.node[v, CHANGE + d] + task.node[w, CHANGE + d] != 0:
            regular = False
    soft = node[v, SOFT] + node[w, SOFT]
    late_v, late_w = node[v, LATE], node[w, LATE]
    direct = int(metres_to[profile, pw, pv])
    for i in range(max(slot[r, LOCKED], 0), n + 1):
        a, b = line[AT, i], line[AT, i + 1]
        to_v = int(metres_to[profile, pv, a])
        leave_s = 0
        if time:
            if line[DEPART, i] > late_v:
                break
            begin_s = max(_leg_end(task, profile, a, pv, line[DEPART, i]), node[v, EARLY])
            if begin_s > late_v:
                continue
            leave_s = begin_s + node[v, SERVICE]
        if to_v >= HALF_WAY:
            continue
        beside = to_v + direct + metres_to[profile, b, pw] - line[ARC_M, i]
        before_v = to_v + metres_to[profile, b, pv] - line[ARC_M, i]
        later = min(NEVER, before_v + least_alone[i + 1])
        if floor(task, search, r, min(beside, later)) + soft >= best:
            continue
        if not _room(task, search, r, i, v, regular):
            continue
        detour_s, slack_s = 0, NEVER
        if static:
            slack_s = line[SLACK, i]
            detour_s = task.seconds[profile, a, pv] + node[v, SERVICE] - task.seconds[profile, a, b]
        if beside < HALF_WAY:
            fits = True
            if time:
                begin_s = max(_leg_end(task, profile, pv, pw, leave_s), node[w, EARLY])
                next_s = _leg_end(task, profile, pw, b, begin_s + node[w, SERVICE])
                fits = begin_s <= late_w and next_s <= line[BY, i + 1]
            if static and fits:
                ride_s = task.seconds[profile, pv, pw]
                fits = ride_s <= longest_s
                ride_s += detour_s + node[w, SERVICE] + task.seconds[profile, pw, b]
                fits = fits and ride_s <= slack_s
            if fits:
                best = _take_two(task, search, q, r, v, w, i, i, beside, slow, best)
        if static:
            detour_s += task.seconds[profile, pv, b]
            if detour_s + saved_s > slack_s:
                continue
        ride_s = 0
        for j in range(i + 1, n + 1):
            if least_alone[j] >= NEVER:
                break
            if floor(task, search, r, before_v + least_alone[j]) + soft >= best:
                break
            u = line[NODE, j]
            if node[u, REQUEST] < 0 or not _room(task, search, r, j, v, regular):
                break
            if time:
                place = pv if j == i + 1 else line[AT, j - 1]
                leave_s = _leg_end(task, profile, place, line[AT, j], leave_s)
                if leave_s > line[BY, j]:
                    break
                leave_s = max(leave_s, node[u, EARLY]) + node[u, SERVICE]
                if leave_s > late_w:
                    break
            place = line[AT, j]
            if static:
                before = pv if j == i + 1 else line[AT, j - 1]
                ride_s += task.seconds[profile, before, place]
                if ride_s > longest_s:
                    break
            if alone[j] < NEVER:
                fits = True
                if time:
                    begin_s = max(_leg_end(task, profile, place, pw, leave_s), node[w, EARLY])
                    next_s = _leg_end(task, profile, pw, line[AT, j + 1], begin_s + node[w, SERVICE])
                    fits = begin_s <= late_w and next_s <= line[BY, j + 1]
                if static and fits:
                    second_s = task.seconds[profile, place, pw]
                    fits = ride_s + node[u, SERVICE] + second_s <= longest_s
                    second_s += node[w, SERVICE] + task.seconds[profile, pw, line[AT, j + 1]]
                    second_s -= task.seconds[profile, place, line[AT, j + 1]]
                    fits = fits and second_s + min(0, detour_s) <= line[SLACK, j]
                extra = before_v + alone[j]
                if fits:
                    best = _take_two(task, search, q, r, v, w, i, j, extra, slow, best)
            ride_s += node[u, SERVICE]
    return _walk_waiting(task, search, q, r, v, w, best)


@kernel
def _take_two(
    task: Task,
    search: Search,
    q: int,
    r: int,
    v: int,
    w: int,
    i: int,
    j: int,
    extra: int,
    slow: bool,
    best: int,
) -> int:
    """Take a placement that is on time if it is better, or let it wait for a full walk."""
    slot, g = search.slot, search.slot[r, GROUP]
    soft = task.node[v, SOFT] + task.node[w, SOFT]
    if floor(task, search, r, extra) + soft >= best:
        return best
    if slow or (task.rule[R_REST] and _long_day(task, search, r, v, w, i, j)):
        waiting = search.tally[WAITING]
        if waiting == MOST_OFFERS:
            best = _walk_waiting(task, search, q, r, v, w, best)
            waiting = 0
        search.scratch[OFFERS, waiting] = (extra << OFFER_BITS) + (i << GAP_BITS) + j
        search.tally[WAITING] = waiting + 1
        return best
    if slot[r, METRES] + extra > task.group[g, G_MAX_M]:
        return best
    _note_two(search, q, r, v, w, i, j)
    return added_cost(task, search, r, extra) + soft


@kernel
def _walk_waiting(task: Task, search: Search, q: int, r: int, v: int, w: int, best: int) -> int:
    """Walk what waits, the least metres first, until no more can be better; nothing waits afterwards.

    Where metres depend on the hour a bound on a cost is weak: there it ends after so many that could be
    driven and were no better.
    """
    offers, waiting = search.scratch[OFFERS], search.tally[WAITING]
    soft = task.node[v, SOFT] + task.node[w, SOFT]
    search.tally[WAITING] = 0
    patience = NEVER if task.rule[R_FIXED_METRES] else PATIENCE
    while waiting > 0 and patience > 0:
        first = 0
        for k in range(1, waiting):
            if offers[k] < offers[first]:
                first = k
        offer = offers[first]
        if floor(task, search, r, offer >> OFFER_BITS) + soft >= best:
            break
        waiting -= 1
        offers[first] = offers[waiting]
        cost = _walk_two(task, search, r, v, w, (offer >> GAP_BITS) & GAPS, offer & GAPS)
        if cost < best:
            best = cost
            _note_two(search, q, r, v, w, (offer >> GAP_BITS) & GAPS, offer & GAPS)
        elif cost < NEVER:
            patience -= 1
    return best


@kernel
def _walk_two(task: Task, search: Search, r: int, v: int, w: int, i: int, j: int) -> int:
    """Cost of a placement by the full walk; `NEVER` where it cannot be driven."""
    _draft_two(search, r, v, w, i, j)
    cost = walked(
        task, search.slot[r, GROUP], search.scratch[DRAFT], search.slot[r, COUNT] + 2, search.scratch, False
    )
    return NEVER if cost >= NEVER else int(cost - search.slot[r, COST])


@small_kernel
def _note_two(search: Search, q: int, r: int, v: int, w: int, i: int, j: int) -> None:
    search.known[q, r, KNOWN_PLACES] = v
    search.known[q, r, KNOWN_PLACES + 1] = i
    search.known[q, r, KNOWN_PLACES + 2] = w
    search.known[q, r, KNOWN_PLACES + 3] = j


@kernel
def _room(task: Task, search: Search, r: int, i: int, v: int, regular: bool) -> bool:
    """Whether the load of a request that boards at v fits on the leg from position i on."""
    if not regular:
        return True
    for d in range(task.rule[R_DIMENSIONS]):
        if (
            search.line[r, LINE_ROWS + 3 * d, i] + task.node[v, CHANGE + d]
            > task.group[search.slot[r, GROUP], CAPACITY + d]
        ):
            return False
    return True


@kernel
def _long_day(task: Task, search: Search, r: int, v: int, w: int, i: int, j: int) -> bool:
    g = search.slot[r, GROUP]
    profile = task.group[g, G_PROFILE]
    seconds, line = task.seconds, search.line
    pv, pw = task.node[v, PLACE], task.node[w, PLACE]
    a, b = line[r, AT, i], line[r, AT, i + 1]
    drive_s = search.slot[r, DRIVE_S] + seconds[profile, a, pv] - seconds[profile, a, b]
    if i == j:
        drive_s += seconds[profile, pv, pw] + seconds[profile, pw, b]
    else:
        c, d = line[r, AT, j], line[r, AT, j + 1]
        drive_s += seconds[profile, pv, b] + seconds[profile, c, pw] + seconds[profile, pw, d]
        drive_s -= seconds[profile, c, d]
    return bool(drive_s > LONGEST_DRIVE_S)


@kernel
def _draft_two(search: Search, r: int, v: int, w: int, i: int, j: int) -> None:
    scratch, line = search.scratch, search.line
    for k in range(i):
        scratch[DRAFT, k] = line[r, NODE, k + 1]
    scratch[DRAFT, i] = v
    for k in range(i, j):
        scratch[DRAFT, k + 1] = line[r, NODE, k + 1]
    scratch[DRAFT, j + 1] = w
    for k in range(j, search.slot[r, COUNT]):
        scratch[DRAFT, k + 2] = line[r, NODE, k + 1]
