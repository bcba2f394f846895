"""One list of everything that is wrong with the sheets of a plan, and of riders who have no seat."""

from collections.abc import Sequence
from pathlib import Path

from service.sheets import SheetReport, problem_list
from service.use_cases.commute_values import LeftOutRow
from service.use_cases.folders import staged

__all__ = ["problem_files", "write_problems"]


def problem_files(reports: Sequence[SheetReport], left_out: Sequence[LeftOutRow]) -> dict[str, bytes]:
    """Make the list, by the name of its file; nothing where nothing is wrong."""
    made = problem_list(reports, [(row.where, row.riders, row.reason) for row in left_out])
    return {} if made is None else {"problems.xlsx": made}


def write_problems(
    out: Path | None, reports: Sequence[SheetReport], left_out: Sequence[LeftOutRow]
) -> tuple[str, ...]:
    """Write the list alone, as a rehearsal does; the names of the files written."""
    files = problem_files(reports, left_out)
    if out is None or not files:
        return ()
    with staged(out) as stage:
        for name, content in files.items():
            (stage / name).write_bytes(content)
    return tuple(files)
