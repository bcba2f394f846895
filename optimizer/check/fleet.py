"""The fleet as a whole: who may serve what, reserves, locks, one place at a time, room at the depots."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from optimizer.check.walk import Book, Drive
from optimizer.check.words import ask, car, clock
from optimizer.model import Depot, Reserve, Route, Schedule, Vehicle, Violation
from optimizer.policy.rules import broken_rules

_BEFORE_DAY_S: Final = -1_000_000

_RULES_SAID: Final = {
    "not_listed": "没有指定此车，或不许用此车",
    "class": "不接受此车的类别",
    "skill": "需要此车没有的装备或资质",
    "energy": "要求的能源类型与此车不同",
    "request_licence": "要求的准驾车型，此车驾驶员没有",
    "seats": "单独就超过此车的核定载客",
    "room": "的货物单独就超过此车的装载",
    "unit": "不得借用其他单位的此车",
    "confidential": "不得使用机要通信用车：它只服务本单位指明要它的任务",
    "unmarked": "不得使用未喷涂统一标识且未获豁免的车辆",
    "self_drive": "与此车不符：自驾车只给获准且准驾相符的申请人，其他车须有驾驶员",
    "inspection": "不得使用年检过期的此车",
    "plate": "不得使用当天尾号限行的此车",
    "freeze": "遇节假日封存停驶，此车未获豁免",
    "siren": "按应急通行时间行驶，此车无权使用警报器和优先通行",
}


def rules_kept(drive: Drive) -> Iterator[Violation]:
    """Hold every vehicle and request that meet to every rule of `optimizer.policy.rules`."""
    requests = {halt.request.id: halt.request for halt in drive.halts if halt.request is not None}
    driver = drive.book.drivers.get(drive.route.driver_id or "")
    vehicle = drive.vehicle if driver is None else replace(drive.vehicle, licences=driver.licences)
    for request in requests.values():
        for code, _reason in broken_rules(drive.book.problem, vehicle, request, drive.kind):
            yield drive.broken(code, f"{ask(request)} {_RULES_SAID[code]}", request_id=request.id)


def reserves_kept(book: Book, drives: Sequence[Drive], _schedules: Sequence[Schedule]) -> Iterator[Violation]:
    """Keep the vehicles of each reserve free all day.

    A vehicle with any busy time in its shift is no reserve. Where even the whole fleet is short of the count,
    none of the fitting vehicles may move; the shortage itself is a warning, not this plan's fault.
    """
    used = {drive.vehicle.id for drive in drives}
    for reserve in book.problem.reserves:
        fitting = [v for v in book.problem.vehicles if fits_reserve(v, reserve)]
        moving = sorted(v.plate or v.id for v in fitting if v.id in used)
        allowed = max(0, len(fitting) - reserve.count)
        if len(moving) > allowed:
            what = f"{reserve.county_id or '全部'} {reserve.skill or '任意'}"
            message = (
                f"备勤（{what}）要留 {reserve.count} 辆，可留的 {len(fitting)} 辆中"
                f"派出了 {len(moving)} 辆：{'、'.join(moving)}"
            )
            yield Violation(rule="reserve", message=message, excess=len(moving) - allowed)


def fits_reserve(vehicle: Vehicle, reserve: Reserve) -> bool:
    """Whether a vehicle that stays at home counts for a reserve."""
    skilled = not reserve.skill or reserve.skill in vehicle.skills
    near = not reserve.county_id or reserve.county_id == vehicle.county_id
    shift = vehicle.shift
    held = any(busy.start_s < shift.end_s and shift.start_s < busy.end_s for busy in vehicle.busy)
    return skilled and near and not held


def locks_kept(book: Book, drives: Sequence[Drive], _schedules: Sequence[Schedule]) -> Iterator[Violation]:
    """Locked routes stand as they are, as the beginning of their vehicle's route."""
    for locked in book.problem.locked:
        same = [drive for drive in drives if drive.vehicle.id == locked.vehicle_id]
        if not any(_begins_with(drive.route, locked) for drive in same):
            what = "没有出现在方案中" if not same else "被改动了"
            first = clock(locked.start_s)
            message = f"车辆 {locked.vehicle_id} 已锁定的 {first} 出车路线（{len(locked.visits)} 站）{what}"
            yield Violation(rule="locked", message=message, vehicle_id=locked.vehicle_id, at_s=locked.start_s)


def frozen_kept(drive: Drive) -> Iterator[Violation]:
    """Nothing new starts before the frozen time: neither a departure from the base nor a stop."""
    until_s = drive.book.problem.frozen_until_s
    locked = max(
        (
            len(route.visits)
            for route in drive.book.problem.locked
            if route.vehicle_id == drive.vehicle.id and _begins_with(drive.route, route)
        ),
        default=-1,
    )
    if locked < 0 and drive.route.start_s < until_s:
        message = f"{clock(drive.route.start_s)} 出车是新安排，{clock(until_s)} 之前已冻结"
        yield drive.broken("frozen", message, at_s=drive.route.start_s, excess=until_s - drive.route.start_s)
    for halt in drive.halts[max(locked, 0) :]:
        if halt.visit.start_s < until_s:
            where, when = drive.book.place(halt.visit.place_id), halt.visit.start_s
            message = f"{clock(when)} 在 {where} 停靠是新安排，{clock(until_s)} 之前已冻结"
            yield drive.broken(
                "frozen", message, request_id=halt.visit.request_id, at_s=when, excess=until_s - when
            )


def starts_right(drives: Sequence[Drive]) -> Iterator[Violation]:
    """Let a vehicle's first route leave from where the vehicle stands."""
    seen: set[str] = set()
    for drive in sorted(drives, key=lambda d: (d.route.start_s, d.vehicle.id)):
        if drive.vehicle.id not in seen and drive.route.start_place_id != drive.vehicle.start_place_id:
            said, true = (
                drive.book.place(p) for p in (drive.route.start_place_id, drive.vehicle.start_place_id)
            )
            yield drive.broken("start_place", f"路线从 {said} 出发，车停在 {true}", at_s=drive.route.start_s)
        seen.add(drive.vehicle.id)


def one_route_each(
    _book: Book, _drives: Sequence[Drive], schedules: Sequence[Schedule]
) -> Iterator[Violation]:
    """Allow one route per vehicle and schedule: its day."""
    for schedule in schedules:
        counts: dict[str, int] = defaultdict(int)
        for route in schedule.routes:
            counts[route.vehicle_id] += 1
        for vehicle_id, count in counts.items():
            if count > 1:
                message = f"车辆 {vehicle_id} 在一个方案里有 {count} 条路线，只能有一条"
                yield Violation(
                    rule="duplicate_vehicle", message=message, vehicle_id=vehicle_id, excess=count - 1
                )


def one_place_at_once(drives: Sequence[Drive]) -> Iterator[Violation]:
    """Keep a vehicle or driver in one place at a time; a vehicle starts where it last stopped."""
    for vehicle_drives in _grouped(drives, lambda drive: drive.vehicle.id):
        for before, after in pairwise(vehicle_drives):
            yield from _overlaps(before, after, car(after.vehicle))
            if before.route.end_place_id != after.route.start_place_id:
                end, start = (
                    before.book.place(before.route.end_place_id),
                    after.book.place(after.route.start_place_id),
                )
                message = f"上一条路线止于 {end}，下一条却从 {start} 出发"
                yield after.broken("two_places_at_once", message, at_s=after.route.start_s)
    for driver_drives in _grouped(drives, lambda drive: drive.route.driver_id):
        for before, after in pairwise(driver_drives):
            yield from _overlaps(before, after, f"驾驶员 {after.route.driver_id}")


def depots_have_room(drives: Sequence[Drive], books: Sequence[Book]) -> Iterator[Violation]:
    """At no moment do more vehicles stand at a depot than it has spaces.

    A vehicle stands where it starts until it leaves, where it ends from then on, and where it reloads
    meanwhile; a vehicle without a route stands at its start all day.
    """
    fleet = {vehicle.id: vehicle for book in books for vehicle in book.problem.vehicles}
    by = {group[0].vehicle.id: group for group in _grouped(drives, lambda drive: drive.vehicle.id)}
    changes: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for vehicle in fleet.values():
        for place_id, at_s, change in _standing_changes(vehicle, by.get(vehicle.id, [])):
            changes[place_id].append((at_s, change))
    for depot in _limited_depots(books):
        worst, at_s = _most_standing(changes[depot.place_id])
        if depot.spaces is not None and worst > depot.spaces:
            place = next(book for book in books if depot.place_id in book.depots).place(depot.place_id)
            message = f"{place} 在 {clock(at_s)} 停 {worst} 辆，只有 {depot.spaces} 个车位"
            yield Violation(rule="depot_full", message=message, at_s=at_s, excess=worst - depot.spaces)


def _standing_changes(vehicle: Vehicle, drives: Sequence[Drive]) -> Iterator[tuple[str, int, int]]:
    """(place, second, +1 or −1) wherever a vehicle comes to stand or leaves."""
    here, since_s = vehicle.start_place_id, _BEFORE_DAY_S
    for drive in drives:
        route = drive.route
        yield from ((here, since_s, 1), (here, route.start_s, -1))
        for visit in route.visits:
            if visit.request_id is None:
                yield from ((visit.place_id, visit.arrival_s, 1), (visit.place_id, visit.depart_s, -1))
        here, since_s = route.end_place_id, route.end_s
    yield here, since_s, 1


def _most_standing(changes: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Most vehicles at once, and since when; who leaves at a second makes room for who comes at it."""
    standing, worst, worst_s = 0, 0, 0
    for at_s, change in sorted(changes):
        standing += change
        if standing > worst:
            worst, worst_s = standing, max(at_s, 0)
    return worst, worst_s


def _limited_depots(books: Sequence[Book]) -> list[Depot]:
    found: dict[str, Depot] = {}
    for book in books:
        for depot in book.problem.depots:
            known = found.get(depot.place_id)
            if depot.spaces is not None and (known is None or depot.spaces < (known.spaces or 0)):
                found[depot.place_id] = depot
    return list(found.values())


def _overlaps(before: Drive, after: Drive, who: str) -> Iterator[Violation]:
    shared_s = min(before.route.end_s, after.route.end_s) - after.route.start_s
    if shared_s > 0:
        message = (
            f"{who}同时在两条路线上：{clock(before.route.start_s)}–{clock(before.route.end_s)} 与"
            f" {clock(after.route.start_s)}–{clock(after.route.end_s)}"
        )
        yield Violation(
            rule="two_places_at_once",
            message=message,
            vehicle_id=after.vehicle.id,
            at_s=after.route.start_s,
            excess=shared_s,
        )


def _begins_with(route: Route, locked: Route) -> bool:
    same_driver = locked.driver_id is None or locked.driver_id == route.driver_id
    same_start = (route.start_s, route.start_place_id) == (locked.start_s, locked.start_place_id)
    return same_driver and same_start and route.visits[: len(locked.visits)] == locked.visits


def _grouped(drives: Sequence[Drive], key: Callable[[Drive], str | None]) -> list[list[Drive]]:
    by: dict[str, list[Drive]] = defaultdict(list)
    for drive in sorted(drives, key=lambda d: (d.route.start_s, d.route.end_s, d.vehicle.id)):
        if (name := key(drive)) is not None:
            by[name].append(drive)
    return list(by.values())
