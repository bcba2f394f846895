"""Shuttle lines from sheets: riders, compounds, buses and stops on a map, planned, judged, costed, written.

`plan_commute` is the whole of it, from Python as from the command line. A rehearsal (`dry_run`) reads every
sheet and measures every walk, and plans nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import Engine

from gis.matrix import UNREACHABLE
from optimizer.bus_count import BusCount, count_buses
from optimizer.line_figures import left_out_of
from optimizer.lines import LineDraft, ShuttleSettings
from optimizer.model import Problem
from optimizer.policy.calendar import parse_date
from optimizer.policy.offers import Offer, default_offers
from scenarios.prefecture.values import Prefecture
from scenarios.stagger import StaggerStudy
from service.intake.quotes import read_quotes
from service.kinds import NAMES
from service.settings import Settings
from service.store.plans import Judged
from service.use_cases.commute_day import CommuteDay
from service.use_cases.commute_start import Tell, started
from service.use_cases.commute_values import KINDS, CommuteOrder, CommutePlan, LeftOutRow
from service.use_cases.contracts import compare_contracts, contract_tables
from service.use_cases.engine import warm_engine
from service.use_cases.handouts import RIDERS, handouts, rider_list
from service.use_cases.judging import judge
from service.use_cases.line_outputs import write_line_outputs
from service.use_cases.outputs import write_plans
from service.use_cases.problem_list import problem_files, write_problems
from service.use_cases.roads import Roads
from service.use_cases.shuttles import Lines, line_drafts, plan_shuttles
from service.use_cases.staggering import stagger_hours
from service.use_cases.steps import Steps
from service.use_cases.stored import keep_draft

COUNTED: Final = 5_000
"""Iterations of the count of buses in a rehearsal: about a second."""

STAGGER_SHARE: Final = 0.5
"""Part of the seconds for plans at other hours, where they are asked for."""

__all__ = ["CommuteOrder", "CommutePlan", "left_out_rows", "plan_commute"]


def plan_commute(
    order: CommuteOrder,
    settings: Settings,
    steps: Steps,
    *,
    engine: Engine | None = None,
    tell: Tell | None = None,
) -> CommutePlan:
    """Plan the lines of a day from sheets, judge and cost them, and write them down.

    Parameters
    ----------
    engine
        Database of the stored day, and of what places are called; not needed with a map file.
    tell
        Told of each sheet as soon as it is read.

    Raises
    ------
    IntakeError
        Something is missing without which no line can be planned, or nobody rides that day.
    OutputError
        `out` cannot be written; known before any work is done.
    """
    start = started(order, settings, steps, engine=engine, tell=tell, note=_riders)
    commute, offers = _with_quotes(order, start.commute, tell)
    roads = start.roads
    found = CommutePlan(
        commute=commute, roads=roads, kind_of_day=start.kind_of_day, lines={}, judged={}, left_out=()
    )
    if order.dry_run:
        left_out = tuple(_out_of_reach(commute, roads, order.settings, steps))
        found = replace(found, left_out=left_out, needed=_needed(order, commute.day, roads, steps))
        return replace(found, files=write_problems(order.out, commute.reports, left_out))
    lines, judged = _planned(order, commute.day, roads, steps)
    found = replace(
        found, lines=lines, judged=judged, left_out=tuple(left_out_rows(commute, lines)),
        contracts=compare_contracts(
            {kind: (plan.problem, plan.schedule) for kind, plan in judged.items()},
            commute.day.date, offers=offers, region=order.region,
        ),
    )  # fmt: skip
    ids: tuple[str, ...] = ()
    if engine is not None and order.map_file is None:
        ids = tuple(keep_draft(engine, start.base, plan) for plan in judged.values())
    found = replace(found, ids=ids, staggered=_staggered(order, commute.day, roads, steps))
    return replace(found, files=_written(order, found, settings, steps))


def _riders(commute: CommuteDay) -> str:
    return f"乘客 {sum(g.count for g in commute.day.rider_groups):,} 人"


def _with_quotes(
    order: CommuteOrder, commute: CommuteDay, tell: Tell | None
) -> tuple[CommuteDay, tuple[Offer, ...]]:
    """Put quotations before the default offers."""
    usual = default_offers(order.region)
    if order.quotes is None:
        return commute, usual
    sheet = read_quotes(order.quotes, parse_date(commute.day.date))
    if tell is not None:
        tell(sheet.report, None)
    return replace(commute, reports=(*commute.reports, sheet.report)), (*sheet.offers, *usual)


def _planned(
    order: CommuteOrder, day: Prefecture, roads: Roads, steps: Steps
) -> tuple[Mapping[str, Lines], Mapping[str, Judged]]:
    warm_engine(steps)
    kinds = KINDS[order.way]
    named = "、".join(NAMES[kind] for kind in kinds)
    with steps.step("shuttles", f"编排{named}") as step:
        lines = plan_shuttles(
            day, roads, order.seed, step, order.settings, kinds=kinds, seconds=_seconds(order)[0]
        )
    with steps.step("judge", "两位评判员逐条核对") as step:
        plans = {kind: (line.draft.problem, line.schedule) for kind, line in lines.items()}
        judged = judge(plans, roads, step.part)
        step.note = f"违规 {sum(len(plan.findings) for plan in judged.values())} 处"
    return lines, judged


def _staggered(order: CommuteOrder, day: Prefecture, roads: Roads, steps: Steps) -> StaggerStudy | None:
    if not order.stagger_minutes:
        return None
    with steps.step("stagger", f"比较错峰 {order.stagger_minutes} 分钟") as step:
        return stagger_hours(
            day, roads, order.stagger_minutes, step,
            kinds=KINDS[order.way], seed=order.seed, settings=order.settings, seconds=_seconds(order)[1],
        )  # fmt: skip


def _seconds(order: CommuteOrder) -> tuple[float | None, float | None]:
    """Share the seconds out between the lines and what other hours would save."""
    if order.seconds is None:
        return None, None
    stagger_s = STAGGER_SHARE * order.seconds if order.stagger_minutes else 0.0
    return order.seconds - stagger_s, stagger_s


def _out_of_reach(
    commute: CommuteDay, roads: Roads, settings: ShuttleSettings, steps: Steps
) -> Iterator[LeftOutRow]:
    """Name the riders who reach no stop, by walking distances alone."""
    day = commute.day
    with steps.step("walks", "计算步行距离"):
        homes = [group.home for group in day.rider_groups]
        walks_m = roads.walking.distances(homes, day.shuttle_stops, settings.walk_max_m)
    for group, reach_m in zip(day.rider_groups, walks_m, strict=True):
        if (reach_m >= UNREACHABLE).all():
            reason = f"步行 {settings.walk_max_m} 米内没有站点"
            where = commute.rows.get(group.id, f"乘客组 {group.id}")
            yield LeftOutRow(where=where, riders=group.count, reason=reason)


def _needed(order: CommuteOrder, day: Prefecture, roads: Roads, steps: Steps) -> Mapping[str, BusCount]:
    """Count the buses of the largest kind that each direction needs, before any plan is made."""
    warm_engine(steps)
    with steps.step("buses", "估算需要多少车") as step:
        drafts = line_drafts(day, roads, order.settings)
        found = {kind: count_buses(_reachable(drafts[kind]), iterations=COUNTED) for kind in KINDS[order.way]}
        step.note = "、".join(f"{NAMES[kind]} {count.buses} 辆" for kind, count in found.items())
    return found


def _reachable(draft: LineDraft) -> Problem:
    """Leave out who reaches no stop."""
    pairs = zip(draft.problem.requests, draft.parties, strict=True)
    return replace(draft.problem, requests=tuple(r for r, party in pairs if party.stop is not None))


def left_out_rows(commute: CommuteDay, lines: Mapping[str, Lines]) -> Iterator[LeftOutRow]:
    """Name who has no seat, once for both directions that leave them out for one reason."""
    told: dict[tuple[str, str], list[int]] = {}
    for line in lines.values():
        for left in left_out_of(line.draft, line.schedule):
            reason = left.reason.split("：", 1)[-1]
            told.setdefault((left.group_id, reason), []).append(left.riders)
    for (group_id, reason), riders in told.items():
        where = commute.rows.get(group_id, f"乘客组 {group_id}")
        yield LeftOutRow(where=where, riders=max(riders), reason=reason)


def _written(order: CommuteOrder, found: CommutePlan, settings: Settings, steps: Steps) -> tuple[str, ...]:
    """Write the plans; what people are handed only where both judges found nothing."""
    if order.out is None:
        return ()
    title = f"写出文件到 {order.out}"
    with steps.step("outputs", title) as step:
        more = problem_files(found.commute.reports, found.left_out)
        if found.violations:
            return write_plans(order.out, found.judged, found.roads, more)
        more |= handouts(found.day, found.judged) | {RIDERS: rider_list(found.lines)}
        names = write_plans(order.out, found.judged, found.roads, more)
        tables = () if found.contracts is None else contract_tables(found.contracts, order.region)
        documents = write_line_outputs(
            order.out, found.lines, found.judged, found.roads,
            title=found.day.name, tables=tables, zone=settings.time_zone, progress=step.part,
        )  # fmt: skip
        return (*names, *documents)
