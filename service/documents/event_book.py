"""The workbook of an event: figures, passes, lots, how full they are, convoys, standby, who is left out."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from xlsxwriter import Workbook

from optimizer.event import Event, EventPlan, Kind, Lot
from optimizer.event.spaces import busy_minutes, occupancy
from optimizer.event.values import KIND_NAMES, MINUTE_S, convoys_of
from service.documents.event_words import cars_of, notes
from service.documents.lot_pdf import figures, fullest, more_text
from service.documents.sheet_page import Styles, write_plain
from service.documents.workbook_rows import CLOCK, COUNT, Column, Value

_DAY_S: Final = 86_400
_FIGURES: Final[Sequence[Column]] = (("指标", 24, ""), ("数值", 60, ""))
_PASSES: Final[Sequence[Column]] = (
    ("通行证", 9, ""), ("停车场", 18, ""), ("入口", 12, ""), ("车型", 9, ""), ("车位", 7, COUNT),
    ("车牌", 13, ""), ("单位", 22, ""), ("人数", 7, COUNT), ("车队", 16, ""), ("出发", 8, CLOCK),
    ("到门口", 8, CLOCK), ("进场", 8, CLOCK), ("离场", 8, CLOCK), ("接人", 8, CLOCK), ("备勤", 7, ""),
    ("顶替", 16, ""), ("编号", 10, ""),
)  # fmt: skip
_LOTS: Final[Sequence[Column]] = (
    ("停车场", 18, ""), ("入口", 12, ""), ("车型", 9, ""), ("车位", 9, COUNT), ("最多停放", 10, COUNT),
    ("最满时刻", 10, CLOCK), ("步行（米）", 11, COUNT), ("行车（米）", 11, COUNT),
)  # fmt: skip
_FULL: Final[Sequence[Column]] = (
    ("停车场", 18, ""),
    ("车型", 9, ""),
    ("从", 8, CLOCK),
    ("停放", 8, COUNT),
    ("空位", 8, COUNT),
)
_CONVOYS: Final[Sequence[Column]] = (
    ("车队", 20, ""), ("车辆", 8, COUNT), ("出发", 8, CLOCK), ("先到", 8, CLOCK), ("后到", 8, CLOCK),
    ("停车场", 24, ""), ("通行证", 60, ""),
)  # fmt: skip
_LEFT: Final[Sequence[Column]] = (("编号", 10, ""), ("单位", 22, ""), ("车牌", 13, ""), ("原因", 90, ""))


def event_workbook(event: Event, plan: EventPlan) -> bytes:
    """Write the workbook as `.xlsx`; it names plates and units, so it is for dispatchers."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as out:
        out.set_properties({"title": event.name, "created": datetime.fromisoformat(event.date)})
        styles = Styles(out)
        title = f"{event.name} · {event.date}"
        write_plain(out, styles, "汇总", title, _FIGURES, _figure_rows(event, plan))
        write_plain(out, styles, "通行证", f"{title} 通行证", _PASSES, _pass_rows(event, plan))
        write_plain(out, styles, "停车场", f"{title} 停车场", _LOTS, _lot_rows(event, plan))
        write_plain(out, styles, "逐时占用", f"{title} 各停车场占用的变化", _FULL, _full_rows(event, plan))
        if convoys_of(event):
            write_plain(out, styles, "车队", f"{title} 车队", _CONVOYS, _convoy_rows(event, plan))
        if plan.left_out:
            write_plain(out, styles, "未安排", f"{title} 未安排的车辆", _LEFT, _left_rows(event, plan))
    return stream.getvalue()


def _figure_rows(event: Event, plan: EventPlan) -> Iterator[Sequence[Value]]:
    yield from figures(event, plan)
    yield "费用已证明最低", "是" if plan.status == "optimal" else f"否，下界 {plan.bound_fen / 100:,.2f} 元"
    yield "会场、落客点", f"{event.venue}、{event.door}"
    yield from (("要全部安排，至少", sentence) for sentence in more_text(plan))
    yield "说明", notes(event)


def _pass_rows(event: Event, plan: EventPlan) -> Iterator[Sequence[Value]]:
    cars, lots = cars_of(event), {lot.id: lot for lot in event.lots}
    for p in plan.passes:
        car, guest = cars[p.car_id], cars[p.instead_of or p.car_id]
        times = (
            p.start_s,
            p.door_s,
            p.in_s,
            p.out_s,
            None if p.standby and not p.instead_of else guest.leave_s,
        )
        yield (
            p.number, p.lot_id, lots[p.lot_id].gate, KIND_NAMES[p.kind], p.space, car.plate, guest.unit,
            guest.people, guest.convoy, *(None if t is None else t / _DAY_S for t in times),
            "备勤" if p.standby else "", (guest.plate or guest.id) if p.instead_of else "", car.id,
        )  # fmt: skip


def _lot_rows(event: Event, plan: EventPlan) -> Iterator[Sequence[Value]]:
    for lot, kind in _used(event):
        most, at_s = fullest(event, plan, lot, kind)
        yield (
            lot.id, lot.gate, KIND_NAMES[kind], lot.spaces(kind), most, at_s / _DAY_S if most else None,
            lot.walk_m, lot.drive(kind).there_m,
        )  # fmt: skip


def _full_rows(event: Event, plan: EventPlan) -> Iterator[Sequence[Value]]:
    for lot, kind in _used(event):
        spans = [
            busy_minutes(p, event.settings.clear_s)
            for p in plan.passes
            if p.lot_id == lot.id and p.kind is kind
        ]
        for minute, here in occupancy(spans).items():
            yield lot.id, KIND_NAMES[kind], minute * MINUTE_S / _DAY_S, here, lot.spaces(kind) - here


def _used(event: Event) -> Iterator[tuple[Lot, Kind]]:
    yield from ((lot, kind) for lot in event.lots for kind in Kind if lot.spaces(kind))


def _convoy_rows(event: Event, plan: EventPlan) -> Iterator[Sequence[Value]]:
    for name, cars in convoys_of(event).items():
        ids = {car.id for car in cars}
        own = [p for p in plan.passes if p.car_id in ids or p.instead_of in ids]
        doors = [p.door_s for p in own if p.door_s is not None]
        starts = [p.start_s for p in own if p.start_s is not None]
        times = (min(starts, default=None), min(doors, default=None), max(doors, default=None))
        yield (
            name, len(cars), *(None if t is None else t / _DAY_S for t in times),
            "、".join(dict.fromkeys(p.lot_id for p in own)), "、".join(p.number for p in own),
        )  # fmt: skip


def _left_rows(event: Event, plan: EventPlan) -> Iterator[Sequence[Value]]:
    cars = cars_of(event)
    for left in plan.left_out:
        car = cars[left.car_id]
        yield car.id, car.unit, car.plate, left.reason
