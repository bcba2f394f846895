"""What a bus of one's own costs: each part of it as a yearly, daily or kilometre figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from optimizer.errors import PolicyError
from optimizer.policy.amounts import fen
from optimizer.policy.package_data import Origin, load, origin
from optimizer.policy.tolls import toll_class, toll_per_km_yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBus:
    """Yearly figures of one bus with one driver, and what it uses by the kilometre and the day.

    Parameters
    ----------
    seats
        On the licence, the driver's included.
    energy_100km_fen, repair_100km_fen
        Per 100 km, so that no fraction of a fen is lost; repair with tyres.
    toll_per_km_fen
        Spread over every kilometre by the share of toll roads.
    meal_day_fen
        Of the driver, on days when the bus drives.
    overtime_hour_fen
        Beyond eight hours of duty a day.
    """

    type_id: str
    name: str
    seats: int
    depreciation_year_fen: int
    driver_year_fen: int
    insurance_year_fen: int
    parking_year_fen: int
    inspection_year_fen: int
    energy_100km_fen: int
    repair_100km_fen: int
    toll_per_km_fen: int = 0
    meal_day_fen: int = 0
    overtime_hour_fen: int = 0
    origin: Origin


def own_bus(type_id: str, region: str = "cn") -> OwnBus:
    """Read the figures of a default kind of bus.

    Raises
    ------
    PolicyError
        No such kind.
    """
    data = load("vehicle_types", region)
    row = next((row for row in data["type"] if row["id"] == type_id), None)
    if row is None:
        message = f"没有车型 {type_id!r}，只有 {'、'.join(str(row['id']) for row in data['type'])}"
        raise PolicyError(message)
    return _own_bus(row, data)


def _own_bus(row: Mapping[str, Any], data: Mapping[str, Any]) -> OwnBus:
    common, price = data["common"], Decimal(data["energy"][row["energy"]]["price"])
    toll_km = toll_per_km_yuan(toll_class(int(row["seats"])), str(data["region"])) * row["toll_road_share"]
    pay_per_hour = Decimal(row["driver_year"]) / 12 / common["salary_hours_month"]
    return OwnBus(
        type_id=row["id"],
        name=row["name"],
        seats=int(row["seats"]),
        depreciation_year_fen=fen(Decimal(row["price"]) / Decimal(row["life_years"])),
        driver_year_fen=fen(Decimal(row["driver_year"])),
        insurance_year_fen=fen(Decimal(row["insurance_year"])),
        parking_year_fen=fen(Decimal(common["parking_year"])),
        inspection_year_fen=fen(Decimal(common["inspection_year"])),
        energy_100km_fen=fen(Decimal(row["use_100km"]) * price),
        repair_100km_fen=fen(Decimal(row["repair_year"]) / Decimal(row["km_year"]) * 100),
        toll_per_km_fen=fen(toll_km),
        meal_day_fen=fen(Decimal(common["driver_meal_day"])),
        overtime_hour_fen=fen(pay_per_hour * common["overtime_factor"]),
        origin=origin(row, str(data["region"])),
    )
