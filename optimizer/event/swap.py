"""A car breaks down: one that stands by takes over, everybody else keeps pass, space and times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from optimizer.event.plan import costs
from optimizer.event.reasons import time_text
from optimizer.event.values import KIND_NAMES, Event, EventCar, EventPlan, LeftOut, Pass
from optimizer.model import Status

__all__ = ["Swap", "stand_in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """What came of a breakdown.

    Parameters
    ----------
    plan
        With one pass changed; the former pass of the car that stood by is gone where it takes over the space.
    taken
        The pass that is now to be used; None where nobody could take over.
    more_fen
        What it costs more.
    sentence
        What to tell people.
    """

    plan: EventPlan
    taken: Pass | None
    more_fen: int
    sentence: str


def stand_in(event: Event, plan: EventPlan, car_id: str, at_s: int) -> Swap:
    """Let the best car that stands by take over from one that broke down.

    Before the broken car is in its lot the other takes its pass as it is: number, lot, space and times. After
    that the broken car blocks its space, so that the other keeps its own and fetches the people at the door.
    A car for the same kind of space, with seats for all, that can be there all the time and has the shortest
    drive to the door is taken; ties go by id.

    Raises
    ------
    LookupError
        No car with this id has a pass as a guest.
    """
    held = next((p for p in plan.passes if p.car_id == car_id and not p.standby), None)
    if held is None:
        message = f"车辆 {car_id!r} 没有到场通行证，不能由备勤车顶替；请核对车牌或编号"
        raise LookupError(message)
    cars, lots = {car.id: car for car in event.cars}, {lot.id: lot for lot in event.lots}
    guest = cars[held.instead_of or held.car_id]
    parked = at_s >= held.in_s
    free = [p for p in plan.passes if p.standby and not p.instead_of]
    able = [p for p in free if _fits(cars[p.car_id], guest, parked=parked)]
    if not able:
        return _nobody(event, plan, held, guest, [cars[p.car_id] for p in free], parked=parked)
    own = min(able, key=lambda p: (lots[p.lot_id].drive(p.kind).back_s, p.car_id))
    taken = (
        replace(own, instead_of=guest.id)
        if parked
        else replace(held, car_id=own.car_id, instead_of=guest.id, start_s=None)
    )
    others = [p for p in plan.passes if p.number != own.number or p.number == taken.number]
    passes = [taken if p.number == taken.number else p for p in others]
    changed = _priced(event, plan, passes)
    where = f"通行证 {taken.number}，{taken.lot_id} {taken.space} 号位"
    who = f"{cars[car_id].label} 由备勤车 {cars[own.car_id].label} 顶替"
    how = f"留在原位，{time_text(guest.leave_s)} 到门口接人" if parked else "沿用原通行证"
    return Swap(
        plan=changed,
        taken=taken,
        more_fen=changed.cost_fen - plan.cost_fen,
        sentence=f"{who}，{how}（{where}），其余车辆不变",
    )


def _fits(standby: EventCar, guest: EventCar, *, parked: bool) -> bool:
    """Whether it is of the kind, has the seats, and is there when it is needed."""
    needed_s = guest.leave_s if parked else guest.arrive_s
    there = standby.arrive_s <= needed_s and guest.leave_s <= standby.leave_s
    return there and standby.kind is guest.kind and standby.people >= guest.people


def _nobody(
    event: Event, plan: EventPlan, held: Pass, guest: EventCar, free: Sequence[EventCar], *, parked: bool
) -> Swap:
    """Say that nobody can take over; a car that is not there yet loses its pass."""
    seats = max((car.people for car in free if car.kind is guest.kind), default=0)
    kind = KIND_NAMES[guest.kind]
    lacking = f"需 {guest.people} 座，备勤的最多 {seats} 座" if seats else f"没有可用的{kind}备勤"
    reason = f"{guest.label}：抛锚后无车顶替，{lacking}"
    if parked:
        return Swap(plan=plan, taken=None, more_fen=0, sentence=f"{reason}；车位保留，请另派车接人")
    without = _priced(event, plan, [p for p in plan.passes if p.number != held.number])
    left = (*plan.left_out, LeftOut(car_id=guest.id, code="breakdown", reason=reason))
    return Swap(
        plan=replace(without, left_out=left),
        taken=None,
        more_fen=without.cost_fen - plan.cost_fen,
        sentence=f"{reason}；其余车辆不变",
    )


def _priced(event: Event, plan: EventPlan, passes: Iterable[Pass]) -> EventPlan:
    """Put in these passes with what they cost; a changed plan is proven no more."""
    kept = tuple(passes)
    drive_fen, walk_fen, response_fen = costs(event, kept)
    return replace(
        plan,
        passes=kept,
        drive_fen=drive_fen,
        walk_fen=walk_fen,
        response_fen=response_fen,
        bound_fen=0,
        status=Status.FEASIBLE,
    )
