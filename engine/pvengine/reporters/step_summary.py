"""Reports as the Markdown that GitHub shows below a step, within the size that it takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pvengine.reporters.github import sort_by_weight
from pvengine.reporters.plain import clean_line, count_noun
from pvengine.reporters.text import render_summary

if TYPE_CHECKING:
    from pvengine.models.report import DiagnosticEntry, Report

__all__ = ["render_step_summary"]

_ACTIVE = re.compile(r"[^\w\s.,;:()/'-]|_")
"""Every character that Markdown or HTML may read as more than itself."""
_HEAD = "| finding | place | what | fix |\n|---|---|---|---|\n"


def render_step_summary(report: Report, room: int) -> tuple[str, int]:
    """Render every finding as a row of a table, worst first, in at most ``room`` bytes of UTF-8.

    Returns
    -------
    tuple
        The text, which says so itself where it is cut, and the number of findings that are left out. Where
        not even the counts have room, the text is empty.
    """
    entries = sort_by_weight(report.diagnostics)
    start = f"### pv {report.command}\n\n{_escape(render_summary(report))}\n\n"
    room -= len(start.encode()) + len(_HEAD) + len(_say_cut(len(entries)).encode())
    if room < 0:
        return "", len(entries)
    rows: list[str] = []
    for entry in entries:
        row = _render_row(entry)
        room -= len(row.encode())
        if room < 0:
            break
        rows.append(row)
    left = len(entries) - len(rows)
    table = _HEAD + "".join(rows) if rows else ""
    return start + table + (_say_cut(left) if left else ""), left


def _render_row(entry: DiagnosticEntry) -> str:
    place = entry.path if entry.line is None else f"{entry.path}:{entry.line}:{entry.column}"
    cells = (f"{entry.severity} {entry.code}", place, entry.message, entry.fix or "")
    return f"| {' | '.join(map(_escape, cells))} |\n"


def _say_cut(left: int) -> str:
    return f"\n{count_noun(left, 'more finding')} left out: the summary of a step holds 1 MiB.\n"


def _escape(text: str) -> str:
    """Write text as one line of Markdown in which nothing is a link, a tag or the end of a cell.

    Examples
    --------
    >>> _escape("a|b <img>")
    'a&#124;b &#60;img&#62;'
    """
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", clean_line(text))
