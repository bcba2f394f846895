"""What a closure covers, when it holds, how several combine, and what is wrong with one."""

import numpy as np
import pytest

from gis.closures import FOREVER_S, Closure, closed_edges, closure_edges, edge_factors
from gis.errors import ClosureError, CoordinateError
from gis.network import RoadNetwork
from tests.gis.towns import Road, edge, lonlat, town

PLAN = {"A": (0, 0), "B": (1000, 0), "C": (1000, 1000)}
ROADS = (Road(ends="AB"), Road(ends="BC", oneway=True), Road(ends="CA", bends=((0, 1000),)))


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return town(PLAN, ROADS)


def square(x_m: float, y_m: float, side_m: float) -> tuple[tuple[float, float], ...]:
    corners = ((0.0, 0.0), (side_m, 0.0), (side_m, side_m), (0.0, side_m))
    return tuple(lonlat(x_m + dx, y_m + dy) for dx, dy in corners)


def test_a_polygon_covers_every_road_it_touches_in_both_directions(network: RoadNetwork) -> None:
    flood = Closure(id="f", polygon=square(400, -50, 100))
    assert closure_edges(network, flood).tolist() == [edge(network, "AB", PLAN), edge(network, "BA", PLAN)]


def test_a_polygon_inside_a_block_covers_nothing(network: RoadNetwork) -> None:
    assert closure_edges(network, Closure(id="f", polygon=square(400, 400, 100))).tolist() == []


def test_a_polygon_that_a_road_crosses_between_its_points_covers_it(network: RoadNetwork) -> None:
    flood = Closure(id="f", polygon=square(-20, 480, 40))  # C–A passes here without a point
    assert closure_edges(network, flood).tolist() == [edge(network, "CA", PLAN), edge(network, "AC", PLAN)]


def test_listed_edges_and_a_polygon_add_up(network: RoadNetwork) -> None:
    one_way = edge(network, "BC", PLAN)
    both = Closure(id="f", edges=(one_way, one_way), polygon=square(400, -50, 100))
    assert closure_edges(network, both).tolist() == sorted(
        (edge(network, "AB", PLAN), edge(network, "BA", PLAN), one_way)
    )


def test_spans_are_half_open() -> None:
    closure = Closure(id="c", edges=(0,), start_s=100, end_s=200)
    assert not closure.overlaps(0, 99)
    assert closure.overlaps(0, 100)
    assert closure.overlaps(199, 300)
    assert not closure.overlaps(200, 300)
    assert Closure(id="c", edges=(0,)).overlaps(FOREVER_S - 1, FOREVER_S)


def test_a_closure_may_bind_some_profiles_only(network: RoadNetwork) -> None:
    for_trucks = Closure(id="t", edges=(0,), profiles=("truck",))
    for_all = Closure(id="a", edges=(1,))
    assert list(closed_edges(network, (for_trucks, for_all), "car")) == ["a"]
    assert list(closed_edges(network, (for_trucks, for_all), "truck")) == ["t", "a"]


def test_where_closures_overlap_the_most_severe_one_counts() -> None:
    slow, slower, shut = (
        (np.array(edges, np.int32), factor)
        for edges, factor in (((0, 1, 2), 0.5), ((1, 2), 0.2), ((2,), 0.0))
    )
    for order in ((slow, slower, shut), (shut, slow, slower)):
        edges, factors = edge_factors(5, order)
        assert edges.tolist() == [0, 1, 2]
        assert factors.tolist() == [0.5, 0.2, 0.0]


@pytest.mark.parametrize(
    ("closure", "complaint"),
    [
        (Closure(id="空", name="空管制"), "空管制.*没有路段"),
        (Closure(id="c", edges=(99,)), "没有路段 99"),
        (Closure(id="c", edges=(-1,)), "没有路段 -1"),
        (Closure(id="c", polygon=((103.8, 25.5), (103.9, 25.5))), "只有 2 个角"),
        (Closure(id="c", edges=(0,), start_s=500, end_s=500), "结束 500 秒不晚于开始 500 秒"),
        (Closure(id="c", edges=(0,), factor=1.0), "系数 1 "),
        (Closure(id="c", edges=(0,), factor=-0.1), "系数 -0.1"),
        (Closure(id="c", edges=(0,), profiles=("tram",)), "未知车型 tram"),
    ],
)
def test_a_closure_that_makes_no_sense_is_named(
    network: RoadNetwork, closure: Closure, complaint: str
) -> None:
    with pytest.raises(ClosureError, match=complaint):
        closure_edges(network, closure)


@pytest.mark.parametrize(
    ("corner", "complaint"), [((float("nan"), 25.6), "不是有效数字"), ((25.6, 103.8), "颠倒")]
)
def test_a_polygon_with_an_impossible_corner_is_named(
    network: RoadNetwork, corner: tuple[float, float], complaint: str
) -> None:
    flood = Closure(id="c", name="洪水", polygon=((103.8, 25.5), (103.9, 25.5), corner))
    with pytest.raises(CoordinateError, match=rf"洪水.*{complaint}"):
        closure_edges(network, flood)
