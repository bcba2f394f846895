"""Long work in steps: each is announced, reports its progress, and its wall time is kept."""

import signal
import threading
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
        self._under_way: tuple[str, float] | None = None

    @contextmanager
    def step(self, key: str, title: str) -> Iterator[Step]:
        """Take one step; several with one key are added up."""
        began, step = time.perf_counter(), Step(self._reporter)
        self._reporter.begin(title)
        self._under_way = (key, began)
        _hear_interrupts()
        yield step
        _hear_interrupts()
        taken, self._under_way = time.perf_counter() - began, None
        self._seconds[key] = self._seconds.get(key, 0.0) + taken
        self._reporter.end(taken, step.note)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by key, the step under way included, and `total` since the first moment."""
        now, found = time.perf_counter(), dict(self._seconds)
        if self._under_way is not None:
            key, began = self._under_way
            found[key] = found.get(key, 0.0) + now - began
        found["total"] = now - self._began
        return {key: round(value, 3) for key, value in found.items()}


def _hear_interrupts() -> None:
    """Take Ctrl-C back: CP-SAT leaves the signal with the system's own handler, which says nothing."""
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
