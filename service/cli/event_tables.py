"""An event's plan as tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from service.cli.tables import SYNTHETIC, console, say_more, table_of, yuan
from service.clock import clock_text

if TYPE_CHECKING:
    from rich.console import Console

    from optimizer.event import Event, EventPlan
    from service.use_cases.event_values import EventDone

LEFT_SHOWN: Final = 30


def show_event(done: "EventDone", out: Path | None) -> None:
    """Show lots, convoys, who is left out and what would help; in a rehearsal only what was read."""
    screen, event = console(), done.event
    note = f" {SYNTHETIC}" if event.synthetic else ""
    screen.print(f"{event.name} · {event.date}{note}", style="bold", soft_wrap=True)
    for remark in done.remarks:
        screen.print(f"  提示：{remark}", soft_wrap=True)
    if done.plan is None:
        _show_rehearsal(screen, event)
        return
    _show_lots(screen, event, done.plan)
    _show_convoys(screen, event, done.plan)
    _show_left_out(screen, done.plan)
    _show_sums(screen, done)
    if out is not None:
        screen.print(f"文件夹 {out}：{'、'.join(done.files)}", soft_wrap=True)


def _show_rehearsal(screen: "Console", event: "Event") -> None:
    table = table_of("停车场", "停车场", "小型>", "中型>", "大型>", "步行米>", "行车米>")
    for lot in event.lots:
        spaces = (str(lot.cars), str(lot.minibuses), str(lot.coaches))
        table.add_row(lot.id, *spaces, f"{lot.walk_m:,}", f"{lot.way.there_m:,}")
    screen.print(table)
    guests = sum(not car.standby for car in event.cars)
    screen.print(f"到场 {guests} 辆，可备勤 {len(event.cars) - guests} 辆；仅核对，未编排")


def _show_lots(screen: "Console", event: "Event", plan: "EventPlan") -> None:
    from optimizer.event import Kind
    from service.documents.lot_pdf import fullest

    table = table_of(
        "停车场（最多停放/车位）", "停车场", "入口", "小型>", "中型>", "大型>", "最满", "步行米>"
    )
    for lot in event.lots:
        most = {kind: fullest(event, plan, lot, kind) for kind in Kind}
        counts = [f"{most[kind][0]}/{lot.spaces(kind)}" if lot.spaces(kind) else "" for kind in Kind]
        number, at_s = max(most.values())
        table.add_row(lot.id, lot.gate, *counts, clock_text(at_s) if number else "", f"{lot.walk_m:,}")
    screen.print(table)


def _show_convoys(screen: "Console", event: "Event", plan: "EventPlan") -> None:
    from optimizer.event.values import convoys_of

    convoys = convoys_of(event)
    if not convoys:
        return
    table = table_of("车队", "车队", "车辆>", "出发", "到达", "停车场")
    for name, cars in convoys.items():
        own = [p for car in cars if (p := plan.pass_of(car.id))]
        doors = sorted(p.door_s for p in own if p.door_s is not None)
        starts = [p.start_s for p in own if p.start_s is not None]
        arrive = "–".join(dict.fromkeys(map(clock_text, (doors[0], doors[-1])))) if doors else ""
        start = clock_text(min(starts)) if starts else ""
        table.add_row(name, str(len(cars)), start, arrive, "、".join(dict.fromkeys(p.lot_id for p in own)))
    screen.print(table)


def _show_left_out(screen: "Console", plan: "EventPlan") -> None:
    from service.documents.lot_pdf import more_text

    for left in plan.left_out[:LEFT_SHOWN]:
        screen.print(f"  未安排：{left.reason}", soft_wrap=True)
    say_more(screen, len(plan.left_out), "辆未安排", LEFT_SHOWN)
    for sentence in more_text(plan):
        screen.print(f"  要全部安排，至少：{sentence}", soft_wrap=True)
    if plan.split:
        screen.print(f"  没有一个停车场放得下整队，分开停放：{'、'.join(plan.split)}", soft_wrap=True)


def _show_sums(screen: "Console", done: "EventDone") -> None:
    from optimizer.event.values import KIND_NAMES

    plan = done.plan
    if plan is None:
        return
    placed = sum(not p.standby for p in plan.passes)
    standby = sum(p.standby for p in plan.passes)
    counts = f"{placed} 辆有通行证，备勤 {standby} 辆，未安排 {len(plan.left_out)} 辆"
    screen.print(f"{counts}；违规 {len(done.findings)} 处", soft_wrap=True)
    for kind, number in plan.standby_short:
        screen.print(f"  备勤还差 {number} 辆{KIND_NAMES[kind]}", soft_wrap=True)
    proof = "已证明最低" if plan.bound_fen == plan.cost_fen else f"下界 {yuan(plan.bound_fen)} 元"
    parts = f"行驶 {yuan(plan.drive_fen)}、步行折算 {yuan(plan.walk_fen)}、备勤响应 {yuan(plan.response_fen)}"
    screen.print(f"决策费用 {yuan(plan.cost_fen)} 元（{parts}），{proof}", soft_wrap=True)
    if done.event.settings.bays is not None:
        screen.print(f"落客位 {done.event.settings.bays} 个，提前到达合计 {plan.early_s // 60} 分钟")
    for finding in done.findings[:LEFT_SHOWN]:
        screen.print(f"  违规：{finding.message}", soft_wrap=True)
