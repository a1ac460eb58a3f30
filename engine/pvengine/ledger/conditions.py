"""Whether one measurement meets one condition, and by how much it misses."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pvengine.models.claim import Condition
    from pvengine.models.measurement import Measurement

__all__ = ["Check", "CheckResult", "check_condition", "refuse_metric"]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
    "in": lambda number, allowed: number in allowed,
}
_SYMBOLS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "in": "in", "bits": "bits"}
_MISS_DIGITS = 3
_LARGEST_SHORT_INTEGER = 1e6
"""Whole bounds below it are written without a decimal point, as people write them."""
_DIGITS_OF_BITS = {"float32": 8, "float64": 16}


class Check(StrEnum):
    """What looking at a condition gave."""

    HELD = "held"
    BROKEN = "broken"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A condition looked at; ``text`` says what was seen where it did not hold."""

    check: Check
    text: str = ""


def refuse_metric(name: str, measurements: Mapping[str, Measurement]) -> str | None:
    """Say why a metric cannot be judged: it was not measured, or is not finite; None where it can be."""
    if name not in measurements:
        return f"metric {name!r} was not measured"
    if not measurements[name].is_finite:
        return f"metric {name!r} is {measurements[name].value}, not a finite number"
    return None


def check_condition(condition: Condition, measurements: Mapping[str, Measurement]) -> CheckResult:
    """Check one accept condition; every comparator must hold.

    Comparisons are exact: the measured number is taken from its bit pattern. A metric that is missing or
    not finite, and bits of another width than the measurement's dtype, are undecidable, whatever the other
    comparators say.
    """
    refusal = refuse_metric(condition.metric, measurements)
    if refusal:
        return CheckResult(Check.UNDECIDABLE, refusal)
    measured = measurements[condition.metric]
    results = [
        _check_bits(condition.metric, measured, str(operand))
        if comparator == "bits"
        else _check_number(condition.metric, measured, comparator, operand)
        for comparator, operand in condition.comparators.items()
    ]
    for check in (Check.UNDECIDABLE, Check.BROKEN):
        for result in results:
            if result.check is check:
                return result
    return CheckResult(Check.HELD)


def _check_bits(metric: str, measured: Measurement, wanted: str) -> CheckResult:
    digits = wanted.lower().removeprefix("0x")
    if len(digits) != _DIGITS_OF_BITS.get(measured.dtype):
        text = (
            f"metric {metric!r} is {measured.dtype}, and {len(digits)} hexadecimal digits are no bits of that"
        )
        return CheckResult(Check.UNDECIDABLE, text)
    if measured.bits == digits:
        return CheckResult(Check.HELD)
    return CheckResult(
        Check.BROKEN, f"{metric} has the bits {measured.bits} ({measured.value}), wanted {digits}"
    )


def _check_number(metric: str, measured: Measurement, comparator: str, operand: Any) -> CheckResult:
    number = measured.number
    if _COMPARE[comparator](number, operand):
        return CheckResult(Check.HELD)
    allowed = ", ".join(map(repr, operand)) if isinstance(operand, tuple) else repr(operand)
    return CheckResult(
        Check.BROKEN,
        f"{metric} {_show(measured)}, allowed {_SYMBOLS[comparator]} {allowed}"
        + _describe_miss(number, comparator),
    )


def _show(measured: Measurement) -> str:
    """Return the value, with the exact number beside it where the two differ: 0.1 in float32 is above 0.1."""
    if measured.value == measured.number:
        return str(measured.value)
    return f"{measured.value} ({measured.dtype}, exactly {measured.number!r})"


def _describe_miss(number: float, comparator: str) -> str:
    """Name a bound near the number at which an inequality would hold: the size of the miss."""
    if comparator not in ("lt", "le", "gt", "ge"):
        return ""
    held = (bound for bound in _iter_bounds(number, comparator) if _COMPARE[comparator](number, bound))
    bound = next(held, None)
    return "" if bound is None else f" (it would hold at {bound!r})"


def _iter_bounds(number: float, comparator: str) -> Iterator[int | float]:
    """Iterate over bounds from the most readable to the nearest: three digits, the next, the number itself.

    Three digits are too coarse for subnormals and at zero, and there is no double above the largest: so
    each is a proposal that the caller tries.
    """
    upward = comparator in ("lt", "le")
    context = Context(prec=_MISS_DIGITS, rounding=ROUND_CEILING if upward else ROUND_FLOOR)
    rounded = context.plus(Decimal(number))
    further = context.next_plus(rounded) if upward else context.next_minus(rounded)
    for bound in (rounded, further):
        value = float(bound)
        if value and math.isfinite(value):
            is_short = value.is_integer() and abs(value) < _LARGEST_SHORT_INTEGER
            yield int(value) if is_short else value
    if comparator in ("le", "ge"):
        yield number or 0
    nearest = math.nextafter(float(number), math.inf if upward else -math.inf)
    if math.isfinite(nearest):
        yield nearest
