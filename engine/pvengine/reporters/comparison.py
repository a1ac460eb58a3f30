"""The comparison of two versions of a contract as text, Markdown or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pvengine.models.report import list_data
from pvengine.reporters.findings import render_finding
from pvengine.reporters.machine import render_data
from pvengine.reporters.markdown import escape_markdown, make_row
from pvengine.reporters.plain import clean_line, count_noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.comparison import ChangeEntry, ComparedValue, ComparisonReport, VersionJudgement

__all__ = [
    "escape_markdown",
    "list_change_cells",
    "render_comparison",
    "say_change",
    "say_version",
    "show_values",
]

_KINDS = ("weakened", "strengthened", "changed", "reworded", "added", "removed", "renamed", "moved")
_CLASSES = ("major", "minor", "patch", "none")
_WIDTH = 60
"""Characters of a value that are shown."""
_BEFORE = 12
"""Characters shown before the first one in which two long texts differ."""


def render_comparison(report: ComparisonReport, form: str) -> str:
    """Render a comparison; JSON is the document `pv/comparison/v1`, Markdown is for a pull request."""
    if form == "json":
        return render_data(list_data(report))
    return _render_markdown(report) if form == "markdown" else _render_text(report)


def _render_text(report: ComparisonReport) -> str:
    sides = [f"{side.path}  {side.version or 'no version'}" for side in (report.before, report.after)]
    blocks = [clean_line(f"{sides[0]}  ->  {sides[1]}")]
    blocks += [render_finding(entry) for entry in report.diagnostics]
    for heading, changes in _iter_groups(report):
        blocks.append(
            "\n".join([heading, *(line for change in changes for line in _render_change(change, report))])
        )
    blocks.append(f"{_say_count(report)}\n{clean_line(_say_whole_version(report))}")
    return "\n\n".join(blocks) + "\n"


def _iter_groups(report: ComparisonReport) -> Iterator[tuple[str, list[ChangeEntry]]]:
    """Iterate over people's changes by class, and what the engine's commands wrote behind them."""
    for word in _CLASSES:
        changes = [change for change in report.changes if change.class_ == word and not change.engine]
        if changes:
            yield word, changes
    changes = [change for change in report.changes if change.engine]
    if changes:
        yield "written by pv", changes


def _render_change(change: ChangeEntry, report: ComparisonReport) -> Iterator[str]:
    weight = f" ({change.class_})" if change.engine else ""
    yield f"  {say_change(change, weight)}"
    places = [
        f"{word}{side.path}:{value.line}:{value.column}"
        for word, side, value in (("", report.after, change.after), ("was ", report.before, change.before))
        if value is not None and value.line is not None
    ]
    if places:
        yield f"    {clean_line(', '.join(places))}"
    yield f"    why: {clean_line(change.why)}"


def say_change(change: ChangeEntry, weight: str = "") -> str:
    """Say a change on one line: its kind, the field with a weight, what was there and what is."""
    return clean_line(f"{change.kind}  {change.what}{weight}: {_say_step(change)}")


def _say_step(change: ChangeEntry) -> str:
    """Say what was there and what is; of a change of place or name, only that."""
    if change.kind == "moved":
        return f"{_path(change.before)} -> {_path(change.after)}"
    old, new = show_values(change.before, change.after)
    if old is None:
        return f"{new}" if change.kind == "added" else f"is new: {new}"
    if new is None:
        return f"was {old}"
    return f"{old} -> {new}"


def _path(value: ComparedValue | None) -> str:
    return "nothing" if value is None else value.path


def show_values(before: ComparedValue | None, after: ComparedValue | None) -> tuple[str | None, str | None]:
    """Show two values on one line each; of long ones the part in which they differ. None stays None."""
    old, new = (None if each is None else _dump(each.value) for each in (before, after))
    start = 0
    if old is not None and new is not None and max(len(old), len(new)) > _WIDTH:
        pairs = enumerate(zip(old, new, strict=False))
        same = next((index for index, (one, two) in pairs if one != two), min(len(old), len(new)))
        start = max(0, same - _BEFORE)
    return tuple(None if text is None else _cut(text, start) for text in (old, new))  # type: ignore[return-value]  # two


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str, start: int) -> str:
    left = "..." if start else ""
    right = "..." if len(text) > start + _WIDTH else ""
    return f"{left}{text[start : start + _WIDTH]}{right}"


def _say_count(report: ComparisonReport) -> str:
    counted = list_data(report.summary)
    if not counted["changes"]:
        return "no change: both say the same"
    kinds, classes = (
        ", ".join(f"{counted[word]} {word}" for word in words if counted[word])
        for words in (_KINDS, _CLASSES)
    )
    return f"{count_noun(counted['changes'], 'change')}: {kinds}; {classes}"


def _say_whole_version(report: ComparisonReport) -> str:
    version = report.version
    return f"version {version.from_ or 'none'} -> {version.to or 'none'}: {say_version(version)}"


def say_version(version: VersionJudgement) -> str:
    """Say what a version declares, what follows from the changes, and whether that is enough."""
    follows = f"{version.needed} follows" if version.needed != "none" else "no bump follows"
    fix = f"; {version.suggested} says enough" if version.suggested and not version.suffices else ""
    if version.problem == "lower":
        return f"it goes down, and a version only ever rises; {follows}{fix}"
    if version.problem is not None:
        what = "one is missing" if version.problem == "missing" else "one is not MAJOR.MINOR.PATCH"
        return f"{what}, so what was declared cannot be told; {follows}{fix}"
    declared = f"{version.declared} declared" if version.declared != "none" else "nothing declared"
    if version.suffices:
        return f"{declared}, {follows}: enough"
    return f"{declared}, {follows}: too little{fix}"


def _render_markdown(report: ComparisonReport) -> str:
    lines = [
        f"### {escape_markdown(f'pv diff: {report.after.id}')}",
        "",
        escape_markdown(_say_count(report)) + ".",
        "",
    ]
    lines += [escape_markdown(_say_whole_version(report)) + ".", ""]
    if report.diagnostics:
        lines += ["| finding | place | what |", "|---|---|---|"]
        lines += [
            make_row((entry.code, f"{entry.path}:{entry.line}:{entry.column}", entry.message))
            for entry in report.diagnostics
        ]
        lines.append("")
    if report.changes:
        lines += ["| class | change | field | was | is | why |", "|---|---|---|---|---|---|"]
        ordered = [change for _, changes in _iter_groups(report) for change in changes]
        lines += [make_row(list_change_cells(change)) for change in ordered]
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def list_change_cells(change: ChangeEntry) -> tuple[str, ...]:
    """List the cells of a change: class, kind, field, what was there, what is, and why."""
    old, new = show_values(change.before, change.after)
    if change.kind == "moved":
        old, new = _path(change.before), _path(change.after)
    weight = f"{change.class_}, by pv" if change.engine else change.class_
    return weight, change.kind, change.what, old or "", new or "", change.why
