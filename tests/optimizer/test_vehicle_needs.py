"""What a request may ask of its vehicle: each need alone, its rule, its reason, its price.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s and 1 yuan a kilometre, 50 yuan a car.
"""

from dataclasses import replace

import pytest

from optimizer import cars
from optimizer.cargo import with_goods, with_room
from optimizer.check import violations
from optimizer.model import Driver, Problem, Reason, Request, Schedule, Vehicle, VehicleClass, VehicleType
from optimizer.offers import Desk
from optimizer.pooling import pool
from tests.optimizer.line_town import CAR, car, day, trip

BATTERY = replace(CAR, id="battery", energy="battery")
VAN = replace(CAR, id="van", cargo_kg=300, cargo_litres=1_000)
NEEDS = {
    "class": ({"vehicle_classes": frozenset({VehicleClass.ENFORCEMENT})}, Reason.NO_CLASS),
    "skill": ({"skills": frozenset({"off_road"})}, Reason.NO_SKILL),
    "energy": ({"energies": frozenset({"battery"})}, Reason.NO_ENERGY),
}
FIT = {
    "class": car("v", "F", vehicle_class=VehicleClass.ENFORCEMENT),
    "skill": car("v", "F", skills=frozenset({"off_road", "warm"})),
    "energy": car("v", "F", type_id="battery"),
}


def town(vehicles: list[Vehicle], *requests: Request, drivers: tuple[Driver, ...] = ()) -> Problem:
    return with_room(day(vehicles, requests, vehicle_types=(CAR, BATTERY, VAN), drivers=drivers))


def driven_by(problem: Problem) -> list[tuple[str, str | None]]:
    plan = cars.plan(problem)
    assert violations(problem, plan) == ()
    return [(route.vehicle_id, route.driver_id) for route in plan.routes]


@pytest.mark.parametrize("need", NEEDS)
def test_a_need_is_met_by_the_vehicle_that_has_it_though_another_is_nearer(need: str) -> None:
    asked, reason = NEEDS[need]
    wanted = trip("r", "AB", 30_000, **asked)  # type: ignore[arg-type]
    near = car("near", "D")
    problem = town([near, FIT[need]], wanted)
    plan = cars.plan(problem)
    assert violations(problem, plan) == ()
    # From F to A 4 km, to B 1, home 3: 8 yuan, and 50 for the car.
    assert [(r.vehicle_id, plan.objective_fen) for r in plan.routes] == [("v", 5_800)]
    assert driven_by(town([near, FIT[need]], trip("r", "AB", 30_000))) == [("near", None)]
    (left,) = cars.plan(town([near], wanted)).unserved
    assert left.reason is reason
    assert left.counts[0].vehicle_id == "near"


@pytest.mark.parametrize("need", NEEDS)
def test_the_judge_names_a_need_that_is_not_met(need: str) -> None:
    asked, _ = NEEDS[need]
    plain = town([car("near")], trip("r", "AB", 30_000))
    strict = town([car("near")], trip("r", "AB", 30_000, **asked))  # type: ignore[arg-type]
    assert [v.rule for v in violations(strict, cars.plan(plain))] == [need]


def licensed(*who: tuple[str, str]) -> tuple[Driver, ...]:
    return tuple(Driver(id=name, licences=frozenset({licence})) for name, licence in who)


def test_a_licence_is_asked_of_the_driver() -> None:
    people = licensed(("plain", "C1"), ("coachman", "A1"))
    fleet = [car("near", driver_ids=("plain",)), car("far", "F", driver_ids=("coachman",))]
    wanted = trip("r", "AB", 30_000, licences=frozenset({"B1"}))
    assert driven_by(town(fleet, wanted, drivers=people)) == [("far", "coachman")]
    (left,) = cars.plan(town(fleet[:1], wanted, drivers=people)).unserved
    assert left.reason is Reason.NO_LICENCE
    offer = Desk(town(fleet, drivers=people), Schedule(routes=()), 0).offers(wanted)[0]
    assert offer.vehicle_id == "far"


def test_the_judge_looks_at_the_licence_of_who_drives() -> None:
    people = licensed(("plain", "C1"), ("coachman", "A1"))
    fleet = [car("v", driver_ids=("plain", "coachman"))]
    problem = town(fleet, trip("r", "AB", 30_000, licences=frozenset({"A1"})), drivers=people)
    easy = town(fleet, trip("r", "AB", 30_000), drivers=people)
    (route,) = cars.plan(easy).routes
    for who, rules in (("plain", ["request_licence"]), ("coachman", [])):
        plan = replace(cars.plan(easy), routes=(replace(route, driver_id=who),))
        assert [v.rule for v in violations(problem, plan)] == rules


def test_a_driver_who_comes_with_a_coach_holds_what_its_seats_need() -> None:
    coach = VehicleType(id="coach", capacity=(48,), rates=CAR.rates)
    wanted = trip("r", "AB", 30_000, licences=frozenset({"A1"}))
    problem = day([car("near"), car("coach", "F", type_id="coach")], [wanted], vehicle_types=(CAR, coach))
    assert driven_by(problem) == [("coach", None)]


def test_goods_need_room_by_weight_and_by_volume() -> None:
    fleet = [car("near"), car("van", "F", type_id="van")]
    for kg, litres in ((300, 10), (1, 1_000)):
        assert driven_by(town(fleet, with_goods(trip("r", "AB", 30_000), kg, litres))) == [("van", None)]
    for kg, litres in ((301, 10), (1, 1_001)):
        (left,) = cars.plan(town(fleet, with_goods(trip("r", "AB", 30_000), kg, litres))).unserved
        assert left.reason is Reason.NO_ROOM
    strict = town(fleet, with_goods(trip("r", "AB", 30_000), 1, 1))
    loose = cars.plan(town(fleet, trip("r", "AB", 30_000)))
    assert {v.rule for v in violations(strict, loose)} == {"room", "capacity"}


def test_who_has_no_goods_keeps_a_problem_of_seats_alone() -> None:
    assert town([car("v")], trip("r", "AB", 30_000)).dimensions == ("seats",)
    both = town([car("v", type_id="van")], trip("r", "AB", 30_000), with_goods(trip("g", "AB", 40_000), 5, 5))
    assert both.dimensions == ("seats", "kg", "litres")
    assert driven_by(both) == [("v", None)]


def test_goods_do_not_share_a_car_with_other_people() -> None:
    asked = [trip("a", "AF", 30_000), trip("b", "AF", 30_000), with_goods(trip("c", "AF", 30_000), 5, 5)]
    pooled = pool(town([car("v", type_id="van")], *asked))
    assert {r.id for r in pooled.problem.requests} == {"a＋b", "c"}
