"""How far a vehicle can go with what it has charged, as a limit of its type that every planner keeps."""

from dataclasses import replace

from optimizer.model import Problem, Vehicle, VehicleType

__all__ = ["with_ranges"]


def with_ranges(problem: Problem) -> Problem:
    """Give every vehicle with a range (`Vehicle.range_m`) a type of its own that goes no further in a day.

    Charging between two trips is not counted on.
    """
    types = {kind.id: kind for kind in problem.vehicle_types}
    made: dict[str, VehicleType] = {}
    vehicles = tuple(_limited(vehicle, types[vehicle.type_id], made) for vehicle in problem.vehicles)
    kinds = (*problem.vehicle_types, *(made[i] for i in sorted(made)))
    return replace(problem, vehicles=vehicles, vehicle_types=kinds)


def _limited(vehicle: Vehicle, kind: VehicleType, made: dict[str, VehicleType]) -> Vehicle:
    if vehicle.range_m is None or (kind.max_route_m is not None and kind.max_route_m <= vehicle.range_m):
        return vehicle
    id_ = f"{kind.id}~{vehicle.range_m}"
    made[id_] = replace(kind, id=id_, max_route_m=vehicle.range_m)
    return replace(vehicle, type_id=id_)
