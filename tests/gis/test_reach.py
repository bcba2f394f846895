"""How far one gets, by hand, and the area around it."""

import numpy as np
import pytest
import shapely

from gis.closures import Closure
from gis.network import RoadNetwork
from gis.places import Place
from gis.reach import Isochrone, isochrone
from gis.router import Router
from tests.gis.plain_speeds import plain_speeds
from tests.gis.towns import Road, edge, lonlat, town

#   D —— E —— F        all roads 1000 m, both ways but A→B, ten metres a second
#   |    |    |
#   A —→ B —— C
GRID = {"A": (0, 0), "B": (1000, 0), "C": (2000, 0), "D": (0, 1000), "E": (1000, 1000), "F": (2000, 1000)}
ROADS = (Road(ends="AB", oneway=True), *(Road(ends=ends) for ends in ("BC", "DE", "EF", "AD", "BE", "CF")))


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return town(GRID, ROADS)


@pytest.fixture(params=["cch", "scipy"])
def router(request: pytest.FixtureRequest, network: RoadNetwork) -> Router:
    return Router(network, speeds=plain_speeds(), engine=request.param)


def place(x_m: float, y_m: float) -> Place:
    lon, lat = lonlat(x_m, y_m)
    return Place(id="x", lon=lon, lat=lat)


def stretches(reached: Isochrone, network: RoadNetwork) -> dict[str, tuple[int, int]]:
    names = sorted(GRID)
    return {
        names[network.edge_from[e]] + names[network.edge_to[e]]: (round(begin), round(end))
        for e, begin, end in zip(reached.edges, reached.from_m, reached.to_m, strict=True)
    }


def test_stretches_end_where_the_time_is_up(router: Router, network: RoadNetwork) -> None:
    (reached,) = isochrone(router, place(400, 0), [80], 0)
    assert stretches(reached, network) == {"AB": (400, 1000), "BC": (0, 200), "BE": (0, 200)}
    assert shapely.length(reached.roads) * np.cos(np.radians(25.5)) > 0


def test_a_longer_limit_reaches_more_and_holds_the_shorter(router: Router) -> None:
    near, far = isochrone(router, place(400, 0), [80, 300], 0)
    assert len(far.edges) > len(near.edges)
    assert far.area.area > near.area.area
    assert shapely.buffer(far.area, 2e-4).contains(near.area)  # outlines are smoothed by some metres


def test_the_area_holds_the_roads_reached_and_little_else(router: Router) -> None:
    (reached,) = isochrone(router, place(400, 0), [80], 0, cell_m=50)
    assert reached.area.contains(reached.roads)
    degree_m = 111_194.9
    area_m2 = reached.area.area * degree_m**2 * np.cos(np.radians(25.5))
    assert 1000 * 50 < area_m2 < 1000 * 250  # one kilometre of road, squares of 50 m around it
    assert not reached.area.contains(shapely.Point(lonlat(0, 500)))


def test_a_two_way_origin_is_left_in_both_directions(router: Router, network: RoadNetwork) -> None:
    (reached,) = isochrone(router, place(1500, 0), [30], 0)
    assert stretches(reached, network) == {"BC": (500, 800), "CB": (500, 800)}


def test_one_comes_back_to_the_beginning_of_ones_own_road(router: Router, network: RoadNetwork) -> None:
    (reached,) = isochrone(router, place(400, 0), [370], 0)
    own = [
        (round(begin), round(end))
        for e, begin, end in zip(reached.edges, reached.from_m, reached.to_m, strict=True)
        if e == edge(network, "AB", GRID)
    ]
    assert own == [(400, 1000), (0, 100)]  # around over B, E, D, A: 60 + 300 s, then 10 s more


def test_closures_hold_until_the_limit_bind(router: Router, network: RoadNetwork) -> None:
    with router.with_closures([Closure(id="x", edges=(edge(network, "BC", GRID),), start_s=60)]):
        (reached,) = isochrone(router, place(400, 0), [80], 0)
        assert stretches(reached, network) == {"AB": (400, 1000), "BE": (0, 200)}
        (reached,) = isochrone(router, place(400, 0), [50], 0)
        assert stretches(reached, network) == {"AB": (400, 900)}


def test_limits_must_be_positive(router: Router) -> None:
    for limits in ([], [0], [600, -1]):
        with pytest.raises(ValueError, match="时限"):
            isochrone(router, place(400, 0), limits, 0)
