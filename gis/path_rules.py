"""The rules of a drive, one small function each: what `gis.paths.violations` asks of every path.

Every rule looks at a `Drive` (the path laid out over the arrays of the network) and yields what is broken.
Nothing here is shared with the router that made the path.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.closures import Closure
from gis.coordinates import metres_between
from gis.network import RoadNetwork

SPEED_TOLERANCE: Final = 1.05
SLACK_S: Final = 1.0  # times may be rounded to whole seconds
SLACK_M: Final = 1.0  # lengths may be rounded to whole metres
POINT_SLACK_M: Final = 2.0
_DEGREE_DIGITS: Final = 6  # drawn lines may be rounded to 6 decimals (11 cm)

_Array = NDArray[np.float64]


class PathFault(StrEnum):
    """What can be wrong with a path."""

    EMPTY = "empty"
    MALFORMED = "malformed"
    UNKNOWN_EDGE = "unknown_edge"
    UNKNOWN_PROFILE = "unknown_profile"
    DISCONNECTED = "disconnected"
    NOT_ALLOWED = "not_allowed"
    TOO_HIGH = "too_high"
    TOO_HEAVY = "too_heavy"
    TOO_WIDE = "too_wide"
    FORBIDDEN_TURN = "forbidden_turn"
    U_TURN = "u_turn"
    CLOSED = "closed"
    TIME_BACKWARDS = "time_backwards"
    TOO_FAST = "too_fast"
    WRONG_OFFSET = "wrong_offset"
    WRONG_LENGTH = "wrong_length"
    WRONG_SHAPE = "wrong_shape"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathViolation:
    """One broken rule of one path.

    Parameters
    ----------
    path
        Position among the paths judged.
    code, message
        What is wrong, and a sentence with the values for a dispatcher.
    edge, at_s
        Where and when, for rules about one edge.
    """

    path: int
    code: PathFault
    message: str
    edge: int | None = None
    at_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What one profile may do on a network, laid out per edge.

    Parameters
    ----------
    profile
        Its name.
    allowed
        bool[m]: access in this direction.
    passable
        bool[m]: allowed, and wide, high and strong enough.
    height_m, weight_t, width_m
        Of the vehicle; zero where the edge's limits do not bind it.
    top_mps
        float64[m]: the highest speed the table gives at any time of day.
    bans
        First edge → forbidden sequences of this profile that start with it.
    closures
        Edge → closures and slow-downs that bind this profile there.
    """

    profile: str
    allowed: NDArray[np.bool_]
    passable: NDArray[np.bool_]
    height_m: float
    weight_t: float
    width_m: float
    top_mps: _Array
    bans: Mapping[int, tuple[tuple[int, ...], ...]]
    closures: Mapping[int, tuple[Closure, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drive:
    """A path laid out: `e` edges, each with the seconds on it and the metres driven of it."""

    index: int
    network: RoadNetwork
    ground: Ground
    edges: NDArray[np.int64]
    entry_s: _Array
    exit_s: _Array
    driven_m: _Array
    depart_s: float
    distance_m: float
    start_offset_m: float
    end_offset_m: float
    lon: _Array
    lat: _Array

    def fault(self, code: PathFault, message: str, position: int | None = None) -> PathViolation:
        """Return a violation of this drive, at the edge in `position` where there is one."""
        if position is None:
            return PathViolation(path=self.index, code=code, message=f"路径 {self.index}：{message}")
        edge = int(self.edges[position])
        return PathViolation(
            path=self.index,
            code=code,
            message=f"路径 {self.index} 第 {position + 1} 段（{self.network.edge_label(edge)}）：{message}",
            edge=edge,
            at_s=float(self.entry_s[position]),
        )


def connected(drive: Drive) -> Iterator[PathViolation]:
    """Each edge starts where the one before it ends."""
    ends = drive.network.edge_to[drive.edges[:-1]]
    starts = drive.network.edge_from[drive.edges[1:]]
    for i in np.flatnonzero(ends != starts).tolist():
        against = ends[i] == drive.network.edge_to[drive.edges[i + 1]]
        why = "只能反方向行驶，与上一段首尾不接" if against else "与上一段不相接"
        yield drive.fault(PathFault.DISCONNECTED, why, i + 1)


def allowed(drive: Drive) -> Iterator[PathViolation]:
    """Each edge is open to the profile in the direction driven."""
    for i in np.flatnonzero(~drive.ground.allowed[drive.edges]).tolist():
        yield drive.fault(PathFault.NOT_ALLOWED, f"{drive.ground.profile} 不得在此方向通行", i)


def fits(drive: Drive) -> Iterator[PathViolation]:
    """No edge is too low, too weak or too narrow for the vehicle."""
    network, ground = drive.network, drive.ground
    for code, size, limits, unit in (
        (PathFault.TOO_HIGH, ground.height_m, network.edge_max_height_m, "限高 {} 米，车高 {} 米"),
        (PathFault.TOO_HEAVY, ground.weight_t, network.edge_max_weight_t, "限重 {} 吨，车重 {} 吨"),
        (PathFault.TOO_WIDE, ground.width_m, network.edge_max_width_m, "限宽 {} 米，车宽 {} 米"),
    ):
        limit = limits[drive.edges]
        for i in np.flatnonzero(limit < size).tolist():
            yield drive.fault(code, unit.format(f"{limit[i]:g}", f"{size:g}"), i)


def obeys_turns(drive: Drive) -> Iterator[PathViolation]:
    """No forbidden sequence of edges is driven in one go."""
    edges = drive.edges.tolist()
    for i, edge in enumerate(edges):
        for banned in drive.ground.bans.get(edge, ()):
            if tuple(edges[i : i + len(banned)]) == banned:
                onto = drive.network.edge_label(banned[-1])
                yield drive.fault(PathFault.FORBIDDEN_TURN, f"由此禁止驶向 {onto}", i + len(banned) - 1)


def turns_back_only_at_dead_ends(drive: Drive) -> Iterator[PathViolation]:
    """Driving back over the same road is for dead ends: nodes with no other way on for the profile."""
    network, edges = drive.network, drive.edges
    before, after = edges[:-1], edges[1:]
    back = (network.edge_shape[before] == network.edge_shape[after]) & (
        network.edge_reversed[before] != network.edge_reversed[after]
    )
    for i in np.flatnonzero(back).tolist():
        onward = (network.edge_from == network.edge_to[before[i]]) & drive.ground.passable
        if (onward & (network.edge_shape != network.edge_shape[before[i]])).any():
            yield drive.fault(PathFault.U_TURN, "不是断头路，不得原路掉头", i + 1)


def avoids_closures(drive: Drive) -> Iterator[PathViolation]:
    """No edge is occupied during any second of a closure of it (spans are half-open)."""
    for i, closure in _met(drive):
        if closure.factor > 0:
            continue
        entry, leave = drive.entry_s[i], drive.exit_s[i]
        if entry < closure.end_s and (leave > closure.start_s or entry >= closure.start_s):
            span = f"{_clock(closure.start_s)}–{_clock(closure.end_s)}"
            name = closure.name or closure.id
            why = f"{name} 封闭 {span}，车辆 {_clock(entry)}–{_clock(leave)} 在此"
            yield drive.fault(PathFault.CLOSED, why, i)


def keeps_time(drive: Drive) -> Iterator[PathViolation]:
    """Leaving is not before the departure, and no edge is left before it was entered."""
    if drive.entry_s[0] < drive.depart_s:
        yield drive.fault(PathFault.TIME_BACKWARDS, f"早于出发时刻 {_clock(drive.depart_s)} 上路", 0)
    for i in np.flatnonzero(drive.exit_s < drive.entry_s).tolist():
        why = f"驶入 {_clock(drive.entry_s[i])}，却在 {_clock(drive.exit_s[i])} 驶出"
        yield drive.fault(PathFault.TIME_BACKWARDS, why, i)


def keeps_speed(drive: Drive) -> Iterator[PathViolation]:
    """Neither an edge nor the whole is driven faster than the speed table (and slow-downs) ever allow."""
    least_s = drive.driven_m / (_top_mps(drive) * SPEED_TOLERANCE)
    spent_s = drive.exit_s - drive.entry_s
    lacking_s = least_s - spent_s
    worst = int(np.argmax(lacking_s))
    if lacking_s[worst] > SLACK_S:
        why = f"{drive.driven_m[worst]:.0f} 米至少需 {least_s[worst]:.1f} 秒，只用了 {spent_s[worst]:.1f} 秒"
        yield drive.fault(PathFault.TOO_FAST, why, worst)
    elif least_s.sum() > spent_s.sum() + SLACK_S:
        why = f"全程至少需 {least_s.sum():.0f} 秒，只用了 {spent_s.sum():.0f} 秒"
        yield drive.fault(PathFault.TOO_FAST, why)


def starts_and_ends_on_its_edges(drive: Drive) -> Iterator[PathViolation]:
    """Offsets lie on their edges, and on a single edge the end is not behind the start."""
    lengths = drive.network.edge_length_m[drive.edges]
    for name, offset, i in (
        ("起点", drive.start_offset_m, 0),
        ("终点", drive.end_offset_m, len(lengths) - 1),
    ):
        if not -SLACK_M <= offset <= lengths[i] + SLACK_M:
            why = f"{name}偏移 {offset:.1f} 米不在长 {lengths[i]:.1f} 米的路段上"
            yield drive.fault(PathFault.WRONG_OFFSET, why, i)
    if len(lengths) == 1 and drive.end_offset_m < drive.start_offset_m - SLACK_M:
        yield drive.fault(PathFault.WRONG_OFFSET, "终点在起点之后方，等于逆行", 0)


def adds_up(drive: Drive) -> Iterator[PathViolation]:
    """Length is the sum of what was driven of each edge."""
    total_m = float(drive.driven_m.sum())
    if abs(total_m - drive.distance_m) > SLACK_M + 1e-6 * total_m:
        why = f"里程写作 {drive.distance_m:.1f} 米，逐段相加为 {total_m:.1f} 米"
        yield drive.fault(PathFault.WRONG_LENGTH, why)


def follows_its_edges(drive: Drive) -> Iterator[PathViolation]:
    """Lines, where there is one, pass every point of the edges in order and make no detour."""
    if not len(drive.lon):
        return
    lon, lat = _line(drive.network, drive.edges)
    first, last = (_along(drive, i, at) for i, at in ((0, drive.start_offset_m), (-1, drive.end_offset_m)))
    for name, (x, y), k in (("起点", first, 0), ("终点", last, -1)):
        off_m = float(metres_between(x, y, drive.lon[k], drive.lat[k]))
        if off_m > POINT_SLACK_M:
            yield drive.fault(
                PathFault.WRONG_SHAPE, f"线形{name}偏离道路 {off_m:.0f} 米", k % len(drive.edges)
            )
    inner = _strictly_inside(drive, lon, lat)
    if not _in_order(np.column_stack(inner), np.column_stack((drive.lon, drive.lat))):
        yield drive.fault(PathFault.WRONG_SHAPE, "线形没有依次经过各路段的折点")
    drawn_m = float(metres_between(drive.lon[:-1], drive.lat[:-1], drive.lon[1:], drive.lat[1:]).sum())
    if abs(drawn_m - drive.driven_m.sum()) > 2 * POINT_SLACK_M + 0.01 * drawn_m:
        why = f"线形长 {drawn_m:.0f} 米，路段共 {drive.driven_m.sum():.0f} 米"
        yield drive.fault(PathFault.WRONG_SHAPE, why)


RULES: Final[tuple[Callable[[Drive], Iterator[PathViolation]], ...]] = (
    connected,
    allowed,
    fits,
    obeys_turns,
    turns_back_only_at_dead_ends,
    avoids_closures,
    keeps_time,
    keeps_speed,
    starts_and_ends_on_its_edges,
    adds_up,
    follows_its_edges,
)
"""Every rule, in the order in which people think of a drive."""


def _met(drive: Drive) -> Iterator[tuple[int, Closure]]:
    if not drive.ground.closures:
        return
    for i, edge in enumerate(drive.edges.tolist()):
        for closure in drive.ground.closures.get(edge, ()):
            yield i, closure


def _top_mps(drive: Drive) -> _Array:
    top = drive.ground.top_mps[drive.edges].copy()
    factor = np.ones(len(top))
    for i, closure in _met(drive):
        if closure.factor > 0 and closure.start_s <= drive.entry_s[i] and drive.exit_s[i] <= closure.end_s:
            factor[i] = min(factor[i], closure.factor)
    return np.asarray(top * factor, np.float64)


def _line(network: RoadNetwork, edges: NDArray[np.int64]) -> tuple[_Array, _Array]:
    """Points of all edges in driving order, a junction once for each of its two edges."""
    shape = network.edge_shape[edges]
    first, end = network.shape_start[shape].astype(np.int64), network.shape_start[shape + 1].astype(np.int64)
    backwards = network.edge_reversed[edges]
    count = end - first
    along = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    begin = np.repeat(np.where(backwards, end - 1, first), count)
    at = begin + np.where(np.repeat(backwards, count), -along, along)
    return network.shape_lon[at], network.shape_lat[at]


def _along(drive: Drive, position: int, offset_m: float) -> tuple[float, float]:
    """Return the point `offset_m` along the edge in `position`, by share of its length."""
    edge = int(drive.edges[position])
    lon, lat = drive.network.edge_points(edge)
    steps = np.concatenate(([0.0], np.cumsum(metres_between(lon[:-1], lat[:-1], lon[1:], lat[1:]))))
    length_m = float(drive.network.edge_length_m[edge])
    at = steps[-1] * (offset_m / length_m if length_m > 0 else 0.0)
    return float(np.interp(at, steps, lon)), float(np.interp(at, steps, lat))


def _strictly_inside(drive: Drive, lon: _Array, lat: _Array) -> tuple[_Array, _Array]:
    """Leave out what lies on the first edge before the start or on the last after the end."""
    edges = drive.edges
    counts = np.diff(drive.network.shape_start)[drive.network.edge_shape[edges]]
    along = np.concatenate(([0.0], np.cumsum(metres_between(lon[:-1], lat[:-1], lon[1:], lat[1:]))))
    position = np.repeat(np.arange(len(edges)), counts)
    begins = along[np.cumsum(counts) - counts]
    ends = along[np.cumsum(counts) - 1]
    lengths = drive.network.edge_length_m[edges]
    share = np.where(lengths > 0, (ends - begins) / np.maximum(lengths, 1e-9), 0.0)
    start = begins[0] + drive.start_offset_m * share[0]
    end = begins[-1] + drive.end_offset_m * share[-1]
    late = (position > 0) | (along > start + POINT_SLACK_M)
    early = (position < len(edges) - 1) | (along < end - POINT_SLACK_M)
    keep = late & early
    keep[1:] &= (np.diff(lon) != 0) | (np.diff(lat) != 0) | ~keep[:-1]
    return lon[keep], lat[keep]


def _in_order(expected: _Array, drawn: _Array) -> bool:
    """Whether the expected points appear among the drawn ones in their order (to about a metre)."""
    scale = 10**_DEGREE_DIGITS
    points = iter((drawn * scale).tolist())
    for x, y in (expected * scale).tolist():
        if not any(abs(px - x) < 10 and abs(py - y) < 10 for px, py in points):
            return False
    return True


def _clock(at_s: float) -> str:
    minutes, seconds = divmod(round(float(at_s)), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
