"""One finding: what is wrong, where, why it is wrong and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pvengine.errors import ExitCode, PvError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ContractError", "Diagnostic", "Severity", "SourceRange"]


class Severity(StrEnum):
    """How much a finding weighs: an error makes a contract invalid, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class SourceRange:
    """A range of characters in one file.

    Lines and columns count from 1; a column counts Unicode characters. The end is exclusive and may stand
    on a later line. ``snippet`` is the text of the first line, without its line break.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    snippet: str = ""

    def __str__(self) -> str:
        """Return ``path:line:column``."""
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding at a place (or on a whole file, where ``place`` is None and ``path`` names it).

    ``replacement`` is the text that mends it, where that is certain: it takes the place of the range.
    """

    code: str
    severity: Severity
    message: str
    path: str
    place: SourceRange | None = None
    why: str | None = None
    fix: str | None = None
    replacement: str | None = None

    @property
    def line(self) -> int | None:
        """Line of the finding, counted from 1; None for a whole file."""
        return self.place.line if self.place else None

    @property
    def column(self) -> int | None:
        """Column of the finding, counted from 1; None for a whole file."""
        return self.place.column if self.place else None

    @property
    def is_error(self) -> bool:
        """Whether the finding makes the contract invalid."""
        return self.severity is Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order of findings in a report: by file, line, column and code."""
        return (self.path, self.line or 0, self.column or 0, self.code, self.message)


class ContractError(PvError):
    """A contract cannot be used as it stands; carries every finding that says why."""

    exit_code = ExitCode.INVALID

    def __init__(self, what: str, diagnostics: Iterable[Diagnostic], *, where: str | None = None) -> None:
        super().__init__(what, where=where)
        self.diagnostics = tuple(sorted(diagnostics, key=lambda finding: finding.sort_key))
