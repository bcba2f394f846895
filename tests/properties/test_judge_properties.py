"""A plan that was driven true is never faulted; broken in any way, it always is.

A tiny town is drawn first, then days are driven in it stop by stop; the problem's windows, seats and limits
are set around what was driven, with or without room to spare. So the plan is feasible by construction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from gis.matrix import Block, TravelMatrix, made_fifo
from gis.places import Place
from optimizer.check import violations
from optimizer.model import (
    CostRates,
    Depot,
    Driver,
    Problem,
    Reason,
    Request,
    Route,
    Schedule,
    Stop,
    StopOption,
    TimeWindow,
    Unserved,
    Vehicle,
    VehicleType,
    Visit,
)
from optimizer.price import decision_cost_fen, empty_m, gap, least_cost_fen, loaded_m, price
from optimizer.validate import faults

BUCKETS = (0, 30_000, 40_000)
AMOUNT = st.integers(min_value=1, max_value=5)


@dataclass(frozen=True)
class Day:
    problem: Problem
    schedule: Schedule


# -- a town and a day driven in it -------------------------------------------------------------------


@st.composite
def towns(draw: st.DrawFn) -> TravelMatrix:
    n = draw(st.integers(3, 5))
    east = draw(st.lists(st.integers(0, 8_000), min_size=n, max_size=n, unique=True))
    metres = np.abs(np.subtract.outer(east, east)).astype(np.int32)
    paces = draw(st.lists(st.integers(10, 30), min_size=3, max_size=3))  # 4 hours at most
    seconds = np.stack([metres // pace for pace in paces])[None].astype(np.int32)
    seconds, all_metres = made_fifo(seconds, np.stack([metres] * 3)[None], BUCKETS)
    at = {f"p{i}": i for i in range(n)}
    block = Block(origins=at, destinations=at, seconds=seconds, metres=all_metres)
    return TravelMatrix(profiles=("car",), bucket_starts_s=BUCKETS, blocks=(block,))


@st.composite
def requests_of(draw: st.DrawFn, places: Sequence[str], number: int) -> Request:
    way = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3))
    riders = draw(st.integers(0, 4))
    if len(way) == 1:
        loads = [draw(st.sampled_from([riders, -riders]))]
    else:
        loads = [riders, *[0] * (len(way) - 2), -riders]
    stops = tuple(
        Stop(
            options=(StopOption(place_id=place, service_s=draw(st.integers(0, 300))),),
            load=(load,) if load or draw(st.booleans()) else (),
        )
        for place, load in zip(way, loads, strict=True)
    )
    return Request(id=f"r{number}", stops=stops)


@st.composite
def days(draw: st.DrawFn) -> Day:
    """One to three vehicles; each request on one of them or left out; stops of requests interleaved."""
    travel = draw(towns())
    places = list(travel.blocks[0].origins)
    requests = [draw(requests_of(places, i)) for i in range(draw(st.integers(1, 5)))]
    vehicles = [
        Vehicle(
            id=f"v{i}",
            type_id=f"t{i}",
            start_place_id=draw(st.sampled_from(places)),
            end_place_id=draw(st.sampled_from([*places, None])),
            driver_ids=draw(st.sampled_from([(), (f"d{i}",)])),
        )
        for i in range(draw(st.integers(1, 3)))
    ]
    where = [draw(st.sampled_from([*vehicles, None])) for _ in requests]
    driven = {
        v.id: draw(drives(travel, v, [r for r, to in zip(requests, where, strict=True) if to is v]))
        for v in vehicles
        if v in where
    }
    requests = [draw(fitted(request, list(driven.values()))) for request in requests]
    problem = Problem(
        date="2026-03-02",
        places=tuple(Place(id=p, lon=103 + i / 100, lat=25.5) for i, p in enumerate(places)),
        vehicle_types=tuple(draw(type_for(v, driven.get(v.id), requests)) for v in vehicles),
        vehicles=tuple(draw(with_limits(v, driven.get(v.id))) for v in vehicles),
        drivers=tuple(Driver(id=f"d{i}", licences=frozenset({"A1"})) for i in range(len(vehicles))),
        depots=tuple(Depot(place_id=p, spaces=len(vehicles) + len(driven)) for p in places[:1]),
        requests=tuple(requests),
        travel=travel,
    )
    alone = [r.id for r, to in zip(requests, where, strict=True) if to is None]
    left = tuple(Unserved(request_id=request_id, reason=Reason.NO_VEHICLE) for request_id in alone)
    schedule = Schedule(routes=tuple(driven.values()), unserved=left)
    return Day(problem, replace(schedule, objective_fen=decision_cost_fen(problem, schedule)))


@st.composite
def drives(draw: st.DrawFn, travel: TravelMatrix, vehicle: Vehicle, requests: Sequence[Request]) -> Route:
    """Take the next stop of any request begun or not, now and then wait, until all are done."""
    start_s = now = draw(st.integers(20_000, 42_000))
    at, metres, seconds = vehicle.start_place_id, 0, 0
    left = {request.id: list(range(len(request.stops))) for request in requests}
    by_id = {request.id: request for request in requests}
    visits: list[Visit] = []
    while left:
        request_id = draw(st.sampled_from(sorted(left)))
        stop = left[request_id].pop(0)
        left = {name: stops for name, stops in left.items() if stops}
        option = by_id[request_id].stops[stop].options[0]
        leg_s, leg_m = travel.travel("car", at, option.place_id, now)
        arrival = now + leg_s
        begin = arrival + draw(st.sampled_from([0, 0, 60, 700]))
        at, now = option.place_id, begin + option.service_s + draw(st.sampled_from([0, 0, 45]))
        metres, seconds = metres + leg_m, seconds + leg_s
        visits.append(
            Visit(
                request_id=request_id, stop=stop, place_id=at, arrival_s=arrival, start_s=begin, depart_s=now
            )
        )
    end = vehicle.end_place_id or at
    leg_s, leg_m = travel.travel("car", at, end, now)
    return Route(
        vehicle_id=vehicle.id,
        driver_id=vehicle.driver_ids[0] if vehicle.driver_ids else None,
        start_place_id=vehicle.start_place_id,
        end_place_id=end,
        start_s=start_s,
        end_s=now + leg_s,
        visits=tuple(visits),
        distance_m=metres + leg_m,
        drive_s=seconds + leg_s,
    )


@st.composite
def fitted(draw: st.DrawFn, request: Request, routes: Sequence[Route]) -> Request:
    """Windows and ride limit around what was driven, some of them exactly as tight."""
    visits = [v for route in routes for v in route.visits if v.request_id == request.id]
    if not visits:
        return request
    room = st.sampled_from([0, 0, 100])
    stops = tuple(
        replace(
            stop,
            options=(
                replace(
                    stop.options[0],
                    window=TimeWindow(start_s=visit.start_s - draw(room), end_s=visit.start_s + draw(room)),
                ),
            ),
        )
        for stop, visit in zip(request.stops, visits, strict=True)
    )
    ride_s = max(0, visits[-1].start_s - visits[0].depart_s) + draw(room)
    return replace(request, stops=stops, max_ride_s=draw(st.sampled_from([None, ride_s])))


@st.composite
def type_for(
    draw: st.DrawFn, vehicle: Vehicle, route: Route | None, requests: Sequence[Request]
) -> VehicleType:
    """Seats, metres, seconds and stops as driven, or with room; any rates."""
    used = {v.request_id for v in route.visits} if route else set()
    seats = sum(abs(stop.load[0]) for r in requests if r.id in used for stop in r.stops if stop.load)
    rates = CostRates(**{field.name: draw(st.integers(0, 20_000)) for field in fields(CostRates)})
    limited = route is not None and draw(st.booleans())
    return VehicleType(
        id=vehicle.type_id,
        capacity=(seats,),
        rates=rates,
        max_route_m=route.distance_m if route and limited else None,
        max_route_s=route.end_s - route.start_s if route and limited else None,
        max_stops=len(route.visits) if route and limited else None,
    )


@st.composite
def with_limits(draw: st.DrawFn, vehicle: Vehicle, route: Route | None) -> Vehicle:
    if route is None:
        return vehicle
    room = draw(st.sampled_from([0, 500]))
    before = TimeWindow(start_s=0, end_s=route.start_s - room)
    return replace(
        vehicle,
        shift=TimeWindow(start_s=max(0, route.start_s - room), end_s=route.end_s + room),
        busy=draw(st.sampled_from([(), (before,)])),
    )


# -- ways to break a plan ----------------------------------------------------------------------------

Draw = Callable[[SearchStrategy[Any]], Any]
Corruption = Callable[[Draw, Day], Schedule]


def _pick(draw: Draw, day: Day) -> tuple[int, Route]:
    assume(day.schedule.routes)
    i = draw(st.integers(0, len(day.schedule.routes) - 1))
    return i, day.schedule.routes[i]


def _put(day: Day, i: int, route: Route) -> Schedule:
    routes = day.schedule.routes
    return replace(day.schedule, routes=(*routes[:i], route, *routes[i + 1 :]))


def _change(**changes: Callable[[int], int]) -> Corruption:
    """Change a number of a route."""

    def corrupt(draw: Draw, day: Day) -> Schedule:
        i, route = _pick(draw, day)
        changed: dict[str, Any] = {name: by(getattr(route, name)) for name, by in changes.items()}
        return _put(day, i, replace(route, **changed))

    return corrupt


def _change_visit(change: Callable[[Draw, Day, Visit], Visit]) -> Corruption:
    def corrupt(draw: Draw, day: Day) -> Schedule:
        i, route = _pick(draw, day)
        k = draw(st.integers(0, len(route.visits) - 1))
        visit = change(draw, day, route.visits[k])
        assume(visit != route.visits[k])
        return _put(day, i, replace(route, visits=(*route.visits[:k], visit, *route.visits[k + 1 :])))

    return corrupt


def _drop_route(draw: Draw, day: Day) -> Schedule:
    i, _ = _pick(draw, day)
    routes = day.schedule.routes
    return replace(day.schedule, routes=(*routes[:i], *routes[i + 1 :]))


def _drop_visit(draw: Draw, day: Day) -> Schedule:
    i, route = _pick(draw, day)
    k = draw(st.integers(0, len(route.visits) - 1))
    return _put(day, i, replace(route, visits=(*route.visits[:k], *route.visits[k + 1 :])))


def _drive_twice(draw: Draw, day: Day) -> Schedule:
    _, route = _pick(draw, day)
    return replace(day.schedule, routes=(*day.schedule.routes, route))


def _swap_visits(draw: Draw, day: Day) -> Schedule:
    """Exchange the stops of one request: right places and times, wrong order."""
    i, route = _pick(draw, day)
    ids = sorted({v.request_id or "" for v in route.visits if v.stop == 1})
    assume(ids)
    chosen = draw(st.sampled_from(ids))
    turned = {0: 1, 1: 0}
    visits = tuple(
        replace(v, stop=turned.get(v.stop, v.stop)) if v.request_id == chosen else v for v in route.visits
    )
    return _put(day, i, replace(route, visits=visits))


def _serve_and_leave_out(draw: Draw, day: Day) -> Schedule:
    _, route = _pick(draw, day)
    left = Unserved(request_id=route.visits[0].request_id or "", reason=Reason.BUSY)
    return replace(day.schedule, unserved=(*day.schedule.unserved, left))


def _forget_unserved(_draw: Draw, day: Day) -> Schedule:
    assume(day.schedule.unserved)
    return replace(day.schedule, unserved=day.schedule.unserved[1:])


def _other_vehicle(draw: Draw, day: Day) -> Schedule:
    i, route = _pick(draw, day)
    return _put(day, i, replace(route, vehicle_id="v9"))


def _late(_draw: Draw, day: Day, visit: Visit) -> Visit:
    """Begin a second after the window closes."""
    request = next(r for r in day.problem.requests if r.id == visit.request_id)
    return replace(visit, start_s=request.stops[visit.stop].options[0].window.end_s + 1)


def _short(_draw: Draw, day: Day, visit: Visit) -> Visit:
    request = next(r for r in day.problem.requests if r.id == visit.request_id)
    return replace(visit, depart_s=visit.start_s + request.stops[visit.stop].options[0].service_s - 1)


def _elsewhere(draw: Draw, day: Day, visit: Visit) -> Visit:
    return replace(visit, place_id=draw(st.sampled_from([p.id for p in day.problem.places])))


# How to break a plan, and the rules of which at least one must say so.
CORRUPTIONS: dict[str, tuple[Corruption, set[str]]] = {
    "route dropped": (_drop_route, {"missing"}),
    "visit dropped": (_drop_visit, {"missing", "stop_order"}),
    "route driven twice": (_drive_twice, {"duplicate_vehicle"}),
    "stops exchanged": (_swap_visits, {"stop_order"}),
    "served and left out": (_serve_and_leave_out, {"served_and_unserved"}),
    "unserved forgotten": (_forget_unserved, {"missing"}),
    "unknown vehicle": (_other_vehicle, {"unknown_vehicle"}),
    "too few metres": (_change(distance_m=lambda m: m - 1), {"distance"}),
    "too many metres": (_change(distance_m=lambda m: m + 1_000), {"distance"}),
    "too little driving": (_change(drive_s=lambda s: s - 1), {"drive_time"}),
    "home too early": (_change(end_s=lambda s: s - 1), {"end_time"}),
    "left a day too early": (_change(start_s=lambda s: s - 86_400), {"arrival"}),
    "came earlier": (_change_visit(lambda _d, _y, v: replace(v, arrival_s=v.arrival_s - 1)), {"arrival"}),
    "came later": (_change_visit(lambda _d, _y, v: replace(v, arrival_s=v.arrival_s + 1)), {"arrival"}),
    "served late": (_change_visit(_late), {"window"}),
    "served short": (_change_visit(_short), {"service"}),
    "went elsewhere": (_change_visit(_elsewhere), {"wrong_place"}),
    "unknown option": (_change_visit(lambda d, _y, v: replace(v, option=d(AMOUNT))), {"unknown_option"}),
    "unknown stop": (_change_visit(lambda d, _y, v: replace(v, stop=2 + d(AMOUNT))), {"unknown_stop"}),
    "unknown request": (_change_visit(lambda _d, _y, v: replace(v, request_id="r9")), {"unknown_request"}),
    "reload instead": (
        _change_visit(lambda _d, _y, v: replace(v, request_id=None)),
        {"missing", "stop_order"},
    ),
}
MONEY: dict[str, tuple[Corruption, set[str]]] = {
    "wrong price": (
        lambda d, y: replace(y.schedule, objective_fen=y.schedule.objective_fen - d(AMOUNT)),
        {"objective"},
    ),
    "bound too high": (
        lambda d, y: replace(y.schedule, bound_fen=y.schedule.objective_fen + d(AMOUNT)),
        {"bound"},
    ),
    "gap without a bound": (lambda _d, y: replace(y.schedule, gap=0.0), {"gap"}),
}


# -- properties --------------------------------------------------------------------------------------


@given(days())
def test_a_plan_driven_true_breaks_no_rule(day: Day) -> None:
    assert faults(day.problem) == ()
    assert violations(day.problem, day.schedule) == ()


@pytest.mark.parametrize("how", CORRUPTIONS)
@given(day=days(), data=st.data())
@settings(max_examples=30)
def test_a_corrupted_plan_is_always_caught_for_what_it_is(how: str, day: Day, data: st.DataObject) -> None:
    corrupt, rules = CORRUPTIONS[how]
    broken = _priced(day.problem, corrupt(data.draw, day))
    found = violations(day.problem, broken)
    assert {fault.rule for fault in found} & rules
    assert all(fault.message for fault in found)


@pytest.mark.parametrize("how", MONEY)
@given(day=days(), data=st.data())
@settings(max_examples=30)
def test_wrong_money_is_always_caught_and_nothing_else_is(how: str, day: Day, data: st.DataObject) -> None:
    corrupt, rules = MONEY[how]
    found = {fault.rule for fault in violations(day.problem, corrupt(data.draw, day))}
    assert rules <= found <= {"objective", "bound", "gap"}


@given(days(), st.lists(st.sampled_from(sorted(CORRUPTIONS)), min_size=2, max_size=6), st.data())
def test_the_judge_survives_any_wreck_of_a_plan(day: Day, hows: list[str], data: st.DataObject) -> None:
    wreck = day
    for how in hows:
        assume(all(route.visits for route in wreck.schedule.routes))
        assume(all(_is_known(day.problem, v) for route in wreck.schedule.routes for v in route.visits))
        corrupt, _ = CORRUPTIONS[how]
        wreck = replace(wreck, schedule=corrupt(data.draw, wreck))
    violations(day.problem, wreck.schedule)


def _priced(problem: Problem, schedule: Schedule) -> Schedule:
    """State the true price where there is one, so that a wrong price does not hide what else is wrong."""
    try:
        return replace(schedule, objective_fen=decision_cost_fen(problem, schedule))
    except LookupError:
        return schedule


def _is_known(problem: Problem, visit: Visit) -> bool:
    return any(r.id == visit.request_id and visit.stop < len(r.stops) for r in problem.requests)


@given(days())
def test_one_more_rider_than_seats_is_always_caught(day: Day) -> None:
    routes = [route for route in day.schedule.routes if route.visits]
    assume(routes)
    chosen = routes[0].visits[0].request_id
    more = 1_000
    requests = tuple(
        replace(r, stops=(replace(r.stops[0], load=(more,)), *r.stops[1:])) if r.id == chosen else r
        for r in day.problem.requests
    )
    rules = {fault.rule for fault in violations(replace(day.problem, requests=requests), day.schedule)}
    assert {"capacity", "seats"} <= rules


@given(days())
def test_a_bill_is_the_sum_of_its_lines_each_rounded_once(day: Day) -> None:
    bill = price(day.problem, day.schedule)
    assert bill.total_fen == sum(line.amount_fen for line in bill.lines)
    assert bill.decision_fen == decision_cost_fen(day.problem, day.schedule) == day.schedule.objective_fen
    per = {"km": 1_000, "toll": 1_000, "hour": 3_600, "overtime": 3_600}
    for line in bill.lines:
        assert line.amount_fen == round(Fraction(line.quantity * line.rate_fen, per.get(line.kind, 1)))
    kinds = [(line.kind, line.vehicle_id) for line in bill.lines]
    assert len(kinds) == len(set(kinds))


@given(days())
def test_metres_are_loaded_or_empty_and_no_plan_is_cheaper_than_its_loaded_metres(day: Day) -> None:
    driven = sum(route.distance_m for route in day.schedule.routes)
    loaded, empty = loaded_m(day.problem, day.schedule), empty_m(day.problem, day.schedule)
    assert loaded + empty == driven
    assert loaded >= 0
    assert empty >= 0
    assert least_cost_fen(day.problem, day.schedule) <= day.schedule.objective_fen
    assert gap(day.problem, day.schedule, day.schedule.objective_fen) == 0


@given(days(), st.permutations(range(5)))
def test_new_ids_change_neither_price_nor_judgement(day: Day, order: list[int]) -> None:
    problem, schedule = _relabelled(day, order)
    assert violations(problem, schedule) == ()
    assert price(problem, schedule).total_fen == price(day.problem, day.schedule).total_fen
    assert empty_m(problem, schedule) == empty_m(day.problem, day.schedule)


def _relabelled(day: Day, order: Sequence[int]) -> tuple[Problem, Schedule]:
    """Every id written anew and the lists turned about."""
    new = {f"{kind}{i}": f"{kind}x{order[i]}" for kind in "prvtd" for i in range(5)}
    problem, schedule = day.problem, day.schedule
    block = problem.travel.blocks[0]
    places = {new[p]: i for p, i in block.origins.items()}
    travel = replace(problem.travel, blocks=(replace(block, origins=places, destinations=places),))
    problem = replace(
        problem,
        places=tuple(replace(p, id=new[p.id]) for p in reversed(problem.places)),
        vehicle_types=tuple(replace(t, id=new[t.id]) for t in reversed(problem.vehicle_types)),
        vehicles=tuple(
            replace(
                v,
                id=new[v.id],
                type_id=new[v.type_id],
                start_place_id=new[v.start_place_id],
                end_place_id=new[v.end_place_id] if v.end_place_id else None,
                driver_ids=tuple(new[d] for d in v.driver_ids),
            )
            for v in reversed(problem.vehicles)
        ),
        drivers=tuple(replace(d, id=new[d.id]) for d in problem.drivers),
        depots=tuple(replace(d, place_id=new[d.place_id]) for d in problem.depots),
        requests=tuple(_renamed(r, new) for r in reversed(problem.requests)),
        travel=travel,
    )
    routes = tuple(
        replace(
            route,
            vehicle_id=new[route.vehicle_id],
            driver_id=new[route.driver_id] if route.driver_id else None,
            start_place_id=new[route.start_place_id],
            end_place_id=new[route.end_place_id],
            visits=tuple(
                replace(v, request_id=new[v.request_id or ""], place_id=new[v.place_id]) for v in route.visits
            ),
        )
        for route in reversed(schedule.routes)
    )
    left = tuple(replace(u, request_id=new[u.request_id]) for u in schedule.unserved)
    return problem, replace(schedule, routes=routes, unserved=left)


def _renamed(request: Request, new: dict[str, str]) -> Request:
    stops = tuple(
        replace(stop, options=tuple(replace(o, place_id=new[o.place_id]) for o in stop.options))
        for stop in request.stops
    )
    return replace(request, id=new[request.id], stops=stops)
