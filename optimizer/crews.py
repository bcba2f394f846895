"""Who drives what: vehicles that need a named driver get one for the day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from optimizer.model import Driver, Problem, TimeWindow, Vehicle, VehicleType
from optimizer.policy.rules import may_drive
from optimizer.price import other_driver_fen

__all__ = ["Crews", "asks_licence", "man", "with_hours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crews:
    """Vehicles as their drivers' hours leave them.

    Parameters
    ----------
    vehicles
        Those that can drive, with the driver's shift and absences in their own.
    driver_of
        Vehicle id → driver id, for vehicles that need a named one.
    without
        Ids of vehicles that found no driver.
    types
        Of vehicles that another than their usual driver has: his price is in their rates.
    """

    vehicles: tuple[Vehicle, ...]
    driver_of: Mapping[str, str]
    without: frozenset[str]
    types: tuple[VehicleType, ...] = ()


def man(problem: Problem) -> Crews:
    """Give as many vehicles as can be a driver of their own for the whole day (a maximum matching).

    Of such matchings one that costs least, where it has a price to give a vehicle to another driver, and of
    these one whose drivers have fewest hours behind them this week.
    Vehicles without `driver_ids` come with their driver and are left as they are.
    """
    needy = sorted((v for v in problem.vehicles if v.driver_ids), key=lambda v: v.id)
    drivers = sorted(problem.drivers, key=lambda d: d.id)
    driver_of = _matched(problem, needy, drivers)
    hours, licensed = {d.id: d for d in drivers}, asks_licence(problem)
    vehicles = tuple(
        with_hours(v, hours[driver_of[v.id]], licensed=licensed) if v.id in driver_of else v
        for v in problem.vehicles
        if not v.driver_ids or v.id in driver_of
    )
    without = frozenset(v.id for v in needy if v.id not in driver_of)
    vehicles, types = _priced(problem, vehicles, driver_of)
    return Crews(vehicles=vehicles, driver_of=driver_of, without=without, types=types)


def _priced(
    problem: Problem, vehicles: tuple[Vehicle, ...], driver_of: Mapping[str, str]
) -> tuple[tuple[Vehicle, ...], tuple[VehicleType, ...]]:
    """Put what another driver costs into the rates of vehicles that have one."""
    types, made = {t.id: t for t in problem.vehicle_types}, dict[str, VehicleType]()
    fleet = []
    for vehicle in vehicles:
        fen = other_driver_fen(vehicle, driver_of.get(vehicle.id))
        if fen:
            kind = types[vehicle.type_id]
            rates = replace(kind.rates, vehicle_used_fen=kind.rates.vehicle_used_fen + fen)
            one = replace(kind, id=f"{kind.id}+{fen}", rates=rates)
            made[one.id] = one
            vehicle = replace(vehicle, type_id=one.id)  # noqa: PLW2901
        fleet.append(vehicle)
    return tuple(fleet), tuple(made[i] for i in sorted(made))


def asks_licence(problem: Problem) -> bool:
    """Whether any request asks for a licence of its driver."""
    return any(request.licences for request in problem.requests)


def _matched(problem: Problem, vehicles: list[Vehicle], drivers: list[Driver]) -> dict[str, str]:
    if not vehicles or not drivers:
        return {}
    types = {t.id: t for t in problem.vehicle_types}
    number = {driver.id: i for i, driver in enumerate(drivers)}
    pairs = [
        (row, number[driver_id])
        for row, v in enumerate(vehicles)
        for driver_id in v.driver_ids
        if driver_id in number and may_drive(problem, drivers[number[driver_id]], v, types[v.type_id]) is None
    ]
    priced = any(v.own_driver_id and v.other_driver_fen for v in vehicles)
    if priced or len({_load_min(driver) for driver in drivers}) > 1:
        return _cheapest(vehicles, drivers, pairs)
    may = csr_matrix(
        (np.ones(len(pairs), np.int8), ([row for row, _ in pairs], [column for _, column in pairs])),
        shape=(len(vehicles), len(drivers)),
    )
    chosen = maximum_bipartite_matching(may, perm_type="column")
    return {v.id: drivers[int(d)].id for v, d in zip(vehicles, chosen, strict=True) if d >= 0}


def _cheapest(vehicles: list[Vehicle], drivers: list[Driver], pairs: list[tuple[int, int]]) -> dict[str, str]:
    """Match as many as can be, at least price, and of the cheapest those who have driven least so far."""
    loads = [_load_min(driver) for driver in drivers]
    fair = 1 + sum(loads)
    flow = SimpleMinCostFlow()
    begin, end = len(vehicles) + len(drivers), len(vehicles) + len(drivers) + 1
    for row in range(len(vehicles)):
        flow.add_arc_with_capacity_and_unit_cost(begin, row, 1, 0)
    for column, load in enumerate(loads):
        flow.add_arc_with_capacity_and_unit_cost(len(vehicles) + column, end, 1, load)
    arcs = [
        flow.add_arc_with_capacity_and_unit_cost(
            row, len(vehicles) + column, 1, fair * other_driver_fen(vehicles[row], drivers[column].id)
        )
        for row, column in pairs
    ]
    flow.set_node_supply(begin, len(vehicles))
    flow.set_node_supply(end, -len(vehicles))
    flow.solve_max_flow_with_min_cost()
    return {
        vehicles[row].id: drivers[column].id
        for arc, (row, column) in zip(arcs, pairs, strict=True)
        if flow.flow(arc)
    }


def _load_min(driver: Driver) -> int:
    """Minutes on duty on earlier days of the week, and today in other plans."""
    return (driver.week_s + driver.today_s) // 60


def with_hours(vehicle: Vehicle, driver: Driver, *, licensed: bool = False) -> Vehicle:
    """Give a vehicle the hours in which this driver can drive it.

    Parameters
    ----------
    licensed
        Whether his licences matter (`asks_licence`); where they do not, vehicles stay alike.
    """
    start_s = max(vehicle.shift.start_s, driver.shift.start_s)
    shift = TimeWindow(start_s=start_s, end_s=max(start_s, min(vehicle.shift.end_s, driver.shift.end_s)))
    busy = (*vehicle.busy, *driver.busy)
    licences = driver.licences if licensed else vehicle.licences
    return replace(vehicle, shift=shift, busy=busy, driver_ids=(driver.id,), licences=licences)
