"""Emergency vehicles and where they are, three incidents, and the roads that are shut."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.closures import Closure, closure_edges
from gis.network import CLASS_INDEX
from gis.places import Place
from optimizer.model import FleetState, Incident, Need, Priority, TimeWindow, Vehicle, VehicleClass
from scenarios.prefecture.ground import (
    Edges,
    Ground,
    Label,
    distance_m,
    pick,
    place_beside,
    routable_edges,
    strong_part,
    to_lonlat,
    to_metres,
)
from scenarios.prefecture.organisation import shares
from scenarios.prefecture.regions import Region
from scenarios.prefecture.settlements import river_of
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

_DISPATCHED: Final = ("car", "bus", "truck", "emergency")
_LOST_SHARE: Final = 0.005
"""Of the edges, at most so many may be cut off by a closure beyond those it shuts."""

_BUSY_EVERY: Final = 7
_CLEAR_M: Final = 260.0
_FLOOD_HALF_M: Final = 420.0


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
) -> Emergency:
    """Make `count` emergency vehicles at stations of the regions, three incidents and two or three closures.

    Parameters
    ----------
    river
        float64[k, 2] longitude and latitude of the river, where there is one; floods are on its bank then.
    """
    stations, station_edges = _stations(ground, rng, regions, label)
    vehicles = _vehicles(stations, count, len(regions), plates)
    closures, shut = _closures(ground, rng, regions[0], river, station_edges)
    incidents, scenes = _incidents(ground, rng, regions, label, shut)
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


def _closures(
    ground: Ground,
    rng: np.random.Generator,
    city: Region,
    river: NDArray[np.float64] | None,
    keep: Edges,
) -> tuple[tuple[Closure, ...], Edges]:
    """Shut a flooded stretch and a landslide that leave the rest connected, slow an area; list shut edges."""
    shut: Edges = np.empty(0, np.int64)
    closures = []
    for closure_id, name, candidates, span_s in (
        ("flood", "沿岸积水封闭", _flood_areas(ground, rng, city, river), (9 * 3_600, 13 * 3_600)),
        ("landslide", "边坡塌方封闭", _slide_areas(ground, rng, city), (8 * 3_600 + 1_800, 18 * 3_600)),
    ):
        for polygon in candidates:
            closure = Closure(id=closure_id, name=name, polygon=polygon, start_s=span_s[0], end_s=span_s[1])
            more = np.union1d(shut, closure_edges(ground.network, closure)).astype(np.int64)
            if len(more) > len(shut) and _still_connected(ground, more, keep):
                closures.append(closure)
                shut = more
                break
    slow = _box(ground, city.at, 0.35 * city.town_m)
    closures.append(
        Closure(
            id="slow", name="暴雨慢行区", polygon=slow, start_s=9 * 3_600, end_s=12 * 3_600, factor=0.6,
            profiles=("car", "bus", "truck"),
        )
    )  # fmt: skip
    return tuple(closures), shut


def _flood_areas(
    ground: Ground, rng: np.random.Generator, city: Region, river: NDArray[np.float64] | None
) -> Iterator[tuple[tuple[float, float], ...]]:
    """Areas that may be under water: stretches of the river bank near the city, else spots in the city."""
    if river is None:
        spots = pick(rng, ground, city.town, min(60, len(city.town)), by_people=False)
        for size_m in (0.12 * city.town_m, 0.07 * city.town_m, 40.0):
            for edge in spots:
                yield _box(ground, (float(ground.x[edge]), float(ground.y[edge])), min(size_m, 250.0))
        return
    x, y = to_metres(ground.origin, river[:, 0], river[:, 1])
    near = np.flatnonzero(np.hypot(x - city.at[0], y - city.at[1]) < 0.8 * city.town_m)
    for at in rng.permutation(near).tolist():
        part = [i for i in near.tolist() if np.hypot(x[i] - x[at], y[i] - y[at]) < _FLOOD_HALF_M]
        if len(part) > 2:
            ring = shapely.buffer(shapely.LineString(np.column_stack([x[part], y[part]])), 130.0, quad_segs=3)
            corners = shapely.get_coordinates(ring)[:-1]
            yield tuple(_lonlat(ground, float(cx), float(cy)) for cx, cy in corners)


def _slide_areas(
    ground: Ground, rng: np.random.Generator, city: Region
) -> Iterator[tuple[tuple[float, float], ...]]:
    """Short stretches of through roads outside the middle."""
    classes = [
        CLASS_INDEX[name] for name in ("primary", "secondary", "tertiary", "unclassified", "residential")
    ]
    usable = ground.usable[np.isin(ground.network.edge_class[ground.usable], classes)]
    away = np.hypot(ground.x[usable] - city.at[0], ground.y[usable] - city.at[1])
    outside = usable[away > 0.6 * city.town_m]
    outside = outside if len(outside) else usable
    long = outside[
        np.argsort(-ground.network.edge_length_m[outside], kind="stable")[: max(10, len(outside) // 6)]
    ]
    for edge in rng.permutation(long)[:80].tolist():
        yield _box(ground, (float(ground.x[edge]), float(ground.y[edge])), 25.0)


def _still_connected(ground: Ground, shut: Edges, keep: Edges) -> bool:
    """Whether the edges to keep stay routable, and hardly any is cut off beyond those shut."""
    open_edges = np.zeros(ground.network.edge_count, bool)
    open_edges[ground.usable] = True
    before = strong_part(ground.network, open_edges)
    open_edges[shut] = False
    after = strong_part(ground.network, open_edges)
    lost = int(before.sum() - after.sum()) - int(before[shut].sum())
    if lost > max(20, _LOST_SHARE * int(before.sum())) or not after[keep].all():
        return False
    return bool(routable_edges(ground.network, shut, _DISPATCHED)[keep].all())


def _incidents(
    ground: Ground, rng: np.random.Generator, regions: tuple[Region, ...], label: Label, shut: Edges
) -> tuple[tuple[Incident, ...], tuple[Place, ...]]:
    """Make a flood, a traffic rescue and a medical transfer where one gets around the closures."""
    routable = routable_edges(ground.network, shut, _DISPATCHED)
    free = ground.usable[routable[ground.usable]]
    city = regions[0]
    flood_at = (float(ground.x[shut].mean()), float(ground.y[shut].mean())) if len(shut) else city.at
    flood = _nearest_free(ground, free, flood_at, shut)
    town = np.intersect1d(free, city.town)
    crash = pick(rng, ground, town if len(town) else free, 1)[0]
    far = min(
        regions[1:] or regions, key=lambda r: (np.hypot(r.at[0] - city.at[0], r.at[1] - city.at[1]), r.id)
    )
    clinic_edges = np.intersect1d(free, far.town)
    clinic = pick(rng, ground, clinic_edges if len(clinic_edges) else free, 1)[0]
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


def _nearest_free(ground: Ground, free: Edges, at: tuple[float, float], shut: Edges) -> int:
    """Find the nearest open edge that keeps clear of the shut ones."""
    order = free[np.argsort(np.hypot(ground.x[free] - at[0], ground.y[free] - at[1]), kind="stable")]
    for edge in order.tolist():
        here = (float(ground.x[edge]), float(ground.y[edge]))
        if all(distance_m(ground, int(other), here) > _CLEAR_M for other in shut):
            return int(edge)
    return int(order[0])


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


def _box(ground: Ground, at: tuple[float, float], half_m: float) -> tuple[tuple[float, float], ...]:
    x, y = at
    corners = (
        (x - half_m, y - half_m),
        (x + half_m, y - half_m),
        (x + half_m, y + half_m),
        (x - half_m, y + half_m),
    )
    return tuple(_lonlat(ground, cx, cy) for cx, cy in corners)


def _lonlat(ground: Ground, x: float, y: float) -> tuple[float, float]:
    lon, lat = to_lonlat(ground.origin, x, y)
    return round(lon, 6), round(lat, 6)
