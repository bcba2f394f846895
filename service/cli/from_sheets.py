"""What commands share that plan lines from sheets: options, what they run on, how they fail."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

import typer

from service.cli.sheet_faults import tell_fully

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from service.settings import Settings
    from service.sheets import SheetReport
    from service.use_cases.commute_start import Tell
    from service.use_cases.steps import Steps

CompoundsOption = Annotated[
    Path | None,
    typer.Option("--compounds", metavar="FILE", help="办公区表：地点、上下班时间 / compounds"),
]
BusesOption = Annotated[
    Path | None,
    typer.Option("--buses", metavar="FILE", help="车辆表：座位、车场、价格 / buses on offer"),
]
MapOption = Annotated[
    Path | None,
    typer.Option("--map", metavar="FILE", help="地图文件，不用库中的服务日 / a map instead of a stored day"),
]
SecondsOption = Annotated[
    float | None,
    typer.Option("--seconds", min=1.0, help="搜索时间（秒），不给时按固定工作量 / search time"),
]

Done_co = TypeVar("Done_co", covariant=True)


class WayName(StrEnum):
    """Which lines are asked for."""

    BOTH = "both"
    MORNING = "morning"
    EVENING = "evening"


WayOption = Annotated[WayName, typer.Option("--direction", help="早班、晚班或两者 / which way")]


class Plans(Protocol[Done_co]):
    """A use case with its order: what is left to say is where it runs and who is told."""

    def __call__(
        self,
        settings: "Settings",
        steps: "Steps",
        *,
        engine: "Engine | None" = None,
        tell: "Tell | None" = None,
    ) -> Done_co:
        """Do it."""


def run_on_sheets(plan: Plans[Done_co], map_file: Path | None, database: str | None) -> Done_co:
    """Run with progress on a map or on a stored day; Ctrl-C keeps the best so far.

    With a map alone a database is opened only if there is one: it knows places by their names.
    """
    from service.cli.options import has_own_database, opened
    from service.settings import load_settings

    with reporting(keep_best=True) as (steps, tell):
        if map_file is not None and database is None and not has_own_database():
            return plan(load_settings(), steps, tell=tell)
        with opened(database) as at:
            return plan(at.settings, steps, engine=at.engine, tell=tell)


@contextmanager
def reporting(*, keep_best: bool = False) -> "Iterator[tuple[Steps, Tell]]":
    """Show progress, and what sheets say.

    Parameters
    ----------
    keep_best
        Whether Ctrl-C keeps the best so far.
    """
    from service.cli.reporting import Bars
    from service.use_cases.steps import Steps

    with Bars() as bars:
        steps = Steps(bars, keep_best=keep_best)

        def tell(report: "SheetReport", hint: str | None) -> None:
            tell_fully(report, hint, steps)

        yield steps, tell


def fail_where_wrong(reports: Iterable["SheetReport"], done_with: str, violations: int) -> None:
    """Fail after everything is shown, if rows were left out or a rule is broken.

    Parameters
    ----------
    done_with
        What was done without the bad rows.
    """
    from service.errors import IntakeError

    bad = [report for report in reports if report.faults]
    if bad:
        message = f"{'；'.join(report.summary for report in bad)}；{done_with}，请更正后重新运行"
        raise IntakeError(message)
    if violations:
        raise typer.Exit(1)
