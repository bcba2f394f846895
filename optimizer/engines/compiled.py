"""Where compiled kernels are kept, so that they are compiled once and never stale.

numba's own cache looks only at the file that defines a function: after a change in a function that it calls,
in another file, a new process would run the old code. Here the cache folder is named by a hash of every file
that holds a kernel (all of `optimizer.engines.kernels`), numba's version and the processor, so any change
opens a new folder. The folder lies in the user's cache, because an installation may be read-only.
"""

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numba
import platformdirs
from numba.core import types

P = ParamSpec("P")
R = TypeVar("R")

_FORMAT = "1"
config: Any = numba.config
njit: Any = numba.njit
unliteral: Any = types.unliteral


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function to machine code at its first call, without the GIL, cached by `cache_folder`.

    Only for functions of numbers, arrays and named tuples of them. Division by zero is not checked and array
    bounds are not either: a kernel is called by kernels and by `optimizer.engines.search` alone.
    """
    return _compiled(function)


def small_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile like `kernel`, and copy the body into every caller: for a few lines called in inner loops."""
    return _compiled(function, forceinline=True)


def _compiled(function: Callable[P, R], *, forceinline: bool = False) -> Callable[P, R]:
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder())
    options: dict[str, Any] = {
        "cache": True,
        "nogil": True,
        "error_model": "numpy",
        "forceinline": forceinline,
    }
    try:
        # Kernels allocate nothing and own nothing, so counting references to arrays (`_nrt`) is waste.
        made: Any = njit(_nrt=False, **options)(function)
    finally:
        config.CACHE_DIR = before
    return cast("Callable[P, R]", made if config.DISABLE_JIT else _one_version(made))


def _one_version(dispatcher: Any) -> Any:
    """Compile one version for all integers: numba makes another one for each argument that is a constant."""
    original = dispatcher.get_call_template

    def template(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        return original(tuple(unliteral(argument) for argument in arguments), keywords)

    dispatcher.get_call_template = template
    return dispatcher


@cache
def cache_folder() -> Path:
    """Folder of this version's machine code: below `PAICHE_CACHE` or the user's cache folder.

    Where neither can be written, a folder of the temporary directory.
    """
    named = os.environ.get("PAICHE_CACHE")
    parents = [Path(named)] if named else [platformdirs.user_cache_path("paiche")]
    parents.append(Path(tempfile.gettempdir()) / f"paiche-{os.getuid() if hasattr(os, 'getuid') else 0}")
    for parent in parents:
        folder = parent / f"kernels-{source_hash()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="paiche-kernels-"))


@cache
def source_hash() -> str:
    """Hash of this file and every kernel's, numba's version, Python's version and the processor."""
    here = Path(__file__).resolve()
    digest = hashlib.sha256()
    for path in [here, here.parent / "by_address.py", *sorted((here.parent / "kernels").rglob("*.py"))]:
        digest.update(path.relative_to(here.parent).as_posix().encode())
        digest.update(path.read_bytes())
    for word in (_FORMAT, numba.__version__, platform.python_version(), llvm.get_host_cpu_name()):
        digest.update(word.encode())
    return digest.hexdigest()[:16]
