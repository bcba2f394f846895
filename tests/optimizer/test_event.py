"""Event plans on two lots that a reader can compute by hand, and against brute force."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from optimizer.check.events import event_violations
from optimizer.errors import ProblemError
from optimizer.event import Event, EventCar, EventPlan, Kind, Lot, plan, stand_in
from optimizer.model import Status, TimeWindow
from scenarios.receptions import synthetic_event
from tests.optimizer.event_town import FAR, NEAR, H, car, coach, event


def judged(asked: Event) -> EventPlan:
    """Plan, and require that the judge finds nothing."""
    found = plan(asked)
    assert event_violations(asked, found) == ()
    return found


def lots_of(found: EventPlan) -> dict[str, str]:
    return {p.car_id: p.lot_id for p in found.passes}


def test_two_of_three_park_near_and_the_cost_is_exact() -> None:
    found = judged(event(car("a"), car("b"), car("c")))
    assert sorted(lots_of(found).values()) == ["近场", "近场", "远场"]
    # 600 m there and back at 1 yuan a kilometre, twice, and 2,400 m once
    assert (found.drive_fen, found.walk_fen) == (60 + 60 + 240, 0)
    assert (found.status, found.bound_fen) == (Status.OPTIMAL, 360)


def test_people_who_walk_get_the_near_lot_before_a_driver_alone() -> None:
    walkers = [car(name, drops_off=False, people=4) for name in ("w1", "w2")]
    found = judged(event(car("a"), *walkers))
    assert lots_of(found) == {"a": "远场", "w1": "近场", "w2": "近场"}
    assert found.walk_fen == 2 * 4 * 2 * 250 * 400 // 1_000


def test_a_pass_tells_when_the_car_is_in_its_lot_and_its_space() -> None:
    (found,) = judged(event(car("a"))).passes
    assert (found.number, found.lot_id, found.space) == ("小001", "近场", 1)
    assert (found.door_s, found.in_s, found.out_s) == (8 * H, 8 * H + 60 + 60, 12 * H - 60)


def test_a_space_is_given_again_when_the_first_car_has_left() -> None:
    lots = (replace(NEAR, cars=1),)
    found = judged(event(car("a", 8, 9), car("b", 9, 10), lots=lots))
    assert [p.space for p in found.passes] == [1, 1]


def test_time_to_clear_keeps_a_space_empty_between_two_cars() -> None:
    lots = (replace(NEAR, cars=1),)
    found = judged(event(car("a", 8, 9), car("b", 9, 10), lots=lots, clear_s=300))
    assert [left.car_id for left in found.left_out] in (["a"], ["b"])
    assert "近场" in found.left_out[0].reason


def test_a_coach_takes_a_space_for_coaches_only() -> None:
    found = judged(event(coach("k1"), coach("k2"), coach("k3")))
    assert [p.number for p in found.passes] == ["大001", "大002"]
    (left,) = found.left_out
    assert left.code == "full"
    (more,) = found.more
    assert (more.kind, more.spaces, more.least) == (Kind.COACH, 1, True)


def test_where_spaces_are_short_the_first_rank_is_placed() -> None:
    lots = (NEAR,)
    cars = [*(car(f"a{i}") for i in range(4)), car("z", rank=1)]
    found = judged(event(*cars, lots=lots))
    assert "z" in lots_of(found)
    assert len(found.left_out) == 3
    assert all("近场 08:0" in left.reason for left in found.left_out)


def test_the_fewest_spaces_and_their_shortest_time_are_told_and_are_least() -> None:
    lots = (replace(NEAR, cars=2),)
    cars = [car("a", 8, 12), car("b", 8, 12), car("c", 8.5, 9), car("d", 8.6, 9), car("e", 10, 11)]
    asked = event(*cars, lots=lots)
    found = judged(asked)
    assert sum(m.spaces for m in found.more if m.start_s < 9.5 * H) == 2
    assert {m.spaces for m in found.more} == {2, 1}
    enough = replace(asked, lots=(replace(NEAR, cars=4),))
    assert judged(enough).left_out == ()
    short = replace(asked, lots=(replace(NEAR, cars=3),))
    assert judged(short).left_out != ()


def test_a_convoy_starts_in_one_second_and_parks_in_one_lot() -> None:
    convoy = [car(f"v{i}", convoy="甲队", approach_s=1_200) for i in range(3)]
    found = judged(event(*convoy, bays=1))
    assert set(lots_of(found).values()) == {"远场"}  # the near one has room for two
    assert len({p.start_s for p in found.passes}) == 1
    assert sorted(p.door_s for p in found.passes if p.door_s is not None) == [8 * H - 120, 8 * H - 60, 8 * H]


def test_a_convoy_larger_than_every_lot_is_split_and_said_to_be() -> None:
    convoy = [car(f"v{i:02}", convoy="甲队") for i in range(11)]
    found = judged(event(*convoy))
    assert found.split == ("甲队",)
    assert len(found.passes) == 11


def test_one_bay_receives_one_car_a_minute_and_nobody_is_late() -> None:
    found = judged(event(*(car(f"c{i}") for i in range(4)), bays=1))
    assert sorted(p.door_s for p in found.passes if p.door_s) == [8 * H - 60 * i for i in (3, 2, 1, 0)]
    assert found.early_s == 60 * (1 + 2 + 3)


def test_who_finds_no_bay_in_time_is_named() -> None:
    found = judged(event(*(car(f"c{i}") for i in range(4)), bays=1, early_s=120))
    assert [left.code for left in found.left_out] == ["door"]
    assert "1 个落客位已排满" in found.left_out[0].reason


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"leave_h": 8.03}, "too_short"),
        ({"arrive_h": 5.0}, "closed"),
        ({"kind": Kind.MINIBUS}, "no_kind"),
        ({"unit": "外单位"}, "no_lot"),
    ],
)
def test_each_obstacle_has_its_own_reason(more: dict[str, Any], code: str) -> None:
    lots = (replace(NEAR, open=TimeWindow(start_s=7 * H, end_s=20 * H), units=frozenset({"办公室"})),)
    found = judged(event(car("a", **more), lots=lots))
    assert [left.code for left in found.left_out] == [code]


def test_cars_that_stand_by_are_chosen_and_stand_near() -> None:
    helping = [car(f"s{i}", 7, 13, standby=True, people=4) for i in range(3)]
    found = judged(event(car("a"), *helping, standby=((Kind.CAR, 1),)))
    assert [p.number for p in found.passes if p.standby] == ["备001"]
    assert set(lots_of(found).values()) == {"近场"}
    short = judged(event(car("a"), *helping, standby=((Kind.CAR, 5),)))
    assert short.standby_short == ((Kind.CAR, 2),)


def test_a_breakdown_on_the_way_gives_the_pass_away_and_leaves_the_rest() -> None:
    asked = event(car("a"), car("b"), car("s", 7, 13, standby=True, people=4), standby=((Kind.CAR, 1),))
    before = judged(asked)
    swap = stand_in(asked, before, "a", 7 * H)
    assert event_violations(asked, swap.plan) == ()
    old, new = before.pass_of("a"), swap.taken
    assert old is not None
    assert new is not None
    assert (new.number, new.lot_id, new.space, new.in_s) == (old.number, old.lot_id, old.space, old.in_s)
    assert (new.car_id, new.instead_of) == ("s", "a")
    assert swap.plan.pass_of("b") == before.pass_of("b")
    assert len(swap.plan.passes) == len(before.passes) - 1


def test_a_breakdown_in_the_lot_leaves_the_space_taken() -> None:
    asked = event(car("a"), car("b"), car("s", 7, 13, standby=True, people=4), standby=((Kind.CAR, 1),))
    before = judged(asked)
    swap = stand_in(asked, before, "a", 9 * H)
    assert event_violations(asked, swap.plan) == ()
    assert len(swap.plan.passes) == len(before.passes)
    assert [p.instead_of for p in swap.plan.passes if p.standby] == ["a"]
    assert "12:00 到门口接人" in swap.sentence


def test_nobody_takes_over_who_has_too_few_seats() -> None:
    asked = event(
        car("a", people=4), car("s", 7, 13, standby=True, people=2), standby=((Kind.CAR, 1),)
    )  # fmt: skip
    swap = stand_in(asked, judged(asked), "a", 7 * H)
    assert swap.taken is None
    assert "需 4 座，备勤的最多 2 座" in swap.sentence
    assert event_violations(asked, swap.plan) == ()
    with pytest.raises(LookupError, match="x9"):
        stand_in(asked, judged(asked), "x9", 7 * H)


def test_what_contradicts_itself_is_refused_with_every_fault_named() -> None:
    cars = (
        car("a"), car("a"), car("b", 9, 8), car("c", lots=frozenset({"月球"})),
        car("d", convoy="乙"), car("e", 9, 12, convoy="乙"),
    )  # fmt: skip
    with pytest.raises(ProblemError) as refused:
        plan(event(*cars, bays=0))
    said = str(refused.value)
    for word in ("a 出现了 2 次", "b（办公室） 的离开时间", "月球", "车队 乙", "应大于零"):
        assert word in said


def test_the_plan_is_as_cheap_as_the_best_of_all_plans() -> None:
    tiny = (replace(NEAR, cars=1), replace(FAR, cars=2))
    cars = [
        car("a", 8, 10), car("b", 9, 11, drops_off=False, people=3), car("c", 8.5, 9.5), car("d", 10, 12),
        car("e", 8.2, 11.5),
    ]  # fmt: skip
    asked = event(*cars, lots=tiny)
    found = judged(asked)
    best = min(_priced(asked, lots) for lots in product(tiny, repeat=len(cars)))
    assert (len(found.left_out), found.cost_fen) == best
    assert found.bound_fen == found.cost_fen


def _priced(asked: Event, lots: tuple[Lot, ...]) -> tuple[int, int]:
    """Left out and cost of the best part of a plan: all subsets of its cars are tried."""
    best = (len(asked.cars), 0)
    for kept in product((True, False), repeat=len(asked.cars)):
        chosen = [(c, lot) for c, lot, keep in zip(asked.cars, lots, kept, strict=True) if keep]
        if all(_room(chosen, lot, minute) for lot in asked.lots for minute in range(7 * 60, 13 * 60)):
            cost = sum(
                (lot.way.there_m + lot.way.back_m) * 100 // 1_000
                if one.drops_off
                else 2 * lot.walk_m * one.people * 400 // 1_000
                for one, lot in chosen
            )
            best = min(best, (len(asked.cars) - len(chosen), cost))
    return best


def _room(chosen: list[tuple[EventCar, Lot]], lot: Lot, minute: int) -> bool:
    here = 0
    for one, where in chosen:
        enters, leaves = one.arrive_s, one.leave_s
        if one.drops_off:
            enters, leaves = enters + 60 + where.way.there_s, leaves - where.way.back_s
        here += where is lot and enters // 60 <= minute < -(-leaves // 60)
    return here <= lot.cars


def test_a_day_of_two_hundred_cars_is_proven_and_sound() -> None:
    asked = synthetic_event(200, 8, seed=2, spare=1.4)
    found = judged(asked)
    assert found.status is Status.OPTIMAL
    assert found.left_out == ()
    assert plan(asked) == found
