"""The search: ruin, recreate, accept by simulated annealing or by sums of absences, remember the best.

After Christiaens & Vanden Berghe (2020), sections 5.3 (simulated annealing) and 5.4 (fleet minimisation by
sums of absences). Calls may be cut into slices anywhere: nothing is kept outside `Search`.
"""

# ruff: noqa: C901, PLR0912, PLR0915, SIM110
# mypy: disable-error-code="no-any-return"

import math
from typing import Final

from optimizer.engines.compiled import kernel
from optimizer.engines.kernels.chance import uniform
from optimizer.engines.kernels.kinds import exchange, regroup
from optimizer.engines.kernels.layout import (
    ABSENCES,
    ABSENT,
    ABSENT_ONE,
    ACCEPTED,
    ACTIVE,
    BEST_COUNT,
    BEST_DONE,
    BEST_LEFT,
    BEST_NODES,
    BEST_TOTAL,
    COOLING,
    COST,
    COUNT,
    DONE,
    DRAFT,
    FIRST,
    FREE_STAMP,
    GROUP,
    GROUP_USED,
    LEFT,
    LOCKED,
    MANDATORY,
    METRES,
    MOST_ACTIVE,
    NAME,
    NEVER,
    NODE,
    ORDER,
    PICK,
    PICKED,
    R_INSERTABLE,
    R_REGROUP,
    R_RETYPE,
    R_TOGETHER,
    RANK,
    REQUEST,
    RESERVE_USED,
    STAMP,
    STOP_FROM,
    STOP_TO,
    TEMPERATURE,
    TOTAL,
    TOUCHED,
    TOUCHED_SLOT,
    WEIGHT,
    WHERE,
    Search,
    Task,
)
from optimizer.engines.kernels.recreate import add_absent, all_or_none, insert, sort_picked
from optimizer.engines.kernels.routes import open_slot, undo, write
from optimizer.engines.kernels.ruin import drop_picked, pick_up, ruin
from optimizer.engines.kernels.timing import walked

OPENING_CHANCE: Final = 0.2
"""How often the first request gets a vehicle of its own, which may pay only once others have joined it."""
EXCHANGE_CHANCE: Final = 0.3
"""How often a ruined route gets another vehicle before it is filled again."""
MOST_ABSENT: Final = 12
"""How many of the requests that were absent before are tried again in one iteration."""


@kernel
def prepare(task: Task, search: Search) -> None:
    """Find out what each request costs alone in a vehicle of each group."""
    groups = task.group.shape[0]
    for q in range(task.rule[R_INSERTABLE]):
        for g in range(groups):
            search.alone[q, g, 0] = _alone(task, search, q, g)
        for g in range(groups):
            j = g - 1
            while j >= 0 and search.alone[q, search.alone[q, j, 1], 0] > search.alone[q, g, 0]:
                search.alone[q, j + 1, 1] = search.alone[q, j, 1]
                j -= 1
            search.alone[q, j + 1, 1] = g


@kernel
def _alone(task: Task, search: Search, q: int, g: int) -> int:
    """Cost of a request alone in a vehicle, over the options of its stops."""
    best = NEVER
    if not task.allowed[q, g] or task.request[q, MANDATORY]:
        return best
    row = task.request[q, STOP_FROM]
    stops = task.request[q, STOP_TO] - row
    nodes = search.scratch[DRAFT + 2]
    for s in range(stops):
        nodes[s] = task.stop[row + s]
    while True:
        cost = walked(task, g, nodes, stops, search.scratch, False)
        if cost < best:
            best = cost
            for s in range(stops):
                search.alone[q, g, 2 + s] = nodes[s]
        s = 0
        while s < stops:
            nodes[s] += 1
            if nodes[s] < task.stop[row + s + 1]:
                break
            nodes[s] = task.stop[row + s]
            s += 1
        if s == stops:
            return best


@kernel
def restart(task: Task, search: Search) -> None:
    """Make the best solution the current one."""
    tally, slot = search.tally, search.slot
    for q in range(task.request.shape[0]):
        search.table[WHERE, q] = -1
    search.table[GROUP_USED, :] = 0
    search.table[RESERVE_USED, :] = 0
    tally[FREE_STAMP] += 1
    for r in range(slot.shape[0]):
        search.table[ORDER, r] = r
        search.table[RANK, r] = r
        search.slot[r, NAME] = 0
        slot[r, COUNT] = 0
        slot[r, COST] = 0
        slot[r, METRES] = 0
        slot[r, LOCKED] = -1
    tally[ACTIVE] = 0
    tally[TOTAL] = 0
    for k in range(tally[BEST_COUNT]):
        tally[STAMP] += 1
        tally[TOUCHED] = 0
        r = open_slot(task, search, search.best[k, GROUP])
        slot[r, LOCKED] = search.best[k, LOCKED]
        write(task, search, r, search.best[k, BEST_NODES:], search.best[k, COUNT])
        tally[TOTAL] += slot[r, COST]
    _all_absent(task, search)


@kernel
def _all_absent(task: Task, search: Search) -> None:
    tally = search.tally
    tally[ABSENT] = 0
    tally[LEFT] = 0
    for q in range(task.rule[R_INSERTABLE]):
        if search.table[WHERE, q] < 0:
            search.table[ABSENT_ONE, tally[ABSENT]] = q
            tally[ABSENT] += 1
            tally[LEFT] += task.request[q, WEIGHT]


@kernel
def improve(task: Task, search: Search, iterations: int, by_absences: bool, everybody: bool) -> bool:
    """Search on for so many iterations; ruin and recreate stand here, not apart, to be compiled once.

    Parameters
    ----------
    by_absences
        Whether serving more is all that matters: then a solution is taken if fewer are absent, or such as
        were seldom absent, and the search returns True at once when nobody is.
    everybody
        Whether nobody is taken out, everybody absent is inserted, and the result taken if it can be driven.
    """
    tally = search.tally
    for _ in range(iterations):
        tally[STAMP] += 1
        tally[TOUCHED] = 0
        tally[PICKED] = 0
        left, total = tally[LEFT], tally[TOTAL]
        if not everybody:
            ruin(task, search)
            if task.rule[R_RETYPE] and uniform(search.random) < EXCHANGE_CHANCE:
                exchange(task, search)
        add_absent(search, tally[ABSENT] if everybody else MOST_ABSENT)
        sort_picked(task, search)
        opening = task.rule[R_REGROUP] == 1 and not everybody and uniform(search.random) < OPENING_CHANCE
        worse = -search.key[0, TEMPERATURE] * math.log(uniform(search.random))
        whole = everybody or by_absences or tally[ABSENT] > 0 or task.rule[R_REGROUP] or task.rule[R_TOGETHER]
        room = NEVER if whole else _room(search, worse)
        for k in range(tally[PICKED]):
            cost = insert(task, search, search.table[PICK, k], opening and k == 0, room)
            if not whole:
                if cost >= NEVER:
                    break  # what follows would be taken back: insertions only add
                room -= cost
        if task.rule[R_TOGETHER]:
            all_or_none(task, search)
        if task.rule[R_REGROUP]:
            for k in range(tally[TOUCHED]):
                r = search.table[TOUCHED_SLOT, k]
                if search.table[RANK, r] < tally[ACTIVE] and search.slot[r, LOCKED] < 0:
                    regroup(task, search, r)
        for k in range(tally[TOUCHED]):
            r = search.table[TOUCHED_SLOT, k]
            total += search.slot[r, COST] - search.saved_slot[k, COST]
        sound = not _broken(search)
        accepted = False
        if sound and tally[LEFT] == left:
            accepted = float(total - tally[TOTAL]) < worse
        elif sound and tally[LEFT] < left:
            accepted = True
        if by_absences and sound and _seldom_absent(search):
            accepted = True
        if everybody:
            accepted = sound
        tally[DONE] += 1
        search.key[0, TEMPERATURE] *= search.key[0, COOLING]
        if accepted:
            tally[ACCEPTED] += 1
            tally[TOTAL] = total
            _note_absent(search)
            fewer = tally[LEFT] < tally[BEST_LEFT]
            if everybody or fewer or (tally[LEFT] == tally[BEST_LEFT] and total < tally[BEST_TOTAL]):
                keep_best(search)
            if by_absences and tally[ABSENT] == 0:
                return True
        else:
            _take_back(task, search)
            tally[LEFT] = left
            if everybody:
                keep_best(search)
    return False


@kernel
def _room(search: Search, worse: float) -> int:
    """Give what the insertions may cost together, so that the solution gets worse by less than so much."""
    room = int(min(math.ceil(worse), float(NEVER // 4)))
    for k in range(search.tally[TOUCHED]):
        room += search.saved_slot[k, COST] - search.slot[search.table[TOUCHED_SLOT, k], COST]
    return room


@kernel
def _broken(search: Search) -> bool:
    """Whether a route that was changed cannot be driven any more."""
    for k in range(search.tally[TOUCHED]):
        if search.slot[search.table[TOUCHED_SLOT, k], COST] >= NEVER // 2:
            return True
    return False


@kernel
def _take_back(task: Task, search: Search) -> None:
    """Let all routes be as they were before this iteration."""
    for k in range(search.tally[PICKED]):
        search.table[WHERE, search.table[PICK, k]] = -1
    undo(task, search)


@kernel
def _seldom_absent(search: Search) -> bool:
    """Count one more absence for whoever is absent now; whether they were absent less often than before."""
    before, now = 0, 0
    for k in range(search.tally[ABSENT]):
        q = search.table[ABSENT_ONE, k]
        before += search.table[ABSENCES, q]
        if search.table[WHERE, q] < 0:
            search.table[ABSENCES, q] += 1
            now += search.table[ABSENCES, q]
    for k in range(search.tally[PICKED]):
        q = search.table[PICK, k]
        if search.table[WHERE, q] < 0 and not _was_absent(search, q):
            search.table[ABSENCES, q] += 1
            now += search.table[ABSENCES, q]
    return now < before


@kernel
def _was_absent(search: Search, q: int) -> bool:
    for k in range(search.tally[ABSENT]):
        if search.table[ABSENT_ONE, k] == q:
            return True
    return False


@kernel
def _note_absent(search: Search) -> None:
    """List who is absent now."""
    kept = 0
    absent = search.tally[ABSENT]
    for k in range(search.tally[PICKED]):
        q = search.table[PICK, k]
        if search.table[WHERE, q] < 0 and not _was_absent(search, q):
            search.table[ABSENT_ONE, absent] = q
            absent += 1
    for k in range(absent):
        q = search.table[ABSENT_ONE, k]
        if search.table[WHERE, q] < 0:
            search.table[ABSENT_ONE, kept] = q
            kept += 1
    search.tally[ABSENT] = kept


@kernel
def keep_best(search: Search) -> None:
    """Copy the current solution to the best."""
    tally = search.tally
    count = tally[ACTIVE]
    for k in range(count):
        r = search.table[ORDER, k]
        n = search.slot[r, COUNT]
        search.best[k, COUNT] = n
        search.best[k, COST] = search.slot[r, COST]
        search.best[k, GROUP] = search.slot[r, GROUP]
        search.best[k, LOCKED] = search.slot[r, LOCKED]
        for i in range(n):
            search.best[k, BEST_NODES + i] = search.line[r, NODE, i + 1]
    tally[BEST_COUNT] = count
    tally[BEST_TOTAL] = tally[TOTAL]
    tally[BEST_LEFT] = tally[LEFT]
    tally[BEST_DONE] = tally[DONE]


@kernel
def drop_route(task: Task, search: Search) -> bool:
    """Take out the route whose requests were absent least often, and allow one vehicle less from now on."""
    tally, slot = search.tally, search.slot
    chosen, least = -1, 0
    for k in range(tally[ACTIVE]):
        r = search.table[ORDER, k]
        if slot[r, LOCKED] >= 0:
            continue
        often = 0
        for i in range(1, slot[r, COUNT] + 1):
            q = task.node[search.line[r, NODE, i], REQUEST]
            if q >= 0 and task.node[search.line[r, NODE, i], FIRST]:
                often += search.table[ABSENCES, q]
        if chosen < 0 or often < least:
            chosen, least = r, often
    if chosen < 0:
        return False
    tally[STAMP] += 1
    tally[TOUCHED] = 0
    tally[PICKED] = 0
    cost = slot[chosen, COST]
    for i in range(1, slot[chosen, COUNT] + 1):
        q = task.node[search.line[chosen, NODE, i], REQUEST]
        if q >= 0 and search.table[WHERE, q] == chosen:
            pick_up(task, search, q)
    drop_picked(task, search, chosen)
    tally[TOTAL] -= cost
    tally[MOST_ACTIVE] = tally[ACTIVE]
    _note_absent(search)
    return True
