"""A workday's demand and supply on any road network: people, units, vehicles, requests, incidents."""

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.network import RoadNetwork
from gis.places import Place
from scenarios.prefecture.destinations import find_destinations
from scenarios.prefecture.emergencies import CLOCK_S, make_emergency, river_line
from scenarios.prefecture.fleet import depots_of, make_buses, make_cars, make_drivers, vehicle_types
from scenarios.prefecture.ground import Ground, Label, apart, pick, place_beside, survey
from scenarios.prefecture.names import PREFECTURE
from scenarios.prefecture.organisation import organise
from scenarios.prefecture.plates import plates
from scenarios.prefecture.regions import Region, find_regions, settlements_drawn_on
from scenarios.prefecture.sizes import DEMAND_SIZES, Size, demand_size
from scenarios.prefecture.staff import settle_staff
from scenarios.prefecture.trips import make_requests
from scenarios.prefecture.values import Prefecture

DATE: Final = "2026-09-15"
"""The service day of every demo: a Tuesday that is a workday."""


def generate(
    network: RoadNetwork,
    *,
    size: Size,
    seed: int,
    synthetic_roads: bool | None = None,
    routable: NDArray[np.bool_] | None = None,
    tolerance_s: int = 0,
) -> Prefecture:
    """Invent a prefecture's workday on a road network; the same input gives the same value.

    On the roads of `write_roads` with the same size and seed, counties and villages are the ones drawn there.
    On any other network everything lies on its own roads, and regions, trips and times shrink with the map.
    No person, plate, unit or trip in it is real.

    Parameters
    ----------
    network
        Of kind `drive`.
    size
        `s`, `m` or `l`: 50, 722 or 6,000 vehicles; 60, 800 or 7,000 requests.
    synthetic_roads
        Whether the roads are invented; None: as the network says.
    routable
        bool[m] edges that places may lie on, e.g. a router's component; None: found here (`survey`).
    tolerance_s
        How long after the wished time a car may still come.

    Raises
    ------
    SizeError
        Unknown size.
    GroundError
        The network is too small.
    """
    demand = demand_size(size)
    invented = network.synthetic if synthetic_roads is None else synthetic_roads
    rng = np.random.default_rng([seed, list(DEMAND_SIZES).index(size), zlib.crc32(network.version.encode())])
    ground = survey(network, routable)
    drawn = settlements_drawn_on(ground, size, seed) if invented else ()
    regions, label = find_regions(ground, demand, drawn)
    organisation = organise(ground, rng, regions, label, demand.units, city_bases=1 if size == "s" else 3)
    commute = settle_staff(ground, rng, regions[0], label, demand)
    yards = bus_yards(ground, rng, regions[0], label)
    plate, kinds = plates(rng), vehicle_types()
    cars = make_cars(rng, organisation, demand.vehicles - demand.emergency, plate)
    buses = make_buses(demand.buses, (yards[0].id, yards[1].id), regions[0].id, plate)
    destinations = find_destinations(ground, rng, regions, label, demand.destinations, real=not invented)
    requests = make_requests(
        ground, rng, organisation, destinations, cars, kinds, count=demand.requests, tolerance_s=tolerance_s
    )
    river = river_line(size, seed, 1.5 * demand.commute_radius_m) if drawn else None
    gates = tuple(compound.place for compound in commute.compounds)
    emergency = make_emergency(
        ground, rng, regions, label, demand.emergency, plate, river=river, gates=(*gates, *yards)
    )
    everything = [*cars, *buses, *emergency.vehicles]
    crew = make_drivers(rng, everything, max(demand.drivers, len(everything)), kinds)
    homes = (group.home for group in commute.groups)
    standing = (*organisation.places, *yards, *gates, *commute.stops, *homes)
    return Prefecture(
        name=f"{PREFECTURE}（虚构）" if invented else f"{network.source}（需求为虚构）",
        synthetic=True, synthetic_roads=invented, seed=seed, size=size, date=DATE, clock_s=CLOCK_S,
        units=organisation.units, places=(*standing, *destinations.places, *emergency.places),
        compounds=commute.compounds, rider_groups=commute.groups, shuttle_stops=commute.stops,
        vehicle_types=kinds, cars=tuple(cars), buses=tuple(buses), emergency_vehicles=emergency.vehicles,
        drivers=crew.drivers, fixed_drivers=crew.fixed, driver_names=crew.names,
        depots=depots_of(everything), requests=requests, incidents=emergency.incidents,
        fleet_state=emergency.fleet_state, closures=emergency.closures,
    )  # fmt: skip


def bus_yards(ground: Ground, rng: np.random.Generator, city: Region, label: Label) -> tuple[Place, Place]:
    """Place the yards of the own and of the hired buses in the city."""
    edges = apart(ground, pick(rng, ground, city.town, min(60, len(city.town))), 2, 0.4 * city.town_m)
    own = place_beside(ground, rng, edges[0], "yard-own", f"班车场（{label(edges[0])}）")
    hired = place_beside(ground, rng, edges[1], "yard-hired", f"租赁公司车场（{label(edges[1])}）")
    return own, hired
