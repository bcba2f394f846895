"""Rows of what is asked for on a service day: rider groups, requests, incidents, closures."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.rows.columns import Fen, Id, Row


class DayRow(Row):
    """A service day: which map it is planned on, and the moment its clock shows."""

    __tablename__ = "days"

    service_date: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    map_id: Mapped[str] = mapped_column(ForeignKey("maps.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    now_s: Mapped[int]
    time_zone: Mapped[str]
    size: Mapped[str]
    seed: Mapped[int]
    synthetic: Mapped[bool]


class RiderGroupRow(Row):
    """Riders of one home cell who work in one compound."""

    __tablename__ = "rider_groups"

    id: Mapped[Id]
    home_place_id: Mapped[str] = mapped_column(ForeignKey("places.id"))
    compound_id: Mapped[str] = mapped_column(ForeignKey("compounds.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    count: Mapped[int]
    more: Mapped[dict[str, Any]]


class RequestRow(Row):
    """What was asked. `plan_kind` says which planner answers; `status` follows the trip's life cycle."""

    __tablename__ = "requests"
    __table_args__ = (Index(None, "service_date", "plan_kind"),)

    id: Mapped[Id]
    service_date: Mapped[date] = mapped_column(ForeignKey("days.service_date"))
    plan_kind: Mapped[str]
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    status: Mapped[str]
    name: Mapped[str]
    category: Mapped[str]
    priority: Mapped[str]
    unserved_penalty_fen: Mapped[Fen]
    max_ride_s: Mapped[int | None]
    sole_use: Mapped[bool]
    own_unit_only: Mapped[bool]
    group_id: Mapped[str | None]
    stops: Mapped[list[Any]]
    more: Mapped[dict[str, Any]]


class IncidentRow(Row):
    """Something that happened and needs vehicles."""

    __tablename__ = "incidents"
    __table_args__ = (Index(None, "service_date"),)

    id: Mapped[Id]
    service_date: Mapped[date] = mapped_column(ForeignKey("days.service_date"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    priority: Mapped[str]
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"))
    reported_s: Mapped[int]
    on_scene_s: Mapped[int]
    all_or_nothing: Mapped[bool]
    needs: Mapped[list[Any]]
    more: Mapped[dict[str, Any]]


class ClosureRow(Row):
    """A closed or slowed piece of road; its edges are positions in the map named by `map_id`.

    `geometry` draws it (GeoJSON, WGS-84), so that a web process needs no road network.
    """

    __tablename__ = "closures"
    __table_args__ = (Index(None, "service_date"),)

    id: Mapped[Id]
    service_date: Mapped[date] = mapped_column(ForeignKey("days.service_date"))
    map_id: Mapped[str] = mapped_column(ForeignKey("maps.id"))
    name: Mapped[str]
    start_s: Mapped[int]
    end_s: Mapped[int]
    factor: Mapped[float]
    edges: Mapped[list[Any]]
    polygon: Mapped[list[Any]]
    geometry: Mapped[dict[str, Any]]
    more: Mapped[dict[str, Any]]
