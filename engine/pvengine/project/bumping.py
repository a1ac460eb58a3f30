"""Record a person's edit: the version that follows, in an amendment of kind ``edit`` (``pv bump``)."""

from __future__ import annotations

import functools
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pvengine.comparing.next_version import Decision, NextVersion, choose_version, suggest_next_version
from pvengine.comparing.versions import compare_versions
from pvengine.diagnostics import Severity, get_rule
from pvengine.errors import ExitCode, UsageError
from pvengine.ledger.amendments import iter_drift
from pvengine.ledger.files import remove_leftovers, replace_file
from pvengine.ledger.grounding import Standing
from pvengine.ledger.locking import hold_lock
from pvengine.ledger.merging import HistoryError, find_new_amendments
from pvengine.ledger.staleness import StaleKind
from pvengine.ledger.writing import compose_edits, diff_documents
from pvengine.loading.contract_file import load_contract
from pvengine.loading.lint import is_semver
from pvengine.models.report import Report, VersionEntry
from pvengine.models.vocabulary import AmendmentKind
from pvengine.project.base_version import load_base_version
from pvengine.project.compared import compare_with_evidence
from pvengine.project.diffing import report_comparison
from pvengine.project.findings import list_diagnostics
from pvengine.project.plan import find_blocked
from pvengine.project.recording import check_writable
from pvengine.project.refusals import find_refusals, find_structural_refusals
from pvengine.project.reporting import count_tests
from pvengine.project.typed_words import iter_typed_words
from pvengine.yamldoc.applying import apply_edits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pvengine.comparing.change import Comparison
    from pvengine.diagnostics import Diagnostic
    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.comparison import ComparisonReport
    from pvengine.project.progress import Progress
    from pvengine.project.view import ContractView
    from pvengine.yamldoc import Document

__all__ = ["RecordedEdit", "bump_contract"]

_OF_EDITS = frozenset({StaleKind.CLAIM, StaleKind.FALSIFIER, StaleKind.CONTRACT})
"""What an edit of a contract makes evidence stale by."""
_VERSION = ("metadata", "version")


@dataclass(frozen=True, slots=True)
class RecordedEdit:
    """What recording an edit came to.

    Attributes
    ----------
    report
        The versions, the diff, and whether it was written; the diff is empty where nothing is to be recorded.
    comparison
        Every change since the base.
    base
        The commit that the contract was compared with, as it was named.
    """

    report: Report
    comparison: ComparisonReport
    base: str


def bump_contract(  # noqa: PLR0913 - keyword-only, the options of the command
    view: ContractView,
    *,
    base: str,
    reason: str | None,
    dry_run: bool,
    wait_s: float,
    progress: Progress,
) -> RecordedEdit:
    """Write the version that follows from the changes since a commit, with one amendment.

    Raises
    ------
    UsageError
        The reason is empty, the commit or the contract in it cannot be read, or a file cannot be written.
    ContractError
        What the commit has is no contract.
    """
    _check_reason(reason)
    edit = _Edit(view, load_base_version(view.loaded.path, base), base, reason)
    if dry_run or edit.document is None:
        return edit.report(is_written=False)
    check_writable(view)
    with hold_lock(view.store.lock, wait_s=wait_s, say=progress.say):
        edit = replace(edit, view=view.reload())
        if edit.document is None:
            return edit.report(is_written=False)
        edit.write(edit.document)
        return edit.report(is_written=True)


def _check_reason(reason: str | None) -> None:
    if reason is not None and not reason.strip():
        raise UsageError(
            "the reason is empty",
            why="with --reason the amendment says why the contract was edited",
            fix="say it in --reason, or leave the option out",
        )


@dataclass(frozen=True)
class _Edit:
    """One edit of one contract: what changed since the base, and what is to be written."""

    view: ContractView
    before: LoadedContract
    base: str
    reason: str | None

    @functools.cached_property
    def comparison(self) -> Comparison:
        """Every change since the base."""
        return compare_with_evidence(self.before, self.view.loaded)

    @property
    def version(self) -> str | None:
        """The version that stands in the contract."""
        version = self.view.loaded.contract.metadata.version
        return None if version is None else str(version)

    @property
    def last(self) -> str | None:
        """The version of the last amendment."""
        amendments = self.view.loaded.contract.amendments
        return amendments[-1].version if amendments else None

    @functools.cached_property
    def next(self) -> NextVersion:
        """What becomes of the edit, where nothing else refuses it; the end of a test is always recorded."""
        contract = self.view.loaded.contract
        insists = self.reason is not None or any(found.code == "PV608" for found in iter_drift(contract))
        return choose_version(self.comparison, str(self.version), self.last, insists=insists)

    @functools.cached_property
    def refusals(self) -> tuple[ExitCode, tuple[Diagnostic, ...]]:
        """Why nothing can be recorded, with the exit code; clean where nothing speaks against it."""
        view = self.view
        invalid = (*find_structural_refusals(view), *find_refusals(view, (), (), is_recorded=True))
        if invalid:
            return ExitCode.INVALID, tuple(map(self._name_version, invalid))
        broken = (*view.chain_diagnostics, *self._iter_lost())
        if broken:
            return ExitCode.TAMPERED, broken
        wrong = tuple(self._iter_wrong_versions())
        return (ExitCode.INVALID if wrong else ExitCode.CLEAN), wrong

    def _name_version(self, found: Diagnostic) -> Diagnostic:
        """Name the version to write where there is none that can be raised, and the base has one."""
        if found.code != "PV205":
            return found
        wanted = suggest_next_version(self.comparison, self.last if is_semver(self.last) else None)
        if wanted is None:
            return found
        return replace(found, fix=f"write `version: {wanted}` under metadata")

    def _iter_lost(self) -> Iterator[Diagnostic]:
        """Report an amendment of the base that the contract has not any more."""
        entries = self.before.data.get("amendments")
        if len(self.before.contract.amendments or ()) != len(entries if isinstance(entries, list) else ()):
            return  # those of the base cannot be read: nothing can be known again
        try:
            find_new_amendments(entries or (), self.view.loaded.data.get("amendments") or ())
        except HistoryError as error:
            yield get_rule("PV604").report(
                f"{error.what}; {self.base} has it",
                self.view.loaded.document.place(("amendments",), key=True),
                fix=f"restore the amendments from version control, or merge {self.base} if it moved on",
            )

    def _iter_wrong_versions(self) -> Iterator[Diagnostic]:
        present, wanted, fix = self.version, self.next.version, f"write `version: {self.next.version}`"
        if self.next.decision is Decision.TOO_LOW:
            what = f"version {present} is below {self._say_highest()}"
            why = "a version only ever rises"
        elif self.next.decision is Decision.UNEARNED:
            what = f"version {present} was written by hand, and people changed nothing else since {self.base}"
            why = "an amendment records a change, and a version alone is none"
            if wanted == present:
                fix = "name the commit before the edit that it was raised for with --base"
        else:
            return
        place = self.view.loaded.document.place(_VERSION)
        found = get_rule("PV607").report(what, place, fix=fix)
        yield replace(found, why=why, severity=Severity.ERROR)

    def _say_highest(self) -> str:
        """Say what the version is below: that of the last amendment, or that of the base."""
        is_below_last = compare_versions(self.last, self.version).problem == "lower"
        before = self.comparison.version.before
        return f"{self.last} of the last amendment" if is_below_last else f"{before} of {self.base}"

    @functools.cached_property
    def document(self) -> Document | None:
        """The contract with the amendment; None where nothing is to be recorded."""
        if self.refusals[1] or self.next.decision is not Decision.RECORDED:
            return None
        before, kind = self.view.loaded.document, AmendmentKind.EDIT.value
        return apply_edits(
            before, compose_edits(before, self.next.version, (), kind=kind, reason=self.reason)
        )

    def write(self, document: Document) -> None:
        """Put the contract with the amendment in the place of the one that was read."""
        path = self.view.loaded.path
        remove_leftovers(path.parent, path.name)
        replace_file(path, document.raw, expected=self.view.loaded.document.raw)

    def report(self, *, is_written: bool) -> RecordedEdit:
        """Report what was or would be written, or why nothing is."""
        view, document = self.view, self.document
        code, found = self.refusals
        if is_written and document is not None:  # what is found stands at the lines that it has now
            path, shown = view.loaded.path, view.loaded.display_path
            view = replace(view, loaded=load_contract(path, shown, document.raw))
        if not found:
            found = (*self._iter_stale(view), *iter_typed_words(view, self.before))
        report = Report(
            command="bump",
            contract=view.loaded.display_path,
            version=VersionEntry(
                from_=self.version, to=self.version if document is None else self.next.version
            ),
            summary=count_tests(view, view.assessments, find_blocked(view, view.assessments)),
            diagnostics=list_diagnostics(_sort(found)),
            diff="" if document is None else diff_documents(self.view.loaded.document, document),
            written=is_written,
            exit_code=code,
        )
        compared = report_comparison(self.before, self.view.loaded, self.comparison)
        return RecordedEdit(report, compared, self.base)

    def _iter_stale(self, view: ContractView) -> Iterator[Diagnostic]:
        """Name the tests whose evidence speaks of the contract before an edit, in one note."""
        names = [
            name
            for name, state in view.assessments.items()
            if state.standing is Standing.STALE and any(reason.kind in _OF_EDITS for reason in state.stale)
        ]
        if names and self.comparison.of_people:
            path = view.loaded.display_path
            verb = "is" if len(names) == 1 else "are"
            found = get_rule("PV606").report(
                f"{', '.join(names)} {verb} stale: the evidence speaks of the contract before the edit",
                path,
                fix=f"run `pv discharge {shlex.quote(path)}`",
            )
            yield replace(found, severity=Severity.NOTE)


def _sort(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort findings by place, each once."""
    return sorted(dict.fromkeys(found), key=lambda entry: entry.sort_key)
