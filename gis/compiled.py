"""Where compiled kernels are kept between runs.

numba's own cache looks only at the file that defines a function: after an edit of a callee in another file a
new process would run old code. So kernels are compiled into a folder named by the content of all their files,
the numba version and the CPU. It lies in the user's cache folder, because the installed package may be
read-only.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import platformdirs
from llvmlite import binding  # type: ignore[import-untyped]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def jit(*files: str) -> Callable[[_Function], _Function]:
    """Return a decorator that compiles functions (no Python objects, no GIL) and keeps them between runs.

    Parameters
    ----------
    files
        Every file that the kernels consist of: an edit of any compiles all of them anew.
    """
    folder = _folder(files)

    def compiled(function: _Function) -> _Function:
        config: Any = numba.config  # read when a function is decorated, so it is set for just that long
        before = config.CACHE_DIR
        config.CACHE_DIR = str(folder) if folder is not None else before
        try:
            made = numba.njit(cache=folder is not None, nogil=True)(function)
        finally:
            config.CACHE_DIR = before
        return cast("_Function", made)

    return compiled


def kept(*files: str) -> bool:
    """Whether compiled kernels of these files are already there, so that the first use is fast."""
    folder = _folder(files)
    return folder is not None and any(folder.rglob("*.nbi"))


def _folder(files: tuple[str, ...]) -> Path | None:
    """Return the folder for these kernels, or None where nothing can be written."""
    content = hashlib.sha256()
    for part in (numba.__version__, binding.get_host_cpu_name(), sys.implementation.cache_tag):
        content.update(f"{part}\n".encode())
    for file in sorted(files):
        content.update(Path(file).read_bytes())
    name = content.hexdigest()[:20]
    own = os.environ.get("PAICHE_KERNEL_CACHE")
    roots = [Path(own)] if own else []
    roots += [platformdirs.user_cache_path("paiche") / "kernels", Path(tempfile.gettempdir()) / _private()]
    for root in roots:
        try:
            folder = root / name
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


def _private() -> str:
    """Return a folder name of one's own below a folder that all users share."""
    return f"paiche-kernels-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
