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
