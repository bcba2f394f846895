"""Everything that comes out of an event's plan: passes, lists for the lots, a workbook, the plan itself."""

from collections.abc import Mapping
from pathlib import Path

from optimizer.event import Event, EventPlan
from service.documents.event_book import event_workbook
from service.documents.lot_pdf import lot_pdf
from service.documents.pass_pdf import pass_pdf
from service.use_cases.folders import staged


def write_event_files(
    folder: Path, event: Event, plan: EventPlan, more: Mapping[str, bytes]
) -> tuple[str, ...]:
    """Write all documents into a folder, whole or not at all, and return their names.

    Raises
    ------
    OutputError
        The folder cannot be written to.
    gis.errors.FontError
        No font can write Chinese.
    """
    files = {
        "passes.pdf": pass_pdf(event, plan),
        "lots.pdf": lot_pdf(event, plan),
        "event.xlsx": event_workbook(event, plan),
        **more,
    }
    with staged(folder) as stage:
        for name, content in files.items():
            (stage / name).write_bytes(content)
    return tuple(files)
