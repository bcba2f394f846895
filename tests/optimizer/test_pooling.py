"""Who rides with whom, by hand on a straight road: D A B C E F at kilometres 0 to 5, 100 s a kilometre."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from optimizer import cars
from optimizer.check import violations
from optimizer.model import Problem, Request, TimeWindow, VehicleClass
from optimizer.pooling import BY_CATEGORY, PoolingSettings, Tolerance, members, pooled
from optimizer.validate import faults
from scenarios.changes import usual_changes
from tests.optimizer.line_town import car, day, travel, trip

NINE = 32_400
EVERYBODY = PoolingSettings(willing_only=False)


def together(problem: Problem, settings: PoolingSettings | None = None) -> list[tuple[str, ...]]:
    merged = pooled(problem, settings)
    assert faults(merged) == ()
    assert violations(merged, cars.plan(merged)) == ()
    return [members(r.id) for r in merged.requests if r.category == "pooled"]


def pair(category: str, apart_s: int, **fields: bool) -> Problem:
    asked = [
        trip("r", "ABA", NINE, stay_s=1_800, category=category, **fields),
        trip("s", "ABA", NINE + apart_s, stay_s=1_800, category=category, **fields),
    ]
    return day([car("v1"), car("v2")], asked)


@pytest.mark.parametrize(
    ("category", "apart_s"),
    [("会议", 1_200), ("调研", 3_600), ("下乡", 6_300), ("送件", 7_200), ("其他", 1_800)],
)
def test_how_far_two_wishes_may_lie_apart_depends_on_what_they_are_about(category: str, apart_s: int) -> None:
    assert together(pair(category, apart_s)) == [("r", "s")]
    assert together(pair(category, apart_s + 1)) == []


def test_the_common_departure_lies_within_what_each_puts_up_with() -> None:
    (request,) = pooled(pair("会议", 1_200)).requests
    first, second = (stop.options[0].window for stop in request.stops[:2])
    assert first == TimeWindow(start_s=NINE + 600, end_s=NINE + 600)  # ten minutes later than wished
    assert (second.start_s, second.end_s) == (NINE + 600, NINE + 1_800)


def test_a_meeting_is_not_reached_later_than_its_detour_allows() -> None:
    # r alone is in F at NINE + 500; over C and back to B it would be there 400 s later.
    asked = [trip("r", "DF", NINE, category="会议"), trip("s", "CB", NINE, category="会议")]
    problem = day([car("v1")], asked)
    tight = PoolingSettings(by_category={"会议": Tolerance(shift_s=600, detour_s=100)})
    assert together(problem, tight) == []


def test_sole_use_is_respected_unless_the_rule_of_the_category_is_to_share() -> None:
    problem = pair("调研", 600, sole_use=True)
    assert together(problem) == []
    assert together(problem, EVERYBODY) == [("r", "s")]
    unlisted = pair("接待", 600, sole_use=True)
    assert together(unlisted, EVERYBODY) == []
    assert together(pair("接待", 600), EVERYBODY) == [("r", "s")]  # both said so themselves


def test_confidential_mail_never_shares_even_if_it_says_so() -> None:
    assert BY_CATEGORY["机要通信"] is None
    assert together(pair("机要通信", 0), EVERYBODY) == []
    classes = frozenset({VehicleClass.CONFIDENTIAL})
    problem = pair("机要通信", 0)
    named = tuple(replace(r, vehicle_classes=classes) for r in problem.requests)
    assert pooled(replace(problem, requests=named), EVERYBODY).requests == named


@pytest.mark.parametrize(
    "change",
    [{"own_unit_only": True}, {"vehicle_ids": frozenset({"v1"})}, {"group_id": "g"}, {"max_ride_s": 900}],
    ids=lambda d: next(iter(d)),
)
def test_what_binds_a_request_to_itself_keeps_it_out(change: dict[str, object]) -> None:
    problem = pair("调研", 0)
    asked = tuple(replace(r, **change) for r in problem.requests)  # type: ignore[arg-type]
    assert together(replace(problem, requests=asked), EVERYBODY) == []


def test_three_share_where_all_pairs_can_and_the_car_has_the_seats() -> None:
    def three(people: int) -> Problem:
        asked = [
            trip(name, "ABA", NINE + 60 * i, stay_s=1_800, people=people) for i, name in enumerate("rst")
        ]
        return day([car(f"v{i}") for i in range(3)], asked)

    assert together(three(1)) == [("r", "s", "t")]
    assert together(three(2)) == [("r", "s")]  # four seats: two requests of two
    assert together(three(1), PoolingSettings(largest=2)) == [("r", "s")]


def test_a_way_too_long_to_drive_without_rest_is_not_made_longer() -> None:
    asked = [trip("r", "DF", NINE), trip("s", "DF", NINE)]
    problem = day([car("v1"), car("v2")], asked, travel=travel(seconds_per_km=(3_000,)))
    assert together(problem) == []


def test_the_usual_changes_say_what_willing_ones_save_and_what_a_rule_would() -> None:
    names = [change.name for change in usual_changes()]
    assert names[1:3] == ["拼车（愿意的）", "拼车（可合乘的类别）"]
    problem = pair("调研", 600, sole_use=True)
    plan = cars.plan(problem)
    willing, rule = (change.apply(problem, plan) for change in usual_changes()[1:3])
    assert (len(willing.requests), len(rule.requests)) == (2, 1)
    assert cars.plan(rule).objective_fen == plan.objective_fen // 2


def test_other_tolerances_can_be_given() -> None:
    settings = PoolingSettings(by_category=MappingProxyType({"会议": Tolerance(shift_s=1_800)}))
    assert together(pair("会议", 2_700), settings) == [("r", "s")]


def request_ids(problem: Problem) -> set[str]:
    return {one for r in problem.requests for one in members(r.id)}


def test_nobody_is_lost_in_pooling() -> None:
    asked: list[Request] = [
        trip(f"r{i:02}", way, NINE + 300 * i, stay_s=600, people=1 + i % 3, category="调研")
        for i, way in enumerate(["ABA", "ACA", "AB", "DBD", "DC", "ABCA", "EFE", "CB"])
    ]
    problem = day([car(f"v{i}") for i in range(8)], asked)
    merged = pooled(problem, EVERYBODY)
    assert request_ids(merged) == {r.id for r in asked}
    boarding = sum(max(0, *stop.load) if stop.load else 0 for r in merged.requests for stop in r.stops)
    assert boarding == sum(r.stops[0].load[0] for r in asked)
