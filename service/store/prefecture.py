"""Everything that a service day is planned from, saved and loaded as one value."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, get_args

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from gis.places import Place
from scenarios.prefecture.sizes import Size
from scenarios.prefecture.values import Prefecture
from service.errors import Conflict
from service.kinds import CARS
from service.rows import DayRow, UnitRow
from service.store import demand, fleet, land
from service.store.maps import get_map
from service.store.scope import Scope

FLEETS = ("car", "bus", "emergency")


def is_empty(session: Session) -> bool:
    """Whether nobody has saved units or days yet."""
    return not session.scalar(select(exists().select_from(UnitRow)))


def save_prefecture(
    session: Session,
    prefecture: Prefecture,
    *,
    map_id: str,
    time_zone: str,
    closure_geometries: Mapping[str, dict[str, Any]],
) -> DayRow:
    """Save a prefecture and its service day into an empty database.

    Raises
    ------
    Conflict
        There are units already; they are left alone.
    """
    if not is_empty(session):
        message = "数据库里已有单位和数据，没有改动它；请用 --database 指定一个空的数据库"
        raise Conflict(message)
    day = date.fromisoformat(prefecture.date)
    root_id = next(unit.id for unit in prefecture.units if unit.parent_id is None)
    land.save_units(session, prefecture.units)
    land.save_places(session, _places(prefecture))
    row = _day_row(prefecture, day, root_id, map_id, time_zone)
    session.add(row)
    session.flush()
    _save_land_and_fleet(session, prefecture, root_id)
    demand.save_rider_groups(session, prefecture.rider_groups, prefecture.compounds, root_id)
    demand.save_requests(session, day, CARS, prefecture.requests, root_id)
    demand.save_incidents(session, day, prefecture.incidents, root_id)
    demand.save_closures(session, day, map_id, prefecture.closures, closure_geometries)
    fleet.save_fleet_states(session, day, prefecture.fleet_state)
    return row


def load_prefecture(session: Session, scope: Scope, day: DayRow) -> Prefecture:
    """Load what the scope may see of a service day; tuples are ordered by id."""
    road_map = get_map(session, day.map_id)
    cars, buses, emergency = (fleet.load_vehicles(session, scope, name) for name in FLEETS)
    return Prefecture(
        name=day.name,
        synthetic=day.synthetic,
        synthetic_roads=road_map.synthetic,
        seed=day.seed,
        size=_size(day.size),
        date=day.service_date.isoformat(),
        clock_s=day.now_s,
        units=land.load_units(session, scope),
        places=tuple(sorted(land.load_places(session).values(), key=lambda place: place.id)),
        compounds=land.load_compounds(session, scope),
        rider_groups=demand.load_rider_groups(session, scope),
        shuttle_stops=land.places_of_kind(session, "shuttle_stop"),
        vehicle_types=fleet.load_vehicle_types(session),
        cars=cars,
        buses=buses,
        emergency_vehicles=emergency,
        drivers=fleet.load_drivers(session, scope),
        fixed_drivers=fleet.fixed_drivers(session, scope),
        driver_names=fleet.driver_names(session, scope),
        depots=land.load_depots(session),
        requests=demand.load_requests(session, scope, day.service_date, CARS),
        incidents=demand.load_incidents(session, scope, day.service_date),
        fleet_state=fleet.load_fleet_states(session, scope, day.service_date),
        closures=demand.load_closures(session, day.service_date, day.map_id),
    )


def _day_row(prefecture: Prefecture, day: date, root_id: str, map_id: str, time_zone: str) -> DayRow:
    return DayRow(
        service_date=day,
        name=prefecture.name,
        map_id=map_id,
        unit_id=root_id,
        now_s=prefecture.clock_s,
        time_zone=time_zone,
        size=prefecture.size,
        seed=prefecture.seed,
        synthetic=prefecture.synthetic,
    )


def _save_land_and_fleet(session: Session, prefecture: Prefecture, root_id: str) -> None:
    fixed, names = dict(prefecture.fixed_drivers), dict(prefecture.driver_names)
    land.save_compounds(session, prefecture.compounds, root_id)
    land.save_depots(session, prefecture.depots)
    fleet.save_vehicle_types(session, prefecture.vehicle_types)
    fleet.save_drivers(session, prefecture.drivers, root_id, names)
    vehicles = (prefecture.cars, prefecture.buses, prefecture.emergency_vehicles)
    for name, part in zip(FLEETS, vehicles, strict=True):
        fleet.save_vehicles(session, name, part, root_id, fixed)


def _places(prefecture: Prefecture) -> Iterator[tuple[str, Place]]:
    """Places with their kind; the first kind of an id stands, so homes are named first."""
    yield from (("home", group.home) for group in prefecture.rider_groups)
    yield from (("shuttle_stop", stop) for stop in prefecture.shuttle_stops)
    yield from (("compound", compound.place) for compound in prefecture.compounds)
    bases = {depot.place_id for depot in prefecture.depots}
    yield from (("base" if place.id in bases else "place", place) for place in prefecture.places)


def _size(text: str) -> Size:
    for size in get_args(Size):
        if size == text:
            found: Size = size
            return found
    message = f"库中的规模 {text!r} 不是 s、m、l 之一"
    raise Conflict(message)
