"""Reports as workflow commands, which GitHub shows as annotations at the line of each finding."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pvengine.diagnostics import RULES
from pvengine.models.check import CheckReport
from pvengine.reporters.check_words import conclude, iter_denominators
from pvengine.reporters.plain import clean, count_noun
from pvengine.reporters.text import render_summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.models.report import DiagnosticEntry, Report

__all__ = ["render_annotations", "sort_by_weight"]

_LIMIT = 10
"""Annotations of each kind that GitHub shows for one step; it drops the others without a word."""
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
"""The workflow command for each severity, worst first."""


def render_annotations(report: Report, *, prefix: str = "") -> str:
    """Render a report as workflow commands, worst first, then the counts as plain lines.

    Parameters
    ----------
    report
        What to render.
    prefix
        The working folder as seen from the root of the repository, with a slash at its end; empty where
        they are the same.
    """
    shown: Counter[str] = Counter()
    left: Counter[str] = Counter()
    lines = []
    for entry in sort_by_weight(report.diagnostics):
        if shown[entry.severity] < _LIMIT:
            shown[entry.severity] += 1
            lines.append(_render_command(entry, prefix))
        else:
            left[entry.severity] += 1
    if left:
        counts = ", ".join(count_noun(left[severity], severity) for severity in _COMMANDS)
        lines.append(
            f"{count_noun(left.total(), 'more finding')} without an annotation ({counts}): a step shows"
            f" {_LIMIT} of each"
        )
    if isinstance(report, CheckReport):
        lines += [*iter_denominators(report), conclude(report)]
    else:
        lines.append(render_summary(report))
    return "\n".join(lines) + "\n"


def sort_by_weight(entries: Sequence[DiagnosticEntry]) -> list[DiagnosticEntry]:
    """Sort findings by severity, worst first; those of one severity keep their order."""
    ranks = {severity: rank for rank, severity in enumerate(_COMMANDS)}
    return sorted(entries, key=lambda entry: ranks[entry.severity])


def _render_command(entry: DiagnosticEntry, prefix: str) -> str:
    properties = ",".join(
        f"{name}={_escape_property(text)}" for name, text in _iter_properties(entry, prefix)
    )
    parts = (("why", entry.why), ("fix", entry.fix))
    text = "\n".join([entry.message, *(f"{label}: {part}" for label, part in parts if part)])
    return f"::{_COMMANDS[entry.severity]} {properties}::{_escape(text)}"


def _iter_properties(entry: DiagnosticEntry, prefix: str) -> Iterator[tuple[str, str]]:
    """Give the properties of a command; columns only within one line, as GitHub wants it."""
    if entry.path:
        yield "file", entry.path if entry.path.startswith("/") else prefix + entry.path
    if entry.line is not None:
        last = _find_last_line(entry, entry.line)
        yield "line", str(entry.line)
        yield "endLine", str(last)
        if last == entry.line and entry.end_line == entry.line:
            yield "col", str(entry.column)
            yield "endColumn", str(entry.end_column)
    rule = RULES.get(entry.code)
    yield "title", f"{entry.code} {rule.title}" if rule else entry.code


def _find_last_line(entry: DiagnosticEntry, line: int) -> int:
    """Find the last line of a place, whose end stands before its last column."""
    if entry.end_line is None:
        return line
    return max(line, entry.end_line - (entry.end_column == 1))


def _escape(text: str) -> str:
    r"""Escape the message of a command, so that it stays one line; other control characters become visible.

    Examples
    --------
    >>> _escape("100 %\n::error::no")
    '100 %25%0A::error::no'
    """
    return clean(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _escape_property(text: str) -> str:
    """Escape the value of a property, which a comma or a colon would end."""
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
