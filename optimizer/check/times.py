"""When: legs as long as the roads say, windows kept, service given, sums that add up, the right ends.

A vehicle may wait anywhere: before service (from `arrival_s` to `start_s`) and after it (until `depart_s`).
"""

from collections.abc import Iterator

from optimizer.check.walk import Drive
from optimizer.check.words import ask, clock
from optimizer.model import Violation


def legs_exist(drive: Drive) -> Iterator[Violation]:
    """Every leg has a way and a travel time."""
    what = {"unreachable": "没有可通行的道路", "no_travel_time": "出行矩阵没有这一对地点，无法核对"}
    for leg in drive.legs:
        if leg.lost:
            where = f"{drive.book.place(leg.origin_id)} → {drive.book.place(leg.destination_id)}"
            yield drive.broken(leg.lost, f"{where} {what[leg.lost]}", at_s=leg.depart_s)


def arrivals_true(drive: Drive) -> Iterator[Violation]:
    """Every leg arrives when it leaves plus the travel time at departure plus rest on it, to the second."""
    last = len(drive.legs) - 1
    for i, leg in enumerate(drive.legs):
        if leg.seconds is None:
            continue
        true_s = leg.depart_s + leg.seconds + leg.rest_s
        if leg.arrive_s != true_s:
            rule = "end_time" if i == last else "arrival"
            message = (
                f"{clock(leg.depart_s)} 从 {drive.book.place(leg.origin_id)} 出发，应于 {clock(true_s)} 到达"
                f" {drive.book.place(leg.destination_id)}，计划写的是 {clock(leg.arrive_s)}"
            )
            yield drive.broken(rule, message, at_s=leg.arrive_s, excess=abs(true_s - leg.arrive_s))


def times_forward(drive: Drive) -> Iterator[Violation]:
    """Service starts no earlier than arrival and is finished before the wheels turn."""
    for halt in drive.halts:
        visit = halt.visit
        service_s = halt.option.service_s if halt.option else 0
        where = drive.book.place(visit.place_id)
        if visit.start_s < visit.arrival_s:
            message = f"在 {where} {clock(visit.start_s)} 开始服务，早于到达时间 {clock(visit.arrival_s)}"
            yield drive.broken(
                "times",
                message,
                request_id=visit.request_id,
                at_s=visit.start_s,
                excess=visit.arrival_s - visit.start_s,
            )
        short_s = visit.start_s + service_s - visit.depart_s
        if short_s > 0:
            done_s = visit.start_s + service_s
            message = f"在 {where} {clock(visit.depart_s)} 离开，停站 {service_s} 秒应到 {clock(done_s)}"
            yield drive.broken(
                "service", message, request_id=visit.request_id, at_s=visit.depart_s, excess=short_s
            )


def windows_kept(drive: Drive) -> Iterator[Violation]:
    """Service starts inside the window of the option."""
    for halt in drive.halts:
        if halt.option is None or halt.request is None:
            continue
        window, start_s = halt.option.window, halt.visit.start_s
        excess = max(window.start_s - start_s, start_s - window.end_s)
        if excess > 0:
            message = (
                f"{ask(halt.request)} 在 {drive.book.place(halt.visit.place_id)} {clock(start_s)} 开始，"
                f"时间窗是 {clock(window.start_s)}–{clock(window.end_s)}"
            )
            yield drive.broken("window", message, request_id=halt.request.id, at_s=start_s, excess=excess)


def sums_true(drive: Drive) -> Iterator[Violation]:
    """Distance and driving time of a route are the sums of its legs."""
    seconds = [leg.seconds for leg in drive.legs if leg.seconds is not None]
    metres = [leg.metres for leg in drive.legs if leg.metres is not None]
    if len(seconds) < len(drive.legs):
        return
    for rule, name, unit, said, true in (
        ("distance", "里程", "米", drive.route.distance_m, sum(metres)),
        ("drive_time", "行驶时间", "秒", drive.route.drive_s, sum(seconds)),
    ):
        if said != true:
            message = f"各段{name}合计 {true} {unit}，路线写的是 {said} {unit}"
            yield drive.broken(rule, message, excess=abs(said - true))


def ends_right(drive: Drive) -> Iterator[Violation]:
    """Let a route end where the vehicle must end; with an open end, or away over night, at its last visit."""
    route, place = drive.route, drive.book.place
    last = route.visits[-1].place_id if route.visits else route.start_place_id
    request = drive.halts[-1].request if drive.halts else None
    stays = drive.vehicle.end_place_id is None or (request is not None and request.back is not None)
    expected = last if stays or drive.vehicle.end_place_id is None else drive.vehicle.end_place_id
    if route.end_place_id != expected:
        message = f"路线止于 {place(route.end_place_id)}，应止于 {place(expected)}"
        yield drive.broken("end_place", message, at_s=route.end_s)
