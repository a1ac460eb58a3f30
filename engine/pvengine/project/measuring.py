"""Measure the tests of a plan in worker processes and judge each as it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.errors import RegistrationError
from pvengine.ledger.amendments import read_clock
from pvengine.ledger.grounding import written_verdict
from pvengine.ledger.judge import Judgement, Judging
from pvengine.models.report import MeasurementEntry, PlantedFaultEntry, TrialEntry
from pvengine.models.trial import Failure
from pvengine.models.vocabulary import Outcome
from pvengine.numerics.canonical import derive_seed
from pvengine.project.searched import describe_search, say_replay
from pvengine.project.trying import try_test
from pvengine.runner.schedule import run_in_order
from pvengine.runner.supervisor import Supervisor
from pvengine.runner.trials import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.contract import FalsificationTest
    from pvengine.models.trial import ParamsRefusal, TestRun, TrialResult
    from pvengine.project.plan import Plan
    from pvengine.project.progress import Progress
    from pvengine.project.view import ContractView

__all__ = ["Measured", "Measuring", "describe_trials", "limits_of", "locate_refusals"]


@dataclass(frozen=True, slots=True)
class Measured:
    """All trials of one test, when they began, and what they mean; no ``run`` where none could start.

    ``adopted`` is the digest of the record that they were read from instead of being run.
    """

    run: TestRun | None
    judgement: Judgement
    started: str
    adopted: str | None = None

    @property
    def trials(self) -> tuple[TrialResult, ...]:
        """Every trial that is judged, in the order of running: the planted faults, then the subject.

        Where there is a search, the subject is there twice: searched briefly, and whole.
        """
        if self.run is None:
            return ()
        own = (self.run.baseline, self.run.subject)
        return (*self.run.faults, *(trial for trial in own if trial is not None))

    @property
    def replacements(self) -> tuple[TrialResult, ...]:
        """The trials in which something else stood in the subject's place, where there were any."""
        return self.run.replacements if self.run else ()

    @property
    def is_interrupted(self) -> bool:
        """Whether it was broken off, so that nothing about its test was learnt."""
        return any(trial.failure is Failure.INTERRUPTED for trial in (*self.trials, *self.replacements))


def limits_of(test: FalsificationTest, view: ContractView) -> Limits:
    """Return the limits of one trial: the test's own, else those of the configuration."""
    own, default = test.limits, view.configuration.limits
    return Limits(
        seconds=(own.seconds if own and own.seconds is not None else default.seconds),
        mebibytes=(own.mebibytes if own and own.mebibytes is not None else default.mebibytes),
    )


class Measuring:
    """The measuring of one plan; afterwards it holds what was measured and what stayed blocked.

    ``recall`` gives what an earlier run left on record for a test, which is then not measured.
    """

    def __init__(
        self,
        view: ContractView,
        plan: Plan,
        progress: Progress,
        *,
        recall: Callable[[str], Measured | None] = lambda _: None,
    ) -> None:
        self.view = view
        self._recall = recall
        self.plan = plan
        self.progress = progress
        self.measured: dict[str, Measured] = {}
        self.blocked: dict[str, str] = {
            planned.id: planned.reason or "" for planned in plan.tests if planned.state == "blocked"
        }

    def run(self, jobs: int, accept: Callable[[str, Measured], bool]) -> None:
        """Measure every test of the plan, each after those that it depends on.

        ``accept`` is called in this thread with each judged test, and says whether the tests that depend
        on it may run. KeyboardInterrupt ends the workers and passes through; what was judged stays.
        """
        self.progress.start(len(self.plan.to_run))
        try:
            with Supervisor() as supervisor:
                run_in_order(
                    self.plan.to_run,
                    self.plan.predecessors,
                    jobs=jobs,
                    work=lambda name: self._measure(supervisor, name),
                    decide=lambda name, measured: self._decide(name, measured, accept),
                    block=self._block,
                    interrupt=supervisor.close,
                    start=lambda name: self.progress.begin_test(name, self._falsifier_of(name)),
                )
        finally:
            self.progress.stop()

    def _falsifier_of(self, name: str) -> str:
        return self.view.loaded.tests[name].falsifier or ""

    def _decide(self, name: str, measured: Measured, accept: Callable[[str, Measured], bool]) -> bool:
        if measured.is_interrupted:
            return False
        self.measured[name] = measured
        may_follow = accept(name, measured)
        judgement = measured.judgement
        text = written_verdict(judgement.verdicts) if judgement.reason is None else judgement.reason
        said = f"adopted from {measured.adopted[:19]}" if measured.adopted else None
        self.progress.end_test(name, judgement.outcome.value, ", ".join(filter(None, (text, said))))
        return may_follow

    def _block(self, name: str, predecessors: tuple[str, ...]) -> None:
        other = predecessors[0]
        what = (
            f"is {self.measured[other].judgement.outcome.value} in this run"
            if other in self.measured
            else "is blocked"
        )
        self.blocked[name] = f"depends on {other}, which {what}"

    def _measure(self, supervisor: Supervisor, name: str) -> Measured:
        recalled = self._recall(name)
        if recalled is not None:
            return recalled
        test = self.view.loaded.tests[name]
        source = self.view.catalogue.find(test.falsifier or "")
        if source is None:
            msg = f"{name} was planned without its falsifier"
            raise LookupError(msg)
        started = read_clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            run, judgement = try_test(
                supervisor,
                source,
                dict(test.params or {}),
                Judging.of(test),
                seed=derive_seed(self.view.loaded.claims[name].digest),
                limits=limits_of(test, self.view),
                inputs=self.view.find_inputs(test),
                search=test.search,
            )
        except (RegistrationError, OSError) as error:
            return Measured(None, Judgement(Outcome.INCONCLUSIVE, _say_unstarted(error)), started)
        return Measured(run, judgement, started)

    def list_refused_params(self, loaded: LoadedContract) -> tuple[Diagnostic, ...]:
        """List what parameter models refused, at its place in the contract as it is loaded there."""
        refused = (
            (name, next((trial.refusals for trial in measured.trials if trial.refusals), ()))
            for name, measured in self.measured.items()
        )
        return tuple(found for name, refusals in refused for found in locate_refusals(loaded, name, refusals))


def locate_refusals(
    loaded: LoadedContract, name: str, refusals: Iterable[ParamsRefusal]
) -> Iterator[Diagnostic]:
    """Say where in a contract the params stand that the parameter model of a test refused."""
    for refusal in refusals:
        path = (*loaded.test_paths[name], "params", *refusal.path)
        place = loaded.document.place(path, key=refusal.at_key)
        yield get_rule("PV402").report(f"{name}: {refusal.message}", place)


def _say_unstarted(error: RegistrationError | OSError) -> str:
    """Say why no trial of a test could be started."""
    if isinstance(error, OSError):
        return f"no trial could be started: {error.strerror or error}"
    return f"{error.where}: {error.what}" if error.where else error.what


def describe_trials(measuring: Measuring, evidence: dict[str, str]) -> tuple[TrialEntry, ...]:
    """Describe every test that was looked at, in the order of the text, each with all keys."""
    entries = []
    for planned in measuring.plan.tests:
        measured = measuring.measured.get(planned.id)
        falsifier = measuring.view.loaded.tests[planned.id].falsifier
        if measured is not None:
            made = evidence.get(planned.id)
            entries.append(_describe_measured(measuring.view, planned.id, measured, made))
            continue
        blocked = measuring.blocked.get(planned.id)
        state = "blocked" if blocked else planned.state
        reason = blocked or planned.reason
        if state == "run":
            state, reason = "blocked", "the run was broken off before it ended"
        entries.append(
            TrialEntry(
                id=planned.id,
                state=state,
                outcome=None,
                reason=f"{state}: {reason}",
                verdict=None,
                falsifier=falsifier,
                measurements={},
                planted_faults=(),
                detail=None,
                evidence=None,
                duration_s=None,
            )
        )
    return tuple(entries)


def _describe_measured(view: ContractView, name: str, measured: Measured, evidence: str | None) -> TrialEntry:
    run, judgement, test = measured.run, measured.judgement, view.loaded.tests[name]
    subject = run.subject if run else None
    return TrialEntry(
        id=name,
        state="adopted" if measured.adopted else "run",
        outcome=judgement.outcome.value,
        reason=judgement.reason,
        verdict=written_verdict(judgement.verdicts),
        falsifier=test.falsifier,
        measurements={
            name: MeasurementEntry(**measured.model_dump())
            for name, measured in (subject.measurements if subject else {}).items()
        },
        planted_faults=tuple(
            PlantedFaultEntry(name=fault.name, noticed=fault.noticed, reason=fault.reason)
            for fault in judgement.faults
        ),
        detail=next((trial.detail for trial in reversed(measured.trials) if trial.detail), None),
        evidence=evidence,
        duration_s=sum(trial.duration_s for trial in (*measured.trials, *measured.replacements)),
        search=describe_search(
            test.search,
            Judging.of(test),
            judgement,
            subject,
            replay=say_replay(view.loaded.display_path, name, evidence) if evidence else None,
        ),
    )
