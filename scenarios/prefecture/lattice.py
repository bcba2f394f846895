"""The street pattern of one town on its own axes: lines, superblocks, and which street segments exist.

Streets are segments of a lattice of unevenly spaced lines (u along, v across the town's axis, metres from its
middle). Arterial lines enclose superblocks; each superblock keeps its own choice of the small streets inside.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.prefecture.sketch import Metres

PRIMARY: Final = 0
SECONDARY: Final = 1
TERTIARY: Final = 2
LOCAL: Final = 3

PARK: Final = 4
_KEPT: Final = np.array([0.96, 0.82, 0.45, 0.38, 0.0])
"""Share of small streets kept in old quarters, grids, estates, works, parks."""

_ARTERIAL_LEVELS: Final = (SECONDARY, TERTIARY, PRIMARY, TERTIARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class TownForm:
    """What kind of town to lay out.

    Parameters
    ----------
    radius_m
        Mean distance from the middle to the last street.
    spacing_m, block_m
        Between small streets in the middle, and between arterial streets.
    river_half_m
        Half the width of the river along v = 0; 0 is no river.
    parks
        How many superblocks are parks.
    one_way_pairs
        How many pairs of neighbouring small streets are one-way, one up, one down.
    """

    radius_m: float
    spacing_m: float
    block_m: float
    river_half_m: float = 0.0
    parks: int = 0
    one_way_pairs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """Lines and segments of a town.

    Parameters
    ----------
    u, v
        Positions of the lines (metres), ascending.
    at_u, at_v
        float64[nu, nv] position of every crossing, the small ones slightly off their lines.
    u_level, v_level
        PRIMARY ... LOCAL of each line.
    u_block, v_block
        Superblock on the high side of each line.
    along, across
        bool: the segment from (i, j) to (i + 1, j) exists; from (i, j) to (i, j + 1).
    block_kind
        Kind of each superblock (position in `_KEPT`).
    one_way
        Of lines of u: line → (first segment, last segment + 1, +1 up or -1 down).
    reach
        Distance of each crossing from the middle, 1.0 at the edge of the town.
    """

    form: TownForm
    u: Metres
    v: Metres
    at_u: NDArray[np.float64]
    at_v: NDArray[np.float64]
    u_level: NDArray[np.int64]
    v_level: NDArray[np.int64]
    u_block: NDArray[np.int64]
    v_block: NDArray[np.int64]
    along: NDArray[np.bool_]
    across: NDArray[np.bool_]
    block_kind: NDArray[np.int64]
    reach: NDArray[np.float64]
    one_way: dict[int, tuple[int, int, int]]


def lay_out(rng: np.random.Generator, form: TownForm) -> Lattice:
    """Draw lines and choose which segments exist."""
    u, u_level = _lines(rng, form, 1.12 * form.radius_m, 0.0)
    v, v_level = _lines(rng, form, 0.92 * form.radius_m, form.river_half_m)
    u_block, v_block = _blocks(u_level), _blocks(v_level)
    reach = _reach(rng, u, v, form.radius_m)
    kind = _block_kinds(rng, form, (u, u_block), (v, v_block))
    keep_along = rng.random((kind.shape[0], len(v))) < _KEPT[kind[:, v_block]]
    keep_across = rng.random((len(u), kind.shape[1])) < _KEPT[kind[u_block, :]]
    along = _exists(rng, reach[:-1], reach[1:], v_level[None, :], keep_along[u_block[:-1]])
    across = _exists(rng, reach[:, :-1], reach[:, 1:], u_level[:, None], keep_across[:, v_block[:-1]])
    if form.river_half_m:
        middle = int(np.searchsorted(v, 0.0)) - 1
        across[:, middle] &= _bridged(u_level)
    one_way = _one_way_pairs(rng, form, (u, u_level), (v, v_level))
    for line, (first, last, _) in one_way.items():
        across[line, first:last] = True
    at_u, at_v = _shaken(rng, form, (u, u_level), (v, v_level))
    return Lattice(
        form=form, u=u, v=v, at_u=at_u, at_v=at_v, u_level=u_level, v_level=v_level,
        u_block=u_block, v_block=v_block, along=along, across=across, block_kind=kind, reach=reach,
        one_way=one_way,
    )  # fmt: skip


def _lines(
    rng: np.random.Generator, form: TownForm, reach_m: float, gap_m: float
) -> tuple[Metres, NDArray[np.int64]]:
    """Positions and levels of parallel lines; with a gap there is no line at 0 but one on each bank."""
    sides = [_half_lines(rng, form, reach_m, gap_m) for _ in range(2)]
    (low, low_level), (high, high_level) = sides
    if gap_m:
        middle: list[float] = []
        middle_level: list[int] = []
        first = 0
    else:
        middle, middle_level, first = [0.0], [PRIMARY], 1
    positions = [-p for p in reversed(low[first:])] + middle + high[first:]
    levels = list(reversed(low_level[first:])) + middle_level + high_level[first:]
    return np.array(positions), np.array(levels)


def _half_lines(
    rng: np.random.Generator, form: TownForm, reach_m: float, gap_m: float
) -> tuple[list[float], list[int]]:
    at, positions, levels, order = gap_m, [gap_m], [SECONDARY if gap_m else PRIMARY], 0
    while at < reach_m:
        width = form.block_m * float(rng.uniform(0.75, 1.3))
        spacing = form.spacing_m * (0.8 + 0.75 * at / reach_m)
        inner = max(1, round(width / spacing))
        steps = np.arange(1, inner) + rng.uniform(-0.18, 0.18, inner - 1)
        positions += (at + width * steps / inner).tolist()
        levels += [LOCAL] * (inner - 1)
        at += width
        positions.append(at)
        levels.append(_ARTERIAL_LEVELS[order % 4])
        order += 1
    return positions, levels


def _one_way_pairs(
    rng: np.random.Generator,
    form: TownForm,
    along: tuple[Metres, NDArray[np.int64]],
    across: tuple[Metres, NDArray[np.int64]],
) -> dict[int, tuple[int, int, int]]:
    """Pairs of neighbouring small streets near the middle, each from one arterial to another."""
    small = (along[1][:-1] == LOCAL) & (along[1][1:] == LOCAL)
    near = np.flatnonzero(small & (np.abs(along[0][:-1]) < 0.5 * form.radius_m))
    borders = np.flatnonzero((across[1] < LOCAL) & (across[0] >= form.river_half_m))
    pairs: dict[int, tuple[int, int, int]] = {}
    for line in rng.permutation(near).tolist():
        if len(pairs) >= 2 * form.one_way_pairs:
            break
        if {line - 1, line, line + 1, line + 2}.isdisjoint(pairs):
            first, last = int(borders[0]), int(borders[min(2, len(borders) - 1)])
            pairs[line], pairs[line + 1] = (first, last, 1), (first, last, -1)
    return pairs


def _shaken(
    rng: np.random.Generator,
    form: TownForm,
    along: tuple[Metres, NDArray[np.int64]],
    across: tuple[Metres, NDArray[np.int64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shake = 0.13 * form.spacing_m
    shape = (len(along[0]), len(across[0]))
    by_u = np.where(along[1] == LOCAL, shake, 0.15 * shake)[:, None] * rng.uniform(-1, 1, shape)
    by_v = np.where(across[1] == LOCAL, shake, 0.15 * shake)[None, :] * rng.uniform(-1, 1, shape)
    return along[0][:, None] + by_u, across[0][None, :] + by_v


def _blocks(level: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.cumsum(level < LOCAL))


def _reach(rng: np.random.Generator, u: Metres, v: Metres, radius_m: float) -> NDArray[np.float64]:
    """How far out each crossing lies, with an uneven edge of the town."""
    across, along = v[None, :] / (0.88 * radius_m), u[:, None] / (1.08 * radius_m)
    angle = np.arctan2(across, along)
    a, b, c = rng.uniform(0, 6.28, 3)
    edge = 1 + 0.11 * np.sin(2 * angle + a) + 0.08 * np.sin(3 * angle + b) + 0.05 * np.sin(7 * angle + c)
    return np.asarray(np.hypot(across, along) / edge)


def _block_kinds(
    rng: np.random.Generator,
    form: TownForm,
    along: tuple[Metres, NDArray[np.int64]],
    across: tuple[Metres, NDArray[np.int64]],
) -> NDArray[np.int64]:
    """Old quarters in the middle, grids and estates around them, works outside, a few parks."""
    middles = []
    for positions, block in (along, across):
        sums = np.bincount(block, positions, minlength=int(block.max()) + 1)
        middles.append(sums / np.maximum(np.bincount(block), 1))
    far = np.hypot(middles[0][:, None], middles[1][None, :]) / form.radius_m
    dice = rng.random(far.shape)
    kind = np.select(
        [far < 0.22, far < 0.6, far >= 0.6], [0 * dice, 1 + (dice > 0.62), 1 + (dice > 0.3) + (dice > 0.7)]
    ).astype(np.int64)
    dry = np.abs(middles[1])[None, :] > form.river_half_m
    near = np.flatnonzero((dry & (far < 0.65) & (far > 0.12)).ravel())
    kind.ravel()[rng.permutation(near)[: form.parks]] = PARK
    return kind


def _exists(
    rng: np.random.Generator,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    level: NDArray[np.int64],
    kept: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Arterials reach the edge of the town; small streets thin out before it."""
    far = np.maximum(start, end)
    dice = rng.random(far.shape)
    arterial = (level < LOCAL) & (far < 1.06 - 0.05 * level)
    local = (level == LOCAL) & kept & (far < 0.98) & (dice < np.clip(1.5 - far, 0, 0.95))
    return np.asarray(arterial | local)


def _bridged(u_level: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Every primary or secondary line bridges the river."""
    return np.asarray(u_level <= SECONDARY)
