"""First come, nearest free car: as it is done by hand, and what planning gains on it."""

from optimizer import cars
from optimizer.check import violations
from optimizer.first_come import first_come, margin
from optimizer.model import Driver, Reserve
from tests.optimizer.line_town import car, day, trip


def test_the_nearest_car_is_sent_although_one_car_could_do_both() -> None:
    problem = day([car("v"), car("w", "B")], [trip("r", "AB", 1_000), trip("s", "CE", 5_000)])
    by_hand = first_come(problem)
    assert violations(problem, by_hand) == ()
    # A is 1 km from either: v goes by its id. At 5,000 it waits in B, as far from C as w: v goes again.
    assert {r.vehicle_id for r in by_hand.routes} == {"v"}
    far = day([car("v"), car("w", "C")], [trip("r", "AB", 1_000), trip("s", "CE", 5_000)])
    by_hand = first_come(far)
    assert {r.vehicle_id for r in by_hand.routes} == {"v", "w"}
    found = margin(far, cars.plan(far), by_hand)
    # One car: C A B C E C is 6 km and 50 yuan. Two: D A B D is 4 km, C E C 2 km, 100 yuan.
    assert found.cars == (1, 2)
    assert found.served == (2, 2)
    assert found.decision_fen == (5_600, 10_600)
    assert found.empty_m == (4_000, 4_000)
    assert found.saved_fen == 5_000


def test_reserves_drivers_and_groups_are_kept_by_hand_too() -> None:
    asked = [trip("r", "AB", 1_000), trip("s", "AB", 1_000)]
    kept = day([car("v"), car("w")], asked, reserves=(Reserve(count=1),))
    assert violations(kept, first_come(kept)) == ()
    assert len(first_come(kept).unserved) == 1
    manned = day(
        [car("v", driver_ids=("p",)), car("w", driver_ids=("p",))],
        asked,
        drivers=(Driver(id="p", licences=frozenset({"C1"})),),
    )
    assert violations(manned, first_come(manned)) == ()
    assert len(first_come(manned).routes) == 1
    pair = day([car("v")], [trip("r", "AB", 1_000, group_id="g"), trip("s", "AB", 1_000, group_id="g")])
    assert first_come(pair).routes == ()
