"""What other working hours at one compound would save, planned on the day's roads."""

import time
from collections.abc import Sequence

from optimizer.lines import ShuttleSettings
from scenarios.prefecture.values import Prefecture
from scenarios.stagger import StaggerStudy, stagger
from service.use_cases.roads import Roads
from service.use_cases.shuttles import DIRECTIONS, hurried, left_for, line_drafts
from service.use_cases.steps import Step


def stagger_hours(
    day: Prefecture,
    roads: Roads,
    minutes: int,
    step: Step,
    *,
    kinds: Sequence[str],
    seed: int = 1,
    settings: ShuttleSettings | None = None,
    seconds: float | None = None,
) -> StaggerStudy:
    """Move the hours of each compound that anybody rides to by so many minutes, earlier and later.

    Parameters
    ----------
    minutes
        More than 0.
    kinds
        Which directions are planned together.
    seconds
        Wall time of all plans together; None: a fixed amount of work for each.
    """
    began = time.perf_counter()
    drafts = line_drafts(day, roads, hurried(settings or ShuttleSettings(), seconds))
    asked = {group.compound_id for group in day.rider_groups}
    return stagger(
        {DIRECTIONS[kind]: drafts[kind] for kind in kinds},
        compound_ids=[compound.id for compound in day.compounds if compound.id in asked],
        minutes=(-minutes, minutes),
        seed=seed,
        seconds=left_for(seconds, began, 1),
        progress=step.keep_going,
    )
