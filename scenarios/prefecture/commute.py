"""A commute alone, of any size, on any roads: riders, compounds, stops, buses and nothing else."""

import zlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gis.network import RoadNetwork
from gis.places import Place
from optimizer.model import Depot, Vehicle, VehicleType
from optimizer.riders import Compound, RiderGroup
from scenarios.prefecture.demand import bus_yards
from scenarios.prefecture.fleet import depots_of, make_buses, vehicle_types
from scenarios.prefecture.ground import survey
from scenarios.prefecture.plates import plates
from scenarios.prefecture.regions import find_regions, settlements_drawn_on
from scenarios.prefecture.sizes import Size, demand_size
from scenarios.prefecture.staff import settle_staff

__all__ = ["CommuteTown", "commute_town"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuteTown:
    """Who goes to work where, from which stops and by which buses; all of it invented.

    Parameters
    ----------
    yards
        Where the own and the hired buses stand.
    """

    groups: tuple[RiderGroup, ...]
    compounds: tuple[Compound, ...]
    stops: tuple[Place, ...]
    vehicle_types: tuple[VehicleType, ...]
    buses: tuple[Vehicle, ...]
    depots: tuple[Depot, ...]
    yards: tuple[Place, ...]


def commute_town(
    network: RoadNetwork,
    *,
    size: Size,
    seed: int,
    riders: int,
    groups: int,
    stops: int,
    buses: int,
    routable: NDArray[np.bool_] | None = None,
) -> CommuteTown:
    """Invent a commute of these amounts on a road network; the same input gives the same value.

    Parameters
    ----------
    network
        Of kind `drive`.
    size
        How far homes and stops lie from the middle: that of the prefecture of this size.
    seed
        On drawn roads the one that they were drawn with.
    routable
        bool[m] edges that places may lie on; None: found here.
    """
    demand = replace(demand_size(size), staff=riders, groups=groups, stops=stops, buses=buses)
    rng = np.random.default_rng([seed, riders, stops, buses, zlib.crc32(network.version.encode())])
    ground = survey(network, routable)
    drawn = settlements_drawn_on(ground, size, seed) if network.synthetic else ()
    regions, label = find_regions(ground, demand, drawn)
    commute = settle_staff(ground, rng, regions[0], label, demand)
    yards = bus_yards(ground, rng, regions[0], label)
    fleet = make_buses(buses, (yards[0].id, yards[1].id), regions[0].id, plates(rng))
    used = {bus.type_id for bus in fleet}
    return CommuteTown(
        groups=commute.groups,
        compounds=commute.compounds,
        stops=commute.stops,
        vehicle_types=tuple(kind for kind in vehicle_types() if kind.id in used),
        buses=tuple(fleet),
        depots=depots_of(fleet),
        yards=yards,
    )
