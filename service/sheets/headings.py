"""Which row holds the headings, and which column is which field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from service.sheets.grid import Grid, address
from service.sheets.values import Column, SheetSpec, Skipped

SEARCHED_ROWS: Final = 30
"""Headings stand within so many filled rows, below titles and remarks."""
_MARKS: Final = re.compile(r"[\s*＊:：_/\\-]+|[(（【\[].*?[)）】\]]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """Where the fields are.

    Parameters
    ----------
    row
        The (last) row of headings; data follow it.
    column_of
        Field → column.
    said
        Column → heading as written, of every column that has one.
    missing
        First headings of required columns that are not there.
    unknown
        What was not recognised.
    """

    row: int
    column_of: Mapping[str, int]
    said: Mapping[int, str]
    missing: tuple[str, ...]
    unknown: tuple[Skipped, ...]

    def repeated_in(self, grid: Grid, row: int) -> bool:
        """Whether a row of data is the headings once more, as at the top of a printed page."""
        cells = grid.rows.get(row, {})
        first = min(self.column_of.values())
        if heading_key(str(cells.get(first, ""))) != heading_key(self.said[first]):
            return False
        said = {column: heading_key(str(cells.get(column, ""))) for column in self.column_of.values()}
        same = sum(1 for column, text in said.items() if text == heading_key(self.said[column]))
        return same >= 2 and same > len(self.column_of) / 2


def find_headings(grid: Grid, spec: SheetSpec) -> Headings | None:
    """Find the row that names most fields; None where no row names any two of them, or the only one."""
    filled = sorted(grid.rows)[:SEARCHED_ROWS]
    best: Headings | None = None
    for row in filled:
        found = _in_row(grid, row, spec)
        if best is None or len(found.column_of) > len(best.column_of):
            best = found
    if best is None or len(best.column_of) < min(2, len(spec.columns)):
        return None
    return best


def heading_key(said: str) -> str:
    """Return a heading without spaces, marks and what stands in brackets, in one width and case."""
    plain = unicodedata.normalize("NFKC", said).casefold()
    return _MARKS.sub("", plain) or re.sub(r"\s+", "", plain)


def _in_row(grid: Grid, row: int, spec: SheetSpec) -> Headings:
    spelled = _spellings(spec.columns)
    width = max((max(cells) for r, cells in grid.rows.items() if r <= row), default=0)
    said, named = {}, {}
    for column in range(1, min(width, 1000) + 1):
        lower, upper = str(grid.shown(row, column) or ""), str(grid.shown(row - 1, column) or "")
        if lower:
            said[column] = lower.strip()
            # Two-level headings: 家庭 over 经度, 单位 over 经度.
            both = spelled.get(heading_key(upper + lower))
            found = both or spelled.get(heading_key(lower))
            if found:
                named[column] = (0 if both else 1, *found)
    column_of = _one_column_each(named)
    missing = tuple(c.headings[0] for c in spec.columns if c.required and c.field not in column_of)
    unknown = tuple(
        Skipped(sheet=grid.name, where=address(row, column), reason=_not_taken(text, column, named, spec))
        for column, text in said.items()
        if column not in column_of.values()
    )
    return Headings(row=row, column_of=column_of, said=said, missing=missing, unknown=unknown)


def _spellings(columns: Sequence[Column]) -> dict[str, tuple[int, str]]:
    """Key of every heading → its rank within the column, and the field."""
    spelled: dict[str, tuple[int, str]] = {}
    for column in columns:
        for rank, heading in enumerate((*column.headings, column.field)):
            spelled.setdefault(heading_key(heading), (rank, column.field))
    return spelled


def _one_column_each(named: Mapping[int, tuple[int, int, str]]) -> dict[str, int]:
    """Of several columns for one field take the one with the best heading, then the leftmost."""
    column_of: dict[str, int] = {}
    for column, (_, _, name) in sorted(named.items(), key=lambda item: (*item[1][:2], item[0])):
        column_of.setdefault(name, column)
    return column_of


def _not_taken(text: str, column: int, named: Mapping[int, object], spec: SheetSpec) -> str:
    if column in named:
        return f"列“{text}”与另一列表示同一内容，未采用"
    headings = [heading for c in spec.columns for heading in c.headings]
    near = process.extractOne(text, headings, scorer=OSA.normalized_similarity, score_cutoff=0.5)
    hint = f"，是否应为“{near[0]}”？" if near else ""
    return f"列“{text}”不认识，未读取{hint}"
