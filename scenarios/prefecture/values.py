"""What a generated prefecture is: one value with everything that a day's planning asks for."""

from dataclasses import dataclass
from typing import Literal

from gis.closures import Closure
from gis.places import Place
from optimizer.model import Depot, Driver, FleetState, Incident, Request, Vehicle, VehicleType
from optimizer.riders import Compound, RiderGroup
from scenarios.prefecture.sizes import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A node of the unit tree.

    Parameters
    ----------
    parent_id
        None for the prefecture itself.
    level
        prefecture | county | bureau | unit.
    place_id
        Where its office is; "" for the inner nodes of the tree that have none.
    """

    id: str
    parent_id: str | None
    name: str
    level: Literal["prefecture", "county", "bureau", "unit"]
    place_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefecture:
    """An invented prefecture on some road network. All of it is synthetic: say so wherever it shows.

    Parameters
    ----------
    name
        Of the invented prefecture, or of the map with the word that the demand on it is invented.
    synthetic, synthetic_roads
        The demand is always invented; the roads are, unless a real extract was given.
    date, clock_s
        ISO date of the workday, and the moment at which the incidents are dispatched (seconds since the
        start of the service day).
    places
        Every place that anything below names; ids are unique.
    compounds, rider_groups, shuttle_stops
        The commute: where people work and live, and where buses may stop.
    vehicle_types
        Of all vehicles below.
    cars, emergency_vehicles
        Official vehicles; together as many as the size says. `buses` (own and hired) come on top.
    drivers, fixed_drivers, driver_names
        Pseudonymous; `(vehicle id, driver id)` of cars with their own driver; `(driver id, name)`.
    depots
        Where vehicles stand.
    requests
        Car trips of the day at fixed times (see `scenarios.prefecture.trips`).
    incidents, fleet_state, closures
        The emergencies at `clock_s`, where the emergency vehicles are then, and the roads that are shut.
    """

    name: str
    synthetic: bool
    synthetic_roads: bool
    seed: int
    size: Size
    date: str
    clock_s: int
    units: tuple[Unit, ...]
    places: tuple[Place, ...]
    compounds: tuple[Compound, ...]
    rider_groups: tuple[RiderGroup, ...]
    shuttle_stops: tuple[Place, ...]
    vehicle_types: tuple[VehicleType, ...]
    cars: tuple[Vehicle, ...]
    buses: tuple[Vehicle, ...]
    emergency_vehicles: tuple[Vehicle, ...]
    drivers: tuple[Driver, ...]
    fixed_drivers: tuple[tuple[str, str], ...]
    driver_names: tuple[tuple[str, str], ...]
    depots: tuple[Depot, ...]
    requests: tuple[Request, ...]
    incidents: tuple[Incident, ...]
    fleet_state: tuple[FleetState, ...]
    closures: tuple[Closure, ...]
