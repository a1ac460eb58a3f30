"""Progress on standard error: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from pvengine.project.progress import SilentProgress
from pvengine.reporters.plain import clean_line

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from pvengine.project.progress import Progress

__all__ = ["LineProgress", "LiveProgress", "choose_progress"]


def choose_progress(stream: TextIO | None = None, *, quiet: bool = False) -> Progress:
    """Choose a display for a stream, standard error by default."""
    stream = stream or sys.stderr
    if quiet:
        return SilentProgress()
    return LiveProgress(stream) if stream.isatty() else LineProgress(stream)


class LineProgress:
    """One line for each test that ends."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._total = 0
        self._done = 0

    def say(self, text: str) -> None:
        """Print a line."""
        print(clean_line(f"pv: {text}"), file=self._stream, flush=True)

    def start(self, total: int) -> None:
        """Remember how many tests there are."""
        self._total = total

    def begin_test(self, test: str, falsifier: str) -> None:
        """Say nothing: a line comes when the test ends."""

    def end_test(self, test: str, outcome: str, text: str) -> None:
        """Print the outcome."""
        self._done += 1
        line = f"[{self._done}/{self._total}] {test} {outcome}{': ' + text if text else ''}"
        print(clean_line(line), file=self._stream, flush=True)

    def stop(self) -> None:
        """Say nothing more."""


class LiveProgress:
    """A bar with the tests that run; finished tests stay as lines above it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: RichProgress | None = None
        self._all: TaskID | None = None
        self._tasks: dict[str, TaskID] = {}

    def say(self, text: str) -> None:
        """Print a line, above the bar where there is one."""
        line = clean_line(f"pv: {text}")
        if self._bar is None:
            print(line, file=self._stream, flush=True)
        else:
            self._bar.console.print(line)

    def start(self, total: int) -> None:
        """Show the bar."""
        from rich.console import Console  # noqa: PLC0415 - heavy, and only a terminal needs it
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(file=self._stream, markup=False, highlight=False),
            transient=True,
        )
        self._bar.start()
        self._all = self._bar.add_task("tests", total=total)

    def begin_test(self, test: str, falsifier: str) -> None:
        """Show the test as running."""
        if self._bar is not None:
            self._tasks[test] = self._bar.add_task(clean_line(f"{test}  {falsifier}"), total=None)

    def end_test(self, test: str, outcome: str, text: str) -> None:
        """Move the test above the bar."""
        if self._bar is None or self._all is None:
            return
        if test in self._tasks:
            self._bar.remove_task(self._tasks.pop(test))
        self._bar.advance(self._all)
        self._bar.console.print(clean_line(f"{test} {outcome}{': ' + text if text else ''}"))

    def stop(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
