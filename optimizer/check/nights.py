"""Cars away over night: nothing follows on that day, and the plan says who is away, where and until when."""

from collections.abc import Iterator, Sequence

from optimizer.check.walk import Book, Drive
from optimizer.check.words import ask
from optimizer.model import Schedule, Violation


def nothing_after_leaving(drive: Drive) -> Iterator[Violation]:
    """Let a car that stays away over night (`Request.back`) do nothing more that day."""
    for i, halt in enumerate(drive.halts):
        request = halt.request
        if request is None or request.back is None or halt.visit.stop < len(request.stops) - 1:
            continue
        after = drive.halts[i + 1 :]
        if after:
            message = f"{ask(request)} 在外过夜，之后当天却还有 {len(after)} 站"
            yield drive.broken(
                "away", message, request_id=request.id, at_s=after[0].visit.arrival_s, excess=len(after)
            )


def away_told(_book: Book, drives: Sequence[Drive], schedules: Sequence[Schedule]) -> Iterator[Violation]:
    """Name every car that is not back when the day ends, with its driver, place and return; nobody else."""
    said = {
        (a.request_id, a.vehicle_id, a.driver_id, a.place.id, a.home.id, a.nights, a.window)
        for schedule in schedules
        for a in schedule.away
    }
    true = {
        (r.id, d.vehicle.id, d.route.driver_id, d.route.end_place_id, b.place_id, b.nights, b.window)
        for d in drives
        if d.halts and (r := d.halts[-1].request) is not None and (b := r.back) is not None
    }
    for entry in sorted(said ^ true, key=str):
        message = f"申请 {entry[0]} 的车 {entry[1]} 在外 {entry[5]} 夜"
        message += "，方案没有写明" if entry in true else "，与路线不符"
        yield Violation(rule="away", message=message, vehicle_id=entry[1], request_id=entry[0])
