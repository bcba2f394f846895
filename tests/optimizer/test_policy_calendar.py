"""Working days: make-up workdays, holidays, years without a notice."""

from datetime import date

import chinese_calendar
import holidays
import pytest

from optimizer.errors import PolicyError
from optimizer.policy.calendar import (
    Day,
    DayKind,
    calendar_origin,
    day,
    is_estimated,
    is_holiday,
    is_workday,
    parse_date,
    published_years,
    workdays,
    workdays_of_month,
)

MAKE_UP_2026 = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")


@pytest.mark.parametrize(
    ("year", "count"),
    [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_workdays_of_a_year_are_the_published_count(year: int, count: int) -> None:
    assert workdays(year) == count


def test_the_make_up_workdays_of_2026_are_the_six_of_the_notice() -> None:
    days = [date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    assert tuple(d.isoformat() for d in days if day(d).kind is DayKind.MAKE_UP) == MAKE_UP_2026
    assert all(date.fromisoformat(text).weekday() >= 5 and is_workday(text) for text in MAKE_UP_2026)


@pytest.mark.parametrize(
    ("when", "kind", "name"),
    [
        ("2026-03-02", DayKind.WORKDAY, ""),
        ("2026-03-07", DayKind.REST, ""),
        ("2026-02-15", DayKind.HOLIDAY, "春节"),
        ("2026-02-23", DayKind.HOLIDAY, "春节"),
        ("2026-02-24", DayKind.WORKDAY, ""),
        ("2025-10-06", DayKind.HOLIDAY, "国庆节、中秋节"),
        ("2020-01-31", DayKind.HOLIDAY, "春节"),  # extended in 2020
        ("2022-12-31", DayKind.HOLIDAY, "元旦"),
    ],
)
def test_a_day_is_of_its_kind(when: str, kind: DayKind, name: str) -> None:
    found = day(when)
    assert (found.kind, found.name, found.estimated) == (kind, name, False)
    assert is_holiday(when) is (kind is DayKind.HOLIDAY)


def test_a_weekday_of_a_holiday_is_not_worked() -> None:
    assert date(2026, 2, 17).weekday() == 1
    assert not is_workday("2026-02-17")


def test_no_day_is_both_worked_up_and_off_and_every_make_up_day_is_a_weekend_day() -> None:
    for year in published_years():
        for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
            found = day(date.fromordinal(n))
            assert found.kind is not DayKind.MAKE_UP or found.date.weekday() >= 5


def test_a_year_without_a_notice_is_an_error_that_says_so() -> None:
    with pytest.raises(PolicyError, match=r"没有 2031 年的放假安排.*2026.*明确要求估算"):
        is_workday("2031-03-03")


def test_an_estimated_day_says_that_it_is() -> None:
    found = day("2031-03-03", estimate=True)
    assert (found.kind, found.estimated) == (DayKind.WORKDAY, True)
    assert day("2031-03-01", estimate=True).kind is DayKind.REST
    assert not day("2026-03-02", estimate=True).estimated


def test_a_region_may_add_holidays() -> None:
    third_of_third = frozenset({date(2026, 4, 20)})
    assert is_workday("2026-04-20")
    assert day("2026-04-20", regional_holidays=third_of_third).kind is DayKind.HOLIDAY
    assert workdays(2026, regional_holidays=third_of_third) == 247


def test_a_region_without_its_own_calendar_uses_the_national_one() -> None:
    assert is_workday("2026-01-04", "cn-53")


def test_an_unknown_country_is_an_error() -> None:
    with pytest.raises(PolicyError, match="没有地区 'xx'"):
        is_workday("2026-01-04", "xx")


def test_every_year_says_where_it_comes_from() -> None:
    assert published_years() == tuple(range(2019, 2027))
    assert calendar_origin(2026).status == "law"
    assert {calendar_origin(year).status for year in range(2019, 2026)} == {"check"}
    with pytest.raises(PolicyError, match="没有 2031 年"):
        calendar_origin(2031)


@pytest.mark.parametrize("text", ["2026-2-3", "20260302", "2026-02-30", "", "三月二日"])
def test_a_text_that_is_no_date_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="应写成 2026-03-02 的样子"):
        parse_date(text)


def test_an_estimate_knows_the_days_that_the_law_makes_holidays() -> None:
    new_year = day("2027-02-05", estimate=True)
    assert (new_year.kind, new_year.name, new_year.estimated) == (DayKind.HOLIDAY, "春节", True)
    # Two days of the Spring Festival of 2027 fall on a weekend and are made up for after it.
    assert day("2027-02-10", estimate=True).name == "春节补休"
    assert day("2027-02-11", estimate=True).kind is DayKind.WORKDAY
    assert workdays(2027, estimate=True) == 248
    assert is_estimated(2027)
    assert not is_estimated(2026)


def test_the_months_of_a_year_add_up() -> None:
    months = [workdays_of_month(2026, month) for month in range(1, 13)]
    assert months == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]
    assert sum(months) == workdays(2026)


def test_a_region_has_its_own_holidays_in_the_data() -> None:
    assert day("2025-03-31", "cn-45") == Day(date=date(2025, 3, 31), kind=DayKind.HOLIDAY, name="壮族三月三")
    assert is_workday("2025-03-31")
    assert workdays(2025, "cn-45") == workdays(2025) - 2
    # The notice of 2026 was not read: the day says so.
    assert day("2026-04-20", "cn-45").estimated


# -- two libraries ---------------------------------------------------------------------------------------


def _days(first_year: int, last_year: int) -> list[date]:
    ends = date(first_year, 1, 1).toordinal(), date(last_year + 1, 1, 1).toordinal()
    return [date.fromordinal(n) for n in range(*ends)]


def test_every_day_of_eight_years_is_what_chinesecalendar_says() -> None:
    differ = [d for d in _days(2019, 2026) if is_workday(d) is not chinese_calendar.is_workday(d)]
    assert differ == []


def test_every_day_of_eight_years_is_what_holidays_says() -> None:
    theirs = holidays.country_holidays("CN", years=range(2019, 2027))
    assert [d for d in _days(2019, 2026) if is_workday(d) is not theirs.is_working_day(d)] == []


def test_where_no_notice_is_out_one_library_raises_one_is_silent_and_we_say_that_it_is_an_estimate() -> None:
    monday = date(2027, 3, 1)
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(monday)
    silent = holidays.country_holidays("CN", years=2027)
    assert silent.is_working_day(monday), "without a word that the make-up workdays are missing"
    with pytest.raises(PolicyError):
        is_workday(monday)
    assert day(monday, estimate=True).estimated


@pytest.mark.parametrize("year", [2027, 2028])
def test_an_estimated_year_has_the_holidays_of_the_law_as_holidays_computes_them(year: int) -> None:
    theirs = holidays.country_holidays("CN", years=year)
    ours = {d for d in _days(year, year) if day(d, estimate=True).kind is DayKind.HOLIDAY}
    assert ours == {d for d in theirs if d.year == year}
