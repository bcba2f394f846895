"""Cheapest duties by labels over the tasks in the order of the day: the inner loop of column generation.

A label at a task is a way to have come there: its cost so far and when the vehicle left its base. It is kept
unless another came as cheaply and left as late, because cost at the end can only rise with the length of the
duty.
"""

import numpy as np
from numpy.typing import NDArray

from gis.compiled import jit

__all__ = ["cheapest_ends", "onward_costs"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

compiled = jit(__file__)


@compiled
def cheapest_ends(  # noqa: C901, PLR0912, PLR0917
    link: Floats, out: Floats, home: Floats, leave_s: Ints, back_s: Ints, duals: Floats, duty: Floats
) -> tuple[Floats, Ints, Ints, Ints]:
    """Cheapest reduced cost of a duty that ends with each task, and how it came there.

    Parameters
    ----------
    link
        `[n, n]` cost of doing a task after another; infinite where impossible and on and below the diagonal.
    out, home
        `[n]` cost of a duty's start with a task, and of going home from it.
    leave_s, back_s
        `[n]` departure and return that go with them.
    duals
        `[n]`, taken off at every task.
    duty
        Free seconds and fen per second, regular seconds and further fen per second beyond them.

    Returns
    -------
    total
        `[n]`, infinite where no duty ends.
    label
        `[n]` the label at that task.
    came_from, came_label
        `[n, n]` task and label before each label; -1 at the start.
    """
    n = len(out)
    cost = np.empty((n, n + 1))
    left = np.empty((n, n + 1), np.int64)
    came_from = np.full((n, n + 1), -1, np.int64)
    came_label = np.full((n, n + 1), -1, np.int64)
    count = np.zeros(n, np.int64)
    total = np.full(n, np.inf)
    best = np.full(n, -1, np.int64)
    for j in range(n):
        if np.isfinite(out[j]):
            cost[j, 0], left[j, 0], count[j] = out[j] - duals[j], leave_s[j], 1
        for i in range(j):
            step = link[i, j]
            if not np.isfinite(step):
                continue
            for k in range(count[i]):
                c, s = cost[i, k] + step - duals[j], left[i, k]
                dominated = False
                for q in range(count[j]):
                    if cost[j, q] <= c and left[j, q] >= s:
                        dominated = True
                        break
                if dominated:
                    continue
                kept = 0
                for q in range(count[j]):
                    if not (c <= cost[j, q] and s >= left[j, q]):
                        cost[j, kept], left[j, kept] = cost[j, q], left[j, q]
                        came_from[j, kept], came_label[j, kept] = came_from[j, q], came_label[j, q]
                        kept += 1
                cost[j, kept], left[j, kept] = c, s
                came_from[j, kept], came_label[j, kept] = i, k
                count[j] = kept + 1
        if np.isfinite(home[j]):
            for k in range(count[j]):
                length = back_s[j] - left[j, k]
                value = cost[j, k] + home[j]
                value += max(0.0, length - duty[0]) * duty[1] + max(0.0, length - duty[2]) * duty[3]
                if value < total[j]:
                    total[j], best[j] = value, k
    return total, best, came_from, came_label


@compiled
def onward_costs(link: Floats, ends: Floats, first: int) -> Floats:
    """Least cost of going on from each task after `first`, in any way to any end.

    Parameters
    ----------
    link
        `[n, n]` reduced costs.
    ends
        `[n]` cost of ending with each task, for a duty that began with `first`.
    """
    n = len(ends)
    onward = ends.copy()
    for i in range(n - 1, first - 1, -1):
        for j in range(i + 1, n):
            onward[i] = min(onward[i], link[i, j] + onward[j])
    return onward
