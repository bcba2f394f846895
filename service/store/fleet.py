"""Vehicle types, vehicles, drivers, and where the vehicles are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from optimizer.model import Driver, FleetState, Vehicle, VehicleType
from service.rows import DriverRow, FleetStateRow, VehicleRow, VehicleTypeRow
from service.store.scope import Scope, within
from service.store.values import add_all, columns_of, value_of


def save_vehicle_types(session: Session, types: Sequence[VehicleType]) -> None:
    """Save the kinds of vehicles."""
    add_all(session, VehicleTypeRow, (columns_of(VehicleTypeRow, kind) for kind in types))


def load_vehicle_types(session: Session) -> tuple[VehicleType, ...]:
    """All kinds of vehicles by id."""
    rows = session.scalars(select(VehicleTypeRow).order_by(VehicleTypeRow.id))
    return tuple(value_of(VehicleType, row) for row in rows)


def save_vehicles(
    session: Session, fleet: str, vehicles: Sequence[Vehicle], root_id: str, fixed: Mapping[str, str]
) -> None:
    """Save the vehicles of one fleet (`"car"`, `"bus"`, `"emergency"`); one without unit is the root's.

    Parameters
    ----------
    fixed
        Vehicle id → its own driver (人车固定).
    """
    columns = (
        columns_of(VehicleRow, v, fleet=fleet, unit_id=v.unit_id or root_id, fixed_driver_id=fixed.get(v.id))
        for v in vehicles
    )
    add_all(session, VehicleRow, columns)


def load_vehicles(session: Session, scope: Scope, fleet: str) -> tuple[Vehicle, ...]:
    """Vehicles of one fleet in the scope, by id."""
    statement = within(select(VehicleRow), VehicleRow, scope).where(VehicleRow.fleet == fleet)
    return tuple(value_of(Vehicle, row) for row in session.scalars(statement.order_by(VehicleRow.id)))


def plates(session: Session, scope: Scope) -> dict[str, str]:
    """Vehicle id → plate, or the id where there is none."""
    statement = within(select(VehicleRow.id, VehicleRow.plate), VehicleRow, scope)
    return {vehicle_id: plate or vehicle_id for vehicle_id, plate in session.execute(statement)}


def fixed_drivers(session: Session, scope: Scope) -> tuple[tuple[str, str], ...]:
    """Vehicle id and its own driver, for the vehicles of the scope that have one, by vehicle."""
    statement = within(select(VehicleRow.id, VehicleRow.fixed_driver_id), VehicleRow, scope)
    statement = statement.where(VehicleRow.fixed_driver_id.is_not(None)).order_by(VehicleRow.id)
    return tuple((vehicle_id, driver_id) for vehicle_id, driver_id in session.execute(statement) if driver_id)


def save_drivers(session: Session, drivers: Sequence[Driver], root_id: str, names: Mapping[str, str]) -> None:
    """Save drivers; one without unit is the root's.

    Parameters
    ----------
    names
        Driver id → name.
    """
    columns = (
        columns_of(DriverRow, d, unit_id=d.unit_id or root_id, name=names.get(d.id, "")) for d in drivers
    )
    add_all(session, DriverRow, columns)


def driver_names(session: Session, scope: Scope) -> tuple[tuple[str, str], ...]:
    """Driver id and name, for the drivers of the scope that have one, by id."""
    statement = within(select(DriverRow.id, DriverRow.name), DriverRow, scope)
    statement = statement.where(DriverRow.name != "").order_by(DriverRow.id)
    return tuple((driver_id, name) for driver_id, name in session.execute(statement))


def load_drivers(session: Session, scope: Scope) -> tuple[Driver, ...]:
    """Drivers of the scope by id."""
    rows = session.scalars(within(select(DriverRow), DriverRow, scope).order_by(DriverRow.id))
    return tuple(value_of(Driver, row) for row in rows)


def save_fleet_states(session: Session, day: date, states: Iterable[FleetState]) -> None:
    """Save where vehicles are on a service day."""
    add_all(session, FleetStateRow, (columns_of(FleetStateRow, s, service_date=day) for s in states))


def load_fleet_states(session: Session, scope: Scope, day: date) -> tuple[FleetState, ...]:
    """Where the vehicles of the scope are, by vehicle."""
    statement = within(select(FleetStateRow).join(VehicleRow), VehicleRow, scope)
    statement = statement.where(FleetStateRow.service_date == day).order_by(FleetStateRow.vehicle_id)
    return tuple(value_of(FleetState, row) for row in session.scalars(statement))
