"""The one tolerant reader: any sheet that people send becomes good rows and one report of everything else."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from service.sheets.errors import SheetError
from service.sheets.files import read_grids
from service.sheets.grid import Grid
from service.sheets.headings import Headings, find_headings, heading_key
from service.sheets.lines import Line, check_lines, read_line, without_repeats
from service.sheets.parsers import tidy
from service.sheets.points import convert_points
from service.sheets.values import DEFAULT_LIMITS, Limits, Row, SheetReport, SheetSpec, Skipped

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
    lines: list[Line] = []
    for grid, headings in taken:
        skipped += headings.unknown
        for number in sorted(row for row in grid.rows if row > headings.row):
            reason = _no_data(grid, headings, number)
            if reason:
                skipped.append(Skipped(sheet=grid.name, where=f"第 {number} 行", reason=reason))
            else:
                lines.append(read_line(grid, headings, number, spec))
    convert_points(lines, spec, crs)
    check_lines(lines, spec)
    kept = without_repeats([line for line in lines if not line.faults], spec)
    faults = [fault for line in lines for fault in line.faults]
    order = {grid.name: i for i, (grid, _) in enumerate(taken)}
    faults.sort(key=lambda fault: (order[fault.sheet], fault.row))
    return SheetReport(
        source=shown, rows=tuple(kept), faults=tuple(faults), skipped=tuple(skipped), read=len(lines)
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
