"""A rule of the linter."""

from __future__ import annotations

from dataclasses import dataclass

from pvengine.diagnostics.diagnostic import Diagnostic, Severity, SourceRange

__all__ = ["Rule"]

_WIDTH = 1000
"""Longest message, in characters: a name in it can be as long as the file."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the linter: its code, its severity, what it finds, why, and how to mend it."""

    code: str
    severity: Severity
    title: str
    why: str
    fix: str | None = None

    def report(
        self,
        message: str,
        place: SourceRange | str,
        *,
        fix: str | None = None,
        replacement: str | None = None,
    ) -> Diagnostic:
        """Make a finding of this rule at a place, or on a whole file where ``place`` is its path."""
        path = place if isinstance(place, str) else place.path
        return Diagnostic(
            self.code,
            self.severity,
            message if len(message) <= _WIDTH else f"{message[: _WIDTH - 3]}...",
            path,
            None if isinstance(place, str) else place,
            self.why,
            fix or self.fix,
            replacement,
        )
