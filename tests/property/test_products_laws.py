"""Product and residual: what the factors give, times what they leave, is the target."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from pvengine.numerics.products import divide, find_quantum, is_rounded_to, multiply

FIGURES = st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: abs(value) > 1e-200)
FACTORS = st.lists(st.floats(1e-12, 1e12) | st.floats(-1e12, -1e-12), min_size=1, max_size=12)


@given(FACTORS, FIGURES)
def test_product_times_residual_is_the_target_within_rounding(factors: list[float], target: float) -> None:
    product = multiply(factors)
    assume(product is not None)
    residual = divide(target, product)
    assume(product and residual and abs(residual) > 1e-300)
    assert product is not None
    assert residual is not None
    exact = Fraction(product) * Fraction(residual)
    assert abs(exact - Fraction(target)) <= abs(Fraction(target)) * Fraction(1, 2**52)


@given(FACTORS)
def test_a_product_is_exact_but_for_a_rounding_of_each_factor(factors: list[float]) -> None:
    product = multiply(factors)
    assert product is not None
    exact = math.prod(map(Fraction, factors))
    assert abs(Fraction(product) - exact) <= abs(exact) * Fraction(len(factors), 2**53 - len(factors))


@given(st.lists(FIGURES, max_size=8))
def test_a_product_overflows_in_no_order_of_its_factors(factors: list[float]) -> None:
    exact = math.prod(map(Fraction, factors))
    product = multiply(factors)
    if Fraction(2) ** -1000 < abs(exact) < Fraction(2) ** 1000:
        assert product is not None
        other = multiply(sorted(factors, key=abs))
        assert other is not None
        assert math.isclose(product, other, rel_tol=1e-14)
    elif abs(exact) > Fraction(2) ** 1025:
        assert product is None


@given(st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False, places=4), st.floats(-0.49, 0.49))
def test_what_is_within_half_of_the_last_digit_rounds_to_it(written: object, share: float) -> None:
    text = str(written)
    quantum = find_quantum(text)
    assert quantum == Fraction(1, 10**4)
    number = float(text) + share * float(quantum)
    assert is_rounded_to(number, float(text), quantum)
    assert not is_rounded_to(float(text) + 0.52 * float(quantum), float(text), quantum)
