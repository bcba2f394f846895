"""How the kernels of the route engine are compiled: all anew after an edit of any, because they share code.

Where the machine code lies and when it is stale is `gis.compiled`'s matter.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

from numba.core import types

from gis.compiled import jit

P = ParamSpec("P")
R = TypeVar("R")

_HERE: Final = Path(__file__).resolve().parent
unliteral: Any = types.unliteral

FILES: Final = (
    __file__,
    str(_HERE / "by_address.py"),
    *sorted(str(path) for path in (_HERE / "kernels").rglob("*.py")),
)
"""What the machine code of every kernel depends on."""

# Kernels allocate nothing and own nothing, so counting references to arrays (`_nrt`) is waste.
_plain = jit(*FILES, error_model="numpy", _nrt=False)
_inlined = jit(*FILES, error_model="numpy", _nrt=False, forceinline=True)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function to machine code, without the GIL; `optimizer.engines.warm` does it for all at once.

    Only for functions of numbers, arrays and named tuples of them. Division by zero is not checked and array
    bounds are not either: a kernel is called by kernels and by `optimizer.engines.search` alone.
    """
    return cast("Callable[P, R]", _one_version(_plain(function)))


def small_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile like `kernel`, and copy the body into every caller: for a few lines called in inner loops."""
    return cast("Callable[P, R]", _one_version(_inlined(function)))


def _one_version(dispatcher: Any) -> Any:
    """Compile one version for all integers: numba makes another one for each argument that is a constant."""
    original = getattr(dispatcher, "get_call_template", None)
    if original is None:  # compilation is switched off, the function is as it was
        return dispatcher

    def template(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        return original(tuple(unliteral(argument) for argument in arguments), keywords)

    dispatcher.get_call_template = template
    return dispatcher
