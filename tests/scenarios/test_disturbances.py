"""Disturbed days: late starts by hand, one fortune for every plan, and a buffer that keeps the promise."""

from dataclasses import replace

from optimizer import cars
from optimizer.model import Problem
from scenarios.disturbances import Disturbance, chosen_buffer, late_starts, trial
from tests.optimizer.line_town import car, day, trip

MEETING = 3_600
CALM = Disturbance(slow_scatter=0.0)


def chain(n: int = 8, stay_s: int = MEETING) -> Problem:
    """One errand after the other with 100 s to spare: A 1,000, B 1,100 to 4,700, A 4,800; A 4,900 …"""
    asked = [trip(f"r{i}", "ABA", 1_000 + i * 3_900, stay_s=stay_s, category="会议") for i in range(n)]
    return day([car(f"v{k}") for k in range(n)], asked)


def test_a_plan_without_slack_starts_late_when_a_meeting_lasts_longer() -> None:
    problem = chain(2)
    plan = cars.plan(problem)
    assert len(plan.routes) == 1
    late, starts = late_starts(problem, plan, days=400, seed=1, how=CALM)
    # 100 s to spare and 300 s grace: late if the hour lasts over 1.111 hours, exp(0.35 z): z > 0.301, 38 %.
    assert starts == 800
    assert 0.33 < late / 400 < 0.43


def test_nothing_disturbed_is_late_for_nobody_and_the_same_seed_is_the_same_day() -> None:
    problem = chain(4)
    plan = cars.plan(problem)
    short = chain(4, stay_s=300)
    assert late_starts(short, cars.plan(short), days=20, seed=1, how=CALM)[0] == 0
    assert late_starts(problem, plan, days=20, seed=3) == late_starts(problem, plan, days=20, seed=3)
    assert late_starts(problem, plan, days=20, seed=3) != late_starts(problem, plan, days=20, seed=4)


def test_the_chosen_buffer_keeps_the_stated_share_and_says_what_it_costs() -> None:
    trials = chosen_buffer(chain(), late_share=0.05, days=60, seed=1)
    assert trials[0].buffer_s == 0
    assert trials[0].late_share > 0.05
    assert trials[-1].late_share <= 0.05
    assert trials[-1].cost_fen > trials[0].cost_fen
    assert trials[-1].schedule.unserved == ()


def test_nobody_is_left_out_for_a_buffer() -> None:
    problem = replace(chain(3), vehicles=(car("v"),))
    trials = chosen_buffer(problem, late_share=0.05, days=20, seed=1)
    assert all(t.schedule.unserved == () for t in trials)
    assert trials[-1].late_share > 0.05  # one car cannot do better, and that is said


def test_a_trial_without_requests_is_never_late() -> None:
    assert trial(day([car("v")], []), days=5, seed=0).late_share == 0.0
