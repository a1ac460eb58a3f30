"""Reports as text for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.vocabulary import Outcome
from pvengine.reporters.findings import render_finding
from pvengine.reporters.plain import align, clean, clean_line, count_noun
from pvengine.reporters.searches import render_search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.report import MeasurementEntry, Report, Summary, TransitionEntry, TrialEntry

__all__ = ["render_report", "render_summary", "say_transition"]


def render_report(report: Report) -> str:
    """Render the report of `discharge`, `run` or `validate`: findings, trials, changes, diff, counts."""
    blocks = [render_finding(entry) for entry in report.diagnostics]
    blocks += ["\n".join(_render_trial(trial)) for trial in report.trials]
    if report.transitions:
        blocks.append("\n".join(_render_transitions(report)))
    elif report.command == "discharge" and report.trials:
        new = "nothing new: " if report.exit_code == 0 else ""
        blocks.append(f"{new}nothing was written")
    if report.diff:
        blocks.append(clean(report.diff.rstrip("\n")))
    blocks.append("\n".join([render_summary(report), *_render_rest(report)]))
    return "\n\n".join(blocks) + "\n"


def _render_rest(report: Report) -> Iterator[str]:
    """Say how the unbound tests are run, and what was left out of the report; only what there is."""
    counted = report.references
    if counted is not None:
        elsewhere = [
            f"{count} by {way}"
            for count, way in (
                (counted.cargo_tests, "cargo"),
                (counted.rust_paths, "a Rust path"),
                (counted.pytest_nodes, "pytest"),
                (counted.shell_commands, "another command"),
                (counted.source_code, "source code"),
                (counted.prose, "prose"),
                (counted.nothing, "nothing"),
            )
            if count
        ]
        if elsewhere:
            yield f"run elsewhere, as their contracts say: {', '.join(elsewhere)}"
    scope = report.scope
    left = [
        text
        for count, text in (
            (scope.ignored_files, f"{count_noun(scope.ignored_files, 'file')} that git ignores"),
            (scope.unindexed_files, f"{count_noun(scope.unindexed_files, 'file')} not looked up"),
            (scope.suppressed, f"{count_noun(scope.suppressed, 'finding')} silenced"),
            (scope.baselined, f"{count_noun(scope.baselined, 'finding')} in the baseline"),
        )
        if count
    ]
    if left:
        yield f"left out: {', '.join(left)}"
    if scope.fixed:
        yield f"{'mended' if report.written else 'can be mended'}: {count_noun(scope.fixed, 'finding')}"


def _render_trial(trial: TrialEntry) -> Iterator[str]:
    if trial.state not in {"run", "adopted"}:
        yield clean_line(f"{trial.id}  {trial.reason}")
        return
    verdict = f"  verdict {trial.verdict}" if trial.verdict else ""
    how = f"{trial.duration_s or 0:.2f} s"
    if trial.state == "adopted":
        how = f"adopted from {(trial.evidence or '')[:19]}, which an interrupted discharge left"
    yield clean(f"{trial.id}  {trial.outcome}{verdict}  ({trial.falsifier}, {how})")
    if trial.reason:
        yield f"  {clean_line(trial.reason)}"
    yield from align([_row_of_measurement(name, one) for name, one in trial.measurements.items()])
    if trial.search is not None:
        yield from render_search(trial.search)
    for fault in trial.planted_faults:
        if fault.reason == f"its trial ended with {trial.reason}":
            continue  # it never came to that: what ended every trial stands above
        word = "noticed" if fault.noticed else "NOT NOTICED"
        yield f"  planted fault {fault.name!r}: {word}: {clean_line(fault.reason)}"
    if trial.detail and trial.outcome == Outcome.INCONCLUSIVE.value:
        yield from (clean(f"  | {line}") for line in trial.detail.rstrip().split("\n"))


def _row_of_measurement(name: str, measured: MeasurementEntry) -> tuple[str, ...]:
    facts = filter(None, (measured.aggregation, measured.population, measured.arithmetic))
    unit = "" if measured.unit == "1" else clean_line(measured.unit)
    return clean_line(name), str(measured.value), unit, clean_line(", ".join(facts))


def _render_transitions(report: Report) -> Iterator[str]:
    action = "wrote" if report.written else "would write"
    yield clean(f"{action} {report.contract}  {report.version.from_} -> {report.version.to}")
    for moved in report.transitions:
        yield f"  {say_transition(moved)}"


def say_transition(moved: TransitionEntry) -> str:
    """Say on one line what moved, from which word to which."""
    return clean_line(f"{_name(moved)}: {moved.from_} -> {moved.to}{_note(moved)}")


def _name(moved: TransitionEntry) -> str:
    return moved.id if moved.kind == "test" else f"{moved.kind} {moved.id}"


def _note(moved: TransitionEntry) -> str:
    notes = []
    if moved.kind == "test" and moved.verdict:
        notes.append(f"verdict {moved.verdict}")
    if moved.grounded:
        notes.append("now grounded")
    elif moved.kind == "test" and moved.from_ == moved.to:
        notes.append("renewal")
    return f" ({', '.join(notes)})" if notes else ""


def render_summary(report: Report) -> str:
    """Render the denominators: what was declared, and how much of it rests on what."""
    summary = report.summary
    many = len(report.contracts) != 1 and report.contract is None
    contracts = f"{count_noun(len(report.contracts), 'contract')}, " if many else ""
    return f"{contracts}{count_noun(summary.declared, 'test')}: {_count(summary)}{_count_findings(report)}"


def _count(summary: Summary) -> str:
    counts = (
        (summary.bound, "bound"),
        (summary.run, "run"),
        *([(summary.adopted, "adopted")] if summary.adopted else []),
        (summary.discharged, "discharged"),
        (summary.falsified, "falsified"),
        (summary.inconclusive, "inconclusive"),
        (summary.stale, "stale"),
        (summary.blocked, "blocked"),
        (summary.self_declared, "self-declared"),
    )
    return ", ".join(f"{count} {word}" for count, word in counts)


def _count_findings(report: Report) -> str:
    errors = sum(entry.severity == "error" for entry in report.diagnostics)
    warnings = sum(entry.severity == "warning" for entry in report.diagnostics)
    if report.command != "validate" and not errors + warnings:
        return ""
    return f"; {count_noun(errors, 'error')}, {count_noun(warnings, 'warning')}"
