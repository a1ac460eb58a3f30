"""What `pv verify` finds in a contract, as far as the policy of a check asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pvengine.diagnostics import Severity, get_rule
from pvengine.errors import ExitCode
from pvengine.ledger.amendments import iter_drift
from pvengine.ledger.derivation import iter_ungrounded_words
from pvengine.ledger.grounding import Standing, count_stale_as_verified
from pvengine.project.staleness import explain_staleness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.diagnostics import Diagnostic
    from pvengine.models.check import Concern
    from pvengine.project.checking.concerns import CheckedView
    from pvengine.project.configuration import CheckPolicy

__all__ = ["Verified", "verify_view"]


@dataclass(frozen=True, slots=True)
class Verified:
    """Findings of one contract, and the exit codes that follow from them."""

    found: tuple[Diagnostic, ...]
    codes: tuple[ExitCode, ...]


def verify_view(checked: CheckedView, concerns: Sequence[Concern], policy: CheckPolicy) -> Verified:
    """Verify a contract; what the base had already, and the policy does not ask for, is left out.

    ``concerns`` are those of all contracts that are looked at.
    """
    view = checked.view
    chain, errors = set(view.chain_diagnostics), set(view.errors)
    lost = [found for found in view.evidence_diagnostics if found.is_error]
    gates = [*_iter_gates(checked, concerns, policy), *_iter_stale(checked, concerns)]
    gates = [replace(found, severity=Severity.ERROR) for found in gates]  # it fails the check
    codes = []
    if chain or lost:
        codes.append(ExitCode.TAMPERED)
    if errors - chain:
        codes.append(ExitCode.INVALID)
    if gates:
        codes.append(ExitCode.GATE)
    return Verified((*view.errors, *lost, *gates), tuple(codes))


def _list_failing(checked: CheckedView, concerns: Sequence[Concern], word: str) -> list[str]:
    """List the tests that fail the check for one kind of concern."""
    return [
        test.id
        for concern in concerns
        if concern.word == word and concern.fails
        for test in concern.tests
        if test.contract == checked.view.loaded.display_path and (test.new or concern.policy == "all")
    ]


def _iter_gates(
    checked: CheckedView, concerns: Sequence[Concern], policy: CheckPolicy
) -> Iterator[Diagnostic]:
    """Iterate over statuses that nothing grounds, and over what moved without an amendment.

    A word that follows from a stale test is that test's matter, and is not told again.
    """
    view = checked.view
    for name in _list_failing(checked, concerns, "self-declared"):
        found = view.report_standing(name)
        if found is not None and not found.is_error:
            yield found
    if checked.change is not None:
        yield from view.loaded.locate(iter_drift(view.loaded.contract))
    if any(state.standing in (Standing.MISSING, Standing.TAMPERED) for state in view.assessments.values()):
        return  # what others follow from is lost, and told
    contract, indexes = view.loaded.contract, view.loaded.indexes
    moved = _list_moved_lines(checked)
    words = iter_ungrounded_words(contract, indexes, count_stale_as_verified(view.assessments))
    for found in view.loaded.locate(words):
        if policy.self_declared == "all" or (found.place is not None and found.place.line in moved):
            yield found


def _list_moved_lines(checked: CheckedView) -> set[int]:
    """List the lines of the words that pv owns and that the change moved; of a new contract, all of them."""
    change, document = checked.change, checked.view.loaded.document
    if change is None:
        return set()
    if change.comparison is None:
        return set(range(1, document.text.count("\n") + 2))
    lines = set()
    for each in change.comparison.changes:
        if each.after is not None and each.after.place is not None:
            place = each.after.place
            lines |= set(range(place.line, place.end_line + 1))
    return lines


def _iter_stale(checked: CheckedView, concerns: Sequence[Concern]) -> Iterator[Diagnostic]:
    view = checked.view
    failing = _list_failing(checked, concerns, "stale")
    for name, assessment in view.assessments.items():
        if assessment.standing is Standing.STALE and name in failing:
            place = view.loaded.document.place((*view.loaded.test_paths[name], "status"))
            reasons = "; ".join(explain_staleness(view, name))
            yield get_rule("PV606").report(f"{name} is stale: {reasons}", place)
