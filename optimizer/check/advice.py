"""Soft rules that a plan touches: shown to the dispatcher, never counted as violations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

from optimizer.check.fleet import fits_reserve
from optimizer.check.walk import Drive, Halt, drives_of, open_book
from optimizer.check.words import ask, car, clock
from optimizer.model import Place, PlanWarning, Problem, Schedule, TimeWindow
from optimizer.policy.rules import FREEZE, MARKING

_EARTH_M: Final = 6_371_008.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A circle around a place of a unit, in metres as the crow flies; an empty unit means every unit."""

    place_id: str
    radius_m: int
    unit_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftLimits:
    """From when on something is worth a word.

    Parameters
    ----------
    office_hours
        Stops outside are off hours (非工作时间); None does not look.
    allowance_zones
        Inside, the mobility allowance already pays for the trip (公务交通补贴保障范围).
    service_areas
        Outside of all of them a trip is out of area (超范围); none does not look.
    wait_s
        A vehicle that stands longer than this before a service begins.
    walk_m, ride_s
        Preferred limits of riders; the hard ones are in the request.
    duty_s
        A working day; more is overtime.
    """

    office_hours: TimeWindow | None = None
    allowance_zones: tuple[Zone, ...] = ()
    service_areas: tuple[Zone, ...] = ()
    wait_s: int = 1_800
    walk_m: int = 500
    ride_s: int = 3_600
    duty_s: int = 28_800


def warnings(
    problem: Problem, schedule: Schedule, limits: SoftLimits | None = None
) -> tuple[PlanWarning, ...]:
    """Name the soft rules that a plan touches, route by route.

    Parameters
    ----------
    limits
        None takes the defaults of `SoftLimits`.
    """
    limits = limits or SoftLimits()
    drives = drives_of(open_book(problem), (schedule,))
    found = [warning for drive in drives for advice in _ADVICE for warning in advice(drive, limits)]
    return (*found, *_short_reserves(problem))


def _exempt(drive: Drive, _limits: SoftLimits) -> Iterator[PlanWarning]:
    if not drive.vehicle.marked and MARKING in drive.vehicle.exempt:
        yield _about(drive, "unmarked_exempt", "未喷涂统一标识，凭豁免出车")
    if drive.book.problem.fleet_frozen and FREEZE in drive.vehicle.exempt:
        yield _about(drive, "freeze_exempt", "封存停驶期间凭豁免出车")


def _away_in_holiday(drive: Drive, _limits: SoftLimits) -> Iterator[PlanWarning]:
    base = drive.vehicle.start_place_id
    if drive.book.problem.fleet_frozen and drive.route.end_place_id != base:
        where = drive.book.place(drive.route.end_place_id)
        yield _about(drive, "holiday_return", f"节假日停在 {where}，应回单位 {drive.book.place(base)} 停放")


def _borrowed(drive: Drive, _limits: SoftLimits) -> Iterator[PlanWarning]:
    requests = {halt.request.id: halt.request for halt in drive.halts if halt.request is not None}
    for request in requests.values():
        if request.unit_id != drive.vehicle.unit_id and request.unit_id and drive.vehicle.unit_id:
            message = f"{ask(request)} 借用 {drive.vehicle.unit_id} 的车，须按平台调度登记"
            yield _about(drive, "borrowed", message, request.id)


def _leaves(drive: Drive, _limits: SoftLimits) -> Iterator[PlanWarning]:
    requests = {halt.request.id: halt.request for halt in drive.halts if halt.request is not None}
    said = {"city": "出市，须加一级审批", "province": "出省，须由单位主要负责人审批"}
    for request in requests.values():
        if request.leaves in said:
            yield _about(
                drive, f"leaves_{request.leaves}", f"{ask(request)} {said[request.leaves]}", request.id
            )


def _off_hours(drive: Drive, limits: SoftLimits) -> Iterator[PlanWarning]:
    hours = limits.office_hours
    if hours is None:
        return
    for halt in drive.halts:
        if halt.request is not None and not hours.start_s <= halt.visit.start_s <= hours.end_s:
            message = f"{ask(halt.request)} 在非工作时间 {clock(halt.visit.start_s)} 用车"
            yield _about(drive, "off_hours", message, halt.request.id)


def _waits(drive: Drive, limits: SoftLimits) -> Iterator[PlanWarning]:
    for halt in drive.halts:
        wait_s = halt.visit.start_s - halt.visit.arrival_s
        if halt.request is not None and wait_s > limits.wait_s:
            where = drive.book.place(halt.visit.place_id)
            yield _about(drive, "long_wait", f"在 {where} 早到 {wait_s // 60} 分钟等候", halt.request.id)


def _walks(drive: Drive, limits: SoftLimits) -> Iterator[PlanWarning]:
    for halt in drive.halts:
        if halt.request is not None and halt.option is not None and halt.option.walk_m > limits.walk_m:
            message = f"{ask(halt.request)} 步行 {halt.option.walk_m} 米到站，宜在 {limits.walk_m} 米以内"
            yield _about(drive, "long_walk", message, halt.request.id)


def _rides(drive: Drive, limits: SoftLimits) -> Iterator[PlanWarning]:
    left: dict[str, int] = {}
    for halt in drive.halts:
        if halt.request is None or halt.request.max_ride_s is None:
            continue
        ride_s = halt.visit.start_s - left.setdefault(halt.request.id, halt.visit.depart_s)
        if halt.visit.stop == len(halt.request.stops) - 1 and ride_s > limits.ride_s:
            message = f"{ask(halt.request)} 乘车 {ride_s // 60} 分钟，宜在 {limits.ride_s // 60} 分钟以内"
            yield _about(drive, "long_ride", message, halt.request.id)


def _long_day(drive: Drive, limits: SoftLimits) -> Iterator[PlanWarning]:
    duty_s = drive.route.end_s - drive.route.start_s
    if duty_s > limits.duty_s:
        message = f"出车 {duty_s // 60} 分钟，超过工作日 {limits.duty_s // 60} 分钟，须计加班"
        yield _about(drive, "long_day", message)


def _allowance(drive: Drive, limits: SoftLimits) -> Iterator[PlanWarning]:
    for halts in _by_request(drive):
        request = halts[0].request
        if request is None:
            continue
        for zone in _zones_of(limits.allowance_zones, request.unit_id):
            if all(_inside(drive, zone, halt) for halt in halts):
                message = f"{ask(request)} 全程在公务交通补贴保障范围内（{zone.radius_m} 米），一般不派车"
                yield _about(drive, "allowance_zone", message, request.id)
                break


def _out_of_area(drive: Drive, limits: SoftLimits) -> Iterator[PlanWarning]:
    for halts in _by_request(drive):
        request = halts[0].request
        if request is None:
            continue
        areas = _zones_of(limits.service_areas, request.unit_id)
        outside = [halt for halt in halts if not any(_inside(drive, area, halt) for area in areas)]
        if areas and outside:
            where = drive.book.place(outside[0].visit.place_id)
            yield _about(drive, "out_of_area", f"{ask(request)} 到 {where}，超出用车范围", request.id)


_ADVICE: Final[tuple[Callable[[Drive, SoftLimits], Iterator[PlanWarning]], ...]] = (
    _exempt,
    _away_in_holiday,
    _borrowed,
    _leaves,
    _off_hours,
    _waits,
    _walks,
    _rides,
    _long_day,
    _allowance,
    _out_of_area,
)


def _short_reserves(problem: Problem) -> Iterator[PlanWarning]:
    for reserve in problem.reserves:
        count = sum(fits_reserve(vehicle, reserve) for vehicle in problem.vehicles)
        if count < reserve.count:
            what = f"{reserve.county_id or '全部'} {reserve.skill or '任意'}"
            message = f"备勤（{what}）要 {reserve.count} 辆，全部车辆中只有 {count} 辆符合"
            yield PlanWarning(rule="reserve_short", message=message)


def _zones_of(zones: tuple[Zone, ...], unit_id: str) -> tuple[Zone, ...]:
    return tuple(zone for zone in zones if zone.unit_id in {"", unit_id})


def _inside(drive: Drive, zone: Zone, halt: Halt) -> bool:
    centre, place = drive.book.places.get(zone.place_id), drive.book.places.get(halt.visit.place_id)
    return centre is not None and place is not None and _metres_between(centre, place) <= zone.radius_m


def _metres_between(a: Place, b: Place) -> float:
    """Great-circle distance (haversine) in metres."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * _EARTH_M * asin(sqrt(h))


def _by_request(drive: Drive) -> list[list[Halt]]:
    by: dict[str, list[Halt]] = {}
    for halt in drive.halts:
        if halt.request is not None:
            by.setdefault(halt.request.id, []).append(halt)
    return list(by.values())


def _about(drive: Drive, rule: str, message: str, request_id: str | None = None) -> PlanWarning:
    return PlanWarning(
        rule=rule,
        message=f"{car(drive.vehicle)}：{message}",
        vehicle_id=drive.vehicle.id,
        request_id=request_id,
    )
