"""Every way in which a drive can be wrong is named, each alone."""

import contextlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path as FilePath

import numpy as np
import pytest

from gis.closures import Closure
from gis.errors import ClosureError, RouteError
from gis.network import RoadNetwork
from gis.paths import Path, PathFault, PathViolation, violations
from gis.places import Place
from gis.read import read_network
from gis.router import Router
from tests.gis.towns import ALL, Road, edge, lonlat, town

#   D ——— C ——— G (dead end)       all blocks 300 m; A→B is one-way; under the bridge C–G 3 m; E–F only buses,
#   |     |                         D–E only emergency vehicles
#   A ——→ B ——— E ——— F
PLAN = {
    "A": (0, 0), "B": (300, 0), "C": (300, 300), "D": (0, 300), "E": (600, 0), "F": (900, 0), "G": (600, 300),
}  # fmt: skip
ROADS = (
    Road(ends="AB", oneway=True, name="文昌街"),
    Road(ends="BC", bends=((310, 150),)),
    Road(ends="CD", maxspeed_kmh=36),
    Road(ends="DA"),
    Road(ends="BE"),
    Road(ends="EF", access=("bus", "foot")),
    Road(ends="CG", max_height_m=2.5, max_weight_t=3, max_width_m=2.0, name="铁路桥"),
    Road(ends="DE", access=("emergency", "foot"), bends=((300, -200),)),
)
BANS = (("ABE", ("car", "truck")), ("BCD", ("bus",)), ("CDAB", ("car",)))
NETWORK = town(PLAN, ROADS, BANS)


def drive(way: str, *, profile: str = "car", leave_s: float = 36_000, network: RoadNetwork = NETWORK) -> Path:
    """Drive from the first junction to the last, 2 m/s all the way, with the true line."""
    edges = tuple(edge(network, way[i : i + 2], PLAN) for i in range(len(way) - 1))
    times = leave_s + np.concatenate(([0.0], np.cumsum(network.edge_length_m[list(edges)]))) / 2
    line = [p for e in edges for p in np.column_stack(network.edge_points(e)).tolist()]
    return Path(
        profile=profile,
        edges=edges,
        entry_s=tuple(times[:-1].tolist()),
        depart_s=leave_s,
        arrive_s=float(times[-1]),
        distance_m=float(network.edge_length_m[list(edges)].sum()),
        start_offset_m=0.0,
        end_offset_m=float(network.edge_length_m[edges[-1]]),
        lon=tuple(p[0] for p in line),
        lat=tuple(p[1] for p in line),
    )


def judged(path: Path, *closures: Closure) -> tuple[PathViolation, ...]:
    return violations(NETWORK, closures, (path,))


def codes(path: Path, *closures: Closure) -> list[str]:
    return [violation.code for violation in judged(path, *closures)]


def closed(
    ends: str, start_s: int, end_s: int, *, factor: float = 0.0, profiles: tuple[str, ...] = ()
) -> Closure:
    return Closure(
        id="c1",
        name="滑坡",
        edges=(edge(NETWORK, ends, PLAN),),
        start_s=start_s,
        end_s=end_s,
        factor=factor,
        profiles=profiles,
    )


def test_a_lawful_drive_has_no_fault() -> None:
    assert judged(drive("ABCD")) == ()


def test_no_paths_have_no_faults() -> None:
    assert violations(NETWORK, (), ()) == ()


def test_a_drive_without_a_line_is_judged_by_its_edges() -> None:
    assert judged(replace(drive("ABCD"), lon=(), lat=())) == ()


def test_a_drive_between_two_points_of_one_street_has_no_fault() -> None:
    whole = drive("CD")
    (x0, y0), (x1, y1) = lonlat(250, 300), lonlat(100, 300)
    part = replace(whole, start_offset_m=50, end_offset_m=200, distance_m=150, lon=(x0, x1), lat=(y0, y1))
    assert judged(part) == ()


def test_points_before_the_start_and_after_the_end_need_not_be_driven() -> None:
    path = drive("BCD")
    start, end = lonlat(305, 225), lonlat(150, 300)
    bend_m = float(np.hypot(10, 150))
    path = replace(
        path,
        profile="car",
        start_offset_m=bend_m * 1.5,
        end_offset_m=150,
        distance_m=bend_m * 0.5 + 150,
        lon=(start[0], lonlat(300, 300)[0], end[0]),
        lat=(start[1], lonlat(300, 300)[1], end[1]),
    )
    assert judged(path) == ()


def test_each_path_is_named_by_its_position() -> None:
    bad = replace(drive("CD"), distance_m=1.0)
    found = violations(NETWORK, (), (drive("CD"), bad, drive("DC"), bad))
    assert [v.path for v in found] == [1, 3]
    assert found[0].message.startswith("路径 1")


def test_an_edge_that_is_not_there_is_named() -> None:
    path = drive("CD")
    (found,) = judged(replace(path, edges=(999,)))
    assert (found.code, found.edge) == (PathFault.UNKNOWN_EDGE, 999)
    assert codes(replace(path, edges=(-1,))) == ["unknown_edge"]


def test_a_path_without_edges_is_no_path() -> None:
    assert codes(replace(drive("CD"), edges=(), entry_s=())) == ["empty"]


def test_a_profile_that_is_not_there_is_named() -> None:
    (found,) = judged(replace(drive("CD"), profile="tram"))
    assert found.code == PathFault.UNKNOWN_PROFILE
    assert "'tram'" in found.message


def test_an_entry_time_is_needed_for_every_edge() -> None:
    path = drive("ABCD")
    assert codes(replace(path, entry_s=path.entry_s[:-1])) == ["malformed"]


@pytest.mark.parametrize("field", ["depart_s", "arrive_s", "distance_m", "start_offset_m", "end_offset_m"])
def test_what_is_not_a_number_is_refused(field: str) -> None:
    assert codes(replace(drive("CD"), **{field: float("nan")})) == ["malformed"]  # type: ignore[arg-type]


def test_swapped_edges_do_not_join() -> None:
    path = drive("ABCD")
    a, b, c = path.edges
    assert "disconnected" in codes(replace(path, edges=(b, a, c), lon=(), lat=()))


def test_a_one_way_street_driven_backwards_does_not_join() -> None:
    path = drive("CBC")
    ab = edge(NETWORK, "AB", PLAN)
    found = judged(replace(path, edges=(path.edges[0], ab), lon=(), lat=()))
    assert found[0].code == PathFault.DISCONNECTED
    assert "文昌街" in found[0].message
    assert "反方向" in found[0].message


def test_backwards_along_a_single_edge_is_wrong() -> None:
    path = replace(drive("CD"), start_offset_m=200, end_offset_m=100, distance_m=-100, lon=(), lat=())
    assert codes(path) == ["wrong_offset"]


@pytest.mark.parametrize(
    ("way", "profile"), [("BEF", "car"), ("EF", "emergency"), ("DE", "car"), ("DE", "bus")]
)
def test_a_road_for_others_may_not_be_used(way: str, profile: str) -> None:
    assert codes(drive(way, profile=profile)) == ["not_allowed"]


@pytest.mark.parametrize(("way", "profile"), [("BEF", "bus"), ("DE", "emergency")])
def test_those_whom_it_is_for_may_use_it(way: str, profile: str) -> None:
    assert codes(drive(way, profile=profile)) == []


def test_a_truck_under_a_low_narrow_weak_bridge_is_told_all_three() -> None:
    found = judged(drive("CG", profile="truck"))
    assert [v.code for v in found] == ["too_high", "too_heavy", "too_wide"]
    assert "铁路桥" in found[0].message
    assert "限高 2.5 米" in found[0].message


def test_a_car_fits_under_the_low_bridge() -> None:
    assert codes(drive("CG")) == []


def test_a_forbidden_turn_at_a_node_is_found() -> None:
    (found,) = judged(drive("ABE"))
    assert (found.code, found.edge) == (PathFault.FORBIDDEN_TURN, edge(NETWORK, "BE", PLAN))


def test_a_forbidden_turn_over_a_via_way_is_found_only_when_driven_whole() -> None:
    assert codes(drive("CDAB")) == ["forbidden_turn"]
    assert codes(drive("DAB")) == []
    assert codes(drive("CDA")) == []


def test_a_turn_that_is_forbidden_to_others_is_free() -> None:
    assert codes(drive("ABE", profile="bus")) == []
    assert codes(drive("BCD", profile="bus")) == ["forbidden_turn"]


def test_turning_back_is_for_dead_ends() -> None:
    assert codes(drive("CGC")) == []
    (found,) = judged(drive("DCD"))
    assert (found.code, found.edge) == (PathFault.U_TURN, edge(NETWORK, "CD", PLAN))


def test_where_every_other_road_is_for_others_a_node_is_a_dead_end() -> None:
    assert codes(drive("BEB")) == []
    assert codes(drive("BEB", profile="bus")) == ["u_turn"]


def test_where_the_other_road_is_too_low_a_node_is_a_dead_end() -> None:
    plan = {"A": (0, 0), "B": (300, 0), "C": (600, 0)}
    street = town(plan, [Road(ends="AB"), Road(ends="BC", max_height_m=2.5)])
    times = {"entry_s": (0.0, 150.0), "depart_s": 0.0, "arrive_s": 300.0, "distance_m": 600.0}
    back = Path(profile="truck", edges=(0, 1), start_offset_m=0, end_offset_m=300, **times)  # type: ignore[arg-type]
    assert violations(street, (), (back,)) == ()
    assert [v.code for v in violations(street, (), (replace(back, profile="car"),))] == ["u_turn"]


# The edge C–D is entered at 10:00:00 and left 150 s later.


@pytest.mark.parametrize(
    ("start_s", "end_s", "fault"),
    [
        (36_000, 36_001, True),  # closed just when it is entered
        (35_000, 36_000, False),  # open again at that very second
        (36_149, 40_000, True),  # closes while still inside
        (36_151, 40_000, False),  # closes after it was left
        (36_050, 36_051, True),  # one second in between
        (0, 86_400, True),
    ],
)
def test_an_edge_may_not_be_occupied_during_its_closure(start_s: int, end_s: int, fault: bool) -> None:
    assert codes(drive("CD"), closed("CD", start_s, end_s)) == (["closed"] if fault else [])


def test_a_closure_names_itself_and_its_hours() -> None:
    (found,) = judged(drive("CD"), closed("CD", 36_000, 39_600))
    assert "滑坡" in found.message
    assert "10:00:00–11:00:00" in found.message
    assert found.at_s == 36_000


def test_a_closure_binds_its_direction_and_its_profiles_only() -> None:
    assert codes(drive("CD"), closed("DC", 0, 86_400)) == []
    assert codes(drive("CD"), closed("CD", 0, 86_400, profiles=("truck",))) == []
    assert codes(drive("CD"), closed("CD", 0, 86_400, profiles=("truck", "car"))) == ["closed"]


def test_a_polygon_closes_every_edge_that_it_touches() -> None:
    flood = Closure(
        id="f", name="内涝", polygon=tuple(lonlat(x, y) for x, y in ((100, 290), (120, 290), (110, 310))),
        start_s=0, end_s=86_400,
    )  # fmt: skip
    assert codes(drive("CD"), flood) == ["closed"]
    assert codes(drive("BCD"), flood) == ["closed"]
    assert codes(drive("BC"), flood) == []


def test_a_polygon_of_two_corners_is_no_area() -> None:
    line = Closure(id="x", name="断桥", polygon=(lonlat(0, 0), lonlat(9, 9)), start_s=0, end_s=9)
    with pytest.raises(ClosureError, match="断桥"):
        judged(drive("CD"), line)


def test_a_slow_road_is_no_closed_road_but_takes_its_time() -> None:
    ice = closed("CD", 0, 86_400, factor=0.1)
    assert codes(drive("CD")) == []
    assert codes(drive("CD"), ice) == ["too_fast"]
    assert codes(drive("CD"), closed("CD", 0, 86_400, factor=0.5)) == []
    assert codes(drive("CD"), closed("CD", 36_100, 86_400, factor=0.1)) == []


def test_time_may_not_run_backwards() -> None:
    path = drive("ABCD")
    a, b, c = path.entry_s
    assert "time_backwards" in codes(replace(path, entry_s=(a, c, b)))
    assert "time_backwards" in codes(replace(path, arrive_s=c - 1))


def test_nobody_leaves_before_the_departure() -> None:
    path = drive("ABCD")
    assert codes(replace(path, depart_s=path.depart_s + 1)) == ["time_backwards"]
    assert codes(replace(path, depart_s=path.depart_s - 600)) == []


def test_nobody_flies() -> None:
    path = drive("ABCD")
    assert codes(replace(path, arrive_s=path.entry_s[-1] + 5)) == ["too_fast"]
    rushed = tuple(36_000 + (t - 36_000) / 8 for t in (*path.entry_s, path.arrive_s))
    assert codes(replace(path, entry_s=rushed[:-1], arrive_s=rushed[-1])) == ["too_fast"]


def test_seconds_gained_by_rounding_on_every_edge_add_up_to_a_fault() -> None:
    """29 blocks of 20 m on a living street (about 6 s each), each driven 0.9 s faster than anybody can."""
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcd"
    plan = {name: (20.0 * i, 0.0) for i, name in enumerate(names)}
    street = town(plan, [Road(ends=names[i : i + 2], road_class="living_street") for i in range(29)])
    edges = tuple(range(0, 58, 2))
    least_s = 20 / (12 / 3.6 * 1.05)
    times = [(least_s - 0.9) * i for i in range(30)]
    path = Path(
        profile="car", edges=edges, entry_s=tuple(times[:-1]), depart_s=0, arrive_s=times[-1],
        distance_m=580, start_offset_m=0, end_offset_m=20,
    )  # fmt: skip
    assert [v.code for v in violations(street, (), (path,))] == ["too_fast"]


def test_the_length_must_add_up() -> None:
    path = drive("ABCD")
    assert codes(replace(path, distance_m=path.distance_m + 0.5)) == []
    assert codes(replace(path, distance_m=path.distance_m + 10)) == ["wrong_length"]
    assert codes(replace(path, distance_m=path.distance_m - 10)) == ["wrong_length"]


def test_offsets_lie_on_their_edges() -> None:
    path = replace(drive("ABCD"), lon=(), lat=())
    assert codes(replace(path, start_offset_m=-20, distance_m=path.distance_m + 20)) == ["wrong_offset"]
    beyond = replace(path, end_offset_m=path.end_offset_m + 20, distance_m=path.distance_m + 20)
    assert codes(beyond) == ["wrong_offset"]


def test_the_line_must_follow_the_bends() -> None:
    path = drive("BC")
    straight = replace(path, lon=(path.lon[0], path.lon[-1]), lat=(path.lat[0], path.lat[-1]))
    assert codes(straight) == ["wrong_shape"]


def test_the_line_must_start_and_end_where_the_drive_does() -> None:
    path = drive("CD")
    east, north = lonlat(300, 310)
    assert codes(replace(path, lon=(east, path.lon[-1]), lat=(north, path.lat[-1]))) != []
    moved = judged(replace(path, lon=(path.lon[0], path.lon[-1] + 0.001)))
    assert {v.code for v in moved} == {"wrong_shape"}


def test_a_detour_of_the_line_is_found() -> None:
    path = drive("CD")
    x, y = lonlat(150, 600)
    assert "wrong_shape" in codes(
        replace(path, lon=(path.lon[0], x, path.lon[-1]), lat=(path.lat[0], y, path.lat[-1]))
    )


def test_a_line_rounded_to_six_decimals_still_follows() -> None:
    path = drive("ABCD")
    rounded = replace(
        path, lon=tuple(round(x, 6) for x in path.lon), lat=tuple(round(y, 6) for y in path.lat)
    )
    assert codes(rounded) == []


def test_everybody_is_known_to_the_judge() -> None:
    for profile in ALL:
        assert PathFault.UNKNOWN_PROFILE not in codes(drive("CD", profile=profile))


@pytest.mark.parametrize("profile", ["car", "bus", "truck", "emergency"])
def test_what_the_router_drives_in_a_real_city_is_lawful_also_around_closures(
    helsinki: RoadNetwork, profile: str
) -> None:
    rng = np.random.default_rng(11)
    router = Router(helsinki, profile=profile, engine="scipy")
    chosen = rng.integers(0, helsinki.node_count, 25)
    places = [
        Place(id=str(i), lon=float(helsinki.node_lon[i]), lat=float(helsinki.node_lat[i])) for i in chosen
    ]
    snaps, _ = router.try_snap(places)
    free = [router.path(a, b, float(rng.integers(0, 86_400))) for a, b in pairwise(snaps)]
    assert len(free) > 15
    assert violations(helsinki, (), free) == ()

    driven = sorted({edge for path in free for edge in path.edges[5:-5]})
    assert driven
    shut = Closure(id="x", edges=tuple(driven[::7]), start_s=0, end_s=200_000, profiles=(profile,))
    assert any(violation.code == PathFault.CLOSED for violation in violations(helsinki, (shut,), free))
    router.close([shut])
    around = []
    for a, b in pairwise(snaps):
        with contextlib.suppress(RouteError):
            around.append(router.path(a, b, 36_000.0))
    assert around
    assert violations(helsinki, (shut,), around) == ()


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: FilePath) -> RoadNetwork:
    return read_network(helsinki_pbf)
