"""What is asked of today's lines, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.contract_tables import Comparison, Table
from optimizer.existing import ExistingLine, Today
from optimizer.line_changes import LineChanges, RiderMove
from optimizer.policy.calendar import Day
from scenarios.prefecture.values import Prefecture
from service.documents.book import Side
from service.intake.printed_lines import PrintedLine
from service.store.plans import Judged
from service.use_cases.commute_day import CommuteDay
from service.use_cases.commute_values import CommuteOrder, LeftOutRow
from service.use_cases.roads import Roads
from service.use_cases.shuttles import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayOrder:
    """What to judge and to change.

    Parameters
    ----------
    commute
        With `sheets.lines`; a rehearsal (`dry_run`) only reads.
    keep_fen
        What it may cost a day that one rider keeps his stop: the larger, the fewer are moved.
    new_stop_fen
        What it may cost a day that no new stop is opened.
    judge_only
        Plan nothing new.
    """

    commute: CommuteOrder
    keep_fen: int = 300
    new_stop_fen: int = 5_000
    judge_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The lines of one direction as they are printed, driven and judged.

    Parameters
    ----------
    rows, lines
        As the sheet has them, and with their riders; in the same order.
    """

    rows: tuple[PrintedLine, ...]
    lines: tuple[ExistingLine, ...]
    now: Today


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayPlan:
    """What came of it, by kind of plan.

    Parameters
    ----------
    printed, judged, sides
        Today's lines; `sides` under their printed names.
    vain
        A sentence for each rider whom the sheet names and nobody knows.
    lines, planned
        The plan with least disruption, and what the judges say of it; empty where none was asked for.
    changes, moves
        What it changes, and for whom.
    left_out
        Riders without a seat in the new plan, or today where there is none.
    """

    commute: CommuteDay
    roads: Roads
    kind_of_day: Day
    printed: Mapping[str, Printed] = field(default_factory=dict)
    judged: Mapping[str, Judged] = field(default_factory=dict)
    sides: Mapping[str, Side] = field(default_factory=dict)
    vain: tuple[str, ...] = ()
    lines: Mapping[str, Lines] = field(default_factory=dict)
    planned: Mapping[str, Judged] = field(default_factory=dict)
    changes: Mapping[str, LineChanges] = field(default_factory=dict)
    moves: Mapping[str, tuple[RiderMove, ...]] = field(default_factory=dict)
    left_out: tuple[LeftOutRow, ...] = ()
    contracts: Comparison | None = None
    tables: tuple[Table, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def day(self) -> Prefecture:
        """The day as it was planned."""
        return self.commute.day

    @property
    def violations(self) -> int:
        """Broken rules of the new plan, from both judges."""
        return sum(len(plan.findings) for plan in self.planned.values())
