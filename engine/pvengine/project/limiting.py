"""Keep a report readable: the worst findings of a file, and a count of the others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, Severity, get_rule

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MAX_FINDINGS", "limit_findings"]

MAX_FINDINGS = 1000
"""Findings of one file that are shown; a person mends the first, and the count says what is left."""

_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def limit_findings(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep the worst findings of each file where it has very many, and say how many are left out (PV010)."""
    by_path: dict[str, dict[Diagnostic, None]] = {}
    for finding in found:
        by_path.setdefault(finding.path, {})[finding] = None
    return tuple(each for path, findings in by_path.items() for each in _limit(path, list(findings)))


def _limit(path: str, findings: list[Diagnostic]) -> list[Diagnostic]:
    if len(findings) <= MAX_FINDINGS:
        return findings
    findings.sort(key=lambda finding: (_RANKS[finding.severity], finding.sort_key))
    kept, left = findings[:MAX_FINDINGS], Counter(finding.code for finding in findings[MAX_FINDINGS:])
    counts = ", ".join(f"{code} {count} times" for code, count in sorted(left.items()))
    return [*kept, get_rule("PV010").report(f"more findings than are shown: {counts}", path)]
