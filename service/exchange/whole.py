"""Small documents that hold a problem with its plan and read back whole: `event.json`, `roster.json`."""

import json
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from service.errors import DocumentError
from service.store.values import adapter_of
from service.words import why

VERSION: Final = 1

T = TypeVar("T")


def write_whole(document: Any, form: str) -> bytes:
    """Write a dataclass as JSON with sorted keys, under the name of its form, e.g. `"paiche/event"`."""
    plain = adapter_of(type(document)).dump_python(document, mode="json")
    whole = {"format": form, "version": VERSION, "document": plain}
    return (json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_whole(file: Path, kind: type[T], form: str) -> T:
    """Read what `write_whole` wrote.

    Raises
    ------
    DocumentError
        No such file, or it does not follow the form.
    """
    try:
        whole = json.loads(file.read_bytes())
    except OSError as error:
        message = f"读不到 {file}（{why(error)}）；请给出编排时 --out 写出的文件夹"
        raise DocumentError(message) from None
    except ValueError:
        message = f"{file} 不是 JSON；请给出编排时 --out 写出的文件夹"
        raise DocumentError(message) from None
    said = (whole.get("format"), whole.get("version")) if isinstance(whole, dict) else (None, None)
    if said != (form, VERSION):
        message = f"{file} 是 {said[0]} 第 {said[1]} 版，只能读 {form} 第 {VERSION} 版"
        raise DocumentError(message)
    try:
        found: T = adapter_of(kind).validate_python(whole["document"])
    except (ValidationError, KeyError) as error:
        message = f"{file} 的内容不符合 {form}：{' '.join(str(error).split())[:200]}"
        raise DocumentError(message) from None
    return found
