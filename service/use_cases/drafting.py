"""From a stored day to drafts: plan it, have it judged, keep it, and write it down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from scenarios.prefecture.values import Prefecture
from service.intake.words import Words
from service.settings import Settings
from service.store.plans import Judged
from service.use_cases.handouts import handouts
from service.use_cases.judging import Planned, judge
from service.use_cases.outputs import require_writable, write_plans
from service.use_cases.roads import Roads
from service.use_cases.steps import Steps
from service.use_cases.stored import begin_day, keep_draft, open_day
from service.use_cases.words import keep_words, load_words

Planner = Callable[[Prefecture, Roads, Words, Steps], tuple[Prefecture, Mapping[str, Planned]]]
"""Takes a day, its roads, what places are called, and the steps to take; gives the day as it was asked, and
plans by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What a command leaves behind.

    Parameters
    ----------
    day
        As it was asked: the stored day, or with what a dispatcher brought.
    ids
        Of the drafts, one a kind of plan.
    files
        Names of what was written into the folder that was asked for.
    """

    day: Prefecture
    judged: Mapping[str, Judged]
    ids: tuple[str, ...]
    files: tuple[str, ...] = ()

    @property
    def violations(self) -> int:
        """Broken rules over all plans, from both judges."""
        return sum(len(plan.findings) for plan in self.judged.values())


def draft(
    engine: Engine,
    settings: Settings,
    when: date | None,
    planner: Planner,
    steps: Steps,
    out: Path | None = None,
    *,
    any_day: bool = False,
) -> Drafted:
    """Plan a stored day and keep the plans as drafts, whatever the judges say of them.

    Parameters
    ----------
    any_day
        Whether a day that is not stored yet begins here: what is planned is brought, not stored.

    Raises
    ------
    OutputError
        `out` cannot be written; known before any work is done.
    """
    if out is not None:
        require_writable(out)
    if any_day and when is not None:
        begin_day(engine, when, steps)
    stored, roads = open_day(engine, settings, when, steps)
    words = load_words(engine)
    try:
        day, planned = planner(stored, roads, words, steps)
    finally:
        keep_words(engine, words)
    with steps.step("judge", "核对") as step:
        judged = judge(planned, roads, step.part)
    ids = tuple(keep_draft(engine, day, plan) for plan in judged.values())
    files: tuple[str, ...] = ()
    if out is not None:
        with steps.step("outputs", f"写出文件到 {out}"):
            files = write_plans(out, judged, roads, handouts(day, judged))
    return Drafted(day=day, judged=judged, ids=ids, files=files)
