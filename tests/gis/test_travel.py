"""Travel matrices agree with the paths that are driven, share rows, and never promise too much."""

from pathlib import Path

import numpy as np
import pytest

from gis.closures import Closure
from gis.errors import RouteError, SnapError
from gis.matrix import UNREACHABLE, TravelMatrix
from gis.network import RoadNetwork
from gis.places import Place
from gis.router import Router
from gis.travel import travel_matrix, unreachable
from tests.gis.plain_speeds import plain_speeds
from tests.gis.towns import Road, edge, lonlat, town

#   D —— E —— F        all roads 1000 m, both ways but A→B
#   |    |    |        ten metres a second, half as fast from 1000 to 2000 s
#   A —→ B —— C
GRID = {"A": (0, 0), "B": (1000, 0), "C": (2000, 0), "D": (0, 1000), "E": (1000, 1000), "F": (2000, 1000)}
ROADS = (Road(ends="AB", oneway=True), *(Road(ends=ends) for ends in ("BC", "DE", "EF", "AD", "BE", "CF")))
SPEEDS = plain_speeds({0: 1.0, 1000: 0.5, 2000: 1.0})


def place(name: str, x_m: float, y_m: float) -> Place:
    lon, lat = lonlat(x_m, y_m)
    return Place(id=name, lon=lon, lat=lat, name=name)


PLACES = (
    place("西", 400, 0),
    place("东", 1700, 0),
    place("北", 1500, 1000),
    place("西二", 600, 5),
    place("家", 0, 500),
)


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return town(GRID, ROADS)


@pytest.fixture(params=["cch", "scipy"])
def router(request: pytest.FixtureRequest, network: RoadNetwork) -> Router:
    return Router(network, speeds=SPEEDS, engine=request.param)


def test_seconds_and_metres_by_hand(router: Router) -> None:
    matrix = travel_matrix({"car": router}, PLACES)
    assert matrix.travel("car", "西", "东", 0) == (130, 1300)
    assert matrix.travel("car", "西", "东", 1000) == (260, 1300)
    assert matrix.travel("car", "西", "西二", 0) == (20, 200)
    assert matrix.travel("car", "西二", "西", 0) == (40 + 300 + 40, 400 + 3000 + 400)
    assert matrix.travel("car", "家", "家", 0) == (0, 0)


def test_every_leg_is_the_path_that_is_driven(router: Router) -> None:
    matrix = travel_matrix({"car": router}, PLACES)
    for origin in PLACES:
        for destination in PLACES:
            for depart_s in (0, 990, 1000, 1900, 1990, 5000):
                path = router.path(origin, destination, depart_s)
                seconds, metres = matrix.travel("car", origin.id, destination.id, depart_s)
                assert seconds == pytest.approx(path.arrive_s - depart_s, abs=0.51)
                assert metres == pytest.approx(path.distance_m, abs=1)


def test_places_on_one_point_share_a_row(router: Router) -> None:
    twin = place("西邻", 400, 8)
    matrix = travel_matrix({"car": router}, (*PLACES, twin))
    (block,) = matrix.blocks
    assert block.seconds.shape == (1, 3, 5, 5)
    assert block.origins["西"] == block.origins["西邻"]
    assert matrix.travel("car", "西邻", "东", 0) == (130, 1300)


def test_profiles_are_stacked_in_the_order_given(network: RoadNetwork) -> None:
    roads = (Road(ends="AB", access=("bus",)), *ROADS[1:])
    lane = town(GRID, roads)
    routers = {name: Router(lane, profile=name, speeds=SPEEDS, engine="scipy") for name in ("bus", "car")}
    matrix = travel_matrix(routers, [place("家", 0, 100), place("东", 1700, 0)])
    assert matrix.profiles == ("bus", "car")
    assert matrix.travel("bus", "家", "东", 0) == (10 + 100 + 70, 1800)
    assert matrix.travel("car", "家", "东", 0) == (90 + 200 + 70, 3600)


def test_routers_with_other_hours_do_not_mix(network: RoadNetwork) -> None:
    routers = {
        "car": Router(network, speeds=SPEEDS, engine="scipy"),
        "bus": Router(network, profile="bus", speeds=plain_speeds(), engine="scipy"),
    }
    with pytest.raises(RouteError, match="时段"):
        travel_matrix(routers, PLACES)


def test_blocks_hold_what_was_asked_and_no_more(router: Router) -> None:
    matrix = travel_matrix({"car": router}, (), blocks=[(PLACES[:2], PLACES[2:]), (PLACES[2:3], PLACES[:1])])
    assert [block.seconds.shape for block in matrix.blocks] == [(1, 3, 2, 3), (1, 3, 1, 1)]
    assert matrix.travel("car", "西", "北", 0) == (60 + 100 + 50, 600 + 1000 + 500)
    assert matrix.travel("car", "北", "西", 0)[1] == 500 + 1000 + 1000 + 400
    assert not matrix.holds("东", "西")


def test_one_block_of_a_router(router: Router) -> None:
    block = router.block(PLACES[:1], PLACES[1:3])
    assert block.seconds[0, 0].tolist() == [[130, 210]]
    assert block.metres[0, 0].tolist() == [[1300, 2100]]


def test_saved_matrices_come_back_memory_mapped(router: Router, tmp_path: Path) -> None:
    saved = travel_matrix({"car": router}, PLACES, folder=tmp_path / "travel")
    assert isinstance(saved.blocks[0].seconds, np.memmap)
    assert TravelMatrix.load(tmp_path / "travel").travel("car", "西", "东", 0) == (130, 1300)


def test_progress_rises_to_the_end(router: Router) -> None:
    said: list[float] = []
    travel_matrix({"car": router}, (), blocks=[(PLACES, PLACES), (PLACES, PLACES[:1])], progress=said.append)
    assert said == sorted(said)
    assert len(said) == 6
    assert said[-1] == 1.0


def test_a_place_too_far_from_any_road_is_named(router: Router) -> None:
    with pytest.raises(SnapError, match="远村 2000 米"):
        travel_matrix({"car": router}, (*PLACES, place("远村", 1000, 3000)))
    matrix = travel_matrix({"car": router}, (*PLACES, place("远村", 1000, 3000)), max_snap_m=2500)
    assert matrix.travel("car", "北", "远村", 0) == (50, 500)


def test_pairs_that_closures_cut_off_are_listed_by_name(router: Router, network: RoadNetwork) -> None:
    into_b = tuple(edge(network, ends, GRID) for ends in ("AB", "EB", "CB"))
    with router.with_closures([Closure(id="x", edges=(*into_b, edge(network, "FC", GRID)))]):
        matrix = travel_matrix({"car": router}, PLACES[:3])
    cut = {(a.name, b.name) for a, b in unreachable(matrix, "car", PLACES[:3])}
    assert ("北", "东") in cut
    assert ("北", "北") not in cut
    assert matrix.travel("car", "北", "东", 0) == (UNREACHABLE, UNREACHABLE)


def test_under_closures_no_leg_is_promised_faster_than_it_can_be_driven(
    router: Router, network: RoadNetwork
) -> None:
    closures = [
        Closure(id="a", edges=(edge(network, "BC", GRID),), start_s=10_000, end_s=10_700),
        Closure(id="b", edges=(edge(network, "EF", GRID),), start_s=9_000, end_s=15_000, factor=0.3),
    ]
    router.close(closures)
    assert router.bucket_starts_s == (0, 1000, 2000, 5400, 6300, 8100, 9000, 10_800, 15_300)
    matrix = travel_matrix({"car": router}, PLACES)
    for origin in PLACES:
        for destination in PLACES:
            for depart_s in range(0, 16_000, 330):
                path = router.path(origin, destination, depart_s)
                seconds, _ = matrix.travel("car", origin.id, destination.id, depart_s)
                assert seconds >= path.arrive_s - depart_s - 0.51
    for depart_s in (0, 6000, 10_800):
        assert matrix.travel("car", "西", "东", depart_s) == (130, 1300)
    assert matrix.travel("car", "西", "东", 9900)[0] == 60 + 100 + 333 + 100 + 30
    assert matrix.travel("car", "西", "东", 10_700) == (100 + 130, 1300)  # it waits for the next bucket


def test_a_pair_too_far_to_arrive_before_a_closure_heeds_it(network: RoadNetwork) -> None:
    slow = Router(
        network, speeds=plain_speeds({0: 1.0}, kmh=0.36), engine="scipy"
    )  # 13,000 s from west to east
    slow.close([Closure(id="a", edges=(edge(network, "BC", GRID),), start_s=20_000, end_s=22_000)])
    assert slow.bucket_starts_s == (0, 16_200, 18_900, 22_500)
    matrix = travel_matrix({"car": slow}, PLACES[:2])
    # Leaving just before 16,200 one would meet the closure; leaving at 0 not, but that is the same bucket.
    assert matrix.travel("car", "西", "东", 0)[0] > 13_000
    assert slow.path(PLACES[0], PLACES[1], 0).arrive_s == pytest.approx(13_000, abs=1)
