"""Measure again what records say, and compare: planted faults first, then the subject; nothing is written.

What is reproduced is the newest record of a test: its claim, its params, its seed. So a test whose claim was
edited since is reproduced as it was. One whose code or inputs are others now is measured with these, and is
marked; its numbers fail nothing, because they are not like with like.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pvengine.errors import ExitCode, NothingToCheckError, RegistrationError, UsageError
from pvengine.graph.lint import suggest
from pvengine.ledger.grounding import Standing, written_verdict
from pvengine.ledger.judge import Judgement, Judging
from pvengine.models.contract import FalsificationTest
from pvengine.models.report import PlantedFaultEntry, RerunEntry, RerunSummary
from pvengine.models.trial import Failure
from pvengine.models.vocabulary import Outcome
from pvengine.project.measuring import limits_of
from pvengine.project.reproduction import compare_measurements, list_environment_changes
from pvengine.project.third_party import list_package_changes
from pvengine.project.trying import try_test
from pvengine.runner.schedule import run_in_order
from pvengine.runner.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from pvengine.models.evidence import EvidenceRecord, Predicate
    from pvengine.models.report import ComparedEntry
    from pvengine.models.trial import TestRun, TrialResult
    from pvengine.project.progress import Progress
    from pvengine.project.view import ContractView

__all__ = ["Rerun", "count_reruns", "iter_rerun_codes", "iter_unlike", "rerun_contracts", "say_nothing_rerun"]

_BROKEN_OFF = "the run was broken off before it ended"


@dataclass(frozen=True, slots=True)
class Rerun:
    """What measuring again gave, and whether it was broken off."""

    entries: tuple[RerunEntry, ...]
    recorded: int
    is_interrupted: bool


@dataclass(frozen=True, slots=True)
class _Job:
    """One record to reproduce, with the test as its claim states it."""

    view: ContractView
    name: str
    record: EvidenceRecord
    claimed: FalsificationTest

    @property
    def facts(self) -> Predicate:
        return self.record.predicate


@dataclass(frozen=True, slots=True)
class _Done:
    run: TestRun | None
    judgement: Judgement

    @property
    def trials(self) -> tuple[TrialResult, ...]:
        if self.run is None:
            return ()
        return (*self.run.faults, *([self.run.subject] if self.run.subject else []))

    @property
    def is_interrupted(self) -> bool:
        replacements = self.run.replacements if self.run else ()
        return any(trial.failure is Failure.INTERRUPTED for trial in (*self.trials, *replacements))


def rerun_contracts(
    views: Sequence[ContractView],
    *,
    tests: Collection[str] = (),
    chosen: Callable[[ContractView, str], bool] | None = None,
    jobs: int,
    progress: Progress,
) -> Rerun:
    """Measure again every test that has a record, or those that are named or chosen, and compare.

    Raises
    ------
    UsageError
        No contract has a test of some name.
    """
    _check_names(views, tests)
    session = _Session(views, tests, chosen)
    return session.run(jobs, progress)


def _check_names(views: Sequence[ContractView], tests: Collection[str]) -> None:
    known = [name for view in views for name in view.loaded.tests]
    unknown = [name for name in tests if name not in known]
    if unknown:
        raise UsageError(
            f"no contract that is verified has a test {unknown[0]!r}{suggest(unknown[0], known)}",
            why="--test takes the id of a test",
            fix="run `pv status`, which lists the tests",
        )


class _Session:
    """The measuring of all records, and the entries of the report in the order of the text."""

    def __init__(
        self,
        views: Sequence[ContractView],
        named: Collection[str],
        chosen: Callable[[ContractView, str], bool] | None,
    ) -> None:
        self.jobs: dict[str, _Job] = {}
        self.entries: dict[str, RerunEntry] = {}
        self.recorded = 0
        self.is_interrupted = False
        for number, view in enumerate(views):
            for name in view.loaded.tests:
                if (name in named) if named else (chosen is None or chosen(view, name)):
                    self._select(f"{number} {name}", view, name, is_named=name in named)

    def _select(self, key: str, view: ContractView, name: str, *, is_named: bool) -> None:
        """Plan one test: what can be measured becomes a job, what cannot an entry that says why."""
        test, assessment = view.loaded.tests[name], view.assessments[name]
        record = assessment.record
        if record is None:
            if test.is_bound or is_named or assessment.standing in (Standing.TAMPERED, Standing.MISSING):
                reason = _say_unrecorded(view, name)
                self.entries[key] = _describe_unrun(view, name, reason)
            return
        self.recorded += 1
        claim = {each: value for each, value in record.predicate.claim.items() if each != "statements"}
        claimed = FalsificationTest.model_validate(claim)
        blocked = view.say_blocked(claimed)
        self.entries[key] = _describe_unrun(view, name, blocked or _BROKEN_OFF)
        if blocked is None:
            self.jobs[key] = _Job(view, name, record, claimed)

    def run(self, jobs: int, progress: Progress) -> Rerun:
        """Measure; Ctrl-C ends the workers, and what was measured before is kept."""
        progress.start(len(self.jobs))
        try:
            with Supervisor() as supervisor:
                run_in_order(
                    tuple(self.jobs),
                    {},
                    jobs=jobs,
                    work=lambda key: _measure(supervisor, self.jobs[key]),
                    decide=lambda key, done: self._decide(key, done, progress),
                    block=lambda _key, _predecessors: None,
                    interrupt=supervisor.close,
                    start=lambda key: progress.begin_test(
                        self.jobs[key].name, self.jobs[key].facts.falsifier
                    ),
                )
        except KeyboardInterrupt:
            self.is_interrupted = True
        finally:
            progress.stop()
        return Rerun(tuple(self.entries.values()), self.recorded, self.is_interrupted)

    def _decide(self, key: str, done: _Done, progress: Progress) -> bool:
        if not done.is_interrupted:
            job = self.jobs[key]
            entry = _describe(job, done)
            self.entries[key] = entry
            progress.end_test(job.name, entry.state, entry.reason or "")
        return True


def _say_unrecorded(view: ContractView, name: str) -> str:
    assessment = view.assessments[name]
    if assessment.standing in (Standing.TAMPERED, Standing.MISSING):
        return f"its evidence is {assessment.standing.value}: there is nothing to compare with"
    return "it has no record that could be reproduced"


def _describe_unrun(view: ContractView, name: str, reason: str) -> RerunEntry:
    assessment = view.assessments[name]
    return RerunEntry(
        contract=view.loaded.display_path,
        id=name,
        state="not run",
        reason=reason,
        evidence=assessment.head,
        stored_outcome=assessment.record.predicate.outcome if assessment.record else None,
        outcome=None,
        stored_verdict=written_verdict(assessment.verdicts),
        verdict=None,
        unlike=(),
        environment=(),
        measurements={},
        planted_faults=(),
        detail=None,
        duration_s=None,
    )


def _measure(supervisor: Supervisor, job: _Job) -> _Done:
    """Run all trials of a record's claim, with the record's params and seed, and judge them by that claim."""
    source = job.view.catalogue.find(job.facts.falsifier)
    if source is None:
        msg = f"{job.name} was planned without its falsifier"
        raise LookupError(msg)
    try:
        run, judgement = try_test(
            supervisor,
            source,
            job.facts.params,
            Judging.of(job.claimed),
            seed=job.facts.seed,
            limits=limits_of(job.view.loaded.tests[job.name], job.view),
            inputs=job.view.find_inputs(job.claimed),
            search=job.claimed.search,
        )
    except (RegistrationError, OSError) as error:
        return _Done(None, Judgement(Outcome.INCONCLUSIVE, f"no trial could be started: {error}"))
    return _Done(run, judgement)


def _describe(job: _Job, done: _Done) -> RerunEntry:
    """Describe what was measured beside what the record has."""
    judgement = done.judgement
    entry = replace(
        _describe_unrun(job.view, job.name, ""),
        outcome=judgement.outcome.value,
        verdict=written_verdict(judgement.verdicts),
        planted_faults=tuple(
            PlantedFaultEntry(name=fault.name, noticed=fault.noticed, reason=fault.reason)
            for fault in judgement.faults
        ),
    )
    if done.run is not None:
        entry = _compare(entry, job, done.run)
    if judgement.outcome is Outcome.INCONCLUSIVE:
        details = [trial.detail for trial in reversed(done.trials) if trial.detail]
        detail = details[0] if details else None
        return replace(entry, state="inconclusive", reason=judgement.reason, detail=detail)
    reason = "; ".join(_iter_differences(entry, judgement, job.facts)) or None
    return replace(entry, state="differs" if reason else "reproduced", reason=reason)


def _compare(entry: RerunEntry, job: _Job, run: TestRun) -> RerunEntry:
    """Compare environment, code, inputs and numbers with those of the record."""
    subject, facts = run.subject, job.facts
    if subject is None or not subject.is_measured or subject.environment is None:
        return entry
    packages = (change.text for change in list_package_changes(job.view.workshop, facts))
    changes = (*list_environment_changes(facts.environment, subject.environment), *packages)
    changes = tuple(dict.fromkeys(changes))  # NumPy is in both
    return replace(
        entry,
        unlike=tuple(iter_unlike(facts, run)),
        environment=changes,
        measurements=compare_measurements(
            facts.measurements,
            subject.measurements,
            declared=job.claimed.reproduce.relative if job.claimed.reproduce else None,
            is_same_environment=not changes,
        ),
        duration_s=subject.duration_s + sum(fault.duration_s for fault in run.faults),
    )


def iter_unlike(facts: Predicate, run: TestRun) -> Iterator[str]:
    """Iterate over the code and the inputs of a run that are other than the record's."""
    if run.source_digest != facts.source_digest:
        yield f"the code of falsifier {facts.falsifier!r} is other than the record's"
    found = {file.model: file.sha256 for file in run.inputs}
    for pinned in facts.inputs:
        now = found.get(pinned.model, "none")
        if now != pinned.sha256:
            yield f"the model {pinned.model} has SHA-256 {now[:12]}, the record's has {pinned.sha256[:12]}"


def _iter_differences(entry: RerunEntry, judgement: Judgement, facts: Predicate) -> Iterator[str]:
    """Iterate over what is not as the record has it: outcome, verdict, planted faults, numbers."""
    if entry.outcome != entry.stored_outcome:
        why = f" ({judgement.reason})" if judgement.reason else ""
        now, then = _say_outcome(entry.outcome), _say_outcome(entry.stored_outcome)
        yield f"it {now} now{why}, and {then} in its record"
    if entry.verdict != entry.stored_verdict:
        yield f"the verdict is {entry.verdict} now, and {entry.stored_verdict} in its record"
    planted, recorded = ([one.name for one in faults] for faults in (judgement.faults, facts.planted_faults))
    if planted != recorded:
        yield f"the planted faults are {', '.join(planted)} now, and {', '.join(recorded)} in its record"
    far = [name for name, compared in entry.measurements.items() if not compared.within]
    if far:
        yield f"not reproduced: {', '.join(_name_miss(name, entry.measurements[name]) for name in far)}"


def _say_outcome(outcome: str | None) -> str:
    return "survives" if outcome == Outcome.SURVIVED.value else "is falsified"


def _name_miss(name: str, compared: ComparedEntry) -> str:
    return f"{name} ({compared.reason})" if compared.reason else name


def count_reruns(rerun: Rerun) -> RerunSummary:
    """Count what came of measuring again."""
    entries = rerun.entries
    states = [entry.state for entry in entries]
    return RerunSummary(
        recorded=rerun.recorded,
        run=len(states) - states.count("not run"),
        reproduced=states.count("reproduced"),
        differing=states.count("differs"),
        inconclusive=states.count("inconclusive"),
        same_bits=sum(
            entry.state == "reproduced" and all(each.same_bits for each in entry.measurements.values())
            for entry in entries
        ),
        unlike=sum(bool(entry.unlike) for entry in entries),
        not_run=states.count("not run"),
    )


def iter_rerun_codes(rerun: Rerun, named: Collection[str]) -> Iterator[ExitCode]:
    """Iterate over the exit codes: a claim that is falsified now is a result, all else is inconclusive.

    Two measurements of one claim that disagree decide nothing, so a record that is not reproduced is 12, as a
    trial is that decides nothing. Numbers of other code or inputs are no reproduction and give no code; the
    test is stale, which is 11.
    """
    if rerun.is_interrupted:
        yield ExitCode.INTERRUPTED
    for entry in rerun.entries:
        is_falsified = entry.outcome == Outcome.FALSIFIED.value
        if entry.state == "not run" and entry.id in named:
            yield ExitCode.GATE
        elif entry.state == "inconclusive":
            yield ExitCode.INCONCLUSIVE
        elif entry.state == "differs" and is_falsified and entry.stored_outcome != entry.outcome:
            yield ExitCode.FALSIFIED
        elif entry.state == "differs" and not entry.unlike:
            yield ExitCode.INCONCLUSIVE


def say_nothing_rerun(where: str) -> NothingToCheckError:
    """Return the error for a rerun that measured nothing, which is no success."""
    return NothingToCheckError(
        "no record could be measured again",
        where=where,
        why="zero checked is never green",
        fix="run `pv discharge`, which makes records, or bring what the tests need",
    )
