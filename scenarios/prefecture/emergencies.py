"""Emergency vehicles and where they are, three incidents, and the roads that are shut."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.closures import Closure
from gis.places import Place
from optimizer.model import FleetState, Incident, Need, Priority, TimeWindow, Vehicle, VehicleClass
from scenarios.prefecture.ground import (
    Edges,
    Ground,
    Label,
    edges_beside,
    pick,
    place_beside,
    to_metres,
)
from scenarios.prefecture.organisation import shares
from scenarios.prefecture.regions import Region
from scenarios.prefecture.settlements import river_of
from scenarios.prefecture.shutdowns import shut_roads
from scenarios.prefecture.sizes import Size
from scenarios.prefecture.sketch import degrees

CLOCK_S: Final = 9 * 3_600 + 40 * 60
"""The moment of the day at which the demo dispatches."""

_KINDS: Final[tuple[tuple[str, tuple[str, ...], bool, str], ...]] = (
    ("ambulance", ("ambulance",), True, "急救站"),
    ("pump_truck", ("pump", "rescue"), True, "应急救援站"),
    ("ambulance", ("ambulance", "transfer", "negative_pressure"), True, "急救站"),
    ("offroad", ("offroad", "command", "rescue"), False, "应急救援站"),
    ("cold_van", ("vaccine_cold",), False, "急救站"),
    ("pump_truck", ("pump", "generator", "rescue"), True, "应急救援站"),
    ("coach_49_diesel", ("evacuation_coach",), False, "应急救援站"),
    ("ambulance", ("ambulance", "transfer"), True, "急救站"),
    ("supplies_truck", ("supplies",), False, "应急救援站"),
    ("offroad", ("offroad", "communications", "rescue"), False, "应急救援站"),
)
"""Type, skills, siren, station."""

_COUNTY_ORDER: Final = (2, 1, 4, 3, 0, 5, 6, 8, 7, 9)
"""Positions in `_KINDS`, the most needed first."""

_BUSY_EVERY: Final = 7
_CLEAR_M: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """What happens at 09:40 and what there is against it."""

    places: tuple[Place, ...]
    vehicles: tuple[Vehicle, ...]
    fleet_state: tuple[FleetState, ...]
    incidents: tuple[Incident, ...]
    closures: tuple[Closure, ...]


def make_emergency(
    ground: Ground,
    rng: np.random.Generator,
    regions: tuple[Region, ...],
    label: Label,
    count: int,
    plates: Iterator[tuple[str, str]],
    *,
    river: NDArray[np.float64] | None,
    gates: Collection[Place] = (),
) -> Emergency:
    """Make `count` emergency vehicles at stations of the regions, three incidents and two or three closures.

    Parameters
    ----------
    gates
        Places that no closure may cut off, as no stations may be.
    river
        float64[k, 2] longitude and latitude of the river, where there is one; floods are on its bank then.
    """
    stations, station_edges = _stations(ground, rng, regions, label)
    vehicles = _vehicles(stations, count, len(regions), plates)
    keep = np.union1d(station_edges, edges_beside(ground, gates))
    closures, routable = shut_roads(ground, rng, regions[0], river, keep)
    incidents, scenes = _incidents(ground, rng, regions, label, (closures, routable))
    states = _states(vehicles)
    return Emergency(
        places=tuple(p for pair in stations for p in pair) + scenes,
        vehicles=vehicles,
        fleet_state=states,
        incidents=incidents,
        closures=closures,
    )


def river_line(size: Size, seed: int, half_length_m: float) -> NDArray[np.float64]:
    """float64[k, 2] longitude and latitude (WGS-84) of the invented river near the city."""
    return np.column_stack(degrees(*river_of(size, seed).line(half_length_m)))


def _stations(
    ground: Ground, rng: np.random.Generator, regions: tuple[Region, ...], label: Label
) -> tuple[list[tuple[Place, Place]], Edges]:
    """One ambulance and one rescue station in each region, and the edges they lie on."""
    stations, on = [], []
    for i, region in enumerate(regions):
        edges = pick(rng, ground, region.town if len(region.town) > 4 else region.land, 2)
        names = (f"{region.name}急救站（{label(edges[0])}）", f"{region.name}应急救援站（{label(edges[1])}）")
        pair = [
            place_beside(ground, rng, edge, f"station-{i:02}-{k}", name)
            for k, (edge, name) in enumerate(zip(edges, names, strict=True), start=1)
        ]
        stations.append((pair[0], pair[1]))
        on += edges
    return stations, np.array(on, np.int64)


def _vehicles(
    stations: list[tuple[Place, Place]], count: int, regions: int, plates: Iterator[tuple[str, str]]
) -> tuple[Vehicle, ...]:
    """Give the city one of each kind first; every region then starts with an ambulance and a pump."""
    first = min(count, len(_KINDS))
    posts = [(0, kind) for kind in range(first)]
    for region, size in enumerate(shares(count - first, regions)):
        posts += [(region, _COUNTY_ORDER[i % len(_KINDS)]) for i in range(size)]
    vehicles = []
    for i, (region, number) in enumerate(posts):
        kind, skills, siren, station = _KINDS[number]
        base = stations[region][0 if station == "急救站" else 1].id
        vehicles.append(
            Vehicle(
                id=f"emergency-{i + 1:03}",
                type_id=kind,
                start_place_id=base,
                end_place_id=base,
                shift=TimeWindow(start_s=0, end_s=172_800),
                vehicle_class=VehicleClass.EMERGENCY,
                unit_id=f"county-{region:02}",
                county_id=f"county-{region:02}",
                plate=next(plates)[0],
                skills=frozenset(skills),
                siren=siren,
            )
        )
    return tuple(vehicles)


def _incidents(
    ground: Ground,
    rng: np.random.Generator,
    regions: tuple[Region, ...],
    label: Label,
    roads: tuple[tuple[Closure, ...], NDArray[np.bool_]],
) -> tuple[tuple[Incident, ...], tuple[Place, ...]]:
    """Make a flood, a traffic rescue and a medical transfer where one gets around the closures."""
    closures, routable = roads
    city, free = regions[0], ground.usable[routable[ground.usable]]
    flood = _nearest_free(ground, free, next((c for c in closures if c.id == "flood"), None), city)
    crash = _one_of(ground, rng, city.town[routable[city.town]], free)
    far = min(
        regions[1:] or regions, key=lambda r: (np.hypot(r.at[0] - city.at[0], r.at[1] - city.at[1]), r.id)
    )
    clinic = _one_of(ground, rng, far.town[routable[far.town]], free)
    rows = (
        ("flood", "内涝排水与转移", flood, Priority.P1, 34_560, 7_200,
         (("pump", 2), ("evacuation_coach", 1), ("offroad", 1))),
        ("traffic", "交通事故救援", crash, Priority.P0, 34_680, 2_400, (("ambulance", 1), ("rescue", 1))),
        ("transfer", "危重病人转运与疫苗配送", clinic, Priority.P2, 34_440, 1_800,
         (("negative_pressure", 1), ("vaccine_cold", 1))),
    )  # fmt: skip
    incidents, scenes = [], []
    for kind, name, edge, priority, reported_s, on_scene_s, needs in rows:
        scene = place_beside(ground, rng, edge, f"scene-{kind}", f"{name}（{label(edge)}）")
        scenes.append(scene)
        incidents.append(
            Incident(
                id=f"incident-{kind}", kind=kind, name=name, priority=priority, place_id=scene.id,
                reported_s=reported_s, on_scene_s=on_scene_s,
                needs=tuple(Need(skill=skill, count=count) for skill, count in needs),
            )
        )  # fmt: skip
    return tuple(incidents), tuple(scenes)


def _one_of(ground: Ground, rng: np.random.Generator, wished: Edges, otherwise: Edges) -> int:
    return pick(rng, ground, wished if len(wished) else otherwise, 1)[0]


def _nearest_free(ground: Ground, free: Edges, flood: Closure | None, city: Region) -> int:
    """Find the open edge nearest to the flood but clear of it; where there is no flood, to the middle."""
    if flood is None:
        away = np.hypot(ground.x[free] - city.at[0], ground.y[free] - city.at[1])
        return int(free[int(np.argmin(away))])
    corners = np.array(flood.polygon)
    x, y = to_metres(ground.origin, corners[:, 0], corners[:, 1])
    points = shapely.points(ground.x[free], ground.y[free])
    away = np.asarray(shapely.distance(points, shapely.Polygon(np.column_stack([x, y]))))
    clear = np.where(away > _CLEAR_M, away, np.inf)
    return int(free[int(np.argmin(clear if np.isfinite(clear).any() else -away))])


def _states(vehicles: tuple[Vehicle, ...]) -> tuple[FleetState, ...]:
    """Most wait at their stations; beyond the first ten every seventh is on a task, off duty or returning."""
    states = []
    for i, vehicle in enumerate(vehicles):
        place_id, status, free_from_s = vehicle.start_place_id, "available", 0
        if i >= len(_KINDS) and i % _BUSY_EVERY == 0:
            status, free_from_s = (
                ("on_task", CLOCK_S + 3_600),
                ("off", 43_200),
                ("returning", CLOCK_S + 600),
            )[i % 3]
        states.append(
            FleetState(
                vehicle_id=vehicle.id, place_id=place_id, at_s=CLOCK_S, status=status, free_from_s=free_from_s
            )
        )
    return tuple(states)
