"""Rider notices to print and cut out: one card for each stop, with its lines out and home.

A card is posted in public: it names no group and no count, and tells the longest walk only where at least
three riders share it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gis.colours import line_colours
from gis.places import Place
from optimizer.line_figures import Line, Ride
from service.clock import clock_text
from service.documents.book import EARLY_S, FEWEST, LineBook, Side, texts_of
from service.documents.paper import (
    FOOT,
    GREY,
    INNER,
    MARGIN,
    RULE,
    Paper,
    badge,
    finished,
    fold,
    line_height,
    new_paper,
    rule,
    write,
)
from service.documents.words import SYNTHETIC, be_there, short

_GUTTER: Final = 6.0
_WIDTH: Final = (INNER - _GUTTER) / 2
_ROW: Final = 11.5
_NAME: Final = 14.0
_TOP: Final = MARGIN + 16
_HINT: Final = f"请在开车前 {EARLY_S // 60} 分钟到站；实际到站允许偏差 ±3 分钟"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A line at a stop, towards or from one workplace."""

    side: Side
    line: Line
    colour: str
    board: Place
    board_s: int
    alight: Place
    alight_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Card:
    stop: Place
    calls: tuple[_Call, ...]
    walk_m: int | None


def notice_pdf(book: LineBook) -> bytes:
    """Print the cards of all stops as PDF, two columns on A4, with lines to cut along.

    Raises
    ------
    gis.errors.FontError
        No font can write Chinese.
    """
    notes = [*([SYNTHETIC] if book.synthetic else []), book.source]
    paper = new_paper(
        texts_of(book),
        title=f"{book.title} 乘车通知",
        date=book.date,
        note=" · ".join(dict.fromkeys(note for note in notes if note)) or "乘车通知",
    )
    _new_page(paper, book)
    column, y = 0, _TOP
    cards = list(_cards(book))
    for card in cards:
        height = _height(paper, card)
        if y + height > FOOT:
            column, y = column + 1, _TOP
        if column == 2:
            _new_page(paper, book)
            column = 0
        _draw(paper, MARGIN + column * (_WIDTH + _GUTTER), y, height, card)
        y += height + 4
    if not cards:
        write(paper, MARGIN, _TOP, "没有线路", size=10, colour=GREY)
    return finished(paper)


def _new_page(paper: Paper, book: LineBook) -> None:
    paper.add_page()
    write(paper, MARGIN, MARGIN, f"{book.title} 乘车通知 · {book.date}", size=13, bold=True)
    write(paper, MARGIN, MARGIN + 7, f"沿虚线剪开；{_HINT}", size=8, colour=GREY)


def _cards(book: LineBook) -> Iterator[_Card]:
    """Gather what calls at each stop where people live, by the stop's name."""
    stops: dict[str, Place] = {}
    calls: dict[str, list[_Call]] = {}
    walks: dict[str, list[tuple[Side, Ride]]] = {}
    for side in book.sides:
        for line, colour in zip(side.lines, line_colours(len(side.lines)), strict=True):
            for ride in line.rides:
                home = ride.board if side.direction == "morning" else ride.alight
                stops[home.id] = home
                walks.setdefault(home.id, []).append((side, ride))
                call = _Call(
                    side=side, line=line, colour=colour, board=ride.board, board_s=ride.board_s,
                    alight=ride.alight, alight_s=ride.alight_s,
                )  # fmt: skip
                if call not in calls.setdefault(home.id, []):
                    calls[home.id].append(call)
    for stop in sorted(stops.values(), key=lambda place: (place.label, place.id)):
        yield _Card(stop=stop, calls=tuple(calls[stop.id]), walk_m=_longest_walk(walks[stop.id]))


def _longest_walk(rides: Sequence[tuple[Side, Ride]]) -> int | None:
    """Longest walk to a stop, unless so few share it that it would point at a home."""
    riders = Counter[str]()
    for side, ride in rides:
        riders[side.direction] += ride.riders
    return max(ride.walk_m for _, ride in rides) if max(riders.values()) >= FEWEST else None


def _height(paper: Paper, card: _Card) -> float:
    names = len(fold(paper, card.stop.label, size=13, width=_WIDTH - 8))
    return 4 + names * line_height(13) + 2 + len(card.calls) * _ROW + 7


def _draw(paper: Paper, x: float, y: float, height: float, card: _Card) -> None:
    with paper.local_context():
        paper.set_dash_pattern(dash=1.5, gap=1.2)
        paper.set_draw_color(GREY)
        paper.set_line_width(0.2)
        paper.rect(x, y, _WIDTH, height)
    at = y + 3
    for piece in fold(paper, card.stop.label, size=13, width=_WIDTH - 8):
        write(paper, x + 4, at, piece, size=13, width=_WIDTH - 8, bold=True)
        at += line_height(13)
    at += 1.5
    for call in card.calls:
        rule(paper, at, x=x + 4, width=_WIDTH - 8, colour=RULE)
        _draw_call(paper, x + 4, at + 1, call)
        at += _ROW
    rule(paper, at, x=x + 4, width=_WIDTH - 8, colour=RULE)
    walk = f"步行最远 {card.walk_m} 米" if card.walk_m else ""
    write(paper, x + 4, at + 1.2, walk, size=8, width=_WIDTH - 8, colour=GREY)


def _draw_call(paper: Paper, x: float, y: float, call: _Call) -> None:
    badge(paper, x, y + 0.6, call.line.name, call.colour, width=_NAME, size=9.5)
    left, width = x + _NAME + 2, _WIDTH - 8 - _NAME - 2
    way = f"{short(call.board.label)} → {short(call.alight.label)}"
    write(paper, left, y, way, size=8.5, width=width - 22, colour=GREY)
    write(paper, left + width - 22, y, call.line.plate, size=8.5, width=22, align="R", colour=GREY)
    leave, reach = clock_text(call.board_s), clock_text(call.alight_s)
    there = f"请 {be_there(call.board_s)} 到站 · "
    write(paper, left, y + 4.3, f"{there}{leave} 开车 · {reach} 到达", size=10, width=width, bold=True)
