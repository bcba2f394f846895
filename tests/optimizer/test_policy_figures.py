"""Vehicle types, tariffs, tolls, emissions, purchase limits: worked figures and where they come from."""

import tomllib
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest

from optimizer.errors import PolicyError
from optimizer.model import CostRates, VehicleClass
from optimizer.policy.classes import class_name, purchase_faults, purchase_limit
from optimizer.policy.emissions import co2_g, emission_origin
from optimizer.policy.package_data import STATUSES, load, origin
from optimizer.policy.tariffs import (
    CommuterContract,
    commuter_terms,
    contract_rates,
    lease_price_fen,
    lease_rates,
    lease_tariff,
    lease_tariff_ids,
)
from optimizer.policy.tolls import toll_class, toll_per_km_yuan
from optimizer.policy.vehicles import default_vehicle_types, running_cost_per_km_fen, vehicle_type_origins

# -- vehicle types -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_id", "fen"),
    [
        ("sedan_petrol", 241),
        ("sedan_battery", 185),
        ("mpv_petrol", 293),
        ("coach_19_diesel", 332),
        ("coach_49_diesel", 537),
        ("coach_49_battery", 497),
    ],
)
def test_the_running_cost_per_kilometre_is_the_published_table(type_id: str, fen: int) -> None:
    assert running_cost_per_km_fen(type_id) == fen


def test_a_petrol_sedan_costs_what_its_figures_say() -> None:
    (sedan,) = (t for t in default_vehicle_types() if t.id == "sedan_petrol")
    assert (sedan.capacity, sedan.profile, sedan.energy) == ((4,), "car", "petrol")
    assert sedan.rates == CostRates(
        vehicle_used_fen=8_000,
        per_km_fen=93,  # 8 L × 7.50 / 100 + 4900 / 15000 = 0.9267
        toll_per_km_fen=9,  # 0.45 × 95 % × 20 % = 0.0855
        overtime_per_hour_fen=6_466,  # 90000 / 12 / 174 × 1.5 = 64.655
        # 18750 + 3450 + 600 + 400 + 90000 = 113200 over 248 days = 456.4516
        standing_per_day_fen=45_645,
        per_night_fen=18_000,  # lodging 100, meals 80
    )


def test_a_self_driven_car_has_no_driver_to_pay() -> None:
    (sedan,) = (t for t in default_vehicle_types(with_driver=False) if t.id == "sedan_petrol")
    assert sedan.rates == CostRates(
        per_km_fen=93,
        toll_per_km_fen=9,
        standing_per_day_fen=9_355,  # 23200 / 248
    )


def test_the_fixed_yearly_cost_without_driver_is_near_the_published_average() -> None:
    # 23,900 yuan per vehicle and year, without depreciation and driver.
    row = next(row for row in load("vehicle_types")["type"] if row["id"] == "sedan_petrol")
    yearly = 93 * row["km_year"] / 100 + row["insurance_year"] + 600 + 400
    assert 0.7 < float(yearly) / 23_900 < 1.3


def test_capacity_leaves_out_the_driver() -> None:
    capacities = {kind.id: kind.capacity for kind in default_vehicle_types()}
    assert capacities["coach_49_diesel"] == (48,)
    assert capacities["mpv_petrol"] == (6,)


def test_a_region_without_its_own_types_uses_the_national_ones() -> None:
    assert default_vehicle_types("cn-53-03") == default_vehicle_types()
    with pytest.raises(PolicyError, match="没有地区 'xx' 的 vehicle_types 数据"):
        default_vehicle_types("xx")


# -- where figures come from -------------------------------------------------------------------------


def _tables(data: Any) -> list[dict[str, Any]]:
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    own = [data] if isinstance(data, dict) and "status" in data else []
    return own + [table for part in inner for table in _tables(part)]


@pytest.mark.parametrize(
    "name", sorted(p.name for p in (files("optimizer.policy") / "data").iterdir() if p.name.endswith(".toml"))
)
def test_every_data_file_tags_its_figures(name: str) -> None:
    data = tomllib.loads((files("optimizer.policy") / "data" / name).read_text(encoding="utf-8"))
    assert name.removesuffix(".toml").endswith(str(data["region"]).replace("-", "_"))
    tables = _tables(data)
    assert tables
    for table in tables:
        assert table["status"] in STATUSES
        assert {**data, **table}["source"]
        assert isinstance({**data, **table}["valid_from"], date)


def test_every_default_type_has_its_origin() -> None:
    origins = vehicle_type_origins()
    assert set(origins) == {kind.id for kind in default_vehicle_types()}
    assert {found.status for found in origins.values()} == {"assume"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"source": "x", "status": "law"}, "缺少 'valid_from'"),
        ({"valid_from": date(2026, 1, 1), "source": "x", "status": "guess"}, "'guess'"),
    ],
)
def test_a_figure_without_its_origin_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        origin(table, "cn")


# -- lease tariffs -----------------------------------------------------------------------------------


def test_the_university_tariff_bills_a_long_day_with_a_night() -> None:
    sedan = lease_tariff("university", 5)
    # 500 + 50 km × 2.70 + 2 h × 35 + 100 + 43.20 at cost
    assert (
        lease_price_fen(sedan, distance_m=150_000, duty_s=36_000, nights=1, at_cost_fen=4_320)
        == 50_000 + 13_500 + 7_000 + 10_000 + 4_320
    )


def test_the_education_tariff_adds_its_driver_and_every_kilometre() -> None:
    coach = lease_tariff("education_bureau", 33)
    # 1300 + 300 + 80 km × 3.50
    assert lease_price_fen(coach, distance_m=80_000, duty_s=36_000) == 130_000 + 30_000 + 28_000


@pytest.mark.parametrize(
    ("seats", "day_fen", "per_km_fen"),
    [(5, 50_000, 270), (7, 60_000, 310), (19, 80_000, 360), (20, 90_000, 460), (49, 100_000, 560)],
)
def test_seats_choose_the_row(seats: int, day_fen: int, per_km_fen: int) -> None:
    tariff = lease_tariff("university", seats)
    assert (tariff.day_fen, tariff.per_km_fen) == (day_fen, per_km_fen)


@pytest.mark.parametrize("tariff_id", lease_tariff_ids())
@pytest.mark.parametrize(("distance_m", "duty_s"), [(80_000, 20_000), (123_456, 30_001), (0, 0)])
def test_rates_of_a_tariff_bill_what_the_tariff_bills(tariff_id: str, distance_m: int, duty_s: int) -> None:
    tariff = lease_tariff(tariff_id, 19)
    rates = lease_rates(tariff)
    billed = (
        rates.vehicle_used_fen
        + round(Decimal(max(0, distance_m - rates.included_m) * rates.per_km_fen) / 1_000)
        + round(Decimal(max(0, duty_s - rates.included_s) * rates.per_hour_fen) / 3_600)
    )
    assert billed == lease_price_fen(tariff, distance_m=distance_m, duty_s=duty_s)


def test_what_a_tariff_does_not_offer_is_named() -> None:
    with pytest.raises(PolicyError, match="没有租车价目 'nobody'，只有 university"):
        lease_tariff("nobody", 5)
    with pytest.raises(PolicyError, match="没有 53 座的车，最多 49 座"):
        lease_tariff("university", 53)
    with pytest.raises(PolicyError, match="没有半天价"):
        lease_rates(lease_tariff("university", 5), half_day=True)


def test_a_tariff_holds_in_its_period() -> None:
    assert lease_tariff("university", 5, on=date(2024, 12, 31)).origin.status == "src"
    with pytest.raises(PolicyError, match="自 2022-01-01 至 2024-12-31 有效，不含 2026-03-02"):
        lease_tariff("university", 5, on=date(2026, 3, 2))
    with pytest.raises(PolicyError, match="自 2021-01-01 至 今 有效"):
        lease_tariff("education_bureau", 5, on=date(2020, 1, 1))


# -- commuter contracts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contract", "rates"),
    [
        (CommuterContract(name="往返", basis="round_trip", price_fen=60_000), CostRates(per_trip_fen=60_000)),
        (
            CommuterContract(name="包月", basis="month", price_fen=1_500_000),
            CostRates(vehicle_used_fen=68_182),
        ),
        (
            CommuterContract(name="包年", basis="year", price_fen=20_000_000, days=248),
            CostRates(vehicle_used_fen=80_645),
        ),
    ],
)
def test_a_commuter_contract_becomes_rates(contract: CommuterContract, rates: CostRates) -> None:
    assert contract_rates(contract) == rates


def test_the_terms_of_commuter_contracts_are_data() -> None:
    terms = commuter_terms()
    assert (terms.days_month, terms.keep_load_percent, terms.open_riders) == (22, 75, 20)
    assert terms.seat_insurance_fen == 100_000_000
    assert terms.origin.status == "src"


# -- tolls, emissions, purchase ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seats", "length_m", "expected"),
    [
        (5, None, "K1"),
        (9, 5.9, "K1"),
        (9, 6.0, "K3"),
        (10, None, "K2"),
        (19, None, "K2"),
        (19, 7.5, "K3"),
        (39, None, "K3"),
        (40, 12.0, "K4"),
    ],
)
def test_a_vehicle_has_its_toll_class(seats: int, length_m: float | None, expected: str) -> None:
    assert toll_class(seats, length_m) == expected


def test_electronic_collection_pays_95_percent() -> None:
    assert toll_per_km_yuan("K4") == Decimal("0.8075")
    assert toll_per_km_yuan("K4", etc=False) == Decimal("0.85")


def test_unknown_toll_classes_and_seats_are_named() -> None:
    with pytest.raises(PolicyError, match="没有通行费车型 'K9'"):
        toll_per_km_yuan("K9")
    with pytest.raises(PolicyError, match="座位数 0"):
        toll_class(0)


@pytest.mark.parametrize(
    ("energy", "use", "grams"),
    [("petrol", 8, 18_480), ("diesel", Decimal(29), 77_720), ("battery", 15, 8_049)],
)
def test_co2_of_100_km(energy: str, use: Decimal | int, grams: int) -> None:
    assert co2_g(energy, 100_000, use) == grams
    assert emission_origin(energy).status == "assume"


def test_an_energy_without_a_factor_is_named() -> None:
    with pytest.raises(PolicyError, match="没有能源 'coal' 的排放系数，只有 petrol、diesel、battery"):
        co2_g("coal", 1_000, 8)


@pytest.mark.parametrize(
    ("vehicle_class", "how", "yuan", "litres"),
    [
        (VehicleClass.CONFIDENTIAL, {}, 120_000, "1.6"),
        (VehicleClass.EMERGENCY, {}, 180_000, "1.8"),
        (VehicleClass.EMERGENCY, {"exceptional": True}, 250_000, "3.0"),
        (VehicleClass.EMERGENCY, {"exceptional": True, "coach": True}, 450_000, None),
        (VehicleClass.ENFORCEMENT, {"exceptional": True}, 180_000, "1.8"),
        (VehicleClass.CONFIDENTIAL, {"exceptional": True}, 120_000, "1.6"),
        (VehicleClass.CONFIDENTIAL, {"new_energy_sedan": True}, 180_000, None),
        (VehicleClass.SPECIAL_TECH, {}, None, None),
    ],
)
def test_a_class_limits_what_is_bought(
    vehicle_class: VehicleClass, how: dict[str, Any], yuan: int | None, litres: str | None
) -> None:
    limit = purchase_limit(vehicle_class, **how)
    assert limit.price_fen == (None if yuan is None else yuan * 100)
    assert limit.litres == (None if litres is None else Decimal(litres))


def test_a_purchase_beyond_the_limit_is_named_in_yuan_and_litres() -> None:
    limit = purchase_limit(VehicleClass.CONFIDENTIAL)
    assert purchase_faults(limit, price_fen=12_000_000, litres=Decimal("1.6")) == ()
    assert purchase_faults(limit, price_fen=12_000_001, litres=Decimal("1.8")) == (
        "购车价 120000.01 元，上限 120000.00 元",
        "排气量 1.8 升，上限 1.6 升",
    )
    assert class_name(VehicleClass.CONFIDENTIAL) == "机要通信用车"
