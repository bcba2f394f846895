"""What documents about lines hold: the lines of each direction with their figures, and tables beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from optimizer.contract_tables import Table
from optimizer.line_figures import LeftOut, Line, LineFigures, Walks, figures_of, left_out_of, lines_of
from optimizer.lines import Direction, LineDraft
from optimizer.model import Schedule

FEWEST: Final = 3
"""Counts below it never stand in what is posted in public (domain notes, §8)."""

EARLY_S: Final = 180
"""Riders are asked to be at the stop so long before the bus leaves: contracts allow it ±3 minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The lines of one direction.

    Parameters
    ----------
    name
        E.g. 早班车.
    """

    name: str
    direction: Direction
    lines: tuple[Line, ...]
    figures: LineFigures
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBook:
    """Everything that is printed of one plan of lines.

    Parameters
    ----------
    title
        Whose lines these are.
    date
        ISO date of the service day.
    source
        Whom a map of these roads must name.
    tables
        Tables beside the lines, e.g. contracts compared.
    """

    title: str
    date: str
    sides: tuple[Side, ...]
    synthetic: bool = False
    source: str = ""
    tables: tuple[Table, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Lines of every direction, in the order of their numbers."""
        return tuple(line for side in self.sides for line in side.lines)


def side_of(
    draft: LineDraft, schedule: Schedule, direction: Direction, *, walks_m: Walks | None = None
) -> Side:
    """Put together what one planned direction comes to."""
    lines = lines_of(draft, schedule, direction, walks_m=walks_m)
    return Side(
        name=draft.problem.name or {"morning": "早班车", "evening": "晚班车"}[direction],
        direction=direction,
        lines=lines,
        figures=figures_of(draft, schedule, lines),
        left_out=left_out_of(draft, schedule),
    )


def texts_of(book: LineBook) -> Sequence[str]:
    """All that the values bring into a document: its fonts must be able to write them."""
    found = [book.title, book.date, book.source]
    for side in book.sides:
        found += [side.name, *(left.reason for left in side.left_out)]
        found += [left.group_id for left in side.left_out]
    for line in book.lines:
        found += [line.name, line.plate, line.type_name, *(stop.place.label for stop in line.stops)]
        found += [ride.group_id for ride in line.rides]
    for table in book.tables:
        found += [table.name, *table.notes, *table.headings]
        found += [str(cell) for row in table.rows for cell in row]
    return found
