"""CO2 of driving: dated factors per litre or kilowatt-hour."""

from decimal import ROUND_HALF_EVEN, Decimal

from optimizer.errors import PolicyError
from optimizer.policy.package_data import Origin, load, origin


def co2_g(energy: str, distance_m: int, use_per_100km: Decimal | int, region: str = "cn") -> int:
    """Grams of CO2 for a distance, rounded half-even.

    Parameters
    ----------
    energy
        petrol | diesel | battery.
    use_per_100km
        Litres or kilowatt-hours.

    Raises
    ------
    PolicyError
        No factor for that energy.
    """
    factors = load("emissions", region)
    if energy not in factors or energy == "region":
        known = "、".join(name for name in factors if name != "region")
        message = f"没有能源 {energy!r} 的排放系数，只有 {known}"
        raise PolicyError(message)
    # kg per unit × units per 100 km × m = g × 100
    grams = factors[energy]["kg"] * Decimal(use_per_100km) * distance_m / 100
    return int(grams.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def emission_origin(energy: str, region: str = "cn") -> Origin:
    """Where the factor of an energy comes from."""
    data = load("emissions", region)
    return origin(data[energy], str(data["region"]))
