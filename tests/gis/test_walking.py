"""Metres on foot: to the footway, along it, and from it."""

from pathlib import Path

import numpy as np
import pytest

from gis.errors import CoordinateError
from gis.matrix import UNREACHABLE
from gis.network import RoadNetwork
from gis.places import Place
from gis.walking import Walking
from tests.gis.towns import Road, lonlat, town

#   A —— B —— C     a street of two blocks, each 200 m; D hangs 100 m below B; X—Y joins nothing
PLAN = {"A": (0, 0), "B": (200, 0), "C": (400, 0), "D": (200, -100), "X": (5000, 0), "Y": (5100, 0)}
STREET = (Road(ends="AB"), Road(ends="BC"), Road(ends="BD"))
TOWN = town(PLAN, STREET)


def at(x_m: float, y_m: float, name: str = "") -> Place:
    lon, lat = lonlat(x_m, y_m)
    return Place(id=f"{x_m},{y_m}", lon=lon, lat=lat, name=name)


def walk(
    homes: list[Place], stops: list[Place], limit_m: float = 1000, network: RoadNetwork = TOWN
) -> list[list[int]]:
    return [[int(m) for m in row] for row in Walking(network).distances(homes, stops, limit_m)]


def test_the_way_to_the_street_along_it_and_from_it_all_count() -> None:
    assert walk([at(50, 30)], [at(300, 10)]) == [[30 + 250 + 10]]


def test_round_the_corner() -> None:
    assert walk([at(50, 0)], [at(200, -60)]) == [[150 + 60]]


def test_on_one_block_people_walk_either_way() -> None:
    assert walk([at(50, 0), at(150, 0)], [at(100, 0)]) == [[50], [50]]


def test_the_same_point_is_no_walk() -> None:
    assert walk([at(120, 0)], [at(120, 0)]) == [[0]]


def test_beyond_the_limit_nobody_walks() -> None:
    assert walk([at(50, 30)], [at(300, 10)], limit_m=290.5) == [[290]]
    assert walk([at(50, 30)], [at(300, 10)], limit_m=289) == [[UNREACHABLE]]


def test_a_home_far_from_every_footway_reaches_nothing() -> None:
    assert walk([at(50, 5000), at(50, 0)], [at(60, 0)]) == [[UNREACHABLE], [10]]


def test_two_who_live_in_one_place_walk_the_same() -> None:
    home = at(50, 0)
    assert walk([home, at(0, 9000), home], [at(60, 0), at(60, 0)]) == [
        [10, 10],
        [UNREACHABLE, UNREACHABLE],
        [10, 10],
    ]


def test_nobody_to_walk_and_nowhere_to_go() -> None:
    assert Walking(TOWN).distances([], [at(0, 0)], 500).shape == (0, 1)
    assert Walking(TOWN).distances([at(0, 0)], [], 500).shape == (1, 0)


def test_searching_from_either_side_gives_the_same_walks() -> None:
    homes = [at(x, y) for x in (10, 150, 350) for y in (-40, 5)]
    stops = [at(90, 0), at(200, -80)]
    one_by_one = [[walk([h], [s])[0][0] for s in stops] for h in homes]
    assert walk(homes, stops) == one_by_one
    assert np.array(walk(stops, homes)).T.tolist() == one_by_one


def test_a_one_way_footway_is_walked_one_way() -> None:
    ring = town(
        {"A": (0, 0), "B": (200, 0), "C": (200, 200)},
        [Road(ends="AB", oneway=True), Road(ends="BC"), Road(ends="CA")],
    )
    there, back = at(50, 0), at(150, 0)
    assert walk([there], [back], network=ring) == [[100]]
    assert walk([back], [there], network=ring) == [[round(50 + 200 + 200 * 2**0.5 + 50)]]


def test_roads_closed_to_walkers_are_not_walked() -> None:
    plan = {"A": (0, 0), "B": (100, 0), "C": (50, 200)}
    network = town(plan, [Road(ends="AB", access=("car",)), Road(ends="AC"), Road(ends="CB")])
    ((metres,),) = walk([at(0, 0)], [at(100, 0)], network=network)
    assert metres == round(2 * float(np.hypot(50, 200)))


def test_of_two_footways_between_the_same_junctions_the_shorter_is_walked() -> None:
    detour = Road(ends="BC", bends=((300, 300),))
    network = town(PLAN, [Road(ends="AB"), detour, Road(ends="BC"), Road(ends="BD")])
    assert walk([at(100, 0)], [at(400, 0)], network=network) == [[300]]


def test_an_island_of_footways_is_left_out() -> None:
    """The nearest footway to the home joins nothing: the walk starts from the street."""
    names = [f"{chr(65 + i // 60)}{i % 60}" for i in range(240)]
    mainland = {chr(0x4E00 + i): (100.0 * i, 0.0) for i in range(len(names))}
    roads = [Road(ends=chr(0x4E00 + i) + chr(0x4E01 + i)) for i in range(len(names) - 1)]
    island = town({**mainland, "X": (50, 40), "Y": (60, 40)}, [*roads, Road(ends="XY")])
    assert walk([at(55, 41)], [at(100, 0)], network=island) == [[41 + 45]]


def test_a_swapped_coordinate_is_refused() -> None:
    with pytest.raises(CoordinateError, match="甲小区"):
        walk([Place(id="h", lon=25.5, lat=103.8, name="甲小区")], [at(0, 0)])


def test_a_city_of_homes_is_walked_in_one_go(shared_data: Path) -> None:
    from gis.read import read_network

    network = read_network(shared_data / "osm" / "porto_portugal.osm.pbf", kind="walk")
    rng = np.random.default_rng(1)
    chosen = rng.integers(0, network.node_count, 300)
    places = [
        Place(id=str(i), lon=float(network.node_lon[i]), lat=float(network.node_lat[i])) for i in chosen
    ]
    metres = Walking(network).distances(places[:250], places[250:], 2000)
    assert metres.shape == (250, 50)
    reached = metres[metres != UNREACHABLE]
    assert len(reached) > 50
    assert reached.max() <= 2000
