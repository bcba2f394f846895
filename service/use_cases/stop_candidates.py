"""Where buses might stop, found on the roads where no sheet says it."""

from gis.candidates import candidate_stops
from gis.errors import MapFileError
from gis.places import Place
from gis.read.bus_stops import read_bus_stops, read_tunnels
from scenarios.prefecture.values import Prefecture
from service.use_cases.roads import Roads


def stop_candidates(roads: Roads, day: Prefecture) -> tuple[Place, ...]:
    """Find places near homes where a bus may stop, those that the map calls bus stops first.

    A map that is no OSM file knows of no bus stops and no tunnels: its roads alone decide.
    """
    try:
        bus_stops, tunnels = read_bus_stops(roads.path), read_tunnels(roads.path)
    except MapFileError:
        bus_stops, tunnels = (), frozenset()
    return candidate_stops(
        roads.network,
        [group.home for group in day.rider_groups],
        towards=[compound.place for compound in day.compounds],
        bus_stops=bus_stops,
        tunnels=tunnels,
        routable=roads.router("bus").graph.routable,
    )
