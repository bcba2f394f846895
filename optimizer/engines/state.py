"""The arrays of a search under way, made once and changed in place by the kernels."""

from typing import Final

import numpy as np

from optimizer.engines.arrays import Compiled
from optimizer.engines.by_address import by_address
from optimizer.engines.kernels import layout as at

SEED_MIX: Final = 0x9E3779B97F4A7C15


def new_search(compiled: Compiled, seed: int) -> at.Search:
    """Make a search where every request is absent; locked routes stand."""
    task = compiled.task
    q, n = len(compiled.requests), compiled.longest + 3
    r, groups = max(compiled.slots, 1), max(len(compiled.groups), 1)
    rows = at.LINE_ROWS + (0 if task.rule[at.R_SIMPLE_LOAD] else 3 * int(task.rule[at.R_DIMENSIONS]))
    columns = at.SLOT_COLUMNS + int(task.rule[at.R_DIMENSIONS])
    insertable = int(task.rule[at.R_INSERTABLE])
    stops = np.diff(task.request[:insertable, at.STOP_FROM : at.STOP_TO + 1], axis=1)
    most = int(stops.max(initial=1))
    retype = int(task.rule[at.R_RETYPE])
    wide = max(n, 2 * most + 2, at.MOST_OFFERS)
    search = by_address(
        at.Search(
            line=np.zeros((r, rows, n), np.int64),
            slot=np.zeros((r, columns), np.int64),
            saved=np.zeros((r, rows, n), np.int64),
            saved_slot=np.zeros((r, columns), np.int64),
            table=np.full((at.INDEX_ROWS, max(r, q, groups, len(task.reserve)) + 1), -1, np.int64),
            known=np.zeros((insertable, r, at.KNOWN_PLACES + 2 * most + 3 * retype), np.int64),
            alone=np.zeros((insertable, groups, 2 + most), np.int64),
            best=np.zeros((r, at.BEST_NODES + n), np.int64),
            tally=np.zeros(at.TALLIES, np.int64),
            key=np.ones((2, max(q, 2) + 1), np.float64),
            random=np.array([((seed + 1) * SEED_MIX) % 2**64 | 1], np.uint64),
            scratch=np.zeros((at.SCRATCH_ROWS, wide), np.int64),
        )
    )
    search.table[at.ABSENCES] = 0
    search.tally[at.MOST_ACTIVE] = compiled.slots
    _stand_locked(compiled, search)
    return search


def _stand_locked(compiled: Compiled, search: at.Search) -> None:
    """Write the locked routes down as the best solution so far."""
    for k, (g, nodes) in enumerate(compiled.locked_nodes.items()):
        search.best[k, at.BEST_NODES : at.BEST_NODES + len(nodes)] = nodes
        search.best[k, at.COUNT] = len(nodes)
        search.best[k, at.GROUP] = g
        search.best[k, at.LOCKED] = len(nodes)
    search.tally[at.BEST_COUNT] = len(compiled.locked_nodes)
