"""Judge the trials of a test by its claim. Pure: the same claim and measurements give the same answer.

The order of the questions matters, and every doubt fails closed:

1. The claim can judge at all: it has a condition or a decision, every decision names its hypothesis, and
   its bands give every finite number exactly one verdict. The subject's trial ended, and every metric that
   the claim names is there and finite. Otherwise the test is inconclusive.
2. Every planted fault is noticed; otherwise the test is inconclusive with *no teeth*, whatever the subject
   gave.
3. Something told the subject from what took its place, see `ledger.vacuity`; otherwise the test is
   inconclusive as *vacuous*. That is asked where the subject was replaced, which is done where no planted
   fault answers it.
4. The metric of a search varies over its domain; otherwise the test is inconclusive as *vacuous over the
   domain*.
5. Every accept condition holds: the test survived. One does not: it is falsified.

A search is judged at its worst point, and its conditions wherever it measured, see `ledger.searches`. A fault
is looked at more briefly, so it is compared with the subject after an equally brief search.

A fault is noticed when its own trial breaks an accept condition, or gives a finite verdict other than the
subject's, or makes a metric that the claim names non-finite. A crash, a time-out or a missing metric under
a fault is no notice: it would happen to any broken harness.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pvengine.ledger.conditions import Check, refuse_metric
from pvengine.ledger.searches import check_everywhere, refuse_bounds, say_constant, show_point
from pvengine.ledger.vacuity import is_told, say_vacuous
from pvengine.models.contract import DecidedVerdict
from pvengine.models.vocabulary import Outcome
from pvengine.numerics.intervals import find_partition_faults, interval_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.models.claim import Condition, Decision
    from pvengine.models.contract import FalsificationTest
    from pvengine.models.measurement import Measurement
    from pvengine.models.trial import TestRun, TrialResult

__all__ = ["FaultJudgement", "Judgement", "Judging", "decide", "judge", "judge_fault", "refuse_trial"]


@dataclass(frozen=True, slots=True)
class Judging:
    """The part of a claim that judges: accept conditions, and decisions with their hypotheses."""

    conditions: tuple[Condition, ...]
    decisions: tuple[tuple[str, Decision], ...]
    doubts: tuple[str, ...] = ()

    @classmethod
    def of(cls, test: FalsificationTest) -> Judging:
        """Take the judging part of a test; ``doubts`` says why it cannot judge, and is empty where it can."""
        named = [(test.hypothesis_of(decision), decision) for decision in test.decisions]
        doubts = [
            f"the decision on {decision.metric!r} names no hypothesis"
            for name, decision in named
            if name is None
        ]
        for decision in test.decisions:
            faults = find_partition_faults([interval_of(band) for _, _, band in decision.iter_bands()])
            doubts += [f"the bands of {decision.metric!r}: {reason}" for _, reason in faults]
        if not named and not test.conditions:
            doubts.append("nothing to judge by: the test has neither accept nor decides")
        decisions = tuple((name, decision) for name, decision in named if name is not None)
        return cls(test.conditions, decisions, tuple(doubts))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics that the claim speaks about, each once."""
        names = [condition.metric for condition in self.conditions]
        names += [decision.metric for _, decision in self.decisions]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class FaultJudgement:
    """Whether a planted fault was noticed, and how, or why not."""

    name: str
    noticed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the trials of one test mean."""

    outcome: Outcome
    reason: str | None = None
    verdicts: tuple[DecidedVerdict, ...] = ()
    faults: tuple[FaultJudgement, ...] = field(default=())


def judge(judging: Judging, run: TestRun) -> Judgement:
    """Judge all trials of one test; see the module for the order of the questions."""
    subject = run.subject
    refusal = refuse_trial(judging, subject)
    if not refusal and run.baseline is not None:
        refusal = refuse_trial(judging, run.baseline)
    verdicts = () if refusal or subject is None else decide(judging, subject)
    compared = () if refusal or run.reference is None else decide(judging, run.reference)
    faults = tuple(judge_fault(judging, fault, compared) for fault in run.faults)
    if refusal:
        return Judgement(Outcome.INCONCLUSIVE, refusal, (), faults)
    missed = [fault for fault in faults if not fault.noticed]
    if missed or not faults:
        names = "; ".join(f"{fault.name!r} was not noticed: {fault.reason}" for fault in missed)
        reason = f"no teeth: {names or 'there is no planted fault'}"
        return Judgement(Outcome.INCONCLUSIVE, reason, verdicts, faults)
    if run.replacements and not is_told(judging, run):
        return Judgement(Outcome.INCONCLUSIVE, say_vacuous(judging, run), verdicts, faults)
    constant = say_constant(run)
    if constant:
        return Judgement(Outcome.INCONCLUSIVE, constant, verdicts, faults)
    broken = _find_results(judging, subject, Check.BROKEN) if subject is not None else []
    if broken:
        return Judgement(Outcome.FALSIFIED, "; ".join(broken), verdicts, faults)
    return Judgement(Outcome.SURVIVED, None, verdicts, faults)


def judge_fault(judging: Judging, trial: TrialResult, verdicts: Sequence[DecidedVerdict]) -> FaultJudgement:
    """Judge whether a planted fault was noticed, given the subject's verdicts."""
    name = trial.fault or ""
    if not trial.is_measured:
        return FaultJudgement(
            name, noticed=False, reason=f"its trial ended with {trial.reason or trial.failure}"
        )
    missing = [metric for metric in judging.metrics if metric not in trial.measurements]
    if missing:
        return FaultJudgement(name, noticed=False, reason=f"metric {missing[0]!r} was not measured")
    for metric in judging.metrics:
        if not trial.measurements[metric].is_finite:
            return FaultJudgement(
                name, noticed=True, reason=f"{metric} is {trial.measurements[metric].value}"
            )
    broken = _find_results(judging, trial, Check.BROKEN)
    if broken:
        return FaultJudgement(name, noticed=True, reason=broken[0])
    own = decide(judging, trial) if verdicts else ()
    for given, subjects in zip(own, verdicts, strict=True):
        if given.verdict != subjects.verdict:
            reason = f"verdict {given.verdict} on {given.hypothesis}, the subject's is {subjects.verdict}"
            return FaultJudgement(name, noticed=True, reason=reason)
    undecidable = _find_results(judging, trial, Check.UNDECIDABLE)
    reason = undecidable[0] if undecidable else "every condition held and no verdict changed"
    return FaultJudgement(name, noticed=False, reason=reason)


def refuse_trial(judging: Judging, trial: TrialResult | None) -> str | None:
    """Say why a subject's trial cannot be judged; None where it can."""
    if trial is None:
        return "the subject was not run"
    if not trial.is_measured:
        return trial.reason or str(trial.failure)
    refusals: list[str | None] = [*judging.doubts]
    refusals += [_refuse_metric(metric, trial) for metric in judging.metrics]
    refusals += _find_results(judging, trial, Check.UNDECIDABLE)
    refusals += refuse_bounds(judging, trial)
    return next((refusal for refusal in refusals if refusal), None)


def _refuse_metric(metric: str, trial: TrialResult) -> str | None:
    refusal = refuse_metric(metric, trial.measurements)
    if refusal is None or trial.search is None:
        return refusal
    where = show_point(trial.search.worst.params)
    return (
        f"{refusal}, at the point {where} of the domain: exclude it, by a constraint or in the params' model"
    )


def _find_results(judging: Judging, trial: TrialResult, wanted: Check) -> list[str]:
    """Return what was seen at each condition whose check gave what is wanted."""
    results = [check_everywhere(condition, trial) for condition in judging.conditions]
    return [result.text for result in results if result.check is wanted]


def decide(judging: Judging, trial: TrialResult) -> tuple[DecidedVerdict, ...]:
    """Return one verdict for each decision, in order; the bands partition the line, so one of them holds."""
    return tuple(
        DecidedVerdict.model_validate(
            {
                "hypothesis": hypothesis,
                "scope": decision.scope,
                "verdict": _find_verdict(decision, trial.measurements[decision.metric]),
            }
        )
        for hypothesis, decision in judging.decisions
    )


def _find_verdict(decision: Decision, measured: Measurement) -> str | None:
    for verdict, _, band in decision.iter_bands():
        if interval_of(band).contains(measured.number):
            return verdict.value
    return None
