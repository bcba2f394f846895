"""The same timetable under every form of tariff: worked by hand, to the fen."""

from datetime import date

import pytest

from optimizer.break_even import (
    break_even_km_rate_fen,
    break_even_riders,
    kilometre_price_fen,
    rider_price_fen,
)
from optimizer.bus_days import BusDay, bus_days
from optimizer.contract_tables import LINE_NAMES, compare, tables
from optimizer.contracts import ContractCost, cost
from optimizer.model import (
    Problem,
    Request,
    Route,
    Schedule,
    Stop,
    StopOption,
    Vehicle,
    VehicleType,
    Visit,
)
from optimizer.penalties import ServiceRecord, deductions, is_on_time, points_below
from optimizer.policy.offers import Offer, SeatPrice, default_offers
from optimizer.policy.own_buses import own_bus
from optimizer.policy.package_data import Origin
from optimizer.policy.periods import Period, service_month, service_year
from optimizer.policy.tariffs import commuter_terms, lease_tariffs
from optimizer.price import half_even
from tests.optimizer.line_town import places, travel

QUOTED = Origin(region="cn", valid_from=date(2026, 1, 1), source="报价单", status="src")
MONTH = Period(name="六月", months=(22,))
LONG_MONTH = Period(name="七月", months=(23,))
YEAR = Period(name="某年", months=(21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23))

# A 49-seat bus: 120 km and nine hours a day, six of them driving; one morning and one evening run.
BIG = BusDay(
    bus_id="A", seats=49, morning_runs=1, evening_runs=1,
    distance_m=120_000, drive_s=6 * 3_600, duty_s=9 * 3_600, riders=80,
)  # fmt: skip
# A 19-seat bus: 40.5 km and two and a half hours; two morning runs and one evening run.
SMALL = BusDay(
    bus_id="B", seats=19, morning_runs=2, evening_runs=1,
    distance_m=40_500, drive_s=2 * 3_600, duty_s=9_000, riders=45,
)  # fmt: skip


def _offer(**fields: object) -> Offer:
    return Offer(**({"id": "x", "name": "某报价", "origin": QUOTED} | fields))  # type: ignore[arg-type]


def _lines(found: ContractCost) -> dict[tuple[str, str], int]:
    return {(line.kind, line.bus): line.amount_fen for line in found.lines}


def test_round_trips_are_paid_by_the_size_of_bus_and_a_single_run_by_half() -> None:
    offer = _offer(
        basis="round_trip",
        prices=(SeatPrice(seats_at_most=19, price_fen=42_000), SeatPrice(seats_at_most=49, price_fen=76_000)),
    )
    found = cost(offer, (BIG, SMALL), MONTH)
    assert _lines(found) == {
        ("round_trip", "19 座"): 924_000,  # 1 × 22 × 420
        ("single_run", "19 座"): 462_000,  # 1 × 22 × 210
        ("round_trip", "49 座"): 1_672_000,  # 1 × 22 × 760
    }
    assert found.total_fen == 3_058_000


def test_runs_of_buses_of_one_size_make_round_trips_together() -> None:
    out = BusDay(bus_id="A", seats=49, morning_runs=2)
    back = BusDay(bus_id="B", seats=49, evening_runs=2)
    offer = _offer(basis="round_trip", prices=(SeatPrice(seats_at_most=49, price_fen=76_000),))
    assert cost(offer, (out, back), Period(name="一天", months=(1,))).total_fen == 152_000


def test_a_day_pays_for_what_it_includes_and_for_kilometres_and_hours_beyond() -> None:
    offer = _offer(basis="day", lease=lease_tariffs("university"))
    found = cost(offer, (BIG, SMALL), MONTH)
    assert _lines(found) == {
        ("day", "A"): 2_200_000,  # 22 × 1,000
        ("km", "A"): 246_400,  # 22 × 20 km × 5.60
        ("hour", "A"): 176_000,  # 22 × 1 h × 80
        ("day", "B"): 1_760_000,  # 22 × 800: nothing beyond 100 km and 8 h
    }


def test_a_day_may_have_its_driver_and_every_kilometre_on_top() -> None:
    offer = _offer(basis="day", lease=lease_tariffs("education_bureau"))
    assert _lines(cost(offer, (SMALL,), MONTH)) == {
        ("day", "B"): 1_760_000,  # 22 × 800
        ("driver_day", "B"): 660_000,  # 22 × 300
        ("km", "B"): 178_200,  # 22 × 40.5 km × 2.00
    }


def test_a_bus_that_ends_its_day_elsewhere_is_paid_its_nights_and_tolls_are_at_cost() -> None:
    away = BusDay(
        bus_id="C", seats=49, distance_m=100_000, duty_s=3_600, toll_per_km_fen=81,
        start_place_id="base", end_place_id="town",
    )  # fmt: skip
    offer = _offer(basis="day", lease=lease_tariffs("university"))
    assert _lines(cost(offer, (away,), MONTH)) == {
        ("day", "C"): 2_200_000,
        ("overnight", "C"): 220_000,  # 22 × 100
        ("toll", "C"): 178_200,  # 22 × 100 km × 0.81
    }


def test_by_the_kilometre_every_hour_that_is_not_driven_is_waiting() -> None:
    offer = _offer(basis="km", lease=lease_tariffs("university"))
    assert _lines(cost(offer, (BIG, SMALL), MONTH)) == {
        ("km", "A"): 1_478_400,  # 22 × 120 × 5.60
        ("waiting", "A"): 528_000,  # 22 × 3 h × 80
        ("km", "B"): 320_760,  # 22 × 40.5 × 3.60
        ("waiting", "B"): 66_000,  # 22 × 0.5 h × 60
    }


def test_a_month_pays_for_22_days_and_each_further_one_is_a_part_of_it() -> None:
    offer = _offer(basis="month", days=22, prices=(SeatPrice(seats_at_most=49, price_fen=1_650_000),))
    assert cost(offer, (BIG,), MONTH).total_fen == 1_650_000
    assert cost(offer, (BIG,), Period(name="二月", months=(16,))).total_fen == 1_650_000
    assert _lines(cost(offer, (BIG,), LONG_MONTH)) == {("month", "A"): 1_650_000, ("extra_day", "A"): 75_000}
    # Twelve months, of which two have 23 days: 12 × 16,500 + 2 × 750.
    assert cost(offer, (BIG,), YEAR).total_fen == 19_950_000


def test_a_year_is_paid_by_its_months_and_for_days_beyond() -> None:
    offer = _offer(basis="year", days=240, prices=(SeatPrice(seats_at_most=49, price_fen=18_000_000),))
    assert YEAR.days == 248
    assert _lines(cost(offer, (BIG,), YEAR)) == {
        ("year", "A"): 18_000_000,
        ("extra_day", "A"): 600_000,  # 8 × 750
    }
    assert cost(offer, (BIG,), LONG_MONTH).total_fen == 1_500_000


def test_own_buses_cost_by_the_year_the_day_and_the_kilometre() -> None:
    offer = _offer(basis="own", own=(own_bus("coach_49_diesel"),))
    assert _lines(cost(offer, (BIG,), YEAR)) == {
        ("depreciation", "A"): 5_500_000,  # 550,000 / 10
        ("driver", "A"): 11_000_000,
        # 248 h × 110,000 / 12 / 174 × 1.5 = 79.02 an hour
        ("overtime", "A"): 1_959_696,
        ("meal", "A"): 1_984_000,  # 248 × 80
        ("energy", "A"): 6_213_888,  # 29,760 km × 29 L × 7.20 / 100
        ("repair", "A"): 1_785_600,  # 29,760 km × 15,000 / 25,000
        ("insurance", "A"): 1_200_000,
        ("parking", "A"): 60_000,
        ("inspection", "A"): 40_000,
    }


def test_a_month_of_an_own_bus_is_a_twelfth_rounded_once() -> None:
    offer = _offer(basis="own", own=(own_bus("coach_49_diesel"),))
    by_kind = {line.kind: line.amount_fen for line in cost(offer, (BIG,), MONTH).lines}
    assert by_kind["depreciation"] == 458_333  # 5,500,000 / 12 = 458,333.3
    assert by_kind["inspection"] == 3_333


def test_an_offer_without_a_price_for_a_bus_says_so_and_costs_nothing() -> None:
    huge = BusDay(bus_id="H", seats=53)
    found = cost(_offer(basis="km", lease=lease_tariffs("university")), (BIG, huge), MONTH)
    assert (found.lines, found.total_fen) == ((), 0)
    assert found.reason == "没有 53 座的价格（最多 49 座）"


@pytest.mark.parametrize("period", [MONTH, LONG_MONTH, YEAR])
@pytest.mark.parametrize("offer", default_offers(), ids=lambda offer: str(offer.id))
def test_every_line_is_its_quantity_times_its_rate_and_lines_add_up(offer: Offer, period: Period) -> None:
    found = cost(offer, (BIG, SMALL), period)
    assert not found.reason
    assert found.total_fen == sum(line.amount_fen for line in found.lines) > 0
    for line in found.lines:
        assert line.amount_fen == half_even(line.quantity * line.rate_fen, line.per)
        assert line.kind in LINE_NAMES


# -- from plans to bus days ------------------------------------------------------------------------------


def _planned(*visits: Visit, requests: tuple[Request, ...], **route: object) -> tuple[Problem, Schedule]:
    kind = VehicleType(id="bus", capacity=(48,))
    made = {"vehicle_id": "A", "start_place_id": "D", "end_place_id": "D", "start_s": 0, "end_s": 5_400}
    made |= {"visits": visits, "distance_m": 20_000, "drive_s": 3_000} | route
    problem = Problem(
        date="2026-11-10", places=places(), vehicle_types=(kind,),
        vehicles=(Vehicle(id="A", type_id="bus", start_place_id="D", end_place_id="D"),),
        requests=requests, travel=travel(),
    )  # fmt: skip
    return problem, Schedule(routes=(Route(**made),))  # type: ignore[arg-type]


def _request(name: str, people: int) -> Request:
    stops = tuple(
        Stop(options=(StopOption(place_id=p),), load=(n,)) for p, n in (("A", people), ("B", -people))
    )
    return Request(id=name, stops=stops)


def _visit(name: str, stop: int) -> Visit:
    return Visit(request_id=name, stop=stop, place_id="AB"[stop], arrival_s=0, start_s=0, depart_s=0)


def test_a_bus_day_adds_up_both_directions_and_counts_runs_and_riders() -> None:
    asked = (_request("p", 30), _request("q", 10), _request("r", 20))
    morning = _planned(
        _visit("p", 0), _visit("q", 0), _visit("p", 1), _visit("q", 1), _visit("r", 0), _visit("r", 1),
        requests=asked,
    )  # fmt: skip
    evening = _planned(_visit("p", 0), _visit("p", 1), requests=asked, end_place_id="E", distance_m=9_000)
    (found,) = bus_days(morning=morning, evening=evening)
    assert found == BusDay(
        bus_id="A", seats=49, morning_runs=2, evening_runs=1, distance_m=29_000, drive_s=6_000,
        duty_s=10_800, riders=90, start_place_id="D", end_place_id="E",
    )  # fmt: skip
    assert found.away


def test_a_plan_without_routes_has_no_bus_days() -> None:
    assert bus_days() == ()


# -- the calendar ------------------------------------------------------------------------------------------


def test_a_year_of_service_is_its_workdays_month_by_month() -> None:
    assert service_year(2026).months == YEAR.months
    assert service_month(2026, 2) == Period(name="2026 年 2 月", months=(16,))


def test_a_year_without_a_notice_says_that_it_is_estimated() -> None:
    found = service_year(2027)
    assert found.estimated
    assert found.name == "2027 年（工作日为估算）"
    # 261 weekdays less thirteen days that the law makes holidays, those on weekends made up for.
    assert found.days == 248


# -- break-even ----------------------------------------------------------------------------------------------


def test_contracts_break_even_at_a_price_of_the_kilometre_and_at_so_many_riders() -> None:
    by_km = cost(_offer(basis="km", lease=lease_tariffs("university")), (BIG,), MONTH)
    monthly = cost(
        _offer(basis="month", prices=(SeatPrice(seats_at_most=49, price_fen=1_650_000),)), (BIG,), MONTH
    )
    assert by_km.total_fen == 2_006_400
    # (16,500 − 5,280 of waiting) / 2,640 km = 4.25
    assert break_even_km_rate_fen(by_km, monthly) == 425
    assert break_even_km_rate_fen(monthly, by_km) is None
    assert kilometre_price_fen(monthly, (BIG,)) == 625  # 16,500 / 2,640
    assert rider_price_fen(monthly, (BIG,)) == 938  # 16,500 / 1,760 = 9.375
    # 80 × 20,064 / 16,500 = 97.3
    assert break_even_riders(by_km, monthly, 80) == 98
    assert break_even_riders(monthly, by_km, 80) == 66


# -- the promise -----------------------------------------------------------------------------------------


def test_a_broken_promise_is_taken_off_the_month() -> None:
    terms = commuter_terms()
    record = ServiceRecord(runs=200, calls=1_000, calls_off_time=52, runs_off_time=3, late_replacements=1)
    assert points_below(record, terms) == 2  # 94.8 %
    taken_off = [
        (line.kind, line.quantity, line.amount_fen) for line in deductions(10_000_000, record, terms)
    ]
    # A run is 500 yuan: three times 20 %, two points of 1 %, one run in full.
    assert taken_off == [
        ("off_time_runs", 3, -30_000),
        ("below_on_time", 2, -200_000),
        ("late_replacements", 1, -50_000),
    ]


def test_deductions_never_pass_what_the_clause_allows() -> None:
    record = ServiceRecord(runs=10, calls=100, calls_off_time=60, runs_off_time=10)
    found = deductions(1_000_000, record, commuter_terms())
    assert sum(line.amount_fen for line in found) == -200_000
    assert found[-1].kind == "above_most"


def test_a_promise_that_is_kept_costs_nothing() -> None:
    record = ServiceRecord(runs=200, calls=1_000, calls_off_time=30)
    assert deductions(10_000_000, record, commuter_terms()) == ()


def test_three_minutes_are_on_time_but_the_first_stop_is_never_late() -> None:
    terms = commuter_terms()
    assert is_on_time(1_000, 1_180, terms)
    assert is_on_time(1_000, 820, terms)
    assert not is_on_time(1_000, 1_181, terms)
    assert not is_on_time(1_000, 819, terms)
    assert not is_on_time(1_000, 1_001, terms, first=True)


# -- the tables ------------------------------------------------------------------------------------------


def test_the_tables_name_every_offer_and_their_sums_agree() -> None:
    found = compare(default_offers(), (BIG, SMALL), YEAR)
    overview, bills, break_evens, promise = tables(found, commuter_terms())
    assert [row[0] for row in overview.rows] == [c.offer.name for c in found.priced]
    assert len(overview.rows) == len(default_offers())
    assert [row[1] for row in overview.rows] == sorted(row[1] for row in overview.rows)
    for name, total, *_ in overview.rows:
        amounts = [row[5] for row in bills.rows if row[0] == name]
        assert amounts[-1] == total == sum(amounts[:-1])  # type: ignore[arg-type]
    assert [row[0] for row in break_evens.rows] == [row[0] for row in overview.rows]
    by_km = next(row for row in break_evens.rows if row[0] == "按公里和等候（高校价目）")
    assert by_km[2] == "—"
    assert {row[2] for row in promise.rows if str(row[0]).startswith("自营")} == {"无违约金"}
    for table in (overview, bills, break_evens, promise):
        assert all(len(row) == len(table.headings) for row in table.rows)
