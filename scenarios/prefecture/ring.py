"""A ring road with two carriageways: it crosses the city's arterials and closes its small streets off."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.prefecture.lattice import LOCAL, Lattice
from scenarios.prefecture.sketch import Metres, Sketch, add_points, add_road
from scenarios.prefecture.towns import Warp

_HALF_GAP_M: Final = 11.0
_BAND_M: Final = 40.0
_STEP_M: Final = 110.0
_STRETCH_U: Final = 1.08
_STRETCH_V: Final = 0.88

Radius = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Cuts = dict[tuple[bool, int, int], list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A drawn ring road.

    Parameters
    ----------
    lattice
        The town's lattice without the small streets that the ring closes off.
    cuts
        Points on arterial segments, as `towns.draw_town` takes them.
    connectors
        (inner, outer) point of each arterial that crosses.
    """

    lattice: Lattice
    cuts: Cuts
    connectors: tuple[tuple[int, int], ...]


def draw_ring(
    sketch: Sketch, rng: np.random.Generator, lattice: Lattice, warp: Warp, mean_radius_m: float
) -> Ring:
    """Draw both carriageways (traffic keeps right: the outer one runs counter-clockwise).

    The crossings of arterials with the ring must not lie between the carriageways; the shape of the ring is
    drawn again until they do not.
    """
    radius = _free_radius(rng, lattice, mean_radius_m)
    lattice = _opened(lattice, radius)
    segments = _crossed(lattice, radius)
    inner_u, inner_v = _meeting(lattice, radius, segments, -_HALF_GAP_M)
    outer_u, outer_v = _meeting(lattice, radius, segments, _HALF_GAP_M)
    inner = add_points(sketch, *warp(inner_u, inner_v))
    outer = add_points(sketch, *warp(outer_u, outer_v))
    outward = _beyond(radius, *_ends(lattice, segments)[1]) > 0
    cuts: Cuts = {}
    for (along, line, segment), near, far, out in zip(segments, inner, outer, outward.tolist(), strict=True):
        cuts[along, line, segment] = [near, far] if out else [far, near]
    for points, u, v, offset in (
        (inner, inner_u, inner_v, -_HALF_GAP_M),
        (outer, outer_u, outer_v, _HALF_GAP_M),
    ):
        _draw_carriageway(sketch, points, (u, v), (radius, warp), offset)
    return Ring(lattice=lattice, cuts=cuts, connectors=tuple(zip(inner, outer, strict=True)))


def _beyond(radius: Radius, u: Metres, v: Metres) -> NDArray[np.float64]:
    """How far outside the ring a position lies, in metres of the stretched axes."""
    a, b = u / _STRETCH_U, v / _STRETCH_V
    return np.asarray(np.hypot(a, b) - radius(np.arctan2(b, a)))


def _free_radius(rng: np.random.Generator, lattice: Lattice, mean_m: float) -> Radius:
    arterial = (lattice.u_level < LOCAL)[:, None] & (lattice.v_level < LOCAL)[None, :]
    u, v = lattice.at_u[arterial], lattice.at_v[arterial]
    best: tuple[int, Radius] | None = None
    for _ in range(200):
        radius = _radius(mean_m * rng.uniform(0.94, 1.06), rng.uniform(0, 6.28, 2))
        hit = int((np.abs(_beyond(radius, u, v)) < _BAND_M).sum())
        if best is None or hit < best[0]:
            best = hit, radius
        if not hit:
            break
    assert best is not None  # noqa: S101 - the loop above always sets it
    return best[1]


def _radius(mean_m: float, phases: NDArray[np.float64]) -> Radius:
    def radius(angle: NDArray[np.float64]) -> NDArray[np.float64]:
        bends = 0.05 * np.sin(2 * angle + phases[0]) + 0.035 * np.sin(3 * angle + phases[1])
        return np.asarray(mean_m * (1 + bends))

    return radius


def _opened(lattice: Lattice, radius: Radius) -> Lattice:
    """Drop small streets across the ring and move what lies between the carriageways outside."""
    beyond = _beyond(radius, lattice.at_u, lattice.at_v)
    between = np.abs(beyond) < _BAND_M
    push = np.where(between, (_BAND_M - beyond + 15.0) / np.hypot(lattice.at_u, lattice.at_v).clip(1.0), 0.0)
    at_u, at_v = lattice.at_u * (1 + push), lattice.at_v * (1 + push)
    outside = _beyond(radius, at_u, at_v) > 0
    along, across = lattice.along.copy(), lattice.across.copy()
    small = lattice.v_level[None, :] == LOCAL
    along &= ~(small & ((outside[:-1] != outside[1:]) | between[:-1] | between[1:]))
    small = lattice.u_level[:, None] == LOCAL
    across &= ~(small & ((outside[:, :-1] != outside[:, 1:]) | between[:, :-1] | between[:, 1:]))
    return replace(lattice, at_u=at_u, at_v=at_v, along=along, across=across)


def _crossed(lattice: Lattice, radius: Radius) -> list[tuple[bool, int, int]]:
    """Arterial segments that cross the ring: (runs along u, line, segment)."""
    outside = _beyond(radius, lattice.at_u, lattice.at_v) > 0
    along = np.argwhere(lattice.along & (outside[:-1] != outside[1:]))
    across = np.argwhere(lattice.across & (outside[:, :-1] != outside[:, 1:]))
    return [(True, j, i) for i, j in along.tolist()] + [(False, i, j) for i, j in across.tolist()]


def _ends(
    lattice: Lattice, segments: list[tuple[bool, int, int]]
) -> tuple[tuple[Metres, Metres], tuple[Metres, Metres]]:
    low = [(s, line) if along else (line, s) for along, line, s in segments]
    high = [(s + 1, line) if along else (line, s + 1) for along, line, s in segments]
    (i0, j0), (i1, j1) = np.array(low).T, np.array(high).T
    return (lattice.at_u[i0, j0], lattice.at_v[i0, j0]), (lattice.at_u[i1, j1], lattice.at_v[i1, j1])


def _meeting(
    lattice: Lattice, radius: Radius, segments: list[tuple[bool, int, int]], offset_m: float
) -> tuple[Metres, Metres]:
    """Where each segment meets the carriageway at this offset, by bisection."""
    (u0, v0), (u1, v1) = _ends(lattice, segments)
    starts_inside = _beyond(radius, u0, v0) < 0
    low, high = np.zeros(len(u0)), np.ones(len(u0))
    for _ in range(40):
        middle = (low + high) / 2
        inside = _beyond(radius, u0 + middle * (u1 - u0), v0 + middle * (v1 - v0)) < offset_m
        forward = inside == starts_inside
        low, high = np.where(forward, middle, low), np.where(forward, high, middle)
    return u0 + low * (u1 - u0), v0 + low * (v1 - v0)


def _draw_carriageway(
    sketch: Sketch,
    points: list[int],
    at: tuple[Metres, Metres],
    shape: tuple[Radius, Warp],
    offset_m: float,
) -> None:
    """One-way roads from crossing to crossing; the piece over the river is a bridge."""
    radius, warp = shape
    angle = np.arctan2(at[1] / _STRETCH_V, at[0] / _STRETCH_U)
    order = np.argsort(angle) if offset_m > 0 else np.argsort(-angle)
    for a, b in zip(order.tolist(), np.roll(order, -1).tolist(), strict=True):
        turn = (angle[b] - angle[a]) % (2 * np.pi)
        turn = turn if offset_m > 0 else turn - 2 * np.pi
        count = max(1, int(abs(turn) * float(radius(angle[a : a + 1])[0]) / _STEP_M))
        between = angle[a] + turn * np.arange(1, count) / count
        reach = radius(between) + offset_m
        u, v = _STRETCH_U * reach * np.cos(between), _STRETCH_V * reach * np.sin(between)
        middle = add_points(sketch, *warp(u, v))
        tags = {"bridge": "yes", "layer": "1"} if at[1][a] * at[1][b] < 0 else {}
        add_road(
            sketch, [points[a], *middle, points[b]], highway="trunk", name=_side(float(angle[a] + turn / 2)),
            oneway="yes", maxspeed="60", lanes="3", **tags,
        )  # fmt: skip


def _side(angle: float) -> str:
    quarter = int(((angle + np.pi / 4) % (2 * np.pi)) // (np.pi / 2))
    return f"环城{'东北西南'[quarter]}路"
