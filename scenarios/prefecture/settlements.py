"""Where the invented city, county towns, townships, villages and the river lie, and what they are called."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scenarios.prefecture.names import PREFECTURE, county_names, village_names
from scenarios.prefecture.sizes import RoadSize, Size, road_size
from scenarios.prefecture.sketch import Metres, degrees

Level = Literal["city", "county", "township", "village"]

_GAP_M: Final = {"township": 3_600.0, "village": 1_250.0}
_RIVER_CLEARANCE_M: Final = 420.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A city, county town, township or village of the invented prefecture.

    Parameters
    ----------
    x_m, y_m
        Metres east and north of the centre of the prefecture (`sketch.degrees` gives WGS-84).
    radius_m
        Mean radius of its streets.
    county
        Position of its county town in the settlements; the city's own land belongs to 0, the city.
    """

    name: str
    level: Level
    x_m: float
    y_m: float
    radius_m: float
    county: int

    @property
    def lon(self) -> float:
        """WGS-84 degrees."""
        return float(degrees(np.array([self.x_m]), np.array([self.y_m]))[0][0])

    @property
    def lat(self) -> float:
        """WGS-84 degrees."""
        return float(degrees(np.array([self.x_m]), np.array([self.y_m]))[1][0])


@dataclass(frozen=True, slots=True, kw_only=True)
class River:
    """A river that meanders through the city from west to east, in the city's own axes (u along, v across).

    Parameters
    ----------
    reach_m
        Outside this distance from the city it swings wide.
    turn_rad
        Direction of the city's axes against east.
    phases
        Of the two sines that bend it.
    """

    reach_m: float
    turn_rad: float
    phases: tuple[float, float]

    def across_m(self, u: Metres) -> Metres:
        """Position of the middle of the river across the city's axes at `u` metres along them."""
        bend = 0.13 * self.reach_m * np.sin(u / (0.62 * self.reach_m) + self.phases[0])
        far = np.clip(np.abs(u) / (2.0 * self.reach_m) - 0.7, 0.0, 3.0)
        return np.asarray(bend + far * 1_900.0 * np.sin(u / 7_000.0 + self.phases[1]))

    def line(self, half_length_m: float) -> tuple[Metres, Metres]:
        """Points of the whole river in metres of the prefecture, one every 120 m along the axis."""
        u = np.arange(-half_length_m, half_length_m, 120.0)
        return self.to_land(u, self.across_m(u))

    def to_land(self, u: Metres, v: Metres) -> tuple[Metres, Metres]:
        """Turn the city's axes into east and north."""
        c, s = np.cos(self.turn_rad), np.sin(self.turn_rad)
        return u * c - v * s, u * s + v * c


def river_of(size: Size, seed: int) -> River:
    """Return the river of the prefecture of this size and seed."""
    rng = np.random.default_rng([seed, 11])
    return River(
        reach_m=road_size(size).city_radius_m,
        turn_rad=float(rng.uniform(-0.25, 0.3)),
        phases=(float(rng.uniform(0, 6.28)), float(rng.uniform(0, 6.28))),
    )


def settlements(size: Size, seed: int) -> tuple[Settlement, ...]:
    """City first, then county towns, townships, villages; the same for the same size and seed."""
    rng = np.random.default_rng([seed, 7])
    land = road_size(size)
    river = cKDTree(np.column_stack(river_of(size, seed).line(1.6 * land.half_width_m)))
    towns = _county_towns(rng, land, river)
    townships = _scattered(rng, land, land.townships, towns, _GAP_M["township"], river)
    villages = _scattered(rng, land, land.villages, np.vstack([towns, townships]), _GAP_M["village"], river)
    counties = cKDTree(towns)
    rows = [_settlement(PREFECTURE, "city", towns[0], land.city_radius_m, 0)]
    names = county_names(rng, land.counties)
    for i, name in enumerate(names, start=1):
        radius = land.county_radius_m * float(rng.uniform(0.75, 1.25))
        rows.append(_settlement(name, "county", towns[i], radius, i))
    levels: tuple[tuple[Level, NDArray[np.float64], float, str], ...] = (
        ("township", townships, land.township_radius_m, "镇"),
        ("village", villages, land.village_radius_m, "村"),
    )
    for level, points, mean_radius, ending in levels:
        level_names = village_names(rng, len(points), ending)
        owners = np.asarray(counties.query(points)[1])
        radii = mean_radius * rng.uniform(0.7, 1.3, len(points))
        rows += [
            _settlement(name, level, point, float(radius), int(owner))
            for name, point, radius, owner in zip(level_names, points, radii, owners, strict=True)
        ]
    return tuple(rows)


def _settlement(name: str, level: Level, at: NDArray[np.float64], radius_m: float, county: int) -> Settlement:
    return Settlement(
        name=name, level=level, x_m=float(at[0]), y_m=float(at[1]), radius_m=radius_m, county=county
    )


def _county_towns(rng: np.random.Generator, land: RoadSize, river: cKDTree) -> NDArray[np.float64]:
    """Spread the county towns evenly (best of many candidates), the city at the origin."""
    towns = [np.zeros(2)]
    nearest = max(3.2 * land.city_radius_m, 16_000.0)
    while len(towns) <= land.counties:
        candidates = rng.uniform(-0.88, 0.88, (400, 2)) * (land.half_width_m, land.half_height_m)
        candidates = candidates[river.query(candidates)[0] > land.county_radius_m * 1.6]
        candidates = candidates[np.hypot(*candidates.T) > nearest]
        distance = np.asarray(cKDTree(np.array(towns)).query(candidates)[0])
        towns.append(candidates[int(np.argmax(distance * rng.uniform(0.72, 1.0, len(distance))))])
    return np.array(towns)


def _scattered(
    rng: np.random.Generator,
    land: RoadSize,
    count: int,
    taken: NDArray[np.float64],
    gap_m: float,
    river: cKDTree,
) -> NDArray[np.float64]:
    """Throw points on the land, denser near those already taken, none closer to another than the gap."""
    points = np.empty((0, 2))
    around = np.maximum(gap_m, _town_reach(land, len(taken)))
    extent = np.array((land.half_width_m, land.half_height_m))
    for _ in range(400):
        if len(points) >= count:
            break
        near = taken[rng.integers(len(taken), size=count)] + rng.normal(0, 9_000, (count, 2))
        anywhere = rng.uniform(-1, 1, (count, 2)) * extent
        thrown = np.where(rng.random((count, 1)) < 0.5, near, anywhere)
        thrown = thrown[(np.abs(thrown) < extent).all(axis=1)]
        thrown = thrown[river.query(thrown)[0] > _RIVER_CLEARANCE_M]
        thrown = thrown[_clear(thrown, taken, around)]
        points = _thinned(np.vstack([points, thrown]), gap_m)
    return points[:count]


def _town_reach(land: RoadSize, count: int) -> NDArray[np.float64]:
    reach = np.full(count, 2.2 * land.township_radius_m)
    reach[: land.counties + 1] = 2.0 * land.county_radius_m
    reach[0] = 1.55 * land.city_radius_m
    return reach


def _clear(
    points: NDArray[np.float64], taken: NDArray[np.float64], around: NDArray[np.float64]
) -> NDArray[np.bool_]:
    distance, nearest = cKDTree(taken).query(points, k=min(4, len(taken)))
    return np.asarray((distance > around[nearest]).all(axis=1))


def _thinned(points: NDArray[np.float64], gap_m: float) -> NDArray[np.float64]:
    """Drop the later one of every pair that is closer than the gap."""
    pairs = cKDTree(points).query_pairs(gap_m, output_type="ndarray")
    if not len(pairs):
        return points
    pairs = pairs[np.argsort(pairs[:, 1], kind="stable")]
    dropped = np.zeros(len(points), bool)
    for first, second in np.sort(pairs, axis=1).tolist():
        if not dropped[first]:
            dropped[second] = True
    return points[~dropped]
