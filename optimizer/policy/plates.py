"""Days on which some plates may not drive (尾号限行): by the last digit, new energy always may."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from optimizer.model import Vehicle, VehicleType

__all__ = ["barred", "last_digit"]


def last_digit(plate: str) -> str:
    """Return the last digit of a plate; letters after it do not count, a plate without one has none."""
    return next((char for char in reversed(plate) if char.isdigit()), "")


def barred(
    vehicles: Iterable[Vehicle], types: Iterable[VehicleType], digits: Collection[str]
) -> tuple[Vehicle, ...]:
    """Mark the vehicles that may not drive on a day on which plates with these last digits may not."""
    green = {kind.id for kind in types if kind.energy == "battery"}
    return tuple(
        replace(v, barred=last_digit(v.plate) in digits and v.type_id not in green) if digits else v
        for v in vehicles
    )
