"""`roster.json`: a roster with what was asked and what the judge said."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from optimizer.model import Violation
from optimizer.roster import Roster, RosterProblem
from service.exchange.whole import read_whole, write_whole

FORM: Final = "paiche/roster"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterDocument:
    """What the file holds."""

    problem: RosterProblem
    roster: Roster
    violations: tuple[str, ...] = ()


def write_roster(problem: RosterProblem, roster: Roster, findings: tuple[Violation, ...]) -> bytes:
    """Write the document."""
    said = tuple(found.message for found in findings)
    return write_whole(RosterDocument(problem=problem, roster=roster, violations=said), FORM)


def read_roster(file: Path) -> tuple[RosterProblem, Roster]:
    """Read it again.

    Raises
    ------
    DocumentError
        No such file, or it does not follow the form.
    """
    document = read_whole(file, RosterDocument, FORM)
    return document.problem, document.roster
