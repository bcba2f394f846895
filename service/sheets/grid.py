"""A sheet as bare cells, whatever the file was: rows by number, cells by column, merged ranges."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from service.sheets.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cells of one sheet; rows and columns count from 1.

    Parameters
    ----------
    rows
        Row number → column → value; empty cells and rows are absent.
    merged
        (row, column) of each cell inside a merged range → (row, column) of its first cell.
    uncomputed
        Addresses of formulas without a result.
    hidden
        Whether people do not see the sheet; its rows are not read then.
    """

    name: str
    rows: Mapping[int, Mapping[int, Value]]
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    uncomputed: frozenset[str] = frozenset()
    hidden: bool = False

    def shown(self, row: int, column: int) -> Value | None:
        """Return what a reader sees in a cell: of a merged range, its first cell."""
        row, column = self.merged.get((row, column), (row, column))
        return self.rows.get(row, {}).get(column)

    def meant(self, row: int, column: int) -> Value | None:
        """Return what a cell of data says: a value merged over several rows holds for each of them.

        A value merged over several columns belongs to the first: two fields are never one.
        """
        first_row, first_column = self.merged.get((row, column), (row, column))
        return self.rows.get(first_row, {}).get(column) if first_column == column else None

    def width(self, row: int) -> int:
        """Return the number of columns over which the first cell of a row is merged, 1 where it is not."""
        cells = self.rows.get(row)
        if not cells:
            return 1
        first = (row, min(cells))
        return max(1, sum(1 for (r, _), origin in self.merged.items() if r == row and origin == first))


def address(row: int, column: int) -> str:
    """Return e.g. `C17`."""
    return f"{get_column_letter(column)}{row}"
