"""Steps keep their seconds, and leave Ctrl-C with us."""

import subprocess
import sys

from service.use_cases.steps import Steps

SOLVE_THEN_INTERRUPT = """
import os, signal
from ortools.sat.python import cp_model
from service.use_cases.steps import Steps

signal.signal(signal.SIGINT, signal.default_int_handler)
steps = Steps()
with steps.step("solve", "求解"):
    cp_model.CpSolver().solve(cp_model.CpModel())
try:
    with steps.step("next", "下一步"):
        os.kill(os.getpid(), signal.SIGINT)
        signal.sigtimedwait([], 5)
except KeyboardInterrupt:
    print("heard")
"""


def test_seconds_of_steps_with_one_key_are_added_up() -> None:
    steps = Steps()
    for key in ("plan", "judge", "plan"):
        with steps.step(key, "…") as step:
            step.note = "done"
    assert list(steps.seconds) == ["plan", "judge", "total"]
    assert steps.seconds["plan"] + steps.seconds["judge"] <= steps.seconds["total"] + 0.002


def test_the_step_under_way_counts() -> None:
    steps = Steps()
    with steps.step("outputs", "…"):
        assert set(steps.seconds) == {"outputs", "total"}


def test_ctrl_c_is_heard_after_a_solver_took_the_signal() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SOLVE_THEN_INTERRUPT], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "heard\n"), done.stderr


def _interrupted(program: str) -> subprocess.CompletedProcess[str]:
    head = "import os, signal\nfrom service.use_cases.steps import Silent, Steps\n"
    head += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    head += "class Loud(Silent):\n    def say(self, sentence): print(sentence)\n"
    return subprocess.run([sys.executable, "-c", head + program], capture_output=True, text=True, check=False)


def test_ctrl_c_lets_a_planner_end_with_its_best_so_far() -> None:
    done = _interrupted("""
steps = Steps(Loud(), keep_best=True)
with steps.step("plan", "编排") as step:
    rounds = 0
    while step.keep_going(rounds / 10):
        rounds += 1
        if rounds == 3:
            os.kill(os.getpid(), signal.SIGINT)
print(rounds, step.note)
""")
    assert (done.returncode, done.stderr) == (0, "")
    said, kept = done.stdout.splitlines()
    assert "再按一次 Ctrl-C" in said
    assert kept == "3 已提前停止，保留当时最好的方案"


def test_a_second_ctrl_c_and_one_before_there_is_a_best_interrupt_at_once() -> None:
    done = _interrupted("""
for before in (0, 1):
    try:
        with Steps(keep_best=True).step("plan", "编排") as step:
            for _ in range(before):
                step.keep_going(0.5)
                os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            print("not reached")
    except KeyboardInterrupt:
        print("interrupted")
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
""")
    assert (done.returncode, done.stdout.split()) == (0, ["interrupted", "interrupted", "True"]), done.stderr


def test_without_keeping_the_best_ctrl_c_interrupts_a_planner_too() -> None:
    done = _interrupted("""
try:
    with Steps().step("plan", "编排") as step:
        step.keep_going(0.5)
        os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
""")
    assert done.stdout == "interrupted\n", done.stderr
