"""Who is left out goes by hired cars: the cheapest of the tariffs or a hailed trip, to the fen.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s and 1 yuan a kilometre, 50 yuan a car.
"""

from dataclasses import replace

from optimizer import cars
from optimizer.check import violations
from optimizer.convoys import convoy
from optimizer.model import CostRates, Problem, Return, Schedule, Status, TimeWindow, VehicleClass
from optimizer.overflow import with_hired
from optimizer.policy.hailing import Hailing, default_hailing
from optimizer.policy.tariffs import lease_tariffs
from optimizer.price import price
from tests.optimizer.line_town import car, day, trip

TARIFFS = tuple(
    replace(t, day_fen=fen, driver_fen=0, included_m=0, included_s=0, per_km_fen=100, per_hour_fen=0)
    for t, fen in zip(lease_tariffs("university")[:2], (5_000, 8_000), strict=True)
)
"""Five seats for 50 yuan a day, nine for 80, and one yuan a kilometre."""
HAILED = Hailing(
    rates=CostRates(vehicle_used_fen=2_000, per_km_fen=300), seats_at_most=5, origin=default_hailing().origin
)
"""Twenty yuan a trip and three a kilometre."""


def hired(problem: Problem) -> tuple[Problem, Schedule]:
    found, plan = with_hired(problem, cars.plan(problem), tariffs=TARIFFS, hailing=HAILED)
    assert violations(found, plan) == ()
    return found, plan


def test_one_short_trip_is_hailed_and_pays_no_empty_way() -> None:
    problem = day([], [trip("r", "AB", 30_000)])
    found, plan = hired(problem)
    assert [(r.vehicle_id, r.distance_m) for r in plan.routes] == [("网约车1", 1_000)]
    assert plan.objective_fen == 2_000 + 300
    assert [line.kind for line in price(found, plan).lines] == ["vehicle_used", "km"]
    assert (plan.bound_fen, plan.unserved, plan.status) == (None, (), Status.FEASIBLE)


def test_several_trips_of_a_day_share_a_leased_car_where_that_is_cheaper() -> None:
    asked = [trip(f"r{k}", "AB", 30_000 + 5_000 * k) for k in range(4)]
    _, plan = hired(day([], asked))
    # The first goes for 23 yuan, as does the second; each alone is cheaper than a day: four hailed are 92.
    assert plan.objective_fen == 4 * 2_300
    far = [trip(f"r{k}", "AFA", 30_000 + 5_000 * k, stay_s=60) for k in range(4)]
    _, plan = hired(day([], far))
    # Eight kilometres hailed are 44 yuan; leased 58, then 8 a trip more: but the first decides for itself.
    assert plan.objective_fen == 4 * 4_400
    farther = [trip(f"r{k}", "DFDFD", 30_000 + 5_000 * k, stay_s=60) for k in range(3)]
    _, plan = hired(day([], farther))
    # Twenty kilometres hailed are 80 yuan, leased 70, and 20 for each trip more in the same car.
    assert [r.vehicle_id for r in plan.routes] == ["租车1"]
    assert plan.objective_fen == 5_000 + 6_000


def test_seats_decide_and_what_nobody_may_take_stays_out() -> None:
    police = frozenset({VehicleClass.ENFORCEMENT})
    asked = [
        trip("six", "AB", 30_000, people=6),
        trip("police", "AB", 30_000, vehicle_classes=police),
        trip("own", "AB", 30_000, unit_id="u", own_unit_only=True),
        trip("crowd", "AB", 30_000, people=60),
    ]
    _, plan = hired(day([], asked))
    assert plan.objective_fen == 8_000 + 100
    assert {u.request_id for u in plan.unserved} == {"police", "own", "crowd"}


def test_own_cars_keep_what_they_do_and_nobody_is_hired_without_need() -> None:
    problem = day([car("v")], [trip("r", "AB", 30_000)])
    assert hired(problem) == (problem, cars.plan(problem))
    both = replace(problem, requests=(*problem.requests, trip("s", "AB", 30_000)))
    _, plan = hired(both)
    assert sorted(r.vehicle_id for r in plan.routes) == ["v", "网约车1"]


def test_a_convoy_is_hired_whole_or_not_at_all() -> None:
    pair = convoy(trip("c", "AB", 30_000, people=12), 2)
    _, plan = hired(day([], pair))
    assert sorted(r.vehicle_id for r in plan.routes) == ["租车1", "租车2"]
    crowd = convoy(trip("c", "AB", 30_000, people=17), 2)  # nine and eight; nine seats take eight
    _, plan = hired(day([], crowd))
    assert plan.routes == ()


def test_a_leased_car_may_stay_away_over_night() -> None:
    back = Return(nights=2, window=TimeWindow(start_s=50_000, end_s=50_000), place_id="A")
    asked = replace(trip("r", "AF", 30_000, people=6, sole_use=True), back=back)
    found, plan = hired(day([], [asked]))
    assert [a.vehicle_id for a in plan.away] == ["租车1"]
    assert price(found, plan).total_fen == 8_000 + 400 + 2 * 10_000
