"""A route is cut into trips whose metres, seconds and fen add up to the route's."""

from dataclasses import replace

from optimizer.model import CostBreakdown, Problem, Request, Route, Schedule, Stop, StopOption, Visit
from optimizer.price import price
from service.store.plans import Judged
from service.store.trips import trips_of


def test_each_request_of_a_car_is_a_trip_with_the_empty_leg_that_leads_to_it(town_plan: Judged) -> None:
    first, last = trips_of(town_plan.problem, town_plan.schedule, town_plan.bill)
    assert (first.request_ids, first.start_s, first.end_s) == (("r1",), 32_300, 32_560)
    assert (first.distance_m, first.empty_m) == (2_000, 1_000)
    # The last trip also owns the way home.
    assert (last.request_ids, last.start_s, last.end_s) == (("r2",), 32_560, 36_460)
    assert (last.distance_m, last.empty_m) == (4_000, 2_000)
    assert {first.unit_id, last.unit_id} == {"county-1"}


def test_the_bill_is_divided_to_the_fen(town_plan: Judged) -> None:
    trips = list(trips_of(town_plan.problem, town_plan.schedule, town_plan.bill))
    # 6.06 yuan of kilometres by 2 : 4, 0.60 of toll, the day of 80 yuan and 3.33 standing in halves.
    assert [{line.kind: line.amount_fen for line in trip.lines} for trip in trips] == [
        {"vehicle_used": 4_000, "km": 202, "toll": 20, "standing": 167},
        {"vehicle_used": 4_000, "km": 404, "toll": 40, "standing": 166},
    ]
    assert sum(line.amount_fen for trip in trips for line in trip.lines) == town_plan.bill.total_fen


def _pooled(problem: Problem) -> Problem:
    """The second request is picked up before the first is done."""
    return replace(problem, requests=tuple(replace(r, unit_id="") for r in problem.requests))


def _visits(*calls: tuple[str, int, str]) -> tuple[Visit, ...]:
    return tuple(
        Visit(
            request_id=request_id or None,
            stop=stop,
            place_id=place_id,
            arrival_s=100 * i,
            start_s=100 * i,
            depart_s=100 * i,
        )
        for i, (request_id, stop, place_id) in enumerate(calls, 1)
    )


def _schedule(visits: tuple[Visit, ...]) -> Schedule:
    route = Route(
        vehicle_id="car-1", start_place_id="base", end_place_id="base", start_s=0, end_s=1_000,
        visits=visits, distance_m=0, drive_s=0,
    )  # fmt: skip
    return Schedule(routes=(route,))


def test_requests_that_share_the_car_are_one_trip(town_plan: Judged) -> None:
    visits = _visits(("r1", 0, "office"), ("r2", 0, "hospital"), ("r1", 1, "school"), ("r2", 1, "office"))
    (trip,) = trips_of(_pooled(town_plan.problem), _schedule(visits), CostBreakdown(lines=()))
    assert trip.request_ids == ("r1", "r2")


def test_a_reload_at_the_depot_ends_a_trip(town_plan: Judged) -> None:
    deliveries = tuple(
        Request(id=i, stops=(Stop(options=(StopOption(place_id="school"),), load=(-1,)),)) for i in "abc"
    )
    problem = replace(town_plan.problem, requests=deliveries)
    visits = _visits(("a", 0, "school"), ("b", 0, "school"), ("", 0, "base"), ("c", 0, "school"))
    schedule = _schedule(visits)
    found = list(trips_of(problem, schedule, price(problem, schedule, idle=False)))
    assert [trip.request_ids for trip in found] == [("a", "b"), ("c",)]
    assert [trip.legs for trip in found] == [(0, 3), (3, 5)]


def test_a_dispatch_without_load_is_a_trip(town_plan: Judged) -> None:
    scene = Request(id="fire", stops=(Stop(options=(StopOption(place_id="school", service_s=60),)),))
    problem = replace(town_plan.problem, requests=(scene,))
    (trip,) = trips_of(problem, _schedule(_visits(("fire", 0, "school"))), CostBreakdown(lines=()))
    assert trip.request_ids == ("fire",)
    assert (trip.distance_m, trip.empty_m) == (4_000, 4_000)
