"""Rules of cars alone: plates, inspection, self-drive, range, pairs of driver and car at a price.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s and 1 yuan a kilometre, 50 yuan a car.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from optimizer import cars
from optimizer.check import violations
from optimizer.model import Driver, Problem, Reason, Request, Schedule, Vehicle
from optimizer.policy.plates import barred, last_digit
from optimizer.price import price
from optimizer.ranges import with_ranges
from tests.optimizer.line_town import CAR, car, day, trip

BATTERY = replace(CAR, id="battery", energy="battery")
C1, B1 = frozenset({"C1"}), frozenset({"B1"})
CLEARED = Driver(id="applicant", licences=C1, cleared=True)


def town(
    vehicles: Sequence[Vehicle], *requests: Request, drivers: tuple[Driver, ...] = (), **fields: object
) -> Problem:
    return day(vehicles, requests, vehicle_types=(CAR, BATTERY), drivers=drivers, **fields)


def sound(problem: Problem) -> Schedule:
    plan = cars.plan(problem)
    assert violations(problem, plan) == ()
    return plan


def reasons(problem: Problem) -> list[Reason]:
    return [left.reason for left in sound(problem).unserved]


def rules(problem: Problem, plan: Schedule) -> list[str]:
    return [violation.rule for violation in violations(problem, plan)]


@pytest.mark.parametrize(
    ("plate", "digit"), [("云D12345", "5"), ("云D1234A", "4"), ("云DAAAAA", ""), ("", "")]
)
def test_the_last_digit_counts_even_before_a_letter(plate: str, digit: str) -> None:
    assert last_digit(plate) == digit


def test_a_barred_plate_stays_unless_it_is_exempt_or_new_energy() -> None:
    fleet = [
        car("five", plate="云D12345"),
        car("six", plate="云D12346"),
        car("free", plate="云D22225", exempt=frozenset({"plate"})),
        car("green", type_id="battery", plate="云DD12345"),
    ]
    marked = barred(fleet, (CAR, BATTERY), {"5", "0"})
    assert [v.id for v in marked if v.barred] == ["five", "free"]
    asked = trip("r", "AB", 30_000)
    assert reasons(town(marked[:1], asked)) == [Reason.BARRED]
    for able in marked[1:]:
        assert reasons(town([able], asked)) == []
    assert barred(fleet, (CAR, BATTERY), ()) == tuple(fleet)
    assert rules(town(marked[:1], asked), sound(town(fleet[:1], asked))) == ["plate"]


def test_a_car_whose_inspection_has_ended_stays() -> None:
    asked = trip("r", "AB", 30_000)
    for until, served in (("2026-11-10", True), ("2026-11-09", False), ("", True)):
        assert (reasons(town([car("v", inspected_until=until)], asked)) == []) is served
    old = town([car("v", inspected_until="2026-11-09")], asked)
    assert reasons(old) == [Reason.INSPECTION]
    assert rules(old, sound(town([car("v")], asked))) == ["inspection"]


def test_who_drives_himself_gets_a_car_without_a_driver_and_nobody_else_does() -> None:
    himself = trip("r", "DFD", 30_000, self_driver_id="applicant", sole_use=True)
    keys, manned = car("keys", self_drive=True), car("manned")
    plan = sound(town([keys, manned], himself, trip("s", "AB", 30_000), drivers=(CLEARED,)))
    served = {v.request_id: r.vehicle_id for r in plan.routes for v in r.visits}
    assert served == {"r": "keys", "s": "manned"}
    assert reasons(town([manned], himself, drivers=(CLEARED,))) == [Reason.SELF_DRIVE]
    assert reasons(town([keys], trip("s", "AB", 30_000))) == [Reason.SELF_DRIVE]


@pytest.mark.parametrize(
    "applicant",
    [replace(CLEARED, cleared=False), replace(CLEARED, licences=frozenset()), replace(CLEARED, id="other")],
)
def test_only_a_cleared_and_licensed_applicant_drives_himself(applicant: Driver) -> None:
    himself = trip("r", "DFD", 30_000, self_driver_id="applicant", sole_use=True)
    problem = town([car("keys", self_drive=True)], himself, drivers=(applicant,))
    assert reasons(problem) == [Reason.SELF_DRIVE]
    able = sound(replace(problem, drivers=(CLEARED,)))
    assert rules(problem, able) == ["self_drive"]


def test_a_car_goes_no_further_than_what_it_has_charged() -> None:
    # D→A→F→D: ten kilometres.
    asked = trip("r", "AF", 30_000)
    for range_m, found in ((10_000, []), (9_999, [Reason.RANGE])):
        problem = with_ranges(town([car("v", type_id="battery", range_m=range_m)], asked))
        assert reasons(problem) == found
    short = town([car("v", type_id="battery", range_m=9_000)], asked)
    (broken,) = violations(short, sound(town([car("v", type_id="battery")], asked)))
    assert (broken.rule, broken.excess) == ("range", 1_000)
    plain = town([car("v")], asked)
    assert with_ranges(plain) == plain


def test_two_trips_add_up_to_the_range_of_the_day() -> None:
    # Each D→A→B→D is four kilometres; both in a row, D→A→B→A→B→D, are six.
    asked = [trip("r", "AB", 30_000), trip("s", "AB", 40_000)]
    enough = with_ranges(town([car("v", range_m=6_000)], *asked))
    assert reasons(enough) == []
    short = with_ranges(town([car("v", range_m=5_999)], *asked))
    assert len(reasons(short)) == 1


def test_a_usual_driver_keeps_his_car_where_another_has_a_price() -> None:
    people = (Driver(id="a", licences=C1), Driver(id="b", licences=C1))
    shared = car("v", driver_ids=("a", "b"), own_driver_id="b", other_driver_fen=700)
    asked = trip("r", "AB", 30_000)
    plan = sound(town([shared], asked, drivers=people))
    # D→A→B→D is four kilometres: 4 yuan, and 50 for the car.
    assert (plan.routes[0].driver_id, plan.objective_fen) == ("b", 5_400)
    away = (people[0], replace(people[1], licences=frozenset()))
    problem = town([shared], asked, drivers=away)
    plan = sound(problem)
    assert (plan.routes[0].driver_id, plan.objective_fen) == ("a", 5_400 + 700)
    lines = {line.kind: line.amount_fen for line in price(problem, plan).lines}
    assert lines == {"vehicle_used": 5_000, "km": 400, "other_driver": 700}


def test_pairs_are_matched_at_the_least_price_together() -> None:
    people = (Driver(id="a", licences=C1), Driver(id="b", licences=C1))
    fleet = [
        car("v", driver_ids=("a", "b"), own_driver_id="b", other_driver_fen=300),
        car("w", driver_ids=("a", "b"), own_driver_id="a", other_driver_fen=300),
    ]
    plan = sound(town(fleet, trip("r", "AB", 30_000), trip("s", "AB", 30_000), drivers=people))
    assert {r.vehicle_id: r.driver_id for r in plan.routes} == {"v": "b", "w": "a"}
    fixed = [replace(v, driver_ids=(v.own_driver_id,)) for v in fleet]
    assert sound(town(fixed, trip("r", "AB", 30_000), drivers=people)).unserved == ()
