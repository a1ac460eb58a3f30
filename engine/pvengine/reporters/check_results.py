"""What was measured, as Markdown: each test with its figures, hypotheses by scope, what was run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.vocabulary import Outcome
from pvengine.reporters.figures import shorten
from pvengine.reporters.markdown import cut_text, join_cells, make_head, show_code, show_text
from pvengine.reporters.plain import count_noun
from pvengine.reporters.reruns import say_rerun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.models.check import CheckedTest, CheckReport
    from pvengine.models.report import HypothesisEntry, MeasurementEntry, RerunEntry
    from pvengine.reporters.check_words import Names

__all__ = ["list_hypotheses", "list_reruns", "list_results"]


def list_results(report: CheckReport, names: Names) -> list[str]:
    """List the tests that the change touched, each with what its newest record holds."""
    again = {(entry.contract, entry.id): entry for entry in report.reruns}
    return [
        "".join(_iter_result(test, names.show(test.contract, test.id), again.get((test.contract, test.id))))
        for test in report.tests
    ]


def _iter_result(test: CheckedTest, name: str, again: RerunEntry | None) -> Iterator[str]:
    said = [show_text(word) for word in _list_words(test)]
    rule = f": {show_text(test.rule)}" if test.rule else ""
    yield f"**{name}** {', '.join(said)}{rule}\n\n"
    if test.measurements:
        yield make_head("metric", "value", "unit", "taken over", "arithmetic")
        yield from _iter_figures(test.measurements)
        yield "\n"
    for miss in test.misses:
        yield f"- falsified: {show_text(miss)}\n"
    if test.trials or test.evidence is not None:
        yield f"- {'; '.join(_iter_facts(test, again))}\n"
    yield f"- touched: {show_text('; '.join(test.affected))}\n\n"


def _list_words(test: CheckedTest) -> list[str]:
    """List what came of a test: outcome and verdict of its record, and the status that stands there."""
    words = [test.outcome or ("nothing measured" if test.evidence is None else f"record {test.standing}")]
    words += [f"verdict {test.verdict}"] if test.verdict else []
    standing = f" ({test.standing})" if test.standing not in ("new", "verified") else ""
    return [*words, f"status {test.status}{standing}"]


def _iter_figures(measurements: Mapping[str, MeasurementEntry]) -> Iterator[str]:
    for metric, measured in measurements.items():
        over = ", ".join(filter(None, (measured.aggregation, measured.population)))
        unit = "" if measured.unit == "1" else measured.unit
        facts = (str(measured.value), unit, over, measured.arithmetic or "")
        cells = [show_code(cut_text(metric)), *(show_text(fact) for fact in facts)]
        yield f"{join_cells(cells)}\n"


def _iter_facts(test: CheckedTest, again: RerunEntry | None) -> Iterator[str]:
    before = test.falsified - (test.outcome == Outcome.FALSIFIED.value)
    yield f"{count_noun(test.trials, 'trial')} so far, {before} falsified before"
    if again is not None and again.planted_faults:
        noticed = sum(fault.noticed for fault in again.planted_faults)
        yield f"{noticed} of {count_noun(len(again.planted_faults), 'planted fault')} noticed again"
        missed = [fault.name for fault in again.planted_faults if not fault.noticed]
        if missed:
            yield f"NOT NOTICED: {', '.join(show_code(cut_text(name)) for name in missed)}"
    elif test.outcome is not None:
        yield f"{test.noticed} of {count_noun(test.planted_faults, 'planted fault')} noticed"
    if test.evidence is not None:
        yield f"evidence {show_code(shorten(test.evidence))}{' is new' if test.new_evidence else ''}"


def list_hypotheses(report: CheckReport, names: Names) -> list[str]:
    """List the hypotheses of the contracts that were looked at, as rows of a table."""
    return [
        f"{join_cells(_list_cells(entry, names.show(contract.path, entry.id)))}\n"
        for contract in report.contracts
        for entry in contract.hypotheses
    ]


def _list_cells(entry: HypothesisEntry, name: str) -> tuple[str, ...]:
    verdict = show_text(entry.derived)
    if entry.status != entry.derived:
        verdict += f" (the contract says {show_text(entry.status)})"
    scopes = []
    for each in entry.verdicts:
        scope = f"in {each.scope}" if each.scope else "without a scope"
        counts = "" if each.counts else ", not counted"
        said = show_text(f"{each.verdict} {scope}")
        scopes.append(f"{said}, by {show_code(cut_text(each.test))}{counts}")
    statement = show_text(entry.statement)
    return f"{name} {statement}", verdict, "<br>".join(scopes)


def list_reruns(report: CheckReport, names: Names) -> list[str]:
    """List what was measured again, and what came of it."""
    return [_say_rerun(entry, names.show(entry.contract, entry.id)) for entry in report.reruns]


def _say_rerun(entry: RerunEntry, name: str) -> str:
    """Say what came of one test; of the figures those that are others, each beside the one in the record."""
    said = show_text(f"{entry.state} {say_rerun(entry)}".strip())
    lines = [f"- {name} {said}\n"]
    lines += [f"  - other than in the record: {show_text(each)}\n" for each in entry.unlike]
    for metric, compared in entry.measurements.items():
        if not compared.within:
            stored = "nothing" if compared.stored is None else str(compared.stored)
            value = "not measured" if compared.value is None else str(compared.value)
            line = show_text(f": {value}, stored {stored}")
            lines.append(f"  - {show_code(cut_text(metric))}{line}\n")
    return "".join(lines)
