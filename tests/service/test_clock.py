"""Service days start at local midnight; seconds may run past the end of the day."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clock import clock_text, moment, seconds_of, zone_of
from service.errors import SettingError

SHANGHAI = zone_of("Asia/Shanghai")


def test_a_service_day_in_shanghai_starts_eight_hours_before_utc() -> None:
    assert moment(date(2026, 5, 12), 34_800, SHANGHAI) == datetime(2026, 5, 12, 1, 40, tzinfo=UTC)


def test_a_day_on_which_the_clocks_change_still_counts_true_seconds() -> None:
    lisbon = zone_of("Europe/Lisbon")
    assert moment(date(2026, 3, 29), 7_200, lisbon) == datetime(2026, 3, 29, 2, 0, tzinfo=UTC)
    assert moment(date(2026, 3, 29), 7_200, lisbon).astimezone(lisbon).hour == 3


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-86_400, 172_800))
def test_seconds_come_back_from_their_moment(day: date, seconds: int) -> None:
    assert seconds_of(moment(day, seconds, SHANGHAI), day, SHANGHAI) == seconds


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "00:00"), (34_800, "09:40"), (86_399, "23:59"), (87_000, "次日 00:10"), (172_800, "第 3 日 00:00")],
)
def test_times_are_shown_as_on_a_clock(seconds: int, shown: str) -> None:
    assert clock_text(seconds) == shown


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc"])
def test_an_unknown_time_zone_is_named(name: str) -> None:
    with pytest.raises(SettingError, match="时区"):
        zone_of(name)
