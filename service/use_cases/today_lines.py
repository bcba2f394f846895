"""Today's lines: driven and judged as they are printed, priced, and changed with least disruption.

`judge_today` is the whole of it, from Python as from the command line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Engine

from optimizer.bookings import booked_groups
from optimizer.existing import today
from optimizer.line_changes import LineChanges, RiderMove, changed, changes, rider_moves
from optimizer.line_days import after
from optimizer.lines import LineDraft
from optimizer.validate import require_valid
from scenarios.prefecture.values import Prefecture
from service.documents.book import LineBook, Side
from service.documents.timetable_pdf import timetable_pdf
from service.documents.workbook import line_workbook
from service.errors import IntakeError
from service.kinds import EVENING, MORNING, NAMES
from service.settings import Settings
from service.use_cases.boarding import Aboard, counted, existing, found_among, walks_today, with_walks_of
from service.use_cases.commute import left_out_rows
from service.use_cases.commute_day import CommuteDay
from service.use_cases.commute_start import Tell, started
from service.use_cases.commute_values import KINDS
from service.use_cases.contracts import compare_contracts, contract_tables
from service.use_cases.engine import warm_engine
from service.use_cases.folders import staged
from service.use_cases.handouts import RIDERS, handouts, rider_list
from service.use_cases.judging import judge
from service.use_cases.line_outputs import book_of, sides_of, write_line_outputs
from service.use_cases.outputs import write_plans
from service.use_cases.problem_list import problem_files, write_problems
from service.use_cases.shuttles import DIRECTIONS, Lines, line_drafts, share_of
from service.use_cases.steps import Steps
from service.use_cases.today_tables import today_tables
from service.use_cases.today_values import Printed, TodayOrder, TodayPlan

__all__ = ["TodayOrder", "TodayPlan", "judge_today"]


def judge_today(
    order: TodayOrder,
    settings: Settings,
    steps: Steps,
    *,
    engine: Engine | None = None,
    tell: Tell | None = None,
) -> TodayPlan:
    """Read today's lines, drive them as they are printed, judge and price them, and plan better ones.

    Parameters
    ----------
    engine
        Database of the stored day, and of what places are called; not needed with a map file.
    tell
        Told of each sheet as soon as it is read.

    Raises
    ------
    IntakeError
        The sheet has no line of the directions that are asked for, or something else is missing.
    OutputError
        `out` cannot be written; known before any work is done.
    """
    start = started(order.commute, settings, steps, engine=engine, tell=tell, note=_lines)
    found = TodayPlan(commute=start.commute, roads=start.roads, kind_of_day=start.kind_of_day)
    if order.commute.dry_run:
        return replace(found, files=write_problems(order.commute.out, found.commute.reports, found.left_out))
    found, drafts = _judged(order, found, steps)
    if not order.judge_only:
        found = _replanned(order, found, drafts, steps)
    found = replace(found, tables=tuple(today_tables(found)))
    return replace(found, files=_written(order, found, settings, steps))


def _lines(commute: CommuteDay) -> str:
    return f"现有线路 {len(commute.printed)} 条"


# -- as it is printed --------------------------------------------------------------------------------------


def _judged(order: TodayOrder, found: TodayPlan, steps: Steps) -> tuple[TodayPlan, dict[str, LineDraft]]:
    """Drive today's lines and judge them, both directions together."""
    with steps.step("today", "按印制的时刻行驶现有线路"):
        printed, drafts, vain = _driven(order, found)
    with steps.step("judge", "两位评判员逐条核对现有线路") as step:
        plans = {kind: (p.now.planned.draft.problem, p.now.planned.schedule) for kind, p in printed.items()}
        judged = judge(plans, found.roads, step.part)
        step.note = f"违规 {sum(len(plan.findings) for plan in judged.values())} 处"
    lines = _as_lines(printed)
    sides = {kind: _named(side, printed[kind]) for kind, side in zip(lines, sides_of(lines), strict=True)}
    left_out = tuple(left_out_rows(found.commute, lines))
    return replace(found, printed=printed, judged=judged, sides=sides, vain=vain, left_out=left_out), drafts


def _driven(
    order: TodayOrder, found: TodayPlan
) -> tuple[dict[str, Printed], dict[str, LineDraft], tuple[str, ...]]:
    day, roads = found.day, found.roads
    walks_m = walks_today(day, roads, order.commute.settings)
    printed: dict[str, Printed] = {}
    drafts: dict[str, LineDraft] = {}
    vain: list[str] = []
    for kind in KINDS[order.commute.way]:
        rows = tuple(line for line in found.commute.printed if line.direction == DIRECTIONS[kind])
        if not rows:
            continue
        if found.commute.counted:
            aboard = counted(rows, day.compounds)
        else:
            aboard, unknown = found_among(day, rows, walks_m, order.commute.settings.walk_max_m)
            vain += unknown
        of_kind = _counted_day(day, aboard) if found.commute.counted else day
        kept = [g.id for g in of_kind.rider_groups]
        row = [i for i, group in enumerate(day.rider_groups) if group.id in set(kept)]
        walks = with_walks_of(aboard, of_kind, rows, walks_m[row], order.commute.settings.walk_max_m)
        drafts[kind] = line_drafts(of_kind, roads, order.commute.settings, walks)[kind]
        require_valid(drafts[kind].problem)
        earlier = printed.get(MORNING)
        draft = after(drafts[kind], earlier.now.planned.schedule) if earlier else drafts[kind]
        lines = existing(rows, aboard)
        printed[kind] = Printed(rows=rows, lines=lines, now=today(draft, lines))
    if not printed:
        asked = "、".join(NAMES[kind] for kind in KINDS[order.commute.way])
        message = f"现有线路表中没有可用的{asked}线路；请核对表格，或用 --direction 指定方向"
        raise IntakeError(message)
    return printed, drafts, tuple(vain)


def _counted_day(day: Prefecture, aboard: Aboard) -> Prefecture:
    """Take those who are counted on the lines of one direction."""
    count: dict[str, int] = {}
    for riders in aboard.values():
        for group_id, n in riders:
            count[group_id] = count.get(group_id, 0) + n
    return replace(day, rider_groups=booked_groups(day.rider_groups, count))


def _as_lines(printed: Mapping[str, Printed]) -> dict[str, Lines]:
    return {
        kind: Lines(draft=p.now.planned.draft, schedule=p.now.planned.schedule) for kind, p in printed.items()
    }


def _named(side: Side, printed: Printed) -> Side:
    """Give the lines of a side the names that are printed."""
    names = {line.id: line.name for line in printed.lines}
    lines = tuple(
        replace(line, name=names[printed.now.line_of[line.rides[0].request_id]]) for line in side.lines
    )
    return replace(side, lines=lines)


# -- with least disruption ---------------------------------------------------------------------------------


def _replanned(
    order: TodayOrder, found: TodayPlan, drafts: Mapping[str, LineDraft], steps: Steps
) -> TodayPlan:
    """Plan from today's lines, each direction in turn, and have the new plan judged and costed."""
    warm_engine(steps)
    lines: dict[str, Lines] = {}
    told: dict[str, LineChanges] = {}
    moves: dict[str, tuple[RiderMove, ...]] = {}
    seconds = order.commute.seconds
    with steps.step("shuttles", "以最少的变动重新编排") as step:
        for number, (kind, printed) in enumerate(found.printed.items()):
            draft = drafts[kind]
            if kind == EVENING and MORNING in lines:
                draft = after(draft, lines[MORNING].schedule)
            planned, _ = changed(
                today(draft, printed.lines),
                moved_rider_fen=order.keep_fen,
                new_stop_fen=order.new_stop_fen,
                seed=order.commute.seed,
                seconds=None if seconds is None else seconds / len(found.printed),
                progress=share_of(step, number, len(found.printed)),
            )
            lines[kind] = Lines(draft=planned.draft, schedule=planned.schedule)
            told[kind] = changes(printed.now.planned, planned)
            moves[kind] = rider_moves(printed.now.planned, planned)
    with steps.step("judge", "两位评判员逐条核对新方案") as step:
        plans = {kind: (line.draft.problem, line.schedule) for kind, line in lines.items()}
        planned_judged = judge(plans, found.roads, step.part)
        step.note = f"违规 {sum(len(plan.findings) for plan in planned_judged.values())} 处"
    return replace(
        found,
        lines=lines,
        planned=planned_judged,
        changes=told,
        moves=moves,
        left_out=tuple(left_out_rows(found.commute, lines)),
        contracts=compare_contracts(
            {kind: (plan.problem, plan.schedule) for kind, plan in planned_judged.items()},
            found.day.date,
            region=order.commute.region,
        ),
    )


# -- on paper ----------------------------------------------------------------------------------------------


def _written(order: TodayOrder, found: TodayPlan, settings: Settings, steps: Steps) -> tuple[str, ...]:
    """Write today's lines as they are driven, and the new plan where both judges found nothing in it."""
    out = order.commute.out
    if out is None:
        return ()
    with steps.step("outputs", f"写出文件到 {out}") as step:
        book = _book(found)
        more = problem_files(found.commute.reports, found.left_out) | {
            "today.pdf": timetable_pdf(book),
            "today.xlsx": line_workbook(book),
        }
        names = tuple(_todays_plan(order, found))
        if not found.lines or found.violations:
            with staged(out) as stage:
                for name, content in more.items():
                    (stage / name).write_bytes(content)
            return (*names, *more)
        more |= handouts(found.day, found.planned) | {RIDERS: rider_list(found.lines)}
        names += write_plans(out, found.planned, found.roads, more)
        tables = found.tables
        if found.contracts is not None:
            tables += tuple(contract_tables(found.contracts, order.commute.region))
        documents = write_line_outputs(
            out, found.lines, found.planned, found.roads,
            title=found.day.name, tables=tables, zone=settings.time_zone, progress=step.part,
        )  # fmt: skip
        return (*names, *documents)


def _todays_plan(order: TodayOrder, found: TodayPlan) -> Iterator[str]:
    """Write today's problem and schedule into a folder of their own, to be judged again."""
    if order.commute.out is not None:
        for name in write_plans(order.commute.out / "today", found.judged, found.roads, {}):
            yield f"today/{name}"


def _book(found: TodayPlan) -> LineBook:
    book = book_of(
        _as_lines(found.printed), found.roads, title=f"{found.day.name} 现有线路", tables=found.tables
    )
    return replace(book, sides=tuple(found.sides.values()))
