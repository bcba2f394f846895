"""Rows of the timetable workbook: lines, stops, what each group is told, who is left out."""

from collections.abc import Iterator, Sequence
from typing import Final

from optimizer.contract_tables import Cell
from optimizer.line_figures import Line, Ride
from service.documents.book import EARLY_S, LineBook
from service.documents.words import workplaces

LINE_HEADINGS: Final = (
    "线路", "方向", "车牌", "车型", "座位", "起点", "发车", "终点", "到达", "院区", "站数", "乘客",
    "最多在车", "满载率", "公里", "时限余量（分）",
)  # fmt: skip
STOP_HEADINGS: Final = ("序", "站点", "到站", "发车", "上车", "下车", "车上", "公里")
NOTICE_HEADINGS: Final = (
    "乘客组", "人数", "方向", "线路", "车牌", "上车站", "请到站", "开车", "下车站", "到达", "步行（米）",
    "乘车（分）",
)  # fmt: skip
LEFT_HEADINGS: Final = ("方向", "乘客组", "人数", "原因")
CLOCK: Final = "[hh]:mm"
SHARE: Final = "0.0%"
TENTH: Final = "#,##0.0"
COUNT: Final = "#,##0"
_DAY_S: Final = 86_400

Value = Cell | float | None
Column = tuple[str, float, str]
"""Heading, width in characters, number format ("" for text)."""


def line_rows(book: LineBook) -> Iterator[Sequence[Value]]:
    """List the lines of every direction; times are parts of a day, as spreadsheets have them."""
    for side in book.sides:
        for line in side.lines:
            yield (
                line.name, side.name, line.plate, line.type_name, line.seats, line.stops[0].place.label,
                line.start_s / _DAY_S, line.stops[-1].place.label, line.end_s / _DAY_S, workplaces(line),
                len(line.stops), line.riders, line.peak, line.load_factor, line.metres / 1000,
                None if line.margin_s is None else line.margin_s / 60,
            )  # fmt: skip


def stop_rows(line: Line) -> Iterator[Sequence[Value]]:
    """List the stops of a line in driving order."""
    last = len(line.stops) - 1
    for i, stop in enumerate(line.stops):
        yield (
            i + 1, stop.place.label, stop.arrival_s / _DAY_S if i else None,
            stop.depart_s / _DAY_S if i < last else None, stop.boarding or None, stop.alighting or None,
            stop.aboard, stop.metres / 1000,
        )  # fmt: skip


def notice_rows(book: LineBook) -> Iterator[Sequence[Value]]:
    """List what each group is told, its way out and its way home below each other."""
    told = [
        (ride.group_id, i, line, ride)
        for i, s in enumerate(book.sides)
        for line in s.lines
        for ride in line.rides
    ]
    for group_id, i, line, ride in sorted(told, key=_by_group):
        yield (
            group_id, ride.riders, book.sides[i].name, line.name, line.plate, ride.board.label,
            (ride.board_s - EARLY_S) / _DAY_S, ride.board_s / _DAY_S, ride.alight.label,
            ride.alight_s / _DAY_S, ride.walk_m, ride.ride_s / 60,
        )  # fmt: skip


def _by_group(told: tuple[str, int, Line, Ride]) -> tuple[str, int, int, int]:
    group_id, side, line, ride = told
    return group_id, side, line.number, ride.board_s


def left_out_rows(book: LineBook) -> Iterator[Sequence[Value]]:
    """List who has no seat, and why."""
    for side in book.sides:
        for left in side.left_out:
            yield side.name, left.group_id, left.riders, left.reason


LINE_COLUMNS: Final[Sequence[Column]] = tuple(
    zip(
        LINE_HEADINGS,
        (9, 9, 12, 18, 7, 22, 8, 22, 8, 22, 7, 7, 9, 9, 8, 10),
        ("", "", "", "", COUNT, "", CLOCK, "", CLOCK, "", COUNT, COUNT, COUNT, SHARE, TENTH, TENTH),
        strict=True,
    )
)
STOP_COLUMNS: Final[Sequence[Column]] = tuple(
    zip(
        STOP_HEADINGS,
        (6, 36, 10, 10, 8, 8, 8, 9),
        (COUNT, "", CLOCK, CLOCK, COUNT, COUNT, COUNT, TENTH),
        strict=True,
    )
)
NOTICE_COLUMNS: Final[Sequence[Column]] = tuple(
    zip(
        NOTICE_HEADINGS,
        (16, 7, 9, 9, 12, 22, 9, 9, 22, 9, 11, 11),
        ("", COUNT, "", "", "", "", CLOCK, CLOCK, "", CLOCK, COUNT, TENTH),
        strict=True,
    )
)
LEFT_COLUMNS: Final[Sequence[Column]] = tuple(
    zip(LEFT_HEADINGS, (10, 16, 8, 90), ("", "", COUNT, ""), strict=True)
)
