"""Of any event: no lot is ever over capacity, nobody is lost, and a corrupted plan is always faulted."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.check.events import event_violations
from optimizer.event import Event, EventCar, EventPlan, Kind, Lot, Pass, Way, plan, stand_in
from tests.optimizer.event_town import H, car, event

MINUTES = st.integers(min_value=0, max_value=180)


@st.composite
def lots(draw: st.DrawFn) -> tuple[Lot, ...]:
    return tuple(
        Lot(
            id=f"L{i}",
            cars=draw(st.integers(1, 3)),
            coaches=draw(st.integers(0, 1)),
            way=Way(
                there_m=draw(st.integers(0, 900)),
                there_s=draw(st.integers(0, 400)),
                back_m=draw(st.integers(0, 900)),
                back_s=draw(st.integers(0, 400)),
            ),
            walk_m=draw(st.integers(0, 900)),
        )
        for i in range(draw(st.integers(1, 3)))
    )


@st.composite
def events(draw: st.DrawFn) -> Event:
    cars: list[EventCar] = []
    for i in range(draw(st.integers(1, 8))):
        arrive_h = 8 + draw(MINUTES) / 60
        cars.append(
            car(
                f"c{i}", arrive_h, arrive_h + 0.05 + draw(MINUTES) / 60,
                kind=draw(st.sampled_from([Kind.CAR, Kind.CAR, Kind.COACH])),
                people=draw(st.integers(1, 4)), drops_off=draw(st.booleans()), rank=draw(st.integers(1, 2)),
            )
        )  # fmt: skip
    if draw(st.booleans()):
        cars += [car(f"v{i}", 9, 11, convoy="队", approach_s=600) for i in range(draw(st.integers(2, 3)))]
    cars += [car(f"s{i}", 7, 15, standby=True, people=4) for i in range(draw(st.integers(0, 2)))]
    bays, clear_s = draw(st.sampled_from([None, 1, 2])), draw(st.sampled_from([0, 300]))
    standby = ((Kind.CAR, draw(st.integers(0, 2))),)
    return event(*cars, lots=draw(lots()), bays=bays, clear_s=clear_s, standby=standby)


@settings(max_examples=60, deadline=None)
@given(events())
def test_parking_is_never_over_capacity_at_any_minute(asked: Event) -> None:
    found = plan(asked)
    assert event_violations(asked, found) == ()
    for lot in asked.lots:
        for kind, spaces in ((Kind.CAR, lot.cars), (Kind.COACH, lot.coaches)):
            here = [p for p in found.passes if p.lot_id == lot.id and p.kind is kind]
            for second in range(7 * H, 15 * H, 60):
                assert sum(p.in_s < second + 60 and second < p.out_s for p in here) <= spaces
    guests = {one.id for one in asked.cars if not one.standby}
    placed = {p.car_id for p in found.passes if not p.standby}
    assert placed | {left.car_id for left in found.left_out} == guests


@settings(max_examples=30, deadline=None)
@given(events(), st.integers(0, 7), st.integers(6 * H, 13 * H))
def test_a_breakdown_changes_one_pass_and_nothing_else(asked: Event, which: int, at_s: int) -> None:
    before = plan(asked)
    guests = [p for p in before.passes if not p.standby]
    if not guests:
        return
    broken = guests[which % len(guests)]
    swap = stand_in(asked, before, broken.car_id, at_s)
    assert event_violations(asked, swap.plan) == ()
    taken_over = {broken.number} | ({swap.taken.number} if swap.taken else set())
    stood_by = {p.number for p in before.passes if swap.taken and p.car_id == swap.taken.car_id}
    kept = [p for p in before.passes if p.number not in taken_over | stood_by]
    assert [p for p in swap.plan.passes if p.number not in taken_over | stood_by] == kept


@settings(max_examples=40, deadline=None)
@given(events())
def test_the_missing_spaces_would_do_and_one_fewer_would_not(asked: Event) -> None:
    found = plan(asked)
    if not found.more:
        return
    short = {kind: max((m.spaces for m in found.more if m.kind is kind), default=0) for kind in Kind}
    counts = (short[Kind.CAR], short[Kind.MINIBUS], short[Kind.COACH])
    assert _unplaced(asked, found, counts) == 0
    for i, number in enumerate(counts):
        if number:
            fewer = tuple(n - (i == j) for j, n in enumerate(counts))
            assert _unplaced(asked, found, fewer) > 0


def _unplaced(asked: Event, before: EventPlan, counts: tuple[int, ...]) -> int:
    """Count who would find no space with so many more at the door, the same cars standing by."""
    by = tuple((kind, sum(p.standby and p.kind is kind for p in before.passes)) for kind in Kind)
    lots, (cars, minibuses, coaches) = asked.lots, counts
    if sum(counts):
        lots = (*lots, Lot(id="加", cars=cars, minibuses=minibuses, coaches=coaches))
    beyond_help = {left.car_id for left in before.left_out if left.code not in {"full", "no_kind"}}
    coming = tuple(one for one in asked.cars if one.id not in beyond_help)
    settings = replace(asked.settings, standby=by)
    return len(plan(replace(asked, lots=lots, cars=coming, settings=settings)).left_out)


CORRUPTIONS = {
    "later": lambda p: replace(p, in_s=p.in_s + 60),
    "longer": lambda p: replace(p, out_s=p.out_s + 60),
    "space": lambda p: replace(p, space=99),
    "no space": lambda p: replace(p, space=0),
    "kind": lambda p: replace(p, kind=Kind.MINIBUS),
    "lot": lambda p: replace(p, lot_id="nowhere"),
    "car": lambda p: replace(p, car_id="nobody"),
    "number": lambda p: replace(p, number=""),
    "door": lambda p: replace(p, door_s=(p.door_s or 0) + 7_200),
    "replaced": lambda p: replace(p, instead_of="nobody"),
}


@pytest.mark.parametrize("what", sorted(CORRUPTIONS))
@settings(max_examples=8, deadline=None)
@given(asked=events(), which=st.integers(0, 20))
def test_a_corrupted_pass_is_always_faulted(what: str, asked: Event, which: int) -> None:
    found = plan(asked)
    if found.passes:
        i = which % len(found.passes)
        wrong: Pass = CORRUPTIONS[what](found.passes[i])
        assert event_violations(asked, _with(found, i, wrong)) != ()


@settings(max_examples=20, deadline=None)
@given(events(), st.integers(0, 20))
def test_a_lost_car_a_car_twice_and_wrong_money_are_faulted(asked: Event, which: int) -> None:
    found = plan(asked)
    assert event_violations(asked, replace(found, drive_fen=found.drive_fen + 1)) != ()
    assert event_violations(asked, replace(found, bound_fen=found.cost_fen + 1)) != ()
    if found.passes:
        i = which % len(found.passes)
        lost = (*found.passes[:i], *found.passes[i + 1 :])
        assert event_violations(asked, replace(found, passes=lost)) != ()
        assert event_violations(asked, replace(found, passes=(*found.passes, found.passes[i]))) != ()


def _with(found: EventPlan, i: int, wrong: Pass) -> EventPlan:
    return replace(found, passes=(*found.passes[:i], wrong, *found.passes[i + 1 :]))
