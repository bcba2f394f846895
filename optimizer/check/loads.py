"""Who is on board: licensed capacity at every moment, ride limits, sole use, slack between requests."""

from collections.abc import Iterator

from optimizer.aboard import loads, occupied_legs, spans, trips
from optimizer.check.walk import Drive, Halt
from optimizer.check.words import amounts, ask, clock
from optimizer.model import Violation


def capacity_kept(drive: Drive) -> Iterator[Violation]:
    """In every dimension the load stays between nothing and the capacity, from the depot to the end."""
    for start, stop in trips(drive.route.visits):
        yield from _trip_load(drive, drive.halts[start:stop])


def rides_short(drive: Drive) -> Iterator[Violation]:
    """From leaving the first stop to service at the last takes no longer than the request allows."""
    for first, last in _first_and_last(drive).values():
        request = drive.halts[first].request
        if request is None or request.max_ride_s is None:
            continue
        ride_s = drive.halts[last].visit.start_s - drive.halts[first].visit.depart_s
        if last > first and ride_s > request.max_ride_s:
            message = f"{ask(request)} 乘车 {ride_s} 秒，上限 {request.max_ride_s} 秒"
            at_s = drive.halts[last].visit.arrival_s
            yield drive.broken(
                "max_ride", message, request_id=request.id, at_s=at_s, excess=ride_s - request.max_ride_s
            )


def sole_use_kept(drive: Drive) -> Iterator[Violation]:
    """Between the first and last stop of a sole-use request: no other stop, nobody else on board."""
    under_way = spans(drive.route.visits, drive.book.requests, len(drive.book.problem.dimensions))
    for request_id, (first, last) in _first_and_last(drive).items():
        request = drive.book.requests[request_id]
        if not request.sole_use or first == last:
            continue
        between = {h.visit.request_id or "回场" for h in drive.halts[first + 1 : last]} - {request_id}
        beside = {
            other
            for other, (a, b) in under_way.items()
            if other != request_id and a <= last and b > first + 1
        }
        if others := sorted(between | beside):
            message = f"{ask(request)} 要求专车，途中却有 {'、'.join(others)}"
            at_s = drive.halts[first].visit.depart_s
            yield drive.broken("sole_use", message, request_id=request_id, at_s=at_s, excess=len(others))


def buffers_kept(drive: Drive) -> Iterator[Violation]:
    """Between the end of one request and the start of the next there is the slack that the problem asks for.

    Slack is all waiting from the end of service at the last stop of the one to the start of service at the
    first stop of the other. Nothing is asked while any request is under way, nor before the first.
    """
    buffer_s = drive.book.problem.buffer_s
    if buffer_s == 0:
        return
    occupied = occupied_legs(drive.route.visits, drive.book.requests, len(drive.book.problem.dimensions))
    slack_s: int | None = None
    for i, halt in enumerate(drive.halts):
        visit = halt.visit
        if halt.request is None:
            slack_s = None if slack_s is None else slack_s + visit.depart_s - visit.arrival_s
            continue
        if slack_s is not None and not occupied[i]:
            slack_s += visit.start_s - visit.arrival_s
            if slack_s < buffer_s:
                message = f"{ask(halt.request)} 与上一任务之间只有 {slack_s} 秒余量，要求 {buffer_s} 秒"
                yield drive.broken(
                    "buffer",
                    message,
                    request_id=halt.request.id,
                    at_s=visit.start_s,
                    excess=buffer_s - slack_s,
                )
        slack_s = visit.depart_s - visit.start_s - (halt.option.service_s if halt.option else 0)


def _trip_load(drive: Drive, halts: tuple[Halt, ...]) -> Iterator[Violation]:
    problem, limit = drive.book.problem, drive.kind.capacity
    n = len(problem.dimensions)
    aboard = {halt.request.id: halt.request for halt in halts if halt.request is not None}
    load = tuple(sum(loads(request, n)[0][d] for request in aboard.values()) for d in range(n))
    moments: list[tuple[Halt | None, tuple[int, ...]]] = [(None, load)]
    for halt in halts:
        if halt.request is not None:
            change = halt.request.stops[halt.visit.stop].load or (0,) * n
            load = tuple(before + by for before, by in zip(load, change, strict=True))
            moments.append((halt, load))
    for at, amount in moments:
        yield from _too_much(drive, at, amount, limit)


def _too_much(
    drive: Drive, at: Halt | None, load: tuple[int, ...], limit: tuple[int, ...]
) -> Iterator[Violation]:
    problem = drive.book.problem
    where = f"离开 {drive.book.place(at.visit.place_id)} 时" if at else "出场时"
    at_s = at.visit.depart_s if at else drive.route.start_s
    request_id = at.visit.request_id if at else None
    over = max(amount - most for amount, most in zip(load, limit, strict=True))
    if over > 0:
        message = f"{clock(at_s)} {where}载 {amounts(load, problem)}，核定 {amounts(limit, problem)}"
        yield drive.broken("capacity", message, request_id=request_id, at_s=at_s, excess=over)
    if min(load) < 0:
        message = f"{clock(at_s)} {where}载 {amounts(load, problem)}：下车（卸货）多于车上"
        yield drive.broken("negative_load", message, request_id=request_id, at_s=at_s, excess=-min(load))


def _first_and_last(drive: Drive) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for i, halt in enumerate(drive.halts):
        if halt.request is not None:
            found[halt.request.id] = (found.get(halt.request.id, (i, i))[0], i)
    return found
