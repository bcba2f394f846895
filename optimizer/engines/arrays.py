"""A `Problem` compiled once for the kernels: numbers for ids, columns for fields, integers for money.

What no search over these arrays can honour raises `Unsupported(field)` here, before any search.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.engines.by_address import by_address
from optimizer.engines.groups import Group, grouped, manned
from optimizer.engines.kernels import layout as at
from optimizer.engines.nearness import keys_of, near_of
from optimizer.engines.node_arrays import Work, work_of
from optimizer.engines.travel_arrays import Roads, roads_of
from optimizer.engines.weights import weights
from optimizer.errors import ProblemError, Unsupported
from optimizer.model import Problem, Request

__all__ = ["Compiled", "compile_problem"]

FAR: Final = 1_000_000_000
LARGEST_COST: Final = 2**61


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compiled:
    """A problem for the kernels, and how to read their answers.

    Parameters
    ----------
    task
        The arrays.
    groups
        Vehicles behind each group number.
    drivers
        Vehicle id → driver id, where drivers are named.
    requests
        Requests by number.
    nodes
        (request number or −1, stop, option) behind each node.
    place_ids
        Places by number.
    longest
        Most nodes on one route.
    slots
        Most vehicles that can be used.
    locked_nodes
        Group number → nodes of the route its vehicle has begun.
    vehicle_units
        What `vehicles_first` adds for each vehicle used.
    """

    problem: Problem
    task: at.Task
    groups: tuple[Group, ...]
    drivers: Mapping[str, str]
    requests: tuple[Request, ...]
    nodes: tuple[tuple[int, int, int], ...]
    place_ids: tuple[str, ...]
    longest: int
    slots: int
    locked_nodes: Mapping[int, tuple[int, ...]]
    vehicle_units: int


def compile_problem(problem: Problem, *, vehicles_first: bool = False, rest: bool = True) -> Compiled:
    """Compile a valid problem.

    Parameters
    ----------
    vehicles_first
        Whether one vehicle less beats any saving of cost.
    rest
        Whether 4 hours of driving need 20 minutes of rest (the judge asks for it; research instances do not).

    Raises
    ------
    optimizer.errors.Unsupported
        A field that no search over these arrays can honour.
    optimizer.errors.ProblemError
        Costs or legs too large to add up in 64 bits.
    """
    _refuse_what_is_not_honoured(problem)
    drivers = manned(problem)
    groups = grouped(problem, drivers)
    roads = roads_of(problem, _place_ids(problem, groups))
    work = work_of(problem, groups, roads)
    table = _group_table(groups, work, roads, len(problem.dimensions))
    vehicle_units = _vehicle_units(table, work, roads, len(problem.vehicles)) if vehicles_first else 0
    table[:, at.G_USED] += vehicle_units
    _require_addable(table, work, roads, len(problem.vehicles))
    capacity = table[:, at.CAPACITY :]
    longest = _longest(work, groups, capacity)
    work.request[: work.insertable, at.WEIGHT] = weights(work.requests[: work.insertable], _mandatory(work))
    task = by_address(
        at.Task(
            metres=roads.metres,
            seconds=roads.seconds,
            metres_to=_transposed(roads.metres, _by_bucket(roads, roads.metres).min(axis=1)),
            seconds_to=_transposed(roads.seconds, _by_bucket(roads, roads.seconds)[:, 0]),
            buckets=np.array(roads.bucket_starts_s, np.int64),
            node=work.node,
            request=work.request,
            stop=work.stop,
            keys=keys_of(work, roads, capacity, table[:, at.G_START]),
            near=near_of(work, roads),
            group=table,
            busy=_busy(groups),
            allowed=_allowed(problem, groups, work),
            reserve=_reserve(problem, groups),
            members=_members(work.request[: work.insertable, at.TOGETHER]),
            hash=_hashes(max(len(work.nodes) + 1, len(groups))),
            rule=np.zeros(at.RULES, np.int64),
        )
    )
    _set_rules(task, problem, groups, work, roads, rest=rest)
    return Compiled(
        problem=problem,
        task=task,
        groups=groups,
        drivers=drivers,
        requests=work.requests,
        nodes=work.nodes,
        place_ids=tuple(roads.index),
        longest=longest,
        slots=min(sum(len(g.vehicle_ids) for g in groups), work.insertable + len(work.locked_nodes)),
        locked_nodes=work.locked_nodes,
        vehicle_units=vehicle_units,
    )


def _refuse_what_is_not_honoured(problem: Problem) -> None:
    ends: dict[str, int] = {}
    for vehicle in problem.vehicles:
        ends[vehicle.start_place_id] = ends.get(vehicle.start_place_id, 0) + 1
    for depot in problem.depots:
        if depot.spaces is None:
            continue
        comes_to_stay = any(
            depot.place_id == v.end_place_id != v.start_place_id or v.end_place_id is None
            for v in problem.vehicles
        )
        if comes_to_stay or ends.get(depot.place_id, 0) > depot.spaces:
            field, what = "Depot.spaces", f"场站 {depot.place_id!r} 的车位可能不够，此算法不逐刻核对"
            raise Unsupported(field, what)


def _place_ids(problem: Problem, groups: Sequence[Group]) -> list[str]:
    found = [option.place_id for r in problem.requests for stop in r.stops for option in stop.options]
    for group in groups:
        found.append(group.start_place_id)
        found += [group.end_place_id] if group.end_place_id is not None else []
        found += [visit.place_id for visit in group.locked.visits] if group.locked else []
    return found


def _group_table(groups: Sequence[Group], work: Work, roads: Roads, dimensions: int) -> NDArray[np.int64]:
    table = np.zeros((len(groups), at.GROUP_COLUMNS + dimensions), np.int64)
    busy = 0
    for g, group in enumerate(groups):
        rates, kind, hours = group.kind.rates, group.kind, group.hours
        row = table[g]
        row[at.G_START] = roads.index[group.start_place_id]
        row[at.G_END] = roads.nowhere if group.end_place_id is None else roads.index[group.end_place_id]
        row[at.G_LEAVE_FROM], row[at.G_LEAVE_TO] = hours.leave.start_s, hours.leave.end_s
        row[at.G_BACK_FROM], row[at.G_BACK_TO] = hours.back.start_s, hours.back.end_s
        row[at.G_PROFILE], row[at.G_COUNT] = roads.profiles[kind.profile], len(group.vehicle_ids)
        row[at.G_MAX_M] = FAR * FAR if kind.max_route_m is None else kind.max_route_m
        row[at.G_MAX_S] = FAR * FAR if kind.max_route_s is None else kind.max_route_s
        row[at.G_MAX_STOPS] = FAR if kind.max_stops is None else kind.max_stops
        row[at.G_TRIPS] = group.trips
        row[at.G_USED] = rates.vehicle_used_fen * at.UNITS_PER_FEN
        row[at.G_PER_TRIP] = rates.per_trip_fen * at.UNITS_PER_FEN
        row[at.G_METRE] = rates.per_km_fen * at.UNITS_PER_METRE_RATE
        row[at.G_TOLL] = rates.toll_per_km_fen * at.UNITS_PER_METRE_RATE
        row[at.G_FREE_M], row[at.G_FREE_S] = rates.included_m, rates.included_s
        row[at.G_SECOND] = rates.per_hour_fen * at.UNITS_PER_SECOND_RATE
        row[at.G_OVERTIME] = rates.overtime_per_hour_fen * at.UNITS_PER_SECOND_RATE
        row[at.G_REGULAR_S] = rates.regular_hours_s
        row[at.G_BUSY_FROM], row[at.G_BUSY_TO] = busy, busy + len(hours.busy)
        busy += len(hours.busy)
        row[at.CAPACITY :] = kind.capacity
        row[at.G_RELOAD] = work.reload_node.get(group.start_place_id, -1) if group.trips > 1 else -1
        row[at.G_TIMED] = rates.per_hour_fen > 0 or rates.overtime_per_hour_fen > 0
    _number_families(table, groups)
    return table


def _number_families(table: NDArray[np.int64], groups: Sequence[Group]) -> None:
    def family(g: int) -> tuple[object, ...]:
        one = groups[g]
        begun = g if one.locked else -1
        return (
            one.start_place_id,
            one.end_place_id,
            one.kind.profile,
            one.trips,
            one.hours,
            one.allowed,
            begun,
        )

    for _, members in itertools.groupby(range(len(groups)), family):
        rows = list(members)
        table[rows, at.G_FAMILY] = rows[0]
        table[rows, at.G_FAMILY_TO] = rows[-1] + 1
        beyond = np.where(table[rows, at.G_FREE_M] > 0, 0, table[rows, at.G_METRE])
        table[rows, at.G_LEAST_METRE] = (table[rows, at.G_TOLL] + beyond).min()


def _most_cost(table: NDArray[np.int64], work: Work, roads: Roads, vehicles: int) -> int:
    """Cost that no plan exceeds (Python integers: it may pass 64 bits)."""
    metres, seconds = roads.longest_leg
    legs = len(work.requests) + len(work.nodes) + 3 * vehicles
    used, trip, metre, second = (
        max((int(row[a]) + int(row[b]) for row in table), default=0)
        for a, b in (
            (at.G_USED, at.G_USED),
            (at.G_PER_TRIP, at.G_PER_TRIP),
            (at.G_METRE, at.G_TOLL),
            (at.G_SECOND, at.G_OVERTIME),
        )
    )
    day_s = min(FAR, max((int(row[at.G_BACK_TO] - row[at.G_LEAVE_FROM]) for row in table), default=0))
    soft = int(work.node[:, at.SOFT].max(initial=0)) * len(work.requests)
    return (used + trip * legs + second * day_s) * max(vehicles, 1) + metre * metres * legs + soft + seconds


def _vehicle_units(table: NDArray[np.int64], work: Work, roads: Roads, vehicles: int) -> int:
    return 1 + _most_cost(table, work, roads, vehicles)


def _require_addable(table: NDArray[np.int64], work: Work, roads: Roads, vehicles: int) -> None:
    most = _most_cost(table, work, roads, vehicles)
    if most > LARGEST_COST:
        fen = most // at.UNITS_PER_FEN
        message = f"方案的成本可能达到 {fen} 分，超出 64 位整数；请检查费率（分每公里、分每小时）和里程的单位"
        raise ProblemError((message,))


def _by_bucket(roads: Roads, legs: NDArray[np.int32]) -> NDArray[np.int32]:
    """Legs as `[profile, bucket, from, to]`."""
    return legs.reshape(len(roads.profiles), len(roads.bucket_starts_s), *legs.shape[1:])


def _transposed(legs: NDArray[np.int32], chosen: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give the chosen legs as `[profile, to, from]`; all of them where they are symmetric and the same."""
    turned = np.ascontiguousarray(chosen.transpose(0, 2, 1))
    return legs if turned.shape == legs.shape and np.array_equal(turned, legs) else turned


def _longest(work: Work, groups: Sequence[Group], capacity: NDArray[np.int64]) -> int:
    """Most nodes on one route, by loads where every stop has one."""
    stops = sum(len(request.stops) for request in work.requests)
    stops += max((group.trips - 1 for group in groups), default=0)
    stops += max((len(nodes) for nodes in work.locked_nodes.values()), default=0)
    if not capacity.size or any(group.trips > 1 for group in groups) or not _loads_simple(work):
        return stops
    for d in range(capacity.shape[1]):
        sums = np.cumsum(np.sort(_least_loads(work, d)))
        stops = min(stops, int(np.searchsorted(sums, capacity[:, d].max(), side="right")) + 1)
    return stops


def _least_loads(work: Work, d: int) -> NDArray[np.int64]:
    return np.array([abs(r.stops[0].load[d]) if r.stops[0].load else 0 for r in work.requests], np.int64)


def _loads_simple(work: Work) -> bool:
    if any(len(request.stops) > 1 for request in work.requests):
        return False
    change = work.node[:, at.CHANGE :]
    return bool((change >= 0).all() or (change <= 0).all())


def _mandatory(work: Work) -> frozenset[str]:
    """Find the requests under way on a locked route, and those all or none with one that stands there."""
    begun = {work.requests[q].group_id for q in work.only_group} - {None}
    return frozenset(
        request.id
        for q, request in enumerate(work.requests[: work.insertable])
        if q in work.only_group or request.group_id in begun
    )


def _members(together: NDArray[np.int64]) -> NDArray[np.int64]:
    """List the requests of each all-or-none group behind where each list begins."""
    lists = [np.flatnonzero(together == t) for t in range(int(together.max(initial=-1)) + 1)]
    starts = np.cumsum([len(lists) + 1, *(len(members) for members in lists)])
    return np.array([*starts, *(q for members in lists for q in members)], np.int64)


def _busy(groups: Sequence[Group]) -> NDArray[np.int64]:
    rows = [(w.start_s, w.end_s) for group in groups for w in group.hours.busy]
    return np.array(rows, np.int64).reshape(-1, 2)


def _allowed(problem: Problem, groups: Sequence[Group], work: Work) -> NDArray[np.uint8]:
    position = {request.id: i for i, request in enumerate(problem.requests)}
    order = [position[request.id] for request in work.requests]
    table = np.array([group.allowed for group in groups], np.uint8)
    table = table.reshape(len(groups), len(position)).T[order]
    for q, g in work.only_group.items():
        table[q] = 0
        table[q, g] = 1
    return np.ascontiguousarray(table.reshape(len(order), len(groups)))


def _reserve(problem: Problem, groups: Sequence[Group]) -> NDArray[np.int64]:
    """How many vehicles of each reserve may move, then whether each group counts."""
    table = np.zeros((len(problem.reserves), 1 + len(groups)), np.int64)
    for k, reserve in enumerate(problem.reserves):
        table[k, 1:] = [group.reserves[k] for group in groups]
        fitting = sum(len(group.vehicle_ids) for group in groups if group.reserves[k])
        table[k, 0] = max(0, fitting - reserve.count)
    return table


def _hashes(n: int) -> NDArray[np.int64]:
    """Odd random numbers, always the same."""
    return np.random.default_rng(20200101).integers(-(2**62), 2**62, (3, n), dtype=np.int64) * 2 + 1


def _set_rules(
    task: at.Task, problem: Problem, groups: Sequence[Group], work: Work, roads: Roads, *, rest: bool
) -> None:
    rule, group = task.rule, task.group
    families = len(np.unique(group[:, at.G_FAMILY])) < len(groups)
    rule[at.R_BUCKETS] = len(roads.bucket_starts_s)
    rule[at.R_DIMENSIONS] = len(problem.dimensions)
    rule[at.R_INSERTABLE] = work.insertable
    rule[at.R_BUFFER_S] = problem.buffer_s
    rule[at.R_TOGETHER] = len(task.members) > 1
    rule[at.R_FIXED_METRES] = roads.fixed_metres
    rule[at.R_COMPATIBLE] = bool(task.allowed.all())
    rule[at.R_SIMPLE_LOAD] = _loads_simple(work) and not (group[:, at.G_TRIPS] > 1).any()
    rule[at.R_TIME] = _time_matters(task, work, roads)
    rule[at.R_REST] = rest and _may_tire(task, work, roads)
    rule[at.R_SLOW] = (
        rule[at.R_BUCKETS] > 1
        or problem.buffer_s > 0
        or len(task.busy) > 0
        or bool((group[:, at.G_TRIPS] > 1).any())
        or bool(group[:, at.G_TIMED].any())
        or bool((group[:, at.G_MAX_S] < FAR).any())
        or bool((group[:, at.G_MAX_STOPS] < FAR).any())
        or bool((group[:, at.G_BACK_FROM] > group[:, at.G_LEAVE_FROM]).any())
    )
    single = len(work.stop) - 1 == work.insertable == int(work.stop[-1])
    rule[at.R_RETYPE] = (
        families
        and single
        and not work.locked_nodes
        and not work.node[:, at.SOFT].any()
        and bool(rule[at.R_SIMPLE_LOAD])
        and not rule[at.R_SLOW]
        and not rule[at.R_REST]
    )
    rule[at.R_REGROUP] = len(groups) > 1
    rule[at.R_PLAIN_DAY] = (
        rule[at.R_BUCKETS] == 1
        and not rule[at.R_REST]
        and problem.buffer_s == 0
        and not len(task.busy)
        and bool((group[:, at.G_TRIPS] == 1).all())
        and bool((group[:, at.G_BACK_FROM] <= group[:, at.G_LEAVE_FROM]).all())
    )
    rule[at.R_BRISK] = rule[at.R_SIMPLE_LOAD] and rule[at.R_BUCKETS] == 1 and not rule[at.R_REST]


def _most_seconds(task: at.Task, work: Work, roads: Roads) -> tuple[int, int]:
    """Driving and service of a vehicle that does everything, at the worst."""
    _, leg_s = roads.longest_leg
    stops = sum(len(request.stops) for request in work.requests) + int(
        task.group[:, at.G_TRIPS].max(initial=1)
    )
    service_s = int(work.node[:, at.SERVICE].max(initial=0)) * stops + task.rule[at.R_BUFFER_S] * stops
    return leg_s * (stops + 1), int(service_s)


def _time_matters(task: at.Task, work: Work, roads: Roads) -> bool:
    """Whether any window or shift can be missed at all."""
    if not len(work.nodes) or not len(task.group):
        return False
    drive_s, service_s = _most_seconds(task, work, roads)
    start_s = max(int(task.group[:, at.G_LEAVE_FROM].max()), int(work.node[:, at.EARLY].max()))
    end_s = min(int(task.group[:, at.G_BACK_TO].min()), int(work.node[:, at.LATE].min()))
    return start_s + drive_s + service_s > end_s


def _may_tire(task: at.Task, work: Work, roads: Roads) -> bool:
    drive_s, _ = _most_seconds(task, work, roads)
    return drive_s > at.LONGEST_DRIVE_S
