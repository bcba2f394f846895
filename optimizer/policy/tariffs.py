"""What others charge: lease tariffs and forms of commuter contracts, and how they become `CostRates`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from optimizer.errors import PolicyError
from optimizer.model import CostRates
from optimizer.policy.amounts import fen_of
from optimizer.policy.package_data import Origin, load, origin
from optimizer.price import half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTariff:
    """A lease tariff for a range of seats.

    Parameters
    ----------
    day_fen, half_day_fen
        Base price; None where half days are not offered.
    driver_fen
        Per day, with the vehicle.
    included_m, included_s
        Metres and seconds of a day that the base pays for.
    overnight_fen
        Per night away.
    seats_at_most
        Of the row, as on the licence (driver included).
    valid_to
        Last day of the published period; None is open.
    """

    id: str
    name: str
    day_fen: int
    seats_at_most: int = 999
    half_day_fen: int | None = None
    driver_fen: int = 0
    included_m: int = 0
    included_s: int = 0
    per_km_fen: int = 0
    per_hour_fen: int = 0
    overnight_fen: int = 0
    valid_to: date | None = None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuterContract:
    """A commuter-bus contract: so much, all in, per round trip, month or year of one bus.

    Parameters
    ----------
    days
        Days of service that a month or a year pays for; not used for round trips.
    """

    name: str
    basis: Literal["round_trip", "month", "year"]
    price_fen: int
    days: int = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyClause:
    """What a carrier pays for a broken promise, in per cent; see the data file for what each is taken of."""

    off_time_run_percent: int
    below_percent_per_point: int
    late_replacement_percent: int
    most_percent: int
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuterTerms:
    """What published commuter contracts ask for; see the data file for each."""

    days_month: int
    bus_age_years_at_most: int
    seat_insurance_fen: int
    keep_load_percent: int
    open_riders: int
    on_time_s: int
    on_time_percent: int
    replacement_s: int
    penalty: PenaltyClause
    origin: Origin


def lease_tariff(tariff_id: str, seats: int, *, on: date | None = None, region: str = "cn") -> LeaseTariff:
    """Find a published tariff for so many seats (licence, driver included).

    Parameters
    ----------
    on
        A day that must lie in the published period; None takes the tariff as it stands.

    Raises
    ------
    PolicyError
        No such tariff, no row for so many seats, or the day is outside its period.
    """
    table, source = _lease_table(tariff_id, region)
    _require_in_force(table, on)
    row = next((row for row in table["rows"] if 1 <= seats <= row["seats_at_most"]), None)
    if row is None:
        message = f"租车价目 {tariff_id!r} 没有 {seats} 座的车，最多 {table['rows'][-1]['seats_at_most']} 座"
        raise PolicyError(message)
    return _lease_tariff(table, row, source)


def lease_tariffs(tariff_id: str, region: str = "cn") -> tuple[LeaseTariff, ...]:
    """Read every row of a published tariff, smallest vehicles first; errors as `lease_tariff`."""
    table, source = _lease_table(tariff_id, region)
    return tuple(_lease_tariff(table, row, source) for row in table["rows"])


def lease_tariff_ids(region: str = "cn") -> tuple[str, ...]:
    """Ids of the published lease tariffs."""
    return tuple(str(table["id"]) for table in load("lease_tariffs", region)["tariff"])


def lease_rates(tariff: LeaseTariff, *, half_day: bool = False) -> CostRates:
    """Express a tariff as the rates of one vehicle's day.

    Raises
    ------
    PolicyError
        A half day was asked for and is not offered.
    """
    return CostRates(
        vehicle_used_fen=_base_fen(tariff, half_day=half_day) + tariff.driver_fen,
        per_km_fen=tariff.per_km_fen,
        per_hour_fen=tariff.per_hour_fen,
        included_m=tariff.included_m,
        included_s=tariff.included_s,
        per_night_fen=tariff.overnight_fen,
    )


def lease_price_fen(
    tariff: LeaseTariff,
    *,
    distance_m: int,
    duty_s: int,
    half_day: bool = False,
    nights: int = 0,
    at_cost_fen: int = 0,
) -> int:
    """Price one day: base + driver + kilometres and hours beyond the included + nights + costs passed on.

    Parameters
    ----------
    at_cost_fen
        Tolls and parking.

    Raises
    ------
    PolicyError
        A half day was asked for and is not offered.
    """
    beyond_m, beyond_s = max(0, distance_m - tariff.included_m), max(0, duty_s - tariff.included_s)
    return (
        _base_fen(tariff, half_day=half_day)
        + tariff.driver_fen
        + half_even(beyond_m * tariff.per_km_fen, 1_000)
        + half_even(beyond_s * tariff.per_hour_fen, 3_600)
        + nights * tariff.overnight_fen
        + at_cost_fen
    )


def contract_rates(contract: CommuterContract) -> CostRates:
    """Express a commuter contract as rates: per trip that leaves the depot, or per bus and day."""
    if contract.basis == "round_trip":
        return CostRates(per_trip_fen=contract.price_fen)
    return CostRates(vehicle_used_fen=half_even(contract.price_fen, contract.days))


def commuter_terms(region: str = "cn") -> CommuterTerms:
    """Read what published commuter contracts ask for."""
    data = load("commuter_contracts", region)
    return CommuterTerms(
        days_month=data["days_month"],
        bus_age_years_at_most=data["bus_age_years_at_most"],
        seat_insurance_fen=fen_of(data["seat_insurance"]),
        keep_load_percent=data["keep_load_percent"],
        open_riders=data["open_riders"],
        on_time_s=data["on_time_s"],
        on_time_percent=data["on_time_percent"],
        replacement_s=data["replacement_s"],
        penalty=_penalty_clause(data["penalty"], str(data["region"])),
        origin=origin(data, str(data["region"])),
    )


def _penalty_clause(table: Mapping[str, Any], region: str) -> PenaltyClause:
    return PenaltyClause(
        off_time_run_percent=table["off_time_run_percent"],
        below_percent_per_point=table["below_percent_per_point"],
        late_replacement_percent=table["late_replacement_percent"],
        most_percent=table["most_percent"],
        origin=origin(table, region),
    )


def _lease_table(tariff_id: str, region: str) -> tuple[Mapping[str, Any], Origin]:
    data = load("lease_tariffs", region)
    tables = {str(table["id"]): table for table in data["tariff"]}
    if tariff_id not in tables:
        message = f"没有租车价目 {tariff_id!r}，只有 {'、'.join(tables)}"
        raise PolicyError(message)
    table = tables[tariff_id]
    return table, origin(table, str(data["region"]))


def _lease_tariff(table: Mapping[str, Any], row: Mapping[str, Any], source: Origin) -> LeaseTariff:
    return LeaseTariff(
        id=table["id"],
        name=f"{table['name']} {row['name']}",
        seats_at_most=row["seats_at_most"],
        day_fen=fen_of(row["day"]),
        half_day_fen=fen_of(row["half_day"]) if "half_day" in row else None,
        driver_fen=fen_of(row["driver"]),
        included_m=int(table["included_km"]) * 1_000,
        included_s=int(table["included_h"]) * 3_600,
        per_km_fen=fen_of(row["per_km"]),
        per_hour_fen=fen_of(row["per_hour"]),
        overnight_fen=fen_of(table["overnight"]),
        valid_to=table.get("valid_to"),
        origin=source,
    )


def _require_in_force(table: Mapping[str, Any], on: date | None) -> None:
    first, last = table["valid_from"], table.get("valid_to")
    if on is not None and (on < first or (last is not None and on > last)):
        message = f"租车价目 {table['id']!r} 自 {first} 至 {last or '今'} 有效，不含 {on}"
        raise PolicyError(message)


def _base_fen(tariff: LeaseTariff, *, half_day: bool) -> int:
    if not half_day:
        return tariff.day_fen
    if tariff.half_day_fen is None:
        message = f"租车价目 {tariff.id!r} 没有半天价，请按全天计"
        raise PolicyError(message)
    return tariff.half_day_fen
