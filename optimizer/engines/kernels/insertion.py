"""Where a request fits best into a slot: remembered by the content of the slot, else searched.

Gap `p` lies behind position `p` of the slot. The answer is kept in `known[request, slot]`: name, cost, then
pairs (node, gap); a gap of −1 − p opens a new trip at a reload beside position p.
"""

# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import kernel
from optimizer.engines.kernels.layout import (
    AT_LEAST,
    COUNT,
    DRAFT,
    G_RELOAD,
    G_TRIPS,
    GROUP,
    IS_SLOW,
    KNOWN_COST,
    KNOWN_NAME,
    KNOWN_PLACES,
    NAME,
    NEVER,
    NODE,
    R_RETYPE,
    SLOW,
    STOP_FROM,
    STOP_TO,
    Search,
    Task,
)
from optimizer.engines.kernels.pairs import two_stops
from optimizer.engines.kernels.several import draft_trip, many_stops, new_trip
from optimizer.engines.kernels.single import one_stop


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
        best = one_stop(task, search, q, r, slow, worst)
    elif stops == 2:
        best = two_stops(task, search, q, r, slow, worst)
    else:
        best = many_stops(task, search, q, r, worst)
    if task.group[search.slot[r, GROUP], G_TRIPS] > 1:
        best = new_trip(task, search, q, r, best)
    search.known[q, r, KNOWN_NAME] = name ^ AT_LEAST if best >= worst and worst < NEVER else name
    search.known[q, r, KNOWN_COST] = best
    return int(best)


@kernel
def draft_known(task: Task, search: Search, q: int, r: int) -> int:
    """Write the slot's sequence with the request at its known best place into the first draft; its length."""
    line, scratch, at = search.line, search.scratch, search.known
    n, stops = search.slot[r, COUNT], task.request[q, STOP_TO] - task.request[q, STOP_FROM]
    if at[q, r, KNOWN_PLACES + 1] < 0:
        for s in range(2 * stops):
            scratch[DRAFT + 1, s] = at[q, r, KNOWN_PLACES + s]
        return draft_trip(
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
