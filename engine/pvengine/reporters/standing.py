"""Where contracts stand, as text: tests, hypotheses in every scope, milestones, and what is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.vocabulary import Status
from pvengine.reporters.findings import render_finding
from pvengine.reporters.plain import align, clean, clean_line
from pvengine.reporters.reruns import render_reruns
from pvengine.reporters.text import render_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.report import ContractEntry, HypothesisEntry, MilestoneEntry, Report, TestEntry

__all__ = ["render_standing"]


def render_standing(report: Report) -> str:
    """Render the report of `status` or `verify`; what is wrong comes last, where a terminal shows it."""
    blocks = ["\n".join(_render_contract(entry)) for entry in report.contracts]
    blocks += filter(None, [render_reruns(report)])
    blocks += [render_finding(entry) for entry in report.diagnostics]
    blocks.append(render_summary(report))
    return "\n\n".join(blocks) + "\n"


def _render_contract(entry: ContractEntry) -> Iterator[str]:
    yield clean_line(f"{entry.path}  {entry.id}  {entry.version or 'no version'}")
    if entry.hypotheses:
        yield "  hypotheses"
        rows = [row for hypothesis in entry.hypotheses for row in _rows_of_hypothesis(hypothesis)]
        yield from align(rows, "    ")
    if entry.tests:
        yield "  tests"
        yield from align([_row_of_test(test) for test in entry.tests], "    ")
    if entry.milestones:
        yield "  milestones"
        yield from align([_row_of_milestone(each) for each in entry.milestones], "    ")


def _rows_of_hypothesis(entry: HypothesisEntry) -> Iterator[tuple[str, ...]]:
    note = f"  (the contract says {entry.status})" if entry.status != entry.derived else ""
    yield clean_line(entry.id), clean(entry.derived), clean_line(f"{entry.statement}{note}")
    for scoped in entry.verdicts:
        stale = "" if scoped.counts else ", not counted"
        scope = f"in the scope of {scoped.scope}" if scoped.scope else "without a scope"
        yield "", f"  {scoped.verdict}", clean_line(f"{scope}, by {scoped.test}{stale}")


def _row_of_test(test: TestEntry) -> tuple[str, ...]:
    note = test.standing
    if test.reasons:
        note += f": {'; '.join(test.reasons)}"
    if test.blocked:
        note = f"blocked: {test.blocked}"
    elif test.standing == "new" and test.falsifier is None:
        note = "unbound: names no falsifier"
    if test.mutation:
        note += f"; mutants: {test.mutation.text}"
    return clean_line(test.id), clean_line(test.status), clean_line(test.verdict or "-"), clean_line(note)


def _row_of_milestone(entry: MilestoneEntry) -> tuple[str, ...]:
    notes = []
    if entry.derived not in (None, entry.status):
        notes = [f"(its evidence says {entry.derived})"]
    elif entry.derived is None and entry.status != Status.NEW.value:
        notes = ["(self-declared)"]
    text = "  ".join([*([entry.title] if entry.title else []), *notes])
    return clean_line(entry.id), clean_line(entry.status), clean_line(text)
