"""Row scope: a caller sees the rows of one unit and of all units below it, and no others."""

from dataclasses import dataclass
from typing import Any, Final, TypeVarTuple

from sqlalchemy import Select, select

from service.rows import UnitClosureRow

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A subtree of the unit tree.

    Parameters
    ----------
    unit_id
        Its topmost unit; None is every unit, for the operator of the machine.
    """

    unit_id: str | None


EVERYTHING: Final = Scope(unit_id=None)
"""What the operator of the machine sees: the command line on the database's own host."""


def within(statement: Select[*Columns], row: Any, scope: Scope) -> Select[*Columns]:
    """Add the condition that `row.unit_id` lies in the scope."""
    if scope.unit_id is None:
        return statement
    below = select(UnitClosureRow.descendant_id).where(UnitClosureRow.ancestor_id == scope.unit_id)
    return statement.where(row.unit_id.in_(below))
