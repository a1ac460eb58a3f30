"""Run the tests of a contract that need it, and report what they gave; `recording` keeps it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pvengine.errors import ExitCode, NothingToCheckError, PvError, UsageError, choose_exit_code
from pvengine.graph.lint import suggest
from pvengine.ledger.amendments import read_clock
from pvengine.ledger.locking import hold_lock
from pvengine.loading.contract_file import load_contract
from pvengine.models.report import Report, Summary, VersionEntry
from pvengine.models.vocabulary import Outcome
from pvengine.project.cores import count_cores
from pvengine.project.findings import describe_error, list_diagnostics
from pvengine.project.measuring import Measured, Measuring, describe_trials
from pvengine.project.plan import find_blocked, make_plan
from pvengine.project.recording import Recorder, Recording, check_writable
from pvengine.project.refusals import (
    find_refusals,
    find_structural_refusals,
    find_tampering,
    list_invalid_tests,
)
from pvengine.project.reporting import count_tests, list_transitions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pvengine.diagnostics import Diagnostic
    from pvengine.ledger.keys import PrivateKey
    from pvengine.project.plan import Plan
    from pvengine.project.progress import Progress
    from pvengine.project.view import ContractView

__all__ = ["WAIT_S", "discharge_contract", "run_contract"]

WAIT_S = 600.0
"""Seconds to wait for another discharge of a contract, where nothing else is said."""


def discharge_contract(  # noqa: PLR0913 - keyword-only, the options of the command
    view: ContractView,
    *,
    tests: Collection[str],
    dry_run: bool,
    jobs: int | None,
    progress: Progress,
    wait_s: float,
    key: PrivateKey | None = None,
) -> Report:
    """Measure what is new, self-declared, stale or named, and record it in one amendment.

    With a key every record that the amendment links is signed. Another discharge of the contract is waited
    for, ``wait_s`` seconds at most; this one then starts from what the other wrote.
    """
    session = _Session(view, "discharge", tests, dry_run=dry_run, key=key)
    prepared = session.prepare()
    if isinstance(prepared, Report):
        return prepared
    if dry_run or not (prepared.to_run or session.recorder.find_transitions()):
        return session.measure(prepared, jobs, progress)
    check_writable(view)
    with hold_lock(view.store.lock, wait_s=wait_s, say=progress.say):
        if not view.is_current:
            session = _Session(view.reload(), "discharge", tests, dry_run=dry_run, key=key)
            prepared = session.prepare()
            if isinstance(prepared, Report):
                return prepared
        session.recorder.remove_leftovers()
        return session.measure(prepared, jobs, progress)


def run_contract(
    view: ContractView, *, tests: Collection[str], jobs: int | None, progress: Progress
) -> Report:
    """Measure every bound test whose needs can be met, and record nothing."""
    session = _Session(view, "run", tests, dry_run=True)
    prepared = session.prepare()
    return prepared if isinstance(prepared, Report) else session.measure(prepared, jobs, progress)


class _Session:
    """One run over one contract, from the plan to the report."""

    def __init__(
        self,
        view: ContractView,
        command: str,
        named: Collection[str],
        *,
        dry_run: bool,
        key: PrivateKey | None = None,
    ) -> None:
        self.view = view
        self.command = command
        self.named = tuple(named)
        self.is_recorded = command == "discharge"
        self.dry_run = dry_run
        self.recorder = Recorder(view, dry_run=dry_run, key=key)

    def prepare(self) -> Plan | Report:
        """Plan the run, or report why it is refused."""
        structural = find_structural_refusals(self.view)
        if structural:
            return self._refuse(structural, ExitCode.INVALID)
        self._check_names()
        plan = self._plan()
        selected = [
            planned.id
            for planned in plan.tests
            if planned.state in {"run", "blocked"} or planned.id in self.named
        ]
        refusals = find_refusals(self.view, selected, self.named, is_recorded=self.is_recorded)
        if refusals:
            return self._refuse(refusals, ExitCode.INVALID)
        tampering = find_tampering(self.view) if self.is_recorded else ()
        if tampering:
            return self._refuse(tampering, ExitCode.TAMPERED)
        read_clock()  # a clock that is set to nonsense is noticed before any test takes its time
        if self.is_recorded:
            self.recorder.rehearse(plan.to_run)
        return plan

    def measure(self, plan: Plan, jobs: int | None, progress: Progress) -> Report:
        """Measure, record and report; what was recorded before an interrupt or a full disk is kept."""
        recall = self.recorder.recall if self.is_recorded else lambda _: None
        measuring = Measuring(self.view, plan, progress, recall=recall)
        codes: list[ExitCode] = []
        problems: list[PvError] = []
        try:
            measuring.run(jobs or self.view.configuration.jobs or count_cores(), self._accept)
        except KeyboardInterrupt:
            codes.append(ExitCode.INTERRUPTED)
        except UsageError as error:
            problems.append(error)
        version = self.view.loaded.contract.metadata.version
        recording = self.recorder.write() if self.is_recorded else Recording(_show_version(version))
        codes += self._judge_exit(measuring)
        if ExitCode.NOTHING in codes:
            problems.append(self._say_nothing())
        if recording.problem is not None:
            problems.append(recording.problem)
        return self._report(measuring, recording, codes, problems)

    def _check_names(self) -> None:
        """Raise UsageError for a name that the contract has nowhere, not even for an invalid test."""
        known = [*self.view.loaded.tests, *(test.id for test in list_invalid_tests(self.view) if test.id)]
        unknown = [name for name in self.named if name not in known]
        if unknown:
            raise UsageError(
                f"{self.view.loaded.display_path} has no test {unknown[0]!r}{suggest(unknown[0], known)}",
                why="--test takes the id of a test of the contract",
                fix=f"name one of: {', '.join(known) or 'none, the contract has no tests'}",
            )

    def _plan(self) -> Plan:
        return make_plan(
            self.view.loaded.tests,
            self.view.assessments,
            named=self.named,
            everything=not self.is_recorded,
            say_blocked=self.view.say_blocked,
        )

    def _accept(self, name: str, measured: Measured) -> bool:
        """Record a judged test; return whether the tests that depend on it may run."""
        outcome = measured.judgement.outcome
        if outcome is Outcome.INCONCLUSIVE:
            return False
        if self.is_recorded:
            self.recorder.add(name, measured)
        return outcome is Outcome.SURVIVED

    def _judge_exit(self, measuring: Measuring) -> Iterator[ExitCode]:
        outcomes = {measured.judgement.outcome for measured in measuring.measured.values()}
        if Outcome.FALSIFIED in outcomes:
            yield ExitCode.FALSIFIED
        if Outcome.INCONCLUSIVE in outcomes:
            yield ExitCode.INCONCLUSIVE
        if any(name in measuring.blocked for name in self.named):
            yield ExitCode.GATE
        considered = [self.view.loaded.tests[planned.id] for planned in measuring.plan.tests]
        if not any(test.is_bound for test in considered) and not (self.named and measuring.blocked):
            yield ExitCode.NOTHING

    def _say_nothing(self) -> NothingToCheckError:
        which = "no test that --test names" if self.named else "no test of the contract"
        return NothingToCheckError(
            f"{which} names a falsifier: nothing was measured",
            where=self.view.loaded.display_path,
            why="zero checked is never green",
            fix="bind a test with `falsifier: NAME`; `pv falsifiers` lists the names",
        )

    def _report(
        self,
        measuring: Measuring,
        recording: Recording,
        codes: Iterable[ExitCode],
        problems: Iterable[PvError],
    ) -> Report:
        found = list_diagnostics(self._list_findings(measuring, recording))
        written_from = _show_version(self.view.loaded.contract.metadata.version)
        return Report(
            command=self.command,
            contract=self.view.loaded.display_path,
            version=VersionEntry(from_=written_from, to=recording.version),
            transitions=list_transitions(recording.transitions),
            trials=describe_trials(measuring, self.recorder.evidence),
            summary=self._count(measuring, recording),
            diagnostics=(*found, *map(describe_error, problems)),
            diff=recording.diff,
            written=recording.is_written,
            signatures=tuple(self.recorder.signatures),
            exit_code=choose_exit_code([*codes, *(problem.exit_code for problem in problems)]),
        )

    def _list_findings(self, measuring: Measuring, recording: Recording) -> list[Diagnostic]:
        """List what is wrong with the contract, at the lines that it has now."""
        view = self.view
        if recording.is_written and recording.document is not None:
            path, raw = view.loaded.path, recording.document.raw
            view = replace(view, loaded=load_contract(path, view.loaded.display_path, raw))
        refused = measuring.list_refused_params(view.loaded)
        return _sort([*view.diagnostics, *view.falsifier_diagnostics, *refused])

    def _count(self, measuring: Measuring, recording: Recording) -> Summary:
        """Count where the tests stand now; evidence that no status follows from grounds nothing."""
        is_lost = recording.problem is not None and not recording.is_written
        after = self.view.assessments if is_lost else self.recorder.after
        counted = count_tests(self.view, after, find_blocked(self.view, after))
        inconclusive = [
            name
            for name, measured in measuring.measured.items()
            if measured.judgement.outcome is Outcome.INCONCLUSIVE
        ]
        adopted = sum(measured.adopted is not None for measured in measuring.measured.values())
        return replace(
            counted,
            run=len(measuring.measured) - adopted,
            adopted=adopted,
            inconclusive=len(inconclusive),
        )

    def _refuse(self, reasons: Collection[Diagnostic], code: ExitCode) -> Report:
        """Report why nothing was run; the other findings are reported beside it."""
        loaded = self.view.loaded
        shown = _show_version(loaded.contract.metadata.version)
        said = {(reason.code, reason.place) for reason in reasons}
        findings = (*self.view.diagnostics, *self.view.falsifier_diagnostics)
        others = [found for found in findings if (found.code, found.place) not in said]
        return Report(
            command=self.command,
            contract=loaded.display_path,
            version=VersionEntry(from_=shown, to=shown),
            summary=count_tests(
                self.view, self.view.assessments, find_blocked(self.view, self.view.assessments)
            ),
            diagnostics=list_diagnostics(_sort([*reasons, *others])),
            exit_code=code,
        )


def _show_version(version: object) -> str | None:
    return None if version is None else str(version)


def _sort(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort findings by place, each once."""
    return sorted(dict.fromkeys(found), key=lambda entry: entry.sort_key)
