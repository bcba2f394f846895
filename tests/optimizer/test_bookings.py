"""Booking lists of a day: who rides, and what is proposed for each line, with its figures."""

import pytest

from gis.places import Place
from optimizer.bookings import (
    LineBooking,
    Proposal,
    Remedy,
    booked_groups,
    proposals,
    riding,
)
from optimizer.policy.calendar import day
from optimizer.policy.tariffs import commuter_terms
from optimizer.riders import RiderGroup

HOME = Place(id="home", lon=103.0, lat=25.0)
OFFER = (18, 48)


def _group(name: str, count: int = 1, weekdays: tuple[int, ...] = ()) -> RiderGroup:
    return RiderGroup(id=name, home=HOME, count=count, compound_id="yi", weekdays=weekdays)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-03-02", {"every", "monday"}),  # a Monday
        ("2026-03-03", {"every"}),
        ("2026-03-07", {"saturday"}),
        ("2026-02-28", {"every", "monday", "saturday"}),  # a Saturday that is worked
        ("2026-10-05", set()),  # a Monday of the National Day holiday
    ],
)
def test_who_rides_depends_on_the_working_calendar(when: str, who: set[str]) -> None:
    groups = (_group("every"), _group("monday", weekdays=(0,)), _group("saturday", weekdays=(5,)))
    assert {group.id for group in riding(groups, day(when))} == who


def test_a_booking_list_leaves_out_who_did_not_book() -> None:
    found = booked_groups((_group("a", 5), _group("b", 3), _group("c", 2)), {"a": 4, "b": 0})
    assert [(group.id, group.count) for group in found] == [("a", 4)]


def _proposed(seats: int, booked: int, days: int) -> Proposal:
    booking = LineBooking(line_id="x", name="早1线", seats=seats, planned=booked, booked=booked, days=days)
    (found,) = proposals((booking,), OFFER, commuter_terms())
    return found


@pytest.mark.parametrize(
    ("seats", "booked", "days", "remedy", "sentence"),
    [
        (48, 36, 22, Remedy.KEEP, "早1线：预约 36 人，48 座，满载率 75 %，不低于 75 %，保留"),
        (
            48, 35, 22, Remedy.CLOSE,
            "早1线：预约 35 人，48 座，满载率 72 %，低于 75 %，建议停开（再有 1 人即可保留）",
        ),
        (48, 20, 21, Remedy.KEEP, "早1线：预约 20 人，达到开线的 20 人，保留"),
        (48, 19, 0, Remedy.CLOSE, "早1线：预约 19 人，不足开线的 20 人，建议停开（还差 1 人）"),
        (18, 14, 0, Remedy.KEEP, "早1线：预约 14 人，达到开线的 14 人，保留"),
        (18, 13, 0, Remedy.CLOSE, "早1线：预约 13 人，不足开线的 14 人，建议停开（还差 1 人）"),
        (
            18, 19, 0, Remedy.LARGER_BUS,
            "早1线：预约 19 人，只有 18 座，多 1 人，建议换 48 座（不含驾驶员）的车",
        ),
        (
            48, 50, 22, Remedy.SECOND_BUS,
            "早1线：预约 50 人，只有 48 座，多 2 人，没有坐得下的车，建议加开一辆 18 座（不含驾驶员）的车",
        ),
        (48, 48, 22, Remedy.KEEP, "早1线：预约 48 人，48 座，满载率 100 %，不低于 75 %，保留"),
        (18, 14, 22, Remedy.KEEP, "早1线：预约 14 人，18 座，满载率 77 %，不低于 75 %，保留"),
        (
            18, 13, 22, Remedy.CLOSE,
            "早1线：预约 13 人，18 座，满载率 72 %，低于 75 %，建议停开（再有 1 人即可保留）",
        ),
    ],
)  # fmt: skip
def test_each_line_gets_a_proposal_with_its_figures(
    seats: int, booked: int, days: int, remedy: Remedy, sentence: str
) -> None:
    assert _proposed(seats, booked, days) == Proposal(line_id="x", remedy=remedy, sentence=sentence)


def test_more_riders_than_any_two_buses_hold_still_get_a_proposal() -> None:
    found = _proposed(18, 200, 22)
    assert found.remedy is Remedy.SECOND_BUS
    assert found.sentence.endswith("多 182 人，没有坐得下的车，建议加开第二辆车")
