"""From today's lines to better ones with least disruption: what moves, for whom, and what it saves."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.existing import Today
from optimizer.joint import plan_lines
from optimizer.line_plans import Planned, home_stop, source_of
from optimizer.lines import LineDraft, redrafted
from optimizer.price import decision_cost_fen

__all__ = ["LineChanges", "RiderMove", "changed", "changes", "rider_moves"]

RETIMED_S: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChanges:
    """What a new plan changes for riders and for the till.

    Parameters
    ----------
    stops_kept, stops_new, stops_gone
        Place ids, ascending.
    riders_moved
        Riders who use another stop than today.
    riders_retimed
        Riders at the same stop whose bus comes at least five minutes sooner or later.
    riders_gained, riders_lost
        By how many the riders with a seat rise or fall.
    saved_fen
        Decision cost of today minus that of the plan.
    """

    stops_kept: tuple[str, ...]
    stops_new: tuple[str, ...]
    stops_gone: tuple[str, ...]
    riders: int
    riders_moved: int
    riders_retimed: int
    riders_gained: int
    riders_lost: int
    buses_before: int
    buses_after: int
    saved_fen: int

    def text(self) -> str:
        """Tell it in a few lines."""
        word, fen = ("节省" if self.saved_fen >= 0 else "多花"), abs(self.saved_fen)
        kept, new, gone = (len(s) for s in (self.stops_kept, self.stops_new, self.stops_gone))
        lines = [
            f"站点：保留 {kept} 个，新增 {new} 个，取消 {gone} 个",
            (
                f"乘客：{self.riders} 人中 {self.riders_moved} 人换站，"
                f"另有 {self.riders_retimed} 人时间变动 5 分钟以上"
            ),
            f"有座人数：增加 {self.riders_gained} 人，减少 {self.riders_lost} 人",
            (
                f"车辆：{self.buses_before} 辆 → {self.buses_after} 辆；"
                f"每天{word} {fen // 100:,}.{fen % 100:02d} 元"
            ),
        ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiderMove:
    """Riders of one group for whom something changes.

    Parameters
    ----------
    old_place_id, new_place_id
        Stops near home; None where they have no seat before, or none after.
    old_s, new_s
        When their bus leaves there in the morning, or comes there in the evening.
    """

    group_id: str
    riders: int
    old_place_id: str | None
    new_place_id: str | None
    old_s: int | None
    new_s: int | None


def changed(
    now: Today,
    *,
    moved_rider_fen: int = 300,
    new_stop_fen: int = 5_000,
    seed: int = 0,
    work_limit: int | None = None,
    seconds: float | None = None,
    progress: Callable[[float], bool] | None = None,
) -> tuple[Planned, LineChanges]:
    """Plan anew from today's lines, at a price for every rider who is moved and every stop that is new.

    Whoever walks farther than the limit today may go on doing so, and nobody else.

    Parameters
    ----------
    moved_rider_fen
        Soft price a day of a rider who is to use another stop: dear enough, and only faults are mended.
    new_stop_fen
        Soft price a day of a stop, for a compound, that no line of today serves.
    """
    draft = _weighted(now.planned.draft, moved_rider_fen, new_stop_fen)
    start = None if now.violations else Planned(redrafted(draft, draft.parties), now.planned.schedule)
    planned = plan_lines(
        draft, seed=seed, work_limit=work_limit, seconds=seconds, start=start, progress=progress
    )
    walks_m = source_of(now.planned.draft).walks_m
    source = replace(source_of(planned.draft), walks_m=walks_m)
    planned = replace(planned, draft=replace(planned.draft, source=source))
    return planned, changes(now.planned, planned)


def changes(before: Planned, after: Planned) -> LineChanges:
    """Count what one plan changes against another of the same riders."""
    old, new = _used(before), _used(after)
    stops = [{place for _, place in used} for used in (old, new)]
    totals = [_by_group(used) for used in (old, new)]
    moved = sum(
        min(totals[0][g], totals[1][g]) - _in_common(g, old, new) for g in totals[0].keys() & totals[1].keys()
    )
    cost = [decision_cost_fen(p.draft.problem, p.schedule) for p in (before, after)]
    more = totals[1].total() - totals[0].total()
    return LineChanges(
        stops_kept=tuple(sorted(stops[0] & stops[1])),
        stops_new=tuple(sorted(stops[1] - stops[0])),
        stops_gone=tuple(sorted(stops[0] - stops[1])),
        riders=totals[0].total(),
        riders_moved=moved,
        riders_retimed=_retimed(old, new),
        riders_gained=max(0, more),
        riders_lost=max(0, -more),
        buses_before=len(before.schedule.routes),
        buses_after=len(after.schedule.routes),
        saved_fen=cost[0] - cost[1],
    )


def _weighted(draft: LineDraft, moved_rider_fen: int, new_stop_fen: int) -> LineDraft:
    """Put a price on stops that a group does not use today, and on stops that nobody uses."""
    source = source_of(draft)
    moves, walks_m = np.full(source.walks_m.shape, moved_rider_fen, np.int64), source.walks_m.copy()
    used: set[int] = set()
    for party in draft.parties:
        if party.stop is not None:
            used.add(party.stop)
            own = [source.row[group_id] for group_id, _ in party.members], party.stop
            moves[own] = 0
            walks_m[own] = np.minimum(walks_m[own], source.settings.walk_max_m)
    new = {s: new_stop_fen for s in range(len(source.stops)) if s not in used}
    weighted = replace(source, walks_m=walks_m, moves_fen=moves, new_stop_fen=new)
    return redrafted(replace(draft, source=weighted), draft.parties)


def rider_moves(before: Planned, after: Planned) -> tuple[RiderMove, ...]:
    """List for whom one plan differs from another: another stop, another time there, a seat more or less."""
    old, new = _used(before), _used(after)
    found: list[RiderMove] = []
    for group_id in dict.fromkeys(group for group, _ in (*old, *new)):
        was, will = _without_common(_rides_of(group_id, old), _rides_of(group_id, new))
        for (a, a_s, n), (b, b_s, _) in _paired(was, will):
            found.append(
                RiderMove(group_id=group_id, riders=n, old_place_id=a, new_place_id=b, old_s=a_s, new_s=b_s)
            )
    return tuple(found)


Place = tuple[str | None, int | None, int]
"""Stop, when the bus leaves there, riders."""


def _rides_of(group_id: str, used: "Used") -> list[Place]:
    return [
        (place, *ride)
        for (group, place), rides in used.items()
        if group == group_id
        for ride in sorted(rides)
    ]


def _without_common(was: list[Place], will: list[Place]) -> tuple[list[Place], list[Place]]:
    """Leave out those who keep their stop and, but for minutes, their time."""
    later = list(will)
    rest: list[Place] = []
    for place, at_s, riders in was:
        left = riders
        for k, (other, then_s, n) in enumerate(later):
            if other == place and left and n and abs((then_s or 0) - (at_s or 0)) < RETIMED_S:
                same = min(left, n)
                left, later[k] = left - same, (other, then_s, n - same)
        rest += [(place, at_s, left)] if left else []
    return rest, [(place, at_s, n) for place, at_s, n in later if n]


def _paired(was: list[Place], will: list[Place]) -> Iterator[tuple[Place, Place]]:
    """Pair those of the same stop first; who is left over has no seat before or after."""
    will = list(will)
    for place, at_s, riders in was:
        left = riders
        for k in sorted(range(len(will)), key=lambda k: (will[k][0] != place, k)):
            other, then_s, n = will[k]
            if left and n:
                both = min(left, n)
                left, will[k] = left - both, (other, then_s, n - both)
                yield (place, at_s, both), (other, then_s, both)
        if left:
            yield (place, at_s, left), (None, None, left)
    for place, at_s, n in will:
        if n:
            yield (None, None, n), (place, at_s, n)


Used = Mapping[tuple[str, str], list[tuple[int, int]]]
"""(group id, place id) → (when the bus is there, riders)."""


def _used(planned: Planned) -> Used:
    home, members = home_stop(source_of(planned.draft)), planned.draft.members
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for route in planned.schedule.routes:
        for visit in route.visits:
            if visit.request_id is None or visit.stop != home:
                continue
            at_s = visit.depart_s if home == 0 else visit.arrival_s
            for group_id, riders in members[visit.request_id]:
                found.setdefault((group_id, visit.place_id), []).append((at_s, riders))
    return found


def _by_group(used: Used) -> Counter[str]:
    total = Counter[str]()
    for (group_id, _), rides in used.items():
        total[group_id] += sum(riders for _, riders in rides)
    return total


def _in_common(group_id: str, old: Used, new: Used) -> int:
    """Riders of a group who may keep their stop."""
    return sum(
        min(sum(n for _, n in rides), sum(n for _, n in new.get(key, ())))
        for key, rides in old.items()
        if key[0] == group_id
    )


def _retimed(old: Used, new: Used) -> int:
    """Riders at the same stop whose nearest new departure is five minutes or more away."""
    moved = 0
    for key, rides in old.items():
        left = sorted(new.get(key, ()))
        for depart_s, riders in sorted(rides):
            near = sum(n for at_s, n in left if abs(at_s - depart_s) < RETIMED_S)
            there = sum(n for _, n in left)
            moved += max(0, min(riders, there) - near)
    return moved
