"""Run the tests that need it and record what they gave: evidence first, then one edit of the contract.

A crash between the two leaves evidence without a status, never a status without evidence.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from pvengine.errors import ChangedFileError, ExitCode, UsageError, choose_exit_code
from pvengine.graph.lint import suggest
from pvengine.ledger.files import replace_file
from pvengine.ledger.grounding import Assessment, Standing, status_of
from pvengine.ledger.records import digest_bytes, make_record, serialize_record
from pvengine.ledger.transitions import find_transitions
from pvengine.ledger.writing import diff_documents, write_transitions
from pvengine.models.evidence import ContractState
from pvengine.models.report import Report, Summary, VersionEntry
from pvengine.models.vocabulary import Outcome
from pvengine.project.measuring import Measured, Measuring, describe_trials
from pvengine.project.plan import find_blocked, make_plan
from pvengine.project.refusals import find_refusals, find_structural_refusals, find_tampering
from pvengine.project.reporting import count_tests, describe_error, list_diagnostics, list_transitions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pvengine.diagnostics import Diagnostic
    from pvengine.ledger.transitions import Transition
    from pvengine.project.plan import Plan
    from pvengine.project.progress import Progress
    from pvengine.project.view import ContractView

__all__ = ["discharge_contract", "run_contract"]


def discharge_contract(
    view: ContractView, *, tests: Collection[str], dry_run: bool, jobs: int | None, progress: Progress
) -> Report:
    """Measure what is new, self-declared, stale or named, and record it in one amendment."""
    session = _Session(view, "discharge", tests, everything=False, dry_run=dry_run)
    return session.run(jobs, progress)


def run_contract(
    view: ContractView, *, tests: Collection[str], jobs: int | None, progress: Progress
) -> Report:
    """Measure every bound test whose needs can be met, and record nothing."""
    return _Session(view, "run", tests, everything=True, dry_run=True).run(jobs, progress)


class _Session:
    """One run over one contract, from the plan to the report."""

    def __init__(
        self, view: ContractView, command: str, named: Collection[str], *, everything: bool, dry_run: bool
    ) -> None:
        self.view = view
        self.command = command
        self.named = tuple(named)
        self.everything = everything
        self.dry_run = dry_run
        self.after: dict[str, Assessment] = {}
        self.evidence: dict[str, str] = {}

    def run(self, jobs: int | None, progress: Progress) -> Report:
        """Refuse, or plan, measure, record and report."""
        structural = find_structural_refusals(self.view)
        if structural:
            return self._refuse(structural, ExitCode.INVALID)
        plan = self._plan()
        selected = [
            planned.id for planned in plan.tests if planned.state == "run" or planned.id in self.named
        ]
        refusals = find_refusals(self.view, selected)
        if refusals:
            return self._refuse(refusals, ExitCode.INVALID)
        tampering = find_tampering(self.view, selected)
        if tampering and self.command == "discharge":
            return self._refuse(tampering, ExitCode.TAMPERED)
        self.after = dict(self.view.assessments)
        measuring = Measuring(self.view, plan, progress)
        interrupted = False
        try:
            measuring.run(jobs or self._default_jobs(), self._accept)
        except KeyboardInterrupt:
            interrupted = True
        return self._finish(measuring, interrupted=interrupted)

    def _default_jobs(self) -> int:
        return self.view.configuration.jobs or os.cpu_count() or 1

    def _plan(self) -> Plan:
        unknown = [name for name in self.named if name not in self.view.loaded.tests]
        if unknown:
            known = list(self.view.loaded.tests)
            raise UsageError(
                f"{self.view.loaded.display_path} has no test {unknown[0]!r}{suggest(unknown[0], known)}",
                fix=f"name one of: {', '.join(known) or 'none, the contract has no tests'}",
            )
        return make_plan(
            self.view.loaded.tests,
            self.view.assessments,
            named=self.named,
            everything=self.everything,
            say_blocked=self.view.say_blocked,
        )

    def _accept(self, name: str, measured: Measured) -> bool:
        """Record a judged test; return whether the tests that depend on it may run."""
        outcome = measured.judgement.outcome
        if outcome is Outcome.INCONCLUSIVE:
            return False
        if self.command == "discharge":
            self._record(name, measured)
        return outcome is Outcome.SURVIVED

    def _record(self, name: str, measured: Measured) -> None:
        loaded, before = self.view.loaded, self.view.assessments[name]
        content = serialize_record(
            make_record(
                measured.run,
                measured.judgement,
                contract=ContractState(
                    id=loaded.id, version=str(loaded.contract.metadata.version), digest=loaded.digest
                ),
                test=name,
                claim=loaded.claims[name].data,
                claim_digest=loaded.claims[name].digest,
                started=measured.started,
                previous=before.head,
            )
        )
        digest = digest_bytes(content) if self.dry_run else self.view.store.add(name, content)
        self.evidence[name] = digest
        self.after[name] = replace(
            before,
            word=status_of(measured.judgement.outcome.value).value,
            standing=Standing.VERIFIED,
            reasons=(),
            verdicts=measured.judgement.verdicts,
            head=digest,
            count=before.count + 1,
        )

    def _finish(self, measuring: Measuring, *, interrupted: bool) -> Report:
        """Write the one edit and report; a contract that changed meanwhile is left as it is."""
        loaded = self.view.loaded
        codes = [*self._judge_exit(measuring), *([ExitCode.INTERRUPTED] if interrupted else [])]
        version = str(loaded.contract.metadata.version)
        document, bumped = loaded.document, version
        found = list_diagnostics([*self.view.diagnostics, *measuring.list_refused_params()])
        transitions: list[Transition] = []
        if self.command == "discharge":
            transitions = find_transitions(loaded.contract, loaded.indexes, self.view.assessments, self.after)
        if transitions:
            document, bumped = write_transitions(document, version, transitions, kind="discharge")
        written = bool(transitions) and not self.dry_run
        if written:
            try:
                replace_file(loaded.path, document.raw, expected=loaded.document.raw)
            except ChangedFileError as error:
                codes.append(ExitCode.CHANGED)
                found = (*found, describe_error(error))
                document, bumped, transitions, written = loaded.document, version, [], False
        return Report(
            command=self.command,
            contract=loaded.display_path,
            version=VersionEntry.model_validate({"from": version, "to": bumped}),
            transitions=list_transitions(transitions),
            trials=describe_trials(measuring, self.evidence),
            summary=self._count(measuring),
            diagnostics=found,
            diff=diff_documents(loaded.document, document),
            written=written,
            exit_code=choose_exit_code(codes),
        )

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

    def _count(self, measuring: Measuring) -> Summary:
        counted = count_tests(self.view, self.after, find_blocked(self.view, self.after))
        inconclusive = [
            name
            for name, measured in measuring.measured.items()
            if measured.judgement.outcome is Outcome.INCONCLUSIVE
        ]
        return counted.model_copy(update={"run": len(measuring.measured), "inconclusive": len(inconclusive)})

    def _refuse(self, reasons: Iterable[Diagnostic], code: ExitCode) -> Report:
        """Report why nothing was run; the other findings are reported beside it."""
        loaded = self.view.loaded
        version = loaded.contract.metadata.version
        shown = None if version is None else str(version)
        found = dict.fromkeys([*reasons, *self.view.diagnostics])
        return Report(
            command=self.command,
            contract=loaded.display_path,
            version=VersionEntry.model_validate({"from": shown, "to": shown}),
            summary=count_tests(
                self.view, self.view.assessments, find_blocked(self.view, self.view.assessments)
            ),
            diagnostics=list_diagnostics(sorted(found, key=lambda entry: entry.sort_key)),
            exit_code=code,
        )
