"""Findings as text: what, where with the snippet and a caret, why, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.reporters.plain import clean

if TYPE_CHECKING:
    from pvengine.errors import PvError
    from pvengine.models.report import DiagnosticEntry

__all__ = ["render_error", "render_finding"]

_WIDTH = 110


def render_finding(entry: DiagnosticEntry) -> str:
    """Render one finding, in up to five lines."""
    place = entry.path if entry.line is None else f"{entry.path}:{entry.line}:{entry.column}"
    head = f"{entry.severity}[{entry.code}]: {entry.message}"
    lines = [f"{place}: {head}" if place else head]
    if entry.snippet is not None and entry.line is not None:
        lines += _render_snippet(entry)
    lines += [f"  {label}: {part}" for label, part in (("why", entry.why), ("fix", entry.fix)) if part]
    return clean("\n".join(lines))


def _render_snippet(entry: DiagnosticEntry) -> list[str]:
    """Show the line with a caret under the place; a long line is cut around it."""
    snippet = (entry.snippet or "").replace("\t", " ")
    column = entry.column or 1
    on_one_line = entry.end_line == entry.line and entry.end_column is not None
    end = entry.end_column if on_one_line and entry.end_column else len(snippet.rstrip()) + 1
    start = max(0, min(column - 20, len(snippet) - _WIDTH)) if len(snippet) > _WIDTH else 0
    shown = snippet[start : start + _WIDTH]
    carets = "^" * max(1, min(end, start + _WIDTH + 1) - column)
    number = str(entry.line)
    margin = " " * len(number)
    return [f"  {number} | {shown}".rstrip(), f"  {margin} | {' ' * (column - 1 - start)}{carets}"]


def render_error(error: PvError) -> str:
    """Render an error that is no finding in a contract: what, where, why and fix."""
    return clean(f"pv: {error}")
