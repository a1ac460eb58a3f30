"""Check a change before it is merged (``pv check``); nothing is written, fetched or checked out."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pvengine.diagnostics import Severity
from pvengine.errors import ExitCode, choose_exit_code
from pvengine.models.report import Report
from pvengine.project.cache import Cache
from pvengine.project.checking.causes import keep_causes
from pvengine.project.checking.concerns import find_concerns, iter_concern_findings
from pvengine.project.checking.describing import describe_check
from pvengine.project.checking.findings import iter_change_findings, iter_record_findings
from pvengine.project.checking.lookups import list_lookups
from pvengine.project.checking.loosened import iter_loosened
from pvengine.project.checking.nothing import say_untouched
from pvengine.project.checking.project_change import ProjectChange, read_change
from pvengine.project.checking.surroundings import iter_policy_findings, iter_untracked, list_lost
from pvengine.project.checking.verified import verify_view
from pvengine.project.cores import count_cores
from pvengine.project.discovery import FoundFiles
from pvengine.project.findings import describe_error, list_diagnostics
from pvengine.project.prejudging import judge_ahead
from pvengine.project.rerunning import iter_rerun_codes, rerun_contracts
from pvengine.project.setting_aside import find_baseline
from pvengine.project.surveying import read_views
from pvengine.project.validating import Validation, validate_contracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.diagnostics import Diagnostic
    from pvengine.models.check import CheckReport
    from pvengine.project.checking.concerns import CheckedView
    from pvengine.project.progress import Progress
    from pvengine.project.project import Project
    from pvengine.project.rerunning import Rerun
    from pvengine.project.view import ContractView

__all__ = ["RerunChoice", "check_change"]

RerunChoice = Literal["auto", "all", "none"]
"""What is measured again: what the change can have made another result of, everything, or nothing."""

_CODES = {
    "PV701": ExitCode.GATE,
    "PV702": ExitCode.INVALID,
    "PV703": ExitCode.GATE,
    "PV704": ExitCode.TAMPERED,
    "PV705": ExitCode.TAMPERED,
    "PV707": ExitCode.GATE,
    "PV708": ExitCode.GATE,
}
"""What a finding about a change does to the exit; others follow the policy, or are only told."""

_VERIFIED = frozenset({"PV501", "PV601", "PV602", "PV603", "PV605", "PV606", "PV607", "PV608"})
"""Findings of `pv validate` about evidence: which of them belong to the change is decided by verifying it."""


def check_change(
    project: Project,
    *,
    base: str | None = None,
    rerun: RerunChoice = "auto",
    jobs: int | None = None,
    progress: Progress,
) -> CheckReport:
    """Check what differs between the working tree and a base.

    Raises
    ------
    UsageError
        The project is in no git repository, or there is no such base.
    """
    change = read_change(project, base or project.configuration.check.base)
    jobs = jobs or project.configuration.jobs or count_cores()
    validated = _validate(change, jobs)
    views, broken, codes = read_views(project, [change.path_of(path) for path in change.looked_at])
    views = judge_ahead([replace(view, reads_whole_chains=True) for view in views], jobs)
    checked = [change.look_at(view) for view in views]
    concerns = find_concerns(checked, change.policy)
    verified = [verify_view(each, concerns, change.policy) for each in checked]
    found = [found for each in verified for found in each.found]
    found = keep_causes([*broken, *found, *_iter_own_findings(change, checked)])
    told = [(each.path, each.line) for each in (*validated.diagnostics, *list_diagnostics(found))]
    found += iter_concern_findings(concerns, checked, told)
    again = _rerun(change, checked, rerun, jobs, progress)
    nothing = say_untouched(change, again)
    codes.append(ExitCode(validated.exit_code))
    codes += [code for each in verified for code in each.codes]
    codes += _list_codes(change, found)
    codes += [ExitCode.GATE] if any(concern.fails for concern in concerns) else []
    codes += [] if again is None else iter_rerun_codes(again, ())
    codes += [error.exit_code for error in nothing]
    report = describe_check(change, checked, again)
    shown = [each for each in validated.diagnostics if each.code not in _VERIFIED]
    return replace(
        report,
        concerns=concerns,
        scope=validated.scope,
        diagnostics=(
            *sorted(
                dict.fromkeys([*shown, *list_diagnostics(found)]),
                key=lambda each: (each.path, each.line or 0, each.column or 0, each.code, each.message),
            ),
            *map(describe_error, nothing),
        ),
        exit_code=int(choose_exit_code(codes)),
    )


def _validate(change: ProjectChange, jobs: int) -> Report:
    """Validate what is looked at; of other contracts it is read only what these name, and what names them."""
    if not change.looked_at:  # whether that is a success is not decided here
        return Report(command="check")
    looked_at = set(change.looked_at)
    unchanged = [change.path_of(path) for path in change.contracts if path not in looked_at]
    others, named_only = list_lookups(unchanged, change.changes)
    validation = Validation(
        workspace=change.project,
        cache=Cache.open(is_on=False),
        jobs=jobs,
        baseline=find_baseline(change.project),
        is_partial=True,
        others=others,
        named_only=named_only,
    )
    return validate_contracts(validation, FoundFiles(tuple(map(change.path_of, change.looked_at))))


def _iter_own_findings(change: ProjectChange, checked: Sequence[CheckedView]) -> Iterator[Diagnostic]:
    """Iterate over what only the comparison with the base tells."""
    looked = {str(each.view.loaded.path): each for each in checked}
    for own in change.changes:
        each = None if own.state == "deleted" else looked.get(os.path.realpath(own.file))
        view = None if each is None else each.view
        yield from iter_change_findings(own, view, change.base, change.top, change.policy.removed_contracts)
        if each is not None:
            for found in iter_loosened(each):
                fails = change.policy.loosened == "fail"
                yield replace(found, severity=Severity.ERROR) if fails else found
    yield from iter_record_findings(change.files, change.changes, list_lost(checked))
    yield from iter_untracked(change, checked)
    yield from iter_policy_findings(change)


def _list_codes(change: ProjectChange, found: Sequence[Diagnostic]) -> list[ExitCode]:
    codes = [_CODES[each.code] for each in found if each.code in _CODES]
    if change.policy.loosened == "fail" and any(each.code == "PV706" for each in found):
        codes.append(ExitCode.GATE)
    return codes


def _rerun(
    change: ProjectChange,
    checked: Sequence[CheckedView],
    choice: RerunChoice,
    jobs: int,
    progress: Progress,
) -> Rerun | None:
    """Measure again what was chosen; None where nothing is to be measured at all."""
    if choice == "none":
        return None
    views = [each.view for each in checked]
    if choice == "all":
        others = [change.path_of(path) for path in change.contracts if path not in change.looked_at]
        views += read_views(change.project, others)[0]
        return rerun_contracts(views, jobs=jobs, progress=progress)
    reasons = {each.view.loaded.path: each.reasons for each in checked}

    def is_chosen(view: ContractView, name: str) -> bool:
        return name in reasons[view.loaded.path] and view.assessments[name].record is not None

    return rerun_contracts(views, chosen=is_chosen, jobs=jobs, progress=progress)
