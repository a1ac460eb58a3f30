"""Turn findings and errors into the entries of a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.errors import ExitCode
from pvengine.models.report import DiagnosticEntry
from pvengine.project.discovery import show_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.diagnostics import Diagnostic
    from pvengine.errors import PvError

__all__ = ["describe_error", "list_diagnostics"]


def list_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[DiagnosticEntry, ...]:
    """List findings as a report has them."""
    return tuple(
        DiagnosticEntry(
            path=found.path,
            line=found.line,
            column=found.column,
            code=found.code,
            severity=found.severity.value,
            message=found.message,
            why=found.why,
            fix=found.fix,
            end_line=found.place.end_line if found.place else None,
            end_column=found.place.end_column if found.place else None,
            snippet=found.place.snippet if found.place else None,
            replacement=found.replacement,
        )
        for found in diagnostics
    )


def describe_error(error: PvError) -> DiagnosticEntry:
    """Describe an error that is no finding in a contract: the code says which exit it leads to."""
    codes = {
        ExitCode.CHANGED: "PV002",
        ExitCode.NOTHING: "PV003",
        ExitCode.TAMPERED: "PV004",
        ExitCode.INVALID: "PV005",
    }
    return DiagnosticEntry(
        path=show_path(Path(error.where)) if error.where else "",
        line=None,
        column=None,
        code=codes.get(error.exit_code, "PV001"),
        severity="error",
        message=error.what,
        why=error.why,
        fix=error.fix,
    )
