"""Random numbers of the search: one 64-bit state, the same on every machine (xorshift64, Marsaglia 2003)."""

# mypy: disable-error-code="no-any-return"

import numpy as np

from optimizer.engines.compiled import small_kernel
from optimizer.engines.kernels.layout import (
    U64,
)


@small_kernel
def uniform(state: U64) -> float:
    """Draw a number in [0, 1)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return (x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@small_kernel
def below(state: U64, n: int) -> int:
    """Draw a whole number in [0, n)."""
    return int(uniform(state) * n)
