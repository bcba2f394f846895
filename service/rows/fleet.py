"""Rows of what moves: vehicle types, vehicles, drivers, and where vehicles are at a moment."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.rows.columns import Id, Row


class VehicleTypeRow(Row):
    """A kind of vehicle with its capacity and cost rates (in `more`, money as integer fen)."""

    __tablename__ = "vehicle_types"

    id: Mapped[Id]
    name: Mapped[str]
    profile: Mapped[str]
    energy: Mapped[str]
    more: Mapped[dict[str, Any]]


class VehicleRow(Row):
    """One vehicle; `fleet` says which planner it belongs to."""

    __tablename__ = "vehicles"

    id: Mapped[Id]
    fleet: Mapped[str] = mapped_column(index=True)
    type_id: Mapped[str] = mapped_column(ForeignKey("vehicle_types.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    county_id: Mapped[str]
    plate: Mapped[str] = mapped_column(index=True)
    vehicle_class: Mapped[str]
    start_place_id: Mapped[str] = mapped_column(ForeignKey("places.id"))
    end_place_id: Mapped[str | None] = mapped_column(ForeignKey("places.id"))
    marked: Mapped[bool]
    lendable: Mapped[bool]
    siren: Mapped[bool]
    trips: Mapped[int]
    fixed_driver_id: Mapped[str | None] = mapped_column(ForeignKey("drivers.id"))
    more: Mapped[dict[str, Any]]


class DriverRow(Row):
    """One driver; the name is personal data and leaves the database in no list of trips."""

    __tablename__ = "drivers"

    id: Mapped[Id]
    name: Mapped[str]
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    more: Mapped[dict[str, Any]]


class FleetStateRow(Row):
    """Where a vehicle was and what it was doing at one moment of a service day."""

    __tablename__ = "fleet_states"

    service_date: Mapped[date] = mapped_column(ForeignKey("days.service_date"), primary_key=True)
    vehicle_id: Mapped[str] = mapped_column(ForeignKey("vehicles.id"), primary_key=True)
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"))
    at_s: Mapped[int]
    status: Mapped[str]
    free_from_s: Mapped[int]
    more: Mapped[dict[str, Any]]
