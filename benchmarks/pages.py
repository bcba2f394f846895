"""Parts of a README that a command writes, between two marks; the rest of the file stays as it is."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def marks(command: str) -> tuple[str, str]:
    """Return what stands before and after the part that a command writes."""
    begin = f"<!-- {command}: begin, written by `python -m benchmarks {command}` -->"
    return begin, f"<!-- {command}: end -->"


def put(readme: Path, command: str, content: str) -> None:
    """Put the content between the command's marks, or at the end of the file where there are none yet."""
    begin, end = marks(command)
    text = readme.read_text(encoding="utf-8") if readme.is_file() else "# Benchmarks\n"
    part = f"{begin}\n{content}\n{end}"
    if begin in text and end in text:
        before, rest = text.split(begin, 1)
        text = before + part + rest.split(end, 1)[1]
    else:
        text = f"{text.rstrip()}\n\n{part}\n"
    readme.write_text(text, encoding="utf-8")


def measured_where(command: str, records: Sequence[Record]) -> list[str]:
    """Say on which machine, when, from which commits and by which command the records were made."""
    commits: dict[tuple[str, str, str], list[str]] = {}
    for r in records:
        commits.setdefault((r["date"], r["machine"], r["python"]), []).append(r["commit"])
    return [
        f"Measured {date} on {name}, Python {python}, commit {', '.join(dict.fromkeys(made))}, "
        f"by `python -m benchmarks {command}`."
        for (date, name, python), made in sorted(commits.items())
    ]


def table(head: Sequence[str], lines: Sequence[str]) -> str:
    """Lay out a Markdown table; nothing where there are no lines."""
    if not lines:
        return ""
    return "\n".join((f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines))


def line(cells: Iterable[Any]) -> str:
    """Lay out one row of a table."""
    return f"| {' | '.join(figure(cell) for cell in cells)} |"


def figure(value: Any) -> str:
    """Write a number to three digits, with separators where it is large; text as it is."""
    if isinstance(value, str):
        return value
    return f"{value:.3g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:,.0f}"
