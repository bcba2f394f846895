"""What is asked of an event's plan, and what came of it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from optimizer.event import Event, EventPlan, Kind
from optimizer.model import Violation
from service.sheets import SheetReport


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOrder:
    """What to plan.

    Parameters
    ----------
    arrivals, lots
        Sheets of who comes, and of where one may park.
    invented
        So many cars come to a made-up event, without any sheet.
    venue, door
        Where people go, and where cars stop: names or `"lon,lat"`; without a map only what is printed. A door
        of None is the venue.
    map_file
        A map without a stored day; without one the distances of the sheets are enough.
    stored
        Whether to take the roads of the stored day.
    standby
        How many cars of a kind are to stand by.
    bays, dwell_s, early_s
        As in `EventSettings`; None keeps the usual.
    """

    arrivals: Path | None = None
    lots: Path | None = None
    invented: int = 0
    venue: str = "会场"
    door: str | None = None
    name: str = "活动"
    map_file: Path | None = None
    stored: bool = False
    crs: str = "wgs84"
    when: date | None = None
    standby: tuple[tuple[Kind, int], ...] = ()
    bays: int | None = None
    dwell_s: int | None = None
    early_s: int | None = None
    seconds: float | None = None
    out: Path | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDone:
    """What came of it.

    Parameters
    ----------
    plan
        None in a rehearsal.
    findings
        What the judge found.
    remarks
        What people should know besides: starts that are not known, walks that are too long.
    changed
        What a breakdown changed, in a sentence.
    """

    event: Event
    plan: EventPlan | None = None
    findings: tuple[Violation, ...] = ()
    reports: tuple[SheetReport, ...] = ()
    remarks: tuple[str, ...] = ()
    changed: str = ""
    files: tuple[str, ...] = ()
