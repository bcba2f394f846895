"""Rows of what stays put: units, maps, places, compounds, depots."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.rows.columns import Id, Row


class UnitRow(Row):
    """An organisation: province, prefecture, county, bureau or unit."""

    __tablename__ = "units"

    id: Mapped[Id]
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str]
    level: Mapped[str]
    place_id: Mapped[str]


class UnitClosureRow(Row):
    """Every pair (ancestor, descendant) of the unit tree, each unit with itself: what row scope asks."""

    __tablename__ = "unit_closure"
    __table_args__ = (Index(None, "descendant_id"),)

    ancestor_id: Mapped[str] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
    descendant_id: Mapped[str] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
    depth: Mapped[int]


class MapRow(Row):
    """A road map that was read: which file, which content, how much."""

    __tablename__ = "maps"

    id: Mapped[Id]
    source: Mapped[str]
    path: Mapped[str]
    version: Mapped[str] = mapped_column(index=True)
    synthetic: Mapped[bool]
    node_count: Mapped[int]
    edge_count: Mapped[int]
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    report: Mapped[dict[str, Any]]
    attribution: Mapped[str]
    added_at: Mapped[datetime]


class PlaceRow(Row):
    """A named point, WGS-84; homes are marked so that no output shows them."""

    __tablename__ = "places"

    id: Mapped[Id]
    name: Mapped[str]
    lon: Mapped[float]
    lat: Mapped[float]
    kind: Mapped[str] = mapped_column(index=True)


class CompoundRow(Row):
    """An office compound (院) that shuttles serve."""

    __tablename__ = "compounds"

    id: Mapped[Id]
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    work_start_s: Mapped[int]
    work_end_s: Mapped[int]
    more: Mapped[dict[str, Any]]


class DepotRow(Row):
    """A place where vehicles stand."""

    __tablename__ = "depots"

    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"), primary_key=True)
    spaces: Mapped[int | None]
    more: Mapped[dict[str, Any]]
