"""What a circulator came to, in words and numbers: who walks, who rides, who cannot come, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gis.matrix import UNREACHABLE
from optimizer.model import Problem, Schedule
from optimizer.sittings import Choice, CirculatorSettings, Sitting, WaveGroup, on_foot_s

__all__ = ["BACK", "THERE", "CirculatorPlan", "LeftOut", "Walk", "WaveLoad", "told"]

THERE: Final = "去程"
BACK: Final = "返程"
"""How ids of requests end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """People who walk in a wave, and why."""

    group_id: str
    start_s: int
    count: int
    walk_m: int
    walk_s: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """People who neither walk nor ride, and why."""

    group_id: str
    count: int
    walk_m: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveLoad:
    """How many a wave brings.

    Parameters
    ----------
    seated
        People who sit when this wave has sat down, those of earlier waves included.
    """

    start_s: int
    walking: int
    riding: int
    seated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculatorPlan:
    """Who goes how and when.

    Parameters
    ----------
    problem, schedule
        The rides; None where nobody asks for one.
    members
        Request id → (group id, start of the wave, people).
    sentence
        The answer in one Chinese sentence; where no bus is needed, why.
    """

    problem: Problem | None
    schedule: Schedule | None
    members: Mapping[str, tuple[str, int, int]]
    walks: tuple[Walk, ...]
    left_out: tuple[LeftOut, ...]
    waves: tuple[WaveLoad, ...]
    sentence: str

    @property
    def riders(self) -> int:
        """People carried there and back."""
        return sum(wave.riding for wave in self.waves)


def told(
    groups: Sequence[WaveGroup],
    settings: CirculatorSettings,
    choice: Choice,
    problem: Problem | None,
    schedule: Schedule | None,
    members: Mapping[str, tuple[str, int, int]],
) -> CirculatorPlan:
    """Put together who walks, who rides and who is left out."""
    by_id = {group.id: group for group in groups}
    walks = tuple(_walk(by_id[s.group_id], s, settings) for s in choice.sittings if s.on_foot)
    left = [_without_seat(group, choice, settings) for group in groups]
    left += _without_bus(schedule, members)
    unserved = {u.request_id for u in schedule.unserved} if schedule is not None else set()
    riding = [
        (start_s, people)
        for request_id, (_, start_s, people) in members.items()
        if request_id.endswith(THERE) and request_id not in unserved
    ]
    plan = CirculatorPlan(
        problem=problem,
        schedule=schedule,
        members=members,
        walks=walks,
        left_out=tuple(
            LeftOut(group_id=group_id, count=people, walk_m=by_id[group_id].walk_m, reason=reason)
            for group_id, people, reason in left
            if people
        ),
        waves=_waves(walks, riding, settings),
        sentence="",
    )
    return _with_sentence(plan, settings)


def _walk(group: WaveGroup, sitting: Sitting, settings: CirculatorSettings) -> Walk:
    walk_s = on_foot_s(group, settings) or 0
    minutes = -(-walk_s // 60)
    return Walk(
        group_id=group.id,
        start_s=sitting.start_s,
        count=sitting.count,
        walk_m=group.walk_m,
        walk_s=walk_s,
        reason=f"步行 {group.walk_m} 米（约 {minutes} 分钟），不超过 {settings.walk_max_m} 米",
    )


def _without_seat(group: WaveGroup, choice: Choice, settings: CirculatorSettings) -> tuple[str, int, str]:
    """How many of a group are in no wave, and why."""
    seated = sum(s.count for s in choice.sittings if s.group_id == group.id)
    window = f"{_clock(group.window.start_s)}–{_clock(group.window.end_s)}"
    far = "步行不可达" if group.walk_m == UNREACHABLE else f"步行 {group.walk_m} 米"
    if group.id in choice.able:
        reason = f"各批座位已满（共 {settings.seats} 座）"
    elif group.walk_m <= settings.walk_max_m:
        reason = f"{far}，但步行和班车都来不及在 {window} 之内往返"
    else:
        reason = f"{far}，超过 {settings.walk_max_m} 米，也没有班车能在 {window} 之内往返"
    return group.id, group.count - seated, reason


def _without_bus(
    schedule: Schedule | None, members: Mapping[str, tuple[str, int, int]]
) -> list[tuple[str, int, str]]:
    """Parties that found no bus both ways."""
    found = []
    for left in schedule.unserved if schedule is not None else ():
        if left.request_id.endswith(THERE):
            group_id, start_s, people = members[left.request_id]
            reason = f"{_clock(start_s)} 一批没有班车可乘：{left.detail or left.reason.value}"
            found.append((group_id, people, reason))
    return found


def _waves(
    walks: Sequence[Walk], riding: Sequence[tuple[int, int]], settings: CirculatorSettings
) -> tuple[WaveLoad, ...]:
    starts = sorted({walk.start_s for walk in walks} | {start_s for start_s, _ in riding})
    on_foot = {s: sum(walk.count for walk in walks if walk.start_s == s) for s in starts}
    by_bus = {s: sum(people for start_s, people in riding if start_s == s) for s in starts}
    return tuple(
        WaveLoad(
            start_s=now_s,
            walking=on_foot[now_s],
            riding=by_bus[now_s],
            seated=sum(on_foot[s] + by_bus[s] for s in starts if s <= now_s < s + settings.sitting_s),
        )
        for now_s in starts
    )


def _with_sentence(plan: CirculatorPlan, settings: CirculatorSettings) -> CirculatorPlan:
    walking, left = sum(w.count for w in plan.walks), sum(one.count for one in plan.left_out)
    missing = f"；{left} 人去不了，逐组说明原因" if left else ""
    if plan.riders and plan.schedule is not None:
        buses, waves = len(plan.schedule.routes), len(plan.waves)
        sentence = f"{walking} 人步行，{plan.riders} 人乘 {buses} 辆班车往返，分 {waves} 批{missing}"
    elif not walking and not left:
        sentence = "不需要班车：没有人要去"
    elif not left:
        far_m = max(walk.walk_m for walk in plan.walks)
        sentence = f"不需要班车：{walking} 人都可步行，最远 {far_m} 米，不超过 {settings.walk_max_m} 米"
    else:
        sentence = f"没有开行班车：{walking} 人步行{missing}"
    return replace(plan, sentence=sentence)


def _clock(second: int) -> str:
    return f"{second // 3_600:02}:{second % 3_600 // 60:02}"
