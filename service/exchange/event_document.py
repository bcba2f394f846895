"""`event.json`: an event, its plan and what the judge said, in one document that reads back whole."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from optimizer.event import Event, EventPlan
from optimizer.model import Violation
from service.errors import DocumentError
from service.store.values import adapter_of
from service.words import why

FORMAT: Final = "paiche/event"
VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDocument:
    """What the file holds."""

    format: str
    version: int
    event: Event
    plan: EventPlan
    violations: tuple[str, ...] = ()


def write_event(event: Event, plan: EventPlan, findings: tuple[Violation, ...]) -> bytes:
    """Write the document as JSON with sorted keys."""
    document = EventDocument(
        format=FORMAT,
        version=VERSION,
        event=event,
        plan=plan,
        violations=tuple(found.message for found in findings),
    )
    plain = adapter_of(EventDocument).dump_python(document, mode="json")
    return (json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_event(file: Path) -> tuple[Event, EventPlan]:
    """Read what `write_event` wrote.

    Raises
    ------
    DocumentError
        No such file, or it does not follow the form.
    """
    try:
        document: EventDocument = adapter_of(EventDocument).validate_json(file.read_bytes())
    except OSError as error:
        message = f"读不到 {file}（{why(error)}）；请给出 paiche plan event --out 写出的文件夹"
        raise DocumentError(message) from None
    except ValidationError as error:
        message = f"{file} 不是活动方案：{error.error_count()} 处不符，第一处 {error.errors()[0]['loc']}"
        raise DocumentError(message) from None
    if (document.format, document.version) != (FORMAT, VERSION):
        message = f"{file} 是 {document.format} 第 {document.version} 版，只能读 {FORMAT} 第 {VERSION} 版"
        raise DocumentError(message)
    return document.event, document.plan
