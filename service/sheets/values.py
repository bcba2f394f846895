"""What a sheet should hold, and what was found in one: columns, rows, faults and the one report."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

Value = str | int | float | bool | datetime | date | time | timedelta
"""What a cell may hold, as Excel or a text file gives it."""

Parser = Callable[[Value], Any]
"""Makes a field of a cell that is not empty, or raises `CellFault`."""


class CellFault(ValueError):
    """A cell that says nothing sensible.

    Parameters
    ----------
    reason
        What is wrong, in Chinese.
    way_out
        What to write instead, in Chinese.
    """

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__(f"{reason}；{way_out}")
        self.reason = reason
        self.way_out = way_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a row.

    Parameters
    ----------
    field
        Its name in code.
    headings
        What people write above it; the first is written into templates.
    parse
        See `service.sheets.parsers`.
    required
        Whether the column must be there and no cell of it may be empty.
    default
        Value of an empty cell.
    choices
        Offered as a drop-down in templates.
    examples
        Cells of the example sheet, one a row.
    note
        One sentence for the sheet of explanations.
    cell_format
        Excel number format of the column; text by default, so that phone numbers keep their digits.
    """

    field: str
    headings: tuple[str, ...]
    parse: Parser
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    examples: tuple[str | int | float, ...] = ()
    note: str = ""
    cell_format: str = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Fields that together are a point; they come out as WGS-84 degrees.

    Parameters
    ----------
    lon, lat
        Fields of degrees.
    crs
        Field of the coordinate system of a row (`parsers.coordinate_system`), "" where the sheet has none.
    """

    lon: str = "lon"
    lat: str = "lat"
    crs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSpec:
    """What a kind of sheet holds.

    Parameters
    ----------
    name
        e.g. `员工住址`; the name of the sheet in templates.
    columns
        Its fields.
    key
        Fields that together may occur only once.
    points
        Coordinates to be converted.
    check
        Looks at a whole row: yields (field, reason, way out) for each fault.
    together
        Looks at all rows that are good so far: yields (position, field, reason, way out) for each fault.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    check: Callable[[Mapping[str, Any]], tuple[tuple[str, str, str], ...]] | None = None
    together: Callable[[Sequence[Mapping[str, Any]]], Iterable[tuple[int, str, str, str]]] | None = None

    def column(self, field: str) -> Column:
        """Return the column of a field."""
        return next(column for column in self.columns if column.field == field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A good row.

    Parameters
    ----------
    sheet, number
        Where it stands; rows count from 1 as Excel shows them.
    values
        Field → value, every field of the spec.
    """

    sheet: str
    number: int
    values: Mapping[str, Any]

    def __getitem__(self, field: str) -> Any:
        """Return the value of a field."""
        return self.values[field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong with a row, at a cell.

    Parameters
    ----------
    sheet, cell, row
        e.g. `员工`, `C17`, 17.
    heading
        Of the column.
    value
        As it stands in the cell, shortened.
    reason, way_out
        In Chinese: what is wrong, and what to do.
    """

    sheet: str
    cell: str
    row: int
    heading: str
    value: str
    reason: str
    way_out: str

    @property
    def sentence(self) -> str:
        """One line for people."""
        shown = f"“{self.value}”" if self.value else "（空）"
        return f"【{self.sheet}】{self.cell} {self.heading}{shown}：{self.reason}；{self.way_out}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A row, sheet or column that was left out on purpose, and why."""

    sheet: str
    where: str
    reason: str

    @property
    def sentence(self) -> str:
        """One line for people."""
        return f"【{self.sheet}】{self.where}：{self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReport:
    """Everything that reading a file came to.

    Parameters
    ----------
    source
        Name of the file.
    rows
        The good rows, in order.
    faults
        Every fault of every bad row, in order.
    skipped
        What was not taken for data: sums, repeated headings, unknown columns, other sheets.
    read
        How many rows of data there were, good and bad.
    written
        How many rows were handed over; 0 in a dry run.
    """

    source: str
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    skipped: tuple[Skipped, ...]
    read: int
    written: int = 0

    @property
    def ok(self) -> bool:
        """Whether no row is bad."""
        return not self.faults

    @property
    def summary(self) -> str:
        """One line for people."""
        bad = self.read - len(self.rows)
        good = len(self.rows)
        return f"{self.source}：共 {self.read} 行，可用 {good} 行，有误 {bad} 行（{len(self.faults)} 处）"

    @property
    def lines(self) -> tuple[str, ...]:
        """The summary, every fault and everything skipped, a line each."""
        return (self.summary, *(f.sentence for f in self.faults), *(s.sentence for s in self.skipped))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is refused before it costs time or memory.

    Parameters
    ----------
    file_bytes, unpacked_bytes
        Size of the file, and of all its parts unpacked.
    rows, cells
        Rows with anything in them; cells looked at, empty ones too.
    """

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 300_000_000
    rows: int = 200_000
    cells: int = 20_000_000


DEFAULT_LIMITS: Final = Limits()


def frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a read-only copy."""
    return MappingProxyType(dict(values))
