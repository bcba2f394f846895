"""Tables of contracts on the screen."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Console

from service.cli.tables import console, table_of

if TYPE_CHECKING:
    from optimizer.contract_tables import Cell, Comparison, Table


def show_contracts(found: "Comparison", *, whole: bool = False) -> None:
    """Show what the lines cost under each form of contract, and what a broken promise costs.

    Parameters
    ----------
    whole
        With every bill and the break-evens.
    """
    from service.use_cases.contracts import contract_tables

    if not found.buses:
        return
    screen = console()
    overview, bills, break_evens, promise = contract_tables(found)
    shown = (overview, bills, break_evens, promise) if whole else (overview, break_evens, promise)
    for table in shown:
        screen.print()
        _show(screen, table)


def _show(screen: Console, table: "Table") -> None:
    if not table.rows:
        return
    made = table_of(table.name, *_headings(table))
    for row in table.rows:
        made.add_row(*(_text(cell) for cell in row))
    screen.print(made)
    for note in table.notes:
        screen.print(f"  {note}", soft_wrap=True)


def _headings(table: "Table") -> Iterator[str]:
    """Numbers to the right; long words may be wrapped."""
    for position, heading in enumerate(table.headings):
        numbers = any(isinstance(row[position], int | Decimal) for row in table.rows)
        yield heading + (">" if numbers else "~" if _longest(table.rows, position) > 10 else "")


def _longest(rows: "Sequence[Sequence[Cell]]", position: int) -> int:
    return max(len(str(row[position])) for row in rows)


def _text(cell: "Cell") -> str:
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
