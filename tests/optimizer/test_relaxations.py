"""The least relaxation is true: with it all can be served, with one step less not; by trying everything.

The town of `line_town`: D A B C E F at kilometres 0 to 5, 100 s a kilometre.
"""

import random
from dataclasses import replace

import pytest

from optimizer import cars
from optimizer.happenings import Added
from optimizer.model import (
    Driver,
    Problem,
    Relaxation,
    Request,
    Reserve,
    Schedule,
    TimeWindow,
    VehicleClass,
)
from optimizer.relaxations import KINDS, relaxations, with_relaxations
from optimizer.replan import replan
from tests.optimizer.line_town import CAR, car, day, trip
from tests.optimizer.test_serving import could, windowed

POLICE = frozenset({VehicleClass.ENFORCEMENT})
C1 = frozenset({"C1"})


def told(problem: Problem, request_id: str = "r", **asked: object) -> dict[str, Relaxation]:
    schedule = cars.plan(problem)
    assert request_id in {u.request_id for u in schedule.unserved}
    return {x.kind: x for x in relaxations(problem, schedule, request_id, **asked)}  # type: ignore[arg-type]


def late_for(seconds: int) -> Problem:
    """The only car is at B at 1,100 s, where `r` should have left so much earlier."""
    first = trip("a", "AB", 1_000, unserved_penalty_fen=200_000)
    return day([car("v")], [first, trip("r", "BC", 1_100 - seconds)])


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 5), (300, 5), (301, 10)])
def test_leave_later_by_the_least_five_minutes(seconds: int, minutes: int) -> None:
    found = told(late_for(seconds))["later"]
    assert (found.steps, found.amount, found.least) == (minutes // 5, minutes * 60, True)
    assert (found.text, found.text_en) == (f"晚出发 {minutes} 分钟", f"leave {minutes} min later")


def test_leave_earlier_where_that_is_less() -> None:
    asked = [trip("a", "AB", 3_000, unserved_penalty_fen=200_000), trip("r", "AB", 2_900)]
    # D→A→B→A must end by 3,000: leave A at 2,800 or before.
    assert told(day([car("v")], asked))["earlier"].steps == 1


def test_one_seat_more() -> None:
    crowd = trip("r", "AB", 1_000, people=5)
    found = told(day([car("v")], [crowd]))
    assert found["seats"].steps == 1
    assert found["seats"].text == "多 1 个座位的车，或少去 1 人"


def test_lease_one_at_its_price() -> None:
    asked = [trip("a", "AB", 1_000, unserved_penalty_fen=200_000), trip("r", "AB", 1_000)]
    lease = told(day([car("v")], asked))["lease"]
    assert (lease.steps, lease.fen) == (1, 50_000)  # a day of 100 km and 8 h: 500 yuan
    assert "租 1 辆" in lease.text
    assert "500 元" in lease.text


def test_a_class_that_nobody_has_needs_another_class_and_secret_papers_never_take_one() -> None:
    found = told(day([car("v")], [trip("r", "AB", 1_000, vehicle_classes=POLICE)]))
    assert set(found) == {"class"}
    secret = trip("r", "AB", 1_000, vehicle_classes=frozenset({VehicleClass.CONFIDENTIAL}))
    assert told(day([car("v")], [secret])) == {}


def test_hours_drivers_reserves_and_borrowing() -> None:
    early = day([car("v", shift=TimeWindow(start_s=1_000, end_s=9_000))], [trip("r", "AB", 1_000)])
    assert told(early)["hours"].steps == 1  # it must leave D at 900
    driverless = day([car("v", driver_ids=("d",))], [trip("r", "AB", 1_000)])
    driverless = replace(
        driverless, drivers=(Driver(id="d", licences=C1, shift=TimeWindow(start_s=0, end_s=9)),)
    )
    assert told(driverless)["driver"].text == "增加 1 名驾驶员"
    kept = day([car("v")], [trip("r", "AB", 1_000)], reserves=(Reserve(count=1),))
    assert told(kept)["reserve"].text == "少留 1 辆备勤车"
    own = day([car("v", unit_id="w")], [trip("r", "AB", 1_000, unit_id="u", own_unit_only=True)])
    assert told(own)["borrow"].steps == 1


def test_served_requests_stay_served_and_others_may_change_cars() -> None:
    police = car("p", vehicle_class=VehicleClass.ENFORCEMENT)
    plain = trip("a", "AB", 1_000, unserved_penalty_fen=200_000)
    problem = day([police, car("v")], [plain, trip("r", "AB", 1_000, vehicle_classes=POLICE)])
    badly = cars.plan(replace(problem, vehicles=(police,), requests=(plain,)))
    left = cars.plan(replace(problem, vehicles=(police,))).unserved
    schedule = Schedule(routes=badly.routes, unserved=left)
    (found,) = relaxations(problem, schedule, "r")
    assert (found.kind, found.steps) == ("rearrange", 0)


def test_three_kinds_at_most_and_the_rest_on_demand() -> None:
    problem = late_for(1)
    schedule = with_relaxations(problem, cars.plan(problem), most=1)
    (left,) = schedule.unserved
    assert [x.kind for x in left.relaxations] == ["later"]
    assert {x.kind for x in relaxations(problem, schedule, "r", kinds=KINDS, most=9)} == {
        "later", "earlier", "lease",
    }  # fmt: skip


def test_a_group_is_relaxed_whole() -> None:
    pair = [trip("r", "AB", 1_000, group_id="g"), trip("s", "AB", 1_000, group_id="g")]
    assert told(day([car("v")], pair))["lease"].steps == 1
    assert (
        told(day([car("v", vehicle_class=VehicleClass.OTHER, lendable=False, unit_id="x")], pair))[
            "lease"
        ].steps
        == 2
    )


def test_unknown_kinds_and_requests_are_refused_with_what_there_is() -> None:
    problem = late_for(1)
    schedule = cars.plan(problem)
    with pytest.raises(LookupError, match="没有放宽方式 'magic'，只有 later"):
        relaxations(problem, schedule, "r", kinds=["magic"])
    with pytest.raises(LookupError, match="没有遗漏申请 'a'"):
        relaxations(problem, schedule, "a")


def relaxed(problem: Problem, schedule: Schedule, kind: str, steps: int) -> Problem:
    """The served requests and `r` relaxed by so many steps, written down a second time."""
    served = {v.request_id for route in schedule.routes for v in route.visits}
    asked = [r if r.id != "r" else _relaxed(r, kind, steps) for r in problem.requests]
    return replace(problem, requests=tuple(r for r in asked if r.id in served or r.id == "r"))


def _relaxed(request: Request, kind: str, steps: int) -> Request:
    first, *rest = request.stops
    option = first.options[0]
    start_s, end_s = option.window.start_s, option.window.end_s
    if kind == "later":
        return windowed(request, end_s - start_s + 300 * steps)
    if kind == "earlier":
        window = TimeWindow(start_s=start_s - 300 * steps, end_s=end_s)
        return replace(request, stops=(replace(first, options=(replace(option, window=window),)), *rest))
    people = first.load[0] - steps
    last = replace(rest[-1], load=(-people,))
    return replace(request, stops=(replace(first, load=(people,)), *rest[:-1], last))


def left_out(dice: random.Random) -> tuple[Problem, Schedule]:
    """Draw days until one leaves `r` out."""
    while True:
        fixed = [
            windowed(
                trip(
                    f"a{i}",
                    "".join(dice.sample("ABCEF", 2)),
                    dice.randrange(8_000, 9_500, 50),
                    unserved_penalty_fen=900_000,
                ),
                dice.choice((0, 0, 400)),
            )
            for i in range(dice.randint(1, 4))
        ]
        way, start_s = "".join(dice.sample("ABCEF", 2)), dice.randrange(8_000, 9_500, 50)
        asked = [*fixed, trip("r", way, start_s, people=dice.choice((1, 6)))]
        problem = day([car(f"v{k}", dice.choice("DC")) for k in range(dice.randint(1, 2))], asked)
        schedule = cars.plan(problem)
        if "r" in {u.request_id for u in schedule.unserved}:
            return problem, schedule


@pytest.mark.parametrize("seed", range(40))
def test_a_relaxation_does_and_one_step_less_does_not_by_trying_everything(seed: int) -> None:
    problem, schedule = left_out(random.Random(seed))
    r = problem.requests[-1]
    found = {x.kind: x for x in relaxations(problem, schedule, "r", kinds=["later", "earlier", "seats"])}
    if "rearrange" in found:
        assert could(relaxed(problem, schedule, "later", 0))
        return
    assert not could(relaxed(problem, schedule, "later", 0))
    for kind, most in (("later", 24), ("earlier", 24), ("seats", 5)):
        if kind == "seats" and r.stops[0].load == (1,):
            continue
        if kind not in found:
            assert not could(relaxed(problem, schedule, kind, most))
            continue
        assert found[kind].least
        assert could(relaxed(problem, schedule, kind, found[kind].steps))
        assert not could(relaxed(problem, schedule, kind, found[kind].steps - 1))


def test_too_many_people_for_any_car_and_tariff_have_no_relaxation_but_fewer_people() -> None:
    found = told(day([car("v")], [trip("r", "AB", 1_000, people=60)], vehicle_types=(CAR,)))
    assert set(found) == {"seats"}
    assert found["seats"].steps == 56


def test_only_so_many_are_told_as_asked() -> None:
    asked = [
        trip("a", "AB", 1_000, unserved_penalty_fen=200_000),
        trip("r", "AB", 1_000),
        trip("s", "AB", 1_000),
    ]
    problem = day([car("v")], asked)
    schedule = with_relaxations(problem, cars.plan(problem), requests=1)
    assert [bool(u.relaxations) for u in schedule.unserved] == [True, False]


def test_what_has_begun_stands_when_relaxing_after_a_re_plan() -> None:
    problem = day([car("v")], [trip("a", "AB", 5_000)])
    late = trip("u", "AB", 5_050)
    done = replan(problem, cars.plan(problem), [Added(request=late)], 4_950)
    (left,) = done.schedule.unserved
    found = {x.kind: x for x in relaxations(done.problem, done.schedule, left.request_id)}
    # It is in B at 5,100 and back in A at 5,200, 150 s too late; what it has begun cannot wait or be swapped.
    assert (found["later"].steps, found["later"].least) == (1, True)
    assert "earlier" not in found  # it would have to leave before the frozen time
