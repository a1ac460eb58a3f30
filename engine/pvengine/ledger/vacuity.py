"""Whether anything told the subject from what took its place; a test that nothing tells is vacuous. Pure.

What takes the subject's place are the planted faults, and identity and noise (`runner.stand_ins`). A trial
*tells* when

* a condition that held for the subject breaks by a finite number, or a verdict is another one; or
* the subject itself broke a condition, and a metric that the claim names has other bits; or
* it is that of identity or noise, and failed or lacks a metric that the claim names.

A fault that fails tells nothing, as it is not noticed either: its author can mend it. Neither does a number
that is not finite: any broken code gives one, and a condition that every number meets would seem to work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.ledger.conditions import Check
from pvengine.ledger.searches import check_everywhere
from pvengine.models.vocabulary import Outcome
from pvengine.numerics.intervals import interval_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.ledger.judge import Judgement, Judging
    from pvengine.models.claim import Decision
    from pvengine.models.measurement import Measurement
    from pvengine.models.trial import TestRun, TrialResult

__all__ = ["breaks_condition", "has_same_bits", "is_open", "is_told", "say_vacuous"]


def is_open(judging: Judging, run: TestRun, judgement: Judgement) -> bool:
    """Whether a test would be decided and no planted fault told: then its subject is to be replaced."""
    if judgement.outcome is Outcome.INCONCLUSIVE or run.subject is None or run.replacements:
        return False
    return not is_told(judging, run)


def is_told(judging: Judging, run: TestRun) -> bool:
    """Whether some trial told the subject, whose metrics are all finite, from what took its place."""
    subject = run.reference
    if subject is None:
        return False
    if any(_tells(judging, fault, subject) for fault in run.faults):
        return True
    return any(
        not _is_complete(judging, trial) or _tells(judging, trial, subject) for trial in run.replacements
    )


def breaks_condition(judging: Judging, trial: TrialResult) -> bool:
    """Whether a finite number of a trial breaks an accept condition, whatever the subject gives."""
    return trial.is_measured and any(
        check_everywhere(condition, trial).check is Check.BROKEN for condition in judging.conditions
    )


def has_same_bits(metrics: Iterable[str], one: TrialResult, other: TrialResult) -> bool:
    """Whether two trials measured the same numbers, bit by bit, under these names, each of them."""
    return all(
        name in one.measurements
        and name in other.measurements
        and _bits_of(one.measurements[name]) == _bits_of(other.measurements[name])
        for name in metrics
    )


def say_vacuous(judging: Judging, run: TestRun) -> str:
    """Say why a test is vacuous, given that nothing told."""
    names = ", ".join(map(repr, judging.metrics))
    replaced = "with identity or noise in the subject's place"
    trials = [trial for trial in (*run.faults, *run.replacements) if trial.is_measured]
    subject = run.reference
    if subject is not None and all(has_same_bits(judging.metrics, trial, subject) for trial in trials):
        verb = "does" if len(judging.metrics) == 1 else "do"
        what = f"{names} {verb} not depend on the subject"
        return f"vacuous: {what}: the same bits {replaced}, and under every fault"
    return (
        f"vacuous: every condition holds and no verdict changes {replaced}; "
        "a fault was noticed only by a metric that is not finite"
    )


def _bits_of(measured: Measurement) -> tuple[object, ...]:
    return measured.dtype, measured.bits, measured.value if measured.bits is None else None


def _is_complete(judging: Judging, trial: TrialResult) -> bool:
    """Whether a trial ended and measured every metric that the claim names."""
    return trial.is_measured and all(name in trial.measurements for name in judging.metrics)


def _tells(judging: Judging, trial: TrialResult, subject: TrialResult) -> bool:
    """Whether the numbers of a trial, if it has all of them, tell it from the subject's."""
    if not _is_complete(judging, trial):
        return False
    results = [
        (check_everywhere(condition, subject), check_everywhere(condition, trial))
        for condition in judging.conditions
    ]
    if any(own.check is Check.BROKEN for own, _ in results) and not has_same_bits(
        judging.metrics, trial, subject
    ):
        return True
    if any(own.check is Check.HELD and given.check is Check.BROKEN for own, given in results):
        return True
    return any(
        _find_band(decision, trial.measurements) not in (None, _find_band(decision, subject.measurements))
        for _, decision in judging.decisions
    )


def _find_band(decision: Decision, measurements: dict[str, Measurement]) -> str | None:
    """Find the verdict that a decision gives; None where its metric is not finite."""
    number = measurements[decision.metric].number
    found = (verdict for verdict, _, band in decision.iter_bands() if interval_of(band).contains(number))
    return next((verdict.value for verdict in found), None)
