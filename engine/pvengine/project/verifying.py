"""Verify contracts against their evidence: digests, chains, outcomes and verdicts, all derived again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, Severity, get_rule
from pvengine.errors import ExitCode, choose_exit_code
from pvengine.ledger.grounding import Standing
from pvengine.project.cores import count_cores
from pvengine.project.discovery import show_path
from pvengine.project.findings import describe_error
from pvengine.project.prejudging import judge_ahead
from pvengine.project.rerunning import count_reruns, iter_rerun_codes, rerun_contracts, say_nothing_rerun
from pvengine.project.signature_checks import check_signatures, iter_stray_envelopes
from pvengine.project.staleness import explain_staleness
from pvengine.project.surveying import read_views, report_contracts
from pvengine.project.third_party import iter_package_notes, list_reported_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pvengine.models.report import ContractEntry, Report
    from pvengine.project.progress import Progress
    from pvengine.project.project import Project
    from pvengine.project.signing import SignaturePolicy
    from pvengine.project.view import ContractView

__all__ = ["Rerunning", "verify_contracts"]


@dataclass(frozen=True, slots=True)
class Rerunning:
    """How records are measured again: which tests (all where none is named), and how many at a time."""

    progress: Progress
    tests: tuple[str, ...] = ()
    jobs: int | None = None


def verify_contracts(
    project: Project,
    files: Sequence[Path],
    rerunning: Rerunning | None = None,
    policy: SignaturePolicy | None = None,
    jobs: int | None = None,
) -> Report:
    """Report what does not follow: exit code 3 for evidence, 11 for stale and self-declared statuses.

    An error in the contract is exit code 1: an entry that cannot be read has a status that nothing checks.
    With ``rerunning`` the records are measured again as well, which adds 10 and 12; with a ``policy``
    signatures are checked, which adds to 3, and to 14 where some are required and there is nothing to sign.
    ``jobs`` is the most processes that read records, else the number of cores; what they find is the same.
    """
    views, found, codes = read_views(project, files)
    views = [replace(view, reads_whole_chains=True) for view in views]
    views = judge_ahead(views, jobs or project.configuration.jobs or count_cores())
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
        found += [*iter_package_notes(view), *iter_stray_envelopes(view)]
    signed = None if policy is None else check_signatures(views, policy)
    if signed is not None:
        found += signed.found
        codes += signed.codes
    report = report_contracts(project, "verify", views, found, codes)
    report = report if signed is None else signed.add_to(report)
    contracts = zip(report.contracts, views, strict=True)
    report = replace(report, contracts=tuple(_name_reasons(entry, view) for entry, view in contracts))
    return report if rerunning is None or not views else _add_reruns(report, project, views, rerunning)


def _name_reasons(entry: ContractEntry, view: ContractView) -> ContractEntry:
    """Give each test of an entry what its record allows to tell: why it is stale, and other versions."""
    tests = (
        replace(
            test,
            reasons=explain_staleness(view, test.id),
            packages=list_reported_changes(view, test.id),
        )
        for test in entry.tests
    )
    return replace(entry, tests=tuple(tests))


def _add_reruns(
    report: Report, project: Project, views: Sequence[ContractView], rerunning: Rerunning
) -> Report:
    jobs = rerunning.jobs or project.configuration.jobs or count_cores()
    rerun = rerun_contracts(views, tests=rerunning.tests, jobs=jobs, progress=rerunning.progress)
    counted = count_reruns(rerun)
    codes = [ExitCode(report.exit_code), *iter_rerun_codes(rerun, rerunning.tests)]
    nothing = []
    if not counted.run and not rerun.is_interrupted:
        nothing = [say_nothing_rerun(show_path(project.configuration_file or project.root))]
        codes.append(ExitCode.NOTHING)
    return replace(
        report,
        reruns=rerun.entries,
        rerun_summary=counted,
        summary=replace(report.summary, run=counted.run, inconclusive=counted.inconclusive),
        diagnostics=(*report.diagnostics, *map(describe_error, nothing)),
        exit_code=int(choose_exit_code(codes)),
    )


def _iter_stale(view: ContractView) -> Iterator[Diagnostic]:
    for name, assessment in view.assessments.items():
        if assessment.standing is Standing.STALE:
            place = view.loaded.document.place((*view.loaded.test_paths[name], "status"))
            reasons = "; ".join(explain_staleness(view, name))
            yield get_rule("PV606").report(f"{name} is stale: {reasons}", place)


def _iter_unlinked(view: ContractView) -> Iterator[Diagnostic]:
    for name, assessment in view.assessments.items():
        if assessment.head is not None and not assessment.chain:  # a chain that cannot be read links nothing
            continue
        linked = set(assessment.chain)
        for digest in view.store.list_digests(name):
            if digest not in linked:
                path = show_path(view.store.path_of(name, digest))
                yield get_rule("PV605").report(f"no amendment pins this record of {name}", path)
