"""What a long command tells while it runs; the reporters decide how it looks."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "SilentProgress"]


class Progress(Protocol):
    """Listener of a run. Calls come from one thread, in the order of the events."""

    def say(self, text: str) -> None:
        """Tell what else a person should know, as a sentence; also before `start`."""

    def start(self, total: int) -> None:
        """Tell how many tests will be measured."""

    def begin_test(self, test: str, falsifier: str) -> None:
        """Tell that the first trial of a test starts."""

    def end_test(self, test: str, outcome: str, text: str) -> None:
        """Tell the outcome of a test, with its verdict or its reason."""

    def stop(self) -> None:
        """Tell that nothing more will come; also called after an error."""


class SilentProgress:
    """A listener that says nothing."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def start(self, total: int) -> None:
        """Say nothing."""

    def begin_test(self, test: str, falsifier: str) -> None:
        """Say nothing."""

    def end_test(self, test: str, outcome: str, text: str) -> None:
        """Say nothing."""

    def stop(self) -> None:
        """Say nothing."""
