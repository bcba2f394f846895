"""Rows while they are read: their values and faults grow until the whole file is judged."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from service.sheets.grid import Grid, address
from service.sheets.headings import Headings
from service.sheets.parsers import tidy
from service.sheets.values import CellFault, Column, Fault, Row, SheetSpec, Value, frozen


@dataclass(slots=True, kw_only=True)
class Line:
    """A row of data with what was made of it so far.

    Parameters
    ----------
    values
        Field → value; None where the cell was bad.
    faults, faulty
        What is wrong, and the fields it is about.
    """

    grid: Grid
    headings: Headings
    number: int
    spec: SheetSpec
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)

    def cell(self, name: str) -> Value | None:
        """Return what the cell of a field says."""
        column = self.headings.column_of.get(name)
        return None if column is None else self.grid.meant(self.number, column)

    def where(self, name: str) -> str:
        """Return the address of a field's cell, of the first column where the sheet has no such field."""
        return address(self.number, self.headings.column_of.get(name, 1))

    def complain(self, name: str, reason: str, way_out: str) -> None:
        """Add a fault at the cell of a field."""
        value, column = self.cell(name), self.headings.column_of.get(name)
        self.faulty.add(name)
        self.faults.append(
            Fault(
                sheet=self.grid.name,
                cell=self.where(name),
                row=self.number,
                heading=self.headings.said.get(column or 0, self.spec.column(name).headings[0]),
                value="" if value is None else tidy(value)[:40],
                reason=reason,
                way_out=way_out,
            )
        )

    @property
    def place(self) -> tuple[str, int]:
        """Sheet and row."""
        return self.grid.name, self.number

    def row(self) -> Row:
        """Return the finished row."""
        return Row(sheet=self.grid.name, number=self.number, values=frozen(self.values))


def read_line(grid: Grid, headings: Headings, number: int, spec: SheetSpec) -> Line:
    """Parse every cell of a row."""
    line = Line(grid=grid, headings=headings, number=number, spec=spec)
    for column in spec.columns:
        try:
            line.values[column.field] = _parsed(line, column)
        except CellFault as fault:
            line.values[column.field] = None
            line.complain(column.field, fault.reason, fault.way_out)
    return line


def check_lines(lines: Sequence[Line], spec: SheetSpec) -> None:
    """Look at every row that is good so far as a whole, then at all that are still good together."""
    for line in lines:
        if spec.check is not None and not line.faults:
            for complaint in spec.check(frozen(line.values)):
                line.complain(*complaint)
    if spec.together is not None:
        good = [line for line in lines if not line.faults]
        for position, name, reason, way_out in spec.together([frozen(line.values) for line in good]):
            good[position].complain(name, reason, way_out)


def without_repeats(lines: Sequence[Line], spec: SheetSpec) -> list[Row]:
    """Return the rows whose key occurs once; the others get a fault that names each other.

    Of rows that say exactly the same the first is kept; of rows that contradict each other none is, because
    nobody can know which one is right.
    """
    same: dict[tuple[Any, ...], list[Line]] = {}
    for line in lines:
        key = tuple(line.values[name] for name in spec.key)
        # An empty key says nothing about who it is.
        same.setdefault(key if spec.key and None not in key else line.place, []).append(line)
    for group in same.values():
        agree = all(line.values == group[0].values for line in group)
        for line in group[1:] if agree else group:
            _complain_of_repeat(line, group, spec, agree=agree)
    return [line.row() for line in lines if not line.faults]


def _parsed(line: Line, column: Column) -> Any:
    value = line.cell(column.field)
    if value is not None and tidy(value):
        return column.parse(value)
    if column.field in line.headings.column_of and line.where(column.field) in line.grid.uncomputed:
        reason = "公式没有计算结果"
        raise CellFault(reason, "请在 Excel 或 WPS 中打开并保存，或粘贴为数值")
    if column.required:
        reason = "没有填写"
        raise CellFault(reason, f"请补填{column.headings[0]}")
    return column.default


def _complain_of_repeat(line: Line, group: Sequence[Line], spec: SheetSpec, *, agree: bool) -> None:
    others = "、".join(_seen_from(line, other) for other in group if other is not line)
    if agree:
        way_out = f"只采用{_seen_from(line, group[0])}，请删去多余的行"
        line.complain(spec.key[0], f"与{others}完全相同", way_out)
    else:
        heading = "、".join(spec.column(name).headings[0] for name in spec.key)
        line.complain(spec.key[0], f"{heading}与{others}相同而内容不同", "请只保留正确的一行")


def _seen_from(line: Line, other: Line) -> str:
    same_sheet = other.grid.name == line.grid.name
    return f"第 {other.number} 行" if same_sheet else f"表“{other.grid.name}”第 {other.number} 行"
