"""Render one point of a record that was measured again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.reporters.findings import render_finding
from pvengine.reporters.plain import align, clean, clean_line
from pvengine.reporters.searches import show_params
from pvengine.reporters.text import render_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.report import ComparedEntry, ReplayEntry, Report

__all__ = ["render_replay"]


def render_replay(report: Report) -> str:
    """Render the report of `run --replay`: the point, its numbers beside those of the record."""
    lines = [] if report.replay is None else list(_iter_lines(report.replay))
    blocks = ["\n".join(lines)] if lines else []
    blocks += [render_finding(entry) for entry in report.diagnostics]
    return "\n\n".join([*blocks, render_summary(report)]) + "\n"


def _iter_lines(entry: ReplayEntry) -> Iterator[str]:
    verdict = f"  verdict {entry.verdict}" if entry.verdict else ""
    what = f"the {entry.point} point of {entry.evidence[:19]}"
    yield clean(f"{entry.id}  {entry.state}{verdict}  ({what}, {entry.duration_s or 0:.2f} s)")
    if entry.reason:
        yield f"  {clean_line(entry.reason)}"
    yield f"  at {show_params(entry.params)}"
    yield from align([_row_of(name, compared) for name, compared in entry.measurements.items()])
    for text in entry.broken:
        yield f"  broken here: {clean_line(text)}"
    for text in (*entry.unlike, *entry.environment):
        yield f"  {clean_line(text)}"
    if entry.detail:
        yield from (clean(f"  | {line}") for line in entry.detail.rstrip().split("\n"))


def _row_of(name: str, compared: ComparedEntry) -> tuple[str, ...]:
    if compared.same_bits:
        return clean_line(name), str(compared.value), "to the bit"
    return clean_line(name), str(compared.value), f"the record has {compared.stored}"
