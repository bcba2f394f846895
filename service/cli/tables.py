"""Results for people, as tables on the output stream; every table of invented data says so."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

from service.clock import clock_text
from service.kinds import CARS, EMERGENCY, MORNING, NAMES, SHUTTLES

if TYPE_CHECKING:
    from optimizer.model import Route, Schedule, Visit
    from scenarios.prefecture.values import Prefecture
    from scenarios.study import Outcome
    from service.rows import MapRow
    from service.store.ledger import Account
    from service.store.plans import Judged
    from service.store.trips import Trip
    from service.use_cases.checking import Checked
    from service.use_cases.demo import DemoDay
    from service.use_cases.shuttles import Lines

SHOWN: Final = 12
ACCOUNT_NAMES: Final[Mapping[str, str]] = {
    "vehicle_used": "出车（餐补、租车日费）",
    "trip": "趟次",
    "km": "里程（能耗、维修）",
    "toll": "通行费",
    "hour": "工时",
    "overtime": "加班",
    "standing": "固定（折旧、保险、工资）",
}


def console() -> Console:
    """Output stream; as wide as the terminal, or wide enough for the tables where there is none."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=120)


def yuan(fen: int) -> str:
    """Write fen as yuan, to the fen."""
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{size // 100:,}.{size % 100:02d}"


def show_demo(done: "DemoDay", *, database: str, named: str, out: Path | None) -> None:
    """Show everything that the demonstration came to."""
    day, screen = done.day, console()
    screen.print()
    synthetic = "（合成数据 Synthetic data）"
    screen.print(f"[bold]{day.name} · {day.date} · {clock_text(day.clock_s)}[/bold] {synthetic}")
    screen.print(f"地图 {done.summary.map.source}：{done.summary.map.nodes:,} 个路口")
    show_lines(day, done.judged, done.lines)
    show_cars(done.judged[CARS])
    show_dispatch(day, done.judged[EMERGENCY])
    show_ledger(done.judged, (done.summary.ledger.trips, done.summary.ledger.total_fen))
    show_scenarios(done.outcomes)
    screen.print()
    if out is not None:
        screen.print(f"文件：{'、'.join(str(out / name) for name in done.files)}", soft_wrap=True)
    screen.print(
        f"数据库：{database}（演示专用，正式库未动）" if named == "demo" else f"数据库：{database}",
        soft_wrap=True,
    )
    screen.print(
        f"继续看：paiche costs --by vehicle --database {named} · paiche serve --database {named}",
        soft_wrap=True,
    )
    screen.print(f"用时 {done.summary.seconds['total']:.1f} 秒；违规合计 {violations(done.judged)} 处")


def violations(judged: "Mapping[str, Judged]") -> int:
    """Broken rules over all plans, from both judges."""
    return sum(len(plan.findings) for plan in judged.values())


def show_lines(day: "Prefecture", judged: "Mapping[str, Judged]", lines: "Mapping[str, Lines]") -> None:
    """Timetable of the morning lines, and the figures of both directions."""
    from service.use_cases.figures import runs, shuttle_figures

    screen, figures = console(), shuttle_figures(day, judged, lines)
    table = Table(title="通勤班车（早班时刻）", title_justify="left")
    for heading in ("线路", "车辆", "首站", "到院", "站数", "人数", "公里"):
        table.add_column(heading, justify="right" if heading in {"站数", "人数", "公里"} else "left")
    plan = judged[MORNING]
    morning = sorted(runs(plan), key=lambda run: (run[0].end_s, run[0].vehicle_id))
    for number, (trip, visits) in enumerate(morning[:SHOWN], 1):
        table.add_row(*_line_row(number, trip, visits, plan, lines[MORNING]))
    screen.print(table)
    _say_more(screen, len(morning), "个早班班次")
    screen.print(
        f"乘客 {figures.riders:,} 人，往返都有座 {figures.served:,} 人；早晚共 {figures.lines} 个班次，"
        f"{figures.buses} 辆车；违规 {figures.violations}；费用 {yuan(figures.cost_fen)} 元"
    )
    for kind in SHUTTLES:
        for unserved in judged[kind].schedule.unserved[:SHOWN]:
            screen.print(f"  {NAMES[kind]}未安排 {unserved.request_id}：{unserved.detail}", soft_wrap=True)


def show_cars(plan: "Judged") -> None:
    """Figures of the car plan, and every reason of what it leaves out."""
    from service.use_cases.figures import car_figures

    screen, figures = console(), car_figures(plan)
    table = Table(title="公务用车（部分）", title_justify="left")
    for heading in ("车牌", "出车", "收车", "申请", "公里"):
        table.add_column(heading, justify="right" if heading in {"申请", "公里"} else "left")
    plates = {vehicle.id: vehicle.plate or vehicle.id for vehicle in plan.problem.vehicles}
    busiest = sorted(plan.schedule.routes, key=lambda r: (-len(_asked(r)), r.vehicle_id))
    for route in busiest[:SHOWN]:
        times = (clock_text(route.start_s), clock_text(route.end_s))
        table.add_row(
            plates[route.vehicle_id], *times, str(len(_asked(route))), f"{route.distance_m / 1000:.1f}"
        )
    screen.print(table)
    _say_more(screen, len(plan.schedule.routes), "辆车出车")
    screen.print(
        f"申请 {figures.requests:,} 件，安排 {figures.served:,} 件，用车 {figures.vehicles_used:,} 辆；"
        f"违规 {figures.violations}；费用 {yuan(figures.cost_fen)} 元；{_proof(plan.schedule)}"
    )
    for unserved in figures.unserved[:SHOWN]:
        screen.print(f"  未安排 {unserved.id}：{unserved.reason}", soft_wrap=True)
    if len(figures.unserved) > SHOWN:
        screen.print(f"  …另有 {len(figures.unserved) - SHOWN} 件，原因见 summary.json")


def show_dispatch(day: "Prefecture", plan: "Judged") -> None:
    """Incidents with the vehicles recommended and their minutes."""
    screen = console()
    table = Table(
        title=f"应急调度（{clock_text(day.clock_s)}，封闭 {len(day.closures)} 处）", title_justify="left"
    )
    for heading in ("任务", "级别", "车牌", "分钟", "理由"):
        table.add_column(heading, justify="right" if heading == "分钟" else "left")
    plates = {vehicle.id: vehicle.plate or vehicle.id for vehicle in plan.problem.vehicles}
    sent = {visit.request_id: (route, visit) for route in plan.schedule.routes for visit in route.visits}
    why = dict(plan.schedule.reasons) | {u.request_id: u.detail for u in plan.schedule.unserved}
    for request in sorted(plan.problem.requests, key=lambda r: (r.priority, r.id)):
        plate, minutes = "—", "—"
        if request.id in sent:
            route, visit = sent[request.id]
            reported_s = request.stops[0].options[0].window.start_s
            plate, minutes = plates[route.vehicle_id], f"{(visit.arrival_s - reported_s) / 60:.1f}"
        about = (request.name or request.id, request.priority.value, plate, minutes)
        table.add_row(*about, why.get(request.id, ""))
    screen.print(table)


def show_ledger(judged: "Mapping[str, Judged]", totals: tuple[int, int]) -> None:
    """Cost of each plan, and what the ledger holds."""
    from service.use_cases.figures import runs

    screen = console()
    table = Table(title="费用（元）", title_justify="left")
    for heading in ("方案", "趟次", "公里", "费用"):
        table.add_column(heading, justify="left" if heading == "方案" else "right")
    for kind, plan in judged.items():
        metres = sum(route.distance_m for route in plan.schedule.routes)
        table.add_row(
            NAMES.get(kind, kind),
            f"{len(runs(plan)):,}",
            f"{metres / 1000:,.1f}",
            yuan(plan.bill.total_fen),
        )
    screen.print(table)
    trips, total_fen = totals
    screen.print(f"台账 {trips:,} 趟，合计 {yuan(total_fen)} 元")


def show_costs(by: str, accounts: "Sequence[Account]", totals: tuple[int, int], limit: int) -> None:
    """Show sums of the ledger."""
    screen = console()
    table = Table(title="台账汇总（元）", title_justify="left")
    for heading in (
        {"plan": "方案", "account": "科目", "unit": "单位", "vehicle": "车辆"}[by],
        "趟次",
        "金额",
    ):
        table.add_column(heading, justify="right" if heading in {"趟次", "金额"} else "left")
    names = {"plan": NAMES, "account": ACCOUNT_NAMES}.get(by, {})
    for account in accounts[:limit]:
        name = names.get(account.key, account.name or account.key)
        table.add_row(name, f"{account.trips:,}", yuan(account.amount_fen))
    screen.print(table)
    _say_more(screen, len(accounts), "行", limit)
    screen.print(f"合计 {totals[0]:,} 趟，{yuan(totals[1])} 元")


def show_maps(maps: "Sequence[MapRow]") -> None:
    """List the maps that were added."""
    screen = console()
    if not maps:
        screen.print("还没有地图；用 paiche map add FILE 添加 / no maps yet")
        return
    table = Table(title="地图", title_justify="left")
    for heading in ("编号", "来源", "路口", "有向路段", "范围（西 南 东 北）", "合成"):
        table.add_column(heading)
    for row in maps:
        box = f"{row.west:.4f} {row.south:.4f} {row.east:.4f} {row.north:.4f}"
        counts = (f"{row.node_count:,}", f"{row.edge_count:,}")
        table.add_row(row.id, row.source, *counts, box, "是" if row.synthetic else "否")
    screen.print(table)
    screen.print(maps[0].attribution)


def show_checked(checked: "Sequence[Checked]") -> None:
    """Show what the judge found in plans made elsewhere, and what they cost."""
    screen = console()
    table = Table(title="核对结果", title_justify="left")
    for heading in ("方案", "申请", "未安排", "违规", "费用（元）"):
        table.add_column(heading, justify="left" if heading == "方案" else "right")
    for plan in checked:
        counts = (f"{plan.requests:,}", f"{plan.unserved:,}", f"{len(plan.findings):,}")
        table.add_row(NAMES.get(plan.kind, plan.kind), *counts, yuan(plan.bill.total_fen))
    screen.print(table)
    for plan in checked:
        for finding in plan.findings:
            screen.print(f"  {NAMES.get(plan.kind, plan.kind)}：{finding}", soft_wrap=True)


def show_drafts(ids: Sequence[str], judged: "Mapping[str, Judged]", out: Path | None) -> None:
    """Where the plans are, and what the judges found in them."""
    screen = console()
    screen.print(f"已存为草案：{'、'.join(ids)}；违规 {violations(judged)} 处", soft_wrap=True)
    for plan in judged.values():
        for finding in plan.findings[:SHOWN]:
            screen.print(f"  {NAMES.get(plan.kind, plan.kind)}：{finding}", soft_wrap=True)
    if out is not None:
        screen.print(f"文件：{out / 'problem.json'}、{out / 'schedule.json'}", soft_wrap=True)


def _line_row(
    number: int, trip: "Trip", visits: "tuple[Visit, ...]", plan: "Judged", lines: "Lines"
) -> Iterator[str]:
    plates = {vehicle.id: vehicle.plate or vehicle.id for vehicle in plan.problem.vehicles}
    places = {place.id: place for place in plan.problem.places}
    riders = {request_id: sum(n for _, n in m) for request_id, m in lines.draft.members.items()}
    boarding = [visit for visit in visits if visit.stop == 0]
    ends = dict.fromkeys(places[visit.place_id].label.split("（")[0] for visit in visits if visit.stop == 1)
    yield f"{number} → {'、'.join(ends)}"
    yield plates[trip.vehicle_id]
    yield f"{clock_text(boarding[0].depart_s)} {places[boarding[0].place_id].label}"
    yield "、".join(dict.fromkeys(clock_text(visit.arrival_s) for visit in visits if visit.stop == 1))
    yield str(len({visit.place_id for visit in boarding}))
    yield str(sum(riders[request_id] for request_id in trip.request_ids))
    yield f"{trip.distance_m / 1000:.1f}"


def _asked(route: "Route") -> list[str]:
    return list(dict.fromkeys(visit.request_id for visit in route.visits if visit.request_id is not None))


def _proof(schedule: "Schedule") -> str:
    if schedule.gap is None:
        return f"{schedule.engine}，无界"
    return f"{schedule.engine}，与下界相差 {schedule.gap:.2%}"


def _say_more(screen: Console, count: int, what: str, shown: int = SHOWN) -> None:
    if count > shown:
        screen.print(f"…共 {count:,} {what}，只列出 {shown} 个")


def show_scenarios(outcomes: "Sequence[Outcome]") -> None:
    """Show the base and its changes side by side; the costs include vehicles that stand."""
    screen = console()
    table = Table(title="情景比较（班车与公务用车，含闲置车辆的固定费用）", title_justify="left")
    for heading in ("情景", "费用（元）", "节省（元）", "车辆", "出车", "公里", "未满足"):
        table.add_column(heading, justify="left" if heading == "情景" else "right")
    for outcome in outcomes:
        table.add_row(
            outcome.name,
            yuan(outcome.cost_fen),
            yuan(outcome.saving_fen),
            f"{outcome.vehicles:,}",
            f"{outcome.vehicles_used:,}",
            f"{outcome.distance_m / 1000:,.1f}",
            f"{outcome.unserved:,}",
        )
    screen.print(table)
