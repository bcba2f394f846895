"""Vehicles that no rule, cost or time can tell apart are one group: searches choose groups, not vehicles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from optimizer.model import ALL_DAY, Depot, Problem, Request, Reserve, Route, TimeWindow, Vehicle, VehicleType
from optimizer.policy.rules import broken_rules, may_drive

SIZE_RULE: Final = "seats"
"""Code of the rule on size: searches see to loads themselves."""

__all__ = ["Group", "Hours", "grouped", "manned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When a vehicle with its driver may move.

    Parameters
    ----------
    leave, back
        Between which seconds it may leave its base and return.
    busy
        Times when something else holds it or its driver, ascending.
    """

    leave: TimeWindow
    back: TimeWindow
    busy: tuple[TimeWindow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Vehicles of one kind, in the order of the problem.

    Parameters
    ----------
    allowed
        Whether it may serve each request of the problem, in order, size aside.
    reserves
        Whether it counts for each reserve of the problem, in order.
    locked
        The route that its one vehicle has begun.
    """

    kind: VehicleType
    start_place_id: str
    end_place_id: str | None
    trips: int
    hours: Hours
    allowed: tuple[bool, ...]
    reserves: tuple[bool, ...]
    vehicle_ids: tuple[str, ...]
    locked: Route | None = None


def grouped(problem: Problem, drivers: Mapping[str, str]) -> tuple[Group, ...]:
    """Group the vehicles that have a driver; groups that differ in size and price alone stand side by side.

    Parameters
    ----------
    drivers
        Vehicle id → driver id, for vehicles with named drivers (`manned`).
    """
    kinds = {kind.id: kind for kind in problem.vehicle_types}
    locked = {route.vehicle_id: route for route in problem.locked}
    allowed = _allowed(problem, kinds)
    found: dict[tuple[object, ...], Group] = {}
    for vehicle in problem.vehicles:
        if vehicle.driver_ids and vehicle.id not in drivers:
            continue
        group = Group(
            kind=kinds[vehicle.type_id],
            start_place_id=vehicle.start_place_id,
            end_place_id=vehicle.end_place_id,
            trips=vehicle.trips,
            hours=_hours(problem, vehicle, drivers.get(vehicle.id), locked.get(vehicle.id)),
            allowed=allowed[vehicle.id],
            reserves=tuple(_is_reserve(vehicle, reserve) for reserve in problem.reserves),
            vehicle_ids=(vehicle.id,),
            locked=locked.get(vehicle.id),
        )
        key = (group.kind.id, *_family(group), group.reserves, vehicle.id if group.locked else "")
        known = found.get(key)
        found[key] = group if known is None else _joined(known, group)
    families: dict[tuple[object, ...], list[Group]] = {}
    for group in found.values():
        families.setdefault(_family(group), []).append(group)
    return tuple(group for family in families.values() for group in family)


def manned(problem: Problem) -> Mapping[str, str]:
    """Give each vehicle with named drivers one of its own: as many vehicles as possible, by augmenting paths.

    Locked routes keep the driver they name.
    """
    kinds = {kind.id: kind for kind in problem.vehicle_types}
    fixed = {route.vehicle_id: route.driver_id for route in problem.locked if route.driver_id is not None}
    able = {
        vehicle.id: [
            d.id for d in problem.drivers if may_drive(problem, d, vehicle, kinds[vehicle.type_id]) is None
        ]
        for vehicle in problem.vehicles
        if vehicle.driver_ids
    }
    able |= {vehicle_id: [driver_id] for vehicle_id, driver_id in fixed.items()}
    held: dict[str, str] = {}
    for vehicle_id in sorted(able, key=lambda i: (i not in fixed, len(able[i]))):
        _augment(vehicle_id, able, held, set())
    return {vehicle_id: driver_id for driver_id, vehicle_id in held.items()}


def _augment(
    vehicle_id: str, able: Mapping[str, Sequence[str]], held: dict[str, str], seen: set[str]
) -> bool:
    for driver_id in able[vehicle_id]:
        if driver_id in seen:
            continue
        seen.add(driver_id)
        if driver_id not in held or _augment(held[driver_id], able, held, seen):
            held[driver_id] = vehicle_id
            return True
    return False


def _family(group: Group) -> tuple[object, ...]:
    return (
        group.start_place_id,
        group.end_place_id,
        group.kind.profile,
        group.trips,
        group.hours,
        group.allowed,
    )


def _joined(a: Group, b: Group) -> Group:
    return Group(
        kind=a.kind,
        start_place_id=a.start_place_id,
        end_place_id=a.end_place_id,
        trips=a.trips,
        hours=a.hours,
        allowed=a.allowed,
        reserves=a.reserves,
        vehicle_ids=(*a.vehicle_ids, *b.vehicle_ids),
    )


def _hours(problem: Problem, vehicle: Vehicle, driver_id: str | None, locked: Route | None) -> Hours:
    depots = {depot.place_id: depot for depot in problem.depots}
    driver = next((d for d in problem.drivers if d.id == driver_id), None)
    start_s, end_s = vehicle.shift.start_s, vehicle.shift.end_s
    busy = vehicle.busy
    if driver is not None:
        start_s, end_s = max(start_s, driver.shift.start_s), min(end_s, driver.shift.end_s)
        busy += driver.busy
    opens = _opening(depots, vehicle.start_place_id)
    closes = _opening(depots, vehicle.end_place_id)
    leave = TimeWindow(
        start_s=max(start_s, opens.start_s, problem.frozen_until_s), end_s=min(end_s, opens.end_s)
    )
    if locked is not None:
        leave = TimeWindow(start_s=locked.start_s, end_s=locked.start_s)
    return Hours(
        leave=leave,
        back=TimeWindow(start_s=closes.start_s, end_s=min(end_s, closes.end_s)),
        busy=tuple(sorted(busy, key=lambda w: (w.start_s, w.end_s))),
    )


def _is_reserve(vehicle: Vehicle, reserve: Reserve) -> bool:
    """Whether the vehicle, if it stays at home, counts: skill, county, and nothing else holds it that day."""
    if reserve.skill and reserve.skill not in vehicle.skills:
        return False
    if reserve.county_id and reserve.county_id != vehicle.county_id:
        return False
    return all(w.end_s <= vehicle.shift.start_s or vehicle.shift.end_s <= w.start_s for w in vehicle.busy)


def _opening(depots: Mapping[str, Depot], place_id: str | None) -> TimeWindow:
    depot = depots.get(place_id) if place_id is not None else None
    return depot.window if depot else TimeWindow(start_s=-ALL_DAY.end_s, end_s=10**9)


def _allowed(problem: Problem, kinds: Mapping[str, VehicleType]) -> Mapping[str, tuple[bool, ...]]:
    """Ask the rules once for each pair of a vehicle's and a request's facts."""
    named = {i for r in problem.requests for i in r.vehicle_ids | r.forbidden_vehicle_ids}
    asked: dict[tuple[object, object], bool] = {}
    rows: dict[object, tuple[bool, ...]] = {}
    by_vehicle: dict[str, tuple[bool, ...]] = {}
    facts = [_request_facts(request) for request in problem.requests]
    for vehicle in problem.vehicles:
        mine = _vehicle_facts(vehicle, named)
        if mine not in rows:
            for theirs, request in zip(facts, problem.requests, strict=True):
                if (mine, theirs) not in asked:
                    broken = broken_rules(problem, vehicle, request, kinds[vehicle.type_id])
                    asked[mine, theirs] = all(code == SIZE_RULE for code, _reason in broken)
            rows[mine] = tuple(asked[mine, theirs] for theirs in facts)
        by_vehicle[vehicle.id] = rows[mine]
    return by_vehicle


def _vehicle_facts(vehicle: Vehicle, named: set[str]) -> object:
    return (
        vehicle.type_id, vehicle.vehicle_class, vehicle.unit_id, vehicle.skills, vehicle.marked,
        vehicle.lendable, vehicle.siren, vehicle.exempt, vehicle.id if vehicle.id in named else "",
    )  # fmt: skip


def _request_facts(request: Request) -> object:
    loads = tuple(stop.load for stop in request.stops)
    return (
        request.unit_id, request.own_unit_only, request.vehicle_classes, request.skills,
        request.vehicle_ids, request.forbidden_vehicle_ids, loads,
    )  # fmt: skip
