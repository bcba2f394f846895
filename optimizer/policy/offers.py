"""Forms of tariff under which a carrier offers a timetable, or a bureau drives it itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from optimizer.policy.amounts import fen_of
from optimizer.policy.own_buses import OwnBus, own_bus
from optimizer.policy.package_data import Origin, load, origin
from optimizer.policy.tariffs import LeaseTariff, lease_tariffs

Basis = Literal["round_trip", "day", "km", "month", "year", "own"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPrice:
    """A price for buses of at most so many seats (licence, driver included)."""

    seats_at_most: int
    price_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One form of tariff with its figures.

    Parameters
    ----------
    basis
        round_trip: all in, per morning and evening run of a bus. day: `lease` by the day, kilometres and
        hours beyond what it includes on top. km: `lease` by the kilometre and the hour of waiting. month,
        year: per bus, whatever it drives. own: `own` buses.
    prices
        Of round trips, months or years; the first row that has enough seats counts.
    days
        Service days that a month's or a year's price pays for.
    single_run_percent
        Of a round trip, for a run without its counterpart in the other direction.
    """

    id: str
    name: str
    basis: Basis
    prices: tuple[SeatPrice, ...] = ()
    days: int = 22
    single_run_percent: int = 50
    lease: tuple[LeaseTariff, ...] = ()
    own: tuple[OwnBus, ...] = ()
    origin: Origin


def default_offers(region: str = "cn") -> tuple[Offer, ...]:
    """Offers to start from, one or more of each form; their prices are assumed until somebody quotes."""
    data = load("contract_offers", region)
    return tuple(_offer(row, data) for row in data["offer"])


def _offer(row: Mapping[str, Any], data: Mapping[str, Any]) -> Offer:
    region = str(data["region"])
    lease = lease_tariffs(row["tariff"], region) if "tariff" in row else ()
    own = tuple(own_bus(type_id, region) for type_id in row.get("types", ()))
    found = [tariff.origin for tariff in lease] + [bus.origin for bus in own]
    return Offer(
        id=row["id"],
        name=row["name"],
        basis=row["basis"],
        prices=tuple(
            SeatPrice(seats_at_most=price["seats_at_most"], price_fen=fen_of(price["price"]))
            for price in row.get("rows", ())
        ),
        days=row.get("days", 22),
        single_run_percent=data["single_run_percent"],
        lease=lease,
        own=own,
        origin=found[0] if found else origin(data, region),
    )
