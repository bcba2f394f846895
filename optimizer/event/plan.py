"""The plan of an event: times at the door, lots, spaces and passes, and what is missing where not all fit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from optimizer.event.door import DoorTimes, door_times
from optimizer.event.parking import Choice, Class, Demand, Group, choose, class_of, groups_of
from optimizer.event.reasons import left_out
from optimizer.event.shortage import further_spaces
from optimizer.event.sound import require_sound
from optimizer.event.spaces import numbered
from optimizer.event.stays import cost_fen, obstacle, stay
from optimizer.event.values import Event, EventCar, EventPlan, Kind, Pass, convoys_of
from optimizer.model import Status

__all__ = ["costs", "plan"]

RANKS: Final = (1, 2)


def plan(event: Event, *, seconds: float | None = None) -> EventPlan:
    """Plan an event: as many cars as can be by rank, then cars to stand by, then the least cost, proven.

    Parameters
    ----------
    seconds
        Limit of each of the few integer programs; None limits their nodes, so that the answer repeats.

    Raises
    ------
    ProblemError
        The event contradicts itself; every fault is named.
    """
    require_sound(event)
    times = door_times(event, seconds=seconds)
    together = _together(event, times)
    coming = [car for car in event.cars if car.id not in times.turned_away]
    groups = [group for group in groups_of(event, coming, times.door_s, together) if group.stays]
    choice, short, proven = _placed(event, groups, seconds)
    cars = {car.id: car for car in event.cars}
    passes = numbered(_passes(event, times, choice.lot_of), cars, event)
    left = left_out(event, times, passes, together)
    drive_fen, walk_fen, response_fen = costs(event, passes)
    guests = [group for group in groups_of(event, coming, times.door_s, together) if not group.first.standby]
    needy = {found.car_id for found in left if found.code in {"full", "no_kind"}}
    return EventPlan(
        passes=passes,
        left_out=left,
        more=further_spaces(event, guests, times, needy, _standing_by(groups, passes), seconds),
        split=tuple(name for name in convoys_of(event) if name not in together),
        standby_short=short,
        status=Status.OPTIMAL if proven and times.proven else Status.FEASIBLE,
        drive_fen=drive_fen,
        walk_fen=walk_fen,
        response_fen=response_fen,
        bound_fen=choice.solved.bound,
        early_s=sum(cars[i].arrive_s - door_s for i, door_s in times.door_s.items()),
        nodes=choice.solved.nodes,
    )


def costs(event: Event, passes: Sequence[Pass]) -> tuple[int, int, int]:
    """Add up driving, walking and response of all passes, in fen."""
    cars, lots = {car.id: car for car in event.cars}, {lot.id: lot for lot in event.lots}
    lines = [
        cost_fen(event, cars[p.car_id if p.standby else p.instead_of or p.car_id], lots[p.lot_id])
        for p in passes
    ]
    drive, walk, response = (sum(line[i] for line in lines) for i in range(3))
    return drive, walk, response


def _together(event: Event, times: DoorTimes) -> frozenset[str]:
    """Find the convoys for which some lot is large enough, were it empty."""
    return frozenset(
        name
        for name, cars in convoys_of(event).items()
        if any(
            all(not obstacle(car, lot, times.door_s.get(car.id), event.settings) for car in cars)
            and all(n <= lot.spaces(kind) for kind, n in Counter(car.kind for car in cars).items())
            for lot in event.lots
        )
    )


def _placed(
    event: Event, groups: Sequence[Group], seconds: float | None
) -> tuple[Choice, tuple[tuple[Kind, int], ...], bool]:
    """Choose lots for all; where that cannot be, for as many as can be of each rank in turn."""
    there = Counter[Class]()
    for group in groups:
        there[class_of(group.first)] += len(group.cars)
    demand: dict[Class, int] = {(0, kind): 0 for kind in Kind}
    demand |= {(rank, None): there[rank, None] for rank in RANKS}
    for kind, number in event.settings.standby:
        demand[0, kind] = min(number, there[0, kind])
    choice = choose(event, groups, demand=demand, seconds=seconds)
    proven = True
    if not choice.solved.found:
        demand, proven = _possible(event, groups, demand, seconds)
        choice = choose(event, groups, demand=demand, seconds=seconds)
    short = {kind: n - demand[0, kind] for kind, n in event.settings.standby}
    missing = tuple((kind, n) for kind, n in short.items() if n)
    return choice, missing, proven and choice.solved.status is Status.OPTIMAL


def _possible(
    event: Event, groups: Sequence[Group], wanted: Demand, seconds: float | None
) -> tuple[dict[Class, int], bool]:
    """Lower what is demanded to what can be: guests of the first rank keep theirs before all others."""
    demand: dict[Class, int] = {}
    proven = True
    guests: list[Class] = [(rank, None) for rank in RANKS]
    for which in [*guests, *(which for which in wanted if which[0] == 0)]:
        if not wanted[which]:
            demand[which] = 0
            continue
        most = choose(event, groups, demand=demand, count=which, most=wanted[which], seconds=seconds).solved
        demand[which] = max(0, -most.cost)
        proven = proven and most.status is Status.OPTIMAL
    return demand, proven


def _standing_by(groups: Sequence[Group], passes: Sequence[Pass]) -> tuple[Group, ...]:
    """Give the cars that were chosen to stand by as groups, to be placed again."""
    placed = {found.car_id for found in passes}
    kept = [replace(g, cars=tuple(c for c in g.cars if c.id in placed)) for g in groups if g.first.standby]
    return tuple(group for group in kept if group.cars)


def _passes(event: Event, times: DoorTimes, lot_of: Mapping[str, str]) -> list[Pass]:
    lots = {lot.id: lot for lot in event.lots}
    starts = _starts(event, times)
    made: list[Pass] = []
    for car in event.cars:
        if car.id in lot_of:
            lot, door_s = lots[lot_of[car.id]], times.door_s.get(car.id)
            found = stay(car, lot, door_s, event.settings)
            at = Pass(number="", car_id=car.id, kind=car.kind, lot_id=lot.id, space=0, in_s=0, out_s=0)
            at = replace(at, in_s=found.in_s, out_s=found.out_s, door_s=door_s, standby=car.standby)
            made.append(replace(at, start_s=starts.get(car.id)))
    return made


def _starts(event: Event, times: DoorTimes) -> dict[str, int]:
    """Say when cars set out; those of a convoy in the same second, for the first of them to be there."""
    first_s: dict[str, int] = {}
    for car in event.cars:
        at_s = times.door_s.get(car.id, car.arrive_s)
        first_s[_party(car)] = min(at_s, first_s.get(_party(car), at_s))
    return {
        car.id: first_s[_party(car)] - car.approach_s - event.settings.ready_s
        for car in event.cars
        if car.approach_s is not None
    }


def _party(car: EventCar) -> str:
    return f"convoy {car.convoy}" if car.convoy else f"car {car.id}"
