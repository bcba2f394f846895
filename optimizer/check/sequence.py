"""What is served: each request whole, in order, by one vehicle, once, or left out once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from optimizer.aboard import trips
from optimizer.check.walk import Book, Drive
from optimizer.check.words import ask
from optimizer.model import Request, Schedule, Violation


def served_once(book: Book, drives: Sequence[Drive], schedules: Sequence[Schedule]) -> Iterator[Violation]:
    """Each request is on one route, or once in one list of unserved requests; never both, never neither."""
    by = _routes_by_request(drives)
    times_left = Counter(left.request_id for schedule in schedules for left in schedule.unserved)
    for request in book.problem.requests:
        served, unserved = by.get(request.id, []), times_left[request.id]
        if len(served) > 1:
            cars = "、".join(drive.vehicle.plate or drive.vehicle.id for drive in served)
            yield _broken(
                "served_twice", request, f"由 {len(served)} 条路线服务（{cars}），只能由一辆车一次完成"
            )
        if served and unserved:
            yield _broken("served_and_unserved", request, "既在路线上又在未安排清单里，只能取其一")
        if unserved > 1:
            yield _broken("unserved_twice", request, f"在未安排清单里出现 {unserved} 次，只能一次")
        if not served and not unserved:
            yield _broken("missing", request, "既没有安排也不在未安排清单里")


def stops_in_order(drive: Drive) -> Iterator[Violation]:
    """Ask that the stops of a request are all visited, each once, in their order."""
    for request, stops in _stops_by_request(drive):
        if stops != list(range(len(request.stops))):
            wanted, found = len(request.stops), "、".join(str(stop) for stop in stops)
            message = f"{ask(request)} 应依次停靠 {wanted} 站（0 至 {wanted - 1}），路线上的次序是 {found}"
            yield drive.broken("stop_order", message, request_id=request.id)


def one_trip(drive: Drive) -> Iterator[Violation]:
    """Ask that a request begins and ends between the same two reloads at a depot."""
    trips_of: dict[str, set[int]] = defaultdict(set)
    for number, (start, stop) in enumerate(trips(drive.route.visits)):
        for halt in drive.halts[start:stop]:
            if halt.request is not None:
                trips_of[halt.request.id].add(number)
    for request_id, numbers in trips_of.items():
        if len(numbers) > 1:
            message = f"{ask(drive.book.requests[request_id])} 被回场装载隔断，应在同一趟内完成"
            yield drive.broken("trip_split", message, request_id=request_id)


def groups_whole(book: Book, drives: Sequence[Drive], _schedules: Sequence[Schedule]) -> Iterator[Violation]:
    """Serve requests with one group id all or none."""
    members: dict[str, list[Request]] = defaultdict(list)
    for request in book.problem.requests:
        if request.group_id is not None:
            members[request.group_id].append(request)
    served = set(_routes_by_request(drives))
    for group_id, requests in members.items():
        count = sum(request.id in served for request in requests)
        if 0 < count < len(requests):
            out = next(request for request in requests if request.id not in served)
            message = (
                f"申请组 {group_id} 共 {len(requests)} 项只安排了 {count} 项，应全部安排或全部不安排；"
                f"缺 {out.name or out.id}"
            )
            yield Violation(rule="group", message=message, request_id=out.id, excess=len(requests) - count)


def _routes_by_request(drives: Sequence[Drive]) -> dict[str, list[Drive]]:
    by: dict[str, list[Drive]] = defaultdict(list)
    for drive in drives:
        for request_id in dict.fromkeys(visit.request_id for visit in drive.route.visits):
            if request_id is not None:
                by[request_id].append(drive)
    return by


def _stops_by_request(drive: Drive) -> list[tuple[Request, list[int]]]:
    stops: dict[str, list[int]] = defaultdict(list)
    for halt in drive.halts:
        if halt.request is not None:
            stops[halt.request.id].append(halt.visit.stop)
    return [(drive.book.requests[request_id], found) for request_id, found in stops.items()]


def _broken(rule: str, request: Request, what: str) -> Violation:
    return Violation(rule=rule, message=f"{ask(request)} {what}", request_id=request.id)
