"""What more metres cost on a vehicle's day, where metres alone count."""

# mypy: disable-error-code="no-any-return"

from optimizer.engines.compiled import small_kernel
from optimizer.engines.kernels.layout import (
    G_FREE_M,
    G_METRE,
    G_TOLL,
    GROUP,
    METRES,
    NEVER,
    R_FIXED_METRES,
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
    """Least that the extra metres cost; time is taken to cost nothing more."""
    if not task.rule[R_FIXED_METRES]:
        return -NEVER
    g, metres = search.slot[r, GROUP], search.slot[r, METRES]
    cost = extra_m * task.group[g, G_TOLL]
    free_m = task.group[g, G_FREE_M]
    return int(cost + (max(0, metres + extra_m - free_m) - max(0, metres - free_m)) * task.group[g, G_METRE])
