"""OR-Tools routing: cheapest insertion, then guided local search until the time is over."""

import time
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.answers import Answer
from benchmarks.instances.values import RoutingInstance
from benchmarks.scaling import HORIZON, scale_of, travel_ints, window_ints

VEHICLES_FIRST_COST = 100_000_000
LEFT_OUT_COST = 1_000_000_000
SPARE_VEHICLES = 1.3


def solve_with_ortools(instance: RoutingInstance, seconds: float, seed: int) -> Answer:
    """Search for `seconds`; visits are optional at a price so that a search always returns something."""
    del seed  # guided local search has none
    start = time.perf_counter()
    kinds = _vehicle_kinds(instance)
    manager = pywrapcp.RoutingIndexManager(instance.size, len(kinds), 0)
    model = _model(instance, manager, kinds)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    parameters.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(round(seconds * 1_000))
    ready = time.perf_counter()
    assignment = model.SolveWithParameters(parameters)
    found = time.perf_counter()
    routes, types = _read(model, manager, assignment, kinds) if assignment else ((), ())
    return Answer(routes=routes, vehicle_types=types, seconds=found - ready, setup_seconds=ready - start)


def _vehicle_kinds(instance: RoutingInstance) -> list[int]:
    """Fleet group per vehicle; unlimited groups are cut to what the demand could ever need."""
    demand = int(instance.demand[instance.demand > 0].sum())
    kinds = []
    for kind, group in enumerate(instance.fleet):
        enough = int(SPARE_VEHICLES * demand / group.capacity) + 5
        timed = bool(np.isfinite(instance.due).any())
        kinds += [kind] * (group.count if timed else min(group.count, enough))
    return kinds


def _model(instance: RoutingInstance, manager: Any, kinds: list[int]) -> Any:
    model = pywrapcp.RoutingModel(manager)
    travel = travel_ints(instance)
    ready, due, service = (column.tolist() for column in window_ints(instance))
    legs = model.RegisterTransitMatrix(travel.tolist())
    by_kind = {
        kind: model.RegisterTransitMatrix(np.rint(travel * group.per_distance).astype(np.int64).tolist())
        if group.per_distance != 1.0
        else legs
        for kind, group in enumerate(instance.fleet)
    }
    for vehicle, kind in enumerate(kinds):
        fixed = round(instance.fleet[kind].fixed * scale_of(instance))
        model.SetArcCostEvaluatorOfVehicle(by_kind[kind], vehicle)
        model.SetFixedCostOfVehicle(fixed + (VEHICLES_FIRST_COST if instance.vehicles_first else 0), vehicle)
    demand = model.RegisterUnaryTransitVector(instance.demand.tolist())
    model.AddDimensionWithVehicleCapacity(
        demand, 0, [instance.fleet[kind].capacity for kind in kinds], True, "load"
    )
    if np.isfinite(instance.due).any():
        _add_time(instance, manager, model, travel + np.array(service)[:, None], (ready, due))
    if not instance.pairs:
        for node in range(1, instance.size):
            model.AddDisjunction([manager.NodeToIndex(node)], LEFT_OUT_COST)
    return model


def _add_time(
    instance: RoutingInstance,
    manager: Any,
    model: Any,
    busy: np.ndarray,
    windows: tuple[list[int], list[int]],
) -> None:
    scale = scale_of(instance)
    longest = HORIZON if instance.max_route is None else round(instance.max_route * scale)
    model.AddDimension(model.RegisterTransitMatrix(busy.tolist()), HORIZON, HORIZON, False, "time")
    clock = model.GetDimensionOrDie("time")
    for node in range(1, instance.size):
        clock.CumulVar(manager.NodeToIndex(node)).SetRange(windows[0][node], min(windows[1][node], HORIZON))
    for vehicle in range(model.vehicles()):
        clock.CumulVar(model.Start(vehicle)).SetRange(windows[0][0], min(windows[1][0], HORIZON))
        clock.CumulVar(model.End(vehicle)).SetMax(min(windows[1][0], HORIZON))
        clock.SetSpanUpperBoundForVehicle(longest, vehicle)
    solver = model.solver()
    for pickup, delivery in instance.pairs:
        p, d = manager.NodeToIndex(pickup), manager.NodeToIndex(delivery)
        model.AddPickupAndDelivery(p, d)
        model.AddDisjunction([p], LEFT_OUT_COST)
        model.AddDisjunction([d], LEFT_OUT_COST)
        solver.Add(model.VehicleVar(p) == model.VehicleVar(d))
        solver.Add(clock.CumulVar(p) <= clock.CumulVar(d))
        if instance.max_ride is not None:
            ride = round((instance.max_ride + float(instance.service[pickup])) * scale)
            solver.Add(clock.CumulVar(d) - clock.CumulVar(p) <= ride)


def _read(
    model: Any, manager: Any, assignment: Any, kinds: list[int]
) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    routes, types = [], []
    for vehicle, kind in enumerate(kinds):
        index = assignment.Value(model.NextVar(model.Start(vehicle)))
        route = []
        while not model.IsEnd(index):
            route.append(manager.IndexToNode(index))
            index = assignment.Value(model.NextVar(index))
        if route:
            routes.append(tuple(route))
            types.append(kind)
    return tuple(routes), tuple(types)
