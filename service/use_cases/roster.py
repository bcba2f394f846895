"""A duty roster from sheets, judged and written down; and somebody who is away, replaced."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from optimizer.check.rosters import roster_violations
from optimizer.model import Violation
from optimizer.policy.calendar import day
from optimizer.roster import Post, Roster, RosterProblem, RosterRules, plan, stand_in
from scenarios.duties import POSTS, synthetic_drivers
from service.documents.roster_book import roster_workbook
from service.documents.roster_pdf import roster_pdf
from service.errors import IntakeError
from service.exchange.roster_document import read_roster, write_roster
from service.intake.rosters import USUAL_POSTS, read_duty_drivers, read_duty_posts
from service.sheets import SheetReport
from service.use_cases.folders import require_writable, staged
from service.use_cases.steps import Steps

Tell = Callable[[SheetReport, str | None], None]
PLAN_FILE = "roster.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterOrder:
    """What to plan.

    Parameters
    ----------
    drivers, posts
        Sheets; without one of posts there is one driver by day and one by night.
    first, days
        First day, and how many.
    invented
        So many drivers are made up, without any sheet.
    region
        Whose holidays count.
    """

    drivers: Path | None = None
    posts: Path | None = None
    first: date
    days: int = 100
    invented: int = 0
    name: str = "驾驶员值班表"
    region: str = "cn"
    rules: RosterRules = field(default_factory=RosterRules)
    seed: int = 0
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterDone:
    """What came of it.

    Parameters
    ----------
    changes
        What replacing somebody changed, a sentence each.
    """

    problem: RosterProblem
    roster: Roster
    findings: tuple[Violation, ...]
    reports: tuple[SheetReport, ...] = ()
    changes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def estimated(self) -> tuple[int, ...]:
        """Years whose holidays are not published yet."""
        return tuple(sorted({one.date.year for one in self.problem.days if one.estimated}))


def plan_roster(order: RosterOrder, steps: Steps, *, tell: Tell | None = None) -> RosterDone:
    """Read the sheets, plan, judge, and write the documents.

    Raises
    ------
    ProblemError
        The rows contradict each other.
    OutputError
        `out` cannot be written; known before any work is done.
    """
    if order.out is not None:
        require_writable(order.out)
    problem, reports = _asked(order, steps)
    if tell is not None:
        for report in reports:
            tell(report, None)
    with steps.step("roster", "编排值班") as step:
        found = plan(problem, seed=order.seed)
        step.note = f"{len(found.duties)} 个班，{sum(u.number for u in found.unmanned)} 个空缺"
    return _finished(problem, found, steps, order.out, reports=reports)


def _asked(order: RosterOrder, steps: Steps) -> tuple[RosterProblem, list[SheetReport]]:
    """Read the sheets, or make drivers up."""
    reports: list[SheetReport] = []
    posts: tuple[Post, ...] = USUAL_POSTS if order.drivers is not None else POSTS
    drivers = synthetic_drivers(order.invented, order.first, order.days, seed=order.seed)
    with steps.step("sheets", "读取表格"):
        if order.drivers is not None:
            people = read_duty_drivers(order.drivers)
            drivers = people.drivers
            reports.append(people.report)
        if order.posts is not None:
            shifts = read_duty_posts(order.posts)
            posts = shifts.posts
            reports.append(shifts.report)
    days = (order.first + timedelta(days=n) for n in range(order.days))
    problem = RosterProblem(
        name=order.name,
        days=tuple(day(when, order.region, estimate=True) for when in days),
        posts=posts,
        drivers=drivers,
        rules=order.rules,
        synthetic=order.drivers is None,
    )
    return problem, reports


def replace_driver(
    folder: Path, driver: str, first: date, last: date, out: Path | None, steps: Steps
) -> RosterDone:
    """Let others take over the duties of somebody who is away; as little else as can be changes.

    Parameters
    ----------
    folder
        Where `plan_roster` wrote its documents.

    Raises
    ------
    DocumentError
        The folder holds no roster.
    IntakeError
        No such driver, or days that end before they begin.
    """
    if last < first:
        message = f"请假 {first} 至 {last}：结束早于开始；请核对日期"
        raise IntakeError(message)
    if out is not None:
        require_writable(out)
    problem, roster = read_roster(folder / PLAN_FILE)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    with steps.step("roster", f"为 {driver} 找人顶替"):
        try:
            swap = stand_in(problem, roster, driver, days)
        except LookupError as error:
            raise IntakeError(str(error)) from None
    changes = [f"{d.day} {d.post_id}：{d.driver_id} 不再值班" for d in swap.gone]
    changes += [f"{d.day} {d.post_id}：改由 {d.driver_id} 值班" for d in swap.new]
    least = "，已证明最少" if swap.least else ""
    summary = f"{len(swap.gone)} 个班换人{least}" if swap.gone else f"{driver} 这几天没有班，无需改动"
    return _finished(swap.problem, swap.roster, steps, out, changes=(summary, *sorted(changes)))


def _finished(
    problem: RosterProblem,
    roster: Roster,
    steps: Steps,
    out: Path | None,
    *,
    reports: Sequence[SheetReport] = (),
    changes: tuple[str, ...] = (),
) -> RosterDone:
    """Judge the roster and write it down."""
    with steps.step("judge", "评判员逐班核对"):
        findings = roster_violations(problem, roster)
    done = RosterDone(
        problem=problem, roster=roster, findings=findings, reports=tuple(reports), changes=changes
    )
    if out is None:
        return done
    files = {
        "roster.pdf": roster_pdf(problem, roster),
        "roster.xlsx": roster_workbook(problem, roster),
        PLAN_FILE: write_roster(problem, roster, findings),
    }
    with steps.step("outputs", f"写出文件到 {out}"), staged(out) as stage:
        for name, content in files.items():
            (stage / name).write_bytes(content)
    return replace(done, files=tuple(files))
