"""Default kinds of vehicles with their cost rates, from dated figures.

Decision rates per kilometre are energy plus a share of repair and tyres; toll is a rate of its own. What a
vehicle costs by standing there (depreciation, insurance, parking, inspection, its driver's salary) is spread
over the working days of the year.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from optimizer.model import CostRates, VehicleType
from optimizer.policy.amounts import fen
from optimizer.policy.package_data import Origin, load, origin
from optimizer.policy.tolls import toll_class, toll_per_km_yuan


def default_vehicle_types(region: str = "cn", *, with_driver: bool = True) -> tuple[VehicleType, ...]:
    """Kinds of vehicles to start from, ordered as in the data: sedans, MPV, coaches, ambulance, truck.

    Ids are `sedan_petrol`, `sedan_battery`, `mpv_petrol`, `coach_19_diesel`, `coach_49_diesel`,
    `coach_49_battery`, `ambulance`, `supplies_truck`. Capacity is in seats, licensed seats minus the driver.

    Parameters
    ----------
    with_driver
        Whether the salary of a driver of its own stands in `standing_per_day_fen` and his meal and overtime
        in the decision rates; False for self-driven vehicles (自驾).
    """
    data = load("vehicle_types", region)
    return tuple(_vehicle_type(row, data, with_driver=with_driver) for row in data["type"])


def vehicle_type_origins(region: str = "cn") -> dict[str, Origin]:
    """Where the figures of each default kind come from, by type id."""
    data = load("vehicle_types", region)
    return {str(row["id"]): origin(row, str(data["region"])) for row in data["type"]}


def running_cost_per_km_fen(type_id: str, region: str = "cn") -> int:
    """Full cost per kilometre without driver at the yearly mileage of the data, rounded half-even to fen.

    Depreciation, energy, repair, tyres and insurance: the figure that planners compare kinds by.
    """
    data = load("vehicle_types", region)
    (row,) = (row for row in data["type"] if row["id"] == type_id)
    yearly = _depreciation(row) + Decimal(row["insurance_year"])
    return fen(yearly / Decimal(row["km_year"]) + _running_per_km(row, data))


def _vehicle_type(row: Mapping[str, Any], data: Mapping[str, Any], *, with_driver: bool) -> VehicleType:
    return VehicleType(
        id=row["id"],
        name=row["name"],
        capacity=(int(row["seats"]) - 1,),
        profile=row["profile"],
        energy=row["energy"],
        cargo_kg=int(row["cargo_kg"]),
        cargo_litres=int(row["cargo_litres"]),
        rates=_rates(row, data, with_driver=with_driver),
    )


def _rates(row: Mapping[str, Any], data: Mapping[str, Any], *, with_driver: bool) -> CostRates:
    common = data["common"]
    driver_year = Decimal(row["driver_year"]) if with_driver else Decimal(0)
    pay_per_hour = driver_year / 12 / common["salary_hours_month"]
    toll_km = toll_per_km_yuan(toll_class(int(row["seats"])), str(data["region"])) * row["toll_road_share"]
    return CostRates(
        vehicle_used_fen=fen(Decimal(common["driver_meal_day"])) if with_driver else 0,
        per_km_fen=fen(_running_per_km(row, data)),
        toll_per_km_fen=fen(toll_km),
        overtime_per_hour_fen=fen(pay_per_hour * common["overtime_factor"]),
        per_night_fen=fen(Decimal(common["driver_night"])) if with_driver else 0,
        standing_per_day_fen=fen(_standing_year(row, common, driver_year) / common["working_days"]),
    )


def _running_per_km(row: Mapping[str, Any], data: Mapping[str, Any]) -> Decimal:
    energy_100km = Decimal(row["use_100km"]) * Decimal(data["energy"][row["energy"]]["price"])
    return energy_100km / 100 + Decimal(row["repair_year"]) / Decimal(row["km_year"])


def _standing_year(row: Mapping[str, Any], common: Mapping[str, Any], driver_year: Decimal) -> Decimal:
    fixed = Decimal(row["insurance_year"] + common["parking_year"] + common["inspection_year"])
    return _depreciation(row) + fixed + driver_year


def _depreciation(row: Mapping[str, Any]) -> Decimal:
    return Decimal(row["price"]) / Decimal(row["life_years"])
