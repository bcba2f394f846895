"""The full walk: whether a sequence of nodes can be driven by a vehicle of a group, when, and what it costs.

Every rule of the problem is looked at here and nowhere else in the kernels; the quick checks of `insertion`
are exact where no request or vehicle needs the walk, and necessary where one does. Rides are kept short by
starting early stops later: the earliest times that obey every limit are a least fixed point, found by raising
lower bounds until nothing changes (in the manner of Firat & Woeginger 2011, with times of day). A ride is
counted from the end of service at the first stop to the start of service at the last, the stricter reading.
"""

# ruff: noqa: C901, PLR0911, PLR0912, PLR0915, PLR0917
# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import kernel, small_kernel
from optimizer.engines.kernels.layout import (
    ABOARD,
    ARRIVE,
    BEGIN,
    BOUND,
    CAPACITY,
    CHANGE,
    COLLECTION,
    DELIVERY,
    EARLY,
    EMPTY_LEG,
    FIRST,
    FIXED,
    G_BACK_FROM,
    G_BACK_TO,
    G_BUSY_FROM,
    G_BUSY_TO,
    G_END,
    G_FREE_M,
    G_FREE_S,
    G_LEAVE_FROM,
    G_LEAVE_TO,
    G_MAX_M,
    G_MAX_S,
    G_MAX_STOPS,
    G_METRE,
    G_OVERTIME,
    G_PER_TRIP,
    G_PROFILE,
    G_REGULAR_S,
    G_SECOND,
    G_START,
    G_TIMED,
    G_TOLL,
    G_TRIPS,
    G_USED,
    HALF_WAY,
    I64,
    LAST,
    LATE,
    LEAVE,
    LEG,
    LONGEST_DRIVE_S,
    MAX_RIDE,
    NEVER,
    OUT,
    OUT_COST,
    OUT_DRIVE,
    OUT_END,
    OUT_METRES,
    OUT_START,
    PLACE,
    R_BUCKETS,
    R_BUFFER_S,
    R_DIMENSIONS,
    R_FIXED_METRES,
    R_PLAIN_DAY,
    R_REST,
    REQUEST,
    RIDE_FROM,
    SERVICE,
    SHORTEST_REST_S,
    SOFT,
    SOLE,
    WAITED,
    Task,
)
from optimizer.engines.kernels.legs import arrival, departure, row_at


@small_kernel
def price(group: I64, g: int, metres: int, trips: int, day_s: int) -> int:
    """Decision cost of a day in units: once, by trip, beyond the included metres and seconds, overtime."""
    cost = group[g, G_USED] + trips * group[g, G_PER_TRIP] + metres * group[g, G_TOLL]
    if metres > group[g, G_FREE_M]:
        cost += (metres - group[g, G_FREE_M]) * group[g, G_METRE]
    if group[g, G_TIMED]:
        if day_s > group[g, G_FREE_S]:
            cost += (day_s - group[g, G_FREE_S]) * group[g, G_SECOND]
        if day_s > group[g, G_REGULAR_S]:
            cost += (day_s - group[g, G_REGULAR_S]) * group[g, G_OVERTIME]
    return cost


@kernel
def walked(task: Task, g: int, nodes: I64, n: int, clock: I64, final: bool) -> int:
    """Cost in units of driving `nodes[:n]`; `NEVER` where a rule forbids it.

    Parameters
    ----------
    final
        Whether times must be the ones to publish (latest departure) although no cost depends on them; they
        are left in `clock`.
    """
    trips = _content(task, g, nodes, n, clock)
    if trips < 0:
        return NEVER
    if not final and task.rule[R_PLAIN_DAY]:
        return _walked_plain(task, g, nodes, n, clock)
    for i in range(n):
        clock[BOUND, i] = task.node[nodes[i], EARLY] if task.node[nodes[i], REQUEST] >= 0 else -NEVER
    wait_s = _run(task, g, nodes, n, task.group[g, G_LEAVE_FROM], clock)
    if wait_s < 0:
        return NEVER
    if final or task.group[g, G_TIMED] or not task.rule[R_FIXED_METRES]:
        _leave_late(task, g, nodes, n, wait_s, trips, clock)
    day_s = clock[OUT, OUT_END] - clock[OUT, OUT_START]
    if clock[OUT, OUT_METRES] > task.group[g, G_MAX_M] or day_s > task.group[g, G_MAX_S]:
        return NEVER
    cost = 0
    if n > 0 or clock[OUT, OUT_METRES] > 0:
        cost = price(task.group, g, clock[OUT, OUT_METRES], trips, day_s)
    for i in range(n):
        cost += task.node[nodes[i], SOFT]
    clock[OUT, OUT_COST] = cost
    return cost


@kernel
def _walked_plain(task: Task, g: int, nodes: I64, n: int, clock: I64) -> int:
    """Cost of a day where windows, rides and its length are all that times depend on."""
    node, profile = task.node, task.group[g, G_PROFILE]
    place, metres = task.group[g, G_START], 0
    for i in range(n + 1):
        to = node[nodes[i], PLACE] if i < n else task.group[g, G_END]
        clock[LEG, i] = task.seconds[profile, place, to]
        if clock[LEG, i] >= HALF_WAY:
            return NEVER
        metres += task.metres[profile, place, to]
        place = to
    if metres > task.group[g, G_MAX_M]:
        return NEVER
    start_s = _earliest(task, g, nodes, n, task.group[g, G_LEAVE_FROM], clock)
    if start_s == NEVER:
        return NEVER
    day_s = clock[OUT, OUT_END] - start_s
    if task.group[g, G_TIMED] and n > 0:
        end_s, low = clock[OUT, OUT_END], start_s
        high = _latest_start(task, g, nodes, n, end_s)
        middle = high
        while low < high:
            later_s = _earliest(task, g, nodes, n, middle, clock)
            if later_s < NEVER and clock[OUT, OUT_END] <= end_s:
                low = later_s
            else:
                high = middle - 1
            middle = (low + high + 1) // 2
        day_s = end_s - low
    cost = 0
    if n > 0 or metres > 0:
        cost = price(task.group, g, metres, 1, day_s)
    for i in range(n):
        cost += node[nodes[i], SOFT]
    return cost


@kernel
def _earliest(task: Task, g: int, nodes: I64, n: int, start_s: int, clock: I64) -> int:
    """Least departure from `start_s` on that keeps windows, rides and the day; `NEVER` where none does.

    Where a ride is too long its first stop is served later, by no more than the waiting on the way can take,
    and the walk goes on from there; so with the whole day.
    """
    node, longest_s = task.node, task.group[g, G_MAX_S]
    for i in range(n):
        clock[BOUND, i] = node[nodes[i], EARLY]
    i, leave_s, wait_s = 0, start_s, 0
    while True:
        if i == n:
            end_s = leave_s + clock[LEG, n]
            over_s = end_s - start_s - longest_s
            if end_s > task.group[g, G_BACK_TO] or over_s > wait_s:
                return NEVER
            clock[OUT, OUT_END] = end_s
            if over_s <= 0:
                return start_s if start_s <= task.group[g, G_LEAVE_TO] else NEVER
            start_s += over_s
            i, leave_s, wait_s = 0, start_s, 0
            if n > 0:
                continue
            return NEVER
        v = nodes[i]
        arrive_s = leave_s + clock[LEG, i]
        begin_s = max(arrive_s, clock[BOUND, i])
        if begin_s > node[v, LATE]:
            return NEVER
        wait_s += begin_s - arrive_s
        j = clock[RIDE_FROM, i]
        if j >= 0:
            over_s = begin_s - clock[LEAVE, j] - task.request[node[v, REQUEST], MAX_RIDE]
            if over_s > 0:
                if over_s > wait_s - clock[WAITED, j]:
                    return NEVER
                clock[BOUND, j] = clock[LEAVE, j] - node[nodes[j], SERVICE] + over_s
                i = j
                leave_s = clock[LEAVE, j - 1] if j > 0 else start_s
                wait_s = clock[WAITED, j - 1] if j > 0 else 0
                continue
        leave_s = begin_s + node[v, SERVICE]
        clock[LEAVE, i] = leave_s
        clock[WAITED, i] = wait_s
        i += 1


@kernel
def _content(task: Task, g: int, nodes: I64, n: int, clock: I64) -> int:
    """Count the trips, or -1 where load, sole use, stops or trips break a rule; note rides and empty legs."""
    trips, stops, last_place = 1, 0, -1
    start = 0
    while True:
        end = start
        under_way = 0
        while end < n and task.node[nodes[end], REQUEST] >= 0:
            v = nodes[end]
            if task.node[v, FIRST] and task.request[task.node[v, REQUEST], DELIVERY]:
                under_way += 1
            end += 1
        for d in range(task.rule[R_DIMENSIONS]):
            load, most = 0, task.group[g, CAPACITY + d]
            for i in range(start, end):
                if task.node[nodes[i], FIRST]:
                    load += task.request[task.node[nodes[i], REQUEST], ABOARD + d]
            if load > most:
                return -1
            for i in range(start, end):
                load += task.node[nodes[i], CHANGE + d]
                if load > most or load < 0:
                    return -1
        alone = -1
        for i in range(start, end):
            v = nodes[i]
            q = task.node[v, REQUEST]
            if task.node[v, PLACE] != last_place:
                stops += 1
                last_place = task.node[v, PLACE]
            clock[EMPTY_LEG, i] = under_way == 0
            clock[RIDE_FROM, i] = -1
            if alone >= 0 and (q != alone or under_way != 1):
                return -1
            first, last = task.node[v, FIRST], task.node[v, LAST]
            if first and not task.request[q, DELIVERY]:
                under_way += 1
            if last:
                alone = -1
                if not task.request[q, COLLECTION]:
                    under_way -= 1
                if not first and task.request[q, MAX_RIDE] >= 0:
                    j = i - 1
                    while j >= 0 and (task.node[nodes[j], REQUEST] != q or not task.node[nodes[j], FIRST]):
                        j -= 1
                    clock[RIDE_FROM, i] = j
            elif first and task.request[q, SOLE]:
                alone = q
        if end == n:
            break
        trips += 1
        clock[RIDE_FROM, end] = -1
        clock[EMPTY_LEG, end] = 1
        start = end + 1
    if trips > task.group[g, G_TRIPS] or stops > task.group[g, G_MAX_STOPS]:
        return -1
    return trips


@kernel
def _run(task: Task, g: int, nodes: I64, n: int, start_s: int, clock: I64) -> int:
    """Earliest times from `start_s` on, as waiting seconds on the way; -1 where there are none."""
    node, group, seconds = task.node, task.group, task.seconds
    first_row = group[g, G_PROFILE] * task.rule[R_BUCKETS]
    rest, buffer_s = task.rule[R_REST], task.rule[R_BUFFER_S]
    for _ in range((100 if task.rule[R_PLAIN_DAY] else 6) * n + 20):
        again = False
        wait_s = 0
        metres = 0
        drive_s = 0
        driven_s = 0
        slack_s = -1
        place = group[g, G_START]
        leave_s = start_s
        stood_from_s = start_s - SHORTEST_REST_S
        trip_from_s = start_s
        trip_at = -1
        for i in range(n + 1):
            to = node[nodes[i], PLACE] if i < n else group[g, G_END]
            arrive_s = arrival(task.buckets, first_row, seconds, place, to, leave_s)
            if arrive_s >= HALF_WAY:
                return -1
            if rest:
                leg_s = arrive_s - leave_s
                if leg_s > LONGEST_DRIVE_S:
                    return -1
                if leave_s - stood_from_s >= SHORTEST_REST_S:
                    driven_s = 0
                elif driven_s + leg_s > LONGEST_DRIVE_S:
                    if i > 0 and node[nodes[i - 1], FIXED]:
                        return -1
                    late_s = stood_from_s + SHORTEST_REST_S
                    wait_s += late_s - leave_s
                    if slack_s >= 0:
                        slack_s += late_s - leave_s
                    leave_s = late_s
                    clock[LEAVE, i - 1] = leave_s
                    arrive_s = arrival(task.buckets, first_row, seconds, place, to, leave_s)
                    if arrive_s >= HALF_WAY:
                        return -1
                    driven_s = 0
                driven_s += arrive_s - leave_s
            if i == n and arrive_s < group[g, G_BACK_FROM] and n > 0:
                if node[nodes[n - 1], FIXED]:
                    return -1
                later_s = departure(task.buckets, first_row, seconds, place, to, group[g, G_BACK_FROM])
                if later_s > leave_s:
                    wait_s += later_s - leave_s
                    leave_s = later_s
                arrive_s = arrival(task.buckets, first_row, seconds, place, to, leave_s)
                while arrive_s < group[g, G_BACK_FROM]:
                    leave_s += 1
                    arrive_s = arrival(task.buckets, first_row, seconds, place, to, leave_s)
                clock[LEAVE, n - 1] = leave_s
            row = row_at(task.buckets, first_row, leave_s, seconds, place, to)
            metres += task.metres[row, place, to]
            drive_s += arrive_s - leave_s
            stood_from_s = arrive_s
            if i == n:
                if arrive_s > group[g, G_BACK_TO]:
                    return -1
                free_s = _free_from(task, g, trip_from_s, arrive_s)
                if free_s > trip_from_s:
                    if trip_at < 0:
                        start_s = free_s
                    else:
                        clock[BOUND, trip_at] = free_s
                    again = True
                if arrive_s - start_s > task.group[g, G_MAX_S]:
                    start_s = arrive_s - task.group[g, G_MAX_S]
                    again = True
                clock[OUT, OUT_END] = arrive_s
                break
            v = nodes[i]
            place = to
            q = node[v, REQUEST]
            clock[ARRIVE, i] = arrive_s
            if q < 0:
                begin_s = max(arrive_s, node[v, EARLY])
                leave_s = max(begin_s + node[v, SERVICE], clock[BOUND, i])
                if leave_s > node[v, LATE]:
                    return -1
                free_s = _free_from(task, g, trip_from_s, arrive_s)
                if free_s > trip_from_s:
                    if trip_at < 0:
                        start_s = free_s
                    else:
                        clock[BOUND, trip_at] = free_s
                    again = True
                trip_at = i
                trip_from_s = leave_s
                wait_s += leave_s - arrive_s
                if slack_s >= 0:
                    slack_s += leave_s - arrive_s
            else:
                begin_s = max(arrive_s, clock[BOUND, i])
                if buffer_s > 0 and slack_s >= 0 and clock[EMPTY_LEG, i]:
                    begin_s = max(begin_s, arrive_s + buffer_s - slack_s)
                if begin_s > node[v, LATE]:
                    return -1
                wait_s += begin_s - arrive_s
                leave_s = begin_s + node[v, SERVICE]
                slack_s = 0
                j = clock[RIDE_FROM, i]
                if j >= 0 and begin_s - clock[LEAVE, j] > task.request[q, MAX_RIDE]:
                    bound_s = begin_s - task.request[q, MAX_RIDE] - node[nodes[j], SERVICE]
                    if bound_s > node[nodes[j], LATE]:
                        return -1
                    if bound_s > clock[BOUND, j]:
                        clock[BOUND, j] = bound_s
                        again = True
            clock[BEGIN, i] = begin_s
            clock[LEAVE, i] = leave_s
        if start_s > group[g, G_LEAVE_TO]:
            return -1
        if not again:
            clock[OUT, OUT_START] = start_s
            clock[OUT, OUT_METRES] = metres
            clock[OUT, OUT_DRIVE] = drive_s
            return wait_s
    return -1


@kernel
def _free_from(task: Task, g: int, from_s: int, to_s: int) -> int:
    """Return `from_s`, or the end of a time that something else holds the vehicle inside `from_s … to_s`."""
    for k in range(task.group[g, G_BUSY_FROM], task.group[g, G_BUSY_TO]):
        if from_s < task.busy[k, 1] and task.busy[k, 0] < to_s:
            return task.busy[k, 1]
    return from_s


@kernel
def _leave_late(task: Task, g: int, nodes: I64, n: int, wait_s: int, trips: int, clock: I64) -> None:
    """Move the departure as late as it delays nothing at the end: nobody is paid for waiting at the depot."""
    low, end_s = clock[OUT, OUT_START], clock[OUT, OUT_END]
    if wait_s <= 0 or n == 0:
        return
    if trips == 1:
        high = _latest_start(task, g, nodes, n, end_s)
    else:
        high = min(low + wait_s, task.group[g, G_LEAVE_TO])
    if high <= low:
        return
    if _restart(task, g, nodes, n, high, clock, end_s):
        return
    high -= 1
    while low < high:
        middle = (low + high + 1) // 2
        if _restart(task, g, nodes, n, middle, clock, end_s):
            low = middle
        else:
            high = middle - 1
    _restart(task, g, nodes, n, low, clock, end_s)


@kernel
def _restart(task: Task, g: int, nodes: I64, n: int, start_s: int, clock: I64, end_s: int) -> bool:
    """Leave at another time; whether the day still ends by `end_s`."""
    for i in range(n):
        clock[BOUND, i] = task.node[nodes[i], EARLY] if task.node[nodes[i], REQUEST] >= 0 else -NEVER
    ran = _run(task, g, nodes, n, start_s, clock) >= 0
    return bool(ran and clock[OUT, OUT_END] <= end_s)


@kernel
def _latest_start(task: Task, g: int, nodes: I64, n: int, end_s: int) -> int:
    """Latest departure of a single trip that ends by `end_s`, windows alone considered."""
    first_row = task.group[g, G_PROFILE] * task.rule[R_BUCKETS]
    place, by_s = task.group[g, G_END], end_s
    for i in range(n - 1, -1, -1):
        v = nodes[i]
        leave_s = departure(task.buckets, first_row, task.seconds, task.node[v, PLACE], place, by_s)
        by_s = min(leave_s - task.node[v, SERVICE], task.node[v, LATE])
        place = task.node[v, PLACE]
    leave_s = departure(task.buckets, first_row, task.seconds, task.group[g, G_START], place, by_s)
    return min(leave_s, task.group[g, G_LEAVE_TO])
