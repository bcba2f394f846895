"""How commands end that leave drafts behind."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from service.sheets import SheetReport
    from service.use_cases.drafting import Drafted


def finish(done: "Drafted", reports: "Sequence[SheetReport]", out: Path | None) -> None:
    """Say where the drafts are; fail at the end if rows were left out or a rule is broken."""
    from service.cli.plan_tables import show_drafts
    from service.errors import IntakeError

    show_drafts(done, out)
    for report in reports:
        if report.faults:
            message = f"{report.summary}；可用的行已编入草案，有误的行未编入，请更正后重新运行"
            raise IntakeError(message)
    if done.violations:
        raise typer.Exit(1)
