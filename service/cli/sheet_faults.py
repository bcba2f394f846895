"""What is wrong with a sheet, said at once."""

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from service.sheets import SheetReport
    from service.use_cases.steps import Steps

FAULTS_SHOWN: Final = 30
"""Faults of a sheet that are written out; more are counted."""


def tell_fully(report: "SheetReport", hint: str | None, steps: "Steps") -> "SheetReport":
    """Say at once what is wrong with a sheet, and go on with its good rows if there are any.

    Raises
    ------
    IntakeError
        There is none.
    """
    from service.errors import IntakeError

    for fault in report.faults[:FAULTS_SHOWN]:
        steps.say(f"paiche: {fault.sentence}")
    if len(report.faults) > FAULTS_SHOWN:
        steps.say(f"paiche: …另有 {len(report.faults) - FAULTS_SHOWN} 处")
    for skipped in report.skipped:
        steps.say(f"提示：{skipped.sentence}")
    if hint:
        steps.say(f"提示：{as_option(hint)}")
    if not report.read:
        message = f"{report.source} 中还没有填写任何一行；请填写后重新运行"
        raise IntakeError(message)
    if not report.rows:
        message = f"{report.summary}；没有可用的行，未编排、未改动数据库，请更正后重新运行"
        raise IntakeError(message)
    return report


def as_option(hint: str) -> str:
    """Name the option of a command where the hint names a parameter."""
    return re.sub(r"crs=(\w+) \(.*\)$", r"--crs \1", hint)
