"""Check contracts: text, schema, references, falsifiers by name, statuses and their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError, Diagnostic, Severity, get_rule
from pvengine.errors import ExitCode, NothingToCheckError, UsageError, choose_exit_code
from pvengine.graph.lint import suggest
from pvengine.graph.references import parse_contract_reference
from pvengine.models.report import ContractEntry, Report, Summary
from pvengine.project.discovery import show_path
from pvengine.project.plan import find_blocked
from pvengine.project.reporting import describe_contract, describe_error, list_diagnostics
from pvengine.project.view import select_own_findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pvengine.project.project import Project
    from pvengine.project.view import ContractView

__all__ = ["read_views", "report_contracts", "validate_contracts"]


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


def validate_contracts(project: Project, files: Sequence[Path]) -> Report:
    """Check contracts and report every finding, in the order of files and lines."""
    views, found, codes = read_views(project, files)
    for view in views:
        found += view.diagnostics
        found += view.falsifier_diagnostics
        found += view.evidence_diagnostics
        found += _iter_status_findings(view)
        found += _iter_dependency_findings(project, view)
    if any(test.is_bound for view in views for test in view.loaded.contract.tests):
        found += select_own_findings(project.catalogue, project.root)
    if any(entry.severity is Severity.ERROR for entry in found):
        codes.append(ExitCode.INVALID)
    return report_contracts(project, "validate", views, found, codes)


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
    nothing = [] if views or found else [_say_nothing(project)]
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


def _say_nothing(project: Project) -> NothingToCheckError:
    folders = [show_path(project.root / name) for name in project.configuration.contracts]
    return NothingToCheckError(
        f"no contract was found; those of the project are looked for in {', '.join(folders) or 'no folder'}",
        where=show_path(project.configuration_file or project.root),
        why="zero checked is never green",
        fix="name a contract, correct `contracts` in the configuration, or run `pv new CONTRACT-ID`",
    )


def _iter_status_findings(view: ContractView) -> Iterator[Diagnostic]:
    """Report status words that neither the engine nor the configuration knows."""
    for name, test in view.loaded.tests.items():
        if test.status is not None and view.say_status_meaning(test.status) is None:
            known = ["NEW", "DISCHARGED", "FALSIFIED", *view.configuration.status_words]
            place = view.loaded.document.place((*view.loaded.test_paths[name], "status"))
            message = f"{name} has the unknown status {test.status!r}{suggest(test.status.upper(), known)}"
            yield get_rule("PV203").report(message, place)


def _iter_dependency_findings(project: Project, view: ContractView) -> Iterator[Diagnostic]:
    """Report contracts that a contract depends on and the project does not have, or not in that version."""
    references = view.loaded.contract.metadata.depends_on or ()
    if not references:
        return
    known = {file.stem: file for file in [*project.contract_files(), view.loaded.path]}
    for number, text in enumerate(references):
        reference = parse_contract_reference(text)
        place = view.loaded.document.place(("metadata", "depends_on", number))
        if reference.stem not in known:
            hint = suggest(reference.stem, list(known))
            yield get_rule("PV304").report(f"the project has no contract {reference.stem!r}{hint}", place)
        elif reference.version is not None:
            found = _read_version(project, known[reference.stem])
            if found is not None and found != reference.version:
                message = f"{reference.stem} has version {found}, this contract relies on {reference.version}"
                yield get_rule("PV305").report(message, place, fix=f"check the change, then write v{found}")


def _read_version(project: Project, file: Path) -> str | None:
    try:
        version = project.view(file).loaded.contract.metadata.version
    except (ContractError, UsageError):
        return None
    return None if version is None else str(version)
