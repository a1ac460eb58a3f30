"""What keeps a discharge from starting: only errors in what it uses, so that the rest can be mended later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.graph.lint import iter_graph_issues
from pvengine.ledger.amendments import iter_chain_issues
from pvengine.ledger.grounding import Standing
from pvengine.loading.lint import is_semver, suggest_version

if TYPE_CHECKING:
    from collections.abc import Collection

    from pvengine.models.issue import Issue
    from pvengine.project.view import ContractView

__all__ = ["find_refusals", "find_structural_refusals", "find_tampering"]

_STRUCTURE = frozenset({"PV301", "PV303"})
_ENGINE_OWNED = frozenset({"metadata", "version", "amendments", "hypotheses"})


def find_structural_refusals(view: ContractView) -> tuple[Diagnostic, ...]:
    """Find what makes planning impossible: repeated ids of tests, and cycles."""
    issues = iter_graph_issues(view.loaded.contract, view.loaded.indexes)
    return view.loaded.locate(issue for issue in issues if issue.code in _STRUCTURE)


def find_refusals(view: ContractView, selected: Collection[str]) -> tuple[Diagnostic, ...]:
    """Find the errors in the selected tests and in the keys that the engine writes."""
    used = [view.loaded.test_paths[name] for name in selected]
    used += _paths_of_invalid_tests(view, selected)
    issues = [*view.loaded.issues, *iter_graph_issues(view.loaded.contract, view.loaded.indexes)]
    relevant = [
        issue for issue in issues if get_rule(issue.code).severity.value == "error" and _is_used(issue, used)
    ]
    return (*view.loaded.locate(relevant), *_refuse_version(view))


def _paths_of_invalid_tests(view: ContractView, selected: Collection[str]) -> list[tuple[str | int, ...]]:
    """Return the paths of tests that the models refused: they count as selected unless others were named."""
    kept = set(view.loaded.indexes.get("falsification_tests", ()))
    entries = view.loaded.data.get("falsification_tests")
    invalid = (
        [index for index in range(len(entries)) if index not in kept] if isinstance(entries, list) else []
    )
    everything = set(selected) >= {name for name, test in view.loaded.tests.items() if test.is_bound}
    return [("falsification_tests", index) for index in invalid] if everything else []


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
    rule = get_rule("PV205")
    found = rule.report(
        f"the contract has {shown}; a discharge must bump it",
        document.place(path),
        fix=f"write `{line}` under metadata",
    )
    return (
        Diagnostic(
            found.code,
            get_rule("PV206").severity,
            found.message,
            found.path,
            found.place,
            found.why,
            found.fix,
        ),
    )


def find_tampering(view: ContractView, selected: Collection[str]) -> tuple[Diagnostic, ...]:
    """Find tampered or missing evidence of the selected tests and of those that they depend on."""
    concerned = set(selected)
    for name in selected:
        concerned.update(view.loaded.tests[name].depends_on or ())
    bad = {
        name
        for name in concerned
        if name in view.assessments
        and view.assessments[name].standing in (Standing.TAMPERED, Standing.MISSING)
    }
    found = [view.report_standing(name) for name in view.assessments if name in bad]
    chain = view.loaded.locate(iter_chain_issues(view.loaded.data))
    return (*(entry for entry in found if entry is not None), *chain)
