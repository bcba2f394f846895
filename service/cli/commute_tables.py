"""What `paiche plan shuttles` shows: lines of both ways, who is left out, the contracts."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from service.cli.contract_tables import show_contracts
from service.cli.plan_tables import LEFT_OUT_SHOWN, show_head, show_key_figures, show_line_table
from service.cli.tables import console, yuan
from service.kinds import NAMES

if TYPE_CHECKING:
    from rich.console import Console

    from service.use_cases.commute import CommutePlan

LINES_SHOWN: Final = 40


def show_commute(done: "CommutePlan", out: Path | None) -> None:
    """Show the lines, their figures, who has no seat and why, what contracts cost, and the files."""
    from optimizer.model import Status

    screen = console()
    show_head(done.day, clock=False)
    for kind in done.lines:
        show_line_table(kind, done.judged[kind], done.lines[kind], LINES_SHOWN)
    show_key_figures(done.lines)
    screen.print(_figures(done), soft_wrap=True)
    if any(plan.schedule.status is Status.STOPPED for plan in done.judged.values()):
        screen.print("已提前停止：这是当时最好的方案，可重新运行以继续改进", soft_wrap=True)
    _show_left_out(screen, done)
    for kind, plan in done.judged.items():
        for finding in plan.findings[:LEFT_OUT_SHOWN]:
            screen.print(f"  违规（{NAMES[kind]}）{finding}", soft_wrap=True)
    if done.staggered is not None:
        screen.print("错峰上下班（每次只动一个办公区）")
        for line in done.staggered.text().splitlines():
            screen.print(f"  {line}", soft_wrap=True)
    if done.contracts is not None:
        show_contracts(done.contracts)
    screen.print()
    if done.ids:
        screen.print(f"已存为草案：{'、'.join(done.ids)}", soft_wrap=True)
    if out is not None:
        refused = "；有违规，时刻表和通知没有写出" if done.violations else ""
        screen.print(f"文件夹 {out}：{'、'.join(done.files)}{refused}", soft_wrap=True)


def show_rehearsal(done: "CommutePlan", out: Path | None) -> None:
    """Show what would be planned, and who reaches no stop."""
    screen, day = console(), done.day
    show_head(day, clock=False)
    seats = _seats(done)
    riders = sum(group.count for group in day.rider_groups)
    gates = len({compound.place.id for compound in day.compounds})
    screen.print(
        f"核对完毕：乘客 {riders:,} 人（{len(day.rider_groups):,} 组），办公区 {gates} 个，"
        f"站点 {len(day.shuttle_stops)} 个，班车 {len(day.buses)} 辆共 {seats:,} 座；"
        "没有编排，没有写入任何数据",
        soft_wrap=True,
    )
    _show_seats(screen, riders, seats)
    largest = max((kind.capacity[0] + 1 for kind in day.vehicle_types), default=0)
    for kind, count in done.needed.items():
        screen.print(
            f"  {NAMES[kind]}：都用核定 {largest} 人的车，约需 {count.buses} 辆、{count.trips} 个班次；"
            f"人人在最晚的允许时刻到（离）院时，至少 {count.at_least} 辆",
            soft_wrap=True,
        )
    _show_left_out(screen, done)
    if done.files:
        screen.print(f"文件夹 {out}：{'、'.join(done.files)}", soft_wrap=True)


def _figures(done: "CommutePlan") -> str:
    groups, by_kind = done.day.rider_groups, [line.served for line in done.lines.values()]
    served = sum(min(one.get(group.id, 0) for one in by_kind) for group in groups)
    both = "往返都有座" if len(by_kind) > 1 else "有座"
    buses = {route.vehicle_id for plan in done.judged.values() for route in plan.schedule.routes}
    cost_fen = sum(plan.bill.total_fen for plan in done.judged.values())
    return (
        f"乘客 {sum(group.count for group in groups):,} 人，{both} {served:,} 人；用车 {len(buses)} 辆；"
        f"违规 {done.violations} 处；当日费用 {yuan(cost_fen)} 元"
    )


def _show_left_out(screen: "Console", done: "CommutePlan") -> None:
    for row in done.left_out[:LEFT_OUT_SHOWN]:
        screen.print(f"  没有座位：{row.sentence}", soft_wrap=True)
    if len(done.left_out) > LEFT_OUT_SHOWN:
        rest = done.left_out[LEFT_OUT_SHOWN:]
        screen.print(
            f"  …另有 {len(rest)} 组 {sum(row.riders for row in rest)} 人没有座位，见问题清单（--out）"
        )


def _seats(done: "CommutePlan") -> int:
    seats = {kind.id: kind.capacity[0] for kind in done.day.vehicle_types}
    return sum(seats[bus.type_id] for bus in done.day.buses)


def _show_seats(screen: "Console", riders: int, seats: int) -> None:
    if riders > seats:
        screen.print(f"  提示：乘客比座位多 {riders - seats:,} 人，除非有车跑第二趟，坐不下的会逐组列出")
