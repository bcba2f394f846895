"""Who walks to a canteen or an event, who rides, and in which wave each group goes.

People walk where that is near enough and leaves time; the others ride. Waves begin at fixed times; whoever
sits takes a seat for the whole sitting, so waves that overlap share the seats. The choice is exact (CP-SAT):
first as many people as can be, then as few buses at once, then as few groups torn apart.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ortools.sat.python import cp_model

from gis.matrix import UNREACHABLE
from gis.places import Place
from optimizer.errors import ProblemError
from optimizer.model import TimeWindow

__all__ = [
    "Choice", "CirculatorSettings", "Sitting", "WaveGroup", "choose_sittings", "on_foot_s", "require_sound",
]  # fmt: skip

WORK_LIMIT: Final = 8.0
"""Deterministic seconds of CP-SAT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveGroup:
    """People of one compound who go to the same place and come back.

    Parameters
    ----------
    place
        Where they leave and return to.
    window
        They leave no earlier and are back no later.
    walk_m
        On foot to the destination, `UNREACHABLE` where nobody can walk.
    """

    id: str
    place: Place
    count: int
    window: TimeWindow
    walk_m: int = UNREACHABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculatorSettings:
    """What a good circulator is; every figure is a default to edit.

    Parameters
    ----------
    walk_max_m, walk_m_per_min
        Nobody is asked to walk farther than the first; how fast people walk.
    starts_s
        When waves begin; empty: every `every_s` as long as somebody can come.
    sitting_s
        How long a wave sits.
    seats
        Of the canteen; None is no limit.
    early_s, wait_s
        Buses arrive at most so long before a wave begins, and leave at most so long after it ends.
    dwell_s, boarding_s
        Standing time of a bus for each party, and on top of it for each of its people.
    ride_max_s
        From leaving the compound to reaching the destination, and back.
    """

    walk_max_m: int = 800
    walk_m_per_min: int = 70
    starts_s: tuple[int, ...] = ()
    every_s: int = 900
    sitting_s: int = 1_800
    seats: int | None = None
    early_s: int = 600
    wait_s: int = 900
    dwell_s: int = 30
    boarding_s: float = 2.5
    ride_max_s: int = 1_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """So many of a group in a wave, on foot or by bus."""

    group_id: str
    start_s: int
    count: int
    on_foot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The sittings chosen, and the ids of the groups that could come in some wave."""

    sittings: tuple[Sitting, ...]
    able: frozenset[str]


def choose_sittings(
    groups: Sequence[WaveGroup],
    rides_s: Mapping[str, tuple[int, int]],
    settings: CirculatorSettings,
    *,
    bus_seats: int,
    seed: int = 0,
) -> Choice:
    """Give each group its way and its waves; who is in none of them finds no seat or no time.

    Parameters
    ----------
    rides_s
        Group id → seconds by bus there and back, standing times included; groups without one cannot ride.
    bus_seats
        Of the largest bus.
    """
    options: dict[tuple[str, int], bool] = {}
    for group in groups:
        foot_s = on_foot_s(group, settings)
        for on_foot, ride in ((True, foot_s and (foot_s, foot_s)), (False, rides_s.get(group.id))):
            waves = _in_time(group, ride, settings) if ride else []
            if waves:  # where people can walk in time nobody rides
                options |= {(group.id, start_s): on_foot for start_s in waves}
                break
    cycle_s = max((sum(ride) for ride in rides_s.values()), default=0)
    sittings = _chosen(groups, options, settings, bus_seats, cycle_s, seed) if options else ()
    return Choice(sittings=sittings, able=frozenset(group_id for group_id, _ in options))


def on_foot_s(group: WaveGroup, settings: CirculatorSettings) -> int | None:
    """Seconds of the walk, rounded up; None where it is too far."""
    if group.walk_m > settings.walk_max_m:
        return None
    return max(1, -(-group.walk_m * 60 // settings.walk_m_per_min))


def _starts_of(groups: Sequence[WaveGroup], settings: CirculatorSettings) -> tuple[int, ...]:
    """When waves may begin."""
    if settings.starts_s:
        return tuple(sorted(set(settings.starts_s)))
    first = min((group.window.start_s for group in groups), default=0)
    last = max((group.window.end_s - settings.sitting_s for group in groups), default=-1)
    return tuple(range(-(-first // settings.every_s) * settings.every_s, last + 1, settings.every_s))


def _faults(groups: Sequence[WaveGroup], settings: CirculatorSettings) -> tuple[str, ...]:
    """Everything wrong with what was asked, one Chinese sentence each."""
    found = [f"{g.id} 的人数为 {g.count}，应大于零" for g in groups if g.count < 1]
    found += [
        f"{g.id} 的时段为空：最早离开不早于最晚返回" for g in groups if g.window.start_s >= g.window.end_s
    ]
    names = [group.id for group in groups]
    found += [f"{name} 出现了 {names.count(name)} 次" for name in sorted(set(names)) if names.count(name) > 1]
    if settings.sitting_s < 1 or settings.every_s < 1 or settings.walk_m_per_min < 1:
        found.append("每批时长、批次间隔和步行速度应大于零")
    if settings.seats is not None and settings.seats < 1:
        found.append(f"座位数为 {settings.seats}，应大于零；不限座位时不填")
    return tuple(found)


def require_sound(groups: Sequence[WaveGroup], settings: CirculatorSettings) -> None:
    """Refuse what contradicts itself.

    Raises
    ------
    ProblemError
        Names every fault.
    """
    found = _faults(groups, settings)
    if found:
        raise ProblemError(found)


def _in_time(group: WaveGroup, ride: tuple[int, int], settings: CirculatorSettings) -> list[int]:
    there_s, back_s = ride
    earliest_s = group.window.start_s + there_s
    latest_s = group.window.end_s - back_s - settings.sitting_s
    return [start_s for start_s in _starts_of((group,), settings) if earliest_s <= start_s <= latest_s]


def _chosen(
    groups: Sequence[WaveGroup],
    options: Mapping[tuple[str, int], bool],
    settings: CirculatorSettings,
    bus_seats: int,
    cycle_s: int,
    seed: int,
) -> tuple[Sitting, ...]:
    """Solve the choice of waves; `options` says of each group and wave whether it goes on foot."""
    model = cp_model.CpModel()
    counts = {group.id: group.count for group in groups}
    people = {key: model.new_int_var(0, counts[key[0]], f"{key}") for key in options}
    used = {key: model.new_bool_var(f"used {key}") for key in options}
    for key, number in people.items():
        model.add(number <= counts[key[0]] * used[key])
    of_group: dict[str, list[cp_model.IntVar]] = defaultdict(list)
    for key, number in people.items():
        of_group[key[0]].append(number)
    for name, numbers in of_group.items():
        model.add(sum(numbers) <= counts[name])
    starts = sorted({start_s for _, start_s in options})
    for now_s in starts if settings.seats is not None else ():
        seated = [x for (_, s), x in people.items() if s <= now_s < s + settings.sitting_s]
        model.add(sum(seated) <= (settings.seats or 0))
    total = sum(counts.values())
    buses = model.new_int_var(0, -(-total // bus_seats) if bus_seats else 0, "buses")
    for now_s in starts if bus_seats else ():
        riding = [x for (g, s), x in people.items() if not options[g, s] and now_s <= s < now_s + cycle_s]
        model.add(sum(riding) <= bus_seats * buses)
    per_bus = len(options) + 1
    per_head = per_bus * (-(-total // max(1, bus_seats)) + 1)
    worth = per_head * sum(people.values()) - per_bus * buses - sum(used.values())
    model.maximize(worth)
    return _read(model, people, options, seed)


def _read(
    model: cp_model.CpModel,
    people: Mapping[tuple[str, int], cp_model.IntVar],
    options: Mapping[tuple[str, int], bool],
    seed: int,
) -> tuple[Sitting, ...]:
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # it would not give the signal back
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = WORK_LIMIT
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return ()
    found = [(key, solver.value(number)) for key, number in people.items()]
    return tuple(
        Sitting(group_id=key[0], start_s=key[1], count=number, on_foot=options[key])
        for key, number in sorted(found)
        if number
    )
