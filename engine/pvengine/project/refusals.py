"""What keeps a discharge from starting: only errors in what it uses, so that the rest can be mended later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, Severity, get_rule
from pvengine.ledger.grounding import Standing
from pvengine.loading.lint import is_semver, suggest_version

if TYPE_CHECKING:
    from collections.abc import Collection

    from pvengine.models.issue import Issue
    from pvengine.project.view import ContractView

__all__ = ["InvalidTest", "find_refusals", "find_structural_refusals", "find_tampering", "list_invalid_tests"]

_STRUCTURE = frozenset({"PV301", "PV303", "SCHEMA-007"})
_ENGINE_OWNED = frozenset({"metadata", "version", "amendments", "hypotheses"})


def find_structural_refusals(view: ContractView) -> tuple[Diagnostic, ...]:
    """Find what makes planning impossible: repeated ids of tests, and cycles."""
    issues = view.graph_issues
    return view.loaded.locate(issue for issue in issues if issue.code in _STRUCTURE)


def find_refusals(
    view: ContractView, selected: Collection[str], named: Collection[str], *, is_recorded: bool
) -> tuple[Diagnostic, ...]:
    """Find the errors in the selected tests and in the keys that the engine writes.

    Parameters
    ----------
    selected
        Tests that will run.
    named
        Tests that the caller named; where there are none, an entry that is no valid test counts as
        selected, because it would have run.
    is_recorded
        Whether the result goes into the contract, so that its version must be one that can be bumped.
    """
    used = [view.loaded.test_paths[name] for name in selected]
    used += [
        invalid.path
        for invalid in list_invalid_tests(view)
        if (invalid.id in named if named else invalid.is_bound)
    ]
    issues = [*view.loaded.issues, *view.graph_issues]
    relevant = [
        issue for issue in issues if get_rule(issue.code).severity.value == "error" and _is_used(issue, used)
    ]
    return (*view.loaded.locate(relevant), *(_refuse_version(view) if is_recorded else ()))


@dataclass(frozen=True, slots=True)
class InvalidTest:
    """An entry that is no valid test; ``id`` is None where it has none that can be read."""

    id: str | None
    path: tuple[str | int, ...]
    is_bound: bool


def list_invalid_tests(view: ContractView) -> list[InvalidTest]:
    """List the entries of `falsification_tests` that the models refused, in the order of the text."""
    kept = set(view.loaded.indexes.get("falsification_tests", ()))
    found: list[InvalidTest] = []
    for index, entry in enumerate(view.list_test_entries()):
        if index not in kept:
            name = entry.get("id") if isinstance(entry, dict) else None
            is_bound = not isinstance(entry, dict) or entry.get("falsifier") is not None
            path = ("falsification_tests", index)
            found.append(InvalidTest(name if isinstance(name, str) else None, path, is_bound))
    return found


def _is_used(issue: Issue, used: list[tuple[str | int, ...]]) -> bool:
    if issue.path and issue.path[0] in _ENGINE_OWNED:
        return True
    if issue.path == ("falsification_tests",):
        return True
    return any(issue.path[: len(path)] == path for path in used)


def _refuse_version(view: ContractView) -> tuple[Diagnostic, ...]:
    version = view.loaded.contract.metadata.version
    if is_semver(version):
        return ()
    document = view.loaded.document
    path = ("metadata", "version") if document.node_at(("metadata", "version")) else ("metadata",)
    line = f"version: {suggest_version(version if version is not None else view.loaded.contract.version)}"
    shown = "no version" if version is None else f"version {version!r}, which is not MAJOR.MINOR.PATCH"
    found = get_rule("PV205").report(
        f"the contract has {shown}; a discharge must bump it",
        document.place(path),
        fix=f"write `{line}` under metadata",
    )
    return (replace(found, severity=Severity.ERROR),)


def find_tampering(view: ContractView) -> tuple[Diagnostic, ...]:
    """Find tampered or missing evidence anywhere in the contract.

    Also of tests that were not selected: a hypothesis is derived from all tests that speak about it, so
    without one of them another verdict would be written.
    """
    found = [
        view.report_standing(name)
        for name, assessment in view.assessments.items()
        if assessment.standing in (Standing.TAMPERED, Standing.MISSING)
    ]
    return (*(entry for entry in found if entry is not None), *view.chain_diagnostics)
