"""Ways through a town to compute by hand, on both engines: turns, hours, closures, profiles, names."""

import sys
from pathlib import Path

import numpy as np
import pytest

from gis.closures import Closure
from gis.errors import ClosureError, RouteError, SnapError
from gis.network import RoadNetwork
from gis.paths import violations
from gis.places import Place
from gis.router import Engine, Router
from tests.gis.plain_speeds import plain_speeds
from tests.gis.towns import ALL, Road, edge, lonlat, town

#   D —— E —— F        all roads 1000 m, both ways, ten metres a second
#   |    |    |
#   A —— B —— C
GRID = {"A": (0, 0), "B": (1000, 0), "C": (2000, 0), "D": (0, 1000), "E": (1000, 1000), "F": (2000, 1000)}
ROADS = tuple(Road(ends=ends) for ends in ("AB", "BC", "DE", "EF", "AD", "BE", "CF"))


def place(name: str, x_m: float, y_m: float) -> Place:
    lon, lat = lonlat(x_m, y_m)
    return Place(id=name, lon=lon, lat=lat, name=name)


WEST, EAST = place("西", 400, 0), place("东", 1700, 0)


@pytest.fixture(params=["cch", "scipy"])
def engine(request: pytest.FixtureRequest) -> Engine:
    name: Engine = request.param
    return name


def router_of(network: RoadNetwork, engine: Engine, profile: str = "car") -> Router:
    return Router(network, profile=profile, speeds=plain_speeds(), engine=engine)


def way(router: Router, origin: Place, destination: Place, depart_s: int = 0) -> tuple[str, int, int]:
    """Junctions passed, seconds and metres; and nothing for the judge to find."""
    path = router.path(origin, destination, depart_s)
    assert violations(router.network, router.closures, [path], speeds=router.speeds) == ()
    names = sorted(GRID)
    passed = "".join(names[router.network.edge_to[e]] for e in path.edges[:-1])
    return passed, round(path.arrive_s - depart_s), round(path.distance_m)


def test_straight_ahead(engine: Engine) -> None:
    assert way(router_of(town(GRID, ROADS), engine), WEST, EAST) == ("B", 130, 1300)


def test_a_forbidden_turn_is_driven_around(engine: Engine) -> None:
    router = router_of(town(GRID, ROADS, [("ABC", ALL)]), engine)
    assert way(router, WEST, EAST) == ("BEFC", 60 + 300 + 30, 600 + 3000 + 300)


def test_a_forbidden_sequence_is_driven_around_only_by_those_who_drive_all_of_it(engine: Engine) -> None:
    router = router_of(town(GRID, ROADS, [("ABCF", ALL)]), engine)
    north_east = place("东北", 2000, 500)
    assert way(router, WEST, north_east) == ("BEF", 60 + 200 + 50, 600 + 2000 + 500)
    assert way(router, place("中", 1000, 400), north_east) == ("BC", 40 + 100 + 50, 400 + 1000 + 500)
    assert way(router, WEST, EAST) == ("B", 130, 1300)


def test_a_one_way_road_is_driven_one_way(engine: Engine) -> None:
    roads = (Road(ends="AB", oneway=True), *ROADS[1:])
    router = router_of(town(GRID, roads), engine)
    assert way(router, WEST, EAST) == ("B", 130, 1300)
    assert way(router, EAST, WEST) == ("BEDA", 70 + 300 + 40, 700 + 3000 + 400)


def test_along_one_road_the_trip_is_direct_in_both_directions(engine: Engine) -> None:
    router = router_of(town(GRID, ROADS), engine)
    near, far = place("近", 300, 0), place("远", 700, 0)
    assert way(router, near, far) == ("", 40, 400)
    assert way(router, far, near) == ("", 40, 400)
    assert way(router, near, near) == ("", 0, 0)


def test_along_a_one_way_road_the_trip_back_goes_around(engine: Engine) -> None:
    roads = (Road(ends="AB", oneway=True), *ROADS[1:])
    router = router_of(town(GRID, roads), engine)
    near, far = place("近", 300, 0), place("远", 700, 0)
    assert way(router, near, far) == ("", 40, 400)
    assert way(router, far, near) == ("BEDA", 30 + 300 + 30, 300 + 3000 + 300)


def test_a_faster_way_out_and_back_beats_a_slow_road_between_neighbours(engine: Engine) -> None:
    network = town(GRID, ROADS)
    router = router_of(network, engine)
    crawl = tuple(edge(network, ends, GRID) for ends in ("AB", "BA"))
    router.close([Closure(id="慢", edges=crawl, factor=0.1)])
    near, far = place("近", 20, 0), place("远", 980, 0)
    assert way(router, near, far)[0] == "ADEB"
    assert way(router, near, far)[1] == 20 + 300 + 20


def test_entry_times_and_line_follow_the_edges(engine: Engine) -> None:
    network = town(GRID, ROADS)
    path = router_of(network, engine).path(WEST, place("北", 1000, 500), 100)
    assert path.edges == (edge(network, "AB", GRID), edge(network, "BE", GRID))
    assert path.entry_s == pytest.approx((100, 160), abs=0.01)
    assert path.arrive_s == pytest.approx(210, abs=0.01)
    assert (path.start_offset_m, path.end_offset_m) == pytest.approx((400, 500), abs=0.05)
    expected = [lonlat(400, 0), lonlat(1000, 0), lonlat(1000, 500)]
    assert list(zip(path.lon, path.lat, strict=True)) == [
        pytest.approx(point, abs=1e-6) for point in expected
    ]
    assert router_of(network, engine).path(WEST, EAST, 0, geometry=False).lon == ()


def test_a_bus_lane_and_a_low_bridge_tell_profiles_apart(engine: Engine) -> None:
    lane = town(GRID, (Road(ends="AB", access=("bus",)), *ROADS[1:]))
    assert way(router_of(lane, engine, "bus"), place("始", 0, 100), EAST)[0] == "AB"
    assert way(router_of(lane, engine, "car"), place("始", 0, 100), EAST)[0] == "DEB"
    bridge = town(GRID, (Road(ends="AB", max_height_m=2.5), *ROADS[1:]))
    assert way(router_of(bridge, engine, "car"), place("始", 0, 100), EAST)[0] == "AB"
    assert way(router_of(bridge, engine, "truck"), place("始", 0, 100), EAST)[0] == "DEB"


def test_the_hour_sets_the_speed_of_the_whole_trip(engine: Engine) -> None:
    speeds = plain_speeds({0: 1.0, 1000: 0.5, 2000: 1.0})
    router = Router(town(GRID, ROADS), speeds=speeds, engine=engine)
    took = [router.path(WEST, EAST, depart_s).arrive_s - depart_s for depart_s in (0, 999, 1000, 1800, 2000)]
    assert took == pytest.approx([130, 130, 260, 260, 130], abs=0.01)


def test_who_leaves_later_never_arrives_earlier(engine: Engine) -> None:
    speeds = plain_speeds({0: 0.25, 1000: 1.0})
    router = Router(town(GRID, ROADS), speeds=speeds, engine=engine)
    path = router.path(WEST, EAST, 900)  # setting out now takes 520 s; the faster hour begins in 100 s
    assert path.arrive_s == pytest.approx(1130, abs=0.01)
    assert path.entry_s[0] == 1000
    arrivals = [router.path(WEST, EAST, depart_s).arrive_s for depart_s in range(0, 1300, 50)]
    assert arrivals == sorted(arrivals)


def test_a_closed_road_is_driven_around_and_reopened_exactly(engine: Engine) -> None:
    network = town(GRID, ROADS)
    router = router_of(network, engine)
    before = router.path(WEST, EAST, 0)
    router.close([Closure(id="塌方", edges=(edge(network, "BC", GRID),))])
    assert way(router, WEST, EAST)[0] == "BEFC"
    assert way(router, EAST, WEST)[0] == "B"  # only one direction is shut
    router.reopen(["塌方"])
    assert router.path(WEST, EAST, 0) == before


def test_closures_on_one_edge_are_lifted_one_by_one_in_any_order(engine: Engine) -> None:
    network = town(GRID, ROADS)
    router = router_of(network, engine)
    bc = edge(network, "BC", GRID)
    slow, shut = Closure(id="缓行", edges=(bc,), factor=0.5), Closure(id="封闭", edges=(bc,))
    router.close([slow])
    router.close([shut])
    assert way(router, WEST, EAST)[0] == "BEFC"
    router.reopen(["封闭"])
    assert way(router, WEST, EAST) == ("B", 60 + 140, 1300)
    router.close([shut])
    router.reopen(["缓行"])
    assert way(router, WEST, EAST)[0] == "BEFC"
    router.reopen(["封闭"])
    assert way(router, WEST, EAST) == ("B", 130, 1300)


def test_every_change_raises_the_road_version(engine: Engine) -> None:
    network = town(GRID, ROADS)
    router = router_of(network, engine)
    versions = [router.road_version]
    router.close([Closure(id="a", edges=(0,)), Closure(id="b", edges=(1,))])
    versions.append(router.road_version)
    router.reopen(["b"])
    versions.append(router.road_version)
    with router.with_closures([Closure(id="a", edges=(2,)), Closure(id="c", edges=(3,))]):
        versions.append(router.road_version)
        assert {c.id: c.edges for c in router.closures} == {"a": (2,), "c": (3,)}
    versions.append(router.road_version)
    assert [c.edges for c in router.closures] == [(0,)]
    assert versions == [0, 1, 2, 3, 4]


def test_a_closure_with_the_id_of_another_takes_its_place(engine: Engine) -> None:
    network = town(GRID, ROADS)
    router = router_of(network, engine)
    router.close([Closure(id="x", edges=(edge(network, "BC", GRID),))])
    router.close([Closure(id="x", edges=(edge(network, "EF", GRID),))])
    assert way(router, WEST, EAST)[0] == "B"
    assert len(router.closures) == 1


def test_lifting_what_is_not_in_force_is_an_error_and_lifts_nothing(engine: Engine) -> None:
    router = router_of(town(GRID, ROADS), engine)
    router.close([Closure(id="a", edges=(0,))])
    with pytest.raises(ClosureError, match="乙"):
        router.reopen(["a", "乙"])
    assert [c.id for c in router.closures] == ["a"]


def test_a_wrong_closure_puts_none_in_force(engine: Engine) -> None:
    router = router_of(town(GRID, ROADS), engine)
    with pytest.raises(ClosureError):
        router.close([Closure(id="a", edges=(0,)), Closure(id="b", edges=(999,))])
    assert (router.closures, router.road_version) == ((), 0)


def test_a_road_that_shuts_before_one_arrives_is_not_driven(engine: Engine) -> None:
    network = town(GRID, ROADS)
    router = router_of(network, engine)
    router.close([Closure(id="c", edges=(edge(network, "BC", GRID),), start_s=1100, end_s=1200)])
    assert way(router, WEST, EAST, 969)[0] == "B"  # arrives at 1099
    assert way(router, WEST, EAST, 971)[1] == 1330 - 971  # waiting for 1200 beats driving around
    assert way(router, WEST, EAST, 1200) == ("B", 130, 1300)


def test_a_closure_met_only_on_the_way_around_is_found_too(engine: Engine) -> None:
    network = town(GRID, ROADS)
    router = router_of(network, engine)
    later = Closure(id="l", edges=(edge(network, "FC", GRID),), start_s=200)
    router.close([Closure(id="c", edges=(edge(network, "BC", GRID),)), later])
    with pytest.raises(RouteError, match=r"西.*东"):
        router.path(WEST, EAST, 0)
    assert way(router, WEST, place("东", 2000, 1000), 0)[0] in {"BE", "BEF"}


def test_a_closure_for_trucks_lets_cars_pass(engine: Engine) -> None:
    network = town(GRID, ROADS)
    for profile, passed in (("car", "B"), ("truck", "BEFC")):
        router = router_of(network, engine, profile)
        router.close([Closure(id="t", edges=(edge(network, "BC", GRID),), profiles=("truck",))])
        assert way(router, WEST, EAST)[0] == passed


def test_a_polygon_closes_what_lies_in_it(engine: Engine) -> None:
    router = router_of(town(GRID, ROADS), engine)
    flood = tuple(lonlat(1400 + dx, dy) for dx, dy in ((0, -50), (100, -50), (100, 50), (0, 50)))
    router.close([Closure(id="洪水", polygon=flood)])
    assert way(router, WEST, place("终", 2000, 100))[0] == "BEF"


def test_a_place_on_a_shut_road_cannot_be_reached_and_is_named(engine: Engine) -> None:
    network = town(GRID, ROADS)
    router = router_of(network, engine)
    router.close([Closure(id="x", edges=tuple(edge(network, ends, GRID) for ends in ("BC", "CB")))])
    for origin, destination in ((WEST, EAST), (EAST, WEST)):
        with pytest.raises(RouteError, match=rf"{origin.name}.*{destination.name}"):
            router.path(origin, destination, 0)


def test_the_nearest_come_in_order_with_seconds_and_metres(engine: Engine) -> None:
    router = router_of(town(GRID, ROADS), engine)
    cars = [place("a", 0, 900), place("b", 1900, 0), place("c", 1000, 200), place("d", 600, 0)]
    assert router.nearest(cars, place("现场", 1000, 0), 3, 0) == ((2, 20, 200), (3, 40, 400), (1, 90, 900))
    assert router.nearest(cars[:1], place("现场", 1000, 0), 3, 0) == ((0, 190, 1900),)
    assert router.nearest([], place("现场", 1000, 0), 3, 0) == ()


def test_the_nearest_heed_closures_that_begin_on_the_way(engine: Engine) -> None:
    network = town(GRID, ROADS)
    router = router_of(network, engine)
    cars = [place("a", 300, 0), place("b", 1900, 0)]
    shut = Closure(id="x", edges=(edge(network, "AB", GRID),), start_s=30)
    router.close([shut])
    scene = place("现场", 1000, 10)
    assert router.nearest(cars, scene, 2, 0)[0][0] == 1
    for i, seconds, _ in router.nearest(cars, scene, 2, 0):
        assert seconds == round(router.path(cars[i], scene, 0).arrive_s)


def test_a_profile_or_engine_that_does_not_exist_is_named() -> None:
    with pytest.raises(RouteError, match="tram"):
        Router(town(GRID, ROADS), profile="tram")
    with pytest.raises(RouteError, match="magic"):
        Router(town(GRID, ROADS), engine="magic")  # type: ignore[arg-type]


def test_without_the_library_scipy_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("gis.hierarchy", "gis.elimination"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "routingkit_cch", None)
    router = router_of(town(GRID, ROADS), "auto")
    assert router.engine == "scipy"
    assert way(router, WEST, EAST) == ("B", 130, 1300)
    with pytest.raises(RouteError, match="cch"):
        router_of(town(GRID, ROADS), "cch")


def test_with_the_library_the_hierarchy_is_chosen() -> None:
    assert router_of(town(GRID, ROADS), "auto").engine == "cch"


def test_the_order_is_kept_and_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    network, said = town(GRID, ROADS), list[str]()
    Router(network, engine="cch", cache_folder=tmp_path, progress=said.append)
    (kept,) = tmp_path.iterdir()
    order, times_said = np.load(kept), len(said)
    assert sorted(order.tolist()) == list(range(len(ROADS)))
    Router(network, engine="cch", cache_folder=tmp_path, progress=said.append)
    assert len(said) == times_said  # taken from the cache: nothing to wait for
    for damage in (b"", b"not an array", kept.read_bytes()[:-8]):
        kept.write_bytes(damage)
        router = Router(network, engine="cch", cache_folder=tmp_path, speeds=plain_speeds())
        assert np.array_equal(np.load(kept), order)
        assert way(router, WEST, EAST) == ("B", 130, 1300)
    np.save(kept, np.zeros_like(order))  # an array, but no order of these roads
    Router(network, engine="cch", cache_folder=tmp_path)
    assert np.array_equal(np.load(kept), order)


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("x")
    router = Router(town(GRID, ROADS), engine="cch", cache_folder=in_the_way, speeds=plain_speeds())
    assert way(router, WEST, EAST) == ("B", 130, 1300)


def test_a_network_of_one_road_can_be_driven(engine: Engine) -> None:
    router = router_of(town({"A": (0, 0), "B": (1000, 0)}, (Road(ends="AB"),)), engine)
    path = router.path(place("近", 300, 0), place("远", 700, 0), 0)
    assert path.distance_m == pytest.approx(400, abs=0.1)


def test_a_point_snapped_for_a_profile_that_may_drive_more_is_refused(engine: Engine) -> None:
    network = town(GRID, (Road(ends="AB", access=("bus",)), *ROADS[1:]))
    (on_bus_lane,) = router_of(network, engine, "bus").snap([WEST])
    with pytest.raises(SnapError, match=r"西.*car"):
        router_of(network, engine, "car").path(on_bus_lane, EAST, 0)


def test_one_order_serves_every_profile(tmp_path: Path) -> None:
    network = town(GRID, (Road(ends="AB", access=("bus",)), *ROADS[1:]))
    said: list[str] = []
    for profile in ("car", "bus"):
        router = Router(network, profile=profile, engine="cch", cache_folder=tmp_path, progress=said.append)
        assert router.engine == "cch"
    assert len(list(tmp_path.iterdir())) == 1
    assert len([sentence for sentence in said if "次序" in sentence]) == 1
