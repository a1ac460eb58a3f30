"""Reports as the Markdown that GitHub shows below a step, within the size that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.check import CheckReport
from pvengine.reporters.check_markdown import fit_markdown
from pvengine.reporters.github import sort_by_weight
from pvengine.reporters.markdown import escape_markdown, make_row
from pvengine.reporters.plain import count_noun
from pvengine.reporters.text import render_summary

if TYPE_CHECKING:
    from pvengine.models.report import DiagnosticEntry, Report

__all__ = ["render_step_summary"]

_HEAD = "| finding | place | what | fix |\n|---|---|---|---|\n"


def render_step_summary(report: Report, room: int) -> tuple[str, int]:
    """Render every finding as a row of a table, worst first, in at most ``room`` bytes of UTF-8.

    A check is rendered as it is for the comment of a pull request.

    Returns
    -------
    tuple
        The text, which says so itself where it is cut, and the number of findings that are left out. Where
        not even the counts have room, the text is empty.
    """
    if isinstance(report, CheckReport):
        return fit_markdown(report, room)
    entries = sort_by_weight(report.diagnostics)
    start = f"### pv {report.command}\n\n{escape_markdown(render_summary(report))}\n\n"
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
    return f"{make_row(cells)}\n"


def _say_cut(left: int) -> str:
    return f"\n{count_noun(left, 'more finding')} left out: the summary of a step holds 1 MiB.\n"
