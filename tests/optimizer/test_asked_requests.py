"""Requests that come again, that are likely one, that go in convoy."""

from dataclasses import replace
from datetime import date

import pytest

from optimizer import cars
from optimizer.check import violations
from optimizer.convoys import convoy
from optimizer.model import StopOption, TimeWindow, VehicleClass
from optimizer.policy.recurring import Recurrence, days_of, falls_on
from optimizer.sameness import likely_same, merged
from tests.optimizer.line_town import car, day, trip

OCTOBER = Recurrence(first=date(2026, 10, 1), last=date(2026, 10, 14))


def test_every_workday_leaves_holidays_out_and_takes_make_up_days_in() -> None:
    days = days_of(replace(OCTOBER, workdays_only=True))
    # National Day 2026 is 1 to 7 October; Saturday the 10th is worked.
    assert [d.day for d in days] == [8, 9, 10, 12, 13, 14]
    assert falls_on(replace(OCTOBER, workdays_only=True), date(2026, 10, 10))


def test_weekly_on_named_days_with_days_left_out_and_every_second_week() -> None:
    mondays = replace(OCTOBER, weekdays=frozenset({0, 3}))
    assert [d.day for d in days_of(mondays)] == [1, 5, 8, 12]
    assert [d.day for d in days_of(replace(mondays, workdays_only=True))] == [8, 12]
    assert [d.day for d in days_of(replace(mondays, skip=frozenset({date(2026, 10, 8)})))] == [1, 5, 12]
    assert [d.day for d in days_of(replace(mondays, every_weeks=2))] == [1, 12]
    assert not falls_on(replace(mondays, every_weeks=2), date(2026, 10, 5))
    assert not falls_on(mondays, date(2026, 10, 15))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"last": date(2026, 9, 1)}, "早于开始"),
        ({"every_weeks": 0}, "0 周"),
        ({"weekdays": frozenset({7})}, "星期 7 不对"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        days_of(replace(OCTOBER, **change))  # type: ignore[arg-type]


def test_one_unit_twice_to_one_place_within_half_an_hour_is_offered_for_merging() -> None:
    a = trip("a", "AB", 1_000, people=2, unit_id="u")
    later = trip("b", "AB", 2_800, people=1, unit_id="u")
    (found,) = likely_same([a, later])
    assert (found.first_id, found.second_id, found.apart_s) == ("a", "b", 1_800)
    assert found.merged is not None
    assert found.merged.id == "a＋b"
    assert [stop.load for stop in found.merged.stops] == [(3,), (-3,)]
    assert found.merged.stops[0].options[0].window.start_s == 1_000
    assert found.merged.unserved_penalty_fen == a.unserved_penalty_fen + later.unserved_penalty_fen


def test_what_is_not_likely_one_is_left_alone() -> None:
    a = trip("a", "AB", 1_000, unit_id="u")
    others = [
        trip("late", "AB", 2_801, unit_id="u"),
        trip("elsewhere", "AC", 1_000, unit_id="u"),
        trip("stranger", "AB", 1_000, unit_id="w"),
    ]
    assert all(likely_same([a, other]) == () for other in others)
    assert likely_same([replace(a, unit_id=""), trip("b", "AB", 1_000)]) == ()
    assert likely_same(convoy(trip("c", "AB", 1_000, people=2, unit_id="u"), 2)) == ()


def test_secret_papers_ride_with_nobody() -> None:
    secret = trip("a", "AB", 1_000, unit_id="u", vehicle_classes=frozenset({VehicleClass.CONFIDENTIAL}))
    assert merged(secret, trip("b", "AB", 1_000, unit_id="u")) is None
    (found,) = likely_same([secret, trip("b", "AB", 1_100, unit_id="u")])
    assert found.merged is None
    police = replace(secret, vehicle_classes=frozenset({VehicleClass.ENFORCEMENT}))
    other = trip("b", "AB", 1_000, vehicle_classes=frozenset({VehicleClass.SPECIAL_TECH}))
    assert merged(police, other) is None


def test_a_convoy_starts_at_one_second_arrives_in_one_window_and_goes_whole_or_not() -> None:
    asked = trip("c", "AE", 1_000, people=7)
    wide = TimeWindow(start_s=1_000, end_s=2_000)
    first = replace(asked.stops[0], options=(StopOption(place_id="A", window=wide),))
    members = convoy(replace(asked, stops=(first, asked.stops[1])), 3, arrive_by_s=1_400)
    assert [m.stops[0].load for m in members] == [(3,), (2,), (2,)]
    assert sum(m.stops[-1].load[0] for m in members) == -7
    problem = day([car(f"v{k}") for k in range(3)], members)
    plan = cars.plan(problem)
    assert violations(problem, plan) == ()
    starts = {v.start_s for r in plan.routes for v in r.visits if v.stop == 0}
    arrivals = {v.start_s for r in plan.routes for v in r.visits if v.stop == 1}
    assert (starts, arrivals) == ({1_000}, {1_300})
    short = cars.plan(day([car("v0"), car("v1")], members))
    assert short.routes == ()
    assert len(short.unserved) == 3


@pytest.mark.parametrize(("people", "vehicles"), [(2, 3), (4, 1)])
def test_a_convoy_that_is_none_is_refused(people: int, vehicles: int) -> None:
    with pytest.raises(ValueError, match="至少 2 辆"):
        convoy(trip("c", "AB", 1_000, people=people), vehicles)
