"""The cases of JUnit XML: one for each finding, and for each test that a check looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pvengine.diagnostics import RULES
from pvengine.reporters.findings import render_finding
from pvengine.reporters.reruns import fails_check, iter_rerun_lines, say_rerun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.models.check import CheckReport
    from pvengine.models.report import DiagnosticEntry, RerunEntry, TestEntry

__all__ = ["Case", "list_finding_cases", "list_test_cases"]

_COMMAND_CODES = "PV0"
"""How the codes begin that speak about the command and not about a contract."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case: what it is called, and what came of it; None is a case that passes without a word."""

    name: str
    line: int | None = None
    kind: Literal["failure", "error", "skipped", "system-out"] | None = None
    type_: str = ""
    message: str = ""
    text: str = ""


def list_finding_cases(found: Sequence[DiagnosticEntry]) -> list[Case]:
    """List a case for each finding of a file; one that passes where there is none."""
    names: Counter[str] = Counter()
    cases = []
    for entry in found:
        name = _make_name(entry)
        names[name] += 1
        cases.append(
            Case(
                name=name if names[name] == 1 else f"{name} ({names[name]})",
                line=entry.line,
                kind=_choose_kind(entry),
                type_=entry.code,
                message=entry.message,
                text=render_finding(entry),
            )
        )
    return cases or [Case(name="no finding")]


def _choose_kind(entry: DiagnosticEntry) -> Literal["failure", "error", "system-out"]:
    if entry.severity != "error":
        return "system-out"
    return "error" if entry.code.startswith(_COMMAND_CODES) else "failure"


def _make_name(entry: DiagnosticEntry) -> str:
    """Name the case of a finding: code, what the rule finds, and the place in the file."""
    rule = RULES.get(entry.code)
    head = f"{entry.code} {rule.title}" if rule else entry.code
    return head if entry.line is None else f"{head} at {entry.line}:{entry.column}"


def list_test_cases(report: CheckReport) -> dict[str, list[Case]]:
    """List a case for each test that was looked at or measured again, by the path of its contract.

    A case fails where its test fails the check, and is skipped where nothing was ever measured.
    """
    missing: dict[tuple[str, str], list[str]] = {}
    for concern in report.concerns:
        for test in concern.tests:
            if concern.fails and (test.new or concern.policy == "all"):
                missing.setdefault((test.contract, test.id), []).append(concern.word)
    reruns = {(entry.contract, entry.id): entry for entry in report.reruns}
    cases: dict[str, list[Case]] = {}
    for contract in report.contracts:
        for each in contract.tests:
            key = (contract.path, each.id)
            case = _make_case(each, missing.get(key, []), reruns.pop(key, None))
            cases.setdefault(contract.path, []).append(case)
    for entry in reruns.values():  # of contracts that the change did not touch
        case = _make_rerun_case(entry) or Case(name=entry.id, kind="system-out", text=_say_again(entry))
        cases.setdefault(entry.contract, []).append(case)
    return cases


def _make_case(test: TestEntry, missing: Sequence[str], again: RerunEntry | None) -> Case:
    failing = _make_rerun_case(again) if again is not None else None
    if failing is not None:
        return failing
    text = "\n".join(_iter_words(test, again))
    if missing:
        word = ", ".join(missing)
        return Case(name=test.id, kind="failure", type_=word, message=f"{word} fails the check", text=text)
    if test.standing == "new":
        reason = (
            f"blocked: {test.blocked}" if test.blocked else "unbound" if test.falsifier is None else "unrun"
        )
        return Case(name=test.id, kind="skipped", message=reason)
    return Case(name=test.id, kind="system-out", text=text)


def _iter_words(test: TestEntry, again: RerunEntry | None) -> Iterator[str]:
    reasons = f": {'; '.join(test.reasons)}" if test.reasons else ""
    yield f"{test.status}, {test.standing}{reasons}"
    if again is not None:
        yield _say_again(again)


def _make_rerun_case(entry: RerunEntry) -> Case | None:
    """Make the case of a test whose record was not reproduced; None where that does not fail the check."""
    if not fails_check(entry):
        return None
    return Case(
        name=entry.id,
        kind="error" if entry.state == "inconclusive" else "failure",
        type_=entry.state,
        message=say_rerun(entry),
        text=_say_again(entry),
    )


def _say_again(entry: RerunEntry) -> str:
    return "\n".join(line.removeprefix("  ") for line in iter_rerun_lines(entry))
