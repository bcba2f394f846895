"""Routes with pickups, deliveries, windows and ride limits by OR-Tools' routing library.

Times enter as constants: for each pair of places the longest of the buckets in which the requests can be
under way at all, so that what the search finds can also be driven at the true times. Costs enter in
1/3600 fen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from optimizer.engines.routing_world import FAR, SCALE, World, lookup, penalties_of, world_of
from optimizer.errors import Unsupported
from optimizer.model import Problem, Request, Vehicle
from optimizer.policy.rules import may_serve
from optimizer.timing import Call

__all__ = ["Found", "search"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Orders of calls per vehicle; `work` counts solutions visited."""

    orders: Mapping[str, tuple[Call, ...]]
    work: int
    stopped: bool


def search(
    problem: Problem,
    *,
    seed: int = 0,
    solution_limit: int,
    seconds: float | None = None,
    progress: Callable[[float], bool] | None = None,
) -> Found:
    """Search orders for all vehicles; every request is optional at a penalty above any route's cost.

    Raises
    ------
    Unsupported
        The problem uses a field that this model lacks.
    """
    _require_supported(problem)
    world = world_of(problem)
    if not world.requests or not world.vehicles:
        return Found(orders={}, work=0, stopped=False)
    manager = pywrapcp.RoutingIndexManager(
        len(world.place_at), len(world.vehicles), list(world.starts), list(world.ends)
    )
    routing = pywrapcp.RoutingModel(manager)
    _costs(world, routing)
    _times(world, manager, routing)
    _distances(world, routing)
    _loads(world, routing)
    _stops(world, routing)
    _visits(world, manager, routing)
    return _solve(world, manager, routing, (seed, solution_limit, seconds, progress))


def _require_supported(problem: Problem) -> None:
    for field, detail in _unsupported(problem):
        raise Unsupported(field, detail)


def _unsupported(problem: Problem) -> Iterator[tuple[str, str]]:
    if problem.locked:
        yield "Problem.locked", "请用支持锁定路线的算法"
    if problem.reserves:
        yield "Problem.reserves", "请先把备勤车辆从车辆表中去掉"
    if problem.buffer_s:
        yield "Problem.buffer_s", "请改用停站时间"
    for depot in problem.depots:
        if depot.spaces is not None and _may_stand(problem, depot.place_id) > depot.spaces:
            yield "Depot.spaces", f"场站 {depot.place_id} 的车位可能不够"
    for request in problem.requests:
        if len(request.stops) > 2:
            yield "Request.stops", f"申请 {request.id} 有 {len(request.stops)} 站，最多 2 站"
        if request.group_id is not None:
            yield "Request.group_id", f"申请 {request.id}"
        if request.sole_use and len(request.stops) > 1:
            yield "Request.sole_use", f"申请 {request.id}"


def _may_stand(problem: Problem, place_id: str) -> int:
    """Count the vehicles that may ever stand at a place between their duties."""
    return sum(place_id == v.start_place_id or v.end_place_id in {None, place_id} for v in problem.vehicles)


def _costs(world: World, routing: Any) -> None:
    soft = np.zeros(len(world.place_at), np.int64)
    soft[: len(world.nodes)] = [n.soft_fen * SCALE for n in world.nodes]
    callbacks: dict[str, int] = {}
    for i, vehicle in enumerate(world.vehicles):
        kind = world.types[vehicle.type_id]
        rates = kind.rates
        if kind.id not in callbacks:
            per_km = rates.toll_per_km_fen + (0 if rates.included_m else rates.per_km_fen)
            metres = lookup(world, world.metres[kind.profile])
            cost = metres * per_km * SCALE // 1_000 + soft[None, :]
            callbacks[kind.id] = routing.RegisterTransitMatrix(cost.tolist())
        routing.SetArcCostEvaluatorOfVehicle(callbacks[kind.id], i)
        routing.SetFixedCostOfVehicle((rates.vehicle_used_fen + rates.per_trip_fen) * SCALE, i)


def _times(world: World, manager: Any, routing: Any) -> None:
    horizon_s = max(v.shift.end_s for v in world.vehicles) + 1
    service = np.zeros(len(world.place_at), np.int64)
    service[: len(world.nodes)] = [n.service_s for n in world.nodes]
    callbacks = {
        profile: routing.RegisterTransitMatrix((lookup(world, table) + service[:, None]).tolist())
        for profile, table in world.seconds.items()
    }
    evaluators = [callbacks[world.types[v.type_id].profile] for v in world.vehicles]
    routing.AddDimensionWithVehicleTransits(evaluators, horizon_s, horizon_s, False, "time")
    dimension = routing.GetDimensionOrDie("time")
    for node, at in enumerate(world.nodes):
        window = at.window
        dimension.CumulVar(manager.NodeToIndex(node)).SetRange(
            max(0, window.start_s), min(horizon_s, max(0, window.end_s))
        )
    for i, vehicle in enumerate(world.vehicles):
        _duty(world, routing, dimension, i, vehicle)


def _duty(world: World, routing: Any, dimension: Any, i: int, vehicle: Vehicle) -> None:
    """Shift, busy times and what an hour costs."""
    kind, depots = world.types[vehicle.type_id], {d.place_id: d.window for d in world.problem.depots}
    opens = max(vehicle.shift.start_s, world.problem.frozen_until_s)
    closes = vehicle.shift.end_s
    if vehicle.start_place_id in depots:
        opens = max(opens, depots[vehicle.start_place_id].start_s)
    if vehicle.end_place_id in depots:
        closes = min(closes, depots[vehicle.end_place_id].end_s)
    start, end = dimension.CumulVar(routing.Start(i)), dimension.CumulVar(routing.End(i))
    for busy in vehicle.busy:
        solver = routing.solver()
        solver.Add(solver.Max(end <= busy.start_s, start >= busy.end_s) == 1)
    start.SetRange(max(0, min(opens, closes)), max(0, closes))
    end.SetRange(max(0, min(opens, closes)), max(0, closes))
    routing.AddVariableMinimizedByFinalizer(end)
    routing.AddVariableMaximizedByFinalizer(start)
    if kind.max_route_s is not None:
        dimension.SetSpanUpperBoundForVehicle(kind.max_route_s, i)
    if kind.rates.included_s:
        bound = pywrapcp.BoundCost(kind.rates.included_s, kind.rates.per_hour_fen)
        dimension.SetSoftSpanUpperBoundForVehicle(bound, i)
        return
    if kind.rates.per_hour_fen:
        dimension.SetSpanCostCoefficientForVehicle(kind.rates.per_hour_fen, i)
    if kind.rates.overtime_per_hour_fen:
        bound = pywrapcp.BoundCost(kind.rates.regular_hours_s, kind.rates.overtime_per_hour_fen)
        dimension.SetSoftSpanUpperBoundForVehicle(bound, i)


def _distances(world: World, routing: Any) -> None:
    kinds = [world.types[v.type_id] for v in world.vehicles]
    if not any(k.max_route_m is not None or k.rates.included_m for k in kinds):
        return
    callbacks = {
        profile: routing.RegisterTransitMatrix(lookup(world, table).tolist())
        for profile, table in world.metres.items()
    }
    routing.AddDimensionWithVehicleTransits(
        [callbacks[k.profile] for k in kinds], 0, 10 * FAR, True, "metres"
    )
    dimension = routing.GetDimensionOrDie("metres")
    for i, kind in enumerate(kinds):
        if kind.max_route_m is not None:
            dimension.SetSpanUpperBoundForVehicle(kind.max_route_m, i)
        if kind.rates.included_m:
            cost = kind.rates.per_km_fen * SCALE // 1_000
            dimension.SetSoftSpanUpperBoundForVehicle(pywrapcp.BoundCost(kind.rates.included_m, cost), i)


def _loads(world: World, routing: Any) -> None:
    kinds = [world.types[v.type_id] for v in world.vehicles]
    for d, name in enumerate(world.problem.dimensions):
        change = [n.load[d] for n in world.nodes] + [0] * (len(world.place_at) - len(world.nodes))
        callback = routing.RegisterUnaryTransitVector(change)
        capacities = [k.capacity[d] for k in kinds]
        routing.AddDimensionWithVehicleCapacity(callback, 0, capacities, True, f"load {name}")


def _stops(world: World, routing: Any) -> None:
    """Count arrivals at another place than before, where a type limits the stops of a day."""
    limits = [world.types[v.type_id].max_stops for v in world.vehicles]
    if all(limit is None for limit in limits):
        return
    at = np.array(world.place_at)
    moved = (at[:, None] != at[None, :]).astype(np.int64)
    moved[:, len(world.nodes) :] = 0
    for start in world.starts:
        moved[start, : len(world.nodes)] = 1
    callback = routing.RegisterTransitMatrix(moved.tolist())
    most = [10_000 if limit is None else limit for limit in limits]
    routing.AddDimensionWithVehicleCapacity(callback, 0, most, True, "stops")


def _visits(world: World, manager: Any, routing: Any) -> None:
    """Pairs of pickup and delivery with their options, ride limits, who may serve, and penalties."""
    penalties = penalties_of(world)
    dimension, solver = routing.GetDimensionOrDie("time"), routing.solver()
    indices: dict[tuple[str, int], list[int]] = {}
    service: dict[int, int] = {}
    for node, at in enumerate(world.nodes):
        index = manager.NodeToIndex(node)
        indices.setdefault((at.call.request_id, at.call.stop), []).append(index)
        service[index] = at.service_s
    pairs = 0
    for request in world.requests:
        stops = [indices[request.id, i] for i in range(len(request.stops))]
        groups = [routing.AddDisjunction(stops[0], penalties[request.id])]
        groups += [routing.AddDisjunction(later, 0) for later in stops[1:]]
        _allowed(world, routing, request, [index for stop in stops for index in stop])
        if len(stops) < 2:
            continue
        routing.AddPickupAndDeliverySets(groups[0], groups[1])
        # An option that is not taken has vehicle -1, so the largest is the one that is.
        solver.Add(
            solver.Max([routing.VehicleVar(i) for i in stops[0]])
            == solver.Max([routing.VehicleVar(i) for i in stops[1]])
        )
        for pickup in stops[0]:
            for delivery in stops[1]:
                solver.Add(dimension.CumulVar(pickup) <= dimension.CumulVar(delivery))
        if request.max_ride_s is not None:
            dimension.SetPickupToDeliveryLimitFunctionForPair(
                _ride_limit(request.max_ride_s, [service[i] for i in stops[0]]), pairs
            )
        pairs += 1


def _ride_limit(max_ride_s: int, service: Sequence[int]) -> Callable[[int, int], int]:
    """Limit between the starts of service at pickup and delivery."""
    return lambda pickup, _delivery: max_ride_s + service[pickup]


def _allowed(world: World, routing: Any, request: Request, indices: Sequence[int]) -> None:
    allowed = [
        i
        for i, vehicle in enumerate(world.vehicles)
        if may_serve(world.problem, vehicle, request, world.types[vehicle.type_id]) is None
    ]
    if len(allowed) < len(world.vehicles):
        for index in indices:
            routing.VehicleVar(index).SetValues([-1, *allowed])


def _solve(
    world: World,
    manager: Any,
    routing: Any,
    limits: tuple[int, int, float | None, Callable[[float], bool] | None],
) -> Found:
    seed, solution_limit, seconds, progress = limits
    routing.solver().ReSeed(seed)
    watch = _Watch(routing, solution_limit, progress)
    routing.AddAtSolutionCallback(watch)
    solution = routing.SolveWithParameters(_parameters(solution_limit, seconds))
    if solution is None:
        return Found(orders={}, work=watch.count, stopped=watch.stopped)
    orders = {}
    for i, vehicle in enumerate(world.vehicles):
        calls = []
        index = solution.Value(routing.NextVar(routing.Start(i)))
        while not routing.IsEnd(index):
            calls.append(world.nodes[manager.IndexToNode(index)].call)
            index = solution.Value(routing.NextVar(index))
        if calls:
            orders[vehicle.id] = tuple(calls)
    return Found(orders=orders, work=watch.count, stopped=watch.stopped)


class _Watch:
    """Count solutions and ask whether to go on."""

    def __init__(self, routing: Any, limit: int, progress: Callable[[float], bool] | None) -> None:
        self.count, self.stopped = 0, False
        self._routing, self._limit, self._progress = routing, limit, progress

    def __call__(self) -> None:
        self.count += 1
        if self._progress is not None and not self._progress(min(1.0, self.count / self._limit)):
            self.stopped = True
            self._routing.solver().FinishCurrentSearch()


def _parameters(solution_limit: int, seconds: float | None) -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = solution_limit
    if seconds is not None:
        parameters.time_limit.FromMilliseconds(round(seconds * 1_000))
    return parameters
