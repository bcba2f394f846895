"""Routing instances as the product's own `Problem`, and its schedules back in the instance's numbering."""

from benchmarks.answers import Answer
from benchmarks.instances.values import InstanceError, RoutingInstance
from benchmarks.scaling import scale_of, travel_ints, window_ints
from gis.matrix import UNREACHABLE, Block, TravelMatrix
from optimizer.model import (
    CostRates,
    Place,
    Problem,
    Request,
    Schedule,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
)

LEFT_OUT_FEN = 1_000_000_000_000


def as_problem(instance: RoutingInstance) -> Problem:
    """Distances become metres and seconds alike, one metre costs one fen times the vehicle's rate.

    Raises
    ------
    InstanceError
        Where the scaled distances do not fit 32 bits.
    """
    travel = travel_ints(instance)
    if travel.max() >= UNREACHABLE:
        message = f"{instance.name}: distances up to {travel.max()} do not fit 32 bits"
        raise InstanceError(message)
    index = {str(i): i for i in range(instance.size)}
    block = Block(
        origins=index,
        destinations=index,
        seconds=travel[None, None].astype("int32"),
        metres=travel[None, None].astype("int32"),
    )
    return Problem(
        name=instance.name,
        date="2026-01-05",
        synthetic=True,
        dimensions=("load",),
        places=tuple(Place(id=name, lon=0.0, lat=0.0) for name in index),
        vehicle_types=_vehicle_types(instance),
        vehicles=_vehicles(instance),
        requests=_requests(instance),
        travel=TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=(block,)),
    )


def as_answer(schedule: Schedule, *, seconds: float, setup_seconds: float) -> Answer:
    """Routes of a schedule as node numbers; a vehicle's id starts with its fleet group."""
    routes = tuple(tuple(int(visit.place_id) for visit in route.visits) for route in schedule.routes)
    return Answer(
        routes=routes,
        vehicle_types=tuple(int(route.vehicle_id.split("-")[0]) for route in schedule.routes),
        seconds=seconds,
        setup_seconds=setup_seconds,
        iterations=schedule.work,
    )


def _vehicle_types(instance: RoutingInstance) -> tuple[VehicleType, ...]:
    scale = scale_of(instance)
    longest = None if instance.max_route is None else int(instance.max_route * scale)
    return tuple(
        VehicleType(
            id=str(kind),
            capacity=(group.capacity,),
            rates=CostRates(
                vehicle_used_fen=round(group.fixed * scale), per_km_fen=round(1_000 * group.per_distance)
            ),
            max_route_s=longest,
        )
        for kind, group in enumerate(instance.fleet)
    )


def _vehicles(instance: RoutingInstance) -> tuple[Vehicle, ...]:
    ready, due, _ = window_ints(instance)
    shift = TimeWindow(start_s=int(ready[0]), end_s=int(due[0]))
    return tuple(
        Vehicle(id=f"{kind}-{number}", type_id=str(kind), start_place_id="0", end_place_id="0", shift=shift)
        for kind, group in enumerate(instance.fleet)
        for number in range(min(group.count, instance.size - 1))
    )


def _requests(instance: RoutingInstance) -> tuple[Request, ...]:
    ready, due, service = window_ints(instance)
    stops = [
        Stop(
            options=(
                StopOption(
                    place_id=str(i),
                    window=TimeWindow(start_s=int(ready[i]), end_s=int(due[i])),
                    service_s=int(service[i]),
                ),
            ),
            load=(int(instance.demand[i]),),
        )
        for i in range(instance.size)
    ]
    ride = None if instance.max_ride is None else int(instance.max_ride * scale_of(instance))
    ends: tuple[tuple[int, ...], ...] = instance.pairs or tuple((i,) for i in range(1, instance.size))
    return tuple(
        Request(
            id=str(nodes[0]),
            stops=tuple(stops[i] for i in nodes),
            max_ride_s=ride,
            unserved_penalty_fen=LEFT_OUT_FEN,
        )
        for nodes in ends
    )
