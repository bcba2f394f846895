"""Commutes to plan: riders, stops and buses as a district, the organs of a province and a city have them."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gis.candidates import CandidateRules, candidate_stops
from gis.read.bus_stops import read_bus_stops, read_tunnels
from optimizer.lines import Direction, LineDraft, ShuttleSettings, line_draft
from scenarios.prefecture.commute import CommuteTown, commute_town
from scenarios.prefecture.roads import write_roads
from scenarios.prefecture.sizes import Size
from service.use_cases.roads import Roads

__all__ = ["TOWNS", "Commute", "Town", "commute"]

DATE = "2026-09-15"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What to lay out, and how long a plan of it may take.

    Parameters
    ----------
    map
        A file of the shared extracts; empty draws roads of the size.
    found
        Whether stops are found on the roads; else they are given with the town.
    """

    size: Size
    riders: int
    groups: int
    stops: int
    buses: int
    limit_s: float
    map: str = ""
    found: bool = False


TOWNS = {
    "300": Town(size="s", riders=300, groups=90, stops=8, buses=6, limit_s=20),
    "1700": Town(size="m", riders=1_700, groups=400, stops=40, buses=25, limit_s=60),
    "5000": Town(size="l", riders=5_000, groups=1_000, stops=120, buses=80, limit_s=300),
    "Porto": Town(
        size="m", riders=1_700, groups=400, stops=40, buses=25, limit_s=60, map="porto_portugal.osm.pbf"
    ),
    "Porto, stops found": Town(
        size="m", riders=1_700, groups=400, stops=120, buses=25, limit_s=60, map="porto_portugal.osm.pbf",
        found=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Commute:
    """A town laid out, ready for drafts."""

    town: CommuteTown
    roads: Roads

    def draft(self, settings: ShuttleSettings, direction: Direction = "morning") -> LineDraft:
        """Make the line problem of a direction."""
        town = self.town
        homes = [group.home for group in town.groups]
        walks_m = self.roads.walking.distances(homes, town.stops, settings.walk_max_m).astype(np.int32)
        places = {p.id: p for p in (*town.stops, *(c.place for c in town.compounds), *town.yards)}
        profiles = sorted({kind.profile for kind in town.vehicle_types})
        return line_draft(
            town.groups, town.compounds, town.stops, walks_m, town.vehicle_types, town.buses, town.depots,
            self.roads.travel(profiles, list(places.values())), date=DATE, direction=direction,
            settings=settings, places=town.yards, synthetic=True,
        )  # fmt: skip


def commute(name: str, seed: int, folder: Path) -> Commute:
    """Lay a town out; roads that are drawn, and caches, go into the folder.

    Raises
    ------
    FileNotFoundError
        A real map is not there.
    """
    town = TOWNS[name]
    roads = Roads(_map(town, seed, folder), cache_folder=folder / "cache")
    made = commute_town(
        roads.network, size=town.size, seed=seed, riders=town.riders, groups=town.groups,
        stops=min(town.stops, 40) if town.found else town.stops, buses=town.buses,
        routable=roads.routable(["bus", "car"]),
    )  # fmt: skip
    return Commute(town=_with_found_stops(made, roads, town.stops) if town.found else made, roads=roads)


def _map(town: Town, seed: int, folder: Path) -> Path:
    if not town.map:
        path = folder / f"roads-{town.size}-{seed}.osm.pbf"
        return path if path.is_file() else write_roads(path, size=town.size, seed=seed)
    data = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    path = Path(os.environ.get("PAICHE_SHARED_DATA", data)) / "osm" / town.map
    if not path.is_file():
        message = f"no map {path}: set PAICHE_SHARED_DATA to the folder of shared data"
        raise FileNotFoundError(message)
    return path


def _with_found_stops(town: CommuteTown, roads: Roads, most: int) -> CommuteTown:
    stops = candidate_stops(
        roads.network,
        [group.home for group in town.groups],
        towards=[compound.place for compound in town.compounds],
        bus_stops=read_bus_stops(roads.path),
        tunnels=read_tunnels(roads.path),
        routable=roads.router("bus").graph.routable,
        rules=CandidateRules(most=most),
    )
    return replace(town, stops=stops)
