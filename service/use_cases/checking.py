"""Judge and price plans that come as documents, whoever made them."""

from dataclasses import dataclass
from pathlib import Path

from optimizer import check
from optimizer.model import CostBreakdown
from optimizer.price import price
from optimizer.validate import require_valid
from service.errors import DocumentError
from service.exchange.documents import load_plans, load_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One plan, judged from its problem alone.

    Parameters
    ----------
    findings
        One sentence per broken rule.
    bill
        Lines of the vehicles that drive, at the problem's rates.
    """

    kind: str
    synthetic: bool
    requests: int
    unserved: int
    findings: tuple[str, ...]
    bill: CostBreakdown


def check_documents(folder: Path) -> tuple[Checked, ...]:
    """Judge the plans of `schedule.json` against the problems of `problem.json` beside it.

    Raises
    ------
    DocumentError
        A document is missing or does not follow its schema, or a plan has no problem.
    ProblemError
        A problem contradicts itself; every fault is named.
    """
    problems, plans = load_problems(folder / "problem.json"), load_plans(folder / "schedule.json")
    if lacking := sorted(plans.keys() - problems.keys()):
        message = f"{folder / 'schedule.json'} 的方案 {', '.join(lacking)} 在 problem.json 中没有对应的问题"
        raise DocumentError(message)
    for problem in problems.values():
        require_valid(problem)
    found = []
    for kind, document in plans.items():
        problem, schedule = problems[kind], document.schedule
        findings = tuple(violation.message for violation in check.violations(problem, schedule))
        found.append(
            Checked(
                kind=kind,
                synthetic=problem.synthetic,
                requests=len(problem.requests),
                unserved=len(schedule.unserved),
                findings=findings,
                bill=price(problem, schedule, idle=False),
            )
        )
    return tuple(found)
