"""Errors for people: one line on the error stream, an exit code, and never a traceback."""

import logging
import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import typer

from service.words import why

USAGE_CODE: Final = 2
FAILED_CODE: Final = 1
UNEXPECTED_CODE: Final = 70
INTERRUPTED_CODE: Final = 130


def code_for(error: BaseException, log_file: Path, arguments: Sequence[str] = ()) -> int:
    """Write one line about an error and return the exit code.

    Parameters
    ----------
    arguments
        What the user typed, to name the value that was not understood.
    """
    line, code = _line_and_code(error, log_file, arguments)
    if line:
        sys.stderr.write(f"paiche: {' '.join(line.split())}\n")
    return code


def _line_and_code(error: BaseException, log_file: Path, arguments: Sequence[str]) -> tuple[str, int]:
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return "已中断，未完成的内容没有保存 / interrupted", INTERRUPTED_CODE
    if isinstance(error, typer.TyperException):
        said = _usage(error, arguments)  # nothing where the help itself was shown
        return (f"用法错误 / usage: {said}；用 --help 查看用法" if said else ""), USAGE_CODE
    if isinstance(error, _expected()):
        return str(error), FAILED_CODE
    if isinstance(error, OSError):
        where = f" {error.filename}" if error.filename else ""
        return f"文件或系统错误{where}：{why(error)}", FAILED_CODE
    if isinstance(error, MemoryError):
        return "内存不足；请换用较小的地图或规模（--size s） / out of memory", FAILED_CODE
    return _unexpected(error, log_file), UNEXPECTED_CODE


def _expected() -> tuple[type[Exception], ...]:
    """Roots of the error trees whose messages are written for people."""
    from gis.errors import GisError
    from gis.matrix import TravelError
    from optimizer.errors import OptimizerError
    from scenarios.prefecture.sizes import SizeError
    from service.errors import ServiceError

    return (ServiceError, GisError, TravelError, OptimizerError, SizeError)


def _usage(error: typer.TyperException, arguments: Sequence[str]) -> str:
    shown = getattr(error, "format_message", None)
    said = str(shown()) if callable(shown) else str(error)
    given = _given(getattr(getattr(error, "param", None), "opts", ()), arguments)
    return said if given is None or given in said else f"{said}（收到 {given!r}）"


def _given(options: Iterable[str], arguments: Sequence[str]) -> str | None:
    """Return the value that was typed for an option."""
    for option in options:
        for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
            if argument == option:
                return following
            if argument.startswith(f"{option}="):
                return argument.removeprefix(f"{option}=")
    return None


def _unexpected(error: BaseException, log_file: Path) -> str:
    what = f"{type(error).__name__}: {error}"[:200]
    if _logged(error, log_file):
        return f"意外错误（{what}），详情已写入 {log_file} / unexpected error, see the log"
    return f"意外错误（{what}），日志 {log_file} 也无法写入 / unexpected error"


def _logged(error: BaseException, log_file: Path) -> bool:
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(log_file, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    except OSError:
        return False
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    text = "".join(traceback.format_exception(error))
    handler.emit(logging.makeLogRecord({"msg": f"pid {os.getpid()}\n{text}", "levelno": logging.ERROR}))
    handler.close()
    return True
