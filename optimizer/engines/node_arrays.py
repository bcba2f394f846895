"""Requests, stops and options of a problem as numbered rows, those under way on locked routes included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.aboard import loads
from optimizer.engines.groups import Group
from optimizer.engines.kernels import layout as at
from optimizer.engines.travel_arrays import Roads
from optimizer.model import Problem, Request, Route, Stop, StopOption, Visit

__all__ = ["Work", "work_of"]

FAR_S: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """What there is to do.

    Parameters
    ----------
    requests
        Requests by number: those that may be inserted, then those that stand whole on locked routes.
    insertable
        How many may be inserted.
    nodes
        (request number or −1, stop, option) behind each node.
    node, request, stop
        As in `layout.Task`; the weights of requests are still zero.
    locked_nodes
        Group number → nodes of the route its vehicle has begun.
    reload_node
        Base place id → node of a reload there.
    only_group
        Request number → the one group that may finish it.
    """

    requests: tuple[Request, ...]
    insertable: int
    nodes: tuple[tuple[int, int, int], ...]
    node: NDArray[np.int64]
    request: NDArray[np.int64]
    stop: NDArray[np.int64]
    locked_nodes: Mapping[int, tuple[int, ...]]
    reload_node: Mapping[str, int]
    only_group: Mapping[int, int]


@dataclass(slots=True, kw_only=True)
class _Rows:
    """Nodes as they are numbered."""

    roads: Roads
    dimensions: int
    nodes: list[tuple[int, int, int]] = field(default_factory=list)
    columns: list[tuple[int, ...]] = field(default_factory=list)


def work_of(problem: Problem, groups: Sequence[Group], roads: Roads) -> Work:
    """Give numbers to what is to be done and what is under way."""
    begun = _begun(groups)
    requests = _in_order(problem, begun)
    number = {request.id: q for q, request in enumerate(requests)}
    insertable = sum(begun.get(r.id, (0, 0))[1] < len(r.stops) for r in requests)
    rows = _Rows(roads=roads, dimensions=len(problem.dimensions))
    standing = {request.group_id for request in requests if request.id in begun}
    together = list(dict.fromkeys(r.group_id for r in requests if r.group_id not in standing | {None}))
    table, stop_rows = [], [0]
    for q, request in enumerate(requests):
        done = begun.get(request.id, (0, 0))[1]
        first = len(stop_rows) - 1
        for s in range(done, len(request.stops)):
            for o, option in enumerate(request.stops[s].options):
                _add_option(rows, problem, request, (q, s, o), option)
            stop_rows.append(len(rows.nodes))
        row = _request_row(request, first, len(stop_rows) - 1, done > 0, len(problem.dimensions))
        row[at.TOGETHER] = together.index(request.group_id) if request.group_id in together else -1
        table.append(row)
    locked = {
        g: _add_locked(rows, group.locked, number, requests) for g, group in enumerate(groups) if group.locked
    }
    reloads = _add_reloads(rows, problem, groups)
    dimensions = len(problem.dimensions)
    return Work(
        requests=requests,
        insertable=insertable,
        nodes=tuple(rows.nodes),
        node=np.array(rows.columns, np.int64).reshape(-1, at.NODE_COLUMNS + dimensions),
        request=np.array(table, np.int64).reshape(-1, at.REQUEST_COLUMNS + dimensions),
        stop=np.array(stop_rows, np.int64),
        locked_nodes=locked,
        reload_node=reloads,
        only_group={number[i]: g for i, (g, _) in begun.items()},
    )


def _begun(groups: Sequence[Group]) -> Mapping[str, tuple[int, int]]:
    """Request id → (group that has begun it, how many of its stops are done)."""
    found: dict[str, tuple[int, int]] = {}
    for g, group in enumerate(groups):
        for visit in group.locked.visits if group.locked else ():
            if visit.request_id is not None:
                found[visit.request_id] = (g, visit.stop + 1)
    return found


def _in_order(problem: Problem, begun: Mapping[str, tuple[int, int]]) -> tuple[Request, ...]:
    def is_done(request: Request) -> bool:
        return begun.get(request.id, (0, 0))[1] >= len(request.stops)

    return tuple(sorted(problem.requests, key=is_done))


def _add_option(
    rows: _Rows, problem: Problem, request: Request, key: tuple[int, int, int], option: StopOption
) -> None:
    q, s, _ = key
    early = min(max(option.window.start_s, problem.frozen_until_s), FAR_S)
    columns = (
        rows.roads.index[option.place_id],
        early,
        min(option.window.end_s, FAR_S),
        option.service_s,
        q,
        int(s == 0),
        int(s + 1 == len(request.stops)),
        0,
    )
    _add(rows, key, columns, option.cost_fen * at.UNITS_PER_FEN, request.stops[s])


def _add(
    rows: _Rows, key: tuple[int, int, int], columns: tuple[int, ...], cost: int, stop: Stop | None
) -> int:
    rows.nodes.append(key)
    rows.columns.append((*columns, cost, *((stop.load if stop else ()) or (0,) * rows.dimensions)))
    return len(rows.nodes) - 1


def _add_locked(
    rows: _Rows, route: Route, number: Mapping[str, int], requests: Sequence[Request]
) -> tuple[int, ...]:
    return tuple(_add_visit(rows, visit, number, requests) for visit in route.visits)


def _add_visit(rows: _Rows, visit: Visit, number: Mapping[str, int], requests: Sequence[Request]) -> int:
    place = rows.roads.index[visit.place_id]
    standing_s = visit.depart_s - visit.start_s
    if visit.request_id is None:
        columns = (place, visit.start_s, visit.depart_s, standing_s, -1, 0, 0, 1)
        return _add(rows, (-1, 0, 0), columns, 0, None)
    q = number[visit.request_id]
    last = len(requests[q].stops) - 1
    columns = (
        place,
        visit.start_s,
        visit.start_s,
        standing_s,
        q,
        int(visit.stop == 0),
        int(visit.stop == last),
        1,
    )
    option = requests[q].stops[visit.stop].options[visit.option]
    cost = option.cost_fen * at.UNITS_PER_FEN
    return _add(rows, (q, visit.stop, visit.option), columns, cost, requests[q].stops[visit.stop])


def _add_reloads(rows: _Rows, problem: Problem, groups: Sequence[Group]) -> Mapping[str, int]:
    depots = {depot.place_id: depot.window for depot in problem.depots}
    found: dict[str, int] = {}
    for place_id in dict.fromkeys(group.start_place_id for group in groups if group.trips > 1):
        window = depots.get(place_id)
        early = max(window.start_s if window else -FAR_S, problem.frozen_until_s)
        late = min(window.end_s if window else FAR_S, FAR_S)
        columns = (rows.roads.index[place_id], early, late, 0, -1, 0, 0, 0)
        found[place_id] = _add(rows, (-1, 0, 0), columns, 0, None)
    return found


def _request_row(request: Request, first: int, last: int, begun: bool, dimensions: int) -> list[int]:
    onboard = loads(request, dimensions)
    several = len(request.stops) > 1
    plain_pair = len(request.stops) == 2 and not any(onboard[0]) and not any(onboard[-1])
    limited = request.max_ride_s is not None and several
    slow = begun or limited or (several and (request.sole_use or not plain_pair))
    return [
        first,
        last,
        request.max_ride_s if limited and request.max_ride_s is not None else -1,
        int(request.sole_use and several),
        int(slow),
        int(any(onboard[0])),
        int(any(onboard[-1])),
        int(begun and first < last),
        -1,
        0,
        *onboard[0],
    ]
