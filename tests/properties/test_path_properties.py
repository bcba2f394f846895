"""The judge of paths: silent about every lawful drive, never about a corrupted one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from gis.closures import Closure
from gis.coordinates import metres_between
from gis.network import PROFILE_BIT, RoadNetwork
from gis.paths import Path, violations
from tests.gis.towns import ALL, Road, town

SIDE = 3
CLASSES = ("primary", "residential", "service", "living_street")
CORNERS = "ABCDEFGHI"


@dataclass(frozen=True)
class Drive:
    """A network and a lawful path over it."""

    network: RoadNetwork
    path: Path


@st.composite
def networks(draw: st.DrawFn) -> RoadNetwork:
    """Nine junctions on a crooked grid; streets missing, one-way or for some vehicles only; some bans."""
    shift = st.floats(-60, 60)
    plan = {
        name: (300 * (i % SIDE) + draw(shift), 300 * (i // SIDE) + draw(shift))
        for i, name in enumerate(CORNERS)
    }
    pairs = [(i, i + 1) for i in range(9) if i % SIDE < 2] + [(i, i + SIDE) for i in range(6)]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=3, max_size=12, unique=True))
    roads = [
        Road(
            ends="".join(CORNERS[i] for i in (pair if draw(st.booleans()) else pair[::-1])),
            oneway=draw(st.integers(0, 3)) == 0,
            road_class=draw(st.sampled_from(CLASSES)),
            access=draw(st.sampled_from([ALL, ALL, ALL, ("bus", "foot"), ("emergency",)])),
            bends=tuple(draw(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 600)), max_size=2))),
        )
        for pair in chosen
    ]
    free = town(plan, roads)
    nodes = np.column_stack((free.edge_from, free.edge_to)).tolist()
    turns = [(*a, b[1]) for a in nodes for b in nodes if a[1] == b[0] and a[0] != b[1]]
    banned = draw(st.lists(st.sampled_from(turns), max_size=4, unique=True)) if turns else []
    return town(plan, roads, [("".join(CORNERS[i] for i in turn), ALL) for turn in banned])


@st.composite
def drives(draw: st.DrawFn) -> Drive:
    """A lawful walk: at each node any permitted way on, at moderate speed, between two offsets."""
    network = draw(networks())
    profile = draw(st.sampled_from(("car", "bus", "emergency")))
    usable = np.flatnonzero(network.edge_access & PROFILE_BIT[profile]).tolist()
    assume(usable)
    edges = [draw(st.sampled_from(usable))]
    while len(edges) < 8:
        onward = [e for e in usable if network.edge_from[e] == network.edge_to[edges[-1]]]
        lawful = [e for e in onward if _may_follow(network, edges[-1], e, onward)]
        if not lawful or draw(st.integers(0, 5)) == 0:
            break
        edges.append(draw(st.sampled_from(lawful)))
    return Drive(network, _timed(draw, network, profile, edges))


def _may_follow(network: RoadNetwork, a: int, b: int, onward: list[int]) -> bool:
    ends = network.ban_start.tolist()
    if any(network.ban_edges[i:j].tolist() == [a, b] for i, j in pairwise(ends)):
        return False
    turns_back = network.edge_shape[a] == network.edge_shape[b] and a != b
    return not turns_back or all(network.edge_shape[e] == network.edge_shape[a] for e in onward)


def _timed(draw: st.DrawFn, network: RoadNetwork, profile: str, edges: list[int]) -> Path:
    lengths = network.edge_length_m[edges]
    start = float(draw(st.floats(0, 0.45)) * lengths[0])
    end = float(draw(st.floats(0.55, 1)) * lengths[-1])
    driven = lengths.copy()
    driven[-1] = end
    driven[0] -= start
    depart = draw(st.integers(0, 80_000))
    times = depart + np.concatenate(([0.0], np.cumsum(driven / draw(st.floats(0.5, 2.5)))))
    line = _clipped([np.column_stack(network.edge_points(e)) for e in edges], lengths, start, end)
    return Path(
        profile=profile,
        edges=tuple(edges),
        entry_s=tuple(times[:-1].tolist()),
        depart_s=depart,
        arrive_s=float(times[-1]),
        distance_m=float(driven.sum()),
        start_offset_m=start,
        end_offset_m=end,
        lon=tuple(line[:, 0].tolist()),
        lat=tuple(line[:, 1].tolist()),
    )


def _clipped(lines: list[np.ndarray], lengths: np.ndarray, start: float, end: float) -> np.ndarray:
    """Cut the last line at `end` and the first at `start` metres."""
    lines[-1] = _until(lines[-1], end / lengths[-1])
    if len(lines) == 1:
        start *= 1 / end * lengths[0]
    lines[0] = _until(lines[0][::-1], 1 - start / lengths[0])[::-1]
    return np.concatenate(lines)


def _until(line: np.ndarray, share: float) -> np.ndarray:
    steps = metres_between(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1])
    along = np.concatenate(([0.0], np.cumsum(steps)))
    at = share * along[-1]
    point = [[np.interp(at, along, line[:, k]) for k in (0, 1)]]
    return np.concatenate((line[along < at], point))


@given(drives())
def test_a_lawful_drive_is_never_faulted(drive: Drive) -> None:
    assert violations(drive.network, (), (drive.path,)) == ()


@given(drives(), st.data())
def test_a_closure_while_a_vehicle_is_there_is_always_found(drive: Drive, data: st.DataObject) -> None:
    path = drive.path
    i = data.draw(st.integers(0, len(path.edges) - 1))
    leave_s = (*path.entry_s, path.arrive_s)[i + 1]
    assume(leave_s > path.entry_s[i])
    at_s = data.draw(st.floats(path.entry_s[i], leave_s, exclude_max=True))
    shut = Closure(id="x", edges=(path.edges[i],), start_s=int(at_s), end_s=int(at_s) + 1)
    found = violations(drive.network, (shut,), (path,))
    assert "closed" in [v.code for v in found]


@given(drives())
def test_closures_at_other_times_are_no_fault(drive: Drive) -> None:
    path = drive.path
    before = Closure(id="a", edges=path.edges, start_s=-100, end_s=int(path.depart_s))
    after = Closure(id="b", edges=path.edges, start_s=int(path.arrive_s) + 1, end_s=200_000)
    assert violations(drive.network, (before, after), (path,)) == ()


@given(drives(), st.data())
def test_a_turn_that_becomes_forbidden_is_found(drive: Drive, data: st.DataObject) -> None:
    path, network = drive.path, drive.network
    assume(len(path.edges) >= 2)
    length = data.draw(st.integers(2, len(path.edges)))
    i = data.draw(st.integers(0, len(path.edges) - length))
    stricter = replace(
        network,
        ban_start=np.append(network.ban_start, network.ban_start[-1] + length).astype(np.int32),
        ban_edges=np.append(network.ban_edges, path.edges[i : i + length]).astype(np.int32),
        ban_profiles=np.append(network.ban_profiles, PROFILE_BIT[path.profile]).astype(np.uint8),
    )
    assert "forbidden_turn" in [v.code for v in violations(stricter, (), (path,))]


@given(drives(), st.data())
def test_a_road_that_becomes_forbidden_low_or_narrow_is_found(drive: Drive, data: st.DataObject) -> None:
    edge = data.draw(st.sampled_from(drive.path.edges))
    for field, value, code in (
        ("edge_access", 0, "not_allowed"),
        ("edge_max_height_m", 1.0, "too_high"),
        ("edge_max_weight_t", 0.5, "too_heavy"),
        ("edge_max_width_m", 1.0, "too_wide"),
    ):
        if drive.path.profile == "emergency" and field == "edge_max_weight_t":
            continue  # the table may exempt rescue vehicles
        column = getattr(drive.network, field).copy()
        column[edge] = value
        changed = replace(drive.network, **{field: column})
        assert code in [v.code for v in violations(changed, (), (drive.path,))]


Corruption = Callable[[st.DataObject, Drive], Path]


def _swapped(data: st.DataObject, drive: Drive) -> Path:
    edges = list(drive.path.edges)
    i, j = (data.draw(st.integers(0, len(edges) - 1)) for _ in range(2))
    edges[i], edges[j] = edges[j], edges[i]
    return replace(drive.path, edges=tuple(edges))


def _replaced(data: st.DataObject, drive: Drive) -> Path:
    edges = list(drive.path.edges)
    i = data.draw(st.integers(0, len(edges) - 1))
    edges[i] = data.draw(st.integers(-1, drive.network.edge_count))
    return replace(drive.path, edges=tuple(edges))


def _left_out(data: st.DataObject, drive: Drive) -> Path:
    i = data.draw(st.integers(0, len(drive.path.edges) - 1))
    edges, entry_s = drive.path.edges, drive.path.entry_s
    return replace(drive.path, edges=edges[:i] + edges[i + 1 :], entry_s=entry_s[:i] + entry_s[i + 1 :])


def _driven_back(data: st.DataObject, drive: Drive) -> Path:
    network, edges = drive.network, drive.path.edges
    twin = {
        (int(s), bool(r)): e
        for e, (s, r) in enumerate(zip(network.edge_shape, network.edge_reversed, strict=True))
    }
    i = data.draw(st.integers(0, len(edges) - 1))
    back = twin.get((int(network.edge_shape[edges[i]]), not network.edge_reversed[edges[i]]), -1)
    return replace(drive.path, edges=(*edges[:i], back, *edges[i + 1 :]))


def _mistimed(data: st.DataObject, drive: Drive) -> Path:
    times = list(drive.path.entry_s)
    i, j = (data.draw(st.integers(0, len(times) - 1)) for _ in range(2))
    times[i], times[j] = times[j], times[i]
    return replace(drive.path, entry_s=tuple(times))


def _early(data: st.DataObject, drive: Drive) -> Path:
    return replace(drive.path, arrive_s=drive.path.entry_s[-1] - data.draw(st.floats(0.01, 1e5)))


def _rushed(data: st.DataObject, drive: Drive) -> Path:
    share = data.draw(st.floats(0, 0.01))
    zero = drive.path.depart_s
    times = tuple(zero + (t - zero) * share for t in (*drive.path.entry_s, drive.path.arrive_s))
    return replace(drive.path, entry_s=times[:-1], arrive_s=times[-1])


def _mismeasured(data: st.DataObject, drive: Drive) -> Path:
    error = data.draw(st.floats(2, 1e6) | st.floats(-1e6, -2) | st.just(float("nan")))
    return replace(drive.path, distance_m=drive.path.distance_m + error)


def _moved(data: st.DataObject, drive: Drive) -> Path:
    name = data.draw(st.sampled_from(("start_offset_m", "end_offset_m")))
    error = data.draw(st.floats(5, 1e5) | st.floats(-1e5, -5))
    return replace(drive.path, **{name: getattr(drive.path, name) + error})


def _renamed(data: st.DataObject, drive: Drive) -> Path:
    return replace(drive.path, profile=data.draw(st.sampled_from(("", "CAR", "tram", "walk"))))


CORRUPTIONS: tuple[Corruption, ...] = (
    _swapped, _replaced, _left_out, _driven_back, _mistimed, _early, _rushed, _mismeasured, _moved, _renamed
)  # fmt: skip


@given(drives(), st.sampled_from(CORRUPTIONS), st.data())
def test_a_corrupted_drive_is_always_faulted(drive: Drive, corrupt: Corruption, data: st.DataObject) -> None:
    path = corrupt(data, drive)
    assume(path != drive.path)
    assert violations(drive.network, (), (path,)) != ()


@given(drives(), st.sampled_from(ALL))
def test_a_profile_is_refused_exactly_where_it_may_not_drive(drive: Drive, profile: str) -> None:
    edges = np.array(drive.path.edges)
    refused = not (drive.network.edge_access[edges] & PROFILE_BIT[profile]).all()
    found = violations(drive.network, (), (replace(drive.path, profile=profile),))
    assert ("not_allowed" in [v.code for v in found]) == refused


@given(st.lists(drives(), min_size=1, max_size=1), st.integers(1, 4))
def test_paths_are_judged_one_by_one(drive: list[Drive], times: int) -> None:
    (one,) = drive
    bad = replace(one.path, distance_m=-1.0)
    found = violations(one.network, (), (one.path, bad) * times)
    assert {v.path for v in found} == {2 * i + 1 for i in range(times)}
