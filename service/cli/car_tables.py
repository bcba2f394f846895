"""A day of cars beside dispatch by hand, after a breakdown, re-planned, and what it offers late requests."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from service.cli.tables import console, say_more, table_of, yuan
from service.clock import clock_text
from service.kinds import NAMES

if TYPE_CHECKING:
    from optimizer.model import Request
    from optimizer.offers import Could, Offer
    from optimizer.one_calendar import Relief
    from optimizer.replan import Replanned
    from scenarios.prefecture.values import Prefecture
    from service.use_cases.car_trials import CarTrials

SHOWN: Final = 20
KINDS: Final[Mapping[str, str]] = {
    "added": "新安排",
    "moved": "换车",
    "driver": "换驾驶员",
    "time": "改时间",
    "dropped": "无法安排",
    "cancelled": "已取消",
}


def show_trials(trials: "CarTrials") -> None:
    """Show what planning gains on first come, nearest free car, and what a breakdown at ten changes."""
    screen, found = console(), trials.margin
    table = table_of(
        "公务用车与先到先派（就近空车）比较", "做法", "安排>", "用车>", "空驶公里>", "决策费用（元）>"
    )
    for k, name in enumerate(("本方案", "先到先派")):
        table.add_row(
            name, f"{found.served[k]:,}", f"{found.cars[k]:,}", f"{found.empty_m[k] / 1_000:,.1f}",
            yuan(found.decision_fen[k]),
        )  # fmt: skip
    screen.print(table)
    share = found.saved_fen / found.decision_fen[1] if found.decision_fen[1] else 0.0
    screen.print(f"比先到先派省 {yuan(found.saved_fen)} 元（{share:.1%}）", soft_wrap=True)
    done = trials.replanned
    if done is None:
        return
    left = f"，{len(done.schedule.unserved)} 件未安排" if done.schedule.unserved else "，申请全部保住"
    moved = sum(change.caused for change in done.changes)
    screen.print(
        f"演练：10:00 {trials.broken} 抛锚，改派 {moved} 件，受牵连的其他安排 {done.others_changed} 件"
        f"{left}，费用变化 {yuan(done.more_fen)} 元，违规 {len(trials.findings)} 处",
        soft_wrap=True,
    )
    for unserved in done.schedule.unserved:
        screen.print(f"  未安排 {unserved.detail}", soft_wrap=True)


def show_changes(day: "Prefecture", done: "Replanned") -> None:
    """List what is different for whom at what price, and who is left out with what would help."""
    from service.use_cases.living import plates

    screen, plate = console(), plates(done.problem.vehicles)
    names = {r.id: f"{r.id}·{r.name}" for r in (*day.requests, *done.problem.requests)}
    table = table_of("变更", "申请~", "变更", "原车", "现车", "推迟分钟>", "费用（元）>", "受牵连")
    for change in done.changes[:SHOWN]:
        table.add_row(
            names.get(change.request_id, change.request_id), KINDS[change.kind],
            plate.get(change.before or "", "—"), plate.get(change.after or "", "—"),
            f"{change.later_s / 60:.0f}" if change.later_s else "", yuan(change.fen),
            "" if change.caused else "是",
        )  # fmt: skip
    screen.print(table)
    say_more(screen, len(done.changes), "项变更", SHOWN)
    for note in done.notes:
        screen.print(f"  {note}", soft_wrap=True)
    screen.print(
        f"变更 {len(done.changes)} 项，其中受牵连 {done.others_changed} 项；"
        f"决策费用变化 {yuan(done.more_fen)} 元",
        soft_wrap=True,
    )
    for left in done.schedule.unserved[:SHOWN]:
        ways = "；".join(relaxation.text for relaxation in left.relaxations)
        screen.print(f"  未安排 {left.detail}{f'；可行办法：{ways}' if ways else ''}", soft_wrap=True)


def show_offers(
    day: "Prefecture", request: "Request", offered: "Sequence[Offer]", could: "Sequence[Could]"
) -> None:
    """List the places for one late request, and who could take it soonest."""
    from service.use_cases.living import plates

    screen, plate = console(), plates(day.cars)
    drivers = dict(day.driver_names)
    table = table_of(
        f"{request.id}·{request.name}", "车牌", "驾驶员", "上车", "完成", "增加费用（元）>", "耽误~", "新出车"
    )
    for offer in offered:
        late = "、".join(f"{i} {seconds / 60:.0f} 分" for i, seconds in offer.delays)
        table.add_row(
            plate[offer.vehicle_id], drivers.get(offer.driver_id or "", "—"), clock_text(offer.start_s),
            clock_text(offer.end_s), yuan(offer.fen), late or "—", "是" if offer.new_vehicle else "",
        )  # fmt: skip
    screen.print(table)
    if not offered:
        screen.print("  按要求的时间没有车可以承担", soft_wrap=True)
    soonest = "，".join(f"{plate[c.vehicle_id]} {clock_text(c.start_s)}" for c in could[:8])
    screen.print(f"  能承担的车 {len(could)} 辆，最早：{soonest or '四小时内没有'}", soft_wrap=True)


def show_reliefs(day: "Prefecture", reliefs: "Sequence[Relief]") -> None:
    """Say who drives the shuttles of a driver who is out, or that nobody can."""
    screen, names = console(), dict(day.driver_names)
    plate = {bus.id: bus.plate or bus.id for bus in day.buses}
    for one in reliefs:
        bus = f"{NAMES.get(one.kind, one.kind)} {plate.get(one.vehicle_id, one.vehicle_id)}"
        if one.spare_id is None:
            screen.print(f"  {bus}：没有准驾相符且有空的替班驾驶员，请租车或停运", soft_wrap=True)
        else:
            screen.print(
                f"  {bus}：由 {names.get(one.spare_id, one.spare_id)} 代驾，时刻不变", soft_wrap=True
            )
