"""Places for a late request: what each costs, whom it delays, and who could take it when."""

import random
from dataclasses import replace

import pytest

from optimizer import cars
from optimizer.check import violations
from optimizer.happenings import Added
from optimizer.model import Problem, Reserve
from optimizer.offers import Desk
from optimizer.price import decision_cost_fen
from optimizer.replan import replan
from tests.optimizer.line_town import car, day, trip
from tests.optimizer.test_serving import windowed


def test_places_are_ranked_by_what_they_add() -> None:
    problem = day([car("v"), car("w", "F"), car("x"), car("y")], [trip("r", "AB", 1_000)])
    plan = cars.plan(problem)
    (used,) = {r.vehicle_id for r in plan.routes}
    desk = Desk(problem, plan)
    offers = desk.offers(trip("late", "BC", 2_000))
    # The car in use goes on from B to C and home: 2 km more. Idle ones drive 6 km, from D and from F.
    assert [(o.vehicle_id, o.fen, o.new_vehicle) for o in offers] == [
        (used, 200, False),
        ("w", 5_600, True),
        ("x", 5_600, True),  # stands for y, which is like it
    ]
    assert (offers[0].start_s, offers[0].end_s) == (2_000, 2_100)
    assert desk.offers(trip("late", "BC", 2_000), most=1) == offers[:1]


def test_whom_a_place_delays_is_said() -> None:
    problem = day([car("v")], [windowed(trip("r", "AB", 1_000), 900)])
    (offer,) = Desk(problem, cars.plan(problem)).offers(trip("late", "AB", 1_100))
    # A at 1,100, B, back in A at 1,300: r waits 300 s more than its 1,000.
    assert offer.delays == (("r", 300),)


def test_who_could_take_it_and_when() -> None:
    problem = day([car("v"), car("w", "F"), car("x")], [trip("r", "AE", 1_000), trip("s", "AB", 1_000)])
    plan = cars.plan(problem)
    busy = {r.vehicle_id for r in plan.routes}
    assert busy == {"v", "x"}
    on = {v.request_id: r.vehicle_id for r in plan.routes for v in r.visits}
    found = Desk(problem, plan).could(trip("late", "BC", 1_000))
    # w is there in time; who serves s is in B at 1,100; who serves r is in E at 1,300 and in B 200 s later.
    assert [(c.vehicle_id, c.start_s) for c in found] == [("w", 1_000), (on["s"], 1_100), (on["r"], 1_500)]
    assert Desk(problem, plan).could(trip("late", "BC", 1_000), horizon_s=300)[-1].vehicle_id == on["s"]


def test_nothing_frozen_is_offered_and_reserves_stay() -> None:
    problem = day([car("v"), car("w")], [trip("r", "AB", 5_000)], reserves=(Reserve(count=1),))
    plan = cars.plan(problem)
    late = trip("late", "BC", 5_300)
    assert [o.vehicle_id for o in Desk(problem, plan).offers(late)] == [plan.routes[0].vehicle_id]
    assert Desk(problem, plan, now_s=5_250).offers(late) == ()  # on its way home, 5,300 cannot be reached


@pytest.mark.parametrize("seed", range(15))
def test_the_first_offer_is_what_a_re_plan_does_and_costs(seed: int) -> None:
    dice = random.Random(seed)
    asked = [
        windowed(trip(f"r{i}", "".join(dice.sample("ABCEF", 2)), dice.randrange(5_000, 8_000, 50)), w)
        for i, w in enumerate(dice.choices((0, 300), k=5))
    ]
    problem: Problem = day([car(f"v{k}", dice.choice("DCF")) for k in range(4)], asked)
    plan = cars.plan(problem)
    late = trip("late", "".join(dice.sample("ABCEF", 2)), dice.randrange(5_000, 8_000, 50))
    offers = Desk(problem, plan, now_s=4_000).offers(late)
    done = replan(problem, plan, [Added(request=late)], 4_000, most_changes=0)
    if not offers:
        assert "late" in {u.request_id for u in done.schedule.unserved}
        return
    served = {v.request_id: r.vehicle_id for r in done.schedule.routes for v in r.visits}
    assert served["late"] == offers[0].vehicle_id
    added = decision_cost_fen(done.problem, done.schedule) - decision_cost_fen(problem, plan)
    assert added == offers[0].fen
    assert violations(done.problem, replace(done.schedule)) == ()
