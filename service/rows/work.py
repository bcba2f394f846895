"""Rows of what was planned and driven: plans, orders, trips, cost lines, and the append-only ledger."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.rows.columns import Fen, Id, Row, Serial


class PlanRow(Row):
    """A schedule, how it was found, and what both judges said.

    `problem_hash` is the SHA-256 of the problem's document; `versions` names the map, tariffs and code it was
    made from.
    """

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("service_date", "kind", "number"),
        CheckConstraint("status IN ('draft', 'published', 'superseded')", name="status"),
        CheckConstraint("status <> 'published' OR violation_count = 0", name="published_is_faultless"),
    )

    id: Mapped[Id]
    service_date: Mapped[date] = mapped_column(ForeignKey("days.service_date"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[str]
    number: Mapped[int]
    status: Mapped[str]
    problem_hash: Mapped[str]
    schedule: Mapped[dict[str, Any]]
    versions: Mapped[list[Any]]
    seed: Mapped[int]
    engine: Mapped[str]
    outcome: Mapped[str]
    objective_fen: Mapped[Fen]
    bound_fen: Mapped[Fen | None]
    cost_fen: Mapped[Fen]
    violation_count: Mapped[int]
    findings: Mapped[list[Any]]
    synthetic: Mapped[bool]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class OrderRow(Row):
    """A dispatch order (派车单): no order, no departure."""

    __tablename__ = "orders"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    vehicle_id: Mapped[str] = mapped_column(ForeignKey("vehicles.id"), index=True)
    driver_id: Mapped[str | None] = mapped_column(ForeignKey("drivers.id"))
    planned_departure: Mapped[datetime]
    planned_return: Mapped[datetime]


class OrderRequestRow(Row):
    """Which requests an order serves, in the order of their first stop."""

    __tablename__ = "order_requests"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("requests.id"), primary_key=True, index=True)
    position: Mapped[int]


class TripRow(Row):
    """What was driven under one order: planned and actual times and metres, and where it stands."""

    __tablename__ = "trips"
    __table_args__ = (
        CheckConstraint(
            "status IN ('ASSIGNED', 'DEPARTED', 'ARRIVED', 'RETURNED', 'SETTLED', 'CANCELLED')", name="status"
        ),
        CheckConstraint("planned_return >= planned_departure", name="planned_order"),
        CheckConstraint("actual_return >= actual_departure", name="actual_order"),
        Index(None, "service_date", "unit_id"),
    )

    id: Mapped[Id]
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), unique=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    service_date: Mapped[date]
    kind: Mapped[str]
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    vehicle_id: Mapped[str] = mapped_column(ForeignKey("vehicles.id"), index=True)
    driver_id: Mapped[str | None] = mapped_column(ForeignKey("drivers.id"))
    status: Mapped[str]
    planned_departure: Mapped[datetime]
    planned_return: Mapped[datetime]
    planned_m: Mapped[int]
    planned_empty_m: Mapped[int]
    actual_departure: Mapped[datetime | None]
    actual_return: Mapped[datetime | None]
    actual_m: Mapped[int | None]
    synthetic: Mapped[bool]


class TripPathRow(Row):
    """The line a trip follows, packed (see `service.store.lines`); deletable without touching the record."""

    __tablename__ = "trip_paths"

    trip_id: Mapped[str] = mapped_column(ForeignKey("trips.id", ondelete="CASCADE"), primary_key=True)
    points: Mapped[bytes] = mapped_column(LargeBinary)


class CostLineRow(Row):
    """One line of a trip's bill: `quantity` in metres, seconds or a count as `kind` says."""

    __tablename__ = "cost_lines"
    __table_args__ = (CheckConstraint("basis IN ('planned', 'actual')", name="basis"),)

    id: Mapped[Serial]
    trip_id: Mapped[str] = mapped_column(ForeignKey("trips.id"), index=True)
    basis: Mapped[str]
    kind: Mapped[str]
    quantity: Mapped[int]
    rate_fen: Mapped[Fen]
    amount_fen: Mapped[Fen]
    decision: Mapped[bool]


class LedgerEntryRow(Row):
    """An entry of the ledger (台账): written once, never changed; a correction is a new entry.

    Triggers in the first migration refuse UPDATE, DELETE and (on PostgreSQL) TRUNCATE.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (Index(None, "service_date", "unit_id"),)

    id: Mapped[Serial]
    booked_at: Mapped[datetime]
    booked_by: Mapped[str]
    service_date: Mapped[date]
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    vehicle_id: Mapped[str] = mapped_column(ForeignKey("vehicles.id"), index=True)
    trip_id: Mapped[str | None] = mapped_column(ForeignKey("trips.id"), index=True)
    plan_kind: Mapped[str]
    account: Mapped[str]
    amount_fen: Mapped[Fen]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"))
    text: Mapped[str]
    synthetic: Mapped[bool]
