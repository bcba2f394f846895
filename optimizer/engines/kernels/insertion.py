"""Where a request fits best into a slot: remembered by the content of the slot, else searched.

Gap `p` lies behind position `p` of the slot. The answer is kept in `known[request, slot]`: name, cost, then
pairs (node, gap); a gap of −1 − p opens a new trip at a reload beside position p.
"""

# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917
# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import kernel, small_kernel
from optimizer.engines.kernels.layout import (
    ABOARD,
    ALONE,
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
    DRIVE_S,
    EARLY,
    G_FREE_M,
    G_MAX_M,
    G_METRE,
    G_PROFILE,
    G_RELOAD,
    G_TOLL,
    G_TRIPS,
    GROUP,
    HALF_WAY,
    I32,
    I64,
    IS_SLOW,
    KNOWN_COST,
    KNOWN_NAME,
    KNOWN_PLACES,
    LATE,
    LEAST_ALONE,
    LINE_ROWS,
    LOAD,
    LOCKED,
    LONGEST_DRIVE_S,
    MAX_RIDE,
    METRES,
    MOST_OFFERS,
    NAME,
    NEVER,
    NODE,
    OFFERS,
    PLACE,
    R_BRISK,
    R_BUCKETS,
    R_DIMENSIONS,
    R_FIXED_METRES,
    R_PLAIN_DAY,
    R_REST,
    R_RETYPE,
    R_SIMPLE_LOAD,
    R_TIME,
    REQUEST,
    SERVICE,
    SLACK,
    SLOW,
    SOFT,
    STOP_FROM,
    STOP_TO,
    WAITING,
    Search,
    Task,
)
from optimizer.engines.kernels.legs import arrival
from optimizer.engines.kernels.timing import price, walked

MOST_PLACEMENTS = 3_000
GAP_BITS = 15
GAPS = (1 << GAP_BITS) - 1
OFFER_BITS = 30


@kernel
def best_place(task: Task, search: Search, q: int, r: int, limit: int) -> int:
    """Cost of the best insertion of a request into a slot (extra metres where `R_RETYPE`), or `NEVER`.

    What costs `limit` or more is not looked for where looking is dear: then the answer is `limit`.
    """
    name = search.slot[r, NAME]
    stops = task.request[q, STOP_TO] - task.request[q, STOP_FROM]
    slow = search.slot[r, IS_SLOW] == 1 or task.request[q, SLOW] == 1
    worst = limit if (slow or stops > 1) and not task.rule[R_RETYPE] else NEVER
    if stops == 1:
        best = _one_stop(task, search, q, r, slow, worst)
    elif stops == 2:
        best = _two_stops(task, search, q, r, slow, worst)
    else:
        best = _many_stops(task, search, q, r, worst)
    if task.group[search.slot[r, GROUP], G_TRIPS] > 1:
        best = _new_trip(task, search, q, r, best)
    search.known[q, r, KNOWN_NAME] = name ^ AT_LEAST if best >= worst and worst < NEVER else name
    search.known[q, r, KNOWN_COST] = best
    return int(best)


@small_kernel
def added_cost(task: Task, search: Search, r: int, extra_m: int) -> int:
    """Cost of so many metres more on a slot's day, where metres alone count."""
    g, metres = search.slot[r, GROUP], search.slot[r, METRES]
    group = task.group
    return int(price(group, g, metres + extra_m, 1, 0) - price(group, g, metres, 1, 0))


@small_kernel
def _floor(task: Task, search: Search, r: int, extra_m: int) -> int:
    """Least that the extra metres cost; time is taken to cost nothing more."""
    if not task.rule[R_FIXED_METRES]:
        return -NEVER
    g, metres = search.slot[r, GROUP], search.slot[r, METRES]
    cost = extra_m * task.group[g, G_TOLL]
    free_m = task.group[g, G_FREE_M]
    return int(cost + (max(0, metres + extra_m - free_m) - max(0, metres - free_m)) * task.group[g, G_METRE])


@small_kernel
def _one_stop(task: Task, search: Search, q: int, r: int, slow: bool, best: int) -> int:
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
            extra = task.metres[first_row, a, p] + task.metres[first_row, p, b] - line[r, ARC_M, i]
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
            if _floor(task, search, r, extra) + task.node[v, SOFT] >= best:
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
                if _floor(task, search, r, extra) + task.node[v, SOFT] >= best:
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


@kernel
def _two_stops(task: Task, search: Search, q: int, r: int, slow: bool, best: int) -> int:
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
    line, node, metres = search.line[r], task.node, task.metres
    profile, n = task.group[search.slot[r, GROUP], G_PROFILE], search.slot[r, COUNT]
    first_row = profile * task.rule[R_BUCKETS]
    p, time = node[w, PLACE], task.rule[R_TIME]
    least, saved_s = NEVER, 0
    search.scratch[LEAST_ALONE, n + 1] = NEVER
    for i in range(n, max(search.slot[r, LOCKED], 0), -1):
        a, b = line[AT, i], line[AT, i + 1]
        extra = int(metres[first_row, a, p]) + metres[first_row, p, b] - line[ARC_M, i]
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
    line, slot, node, metres = search.line[r], search.slot, task.node, task.metres
    alone, least_alone = search.scratch[ALONE], search.scratch[LEAST_ALONE]
    g, n = slot[r, GROUP], slot[r, COUNT]
    profile = task.group[g, G_PROFILE]
    first_row = profile * task.rule[R_BUCKETS]
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
    direct = int(metres[first_row, pv, pw])
    for i in range(max(slot[r, LOCKED], 0), n + 1):
        a, b = line[AT, i], line[AT, i + 1]
        to_v = int(metres[first_row, a, pv])
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
        beside = to_v + direct + metres[first_row, pw, b] - line[ARC_M, i]
        before_v = to_v + metres[first_row, pv, b] - line[ARC_M, i]
        later = min(NEVER, before_v + least_alone[i + 1])
        if _floor(task, search, r, min(beside, later)) + soft >= best:
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
            if _floor(task, search, r, before_v + least_alone[j]) + soft >= best:
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
    if _floor(task, search, r, extra) + soft >= best:
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
    """Walk what waits, the least metres first, until no more can be better; nothing waits afterwards."""
    offers, waiting = search.scratch[OFFERS], search.tally[WAITING]
    soft = task.node[v, SOFT] + task.node[w, SOFT]
    search.tally[WAITING] = 0
    while waiting > 0:
        first = 0
        for k in range(1, waiting):
            if offers[k] < offers[first]:
                first = k
        offer = offers[first]
        if _floor(task, search, r, offer >> OFFER_BITS) + soft >= best:
            break
        waiting -= 1
        offers[first] = offers[waiting]
        best = _walk_two(task, search, q, r, v, w, (offer >> GAP_BITS) & GAPS, offer & GAPS, best)
    return best


@kernel
def _walk_two(task: Task, search: Search, q: int, r: int, v: int, w: int, i: int, j: int, best: int) -> int:
    """Try a placement by the full walk; the better of its cost and `best`."""
    _draft_two(search, r, v, w, i, j)
    cost = walked(
        task, search.slot[r, GROUP], search.scratch[DRAFT], search.slot[r, COUNT] + 2, search.scratch, False
    )
    if cost >= NEVER or cost - search.slot[r, COST] >= best:
        return best
    _note_two(search, q, r, v, w, i, j)
    return int(cost - search.slot[r, COST])


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


@kernel
def _many_stops(task: Task, search: Search, q: int, r: int, best: int) -> int:
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
def _new_trip(task: Task, search: Search, q: int, r: int, best: int) -> int:
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
            k = _draft_trip(search, r, p, reload, stops)
            cost = walked(task, g, search.scratch[DRAFT], k, search.scratch, False)
            if cost < NEVER and cost - slot[r, COST] < best:
                best = cost - slot[r, COST]
                for i in range(2 * stops):
                    search.known[q, r, KNOWN_PLACES + i] = at[i]
            if not _next_options(task, at, first_row, stops):
                break
    return best


@kernel
def _draft_trip(search: Search, r: int, p: int, reload: int, stops: int) -> int:
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


@kernel
def draft_known(task: Task, search: Search, q: int, r: int) -> int:
    """Write the slot's sequence with the request at its known best place into the first draft; its length."""
    line, scratch, at = search.line, search.scratch, search.known
    n, stops = search.slot[r, COUNT], task.request[q, STOP_TO] - task.request[q, STOP_FROM]
    if at[q, r, KNOWN_PLACES + 1] < 0:
        for s in range(2 * stops):
            scratch[DRAFT + 1, s] = at[q, r, KNOWN_PLACES + s]
        return _draft_trip(
            search, r, -1 - at[q, r, KNOWN_PLACES + 1], task.group[search.slot[r, GROUP], G_RELOAD], stops
        )
    k = 0
    s = 0
    for i in range(n + 1):
        while s < stops and at[q, r, KNOWN_PLACES + 2 * s + 1] == i:
            scratch[DRAFT, k] = at[q, r, KNOWN_PLACES + 2 * s]
            k += 1
            s += 1
        if i < n:
            scratch[DRAFT, k] = line[r, NODE, i + 1]
            k += 1
    return k
