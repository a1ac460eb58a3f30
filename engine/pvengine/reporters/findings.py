"""Findings as text: what, where with the snippet and a caret, why, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.reporters.plain import clean, clean_line, measure_width

if TYPE_CHECKING:
    from pvengine.errors import PvError
    from pvengine.models.report import DiagnosticEntry

__all__ = ["render_error", "render_finding"]

_WIDTH = 110
_BEFORE = 20


def render_finding(entry: DiagnosticEntry) -> str:
    """Render one finding, in up to five lines."""
    place = entry.path if entry.line is None else f"{entry.path}:{entry.line}:{entry.column}"
    head = f"{entry.severity}[{entry.code}]: {entry.message}"
    lines = [clean_line(f"{place}: {head}" if place else head)]
    if entry.snippet is not None and entry.line is not None and (entry.column or 1) <= len(entry.snippet) + 1:
        lines += _render_snippet(entry)
    lines += [clean(f"  {label}: {part}") for label, part in (("why", entry.why), ("fix", entry.fix)) if part]
    return "\n".join(lines)


def _render_snippet(entry: DiagnosticEntry) -> list[str]:
    """Show the line with carets under the place; a long line is cut around it.

    Carets stand below what the terminal shows: a tab is one space here, a control character its escape, a
    wide character two columns.
    """
    snippet = (entry.snippet or "").rstrip()
    column = (entry.column or 1) - 1
    on_one_line = entry.end_line == entry.line and entry.end_column is not None
    end = entry.end_column - 1 if on_one_line and entry.end_column else len(snippet)
    first, last = _choose_window(len(snippet), column)
    before = _show(snippet[first:column])
    marked = _show(snippet[column : min(end, last)])
    left, right = "..." if first else "", "..." if last < len(snippet) else ""
    shown = left + before + _show(snippet[column:last]) + right
    number = str(entry.line)
    indent = " " * measure_width(left + before)
    return [
        f"  {number} | {shown}".rstrip(),
        f"  {' ' * len(number)} | {indent}{'^' * max(1, measure_width(marked))}",
    ]


def _choose_window(length: int, column: int) -> tuple[int, int]:
    """Choose the characters of a line to show, the place among them."""
    if length <= _WIDTH:
        return 0, length
    first = max(0, min(column - _BEFORE, length - _WIDTH))
    return first, first + _WIDTH


def _show(text: str) -> str:
    return clean(text.replace("\t", " "))


def render_error(error: PvError) -> str:
    """Render an error that is no finding in a contract: what, where, why and fix."""
    return clean(f"pv: {error}")
