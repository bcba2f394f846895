"""Duty rosters that a reader can compute by hand, against brute force, and under the judge."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.check.rosters import roster_violations
from optimizer.errors import ProblemError
from optimizer.model import Status
from optimizer.roster import (
    Burden,
    Duty,
    DutyDriver,
    Measure,
    Roster,
    RosterProblem,
    burdens,
    plan,
    stand_in,
)
from tests.optimizer.roster_house import DAY, MONDAY, NIGHT, H, drivers, house


def judged(asked: RosterProblem) -> Roster:
    """Plan, and require that the judge finds nothing."""
    found = plan(asked)
    assert roster_violations(asked, found) == ()
    return found


def counts(asked: RosterProblem, found: Roster) -> dict[str, int]:
    return {d.id: sum(x.driver_id == d.id for x in found.duties) for d in asked.drivers}


def test_every_post_is_manned_and_all_have_the_same() -> None:
    asked = house(drivers(8), 28)
    found = judged(asked)
    assert len(found.duties) == 56
    assert set(counts(asked, found).values()) == {7}
    assert found.status is Status.OPTIMAL
    assert all(share.excess == 0 for share in found.balances)


def test_holidays_weekends_and_nights_differ_by_one_at_most() -> None:
    asked = house(drivers(10), 30, holidays=(3, 4, 5, 6))
    shares = {share.measure: share for share in judged(asked).balances}
    for measure in (Measure.HOLIDAYS, Measure.WEEKENDS, Measure.NIGHTS):
        assert shares[measure].most - shares[measure].least <= 1
    assert shares[Measure.HOURS].most - shares[Measure.HOURS].least <= 12 * H


def test_who_did_more_before_does_less_now() -> None:
    people = drivers(10)
    tired = replace(people[0], past=Burden(hours_s=24 * H, nights=2, weekends=1, holidays=1))
    asked = house((tired, *people[1:]), 14)
    found = judged(asked)
    mine = counts(asked, found)
    assert mine["d00"] < min(mine[d.id] for d in people[1:])


def test_nobody_is_on_duty_when_away_without_licence_or_too_soon() -> None:
    coach = replace(DAY, id="大客", licence=frozenset({"A1"}))
    people = (
        DutyDriver(id="a", licences=frozenset({"A1"})),
        DutyDriver(id="b", licences=frozenset({"A1"}), away=frozenset({MONDAY})),
        DutyDriver(id="c", licences=frozenset({"C1"})),
        DutyDriver(id="e", licences=frozenset({"A1"}), last=MONDAY - timedelta(days=1)),
    )
    found = judged(house(people, 3, posts=(coach,)))
    assert found.duties[0].driver_id == "a"
    assert "c" not in {duty.driver_id for duty in found.duties}


def test_a_night_is_followed_by_the_rest_that_is_asked_for() -> None:
    asked = house(drivers(6), 12, posts=(NIGHT,), rest_after_night_s=72 * H)
    found = judged(asked)
    for name in {d.driver_id for d in found.duties}:
        own = sorted(d.day for d in found.duties if d.driver_id == name)
        # a night ends at 8 the next morning: 72 hours later is 8 on the fifth day
        assert all((b - a).days >= 4 for a, b in pairwise(own))


def test_places_that_nobody_can_take_are_named_with_the_reason() -> None:
    found = judged(house(drivers(2), 3))
    assert len(found.duties) == 4
    assert sum(place.number for place in found.unmanned) == 2
    assert "缺 1 人" in found.unmanned[0].reason


def test_the_roster_is_as_even_as_the_best_of_all_rosters() -> None:
    people = (drivers(1, past=Burden(weekends=1))[0], *drivers(4)[1:])
    asked = house(people, 6, posts=(DAY,), free_days=1)
    asked = replace(asked, days=house(people, 8).days[2:])  # Wednesday to Monday
    found = judged(asked)
    best = min(_uneven(asked, names) for names in product([d.id for d in people], repeat=6))
    assert _uneven(asked, tuple(d.driver_id for d in found.duties)) == best


def _uneven(asked: RosterProblem, names: tuple[str, ...]) -> tuple[float, ...]:
    """How far drivers are apart, the dearest measure first; nothing for a roster without rest."""
    if any(a == b for a, b in pairwise(names)):
        return (float("inf"),)
    duties = tuple(
        Duty(day=day.date, post_id="白班", driver_id=name)
        for day, name in zip(asked.days, names, strict=True)
    )
    if max(Counter(names).values()) > asked.rules.week_most:
        return (float("inf"),)
    totals = burdens(asked, duties).values()
    return tuple(
        max(t.of(m) for t in totals) - min(t.of(m) for t in totals) for m in (Measure.WEEKENDS, Measure.HOURS)
    )


def test_somebody_ill_is_replaced_and_nobody_else_is_moved() -> None:
    asked = house(drivers(14), 28)
    before = judged(asked)
    ill = before.duties[20].driver_id
    days = [MONDAY + timedelta(days=n) for n in range(7, 21)]
    swap = stand_in(asked, before, ill, days)
    assert roster_violations(swap.problem, swap.roster) == ()
    vacated = [d for d in before.duties if d.driver_id == ill and d.day in days]
    assert vacated
    assert sorted(swap.gone, key=str) == sorted(vacated, key=str)
    assert len(swap.new) == len(vacated)
    assert swap.least
    assert not [d for d in swap.roster.duties if d.driver_id == ill and d.day in days]


def test_where_nobody_is_free_others_move_as_little_as_can_be() -> None:
    asked = house(drivers(4), 8, posts=(DAY,), week_most=3)
    before = judged(asked)
    ill = before.duties[3].driver_id
    swap = stand_in(asked, before, ill, [before.duties[3].day])
    assert roster_violations(swap.problem, swap.roster) == ()
    assert len(swap.new) >= 1
    assert all(d.day >= before.duties[3].day for d in (*swap.new, *swap.gone))
    with pytest.raises(LookupError, match="x9"):
        stand_in(asked, before, "x9", [MONDAY])


def test_what_contradicts_itself_is_refused() -> None:
    bad = house((*drivers(1), *drivers(1)), 3, posts=(replace(DAY, end_s=DAY.start_s),), week_most=0)
    with pytest.raises(ProblemError) as refused:
        plan(bad)
    for word in ("d00 出现了 2 次", "白班 的结束", "每周"):
        assert word in str(refused.value)


@settings(max_examples=12, deadline=None)
@given(
    people=st.integers(5, 9), count=st.integers(7, 21), which=st.integers(0, 60), how=st.integers(0, 5),
    away=st.sets(st.integers(0, 20), max_size=4),
)  # fmt: skip
def test_any_roster_is_sound_and_a_corrupted_one_is_faulted(
    people: int, count: int, which: int, how: int, away: set[int]
) -> None:
    off = frozenset(MONDAY + timedelta(days=n) for n in away)
    asked = house((replace(drivers(1)[0], away=off), *drivers(people)[1:]), count)
    found = plan(asked, work_limit=0.3)
    assert roster_violations(asked, found) == ()
    i = which % len(found.duties)
    duty = found.duties[i]
    wrong = (
        replace(duty, driver_id="nobody"),
        replace(duty, post_id="下午班"),
        replace(duty, day=duty.day + timedelta(days=count)),
        replace(duty, post_id="夜班" if duty.post_id == "白班" else "白班"),
        replace(duty, day=duty.day + timedelta(days=1)),
        None,
    )[how]
    rest = (*found.duties[:i], *found.duties[i + 1 :])
    spoilt = rest if wrong is None else (*rest, wrong)
    assert roster_violations(asked, replace(found, duties=spoilt)) != ()


def test_a_hundred_days_of_sixty_drivers_are_proven_even() -> None:
    posts = (
        replace(DAY, workdays=3, weekends=2, holidays=2),
        replace(NIGHT, workdays=2, weekends=2, holidays=2),
    )
    asked = house(drivers(60), 100, posts=posts, holidays=(10, 11, 12))
    found = judged(asked)
    assert found.status is Status.OPTIMAL
    assert found.free_days >= 5
    assert plan(asked) == found
