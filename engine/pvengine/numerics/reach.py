"""Whether any measurement can break a condition or change a verdict, told from the text of a claim alone.

A number counts as within reach where it can be measured and its magnitude is below `REACH`. A bound beyond
that is a way to write infinity, which the format does not have.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pvengine.numerics.intervals import Interval, interval_of

if TYPE_CHECKING:
    from pvengine.models.claim import Condition, Decision
    from pvengine.models.contract import FalsificationTest
    from pvengine.models.vocabulary import Verdict

__all__ = ["LARGEST_DIFFERENCE", "REACH", "can_break", "can_fail", "is_measurable", "list_verdicts"]

REACH = 1.0e300
"""Magnitude that no measurement is taken to reach: the largest float64 is 1.8e308, of float32 3.4e38."""

LARGEST_DIFFERENCE = 2
"""Largest relative difference of two numbers, |a - b| / max(|a|, |b|): that of a number and its negative."""

_INTEGERS = (-(2**63), 2**64 - 1)


def is_measurable(number: float) -> bool:
    """Whether a measurement can be equal to a number: that of a float64 or of a 64-bit integer.

    Examples
    --------
    >>> is_measurable(2**64 - 1), is_measurable(2**64 + 1), is_measurable(float("nan"))
    (True, False, False)
    """
    if isinstance(number, float):
        return math.isfinite(number)
    if _INTEGERS[0] <= number <= _INTEGERS[1]:
        return True
    try:
        return float(number) == number
    except OverflowError:
        return False


def can_break(condition: Condition) -> bool:
    """Whether some number within reach breaks a condition.

    Examples
    --------
    >>> from pvengine.models.claim import Condition
    >>> can_break(Condition(metric="m", lt=1e308)), can_break(Condition(metric="m", lt=1e-5))
    (False, True)
    """
    if condition.eq is not None or condition.in_ is not None or condition.bits is not None:
        return True
    if any(bound is not None and bound < REACH for bound in (condition.lt, condition.le)):
        return True
    if any(bound is not None and bound > -REACH for bound in (condition.gt, condition.ge)):
        return True
    other = condition.ne
    return other is not None and abs(other) < REACH and is_measurable(other)


def list_verdicts(decision: Decision) -> frozenset[Verdict]:
    """List the verdicts that numbers within reach give."""
    return frozenset(
        verdict for verdict, _, band in decision.iter_bands() if _is_within_reach(interval_of(band))
    )


def _is_within_reach(interval: Interval) -> bool:
    return not Interval(max(interval.lower, (-REACH, 1)), min(interval.upper, (REACH, 0))).is_empty


def can_fail(test: FalsificationTest) -> bool:
    """Whether the outcome or a verdict of a test depends on what is measured, within reach."""
    is_breakable = any(map(can_break, test.conditions))
    return is_breakable or any(len(list_verdicts(decision)) > 1 for decision in test.decisions)
