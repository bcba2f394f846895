"""What a hailed trip costs: a start with some kilometres, then by the kilometre and the hour."""

from dataclasses import dataclass

from optimizer.model import CostRates
from optimizer.policy.amounts import fen_of
from optimizer.policy.package_data import Origin, load, origin

__all__ = ["Hailing", "default_hailing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hailing:
    """A price of hailed trips.

    Parameters
    ----------
    rates
        Of one trip: the start is paid by `vehicle_used_fen`.
    seats_at_most
        Licensed, the driver's included.
    """

    rates: CostRates
    seats_at_most: int
    origin: Origin


def default_hailing(region: str = "cn") -> Hailing:
    """Read the price that is assumed until one is agreed."""
    data = load("hailing", region)
    rates = CostRates(
        vehicle_used_fen=fen_of(data["start"]),
        included_m=int(data["included_km"]) * 1_000,
        per_km_fen=fen_of(data["per_km"]),
        per_hour_fen=fen_of(data["per_hour"]),
    )
    return Hailing(rates=rates, seats_at_most=int(data["seats_at_most"]), origin=origin(data, region))
