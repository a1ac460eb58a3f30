"""Say what went wrong: exit codes and the exceptions that carry them.

Exit codes and their precedence are part of the public interface. An exception here has four parts, which
the reporters print as they stand: *what* (with the value), *where*, *why* (the rule) and *fix* (the
command or the text to write).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BusyError",
    "ChangedFileError",
    "ExitCode",
    "NothingToCheckError",
    "PvError",
    "RegistrationError",
    "TamperedEvidenceError",
    "UsageError",
    "choose_exit_code",
]


class ExitCode(IntEnum):
    """The exit codes of every command."""

    CLEAN = 0
    INVALID = 1
    USAGE = 2
    TAMPERED = 3
    FALSIFIED = 10
    GATE = 11
    INCONCLUSIVE = 12
    CHANGED = 13
    NOTHING = 14
    INTERRUPTED = 130


_PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.USAGE,
    ExitCode.TAMPERED,
    ExitCode.INVALID,
    ExitCode.CHANGED,
    ExitCode.FALSIFIED,
    ExitCode.INCONCLUSIVE,
    ExitCode.GATE,
    ExitCode.NOTHING,
)


def choose_exit_code(codes: Iterable[ExitCode]) -> ExitCode:
    """Choose the exit code of a run in which several apply.

    Examples
    --------
    >>> choose_exit_code([ExitCode.INCONCLUSIVE, ExitCode.FALSIFIED])
    <ExitCode.FALSIFIED: 10>
    >>> choose_exit_code([])
    <ExitCode.CLEAN: 0>
    """
    present = set(codes)
    return next((code for code in _PRECEDENCE if code in present), ExitCode.CLEAN)


class PvError(Exception):
    """An error that a person can act on.

    Parameters
    ----------
    what
        What is wrong, with the value that is wrong.
    where
        A path, or ``path:line:column``; None where no file is at fault.
    why
        The rule that was broken.
    fix
        The command to run or the text to write.
    """

    exit_code: ExitCode = ExitCode.USAGE

    def __init__(
        self, what: str, *, where: str | None = None, why: str | None = None, fix: str | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        """Return the four parts, one a line."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        tail = [f"  {label}: {part}" for label, part in (("why", self.why), ("fix", self.fix)) if part]
        return "\n".join([head, *tail])


class UsageError(PvError):
    """The command line, the configuration or an input path is wrong."""


class NothingToCheckError(PvError):
    """Nothing was there to check: zero checked is never green."""

    exit_code = ExitCode.NOTHING


class ChangedFileError(PvError):
    """A file is not what was read; nothing was written to it."""

    exit_code = ExitCode.CHANGED


class BusyError(PvError):
    """Another process is at work on a file, and did not end in time; nothing was written."""

    exit_code = ExitCode.CHANGED


class TamperedEvidenceError(PvError):
    """Evidence that a status rests on was edited or is missing."""

    exit_code = ExitCode.TAMPERED


class RegistrationError(PvError):
    """A falsifier does not fit the plug-in interface."""

    exit_code = ExitCode.INVALID
