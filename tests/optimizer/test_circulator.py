"""Circulators on the straight town of `line_town`: 1 km and 100 s from letter to letter, the canteen in B."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from gis.matrix import UNREACHABLE
from optimizer.check import violations
from optimizer.circulation import CirculatorPlan
from optimizer.circulator import CirculatorSettings, WaveGroup, plan
from optimizer.errors import ProblemError
from optimizer.model import CostRates, TimeWindow, VehicleType
from optimizer.sittings import choose_sittings
from tests.optimizer.line_town import car, places, travel

NOON = 43_200
BUS = VehicleType(id="bus", capacity=(20,), rates=CostRates(vehicle_used_fen=5_000, per_km_fen=100))
VAN = VehicleType(id="van", capacity=(9,), rates=CostRates(vehicle_used_fen=3_000, per_km_fen=100))
PLACE = {place.id: place for place in places()}
LUNCH = TimeWindow(start_s=NOON - 1_800, end_s=NOON + 5_400)
ONE_WAVE = CirculatorSettings(starts_s=(NOON,))


def group(name: str, at: str, count: int, *, walk_m: int = UNREACHABLE, **fields: Any) -> WaveGroup:
    return WaveGroup(id=name, place=PLACE[at], count=count, walk_m=walk_m, **({"window": LUNCH} | fields))


def to_canteen(
    groups: tuple[WaveGroup, ...],
    *,
    buses: tuple[str, ...] = ("bus",),
    settings: CirculatorSettings = ONE_WAVE,
) -> CirculatorPlan:
    vehicles = tuple(car(f"{kind}-{i}", type_id=kind) for i, kind in enumerate(buses))
    return plan(
        groups, PLACE["B"], (BUS, VAN), vehicles, travel(), date="2026-11-10",
        places=(PLACE["D"],), settings=settings, work_limit=400,
    )  # fmt: skip


def faults(
    found: CirculatorPlan, groups: tuple[WaveGroup, ...], settings: CirculatorSettings = ONE_WAVE
) -> list[str]:
    """What an answer breaks, told from the groups alone and by the judge."""
    broken = []
    ways: dict[str, dict[str, int]] = {}
    unserved = {u.request_id for u in found.schedule.unserved} if found.schedule else set()
    for request_id, (name, start_s, people) in found.members.items():
        way = ways.setdefault(request_id.rsplit("/", 1)[1], {})
        if request_id not in unserved:
            way[name] = way.get(name, 0) + people
        assert start_s in settings.starts_s
    if len(set(map(str, ways.values()))) > 1:
        broken.append(f"there {ways} and not back")
    for g in groups:
        walked = sum(w.count for w in found.walks if w.group_id == g.id)
        named = sum(left.count for left in found.left_out if left.group_id == g.id)
        ridden = sum(way.get(g.id, 0) for way in ways.values()) // 2
        if walked + named + ridden != g.count:
            broken.append(f"{g.id}: {walked} walk, {ridden} ride, {named} named of {g.count}")
        if walked and g.walk_m > settings.walk_max_m:
            broken.append(f"{g.id} walks {g.walk_m}")
    if settings.seats is not None:
        broken += [f"{wave} is too full" for wave in found.waves if wave.seated > settings.seats]
    if found.problem and found.schedule:
        broken += [v.message for v in violations(found.problem, found.schedule)]
    return broken


def test_nobody_needs_a_bus_where_all_can_walk() -> None:
    groups = (group("一号院", "A", 30, walk_m=400), group("二号院", "C", 20, walk_m=790))
    found = to_canteen(groups)
    assert found.sentence == "不需要班车：50 人都可步行，最远 790 米，不超过 800 米"
    assert (found.problem, found.schedule, found.left_out, found.riders) == (None, None, (), 0)
    assert found.walks[0].reason == "步行 400 米（约 6 分钟），不超过 800 米"
    assert faults(found, groups) == []


def test_who_is_too_far_to_walk_rides_there_and_back() -> None:
    groups = (group("一号院", "A", 30, walk_m=400), group("二号院", "E", 18, walk_m=2_000))
    found = to_canteen(groups)
    assert found.sentence == "30 人步行，18 人乘 1 辆班车往返，分 1 批"
    assert found.schedule is not None
    (route,) = found.schedule.routes
    assert [visit.place_id for visit in route.visits] == ["E", "B", "B", "E"] or len(route.visits) > 4
    assert {wave.start_s: (wave.walking, wave.riding, wave.seated) for wave in found.waves} == {
        NOON: (30, 18, 48)
    }
    assert faults(found, groups) == []


def test_riders_arrive_before_the_wave_and_are_fetched_after_it() -> None:
    found = to_canteen((group("二号院", "E", 9, walk_m=2_000),), buses=("van",))
    assert found.schedule is not None
    visits = found.schedule.routes[0].visits
    there, back = visits[1], visits[2]
    assert NOON - 600 <= there.start_s <= there.depart_s <= NOON
    assert NOON + 1_800 <= back.start_s <= NOON + 1_800 + 900
    assert visits[0].start_s >= LUNCH.start_s
    assert visits[3].depart_s <= LUNCH.end_s


def test_a_canteen_with_few_seats_is_used_in_waves() -> None:
    settings = CirculatorSettings(starts_s=(NOON, NOON + 900, NOON + 1_800), seats=30)
    groups = (group("一号院", "A", 30, walk_m=400), group("二号院", "C", 25, walk_m=100))
    found = to_canteen(groups, settings=settings)
    assert [(wave.start_s, wave.seated) for wave in found.waves] in (
        [(NOON, 30), (NOON + 1_800, 25)],
        [(NOON, 25), (NOON + 1_800, 30)],
    )
    assert faults(found, groups, settings) == []


def test_who_finds_no_seat_in_the_canteen_is_named() -> None:
    settings = CirculatorSettings(starts_s=(NOON,), seats=40)
    groups = (group("一号院", "A", 50, walk_m=400),)
    found = to_canteen(groups, settings=settings)
    assert [(left.count, left.reason) for left in found.left_out] == [(10, "各批座位已满（共 40 座）")]
    assert found.sentence == "没有开行班车：40 人步行；10 人去不了，逐组说明原因"
    assert faults(found, groups, settings) == []


def test_who_finds_no_bus_is_named_with_the_reason() -> None:
    groups = (group("二号院", "E", 50, walk_m=2_000),)
    nobody = to_canteen(groups, buses=())
    (left,) = nobody.left_out
    assert (left.count, left.walk_m) == (50, 2_000)
    assert left.reason == "步行 2000 米，超过 800 米，也没有班车能在 11:30–13:30 之内往返"
    hurried = TimeWindow(start_s=NOON - 450, end_s=NOON + 2_300)  # a van goes only once
    groups = (group("二号院", "E", 16, walk_m=2_000, window=hurried),)
    some = to_canteen(groups, buses=("van",))
    assert some.riders == 8
    assert [left.count for left in some.left_out] == [8]
    assert some.left_out[0].reason.startswith("12:00 一批没有班车可乘：")
    assert faults(some, groups) == []


def test_who_has_no_time_to_walk_rides_instead() -> None:
    hurried = TimeWindow(start_s=NOON - 450, end_s=NOON + 2_300)  # a walk of 800 m takes 686 s
    groups = (group("一号院", "A", 9, walk_m=800, window=hurried),)
    found = to_canteen(groups, buses=("van",))
    assert (found.walks, found.riders) == ((), 9)
    assert faults(found, groups) == []
    out = to_canteen(groups, buses=())
    assert out.left_out[0].reason == "步行 800 米，但步行和班车都来不及在 11:52–12:38 之内往返"


def test_every_fault_of_what_was_asked_is_named() -> None:
    empty = TimeWindow(start_s=NOON, end_s=NOON)
    groups = (group("一号院", "A", 0), group("一号院", "C", 5, window=empty))
    with pytest.raises(ProblemError) as caught:
        to_canteen(groups, settings=CirculatorSettings(seats=0))
    assert len(caught.value.faults) == 4


def test_the_same_seed_and_work_give_the_same_plan() -> None:
    groups = (group("一号院", "F", 33, walk_m=3_000), group("二号院", "E", 18, walk_m=2_000))
    assert to_canteen(groups, buses=("bus", "van")) == to_canteen(groups, buses=("bus", "van"))


@pytest.mark.parametrize("seed", range(8))
def test_waves_hold_as_many_as_brute_force_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    starts = (NOON, NOON + 900, NOON + 1_800)
    settings = CirculatorSettings(starts_s=starts, seats=int(random.integers(2, 7)))
    groups = tuple(
        group(
            f"{i}", "A", int(random.integers(1, 5)), walk_m=int(random.integers(100, 800)),
            window=TimeWindow(
                start_s=NOON - int(random.integers(300, 900)), end_s=NOON + int(random.integers(2_000, 5_000))
            ),
        )
        for i in range(2)
    )  # fmt: skip
    found = choose_sittings(groups, {}, settings, bus_seats=0)
    assert sum(sitting.count for sitting in found.sittings) == most_seated(groups, starts, settings)


def most_seated(groups: tuple[WaveGroup, ...], starts: tuple[int, ...], settings: CirculatorSettings) -> int:
    """Try every way to spread two groups over the waves."""
    best = 0
    for numbers in product(*(range(g.count + 1) for g in groups for _ in starts)):
        rows = [numbers[: len(starts)], numbers[len(starts) :]]
        fits = all(sum(row) <= g.count for row, g in zip(rows, groups, strict=True))
        for g, row in zip(groups, rows, strict=True):
            walk_s = -(-g.walk_m * 60 // 70)
            fits &= all(
                not people or g.window.start_s + walk_s <= s <= g.window.end_s - walk_s - settings.sitting_s
                for s, people in zip(starts, row, strict=True)
            )
        for now_s in starts:
            seated = sum(
                row[i] for row in rows for i, s in enumerate(starts) if s <= now_s < s + settings.sitting_s
            )
            fits &= seated <= (settings.seats or 0)
        best = max(best, sum(numbers)) if fits else best
    return best


@pytest.mark.parametrize("seed", range(10))
def test_everybody_walks_or_rides_or_is_named_and_no_rule_is_broken(seed: int) -> None:
    random = np.random.default_rng(100 + seed)
    settings = CirculatorSettings(
        starts_s=(NOON, NOON + 1_200, NOON + 2_400),
        seats=None if seed % 3 == 0 else int(random.integers(20, 90)),
    )
    groups = tuple(
        group(
            f"{i}号院", str(random.choice(list("ACEF"))), int(random.integers(1, 40)),
            walk_m=int(random.integers(200, 2_500)),
            window=TimeWindow(
                start_s=NOON - int(random.integers(300, 2_000)),
                end_s=NOON + int(random.integers(1_500, 7_000)),
            ),
        )
        for i in range(4)
    )  # fmt: skip
    found = to_canteen(groups, buses=("bus", "van")[: int(random.integers(0, 3))], settings=settings)
    assert faults(found, groups, settings) == []
