"""Whether one measurement meets one condition, and by how much it misses."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    not finite, and bits of another width than the measurement's dtype, are undecidable.
    """
    refusal = refuse_metric(condition.metric, measurements)
    if refusal:
        return CheckResult(Check.UNDECIDABLE, refusal)
    measured = measurements[condition.metric]
    for comparator, operand in condition.comparators.items():
        if comparator == "bits":
            result = _check_bits(condition.metric, measured, str(operand))
        else:
            result = _check_number(condition.metric, measured, comparator, operand)
        if result.check is not Check.HELD:
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
    miss = _describe_miss(number, comparator)
    return CheckResult(
        Check.BROKEN, f"{metric} {measured.value}, allowed {_SYMBOLS[comparator]} {allowed}{miss}"
    )


def _describe_miss(number: float, comparator: str) -> str:
    """Name a bound of three digits at which an inequality would hold: the size of the miss."""
    upward = comparator in ("lt", "le")
    if comparator not in ("lt", "le", "gt", "ge"):
        return ""
    context = Context(prec=3, rounding=ROUND_CEILING if upward else ROUND_FLOOR)
    bound = context.plus(Decimal(number))
    if comparator in ("lt", "gt") and float(bound) == number:
        bound = context.next_plus(bound) if upward else context.next_minus(bound)
    return f" (it would hold at {_short(bound)})"


def _short(number: Decimal) -> str:
    value = float(number)
    return repr(int(value)) if value.is_integer() and abs(value) < 1e6 else repr(value)  # noqa: PLR2004 - layout
