"""Look at several contracts with their evidence, and report where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError, Diagnostic, get_rule
from pvengine.errors import ExitCode, UsageError, choose_exit_code
from pvengine.models.report import ContractEntry, Report, Summary
from pvengine.project.discovery import show_path
from pvengine.project.findings import describe_error, list_diagnostics
from pvengine.project.plan import find_blocked
from pvengine.project.reporting import describe_contract
from pvengine.project.workspace import say_nothing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pvengine.project.project import Project
    from pvengine.project.view import ContractView

__all__ = ["read_views", "report_contracts"]


def read_views(
    project: Project, files: Sequence[Path]
) -> tuple[list[ContractView], list[Diagnostic], list[ExitCode]]:
    """Load contracts; one that cannot be read is a finding and does not stop the others."""
    views: list[ContractView] = []
    found: list[Diagnostic] = []
    codes: list[ExitCode] = []
    for file in files:
        try:
            views.append(project.view(file))
        except ContractError as error:
            found += error.diagnostics
        except UsageError as error:
            found.append(get_rule("PV111").report(error.what, show_path(file), fix=error.fix))
            codes.append(ExitCode.USAGE)
    return views, found, codes


def report_contracts(
    project: Project,
    command: str,
    views: Sequence[ContractView],
    found: Sequence[Diagnostic],
    codes: Sequence[ExitCode],
) -> Report:
    """Make the report of a command that looks at several contracts; nothing at all is no success."""
    entries: list[ContractEntry] = []
    summary = Summary()
    for view in views:
        entry = describe_contract(view, find_blocked(view, view.assessments))
        entries.append(entry)
        summary += entry.summary
    nothing = [] if views or found else [say_nothing(project)]
    return Report(
        command=command,
        contracts=tuple(entries),
        summary=summary,
        diagnostics=(
            *list_diagnostics(sorted(dict.fromkeys(found), key=lambda entry: entry.sort_key)),
            *map(describe_error, nothing),
        ),
        exit_code=choose_exit_code([*codes, *(error.exit_code for error in nothing)]),
    )
