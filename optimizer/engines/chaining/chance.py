"""Random numbers: the generator of the route engine, compiled apart from its other kernels."""

# mypy: disable-error-code="no-any-return"

from collections.abc import Callable
from typing import Any

from optimizer.engines.chaining.compiled import machine_code
from optimizer.engines.chaining.layout import U64
from optimizer.engines.kernels import chance

_drawn: Any = chance.uniform
uniform: Callable[[U64], float] = machine_code(getattr(_drawn, "py_func", _drawn))
"""Draw a number in [0, 1)."""


@machine_code
def below(random: U64, n: int) -> int:
    """Draw a whole number in [0, n)."""
    return int(uniform(random) * n)
