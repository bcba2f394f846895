"""Folders that we write into: every file whole or not at all, nothing else in the folder touched."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import OutputError
from service.words import why


def require_writable(folder: Path) -> None:
    """Make the folder and try it, before hours of work are done for it.

    Raises
    ------
    OutputError
        It cannot be made or written to.
    """
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Collect files beside their place and move them there when all are done.

    Raises
    ------
    OutputError
        The folder cannot be written to.
    """
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".paiche-", dir=folder))
    try:
        with _explained(folder):
            yield stage
            for made in sorted(stage.iterdir()):
                _put(made, folder / made.name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _put(made: Path, place: Path) -> None:
    """Replace a file, or a folder of ours, by a new one."""
    if made.is_dir() and place.is_dir():
        shutil.rmtree(place)
    made.replace(place)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"无法写入文件夹 {folder}（{why(error)}）；请用 --out 指定一个可写的文件夹"
        raise OutputError(message) from error
