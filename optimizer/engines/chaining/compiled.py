"""How these kernels are compiled: all anew after an edit of any, because they share code."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from gis.compiled import jit
from optimizer.engines.kernels import chance

P = ParamSpec("P")
R = TypeVar("R")

FILES: Final = (
    *sorted(str(path) for path in Path(__file__).resolve().parent.glob("*.py")),
    chance.__file__,
)
"""What the machine code of every kernel here depends on."""

# Kernels allocate nothing and own nothing, so counting references to arrays (`_nrt`) is waste.
_jit = jit(*FILES, error_model="numpy", _nrt=False)


def machine_code(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of numbers, arrays and named tuples of them; it runs without the GIL."""
    return _jit(function)
