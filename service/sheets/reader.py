"""The one tolerant reader: any sheet that people send becomes good rows and one report of everything else."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from gis.coordinates import check_lonlat, to_wgs84
from gis.errors import CoordinateError
from service.sheets.errors import SheetError
from service.sheets.files import read_grids
from service.sheets.grid import Grid, address
from service.sheets.headings import Headings, find_headings, heading_key
from service.sheets.parsers import tidy
from service.sheets.repeats import without_repeats
from service.sheets.values import (
    DEFAULT_LIMITS,
    CellFault,
    Fault,
    Limits,
    Point,
    Row,
    SheetReport,
    SheetSpec,
    Skipped,
    Value,
    frozen,
)

OWN_SHEETS: Final = ("示例", "填写说明", "选项")
"""Sheets of our own templates that hold no data."""
_SUMS: Final = ("合计", "总计", "小计", "共计", "备注", "说明", "填表人", "制表人", "审核人", "注")


def read_sheet(
    source: Path | str | bytes,
    spec: SheetSpec,
    *,
    crs: str | None = None,
    sheet: str | None = None,
    name: str = "",
    limits: Limits = DEFAULT_LIMITS,
) -> SheetReport:
    """Read every row of a spreadsheet that follows a spec; write nothing (see `hand_over`).

    Titles above the headings, merged cells, stray spaces, full width, empty rows, sums and repeated headings
    are understood. A bad row is left out with all its faults; the good ones are returned.

    Parameters
    ----------
    source
        Path or content of `.xlsx`, `.xlsm`, `.csv` (UTF-8, GB 18030, UTF-16 with mark), by content.
    crs
        Coordinate system of points whose row names none: `wgs84`, `gcj02` or `bd09`.
    sheet
        Only the sheet of this name; None: every visible sheet with the right headings.
    name
        What to call the source in messages.
    limits
        What is refused outright.

    Raises
    ------
    SheetError
        If the file is no sheet, too large or a bomb, or no sheet in it has the headings that are required.
    """
    shown, grids = read_grids(source, name, limits)
    taken, skipped = _chosen(grids, spec, sheet, shown)
    rows: list[_Read] = []
    for grid, headings in taken:
        skipped += headings.unknown
        for number in sorted(row for row in grid.rows if row > headings.row):
            reason = _no_data(grid, headings, number)
            if reason:
                skipped.append(Skipped(sheet=grid.name, where=f"第 {number} 行", reason=reason))
            else:
                rows.append(_read_row(_Line(grid=grid, headings=headings, number=number), spec, crs))
    good = [one.row for one in rows if not one.faults]
    where = {(one.row.sheet, one.row.number): one.cells for one in rows}
    kept, repeats = without_repeats(good, spec, where)
    faults = [fault for one in rows for fault in one.faults] + repeats
    order = {grid.name: i for i, (grid, _) in enumerate(taken)}
    faults.sort(key=lambda fault: (order[fault.sheet], fault.row))
    return SheetReport(
        source=shown, rows=tuple(kept), faults=tuple(faults), skipped=tuple(skipped), read=len(rows)
    )


def hand_over(
    report: SheetReport,
    write: Callable[[tuple[Row, ...]], None],
    *,
    dry_run: bool = False,
    only_if_ok: bool = False,
) -> SheetReport:
    """Hand all good rows over at once, to be written in one transaction.

    Parameters
    ----------
    write
        Takes every good row; if it raises, nothing counts as written.
    dry_run
        Only report.
    only_if_ok
        Write nothing unless every row is good.
    """
    if dry_run or not report.rows or (only_if_ok and not report.ok):
        return report
    write(report.rows)
    return replace(report, written=len(report.rows))


# --- sheets ------------------------------------------------------------------------------------------------


def _chosen(
    grids: Sequence[Grid], spec: SheetSpec, sheet: str | None, shown: str
) -> tuple[list[tuple[Grid, Headings]], list[Skipped]]:
    if sheet is not None and all(grid.name != sheet for grid in grids):
        message = f"{shown} 中没有表“{sheet}”，有：{'、'.join(grid.name for grid in grids)} (no such sheet)"
        raise SheetError(message)
    taken: list[tuple[Grid, Headings]] = []
    skipped: list[Skipped] = []
    nearest: list[tuple[Grid, Headings]] = []
    for grid in grids:
        if (sheet is not None and grid.name != sheet) or (sheet is None and grid.name in OWN_SHEETS):
            continue
        if grid.hidden:
            skipped.append(Skipped(sheet=grid.name, where="整表", reason="隐藏的表，未读取"))
            continue
        headings = find_headings(grid, spec)
        if headings is not None and not headings.missing:
            taken.append((grid, headings))
            continue
        nearest += [(grid, headings)] if headings else []
        reason = (
            f"表头缺少{_listed(headings.missing)}，整表未读取" if headings else "没有找到表头，整表未读取"
        )
        skipped.append(Skipped(sheet=grid.name, where="整表", reason=reason))
    if not taken:
        raise _no_headings(shown, spec, nearest)
    return taken, skipped


def _no_headings(shown: str, spec: SheetSpec, nearest: Sequence[tuple[Grid, Headings]]) -> SheetError:
    if nearest:
        grid, headings = max(nearest, key=lambda pair: len(pair[1].column_of))
        found = f"表“{grid.name}”第 {headings.row} 行的表头缺少{_listed(headings.missing)}"
    else:
        required = [column.headings[0] for column in spec.columns if column.required]
        found = f"没有找到表头，至少需要{_listed(required)}"
    message = f"{shown} 不能作为“{spec.name}”导入：{found}；请下载模板对照 (headings missing)"
    return SheetError(message)


def _listed(headings: Sequence[str]) -> str:
    return "、".join(f"“{heading}”" for heading in headings)


def _no_data(grid: Grid, headings: Headings, number: int) -> str:
    """Return why a row below the headings holds no data, else ""."""
    cells = grid.rows[number]
    used = [column for column in headings.column_of.values() if column in cells]
    if headings.repeated_in(grid, number):
        return "重复的表头，未作为数据"
    first = heading_key(str(cells[min(cells)]))
    if len(cells) == 1 and grid.width(number) > max(1, len(headings.column_of) // 2):
        return f"合并的说明行“{tidy(cells[min(cells)])[:30]}”，未作为数据"
    if first in _SUMS[:4] or (len(cells) <= 2 and first.startswith(_SUMS)):
        return f"“{tidy(cells[min(cells)])[:30]}”行，未作为数据"
    return "" if used else "只在无表头的列中有内容，未作为数据"


# --- rows --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A row of a sheet with its headings."""

    grid: Grid
    headings: Headings
    number: int

    def cell(self, field: str) -> Value | None:
        column = self.headings.column_of.get(field)
        return None if column is None else self.grid.meant(self.number, column)

    def where(self, field: str) -> str:
        return address(self.number, self.headings.column_of.get(field, 1))

    def fault(self, spec: SheetSpec, field: str, reason: str, way_out: str) -> Fault:
        value = self.cell(field)
        column = self.headings.column_of.get(field)
        return Fault(
            sheet=self.grid.name,
            cell=self.where(field),
            row=self.number,
            heading=self.headings.said.get(column or 0, spec.column(field).headings[0]),
            value="" if value is None else tidy(value)[:40],
            reason=reason,
            way_out=way_out,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A row with its faults, and the function that makes faults about it."""

    row: Row
    faults: tuple[Fault, ...]
    cells: Callable[[str, str, str], Fault]


def _read_row(line: _Line, spec: SheetSpec, crs: str | None) -> _Read:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in spec.columns:
        try:
            values[column.field] = _parsed(line, spec, column.field)
        except CellFault as fault:
            values[column.field] = None
            faults.append(line.fault(spec, column.field, fault.reason, fault.way_out))
    bad = {fault.heading for fault in faults}
    for point in spec.points:
        if not bad & {line.fault(spec, f, "", "").heading for f in (point.lon, point.lat, point.crs) if f}:
            faults += _converted(values, point, line, spec, crs)
    if not faults and spec.check:
        faults += [line.fault(spec, *complaint) for complaint in spec.check(values)]
    row = Row(sheet=line.grid.name, number=line.number, values=frozen(values))
    return _Read(
        row=row, faults=tuple(faults), cells=lambda field, reason, way: line.fault(spec, field, reason, way)
    )


def _parsed(line: _Line, spec: SheetSpec, field: str) -> Any:
    column, value = spec.column(field), line.cell(field)
    if value is None or not tidy(value):
        if line.where(field) in line.grid.uncomputed and field in line.headings.column_of:
            reason = "公式没有计算结果"
            raise CellFault(reason, "请在 Excel 或 WPS 中打开并保存，或粘贴为数值")
        if column.required:
            reason = "没有填写"
            raise CellFault(reason, f"请补填{column.headings[0]}")
        return column.default
    return column.parse(value)


def _converted(
    values: dict[str, Any], point: Point, line: _Line, spec: SheetSpec, crs: str | None
) -> Iterator[Fault]:
    """Turn the point of a row into WGS-84 in place; yield what is wrong with it."""
    lon, lat = values[point.lon], values[point.lat]
    if lon is None and lat is None:
        return
    if lon is None or lat is None:
        yield line.fault(
            spec, point.lon if lon is None else point.lat, "经纬度只填了一个", "请两个都填，或都不填"
        )
        return
    system = (values[point.crs] if point.crs else None) or crs
    if system is None:
        yield line.fault(
            spec, point.crs or point.lon, "没有说明坐标系", "请注明 wgs84、gcj02（高德）或 bd09（百度）"
        )
        return
    try:
        check_lonlat(lon, lat)
        values[point.lon], values[point.lat] = to_wgs84(float(lon), float(lat), system)
    except CoordinateError as error:
        yield line.fault(spec, point.lon, re.sub(r" \([a-z ]+\)$", "", str(error)), "请核对坐标")
    else:
        if point.crs:
            values[point.crs] = "wgs84"
