"""Where contracts stand, as text: tests, hypotheses in every scope, milestones, and what is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.reporters.findings import render_finding
from pvengine.reporters.plain import align, clean
from pvengine.reporters.text import render_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.report import ContractEntry, HypothesisEntry, Report, TestEntry

__all__ = ["render_standing"]


def render_standing(report: Report) -> str:
    """Render the report of `status` or `verify`."""
    blocks = [render_finding(entry) for entry in report.diagnostics]
    blocks += ["\n".join(_render_contract(entry)) for entry in report.contracts]
    blocks.append(render_summary(report))
    return "\n\n".join(blocks) + "\n"


def _render_contract(entry: ContractEntry) -> Iterator[str]:
    yield clean(f"{entry.path}  {entry.id}  {entry.version or 'no version'}")
    if entry.hypotheses:
        yield "  hypotheses"
        rows = [row for hypothesis in entry.hypotheses for row in _rows_of_hypothesis(hypothesis)]
        yield from align(rows, "    ")
    if entry.tests:
        yield "  tests"
        yield from align([_row_of_test(test) for test in entry.tests], "    ")
    if entry.milestones:
        yield "  milestones"
        rows = [(clean(each.id), clean(each.status), clean(each.title or "")) for each in entry.milestones]
        yield from align(rows, "    ")


def _rows_of_hypothesis(entry: HypothesisEntry) -> Iterator[tuple[str, ...]]:
    yield clean(entry.id), clean(entry.derived), clean(entry.statement)
    for scoped in entry.verdicts:
        stale = "" if scoped.counts else ", not counted"
        scope = f"in the scope of {scoped.scope}" if scoped.scope else "without a scope"
        yield "", f"  {scoped.verdict}", clean(f"{scope}, by {scoped.test}{stale}")


def _row_of_test(test: TestEntry) -> tuple[str, ...]:
    note = test.standing
    if test.reasons:
        note += f": {'; '.join(test.reasons)}"
    if test.blocked:
        note = f"blocked: {test.blocked}"
    elif test.standing == "new" and test.falsifier is None:
        note = "unbound: names no falsifier"
    return clean(test.id), clean(test.status), clean(test.verdict or "-"), clean(note)
