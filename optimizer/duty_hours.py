"""Hours of drivers as limits and prices of the vehicles that they drive.

Overtime begins where the day or the week is full, hours in other plans counted; nobody is kept beyond the
longest duty of a day. Both become part of the vehicle's type, so that planners, prices and judges agree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from optimizer.model import Driver, PlanWarning, Problem, Schedule, Vehicle, VehicleType
from optimizer.one_calendar import duty_by_driver
from optimizer.policy.driver_hours import DriverHours
from optimizer.price import half_even

__all__ = ["long_weeks", "with_driver_hours"]

USUAL_PERCENT: Final = 150
"""What `CostRates.overtime_per_hour_fen` is made for: overtime on a working day."""


def with_driver_hours(problem: Problem, hours: DriverHours) -> Problem:
    """Let every vehicle have the hours that its drivers have left that day, at what overtime pays then.

    A vehicle of several drivers has the limit of the one who may be kept shortest, and the regular hours of
    its type.
    """
    drivers = tuple(_counted(driver, hours) for driver in problem.drivers)
    known = {driver.id: driver for driver in drivers}
    types = {kind.id: _paid(kind, hours) for kind in problem.vehicle_types}
    made: dict[str, VehicleType] = {}
    vehicles = tuple(_typed(vehicle, types[vehicle.type_id], known, made) for vehicle in problem.vehicles)
    kinds = (*types.values(), *(made[i] for i in sorted(made)))
    used = {vehicle.type_id for vehicle in vehicles} | {kind.id for kind in problem.vehicle_types}
    return replace(
        problem,
        drivers=drivers,
        vehicles=vehicles,
        vehicle_types=tuple(kind for kind in kinds if kind.id in used),
    )


def long_weeks(
    problem: Problem, schedules: Sequence[Schedule], hours: DriverHours
) -> tuple[PlanWarning, ...]:
    """Warn of drivers who come to more than a working week with today's plans."""
    today = duty_by_driver(schedules)
    return tuple(
        PlanWarning(rule="long_week", message=_long_week(driver, today[driver.id], hours))
        for driver in sorted(problem.drivers, key=lambda d: d.id)
        if driver.id in today and driver.week_s + driver.today_s + today[driver.id] > hours.week_s
    )


def _long_week(driver: Driver, today_s: int, hours: DriverHours) -> str:
    total_s = driver.week_s + driver.today_s + today_s
    return (
        f"驾驶员 {driver.id} 本周出车将达 {total_s / 3_600:.1f} 小时，"
        f"超过 {hours.week_s // 3_600} 小时，超出部分按加班计"
    )


def _counted(driver: Driver, hours: DriverHours) -> Driver:
    regular_s = hours.regular_s(driver.week_s) if driver.regular_s is None else driver.regular_s
    most_s = hours.most_s if driver.most_s is None else driver.most_s
    return replace(driver, regular_s=regular_s, most_s=most_s)


def _paid(kind: VehicleType, hours: DriverHours) -> VehicleType:
    """Pay overtime as the day asks; on a day that is not worked, from the first hour."""
    rates = kind.rates
    rate_fen = half_even(rates.overtime_per_hour_fen * hours.overtime_percent, USUAL_PERCENT)
    regular_s = min(rates.regular_hours_s, hours.day_s)
    return replace(kind, rates=replace(rates, overtime_per_hour_fen=rate_fen, regular_hours_s=regular_s))


def _typed(
    vehicle: Vehicle, kind: VehicleType, known: Mapping[str, Driver], made: dict[str, VehicleType]
) -> Vehicle:
    """Give a vehicle a type of its own hours where those of its drivers are shorter."""
    mine = [known[i] for i in vehicle.driver_ids if i in known]
    if not mine:
        return vehicle
    most_s = min(max(0, d.most_s - d.today_s) for d in mine if d.most_s is not None)
    regular_s = kind.rates.regular_hours_s
    if len(mine) == 1 and mine[0].regular_s is not None:
        regular_s = min(regular_s, max(0, mine[0].regular_s - mine[0].today_s))
    if most_s >= vehicle.shift.end_s - vehicle.shift.start_s and regular_s == kind.rates.regular_hours_s:
        return vehicle
    limit_s = most_s if kind.max_route_s is None else min(kind.max_route_s, most_s)
    id_ = f"{kind.id}/{regular_s}/{limit_s}"
    rates = replace(kind.rates, regular_hours_s=regular_s)
    made[id_] = replace(kind, id=id_, max_route_s=limit_s, rates=rates)
    return replace(vehicle, type_id=id_)
