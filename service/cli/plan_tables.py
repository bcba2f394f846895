"""Plans for people: timetables, orders, who goes to an incident; invented data says so at the top."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from optimizer.model import Status
from service.cli.tables import SYNTHETIC, console, say_more, table_of, yuan
from service.clock import clock_text
from service.kinds import MORNING, NAMES, SHUTTLES

if TYPE_CHECKING:
    from optimizer.line_figures import LineStop
    from optimizer.model import Schedule, Visit
    from scenarios.prefecture.values import Prefecture
    from service.store.plans import Judged
    from service.store.trips import Trip
    from service.use_cases.drafting import Drafted
    from service.use_cases.shuttles import Lines

LINES_SHOWN: Final = 12
ORDERS_SHOWN: Final = 60
"""Trips that `paiche plan cars` lists: more than a district's day has."""
LEFT_OUT_SHOWN: Final = 20


def show_head(day: "Prefecture", *, clock: bool = True) -> None:
    """Say which day this is, and that it is invented if it is."""
    screen = console()
    screen.print()
    note = f" {SYNTHETIC}" if day.synthetic else ""
    at = f" · {clock_text(day.clock_s)}" if clock else ""
    screen.print(f"{day.name} · {day.date}{at}{note}", style="bold", soft_wrap=True)


def show_lines(
    day: "Prefecture", judged: "Mapping[str, Judged]", lines: "Mapping[str, Lines]", limit: int = LINES_SHOWN
) -> None:
    """Timetable of the lines of both directions, their figures, and who has no seat and why."""
    from service.use_cases.figures import shuttle_figures

    screen, figures = console(), shuttle_figures(day, judged, lines)
    for kind in SHUTTLES:
        show_line_table(kind, judged[kind], lines[kind], limit)
    show_key_figures(lines)
    screen.print(
        f"乘客 {figures.riders:,} 人，往返都有座 {figures.served:,} 人；早晚共 {figures.lines} 个班次，"
        f"{figures.buses} 辆车；违规 {figures.violations} 处；费用 {yuan(figures.cost_fen)} 元",
        soft_wrap=True,
    )
    _show_left_out(screen, {kind: judged[kind] for kind in SHUTTLES})


def show_line_table(kind: str, plan: "Judged", lines: "Lines", limit: int) -> None:
    """List the lines of one direction: first and last stop with their times, stops, riders, kilometres."""
    from optimizer.line_figures import lines_of

    screen = console()
    heads = ("首站~", "到院~") if kind == MORNING else ("离院~", "末站~")
    table = table_of(NAMES[kind], "线路", "车牌", *heads, "站数>", "人数>", "座位>", "满载>", "公里>")
    found = lines_of(lines.draft, plan.schedule, "morning" if kind == MORNING else "evening")
    for line in found[:limit]:
        first, last = (_stop_text(line.stops[i], leaving=i == 0) for i in (0, -1))
        table.add_row(
            line.name, line.plate or line.vehicle_id, first, last, str(len(line.stops)), str(line.riders),
            str(line.seats), f"{line.load_factor:.0%}", f"{line.metres / 1000:.1f}",
        )  # fmt: skip
    screen.print(table)
    say_more(screen, len(found), "条线路", limit)


def show_key_figures(lines: "Mapping[str, Lines]") -> None:
    """Show the key figures of each direction side by side: riders, walks, rides, loads, cost, margins."""
    from service.documents.words import key_figures
    from service.use_cases.line_outputs import sides_of

    sides = sides_of(lines)
    table = table_of("班车指标", "指标", *(f"{side.name}>" for side in sides))
    for row in zip(*(key_figures(side.figures) for side in sides), strict=True):
        table.add_row(row[0].name, *(figure.text for figure in row))
    console().print(table)


def _stop_text(stop: "LineStop", *, leaving: bool) -> str:
    when = stop.depart_s if leaving else stop.arrival_s
    return f"{clock_text(when)} {stop.place.label.split('（')[0]}"


def show_cars(day: "Prefecture", plan: "Judged", limit: int) -> None:
    """List the trips of the day by departure, then its figures and every request left out with its reason."""
    from service.use_cases.figures import car_figures, runs

    screen, figures = console(), car_figures(plan)
    table = table_of("公务用车（按上车时间）", "上车", "完成", "车牌", "驾驶员", "申请~", "人数>", "公里>")
    trips = sorted(runs(plan), key=lambda run: (run[1][0].start_s, run[0].vehicle_id))
    for trip, visits in trips[:limit]:
        table.add_row(*_trip_row(trip, visits, day, plan))
    screen.print(table)
    say_more(screen, len(trips), "趟", limit)
    screen.print(
        f"申请 {figures.requests:,} 件，安排 {figures.served:,} 件，用车 {figures.vehicles_used:,} 辆；"
        f"违规 {figures.violations} 处；费用 {yuan(figures.cost_fen)} 元；{_proof(plan.schedule)}",
        soft_wrap=True,
    )
    _show_advice(screen, plan)
    _show_left_out(screen, {plan.kind: plan})


def _show_advice(screen: Console, plan: "Judged") -> None:
    """Say what the plan touches without breaking a rule: how often, and the first of each kind."""
    from service.use_cases.advice import NAMES as KINDS
    from service.use_cases.advice import car_advice

    found: dict[str, list[str]] = {}
    for warning in car_advice(plan.problem, plan.schedule):
        found.setdefault(warning.rule, []).append(warning.message)
    for rule, messages in found.items():
        name = KINDS.get(rule, rule)
        screen.print(f"  提醒：{name} {len(messages)} 处，如 {messages[0]}", soft_wrap=True)


def show_dispatch(day: "Prefecture", plan: "Judged") -> None:
    """Incidents with the vehicles recommended and their minutes."""
    table = table_of(
        f"应急调度（{clock_text(day.clock_s)}，封闭 {len(day.closures)} 处）",
        "任务~", "级别", "车牌", "分钟>", "理由~",
    )  # fmt: skip
    plates = {vehicle.id: vehicle.plate or vehicle.id for vehicle in plan.problem.vehicles}
    sent = {visit.request_id: (route, visit) for route in plan.schedule.routes for visit in route.visits}
    why = dict(plan.schedule.reasons) | {u.request_id: u.detail for u in plan.schedule.unserved}
    for request in sorted(plan.problem.requests, key=lambda r: (r.priority, r.id)):
        plate, minutes = "未派", "—"
        if request.id in sent:
            route, visit = sent[request.id]
            reported_s = request.stops[0].options[0].window.start_s
            plate, minutes = plates[route.vehicle_id], f"{(visit.arrival_s - reported_s) / 60:.1f}"
        name = request.name or request.id
        reason = why.get(request.id, "").removeprefix(f"{name}：").removeprefix(plate)
        reason = re.sub(r"(?<=\d) (?=[分秒辆])|(?<=分) (?=\d)", "", reason).strip()
        table.add_row(name, request.priority.value, plate, minutes, reason)
    console().print(table)


def show_drafts(done: "Drafted", out: Path | None) -> None:
    """Where the plans are, and what the judges found in them."""
    screen, judged = console(), done.judged
    if any(plan.schedule.status is Status.STOPPED for plan in judged.values()):
        screen.print("已提前停止：这是当时最好的方案，可重新运行以继续改进", soft_wrap=True)
    screen.print(f"已存为草案：{'、'.join(done.ids)}；违规 {done.violations} 处", soft_wrap=True)
    for plan in judged.values():
        for finding in plan.findings[:LEFT_OUT_SHOWN]:
            screen.print(f"  {NAMES.get(plan.kind, plan.kind)}：{finding}", soft_wrap=True)
    if out is not None:
        screen.print(f"文件夹 {out}：{'、'.join(done.files)}", soft_wrap=True)


def _trip_row(trip: "Trip", visits: "tuple[Visit, ...]", day: "Prefecture", plan: "Judged") -> Iterator[str]:
    from service.use_cases.handouts import driver_of, people_of

    plates = {vehicle.id: vehicle.plate or vehicle.id for vehicle in plan.problem.vehicles}
    requests = {request.id: request for request in plan.problem.requests}
    asked = [requests[request_id] for request_id in trip.request_ids]
    yield clock_text(visits[0].start_s)
    yield clock_text(visits[-1].depart_s)
    yield plates[trip.vehicle_id]
    yield driver_of(trip, day) or "—"
    # Without a space, where a line would break: a number alone on a line is none.
    yield "；".join(f"{request.id}·{request.name}" for request in asked)
    yield str(sum(people_of(request) for request in asked))
    yield f"{trip.distance_m / 1000:.1f}"


def _show_left_out(screen: Console, plans: "Mapping[str, Judged]") -> None:
    """Name who is left out, once for all plans that leave it out for one reason."""
    told: dict[str, list[str]] = {}
    for kind, plan in plans.items():
        for unserved in plan.schedule.unserved:
            what = unserved.detail or unserved.request_id
            if unserved.relaxations:
                what += "；可行办法：" + "；".join(relaxation.text for relaxation in unserved.relaxations)
            told.setdefault(what, []).append(NAMES.get(kind, kind))
    for detail, names in list(told.items())[:LEFT_OUT_SHOWN]:
        screen.print(f"  未安排（{'、'.join(names)}）{detail}", soft_wrap=True)
    if len(told) > LEFT_OUT_SHOWN:
        screen.print(f"  …另有 {len(told) - LEFT_OUT_SHOWN} 件未安排，原因都在 schedule.json（--out）")


def _proof(schedule: "Schedule") -> str:
    """How good the plan is known to be."""
    if schedule.status is Status.OPTIMAL:
        return "已证明是最优"
    if schedule.gap is None:
        return "未计算与最优的差距"
    return f"与最优相差不超过 {schedule.gap:.2%}"
