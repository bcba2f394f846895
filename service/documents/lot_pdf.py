"""Lists for those who stand at the lots: a cover with the figures, then each lot by the time cars come."""

from collections.abc import Iterator, Sequence
from typing import Final

from optimizer.event import Event, EventPlan, Kind, Lot, Pass
from optimizer.event.spaces import busy_minutes, occupancy
from optimizer.event.values import KIND_NAMES, MINUTE_S
from service.clock import clock_text
from service.documents.event_words import cars_of, notes, texts_of
from service.documents.paper import (
    FOOT,
    GREY,
    INNER,
    MARGIN,
    Align,
    Paper,
    finished,
    fold,
    line_height,
    new_paper,
    table_head,
    table_row,
    write,
)

__all__ = ["figures", "fullest", "lot_pdf", "more_text"]

_ROW: Final = 6.2
_LOTS: Final[Sequence[tuple[str, float, Align]]] = (
    ("停车场", 46, "L"), ("入口", 26, "L"), ("小型车", 22, "R"), ("中型车", 22, "R"), ("大型车", 22, "R"),
    ("最满时刻", 22, "C"), ("步行米", 22, "R"),
)  # fmt: skip
_CARS: Final[Sequence[tuple[str, float, Align]]] = (
    ("进场", 16, "C"), ("离场", 16, "C"), ("通行证", 18, "L"), ("车型", 16, "L"), ("车位", 14, "R"),
    ("车牌", 28, "L"), ("单位", 44, "L"), ("车队", 30, "L"),
)  # fmt: skip


def lot_pdf(event: Event, plan: EventPlan) -> bytes:
    """Print the lists as PDF, A4 upright; errors as `pass_pdf`."""
    paper = new_paper(
        texts_of(event, plan), title=f"{event.name} 停车安排", date=event.date, note=notes(event)
    )
    _cover(paper, event, plan)
    for lot in event.lots:
        here = sorted((p for p in plan.passes if p.lot_id == lot.id), key=lambda p: (p.in_s, p.number))
        if here:
            _list(paper, event, lot, here)
    return finished(paper)


def figures(event: Event, plan: EventPlan) -> tuple[tuple[str, str], ...]:
    """Name and say the key figures of a plan."""
    standing = sum(p.standby or bool(p.instead_of) for p in plan.passes)
    early = f"{plan.early_s / 60:,.0f} 分" if event.settings.bays else "不限落客位"
    return (
        ("车辆", f"{sum(not car.standby for car in event.cars)} 辆"),
        ("已安排", f"{sum(not p.standby for p in plan.passes)} 辆"),
        ("未安排", f"{len(plan.left_out)} 辆"),
        ("备勤", f"{standing} 辆"),
        ("停车场", f"{len({p.lot_id for p in plan.passes})} 处"),
        ("行驶费用", f"{plan.drive_fen / 100:,.2f} 元"),
        ("步行折算", f"{plan.walk_fen / 100:,.2f} 元"),
        ("提前到达合计", early),
    )


def fullest(event: Event, plan: EventPlan, lot: Lot, kind: Kind) -> tuple[int, int]:
    """Count the most vehicles of a kind at one time in a lot, and say from which second on."""
    spans = [
        busy_minutes(p, event.settings.clear_s) for p in plan.passes if p.lot_id == lot.id and p.kind is kind
    ]
    most = max(occupancy(spans).items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
    return most[1], most[0] * MINUTE_S


def more_text(plan: EventPlan) -> Iterator[str]:
    """Say what would give everybody a place."""
    for more in plan.more:
        least = "" if more.least else "至多"
        times = f"{clock_text(more.start_s)}–{clock_text(more.end_s)}"
        yield f"{times} 再有 {least}{more.spaces} 个{KIND_NAMES[more.kind]}位"


def _cover(paper: Paper, event: Event, plan: EventPlan) -> None:
    paper.add_page()
    write(paper, MARGIN, MARGIN, event.name, size=20, bold=True)
    about = f"停车安排 · {event.date} · 会场 {event.venue} · 落客点 {event.door}"
    write(paper, MARGIN, MARGIN + 11, about, size=11, colour=GREY)
    y = MARGIN + 20
    for i, (name, value) in enumerate(figures(event, plan)):
        x = MARGIN + (i % 4) * INNER / 4
        write(paper, x, y + (i // 4) * 14, name, size=8.5, width=INNER / 4 - 2, colour=GREY)
        write(paper, x, y + (i // 4) * 14 + 4.5, value, size=14, width=INNER / 4 - 2, bold=True)
    y = table_head(paper, y + 31, _LOTS)
    for lot in event.lots:
        y = _room(paper, y, _LOTS)
        table_row(paper, y, _lot_cells(event, plan, lot), _LOTS, height=_ROW)
        y += _ROW
    for sentence in _remarks(plan):
        for piece in fold(paper, sentence, size=9, width=INNER):
            y = _room(paper, y + 0.8, ())
            write(paper, MARGIN, y, piece, size=9)
            y += line_height(9)


def _lot_cells(event: Event, plan: EventPlan, lot: Lot) -> tuple[str, ...]:
    most = {kind: fullest(event, plan, lot, kind) for kind in Kind}
    counts = [f"{most[kind][0]}/{lot.spaces(kind)}" if lot.spaces(kind) else "" for kind in Kind]
    _, at_s = max(most.values())
    when = clock_text(at_s) if at_s else ""
    return lot.id, lot.gate, *counts, when, f"{lot.walk_m:,}"


def _remarks(plan: EventPlan) -> Iterator[str]:
    yield ""
    if plan.split:
        yield f"没有一个停车场放得下整队，分开停放：{'、'.join(plan.split)}"
    if plan.left_out:
        yield f"未安排 {len(plan.left_out)} 辆："
        yield from (f"· {left.reason}" for left in plan.left_out)
    yield from (f"要全部安排，至少：{sentence}" for sentence in more_text(plan))


def _list(paper: Paper, event: Event, lot: Lot, here: Sequence[Pass]) -> None:
    cars = cars_of(event)
    y = _list_head(paper, event, lot, len(here))
    for p in here:
        if y + _ROW > FOOT:
            y = _list_head(paper, event, lot, len(here))
        car = cars[p.car_id]
        guest = cars[p.instead_of or p.car_id]
        kind = "备勤" if p.standby else KIND_NAMES[p.kind]
        convoy = f"顶替 {guest.plate or guest.id}" if p.instead_of else car.convoy
        cells = (
            clock_text(p.in_s),
            clock_text(p.out_s),
            p.number,
            kind,
            str(p.space),
            car.plate,
            car.unit,
            convoy,
        )
        table_row(paper, y, cells, _CARS, height=_ROW)
        y += _ROW


def _list_head(paper: Paper, event: Event, lot: Lot, count: int) -> float:
    paper.add_page()
    gate = f" · 入口 {lot.gate}" if lot.gate else ""
    write(paper, MARGIN, MARGIN, f"{lot.id}{gate}", size=16, bold=True)
    spaces = "、".join(f"{KIND_NAMES[kind]} {lot.spaces(kind)} 位" for kind in Kind if lot.spaces(kind))
    about = f"{event.name} · {event.date} · {spaces} · {count} 车次"
    write(paper, MARGIN, MARGIN + 9, about, size=10, colour=GREY)
    return table_head(paper, MARGIN + 16, _CARS)


def _room(paper: Paper, y: float, columns: Sequence[tuple[str, float, Align]]) -> float:
    """Give the next place on the page, or the first on a new one."""
    if y + _ROW <= FOOT:
        return y
    paper.add_page()
    return table_head(paper, MARGIN, columns) if columns else MARGIN
