"""Tell where contracts stand; with a gate, fail where anything is open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pvengine.diagnostics import Severity
from pvengine.errors import ExitCode
from pvengine.project.scores import add_scores
from pvengine.project.surveying import read_views, report_contracts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pvengine.models.report import Report
    from pvengine.project.project import Project

__all__ = ["report_status"]


def report_status(project: Project, files: Sequence[Path], *, gate: bool) -> Report:
    """Report the standing of every test, hypothesis and milestone.

    What is unrun, stale or self-declared is counted and fails only with ``gate``, with exit code 11.
    Errors fail in any case, evidence that was changed or is missing among them.
    """
    views, found, codes = read_views(project, files)
    if any(entry.severity is Severity.ERROR for entry in found):
        codes.append(ExitCode.INVALID)
    for view in views:
        if view.errors or any(entry.is_error for entry in view.evidence_diagnostics):
            codes.append(ExitCode.INVALID)
        found += [*view.errors, *(entry for entry in view.evidence_diagnostics if entry.is_error)]
    report = report_contracts(project, "status", views, found, codes)
    report = replace(report, contracts=add_scores(report.contracts, views))
    is_open = any(view.evidence_diagnostics or view.chain_diagnostics for view in views)
    if gate and report.exit_code == ExitCode.CLEAN and (is_open or not _is_closed(report)):
        return replace(report, exit_code=int(ExitCode.GATE))
    return report


def _is_closed(report: Report) -> bool:
    """Whether every declared test is discharged by current evidence, and there is one."""
    summary = report.summary
    return summary.declared > 0 and summary.discharged == summary.declared
