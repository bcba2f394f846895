"""What a commute is planned from, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from optimizer.bus_count import BusCount
from optimizer.contract_tables import Comparison
from optimizer.lines import ShuttleSettings
from optimizer.policy.calendar import Day
from scenarios.prefecture.values import Prefecture
from scenarios.stagger import StaggerStudy
from service.kinds import EVENING, MORNING
from service.store.plans import Judged
from service.use_cases.commute_day import CommuteDay, Sheets
from service.use_cases.roads import Roads
from service.use_cases.shuttles import Lines

Way = Literal["both", "morning", "evening"]
"""Which lines are asked for."""
KINDS: Mapping[Way, tuple[str, ...]] = {
    "both": (MORNING, EVENING),
    "morning": (MORNING,),
    "evening": (EVENING,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuteOrder:
    """What to plan.

    Parameters
    ----------
    sheets
        What is known of the commute; what is missing comes from the stored day, or is invented.
    map_file
        A map without a stored day; None: the stored day on its map.
    when
        The service day; None: the stored one, or the next workday.
    seconds
        Time for the search, both directions together; None: a fixed amount of work.
    stagger_minutes
        Also say what hours so many minutes earlier and later at each compound would save; 0 does not.
    quotes
        Sheet of quotations, compared beside the default offers of the region.
    out
        Folder for the documents; None writes none.
    dry_run
        Read and check everything, plan nothing.
    """

    sheets: Sheets = field(default_factory=Sheets)
    map_file: Path | None = None
    when: date | None = None
    way: Way = "both"
    seed: int = 1
    seconds: float | None = None
    settings: ShuttleSettings = field(default_factory=ShuttleSettings)
    stagger_minutes: int = 0
    quotes: Path | None = None
    region: str = "cn"
    out: Path | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRow:
    """Riders without a seat: where they stand in the sheet, how many, and why."""

    where: str
    riders: int
    reason: str

    @property
    def sentence(self) -> str:
        """One line for people."""
        return f"{self.where}（{self.riders} 人）：{self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommutePlan:
    """What came of it.

    Parameters
    ----------
    commute
        The day with what the sheets brought, and what was wrong with them.
    kind_of_day
        What the working calendar says of the date.
    left_out
        Riders whom no stop can reach, or who have no seat; in a rehearsal only the first.
    lines, judged
        By kind of plan; empty in a rehearsal.
    contracts, staggered
        None in a rehearsal; the second also where it was not asked for.
    needed
        Of a rehearsal: by direction the buses that the riders need, if all are of the largest kind.
    ids
        Of the drafts; none without a stored day.
    files
        Written into the folder that was asked for.
    """

    commute: CommuteDay
    roads: Roads
    kind_of_day: Day
    left_out: tuple[LeftOutRow, ...]
    lines: Mapping[str, Lines]
    judged: Mapping[str, Judged]
    needed: Mapping[str, BusCount] = field(default_factory=dict)
    contracts: Comparison | None = None
    staggered: StaggerStudy | None = None
    ids: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def day(self) -> Prefecture:
        """The day as it was planned."""
        return self.commute.day

    @property
    def violations(self) -> int:
        """Broken rules over all plans, from both judges."""
        return sum(len(plan.findings) for plan in self.judged.values())
