"""The city and counties of a network: the invented ones on invented roads, else its dense spots."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from scenarios.prefecture.ground import Edges, Ground, Label, road_near, to_metres
from scenarios.prefecture.settlements import Settlement, settlements
from scenarios.prefecture.sizes import DemandSize, Size

_CELL_M: Final = 300.0
_DIRECTIONS: Final = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The city (first) or a county.

    Parameters
    ----------
    at
        Its middle, in metres of the `Ground`.
    town_m
        How far its town reaches.
    land
        int64 usable edges that are nearer to it than to any other.
    town
        Those of `land` within `town_m`.
    """

    id: str
    name: str
    at: tuple[float, float]
    town_m: float
    land: Edges
    town: Edges


def settlements_drawn_on(ground: Ground, size: Size, seed: int) -> tuple[Settlement, ...]:
    """Settlements of `write_roads` with this size and seed if these are its roads, else none."""
    places = settlements(size, seed)
    x, y = to_metres(ground.origin, *_lonlat(list(places)))
    away = np.asarray(ground.near_usable.query(np.column_stack([x, y]))[0])
    return places if (away < 1_000).mean() > 0.97 else ()


def find_regions(
    ground: Ground, demand: DemandSize, drawn: tuple[Settlement, ...]
) -> tuple[tuple[Region, ...], Label]:
    """Find the city and counties, and how to call a spot.

    Parameters
    ----------
    drawn
        Settlements of an invented map: its towns are the city and counties. Without them the city is the
        densest spot and the counties are further dense spots at some distance, called by their direction; a
        small map gets few of them.
    """
    if drawn:
        towns = [p for p in drawn if p.level in {"city", "county"}]
        points = np.column_stack(to_metres(ground.origin, *_lonlat(towns)))
        names = [f"{towns[0].name}本级", *(p.name for p in towns[1:])]
        radii = [min(1.1 * p.radius_m, demand.commute_radius_m) for p in towns]
        return _regions(ground, points, names, radii), _settlement_label(ground, drawn)
    points, radius_m = _dense_spots(ground, demand)
    names = _names_by_direction(points)
    return _regions(ground, points, names, [radius_m] * len(points)), lambda edge: _beside(ground, edge)


def _lonlat(places: list[Settlement]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.array([p.lon for p in places]), np.array([p.lat for p in places])


def _regions(
    ground: Ground, points: NDArray[np.float64], names: list[str], radii: list[float]
) -> tuple[Region, ...]:
    usable = ground.usable
    away, owner = cKDTree(points).query(np.column_stack([ground.x[usable], ground.y[usable]]))
    regions = []
    for i, name in enumerate(names):
        mine = np.asarray(owner) == i
        regions.append(
            Region(
                id=f"county-{i:02}",
                name=name,
                at=(float(points[i, 0]), float(points[i, 1])),
                town_m=radii[i],
                land=usable[mine],
                town=usable[mine & (np.asarray(away) < radii[i])],
            )
        )
    return tuple(regions)


def _dense_spots(ground: Ground, demand: DemandSize) -> tuple[NDArray[np.float64], float]:
    """Peaks of people along the roads, each away from the denser ones, and how far a town reaches."""
    x, y = ground.x[ground.usable], ground.y[ground.usable]
    weight = ground.people[ground.usable]
    extent = float(min(np.ptp(x), np.ptp(y)))
    reach = float(np.clip(0.4 * extent, 600.0, demand.commute_radius_m))
    shape = (int(np.ptp(x) // _CELL_M) + 3, int(np.ptp(y) // _CELL_M) + 3)
    cells = ((x - x.min()) // _CELL_M + 1).astype(int), ((y - y.min()) // _CELL_M + 1).astype(int)
    density = np.zeros(shape)
    np.add.at(density, cells, weight)
    density = gaussian_filter(density, max(1.0, 0.35 * reach / _CELL_M))
    gap_m = float(np.clip(extent / 4.0, 900.0, 14_000.0))
    order = np.argsort(-density[cells], kind="stable")
    limit = 0.04 * float(density.max())
    spots: list[tuple[float, float]] = []
    for i in order.tolist():
        if len(spots) > demand.counties or (spots and density[cells[0][i], cells[1][i]] < limit):
            break
        if all(np.hypot(x[i] - a, y[i] - b) > gap_m for a, b in spots):
            spots.append((float(x[i]), float(y[i])))
    return np.array(spots), reach if len(spots) < 3 else min(reach, 0.6 * gap_m + 600.0)


def _names_by_direction(points: NDArray[np.float64]) -> list[str]:
    """中心片区, then 东片区, 北片区, ...; a second one in a direction is 东二片区."""
    names, used = ["中心片区"], dict.fromkeys(_DIRECTIONS, 0)
    for x, y in (points[1:] - points[0]).tolist():
        direction = _DIRECTIONS[round(float(np.arctan2(y, x)) / (np.pi / 4)) % 8]
        used[direction] += 1
        number = "" if used[direction] == 1 else "零一二三四五六七八九"[used[direction] % 10]
        names.append(f"{direction}{number}片区")
    return names


def _beside(ground: Ground, edge: int) -> str:
    road = road_near(ground, edge)
    return f"{road}附近" if road else "无名路附近"


def _settlement_label(ground: Ground, places: tuple[Settlement, ...]) -> Label:
    """County and village where the spot lies in one, else the road."""
    x, y = to_metres(ground.origin, *_lonlat(list(places)))
    tree = cKDTree(np.column_stack([x, y]))
    counties = [p.name for p in places if p.level in {"city", "county"}]

    def label(edge: int) -> str:
        away, at = tree.query((ground.x[edge], ground.y[edge]))
        place = places[int(at)]
        if place.level == "city":
            return _beside(ground, edge)
        county = counties[place.county]
        if place.level == "county":
            return f"{county}{_beside(ground, edge)}"
        near = "" if away < 1.5 * place.radius_m else "附近"
        return f"{county}{place.name}{near}"

    return label
