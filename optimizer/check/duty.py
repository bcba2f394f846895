"""A vehicle's and a driver's day: shift, busy times, limits, depots, licence, rest."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from optimizer.check.walk import Drive
from optimizer.check.words import car, clock
from optimizer.model import Driver, TimeWindow, Violation
from optimizer.policy.rules import licence_fits

LONGEST_DRIVE_S: Final = 14_400
"""Driving without rest (道路交通安全法实施条例 第六十二条第七项: 4 小时)."""
SHORTEST_REST_S: Final = 1_200
"""Standing that counts as rest (the same article: 20 分钟)."""


def shift_kept(drive: Drive) -> Iterator[Violation]:
    """Hold a vehicle to its shift: it leaves no earlier and is back no later."""
    yield from _inside(drive, drive.vehicle.shift, "shift", "班次")


def busy_kept(drive: Drive) -> Iterator[Violation]:
    """While something else holds the vehicle it is off the road; it may stand at its base between trips."""
    for busy in drive.vehicle.busy:
        if not _at_base(drive, busy):
            yield from _overlap(drive, busy, "busy", "车辆已被占用")


def _at_base(drive: Drive, busy: TimeWindow) -> bool:
    """Whether the vehicle stands at its base between two trips all that time; so its driver is free too."""
    standing = [
        (halt.visit.arrival_s, halt.visit.depart_s)
        for halt in drive.halts
        if halt.visit.request_id is None and halt.visit.place_id == drive.vehicle.start_place_id
    ]
    return any(arrival <= busy.start_s and busy.end_s <= depart for arrival, depart in standing)


def limits_kept(drive: Drive) -> Iterator[Violation]:
    """Metres, seconds, stops and trips of a day stay within the type's and the vehicle's limits.

    Visits in a row at one place are one stop; reloads are none.
    """
    metres = sum(leg.metres or 0 for leg in drive.legs)
    seconds = drive.route.end_s - drive.route.start_s
    places = [halt.visit.place_id for halt in drive.halts if halt.visit.request_id is not None]
    stops = sum(before != place for before, place in pairwise(["", *places]))
    trips = 1 + sum(halt.visit.request_id is None for halt in drive.halts)
    for rule, name, value, limit in (
        ("route_m", "行驶米数", metres, drive.kind.max_route_m),
        ("route_s", "出车秒数", seconds, drive.kind.max_route_s),
        ("stops", "停靠站数", stops, drive.kind.max_stops),
        ("trips", "趟数", trips, drive.vehicle.trips),
    ):
        if limit is not None and value > limit:
            yield drive.broken(rule, f"{name} {value}，上限 {limit}", excess=value - limit)


def reloads_at_depots(drive: Drive) -> Iterator[Violation]:
    """Allow visits without a request at depots and at the vehicle's own base only."""
    own = {drive.vehicle.start_place_id, drive.vehicle.end_place_id}
    for halt in drive.halts:
        visit = halt.visit
        if visit.request_id is None and visit.place_id not in drive.book.depots and visit.place_id not in own:
            where = drive.book.place(visit.place_id)
            message = f"{clock(visit.arrival_s)} 在 {where} 回场装载，那里不是场站"
            yield drive.broken("reload_place", message, at_s=visit.arrival_s)


def depots_open(drive: Drive) -> Iterator[Violation]:
    """Vehicles leave, reload and return while the depot is open."""
    route = drive.route
    moments = [
        (route.start_place_id, "出场", route.start_s),
        (route.end_place_id, "回场", route.end_s),
    ]
    for halt in drive.halts:
        if halt.visit.request_id is None:
            moments += [
                (halt.visit.place_id, "装载", halt.visit.start_s),
                (halt.visit.place_id, "出场", halt.visit.depart_s),
            ]
    for place_id, what, at_s in moments:
        depot = drive.book.depots.get(place_id)
        if depot is None:
            continue
        excess = max(depot.window.start_s - at_s, at_s - depot.window.end_s)
        if excess > 0:
            opening = f"{clock(depot.window.start_s)}–{clock(depot.window.end_s)}"
            message = f"{clock(at_s)} 在 {drive.book.place(place_id)} {what}，场站开放时间是 {opening}"
            yield drive.broken("depot_closed", message, at_s=at_s, excess=excess)


def driver_may(drive: Drive) -> Iterator[Violation]:
    """Ask for one of the named drivers, if any are named; he holds the licence and is on duty and free."""
    driver_id, allowed = drive.route.driver_id, drive.vehicle.driver_ids
    if driver_id is None:
        if allowed:
            message = f"没有驾驶员，应从 {'、'.join(allowed)} 中指定"
            yield drive.broken("driver_missing", message, at_s=drive.route.start_s)
        return
    if allowed and driver_id not in allowed:
        message = f"驾驶员 {driver_id} 不得驾驶此车，只能是 {'、'.join(allowed)}"
        yield drive.broken("driver_not_allowed", message, at_s=drive.route.start_s)
    if (driver := drive.book.drivers.get(driver_id)) is not None:
        yield from _driver_free(drive, driver)


def rest_taken(drives: Sequence[Drive]) -> Iterator[Violation]:
    """Nobody drives more than 4 hours without standing for 20 minutes, over all his routes.

    Source: 道路交通安全法实施条例 第六十二条第七项. Any stay of 20 minutes at a stop counts as rest, and so
    do rests on the way that a plan gives. A vehicle without a named driver has its own.
    """
    by: dict[str, list[Drive]] = defaultdict(list)
    for drive in drives:
        by[f"d {drive.route.driver_id}" if drive.route.driver_id else f"v {drive.vehicle.id}"].append(drive)
    for same in by.values():
        yield from _rest_of(sorted(same, key=lambda drive: (drive.route.start_s, drive.vehicle.id)))


def range_kept(drive: Drive) -> Iterator[Violation]:
    """Let a vehicle go no further than what it has charged (`Vehicle.range_m`)."""
    range_m, metres = drive.vehicle.range_m, sum(leg.metres or 0 for leg in drive.legs)
    if range_m is not None and metres > range_m:
        message = f"全天行驶 {metres} 米，续航只有 {range_m} 米"
        yield drive.broken("range", message, at_s=drive.route.start_s, excess=metres - range_m)


def hours_kept(drives: Sequence[Drive]) -> Iterator[Violation]:
    """Nobody is on duty longer than a day allows (`Driver.most_s`), over all his routes.

    Hours told as being in other plans (`Driver.today_s`) count where those plans are not judged as well.
    """
    by: dict[str, list[Drive]] = defaultdict(list)
    for drive in drives:
        if drive.route.driver_id in drive.book.drivers:
            by[drive.route.driver_id or ""].append(drive)
    for driver_id, same in by.items():
        limits = [s for d in same if (s := d.book.drivers[driver_id].most_s) is not None]
        duty_s = _on_duty(driver_id, same)
        if limits and duty_s > min(limits):
            last = max(same, key=lambda d: (d.route.start_s, d.vehicle.id))
            message = f"驾驶员 {driver_id} 当天出车 {duty_s} 秒，最多 {min(limits)} 秒"
            yield last.broken("driver_hours", message, at_s=last.route.start_s, excess=duty_s - min(limits))


def _on_duty(driver_id: str, drives: Sequence[Drive]) -> int:
    """Seconds over the plans at hand, or of one of them with what it is told of others, if that is more."""
    by_book: dict[int, int] = defaultdict(int)
    told: dict[int, int] = {}
    for drive in drives:
        by_book[id(drive.book)] += drive.route.end_s - drive.route.start_s
        told[id(drive.book)] = drive.book.drivers[driver_id].today_s
    return max(sum(by_book.values()), *(by_book[k] + told[k] for k in by_book))


def _rest_of(drives: Sequence[Drive]) -> Iterator[Violation]:
    driven_s, stood_since_s, told = 0, 0, False
    for drive in drives:
        for leg in drive.legs:
            if leg.depart_s - stood_since_s >= SHORTEST_REST_S:
                driven_s, told = 0, False
            rests = leg.rest_s // SHORTEST_REST_S
            driven_s += leg.seconds or 0
            stood_since_s = leg.depart_s + (leg.seconds or 0) + leg.rest_s
            if driven_s > LONGEST_DRIVE_S * (rests + 1) and not told:
                told = True
                yield _tired(drive, driven_s - LONGEST_DRIVE_S * rests, stood_since_s)
            # Rests are taken as late as they help most: after each of them so much may be driven again.
            driven_s = max(0, driven_s - LONGEST_DRIVE_S * rests)


def _tired(drive: Drive, driven_s: int, at_s: int) -> Violation:
    name = drive.route.driver_id
    who = f"驾驶员 {name}" if name else f"{car(drive.vehicle)}的驾驶员"
    return Violation(
        rule="rest",
        message=f"{who}到 {clock(at_s)} 已连续驾驶 {driven_s} 秒，超过 4 小时应停车休息至少 20 分钟",
        vehicle_id=drive.vehicle.id,
        at_s=at_s,
        excess=driven_s - LONGEST_DRIVE_S,
    )


def _driver_free(drive: Drive, driver: Driver) -> Iterator[Violation]:
    if not licence_fits(drive.book.problem, driver, drive.kind):
        held = "、".join(sorted(driver.licences)) or "无"
        message = f"驾驶员 {driver.id} 的准驾车型（{held}）不能驾驶 {drive.kind.name or drive.kind.id}"
        yield drive.broken("licence", message, at_s=drive.route.start_s)
    yield from _inside(drive, driver.shift, "driver_shift", f"驾驶员 {driver.id} 的班次")
    for busy in driver.busy:
        if not _at_base(drive, busy):
            yield from _overlap(drive, busy, "driver_busy", f"驾驶员 {driver.id} 已有任务")


def _inside(drive: Drive, window: TimeWindow, rule: str, name: str) -> Iterator[Violation]:
    route = drive.route
    excess = max(window.start_s - route.start_s, route.end_s - window.end_s)
    if excess > 0:
        message = (
            f"{clock(route.start_s)} 出车、{clock(route.end_s)} 收车，"
            f"超出{name} {clock(window.start_s)}–{clock(window.end_s)}"
        )
        yield drive.broken(rule, message, at_s=route.start_s, excess=excess)


def _overlap(drive: Drive, busy: TimeWindow, rule: str, why: str) -> Iterator[Violation]:
    route = drive.route
    shared_s = min(route.end_s, busy.end_s) - max(route.start_s, busy.start_s)
    if shared_s > 0:
        message = (
            f"{clock(busy.start_s)}–{clock(busy.end_s)} {why}，"
            f"路线却是 {clock(route.start_s)}–{clock(route.end_s)}"
        )
        yield drive.broken(rule, message, at_s=busy.start_s, excess=shared_s)
