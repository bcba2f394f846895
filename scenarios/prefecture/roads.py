"""A synthetic prefecture's roads, drawn and written in OpenStreetMap format for the real reader."""

from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import numpy as np
import shapely

from scenarios.prefecture.country import Link, draw_link, draw_village, make_wind, plan_links
from scenarios.prefecture.furnishing import furnish
from scenarios.prefecture.lattice import TownForm, lay_out
from scenarios.prefecture.motorways import draw_motorways
from scenarios.prefecture.names import PREFECTURE, RIVER, SYNTHETIC
from scenarios.prefecture.osm_file import write_osm
from scenarios.prefecture.restrictions import draw_turn_bans
from scenarios.prefecture.ring import draw_ring
from scenarios.prefecture.settlements import River, Settlement, river_of, settlements
from scenarios.prefecture.sizes import RoadSize, Size, road_size
from scenarios.prefecture.sketch import Metres, Sketch, add_point, add_points, add_road, cut_out
from scenarios.prefecture.towns import Town, Warp, draw_parks, draw_town


def write_roads(path: Path, *, size: Size, seed: int) -> Path:
    """Write the roads of an invented prefecture in Yunnan (WGS-84) and return the path.

    A city on a river with bridges, a ring road, one-way pairs, roundabouts, parks and turn bans; county
    towns, townships and villages; motorways, national, provincial and county roads. Nothing in it is a real
    place. The same size and seed give the same file.

    Parameters
    ----------
    path
        Ends in a format that OSM tools know, e.g. `.osm.pbf`. An existing file is replaced.
    size
        `s` has about 8,000, `m` about 60,000, `l` more than 300,000 directed edges.

    Raises
    ------
    SizeError
        Unknown size.
    """
    return write_osm(draw_prefecture(size, seed), path)


def draw_prefecture(size: Size, seed: int) -> Sketch:
    """Draw all roads of a prefecture."""
    rng = np.random.default_rng([seed, 23])
    land = road_size(size)
    places = settlements(size, seed)
    river = river_of(size, seed)
    sketch = Sketch()
    city, connectors = _draw_city(sketch, rng, land, river)
    gates = [[point for point, _ in city.gates]]
    gates += [_draw_settlement(sketch, rng, place) for place in places[1:]]
    access = _draw_country(sketch, rng, places, gates)
    draw_motorways(sketch, places, access)
    _draw_river(sketch, land, river)
    protected = furnish(sketch, rng, land, city)
    draw_turn_bans(sketch, rng, connectors=connectors, crossings=protected, count=land.turn_bans)
    return sketch


def _draw_city(
    sketch: Sketch, rng: np.random.Generator, land: RoadSize, river: River
) -> tuple[Town, tuple[tuple[int, int], ...]]:
    form = TownForm(
        radius_m=land.city_radius_m,
        spacing_m=118.0,
        block_m=min(820.0, land.city_radius_m / 3.6),
        river_half_m=55.0 + land.city_radius_m / 130.0,
        parks=land.parks,
        one_way_pairs=land.one_way_pairs,
    )
    warp = _along_river(rng, river, land.city_radius_m)
    ring = draw_ring(sketch, rng, lay_out(rng, form), warp, 0.64 * land.city_radius_m)
    city = draw_town(sketch, rng, ring.lattice, warp, ring.cuts)
    add_point(sketch, 0.0, 0.0, {"place": "city", "name": PREFECTURE, "note": SYNTHETIC})
    draw_parks(sketch, city)
    return city, ring.connectors


def _along_river(rng: np.random.Generator, river: River, radius_m: float) -> Warp:
    """Let the city's streets follow the bends of the river, less so farther from it."""
    a, b = rng.uniform(0, 6.28, 2)

    def warp(u: Metres, v: Metres) -> tuple[Metres, Metres]:
        near = np.exp(-((v / (0.85 * radius_m)) ** 2))
        along = u + 0.05 * radius_m * np.sin(v / (0.5 * radius_m) + a) * (1 - near)
        across = (
            v + river.across_m(u) * near + 0.02 * radius_m * np.sin(u / (0.4 * radius_m) + b) * (1 - near)
        )
        return river.to_land(along, across)

    return warp


def _draw_settlement(sketch: Sketch, rng: np.random.Generator, place: Settlement) -> list[int]:
    """Draw the streets of a county town, township or village and return where country roads arrive."""
    if place.level == "village":
        return [draw_village(sketch, rng, place)]
    county = place.level == "county"
    form = TownForm(
        radius_m=place.radius_m,
        spacing_m=98.0 if county else 82.0,
        block_m=max(190.0, place.radius_m / (3.3 if county else 1.6)),
    )
    town = draw_town(sketch, rng, lay_out(rng, form), _bent(rng, place))
    tags = {"place": "town" if county else "village", "name": place.name}
    add_point(sketch, place.x_m, place.y_m, tags)
    return [point for point, _ in town.gates]


def _bent(rng: np.random.Generator, place: Settlement) -> Warp:
    """Turn and bend the streets of a small town, and move them to where it lies."""
    turn, a = float(rng.uniform(-0.8, 0.8)), float(rng.uniform(0, 6.28))
    c, s, radius = np.cos(turn), np.sin(turn), place.radius_m

    def warp(u: Metres, v: Metres) -> tuple[Metres, Metres]:
        bent = v + 0.09 * radius * np.sin(u / (0.45 * radius) + a)
        side = u + 0.07 * radius * np.sin(v / (0.5 * radius) - a)
        return place.x_m + side * c - bent * s, place.y_m + side * s + bent * c

    return warp


def _draw_country(
    sketch: Sketch, rng: np.random.Generator, places: tuple[Settlement, ...], gates: list[list[int]]
) -> dict[int, list[int]]:
    """Draw all roads between settlements; return the points where interchanges may stand, by town."""
    wind = make_wind(rng)
    access: dict[int, list[int]] = {}
    reference = _references()
    for link in plan_links(places, rng):
        tags = {"ref": reference(link.rank)} if link.rank < 4 else {}
        ends = (
            _gate(sketch, gates[link.start], places[link.end]),
            _gate(sketch, gates[link.end], places[link.start]),
        )
        road = draw_link(sketch, ends, link.rank, tags, wind)
        _note_access(access, places, link, road.points)
    _turn_to_names(sketch)
    return access


def _references() -> Callable[[int], str]:
    """Invented road numbers by rank: national G39x, provincial S9xx, county X9xx."""
    numbers = {
        1: cycle(f"G39{i}" for i in range(1, 7)),
        2: cycle(f"S9{i:02}" for i in range(1, 31)),
        3: cycle(f"X9{i:02}" for i in range(1, 100)),
    }
    return lambda rank: next(numbers[rank])


def _turn_to_names(sketch: Sketch) -> None:
    """Name numbered country roads by their number, as people do."""
    kinds = {"G": "国道", "S": "省道", "X": "县道"}
    for road in sketch.roads:
        ref = road.tags.get("ref", "")
        if ref and "name" not in road.tags:
            road.tags["name"] = f"{ref[1:]}{kinds[ref[0]]}"


def _gate(sketch: Sketch, gates: list[int], toward: Settlement) -> int:
    def distance(point: int) -> float:
        return float(np.hypot(sketch.x[point] - toward.x_m, sketch.y[point] - toward.y_m))

    return min(gates, key=distance)


def _note_access(
    access: dict[int, list[int]], places: tuple[Settlement, ...], link: Link, points: list[int]
) -> None:
    """Remember a point about two kilometres out of town on a main road."""
    if link.rank > 2:
        return
    for town, order in ((link.start, points), (link.end, points[::-1])):
        if places[town].level in {"city", "county"} and len(order) > 12:
            access.setdefault(town, []).append(order[min(len(order) // 2, 11)])


def _draw_river(sketch: Sketch, land: RoadSize, river: River) -> None:
    """Draw the river, and bridges where country roads cross it."""
    x, y = river.line(1.35 * land.half_width_m)
    _bridge(sketch, shapely.LineString(np.column_stack([x, y])))
    inside = (np.abs(x) < 1.05 * land.half_width_m) & (np.abs(y) < 1.05 * land.half_height_m)
    ids = add_points(sketch, x[inside], y[inside])
    for first in range(0, len(ids) - 1, 400):
        add_road(sketch, ids[first : first + 401], waterway="river", name=RIVER)


def _bridge(sketch: Sketch, water: shapely.Geometry) -> None:
    """Tag the segments of roads that cross the water and are no bridge yet."""
    dry = [road for road in sketch.roads if "bridge" not in road.tags and "highway" in road.tags]
    at = np.repeat(np.arange(len(dry)), [len(road.points) for road in dry])
    points = [p for road in dry for p in road.points]
    lines = np.asarray(
        shapely.linestrings(np.array(sketch.x)[points], np.array(sketch.y)[points], indices=at)
    )
    shapely.prepare(water)
    for i in np.flatnonzero(shapely.intersects(water, lines)).tolist():
        ends = shapely.get_coordinates(lines[i])
        pieces = shapely.linestrings(np.stack([ends[:-1], ends[1:]], axis=1))
        segment = int(np.argmax(shapely.intersects(water, pieces)))
        cut_out(sketch, dry[i], segment, {"bridge": "yes", "layer": "1"})
