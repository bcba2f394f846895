"""One calendar: hours of the week and other plans of the day enter the plan of cars."""

from dataclasses import replace
from pathlib import Path

from optimizer.model import Driver
from optimizer.policy.calendar import parse_date
from optimizer.policy.driver_hours import driver_hours
from scenarios.prefecture.values import Prefecture
from service.database import open_database, reading
from service.store.demand import get_day
from service.store.prefecture import load_prefecture
from service.store.scope import EVERYTHING
from service.use_cases.calendar import with_calendar
from tests.service.own_town import Run, StoredTown
from tests.service.test_sick_driver import PEOPLE, employ

HEADINGS = "编号,用车时间,返回时间,返回日期,人数,出发地,目的地,指定车辆"
HOUR = 3_600


def begun(streets: StoredTown, date: str) -> Prefecture:
    """Give the day as other plans leave it, whether it is stored or not."""
    engine = open_database(f"sqlite:///{streets.database}")
    with reading(engine) as session:
        day = load_prefecture(session, EVERYTHING, get_day(session, EVERYTHING))
    found = with_calendar(engine, replace(day, date=date))
    engine.dispose()
    return found


def hours(day: Prefecture) -> dict[str, Driver]:
    return {driver.id: driver for driver in day.drivers}


def plan(paiche: Run, streets: StoredTown, folder: Path, day: str, row: str) -> None:
    (folder / "表.csv").write_text(f"{HEADINGS}\n{row}\n", encoding="utf-8")
    told = ("--requests", folder / "表.csv", "--date", day, "--database", streets.database)
    code, _, error = paiche("plan", "cars", *told)
    assert code == 0, error


def test_hours_of_the_week_are_carried_in_from_monday_on(
    paiche: Run, streets: StoredTown, tmp_path: Path
) -> None:
    employ(streets, PEOPLE)
    meeting = "甲,8:00,17:00,,1,水务局,一号院,云D12341"
    for day in ("2026-05-08", "2026-05-11", "2026-05-12"):  # a Friday, a Monday, a Tuesday
        plan(paiche, streets, tmp_path, day, meeting)
    wednesday = hours(begun(streets, "2026-05-13"))["d1"].week_s
    # Two days of nine hours and some minutes' way; not Friday's.
    assert 18 * HOUR < wednesday < 18.5 * HOUR
    assert hours(begun(streets, "2026-05-13"))["d2"].week_s == 0
    assert hours(begun(streets, "2026-05-18"))["d1"].week_s == 0


def test_days_away_count_as_working_days(paiche: Run, streets: StoredTown, tmp_path: Path) -> None:
    employ(streets, PEOPLE)
    plan(paiche, streets, tmp_path, "2026-05-11", "远,9:00,16:00,2026-05-14,1,水务局,一号院,云D12341")
    out = hours(begun(streets, "2026-05-12"))["d1"]
    assert 0 < out.week_s < HOUR
    thursday = begun(streets, "2026-05-14")
    assert hours(thursday)["d1"].week_s == out.week_s + 2 * 8 * HOUR
    assert [r.id for r in thursday.requests] == ["远（返程）"]
    car = next(c for c in thursday.cars if c.id == "car-1")
    assert (car.start_place_id, car.driver_ids) == ("office", ("d1",))


def test_after_a_full_week_all_hours_are_overtime(paiche: Run, streets: StoredTown, tmp_path: Path) -> None:
    employ(streets, PEOPLE)
    for day in range(11, 15):
        plan(paiche, streets, tmp_path, f"2026-05-{day}", "甲,8:00,18:30,,1,水务局,一号院,云D12341")
    friday = hours(begun(streets, "2026-05-15"))["d1"]
    assert friday.week_s > 40 * HOUR
    assert driver_hours(parse_date("2026-05-15")).regular_s(friday.week_s) == 0
