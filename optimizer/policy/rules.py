"""Who may serve what: one predicate per rule, shared by planners and judge, each proved by its own test.

A predicate looks at one vehicle (with its type) and one request and says whether the rule lets them together.
Times, loads of others on board and places are no matter of these rules; planners and judge see to them.
"""

from collections.abc import Callable
from typing import Final

from optimizer.aboard import peak
from optimizer.cargo import GOODS
from optimizer.model import Driver, Problem, Reason, Request, Vehicle, VehicleClass, VehicleType
from optimizer.policy.licences import covers, licence_for_seats, may_drive_seats

MARKING: Final = "marking"
"""In `Vehicle.exempt`: may be dispatched without the uniform marking (统一标识)."""
FREEZE: Final = "freeze"
"""In `Vehicle.exempt`: moves in a holiday freeze (节假日封存停驶)."""
PLATE: Final = "plate"
"""In `Vehicle.exempt`: drives on days on which its plate is barred (限行)."""
EMERGENCY_PROFILE: Final = "emergency"
"""The travel profile that only vehicles entitled to siren and right of way may drive by."""


def is_listed(_problem: Problem, vehicle: Vehicle, _type: VehicleType, request: Request) -> bool:
    """Whether the request asks for this vehicle, or for none in particular, and does not forbid it."""
    asked = not request.vehicle_ids or vehicle.id in request.vehicle_ids
    return asked and vehicle.id not in request.forbidden_vehicle_ids


def class_fits(_problem: Problem, vehicle: Vehicle, _type: VehicleType, request: Request) -> bool:
    """Whether the vehicle's class is one of those that the request accepts (none named: all)."""
    return not request.vehicle_classes or vehicle.vehicle_class in request.vehicle_classes


def has_skills(_problem: Problem, vehicle: Vehicle, _type: VehicleType, request: Request) -> bool:
    """Whether the vehicle has every skill that the request needs."""
    return request.skills <= vehicle.skills


def has_capacity(problem: Problem, _vehicle: Vehicle, vehicle_type: VehicleType, request: Request) -> bool:
    """Whether the request alone stays within the licensed capacity (核定载客), goods apart."""
    return _fits(problem, vehicle_type, request, goods=False)


def has_room(problem: Problem, _vehicle: Vehicle, vehicle_type: VehicleType, request: Request) -> bool:
    """Whether the goods of the request alone are within the room of the vehicle by weight and volume."""
    return _fits(problem, vehicle_type, request, goods=True)


def _fits(problem: Problem, kind: VehicleType, request: Request, *, goods: bool) -> bool:
    needed = peak(request, len(problem.dimensions))
    sizes = zip(problem.dimensions, needed, kind.capacity, strict=True)
    return all(amount <= limit for name, amount, limit in sizes if (name in GOODS) is goods)


def energy_fits(_problem: Problem, _vehicle: Vehicle, vehicle_type: VehicleType, request: Request) -> bool:
    """Whether the vehicle runs on a kind of energy that the request accepts (none named: all)."""
    return not request.energies or vehicle_type.energy in request.energies


def has_licence(problem: Problem, vehicle: Vehicle, vehicle_type: VehicleType, request: Request) -> bool:
    """Whether its driver holds every licence class that the request needs, or one of its drivers does.

    A driver who comes with the vehicle holds what its seats need.
    """
    if not request.licences:
        return True
    if vehicle.licences:
        return covers(vehicle.licences, request.licences)
    if vehicle.driver_ids:
        mine = (driver for driver in problem.drivers if driver.id in vehicle.driver_ids)
        return any(covers(driver.licences, request.licences) for driver in mine)
    return "seats" in problem.dimensions and covers(
        {licence_for_seats(_seats(problem, vehicle_type))}, request.licences
    )


def unit_may_use(_problem: Problem, vehicle: Vehicle, _type: VehicleType, request: Request) -> bool:
    """Whether the vehicle is the unit's own, or may be lent and the request accepts a borrowed one."""
    return vehicle.unit_id == request.unit_id or (vehicle.lendable and not request.own_unit_only)


def confidential_kept_apart(
    _problem: Problem, vehicle: Vehicle, _type: VehicleType, request: Request
) -> bool:
    """Whether a confidential car (机要通信) serves its own unit, which asked for it: never pooled."""
    if vehicle.vehicle_class is not VehicleClass.CONFIDENTIAL:
        return True
    asked = VehicleClass.CONFIDENTIAL in request.vehicle_classes or vehicle.id in request.vehicle_ids
    return asked and vehicle.unit_id == request.unit_id


def is_marked(_problem: Problem, vehicle: Vehicle, _type: VehicleType, _request: Request) -> bool:
    """Whether the vehicle carries the uniform marking (统一标识) or is exempt from it."""
    return vehicle.marked or MARKING in vehicle.exempt


def moves_in_freeze(problem: Problem, vehicle: Vehicle, _type: VehicleType, _request: Request) -> bool:
    """Whether there is no holiday freeze (封存停驶) that day, or the vehicle is exempt from it."""
    return not problem.fleet_frozen or FREEZE in vehicle.exempt


def plate_allowed(_problem: Problem, vehicle: Vehicle, _type: VehicleType, _request: Request) -> bool:
    """Whether the plate of the vehicle may drive that day (尾号限行), or the vehicle is exempt."""
    return not vehicle.barred or PLATE in vehicle.exempt


def is_inspected(problem: Problem, vehicle: Vehicle, _type: VehicleType, _request: Request) -> bool:
    """Whether the inspection (年检) of the vehicle is valid that day, where its end is known."""
    return not vehicle.inspected_until or problem.date <= vehicle.inspected_until


def self_drive_fits(problem: Problem, vehicle: Vehicle, vehicle_type: VehicleType, request: Request) -> bool:
    """Whether a car without a driver goes to a cleared and licensed applicant, and one with a driver not."""
    if not request.self_driver_id or not vehicle.self_drive:
        return not request.self_driver_id and not vehicle.self_drive
    applicant = next((d for d in problem.drivers if d.id == request.self_driver_id), None)
    return applicant is not None and applicant.cleared and licence_fits(problem, applicant, vehicle_type)


def may_use_profile(
    _problem: Problem, vehicle: Vehicle, vehicle_type: VehicleType, _request: Request
) -> bool:
    """Whether the vehicle, if it drives by the times of the emergency profile, is entitled to a siren."""
    return vehicle_type.profile != EMERGENCY_PROFILE or vehicle.siren


Rule = Callable[[Problem, Vehicle, VehicleType, Request], bool]

RULES: Final[tuple[tuple[str, Rule, Reason], ...]] = (
    ("not_listed", is_listed, Reason.NOT_ALLOWED),
    ("class", class_fits, Reason.NO_CLASS),
    ("skill", has_skills, Reason.NO_SKILL),
    ("energy", energy_fits, Reason.NO_ENERGY),
    ("request_licence", has_licence, Reason.NO_LICENCE),
    ("seats", has_capacity, Reason.NO_SEATS),
    ("room", has_room, Reason.NO_ROOM),
    ("unit", unit_may_use, Reason.NOT_ALLOWED),
    ("confidential", confidential_kept_apart, Reason.NOT_ALLOWED),
    ("unmarked", is_marked, Reason.NOT_ALLOWED),
    ("self_drive", self_drive_fits, Reason.SELF_DRIVE),
    ("inspection", is_inspected, Reason.INSPECTION),
    ("plate", plate_allowed, Reason.BARRED),
    ("freeze", moves_in_freeze, Reason.FROZEN),
    ("siren", may_use_profile, Reason.NOT_ALLOWED),
)
"""Code, predicate and reason of every rule, in the order in which reasons are given."""


def broken_rules(
    problem: Problem, vehicle: Vehicle, request: Request, vehicle_type: VehicleType | None = None
) -> tuple[tuple[str, Reason], ...]:
    """Code and reason of every rule that keeps this vehicle from this request.

    Parameters
    ----------
    vehicle_type
        The vehicle's type where the caller has it at hand; looked up in the problem otherwise.
    """
    kind = vehicle_type or type_of(problem, vehicle)
    return tuple((code, reason) for code, rule, reason in RULES if not rule(problem, vehicle, kind, request))


def may_serve(
    problem: Problem, vehicle: Vehicle, request: Request, vehicle_type: VehicleType | None = None
) -> Reason | None:
    """Why this vehicle may not serve this request: the first reason in the order of `RULES`; None if it may.

    Parameters
    ----------
    vehicle_type
        The vehicle's type where the caller has it at hand; looked up in the problem otherwise.
    """
    kind = vehicle_type or type_of(problem, vehicle)
    for _code, rule, reason in RULES:
        if not rule(problem, vehicle, kind, request):
            return reason
    return None


def may_drive(problem: Problem, driver: Driver, vehicle: Vehicle, vehicle_type: VehicleType) -> Reason | None:
    """Why this driver may not drive this vehicle; None if he may.

    He is one of `Vehicle.driver_ids` (where any are named) and, where the problem counts seats, holds a
    licence for that many (`optimizer.policy.licences`).
    """
    if vehicle.driver_ids and driver.id not in vehicle.driver_ids:
        return Reason.NOT_ALLOWED
    return None if licence_fits(problem, driver, vehicle_type) else Reason.NO_LICENCE


def licence_fits(problem: Problem, driver: Driver, vehicle_type: VehicleType) -> bool:
    """Whether the driver's licences cover the seats of the type, his own included; no seats, no question."""
    if "seats" not in problem.dimensions:
        return True
    return may_drive_seats(driver.licences, _seats(problem, vehicle_type))


def _seats(problem: Problem, vehicle_type: VehicleType) -> int:
    """Seats on the licence, the driver's included."""
    return vehicle_type.capacity[problem.dimensions.index("seats")] + 1


def type_of(problem: Problem, vehicle: Vehicle) -> VehicleType:
    """Look up the vehicle's type.

    Raises
    ------
    LookupError
        The problem has no such type (`optimizer.validate` names it beforehand).
    """
    for kind in problem.vehicle_types:
        if kind.id == vehicle.type_id:
            return kind
    message = f"车辆 {vehicle.id!r} 的车型 {vehicle.type_id!r} 不在问题的车型表中"
    raise LookupError(message)
