"""Change a published day of cars gently: what has begun or is locked stands, the rest changes little.

Who lost their car goes where it costs least without moving anybody else; where that leaves somebody out,
others are moved, as few as do and no more than `most_changes` (`engines.repair`). Every change has its price.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from optimizer import explain
from optimizer.aftermath import after
from optimizer.day_state import DayState, Place, day_fen, open_state
from optimizer.engines.board import board
from optimizer.engines.repair import repair
from optimizer.hands import calls_for, driven, hands_of
from optimizer.happenings import Event, Left, cut
from optimizer.locks import pinned
from optimizer.model import Problem, Request, Route, Schedule, Status
from optimizer.neighbours import neighbourhood
from optimizer.price import decision_cost_fen
from optimizer.several_days import aways

__all__ = ["CHANGE_FEN", "MOST_CHANGES", "Change", "Replanned", "replan"]

MOST_CHANGES: Final = 3
CHANGE_FEN: Final = 5_000
"""What it is worth not to tell people of another car: an assumption to edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is different for one request.

    Parameters
    ----------
    kind
        added | moved (another vehicle) | driver | time | dropped | cancelled.
    before, after
        Vehicle ids.
    later_s
        How much later it starts; negative is earlier. For people who change cars on the way: how much later
        they reach their last stop.
    fen
        What serving it costs where it is now, beyond that vehicle's day without it; 0 where it is not served.
    caused
        Whether the happening itself concerned it; otherwise it was moved for another one.
    """

    request_id: str
    kind: str
    before: str | None
    after: str | None
    later_s: int = 0
    fen: int = 0
    caused: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """A day as it goes on.

    Parameters
    ----------
    problem
        What is asked from now on: what has begun is locked, the past is frozen.
    more_fen
        Decision cost of the new plan beyond that of the old one.
    notes
        What people must know, one sentence each.
    """

    problem: Problem
    schedule: Schedule
    changes: tuple[Change, ...]
    more_fen: int
    notes: tuple[str, ...] = ()

    @property
    def others_changed(self) -> int:
        """How many assignments changed that the happenings themselves did not concern."""
        return sum(not change.caused for change in self.changes)


def replan(
    problem: Problem,
    schedule: Schedule,
    events: Sequence[Event],
    now_s: int,
    *,
    locks: Sequence[str] = (),
    most_changes: int = MOST_CHANGES,
    change_fen: int = CHANGE_FEN,
) -> Replanned:
    """Plan what is left of a published day of cars after something has happened.

    Parameters
    ----------
    problem, schedule
        As published; the requests of a vehicle follow one another.
    now_s
        Nothing that begins before it changes.
    locks
        Requests that keep their vehicle and their time, as long as that vehicle drives.
    most_changes
        How many assignments may change that the events do not concern.

    Raises
    ------
    LookupError
        An event names a vehicle, request or driver that the day does not have.
    """
    left = cut(problem, schedule, now_s)
    for event in events:
        left = after(left, event, now_s)
    left = pinned(left, schedule, locks)
    state = open_state(left, problem, schedule)
    caused = frozenset(state.loose)
    waiting = [u.request_id for u in schedule.unserved if u.request_id in state.table.requests]
    _place_all(state, left, most_changes, change_fen)
    state.insert_all([i for i in waiting if i not in state.placed])
    return _told(problem, schedule, left, state, caused)


def _place_all(state: DayState, left: Left, most_changes: int, change_fen: int) -> None:
    """Insert what is loose; where something stays out, move others for it."""
    before = state.copied()
    state.insert_all(state.loose)
    out = [i for i in state.loose if i not in state.placed]
    if not out:
        return
    moved = before.copied()
    if _repaired(moved, left, out, most_changes, change_fen):
        moved.insert_all([i for i in state.loose if i not in moved.placed])
        if moved.weight_out() < state.weight_out():
            state.take_over(moved)


def _repaired(state: DayState, left: Left, out: Sequence[str], most_changes: int, change_fen: int) -> bool:
    """Move others round the requests that are out; False if nothing better was found."""
    day = state.table.problem
    everybody = hands_of(day, left.begun)
    ahead = {i: v for v, place in state.places.items() for i in place.ahead}
    asked = [_alone(state.table.requests[i]) for i in out]
    served = [_alone(state.table.requests[i]) for i in ahead]
    hands, near = neighbourhood(everybody, served, asked, day.travel)
    loose = [_alone(state.table.requests[i]) for i in state.loose if i not in out]
    tasks = [*near, *asked, *loose]
    compiled = board(day, hands, tasks)
    number = {(h.vehicle.id, h.driver_id): k for k, h in enumerate(hands)}
    placed = {}
    for k, task in enumerate(near):
        hand = state.places[ahead[task.id]].hand
        placed[k] = number[hand.vehicle.id, hand.driver_id]
    found = repair(
        compiled,
        placed,
        range(len(near), len(tasks)),
        day.reserves,
        most_changes=most_changes,
        change_fen=change_fen,
    )
    if found is None:
        return False
    state.clear({hands[h].vehicle.id for h in placed.values()})
    for h, chain in found.chains.items():
        state.put(Place(hands[h], tuple(tasks[i].id for i in chain), found.days[h]))
    return True


def _alone(request: Request) -> Request:
    return replace(request, sole_use=True)


def _told(
    problem: Problem, schedule: Schedule, left: Left, state: DayState, caused: frozenset[str]
) -> Replanned:
    """Write the plan down with what changed, what it costs, and why who is out is out."""
    routes = tuple(state.places[v].route for v in sorted(state.places))
    served = {visit.request_id for route in routes for visit in route.visits}
    missing = [r for r in left.problem.requests if r.id not in served]
    plan = Schedule(
        routes=routes,
        unserved=explain.unserved(left.problem, routes, missing),
        status=Status.FEASIBLE,
        seed=schedule.seed,
        engine="gentle re-planning",
        away=aways(left.problem, routes),
    )
    plan = replace(plan, objective_fen=decision_cost_fen(left.problem, plan))
    changes = tuple(_changes(problem, schedule, state, caused))
    more_fen = plan.objective_fen - decision_cost_fen(problem, schedule)
    return Replanned(
        problem=left.problem, schedule=plan, changes=changes, more_fen=more_fen, notes=left.notes
    )


def _changes(problem: Problem, schedule: Schedule, state: DayState, caused: frozenset[str]) -> list[Change]:
    before, now = _assignments(schedule.routes), _assignments(p.route for p in state.places.values())
    known = state.table.requests.keys()
    found = []
    for request_id in sorted({*before, *now, *(r.id for r in problem.requests if r.id not in known)}):
        was, is_ = before.get(request_id), now.get(request_id)
        kind = _kind(was, is_, gone=request_id not in known)
        if kind is None:
            continue
        mine = request_id in caused or kind in {"cancelled", "added"}
        found.append(
            Change(
                request_id=request_id,
                kind=kind,
                before=was[0] if was else None,
                after=is_[0] if is_ else None,
                later_s=_later_s(was, is_) if was and is_ else 0,
                fen=_price(state, request_id, is_[0]) if is_ else 0,
                caused=mine,
            )
        )
    return found


Assignment = tuple[str, str | None, int, int, str]
"""Vehicle, driver, the seconds at which service starts at the first and the last stop, the first place."""


def _later_s(was: Assignment, is_: Assignment) -> int:
    same_start = was[4] == is_[4]
    return is_[2] - was[2] if same_start else is_[3] - was[3]


def _assignments(routes: Iterable[Route]) -> Mapping[str, Assignment]:
    found: dict[str, Assignment] = {}
    for route in routes:
        for visit in route.visits:
            if visit.request_id is None:
                continue
            here = route.vehicle_id, route.driver_id, visit.start_s, visit.start_s, visit.place_id
            first = found.setdefault(visit.request_id, here)
            found[visit.request_id] = (*first[:3], visit.start_s, first[4])
    return found


def _kind(was: Assignment | None, is_: Assignment | None, *, gone: bool) -> str | None:
    if gone:
        return "cancelled"
    if was is None:
        return "added"
    if is_ is None:
        return "dropped"
    return next((k for k, a, b in zip(("moved", "driver", "time"), was, is_, strict=False) if a != b), None)


def _price(state: DayState, request_id: str, vehicle_id: str) -> int:
    """Cost of the vehicle's day beyond its day without the request; of what has begun, nothing."""
    place = state.places[vehicle_id]
    if request_id not in place.ahead:
        return 0
    rest = [i for i in place.ahead if i != request_id]
    without = driven(state.table, place.hand, calls_for(state.table, rest))
    spared = 0 if without is None else day_fen(state.table, place.hand, without)
    return day_fen(state.table, place.hand, place.route) - spared
