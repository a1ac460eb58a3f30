"""The report of a check as Markdown: the text of a pull request, the same bytes for the same change."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from pvengine.reporters.check_remains import list_moves, list_remains
from pvengine.reporters.check_results import list_hypotheses, list_reruns, list_results
from pvengine.reporters.check_words import Names, conclude, iter_denominators, show_place
from pvengine.reporters.comparison import list_change_cells
from pvengine.reporters.github import sort_by_weight
from pvengine.reporters.markdown import escape_markdown, join_cells, make_head, show_code, show_text
from pvengine.reporters.markdown_sections import Section, fit_sections
from pvengine.reporters.plain import count_noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.check import CheckReport
    from pvengine.models.report import DiagnosticEntry

__all__ = ["COMMENT_BYTES", "MARKER", "fit_markdown", "render_markdown"]

MARKER = "<!-- pv check -->"
"""The first line, by which a program finds the comment that it wrote before."""
COMMENT_BYTES = 65_536
"""GitHub refuses a comment of more characters; so many bytes are never more, however it counts them."""
_FINDINGS = "Findings"


def render_markdown(report: CheckReport) -> str:
    """Render a check for a comment of a pull request; what has no room is counted."""
    return fit_markdown(report, COMMENT_BYTES)[0]


def fit_markdown(report: CheckReport, room: int) -> tuple[str, int]:
    """Render a check in at most ``room`` bytes of UTF-8.

    Returns
    -------
    tuple
        The text, and the number of findings that are left out. Where not even the headings have room, the
        text is empty.
    """
    start = f"{MARKER}\n\n## pv {escape_markdown(conclude(report))}\n\n"
    sections = [section for section in _iter_sections(report) if section.rows or section.tail]
    fitted = fit_sections(sections, room - len(start.encode()))
    if fitted is None:
        return "", len(report.diagnostics)
    left = dict(zip((section.title for section in sections), fitted.left, strict=True))
    return f"{start}{fitted.text}".rstrip("\n") + "\n", left.get(_FINDINGS, 0)


def _iter_sections(report: CheckReport) -> Iterator[Section]:
    names = Names(report)
    yield Section(
        title=_FINDINGS,
        noun="finding",
        head=make_head("finding", "place", "what", "fix"),
        rows=tuple(map(_render_finding, sort_by_weight(report.diagnostics))),
    )
    yield Section(title="Status changes", noun="line", rows=tuple(list_moves(report)))
    yield Section(title="Results", noun="test", rows=tuple(list_results(report, names)))
    yield Section(
        title="Hypotheses",
        noun="row",
        head=make_head("hypothesis", "verdict", "in every scope"),
        rows=tuple(list_hypotheses(report, names)),
    )
    yield _make_changes(report, names)
    again = list_reruns(report, names)
    yield Section(
        title="Measured again",
        noun="test",
        rows=tuple(again),
        tail="" if again else "Nothing was measured again.\n",
    )
    remains = list_remains(report, names)
    yield Section(
        title="What remains",
        noun="row",
        head=make_head("what", "how many", "which", "policy"),
        rows=tuple(remains),
        tail="" if remains else "Nothing in the contracts that were checked.\n",
    )
    lines = [f"- {escape_markdown(line)}\n" for line in iter_denominators(report)]
    yield Section(title="Denominators", noun="line", tail="".join([*lines, "\n", _say_command(report)]))


def _render_finding(entry: DiagnosticEntry) -> str:
    place = show_place(entry.path) if entry.path else ""
    place = place if entry.line is None else f"{place}:{entry.line}:{entry.column}"
    cells = (f"{entry.severity} {entry.code}", place, entry.message, entry.fix or "")
    return f"{join_cells(map(show_text, cells))}\n"


def _make_changes(report: CheckReport, names: Names) -> Section:
    """Make the section of what people changed; what pv wrote is counted below it."""
    contracts = [(contract, change) for contract in report.changed for change in contract.changes]
    rows = []
    for contract, change in contracts:
        if not change.engine:
            weight, kind, what, *others = list_change_cells(change)
            cells = [escape_markdown(weight), escape_markdown(kind), names.show(contract.path, what)]
            cells += map(show_text, others)
            rows.append(f"{join_cells(cells)}\n")
    written = len(contracts) - len(rows)
    return Section(
        title="Changes",
        noun="change",
        head=make_head("class", "change", "field", "was", "is", "why"),
        rows=tuple(rows),
        tail=f"{count_noun(written, 'change')} in fields that only pv writes.\n" if written else "",
    )


def _say_command(report: CheckReport) -> str:
    base = f" --base {shlex.quote(report.base.ref)}" if report.base is not None else ""
    return f"To run it locally: {show_code(f'pv check{base}')}\n"
