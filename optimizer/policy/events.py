"""Defaults for events: what driving and walking cost there, and how cars are received."""

from optimizer.event.values import EventRates, EventSettings, Kind
from optimizer.policy.amounts import fen_of
from optimizer.policy.package_data import load
from optimizer.policy.vehicles import default_vehicle_types


def event_rates(region: str = "cn") -> EventRates:
    """Read the rates: kilometres as those of a usual vehicle of each kind, time on foot and of response.

    Raises
    ------
    PolicyError
        No figures for the region.
    """
    data = load("events", region)
    types = {kind.id: kind for kind in default_vehicle_types(region)}
    km = {kind: types[data["type"][kind]].rates.per_km_fen for kind in Kind}
    return EventRates(
        car_km_fen=km[Kind.CAR],
        minibus_km_fen=km[Kind.MINIBUS],
        coach_km_fen=km[Kind.COACH],
        walk_km_fen=fen_of(data["walk_km"]),
        response_minute_fen=fen_of(data["response_minute"]),
    )


def event_settings(region: str = "cn") -> EventSettings:
    """Read the usual limits; errors as `event_rates`."""
    data = load("events", region)
    return EventSettings(
        dwell_s=data["dwell_s"],
        early_s=data["early_s"],
        clear_s=data["clear_s"],
        ready_s=data["ready_s"],
        standby_within_s=data["standby_within_s"],
    )


def usual_seats(kind: Kind, region: str = "cn") -> int:
    """Count the passengers of a usual vehicle of a kind; errors as `event_rates`."""
    types = {found.id: found for found in default_vehicle_types(region)}
    return types[load("events", region)["type"][kind]].capacity[0]
