"""Money: the objective a schedule claims is its price, and no bound lies above it."""

from collections.abc import Iterator, Sequence

from optimizer.check.walk import Book, Drive
from optimizer.model import Problem, Schedule, Violation
from optimizer.policy.amounts import yuan
from optimizer.price import decision_cost_fen, gap


def money_true(book: Book, _drives: Sequence[Drive], schedules: Sequence[Schedule]) -> Iterator[Violation]:
    """Objective, bound and gap of each schedule agree with `optimizer.price`."""
    for schedule in schedules:
        try:
            yield from _money_of(book.problem, schedule)
        except LookupError:
            continue  # an unknown vehicle, request or leg, which other rules name


def _money_of(problem: Problem, schedule: Schedule) -> Iterator[Violation]:
    cost = decision_cost_fen(problem, schedule)
    if schedule.objective_fen != cost:
        message = f"方案写的目标值是 {yuan(schedule.objective_fen)}，按路线计价是 {yuan(cost)}"
        yield Violation(rule="objective", message=message, excess=abs(schedule.objective_fen - cost))
    bound = schedule.bound_fen
    if bound is not None and bound > schedule.objective_fen:
        message = f"下界 {yuan(bound)} 高于目标值 {yuan(schedule.objective_fen)}，二者必有一错"
        yield Violation(rule="bound", message=message, excess=bound - schedule.objective_fen)
    true_gap = None if bound is None else gap(problem, schedule, bound)
    agree = schedule.gap == true_gap or (
        schedule.gap is not None and true_gap is not None and abs(schedule.gap - true_gap) < 1e-6
    )
    if not agree:
        said, true = (("无" if g is None else f"{g:.6f}") for g in (schedule.gap, true_gap))
        yield Violation(rule="gap", message=f"方案写的差距是 {said}，按定义是 {true}")
