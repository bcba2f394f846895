"""Motorways with two carriageways, interchanges and toll stations, from county to county past the city."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator

from scenarios.prefecture.settlements import Settlement
from scenarios.prefecture.sketch import Metres, Sketch, add_point, add_points, add_road

Access = Mapping[int, Sequence[int]]
"""Points on main roads near a town where an interchange may stand, by settlement."""

_HALF_GAP_M: Final = 13.0
_STEP_M: Final = 180.0
_RAMP_M: Final = 480.0
_BESIDE_M: Final = 140.0
_CORRIDOR_M: Final = 16_000.0
_NAMES: Final = (("云泽高速", "S96"), ("岚北高速", "S97"))


def draw_motorways(sketch: Sketch, places: tuple[Settlement, ...], access: Access) -> None:
    """Draw one motorway from west to east and, where there are many towns, one from south to north."""
    towns = [i for i, p in enumerate(places) if p.level == "county" and access.get(i)]
    positions = np.array([(places[i].x_m, places[i].y_m) for i in towns])
    axes = [0] if len(towns) < 6 else [0, 1]
    for axis, (name, ref) in zip(axes, _NAMES, strict=False):
        order = _corridor(positions, axis)
        _draw_motorway(sketch, places, [towns[i] for i in order], access, {"name": name, "ref": ref})


def _corridor(positions: NDArray[np.float64], axis: int) -> list[int]:
    """Towns near the middle line of the prefecture along one axis, in order; one at each end always."""
    along, across = positions[:, axis], np.abs(positions[:, 1 - axis])
    first, last = int(np.argmin(along + across)), int(np.argmax(along - across))
    between = (along > along[first]) & (along < along[last]) & (across < _CORRIDOR_M)
    return [first, *(int(i) for i in np.argsort(along) if between[i]), last]


def _draw_motorway(
    sketch: Sketch,
    places: tuple[Settlement, ...],
    towns: list[int],
    access: Access,
    tags: dict[str, str],
) -> None:
    before = [t for t in towns if places[t].x_m + places[t].y_m < 0 or t == towns[0]]
    after = [t for t in towns if t not in before]
    joints = [_toward(sketch, access[t], (0.0, 0.0)) for t in before]
    joints += [_toward(sketch, access[0], _at(sketch, joints[-1]))]
    west = len(joints) - 1
    far = [_toward(sketch, access[t], (0.0, 0.0)) for t in after]
    joints += [_toward(sketch, access[0], _at(sketch, far[0]))] if far else []
    joints += far
    corners, marks = _control_points(sketch, joints, west, 1.15 * places[0].radius_m)
    x, y, reached = _smooth(corners, marks)
    _draw_carriageways(sketch, (x, y), joints, reached, tags)


def _toward(sketch: Sketch, points: Sequence[int], goal: tuple[float, float]) -> int:
    return min(points, key=lambda p: (np.hypot(sketch.x[p] - goal[0], sketch.y[p] - goal[1]), p))


def _at(sketch: Sketch, point: int) -> tuple[float, float]:
    return sketch.x[point], sketch.y[point]


def _control_points(
    sketch: Sketch, joints: list[int], west: int, around_m: float
) -> tuple[NDArray[np.float64], list[int]]:
    """Corners of the motorway: beside each joint, and around the city between its two joints."""
    corners: list[tuple[float, float]] = []
    marks: list[int] = []
    for i, joint in enumerate(joints):
        x, y = _at(sketch, joint)
        if 0 < i < len(joints) - 1:
            ahead = np.subtract(_at(sketch, joints[i + 1]), _at(sketch, joints[i - 1]))
            side = np.array((-ahead[1], ahead[0])) / max(1.0, float(np.hypot(*ahead)))
            x, y = x + _BESIDE_M * float(side[0]), y + _BESIDE_M * float(side[1])
        marks.append(len(corners))
        corners.append((x, y))
        if i == west and i + 1 < len(joints):
            corners += _bypass((x, y), _at(sketch, joints[i + 1]), around_m)
    return np.array(corners), marks


def _bypass(
    start: tuple[float, float], end: tuple[float, float], around_m: float
) -> list[tuple[float, float]]:
    """Corners on a circle around the city from one direction to another, the shorter way."""
    a, b = np.arctan2(start[1], start[0]), np.arctan2(end[1], end[0])
    turn = (b - a + np.pi) % (2 * np.pi) - np.pi
    count = int(abs(turn) / 0.3)
    reach = np.linspace(np.hypot(*start), np.hypot(*end), count + 2)[1:-1]
    angle = a + turn * np.arange(1, count + 1) / (count + 1)
    reach = np.maximum(reach, around_m)
    return [(float(r * np.cos(t)), float(r * np.sin(t))) for r, t in zip(reach, angle, strict=True)]


def _smooth(corners: NDArray[np.float64], marks: list[int]) -> tuple[Metres, Metres, list[int]]:
    """Points of the centre line, and which of them lie beside the joints."""
    chord = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    samples = np.unique(np.concatenate([np.arange(0.0, chord[-1], _STEP_M), chord[marks]]))
    sway = np.sin(samples / 2_300.0) * 160.0 * np.clip(_gap(samples, chord) / 2_500.0, 0, 1)
    x = Akima1DInterpolator(chord, corners[:, 0])(samples) + sway
    y = Akima1DInterpolator(chord, corners[:, 1])(samples) - sway
    return x, y, np.searchsorted(samples, chord[marks]).tolist()


def _gap(samples: Metres, chord: Metres) -> Metres:
    return np.asarray(np.abs(samples[:, None] - chord[None, :]).min(axis=1))


def _draw_carriageways(
    sketch: Sketch, line: tuple[Metres, Metres], joints: list[int], reached: list[int], tags: dict[str, str]
) -> None:
    x, y = line
    dx, dy = np.gradient(x), np.gradient(y)
    norm = np.maximum(np.hypot(dx, dy), 1e-9)
    right_x, right_y = dy / norm * _HALF_GAP_M, -dx / norm * _HALF_GAP_M
    up = add_points(sketch, x + right_x, y + right_y)
    down = add_points(sketch, x - right_x, y - right_y)
    up[0], down[0], up[-1], down[-1] = joints[0], joints[0], joints[-1], joints[-1]
    reach = max(1, round(_RAMP_M / _STEP_M))
    cuts = [0, *(i + d for i in reached[1:-1] for d in (-reach, reach)), len(x) - 1]
    cuts = sorted({min(max(c, 0), len(x) - 1) for c in cuts})
    for a, b in pairwise(cuts):
        _draw_pieces(sketch, up[a : b + 1], tags)
        _draw_pieces(sketch, down[a : b + 1][::-1], tags)
    for joint, i in zip(joints[1:-1], reached[1:-1], strict=True):
        before, after = max(0, i - reach), min(len(x) - 1, i + reach)
        for start, end in (
            (up[before], joint),
            (joint, up[after]),
            (down[after], joint),
            (joint, down[before]),
        ):
            _draw_ramp(sketch, start, end)


def _draw_pieces(sketch: Sketch, points: list[int], tags: dict[str, str]) -> None:
    for first in range(0, len(points) - 1, 40):
        piece = points[first : first + 41]
        add_road(sketch, piece, highway="motorway", oneway="yes", lanes="2", maxspeed="100", **tags)


def _draw_ramp(sketch: Sketch, start: int, end: int) -> None:
    """Draw a one-way link with a toll station in its middle."""
    x0, y0, x1, y1 = sketch.x[start], sketch.y[start], sketch.x[end], sketch.y[end]
    toll = add_point(
        sketch, (x0 + x1) / 2 + (y1 - y0) * 0.08, (y0 + y1) / 2 - (x1 - x0) * 0.08, {"barrier": "toll_booth"}
    )
    add_road(sketch, [start, toll, end], highway="motorway_link", oneway="yes", maxspeed="40")
