"""What became of the mutants of a subject, and the score that follows. Pure.

A mutant is *noticed* as a planted fault is: a condition breaks that held for the subject, a verdict is
another one, or a metric that the claim names is not finite. One that crashes, is timed out or measures less
is *invalid*: any test would stop at it. One under which every metric of the falsifier keeps its bits gives
*same numbers*: for what the falsifier does it is the subject. The others are *unnoticed*.

The score is noticed / (noticed + unnoticed). Without either there is none, which meets no bar.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from pvengine.ledger.conditions import Check
from pvengine.ledger.judge import decide, judge_fault, refuse_trial
from pvengine.ledger.searches import check_everywhere
from pvengine.ledger.vacuity import has_same_bits
from pvengine.models.report import MutationScore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.ledger.judge import Judging
    from pvengine.models.claim import Condition
    from pvengine.models.trial import TestRun, TrialResult

__all__ = ["Fate", "find_fate", "refuse_score", "score_fates"]


class Fate(StrEnum):
    """What became of a mutant."""

    NOTICED = "noticed"
    UNNOTICED = "unnoticed"
    SAME = "same numbers"
    INVALID = "invalid"


def score_fates(fates: Sequence[Fate], *, generated: int, minimum: float | None, seed: int) -> MutationScore:
    """Count what became of the mutants that were tried."""
    noticed, unnoticed = fates.count(Fate.NOTICED), fates.count(Fate.UNNOTICED)
    return MutationScore(
        generated=generated,
        tried=len(fates),
        noticed=noticed,
        unnoticed=unnoticed,
        same_numbers=fates.count(Fate.SAME),
        invalid=fates.count(Fate.INVALID),
        score=noticed / (noticed + unnoticed) if noticed + unnoticed else None,
        minimum=minimum,
        seed=seed,
    )


def refuse_score(judging: Judging, run: TestRun, control: TrialResult) -> str | None:
    """Say why mutants of a subject cannot be told from it; None where they can.

    ``control`` is the trial of a mutant without a change.
    """
    subject = run.reference
    refusal = refuse_trial(judging, subject)
    if refusal or subject is None:
        return f"the subject cannot be judged: {refusal}"
    if not judging.decisions and not _list_held(judging, subject):
        return "the subject breaks every condition: none is left that a mutant could break"
    if not control.is_measured:
        return f"the subject cannot be imported a second time: {control.reason}"
    names = {*subject.measurements, *control.measurements}
    if not has_same_bits(names, subject, control):
        return "the subject gives other numbers when it is run again: a mutant could not be told from it"
    return None


def find_fate(judging: Judging, subject: TrialResult, trial: TrialResult) -> tuple[Fate, str]:
    """Find what became of a mutant, and why, beside a subject that can be judged."""
    missing = [name for name in judging.metrics if name not in trial.measurements]
    if not trial.is_measured or missing:
        return Fate.INVALID, trial.reason or f"metric {missing[0]!r} was not measured"
    if has_same_bits({*subject.measurements, *trial.measurements}, subject, trial):
        return Fate.SAME, "every metric keeps its bits"
    held = replace(judging, conditions=_list_held(judging, subject))
    found = judge_fault(held, trial, decide(judging, subject))
    return (Fate.NOTICED if found.noticed else Fate.UNNOTICED), found.reason


def _list_held(judging: Judging, subject: TrialResult) -> tuple[Condition, ...]:
    """List the conditions that hold for the subject: one that it breaks itself tells no mutant from it."""
    return tuple(each for each in judging.conditions if check_everywhere(each, subject).check is Check.HELD)
