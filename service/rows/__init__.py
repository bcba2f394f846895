"""The tables of the system of record, for SQLite and PostgreSQL alike."""

from service.rows.columns import Row
from service.rows.demand import ClosureRow, DayRow, IncidentRow, RequestRow, RiderGroupRow
from service.rows.fleet import DriverRow, FleetStateRow, VehicleRow, VehicleTypeRow
from service.rows.land import CompoundRow, DepotRow, MapRow, PlaceRow, UnitClosureRow, UnitRow
from service.rows.words import PastPlaceRow, PinRow, WaitingTextRow
from service.rows.work import (
    CostLineRow,
    LedgerEntryRow,
    OrderRequestRow,
    OrderRow,
    PlanRow,
    TripPathRow,
    TripRow,
)

__all__ = [
    "ClosureRow", "CompoundRow", "CostLineRow", "DayRow", "DepotRow", "DriverRow", "FleetStateRow",
    "IncidentRow", "LedgerEntryRow", "MapRow", "OrderRequestRow", "OrderRow", "PastPlaceRow",
    "PinRow", "PlaceRow", "PlanRow",
    "RequestRow", "RiderGroupRow", "Row", "TripPathRow", "TripRow", "UnitClosureRow", "UnitRow",
    "VehicleRow", "VehicleTypeRow", "WaitingTextRow",
]  # fmt: skip
