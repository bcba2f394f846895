"""Two rows for one person or vehicle: both are named."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from service.sheets.values import Fault, Row, SheetSpec

FaultMaker = Callable[[str, str, str], Fault]


def without_repeats(
    rows: Sequence[Row], spec: SheetSpec, fault_at: Mapping[tuple[str, int], FaultMaker]
) -> tuple[list[Row], list[Fault]]:
    """Return the rows whose key occurs once, and a fault for each of the others.

    Of rows that say exactly the same the first is kept; of rows that contradict each other none is, because
    nobody can know which one is right.
    """
    if not spec.key:
        return list(rows), []
    same: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        key = tuple(row[field] for field in spec.key)
        # An empty key says nothing about who it is.
        same.setdefault(("", row.sheet, row.number) if None in key else key, []).append(row)
    kept: list[Row] = []
    faults: list[Fault] = []
    for group in same.values():
        agree = all(row.values == group[0].values for row in group)
        kept += group[:1] if agree else []
        bad = group[1:] if agree else group
        faults += [_fault(row, group, spec, fault_at[(row.sheet, row.number)], agree=agree) for row in bad]
    return sorted(kept, key=_position(rows)), faults


def _position(rows: Sequence[Row]) -> Callable[[Row], int]:
    order = {(row.sheet, row.number): i for i, row in enumerate(rows)}
    return lambda row: order[(row.sheet, row.number)]


def _fault(row: Row, group: Sequence[Row], spec: SheetSpec, make: FaultMaker, *, agree: bool) -> Fault:
    others = "、".join(_where(other, row) for other in group if other is not row)
    heading = "、".join(spec.column(field).headings[0] for field in spec.key)
    if agree:
        return make(spec.key[0], f"与{others}完全相同", f"只采用{_where(group[0], row)}，请删去多余的行")
    return make(spec.key[0], f"{heading}与{others}相同而内容不同", "请只保留正确的一行")


def _where(other: Row, row: Row) -> str:
    return f"第 {other.number} 行" if other.sheet == row.sheet else f"表“{other.sheet}”第 {other.number} 行"
