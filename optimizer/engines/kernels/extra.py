"""What more metres cost on a vehicle's day, where metres alone count."""

# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import small_kernel
from optimizer.engines.kernels.layout import (
    G_FREE_M,
    G_METRE,
    G_TOLL,
    GROUP,
    METRES,
    OVER_M,
    Search,
    Task,
)
from optimizer.engines.kernels.timing import price


@small_kernel
def added_cost(task: Task, search: Search, r: int, extra_m: int) -> int:
    """Cost of so many metres more on a slot's day, where metres alone count."""
    g, metres = search.slot[r, GROUP], search.slot[r, METRES]
    group = task.group
    return int(price(group, g, metres + extra_m, 1, 0) - price(group, g, metres, 1, 0))


@small_kernel
def floor(task: Task, search: Search, r: int, extra_m: int) -> int:
    """Least that the extra metres cost, at their best hour; time is taken to cost nothing more."""
    slot, group, g = search.slot, task.group, search.slot[r, GROUP]
    before_m = slot[r, METRES] + slot[r, OVER_M]
    after_m = slot[r, METRES] + extra_m
    free_m = group[g, G_FREE_M]
    beyond_m = max(0, after_m - free_m) - max(0, before_m - free_m)
    return int((after_m - before_m) * group[g, G_TOLL] + beyond_m * group[g, G_METRE])
