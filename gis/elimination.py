"""The elimination order of a turn graph, and the chordal graph that it makes.

The order is the one long computation of starting a router, so it is kept on disk under a name made from the
very roads it is for. A file that does not hold an order of them is ignored and written anew.
"""

import contextlib
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import routingkit_cch
from numpy.typing import NDArray

from gis import kernels
from gis.network import RoadNetwork
from gis.turns import TurnGraph, meeting_edges

_Ints = NDArray[np.int32]
Indices = NDArray[np.uint32]
"""Unsigned, because compiled loops need not look out for negative ones: a third faster."""
_FORMAT: Final = b"order 1 routingkit_cch 0.1.4"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arcs:
    """Arcs of the completed graph that lead up, or those that lead down, each at its lower end.

    Parameters
    ----------
    first, head
        uint32[n + 1], uint32[slots]: the higher ends of the arcs at state `x` are `head[first[x]:first[x +
        1]]`, ascending.
    head_depth
        uint32[slots] depth of the higher end in the elimination tree.
    turn
        bool[slots] whether the arc is a turn of the graph itself.
    """

    first: Indices
    head: Indices
    head_depth: Indices
    turn: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Below:
    """The same arcs, found from their higher ends.

    Parameters
    ----------
    first, low, slot
        uint32: lower ends ascending, and the slots of the arcs.
    beyond, end
        uint32[slots] the arcs of the lower end, in the other direction, that lead beyond the higher end.
    """

    first: Indices
    low: Indices
    slot: Indices
    beyond: Indices
    end: Indices


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Elimination:
    """The hierarchy without costs, states numbered by rank.

    Parameters
    ----------
    rank
        int32[n] state of the turn graph → rank.
    parent, depth
        int32[n] of the elimination tree; a root has parent -1 and depth 0.
    up, down
        Arcs to higher states, and arcs from higher states.
    from_above, into_above
        The arcs of `down` and of `up` from their higher ends.
    """

    rank: _Ints
    parent: _Ints
    depth: _Ints
    up: Arcs
    down: Arcs
    from_above: Below
    into_above: Below


def elimination(
    graph: TurnGraph, network: RoadNetwork, cache_folder: Path | None, progress: Callable[[str], None]
) -> Elimination:
    """Order the states and complete the turn graph; all states of one road become neighbours.

    Parameters
    ----------
    graph, network
        What is to be searched.
    cache_folder
        Where the order of the roads is kept; None keeps nothing.
    progress
        Called with a sentence before the order is computed.
    """
    place = _places(network, cache_folder, progress)
    road = network.edge_shape[graph.state_edge]
    by_place = np.argsort(place[road], kind="stable")
    rank = np.empty(graph.state_count, np.int32)
    rank[by_place] = np.arange(graph.state_count, dtype=np.int32)
    low, high = _pairs(rank[graph.arc_tail], rank[graph.arc_head], road[by_place])
    parent = kernels.elimination_tree(*_listed(high, low, graph.state_count))
    number = kernels.postorder(parent)
    renumbered = np.empty_like(parent)
    renumbered[number] = np.where(parent >= 0, number[parent], -1)
    return _completed(graph, number[rank], renumbered)


def _completed(graph: TurnGraph, rank: _Ints, parent: _Ints) -> Elimination:
    """Fill in, with states numbered in postorder."""
    n = graph.state_count
    tail, head = rank[graph.arc_tail], rank[graph.arc_head]
    climbs, falls = tail < head, tail > head  # a turn from a state to itself never helps
    turns_up, turns_down = (tail[climbs], head[climbs]), (head[falls], tail[falls])
    up_first, up_head, down_first, down_head = kernels.fill_in(
        *_listed(*turns_up, n), *_listed(*turns_down, n)
    )
    depth = kernels.depths(parent)
    up, into = _sorted(up_first, up_head[: up_first[-1]], depth, turns_up)
    down, above = _sorted(down_first, down_head[: down_first[-1]], depth, turns_down)
    return Elimination(
        rank=rank,
        parent=parent,
        depth=depth,
        up=up,
        down=down,
        from_above=_below(above, up),
        into_above=_below(into, down),
    )


_Reverse = tuple[_Ints, _Ints, _Ints]


def _sorted(first: _Ints, head: _Ints, depth: _Ints, turns: tuple[_Ints, _Ints]) -> tuple[Arcs, _Reverse]:
    """Sort arcs by head, which transposing twice does, and mark those that are turns."""
    low_first, low, _ = kernels.transposed(first, head)
    first, head, reverse = kernels.transposed(low_first, low)
    slot = np.empty_like(reverse)
    slot[reverse] = np.arange(len(reverse), dtype=np.int32)
    turn = np.zeros(len(head), np.bool_)
    turn[kernels.positions(first, head, *turns)] = True
    arcs = Arcs(first=_index(first), head=_index(head), head_depth=_index(depth[head]), turn=turn)
    return arcs, (low_first, low, slot)


def _below(reverse: _Reverse, other_way: Arcs) -> Below:
    first, low, slot = reverse
    above = np.repeat(np.arange(1, len(first), dtype=np.int32), np.diff(first))
    ways = other_way.first.astype(np.int32), other_way.head.astype(np.int32)
    return Below(
        first=_index(first),
        low=_index(low),
        slot=_index(slot),
        beyond=_index(kernels.positions(*ways, low, above)),
        end=other_way.first[low + 1],
    )


def _index(array: _Ints) -> Indices:
    return array.astype(np.uint32)


def _pairs(tail: _Ints, head: _Ints, road_by_rank: _Ints) -> tuple[_Ints, _Ints]:
    """Distinct pairs of ranks, lower first, that a turn or a common road joins."""
    low, high = [np.minimum(tail, head)], [np.maximum(tail, head)]
    step = 1
    while len(same := np.flatnonzero(road_by_rank[step:] == road_by_rank[:-step])):
        low.append(same.astype(np.int32))
        high.append((same + step).astype(np.int32))
        step += 1
    return _distinct(np.concatenate(low), np.concatenate(high), len(road_by_rank))


def _distinct(low: _Ints, high: _Ints, n: int) -> tuple[_Ints, _Ints]:
    """Distinct pairs of different numbers below `n`, sorted."""
    a, b = np.divmod(np.unique(low.astype(np.int64) * n + high), n)
    return a[a != b].astype(np.int32), b[a != b].astype(np.int32)


def _listed(of: _Ints, neighbour: _Ints, n: int) -> tuple[_Ints, _Ints]:
    """Neighbours of each node, in one array."""
    order = np.argsort(of, kind="stable")
    return np.searchsorted(of[order], np.arange(n + 1)).astype(np.int32), neighbour[order]


# --- the order of the roads ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Roads:
    """All roads of a network, whoever may use them: which meet, and where their middles are."""

    low: _Ints
    high: _Ints
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]


def _places(network: RoadNetwork, cache_folder: Path | None, progress: Callable[[str], None]) -> _Ints:
    """Place of each road in the one order that serves every profile: a part of a good order is one."""
    order = _order(_roads(network), cache_folder, progress)
    place = np.empty_like(order)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place


def _roads(network: RoadNetwork) -> _Roads:
    before, after = meeting_edges(network, np.ones(network.edge_count, np.bool_))
    a, b = network.edge_shape[before], network.edge_shape[after]
    count = len(network.shape_start) - 1
    low, high = _distinct(np.minimum(a, b), np.maximum(a, b), count)
    middle = (network.shape_start[:-1] + network.shape_start[1:] - 1) // 2
    return _Roads(low=low, high=high, lat=network.shape_lat[middle], lon=network.shape_lon[middle])


def _order(roads: _Roads, cache_folder: Path | None, progress: Callable[[str], None]) -> _Ints:
    file = None if cache_folder is None else cache_folder / f"order-{_digest(roads)}.npy"
    kept = None if file is None else _kept_order(file, len(roads.lat))
    if kept is not None:
        return kept
    progress("正在计算路网的收缩次序（仅一次，随后取自缓存）")
    lists = (a.tolist() for a in (roads.low, roads.high, roads.lat, roads.lon))
    order = np.array(routingkit_cch.compute_order_inertial(len(roads.lat), *lists), np.int32)
    if file is not None:
        _keep(file, order)
    return order


def _digest(roads: _Roads) -> str:
    content = hashlib.sha256(_FORMAT)
    for part in (roads.low, roads.high, roads.lat, roads.lon):
        content.update(np.ascontiguousarray(part).tobytes())
    return content.hexdigest()[:24]


def _kept_order(file: Path, count: int) -> _Ints | None:
    """Return the order in a file, or None where there is none or it is damaged."""
    try:
        with file.open("rb") as stream:
            order = np.lib.format.read_array(stream, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    whole = order.shape == (count,) and order.dtype == np.int32
    return order if whole and np.array_equal(np.sort(order), np.arange(count)) else None


def _keep(file: Path, order: _Ints) -> None:
    """Write beside and rename, so that no reader sees half a file. A folder that refuses costs time only."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            np.save(part, order)
        Path(part.name).replace(file)
