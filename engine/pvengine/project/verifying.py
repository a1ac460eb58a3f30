"""Verify contracts against their evidence: digests, chains, outcomes and verdicts, all derived again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, Severity, get_rule
from pvengine.errors import ExitCode, TamperedEvidenceError
from pvengine.ledger.amendments import iter_chain_issues
from pvengine.ledger.grounding import Standing
from pvengine.project.discovery import show_path
from pvengine.project.validating import read_views, report_contracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pvengine.models.report import Report
    from pvengine.project.project import Project
    from pvengine.project.view import ContractView

__all__ = ["verify_contracts"]


def verify_contracts(project: Project, files: Sequence[Path]) -> Report:
    """Report what does not follow: exit code 3 for evidence, 11 for stale and self-declared statuses."""
    views, found, codes = read_views(project, files)
    if any(entry.severity is Severity.ERROR for entry in found):
        codes.append(ExitCode.INVALID)
    for view in views:
        standings = {assessment.standing for assessment in view.assessments.values()}
        chain = view.loaded.locate(iter_chain_issues(view.loaded.data))
        if chain or standings & {Standing.TAMPERED, Standing.MISSING}:
            codes.append(ExitCode.TAMPERED)
        if standings & {Standing.STALE, Standing.SELF_DECLARED}:
            codes.append(ExitCode.GATE)
        found += chain
        found += view.evidence_diagnostics
        found += _iter_stale(view)
        found += _iter_unlinked(view)
    return report_contracts("verify", views, found, codes)


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
