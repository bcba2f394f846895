"""A day of cars beside dispatch by hand, and after a breakdown."""

from typing import TYPE_CHECKING

from service.cli.tables import console, table_of, yuan

if TYPE_CHECKING:
    from service.use_cases.car_trials import CarTrials


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
