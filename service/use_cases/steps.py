"""Long work in steps: each is announced, reports its progress, and its wall time is kept."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol

Progress = Callable[[float], None]
"""Takes the part that is done, 0 to 1."""


class Reporter(Protocol):
    """Who shows the steps to people."""

    def begin(self, title: str) -> None:
        """Say that a step begins."""

    def part(self, done: float, note: str = "") -> None:
        """Say how much of the present step is done, 0 to 1, and what came of it so far."""

    def end(self, seconds: float, note: str) -> None:
        """Say that the present step is done, and what came of it."""

    def say(self, sentence: str) -> None:
        """Say something for people beside the steps."""


class Silent:
    """Shows nothing."""

    def begin(self, title: str) -> None:
        """Say nothing."""

    def part(self, done: float, note: str = "") -> None:
        """Say nothing."""

    def end(self, seconds: float, note: str) -> None:
        """Say nothing."""

    def say(self, sentence: str) -> None:
        """Say nothing."""


class Step:
    """The step under way.

    `asked` is whether a planner has reported, so that there is a best so far to keep; `stopping` whether it
    has been asked to end with that.
    """

    def __init__(self, reporter: Reporter, heed: Callable[[], None] | None = None) -> None:
        self._reporter, self._heed = reporter, heed
        self.note = ""
        self.asked = self.stopping = False

    def part(self, done: float) -> None:
        """Say how much is done, 0 to 1."""
        self._reporter.part(done, self.note)

    def keep_going(self, best: object) -> bool:
        """Pass on what a planner reports, and whether it may go on."""
        self.asked = True
        if self._heed is not None:
            self._heed()
        if isinstance(best, float):
            self._reporter.part(best, self.note)
        return not self.stopping


class Steps:
    """Wall seconds by step, in the order they were taken.

    Parameters
    ----------
    reporter
        Who shows them.
    keep_best
        Whether the first Ctrl-C lets a planner that is at work end with its best so far; the second one, and
        any at other times, interrupts.
    """

    def __init__(self, reporter: Reporter | None = None, *, keep_best: bool = False) -> None:
        self._reporter, self._keep_best = reporter or Silent(), keep_best
        self._began = time.perf_counter()
        self._seconds: dict[str, float] = {}
        self._under_way: tuple[str, float] | None = None

    @contextmanager
    def step(self, key: str, title: str) -> Iterator[Step]:
        """Take one step; several with one key are added up."""
        hearing = _Interrupts(lambda: self._interrupted(step))
        began, step = time.perf_counter(), Step(self._reporter, hearing.listen)
        self._reporter.begin(title)
        self._under_way = (key, began)
        with hearing:
            yield step
        taken, self._under_way = time.perf_counter() - began, None
        self._seconds[key] = self._seconds.get(key, 0.0) + taken
        self._reporter.end(taken, step.note)

    def say(self, sentence: str) -> None:
        """Tell people something beside the steps."""
        self._reporter.say(sentence)

    def _interrupted(self, step: Step) -> None:
        if not self._keep_best or not step.asked or step.stopping:
            raise KeyboardInterrupt
        step.stopping, step.note = True, "已提前停止，保留当时最好的方案"
        self._reporter.say("正在收尾，保留目前最好的方案；再按一次 Ctrl-C 立即放弃")

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by key, the step under way included, and `total` since the first moment."""
        now, found = time.perf_counter(), dict(self._seconds)
        if self._under_way is not None:
            key, began = self._under_way
            found[key] = found.get(key, 0.0) + now - began
        found["total"] = now - self._began
        return {key: round(value, 3) for key, value in found.items()}


class _Interrupts:
    """Hears Ctrl-C for the length of a step, and gives it back at its end.

    Native solvers take the signal and leave it with the system's own handler, which ends the program without
    a word: so it is taken again whenever a planner reports.
    """

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard, self._ours = heard, False

    def __enter__(self) -> None:
        """Take the signal, unless somebody else or another thread deals with it."""
        present = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        self._ours = present and threading.current_thread() is threading.main_thread()
        self.listen()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signal back as it was."""
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def listen(self) -> None:
        """Take the signal again."""
        if self._ours:
            signal.signal(signal.SIGINT, lambda *_: self._heard())
