"""Products of figures, and whether one figure is what is left when the others are divided out."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["differ_relatively", "divide", "find_quantum", "is_rounded_to", "multiply"]

_DIGITS = 2000
"""Decimal places beyond which a number is not looked at: more than any double has."""


def multiply(values: Iterable[float]) -> float | None:
    """Multiply finite numbers; None where the product is beyond every double, or too small for any.

    Nothing overflows on the way: exponents are added apart. The relative error is below n * 2**-53 for n
    numbers, unless the product is subnormal. The product of nothing is 1.

    Examples
    --------
    >>> multiply([2.0**600, 2.0**600, 2.0**-600, 2.0**-600])
    1.0
    >>> multiply([1e300, 1e300])
    >>> multiply([1e-300, 1e-300])
    """
    mantissa, exponent = 1.0, 0
    for value in values:
        part, power = math.frexp(value)
        mantissa, shift = math.frexp(mantissa * part)
        exponent += power + shift
    try:
        product = math.ldexp(mantissa, exponent)
    except OverflowError:
        return None
    return None if product == 0 and mantissa != 0 else product


def divide(dividend: float, divisor: float | None) -> float | None:
    """Divide finite numbers; None where there is no divisor, it is zero, or the quotient is no finite double.

    Examples
    --------
    >>> divide(17.23, 0), divide(1e300, 1e-300), divide(3.0, 2.0)
    (None, None, 1.5)
    """
    if not divisor:
        return None
    quotient = dividend / divisor
    return quotient if math.isfinite(quotient) and (quotient != 0 or dividend == 0) else None


def differ_relatively(one: float, other: float) -> float:
    """Return the distance of two finite numbers, relative to the larger.

    Examples
    --------
    >>> differ_relatively(4.0, 3.0), differ_relatively(0.0, 0.0)
    (0.25, 0.0)
    """
    largest = max(abs(one), abs(other))
    return float(abs(Fraction(one) - Fraction(other)) / Fraction(largest)) if largest else 0.0


def find_quantum(text: str) -> Fraction:
    """Return the unit of the last digit that a number was written with; 0 for what is no decimal number.

    Examples
    --------
    >>> [str(find_quantum(text)) for text in ("14", "5.70", "7.7e-4", "0x1F")]
    ['1', '1/100', '1/100000', '0']
    """
    try:
        exponent = Decimal(text).as_tuple().exponent
    except InvalidOperation:
        return Fraction(0)
    return Fraction(10) ** exponent if isinstance(exponent, int) and abs(exponent) < _DIGITS else Fraction(0)


def is_rounded_to(number: float, written: float, quantum: Fraction) -> bool:
    """Whether a number rounds to another one, which was written with a last digit of this unit.

    The middle between two written numbers counts for both. Some units in the last place of a double are
    allowed for the rounding of the number itself.

    Examples
    --------
    >>> is_rounded_to(14.12, 14.0, Fraction(1)), is_rounded_to(14.62, 14.0, Fraction(1))
    (True, False)
    """
    slack = Fraction(math.ulp(max(abs(number), abs(written)))) * 8
    return abs(Fraction(number) - Fraction(written)) <= quantum / 2 + slack
