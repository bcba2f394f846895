"""Show steps of long work: a moving bar on a terminal, one line per step elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Bars:
    """A `Reporter` for the error stream, so that results on the output stream stay clean."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._title = ""

    def __enter__(self) -> Self:
        """Start drawing, if there is a terminal."""
        if self._console.is_terminal:
            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TimeElapsedColumn(),
                TextColumn("[dim]{task.fields[note]}"),
                console=self._console,
            )
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing; what is under way is not shown as done."""
        if self._progress is not None:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._progress.stop()

    def say(self, sentence: str) -> None:
        """Write a line above the bars, whole and as it is."""
        self._console.print(sentence, soft_wrap=True, markup=False)

    def begin(self, title: str) -> None:
        """Draw a new bar."""
        self._title = title
        if self._progress is not None:
            self._task = self._progress.add_task(title, total=1.0, note="")

    def part(self, done: float, note: str = "") -> None:
        """Move the bar forward, never back."""
        if self._progress is not None and self._task is not None:
            before = self._progress.tasks[-1].completed
            self._progress.update(self._task, completed=max(before, min(1.0, done)), note=note)

    def end(self, seconds: float, note: str) -> None:
        """Fill the bar, or write the line."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=1.0, note=note)
            self._progress.stop_task(self._task)
            self._task = None
        elif self._progress is None:
            self._console.print(f"{seconds:7.1f} s  {self._title}  {note}".rstrip(), soft_wrap=True)
