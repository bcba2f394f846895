"""The service day as people see it: plans, trips with their stops, and what was left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.places import Place
from optimizer.model import Route, VehicleClass
from service.clock import moment, zone_of
from service.rows import CostLineRow, DayRow, OrderRequestRow, PlanRow, TripRow, VehicleRow
from service.store.demand import get_day
from service.store.land import load_places
from service.store.maps import get_map
from service.store.plans import load_schedule, published
from service.store.scope import Scope, within


@dataclass(frozen=True, slots=True, kw_only=True)
class UnservedView:
    """A request that a plan leaves out, and why."""

    request_id: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A published plan."""

    id: str
    kind: str
    engine: str
    outcome: str
    seed: int
    cost_fen: int
    violations: int
    published_at: datetime | None
    versions: dict[str, str]
    unserved: tuple[UnservedView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopView:
    """A stop of a trip; times carry the offset of the day's zone."""

    place_id: str
    name: str
    lon: float
    lat: float
    arrives_at: datetime
    departs_at: datetime
    request_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TripView:
    """A trip under its dispatch order."""

    id: str
    order_number: str
    kind: str
    status: str
    unit_id: str
    vehicle_id: str
    plate: str
    driver_id: str | None
    planned_departure: datetime
    planned_return: datetime
    planned_m: int
    planned_empty_m: int
    cost_fen: int
    request_ids: tuple[str, ...]
    stops: tuple[StopView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """A service day."""

    date: date
    now: datetime
    name: str
    synthetic: bool
    attribution: str
    map_source: str
    map_version: str
    plans: tuple[PlanView, ...]
    trips: tuple[TripView, ...]


def view_day(session: Session, scope: Scope, day: date | None = None) -> DayView:
    """Show the published plans and trips of a day that the scope may see, without confidential vehicles.

    Raises
    ------
    NotFound
        No such day.
    """
    row = get_day(session, scope, day)
    zone = zone_of(row.time_zone)
    plans = published(session, scope, row.service_date)
    road_map = get_map(session, row.map_id)
    return DayView(
        date=row.service_date,
        now=moment(row.service_date, row.now_s, zone).astimezone(zone),
        name=row.name,
        synthetic=row.synthetic,
        attribution=road_map.attribution,
        map_source=road_map.source,
        map_version=road_map.version,
        plans=tuple(_plan_view(plan, zone) for plan in plans.values()),
        trips=tuple(_trip_views(session, scope, row, plans)),
    )


def _plan_view(plan: PlanRow, zone: ZoneInfo) -> PlanView:
    unserved = load_schedule(plan).unserved
    return PlanView(
        id=plan.id,
        kind=plan.kind,
        engine=plan.engine,
        outcome=plan.outcome,
        seed=plan.seed,
        cost_fen=plan.cost_fen,
        violations=plan.violation_count,
        published_at=plan.published_at.astimezone(zone) if plan.published_at else None,
        versions={str(name): str(value) for name, value in plan.versions},
        unserved=tuple(
            UnservedView(request_id=u.request_id, reason=u.reason.value, detail=u.detail) for u in unserved
        ),
    )


def _trip_views(
    session: Session, scope: Scope, day: DayRow, plans: Mapping[str, PlanRow]
) -> Iterator[TripView]:
    routes = {
        (kind, route.vehicle_id): route for kind, p in plans.items() for route in load_schedule(p).routes
    }
    places, zone = load_places(session), zone_of(day.time_zone)
    asked = _requests_by_order(session, day)
    for trip, plate, cost_fen in session.execute(_visible_trips(scope, day)):
        stops = _stop_views(trip, routes[trip.kind, trip.vehicle_id], asked[trip.order_id], places, day)
        yield TripView(
            id=trip.id,
            order_number=trip.order_id.removeprefix("order-"),
            kind=trip.kind,
            status=trip.status,
            unit_id=trip.unit_id,
            vehicle_id=trip.vehicle_id,
            plate=plate,
            driver_id=trip.driver_id,
            planned_departure=trip.planned_departure.astimezone(zone),
            planned_return=trip.planned_return.astimezone(zone),
            planned_m=trip.planned_m,
            planned_empty_m=trip.planned_empty_m,
            cost_fen=int(cost_fen or 0),
            request_ids=asked[trip.order_id],
            stops=tuple(stops),
        )


def _visible_trips(scope: Scope, day: DayRow) -> Any:
    cost = (
        select(func.sum(CostLineRow.amount_fen))
        .where(CostLineRow.trip_id == TripRow.id, CostLineRow.basis == "planned")
        .scalar_subquery()
    )
    statement = select(TripRow, VehicleRow.plate, cost).join(VehicleRow, VehicleRow.id == TripRow.vehicle_id)
    return (
        within(statement, TripRow, scope)
        .where(TripRow.service_date == day.service_date)
        .where(VehicleRow.vehicle_class != VehicleClass.CONFIDENTIAL.value)
        .order_by(TripRow.planned_departure, TripRow.id)
    )


def _requests_by_order(session: Session, day: DayRow) -> dict[str, tuple[str, ...]]:
    statement = (
        select(OrderRequestRow.order_id, OrderRequestRow.request_id)
        .join(TripRow, TripRow.order_id == OrderRequestRow.order_id)
        .where(TripRow.service_date == day.service_date)
        .order_by(OrderRequestRow.order_id, OrderRequestRow.position)
    )
    found: dict[str, list[str]] = {}
    for order_id, request_id in session.execute(statement):
        found.setdefault(order_id, []).append(request_id)
    return {order_id: tuple(ids) for order_id, ids in found.items()}


def _stop_views(
    trip: TripRow, route: Route, request_ids: tuple[str, ...], places: Mapping[str, Place], day: DayRow
) -> Iterator[StopView]:
    """Visits of the trip's requests; those in a row at one place are one stop."""
    zone, mine = zone_of(day.time_zone), set(request_ids)
    visits = [visit for visit in route.visits if visit.request_id in mine]
    i = 0
    while i < len(visits):
        same = [visits[i]]
        while i + len(same) < len(visits) and visits[i + len(same)].place_id == visits[i].place_id:
            same.append(visits[i + len(same)])
        place = places[visits[i].place_id]
        yield StopView(
            place_id=place.id,
            name=place.label,
            lon=place.lon,
            lat=place.lat,
            arrives_at=moment(trip.service_date, same[0].arrival_s, zone).astimezone(zone),
            departs_at=moment(trip.service_date, same[-1].depart_s, zone).astimezone(zone),
            request_ids=tuple(dict.fromkeys(visit.request_id for visit in same if visit.request_id)),
        )
        i += len(same)
