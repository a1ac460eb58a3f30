"""A rule of the linter."""

from __future__ import annotations

from dataclasses import dataclass

from pvengine.diagnostics.diagnostic import Diagnostic, Severity, SourceRange

__all__ = ["Rule"]


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
            message,
            path,
            None if isinstance(place, str) else place,
            self.why,
            fix or self.fix,
            replacement,
        )
