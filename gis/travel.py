"""Travel matrices: blocks over distinct snapped points, for several profiles, ready for planners.

Under closures a block never promises too much: see `Router.bucket_costs`. Without closures it has exactly
what `Router.path` drives.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.candidates import right_hand
from gis.costs import whole_metres, whole_seconds
from gis.errors import RouteError
from gis.matrix import UNREACHABLE, Block, TravelMatrix, made_fifo
from gis.places import Place
from gis.router import Router
from gis.snapping import MAX_SNAP_M, Snap
from gis.trips import spots_of

BlockRequest = tuple[Sequence[Place], Sequence[Place]]
"""Origins and destinations of one block."""

_ROWS: Final = 2048


def travel_matrix(
    routers: Mapping[str, Router],
    places: Sequence[Place],
    *,
    max_snap_m: float = MAX_SNAP_M,
    blocks: Sequence[BlockRequest] | None = None,
    folder: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> TravelMatrix:
    """Seconds and metres between places, in every bucket, for every profile.

    Parameters
    ----------
    routers
        Profile name → router over the same roads, with one speed table.
    places
        All pairs of these; ignored where `blocks` are given.
    max_snap_m
        Places further than this from any road are an error.
    blocks
        Origins and destinations of each block wanted.
    folder
        Where to save the result; it is then memory-mapped from there.
    progress
        Called with the part that is done, 0 to 1.

    Raises
    ------
    SnapError
        Naming the places that are too far from the roads of a profile.
    RouteError
        When the routers do not share their buckets.
    """
    order = tuple(routers.values())
    starts = _shared_buckets(order)
    wanted = [(places, places)] if blocks is None else list(blocks)
    made = []
    for i, (origins, destinations) in enumerate(wanted):
        starts_at = [snapped(router, origins, max_snap_m) for router in order]
        same = destinations is origins
        ends_at = starts_at if same else [snapped(router, destinations, max_snap_m) for router in order]
        part_of = _part_of(progress, i, len(wanted))
        made.append(block_of(order, starts_at, ends_at, starts, progress=part_of))
    matrix = TravelMatrix(profiles=tuple(routers), bucket_starts_s=starts, blocks=tuple(made))
    return matrix.save(folder) if folder is not None else matrix


def block_of(
    routers: Sequence[Router],
    origins: Sequence[Sequence[Snap]],
    destinations: Sequence[Sequence[Snap]],
    bucket_starts_s: tuple[int, ...],
    *,
    progress: Callable[[float], None] | None = None,
) -> Block:
    """All pairs from some snapped places to some, computed once for those that snap to the same points.

    Parameters
    ----------
    routers
        One for each profile.
    origins, destinations
        For each router, the same places in the same order.
    bucket_starts_s
        Ascending from 0; every start of a bucket of the routers' speed tables is among them.
    progress
        Called with the part that is done, 0 to 1.
    """
    row_of, rows = _distinct(origins)
    column_of, columns = _distinct(destinations)
    shape = (len(routers), len(bucket_starts_s), len(rows), len(columns))
    seconds, metres = np.empty(shape, np.int32), np.empty(shape, np.int32)
    spans = list(pairwise((*bucket_starts_s, UNREACHABLE)))
    for p, router in enumerate(routers):
        starts = [origins[p][i] for i in rows]
        ends = spots_of(router.network, [destinations[p][i] for i in columns])
        for b, span in enumerate(spans):
            for r in range(0, len(rows), _ROWS):
                part = slice(r, r + _ROWS)
                cost = router.span_costs(spots_of(router.network, starts[part]), ends, *span)
                seconds[p, b, part], metres[p, b, part] = whole_seconds(cost), whole_metres(cost)
            if progress is not None:
                progress((p * len(spans) + b + 1) / (len(routers) * len(spans)))
    seconds, metres = made_fifo(seconds, metres, bucket_starts_s)
    return Block(
        origins={snap.place.id: row_of[i] for i, snap in enumerate(origins[0])},
        destinations={snap.place.id: column_of[i] for i, snap in enumerate(destinations[0])},
        seconds=seconds,
        metres=metres,
    )


def snapped(router: Router, places: Sequence[Place], max_snap_m: float = MAX_SNAP_M) -> tuple[Snap, ...]:
    """Put places on the roads as every matrix and every path does: stops at a kerb on its side only.

    Raises
    ------
    SnapError
        Naming the places that are too far from the roads of the profile.
    """
    snaps = router.snap(places, max_distance_m=max_snap_m)
    return tuple(right_hand(router.network, s) if s.place.kerb else s for s in snaps)


def unreachable(
    matrix: TravelMatrix, profile: str, places: Sequence[Place], bucket: int = 0
) -> tuple[tuple[Place, Place], ...]:
    """Return the pairs of places, by name, that no way connects when setting out in a bucket."""
    seconds, _ = matrix.dense(profile, [place.id for place in places])
    return tuple((places[i], places[j]) for i, j in np.argwhere(seconds[bucket] == UNREACHABLE).tolist())


def _shared_buckets(routers: Sequence[Router]) -> tuple[int, ...]:
    tables = {router.speeds.bucket_starts_s for router in routers}
    if len(tables) != 1:
        message = f"各车型的时段划分必须相同，收到 {sorted(tables)} (routers differ in their time buckets)"
        raise RouteError(message)
    return tuple(sorted({start for router in routers for start in router.bucket_starts_s}))


def _distinct(snaps: Sequence[Sequence[Snap]]) -> tuple[NDArray[np.int32], list[int]]:
    """For each place its row, and for each row the first place of it: equal in all profiles, equal row."""
    row_at: dict[tuple[tuple[tuple[int, ...], tuple[float, ...]], ...], int] = {}
    row_of: list[int] = []
    first: list[int] = []
    for i, same_place in enumerate(zip(*snaps, strict=True)):
        key = tuple((snap.edges, snap.offsets_m) for snap in same_place)
        if key not in row_at:
            row_at[key] = len(first)
            first.append(i)
        row_of.append(row_at[key])
    return np.array(row_of, np.int32), first


def _part_of(progress: Callable[[float], None] | None, i: int, count: int) -> Callable[[float], None] | None:
    """Return what reports the progress of one of several equal parts."""
    if progress is None:
        return None
    return lambda done: progress((i + done) / count)
