"""Where places lie on the roads, to the decimetre; and every way in which they do not."""

import numpy as np
import pytest

from gis.coordinates import from_wgs84
from gis.errors import CoordinateError, SnapError
from gis.network import RoadNetwork
from gis.places import Place
from gis.router import Router
from tests.gis.towns import Road, edge, lonlat, town

#   A ——— B ——→ C        A–B both ways, B→C one way, C→D→A closes the circle; each 1000 m
#   ↑           |
#   D ←————————/          and B–D, both ways, so that B→A can be driven
PLAN = {"A": (0, 0), "B": (1000, 0), "C": (2000, 0), "D": (0, -1000)}
ROADS = (
    Road(ends="AB"),
    Road(ends="BC", oneway=True),
    Road(ends="CD", oneway=True, bends=((2000, -1000),)),
    Road(ends="DA", oneway=True),
    Road(ends="BD", bends=((1000, -900),)),
)


def place(name: str, x_m: float, y_m: float) -> Place:
    lon, lat = lonlat(x_m, y_m)
    return Place(id=name, lon=lon, lat=lat, name=name)


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return town(PLAN, ROADS)


@pytest.fixture(scope="module")
def router(network: RoadNetwork) -> Router:
    return Router(network, engine="scipy")


def test_a_place_beside_a_two_way_road_lies_on_both_directions(router: Router, network: RoadNetwork) -> None:
    (snap,) = router.snap([place("医院", 300, 40)])
    assert snap.edges == (edge(network, "AB", PLAN), edge(network, "BA", PLAN))
    assert snap.offsets_m == (300.0, 700.0)
    assert snap.distance_m == pytest.approx(40, abs=0.05)
    assert (snap.lon, snap.lat) == pytest.approx(lonlat(300, 0), abs=1e-7)
    assert (snap.edge, snap.offset_m) == (snap.edges[0], 300.0)


def test_a_place_beside_a_one_way_road_lies_on_its_one_direction(
    router: Router, network: RoadNetwork
) -> None:
    (snap,) = router.snap([place("车站", 1600, 10)])
    assert snap.edges == (edge(network, "BC", PLAN),)
    assert snap.offsets_m == (600.0,)


def test_offsets_follow_the_bends_of_a_road(router: Router, network: RoadNetwork) -> None:
    (snap,) = router.snap([place("村", 1500, -1030)])
    assert snap.edges == (edge(network, "CD", PLAN),)
    assert snap.offset_m == pytest.approx(1000 + 500, abs=0.2)


def test_a_place_beyond_the_end_of_a_road_lies_at_its_end(router: Router) -> None:
    (snap,) = router.snap([place("北", 1000, 30)])
    assert {0.0, 1000.0} >= {round(offset) * 1.0 for offset in snap.offsets_m}


def test_no_place_is_an_empty_answer(router: Router) -> None:
    assert router.snap([]) == ()


def test_every_place_that_is_too_far_is_named_with_its_distance(router: Router) -> None:
    places = [place("近", 300, 10), place("远山", 500, 800), place("对岸", -3000, 0)]
    snaps, far = router.try_snap(places)
    assert [snap.place.id for snap in snaps] == ["近"]
    assert [(f.place.id, round(f.distance_m)) for f in far] == [("远山", 800), ("对岸", 3000)]
    with pytest.raises(SnapError, match=r"对岸 3000 米、远山 800 米.*car.*500 米"):
        router.snap(places)


def test_a_place_in_the_sea_is_far_in_kilometres(router: Router) -> None:
    with pytest.raises(SnapError, match=r"南海 \d+\.\d 公里"):
        router.snap([Place(id="s", lon=114.0, lat=15.0, name="南海")])


def test_a_wider_limit_reaches_further(router: Router) -> None:
    (snap,) = router.snap([place("远山", 500, 800)], max_distance_m=900)
    assert snap.offsets_m == (500.0, 500.0)


def test_swapped_coordinates_are_an_error_that_says_so(router: Router) -> None:
    with pytest.raises(CoordinateError, match=r"学校.*颠倒"):
        router.snap([Place(id="x", lon=25.5, lat=103.8, name="学校")])


def test_coordinates_that_are_no_numbers_are_an_error(router: Router) -> None:
    with pytest.raises(CoordinateError, match="学校"):
        router.snap([Place(id="x", lon=float("nan"), lat=25.5, name="学校")])


def test_places_given_in_gcj02_raise_the_suspicion(router: Router) -> None:
    shifted = []
    for i, x_m in enumerate((100, 300, 500, 700, 900)):
        lon, lat = from_wgs84(*lonlat(x_m, 3), "gcj02")
        shifted.append(Place(id=str(i), lon=lon, lat=lat))
    hint = router.index.shift_hint(shifted)
    assert hint is not None
    assert "gcj02" in hint
    with pytest.raises(SnapError, match="gcj02"):
        router.snap(shifted, max_distance_m=50)
    assert router.index.shift_hint([place(str(x), x, 3) for x in (100, 300, 500)]) is None


def test_only_roads_of_the_connected_part_are_snapped_to() -> None:
    spur = Road(ends="BE", oneway=True)  # leads nowhere
    network = town({**PLAN, "E": (1000, 500)}, (*ROADS, spur))
    (snap,) = Router(network, engine="scipy").snap([place("x", 1000, 400)])
    assert snap.distance_m == pytest.approx(400, abs=0.5)


def test_only_roads_the_profile_may_use_are_snapped_to() -> None:
    lane = (Road(ends="AE", access=("bus",)), Road(ends="EB", access=("bus",)))
    network = town({**PLAN, "E": (500, 200)}, (*ROADS, *lane))
    where = place("x", 500, 190)
    (by_bus,) = Router(network, profile="bus", engine="scipy").snap([where])
    (by_car,) = Router(network, profile="car", engine="scipy").snap([where])
    assert by_bus.distance_m == pytest.approx(9.3, abs=0.3)
    assert by_car.distance_m == pytest.approx(190, abs=0.3)


def test_ten_thousand_places_are_snapped_in_order(router: Router) -> None:
    rng = np.random.default_rng(1)
    at = rng.uniform((60, -50), (940, 50), (10_000, 2))
    snaps = router.snap([place(str(i), x, y) for i, (x, y) in enumerate(at.tolist())])
    assert [snap.place.id for snap in snaps] == [str(i) for i in range(10_000)]
    assert np.abs(np.array([snap.offset_m for snap in snaps]) - at[:, 0]).max() < 0.1
    assert np.abs(np.array([snap.distance_m for snap in snaps]) - np.abs(at[:, 1])).max() < 0.1
