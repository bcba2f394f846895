"""How it is done by hand: in the order of departures, each request takes the nearest car that is free.

The peer that plans are compared with. It is given every advantage but foresight: cars wait where their last
trip ended, and every rule is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gis.matrix import TravelError
from optimizer import explain
from optimizer.engines.board import window_of
from optimizer.hands import Hand, calls_for, driven, hands_of
from optimizer.model import UNREACHABLE, Problem, Request, Route, Schedule
from optimizer.price import decision_cost_fen, empty_m
from optimizer.reserves import holds
from optimizer.several_days import aways
from optimizer.timing import Timetable, leg, timetable

__all__ = ["Margin", "first_come", "margin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Two plans of one day side by side: of this planner, and first come, first served."""

    served: tuple[int, int]
    cars: tuple[int, int]
    empty_m: tuple[int, int]
    decision_fen: tuple[int, int]

    @property
    def saved_fen(self) -> int:
        """How much less the plan costs to drive; what serves fewer requests costs less by that alone."""
        return self.decision_fen[1] - self.decision_fen[0]


def first_come(problem: Problem) -> Schedule:
    """Dispatch a day: urgent classes first at each departure, then by id; ties of distance by vehicle."""
    day = replace(problem, requests=tuple(replace(r, sole_use=True) for r in problem.requests))
    table = timetable(day)
    hands = list(hands_of(day))
    kept = _kept(day)
    chosen: dict[str, tuple[Hand, tuple[str, ...], Route]] = {}
    for unit in _in_order(day.requests):
        trial = dict(chosen)
        if all(_taken(table, hands, trial, kept, request) for request in unit):
            chosen = trial
    routes = tuple(chosen[v][2] for v in sorted(chosen))
    served = {visit.request_id for route in routes for visit in route.visits}
    left = [r for r in problem.requests if r.id not in served]
    schedule = Schedule(
        routes=routes,
        unserved=explain.unserved(problem, routes, left, held_back=kept),
        engine="first come, nearest free car",
        away=aways(problem, routes),
    )
    return replace(schedule, objective_fen=decision_cost_fen(problem, schedule))


def margin(problem: Problem, plan: Schedule, other: Schedule) -> Margin:
    """Compare a plan with another one of the same day."""
    both = (plan, other)
    return Margin(
        served=_pair([len({v.request_id for r in s.routes for v in r.visits} - {None}) for s in both]),
        cars=_pair([len(s.routes) for s in both]),
        empty_m=_pair([empty_m(problem, s) for s in both]),
        decision_fen=_pair([decision_cost_fen(problem, s) for s in both]),
    )


def _pair(values: Sequence[int]) -> tuple[int, int]:
    return values[0], values[1]


def _in_order(requests: Sequence[Request]) -> list[list[Request]]:
    """By departure; the requests of a group together, at the departure of the first."""
    ordered = sorted(requests, key=lambda r: (window_of(r).start_s, r.priority, r.id))
    units: dict[str, list[Request]] = {}
    for request in ordered:
        key = f"r {request.id}" if request.group_id is None else f"g {request.group_id}"
        units.setdefault(key, []).append(request)
    return list(units.values())


def _kept(problem: Problem) -> frozenset[str]:
    """Vehicles that stay for the reserves: the last by id."""
    kept: set[str] = set()
    for reserve in problem.reserves:
        fitting = sorted((v.id for v in problem.vehicles if holds(reserve, v)), reverse=True)
        kept.update(fitting[: reserve.count])
    return frozenset(kept)


def _taken(
    table: Timetable,
    hands: Sequence[Hand],
    chosen: dict[str, tuple[Hand, tuple[str, ...], Route]],
    kept: frozenset[str],
    request: Request,
) -> bool:
    """Send the nearest hand that can; False if none can."""
    drivers = {hand.driver_id for hand, _, _ in chosen.values()} - {None}
    able = []
    for number, hand in enumerate(hands):
        mine = chosen.get(hand.vehicle.id)
        if hand.vehicle.id in kept or (mine is not None and mine[0] is not hand):
            continue
        if mine is None and hand.driver_id in drivers:
            continue
        metres = _metres(table, hand, mine[2] if mine else None, request)
        if metres < UNREACHABLE:
            able.append((metres, hand.vehicle.id, number))
    for _, vehicle_id, number in sorted(able):
        hand = hands[number]
        order = (*(chosen[vehicle_id][1] if vehicle_id in chosen else ()), request.id)
        route = driven(table, hand, calls_for(table, order))
        if route is not None:
            chosen[vehicle_id] = hand, order, route
            return True
    return False


def _metres(table: Timetable, hand: Hand, route: Route | None, request: Request) -> int:
    """Metres from where the car stands then to the first stop."""
    at = hand.vehicle.start_place_id if route is None else route.visits[-1].place_id
    option = request.stops[0].options[0]
    profile = table.types[hand.vehicle.type_id].profile
    try:
        return leg(table, profile, at, option.place_id, option.window.start_s)[1]
    except TravelError:
        return UNREACHABLE
