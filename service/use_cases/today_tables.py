"""Tables of today's lines: what is wrong with them, and what a new plan changes, for whom, and saves."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from gis.matrix import UNREACHABLE
from optimizer.contract_tables import Table
from optimizer.existing import ExistingGate, ExistingHalt, ExistingLine
from optimizer.line_plans import source_of
from optimizer.price import half_even
from optimizer.printed import OFF_S
from service.clock import clock_text
from service.documents.words import key_figures
from service.kinds import NAMES
from service.use_cases.line_outputs import sides_of
from service.use_cases.today_values import Printed, TodayPlan

PRINTED_HEADINGS: Final = ("方向", "线路", "车辆", "站点", "印制", "实际", "人数", "说明")
FAULT_HEADINGS: Final = ("方向", "线路", "问题", "说明")
CHANGE_HEADINGS: Final = (
    "方向",
    "保留站点",
    "新增",
    "取消",
    "换站（人）",
    "改时（人）",
    "有座增减",
    "车辆",
    "每天节省（元）",
)
MOVE_HEADINGS: Final = ("方向", "乘客组", "人数", "原站点", "原时刻", "新站点", "新时刻")

Rows = Iterator[tuple[str, ...]]


def today_tables(found: TodayPlan) -> Iterator[Table]:
    """Make the tables: the printed timetable, its faults; of a new plan also the figures and the moves."""
    yield Table(
        name="现有线路时刻核对",
        headings=PRINTED_HEADINGS,
        rows=tuple(row for kind, printed in found.printed.items() for row in _timetable(kind, printed)),
        notes=("实际：早班为各站开车、到院的时刻，晚班为离院、各站到达的时刻；早到的车等到印制的时刻",),
    )
    faults = tuple(_faults(found))
    yield Table(
        name="现有线路的问题",
        headings=FAULT_HEADINGS,
        rows=faults,
        notes=() if faults else ("没有发现问题",),
    )
    if not found.lines:
        return
    yield _figures(found)
    yield Table(
        name="变动最少的调整",
        headings=CHANGE_HEADINGS,
        rows=tuple(_changes(found)),
        notes=("节省：只算随方案变化的费用；“改时”指同一站点的车提前或推后 5 分钟以上",),
    )
    moves = tuple(row for kind in found.moves for row in _moves(found, kind))
    notes = () if moves else ("没有人换站或改时",)
    yield Table(name="换站和改时的乘客", headings=MOVE_HEADINGS, rows=moves, notes=notes)


def _timetable(kind: str, printed: Printed) -> Rows:
    """List every printed stop with the time at which the bus is truly there."""
    plates = {v.id: v.plate or v.id for v in printed.now.planned.draft.problem.vehicles}
    label = {place.id: place.label for place in printed.now.planned.draft.problem.places}
    for line in printed.lines:
        stood = _standings(printed, line)
        stops: list[ExistingHalt | ExistingGate] = [*line.halts, *line.gates]
        for stop in sorted(stops, key=lambda stop: stop.order):
            true_s = _nearest(stood.get(stop.place_id, []), stop.time_s)
            riders = str(sum(n for _, n in stop.riders)) if isinstance(stop, ExistingHalt) else ""
            yield (
                NAMES[kind], line.name, plates[line.bus_id], label[stop.place_id],
                "" if stop.time_s is None else clock_text(stop.time_s),
                "—" if true_s is None else clock_text(true_s),
                riders, _note(printed, line, stop.place_id, stop.time_s, true_s),
            )  # fmt: skip


def _note(
    printed: Printed, line: ExistingLine, place_id: str, printed_s: int | None, true_s: int | None
) -> str:
    if true_s is None:
        return "没有人上下车，未停靠"
    if printed_s is not None and true_s - printed_s >= OFF_S:
        return f"晚 {_minutes(true_s - printed_s)} 分"
    for early in printed.now.early:
        if (early.line_id, early.place_id, early.arrival_s) == (line.id, place_id, true_s):
            return f"早到 {_minutes(early.opens_s - early.arrival_s)} 分，乘客在车上等"
    return ""


def _standings(printed: Printed, line: ExistingLine) -> dict[str, list[int]]:
    """Give for each place when the bus leaves it with those who board, or comes with those who alight."""
    mine = {request_id for request_id, line_id in printed.now.line_of.items() if line_id == line.id}
    found: dict[str, list[int]] = {}
    for route in printed.now.planned.schedule.routes:
        visits = [visit for visit in route.visits if visit.request_id in mine]
        for place_id, here in groupby(visits, key=lambda visit: visit.place_id):
            standing = list(here)
            boards = any(visit.stop == 0 for visit in standing)
            found.setdefault(place_id, []).append(standing[-1].depart_s if boards else standing[0].arrival_s)
    return found


def _nearest(times_s: Sequence[int], printed_s: int | None) -> int | None:
    """Of several times at one place, the one that a printed time is about."""
    return min(times_s, key=lambda at_s: abs(at_s - (printed_s or 0)), default=None)


def _faults(found: TodayPlan) -> Rows:
    for kind, printed in found.printed.items():
        yield from ((NAMES[kind], *row) for row in _broken(found, kind, printed))
        yield from ((NAMES[kind], *row) for row in _off_time(printed))
        yield from ((NAMES[kind], "", *row) for row in _riders(found, printed))
    for sentence in found.vain:
        yield "", "", "查无此人", sentence


def _broken(found: TodayPlan, kind: str, printed: Printed) -> Rows:
    """Give what both judges find, with the lines of the bus it is about."""
    by_bus: dict[str, list[str]] = {}
    for line in printed.lines:
        by_bus.setdefault(line.bus_id, []).append(line.name)
    for violation in printed.now.violations:
        yield "、".join(by_bus.get(violation.vehicle_id or "", ())), "违反规定", violation.message
    known = {violation.message for violation in printed.now.violations}
    for message in found.judged[kind].findings:
        if message not in known:
            yield "", "违反规定", message


def _off_time(printed: Printed) -> Rows:
    names = {line.id: line.name for line in printed.lines}
    label = {place.id: place.label for place in printed.now.planned.draft.problem.places}
    for late in printed.now.late:
        said = f"{label[late.place_id]}印的是 {clock_text(late.printed_s)}"
        behind = f"（晚 {_minutes(late.true_s - late.printed_s)} 分）"
        yield names[late.line_id], "时刻做不到", f"{said}，按道路要到 {clock_text(late.true_s)}{behind}"
    for early in printed.now.early:
        said = f"{clock_text(early.arrival_s)} 到{label[early.place_id]}"
        ahead = f"早 {_minutes(early.opens_s - early.arrival_s)} 分"
        yield names[early.line_id], "到得太早", f"{said}，比允许的 {clock_text(early.opens_s)} {ahead}"


def _riders(found: TodayPlan, printed: Printed) -> Rows:
    """Name who walks too far and who has no seat."""
    draft = printed.now.planned.draft
    limit_m = source_of(draft).settings.walk_max_m
    for group_id, walk_m in printed.now.far:
        far = "步行道不通" if walk_m >= UNREACHABLE else f"步行 {walk_m:,} 米"
        yield "走得太远", f"{_who(found, group_id)}：{far}，超过 {limit_m} 米"
    for unserved in printed.now.planned.schedule.unserved:
        for group_id, riders in draft.members[unserved.request_id]:
            yield "没有座位", f"{_who(found, group_id)}（{riders} 人）：{unserved.detail}"


def _who(found: TodayPlan, group_id: str) -> str:
    return found.commute.rows.get(group_id, f"乘客组 {group_id}")


def _figures(found: TodayPlan) -> Table:
    """Put the key figures of today beside those of the new plan."""
    new = {side.direction: side for side in sides_of(found.lines)}
    headings = ["指标"]
    columns: list[list[str]] = []
    names: list[str] = []
    for side in found.sides.values():
        headings += [f"{side.name} 现有", f"{side.name} 调整后"]
        names = [figure.name for figure in key_figures(side.figures)]
        both = (side.figures, new[side.direction].figures)
        columns += [[figure.text for figure in key_figures(figures)] for figures in both]
    return Table(
        name="现有与调整后",
        headings=tuple(headings),
        rows=tuple(zip(names, *columns, strict=True)),
        notes=("没有乘客表：步行从现在的站点算起",) if found.commute.counted else (),
    )


def _changes(found: TodayPlan) -> Iterator[tuple[str | int, ...]]:
    for kind, told in found.changes.items():
        more = told.riders_gained - told.riders_lost
        yield (
            NAMES[kind], len(told.stops_kept), len(told.stops_new), len(told.stops_gone), told.riders_moved,
            told.riders_retimed, more, f"{told.buses_before} → {told.buses_after}",
            f"{told.saved_fen / 100:,.2f}",
        )  # fmt: skip


def _moves(found: TodayPlan, kind: str) -> Rows:
    source = source_of(found.lines[kind].draft)
    label: Mapping[str, str] = {stop.id: stop.label for stop in source.stops}
    for move in found.moves[kind]:
        yield (
            NAMES[kind], move.group_id, str(move.riders),
            label[move.old_place_id] if move.old_place_id else "没有座位",
            clock_text(move.old_s) if move.old_s is not None else "",
            label[move.new_place_id] if move.new_place_id else "没有座位",
            clock_text(move.new_s) if move.new_s is not None else "",
        )  # fmt: skip


def _minutes(seconds: int) -> int:
    return max(1, half_even(seconds, 60))
