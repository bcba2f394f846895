"""The service day as GeoJSON, from rows alone: no road network is loaded."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.places import Place
from optimizer.model import VehicleClass
from service.clock import zone_of
from service.rows import ClosureRow, DayRow, IncidentRow, PlaceRow, TripPathRow, TripRow, VehicleRow
from service.store.demand import get_day
from service.store.land import places_of_kind
from service.store.lines import unpack
from service.store.maps import get_map
from service.store.scope import Scope, within

Feature = dict[str, Any]


def map_day(session: Session, scope: Scope, day: date | None = None) -> dict[str, Any]:
    """GeoJSON FeatureCollection (WGS-84) of trips, shuttle stops, incidents and closures of a day.

    Homes and confidential vehicles are left out.
    """
    row = get_day(session, scope, day)
    road_map = get_map(session, row.map_id)
    features = [
        *_closures(session, row),
        *_trips(session, scope, row),
        *(_point("stop", place, {}) for place in places_of_kind(session, "shuttle_stop")),
        *_incidents(session, scope, row),
    ]
    return {
        "type": "FeatureCollection",
        "name": f"{row.name} {row.service_date}",
        "attribution": road_map.attribution,
        "synthetic": row.synthetic,
        "features": features,
    }


def _trips(session: Session, scope: Scope, day: DayRow) -> Iterator[Feature]:
    zone = zone_of(day.time_zone)
    statement = (
        within(select(TripRow, TripPathRow.points, VehicleRow.plate), TripRow, scope)
        .join(TripPathRow, TripPathRow.trip_id == TripRow.id)
        .join(VehicleRow, VehicleRow.id == TripRow.vehicle_id)
        .where(TripRow.service_date == day.service_date)
        .where(VehicleRow.vehicle_class != VehicleClass.CONFIDENTIAL.value)
        .order_by(TripRow.id)
    )
    for trip, points, plate in session.execute(statement):
        line = unpack(points).tolist()
        yield {
            "type": "Feature",
            "id": trip.id,
            "geometry": {"type": "LineString", "coordinates": line * (2 if len(line) == 1 else 1)},
            "properties": {
                "layer": "trip",
                "kind": trip.kind,
                "vehicle_id": trip.vehicle_id,
                "plate": plate,
                "status": trip.status,
                "planned_departure": trip.planned_departure.astimezone(zone).isoformat(),
                "planned_return": trip.planned_return.astimezone(zone).isoformat(),
                "planned_m": trip.planned_m,
            },
        }


def _incidents(session: Session, scope: Scope, day: DayRow) -> Iterator[Feature]:
    statement = (
        within(select(IncidentRow, PlaceRow), IncidentRow, scope)
        .join(PlaceRow, PlaceRow.id == IncidentRow.place_id)
        .where(IncidentRow.service_date == day.service_date)
        .order_by(IncidentRow.id)
    )
    for incident, place in session.execute(statement):
        about = {"kind": incident.kind, "priority": incident.priority, "reported_s": incident.reported_s}
        where = Place(id=incident.id, lon=place.lon, lat=place.lat, name=incident.name or place.name)
        yield _point("incident", where, about)


def _closures(session: Session, day: DayRow) -> Iterator[Feature]:
    statement = select(ClosureRow).where(ClosureRow.service_date == day.service_date)
    for row in session.scalars(statement.order_by(ClosureRow.id)):
        yield {
            "type": "Feature",
            "id": f"closure-{row.id}",
            "geometry": row.geometry,
            "properties": {
                "layer": "closure",
                "name": row.name or row.id,
                "start_s": row.start_s,
                "end_s": row.end_s,
                "speed_factor": row.factor,
            },
        }


def _point(layer: str, place: Place, more: dict[str, Any]) -> Feature:
    return {
        "type": "Feature",
        "id": f"{layer}-{place.id}",
        "geometry": {"type": "Point", "coordinates": [round(place.lon, 6), round(place.lat, 6)]},
        "properties": {"layer": layer, "name": place.label, **more},
    }
