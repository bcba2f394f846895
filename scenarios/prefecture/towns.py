"""Streets of a town drawn into the sketch: arterials with bridges, small streets, names, gates."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.prefecture.lattice import LOCAL, PARK, PRIMARY, SECONDARY, TERTIARY, Lattice
from scenarios.prefecture.names import avenue_names, lane_names
from scenarios.prefecture.sketch import Metres, Road, Sketch, add_points, add_road

Warp = Callable[[Metres, Metres], tuple[Metres, Metres]]
"""From a town's axes to metres of the prefecture."""

_LOCAL_CLASSES: Final = ("residential", "residential", "residential", "unclassified", "living_street")
_LONGEST_WAY: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A drawn town.

    Parameters
    ----------
    crossing
        int[nu, nv] point of the sketch at each crossing, -1 where no street meets.
    gates
        Outer ends of its arterials: (point, level).
    """

    lattice: Lattice
    warp: Warp
    crossing: NDArray[np.int64]
    gates: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One lattice line, ready to be cut into roads.

    Parameters
    ----------
    along
        Whether it runs along u (it is then line `index` of v).
    level, position_m
        Its class, and where it lies.
    points
        Crossings on it, in order.
    exists
        Which of its segments exist.
    riverside
        Whether it runs along the bank.
    one_way
        First segment, last segment + 1 and direction of the stretch that is one-way.
    cuts
        Points that a ring road put on a segment, by segment.
    """

    along: bool
    index: int
    level: int
    position_m: float
    points: NDArray[np.int64]
    exists: NDArray[np.bool_]
    other: Metres
    other_level: NDArray[np.int64]
    riverside: bool
    one_way: tuple[int, int, int]
    cuts: dict[int, list[int]]


def draw_town(
    sketch: Sketch,
    rng: np.random.Generator,
    lattice: Lattice,
    warp: Warp,
    cuts: dict[tuple[bool, int, int], list[int]] | None = None,
) -> Town:
    """Draw all streets of a lattice.

    Parameters
    ----------
    cuts
        Points to insert on a segment: `(runs along u, line, segment)` → points from low to high.
    """
    crossing = _draw_crossings(sketch, lattice, warp)
    stems = avenue_names(rng, len(lattice.u) + len(lattice.v))
    small = lane_names(rng)
    for number, line in enumerate(_lines(lattice, crossing, cuts or {})):
        if line.level < LOCAL:
            _draw_arterial(sketch, line, stems[number % len(stems)])
        else:
            _draw_small_streets(sketch, rng, line, small)
    return Town(lattice=lattice, warp=warp, crossing=crossing, gates=_gates(lattice, crossing))


def _draw_crossings(sketch: Sketch, lattice: Lattice, warp: Warp) -> NDArray[np.int64]:
    """Give every crossing that has a street a point."""
    used = np.zeros((len(lattice.u), len(lattice.v)), bool)
    used[:-1] |= lattice.along
    used[1:] |= lattice.along
    used[:, :-1] |= lattice.across
    used[:, 1:] |= lattice.across
    x, y = warp(lattice.at_u[used], lattice.at_v[used])
    crossing = np.full(used.shape, -1, np.int64)
    crossing[used] = add_points(sketch, x, y)
    return crossing


def _lines(
    lattice: Lattice, crossing: NDArray[np.int64], cuts: dict[tuple[bool, int, int], list[int]]
) -> Iterator[Line]:
    """Lines of both directions, arterials first so that they get the well-known names."""
    lines = []
    for along in (True, False):
        positions, levels = (lattice.v, lattice.v_level) if along else (lattice.u, lattice.u_level)
        for i, (position, level) in enumerate(zip(positions.tolist(), levels.tolist(), strict=True)):
            lines.append(
                Line(
                    along=along,
                    index=i,
                    level=level,
                    position_m=position,
                    points=crossing[:, i] if along else crossing[i],
                    exists=lattice.along[:, i] if along else lattice.across[i],
                    other=lattice.u if along else lattice.v,
                    other_level=lattice.u_level if along else lattice.v_level,
                    riverside=along and abs(position) == lattice.form.river_half_m,
                    one_way=(0, 0, 0) if along else lattice.one_way.get(i, (0, 0, 0)),
                    cuts={},
                )
            )
    for (along, index, segment), points in cuts.items():
        lines[index if along else len(lattice.v) + index].cuts[segment] = points
    yield from sorted(lines, key=lambda line: (line.level, abs(line.position_m)))


def _draw_arterial(sketch: Sketch, line: Line, stem: str) -> None:
    """Roads of one arterial line: named by the side of the middle, broken at the river for a bridge."""
    highway = {PRIMARY: "primary", SECONDARY: "secondary", TERTIARY: "tertiary"}[line.level]
    river = -1
    if not line.along and 0.0 not in line.other:
        river = int(np.searchsorted(line.other, 0.0)) - 1
    for start, end in _runs(line.exists, [i for i in (river, river + 1) if i > 0]):
        points = _points(line, start, end)
        middle = float(line.other[(start + end) // 2])
        if start == river:
            bridge = {"bridge": "yes", "layer": "1"}
            add_road(sketch, points, highway=highway, name=f"{stem}大桥", **bridge)
        else:
            add_road(sketch, points, highway=highway, name=_arterial_name(line, stem, middle))


def _arterial_name(line: Line, stem: str, middle_m: float) -> str:
    if line.along:
        if line.riverside and line.position_m:
            return "滨江北路" if line.position_m > 0 else "滨江南路"
        return f"{stem}{'东' if middle_m > 0 else '西'}路"
    ending = "大道" if line.level == PRIMARY else "街"
    return f"{stem}{'北' if middle_m > 0 else '南'}{ending}"


def _draw_small_streets(sketch: Sketch, rng: np.random.Generator, line: Line, names: Iterator[str]) -> None:
    """Small streets end, and change their name, at the arterials that enclose a superblock."""
    borders = np.flatnonzero(line.other_level < LOCAL).tolist()
    for start, end in _runs(line.exists, borders):
        highway = _LOCAL_CLASSES[int(rng.integers(len(_LOCAL_CLASSES)))]
        name = next(names) if end - start > 1 and rng.random() < 0.8 else ""
        first, last, direction = line.one_way
        tags = {}
        if first <= start < last:
            highway, tags = "residential", {"oneway": "yes" if direction > 0 else "-1"}
        add_road(sketch, _points(line, start, end), highway=highway, name=name, **tags)


def _runs(exists: NDArray[np.bool_], borders: list[int]) -> Iterator[tuple[int, int]]:
    """Stretches of existing segments, cut at the borders and where they grow too long for one way."""
    stops = set(borders)
    start: int | None = None
    for i, there in enumerate([*exists.tolist(), False]):
        if start is not None and (not there or i in stops or i - start >= _LONGEST_WAY):
            yield start, i
            start = None
        if there and start is None:
            start = i


def _points(line: Line, start: int, end: int) -> list[int]:
    points = []
    for i in range(start, end):
        points.append(int(line.points[i]))
        points += line.cuts.get(i, [])
    return [*points, int(line.points[end])]


def _gates(lattice: Lattice, crossing: NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    """Outermost crossings of the main streets: where country roads arrive."""
    gates = []
    for exists, points, levels in (
        (lattice.along.T, crossing.T, lattice.v_level),
        (lattice.across, crossing, lattice.u_level),
    ):
        for row, ids, level in zip(exists, points, levels.tolist(), strict=True):
            there = np.flatnonzero(row)
            if level < LOCAL and len(there):
                gates += [(int(ids[there[0]]), level), (int(ids[there[-1] + 1]), level)]
    return tuple(gates)


def draw_parks(sketch: Sketch, town: Town) -> list[Road]:
    """Footways across each superblock that is a park, from its corners to a round path in the middle."""
    drawn: list[Road] = []
    lattice = town.lattice
    for bu, bv in np.argwhere(lattice.block_kind == PARK).tolist():
        corners = _corners(town, bu, bv)
        if len(corners) < 3:
            continue
        x = np.array([sketch.x[c] for c in corners])
        y = np.array([sketch.y[c] for c in corners])
        angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        radius = 0.22 * float(np.hypot(x - x.mean(), y - y.mean()).mean())
        circle = add_points(sketch, x.mean() + radius * np.cos(angle), y.mean() + radius * np.sin(angle))
        drawn.append(add_road(sketch, [*circle, circle[0]], highway="footway", name="公园步道"))
        for corner, cx, cy in zip(corners, x, y, strict=True):
            near = min(circle, key=lambda p: float(np.hypot(sketch.x[p] - cx, sketch.y[p] - cy)))
            drawn.append(add_road(sketch, [corner, near], highway="footway", name=""))
    return drawn


def _corners(town: Town, bu: int, bv: int) -> list[int]:
    """Points at the corners of a superblock."""
    lattice = town.lattice
    us = np.flatnonzero((lattice.u_level < LOCAL) & ((lattice.u_block == bu) | (lattice.u_block == bu + 1)))
    vs = np.flatnonzero((lattice.v_level < LOCAL) & ((lattice.v_block == bv) | (lattice.v_block == bv + 1)))
    return [int(town.crossing[i, j]) for i in us for j in vs if town.crossing[i, j] >= 0]
