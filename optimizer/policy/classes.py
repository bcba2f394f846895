"""What an official vehicle of each class may cost and displace when it is bought."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from optimizer.model import VehicleClass
from optimizer.policy.amounts import fen_of, yuan
from optimizer.policy.package_data import load


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLimit:
    """Most that may be paid and displaced; None is no limit of its own.

    Parameters
    ----------
    status
        law | check: how far the figure may be trusted.
    """

    price_fen: int | None
    litres: Decimal | None
    status: str


def class_name(vehicle_class: VehicleClass, region: str = "cn") -> str:
    """Name a class in Chinese."""
    return str(load("classes", region)["class"][vehicle_class]["name"])


def purchase_limit(
    vehicle_class: VehicleClass,
    *,
    new_energy_sedan: bool = False,
    exceptional: bool = False,
    coach: bool = False,
    region: str = "cn",
) -> PurchaseLimit:
    """Find the limit of a class.

    Parameters
    ----------
    new_energy_sedan
        A new-energy sedan has one limit in every class, and no displacement.
    exceptional, coach
        On special approval, where the class knows one; `coach` is its limit for coaches.
    """
    data = load("classes", region)
    table = data["class"][vehicle_class]
    if new_energy_sedan:
        return _limit(data["new_energy_sedan"])
    if exceptional and "exceptional" in table:
        special = table["exceptional"]
        if coach and "coach_price" in special:
            return _limit({"price": special["coach_price"], "status": special["status"]})
        return _limit(special)
    return _limit(table)


def purchase_faults(
    limit: PurchaseLimit, *, price_fen: int, litres: Decimal | None = None
) -> tuple[str, ...]:
    """Name what a purchase exceeds; nothing means it is within the limit."""
    found = []
    if limit.price_fen is not None and price_fen > limit.price_fen:
        found.append(f"购车价 {yuan(price_fen)}，上限 {yuan(limit.price_fen)}")
    if limit.litres is not None and litres is not None and litres > limit.litres:
        found.append(f"排气量 {litres} 升，上限 {limit.litres} 升")
    return tuple(found)


def _limit(table: Mapping[str, Any]) -> PurchaseLimit:
    return PurchaseLimit(
        price_fen=fen_of(table["price"]) if "price" in table else None,
        litres=table.get("litres"),
        status=str(table["status"]),
    )
