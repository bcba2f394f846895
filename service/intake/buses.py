"""A sheet of buses on offer: own and hired, their seats, yards, shifts and tariffs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gis.places import Place
from optimizer.errors import PolicyError
from optimizer.model import CostRates, Depot, TimeWindow, Vehicle, VehicleType
from optimizer.policy.tariffs import commuter_terms, lease_rates, lease_tariff
from optimizer.policy.vehicles import default_vehicle_types
from optimizer.price import half_even
from service.intake import commute_columns
from service.intake.places import Placer, cell_of, said_of
from service.sheets import CellFault, Row, SheetReport, read_sheet

SHIFT: Final = TimeWindow(start_s=18_000, end_s=79_200)
"""Five in the morning to ten at night, where the sheet says nothing."""
PRICES: Final = ("day_fen", "month_fen", "trip_fen", "km_fen", "hour_fen")
TARIFFS: Final = ("university", "education_bureau")
"""Published tariffs by which a hired bus without prices is reckoned: the first that has its seats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusSheet:
    """What a sheet of buses came to."""

    report: SheetReport
    vehicle_types: tuple[VehicleType, ...]
    buses: tuple[Vehicle, ...]
    depots: tuple[Depot, ...]
    yards: tuple[Place, ...]
    hint: str | None


def read_buses(file: Path, placer: Placer) -> BusSheet:
    """Read a sheet of buses; rows without a yard or with impossible hours become faults of the report.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    spec = commute_columns.buses(lambda values: tuple(_faults(values, placer)))
    report = read_sheet(file, spec)
    kinds: dict[tuple[int, str, str, CostRates], VehicleType] = {}
    buses: list[Vehicle] = []
    yards: dict[str, Place] = {}
    for row in report.rows:
        yard = placer.place(said_of(row.values.get, "depot"))
        yards[yard.id] = yard
        rates = rates_of(row.values)
        key = row["seats"], row["owner"], row["energy"], rates
        kind = kinds.setdefault(key, _kind(f"bus-{len(kinds) + 1}", row.values, rates))
        buses += _buses(row, kind, yard)
    return BusSheet(
        report=report,
        vehicle_types=tuple(kinds.values()),
        buses=tuple(buses),
        depots=tuple(Depot(place_id=yard_id) for yard_id in sorted(yards)),
        yards=tuple(yards.values()),
        hint=placer.shift_hint,
    )


def rates_of(values: Mapping[str, Any]) -> CostRates:
    """Rates of a bus: those of its row, or the published tariff (hired) or default figures (own) of its size.

    A month's price is spread over the days that it pays for.
    """
    if any(values[field] is not None for field in PRICES):
        day, month, trip, km, hour = (values[field] or 0 for field in PRICES)
        return CostRates(
            vehicle_used_fen=day + half_even(month, commuter_terms().days_month),
            per_trip_fen=trip,
            per_km_fen=km,
            per_hour_fen=hour,
            included_m=round(values["included_km"] * 1_000),
            included_s=round(values["included_h"] * 3_600),
        )
    return _hired(values["seats"]) if values["owner"] == "hired" else _own(values)


def _hired(seats: int) -> CostRates:
    for tariff_id in TARIFFS[:-1]:
        try:
            return lease_rates(lease_tariff(tariff_id, seats))
        except PolicyError:
            continue
    return lease_rates(lease_tariff(TARIFFS[-1], seats))


def _own(values: Mapping[str, Any]) -> CostRates:
    """Rates of the smallest default bus with these seats and this energy, else of the largest one."""
    buses = [kind for kind in default_vehicle_types() if kind.profile == "bus"]
    alike = [kind for kind in buses if kind.energy == values["energy"]] or buses
    ordered = sorted(alike, key=lambda kind: kind.capacity)
    return next((kind for kind in ordered if kind.capacity[0] + 1 >= values["seats"]), ordered[-1]).rates


def _kind(type_id: str, values: Mapping[str, Any], rates: CostRates) -> VehicleType:
    owner = "租赁" if values["owner"] == "hired" else "自有"
    return VehicleType(
        id=type_id,
        name=f"{values['seats']} 座（{owner}）",
        capacity=(values["seats"] - 1,),
        profile="bus",
        rates=rates,
        energy=values["energy"],
    )


def _buses(row: Row, kind: VehicleType, yard: Place) -> Iterator[Vehicle]:
    """Make the buses of a row; several of them are told apart by their number."""
    from_s, to_s = row["from_s"], row["to_s"]
    shift = TimeWindow(
        start_s=SHIFT.start_s if from_s is None else from_s, end_s=SHIFT.end_s if to_s is None else to_s
    )
    name = row["id"] or f"第 {row.number} 行"
    for number in range(1, row["count"] + 1):
        id_ = f"{name}-{number}" if row["count"] > 1 else name
        yield Vehicle(
            id=id_,
            type_id=kind.id,
            start_place_id=yard.id,
            end_place_id=yard.id,
            shift=shift,
            plate=id_ if row["id"] else "",
        )


def _faults(values: Mapping[str, Any], placer: Placer) -> Iterator[tuple[str, str, str]]:
    said = said_of(values.get, "depot")
    try:
        placer.place(said)
    except CellFault as fault:
        yield cell_of(said, "depot"), fault.reason, fault.way_out
    from_s, to_s = values["from_s"], values["to_s"]
    if (SHIFT.end_s if to_s is None else to_s) <= (SHIFT.start_s if from_s is None else from_s):
        yield "to_s", "最晚回场不晚于最早出车", "请核对两个时间；第二天写“次日1:30”"
