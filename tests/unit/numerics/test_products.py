from __future__ import annotations

import math
from fractions import Fraction

import pytest

from pvengine.numerics.products import differ_relatively, divide, find_quantum, is_rounded_to, multiply


@pytest.mark.parametrize(
    ("values", "product"),
    [
        ([], 1.0),
        ([0.00077, 5.70, 50, 5.56, 14], 17.081988),
        ([-2.0, 3.0], -6.0),
        ([0.0, 1e300], 0.0),
        ([1e200, 1e200, 1e-200, 1e-200], 1.0),
        ([1e200, 1e200], None),
        ([1e-200, 1e-200], None),
    ],
)
def test_a_product_is_a_double_or_none(values: list[float], product: float | None) -> None:
    assert multiply(values) == (product if product is None else pytest.approx(product, rel=1e-15))


@pytest.mark.parametrize(
    ("one", "other", "quotient"),
    [(6.0, 3.0, 2.0), (1.0, None, None), (1.0, 0.0, None), (0.0, 2.0, 0.0), (1e300, 1e-300, None)],
)
def test_a_quotient_is_finite_or_none(one: float, other: float | None, quotient: float | None) -> None:
    assert divide(one, other) == quotient
    assert divide(1e-300, 1e300) is None


@pytest.mark.parametrize(
    ("text", "quantum"),
    [
        ("14", Fraction(1)),
        ("5.70", Fraction(1, 100)),
        ("7.7e-4", Fraction(1, 100000)),
        ("1.5e3", Fraction(100)),
        ("-.5", Fraction(1, 10)),
        ("0x1F", Fraction(0)),
        (".nan", Fraction(0)),
        ("Infinity", Fraction(0)),
        ("1e-99999", Fraction(0)),
        ("", Fraction(0)),
    ],
)
def test_the_last_digit_is_that_of_the_text(text: str, quantum: Fraction) -> None:
    assert find_quantum(text) == quantum


def test_rounding_takes_half_of_the_last_digit_on_both_sides() -> None:
    one = Fraction(1)
    assert [is_rounded_to(each, 14.0, one) for each in (13.49, 13.5, 14.5, 14.51)] == [
        False,
        True,
        True,
        False,
    ]
    assert is_rounded_to(0.1 + 0.2, 0.3, Fraction(0))
    assert not is_rounded_to(0.3 + 1e-12, 0.3, Fraction(0))


def test_a_distance_is_relative_to_the_larger() -> None:
    assert differ_relatively(-1.0, 1.0) == 2.0
    assert differ_relatively(0.0, 5e-324) == 1.0
    assert differ_relatively(1.7e308, -1.7e308) == 2.0
    assert math.isclose(differ_relatively(17.15, 17.081988), 0.003965, rel_tol=1e-3)
