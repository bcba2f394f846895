"""Spreadsheets in and out: the one tolerant reader with the one row report, and templates to fill in.

    report = read_sheet("员工.xlsx", SPEC, crs="gcj02")
    report = hand_over(report, write_rows, dry_run=False)

A `SheetSpec` says what a sheet holds; `service.sheets.parsers`, `moments` and `coordinates` what cells mean.
"""

from service.sheets.errors import SheetError
from service.sheets.reader import hand_over, read_sheet
from service.sheets.values import (
    CellFault,
    Column,
    Fault,
    Limits,
    Parser,
    Point,
    Row,
    SheetReport,
    SheetSpec,
    Skipped,
    Value,
)
from service.sheets.writing import csv_table, escaped, fault_list, problem_list, template

__all__ = [
    "CellFault", "Column", "Fault", "Limits", "Parser", "Point", "Row", "SheetError", "SheetReport",
    "SheetSpec", "Skipped", "Value", "csv_table", "escaped", "fault_list", "hand_over", "problem_list",
    "read_sheet", "template",
]  # fmt: skip
