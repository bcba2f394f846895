"""PyVRP: its own fleet minimisation where vehicles come first, then its search for the rest of the time."""

import time
from typing import Any

import numpy as np
from pyvrp import (
    Client,
    Depot,
    Location,
    ProblemData,
    Shipment,
    VehicleType,
    minimise_fleet,
    solve,
)
from pyvrp.stop import MaxRuntime

from benchmarks.answers import Answer, CannotSolve
from benchmarks.instances.values import RoutingInstance
from benchmarks.scaling import scale_of, travel_ints, window_ints

FLEET_SHARE = 0.5


def solve_with_pyvrp(instance: RoutingInstance, seconds: float, seed: int) -> Answer:
    """Search for `seconds`; half of them go to fleet minimisation where vehicles come first.

    Raises
    ------
    CannotSolve
        For ride time limits, which it does not have.
    """
    if instance.max_ride is not None:
        message = "PyVRP has no ride time limit"
        raise CannotSolve(message)
    start = time.perf_counter()
    data = _data(instance)
    ready = time.perf_counter()
    if instance.vehicles_first:
        fleet = minimise_fleet(data, MaxRuntime(seconds * FLEET_SHARE), seed=seed)
        data = data.replace(vehicle_types=[fleet])
    left = seconds - (time.perf_counter() - ready)
    result = solve(data, MaxRuntime(max(left, 0.1)), seed=seed, collect_stats=False, display=False)
    pairs = instance.pairs
    routes, types = [], []
    for route in result.best.routes():
        routes.append(tuple(_node(step, pairs) for step in route if not step.is_depot()))
        types.append(route.vehicle_type())
    return Answer(
        routes=tuple(routes),
        vehicle_types=tuple(types),
        seconds=time.perf_counter() - ready,
        setup_seconds=ready - start,
        iterations=result.num_iterations,
    )


def _node(step: object, pairs: tuple[tuple[int, int], ...]) -> int:
    index: int = step.idx  # type: ignore[attr-defined]
    if step.is_pickup():  # type: ignore[attr-defined]
        return pairs[index][0]
    if step.is_delivery():  # type: ignore[attr-defined]
        return pairs[index][1]
    return index + 1


def _data(instance: RoutingInstance) -> ProblemData:
    travel = travel_ints(instance)
    ready, due, service = (column.tolist() for column in window_ints(instance))
    rates = [group.per_distance for group in instance.fleet]
    whole_rates = [round(rate) for rate in rates]
    kinds = [
        VehicleType(
            num_available=min(group.count, instance.size - 1),
            capacity=[group.capacity],
            fixed_cost=round(group.fixed * scale_of(instance)),
            unit_distance_cost=rate,
            tw_early=ready[0],
            tw_late=due[0],
        )
        for group, rate in zip(instance.fleet, whole_rates, strict=True)
    ]
    paired = bool(instance.pairs)
    clients = [] if paired else _clients(instance, ready, due, service)
    metres: Any = travel
    seconds: Any = travel if _timed(instance) else np.zeros_like(travel)
    return ProblemData(
        locations=[Location(x=0, y=0) for _ in range(instance.size)],
        clients=clients,
        depots=[Depot(location=0)],
        vehicle_types=kinds,
        distance_matrices=[metres],
        duration_matrices=[seconds],
        shipments=_shipments(instance, ready, due, service) if paired else [],
    )


def _timed(instance: RoutingInstance) -> bool:
    return bool(np.isfinite(instance.due).any())


def _clients(instance: RoutingInstance, ready: list[int], due: list[int], service: list[int]) -> list[Client]:
    return [
        Client(
            location=i,
            delivery=[int(instance.demand[i])],
            service_duration=service[i],
            tw_early=ready[i],
            tw_late=due[i],
        )
        for i in range(1, instance.size)
    ]


def _shipments(
    instance: RoutingInstance, ready: list[int], due: list[int], service: list[int]
) -> list[Shipment]:
    return [
        Shipment(
            pickup_location=p,
            delivery_location=d,
            pickup_tw_early=ready[p],
            pickup_tw_late=due[p],
            pickup_service_duration=service[p],
            delivery_tw_early=ready[d],
            delivery_tw_late=due[d],
            delivery_service_duration=service[d],
            amount=[int(instance.demand[p])],
        )
        for p, d in instance.pairs
    ]
