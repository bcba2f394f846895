"""Long work in steps: each is announced, reports its progress, and its wall time is kept."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

Progress = Callable[[float], None]
"""Takes the part that is done, 0 to 1."""


class Reporter(Protocol):
    """Who shows the steps to people."""

    def begin(self, title: str) -> None:
        """Say that a step begins."""

    def part(self, done: float) -> None:
        """Say how much of the present step is done, 0 to 1."""

    def end(self, seconds: float, note: str) -> None:
        """Say that the present step is done, and what came of it."""


class Silent:
    """Shows nothing."""

    def begin(self, title: str) -> None:
        """Say nothing."""

    def part(self, done: float) -> None:
        """Say nothing."""

    def end(self, seconds: float, note: str) -> None:
        """Say nothing."""


class Step:
    """The step under way."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self.note = ""

    def part(self, done: float) -> None:
        """Say how much is done, 0 to 1."""
        self._reporter.part(done)

    def keep_going(self, best: object) -> bool:
        """Pass on what a planner reports; the command line never stops it (Ctrl-C does)."""
        if isinstance(best, float):
            self._reporter.part(best)
        return True


class Steps:
    """Wall seconds by step, in the order they were taken.

    Parameters
    ----------
    reporter
        Who shows them.
    """

    def __init__(self, reporter: Reporter | None = None) -> None:
        self._reporter = reporter or Silent()
        self._began = time.perf_counter()
        self._seconds: dict[str, float] = {}

    @contextmanager
    def step(self, key: str, title: str) -> Iterator[Step]:
        """Take one step; several with one key are added up."""
        began, step = time.perf_counter(), Step(self._reporter)
        self._reporter.begin(title)
        yield step
        taken = time.perf_counter() - began
        self._seconds[key] = self._seconds.get(key, 0.0) + taken
        self._reporter.end(taken, step.note)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by key, rounded to milliseconds, and `total` since the first moment."""
        total = time.perf_counter() - self._began
        return {key: round(value, 3) for key, value in self._seconds.items()} | {"total": round(total, 3)}
