"""`event.json`: an event, its plan and what the judge said."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from optimizer.event import Event, EventPlan
from optimizer.model import Violation
from service.exchange.whole import read_whole, write_whole

FORM: Final = "paiche/event"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDocument:
    """What the file holds."""

    event: Event
    plan: EventPlan
    violations: tuple[str, ...] = ()


def write_event(event: Event, plan: EventPlan, findings: tuple[Violation, ...]) -> bytes:
    """Write the document."""
    said = tuple(found.message for found in findings)
    return write_whole(EventDocument(event=event, plan=plan, violations=said), FORM)


def read_event(file: Path) -> tuple[Event, EventPlan]:
    """Read it again.

    Raises
    ------
    DocumentError
        No such file, or it does not follow the form.
    """
    document = read_whole(file, EventDocument, FORM)
    return document.event, document.plan
