"""What makes streets real: roundabouts, lanes, gated estates, weak bridges, a bus street, bus stops."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from scenarios.prefecture.lattice import LOCAL, SECONDARY
from scenarios.prefecture.sizes import RoadSize
from scenarios.prefecture.sketch import Sketch, add_point, add_points, add_road, cut_out, split_roads
from scenarios.prefecture.towns import Town

_ROUNDABOUT_M: Final = 24.0
_STREETS: Final = frozenset({"residential", "unclassified", "living_street", "tertiary", "service"})
_MAIN: Final = frozenset({"trunk", "primary", "secondary", "tertiary"})
_SHORTEST_M: Final = 55.0


def furnish(sketch: Sketch, rng: np.random.Generator, land: RoadSize, city: Town) -> list[int]:
    """Add the details of size `land`, drop what hangs loose, and return the crossings left for turn bans."""
    crossings = _arterial_crossings(city)
    order = rng.permutation(len(crossings)).tolist()
    chosen = [crossings[i] for i in order[: land.roundabouts]]
    _draw_roundabouts(sketch, chosen)
    _limit_bridges(sketch)
    _draw_limits(sketch, rng)
    _draw_bus_street(sketch, rng)
    _draw_bus_stops(sketch, rng)
    spots = _spots(sketch, rng, land.lanes + land.gated)
    _draw_lanes(sketch, rng, spots[: land.lanes])
    _draw_estates(sketch, rng, spots[land.lanes :])
    _drop_loose_roads(sketch)
    return [crossings[i] for i in order[land.roundabouts :]]


def _arterial_crossings(city: Town) -> list[int]:
    """Crossings of main streets of the city that have four arms."""
    lattice = city.lattice
    found = []
    for i in np.flatnonzero(lattice.u_level <= SECONDARY).tolist():
        for j in np.flatnonzero(lattice.v_level < LOCAL).tolist():
            if not (0 < i < len(lattice.u) - 1 and 0 < j < len(lattice.v) - 1):
                continue
            arms = (
                lattice.along[i - 1, j],
                lattice.along[i, j],
                lattice.across[i, j - 1],
                lattice.across[i, j],
            )
            if all(arms) and abs(lattice.v[j]) > lattice.form.river_half_m + 1:
                found.append(int(city.crossing[i, j]))
    return found


def _draw_roundabouts(sketch: Sketch, centres: list[int]) -> None:
    """Replace crossings by rings driven counter-clockwise; each arm ends at the nearest point of the ring."""
    split_roads(sketch, centres)
    rings: dict[int, list[int]] = {}
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    for centre in centres:
        x = sketch.x[centre] + _ROUNDABOUT_M * np.cos(angles)
        y = sketch.y[centre] + _ROUNDABOUT_M * np.sin(angles)
        ring = rings[centre] = add_points(sketch, x, y)
        add_road(sketch, [*ring, ring[0]], highway="primary", junction="roundabout", name="环岛")
    for road in sketch.roads:
        for end, neighbour in ((0, 1), (-1, -2)):
            ring = rings.get(road.points[end], [])
            if ring:
                other = road.points[neighbour]
                road.points[end] = min(
                    ring,
                    key=lambda p: (sketch.x[p] - sketch.x[other]) ** 2 + (sketch.y[p] - sketch.y[other]) ** 2,
                )


def _limit_bridges(sketch: Sketch) -> None:
    """One old river bridge carries ten tonnes only."""
    bridges = [r for r in sketch.roads if r.tags.get("bridge") and r.tags["highway"] == "secondary"]
    for road in bridges[:1]:
        road.tags |= {"maxweight": "10", "name": "老石桥"}


def _draw_limits(sketch: Sketch, rng: np.random.Generator) -> None:
    """Low railway underpasses, narrow lanes, lorry bans and posted speeds on a few streets."""
    streets = [
        r for r in sketch.roads if r.tags.get("highway") in {"tertiary", "residential"} and len(r.points) > 4
    ]
    picks = iter([streets[int(i)] for i in rng.permutation(len(streets))])
    for height in ("2.6", "2.8", "3.5"):
        road = next(picks)
        tags = {"maxheight": height, "tunnel": "yes", "layer": "-1", "name": "铁路桥下"}
        cut_out(sketch, road, len(road.points) // 2, tags)
    for tags in ({"maxwidth": "2.2"}, {"hgv": "no"}, {"hgv": "no"}, {"maxspeed": "30"}, {"maxspeed": "40"}):
        next(picks).tags.update(tags)
    for road in sketch.roads:
        limit = {"primary": "60", "secondary": "50"}.get(road.tags.get("highway", ""))
        if limit and rng.random() < 0.06:
            road.tags.setdefault("maxspeed", limit)


def _draw_bus_street(sketch: Sketch, rng: np.random.Generator) -> None:
    """Two streets of the middle are for buses only, in the two ways that maps say so."""
    near = [
        r for r in sketch.roads
        if r.tags.get("highway") == "residential" and "oneway" not in r.tags and 3 <= len(r.points) <= 7
        and abs(sketch.x[r.points[0]]) + abs(sketch.y[r.points[0]]) < 1_800
    ]  # fmt: skip
    first, second = (near[int(i)] for i in rng.permutation(len(near))[:2])
    first.tags |= {"motor_vehicle": "no", "bus": "yes", "name": "公交专用街"}
    second.tags |= {"access": "no", "bus": "yes", "foot": "yes", "name": "公交专用路"}


def _draw_bus_stops(sketch: Sketch, rng: np.random.Generator) -> None:
    """Bus stops beside main streets, named after the street."""
    for road in list(sketch.roads):
        if road.tags.get("highway") not in _MAIN or "ref" in road.tags or len(road.points) < 5:
            continue
        at = int(rng.integers(1, len(road.points) - 1))
        a, b = road.points[at], road.points[at + 1]
        x, y = (sketch.x[a] + sketch.x[b]) / 2, (sketch.y[a] + sketch.y[b]) / 2
        length = max(1.0, float(np.hypot(sketch.x[b] - sketch.x[a], sketch.y[b] - sketch.y[a])))
        side = 8.0 / length
        tags = {"highway": "bus_stop", "name": f"{road.tags.get('name', '')}{'一二三四五'[at % 5]}站"}
        add_point(
            sketch, x + (sketch.y[b] - sketch.y[a]) * side, y - (sketch.x[b] - sketch.x[a]) * side, tags
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A new point on a street, the direction along the street there, and whether it is in the country."""

    point: int
    along: tuple[float, float]
    rural: bool


def _spots(sketch: Sketch, rng: np.random.Generator, count: int) -> list[Spot]:
    """Put points on streets, at most one on a segment, where lanes and gates branch off."""
    places = [
        (i, k)
        for i, r in enumerate(sketch.roads)
        if r.tags.get("highway") in _STREETS
        for k in range(len(r.points) - 1)
    ]
    chosen: dict[int, list[int]] = {}
    taken = 0
    for pick in rng.permutation(len(places)).tolist():
        i, k = places[pick]
        a, b = sketch.roads[i].points[k], sketch.roads[i].points[k + 1]
        if np.hypot(sketch.x[a] - sketch.x[b], sketch.y[a] - sketch.y[b]) > _SHORTEST_M:
            chosen.setdefault(i, []).append(k)
            taken += 1
        if taken == count:
            break
    spots = [_insert(sketch, rng, i, k) for i, ks in chosen.items() for k in sorted(ks, reverse=True)]
    return [spots[i] for i in rng.permutation(len(spots)).tolist()]


def _insert(sketch: Sketch, rng: np.random.Generator, i: int, k: int) -> Spot:
    road = sketch.roads[i]
    a, b = road.points[k], road.points[k + 1]
    dx, dy = sketch.x[b] - sketch.x[a], sketch.y[b] - sketch.y[a]
    t, length = float(rng.uniform(0.35, 0.65)), float(np.hypot(dx, dy))
    point = add_point(sketch, sketch.x[a] + t * dx, sketch.y[a] + t * dy)
    road.points.insert(k + 1, point)
    rural = road.tags["highway"] in {"tertiary", "unclassified"} and len(road.points) > 12
    return Spot(point=point, along=(dx / length, dy / length), rural=rural)


def _draw_lanes(sketch: Sketch, rng: np.random.Generator, spots: list[Spot]) -> None:
    """Dead-end lanes in town, field tracks in the country."""
    for spot in spots:
        side = 1.0 if rng.random() < 0.5 else -1.0
        length = float(rng.uniform(120, 600) if spot.rural else rng.uniform(25, 70))
        nx, ny = -spot.along[1] * side * length, spot.along[0] * side * length
        skew = float(rng.uniform(-0.3, 0.3))
        x, y = sketch.x[spot.point], sketch.y[spot.point]
        middle = add_point(sketch, x + 0.5 * nx, y + 0.5 * ny)
        end = add_point(sketch, x + nx - skew * ny, y + ny + skew * nx)
        add_road(sketch, [spot.point, middle, end], highway="track" if spot.rural else "service")


def _draw_estates(sketch: Sketch, rng: np.random.Generator, spots: list[Spot]) -> None:
    """Housing estates: a gate, then a loop that is private; a few gates stand open to all."""
    for spot in spots:
        side = 1.0 if rng.random() < 0.5 else -1.0
        n = np.array((-spot.along[1], spot.along[0])) * side
        t = np.array(spot.along)
        origin = np.array((sketch.x[spot.point], sketch.y[spot.point]))
        private = bool(rng.random() < 0.75)
        gate_tags = {"barrier": "gate", "access": "private"} if private else {"barrier": "lift_gate"}
        gate = add_point(sketch, float(origin[0] + 10 * n[0]), float(origin[1] + 10 * n[1]), gate_tags)
        corners = origin + np.array(
            [18 * n, 18 * n + 22 * t, 55 * n + 22 * t, 55 * n - 22 * t, 18 * n - 22 * t]
        )
        loop = add_points(sketch, corners[:, 0], corners[:, 1])
        access = {"access": "private"} if private else {}
        add_road(sketch, [spot.point, gate, loop[0]], highway="service", **access)
        add_road(sketch, [*loop, loop[0]], highway="service", **access)


def _drop_loose_roads(sketch: Sketch) -> None:
    """Keep only roads that hang together with the city (ignoring directions)."""
    starts = [a for r in sketch.roads for a in r.points[:-1]]
    ends = [b for r in sketch.roads for b in r.points[1:]]
    size = len(sketch.x)
    web = coo_array((np.ones(len(starts), np.int8), (starts, ends)), shape=(size, size))
    label: NDArray[np.int32] = connected_components(web, directed=False)[1]
    keep = int(np.bincount(label[starts]).argmax())
    sketch.roads = [r for r in sketch.roads if label[r.points[0]] == keep or "waterway" in r.tags]
