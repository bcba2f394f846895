"""Passes to put behind the windscreen: one for each vehicle, two on a page, in the colour of its lot."""

from typing import Final

from gis.colours import line_colours
from optimizer.event import Event, EventCar, EventPlan, Lot, Pass
from optimizer.event.values import KIND_NAMES
from service.documents.event_words import cars_of, notes, start_text, texts_of, when_text
from service.documents.paper import (
    FOOT,
    GREY,
    INNER,
    MARGIN,
    RULE,
    Paper,
    box,
    finished,
    new_paper,
    write,
)

_GAP: Final = 6.0
_HEIGHT: Final = (FOOT - MARGIN - _GAP) / 2
_BAR: Final = 16.0
_LEFT: Final = 8.0
_WIDTH: Final = INNER - 2 * _LEFT


def pass_pdf(event: Event, plan: EventPlan) -> bytes:
    """Print the passes as PDF, in the order of lots and spaces.

    Raises
    ------
    gis.errors.FontError
        No font can write Chinese.
    """
    paper = new_paper(
        texts_of(event, plan), title=f"{event.name} 车辆通行证", date=event.date, note=notes(event)
    )
    colours = dict(zip((lot.id for lot in event.lots), line_colours(len(event.lots)), strict=True))
    lots, cars = {lot.id: lot for lot in event.lots}, cars_of(event)
    for i, p in enumerate(plan.passes):
        if i % 2 == 0:
            paper.add_page()
        y = MARGIN + (i % 2) * (_HEIGHT + _GAP)
        _card(paper, y, event, p, cars[p.instead_of or p.car_id])
        _head(paper, y, event, p, lots[p.lot_id], colours[p.lot_id])
        plate = cars[p.car_id].plate or "（车牌待定）"
        write(paper, MARGIN + _LEFT, y + 61, plate, size=24, width=_WIDTH * 0.45, bold=True)
    if not plan.passes:
        paper.add_page()
        write(paper, MARGIN, MARGIN, "没有通行证", colour=GREY)
    return finished(paper)


def _head(paper: Paper, y: float, event: Event, p: Pass, lot: Lot, colour: str) -> None:
    """Write what a guard reads from afar: number, lot and space."""
    box(paper, MARGIN, y, INNER, _BAR, colour)
    word = "备勤车证" if p.standby else "车辆通行证"
    write(
        paper, MARGIN + _LEFT, y + 4.5, f"{event.name} {word}",
        size=16, width=_WIDTH * 0.7, colour="#ffffff", bold=True,
    )  # fmt: skip
    write(
        paper, MARGIN + _LEFT, y + 5.5, event.date, size=12, width=_WIDTH, align="R", colour="#ffffff"
    )  # fmt: skip
    write(paper, MARGIN + _LEFT, y + 20, p.number, size=84, width=_WIDTH * 0.55, colour=colour, bold=True)
    right, width = MARGIN + _LEFT + _WIDTH * 0.58, _WIDTH * 0.42
    write(paper, right, y + 22, lot.id, size=26, width=width, align="R", bold=True)
    space = f"{KIND_NAMES[p.kind]} {p.space} 号位"
    write(paper, right, y + 36, space, size=20, width=width, align="R", bold=True)
    write(paper, right, y + 47, f"入口：{lot.gate}" if lot.gate else "", size=14, width=width, align="R")


def _card(paper: Paper, y: float, event: Event, p: Pass, car: EventCar) -> None:
    """Write for whom the pass is and its times, inside a line to cut along."""
    with paper.local_context():
        paper.set_dash_pattern(dash=1.5, gap=1.2)
        paper.set_draw_color(RULE)
        paper.set_line_width(0.2)
        paper.rect(MARGIN, y, INNER, _HEIGHT)
    at = MARGIN + _LEFT
    write(paper, at + _WIDTH * 0.45, y + 63, car.unit, size=18, width=_WIDTH * 0.55, align="R")
    write(paper, at, y + 78, when_text(event, p), size=15, width=_WIDTH, bold=True)
    write(paper, at, y + 88, start_text(p, car), size=13, width=_WIDTH)
    people = f"{car.people} 人"
    if car.drops_off and not p.standby:
        way = "乘客在门口下车，车辆随即进停车场；接人时按时到门口，不得提前停靠"
    else:
        way = "听到调度后到门口" if p.standby else f"乘客由停车场步行到{event.venue}"
    write(paper, at, y + 98, f"{people} · {way}", size=11, width=_WIDTH, colour=GREY)
    write(
        paper,
        at,
        y + 105,
        "一车一证，按指定停车场和车位停放；车辆故障请立即报告调度",
        size=11,
        width=_WIDTH,
        colour=GREY,
    )
