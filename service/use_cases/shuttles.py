"""Plan the commuter shuttles of a day: to work in the morning, home in the evening."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.places import Place
from optimizer import joint, shuttle
from optimizer.line_days import after
from optimizer.model import Schedule
from optimizer.shuttle import Direction, LineDraft, ShuttleSettings
from optimizer.validate import require_valid
from scenarios.prefecture.values import Prefecture
from service.kinds import EVENING, MORNING, SHUTTLES
from service.use_cases.roads import Roads
from service.use_cases.steps import Step

COVER_SHARE: Final = 0.005
"""Part of the seconds of a plan for each choice of stops."""
LEAST_SHARE: Final = 0.25
"""So much of the seconds is searched at least, however long measuring took."""
DIRECTIONS: Mapping[str, Direction] = {MORNING: "morning", EVENING: "evening"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A shuttle plan.

    Parameters
    ----------
    draft
        The problem, and who is behind each of its requests.
    """

    draft: LineDraft
    schedule: Schedule

    @property
    def served(self) -> dict[str, int]:
        """Group id → riders who have a seat."""
        left = {unserved.request_id for unserved in self.schedule.unserved}
        found: dict[str, int] = {}
        for request_id, members in self.draft.members.items():
            for group_id, riders in members if request_id not in left else ():
                found[group_id] = found.get(group_id, 0) + riders
        return found


def plan_shuttles(
    day: Prefecture,
    roads: Roads,
    seed: int,
    step: Step,
    settings: ShuttleSettings | None = None,
    *,
    kinds: Sequence[str] = SHUTTLES,
    seconds: float | None = None,
) -> dict[str, Lines]:
    """Plan both directions; the evening prefers buses that the morning has paid for, once they are back.

    Parameters
    ----------
    kinds
        `MORNING`, `EVENING`, or both.
    seconds
        Wall time of the searches together; None: a fixed amount of work.
    """
    began = time.perf_counter()
    drafts = line_drafts(day, roads, hurried(settings or ShuttleSettings(), seconds))
    planned: dict[str, Lines] = {}
    for number, kind in enumerate(kinds):
        each_s = left_for(seconds, began, len(kinds) - number)
        draft = drafts[kind]
        if kind == EVENING and MORNING in planned:
            draft = after(draft, planned[MORNING].schedule)
        planned[kind] = _planned(draft, seed, each_s, share_of(step, number, len(kinds)))
    return planned


def hurried(settings: ShuttleSettings, seconds: float | None) -> ShuttleSettings:
    """Give each choice of stops a small part of the seconds, where they are few."""
    if seconds is None:
        return settings
    return replace(settings, cover_work=min(settings.cover_work, COVER_SHARE * seconds))


def left_for(seconds: float | None, began: float, plans: int) -> float | None:
    """Share out what is left of the seconds: measuring walks and drives has had its part of them."""
    if seconds is None:
        return None
    return max(LEAST_SHARE * seconds, seconds - (time.perf_counter() - began)) / plans


def line_drafts(
    day: Prefecture, roads: Roads, settings: ShuttleSettings, walks_m: NDArray[np.int32] | None = None
) -> dict[str, LineDraft]:
    """Make the problems of both directions over one table of walks and one of travel times.

    Parameters
    ----------
    walks_m
        `[group, stop]` metres; None: measured up to the limit.
    """
    stops, homes = day.shuttle_stops, [group.home for group in day.rider_groups]
    if walks_m is None:
        walks_m = roads.walking.distances(homes, stops, settings.walk_max_m).astype(np.int32)
    bases = _bases(day)
    used = {bus.type_id for bus in day.buses}
    types = tuple(kind for kind in day.vehicle_types if kind.id in used)
    places = {place.id: place for place in (*stops, *(c.place for c in day.compounds), *bases)}
    profiles = sorted({kind.profile for kind in types})
    stops_of = {MORNING: stops, EVENING: _either_kerb(stops)}
    travel = {MORNING: roads.travel(profiles, list(places.values()))}
    loose = places | {stop.id: stop for stop in stops_of[EVENING]}
    travel[EVENING] = travel[MORNING] if loose == places else roads.travel(profiles, list(loose.values()))
    drafts = {
        kind: shuttle.line_draft(
            day.rider_groups, day.compounds, stops_of[kind], walks_m, types, day.buses,
            tuple(depot for depot in day.depots if depot.place_id in places), travel[kind],
            date=day.date, direction=direction, settings=settings, places=bases, synthetic=day.synthetic,
            prefix=f"{kind}/",
        )
        for kind, direction in DIRECTIONS.items()
    }  # fmt: skip
    return {kind: _stamped(draft, roads) for kind, draft in drafts.items()}


def _either_kerb(stops: Sequence[Place]) -> tuple[Place, ...]:
    """Let riders get off on whichever side the bus comes along: going home they cross the road themselves."""
    return tuple(replace(stop, kerb=False) for stop in stops)


def _planned(draft: LineDraft, seed: int, seconds: float | None, progress: Callable[[float], bool]) -> Lines:
    require_valid(draft.problem)
    planned = joint.plan_lines(draft, seed=seed, seconds=seconds, progress=progress)
    return Lines(draft=planned.draft, schedule=planned.schedule)


def share_of(step: Step, number: int, of: int) -> Callable[[float], bool]:
    """Tell a step the work of one of several plans as a part of all."""
    return lambda done: step.keep_going((number + done) / of)


def _stamped(draft: LineDraft, roads: Roads) -> LineDraft:
    """Name the versions of what the problem was made of."""
    return replace(draft, problem=replace(draft.problem, versions=roads.versions))


def _bases(day: Prefecture) -> list[Place]:
    places = {place.id: place for place in day.places}
    ids = {id_ for bus in day.buses for id_ in (bus.start_place_id, bus.end_place_id) if id_ is not None}
    return [places[id_] for id_ in sorted(ids) if id_ in places]
