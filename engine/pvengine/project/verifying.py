"""Verify contracts against their evidence: digests, chains, outcomes and verdicts, all derived again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, Severity, get_rule
from pvengine.errors import ExitCode, TamperedEvidenceError
from pvengine.ledger.grounding import Standing
from pvengine.project.discovery import show_path
from pvengine.project.surveying import read_views, report_contracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pvengine.models.report import Report
    from pvengine.project.project import Project
    from pvengine.project.view import ContractView

__all__ = ["verify_contracts"]


def verify_contracts(project: Project, files: Sequence[Path]) -> Report:
    """Report what does not follow: exit code 3 for evidence, 11 for stale and self-declared statuses.

    An error in the contract is exit code 1: an entry that cannot be read has a status that nothing checks.
    """
    views, found, codes = read_views(project, files)
    if any(entry.severity is Severity.ERROR for entry in found):
        codes.append(ExitCode.INVALID)
    for view in views:
        stale = list(_iter_stale(view))
        if view.chain_diagnostics or any(entry.is_error for entry in view.evidence_diagnostics):
            codes.append(ExitCode.TAMPERED)
        if set(view.errors) - set(view.chain_diagnostics):
            codes.append(ExitCode.INVALID)
        if stale or any(not entry.is_error for entry in view.evidence_diagnostics):
            codes.append(ExitCode.GATE)
        found += [*view.errors, *view.evidence_diagnostics, *stale, *_iter_unlinked(view)]
    return report_contracts(project, "verify", views, found, codes)


def _iter_stale(view: ContractView) -> Iterator[Diagnostic]:
    for name, assessment in view.assessments.items():
        if assessment.standing is Standing.STALE:
            place = view.loaded.document.place((*view.loaded.test_paths[name], "status"))
            yield get_rule("PV606").report(f"{name} is stale: {'; '.join(assessment.reasons)}", place)


def _iter_unlinked(view: ContractView) -> Iterator[Diagnostic]:
    for name, assessment in view.assessments.items():
        try:
            linked = view.store.list_chain(name, assessment.head) if assessment.head else []
        except TamperedEvidenceError:
            continue
        for digest in view.store.list_digests(name):
            if digest not in linked:
                path = show_path(view.store.path_of(name, digest))
                yield get_rule("PV605").report(f"no amendment pins this record of {name}", path)
