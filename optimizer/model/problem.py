"""The one `Problem`: all that a planner may know."""

from dataclasses import dataclass, field

from gis.matrix import TravelMatrix
from gis.places import Place
from optimizer.model.fleet import Depot, Driver, Reserve, Vehicle, VehicleType
from optimizer.model.plan import Route
from optimizer.model.requests import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """All that a planner may know; nothing else enters a plan.

    Parameters
    ----------
    date
        ISO date of the service day.
    dimensions
        Names of the capacity dimensions, e.g. `("seats",)` or `("kg", "litres")`.
    travel
        Left out of equality and hash: it is derived from the places and the roads.
    locked
        Routes whose visits must stand as they are, as prefixes of the vehicles' routes.
    frozen_until_s
        Nothing that starts before it may be changed.
    buffer_s
        Slack kept between the end of one request and the start of the next on a vehicle.
    reserves
        Vehicles that must stay free.
    fleet_frozen
        A holiday freeze (节假日封存停驶): only vehicles exempt from it move.
    versions
        `(("map", …), ("tariff", …), ("roads", …))`: what the inputs were.
    """

    name: str = ""
    date: str
    synthetic: bool = False
    dimensions: tuple[str, ...] = ("seats",)
    places: tuple[Place, ...]
    vehicle_types: tuple[VehicleType, ...]
    vehicles: tuple[Vehicle, ...]
    drivers: tuple[Driver, ...] = ()
    depots: tuple[Depot, ...] = ()
    requests: tuple[Request, ...]
    travel: TravelMatrix = field(compare=False, repr=False)
    locked: tuple[Route, ...] = ()
    frozen_until_s: int = 0
    buffer_s: int = 0
    reserves: tuple[Reserve, ...] = ()
    fleet_frozen: bool = False
    versions: tuple[tuple[str, str], ...] = ()
