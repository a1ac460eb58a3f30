"""The history of contracts as text or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.models.report import list_data
from pvengine.reporters.figures import list_figures, shorten
from pvengine.reporters.findings import render_finding
from pvengine.reporters.machine import render_data
from pvengine.reporters.plain import clean_line, count_noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.project.history import AmendedTest, ContractHistory, History, HistoryEntry, PastTrial

__all__ = ["render_history"]


def render_history(history: History, form: str) -> str:
    """Render the history of contracts, the newest amendment first; JSON is the document `pv/history/v1`."""
    if form == "json":
        return render_data({"schema": "pv/history/v1", **_rename(list_data(history))})
    blocks = [block for contract in history.contracts for block in _iter_blocks(contract)]
    blocks += [render_finding(entry) for entry in history.diagnostics]
    blocks.append(_say_count(history))
    return "\n\n".join(blocks) + "\n"


def _rename(value: Any) -> Any:
    """Give `from` its public name."""
    if isinstance(value, dict):
        return {("from" if key == "from_" else key): _rename(item) for key, item in value.items()}
    return [_rename(item) for item in value] if isinstance(value, list) else value


def _iter_blocks(contract: ContractHistory) -> Iterator[str]:
    said = f"{contract.contract}  {contract.id}  {contract.version or 'no version'}"
    yield clean_line(said if contract.amendments else f"{said}  no amendments")
    if contract.attempts:
        yield "\n".join(["since then", *_iter_attempts(contract.attempts)])
    for entry in contract.amendments:
        yield "\n".join(_iter_entry(entry))


def _iter_entry(entry: HistoryEntry) -> Iterator[str]:
    reason = f": {entry.reason}" if entry.reason else ""
    yield clean_line(f"{entry.version}  {entry.date}  {entry.kind}{reason}")
    for test in entry.tests:
        yield from _iter_test(test)
    yield from _iter_attempts(entry.attempts)


def _iter_test(test: AmendedTest) -> Iterator[str]:
    notes = [f"verdict {test.verdict}"] if test.verdict else []
    if test.grounded:
        notes.append("now grounded")
    elif test.from_ == test.to:
        notes.append("renewal")
    if test.count > 1:
        notes.append(f"{test.count} records")
    notes += [shorten(test.trial.evidence)] if test.trial else []
    yield f"  {clean_line(f'{test.id}  {test.from_} -> {test.to}')}" + (
        f"  ({clean_line(', '.join(notes))})" if notes else ""
    )
    if test.trial is not None:
        yield from _iter_figures(test.trial)


def _iter_attempts(attempts: tuple[PastTrial, ...]) -> Iterator[str]:
    for trial in attempts:
        what = f"{trial.outcome}" if trial.problem is None else "unreadable"
        verdict = f"  verdict {trial.verdict}" if trial.verdict else ""
        pinned = "" if trial.linked else ", unlinked"
        when = f"  {trial.started}" if trial.started else ""
        said = f"attempt: {trial.id}{when}  {what}{verdict}  ({shorten(trial.evidence)}{pinned})"
        yield f"  {clean_line(said)}"
        yield from _iter_figures(trial)


def _iter_figures(trial: PastTrial) -> Iterator[str]:
    if trial.change:
        yield f"    {clean_line(trial.change)}"
    if trial.problem is not None:
        yield f"    {clean_line(trial.problem)}"
    yield from (f"    {clean_line(miss)}" for miss in trial.misses)
    yield from list_figures(trial.figures, "    ")


def _say_count(history: History) -> str:
    counted = history.summary
    return (
        f"{count_noun(counted.contracts, 'contract')}, {count_noun(counted.amendments, 'amendment')},"
        f" {count_noun(counted.trials, 'trial')}: {counted.survived} survived, {counted.falsified} falsified,"
        f" {counted.unlinked} unlinked, {counted.unreadable} unreadable"
    )
