"""Take tests back to NEW: the way for a status that is no longer believed, with its reason on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.errors import ExitCode, UsageError
from pvengine.graph.lint import suggest
from pvengine.ledger.files import remove_leftovers, replace_file
from pvengine.ledger.locking import hold_lock
from pvengine.ledger.transitions import find_reopenings
from pvengine.ledger.writing import diff_documents, write_transitions
from pvengine.models.report import Report, VersionEntry
from pvengine.models.vocabulary import Status
from pvengine.project.findings import list_diagnostics
from pvengine.project.plan import find_blocked
from pvengine.project.recording import check_writable
from pvengine.project.refusals import find_refusals, find_structural_refusals, find_tampering
from pvengine.project.reporting import count_tests, list_transitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.diagnostics import Diagnostic
    from pvengine.project.progress import Progress
    from pvengine.project.view import ContractView

__all__ = ["reopen_tests"]


def reopen_tests(  # noqa: PLR0913 - keyword-only, the options of the command
    view: ContractView,
    *,
    tests: Sequence[str],
    reason: str,
    dry_run: bool,
    wait_s: float,
    progress: Progress,
) -> Report:
    """Write NEW over the statuses of tests, and over what followed from them, in one amendment.

    Records stay, and count as attempts. What makes no sense is refused before anything is written.

    Raises
    ------
    UsageError
        No reason is given, a test is not in the contract or is NEW already, or a file cannot be written.
    """
    _check_reason(reason)
    if dry_run:
        return _reopen(view, tests, reason, dry_run=True)
    check_writable(view)
    with hold_lock(view.store.lock, wait_s=wait_s, say=progress.say):
        return _reopen(view.reload(), tests, reason, dry_run=False)


def _reopen(view: ContractView, tests: Sequence[str], reason: str, *, dry_run: bool) -> Report:
    _check_names(view, tests)
    refusals = (
        *find_structural_refusals(view),
        *find_refusals(view, tests, tests, is_recorded=True),
    )
    tampering = () if refusals else find_tampering(view)
    if refusals or tampering:
        return _refuse(view, refusals or tampering, ExitCode.INVALID if refusals else ExitCode.TAMPERED)
    loaded = view.loaded
    version = str(loaded.contract.metadata.version)
    transitions, after = find_reopenings(loaded.contract, loaded.indexes, view.assessments, tests)
    document, bumped = write_transitions(loaded.document, version, transitions, kind="reopen", reason=reason)
    if not dry_run:
        remove_leftovers(loaded.path.parent, loaded.path.name)
        replace_file(loaded.path, document.raw, expected=loaded.document.raw)
    return Report(
        command="reopen",
        contract=loaded.display_path,
        version=VersionEntry(from_=version, to=bumped),
        transitions=list_transitions(transitions),
        summary=count_tests(view, after, find_blocked(view, after)),
        diff=diff_documents(loaded.document, document),
        written=not dry_run,
    )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError(
            "the reason is empty",
            why="a status that evidence grounded is taken back for a reason, which the amendment keeps",
            fix="say in --reason what is no longer believed",
        )


def _check_names(view: ContractView, tests: Sequence[str]) -> None:
    known = list(view.loaded.tests)
    for name in tests:
        if name not in known:
            raise UsageError(
                f"{view.loaded.display_path} has no test {name!r}{suggest(name, known)}",
                why="--test takes the id of a test of the contract",
                fix=f"name one of: {', '.join(known) or 'none, the contract has no tests'}",
            )
        if view.assessments[name].word == Status.NEW.value:
            raise UsageError(
                f"{name} is NEW already",
                where=view.loaded.display_path,
                why="only a status can be taken back",
                fix="run `pv discharge` to measure it",
            )


def _refuse(view: ContractView, reasons: Sequence[Diagnostic], code: ExitCode) -> Report:
    shown = view.loaded.contract.metadata.version
    version = None if shown is None else str(shown)
    return Report(
        command="reopen",
        contract=view.loaded.display_path,
        version=VersionEntry(from_=version, to=version),
        summary=count_tests(view, view.assessments, find_blocked(view, view.assessments)),
        diagnostics=list_diagnostics(sorted(dict.fromkeys(reasons), key=lambda entry: entry.sort_key)),
        exit_code=code,
    )
