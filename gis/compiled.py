"""Where compiled kernels are kept between runs, so that they are compiled once and never stale.

numba's own cache looks only at the file that defines a function: after an edit of a callee in another file a
new process would run old code. So kernels are compiled into a folder named by the content of all their files,
the numba version and the processor. It lies in the user's cache folder, because the installed package may be
read-only.
"""

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import platformdirs
from filelock import FileLock
from llvmlite import binding  # type: ignore[import-untyped]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def jit(*files: str, **options: Any) -> Callable[[_Function], _Function]:
    """Return a decorator that compiles functions (no Python objects, no GIL) and keeps them between runs.

    Parameters
    ----------
    files
        Every file that the kernels consist of: an edit of any compiles all of them anew.
    options
        Further options of `numba.njit`.
    """
    folder = cache_folder(*files)

    def compiled(function: _Function) -> _Function:
        config: Any = numba.config  # read when a function is decorated, so it is set for just that long
        before = config.CACHE_DIR
        config.CACHE_DIR = str(folder) if folder is not None else before
        try:
            made = numba.njit(cache=folder is not None, nogil=True, **options)(function)
        finally:
            config.CACHE_DIR = before
        return cast("_Function", made)

    return compiled


@contextmanager
def compiling(*files: str) -> Iterator[bool]:
    """Let one process compile all kernels of these files, while others wait and then find them.

    Yields
    ------
    bool
        Whether they are still to be compiled.
    """
    folder = cache_folder(*files)
    if folder is None or _is_complete(folder, files):
        yield folder is None
        return
    with FileLock(folder / "lock"):
        new = not _is_complete(folder, files)
        yield new
        if new:
            (folder / "complete").write_text(_stamps(files))


@cache
def cache_folder(*files: str) -> Path | None:
    """Folder of the machine code of these files, or None where nothing can be written.

    It lies below `PAICHE_KERNEL_CACHE` or the user's cache folder or, where those cannot be written, the
    folder of temporary files.
    """
    own = os.environ.get("PAICHE_KERNEL_CACHE")
    roots = [Path(own)] if own else []
    roots += [platformdirs.user_cache_path("paiche") / "kernels", Path(tempfile.gettempdir()) / _private()]
    for root in roots:
        try:
            folder = root / _content_hash(files)
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


def _content_hash(files: tuple[str, ...]) -> str:
    """Hash of this file and those, the versions of numba and Python, and the processor."""
    content = hashlib.sha256()
    for word in (numba.__version__, platform.python_version(), binding.get_host_cpu_name()):
        content.update(f"{word}\n".encode())
    for file in (__file__, *sorted(files)):
        content.update(f"{Path(file).name}\n".encode())
        content.update(Path(file).read_bytes())
    return content.hexdigest()[:20]


def _is_complete(folder: Path, files: tuple[str, ...]) -> bool:
    try:
        return (folder / "complete").read_text() == _stamps(files)
    except OSError:
        return False


def _stamps(files: tuple[str, ...]) -> str:
    """Say which files numba's indexes are about: it compiles anew what lies elsewhere or was touched."""
    return "".join(f"{Path(file).resolve()} {Path(file).stat().st_mtime_ns}\n" for file in sorted(files))


def _private() -> str:
    """Return a folder name of one's own below a folder that all users share."""
    return f"paiche-kernels-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
