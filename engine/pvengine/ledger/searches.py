"""What a search taught: how its points are judged, and whether its metric can vary at all. Pure.

A condition must hold wherever the search measured, so it is checked at the worst point and at the least and
the largest value of its metric. A verdict is that of the worst point.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

from pvengine.ledger.conditions import Check, CheckResult, check_condition
from pvengine.ledger.cuts import find_cuts
from pvengine.models.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.ledger.judge import Judgement, Judging
    from pvengine.models.claim import Condition
    from pvengine.models.measurement import Measurement
    from pvengine.models.search import BoundReport, Example, Extremes, Search, SearchReport
    from pvengine.models.trial import TestRun, TrialResult

__all__ = ["Learnt", "check_everywhere", "find_disagreement", "name_learnt", "refuse_bounds", "say_constant"]

_VARIES = 1e-3
"""Relative difference below which a metric is constant over its domain."""
_NEARLY = 0.9
"""Part of a proved bound that a search attains, where it confirms the proof."""
_SHOWN = 120
"""Characters of params that a message shows."""


class Learnt(StrEnum):
    """What a search taught."""

    SUPREMUM = "supremum"
    COUNTEREXAMPLE = "counterexample"
    THEOREM = "theorem"


def check_everywhere(condition: Condition, trial: TrialResult) -> CheckResult:
    """Check a condition on what a trial measured; of a search, at the extremes of its metric as well."""
    result = check_condition(condition, trial.measurements)
    seen = trial.search.extremes.get(condition.metric) if trial.search else None
    if result.check is not Check.HELD or seen is None:
        return result
    for measured, params in ((seen.least, seen.least_params), (seen.largest, seen.largest_params)):
        at = check_condition(condition, {condition.metric: measured})
        if at.check is not Check.HELD:
            where = "" if params is None else f", at the point {show_point(params)}"
            return CheckResult(at.check, f"{at.text}{where}")
    return result


def show_point(params: object) -> str:
    """Return the params of a point, cut short where they are long."""
    shown = repr(params)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


def refuse_bounds(judging: Judging, trial: TrialResult) -> Iterator[str]:
    """Say what is wrong with the bounds that a falsifier states: broken, or nothing is left to test."""
    for bound in trial.search.bounds if trial.search else ():
        limit = " and ".join(_iter_limits(bound))
        if not bound.is_met:
            yield f"the stated bound {limit} is not met: the falsifier or its proof is wrong ({bound.source})"
        for condition in judging.conditions:
            if bound.any_subject and condition.metric == bound.metric and _implies(bound, condition):
                yield f"vacuous over the domain: {limit}, whatever the subject does ({bound.source})"


def _iter_limits(bound: BoundReport) -> Iterator[str]:
    if bound.at_least is not None:
        yield f"{bound.metric} >= {bound.at_least!r}"
    if bound.at_most is not None:
        yield f"{bound.metric} <= {bound.at_most!r}"


def _implies(bound: BoundReport, condition: Condition) -> bool:
    """Whether a condition that consists of inequalities holds for every number within a bound."""
    least = -math.inf if bound.at_least is None else bound.at_least
    most = math.inf if bound.at_most is None else bound.at_most
    if set(condition.comparators) - {"lt", "le", "gt", "ge"}:
        return False
    return (
        (condition.lt is None or most < condition.lt)
        and (condition.le is None or most <= condition.le)
        and (condition.gt is None or least > condition.gt)
        and (condition.ge is None or least >= condition.ge)
    )


def say_constant(run: TestRun) -> str | None:
    """Say that the searched metric is constant, also under every fault; None where it varies."""
    report = run.subject.search if run.subject else None
    if report is None:
        return None
    trials = [trial for trial in (run.subject, *run.faults) if trial is not None]
    seen = [trial.search.extremes.get(report.metric) if trial.search else None for trial in trials]
    known = [each for each in seen if each is not None]
    if len(known) < len(seen):
        return None
    least = min(float(each.least.number) for each in known)
    largest = max(float(each.largest.number) for each in known)
    if largest - least > _VARIES * max(abs(least), abs(largest)):
        return None
    return (
        f"vacuous over the domain: {report.metric} lies within [{least!r}, {largest!r}] at every point, with "
        "the subject and under every fault"
    )


def name_learnt(judging: Judging, judgement: Judgement, trial: TrialResult) -> Learnt | None:
    """Name what a search taught; None where there was none, or nothing was decided.

    A *counterexample*: a condition broke, or the worst point has another verdict than the published one. A
    *theorem*: a proved bound, which the search nearly attained, leaves no other outcome. Else the *supremum*
    that was found within the budget, which is no proof.
    """
    report = trial.search
    if report is None or judgement.outcome is Outcome.INCONCLUSIVE:
        return None
    if judgement.outcome is Outcome.FALSIFIED:
        return Learnt.COUNTEREXAMPLE
    cuts = find_cuts(judging, report.metric)
    worst, published = _number_of(report.worst), _number_of(report.published)
    if worst is None:
        return Learnt.SUPREMUM
    if published is not None and _place(published, cuts) != _place(worst, cuts):
        return Learnt.COUNTEREXAMPLE
    if any(_proves(bound, report, worst, cuts) for bound in report.bounds):
        return Learnt.THEOREM
    return Learnt.SUPREMUM


def _number_of(example: Example | None) -> float | None:
    return None if example is None or example.value is None else float(example.value.number)


def _proves(bound: BoundReport, report: SearchReport, worst: float, cuts: tuple[float, ...]) -> bool:
    """Whether a bound on the searched metric is nearly attained and leaves only the worst point's outcome."""
    limit = bound.at_most if report.aim == "maximise" else bound.at_least
    if bound.metric != report.metric or limit is None:
        return False
    is_attained = bound.attained is not None and bound.attained >= _NEARLY
    return is_attained and _place(limit, cuts) == _place(worst, cuts)


def _place(value: float, cuts: tuple[float, ...]) -> tuple[tuple[bool, bool], ...]:
    return tuple((value < cut, value == cut) for cut in cuts)


def find_disagreement(search: Search | None, run: TestRun, metrics: Sequence[str] = ()) -> str | None:
    """Say where the searches of a restored run are not those that its claim asks for; None where they are.

    ``metrics`` are those that the claim names.
    """
    trials = [("the subject", run.subject), ("the brief search of the subject", run.baseline)]
    trials += [(f"the planted fault {trial.fault!r}", trial) for trial in run.faults if trial.is_measured]
    for name, trial in trials:
        report = trial.search if trial else None
        if search is None and report is not None:
            return f"there is a search of {name}, which the claim does not ask for"
        if search is None:
            continue
        if trial is None or report is None:
            return f"the claim asks for a search, and there is none of {name}"
        unlike = _say_unlike(search, report, trial, name)
        if unlike:
            return unlike
        missing = _find_missing(report, trial, metrics)
        if missing:
            return f"the search of {name} has no extremes of {missing!r}, which was finite everywhere"
    return None


def _find_missing(report: SearchReport, trial: TrialResult, metrics: Sequence[str]) -> str | None:
    """Find a metric without extremes, where the worst point shows that all were finite at every point."""
    measured = [trial.measurements.get(metric) for metric in metrics]
    if any(each is None or not each.is_finite for each in measured):
        return None
    return next((metric for metric in metrics if metric not in report.extremes), None)


def _say_unlike(search: Search, report: SearchReport, trial: TrialResult, name: str) -> str | None:
    """Say what of one search is not as its claim, or what it measured, has it."""
    if (report.metric, report.aim) != (search.metric, search.aim):
        return f"the search of {name} is for another metric or aim than the claim's"
    if report.evaluations > search.budget.evaluations:
        return f"the search of {name} has more evaluations than the claim allows"
    if not _has_worst(report, trial):
        return f"the measurements of {name} are not those of the worst point of its search"
    if any(bound.is_met != _is_met(bound, report) for bound in report.bounds):
        return f"the search of {name} says of a bound whether it is met otherwise than it measured"
    return None


def _is_met(bound: BoundReport, report: SearchReport) -> bool:
    """Whether no extreme of the bounded metric lies beyond, by more than the stated rounding."""
    seen = report.extremes.get(bound.metric)
    if seen is None:
        return True
    least, largest = float(seen.least.number), float(seen.largest.number)
    most, at_least = bound.at_most, bound.at_least
    return not (
        (most is not None and largest > most + bound.rounding * abs(most))
        or (at_least is not None and least < at_least - bound.rounding * abs(at_least))
    )


def _lies_within(seen: Extremes, measured: Measurement | None) -> bool:
    """Whether what was measured at the worst point lies between the extremes over all points."""
    if not (seen.least.is_finite and seen.largest.is_finite and seen.least.number <= seen.largest.number):
        return False
    if measured is None or not measured.is_finite:
        return True
    return seen.least.number <= measured.number <= seen.largest.number


def _has_worst(report: SearchReport, trial: TrialResult) -> bool:
    """Whether what was measured is the worst that the report knows."""
    if not all(_lies_within(seen, trial.measurements.get(name)) for name, seen in report.extremes.items()):
        return False
    measured = trial.measurements.get(report.metric)
    if measured is None or not measured.is_finite:
        return True
    seen = report.extremes.get(report.metric)
    is_worst = report.worst.value == measured
    if (
        seen is None
        or report.aim == "margin"
        or any(not each.is_finite for each in trial.measurements.values())
    ):
        return is_worst
    extreme = seen.largest if report.aim == "maximise" else seen.least
    return is_worst and extreme.number == measured.number
