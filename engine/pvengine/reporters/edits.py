"""The record of a person's edit as text: what changed, the version that follows, and the diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.reporters.comparison import say_change
from pvengine.reporters.findings import render_finding
from pvengine.reporters.plain import clean, clean_line, count_noun
from pvengine.reporters.text import render_report, render_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.project.bumping import RecordedEdit

__all__ = ["render_edit"]

_CLASSES = ("major", "minor", "patch")


def render_edit(found: RecordedEdit) -> str:
    """Render what recording an edit came to: findings, changes, the step of the version, the diff, counts."""
    report = found.report
    if report.exit_code:
        return render_report(report)
    blocks = [render_finding(entry) for entry in report.diagnostics]
    changes = list(_iter_changes(found))
    if changes:
        blocks.append("\n".join([clean_line(f"changed since {found.base}"), *changes]))
    blocks.append(clean_line(_say_written(found) if report.diff else _say_nothing(found)))
    if report.diff:
        blocks.append(clean(report.diff.rstrip("\n")))
    blocks.append(render_summary(report))
    return "\n\n".join(blocks) + "\n"


def _iter_changes(found: RecordedEdit) -> Iterator[str]:
    """Iterate over people's changes, a line each with its class; what pv wrote is counted behind them."""
    changes = found.comparison.changes
    yield from (f"  {change.class_}  {say_change(change)}" for change in changes if not change.engine)
    written = [change.class_ for change in changes if change.engine]
    highest = next((word for word in _CLASSES if word in written), None)
    if highest is not None:
        count = sum(word != "none" for word in written)
        yield f"  {highest}  in fields that only pv writes: {count_noun(count, 'change')}"


def _say_written(found: RecordedEdit) -> str:
    report = found.report
    action = "wrote" if report.written else "would write"
    old, new = report.version.from_, report.version.to
    step = f"{old} -> {new}" if old != new else f"{new}, as it was raised by hand"
    return f"{action} {report.contract}  {step}: {_say_needed(found)}"


def _say_needed(found: RecordedEdit) -> str:
    judged = found.comparison.version
    if judged.problem is not None:
        return f"{found.base} has no version to rise from"
    needed = "no bump" if judged.needed == "none" else judged.needed
    return f"{needed} follows from {judged.from_} in {found.base}"


def _say_nothing(found: RecordedEdit) -> str:
    if all(change.engine for change in found.comparison.changes):
        return f"nothing to record: people changed nothing since {found.base}"
    judged = found.comparison.version
    declared = "nothing" if judged.declared == "none" else judged.declared
    told = _say_needed(found) if judged.problem else f"{declared} is declared and {_say_needed(found)}"
    return (
        f"nothing to record: version {judged.to} is enough, {told}; "
        "--reason TEXT records the edit all the same"
    )
