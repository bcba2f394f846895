"""A published day after something has happened: what has begun and is locked stands, few others change.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s and 1 yuan a kilometre, 50 yuan a car.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from optimizer import cars
from optimizer.check import violations
from optimizer.happenings import Added, Breakdown, Cancelled, Delay, DriverOut, Event
from optimizer.locks import broken_locks
from optimizer.model import Driver, Problem, Request, Reserve, Schedule, VehicleClass
from optimizer.replan import Replanned, replan
from tests.optimizer.line_town import car, day, trip
from tests.optimizer.test_serving import windowed

C1 = frozenset({"C1"})
POLICE = frozenset({VehicleClass.ENFORCEMENT})


def on(schedule: Schedule) -> dict[str, str]:
    return {v.request_id or "": r.vehicle_id for r in schedule.routes for v in r.visits}


def after(
    problem: Problem, events: Sequence[Event], now_s: int, schedule: Schedule | None = None, **asked: object
) -> Replanned:
    """Re-plan, and hold the result to everything that must be true of any."""
    schedule = schedule or cars.plan(problem)
    done = replan(problem, schedule, events, now_s, **asked)  # type: ignore[arg-type]
    assert violations(done.problem, done.schedule) == ()
    gone = {e.vehicle_id for e in events if isinstance(e, Breakdown | Delay)}
    said = {e.request_id for e in events if isinstance(e, Cancelled)}
    new = {route.vehicle_id: route for route in done.schedule.routes}
    for route in schedule.routes:
        past = [v for v in route.visits if v.start_s < now_s and v.request_id not in said]
        if route.vehicle_id not in gone and past:
            now = [v for v in new[route.vehicle_id].visits if v.request_id not in said]
            assert now[: len(past)] == past
    return done


def moves(done: Replanned) -> dict[str, tuple[str, str | None, str | None]]:
    return {c.request_id: (c.kind, c.before, c.after) for c in done.changes}


def test_a_breakdown_before_it_leaves_gives_its_requests_to_the_cheapest_car() -> None:
    asked = [trip("r", "AB", 5_000), trip("s", "AB", 5_000)]
    problem = day([car("v"), car("w"), car("x", "F")], asked)
    schedule = cars.plan(problem)
    broken = on(schedule)["r"]
    done = after(problem, [Breakdown(vehicle_id=broken)], 3_000)
    (change,) = done.changes
    assert (change.kind, change.before, change.after, change.caused) == ("moved", broken, "x", True)
    # x comes from F: F→A→B→F is 4 + 1 + 3 km, and one car more is used: 8 + 50 yuan.
    assert change.fen == 5_800
    assert done.more_fen == 5_800 - (5_000 + 400)
    assert done.others_changed == 0


def test_people_on_the_road_are_fetched_where_they_stand() -> None:
    problem = day([car("v"), car("w")], [trip("r", "AF", 5_000)])
    # A 5,000, F 5,400; at 5,200 it is near C: told so, they wait at C.
    done = after(problem, [Breakdown(vehicle_id="v", place_id="C")], 5_200)
    (rescue,) = done.schedule.routes
    assert rescue.vehicle_id == "w"
    assert [v.place_id for v in rescue.visits] == ["C", "F"]
    assert rescue.visits[0].start_s >= 5_200
    assert "途中换车" in done.notes[0]
    # w leaves D at 5,200 and is in C at 5,500, in F at 5,700 instead of 5,400.
    assert [(c.kind, c.later_s) for c in done.changes] == [("moved", 300)]
    last = after(problem, [Breakdown(vehicle_id="v")], 5_200)
    assert last.schedule.routes[0].visits[0].place_id == "A"  # nobody said where: at its last stop


def test_what_it_has_done_stays_done_and_it_does_no_more() -> None:
    asked = [trip("r", "AB", 5_000), trip("s", "BC", 9_000)]
    done = after(day([car("v"), car("w")], asked), [Breakdown(vehicle_id="v")], 5_150)
    assert on(done.schedule) == {"r": "v", "s": "w"}
    assert [r.end_place_id for r in done.schedule.routes if r.vehicle_id == "v"] == ["B"]


def test_a_car_on_its_way_home_may_leave_again() -> None:
    asked = [trip("r", "AB", 5_000), trip("s", "AB", 5_000)]
    problem = day([car("v"), car("w")], asked)
    late = trip("new", "AB", 9_000)
    done = after(problem, [Added(request=late)], 5_150)
    (change,) = done.changes
    assert (change.kind, change.after) == ("added", "v")
    # D→A→B→D again: 4 km; both cars are in use already.
    assert change.fen == 400
    (route,) = [r for r in done.schedule.routes if r.vehicle_id == "v"]
    assert [v.request_id for v in route.visits] == ["r", "r", None, "new", "new"]


def test_others_are_moved_only_where_nothing_else_serves_all() -> None:
    police, plain = car("p", vehicle_class=VehicleClass.ENFORCEMENT), car("v")
    problem = day([police, plain, car("x")], [trip("a", "AB", 5_000), trip("b", "AB", 5_000)])
    schedule = cars.plan(problem)
    used = on(schedule)
    if "p" not in used.values():  # the plan must use the police car for the test to bite
        problem = replace(problem, vehicles=(police, plain))
        schedule = cars.plan(problem)
    else:
        problem = replace(problem, vehicles=tuple(v for v in problem.vehicles if v.id in used.values()))
        schedule = cars.plan(problem)
    fleet = (*problem.vehicles, car("late", shift=problem.vehicles[0].shift))
    urgent = trip("u", "AB", 5_000, vehicle_classes=POLICE)
    full = replace(problem, vehicles=fleet)
    done = after(full, [Added(request=urgent)], 3_000, schedule)
    assert on(done.schedule)["u"] == "p"
    assert done.others_changed == 1
    assert not done.schedule.unserved
    kept = after(full, [Added(request=urgent)], 3_000, schedule, most_changes=0)
    assert [u.request_id for u in kept.schedule.unserved] == ["u"]
    assert kept.others_changed == 0
    moved = next(i for i, v in on(schedule).items() if v == "p")
    locked = after(full, [Added(request=urgent)], 3_000, schedule, locks=[moved])
    assert on(locked.schedule)[moved] == "p"
    assert [u.request_id for u in locked.schedule.unserved] == ["u"]


def test_a_delay_moves_what_can_no_longer_be_reached() -> None:
    asked = [trip("r", "AB", 5_000), trip("s", "BC", 5_150)]
    problem = day([car("v"), car("w")], asked)
    assert on(cars.plan(problem)) == {"r": "v", "s": "v"}
    little = after(problem, [Delay(vehicle_id="v", seconds=50)], 5_050)
    assert moves(little) == {}
    much = after(problem, [Delay(vehicle_id="v", seconds=600)], 4_950)
    assert moves(much) == {"s": ("moved", "v", "w")}
    assert "延误 10 分钟" in much.notes[0]


def test_a_delay_before_it_leaves_keeps_what_it_can() -> None:
    asked = [trip("r", "AB", 5_000), trip("s", "BC", 9_000)]
    done = after(day([car("v"), car("w")], asked), [Delay(vehicle_id="v", seconds=3_000)], 4_500)
    assert moves(done) == {"r": ("moved", "v", "w")}


def test_a_cancellation_frees_the_car_for_who_was_left_out() -> None:
    asked = [trip("r", "AB", 5_000, unserved_penalty_fen=200_000), trip("s", "AB", 5_000)]
    problem = day([car("v")], asked)
    done = after(problem, [Cancelled(request_id="r")], 3_000)
    assert moves(done) == {"r": ("cancelled", "v", None), "s": ("added", None, "v")}
    assert done.others_changed == 0
    assert done.more_fen == 0


def test_a_car_already_on_its_way_to_a_cancelled_request_has_come_in_vain() -> None:
    problem = day([car("v", "F")], [trip("r", "AB", 5_000), trip("s", "AB", 9_000)])
    # It leaves F at 4,600 for A.
    done = after(problem, [Cancelled(request_id="r")], 4_700)
    (route,) = done.schedule.routes
    assert [v.place_id for v in route.visits] == ["A", "A", "B"]
    assert "已在去接" in done.notes[0]
    aboard = after(problem, [Cancelled(request_id="r")], 5_050)
    assert moves(aboard) == {}
    assert "已上车" in aboard.notes[0]


def test_a_sick_driver_is_replaced_in_his_car_and_everything_else_stays() -> None:
    drivers = tuple(Driver(id=i, licences=C1) for i in ("p", "q"))
    fleet = [car("v", driver_ids=("p", "q")), car("w")]
    problem = day(fleet, [trip("r", "AB", 30_000), trip("s", "AB", 30_000)], drivers=drivers)
    schedule = cars.plan(problem)
    (his,) = [r for r in schedule.routes if r.vehicle_id == "v"]
    assert his.driver_id == "p"
    done = after(problem, [DriverOut(driver_id="p")], 24_000)
    ((request_id, what),) = moves(done).items()
    assert what == ("driver", "v", "v")
    assert on(schedule)[request_id] == "v"
    assert next(r.driver_id for r in done.schedule.routes if r.vehicle_id == "v") == "q"


def test_a_driver_whom_the_problem_does_not_name_is_replaced_by_a_spare_one() -> None:
    drivers = tuple(Driver(id=i, licences=C1) for i in ("own", "spare"))
    problem = day([car("v")], [trip("r", "AB", 30_000)], drivers=drivers)
    event = DriverOut(driver_id="own", vehicle_ids=("v",), spare_ids=("spare",))
    done = after(problem, [event], 24_000)
    assert done.schedule.routes[0].driver_id == "spare"
    alone = after(problem, [DriverOut(driver_id="own", vehicle_ids=("v",))], 24_000)
    assert [u.reason.value for u in alone.schedule.unserved] == ["no_driver"]


def test_a_reserve_is_not_used_up_by_a_repair() -> None:
    problem = day([car("v"), car("w")], [trip("r", "AB", 5_000)], reserves=(Reserve(count=1),))
    schedule = cars.plan(problem)
    (used,) = {r.vehicle_id for r in schedule.routes}
    done = after(problem, [Breakdown(vehicle_id=used)], 3_000, schedule)
    assert [u.request_id for u in done.schedule.unserved] == ["r"]


def test_a_group_finds_a_place_whole_or_not() -> None:
    problem = day([car("v")], [trip("a", "AB", 5_000)])
    pair = [Added(request=trip(i, "AB", 9_000, group_id="g")) for i in "rs"]
    done = after(problem, pair, 3_000)
    assert {u.request_id for u in done.schedule.unserved} == {"r", "s"}


@pytest.mark.parametrize(
    "event", [Breakdown(vehicle_id="x"), Cancelled(request_id="x"), DriverOut(driver_id="x")]
)
def test_an_event_about_nothing_known_is_refused(event: Event) -> None:
    problem = day([car("v")], [trip("r", "AB", 5_000)])
    with pytest.raises(LookupError, match="'x'"):
        replan(problem, cars.plan(problem), [event], 3_000)


def test_locks_that_cannot_be_are_named() -> None:
    problem = day(
        [car("v"), car("w")], [trip("r", "AB", 5_000, vehicle_classes=POLICE), trip("s", "AB", 5_000)]
    )
    said = broken_locks(problem, [("r", "v"), ("s", "v"), ("s", "w"), ("x", "v"), ("s", "y")])
    assert said["r"] == "锁定在 v 违反规定（class）"
    assert said["x"] == "没有申请 'x'"
    assert "'y'" in said["s"]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_the_judge_finds_nothing_and_no_more_than_three_others_change(seed: int) -> None:
    dice = random.Random(seed)
    requests: list[Request] = []
    for i in range(dice.randint(4, 9)):
        way, start_s = "".join(dice.sample("ABCEF", 2)), dice.randrange(5_000, 9_000, 50)
        classes = dice.choice((frozenset(), frozenset(), POLICE))
        one = trip(f"r{i}", way, start_s, stay_s=0, vehicle_classes=classes)
        requests.append(windowed(one, dice.choice((0, 0, 300))))
    fleet = [
        car(
            f"v{k}",
            dice.choice("DCF"),
            vehicle_class=dice.choice((VehicleClass.OTHER, VehicleClass.ENFORCEMENT)),
        )
        for k in range(4)
    ]
    problem = day(fleet, requests, buffer_s=dice.choice((0, 60)))
    schedule = cars.plan(problem)
    used = sorted(on(schedule).values())
    served = sorted(on(schedule))
    events: list[Event] = [
        Breakdown(vehicle_id=dice.choice(used)),
        Delay(vehicle_id=dice.choice(used), seconds=dice.choice((300, 900))),
        Cancelled(request_id=dice.choice(served)),
        Added(request=trip("new", "CB", 8_500)),
    ]
    chosen = dice.sample(events, dice.randint(1, 2))
    done = after(problem, chosen, dice.randrange(4_500, 9_000, 50), schedule)
    assert sum(c.kind in {"moved", "driver", "dropped"} and not c.caused for c in done.changes) <= 3
    again = after(done.problem, [Added(request=trip("more", "AB", 9_500))], 9_000, done.schedule)
    assert {u.request_id for u in again.schedule.unserved} <= {
        *(u.request_id for u in done.schedule.unserved), "more",
    }  # fmt: skip
